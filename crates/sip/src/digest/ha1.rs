//! Password hashes.

use super::algorithm::Hash;
use crate::agent::Ha1;

impl Ha1 {
    /// Hashes `user:realm:password` both ways. What is stored this way proves itself to phones but does not tell the
    /// password.
    #[must_use]
    pub fn new(user: &str, realm: &str, password: &str) -> Self {
        let parts = [user, realm, password];
        Self {
            md5: Hash::Md5.of(&parts),
            sha256: Hash::Sha256.of(&parts),
        }
    }
}
