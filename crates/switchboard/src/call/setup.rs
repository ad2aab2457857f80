//! From the INVITE to the talk: ringing, answering, and the same for feature codes.

use std::time::Instant;

use model::control::Source;

use super::fork::{Fork, Forked};
use super::leg::{Leg, Parting, Told};
use super::{ANSWERING_MAX, Branch, Caller, Cause, Command, Effects, HangUp, Happening, Listening, News, Pace, Service, State, Turn, talk};
use crate::core::{JournalEntry, Outcome, Party, Side};

pub(super) fn ring(caller: Caller, called: Party, phones: (Vec<Branch>, Pace), fx: &mut Effects<'_>) -> State {
    let from = caller.party.clone();
    let caller = start(caller, called.clone(), fx);
    let toward = caller.has_media().then_some(caller.id);
    let is_team = phones.1.is_team;
    let mut fork = Fork::start(from, called, phones, Side::Called, toward, fx);
    // The app tells of a call although no phone does.
    if is_team || fork.silent().next().is_some() {
        fork.rings_already();
        fx.push(Command::Ring { leg: caller.id });
    }
    State::Ringing { caller, fork }
}

pub(super) fn serve(caller: Caller, called: Party, service: Service, fx: &mut Effects<'_>) -> State {
    let caller = start(caller, called.clone(), fx);
    greet(caller, Listening { service, called }, fx)
}

fn greet(mut caller: Leg, to: Listening, fx: &mut Effects<'_>) -> State {
    caller.answer(None, fx);
    State::Greeting {
        caller,
        to,
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
    let forked = match happening {
        Happening::News(leg, news) if leg == caller.id => return heard(caller, fork, news, fx),
        Happening::News(leg, news) => fork.handle(leg, news, fx),
        Happening::TimeOut => {
            if let Some(cause) = caller.handle_timeout(fx) {
                fork.cancel(Parting::HangUp, fx);
                caller.close(Parting::Because(cause), fx);
                return fx.ending(Outcome::Failed, cause.text);
            }
            fork.handle_timeout(fx)
        }
    };
    ring_on(caller, fork, forked, fx)
}

/// The call rings somebody else.
pub(super) fn turned(mut caller: Leg, mut fork: Fork, turn: Turn, fx: &mut Effects<'_>) -> State {
    let forked = fork.turn(turn, fx);
    if caller.is_previewed() {
        // Whom they have heard may ring no more.
        caller.hear(fork.sound(), fx);
    }
    ring_on(caller, fork, forked, fx)
}

/// News of the one who calls.
fn heard(mut caller: Leg, mut fork: Fork, news: News, fx: &mut Effects<'_>) -> State {
    match caller.handle(news, None, fx) {
        Told::Left(how) => {
            fork.cancel(Parting::HangUp, fx);
            caller.close(how.parting(), fx);
            fx.ending(Outcome::Cancelled, gave_up(how))
        }
        Told::Broken(cause) => {
            fork.cancel(Parting::HangUp, fx);
            caller.close(Parting::Because(cause), fx);
            fx.ending(Outcome::Failed, cause.text)
        }
        // Of somebody whose own phone was called first, and is up.
        Told::Renegotiated => {
            caller.hear(fork.sound(), fx);
            State::Ringing { caller, fork }
        }
        Told::Refer { request, .. } => {
            fx.respond(request, Cause::PENDING);
            State::Ringing { caller, fork }
        }
        Told::Nothing
        | Told::Offered { .. }
        | Told::Rang
        | Told::Previewed
        | Told::Answered
        | Told::Established
        | Told::Lost { .. }
        | Told::Narrowed
        | Told::Pressed { .. } => State::Ringing { caller, fork },
    }
}

fn ring_on(mut caller: Leg, mut fork: Fork, forked: Forked, fx: &mut Effects<'_>) -> State {
    match forked {
        Forked::Nothing => State::Ringing { caller, fork },
        Forked::Rang => {
            caller.ring(fx);
            State::Ringing { caller, fork }
        }
        Forked::Previewed(called) => {
            caller.preview(Some(called), fx);
            if caller.is_previewed() || caller.is_established() {
                caller.hear(Source::Leg(called), fx);
                fork.hear(Source::Leg(caller.id), fx);
            } else {
                // Without an offer there is nothing to hear with: it rings.
                caller.ring(fx);
            }
            State::Ringing { caller, fork }
        }
        Forked::Answered(called) => {
            if caller.is_established() && called.party.number != fork.called.number {
                // Somebody who has dialled in the app hears no answer that could say who it is.
                fx.push(Command::Identify {
                    leg: caller.id,
                    party: called.party.clone(),
                });
            }
            caller.answer(Some(called.id), fx);
            State::Answering {
                caller,
                called: *called,
                until: fx.now + ANSWERING_MAX,
            }
        }
        Forked::Served(service) if caller.is_established() => {
            fx.push(Command::Journal(JournalEntry::Answered {
                call: fx.call,
                device: None,
            }));
            let called = fork.called;
            talk::serve(caller, Listening { service, called }, fx)
        }
        Forked::Served(service) => greet(
            caller,
            Listening {
                service,
                called: fork.called,
            },
            fx,
        ),
        Forked::Failed(verdict) => refuse(caller, fork.called, verdict.outcome(), verdict.cause(), fx),
    }
}

/// Nobody answers: the caller is refused, or hears it where their phone is up already.
fn refuse(caller: Leg, called: Party, outcome: Outcome, cause: Cause, fx: &mut Effects<'_>) -> State {
    if caller.is_established() {
        return talk::part(caller, called, outcome, cause.text, fx);
    }
    caller.close(Parting::Because(cause), fx);
    fx.ending(outcome, cause.text)
}

fn gave_up(how: HangUp) -> &'static str {
    match how {
        HangUp::Bye | HangUp::Cancel | HangUp::Asked => "caller gave up",
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
            caller.close(how.parting(), fx);
            fx.ending(Outcome::Cancelled, gave_up(how))
        }
        Told::Left(how) => called_left(caller, called, how.parting(), fx),
        Told::Lost { .. } => called_left(caller, called, Parting::Left, fx),
        Told::Broken(cause) => {
            caller.close(Parting::Because(cause), fx);
            called.close(Parting::Because(cause), fx);
            fx.ending(Outcome::Failed, cause.text)
        }
        Told::Refer { request, .. } => {
            fx.respond(request, Cause::PENDING);
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

fn called_left(caller: Leg, called: Leg, parting: Parting, fx: &mut Effects<'_>) -> State {
    caller.close(Parting::Because(Cause::LEFT), fx);
    called.close(parting, fx);
    fx.ending(Outcome::Failed, "called party hung up at once")
}

pub(super) fn greeting(mut caller: Leg, to: Listening, until: Instant, happening: Happening, fx: &mut Effects<'_>) -> State {
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
            talk::serve(caller, to, fx)
        }
        Told::Left(how) => {
            caller.close(how.parting(), fx);
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
        | Told::Pressed { .. } => State::Greeting { caller, to, until },
    }
}
