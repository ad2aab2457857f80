//! How long an idle UDP mapping lives (RFC 5780 section 4.6).
//!
//! ```text
//!   Looking: which server sends its answer to another port when it is asked to (RESPONSE-PORT)?
//!      │
//!   Binding: one mapping for each idle time, all at once
//!      │
//!   Waiting until the next idle time is over ◄──┐
//!      │                                        │ alive, or unclear
//!   Trying whether its mapping still lives ─────┘
//!      │
//!    Over: no idle time is left, or one is gone
//! ```
//!
//! Nothing touches a mapping before its time. Then another socket has the server send to it, and at the same time to a fresh mapping, which
//! shows that the server does as it is asked and how much gets lost. A mapping that nothing reaches is gone, if a second one of the same
//! age is gone, too; longer idle times are not waited for then.
//!
//! Servers without RESPONSE-PORT are asked again from the same socket. Another port shows that the mapping was gone. The same one shows
//! nothing: it may be that of a new mapping, and where two routers stand in a row it may be a new one of the inner router alone. So such
//! servers only ever tell that mappings live less than some time.

mod found;
mod look;
mod mapping;
mod series;
mod trial;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::SERVERS_MAX;
use crate::address::{canonical, is_possible};
use crate::stun::{Class, Message};
pub use found::{Lifetime, Unknown};
use look::{Choice, Look};
use mapping::Mapping;
use series::Series;
use trial::{Outcome, Trial};

/// After which idle times mappings are tried. A trial takes up to two seconds, and routers have round numbers (20, 30, 60, 120, 180, 300 s):
/// so each begins two seconds before one, and a router that has exactly this number is found between here and the next.
pub const IDLE_TIMES: [Duration; 10] = [
    Duration::from_secs(8),
    Duration::from_secs(13),
    Duration::from_secs(18),
    Duration::from_secs(28),
    Duration::from_secs(43),
    Duration::from_secs(58),
    Duration::from_secs(88),
    Duration::from_secs(118),
    Duration::from_secs(178),
    Duration::from_secs(298),
];
/// One mapping for each idle time, and one that confirms that the last one is gone.
const MAPPINGS: usize = IDLE_TIMES.len() + 1;
/// So many sockets are needed; they are numbered from zero.
pub const SOCKETS: usize = MAPPED_FIRST + MAPPINGS;
/// Everything is over after this time.
pub const PROBE_MAX: Duration = Duration::from_secs(310);

/// The socket that asks servers to answer elsewhere.
const ASKING: usize = 0;
/// The socket whose mapping is made anew for each trial.
const CONTROL: usize = 1;
/// The socket of the first mapping that is left alone; the others follow.
const MAPPED_FIRST: usize = 2;

/// A server's answer is waited for so long at most, once its round trip is known to be short.
const PATIENCE_MAX: Duration = Duration::from_secs(1);
const PATIENCE_MIN: Duration = Duration::from_millis(300);

/// A packet to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// From which socket: less than [`SOCKETS`].
    pub socket: usize,
    /// Whereto.
    pub to: SocketAddr,
    /// What.
    pub packet: Vec<u8>,
}

/// How the mappings are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The server sends to them (RESPONSE-PORT).
    FromOutside,
    /// Their own sockets ask again, and ports are compared.
    FromInside,
}

#[derive(Debug)]
enum State {
    Looking(Vec<Look>),
    Binding {
        way: Way,
        server: SocketAddr,
    },
    Waiting {
        way: Way,
        server: SocketAddr,
        next: usize,
    },
    Trying {
        way: Way,
        trial: Box<Trial>,
        doubted: Option<Doubt>,
    },
    Over,
}

/// A mapping was found gone, and another one is asked whether that can be.
#[derive(Clone, Copy, Debug)]
struct Doubt {
    /// How old it was then, at most.
    age_max: Duration,
}

/// Finds out how long idle mappings live, for one address family. Drive it: after any input drain transmits, and come back at
/// [`Probe::poll_timeout`] until there is none.
#[derive(Debug)]
pub struct Probe {
    random: StdRng,
    end: Instant,
    /// When we were called last.
    now: Instant,
    state: State,
    mappings: Vec<Mapping>,
    found: Lifetime,
    /// The longest so far.
    round_trip: Option<Duration>,
    transmits: VecDeque<Transmit>,
}

impl Probe {
    /// Begins to ask. Servers must be of one family; those after [`SERVERS_MAX`], and addresses that no server can have, are passed over.
    /// Transaction ids come from `seed`, which must not be guessable.
    #[must_use]
    pub fn new(servers: &[SocketAddr], seed: [u8; 32], now: Instant) -> Self {
        let servers = servers.iter().copied().map(canonical).filter(|server| is_possible(*server));
        let looks: Vec<Look> = servers.take(SERVERS_MAX).map(|server| Look::new(server, now)).collect();
        let mut probe = Self {
            random: StdRng::from_seed(seed),
            end: now + PROBE_MAX,
            now,
            state: State::Looking(looks),
            mappings: Vec::new(),
            found: Lifetime {
                unknown: Some(Unknown::NotYet),
                ..Lifetime::default()
            },
            round_trip: None,
            transmits: VecDeque::new(),
        };
        probe.handle_timeout(now);
        probe
    }

    /// A packet that has come to a socket: whether it was one of ours.
    pub fn receive(&mut self, socket: usize, from: SocketAddr, packet: &[u8], now: Instant) -> bool {
        let Ok(message) = Message::read(packet) else { return false };
        let from = canonical(from);
        let is_ours = match message.class {
            Class::Request => false,
            Class::Error(_) => self.refused(from, &message),
            Class::Success => self.answered(socket, from, &message, now),
        };
        self.handle_timeout(now);
        is_ours
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = now;
        if now >= self.end {
            self.give_up(Unknown::Lossy);
        }
        while self.advance(now) {}
        self.ask(now);
    }

    /// When [`Probe::handle_timeout`] has something to do; `None` when the probe is over.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let (patience, now) = (self.patience(), self.now);
        let next = match &self.state {
            State::Looking(looks) => looks.iter().filter_map(|look| look.due(patience, now)).min(),
            State::Binding { .. } => self.mappings.iter().filter_map(|mapping| mapping.due(patience, now)).min(),
            State::Waiting { way, next, .. } => self.begins_at(*way, *next),
            State::Trying { trial, .. } => trial.due(patience, now),
            State::Over => return None,
        };
        Some(next.map_or(self.end, |next| next.min(self.end)))
    }

    /// The next packet to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// What is known so far.
    #[must_use]
    pub fn found(&self) -> Lifetime {
        self.found
    }

    /// The idle time whose end is waited for, or that is being tried.
    #[must_use]
    pub fn idle_time(&self) -> Option<Duration> {
        let mapping = match &self.state {
            State::Waiting { next, .. } => *next,
            State::Trying { trial, .. } => trial.mapping,
            State::Looking(_) | State::Binding { .. } | State::Over => return None,
        };
        IDLE_TIMES.get(mapping).copied()
    }

    /// Goes one step on; false when there is none to go now.
    fn advance(&mut self, now: Instant) -> bool {
        let patience = self.patience();
        match &mut self.state {
            State::Looking(looks) => match look::choice(looks, patience, now) {
                Choice::NotYet => return false,
                Choice::Nobody => self.give_up(Unknown::NoServer),
                Choice::Server(way, server) => self.bind(way, server, now),
            },
            State::Binding { way, server } => {
                if self.mappings.iter().any(|mapping| !mapping.is_settled(patience, now)) {
                    return false;
                }
                let (way, server) = (*way, *server);
                self.wait(way, server, 0);
            }
            State::Waiting { way, server, next } => {
                let (way, server, next) = (*way, *server, *next);
                if self.begins_at(way, next).is_none_or(|at| now < at) {
                    return false;
                }
                self.try_mapping(way, server, next, None, now);
            }
            State::Trying { trial, .. } => match trial.outcome(patience, now) {
                None => return false,
                Some(outcome) => self.conclude(outcome, now),
            },
            State::Over => return false,
        }
        true
    }

    /// Sends what is due.
    fn ask(&mut self, now: Instant) {
        let (random, transmits) = (&mut self.random, &mut self.transmits);
        let mut ask = |series: &mut Series| transmits.extend(series.ask_if_due(random, now));
        match &mut self.state {
            State::Looking(looks) => looks.iter_mut().flat_map(Look::open).for_each(&mut ask),
            State::Binding { .. } => self.mappings.iter_mut().filter_map(Mapping::open).for_each(&mut ask),
            State::Trying { trial, .. } => trial.open().for_each(&mut ask),
            State::Waiting { .. } | State::Over => {}
        }
    }

    fn bind(&mut self, way: Way, server: SocketAddr, now: Instant) {
        self.mappings = (MAPPED_FIRST..SOCKETS).map(|socket| Mapping::new(socket, server, now)).collect();
        self.state = State::Binding { way, server };
    }

    /// Waits for the first idle time from here on whose mapping can be tried.
    fn wait(&mut self, way: Way, server: SocketAddr, from: usize) {
        let mut left = (from..IDLE_TIMES.len()).filter(|index| self.mappings[*index].is_untouched());
        match left.next() {
            Some(next) => self.state = State::Waiting { way, server, next },
            None => self.give_up(match way {
                Way::FromInside => Unknown::LooksAlike,
                Way::FromOutside => Unknown::Lossy,
            }),
        }
    }

    /// When a mapping's trial begins: a fresh mapping has to be there when its time is over.
    fn begins_at(&self, way: Way, mapping: usize) -> Option<Instant> {
        let lead = match way {
            Way::FromOutside => trial::LEAD,
            Way::FromInside => Duration::ZERO,
        };
        Some(self.ripe_at(mapping)? - lead)
    }

    /// When a mapping has been idle for its time.
    fn ripe_at(&self, mapping: usize) -> Option<Instant> {
        Some(self.mappings[mapping].idle_since()? + *IDLE_TIMES.get(mapping)?)
    }

    fn try_mapping(&mut self, way: Way, server: SocketAddr, index: usize, doubted: Option<Doubt>, now: Instant) {
        let ripe_at = match doubted {
            Some(_) => now,
            None => self.ripe_at(index).map_or(now, |at| at.max(now)),
        };
        let mapping = &mut self.mappings[index];
        let public = mapping.touch().expect("only mappings that are there are tried");
        let trial = Box::new(Trial::new(way, server, index, public, ripe_at, now));
        self.state = State::Trying { way, trial, doubted };
    }

    fn conclude(&mut self, outcome: Outcome, now: Instant) {
        let State::Trying { way, trial, doubted } = std::mem::replace(&mut self.state, State::Over) else {
            return;
        };
        let (index, server) = (trial.mapping, trial.server);
        let confirming = (index + 1..MAPPINGS).find(|other| self.mappings[*other].is_untouched());
        match (outcome, doubted) {
            (Outcome::Moved, _) => self.forget(Unknown::Unsteady),
            (Outcome::Alive | Outcome::LooksAlike, Some(_)) => self.forget(Unknown::Contradiction),
            (Outcome::Gone, Some(doubt)) => self.know(|found| found.less_than = Some(doubt.age_max)),
            (Outcome::Gone, None) => {
                let idle_since_min = self.mappings[index].idle_since_min();
                match confirming.zip(idle_since_min) {
                    Some((other, since)) => {
                        let age_max = now.saturating_duration_since(since);
                        self.try_mapping(way, server, other, Some(Doubt { age_max }), now);
                    }
                    // All others were lost when they were made.
                    None => self.wait(way, server, index + 1),
                }
            }
            (Outcome::Alive, None) => {
                self.know(|found| found.at_least = Some(IDLE_TIMES[index]));
                self.wait(way, server, index + 1);
            }
            (Outcome::LooksAlike, None) | (Outcome::Unclear, _) => self.wait(way, server, index + 1),
        }
    }

    fn know(&mut self, learn: impl FnOnce(&mut Lifetime)) {
        learn(&mut self.found);
        self.found.unknown = None;
    }

    /// What seemed to be known cannot be relied on.
    fn forget(&mut self, why: Unknown) {
        self.found = Lifetime::default();
        self.give_up(why);
    }

    /// It is over; what is known remains so.
    fn give_up(&mut self, why: Unknown) {
        self.state = State::Over;
        if self.found.at_least.or(self.found.less_than).is_none() && matches!(self.found.unknown, None | Some(Unknown::NotYet)) {
            self.found.unknown = Some(why);
        }
    }

    /// A late answer opens a mapping again on some routers, so every one counts.
    fn answered(&mut self, socket: usize, from: SocketAddr, message: &Message, now: Instant) -> bool {
        let Some(public) = message.public().map(canonical).filter(|public| is_possible(*public)) else {
            return false;
        };
        let of_socket = socket.checked_sub(MAPPED_FIRST).and_then(|index| self.mappings.get_mut(index));
        let mut round_trip = of_socket.and_then(|mapping| mapping.answered(from, message.id, public, now));
        match &mut self.state {
            State::Looking(looks) => {
                let mut answers = looks.iter_mut().filter(|look| look.server == from);
                round_trip = answers.find_map(|look| look.answered(socket, message.id, public, now));
            }
            State::Trying { trial, .. } if trial.server == from => {
                round_trip = round_trip.or_else(|| trial.answered(socket, message.id, public, now));
            }
            State::Trying { .. } | State::Binding { .. } | State::Waiting { .. } | State::Over => {}
        }
        let Some(round_trip) = round_trip else { return false };
        self.round_trip = self.round_trip.max(Some(round_trip));
        true
    }

    fn refused(&mut self, from: SocketAddr, message: &Message) -> bool {
        match &mut self.state {
            State::Looking(looks) => {
                let mut refusing = looks.iter_mut().filter(|look| look.server == from);
                refusing.any(|look| look.refused(message.id))
            }
            State::Binding { .. } | State::Waiting { .. } | State::Trying { .. } | State::Over => false,
        }
    }

    /// So long an answer is waited for.
    fn patience(&self) -> Duration {
        let usual = self.round_trip.map(|longest| (longest * 2).clamp(PATIENCE_MIN, PATIENCE_MAX));
        usual.unwrap_or(PATIENCE_MAX)
    }
}

#[cfg(test)]
mod tests;
