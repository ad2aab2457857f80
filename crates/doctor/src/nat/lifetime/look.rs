//! Looks for a server that sends its answers where it is asked to.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::{ASKING, CONTROL, Series, Way};
use crate::stun::TransactionId;

/// One server.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) server: SocketAddr,
    plain: Series,
    /// To the port that the first answer has shown.
    elsewhere: Option<Series>,
    opinion: Opinion,
}

/// What a server makes of RESPONSE-PORT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opinion {
    Unknown,
    Does,
    DoesNot,
}

/// Which server is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    NotYet,
    Server(Way, SocketAddr),
    Nobody,
}

/// The first one that answers elsewhere; when none does, the first one that answers.
pub(super) fn choice(looks: &[Look], patience: Duration, now: Instant) -> Choice {
    if let Some(look) = looks.iter().find(|look| look.opinion == Opinion::Does) {
        return Choice::Server(Way::FromOutside, look.server);
    }
    if looks.iter().any(|look| look.is_pending(patience, now)) {
        return Choice::NotYet;
    }
    let plain = looks.iter().find(|look| look.plain.is_answered());
    plain.map_or(Choice::Nobody, |look| Choice::Server(Way::FromInside, look.server))
}

impl Look {
    pub(super) fn new(server: SocketAddr, now: Instant) -> Self {
        Self {
            server,
            plain: Series::new(CONTROL, server, now),
            elsewhere: None,
            opinion: Opinion::Unknown,
        }
    }

    /// The question that waits for an answer.
    pub(super) fn open(&mut self) -> Option<&mut Series> {
        match self.opinion {
            Opinion::Unknown => Some(self.elsewhere.as_mut().unwrap_or(&mut self.plain)),
            Opinion::Does | Opinion::DoesNot => None,
        }
    }

    pub(super) fn due(&self, patience: Duration, now: Instant) -> Option<Instant> {
        match self.opinion {
            Opinion::Unknown => self.elsewhere.as_ref().unwrap_or(&self.plain).due(patience, now),
            Opinion::Does | Opinion::DoesNot => None,
        }
    }

    /// Takes down an answer: how long it took. `None` when it is no answer to this.
    pub(super) fn answered(&mut self, socket: usize, id: TransactionId, public: SocketAddr, now: Instant) -> Option<Duration> {
        if let Some(elsewhere) = self.elsewhere.as_mut().filter(|elsewhere| elsewhere.has_asked(id)) {
            match socket {
                CONTROL => self.opinion = Opinion::Does,
                ASKING => self.opinion = Opinion::DoesNot,
                _ => return None,
            }
            return elsewhere.answered(id, now);
        }
        let round_trip = self.plain.answered(id, now).filter(|_| socket == CONTROL)?;
        let there = || Series::new(ASKING, self.server, now).answered_at(public.port());
        self.elsewhere.get_or_insert_with(there);
        Some(round_trip)
    }

    /// The server says no: whether to this.
    pub(super) fn refused(&mut self, id: TransactionId) -> bool {
        let is_ours = self.plain.has_asked(id) || self.elsewhere.as_ref().is_some_and(|elsewhere| elsewhere.has_asked(id));
        if is_ours {
            self.opinion = Opinion::DoesNot;
        }
        is_ours
    }

    fn is_pending(&self, patience: Duration, now: Instant) -> bool {
        let asked = self.elsewhere.as_ref().unwrap_or(&self.plain);
        self.opinion == Opinion::Unknown && !asked.is_exhausted(patience, now)
    }
}
