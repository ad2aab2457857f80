//! From the INVITE to the talk: ringing, answering, and the same for feature codes.

use std::time::Instant;

use model::control::Source;

use super::fork::{Fork, Forked};
use super::leg::{Leg, Parting, Told};
use super::{ANSWERING_MAX, Branch, Caller, Cause, Command, Effects, HangUp, Happening, Service, State, talk};
use crate::core::{JournalEntry, Outcome, Party, Side};

pub(super) fn ring(caller: Caller, called: Party, branches: Vec<Branch>, fx: &mut Effects<'_>) -> State {
    let from = caller.party.clone();
    let caller = start(caller, called.clone(), fx);
    let toward = caller.has_media().then_some(caller.id);
    let fork = Fork::start(from, called, branches, Side::Called, toward, fx);
    State::Ringing { caller, fork }
}

pub(super) fn serve(caller: Caller, called: Party, feature: Service, fx: &mut Effects<'_>) -> State {
    let mut caller = start(caller, called, fx);
    caller.answer(None, fx);
    State::Greeting {
        caller,
        feature,
        until: fx.now + ANSWERING_MAX,
    }
}

pub(super) fn start(caller: Caller, called: Party, fx: &mut Effects<'_>) -> Leg {
    let Caller { leg, party, peer, offer } = caller;
    fx.push(Command::Journal(JournalEntry::Started {
        call: fx.call,
        caller: party.clone(),
        called,
    }));
    Leg::inbound(leg, party, peer, offer, fx)
}

pub(super) fn ringing(mut caller: Leg, mut fork: Fork, happening: Happening, fx: &mut Effects<'_>) -> State {
    match happening {
        Happening::News(leg, news) if leg == caller.id => match caller.handle(news, None, fx) {
            Told::Left(how) => {
                fork.cancel(Parting::HangUp, fx);
                caller.close(Parting::Left, fx);
                fx.ending(Outcome::Cancelled, gave_up(how))
            }
            Told::Broken(cause) => {
                fork.cancel(Parting::HangUp, fx);
                caller.close(Parting::Because(cause), fx);
                fx.ending(Outcome::Failed, cause.text)
            }
            Told::Nothing
            | Told::Offered { .. }
            | Told::Rang
            | Told::Previewed
            | Told::Answered
            | Told::Established
            | Told::Renegotiated
            | Told::Lost { .. }
            | Told::Refer { .. }
            | Told::Narrowed
            | Told::Pressed { .. } => State::Ringing { caller, fork },
        },
        Happening::News(leg, news) => match fork.handle(leg, news, fx) {
            Forked::Nothing => State::Ringing { caller, fork },
            Forked::Rang => {
                fx.push(Command::Ring { leg: caller.id });
                State::Ringing { caller, fork }
            }
            Forked::Previewed(called) => {
                caller.preview(Some(called), fx);
                if caller.is_previewed() {
                    caller.hear(Source::Leg(called), fx);
                    fork.hear(Source::Leg(caller.id), fx);
                } else {
                    // Without an offer there is nothing to hear with: it rings.
                    fx.push(Command::Ring { leg: caller.id });
                }
                State::Ringing { caller, fork }
            }
            Forked::Answered(called) => {
                caller.answer(Some(called.id), fx);
                State::Answering {
                    caller,
                    called: *called,
                    until: fx.now + ANSWERING_MAX,
                }
            }
            Forked::Failed(verdict) => {
                caller.close(Parting::Because(verdict.cause()), fx);
                fx.ending(verdict.outcome(), verdict.cause().text)
            }
        },
        Happening::TimeOut if fx.now >= fork.until => {
            fork.cancel(Parting::HangUp, fx);
            let cause = Cause {
                status: 480,
                text: "nobody answered",
            };
            caller.close(Parting::Because(cause), fx);
            fx.ending(Outcome::NoAnswer, cause.text)
        }
        Happening::TimeOut => State::Ringing { caller, fork },
    }
}

fn gave_up(how: HangUp) -> &'static str {
    match how {
        HangUp::Bye | HangUp::Cancel => "caller gave up",
        HangUp::TimedOut => "caller's phone fell silent",
        HangUp::FlowLost => "caller's connection was lost",
    }
}

pub(super) fn answering(mut caller: Leg, mut called: Leg, until: Instant, happening: Happening, fx: &mut Effects<'_>) -> State {
    let (told, by_caller) = match happening {
        Happening::News(leg, news) if leg == caller.id => (caller.handle(news, Some(called.id), fx), true),
        Happening::News(leg, news) if leg == called.id => (called.handle(news, Some(caller.id), fx), false),
        Happening::News(..) => (Told::Nothing, false),
        Happening::TimeOut if fx.now >= until => (Told::Broken(Cause::MEDIA_SILENT), false),
        Happening::TimeOut => {
            let overdue = caller.handle_timeout(fx).or_else(|| called.handle_timeout(fx));
            (overdue.map_or(Told::Nothing, Told::Broken), false)
        }
    };
    match told {
        Told::Left(how) if by_caller => {
            called.close(Parting::HangUp, fx);
            caller.close(Parting::Left, fx);
            fx.ending(Outcome::Cancelled, gave_up(how))
        }
        Told::Left(_) | Told::Lost { .. } => {
            caller.close(Parting::Because(Cause::LEFT), fx);
            called.close(Parting::Left, fx);
            fx.ending(Outcome::Failed, "called party hung up at once")
        }
        Told::Broken(cause) => {
            caller.close(Parting::Because(cause), fx);
            called.close(Parting::Because(cause), fx);
            fx.ending(Outcome::Failed, cause.text)
        }
        Told::Refer { request, .. } => {
            fx.push(Command::Respond {
                request,
                cause: Cause::PENDING,
                sdp: None,
            });
            State::Answering { caller, called, until }
        }
        Told::Nothing
        | Told::Offered { .. }
        | Told::Rang
        | Told::Previewed
        | Told::Answered
        | Told::Established
        | Told::Renegotiated
        | Told::Narrowed
        | Told::Pressed { .. } => {
            if caller.is_established() && called.is_established() {
                let device = called.party.device;
                fx.push(Command::Journal(JournalEntry::Answered { call: fx.call, device }));
                talk::bridge([caller, called], fx)
            } else {
                State::Answering { caller, called, until }
            }
        }
    }
}

pub(super) fn greeting(mut caller: Leg, feature: Service, until: Instant, happening: Happening, fx: &mut Effects<'_>) -> State {
    let told = match happening {
        Happening::News(leg, news) if leg == caller.id => caller.handle(news, None, fx),
        Happening::News(..) => Told::Nothing,
        Happening::TimeOut if fx.now >= until => Told::Broken(Cause::MEDIA_SILENT),
        Happening::TimeOut => Told::Nothing,
    };
    match told {
        Told::Established => {
            fx.push(Command::Journal(JournalEntry::Answered {
                call: fx.call,
                device: None,
            }));
            talk::serve(caller, feature, fx)
        }
        Told::Left(how) => {
            caller.close(Parting::Left, fx);
            fx.ending(Outcome::Cancelled, gave_up(how))
        }
        Told::Broken(cause) => {
            caller.close(Parting::Because(cause), fx);
            fx.ending(Outcome::Failed, cause.text)
        }
        Told::Nothing
        | Told::Offered { .. }
        | Told::Rang
        | Told::Previewed
        | Told::Answered
        | Told::Renegotiated
        | Told::Lost { .. }
        | Told::Refer { .. }
        | Told::Narrowed
        | Told::Pressed { .. } => State::Greeting { caller, feature, until },
    }
}
