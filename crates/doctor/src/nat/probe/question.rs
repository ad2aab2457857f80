//! One question, asked again and again.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;

use super::{ANSWERS_ENOUGH, Socket};
use crate::nat::Count;
use crate::stun::{Change, Message, TransactionId};

/// From the first asking to the second.
const GAP_FIRST: Duration = Duration::from_millis(100);
/// From one asking to the next.
const GAP: Duration = Duration::from_millis(150);
/// The same, where enough is known and the question is only kept up.
const GAP_IDLE: Duration = Duration::from_millis(450);
/// An answer that takes longer is not waited for.
const PATIENCE: Duration = Duration::from_millis(800);

/// What a question is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// How does this destination see the first socket?
    Mapping(usize),
    /// How does the second socket's server see it, and how much gets lost?
    Control,
    /// Does an answer from the server's other port get in?
    OtherPort,
    /// Does an answer from the server's other address get in?
    OtherAddress,
    /// Does the server answer from its other port? To the first socket, which has opened the filter.
    ProofOfPort,
    /// Does the server answer from its other address? To the first socket, which has opened the filter.
    ProofOfAddress,
    /// Does a packet to our own public address come back?
    Hairpin,
}

/// What is to be done about a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Ask then.
    Ask(Instant),
    /// Wait for answers until then.
    Wait(Instant),
    /// Nothing.
    Done,
}

#[derive(Debug)]
pub(super) struct Question {
    pub(super) aim: Aim,
    pub(super) socket: Socket,
    pub(super) to: SocketAddr,
    /// Where the answer comes from.
    pub(super) answer_from: SocketAddr,
    change: Change,
    tries_max: usize,
    tries: Vec<Try>,
    begun: Instant,
}

#[derive(Debug)]
struct Try {
    id: TransactionId,
    at: Instant,
    is_answered: bool,
}

impl Stage {
    pub(super) fn is_over(self, now: Instant) -> bool {
        match self {
            Self::Ask(_) => false,
            Self::Wait(until) => until <= now,
            Self::Done => true,
        }
    }

    pub(super) fn asks_at(self) -> Option<Instant> {
        match self {
            Self::Ask(at) => Some(at),
            Self::Wait(_) | Self::Done => None,
        }
    }

    pub(super) fn waits_until(self) -> Option<Instant> {
        match self {
            Self::Wait(until) => Some(until),
            Self::Ask(_) | Self::Done => None,
        }
    }
}

impl Question {
    /// Asks `to` from `now` on.
    pub(super) fn new(aim: Aim, socket: Socket, to: SocketAddr, now: Instant) -> Self {
        let tries_max = match aim {
            Aim::Mapping(_) => usize::MAX,
            Aim::Control | Aim::OtherPort | Aim::OtherAddress | Aim::ProofOfPort | Aim::ProofOfAddress => 12,
            Aim::Hairpin => 10,
        };
        Self {
            aim,
            socket,
            to,
            answer_from: to,
            change: Change::default(),
            tries_max,
            tries: Vec::new(),
            begun: now,
        }
    }

    /// Asks for an answer from elsewhere: what of `other` differs is to be changed.
    pub(super) fn answered_from(self, other: SocketAddr) -> Self {
        let change = Change {
            ip: other.ip() != self.to.ip(),
            port: other.port() != self.to.port(),
        };
        Self {
            change,
            answer_from: other,
            ..self
        }
    }

    /// The packet to send now.
    pub(super) fn ask(&mut self, random: &mut StdRng, now: Instant) -> Vec<u8> {
        let id = TransactionId::random(random);
        self.tries.push(Try {
            id,
            at: now,
            is_answered: false,
        });
        let change = self.change;
        Message {
            change,
            ..Message::request(id)
        }
        .to_bytes()
    }

    /// What is to be done, if so much is known already, and nothing is asked after `ask_end`.
    pub(super) fn stage(&self, is_satisfied: bool, ask_end: Instant) -> Stage {
        if is_satisfied {
            return Stage::Done;
        }
        let gap = match self.tries.len() {
            1 => GAP_FIRST,
            _ if self.count().answered >= ANSWERS_ENOUGH && self.tries_max == usize::MAX => GAP_IDLE,
            _ => GAP,
        };
        let due = self.tries.last().map_or(self.begun, |last| last.at + gap);
        if self.tries.len() < self.tries_max && due <= ask_end {
            return Stage::Ask(due);
        }
        match self.tries.iter().rev().find(|t| !t.is_answered) {
            Some(open) => Stage::Wait(open.at + PATIENCE),
            None => Stage::Done,
        }
    }

    pub(super) fn count(&self) -> Count {
        let count = |tries: usize| u32::try_from(tries).unwrap_or(u32::MAX);
        Count {
            asked: count(self.tries.len()),
            answered: count(self.tries.iter().filter(|t| t.is_answered).count()),
        }
    }

    pub(super) fn has_asked(&self, id: TransactionId) -> bool {
        self.tries.iter().any(|t| t.id == id)
    }

    /// When this was asked, if it has not been answered yet.
    pub(super) fn asked_at(&self, id: TransactionId) -> Option<Instant> {
        let open = self.tries.iter().find(|t| t.id == id && !t.is_answered);
        open.map(|t| t.at)
    }

    /// Returns whether it was asked.
    pub(super) fn mark_answered(&mut self, id: TransactionId) -> bool {
        let asked = self.tries.iter_mut().find(|t| t.id == id);
        asked.map(|t| t.is_answered = true).is_some()
    }
}
