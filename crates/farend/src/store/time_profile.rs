//! Time profiles: when an office works.

use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, Row as _};
use switchboard::directory::{TimeProfile, TimeProfileId};

use super::audit::{Deed, Facts, facts};
use super::calling::{parse_windows, window_words};
use super::{Store, StoreError, id, key};

/// Time profiles at most.
pub const TIME_PROFILES_MAX: usize = 200;
/// Closed days of a time profile at most.
pub const CLOSED_DAYS_MAX: usize = 200;

/// Who may need a time profile.
const NEEDS: [&str; 4] = [
    "SELECT user_id FROM forwards WHERE profile_id = $1 LIMIT 1",
    "SELECT user_id FROM calling WHERE profile_id = $1 LIMIT 1",
    "SELECT id FROM teams WHERE night_profile_id = $1 LIMIT 1",
    "SELECT id FROM menus WHERE profile_id = $1 LIMIT 1",
];

impl Store {
    /// All time profiles, in the order in which they were added.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn time_profiles(&self) -> Result<Vec<TimeProfile>, StoreError> {
        let rows = sqlx::query("SELECT * FROM time_profiles ORDER BY id").fetch_all(&self.pool).await?;
        rows.iter().map(profile).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn time_profile(&self, wanted: TimeProfileId) -> Result<TimeProfile, StoreError> {
        load(&mut *self.pool.acquire().await?, wanted).await
    }

    /// Adds one and gives back its key; the one in `new` is not looked at.
    ///
    /// # Errors
    /// [`StoreError::TooMany`].
    pub async fn add_time_profile(&self, new: &TimeProfile) -> Result<TimeProfileId, StoreError> {
        let mut tx = self.change().await?;
        let count = "SELECT COUNT(*) AS n FROM time_profiles";
        super::room(&mut tx, count, "time profiles", TIME_PROFILES_MAX).await?;
        let insert = sqlx::query("INSERT INTO time_profiles (name, windows, region, closed_days) VALUES ($1, $2, $3, $4) RETURNING id");
        let added = bind(insert, new).fetch_one(&mut *tx).await?.try_get("id")?;
        tx.done(Deed::of("time_profile.added", &new.name, told(new))).await?;
        Ok(TimeProfileId(id(added)))
    }

    /// Changes one as it is now, so that two who change it at the same time do not undo each other's work; an error of `change` leaves it as it is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn change_time_profile<E>(
        &self,
        profile: TimeProfileId,
        change: impl FnOnce(TimeProfile) -> Result<TimeProfile, E> + Send,
    ) -> Result<Result<TimeProfile, E>, StoreError> {
        let mut tx = self.change().await?;
        let before = load(&mut tx, profile).await?;
        let changed = match change(before.clone()) {
            Ok(changed) => TimeProfile { id: profile, ..changed },
            Err(why) => return Ok(Err(why)),
        };
        if before == changed {
            return Ok(Ok(changed));
        }
        let update = sqlx::query("UPDATE time_profiles SET name = $1, windows = $2, region = $3, closed_days = $4 WHERE id = $5");
        bind(update, &changed).bind(key(profile.0)).execute(&mut *tx).await?;
        let deed = Deed::changed("time_profile.changed", &changed.name, &told(&before), &told(&changed));
        tx.done(deed).await?;
        Ok(Ok(changed))
    }

    /// Removes one.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::InUse`] while a forward, a menu, a team's night service or a person's permissions need it.
    pub async fn remove_time_profile(&self, profile: TimeProfileId) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let gone = load(&mut tx, profile).await?;
        for needs in NEEDS {
            let query = sqlx::query(needs).bind(key(profile.0));
            if query.fetch_optional(&mut *tx).await?.is_some() {
                return Err(StoreError::InUse("time profile"));
            }
        }
        super::remove(&mut tx, "DELETE FROM time_profiles WHERE id = $1", "time profile", profile.0).await?;
        tx.done(Deed::of("time_profile.removed", &gone.name, told(&gone))).await
    }
}

/// Whether there is such a time profile.
pub(super) async fn exists(tx: &mut AnyConnection, wanted: TimeProfileId) -> Result<(), StoreError> {
    load(tx, wanted).await.map(drop)
}

async fn load(connection: &mut AnyConnection, wanted: TimeProfileId) -> Result<TimeProfile, StoreError> {
    let query = sqlx::query("SELECT * FROM time_profiles WHERE id = $1").bind(key(wanted.0));
    let found = query.fetch_optional(connection).await?;
    found.as_ref().map(profile).ok_or(StoreError::NotFound("time profile"))?
}

type Query<'q> = sqlx::query::Query<'q, Any, <Any as sqlx::Database>::Arguments>;

/// All columns but the key, in the order of the statements.
fn bind<'q>(query: Query<'q>, profile: &'q TimeProfile) -> Query<'q> {
    query
        .bind(&profile.name)
        .bind(window_words(&profile.windows))
        .bind(profile.region.as_deref())
        .bind(day_words(&profile.closed_days))
}

fn day_words(days: &[u32]) -> String {
    days.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn told(profile: &TimeProfile) -> Facts {
    facts(json!({
        "name": profile.name, "windows": window_words(&profile.windows), "region": profile.region, "closed_days": day_words(&profile.closed_days),
    }))
}

fn profile(row: &AnyRow) -> Result<TimeProfile, StoreError> {
    let days: &str = row.try_get("closed_days")?;
    let days: Result<Vec<u32>, _> = days.split_whitespace().map(str::parse).collect();
    Ok(TimeProfile {
        id: TimeProfileId(id(row.try_get("id")?)),
        name: row.try_get("name")?,
        windows: parse_windows(row.try_get("windows")?)?,
        region: row.try_get("region")?,
        closed_days: days.map_err(|_| StoreError::Strange("day of a time profile"))?,
    })
}
