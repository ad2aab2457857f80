//! A running call moves to another phone: of the same person, or of a colleague who takes it from hold. The two talk on until that phone is up;
//! then it takes the old one's place in the same step, so that the other party never hears silence in between.
//!
//! ```text
//!  Talking ──push──► its phones ring ──first 2xx──► one arrives ──both up──► Talking, by the new phone
//!     │                    │                            │
//!     │ *11 dialled there  └── refused, unanswered, ────┴──► Talking, as if nothing had happened
//!     └───────────────────────────────────────────────► one arrives
//! ```
//!
//! A phone that leaves in the meantime leaves the other party to the transfer's states: they wait with a ring-back tone.

use std::time::{Duration, Instant};

use model::LegId;
use model::control::Source;
use sip::agent::RequestId;

use super::fork::{Fork, Forked};
use super::leg::{Leg, Parting, Told};
use super::talk::{self, Turn};
use super::{ANSWERING_MAX, Caller, Cause, Command, Effects, HangUp, Happening, Move, Mover, News, Pace, State, transfer};
use crate::core::Outcome;

/// How long the new phone may ring.
pub(super) const RINGING_MAX: Duration = Duration::from_secs(30);

/// A call on its way to another phone.
#[derive(Debug)]
pub(super) struct Moving {
    /// The leg that will be let go.
    pub(super) mover: Leg,
    /// The leg that stays.
    pub(super) other: Leg,
    pub(super) target: Target,
    by: Mover,
}

/// Where it moves to.
#[derive(Debug)]
pub(super) enum Target {
    /// These phones ring.
    Ringing(Fork),
    /// This one's audio is being set up.
    Arriving { leg: Leg, until: Instant },
}

impl Moving {
    pub(super) fn deadline(&self) -> Instant {
        match &self.target {
            Target::Ringing(fork) => fork.deadline(),
            Target::Arriving { until, .. } => *until,
        }
    }

    /// The phones that ring.
    pub(super) fn fork(&self) -> Option<&Fork> {
        match &self.target {
            Target::Ringing(fork) => Some(fork),
            Target::Arriving { .. } => None,
        }
    }

    pub(super) fn fork_mut(&mut self) -> Option<&mut Fork> {
        match &mut self.target {
            Target::Ringing(fork) => Some(fork),
            Target::Arriving { .. } => None,
        }
    }

    /// The new phone, once it has answered.
    pub(super) fn arriving(&self) -> Option<&Leg> {
        match &self.target {
            Target::Ringing(_) => None,
            Target::Arriving { leg, .. } => Some(leg),
        }
    }

    pub(super) fn into_legs(self) -> Vec<Leg> {
        let pair = [self.mover, self.other];
        match self.target {
            Target::Ringing(fork) => pair.into_iter().chain(fork.branches).collect(),
            Target::Arriving { leg, .. } => pair.into_iter().chain([leg]).collect(),
        }
    }
}

/// Rings the phones that the call shall move to.
pub(super) fn push(mut mover: Leg, other: Leg, request: Option<RequestId>, to: Move, fx: &mut Effects<'_>) -> State {
    mover.may_refer(request, fx);
    let Move { to, branches, by } = to;
    let fork = Fork::start(other.party.clone(), to, (branches, Pace::default()), mover.side, Some(other.id), fx);
    let target = Target::Ringing(fork.limit(fx.now + RINGING_MAX));
    State::Moving(Box::new(Moving { mover, other, target, by }))
}

/// Answers the phone that has dialled the code for that.
pub(super) fn pull(mover: Leg, other: Leg, caller: Caller, fx: &mut Effects<'_>) -> State {
    let mut leg = Leg::inbound(caller.leg, caller.party, caller.peer, caller.offer, fx);
    leg.side = mover.side;
    leg.answer(Some(other.id), fx);
    let target = Target::Arriving {
        leg,
        until: fx.now + ANSWERING_MAX,
    };
    State::Moving(Box::new(Moving {
        mover,
        other,
        target,
        by: Mover::Code,
    }))
}

pub(super) fn moving(mut moving: Box<Moving>, happening: Happening, fx: &mut Effects<'_>) -> State {
    let (mover, other) = (&mut moving.mover, &mut moving.other);
    match happening {
        Happening::News(leg, news) if leg == mover.id => {
            let told = mover.handle(news, Some(other.id), fx);
            match talk::turn(mover, other, told, fx) {
                Turn::GoesOn => State::Moving(moving),
                Turn::Refer { request, .. } => pending(moving, request, fx),
                Turn::Left(how) => mover_left(*moving, how, fx),
                Turn::Broken(cause) => leave_to_transfer(*moving, Parting::Because(cause), fx),
            }
        }
        Happening::News(leg, news) if leg == other.id => {
            let told = other.handle(news, Some(mover.id), fx);
            match talk::turn(other, mover, told, fx) {
                Turn::GoesOn => State::Moving(moving),
                Turn::Refer { request, .. } => pending(moving, request, fx),
                Turn::Left(how) => {
                    let reason = talk::who_left(other, how);
                    over(*moving, how.parting(), reason, fx)
                }
                Turn::Broken(cause) => over(*moving, Parting::Because(cause), cause.text, fx),
            }
        }
        Happening::News(leg, news) => target_hears(*moving, leg, news, fx),
        Happening::TimeOut => {
            if let Some(cause) = mover.handle_timeout(fx) {
                return leave_to_transfer(*moving, Parting::Because(cause), fx);
            }
            if let Some(cause) = other.handle_timeout(fx) {
                return over(*moving, Parting::Because(cause), cause.text, fx);
            }
            if fx.now < moving.deadline() {
                return State::Moving(moving);
            }
            give_up(*moving, fx)
        }
    }
}

/// One at a time.
fn pending(moving: Box<Moving>, request: Option<RequestId>, fx: &mut Effects<'_>) -> State {
    fx.respond(request, Cause::PENDING);
    State::Moving(moving)
}

fn target_hears(moving: Moving, leg: LegId, news: News, fx: &mut Effects<'_>) -> State {
    let Moving {
        mut mover,
        other,
        target,
        by,
    } = moving;
    let target = match target {
        Target::Ringing(mut fork) => match fork.handle(leg, news, fx) {
            Forked::Nothing => Target::Ringing(fork),
            Forked::Rang | Forked::Previewed(_) => {
                mover.notify(Cause::RINGING, fx);
                Target::Ringing(fork)
            }
            Forked::Answered(leg) => Target::Arriving {
                leg: *leg,
                until: fx.now + ANSWERING_MAX,
            },
            // No team and no code is called here.
            Forked::Served(_) => Target::Ringing(fork),
            Forked::Failed(verdict) => return fail(mover, other, verdict.cause(), fx),
        },
        Target::Arriving { leg: mut new, until } => {
            let told = if leg == new.id {
                new.handle(news, Some(other.id), fx)
            } else {
                Told::Nothing
            };
            match told {
                Told::Established => return arrive(mover, other, new, by, fx),
                Told::Left(how) => {
                    new.close(how.parting(), fx);
                    return fail(mover, other, Cause::LEFT, fx);
                }
                Told::Lost { .. } => {
                    new.close(Parting::Left, fx);
                    return fail(mover, other, Cause::LEFT, fx);
                }
                Told::Broken(cause) => {
                    new.close(Parting::Because(cause), fx);
                    return fail(mover, other, cause, fx);
                }
                Told::Refer { request, .. } => fx.respond(request, Cause::PENDING),
                Told::Nothing
                | Told::Offered { .. }
                | Told::Rang
                | Told::Previewed
                | Told::Answered
                | Told::Renegotiated
                | Told::Narrowed
                | Told::Pressed { .. } => {}
            }
            Target::Arriving { leg: new, until }
        }
    };
    State::Moving(Box::new(Moving { mover, other, target, by }))
}

/// The new phone takes the old one's place.
fn arrive(mut mover: Leg, mut other: Leg, mut new: Leg, by: Mover, fx: &mut Effects<'_>) -> State {
    talk::connect(&mut new, &mut other, fx);
    if by == Mover::Code {
        // It has called a code; the others know from the INVITE whom they talk to.
        fx.push(Command::Identify {
            leg: new.id,
            party: other.party.clone(),
        });
    }
    transfer::introduce(&other, &mover.party, &new.party, fx);
    mover.notify(Cause::OK, fx);
    let cause = match by {
        Mover::App | Mover::Transfer | Mover::Code => Cause::MOVED,
        Mover::Colleague => Cause::TAKEN,
    };
    mover.close(Parting::Because(cause), fx);
    State::Talking { pair: [new, other] }
}

/// Nothing has changed for the two who talk.
fn fail(mut mover: Leg, other: Leg, cause: Cause, fx: &mut Effects<'_>) -> State {
    mover.notify(cause, fx);
    State::Talking { pair: [mover, other] }
}

/// It rings in vain, or the new phone's audio never comes up.
fn give_up(moving: Moving, fx: &mut Effects<'_>) -> State {
    let cause = match moving.target {
        Target::Ringing(mut fork) => {
            fork.cancel(Parting::HangUp, fx);
            Cause::NO_ANSWER
        }
        Target::Arriving { leg, .. } => {
            leg.close(Parting::Because(Cause::MEDIA_SILENT), fx);
            Cause::MEDIA_SILENT
        }
    };
    fail(moving.mover, moving.other, cause, fx)
}

/// The old phone leaves before the new one is there.
fn mover_left(moving: Moving, how: HangUp, fx: &mut Effects<'_>) -> State {
    let is_meant = match how {
        HangUp::Bye | HangUp::Cancel | HangUp::Asked => true,
        HangUp::TimedOut | HangUp::FlowLost => false,
    };
    match (&moving.target, moving.by) {
        // They have hung up, and lifted nothing else.
        (Target::Ringing(_), Mover::App | Mover::Code) if is_meant => {
            let reason = talk::who_left(&moving.mover, how);
            let Moving { mover, other, target, .. } = moving;
            dismiss(target, fx);
            mover.close(how.parting(), fx);
            other.close(Parting::HangUp, fx);
            fx.ending(Outcome::Answered, reason)
        }
        (Target::Ringing(_) | Target::Arriving { .. }, Mover::App | Mover::Code | Mover::Transfer | Mover::Colleague) => {
            leave_to_transfer(moving, how.parting(), fx)
        }
    }
}

/// The old phone is gone: for the other party it is a transfer from now on.
fn leave_to_transfer(moving: Moving, parting: Parting, fx: &mut Effects<'_>) -> State {
    let Moving {
        mover, mut other, target, ..
    } = moving;
    let by = mover.party.clone();
    mover.close(parting, fx);
    other.hear(Source::RingBack, fx);
    let transfer = transfer::go_on_without(by, other);
    match target {
        Target::Ringing(fork) => State::Transferring { transfer, fork },
        Target::Arriving { leg, until } => State::HandingOver {
            transfer,
            target: leg,
            until,
        },
    }
}

/// The other party is gone: there is nothing to move.
fn over(moving: Moving, parting: Parting, reason: &'static str, fx: &mut Effects<'_>) -> State {
    let Moving {
        mut mover, other, target, ..
    } = moving;
    dismiss(target, fx);
    mover.notify(Cause::TERMINATED, fx);
    mover.close(Parting::HangUp, fx);
    other.close(parting, fx);
    fx.ending(Outcome::Answered, reason)
}

fn dismiss(target: Target, fx: &mut Effects<'_>) {
    match target {
        Target::Ringing(mut fork) => fork.cancel(Parting::HangUp, fx),
        Target::Arriving { leg, .. } => leg.close(Parting::HangUp, fx),
    }
}
