//! Blind transfer (RFC 3515, RFC 5589 section 6): the transferor leaves, the transferee is connected to the target.

use std::time::Instant;

use model::control::Source;
use sip::agent::RequestId;

use super::fork::{Fork, Forked};
use super::leg::{Leg, Parting, Told};
use super::{ANSWERING_MAX, Branch, Cause, Command, Effects, Happening, Listening, Pace, State, Turn, talk};
use crate::core::{JournalEntry, Outcome, Party};

/// Rings the target's phones.
pub(super) fn ring(
    mut transferor: Leg,
    mut transferee: Leg,
    request: Option<RequestId>,
    called: Party,
    phones: (Vec<Branch>, Pace),
    fx: &mut Effects<'_>,
) -> State {
    transferor.may_refer(request, fx);
    let (by, from) = (transferor.party.clone(), transferee.party.clone());
    let fork = Fork::start(from, called, phones, transferor.side, Some(transferee.id), fx);
    transferor.hear(Source::Nothing, fx);
    transferee.hear(Source::RingBack, fx);
    State::Transferring {
        transferor: Some(transferor),
        transferee,
        by,
        fork,
    }
}

/// Hands over to a feature code: there is nothing to wait for.
pub(super) fn serve(mut transferor: Leg, transferee: Leg, request: Option<RequestId>, to: Listening, fx: &mut Effects<'_>) -> State {
    transferor.may_refer(request, fx);
    let by = transferor.party.clone();
    release(Some(transferor), &transferee, &by, &to.called, fx);
    talk::serve(transferee, to, fx)
}

pub(super) fn transferring(
    transferor: Option<Leg>,
    mut transferee: Leg,
    by: Party,
    mut fork: Fork,
    happening: Happening,
    fx: &mut Effects<'_>,
) -> State {
    let (transferor, happening) = hear_transferor(transferor, Some(transferee.id), happening, fx);
    let told = match happening {
        None => Told::Nothing,
        Some(Happening::News(leg, news)) if leg == transferee.id => transferee.handle(news, None, fx),
        Some(Happening::News(leg, news)) => {
            let forked = fork.handle(leg, news, fx);
            return ring_on(transferor, transferee, by, (fork, forked), fx);
        }
        Some(Happening::TimeOut) if fx.now >= fork.deadline() => {
            let forked = fork.handle_timeout(fx);
            return ring_on(transferor, transferee, by, (fork, forked), fx);
        }
        Some(Happening::TimeOut) => transferee.handle_timeout(fx).map_or(Told::Nothing, Told::Broken),
    };
    match transferee_told(&transferee, &told, fx) {
        Ok(()) => {
            transferee.hear(fork.sound(), fx);
            State::Transferring {
                transferor,
                transferee,
                by,
                fork,
            }
        }
        Err((parting, reason)) => {
            fork.cancel(Parting::HangUp, fx);
            abandon(transferor, transferee, parting, reason, fx)
        }
    }
}

/// The call rings somebody else.
pub(super) fn turned(transferor: Option<Leg>, transferee: Leg, by: Party, mut fork: Fork, turn: Turn, fx: &mut Effects<'_>) -> State {
    let forked = fork.turn(turn, fx);
    ring_on(transferor, transferee, by, (fork, forked), fx)
}

fn ring_on(mut transferor: Option<Leg>, mut transferee: Leg, by: Party, (mut fork, forked): (Fork, Forked), fx: &mut Effects<'_>) -> State {
    match forked {
        Forked::Nothing => {}
        Forked::Rang => notify(transferor.as_mut(), Cause::RINGING, fx),
        Forked::Previewed(_) => {
            notify(transferor.as_mut(), Cause::RINGING, fx);
            transferee.hear(fork.sound(), fx);
            fork.hear(Source::Leg(transferee.id), fx);
        }
        Forked::Answered(target) => {
            let until = fx.now + ANSWERING_MAX;
            return State::HandingOver {
                transferor,
                transferee,
                by,
                target: *target,
                until,
            };
        }
        Forked::Served(service) => {
            release(transferor, &transferee, &by, &fork.called, fx);
            let to = Listening {
                service,
                called: fork.called,
            };
            return talk::serve(transferee, to, fx);
        }
        Forked::Failed(verdict) => return fail(transferor, transferee, fork.called, verdict.cause(), fx),
    }
    State::Transferring {
        transferor,
        transferee,
        by,
        fork,
    }
}

pub(super) fn handing_over(
    transferor: Option<Leg>,
    mut transferee: Leg,
    by: Party,
    mut target: Leg,
    until: Instant,
    happening: Happening,
    fx: &mut Effects<'_>,
) -> State {
    let (transferor, happening) = hear_transferor(transferor, Some(transferee.id), happening, fx);
    let told = match happening {
        None => Told::Nothing,
        Some(Happening::News(leg, news)) if leg == transferee.id => transferee.handle(news, None, fx),
        Some(Happening::News(leg, news)) if leg == target.id => {
            return match target.handle(news, Some(transferee.id), fx) {
                Told::Established => {
                    release(transferor, &transferee, &by, &target.party, fx);
                    talk::bridge([transferee, target], fx)
                }
                Told::Left(how) => lose(transferor, transferee, target, how.parting(), Cause::LEFT, fx),
                Told::Lost { .. } => lose(transferor, transferee, target, Parting::Left, Cause::LEFT, fx),
                Told::Broken(cause) => lose(transferor, transferee, target, Parting::Because(cause), cause, fx),
                Told::Nothing
                | Told::Offered { .. }
                | Told::Rang
                | Told::Previewed
                | Told::Answered
                | Told::Renegotiated
                | Told::Refer { .. }
                | Told::Narrowed
                | Told::Pressed { .. } => State::HandingOver {
                    transferor,
                    transferee,
                    by,
                    target,
                    until,
                },
            };
        }
        Some(Happening::News(..)) => Told::Nothing,
        Some(Happening::TimeOut) if fx.now >= until => {
            let cause = Cause::MEDIA_SILENT;
            return lose(transferor, transferee, target, Parting::Because(cause), cause, fx);
        }
        Some(Happening::TimeOut) => transferee.handle_timeout(fx).map_or(Told::Nothing, Told::Broken),
    };
    match transferee_told(&transferee, &told, fx) {
        Ok(()) => {
            let is_heard = transferee.hears(Source::Leg(target.id));
            transferee.hear(if is_heard { Source::Leg(target.id) } else { Source::RingBack }, fx);
            State::HandingOver {
                transferor,
                transferee,
                by,
                target,
                until,
            }
        }
        Err((parting, reason)) => {
            target.close(Parting::HangUp, fx);
            abandon(transferor, transferee, parting, reason, fx)
        }
    }
}

/// Takes what concerns the transferor, who may leave at any time without disturbing the transfer. What does not
/// concern them is handed back.
fn hear_transferor(
    transferor: Option<Leg>,
    toward: Option<model::LegId>,
    happening: Happening,
    fx: &mut Effects<'_>,
) -> (Option<Leg>, Option<Happening>) {
    let Some(mut leg) = transferor else {
        return (None, Some(happening));
    };
    let (told, rest) = match happening {
        Happening::News(id, news) if id == leg.id => (leg.handle(news, toward, fx), None),
        Happening::News(..) => (Told::Nothing, Some(happening)),
        Happening::TimeOut => (leg.handle_timeout(fx).map_or(Told::Nothing, Told::Broken), Some(happening)),
    };
    match told {
        Told::Left(how) => {
            leg.close(how.parting(), fx);
            (None, rest)
        }
        Told::Broken(cause) => {
            leg.close(Parting::Because(cause), fx);
            (None, rest)
        }
        Told::Refer { request, .. } => {
            fx.respond(request, Cause::PENDING);
            (Some(leg), rest)
        }
        Told::Nothing
        | Told::Offered { .. }
        | Told::Rang
        | Told::Previewed
        | Told::Answered
        | Told::Established
        | Told::Renegotiated
        | Told::Lost { .. }
        | Told::Narrowed
        | Told::Pressed { .. } => (Some(leg), rest),
    }
}

/// Whether the transferee stays; else how they part and why.
fn transferee_told(transferee: &Leg, told: &Told, fx: &mut Effects<'_>) -> Result<(), (Parting, &'static str)> {
    match *told {
        Told::Left(how) => Err((how.parting(), talk::who_left(transferee, how))),
        Told::Broken(cause) => Err((Parting::Because(cause), cause.text)),
        Told::Refer { request, .. } => {
            fx.respond(request, Cause::PENDING);
            Ok(())
        }
        Told::Nothing
        | Told::Offered { .. }
        | Told::Rang
        | Told::Previewed
        | Told::Answered
        | Told::Established
        | Told::Renegotiated
        | Told::Lost { .. }
        | Told::Narrowed
        | Told::Pressed { .. } => Ok(()),
    }
}

/// The transfer has succeeded: the transferor is told and let go, the transferee learns to whom they talk.
fn release(mut transferor: Option<Leg>, transferee: &Leg, by: &Party, to: &Party, fx: &mut Effects<'_>) {
    notify(transferor.as_mut(), Cause::OK, fx);
    if let Some(leg) = transferor {
        leg.close(Parting::HangUp, fx);
    }
    introduce(transferee, by, to, fx);
}

/// Tells the other party, and the journal, who has taken over. For another phone of the same person there is nothing to tell.
pub(super) fn introduce(other: &Leg, by: &Party, to: &Party, fx: &mut Effects<'_>) {
    if by.user.is_some() && by.user == to.user {
        return;
    }
    fx.push(Command::Identify {
        leg: other.id,
        party: to.clone(),
    });
    fx.push(Command::Journal(JournalEntry::Transferred {
        call: fx.call,
        by: by.clone(),
        to: to.clone(),
    }));
}

/// The target has answered, and is no more.
fn lose(transferor: Option<Leg>, transferee: Leg, target: Leg, parting: Parting, cause: Cause, fx: &mut Effects<'_>) -> State {
    let to = target.party.clone();
    target.close(parting, fx);
    fail(transferor, transferee, to, cause, fx)
}

/// The transfer has failed: the talk goes on, or the transferee hears the busy tone when the transferor has left.
fn fail(transferor: Option<Leg>, transferee: Leg, to: Party, cause: Cause, fx: &mut Effects<'_>) -> State {
    match transferor {
        Some(mut leg) => {
            leg.notify(cause, fx);
            talk::bridge([leg, transferee], fx)
        }
        None => talk::part(
            transferee,
            to,
            Outcome::Answered,
            "the transfer failed and the transferor had left",
            fx,
        ),
    }
}

/// The transferee has left: there is nobody to hand over.
fn abandon(mut transferor: Option<Leg>, transferee: Leg, parting: Parting, reason: &'static str, fx: &mut Effects<'_>) -> State {
    notify(transferor.as_mut(), Cause::TERMINATED, fx);
    if let Some(leg) = transferor {
        leg.close(Parting::HangUp, fx);
    }
    transferee.close(parting, fx);
    fx.ending(Outcome::Answered, reason)
}

fn notify(transferor: Option<&mut Leg>, cause: Cause, fx: &mut Effects<'_>) {
    if let Some(leg) = transferor {
        leg.notify(cause, fx);
    }
}
