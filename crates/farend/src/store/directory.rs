//! The snapshot that the switchboard works with.

use std::collections::BTreeMap;

use sqlx::{AnyConnection, Row as _};
use switchboard::directory::{self, Directory};

use super::calling::usual_calling;
use super::{Store, StoreError};

pub use switchboard::directory::Feature;

/// How long a call rings, in seconds, unless changed by the setting `ring_seconds_max`.
const RING_SECONDS_MAX: u16 = 60;

impl Store {
    /// People, devices, trunks, the number plan and feature codes as of now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn directory(&self) -> Result<Directory, StoreError> {
        let mut callings = self.callings().await?;
        let mut ringings = self.ringings().await?;
        let users = self.users().await?.into_iter().map(|user| {
            let ringing = ringings.remove(&user.id).unwrap_or_default();
            directory::User {
                id: user.id,
                name: user.name,
                extension: user.extension,
                calling: callings.remove(&user.id).unwrap_or_else(usual_calling),
                while_busy: ringing.while_busy,
                mobile: ringing.mobile,
                reaching: directory::Reaching::default(),
            }
        });
        let devices = self.devices(None).await?.into_iter().map(|device| directory::Device {
            id: device.id,
            user: device.user,
            kind: device.kind,
            shared: device.shared,
            rings: device.rings,
            label: device.label,
            sip_user: device.sip_user,
            ha1: device.ha1,
        });
        let trunks = self
            .trunks()
            .await?
            .into_iter()
            .filter(|trunk| trunk.enabled)
            .map(|trunk| trunk.terms);
        let ring_seconds_max = self
            .setting("ring_seconds_max")
            .await?
            .and_then(|text| text.parse().ok())
            .unwrap_or(RING_SECONDS_MAX);
        Ok(Directory {
            users: users.collect(),
            devices: devices.collect(),
            teams: self.teams().await?,
            rooms: Vec::new(),
            pick_up_groups: Vec::new(),
            parking: directory::Parking::default(),
            time_profiles: Vec::new(),
            trunks: trunks.collect(),
            plan: self.plan().await?,
            features: self.features().await?,
            ring_seconds_max,
        })
    }

    /// Star codes and what they do.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn features(&self) -> Result<Vec<(String, Feature)>, StoreError> {
        feature_codes(&mut *self.pool.acquire().await?).await
    }

    /// Counts up with every change of the directory, whoever makes it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn directory_version(&self) -> Result<u64, StoreError> {
        let version = self.setting("directory_version").await?;
        version
            .and_then(|text| text.parse().ok())
            .ok_or(StoreError::Strange("directory version"))
    }
}

/// Star codes and what they do, within a transaction.
pub(super) async fn feature_codes(tx: &mut AnyConnection) -> Result<Vec<(String, Feature)>, StoreError> {
    let rows = sqlx::query("SELECT name, value FROM settings WHERE name LIKE 'feature.%'");
    let mut changed = BTreeMap::new();
    for row in &rows.fetch_all(tx).await? {
        changed.insert(row.try_get::<String, _>("name")?, row.try_get::<String, _>("value")?);
    }
    let mut code = |feature: Feature| {
        let changed = changed.remove(&format!("feature.{}", feature.name()));
        (changed.unwrap_or_else(|| feature.usual_code().to_owned()), feature)
    };
    Ok(Feature::ALL.into_iter().map(&mut code).collect())
}
