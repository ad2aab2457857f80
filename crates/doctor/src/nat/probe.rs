//! Asks servers how they see us, from two sockets, and everything at the same time.
//!
//! ```text
//!  first socket:   named servers ──► the other addresses and ports that they tell ──► proof that they answer from there
//!  second socket:  one server only, plainly and with CHANGE-REQUEST: what gets in from where nothing was sent to?
//!  both:           each other's public address (hairpinning)
//! ```
//!
//! Every question is repeated every 150 ms until it is answered often enough, because chance is told from intention by numbers.
//! Nothing is asked for longer than 2.5 s, and nothing is waited for after [`PROBE_MAX`].

mod plan;
mod question;

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{Destination, Evidence, FilterEvidence, Origin, Reach};
use crate::address::{canonical, is_possible};
use crate::stun::{Class, Message};
use plan::Plan;
use question::{Aim, Question, Stage};

/// Everything is over after this time.
pub const PROBE_MAX: Duration = Duration::from_millis(3_300);
/// Nothing is sent after this time; the rest is for answers under way.
const ASK_MAX: Duration = Duration::from_millis(2_500);
/// More servers than these are not asked.
pub const SERVERS_MAX: usize = 8;

/// A destination's word is taken after so many answers.
const ANSWERS_ENOUGH: u32 = 3;
/// A destination that was only guessed is asked so often.
const GUESSES_MAX: u32 = 6;
/// So many different views of one destination are kept.
const VIEWS_MAX: usize = 4;

/// Which of our sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Socket {
    /// Talks to all servers.
    First,
    /// Talks to one server only, so that the filter in front of it is opened for nobody else.
    Second,
}

/// The local ports of the sockets. Without a second one nothing is found out about filtering and hairpinning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// Of [`Socket::First`].
    pub first: u16,
    /// Of [`Socket::Second`].
    pub second: Option<u16>,
}

/// A packet to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// From which socket.
    pub socket: Socket,
    /// Whereto.
    pub to: SocketAddr,
    /// What.
    pub packet: Vec<u8>,
}

/// Finds out how the NAT on the way behaves, for one address family. Drive it: after any input drain transmits, and come back at
/// [`Probe::poll_timeout`] until there is none.
#[derive(Debug)]
pub struct Probe {
    local: Local,
    random: StdRng,
    begun: Instant,
    is_over: bool,
    destinations: Vec<Destination>,
    questions: Vec<Question>,
    plan: Plan,
    transmits: VecDeque<Transmit>,
}

impl Probe {
    /// Begins to ask. Servers must be of one family; doubles, addresses that no server can have, and those beyond [`SERVERS_MAX`] are
    /// passed over. Transaction ids come from `seed`, which must not be guessable.
    #[must_use]
    pub fn new(servers: &[SocketAddr], local: Local, seed: [u8; 32], now: Instant) -> Self {
        let mut probe = Self {
            local,
            random: StdRng::from_seed(seed),
            begun: now,
            is_over: false,
            destinations: Vec::new(),
            questions: Vec::new(),
            plan: Plan::default(),
            transmits: VecDeque::new(),
        };
        for server in servers.iter().copied().map(canonical).filter(|server| is_possible(*server)) {
            if probe.destinations.len() < SERVERS_MAX {
                probe.add_destination(server, Origin::Named, now);
            }
        }
        probe.handle_timeout(now);
        probe
    }

    /// A packet: whether it was one of ours. `local` is the address that it was sent to.
    pub fn receive(&mut self, socket: Socket, from: SocketAddr, local: IpAddr, packet: &[u8], now: Instant) -> bool {
        let Ok(message) = Message::read(packet) else { return false };
        let is_ours = match message.class {
            Class::Request => self.came_back(&message),
            Class::Error(_) => self.refused(socket, canonical(from), &message),
            Class::Success => self.answered(socket, canonical(from), local.to_canonical(), &message, now),
        };
        self.handle_timeout(now);
        is_ours
    }

    /// What the program has found out about a destination by other means: the system has no way there, its host refuses UDP or
    /// answers TCP. What tells more stays.
    pub fn note(&mut self, address: SocketAddr, reach: Reach, now: Instant) {
        for destination in self.destinations.iter_mut().filter(|d| d.address == address) {
            destination.reach = destination.reach.max(reach);
        }
        self.handle_timeout(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        let age = now.saturating_duration_since(self.begun);
        if age >= PROBE_MAX {
            self.is_over = true;
        }
        if self.is_over {
            return;
        }
        self.pursue(now);
        let stages = self.stages();
        for (question, stage) in self.questions.iter_mut().zip(stages) {
            if stage.asks_at().is_some_and(|at| at <= now) {
                let packet = question.ask(&mut self.random, now);
                let (socket, to) = (question.socket, question.to);
                self.transmits.push_back(Transmit { socket, to, packet });
            }
        }
        self.is_over = self.stages().into_iter().all(|stage| stage.is_over(now));
    }

    /// When [`Probe::handle_timeout`] has something to do; `None` when the probe is over.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let end = self.begun + PROBE_MAX;
        let stages = self.stages();
        let ask = stages.iter().filter_map(|stage| stage.asks_at()).min();
        // Only when nothing is to be asked any more is it over, and then with the last wait.
        let next = ask.or_else(|| stages.iter().filter_map(|stage| stage.waits_until()).max());
        (!self.is_over).then(|| next.map_or(end, |next| next.min(end)))
    }

    /// The next packet to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// What has been seen so far.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        let mut evidence = Evidence {
            destinations: self.destinations.clone(),
            filter: self.plan.filter.map(FilterEvidence::new),
            ..Evidence::default()
        };
        let mut is_proven = (false, false);
        for question in &self.questions {
            let count = question.count();
            match question.aim {
                Aim::Mapping(index) => evidence.destinations[index].count = count,
                Aim::Control => evidence.control = count,
                Aim::Hairpin => evidence.hairpin += count,
                Aim::OtherPort => evidence.filter.iter_mut().for_each(|filter| filter.other_port = count),
                Aim::OtherAddress => evidence.filter.iter_mut().for_each(|filter| filter.other_address = count),
                Aim::ProofOfPort => is_proven.0 = count.answered > 0,
                Aim::ProofOfAddress => is_proven.1 = count.answered > 0,
            }
        }
        if let Some(filter) = &mut evidence.filter {
            filter.is_proven = is_proven == (true, true);
            filter.is_ignored = self.plan.is_ignored;
        }
        evidence
    }

    fn answered(&mut self, socket: Socket, from: SocketAddr, local: IpAddr, message: &Message, now: Instant) -> bool {
        let Some((index, round_trip)) = self.asked(socket, message, now) else {
            return false;
        };
        let question = &mut self.questions[index];
        if from != question.answer_from {
            // To ask for an answer from elsewhere and get one from there itself says nothing about filters.
            self.plan.is_ignored |= from == question.to;
            return true;
        }
        let Some(public) = message.public().map(canonical).filter(|public| is_possible(*public)) else {
            return true;
        };
        question.mark_answered(message.id);
        match question.aim {
            Aim::Mapping(destination) => {
                let told = message.other_address.map(canonical);
                self.saw(destination, local, public, round_trip, message.is_altered(), now);
                self.learn(self.destinations[destination].address, told, now);
            }
            Aim::Control => self.plan.second_public = Some(public),
            Aim::OtherPort | Aim::OtherAddress | Aim::ProofOfPort | Aim::ProofOfAddress | Aim::Hairpin => {}
        }
        true
    }

    /// Takes down what a destination sees.
    fn saw(&mut self, destination: usize, local: IpAddr, public: SocketAddr, round_trip: Duration, is_altered: bool, now: Instant) {
        let age = now.saturating_duration_since(self.begun);
        let destination = &mut self.destinations[destination];
        destination.local = Some(SocketAddr::new(local, self.local.first));
        if !destination.publics.contains(&public) && destination.publics.len() < VIEWS_MAX {
            destination.publics.push(public);
        }
        destination.is_altered |= is_altered;
        destination.round_trip = Some(destination.round_trip.map_or(round_trip, |before| before.min(round_trip)));
        destination.answered_at = Some(destination.answered_at.map_or((age, age), |(first, _)| (first, age)));
    }

    /// Our own request has come in again: the router turns packets to its public address back.
    fn came_back(&mut self, message: &Message) -> bool {
        let mut hairpins = self.questions.iter_mut().filter(|question| question.aim == Aim::Hairpin);
        hairpins.any(|question| question.mark_answered(message.id))
    }

    fn refused(&mut self, socket: Socket, from: SocketAddr, message: &Message) -> bool {
        let is_meant = |question: &&mut Question| question.socket == socket && question.to == from && question.has_asked(message.id);
        let Some(question) = self.questions.iter_mut().find(is_meant) else {
            return false;
        };
        match question.aim {
            Aim::Mapping(destination) => self.destinations[destination].reach = Reach::Refused,
            Aim::OtherPort | Aim::OtherAddress | Aim::ProofOfPort | Aim::ProofOfAddress => self.plan.is_ignored = true,
            Aim::Control | Aim::Hairpin => {}
        }
        true
    }

    /// Which question this answers, and how long ago it was asked.
    fn asked(&self, socket: Socket, message: &Message, now: Instant) -> Option<(usize, Duration)> {
        let mut open = self.questions.iter().enumerate().filter(|(_, question)| question.socket == socket);
        open.find_map(|(index, question)| {
            let asked_at = question.asked_at(message.id)?;
            Some((index, now.saturating_duration_since(asked_at)))
        })
    }

    /// What is to be done about each question.
    fn stages(&self) -> Vec<Stage> {
        let (is_settled, is_open) = (self.is_settled(), self.is_open());
        let ask_end = self.begun + ASK_MAX;
        let stage = |question: &Question| {
            let count = question.count();
            let is_enough = count.answered >= ANSWERS_ENOUGH;
            let is_satisfied = match question.aim {
                Aim::Mapping(index) => match (self.destinations[index].reach, self.destinations[index].origin) {
                    (Reach::NoRoute, _) => true,
                    (_, Origin::Guessed) => is_enough || count.asked >= GUESSES_MAX,
                    (_, Origin::Named | Origin::Told) => is_settled,
                },
                Aim::Control => is_enough && !is_open,
                Aim::OtherPort | Aim::OtherAddress | Aim::ProofOfPort | Aim::ProofOfAddress | Aim::Hairpin => count.answered > 0,
            };
            question.stage(is_satisfied, ask_end)
        };
        self.questions.iter().map(stage).collect()
    }

    /// Whether all destinations have answered often enough, and have been seen at the same time. They are asked until then.
    fn is_settled(&self) -> bool {
        let asked = || {
            let mappings = self.questions.iter().filter_map(|question| match question.aim {
                Aim::Mapping(index) => Some((&self.destinations[index], question.count())),
                Aim::Control | Aim::OtherPort | Aim::OtherAddress | Aim::ProofOfPort | Aim::ProofOfAddress | Aim::Hairpin => None,
            });
            mappings.filter(|(destination, _)| destination.origin != Origin::Guessed && destination.reach != Reach::NoRoute)
        };
        let first = asked().filter_map(|(destination, _)| Some(destination.answered_at?.0)).max();
        let last = asked().filter_map(|(destination, _)| Some(destination.answered_at?.1)).min();
        first <= last && asked().all(|(_, count)| count.answered >= ANSWERS_ENOUGH)
    }

    /// Whether something has not got in yet: then it matters how much gets lost.
    fn is_open(&self) -> bool {
        let mut unanswered = self.questions.iter().filter(|question| question.count().answered == 0);
        unanswered.any(|question| matches!(question.aim, Aim::OtherPort | Aim::OtherAddress | Aim::Hairpin))
    }
}

#[cfg(test)]
mod tests;
