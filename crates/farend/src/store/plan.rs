//! Where the company is in the telephone world, and what its number plan comes to.

use model::TrunkId;
use numbers::{Country, Dialled, Locality, LocalityError, understand};
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use switchboard::directory::{Inbound, Limits, NumberPlan, Target};

use super::audit::{Deed, Facts, facts};
use super::{InboundNumber, Store, StoreError, extension, feature, id, key};

/// What the site says about its numbers. Without a country there is no number plan: only extensions can be called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Where it is.
    pub country: Option<Country>,
    /// Its area code, without the national prefix.
    pub area: Option<String>,
    /// What is dialled for an outside line.
    pub outside: Option<String>,
    /// By which trunk emergency calls go first.
    pub emergency_trunk: Option<TrunkId>,
    /// What stops toll fraud.
    pub limits: Limits,
    /// IANA's name of its time zone; `None`: the system's.
    pub time_zone: Option<String>,
}

impl Site {
    /// The place, without own numbers; `None` without a country.
    ///
    /// # Errors
    /// When area code or prefix cannot be used there.
    pub fn locality(&self) -> Result<Option<Locality>, LocalityError> {
        let Some(country) = self.country else { return Ok(None) };
        let mut here = Locality::new(country);
        if let Some(area) = &self.area {
            here = here.with_area(area)?;
        }
        if let Some(outside) = &self.outside {
            here = here.with_outside(outside)?;
        }
        Ok(Some(here))
    }

    pub(super) fn stored_locality(&self) -> Result<Option<Locality>, StoreError> {
        self.locality().map_err(|_| StoreError::Strange("place"))
    }
}

impl Store {
    /// What the site says about its numbers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn site(&self) -> Result<Site, StoreError> {
        site(&sqlx::query("SELECT * FROM number_plan WHERE id = 1").fetch_one(&self.pool).await?)
    }

    /// Changes it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown trunk, [`StoreError::EmergencyNumber`] when an extension or a feature's code is one there.
    pub async fn set_site(&self, changed: &Site) -> Result<(), StoreError> {
        let before = self.site().await?;
        let mut tx = self.change().await?;
        if let Some(trunk) = changed.emergency_trunk {
            super::trunk_exists(&mut tx, trunk).await?;
        }
        for (extension, _) in extension::all(&mut tx).await? {
            no_emergency_number(changed, &extension)?;
        }
        for (code, _) in feature::feature_codes(&mut tx).await? {
            no_emergency_number(changed, &code)?;
        }
        let update = sqlx::query(
            "UPDATE number_plan SET country = $1, area = $2, outside = $3, emergency_trunk = $4, calls_per_minute_max = $5, \
             costly_calls_max = $6, costly_minutes_per_day_max = $7, time_zone = $8 WHERE id = 1",
        )
        .bind(changed.country.map(|country| country.letters()))
        .bind(changed.area.as_deref())
        .bind(changed.outside.as_deref())
        .bind(changed.emergency_trunk.map(|trunk| key(trunk.0)))
        .bind(i64::from(changed.limits.calls_per_minute_max))
        .bind(i64::from(changed.limits.costly_calls_max))
        .bind(i64::from(changed.limits.costly_minutes_per_day_max))
        .bind(changed.time_zone.as_deref());
        update.execute(&mut *tx).await?;
        tx.done(Deed::changed("number_plan.changed", "number plan", &told(&before), &told(changed)))
            .await
    }

    /// What numbers of the world mean to the switchboard.
    pub(super) async fn plan(&self) -> Result<Option<NumberPlan>, StoreError> {
        let site = self.site().await?;
        let Some(mut here) = site.stored_locality()? else { return Ok(None) };
        let inbound = self.numbers().await?;
        let direct = || inbound.iter().filter(|entry| entry.target == Target::Extension);
        for entry in &inbound {
            let is_exception = || direct().any(|around| around.block.is_around(&entry.block));
            let changed = match &entry.target {
                Target::Extension => here.with_block(entry.block),
                Target::Number(number) if is_exception() => here.with_exception(entry.block, number),
                Target::Number(_) => Ok(here),
            };
            here = changed.map_err(|_| StoreError::Strange("overlap of numbers"))?;
        }
        let entry = |InboundNumber { trunk, block, target, .. }| Inbound { trunk, block, target };
        Ok(Some(NumberPlan {
            here,
            routes: self.routes().await?,
            inbound: inbound.into_iter().map(entry).collect(),
            emergency: site.emergency_trunk,
            limits: site.limits,
        }))
    }
}

/// An extension must not hide an emergency number, nor the other way round: whoever calls for help gets help.
pub(super) async fn no_emergency_extension(tx: &mut AnyConnection, extension: &str) -> Result<(), StoreError> {
    no_emergency_number(&load_site(tx).await?, extension)
}

/// What the site says about its numbers, within a transaction.
pub(super) async fn load_site(tx: &mut AnyConnection) -> Result<Site, StoreError> {
    site(&sqlx::query("SELECT * FROM number_plan WHERE id = 1").fetch_one(tx).await?)
}

fn told(site: &Site) -> Facts {
    facts(json!({
        "country": site.country.map(|country| country.letters()), "area": site.area, "outside": site.outside,
        "emergency_trunk": site.emergency_trunk.map(|trunk| trunk.0), "calls_per_minute_max": site.limits.calls_per_minute_max,
        "costly_calls_max": site.limits.costly_calls_max, "costly_minutes_per_day_max": site.limits.costly_minutes_per_day_max,
        "time_zone": site.time_zone,
    }))
}

fn no_emergency_number(site: &Site, extension: &str) -> Result<(), StoreError> {
    let Some(here) = site.stored_locality()? else { return Ok(()) };
    match understand(extension, &here, |_| false) {
        Dialled::Emergency(_) => Err(StoreError::EmergencyNumber(extension.to_owned())),
        Dialled::Internal(_) | Dialled::Service { .. } | Dialled::World(_) | Dialled::Unknown(_) => Ok(()),
    }
}

fn site(row: &AnyRow) -> Result<Site, StoreError> {
    let country: Option<&str> = row.try_get("country")?;
    let emergency: Option<i64> = row.try_get("emergency_trunk")?;
    let count = |column: &'static str| row.try_get::<i64, _>(column);
    let strange = || StoreError::Strange("limit");
    Ok(Site {
        country: country.map(str::parse).transpose().map_err(|_| StoreError::Strange("country"))?,
        area: row.try_get("area")?,
        outside: row.try_get("outside")?,
        emergency_trunk: emergency.map(|trunk| TrunkId(id(trunk))),
        limits: Limits {
            calls_per_minute_max: u16::try_from(count("calls_per_minute_max")?).map_err(|_| strange())?,
            costly_calls_max: u16::try_from(count("costly_calls_max")?).map_err(|_| strange())?,
            costly_minutes_per_day_max: u32::try_from(count("costly_minutes_per_day_max")?).map_err(|_| strange())?,
        },
        time_zone: row.try_get("time_zone")?,
    })
}
