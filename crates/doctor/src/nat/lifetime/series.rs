//! One question, asked again and again.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;

use super::Transmit;
use crate::nat::Count;
use crate::stun::{Message, TransactionId};

/// From one asking to the next.
const GAP: Duration = Duration::from_millis(100);
/// So often at most. Where a third of the packets gets lost, a silence of so many still means something.
const TRIES_MAX: usize = 20;

#[derive(Debug)]
pub(super) struct Series {
    socket: usize,
    to: SocketAddr,
    /// Where the answer shall go, if not to the socket that asks.
    response_port: Option<u16>,
    begins_at: Instant,
    tries: Vec<Try>,
}

#[derive(Debug)]
struct Try {
    id: TransactionId,
    at: Instant,
    is_answered: bool,
}

impl Series {
    pub(super) fn new(socket: usize, to: SocketAddr, begins_at: Instant) -> Self {
        Self {
            socket,
            to,
            response_port: None,
            begins_at,
            tries: Vec::new(),
        }
    }

    /// The answer shall go to another port of the address that asks.
    pub(super) fn answered_at(self, port: u16) -> Self {
        Self {
            response_port: Some(port),
            ..self
        }
    }

    /// When the next one is to be sent; `None` when enough were.
    pub(super) fn asks_at(&self) -> Option<Instant> {
        let due = self.tries.last().map_or(self.begins_at, |last| last.at + GAP);
        (self.tries.len() < TRIES_MAX).then_some(due)
    }

    pub(super) fn ask_if_due(&mut self, random: &mut StdRng, now: Instant) -> Option<Transmit> {
        self.asks_at().filter(|at| *at <= now)?;
        let id = TransactionId::random(random);
        self.tries.push(Try {
            id,
            at: now,
            is_answered: false,
        });
        let message = Message {
            response_port: self.response_port,
            ..Message::request(id)
        };
        Some(Transmit {
            socket: self.socket,
            to: self.to,
            packet: message.to_bytes(),
        })
    }

    pub(super) fn has_asked(&self, id: TransactionId) -> bool {
        self.tries.iter().any(|t| t.id == id)
    }

    /// Takes down an answer: how long it took. `None` when it answers nothing of this.
    pub(super) fn answered(&mut self, id: TransactionId, now: Instant) -> Option<Duration> {
        let asked = self.tries.iter_mut().find(|t| t.id == id)?;
        asked.is_answered = true;
        Some(now.saturating_duration_since(asked.at))
    }

    pub(super) fn is_answered(&self) -> bool {
        self.tries.iter().any(|t| t.is_answered)
    }

    /// When the last one was sent.
    pub(super) fn asked_last_at(&self) -> Option<Instant> {
        self.tries.last().map(|last| last.at)
    }

    /// Those that have been answered, or waited for long enough.
    pub(super) fn count(&self, patience: Duration, now: Instant) -> Count {
        let ripe = self.tries.iter().filter(|t| t.is_answered || t.at + patience <= now);
        ripe.fold(Count::default(), |count, t| Count {
            asked: count.asked + 1,
            answered: count.answered + u32::from(t.is_answered),
        })
    }

    /// Whether all were sent and waited for long enough.
    pub(super) fn is_exhausted(&self, patience: Duration, now: Instant) -> bool {
        self.tries.len() == TRIES_MAX && self.tries.iter().all(|t| t.at + patience <= now)
    }

    /// When the next one is to be sent, or one has been waited for long enough.
    pub(super) fn due(&self, patience: Duration, now: Instant) -> Option<Instant> {
        let waited = self.tries.iter().map(|t| t.at + patience).find(|at| *at > now);
        self.asks_at().into_iter().chain(waited).min()
    }
}
