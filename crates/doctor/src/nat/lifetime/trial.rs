//! Whether one mapping is still there.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::{ASKING, CONTROL, MAPPED_FIRST, Series, Way};
use crate::stun::TransactionId;

/// So long before the mapping's time a fresh one is made to compare with.
pub(super) const LEAD: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Trial {
    pub(super) server: SocketAddr,
    /// Which one.
    pub(super) mapping: usize,
    /// How the server saw it when it was made.
    public: SocketAddr,
    ripe_at: Instant,
    questions: Questions,
    is_moved: bool,
}

#[derive(Debug)]
enum Questions {
    /// A fresh mapping is made.
    Fresh(Series),
    /// The server sends to that one, as a control, and to the one that is tried.
    Outside { control: Series, tried: Series },
    /// The mapping's own socket asks.
    Inside { tried: Series, seen: Option<SocketAddr> },
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A packet has come in through it.
    Alive,
    /// Nothing comes in through it any more, or its socket has got another port.
    Gone,
    /// Its socket has the same port again, or still.
    LooksAlike,
    /// Too much was lost.
    Unclear,
    /// We have another public address.
    Moved,
}

impl Trial {
    /// Tries a mapping that is seen as `public`, not before `ripe_at`.
    pub(super) fn new(way: Way, server: SocketAddr, mapping: usize, public: SocketAddr, ripe_at: Instant, now: Instant) -> Self {
        let questions = match way {
            Way::FromOutside => Questions::Fresh(Series::new(CONTROL, server, now)),
            Way::FromInside => Questions::Inside {
                tried: Series::new(MAPPED_FIRST + mapping, server, ripe_at),
                seen: None,
            },
        };
        Self {
            server,
            mapping,
            public,
            ripe_at,
            questions,
            is_moved: false,
        }
    }

    /// The questions that wait for answers.
    pub(super) fn open(&mut self) -> impl Iterator<Item = &mut Series> {
        let (first, second) = match &mut self.questions {
            Questions::Fresh(fresh) => (fresh, None),
            Questions::Outside { control, tried } => (control, Some(tried)),
            Questions::Inside { tried, .. } => (tried, None),
        };
        std::iter::once(first).chain(second)
    }

    pub(super) fn due(&self, patience: Duration, now: Instant) -> Option<Instant> {
        match &self.questions {
            Questions::Fresh(asked) | Questions::Outside { tried: asked, .. } | Questions::Inside { tried: asked, .. } => {
                asked.due(patience, now)
            }
        }
    }

    /// Takes down an answer: how long it took. `None` when it is no answer to this.
    pub(super) fn answered(&mut self, socket: usize, id: TransactionId, public: SocketAddr, now: Instant) -> Option<Duration> {
        let tried_socket = MAPPED_FIRST + self.mapping;
        match &mut self.questions {
            Questions::Fresh(fresh) => {
                let round_trip = fresh.answered(id, now).filter(|_| socket == CONTROL)?;
                // The server sends to the address that asks; if that is not the mapping's, silence says nothing.
                self.is_moved = public.ip() != self.public.ip();
                let to = |port| Series::new(ASKING, self.server, self.ripe_at.max(now)).answered_at(port);
                self.questions = Questions::Outside {
                    control: to(public.port()),
                    tried: to(self.public.port()),
                };
                Some(round_trip)
            }
            Questions::Outside { control, .. } if socket == CONTROL => control.answered(id, now),
            // Whoever else has got the mapping's port by now does not count.
            Questions::Outside { tried, .. } if socket == tried_socket => tried.answered(id, now),
            Questions::Outside { .. } => None,
            Questions::Inside { tried, seen } => {
                let round_trip = tried.answered(id, now).filter(|_| socket == tried_socket)?;
                seen.get_or_insert(public);
                Some(round_trip)
            }
        }
    }

    /// What has come out; `None` while it is not known.
    pub(super) fn outcome(&self, patience: Duration, now: Instant) -> Option<Outcome> {
        if self.is_moved {
            return Some(Outcome::Moved);
        }
        let asked = match &self.questions {
            Questions::Fresh(fresh) => fresh,
            Questions::Outside { control, tried } => {
                if tried.is_answered() {
                    return Some(Outcome::Alive);
                }
                if tried.count(patience, now).is_silent(control.count(patience, now)) {
                    return Some(Outcome::Gone);
                }
                tried
            }
            Questions::Inside { seen: Some(seen), .. } => {
                return Some(match (seen.ip() == self.public.ip(), seen.port() == self.public.port()) {
                    (true, true) => Outcome::LooksAlike,
                    (true, false) => Outcome::Gone,
                    (false, _) => Outcome::Moved,
                });
            }
            Questions::Inside { tried, seen: None } => tried,
        };
        asked.is_exhausted(patience, now).then_some(Outcome::Unclear)
    }
}
