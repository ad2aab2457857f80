//! Who sends wrong passwords, and how long they have to wait.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

/// Addresses remembered at most; the one that was wrong longest ago makes room.
pub(super) const SUSPECTS_MAX: usize = 4_096;
/// Wrong passwords from one address until it is locked out.
pub(super) const WRONG_MAX: u32 = 20;
/// Over how long wrong passwords are counted; also how long a lock-out lasts. Neither is prolonged by further ones: a phone
/// that tries its wrong password for ever must not lock its neighbours out for ever.
pub(super) const FORGET_AFTER: Duration = Duration::from_secs(60);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    peers: BTreeMap<IpAddr, Suspect>,
    /// No later than the first one's time is up.
    due: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Suspect {
    wrong: u32,
    until: Instant,
}

impl Suspects {
    pub(super) fn len(&self) -> usize {
        self.peers.len()
    }

    /// Counts a wrong password.
    pub(super) fn count(&mut self, peer: IpAddr, now: Instant) {
        let peer = network(peer);
        if !self.peers.contains_key(&peer)
            && self.peers.len() >= SUSPECTS_MAX
            && let Some(oldest) = self.peers.iter().min_by_key(|(_, suspect)| suspect.until).map(|(peer, _)| *peer)
        {
            self.peers.remove(&oldest);
        }
        let fresh = Suspect {
            wrong: 0,
            until: now + FORGET_AFTER,
        };
        let suspect = self.peers.entry(peer).or_insert(fresh);
        if suspect.until <= now {
            *suspect = fresh;
        }
        suspect.wrong += 1;
        if suspect.wrong == WRONG_MAX {
            suspect.until = now + FORGET_AFTER;
        }
        self.due = self.due.or(Some(suspect.until));
    }

    /// Whether nothing is believed from there for now.
    pub(super) fn is_locked_out(&self, peer: IpAddr, now: Instant) -> bool {
        let suspect = self.peers.get(&network(peer));
        suspect.is_some_and(|suspect| suspect.wrong >= WRONG_MAX && suspect.until > now)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if self.due.is_some_and(|due| due <= now) {
            self.peers.retain(|_, suspect| suspect.until > now);
            self.due = self.peers.values().map(|suspect| suspect.until).min();
        }
    }
}

/// Who counts as one: an IPv4 address, or an IPv6 subscriber (/64).
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(number: u32) -> IpAddr {
        IpAddr::V4((0x0a00_0000 + number).into())
    }

    #[test]
    fn too_many_wrong_passwords_lock_out_for_a_while() {
        let now = crate::testing::start();
        let mut suspects = Suspects::default();
        for _ in 0..WRONG_MAX {
            assert!(!suspects.is_locked_out(peer(1), now));
            suspects.count(peer(1), now);
        }
        assert!(suspects.is_locked_out(peer(1), now));
        assert!(!suspects.is_locked_out(peer(2), now));
        let later = suspects.deadline().unwrap();
        assert_eq!(later, now + FORGET_AFTER);
        assert!(!suspects.is_locked_out(peer(1), later));
        suspects.handle_timeout(later);
        assert_eq!(suspects.len(), 0);
    }

    #[test]
    fn a_subscriber_cannot_hide_in_their_ipv6_network() {
        let now = crate::testing::start();
        let mut suspects = Suspects::default();
        for host in 0..WRONG_MAX {
            suspects.count(format!("2001:db8:1:2::{host}").parse().unwrap(), now);
        }
        assert!(suspects.is_locked_out("2001:db8:1:2:ffff::1".parse().unwrap(), now));
        assert!(!suspects.is_locked_out("2001:db8:1:3::1".parse().unwrap(), now));
    }

    #[test]
    fn at_the_limit_the_oldest_suspect_makes_room() {
        let start = crate::testing::start();
        let mut suspects = Suspects::default();
        for number in 0..u32::try_from(SUSPECTS_MAX).unwrap() {
            suspects.count(peer(number), start + Duration::from_millis(number.into()));
        }
        suspects.count(peer(1_000_000), start + Duration::from_secs(10));
        assert_eq!(suspects.len(), SUSPECTS_MAX);
        assert!(!suspects.peers.contains_key(&peer(0)));
        assert!(suspects.peers.contains_key(&peer(1_000_000)));
    }
}
