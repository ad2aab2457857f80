//! Hanging up, and why that may have to wait.

use std::time::Instant;

use super::reoffer::Offer;
use super::session::{Fate, Session};
use super::stack::{ClientOwner, Stack, TagOwner};
use super::{End, Event};

/// We want to hang up, but have to wait.
#[derive(Debug)]
pub(super) struct Farewell {
    pub(super) reason: Option<String>,
}

impl Session {
    /// Says BYE and tells the switchboard.
    pub(super) fn end(&mut self, end: End, stack: &mut Stack, now: Instant) -> Fate {
        self.emit(Event::Ended { dialog: self.id, end }, stack);
        self.bye(None, stack, now)
    }

    /// Whether a BYE has waited for the peer to come back, and only for that.
    pub(super) fn is_leaving(&self) -> bool {
        self.farewell.is_some() && self.unacknowledged.is_none()
    }

    /// Says the BYE that had to wait.
    pub(super) fn leave(&mut self, stack: &mut Stack, now: Instant) -> Fate {
        let reason = self.farewell.take().and_then(|farewell| farewell.reason);
        self.bye(reason.as_deref(), stack, now)
    }

    /// Sends BYE. While the flow is gone it waits: the peer would come back into a call that is over.
    pub(super) fn bye(&mut self, reason: Option<&str>, stack: &mut Stack, now: Instant) -> Fate {
        if self.lost.is_some() {
            self.farewell = Some(Farewell {
                reason: reason.map(str::to_owned),
            });
            self.refresh.stop(stack);
            if !matches!(self.offer, Offer::Unanswered { .. }) {
                self.drop_offer(stack, now);
            }
            return Fate::Lives;
        }
        if let Offer::Unanswered { key, tag, cseq } = &self.offer {
            // The answer will never come, but the peer waits for its ACK.
            let (key, tag, cseq) = (*key, tag.clone(), *cseq);
            self.send_ack(key, &tag, cseq, None, stack);
        }
        let key = stack.key();
        let mut builder = self.next("BYE", None, key, stack);
        if let Some(reason) = reason {
            builder = builder.header("Reason", reason);
        }
        stack.start(key, builder.finish(), self.flow, ClientOwner::Bye(self.tag), now);
        stack.tags.insert(self.tag, TagOwner::Ending);
        if let Some(login) = self.login.take() {
            stack.farewells.insert(self.tag, login);
        }
        Fate::Over
    }
}
