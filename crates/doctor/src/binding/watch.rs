//! One server: what is under way with it, and what it has said last.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;

use super::{Binding, Settings, Standing};
use crate::stun::{Message, TransactionId};

/// How often a request to a silent server is sent.
const TRIES_OF_SILENT: u8 = 3;
/// A request is repeated after this time at the latest.
const PATIENCE_MAX: Duration = Duration::from_millis(500);
/// Nothing makes us ask a server again before this time is over, so that two that see different addresses cannot chase each other.
const HASTE_MIN: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Watch {
    pub(super) server: SocketAddr,
    /// What it said last.
    pub(super) binding: Option<Binding>,
    /// The error that it answered with last, until it answers without.
    pub(super) refused: Option<u16>,
    /// Asked to hasten while a request was under way, whose packets may have been lost for what is over now.
    is_hurried: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    /// A request is to be sent or has been.
    Asking {
        request: Option<Request>,
        /// When it is to be sent, repeated or given up.
        due: Instant,
        /// It was silent before.
        again: bool,
    },
    /// It has answered.
    Resting { answered_at: Instant, due: Instant },
    /// It has not answered; a late answer to its last request still counts.
    Silent { request: Request, due: Instant },
}

/// A request, sent at least once.
#[derive(Clone, Copy, Debug)]
struct Request {
    id: TransactionId,
    begun: Instant,
    tries: u8,
}

/// What came out of a deadline.
pub(super) enum Step {
    Nothing,
    Send(Vec<u8>),
    GaveUp { is_news: bool },
}

impl Watch {
    pub(super) fn new(server: SocketAddr, now: Instant) -> Self {
        let state = State::Asking {
            request: None,
            due: now,
            again: false,
        };
        Self {
            server,
            binding: None,
            refused: None,
            is_hurried: false,
            state,
        }
    }

    pub(super) fn due(&self) -> Instant {
        match self.state {
            State::Asking { due, .. } | State::Resting { due, .. } | State::Silent { due, .. } => due,
        }
    }

    /// Does what is due. A server found silent is asked again after `retry`.
    pub(super) fn step(&mut self, settings: &Settings, retry: Duration, random: &mut StdRng, now: Instant) -> Step {
        if now < self.due() {
            return Step::Nothing;
        }
        let (request, again) = match self.state {
            State::Asking { request, again, .. } => (request, again),
            State::Resting { .. } => (None, false),
            State::Silent { .. } => (None, true),
        };
        let tries_max = if again {
            TRIES_OF_SILENT.min(settings.tries_max)
        } else {
            settings.tries_max
        };
        let mut request = request.unwrap_or_else(|| Request {
            id: TransactionId::random(random),
            begun: now,
            tries: 0,
        });
        if request.tries >= tries_max {
            let pause = if std::mem::take(&mut self.is_hurried) {
                HASTE_MIN.min(retry)
            } else {
                retry
            };
            self.state = State::Silent { request, due: now + pause };
            self.refused = None;
            return Step::GaveUp { is_news: !again };
        }
        let pause = settings.repeat_first * 2_u32.saturating_pow(request.tries.into());
        let due = now + pause.min(settings.repeat_max);
        let due = due.max(request.begun + self.patience());
        request.tries += 1;
        let packet = Message::request(request.id).to_bytes();
        self.state = State::Asking {
            request: Some(request),
            due,
            again,
        };
        Step::Send(packet)
    }

    /// From a far server no answer can be there earlier.
    fn patience(&self) -> Duration {
        let round_trip = self.binding.as_ref().map_or(Duration::ZERO, |binding| binding.round_trip);
        (2 * round_trip).min(PATIENCE_MAX)
    }

    /// Since when we wait for the answer with this id; `None` when we do not.
    pub(super) fn begun(&self, id: TransactionId) -> Option<Instant> {
        let request = match self.state {
            State::Asking { request, .. } => request?,
            State::Silent { request, .. } => request,
            State::Resting { .. } => return None,
        };
        (request.id == id).then_some(request.begun)
    }

    /// It has answered, and is asked again when `due`.
    pub(super) fn rest(&mut self, due: Instant, now: Instant) {
        (self.refused, self.is_hurried) = (None, false);
        self.state = State::Resting { answered_at: now, due };
    }

    /// It will not answer; asked again when `due`. Returns whether that is news.
    pub(super) fn give_up(&mut self, due: Instant) -> bool {
        match self.state {
            State::Asking {
                request: Some(request),
                again,
                ..
            } => {
                self.state = State::Silent { request, due };
                !again
            }
            State::Asking { request: None, .. } | State::Resting { .. } | State::Silent { .. } => false,
        }
    }

    /// Asks at once, unless the last request is too fresh; where one is under way, once more when that has been in vain.
    pub(super) fn hasten(&mut self, now: Instant) {
        match &mut self.state {
            State::Asking { .. } => self.is_hurried = true,
            State::Resting { answered_at: last, due }
            | State::Silent {
                request: Request { begun: last, .. },
                due,
            } => *due = (*due).min(now.max(*last + HASTE_MIN)),
        }
    }

    /// It does not answer, or has not answered yet since it did not.
    pub(super) fn is_silent(&self) -> bool {
        match self.state {
            State::Silent { .. } => true,
            State::Asking { again, .. } => again,
            State::Resting { .. } => false,
        }
    }

    /// What it does just now.
    pub(super) fn standing(&self) -> Standing {
        match (self.is_silent(), self.refused) {
            (true, Some(code)) => Standing::Refusing { code },
            (true, None) => Standing::Silent,
            (false, _) if self.binding.is_some() => Standing::Answering,
            (false, _) => Standing::Asking,
        }
    }

    /// It has answered when it was asked last, or is being asked the first time since.
    pub(super) fn is_answering(&self) -> bool {
        self.binding.is_some() && !self.is_silent()
    }
}
