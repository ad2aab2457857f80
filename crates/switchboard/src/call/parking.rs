//! A call that is parked: one party hears music until somebody takes it.
//!
//! ```text
//!  Talking ──parked──► Parked ──after a while──► it rings at whoever has parked it, too ──in vain──► Parked
//!                        └── taken: by its slot's number, in the app, or there ──► Talking
//! ```

use std::time::{Duration, Instant};

use model::UserId;
use model::control::Source;
use sip::agent::RequestId;

use super::fork::Fork;
use super::leg::{Leg, Parting, Told};
use super::picking::{Picker, Pickers, RINGING_MAX, Waiting};
use super::{Branch, Call, Cause, Command, Effects, Happening, State, talk, transfer};
use crate::core::{Outcome, Party, Side};

/// A place for a parked call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// From 1.
    pub(crate) number: u8,
    /// After this time it rings at whoever has parked it, again and again.
    pub(crate) rings_back_after: Duration,
}

/// A call in its slot.
#[derive(Debug)]
pub(super) struct Parked {
    /// Who waits.
    party: Leg,
    /// Who has parked them.
    by: Party,
    /// At which end they were.
    side: Side,
    slot: Slot,
    since: Instant,
    rings_back_at: Instant,
    pickers: Pickers,
}

/// What all may know of a parked call.
#[derive(Debug)]
pub(crate) struct ParkedView<'a> {
    pub(crate) slot: u8,
    pub(crate) party: &'a Party,
    pub(crate) by: &'a Party,
    pub(crate) since: Instant,
}

impl Parked {
    pub(super) fn deadline(&self) -> Instant {
        self.pickers
            .deadline()
            .map_or(self.rings_back_at, |due| due.min(self.rings_back_at))
    }

    pub(super) fn party(&self) -> &Leg {
        &self.party
    }

    pub(super) fn by(&self) -> &Party {
        &self.by
    }

    pub(super) fn pickers(&self) -> &Pickers {
        &self.pickers
    }

    /// The phones of whoever has parked it, while it rings back.
    pub(super) fn rung_at(&mut self, user: UserId) -> Option<&mut Fork> {
        self.pickers.rung_at(user)
    }

    pub(super) fn into_legs(self) -> Vec<Leg> {
        self.pickers.into_legs().chain([self.party]).collect()
    }

    /// Somebody wants it. `false`: too many do.
    pub(super) fn take(&mut self, picker: Picker, fx: &mut Effects<'_>) -> bool {
        let waiting = Waiting {
            from: &self.party.party,
            side: self.side,
            toward: Some(self.party.id),
        };
        self.pickers.begin(picker, &waiting, fx)
    }
}

/// Puts the other party into a slot. Whoever parks them is done with the call.
pub(super) fn park(mut parker: Leg, mut party: Leg, request: Option<RequestId>, slot: Slot, fx: &mut Effects<'_>) -> State {
    let (by, side) = (parker.party.clone(), parker.side);
    parker.may_refer(request, fx);
    parker.notify(Cause::OK, fx);
    let cause = Cause {
        status: 200,
        text: parked_in(slot.number),
    };
    parker.close(Parting::Because(cause), fx);
    party.hear(Source::Music, fx);
    State::Parked(Box::new(Parked {
        party,
        by,
        side,
        slot,
        since: fx.now,
        rings_back_at: fx.now + slot.rings_back_after,
        pickers: Pickers::default(),
    }))
}

/// Some phones show why a call has ended.
fn parked_in(slot: u8) -> &'static str {
    match slot {
        1 => "Parked in slot 1",
        2 => "Parked in slot 2",
        3 => "Parked in slot 3",
        4 => "Parked in slot 4",
        5 => "Parked in slot 5",
        6 => "Parked in slot 6",
        7 => "Parked in slot 7",
        8 => "Parked in slot 8",
        9 => "Parked in slot 9",
        _ => "Parked",
    }
}

pub(super) fn parked(mut parked: Box<Parked>, happening: Happening, fx: &mut Effects<'_>) -> State {
    let told = match happening {
        Happening::News(leg, news) if leg == parked.party.id => parked.party.handle(news, None, fx),
        Happening::News(leg, news) => {
            return match parked.pickers.handle(leg, news, fx) {
                Some(new) => taken(*parked, new, fx),
                None => State::Parked(parked),
            };
        }
        Happening::TimeOut => {
            parked.pickers.handle_timeout(fx);
            if parked.rings_back_at <= fx.now {
                parked.rings_back_at = fx.now + RINGING_MAX + parked.slot.rings_back_after;
                fx.push(Command::RingBack {
                    party: parked.party.party.clone(),
                    to: parked.by.clone(),
                });
            }
            parked.party.handle_timeout(fx).map_or(Told::Nothing, Told::Broken)
        }
    };
    let (parting, reason) = match told {
        Told::Left(how) => (how.parting(), talk::who_left(&parked.party, how)),
        Told::Broken(cause) => (Parting::Because(cause), cause.text),
        Told::Renegotiated => {
            parked.party.hear(Source::Music, fx);
            return State::Parked(parked);
        }
        Told::Refer { request, .. } => {
            fx.respond(request, Cause::NOBODY_TO_TRANSFER);
            return State::Parked(parked);
        }
        Told::Nothing
        | Told::Offered { .. }
        | Told::Rang
        | Told::Previewed
        | Told::Answered
        | Told::Established
        | Told::Lost { .. }
        | Told::Narrowed
        | Told::Pressed { .. } => return State::Parked(parked),
    };
    let Parked { party, mut pickers, .. } = *parked;
    pickers.cancel(Parting::HangUp, fx);
    party.close(parting, fx);
    fx.ending(Outcome::Answered, reason)
}

/// Somebody has it.
fn taken(parked: Parked, mut new: Leg, fx: &mut Effects<'_>) -> State {
    let Parked {
        mut party,
        by,
        mut pickers,
        ..
    } = parked;
    pickers.cancel(Parting::Because(Cause::COMPLETED_ELSEWHERE), fx);
    talk::connect(&mut new, &mut party, fx);
    new.has_picked_up = false;
    fx.push(Command::Identify {
        leg: new.id,
        party: party.party.clone(),
    });
    transfer::introduce(&party, &by, &new.party, fx);
    State::Talking { pair: [new, party] }
}

impl Call {
    /// The call as it is in its slot.
    pub(crate) fn parked(&self) -> Option<ParkedView<'_>> {
        match &self.state {
            State::Parked(parked) => Some(ParkedView {
                slot: parked.slot.number,
                party: &parked.party.party,
                by: &parked.by,
                since: parked.since,
            }),
            State::Lifting(_)
            | State::Ringing { .. }
            | State::Answering { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Talking { .. }
            | State::Moving(_)
            | State::Transferring { .. }
            | State::HandingOver { .. }
            | State::LoggingOn(_)
            | State::Attending(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Conference(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => None,
        }
    }

    /// Rings at whoever has parked it; the display shows `from`. Where nothing is parked any more, it comes too late.
    pub(crate) fn ring_back(&mut self, from: &Party, to: Party, branches: Vec<Branch>, now: Instant, commands: &mut Vec<Command>) {
        let (state, mut fx) = self.parts(now, commands);
        if let State::Parked(parked) = state {
            let waiting = Waiting {
                from,
                side: parked.side,
                toward: Some(parked.party.id),
            };
            parked.pickers.ring(to, branches, &waiting, &mut fx);
        }
    }
}
