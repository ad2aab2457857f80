//! Nonces that prove themselves, and the table of those in use.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use hmac::{Hmac, Mac};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use sha2::Sha256;

use super::algorithm::hex;

/// How long a nonce is good for.
pub(super) const LIFETIME: Duration = Duration::from_secs(600);
/// Nonces in use at most; the oldest gives way.
pub(super) const IN_USE_MAX: usize = 16_384;
/// Counts behind the highest one that are still told apart.
const WINDOW: u32 = 64;

/// Milliseconds since the start and a random number: the part of a nonce that the proof is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NonceId {
    issued_ms: u64,
    random: u64,
}

/// What has become of a nonce that a peer used with the right password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Ours, fresh, and this count was not seen before.
    First,
    /// Forgotten, or the count was seen: ask for another one.
    Stale,
}

/// Issues nonces and watches their counts.
pub(super) struct Nonces {
    /// Keyed once: a copy costs less than another key schedule.
    keyed: Hmac<Sha256>,
    random: StdRng,
    start: Instant,
    in_use: BTreeMap<NonceId, Window>,
    /// Nonces up to this one may have been forgotten: those that are not in the table are stale.
    forgotten_up_to: Option<NonceId>,
}

/// Which counts were seen: the highest one, and a bit for each of those before it.
#[derive(Clone, Copy, Debug)]
struct Window {
    highest: u32,
    seen: u64,
}

impl Nonces {
    pub(super) fn new(seed: [u8; 32], start: Instant) -> Self {
        let mut random = StdRng::from_seed(seed);
        let mut secret = [0; 32];
        random.fill_bytes(&mut secret);
        Self {
            keyed: Hmac::new_from_slice(&secret).expect("HMAC takes keys of any length"),
            random,
            start,
            in_use: BTreeMap::new(),
            forgotten_up_to: None,
        }
    }

    /// A new nonce for this peer alone: 32 hex digits of identity, 32 of proof.
    pub(super) fn issue(&mut self, peer: IpAddr, now: Instant) -> String {
        let id = NonceId {
            issued_ms: self.millis(now),
            random: self.random.next_u64(),
        };
        let mut bytes = id.to_bytes().to_vec();
        bytes.extend_from_slice(&self.proof(id, peer));
        hex(&bytes)
    }

    /// Whether a nonce is ours, was issued to this peer, and has not aged.
    pub(super) fn recognise(&self, nonce: &str, peer: IpAddr, now: Instant) -> Option<NonceId> {
        self.read(nonce, peer).filter(|&id| self.is_fresh(id, now))
    }

    /// Uses a nonce with the right password. Only here is a nonce remembered.
    pub(super) fn spend(&mut self, id: NonceId, count: u32, now: Instant) -> Use {
        self.forget_aged(now);
        if let Some(window) = self.in_use.get_mut(&id) {
            return window.mark(count);
        }
        if self.forgotten_up_to.is_some_and(|oldest| id <= oldest) || count == 0 {
            return Use::Stale;
        }
        if self.in_use.len() >= IN_USE_MAX
            && let Some((oldest, _)) = self.in_use.pop_first()
        {
            self.forgotten_up_to = self.forgotten_up_to.max(Some(oldest));
        }
        self.in_use.insert(id, Window { highest: count, seen: 1 });
        Use::First
    }

    /// Keyed hash for what must be the same each time but unknown to others.
    pub(super) fn keyed(&self, purpose: &str, text: &str) -> [u8; 32] {
        let mut mac = self.keyed.clone();
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Nonces remembered now.
    #[cfg(test)]
    pub(super) fn in_use(&self) -> usize {
        self.in_use.len()
    }

    fn read(&self, nonce: &str, peer: IpAddr) -> Option<NonceId> {
        use subtle::ConstantTimeEq;
        if nonce.len() != 64 || !nonce.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let part = |from: usize| u64::from_str_radix(nonce.get(from..from + 16)?, 16).ok();
        let id = NonceId {
            issued_ms: part(0)?,
            random: part(16)?,
        };
        let proof = hex(&self.proof(id, peer));
        let given = nonce.get(32..)?.to_ascii_lowercase();
        bool::from(proof.as_bytes().ct_eq(given.as_bytes())).then_some(id)
    }

    /// The peer's address is part of it: whoever forges a source never sees a nonce that is good there.
    fn proof(&self, id: NonceId, peer: IpAddr) -> [u8; 16] {
        let mut mac = self.keyed.clone();
        mac.update(b"nonce\0");
        mac.update(&id.to_bytes());
        match peer.to_canonical() {
            IpAddr::V4(address) => mac.update(&address.octets()),
            IpAddr::V6(address) => mac.update(&address.octets()),
        }
        let full: [u8; 32] = mac.finalize().into_bytes().into();
        *full.first_chunk().expect("32 bytes have a first half")
    }

    fn is_fresh(&self, id: NonceId, now: Instant) -> bool {
        let now = self.millis(now);
        id.issued_ms <= now && now - id.issued_ms <= millis(LIFETIME)
    }

    fn forget_aged(&mut self, now: Instant) {
        let Some(aged) = self.millis(now).checked_sub(millis(LIFETIME)) else {
            return;
        };
        while let Some(entry) = self.in_use.first_entry() {
            if entry.key().issued_ms >= aged {
                break;
            }
            entry.remove();
        }
    }

    fn millis(&self, now: Instant) -> u64 {
        millis(now.saturating_duration_since(self.start))
    }
}

// The secret and the generator's state must not show up in logs.
impl std::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nonces").field("in_use", &self.in_use.len()).finish_non_exhaustive()
    }
}

impl NonceId {
    fn to_bytes(self) -> [u8; 16] {
        ((u128::from(self.issued_ms) << 64) | u128::from(self.random)).to_be_bytes()
    }
}

impl Window {
    fn mark(&mut self, count: u32) -> Use {
        if count > self.highest {
            let ahead = count - self.highest;
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = count;
            return Use::First;
        }
        let behind = self.highest - count;
        if behind >= WINDOW || count == 0 || self.seen & (1 << behind) != 0 {
            return Use::Stale;
        }
        self.seen |= 1 << behind;
        Use::First
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
