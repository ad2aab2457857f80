//! Phones that have answered our questions once, and do not any more.
//!
//! ```text
//!             unanswered            registers anew             unanswered
//!  answers ───────────────► silent ───────────────► returned ─────────────► silent still ──► (registers as often as it likes)
//!     ▲                        │                        │                        │
//!     └────────────────────────┴──────── answers ───────┴────────────────────────┘
//! ```
//!
//! A phone that registers once more may only have been off; one that then does not answer either is heard, but cannot be reached.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Instant;

use model::DeviceId;

/// By phone. What never answers may not know OPTIONS, and is not in here. It outlasts registrations, but one phone has one entry.
#[derive(Debug)]
pub(super) struct Silences {
    phones: BTreeMap<DeviceId, Known>,
    phones_max: usize,
}

#[derive(Debug)]
struct Known {
    /// From where it has answered: elsewhere may be another phone.
    from: IpAddr,
    answered_at: Instant,
    silence: Silence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Silence {
    Answers,
    Silent {
        since: Instant,
    },
    /// It has registered anew at `at`: what it was asked before does not count.
    Returned {
        since: Instant,
        at: Instant,
    },
    SilentStill {
        since: Instant,
    },
}

impl Silences {
    pub(super) fn new(phones_max: usize) -> Self {
        Self {
            phones: BTreeMap::new(),
            phones_max,
        }
    }

    /// It has answered.
    pub(super) fn answered(&mut self, device: DeviceId, from: IpAddr, now: Instant) {
        if self.phones.len() < self.phones_max || self.phones.contains_key(&device) {
            let (answered_at, silence) = (now, Silence::Answers);
            let known = Known {
                from,
                answered_at,
                silence,
            };
            self.phones.insert(device, known);
        }
    }

    /// It has not, though it was asked at `asked_at`.
    pub(super) fn missed(&mut self, device: DeviceId, from: IpAddr, asked_at: Instant) {
        let known = self.phones.get_mut(&device).filter(|known| known.from == from);
        if let Some(known) = known.filter(|known| known.answered_at < asked_at) {
            known.silence = match known.silence {
                Silence::Answers => Silence::Silent { since: asked_at },
                Silence::Returned { since, at } if at <= asked_at => Silence::SilentStill { since },
                same @ (Silence::Returned { .. } | Silence::Silent { .. } | Silence::SilentStill { .. }) => same,
            };
        }
    }

    /// It has registered.
    pub(super) fn registered(&mut self, device: DeviceId, from: IpAddr, at: Instant) {
        if let Some(known) = self.phones.get_mut(&device).filter(|known| known.from == from) {
            known.silence = match known.silence {
                Silence::Silent { since } => Silence::Returned { since, at },
                same @ (Silence::Answers | Silence::Returned { .. } | Silence::SilentStill { .. }) => same,
            };
        }
    }

    /// Since when it is silent.
    pub(super) fn since(&self, device: DeviceId, from: IpAddr) -> Option<Instant> {
        match self.phones.get(&device).filter(|known| known.from == from)?.silence {
            Silence::Silent { since } | Silence::SilentStill { since } => Some(since),
            Silence::Answers | Silence::Returned { .. } => None,
        }
    }

    /// Forgets phones that are none any more.
    pub(super) fn retain(&mut self, is_known: impl Fn(DeviceId) -> bool) {
        self.phones.retain(|device, _| is_known(*device));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const PHONE: DeviceId = DeviceId(1);

    fn home() -> IpAddr {
        IpAddr::from([198, 51, 100, 7])
    }

    #[test]
    fn one_that_comes_back_and_still_does_not_answer_is_silent_since_the_beginning() {
        let begin = crate::testing::start();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut silences = Silences::new(10);
        silences.missed(PHONE, home(), at(0));
        assert_eq!(silences.since(PHONE, home()), None, "it may not know the question");
        silences.answered(PHONE, home(), at(25));
        silences.missed(PHONE, home(), at(25));
        assert_eq!(silences.since(PHONE, home()), None, "it has answered a later one");
        silences.missed(PHONE, home(), at(50));
        silences.missed(PHONE, home(), at(58));
        assert_eq!(silences.since(PHONE, home()), Some(at(50)));
        silences.registered(PHONE, home(), at(85));
        silences.missed(PHONE, home(), at(66));
        assert_eq!(silences.since(PHONE, home()), None, "it may only have been off");
        silences.missed(PHONE, home(), at(90));
        silences.registered(PHONE, home(), at(100));
        assert_eq!(silences.since(PHONE, home()), Some(at(50)));
        silences.answered(PHONE, home(), at(120));
        assert_eq!(silences.since(PHONE, home()), None);
    }

    #[test]
    fn another_place_may_be_another_phone_and_memory_has_a_bound() {
        let begin = crate::testing::start();
        let later = begin + Duration::from_secs(25);
        let elsewhere = IpAddr::from([203, 0, 113, 9]);
        let mut silences = Silences::new(1);
        silences.answered(PHONE, home(), begin);
        silences.missed(PHONE, elsewhere, later);
        assert_eq!((silences.since(PHONE, home()), silences.since(PHONE, elsewhere)), (None, None));
        silences.answered(DeviceId(2), home(), begin);
        silences.missed(DeviceId(2), home(), later);
        assert_eq!(silences.since(DeviceId(2), home()), None, "no room");
        silences.retain(|device| device != PHONE);
        silences.answered(DeviceId(2), home(), begin);
        silences.missed(DeviceId(2), home(), later);
        assert_eq!(silences.since(DeviceId(2), home()), Some(later));
    }
}
