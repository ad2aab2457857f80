//! NOTIFY with `Event: talk` and `Event: hold`: what somebody wants their phone to do who is not in front of it. Phones that understand it say
//! so in `Allow-Events`; no RFC describes it, and nobody has subscribed.

use std::time::Instant;

use super::PhoneEvent;
use super::session::{Phase, Session};
use super::stack::{ClientOwner, Stack};
use crate::message::{Request, RequestBuilder};

/// Which of them a phone understands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PhoneEvents {
    talk: bool,
    hold: bool,
}

impl PhoneEvents {
    /// Takes what a message of the phone lists.
    pub(super) fn learn(&mut self, lists: impl Fn(&str) -> bool) {
        self.talk |= lists("talk");
        self.hold |= lists("hold");
    }

    fn contain(self, event: PhoneEvent) -> bool {
        match event {
            PhoneEvent::Talk => self.talk,
            PhoneEvent::Hold => self.hold,
        }
    }
}

impl PhoneEvent {
    fn name(self) -> &'static str {
        match self {
            Self::Talk => "talk",
            Self::Hold => "hold",
        }
    }
}

impl Session {
    /// Tells the phone; `false` where it has not said that it would understand. Before the answer only [`PhoneEvent::Talk`] makes sense.
    pub(super) fn tell_phone(&mut self, event: PhoneEvent, stack: &mut Stack, now: Instant) -> bool {
        if self.lost.is_some() || self.farewell.is_some() {
            return false;
        }
        let key = stack.key();
        let notify = match &mut self.phase {
            Phase::Calling { key: invite, forks, .. } => {
                let Some(index) = forks.iter().position(|fork| fork.events.contain(event)) else {
                    return false;
                };
                forks[index].local_cseq += 1;
                // Should the phone answer when nobody wants the call any more, its BYE needs a higher number.
                stack.clients.use_number(*invite, forks[index].local_cseq);
                let fork = forks[index].clone();
                self.begin(("NOTIFY", None), &fork, key, stack)
            }
            Phase::Talking if self.dialog.events.contain(event) => self.next("NOTIFY", None, key, stack),
            Phase::Ringing(_) | Phase::Talking => return false,
        };
        let notify = self.describe(notify, event, stack).finish();
        stack.start(key, notify, self.flow, ClientOwner::PhoneEvent(self.id), now);
        true
    }

    /// It does not understand what it has promised to.
    pub(super) fn on_phone_event_refused(&mut self, notify: &Request) {
        if let Some(dialog) = self.dialog_mut(notify.to_tag().unwrap_or_default()) {
            dialog.events = PhoneEvents::default();
        }
    }

    fn describe(&self, notify: RequestBuilder, event: PhoneEvent, stack: &Stack) -> RequestBuilder {
        notify
            .contact(&self.contact(stack))
            .header("Event", event.name())
            .header("Subscription-State", "active")
    }
}
