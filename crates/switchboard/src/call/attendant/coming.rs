//! Who comes to a menu in the place of another one, and who goes from it into another call.

use std::time::Instant;

use model::control::Source;
use model::{CallId, LegId};

use super::{Attendant, Stage};
use crate::call::conference::Leaver;
use crate::call::leg::{Leg, Parting};
use crate::call::{Call, Command, Effects, State};
use crate::core::{JournalEntry, Outcome, Party};

impl Attendant {
    /// Somebody takes the place of the caller, who has handed them over.
    fn change_caller(mut self: Box<Self>, mut new: Leg, story: CallId, fx: &mut Effects<'_>) -> State {
        new.side = self.caller.side;
        let old = std::mem::replace(&mut self.caller, new);
        fx.push(Command::Record(JournalEntry::Ended {
            call: *fx.story,
            outcome: Outcome::Answered,
            reason: "connected with another call",
            legs: Vec::new(),
        }));
        *fx.story = story;
        fx.push(Command::Record(JournalEntry::Transferred {
            call: story,
            by: old.party.clone(),
            to: self.other().clone(),
        }));
        fx.push(Command::Identify {
            leg: self.caller.id,
            party: self.other().clone(),
        });
        old.close(Parting::HangUp, fx);
        self.keys_by = None;
        self.begin_anew(fx);
        match &mut self.stage {
            Stage::Ringing { fork, .. } => {
                fork.wait_for(&self.caller);
                self.caller.hear(fork.sound(), fx);
                fork.hear(Source::Leg(self.caller.id), fx);
                State::Attending(self)
            }
            Stage::Connecting { target, .. } => {
                self.caller.hear(Source::RingBack, fx);
                let (leg, party) = (target.id, self.caller.party.clone());
                fx.push(Command::Identify { leg, party });
                State::Attending(self)
            }
            // Whoever comes has heard nothing yet.
            Stage::Asked { .. } | Stage::Told { .. } | Stage::Choosing { .. } => match self.page.as_ref().map(|page| page.menu.id) {
                Some(menu) => self.open(menu, fx),
                None => State::Attending(self),
            },
        }
    }
}

impl Call {
    /// Who hears a menu, or waits for whom they have chosen there.
    pub(crate) fn attended(&self) -> Option<(LegId, &Party)> {
        match &self.state {
            State::Attending(attendant) => Some((attendant.caller.id, &attendant.caller.party)),
            State::Lifting(_)
            | State::Ringing { .. }
            | State::Answering { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Talking { .. }
            | State::Moving(_)
            | State::Parked(_)
            | State::Transferring { .. }
            | State::HandingOver { .. }
            | State::Conference(_)
            | State::LoggingOn(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => None,
        }
    }

    /// Lets somebody go from a menu into another call. This one is over without a word in the journal: for that it goes on there.
    pub(crate) fn release_attended(&mut self, into: CallId, now: Instant, commands: &mut Vec<Command>) -> Option<Leaver> {
        self.attended()?;
        let State::Attending(attendant) = std::mem::replace(&mut self.state, State::Over) else {
            return None;
        };
        let mut fx = self.effects(now, commands);
        let Attendant { caller, at, .. } = *attendant;
        let leaver = Leaver::set_out(caller, into, Some(at), &mut fx);
        self.state = fx.unmade();
        self.finish(now, commands);
        Some(leaver)
    }

    /// Lets somebody in, in the place of one who hears a menu and is hung up. Who comes in vain is hung up.
    pub(crate) fn attend_to(&mut self, leaver: Leaver, place: LegId, now: Instant, commands: &mut Vec<Command>) {
        let is_there = self.attended().is_some_and(|(leg, _)| leg == place);
        let state = std::mem::replace(&mut self.state, State::Over);
        let mut fx = self.effects(now, commands);
        let (new, story) = leaver.into_leg();
        self.state = match state {
            State::Attending(attendant) if is_there => attendant.change_caller(new, story, &mut fx),
            state => {
                new.close(Parting::HangUp, &mut fx);
                state
            }
        };
        self.finish(now, commands);
    }
}
