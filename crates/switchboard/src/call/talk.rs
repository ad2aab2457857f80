//! While people talk, hold, or listen to a feature code.

use std::time::Instant;

use model::control::Source;

use super::leg::{Leg, Parting, Told};
use super::{Cause, Command, Effects, HangUp, Happening, Plan, Service, State, transfer};
use crate::core::{Outcome, Side};

/// Lets both hear each other, or music where the other one holds.
pub(super) fn bridge(mut pair: [Leg; 2], fx: &mut Effects<'_>) -> State {
    let [a, b] = &mut pair;
    let for_a = if b.holds() { Source::Music } else { Source::Leg(b.id) };
    let for_b = if a.holds() { Source::Music } else { Source::Leg(a.id) };
    a.hear(for_a, fx);
    b.hear(for_b, fx);
    State::Talking { pair }
}

/// Lets the caller hear the feature.
pub(super) fn serve(mut caller: Leg, feature: Service, fx: &mut Effects<'_>) -> State {
    let source = match feature {
        Service::EchoTest => Source::Echo,
        Service::Music => Source::Music,
    };
    caller.hear(source, fx);
    State::Serving { caller, feature }
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
fn talked(one: Leg, mut other: Leg, told: Told, fx: &mut Effects<'_>) -> State {
    match told {
        Told::Renegotiated => bridge([one, other], fx),
        Told::Narrowed => {
            other.narrow(one.id, fx);
            State::Talking { pair: [one, other] }
        }
        Told::Left(how) => {
            let reason = who_left(&one, how);
            one.close(Parting::Left, fx);
            other.close(Parting::HangUp, fx);
            fx.ending(Outcome::Answered, reason)
        }
        Told::Broken(cause) => broken(one, other, cause, fx),
        Told::Refer {
            request,
            plan: Plan::Refuse { cause, .. },
        } => {
            fx.push(Command::Respond { request, cause, sdp: None });
            State::Talking { pair: [one, other] }
        }
        Told::Refer {
            request,
            plan: Plan::Serve { called, feature },
        } => transfer::serve(one, other, request, called, feature, fx),
        Told::Refer {
            request,
            plan: Plan::Ring { called, branches, pace },
        } => transfer::ring(one, other, request, called, (branches, pace), fx),
        Told::Pressed { digit, duration_ms } => {
            other.send_digit(digit, duration_ms, fx);
            State::Talking { pair: [one, other] }
        }
        Told::Nothing | Told::Offered { .. } | Told::Rang | Told::Previewed | Told::Answered | Told::Established | Told::Lost { .. } => {
            State::Talking { pair: [one, other] }
        }
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
        (Side::Caller, HangUp::Bye | HangUp::Cancel) => "caller hung up",
        (Side::Caller, HangUp::TimedOut) => "caller's phone fell silent",
        (Side::Caller, HangUp::FlowLost) => "caller's connection was lost",
        (Side::Called, HangUp::Bye | HangUp::Cancel) => "called party hung up",
        (Side::Called, HangUp::TimedOut) => "called party's phone fell silent",
        (Side::Called, HangUp::FlowLost) => "called party's connection was lost",
    }
}

pub(super) fn serving(mut caller: Leg, feature: Service, happening: Happening, fx: &mut Effects<'_>) -> State {
    let told = match happening {
        Happening::News(leg, news) if leg == caller.id => caller.handle(news, None, fx),
        Happening::News(..) => Told::Nothing,
        Happening::TimeOut => caller.handle_timeout(fx).map_or(Told::Nothing, Told::Broken),
    };
    match told {
        Told::Renegotiated => serve(caller, feature, fx),
        Told::Left(how) => {
            let reason = who_left(&caller, how);
            caller.close(Parting::Left, fx);
            fx.ending(Outcome::Answered, reason)
        }
        Told::Broken(cause) => {
            caller.close(Parting::Because(cause), fx);
            fx.ending(Outcome::Answered, cause.text)
        }
        Told::Refer { request, .. } => {
            fx.push(Command::Respond {
                request,
                cause: Cause::NOBODY_TO_TRANSFER,
                sdp: None,
            });
            State::Serving { caller, feature }
        }
        Told::Nothing
        | Told::Offered { .. }
        | Told::Rang
        | Told::Previewed
        | Told::Answered
        | Told::Established
        | Told::Lost { .. }
        | Told::Narrowed
        | Told::Pressed { .. } => State::Serving { caller, feature },
    }
}

pub(super) fn farewell(mut leg: Leg, until: Instant, happening: Happening, fx: &mut Effects<'_>) -> State {
    const REASON: &str = "the transfer failed and the transferor had left";
    let told = match happening {
        Happening::News(id, news) if id == leg.id => leg.handle(news, None, fx),
        Happening::News(..) => Told::Nothing,
        Happening::TimeOut if fx.now >= until => {
            leg.close(Parting::HangUp, fx);
            return fx.ending(Outcome::Answered, REASON);
        }
        Happening::TimeOut => leg.handle_timeout(fx).map_or(Told::Nothing, Told::Broken),
    };
    match told {
        Told::Renegotiated => {
            leg.hear(Source::Busy, fx);
            State::Farewell { leg, until }
        }
        Told::Left(_) => {
            leg.close(Parting::Left, fx);
            fx.ending(Outcome::Answered, REASON)
        }
        Told::Broken(cause) => {
            leg.close(Parting::Because(cause), fx);
            fx.ending(Outcome::Answered, REASON)
        }
        Told::Refer { request, .. } => {
            fx.push(Command::Respond {
                request,
                cause: Cause::NOBODY_TO_TRANSFER,
                sdp: None,
            });
            State::Farewell { leg, until }
        }
        Told::Nothing
        | Told::Offered { .. }
        | Told::Rang
        | Told::Previewed
        | Told::Answered
        | Told::Established
        | Told::Lost { .. }
        | Told::Narrowed
        | Told::Pressed { .. } => State::Farewell { leg, until },
    }
}
