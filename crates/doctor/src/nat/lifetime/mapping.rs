//! A mapping that is made and left alone.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::Series;
use crate::stun::TransactionId;

#[derive(Debug)]
pub(super) struct Mapping {
    server: SocketAddr,
    making: Series,
    /// How the server sees it.
    public: Option<SocketAddr>,
    answered_at: Option<Instant>,
    is_touched: bool,
}

impl Mapping {
    pub(super) fn new(socket: usize, server: SocketAddr, now: Instant) -> Self {
        Self {
            server,
            making: Series::new(socket, server, now),
            public: None,
            answered_at: None,
            is_touched: false,
        }
    }

    /// The question that makes it, until it is answered.
    pub(super) fn open(&mut self) -> Option<&mut Series> {
        (!self.making.is_answered()).then_some(&mut self.making)
    }

    /// Whether it is there, or will not be.
    pub(super) fn is_settled(&self, patience: Duration, now: Instant) -> bool {
        self.making.is_answered() || self.making.is_exhausted(patience, now)
    }

    pub(super) fn due(&self, patience: Duration, now: Instant) -> Option<Instant> {
        self.making.due(patience, now).filter(|_| !self.making.is_answered())
    }

    /// Takes down an answer: how long it took. `None` when it is no answer to this.
    pub(super) fn answered(&mut self, from: SocketAddr, id: TransactionId, public: SocketAddr, now: Instant) -> Option<Duration> {
        if from != self.server {
            return None;
        }
        let round_trip = self.making.answered(id, now)?;
        self.public.get_or_insert(public);
        self.answered_at = Some(now);
        Some(round_trip)
    }

    /// Since when nothing has passed through it: on some routers what comes in keeps a mapping alive as well.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        self.answered_at.max(self.making.asked_last_at())
    }

    /// Since when nothing has passed through it at the earliest: what goes out keeps it alive on all routers.
    pub(super) fn idle_since_min(&self) -> Option<Instant> {
        self.making.asked_last_at()
    }

    /// Whether it can be tried.
    pub(super) fn is_untouched(&self) -> bool {
        self.public.is_some() && !self.is_touched
    }

    /// It is about to be tried: where.
    pub(super) fn touch(&mut self) -> Option<SocketAddr> {
        self.is_touched = true;
        self.public
    }
}
