//! Our public addresses, asked of STUN servers from the very socket that carries media, and asked again for as long as it is open.
//!
//! Each server is watched on its own:
//!
//! ```text
//!              answered                       after 4 to 5 s
//!   Asking ──────────────► Resting ────────────────────────────► Asking
//!     │  ▲                    ▲   or at once, when another server sees a new address
//!     │  └─ repeated after    │
//!     │     100, 200, … ms    │ answered, however late
//!     │ no answer             │
//!     ▼                       │
//!   Silent ───── after a while: Asking again, with few repetitions
//! ```
//!
//! The requests keep the router's mapping alive as well. A dead server costs three small packets a minute while another one answers;
//! while none does, all are tried as often as otherwise, because then it is the network that has to come back.

mod watch;

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::address::{canonical, is_possible};
use crate::nat::lifetime::Lifetime;
use crate::stun::{Class, Message};
use watch::{Step, Watch};

/// More servers than these are not asked.
pub const SERVERS_MAX: usize = 8;
/// A request comes later than it should by this factor at most, and earlier by as much.
const DEVIATION_MAX: f64 = 1.125;

/// However short mappings live, a server that answers is not asked more often.
pub const REFRESH_MIN: Duration = Duration::from_secs(2);

/// How often servers are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// From an answer to the next request, on average. It differs by an eighth to either side, so that servers are not asked in step.
    pub refresh: Duration,
    /// From the first request to its repetition; doubles with each (RFC 8489 section 6.2.1, which begins slower) up to `repeat_max`.
    pub repeat_first: Duration,
    /// From a request to its repetition at the most.
    pub repeat_max: Duration,
    /// How often a request is sent at most before its server counts as silent.
    pub tries_max: u8,
    /// From silence to the next request, while another server answers.
    pub retry: Duration,
}

impl Default for Settings {
    /// A change of the public address is noticed within ten seconds, even when five requests in a row are lost.
    fn default() -> Self {
        Self {
            refresh: Duration::from_millis(4_500),
            repeat_first: Duration::from_millis(100),
            repeat_max: Duration::from_secs(1),
            tries_max: 6,
            retry: Duration::from_secs(60),
        }
    }
}

/// What one server has said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Who said it.
    pub server: SocketAddr,
    /// Our address that the answer came to.
    pub local: IpAddr,
    /// How the server sees us.
    pub public: SocketAddr,
    /// From the first sending of the request to its answer; longer where packets were lost.
    pub round_trip: Duration,
    /// When the answer came. Old while its server is silent; the address may still be right.
    pub confirmed_at: Instant,
    /// Whether a router on the way rewrites addresses in packets.
    pub is_altered: bool,
}

/// What a server does just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has answered when it was asked last.
    Answering,
    /// It is being asked the first time.
    Asking,
    /// It has not answered.
    Silent,
    /// It has answered with an error.
    Refusing {
        /// The STUN error code: 300 to 699.
        code: u16,
    },
}

/// A packet to be sent from the media socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// Whereto.
    pub to: SocketAddr,
    /// What.
    pub packet: Vec<u8>,
}

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A server's first answer, or one that differs from its answer before.
    Mapped {
        /// Who says so.
        server: SocketAddr,
        /// Our address that the answer came to.
        local: IpAddr,
        /// How the server sees us now.
        public: SocketAddr,
    },
    /// A server does not answer, or no more. Told once, until it answers again.
    Silent {
        /// Which.
        server: SocketAddr,
    },
    /// A server that was silent answers again, as before.
    Back {
        /// Which.
        server: SocketAddr,
    },
    /// A server answers with an error; it counts as silent.
    Refused {
        /// Which.
        server: SocketAddr,
        /// The STUN error code: 300 to 699.
        code: u16,
    },
}

/// Keeps bindings with some servers up to date. Drive it: after any input drain transmits and events, and come back at
/// [`Keeper::poll_timeout`].
#[derive(Debug)]
pub struct Keeper {
    settings: Settings,
    /// From an answer to the next request, on average: that of the settings, or less.
    refresh: Duration,
    random: StdRng,
    watches: Vec<Watch>,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
}

impl Keeper {
    /// Asks nobody yet. Transaction ids come from `seed`, which must not be guessable.
    #[must_use]
    pub fn new(settings: Settings, seed: [u8; 32]) -> Self {
        Self {
            refresh: settings.refresh,
            settings,
            random: StdRng::from_seed(seed),
            watches: Vec::new(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Whom to ask from now on. Those that are asked already go on undisturbed, new ones are asked at once, bindings of the others
    /// are forgotten. Doubles, addresses that no server can have, and more than [`SERVERS_MAX`] are passed over.
    pub fn set_servers(&mut self, servers: &[SocketAddr], now: Instant) {
        let mut before = std::mem::take(&mut self.watches);
        for server in servers.iter().copied().map(canonical).filter(|server| is_possible(*server)) {
            if self.watches.len() == SERVERS_MAX || self.watch(server).is_some() {
                continue;
            }
            let kept = before.iter().position(|watch| watch.server == server);
            let watch = kept.map_or_else(|| Watch::new(server, now), |index| before.swap_remove(index));
            self.watches.push(watch);
        }
        self.handle_timeout(now);
    }

    /// How long mappings live is known now. Where two requests in a row might be further apart than that, they come more often: twice in the
    /// time for which a mapping is known to live, but not closer than [`REFRESH_MIN`].
    pub fn keep_alive(&mut self, lifetimes: impl IntoIterator<Item = Lifetime>) {
        let usual = self.settings.refresh;
        let is_short = |lifetime: &Lifetime| {
            lifetime
                .less_than
                .is_some_and(|less_than| less_than < usual.mul_f64(2.0 * DEVIATION_MAX))
        };
        let short = lifetimes
            .into_iter()
            .filter(is_short)
            .map(|lifetime| lifetime.at_least.unwrap_or_default());
        self.refresh = short.min().map_or(usual, |at_least| (at_least / 2).max(REFRESH_MIN).min(usual));
    }

    /// Asks all servers now, except those asked within the last second: for when an interface or a route has changed.
    pub fn ask_now(&mut self, now: Instant) {
        self.watches.iter_mut().for_each(|watch| watch.hasten(now));
        self.handle_timeout(now);
    }

    /// A packet from the media socket: whether it was an answer to us. Late and doubled answers are ours, too; requests are not.
    pub fn receive(&mut self, from: SocketAddr, local: IpAddr, packet: &[u8], now: Instant) -> bool {
        let from = canonical(from);
        let Some(index) = self.watch(from) else { return false };
        let Ok(answer) = Message::read(packet) else { return false };
        match answer.class {
            Class::Request => return false,
            Class::Error(code) => self.refused(index, &answer, code, now),
            Class::Success => self.answered(index, local.to_canonical(), &answer, now),
        }
        self.handle_timeout(now);
        true
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        for index in 0..self.watches.len() {
            let is_lone = self.nobody_answers(self.watches[index].server);
            let retry = if is_lone { self.refresh } else { self.settings.retry };
            let watch = &mut self.watches[index];
            match watch.step(&self.settings, retry, &mut self.random, now) {
                Step::Nothing => {}
                Step::Send(packet) => self.transmits.push_back(Transmit { to: watch.server, packet }),
                Step::GaveUp { is_news } => {
                    if is_news {
                        self.events.push_back(Event::Silent { server: watch.server });
                    }
                    self.forget_contradicted();
                }
            }
        }
    }

    /// When [`Keeper::handle_timeout`] has something to do; `None` without servers.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.watches.iter().map(Watch::due).min()
    }

    /// The next packet to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next thing that has changed.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What the servers have said last, in the servers' order.
    pub fn bindings(&self) -> impl Iterator<Item = &Binding> {
        self.watches.iter().filter_map(|watch| watch.binding.as_ref())
    }

    /// Whom we ask, and what they do; in the servers' order.
    pub fn servers(&self) -> impl Iterator<Item = (SocketAddr, Standing)> {
        self.watches.iter().map(|watch| (watch.server, watch.standing()))
    }

    fn answered(&mut self, index: usize, local: IpAddr, answer: &Message, now: Instant) {
        let watch = &self.watches[index];
        let (Some(begun), Some(public)) = (watch.begun(answer.id), answer.public().map(canonical)) else {
            return;
        };
        // Whatever says so is no working server: it stays unanswered.
        if !is_possible(public) {
            return;
        }
        let server = watch.server;
        let binding = Binding {
            server,
            local,
            public,
            round_trip: now.saturating_duration_since(begun),
            confirmed_at: now,
            is_altered: answer.is_altered(),
        };
        let refresh = self.next_refresh(index);
        let watch = &mut self.watches[index];
        let was_silent = watch.is_silent();
        let before = watch.binding.replace(binding);
        watch.rest(now + refresh, now);
        let is_same = before
            .as_ref()
            .is_some_and(|before| (before.local, before.public) == (local, public));
        if !is_same {
            self.events.push_back(Event::Mapped { server, local, public });
        } else if was_silent {
            self.events.push_back(Event::Back { server });
        }
        if !is_same {
            self.forget_contradicted();
        }
        if before.is_some() && !is_same {
            self.address_changed(index, now);
        } else if was_silent {
            // The network is back: for the others, too.
            self.watches
                .iter_mut()
                .filter(|watch| watch.is_silent())
                .for_each(|watch| watch.hasten(now));
        }
    }

    /// What one server sees changed is true for the others: they are asked at once.
    fn address_changed(&mut self, index: usize, now: Instant) {
        let changed = self.watches[index].server;
        let others = self.watches.iter_mut().filter(|watch| is_same_family(watch.server, changed));
        others.for_each(|watch| watch.hasten(now));
    }

    /// What a silent server has said is out of date when another one sees something else now.
    fn forget_contradicted(&mut self) {
        let current: Vec<Binding> = self
            .watches
            .iter()
            .filter(|watch| watch.is_answering())
            .filter_map(|watch| watch.binding.clone())
            .collect();
        for watch in self.watches.iter_mut().filter(|watch| watch.is_silent()) {
            let is_contradicted = |old: &mut Binding| {
                let mut others = current.iter().filter(|other| is_same_family(other.server, old.server));
                others.any(|other| other.confirmed_at > old.confirmed_at && other.public != old.public)
            };
            watch.binding.take_if(is_contradicted);
        }
    }

    fn refused(&mut self, index: usize, answer: &Message, code: u16, now: Instant) {
        let is_lone = self.nobody_answers(self.watches[index].server);
        let retry = if is_lone { self.refresh } else { self.settings.retry };
        let watch = &mut self.watches[index];
        if watch.begun(answer.id).is_none() || watch.is_silent() {
            return;
        }
        let server = watch.server;
        watch.refused = Some(code);
        if watch.give_up(now + retry) {
            self.events.push_back(Event::Refused { server, code });
        }
    }

    /// Whether no server but this one answers by the same protocol.
    fn nobody_answers(&self, but: SocketAddr) -> bool {
        let mut others = self
            .watches
            .iter()
            .filter(|watch| watch.server != but && is_same_family(watch.server, but));
        !others.any(Watch::is_answering)
    }

    /// A little chance keeps servers apart; the first time they are spread over the whole period.
    fn next_refresh(&mut self, index: usize) -> Duration {
        let refresh = self.refresh;
        let (number, count) = (ordinal(index) + 1, ordinal(self.watches.len()));
        if self.watches[index].binding.is_none() {
            return refresh * number / count;
        }
        refresh.mul_f64(self.random.random_range(2.0 - DEVIATION_MAX..=DEVIATION_MAX))
    }

    fn watch(&self, server: SocketAddr) -> Option<usize> {
        self.watches.iter().position(|watch| watch.server == server)
    }
}

fn ordinal(index: usize) -> u32 {
    u32::try_from(index).expect("at most SERVERS_MAX")
}

fn is_same_family(a: SocketAddr, b: SocketAddr) -> bool {
    a.is_ipv4() == b.is_ipv4()
}

#[cfg(test)]
mod tests;
