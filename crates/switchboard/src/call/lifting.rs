//! A call that somebody dials in the app: their own phone is called first, and once it is lifted the number (RFC 3725 section 4.1).
//!
//! ```text
//!  their phone rings ──2xx──► lifted ──its audio is up──► the number rings, and they hear that ──► Ringing
//!         │                     │                            └── it leads nowhere ──► Farewell
//!         └── refused, in vain ─┴──► Unmade: nobody has been called, and the journal tells nothing
//! ```

use std::time::{Duration, Instant};

use model::control::Source;

use super::fork::{Fork, Forked};
use super::leg::{Leg, Parting, Told};
use super::{ANSWERING_MAX, Branch, Call, Cause, Command, Effects, HangUp, Happening, Listening, News, Pace, Plan, State, talk};
use crate::core::{JournalEntry, Outcome, Party, Side};

/// How long somebody's own phone may ring.
const RINGING_MAX: Duration = Duration::from_secs(30);

/// A call that waits for its caller's phone.
#[derive(Debug)]
pub(super) struct Lifting {
    number: String,
    /// Whom they call, as far as it is known before it is their turn.
    pub(super) called: Party,
    pub(super) stage: Stage,
}

/// How far it is.
#[derive(Debug)]
pub(super) enum Stage {
    /// Their phone rings.
    Ringing(Fork),
    /// They have lifted it; its audio is being set up.
    Lifted { leg: Leg, until: Instant },
}

impl Lifting {
    pub(super) fn deadline(&self) -> Instant {
        match &self.stage {
            Stage::Ringing(fork) => fork.deadline(),
            Stage::Lifted { until, .. } => *until,
        }
    }

    pub(super) fn fork(&self) -> Option<&Fork> {
        match &self.stage {
            Stage::Ringing(fork) => Some(fork),
            Stage::Lifted { .. } => None,
        }
    }

    pub(super) fn lifted(&self) -> Option<&Leg> {
        match &self.stage {
            Stage::Ringing(_) => None,
            Stage::Lifted { leg, .. } => Some(leg),
        }
    }

    pub(super) fn into_legs(self) -> Vec<Leg> {
        match self.stage {
            Stage::Ringing(fork) => fork.branches,
            Stage::Lifted { leg, .. } => vec![leg],
        }
    }
}

/// Calls the phone of somebody who wants to talk to `called`.
pub(super) fn lift(by: Party, branches: Vec<Branch>, called: Party, number: String, fx: &mut Effects<'_>) -> State {
    let fork = Fork::start(called.clone(), by, (branches, Pace::default()), Side::Caller, None, fx);
    let stage = Stage::Ringing(fork.limit(fx.now + RINGING_MAX));
    State::Lifting(Box::new(Lifting { number, called, stage }))
}

pub(super) fn lifting(lifting: Box<Lifting>, happening: Happening, fx: &mut Effects<'_>) -> State {
    let Lifting { number, called, stage } = *lifting;
    let stage = match (stage, happening) {
        (Stage::Ringing(mut fork), Happening::TimeOut) if fx.now >= fork.deadline() => match fork.handle_timeout(fx) {
            Forked::Failed(_) => return fx.unmade(),
            Forked::Nothing | Forked::Rang | Forked::Previewed(_) | Forked::Answered(_) | Forked::Served(_) => Stage::Ringing(fork),
        },
        (Stage::Ringing(fork), Happening::TimeOut) => Stage::Ringing(fork),
        // In the app: it is all the same which of their phones is meant.
        (Stage::Ringing(mut fork), Happening::News(_, News::HungUp { how: HangUp::Asked })) => {
            fork.cancel(Parting::HangUp, fx);
            return fx.unmade();
        }
        (Stage::Ringing(mut fork), Happening::News(leg, news)) => match fork.handle(leg, news, fx) {
            Forked::Nothing | Forked::Rang | Forked::Previewed(_) => Stage::Ringing(fork),
            Forked::Answered(leg) => Stage::Lifted {
                leg: *leg,
                until: fx.now + ANSWERING_MAX,
            },
            Forked::Served(_) | Forked::Failed(_) => return fx.unmade(),
        },
        (Stage::Lifted { leg, .. }, Happening::News(id, News::Planned { plan })) if id == leg.id => return call(leg, plan, fx),
        (Stage::Lifted { mut leg, until }, happening) => {
            let told = match happening {
                Happening::News(id, news) if id == leg.id => leg.handle(news, None, fx),
                Happening::News(..) => Told::Nothing,
                Happening::TimeOut if fx.now >= until => Told::Broken(Cause::MEDIA_SILENT),
                Happening::TimeOut => leg.handle_timeout(fx).map_or(Told::Nothing, Told::Broken),
            };
            match told {
                Told::Established => fx.push(Command::Dial {
                    leg: leg.id,
                    number: number.clone(),
                }),
                Told::Left(how) => {
                    leg.close(how.parting(), fx);
                    return fx.unmade();
                }
                Told::Broken(cause) => {
                    leg.close(Parting::Because(cause), fx);
                    return fx.unmade();
                }
                Told::Refer { request, .. } => fx.respond(request, Cause::PENDING),
                Told::Nothing
                | Told::Offered { .. }
                | Told::Rang
                | Told::Previewed
                | Told::Answered
                | Told::Renegotiated
                | Told::Lost { .. }
                | Told::Narrowed
                | Told::Pressed { .. } => {}
            }
            Stage::Lifted { leg, until }
        }
    };
    State::Lifting(Box::new(Lifting { number, called, stage }))
}

/// Their phone is up: what follows is as if they had dialled at it.
fn call(mut caller: Leg, plan: Plan, fx: &mut Effects<'_>) -> State {
    let from = caller.party.clone();
    let started = |called: Party, fx: &mut Effects<'_>| {
        fx.push(Command::Journal(JournalEntry::Started {
            call: fx.call,
            caller: from.clone(),
            called,
        }));
    };
    match plan {
        Plan::Ring { called, branches, pace } => {
            started(called.clone(), fx);
            caller.hear(Source::RingBack, fx);
            let fork = Fork::start(from, called, (branches, pace), Side::Called, Some(caller.id), fx);
            State::Ringing { caller, fork }
        }
        Plan::Serve { called, feature: service } => {
            started(called.clone(), fx);
            fx.push(Command::Journal(JournalEntry::Answered {
                call: fx.call,
                device: None,
            }));
            talk::serve(caller, Listening { service, called }, fx)
        }
        Plan::Refuse { called, cause } => {
            started(called.clone(), fx);
            let outcome = match cause.status {
                480 => Outcome::NoAnswer,
                486 => Outcome::Busy,
                _ => Outcome::Failed,
            };
            talk::part(caller, called, outcome, cause.text, fx)
        }
    }
}

/// What a call has come to that began with its caller's own phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CameTo {
    /// Nothing yet.
    Nothing,
    /// Their phone was not lifted.
    NotLifted,
    /// Whom they wanted is busy.
    Busy,
    /// They talk, or have found out all there was to find out.
    Talk,
}

impl Call {
    /// What it has come to.
    pub(crate) fn came_to(&self) -> CameTo {
        match &self.state {
            State::Lifting(_) | State::Ringing { .. } | State::Answering { .. } | State::Greeting { .. } => CameTo::Nothing,
            State::Unmade { .. } => CameTo::NotLifted,
            State::Farewell(farewell) if farewell.outcome == Outcome::Busy => CameTo::Busy,
            State::Farewell(_)
            | State::Serving { .. }
            | State::Talking { .. }
            | State::Moving(_)
            | State::Conference(_)
            | State::Parked(_)
            | State::Transferring { .. }
            | State::HandingOver { .. }
            | State::LoggingOn(_)
            | State::Attending(_)
            | State::Echoing(_)
            | State::Ending { .. }
            | State::Over => CameTo::Talk,
        }
    }
}
