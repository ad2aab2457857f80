//! Dialogs whose place others take (RFC 3891): a phone's REFER names one for an attended transfer (RFC 5589 section 7), or its INVITE does.

use std::time::Instant;

use model::LegId;
use sip::agent::{DialogId, DialogStage, RequestId};
use sip::message::Replaces;

use super::Core;
use super::admission::Wanted;
use super::joining::Apart;
use super::sessions::refusal_headers;
use crate::call::Cause;

pub(super) const NAMES_NO_DIALOG: Cause = Cause {
    status: 400,
    text: "Replaces names no call, or several",
};
pub(super) const NO_SUCH_DIALOG: Cause = Cause {
    status: 481,
    text: "the call to be replaced is not there",
};
const NOT_THEIRS: Cause = Cause {
    status: 403,
    text: "the call to be replaced is not yours",
};
const ANSWERED: Cause = Cause {
    status: 486,
    text: "the call to be replaced has been answered",
};
const NOT_NOW: Cause = Cause {
    status: 491,
    text: "the call to be replaced cannot be now",
};

impl Core {
    /// Somebody's phone connects the other parties of two of its calls: the one that the REFER came in, and the one that it names.
    pub(super) fn connect_by_refer(&mut self, (dialog, leg): (DialogId, LegId), request: RequestId, replaces: &Replaces, now: Instant) {
        let Err(cause) = self.connect_named(leg, request, replaces, now) else {
            return;
        };
        if cause == NO_SUCH_DIALOG {
            // Said to the REFER itself it would end the phone's call (RFC 5057 section 5.1).
            self.agent.respond(request, 202, Vec::new(), None, now);
            return self.agent.notify_refer(dialog, cause.status, cause.text, now);
        }
        self.agent.respond(request, cause.status, refusal_headers(cause), None, now);
    }

    fn connect_named(&mut self, leg: LegId, request: RequestId, replaces: &Replaces, now: Instant) -> Result<(), Cause> {
        let entry = self.calls.legs.get(&leg).ok_or(NO_SUCH_DIALOG)?;
        let user = entry.user.filter(|_| entry.line.is_none());
        let user = user.ok_or(Cause {
            status: 403,
            text: "calls are handed over from inside only",
        })?;
        let (second, stage) = self.named(replaces).ok_or(NO_SUCH_DIALOG)?;
        if self.calls.legs.get(&second).and_then(|entry| entry.user) != Some(user) {
            return Err(NOT_THEIRS);
        }
        if replaces.early_only && stage == DialogStage::Confirmed {
            return Err(ANSWERED);
        }
        match self.connect_legs(leg, second, Some(request), now) {
            Ok(_) => Ok(()),
            Err(Apart::Same) => Err(Cause {
                status: 400,
                text: "a call cannot be handed over to itself",
            }),
            Err(Apart::Unfit) => Err(NOT_NOW),
        }
    }

    /// An INVITE that shall take the place of a call: of one that talks as if the code for that had been dialled, if it is their own.
    pub(super) fn replace(&mut self, wanted: Wanted<'_>, replaces: &Replaces, now: Instant) {
        let Some((leg, stage)) = self.named(replaces) else {
            return self.refuse(wanted.dialog, NO_SUCH_DIALOG, now);
        };
        let entry = self.calls.legs.get(&leg);
        let is_theirs = wanted.caller.user.is_some() && entry.and_then(|entry| entry.user) == wanted.caller.user;
        let running = entry.map(|entry| entry.call).filter(|call| {
            let entry = self.calls.calls.get(call);
            entry.is_some_and(|entry| entry.call.peer_of(leg).is_some())
        });
        let cause = match (stage, running) {
            (DialogStage::Calling, _) => return self.pick_up_named(&wanted, leg, now),
            // RFC 3891 section 3: an early dialog that we have not begun ourselves.
            (DialogStage::Called, _) => NO_SUCH_DIALOG,
            (DialogStage::Confirmed, _) if !is_theirs => NOT_THEIRS,
            (DialogStage::Confirmed, _) if replaces.early_only => ANSWERED,
            (DialogStage::Confirmed, Some(call)) => return self.take_over(wanted, call, leg, now),
            (DialogStage::Confirmed, None) => NOT_NOW,
        };
        self.refuse(wanted.dialog, cause, now);
    }

    /// An INVITE that shall answer what rings at another phone, whose leg is `ringing`: who may pick up what is decided here.
    fn pick_up_named(&mut self, wanted: &Wanted<'_>, ringing: LegId, now: Instant) {
        tracing::debug!(leg = ringing.0, "somebody wants to pick up what rings there");
        let cause = Cause {
            status: 403,
            text: "what rings at another phone cannot be picked up",
        };
        self.refuse(wanted.dialog, cause, now);
    }

    /// The leg that is meant, and how far its dialog is.
    fn named(&self, replaces: &Replaces) -> Option<(LegId, DialogStage)> {
        let (dialog, stage) = self.agent.find(replaces)?;
        Some((*self.calls.dialogs.get(&dialog)?, stage))
    }
}
