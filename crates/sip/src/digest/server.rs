//! The side that challenges.

use std::time::Instant;

use crate::agent::{Ha1, Proof};
use crate::message::Request;

/// Challenges, and checks the answers. Nonces carry their own proof, so that a challenge costs no memory.
#[derive(Debug)]
pub(crate) struct Guard {
    realm: String,
}

impl Guard {
    /// For one realm. `seed` makes nonces and dummy hashes unpredictable to others.
    pub(crate) fn new(realm: &str, seed: [u8; 32], now: Instant) -> Self {
        let _ = (seed, now);
        Self { realm: realm.to_owned() }
    }

    /// The values of two `WWW-Authenticate` headers, SHA-256 before MD5 (RFC 8760 section 2.3).
    pub(crate) fn challenges(&mut self, stale: bool, now: Instant) -> [String; 2] {
        let _ = (stale, now);
        [self.realm.clone(), self.realm.clone()]
    }

    /// Checks a request's `Authorization`. Whether the user is known shows neither in the answer nor in the effort.
    pub(crate) fn check(&mut self, request: &Request, ha1: impl FnOnce(&str) -> Option<Ha1>, now: Instant) -> Proof {
        let _ = (request, ha1, now);
        Proof::Missing { stale: false }
    }
}
