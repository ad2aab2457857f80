//! Whose a phone is.

use model::{DeviceId, UserId};

use super::Core;

impl Core {
    /// Whose number a phone has.
    pub(super) fn person_at(&self, device: DeviceId) -> Option<UserId> {
        self.directory.device(device)?.user
    }
}
