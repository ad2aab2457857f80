//! Targets that do not answer: we give up on them long before their transactions do, so that another one can be tried.

use std::time::{Duration, Instant};

use super::invite_client::refused;
use super::outside::responded;
use super::session::{Fate, Phase, Session};
use super::stack::Stack;
use super::{Agent, Event, RequestId};
use crate::outbox::{SessionDue, TimerId};

/// How long an INVITE waits for the first sign of life.
#[derive(Debug)]
pub(super) struct Patience {
    max: Duration,
    timer: Option<TimerId>,
}

impl Patience {
    pub(super) fn new(max: Duration) -> Self {
        Self { max, timer: None }
    }
}

impl Session {
    /// Our INVITE is out: something has to come back.
    pub(super) fn await_first_response(&mut self, stack: &mut Stack, now: Instant) {
        let due = self.due(SessionDue::FirstResponse);
        if let Some(patience) = self.patience() {
            stack.outbox.timers.clear(&mut patience.timer);
            patience.timer = Some(stack.outbox.timers.set(now + patience.max, due));
        }
    }

    /// Something has come back, or nobody waits any more.
    pub(super) fn stop_waiting(&mut self, stack: &mut Stack) {
        if let Some(patience) = self.patience() {
            stack.outbox.timers.clear(&mut patience.timer);
        }
    }

    /// Nothing has come back. Whatever does from now on is ended as for any call that nobody wants any more.
    pub(super) fn on_patience_over(&mut self, stack: &mut Stack) -> Fate {
        match self.phase {
            Phase::Calling { .. } => {
                let mut silence = refused(self.id, 408);
                if let Event::Refused { is_silence, .. } = &mut silence {
                    *is_silence = true;
                }
                self.emit(silence, stack);
                Fate::Over
            }
            Phase::Ringing(_) | Phase::Talking => Fate::Lives,
        }
    }

    fn patience(&mut self) -> Option<&mut Patience> {
        match &mut self.phase {
            Phase::Calling { patience, .. } => patience.as_mut(),
            Phase::Ringing(_) | Phase::Talking => None,
        }
    }
}

impl Agent {
    /// There is no final response to [`Agent::request`] yet, and nobody waits for it any longer.
    pub(super) fn on_response_overdue(&mut self, id: RequestId) {
        let Some(outgoing) = self.outgoing.remove(&id) else { return };
        self.stack.clients.remove(outgoing.key, &mut self.stack.outbox);
        self.leave_place(&outgoing.place);
        self.stack.emit(responded(id, 408));
    }
}
