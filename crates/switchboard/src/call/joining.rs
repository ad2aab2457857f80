//! Two calls become one: who talks in one of them goes into the other.
//!
//! ```text
//!  old call   Talking [x, y] ──release(y)──► Ending (x is hung up)            the talk of a transferor with the target
//!             Talking [x, y] ──release_both─► Ending                          that with the transferee, while the target rings
//!                                   │ Joiner
//!  new call   Talking [a, b] ──admit in the place of b──► Talking [a, y]
//!             Ringing b ─► … ──hand_over──► Transferring (y waits in b's place)
//! ```
//!
//! Between the two a leg hears nothing. The core sees to it that it is never in neither.

use std::mem;
use std::time::Instant;

use model::control::{self, Source};
use model::{CallId, LegId};
use sip::agent::RequestId;

use super::leg::{Leg, Parting};
use super::transfer::{Manner, Transfer};
use super::{Call, Command, Effects, State, talk};
use crate::core::{JournalEntry, Outcome, Party};

/// Why a call is over whose party talks in another one.
const JOINED: &str = "connected with another call";

/// A leg on its way from one call to another.
#[derive(Debug)]
pub(crate) struct Joiner(Leg);

impl Joiner {
    pub(crate) fn id(&self) -> LegId {
        self.0.id
    }

    pub(crate) fn party(&self) -> &Party {
        &self.0.party
    }

    /// It has arrived.
    pub(super) fn into_leg(self) -> Leg {
        self.0
    }

    /// Sends it there. On its way it hears nothing.
    pub(super) fn set_out(mut leg: Leg, to: CallId, fx: &mut Effects<'_>) -> Self {
        leg.hear(Source::Nothing, fx);
        fx.media(control::Command::Join { leg: leg.id, call: to });
        Self(leg)
    }
}

impl Call {
    /// Lets somebody who talks here go into another call, where `to` is; the other one of the two is hung up, and this call is over. `None`: no
    /// two talk, or something else is under way.
    pub(crate) fn release(&mut self, leg: LegId, into: CallId, to: &Party, now: Instant, commands: &mut Vec<Command>) -> Option<Joiner> {
        let (leaver, rest) = self.take_pair(leg)?;
        let mut fx = self.effects(now, commands);
        fx.push(Command::Journal(JournalEntry::Transferred {
            call: *fx.story,
            by: rest.party.clone(),
            to: to.clone(),
        }));
        let joiner = Joiner::set_out(leaver, into, &mut fx);
        rest.close(Parting::HangUp, &mut fx);
        self.state = fx.ending(Outcome::Answered, JOINED);
        self.finish(now, commands);
        Some(joiner)
    }

    /// Lets both go who talk here: first the one whose leg is `leg`. `None`: as above.
    pub(crate) fn release_both(&mut self, leg: LegId, into: CallId, now: Instant, commands: &mut Vec<Command>) -> Option<[Joiner; 2]> {
        let (one, other) = self.take_pair(leg)?;
        let mut fx = self.effects(now, commands);
        let pair = [one, other].map(|leg| Joiner::set_out(leg, into, &mut fx));
        self.state = fx.ending(Outcome::Answered, JOINED);
        self.finish(now, commands);
        Some(pair)
    }

    fn take_pair(&mut self, leg: LegId) -> Option<(Leg, Leg)> {
        self.peer_of(leg)?;
        let state = mem::replace(&mut self.state, State::Over);
        let State::Talking { pair: [a, b] } = state else {
            self.state = state;
            return None;
        };
        Some(if a.id == leg { (a, b) } else { (b, a) })
    }

    /// Lets somebody in, in the place of one who talks; that one is told by NOTIFY, where they have asked for it by REFER, and hung up. Who
    /// comes in vain is hung up.
    pub(crate) fn admit(&mut self, joiner: Joiner, place: LegId, request: Option<RequestId>, now: Instant, commands: &mut Vec<Command>) {
        let taken = self.take_pair(place);
        let mut fx = self.effects(now, commands);
        let mut new = joiner.into_leg();
        let Some((mut old, other)) = taken else {
            return new.close(Parting::HangUp, &mut fx);
        };
        old.may_refer(request, &mut fx);
        new.side = old.side;
        let (transfer, to) = (Transfer::new(old, other, Manner::Attended), new.party.clone());
        fx.push(Command::Identify {
            leg: new.id,
            party: transfer.transferee.party.clone(),
        });
        let transferee = transfer.succeed(&to, &mut fx);
        self.state = talk::bridge([transferee, new], &mut fx);
        self.finish(now, commands);
    }

    /// Whom this leg calls, while it rings there.
    pub(crate) fn called_by(&self, leg: LegId) -> Option<&Party> {
        if let State::Ringing { caller, fork } = &self.state
            && caller.id == leg
        {
            return Some(&fork.called);
        }
        None
    }

    /// Two come in while it rings: the transferee waits in the place of the one who calls, and the transferor is theirs from the talk that
    /// they have had; how it ends is told there. Who comes in vain is hung up.
    pub(crate) fn hand_over(
        &mut self,
        [transferor, transferee]: [Joiner; 2],
        request: Option<RequestId>,
        now: Instant,
        commands: &mut Vec<Command>,
    ) {
        let (mut transferor, mut transferee) = (transferor.into_leg(), transferee.into_leg());
        let state = mem::replace(&mut self.state, State::Over);
        let mut fx = self.effects(now, commands);
        let State::Ringing { caller, mut fork } = state else {
            transferor.close(Parting::HangUp, &mut fx);
            transferee.close(Parting::HangUp, &mut fx);
            self.state = state;
            return;
        };
        transferor.may_refer(request, &mut fx);
        (transferor.side, transferee.side) = (fork.side(), caller.side);
        caller.close(Parting::HangUp, &mut fx);
        // They have to do with each other as before, but in another call.
        for (leg, other) in [(&transferor, &transferee), (&transferee, &transferor)] {
            fx.push(Command::Identify {
                leg: leg.id,
                party: other.party.clone(),
            });
        }
        fork.wait_for(&transferee);
        transferee.hear(fork.sound(), &mut fx);
        fork.hear(Source::Leg(transferee.id), &mut fx);
        let transfer = Box::new(Transfer::new(transferor, transferee, Manner::AttendedEarly));
        self.state = State::Transferring { transfer, fork };
        self.finish(now, commands);
    }
}
