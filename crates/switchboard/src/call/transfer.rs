//! Blind transfer (RFC 3515, RFC 5589 section 6): the transferor leaves, the transferee is connected to the target.

use std::time::Instant;

use model::control::Source;
use sip::agent::RequestId;

use super::fork::{Fork, Forked};
use super::leg::{Leg, Parting, Told};
use super::{ANSWERING_MAX, Branch, Cause, Command, Effects, FAREWELL_MAX, Happening, Pace, Service, State, Turn, talk};
use crate::core::{JournalEntry, Outcome, Party};

const RINGING: Cause = Cause {
    status: 180,
    text: "Ringing",
};

/// Rings the target's phones.
pub(super) fn ring(
    mut transferor: Leg,
    mut transferee: Leg,
    request: RequestId,
    called: Party,
    phones: (Vec<Branch>, Pace),
    fx: &mut Effects<'_>,
) -> State {
    fx.push(Command::Respond {
        request,
        cause: Cause::ACCEPTED,
        sdp: None,
    });
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
pub(super) fn serve(transferor: Leg, transferee: Leg, request: RequestId, called: Party, feature: Service, fx: &mut Effects<'_>) -> State {
    fx.push(Command::Respond {
        request,
        cause: Cause::ACCEPTED,
        sdp: None,
    });
    let by = transferor.party.clone();
    release(Some(transferor), &transferee, by, called, fx);
    talk::serve(transferee, feature, fx)
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

/// A team's call rings somebody else.
pub(super) fn turned(transferor: Option<Leg>, transferee: Leg, by: Party, mut fork: Fork, turn: Turn, fx: &mut Effects<'_>) -> State {
    let forked = fork.turn(turn, fx);
    ring_on(transferor, transferee, by, (fork, forked), fx)
}

fn ring_on(transferor: Option<Leg>, mut transferee: Leg, by: Party, (mut fork, forked): (Fork, Forked), fx: &mut Effects<'_>) -> State {
    match forked {
        Forked::Nothing => {}
        Forked::Rang => notify(transferor.as_ref(), RINGING, fx),
        Forked::Previewed(_) => {
            notify(transferor.as_ref(), RINGING, fx);
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
        Forked::Served(feature) => {
            release(transferor, &transferee, by, fork.called, fx);
            return talk::serve(transferee, feature, fx);
        }
        Forked::Failed(verdict) => return fail(transferor, transferee, verdict.cause(), fx),
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
                    let to = target.party.clone();
                    release(transferor, &transferee, by, to, fx);
                    talk::bridge([transferee, target], fx)
                }
                Told::Left(_) | Told::Lost { .. } => {
                    target.close(Parting::Left, fx);
                    fail(transferor, transferee, Cause::LEFT, fx)
                }
                Told::Broken(cause) => {
                    target.close(Parting::Because(cause), fx);
                    fail(transferor, transferee, cause, fx)
                }
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
            target.close(Parting::Because(Cause::MEDIA_SILENT), fx);
            return fail(transferor, transferee, Cause::MEDIA_SILENT, fx);
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
        Told::Left(_) => {
            leg.close(Parting::Left, fx);
            (None, rest)
        }
        Told::Broken(cause) => {
            leg.close(Parting::Because(cause), fx);
            (None, rest)
        }
        Told::Refer { request, .. } => {
            fx.push(Command::Respond {
                request,
                cause: Cause::PENDING,
                sdp: None,
            });
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
        Told::Left(how) => Err((Parting::Left, talk::who_left(transferee, how))),
        Told::Broken(cause) => Err((Parting::Because(cause), cause.text)),
        Told::Refer { request, .. } => {
            fx.push(Command::Respond {
                request,
                cause: Cause::PENDING,
                sdp: None,
            });
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
fn release(transferor: Option<Leg>, transferee: &Leg, by: Party, to: Party, fx: &mut Effects<'_>) {
    notify(transferor.as_ref(), Cause::OK, fx);
    if let Some(leg) = transferor {
        leg.close(Parting::HangUp, fx);
    }
    fx.push(Command::Identify {
        leg: transferee.id,
        party: to.clone(),
    });
    fx.push(Command::Journal(JournalEntry::Transferred { call: fx.call, by, to }));
}

/// The transfer has failed: the talk goes on, or the transferee hears the busy tone when the transferor has left.
fn fail(transferor: Option<Leg>, mut transferee: Leg, cause: Cause, fx: &mut Effects<'_>) -> State {
    notify(transferor.as_ref(), cause, fx);
    match transferor {
        Some(leg) => talk::bridge([leg, transferee], fx),
        None => {
            transferee.hear(Source::Busy, fx);
            State::Farewell {
                leg: transferee,
                until: fx.now + FAREWELL_MAX,
            }
        }
    }
}

/// The transferee has left: there is nobody to hand over.
fn abandon(transferor: Option<Leg>, transferee: Leg, parting: Parting, reason: &'static str, fx: &mut Effects<'_>) -> State {
    notify(transferor.as_ref(), Cause::TERMINATED, fx);
    if let Some(leg) = transferor {
        leg.close(Parting::HangUp, fx);
    }
    transferee.close(parting, fx);
    fx.ending(Outcome::Answered, reason)
}

fn notify(transferor: Option<&Leg>, cause: Cause, fx: &mut Effects<'_>) {
    if let Some(leg) = transferor {
        fx.push(Command::NotifyRefer { leg: leg.id, cause });
    }
}
