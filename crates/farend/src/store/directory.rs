//! The snapshot that the switchboard works with.

use sqlx::{Any, Transaction};
use switchboard::directory::{self, Directory, Rings, WhileBusy};

use super::calling::usual_calling;
use super::{Store, StoreError};

pub use switchboard::directory::Feature;

/// Star codes and what they do, unless remapped by the setting `feature.<name>`.
const FEATURES: [(&str, &str, Feature); 2] = [
    ("feature.echo_test", "*43", Feature::EchoTest),
    ("feature.music", "*44", Feature::Music),
];
/// How long a call rings, in seconds, unless changed by the setting `ring_seconds_max`.
const RING_SECONDS_MAX: u16 = 60;

impl Store {
    /// People, devices, trunks, the number plan and feature codes as of now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn directory(&self) -> Result<Directory, StoreError> {
        let mut callings = self.callings().await?;
        let users = self.users().await?.into_iter().map(|user| directory::User {
            id: user.id,
            name: user.name,
            extension: user.extension,
            calling: callings.remove(&user.id).unwrap_or_else(usual_calling),
            while_busy: WhileBusy::default(),
            mobile: None,
        });
        let devices = self.devices(None).await?.into_iter().map(|device| directory::Device {
            id: device.id,
            user: Some(device.user),
            kind: device.kind,
            shared: None,
            rings: Rings::default(),
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
            teams: Vec::new(),
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
        let mut features = Vec::with_capacity(FEATURES.len());
        for (setting, code, feature) in FEATURES {
            features.push((self.setting(setting).await?.unwrap_or_else(|| code.to_owned()), feature));
        }
        Ok(features)
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

/// To be part of every transaction that changes what [`Store::directory`] tells.
pub(super) async fn count_up(tx: &mut Transaction<'static, Any>) -> Result<(), StoreError> {
    // In one statement: two commits at the same time must not end up with the same number.
    let update = sqlx::query("UPDATE settings SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE name = 'directory_version'");
    update.execute(&mut **tx).await?;
    Ok(())
}
