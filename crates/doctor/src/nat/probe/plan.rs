//! What to ask next, from what has been answered.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::{Aim, Destination, Origin, Probe, Question, Socket};
use crate::address::is_possible;

/// So long the second socket waits for a server that knows RFC 5780 before it takes any other.
const PATIENCE_FOR_5780: Duration = Duration::from_millis(800);

/// How far we have got.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Servers that know RFC 5780, and their other address and port.
    told: Vec<(SocketAddr, SocketAddr)>,
    has_guessed: bool,
    /// The one server that the second socket talks to.
    second: Option<SocketAddr>,
    /// How that server sees the second socket.
    pub(super) second_public: Option<SocketAddr>,
    /// The server that the filter is tested with: that of the second socket.
    pub(super) filter: Option<SocketAddr>,
    has_hairpinned: bool,
    /// A server does not do CHANGE-REQUEST.
    pub(super) is_ignored: bool,
}

impl Probe {
    /// Somewhere else to ask from the first socket, unless it is asked already.
    pub(super) fn add_destination(&mut self, address: SocketAddr, origin: Origin, now: Instant) {
        if self.destinations.iter().any(|d| d.address == address) {
            return;
        }
        let aim = Aim::Mapping(self.destinations.len());
        self.destinations.push(Destination::new(address, origin));
        self.questions.push(Question::new(aim, Socket::First, address, now));
    }

    /// A named server that knows RFC 5780 has four addresses: two by two.
    pub(super) fn learn(&mut self, server: SocketAddr, told: Option<SocketAddr>, now: Instant) {
        let Some(other) = told else { return };
        let is_named = |d: &Destination| d.address == server && d.origin == Origin::Named;
        let is_other = other.ip() != server.ip() && other.port() != server.port() && other.is_ipv4() == server.is_ipv4();
        let is_known = self.plan.told.iter().any(|(known, _)| *known == server);
        if is_known || !is_other || !is_possible(other) || !self.destinations.iter().any(is_named) {
            return;
        }
        self.plan.told.push((server, other));
        for address in [other_port(server, other), SocketAddr::new(other.ip(), server.port()), other] {
            self.add_destination(address, Origin::Told, now);
        }
    }

    /// Asks what can be asked now.
    pub(super) fn pursue(&mut self, now: Instant) {
        self.guess(now);
        self.take_second_server(now);
        self.hairpin(now);
    }

    /// With one host alone, another port of it is better than nothing.
    fn guess(&mut self, now: Instant) {
        let mut named = self.destinations.iter().filter(|d| d.origin == Origin::Named);
        let is_one_host = named
            .next()
            .is_some_and(|first| named.all(|d| d.address.ip() == first.address.ip()));
        let answered = self.destinations.iter().find(|d| !d.publics.is_empty()).map(|d| d.address);
        let (true, Some(server), true, false) = (is_one_host, answered, self.plan.told.is_empty(), self.plan.has_guessed) else {
            return;
        };
        self.plan.has_guessed = true;
        if let Some(port) = server.port().checked_add(1) {
            self.add_destination(SocketAddr::new(server.ip(), port), Origin::Guessed, now);
        }
    }

    /// The second socket talks to one server alone: one that can test the filter, or else any that answers.
    fn take_second_server(&mut self, now: Instant) {
        if self.plan.second.is_some() || self.local.second.is_none() {
            return;
        }
        let has_answered = |address: SocketAddr| self.destinations.iter().any(|d| d.address == address && !d.publics.is_empty());
        let is_alive = |(server, other): &&(SocketAddr, SocketAddr)| has_answered(*other) && has_answered(other_port(*server, *other));
        if let Some((server, other)) = self.plan.told.iter().find(is_alive).copied() {
            self.plan.filter = Some(server);
            self.ask_control(server, now);
            for (aim, socket, from) in [
                (Aim::OtherPort, Socket::Second, other_port(server, other)),
                (Aim::OtherAddress, Socket::Second, other),
                (Aim::ProofOfPort, Socket::First, other_port(server, other)),
                (Aim::ProofOfAddress, Socket::First, other),
            ] {
                self.questions.push(Question::new(aim, socket, server, now).answered_from(from));
            }
            return;
        }
        let mut named = self.destinations.iter().filter(|d| d.origin == Origin::Named);
        let are_all_plain = self.plan.told.is_empty() && named.clone().all(|d| !d.publics.is_empty());
        let is_late = now.saturating_duration_since(self.begun) >= PATIENCE_FOR_5780;
        let any = named.find(|d| !d.publics.is_empty()).map(|d| d.address);
        if let Some(server) = any.filter(|_| are_all_plain || is_late) {
            self.ask_control(server, now);
        }
    }

    fn ask_control(&mut self, server: SocketAddr, now: Instant) {
        self.plan.second = Some(server);
        self.questions.push(Question::new(Aim::Control, Socket::Second, server, now));
    }

    /// Both sockets send to each other's public address, so that both filters are open. Not where there is no NAT.
    fn hairpin(&mut self, now: Instant) {
        let Some((second, server)) = self.plan.second_public.zip(self.plan.second) else {
            return;
        };
        let seen = self.destinations.iter().find(|d| d.address == server);
        let Some((first, local)) = seen.and_then(|d| d.public().zip(d.local)) else {
            return;
        };
        if self.plan.has_hairpinned || first.ip() == local.ip() {
            return;
        }
        self.plan.has_hairpinned = true;
        self.questions.push(Question::new(Aim::Hairpin, Socket::First, second, now));
        self.questions.push(Question::new(Aim::Hairpin, Socket::Second, first, now));
    }
}

fn other_port(server: SocketAddr, other: SocketAddr) -> SocketAddr {
    SocketAddr::new(server.ip(), other.port())
}
