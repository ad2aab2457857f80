//! While people talk, hold, or listen to a feature code.

use std::time::{Duration, Instant};

use model::control::Source;

use sip::agent::RequestId;

use super::leg::{Leg, Parting, Told};
use super::{
    Cause, Command, Effects, FAREWELL_MAX, Handover, HangUp, Happening, Listening, News, Plan, Service, State, attendant, moving, parking,
    transfer,
};
use crate::core::{Outcome, Party, Side};

/// How long somebody hears whether it is done.
const TOLD_MAX: Duration = Duration::from_secs(2);

/// What somebody who talks has come to.
#[derive(Debug)]
pub(super) enum Turn {
    /// The talk goes on.
    GoesOn,
    /// They leave.
    Left(HangUp),
    /// Their leg cannot live on.
    Broken(Cause),
    /// They hand the other party over.
    Refer { request: Option<RequestId>, to: Handover },
}

/// `one` has told us something; `other` is the one it talks to.
pub(super) fn turn(one: &mut Leg, other: &mut Leg, told: Told, fx: &mut Effects<'_>) -> Turn {
    match told {
        Told::Renegotiated => connect(one, other, fx),
        Told::Narrowed => other.narrow(one.id, fx),
        Told::Pressed { digit, duration_ms } => other.send_digit(digit, duration_ms, fx),
        Told::Left(how) => return Turn::Left(how),
        Told::Broken(cause) => return Turn::Broken(cause),
        Told::Refer { request, to } => return Turn::Refer { request, to },
        Told::Nothing | Told::Offered { .. } | Told::Rang | Told::Previewed | Told::Answered | Told::Established | Told::Lost { .. } => {}
    }
    Turn::GoesOn
}

/// Lets both hear each other, or music where the other one holds.
pub(super) fn bridge(mut pair: [Leg; 2], fx: &mut Effects<'_>) -> State {
    let [a, b] = &mut pair;
    connect(a, b, fx);
    State::Talking { pair }
}

/// See [`bridge`].
pub(super) fn connect(a: &mut Leg, b: &mut Leg, fx: &mut Effects<'_>) {
    let for_a = if b.holds() { Source::Music } else { Source::Leg(b.id) };
    let for_b = if a.holds() { Source::Music } else { Source::Leg(a.id) };
    a.hear(for_a, fx);
    b.hear(for_b, fx);
}

/// Tells both whom they talk to, where somebody has answered whom nobody had called.
pub(super) fn introduce_picker(picker: &mut Leg, other: &Leg, fx: &mut Effects<'_>) {
    if std::mem::take(&mut picker.has_picked_up) {
        for (leg, party) in [(other.id, &picker.party), (picker.id, &other.party)] {
            let party = party.clone();
            fx.push(Command::Identify { leg, party });
        }
    }
}

/// Lets the caller hear the feature.
pub(super) fn serve(mut caller: Leg, to: Listening, fx: &mut Effects<'_>) -> State {
    let source = match to.service {
        Service::EchoTest => Source::Echo,
        Service::Music => Source::Music,
        Service::Menu(menu) => return attendant::begin(caller, to.called, menu, fx),
        Service::Settling => {
            fx.push(Command::Settle { leg: caller.id });
            Source::Nothing
        }
        Service::Confirmation => return tell(caller, to.called, Source::Confirmation, "told that it is done", fx),
        Service::Rejection => return tell(caller, to.called, Source::Rejection, "told that it cannot be done", fx),
    };
    caller.hear(source, fx);
    State::Serving { caller, to }
}

pub(super) fn talking(pair: [Leg; 2], happening: Happening, fx: &mut Effects<'_>) -> State {
    let [mut a, mut b] = pair;
    match happening {
        Happening::News(leg, news) if leg == a.id => {
            let told = a.handle(news, Some(b.id), fx);
            talked(a, b, told, fx)
        }
        Happening::News(leg, news) if leg == b.id => {
            let told = b.handle(news, Some(a.id), fx);
            talked(b, a, told, fx)
        }
        Happening::News(..) => State::Talking { pair: [a, b] },
        Happening::TimeOut => {
            if let Some(cause) = a.handle_timeout(fx) {
                return broken(a, b, cause, fx);
            }
            match b.handle_timeout(fx) {
                Some(cause) => broken(b, a, cause, fx),
                None => State::Talking { pair: [a, b] },
            }
        }
    }
}

/// `one` has told us something; `other` is the one it talks to.
fn talked(mut one: Leg, mut other: Leg, told: Told, fx: &mut Effects<'_>) -> State {
    match turn(&mut one, &mut other, told, fx) {
        Turn::GoesOn => State::Talking { pair: [one, other] },
        Turn::Left(how) => {
            let reason = who_left(&one, how);
            one.close(how.parting(), fx);
            other.close(Parting::HangUp, fx);
            fx.ending(Outcome::Answered, reason)
        }
        Turn::Broken(cause) => broken(one, other, cause, fx),
        Turn::Refer { request, to } => hand_over(one, other, request, to, fx),
    }
}

fn hand_over(one: Leg, other: Leg, request: Option<RequestId>, to: Handover, fx: &mut Effects<'_>) -> State {
    match to {
        Handover::Number(Plan::Refuse { cause, .. }) => {
            fx.respond(request, cause);
            State::Talking { pair: [one, other] }
        }
        Handover::Number(Plan::Serve { called, feature: service }) => {
            transfer::serve(one, other, request, Listening { service, called }, fx)
        }
        Handover::Number(Plan::Ring { called, branches, pace }) => transfer::ring(one, other, request, called, (branches, pace), fx),
        Handover::Phone(to) => moving::push(one, other, request, to, fx),
        Handover::Here(caller) => moving::pull(one, other, *caller, fx),
        Handover::Slot(slot) => parking::park(one, other, request, slot, fx),
    }
}

fn broken(one: Leg, other: Leg, cause: Cause, fx: &mut Effects<'_>) -> State {
    one.close(Parting::Because(cause), fx);
    other.close(Parting::Because(cause), fx);
    fx.ending(Outcome::Answered, cause.text)
}

/// Who ended a talk, for the journal.
pub(super) fn who_left(leg: &Leg, how: HangUp) -> &'static str {
    match (leg.side, how) {
        (Side::Caller, HangUp::Bye | HangUp::Cancel | HangUp::Asked) => "caller hung up",
        (Side::Caller, HangUp::TimedOut) => "caller's phone fell silent",
        (Side::Caller, HangUp::FlowLost) => "caller's connection was lost",
        (Side::Called, HangUp::Bye | HangUp::Cancel | HangUp::Asked) => "called party hung up",
        (Side::Called, HangUp::TimedOut) => "called party's phone fell silent",
        (Side::Called, HangUp::FlowLost) => "called party's connection was lost",
    }
}

pub(super) fn serving(mut caller: Leg, to: Listening, happening: Happening, fx: &mut Effects<'_>) -> State {
    let told = match happening {
        Happening::News(leg, News::Settled { is_done }) if leg == caller.id && to.service == Service::Settling => {
            let service = if is_done { Service::Confirmation } else { Service::Rejection };
            return serve(caller, Listening { service, ..to }, fx);
        }
        Happening::News(leg, news) if leg == caller.id => caller.handle(news, None, fx),
        Happening::News(..) => Told::Nothing,
        Happening::TimeOut => caller.handle_timeout(fx).map_or(Told::Nothing, Told::Broken),
    };
    match told {
        Told::Renegotiated => serve(caller, to, fx),
        Told::Left(how) => {
            let reason = who_left(&caller, how);
            caller.close(how.parting(), fx);
            fx.ending(Outcome::Answered, reason)
        }
        Told::Broken(cause) => {
            caller.close(Parting::Because(cause), fx);
            fx.ending(Outcome::Answered, cause.text)
        }
        Told::Refer { request, .. } => {
            fx.respond(request, Cause::NOBODY_TO_TRANSFER);
            State::Serving { caller, to }
        }
        Told::Nothing
        | Told::Offered { .. }
        | Told::Rang
        | Told::Previewed
        | Told::Answered
        | Told::Established
        | Told::Lost { .. }
        | Told::Narrowed
        | Told::Pressed { .. } => State::Serving { caller, to },
    }
}

/// Somebody who is left alone, and how the call has ended that they were in.
#[derive(Debug)]
pub(super) struct Farewell {
    pub(super) leg: Leg,
    /// Whom they had to do with last.
    pub(super) other: Party,
    pub(super) until: Instant,
    pub(super) outcome: Outcome,
    /// What they hear.
    sound: Source,
    reason: &'static str,
}

/// Lets somebody whom nobody answers hear the busy tone for a while.
pub(super) fn part(mut leg: Leg, other: Party, outcome: Outcome, reason: &'static str, fx: &mut Effects<'_>) -> State {
    let sound = Source::Busy;
    leg.hear(sound, fx);
    let until = fx.now + FAREWELL_MAX;
    State::Farewell(Box::new(Farewell {
        leg,
        other,
        until,
        outcome,
        sound,
        reason,
    }))
}

/// Lets somebody hear how their wish has been taken, then hangs up.
fn tell(mut leg: Leg, other: Party, sound: Source, reason: &'static str, fx: &mut Effects<'_>) -> State {
    leg.hear(sound, fx);
    let until = fx.now + TOLD_MAX;
    State::Farewell(Box::new(Farewell {
        leg,
        other,
        until,
        outcome: Outcome::Answered,
        sound,
        reason,
    }))
}

pub(super) fn farewell(mut farewell: Box<Farewell>, happening: Happening, fx: &mut Effects<'_>) -> State {
    let leg = &mut farewell.leg;
    let told = match happening {
        Happening::News(id, news) if id == leg.id => leg.handle(news, None, fx),
        Happening::News(..) => Told::Nothing,
        Happening::TimeOut if fx.now >= farewell.until => Told::Left(HangUp::Asked),
        Happening::TimeOut => leg.handle_timeout(fx).map_or(Told::Nothing, Told::Broken),
    };
    match told {
        Told::Renegotiated => {
            leg.hear(farewell.sound, fx);
            State::Farewell(farewell)
        }
        Told::Left(how) => {
            farewell.leg.close(how.parting(), fx);
            fx.ending(farewell.outcome, farewell.reason)
        }
        Told::Broken(cause) => {
            farewell.leg.close(Parting::Because(cause), fx);
            fx.ending(farewell.outcome, farewell.reason)
        }
        Told::Refer { request, .. } => {
            fx.respond(request, Cause::NOBODY_TO_TRANSFER);
            State::Farewell(farewell)
        }
        Told::Nothing
        | Told::Offered { .. }
        | Told::Rang
        | Told::Previewed
        | Told::Answered
        | Told::Established
        | Told::Lost { .. }
        | Told::Narrowed
        | Told::Pressed { .. } => State::Farewell(farewell),
    }
}
