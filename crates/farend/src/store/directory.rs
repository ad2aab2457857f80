//! The snapshot that the switchboard works with.

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
        let mut reachings = self.reachings().await?;
        let mut permissions = self.recording_permissions().await?;
        let users = self.users().await?.into_iter().map(|user| {
            let ringing = ringings.remove(&user.id).unwrap_or_default();
            directory::User {
                id: user.id,
                name: user.name,
                extension: user.extension,
                calling: callings.remove(&user.id).unwrap_or_else(usual_calling),
                while_busy: ringing.while_busy,
                mobile: ringing.mobile,
                reaching: reachings.remove(&user.id).unwrap_or_default(),
                may_record: permissions.remove(&user.id).is_some_and(|permission| permission.may_record),
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
            rooms: self.rooms().await?,
            menus: Vec::new(),
            language: model::Language::default(),
            recordings: self.recordings_of_directory().await?,
            pick_up_groups: self.pick_up_groups().await?,
            parking: self.parking().await?,
            time_profiles: self.time_profiles().await?,
            trunks: trunks.collect(),
            plan: self.plan().await?,
            features: self.features().await?,
            ring_seconds_max,
        })
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
