//! What people may do with the world, and who they are to it.

use std::collections::BTreeMap;

use model::UserId;
use numbers::Class;
use serde_json::json;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use switchboard::directory::{Calling, TimeProfileId, Window};

use super::audit::{Deed, Facts, facts};
use super::route::{class_words, parse_classes};
use super::{Store, StoreError, id, key};

/// Time windows of a person at most.
pub const WINDOWS_MAX: usize = 21;

/// Of everybody for whom nobody has decided otherwise: what costs little.
#[must_use]
pub fn usual_calling() -> Calling {
    Calling {
        classes: [Class::Free, Class::Local, Class::National, Class::Mobile].into_iter().collect(),
        ..Calling::default()
    }
}

impl Store {
    /// What a person may do with the world.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn calling(&self, user: UserId) -> Result<Calling, StoreError> {
        self.user(user).await?;
        let query = sqlx::query("SELECT * FROM calling WHERE user_id = $1").bind(key(user.0));
        let row = query.fetch_optional(&self.pool).await?;
        row.as_ref().map_or_else(|| Ok(usual_calling()), calling)
    }

    /// The same of everybody for whom somebody has decided.
    pub(super) async fn callings(&self) -> Result<BTreeMap<UserId, Calling>, StoreError> {
        let rows = sqlx::query("SELECT * FROM calling").fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| Ok((UserId(id(row.try_get("user_id")?)), calling(row)?)))
            .collect()
    }

    /// Decides what a person may do with the world.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown person or time profile.
    pub async fn set_calling(&self, user: UserId, calling: &Calling) -> Result<(), StoreError> {
        let before = self.calling(user).await?;
        let mut tx = self.change().await?;
        let known = super::user::load(&mut tx, user).await?;
        if let Some(profile) = calling.hours {
            super::time_profile::exists(&mut tx, profile).await?;
        }
        let upsert = sqlx::query(
            "INSERT INTO calling (user_id, classes, windows, number, hidden, location, profile_id) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (user_id) DO UPDATE SET classes = excluded.classes, windows = excluded.windows, number = excluded.number, \
             hidden = excluded.hidden, location = excluded.location, profile_id = excluded.profile_id",
        )
        .bind(key(user.0))
        .bind(class_words(calling.classes))
        .bind(window_words(&calling.windows))
        .bind(calling.number.map(|number| number.to_string()))
        .bind(i64::from(calling.is_hidden))
        .bind(calling.location.as_deref())
        .bind(calling.hours.map(|profile| key(profile.0)));
        upsert.execute(&mut *tx).await?;
        tx.done(Deed::changed("user.calling_changed", known, &told(&before), &told(calling)))
            .await
    }
}

fn told(calling: &Calling) -> Facts {
    facts(json!({
        "classes": class_words(calling.classes), "windows": window_words(&calling.windows),
        "number": calling.number.map(|number| number.to_string()), "hidden": calling.is_hidden, "location": calling.location,
        "profile_id": calling.hours.map(|profile| profile.0),
    }))
}

fn calling(row: &AnyRow) -> Result<Calling, StoreError> {
    let number: Option<&str> = row.try_get("number")?;
    let profile: Option<i64> = row.try_get("profile_id")?;
    Ok(Calling {
        classes: parse_classes(row.try_get("classes")?)?,
        windows: parse_windows(row.try_get("windows")?)?,
        hours: profile.map(|profile| TimeProfileId(id(profile))),
        number: number
            .map(str::parse)
            .transpose()
            .map_err(|_| StoreError::Strange("number of a person"))?,
        is_hidden: row.try_get::<i64, _>("hidden")? != 0,
        location: row.try_get("location")?,
    })
}

/// Time windows, as the database keeps them.
pub(super) fn window_words(windows: &[Window]) -> String {
    let word = |window: &Window| format!("{}/{}-{}", window.days, window.from_minute, window.to_minute);
    windows.iter().map(word).collect::<Vec<_>>().join(" ")
}

pub(super) fn parse_windows(words: &str) -> Result<Vec<Window>, StoreError> {
    let windows = words.split_whitespace().map(window);
    windows.collect::<Option<_>>().ok_or(StoreError::Strange("time window"))
}

fn window(word: &str) -> Option<Window> {
    let (days, minutes) = word.split_once('/')?;
    let (from, to) = minutes.split_once('-')?;
    Some(Window {
        days: days.parse().ok()?,
        from_minute: from.parse().ok()?,
        to_minute: to.parse().ok()?,
    })
}
