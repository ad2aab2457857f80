//! Whose a phone is, and where somebody is.

use model::{DeviceId, UserId};

use super::Core;
use crate::directory::Device;

impl Core {
    /// Whose number a phone has.
    pub(super) fn person_at(&self, device: DeviceId) -> Option<UserId> {
        self.directory.device(device)?.user
    }

    /// The phones that have somebody's number.
    pub(super) fn devices_at(&self, user: UserId) -> impl Iterator<Item = &Device> {
        self.directory.devices_of(user)
    }
}
