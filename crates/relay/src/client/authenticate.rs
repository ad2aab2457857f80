//! Who asks: long-term credentials (RFC 8489 section 9.2).

use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use rand::RngCore as _;
use rand::rngs::StdRng;

use super::{Client, State, World};
use crate::counters::Refusal;
use crate::credentials::{Key, Username};
use crate::stun::{Message, attribute};

/// So long a nonce may be used (RFC 8656 section 5 asks for an hour at most).
pub const NONCE_LIFE: Duration = Duration::from_secs(30 * 60);

/// The proof that a request is not an old one: of this connection, and of late.
#[derive(Debug)]
pub(super) struct Nonce {
    pub(super) text: String,
    since: Instant,
}

/// A request's credential, which is right.
#[derive(Debug)]
pub(super) struct Proven<'a> {
    pub(super) username: &'a str,
    pub(super) user: &'a str,
    pub(super) expires_unix_s: u64,
    pub(super) key: Key,
}

/// Why a request proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denial {
    /// It does not try to: the client wants to learn realm and nonce.
    NoCredentials,
    /// It does, in vain.
    Refused(Refusal),
    /// The credential is right, but another one's allocation is asked about.
    Foreign(Key),
}

impl Nonce {
    pub(super) fn new(random: &mut StdRng, now: Instant) -> Self {
        let mut bytes = [0; 16];
        random.fill_bytes(&mut bytes);
        Self {
            text: HEXLOWER.encode(&bytes),
            since: now,
        }
    }

    fn is_stale(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) >= NONCE_LIFE
    }
}

impl Client {
    /// Everything is checked anew with every request: no credential works after its end.
    pub(super) fn authenticate<'a>(&mut self, request: &Message<'a>, world: &World<'_>) -> Result<Proven<'a>, Denial> {
        if self.nonce.is_stale(world.now) {
            self.nonce = Nonce::new(&mut self.random, world.now);
        }
        if !request.has_integrity() {
            return Err(Denial::NoCredentials);
        }
        let (Some(username), Some(_realm), Some(nonce)) = (
            request.find(attribute::USERNAME),
            request.find(attribute::REALM),
            request.find(attribute::NONCE),
        ) else {
            return Err(Denial::Refused(Refusal::BadRequest));
        };
        let unauthorized = Denial::Refused(Refusal::Unauthorized);
        let username = std::str::from_utf8(username.value).map_err(|_| unauthorized)?;
        let Username { expires_unix_s, user } = Username::parse(username).ok_or(unauthorized)?;
        let key = self.config.secret.key(username, &self.config.realm);
        // The integrity first: an old nonce is told only to those who are allowed in.
        if !request.is_authentic(&key) || expires_unix_s <= world.unix_s {
            return Err(unauthorized);
        }
        if nonce.value != self.nonce.text.as_bytes() {
            return Err(Denial::Refused(Refusal::StaleNonce));
        }
        if let State::Allocated(allocation) = &self.state
            && *allocation.username != *username
        {
            return Err(Denial::Foreign(key));
        }
        Ok(Proven {
            username,
            user,
            expires_unix_s,
            key,
        })
    }
}
