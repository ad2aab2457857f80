//! Colleagues who answer a call that was not for them: one that rings elsewhere, or one that is parked.
//!
//! ```text
//!  they dial a code ────────────────► Coming ──its audio is up──► the call is theirs
//!  in the app: their phone is Called ──2xx──┘    └── they leave, it fails ──► nothing has changed for the call
//! ```
//!
//! Several may try at once: the first one whose audio is up has it.

use std::time::{Duration, Instant};

use model::{LegId, UserId};

use super::fork::{Fork, Forked};
use super::leg::{Leg, Parting, Told};
use super::{ANSWERING_MAX, Branch, Call, Caller, Cause, Effects, News, Pace, State};
use crate::core::{Party, Side};

/// Colleagues who try at once.
const PICKERS_MAX: usize = 8;
/// How long the phone of one of them may ring.
pub(super) const RINGING_MAX: Duration = Duration::from_secs(30);

/// Somebody who answers in another one's place.
#[derive(Clone, Debug)]
pub(crate) enum Picker {
    /// They have called.
    Here(Box<Caller>),
    /// These phones of theirs are to be called.
    At {
        /// Who.
        who: Party,
        /// By which phones.
        branches: Vec<Branch>,
    },
}

/// For whom they answer.
#[derive(Debug)]
pub(super) struct Waiting<'a> {
    /// Whom they will talk to, as their phones show it.
    pub(super) from: &'a Party,
    /// The end of the call at which they will be.
    pub(super) side: Side,
    /// Whose codecs come first.
    pub(super) toward: Option<LegId>,
}

/// Those who are on their way.
#[derive(Debug, Default)]
pub(super) struct Pickers(Vec<Stage>);

#[derive(Debug)]
enum Stage {
    /// Their phones ring, which they have asked for.
    Called(Fork),
    /// Their phones ring, and they have not asked for it.
    Rung(Fork),
    /// Their audio is being set up.
    Coming { leg: Leg, until: Instant },
}

impl Stage {
    fn leg(&self) -> Option<&Leg> {
        match self {
            Self::Called(_) | Self::Rung(_) => None,
            Self::Coming { leg, .. } => Some(leg),
        }
    }

    fn fork(&self) -> Option<&Fork> {
        match self {
            Self::Called(fork) | Self::Rung(fork) => Some(fork),
            Self::Coming { .. } => None,
        }
    }

    fn knows(&self, leg: LegId) -> bool {
        match self {
            Self::Called(fork) | Self::Rung(fork) => fork.holds_in_reserve(leg) || fork.branches.iter().any(|branch| branch.id == leg),
            Self::Coming { leg: coming, .. } => coming.id == leg,
        }
    }

    fn deadline(&self) -> Instant {
        match self {
            Self::Called(fork) | Self::Rung(fork) => fork.deadline(),
            Self::Coming { until, .. } => *until,
        }
    }

    fn coming(mut leg: Leg, fx: &Effects<'_>) -> Self {
        leg.has_picked_up = true;
        let until = fx.now + ANSWERING_MAX;
        Self::Coming { leg, until }
    }
}

impl Pickers {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their legs, those of phones that ring included.
    pub(super) fn legs(&self) -> impl Iterator<Item = &Leg> {
        self.0.iter().flat_map(|stage| {
            let ringing = stage.fork().map_or(&[][..], |fork| &fork.branches);
            stage.leg().into_iter().chain(ringing)
        })
    }

    /// Their legs, without those of people who have not asked for it.
    pub(super) fn asking(&self) -> impl Iterator<Item = &Leg> {
        self.legs()
            .filter(|leg| self.rung().all(|fork| fork.branches.iter().all(|branch| branch.id != leg.id)))
    }

    /// The phones of those who have not asked for it.
    pub(super) fn rung(&self) -> impl Iterator<Item = &Fork> {
        self.0.iter().filter_map(|stage| match stage {
            Stage::Rung(fork) => Some(fork),
            Stage::Called(_) | Stage::Coming { .. } => None,
        })
    }

    /// The phones of somebody who has not asked for it.
    pub(super) fn rung_at(&mut self, user: UserId) -> Option<&mut Fork> {
        self.0.iter_mut().find_map(|stage| match stage {
            Stage::Rung(fork) if fork.called.user == Some(user) => Some(fork),
            Stage::Rung(_) | Stage::Called(_) | Stage::Coming { .. } => None,
        })
    }

    /// Whether it is the leg of one of them, or may become one.
    pub(super) fn knows(&self, leg: LegId) -> bool {
        self.0.iter().any(|stage| stage.knows(leg))
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.0.iter().map(Stage::deadline).min()
    }

    /// One more tries. `false`: there are too many.
    pub(super) fn begin(&mut self, picker: Picker, waiting: &Waiting<'_>, fx: &mut Effects<'_>) -> bool {
        if self.0.len() >= PICKERS_MAX {
            return false;
        }
        let stage = match picker {
            Picker::Here(caller) => {
                let mut leg = Leg::inbound(caller.leg, caller.party, caller.peer, caller.offer, fx);
                leg.side = waiting.side;
                leg.answer(waiting.toward, fx);
                Stage::coming(leg, fx)
            }
            Picker::At { who, branches } => Stage::Called(call(who, branches, waiting, fx)),
        };
        self.0.push(stage);
        true
    }

    /// Rings at somebody who may want it.
    pub(super) fn ring(&mut self, who: Party, branches: Vec<Branch>, waiting: &Waiting<'_>, fx: &mut Effects<'_>) {
        if self.0.len() < PICKERS_MAX {
            self.0.push(Stage::Rung(call(who, branches, waiting, fx)));
        }
    }

    /// News of one of them. Returns the leg that is up: the call is theirs.
    pub(super) fn handle(&mut self, leg: LegId, news: News, fx: &mut Effects<'_>) -> Option<Leg> {
        let index = self.0.iter().position(|stage| stage.knows(leg))?;
        let next = match self.0.swap_remove(index) {
            Stage::Called(fork) => comes_to(fork, leg, news, Stage::Called, fx),
            Stage::Rung(fork) => comes_to(fork, leg, news, Stage::Rung, fx),
            Stage::Coming { mut leg, until } => match leg.handle(news, None, fx) {
                Told::Established => return Some(leg),
                told => comes_on(leg, &told, fx).map(|leg| Stage::Coming { leg, until }),
            },
        };
        self.0.extend(next);
        None
    }

    /// Lets those go who take too long.
    pub(super) fn handle_timeout(&mut self, fx: &mut Effects<'_>) {
        for mut stage in std::mem::take(&mut self.0) {
            if stage.deadline() > fx.now {
                self.0.push(stage);
                continue;
            }
            match &mut stage {
                Stage::Called(fork) | Stage::Rung(fork) => match fork.handle_timeout(fx) {
                    Forked::Nothing | Forked::Rang | Forked::Previewed(_) | Forked::Answered(_) | Forked::Served(_) => self.0.push(stage),
                    Forked::Failed(_) => {}
                },
                Stage::Coming { .. } => dismiss(stage, Parting::Because(Cause::MEDIA_SILENT), fx),
            }
        }
    }

    /// Lets all of them go.
    pub(super) fn cancel(&mut self, parting: Parting, fx: &mut Effects<'_>) {
        for stage in self.0.drain(..) {
            dismiss(stage, parting, fx);
        }
    }

    pub(super) fn into_legs(self) -> impl Iterator<Item = Leg> {
        self.0.into_iter().flat_map(|stage| match stage {
            Stage::Called(fork) | Stage::Rung(fork) => fork.into_legs(),
            Stage::Coming { leg, .. } => vec![leg],
        })
    }
}

fn call(who: Party, branches: Vec<Branch>, waiting: &Waiting<'_>, fx: &mut Effects<'_>) -> Fork {
    let phones = (branches, Pace::default());
    let fork = Fork::start(waiting.from.clone(), who, phones, waiting.side, waiting.toward, fx);
    fork.limit(fx.now + RINGING_MAX)
}

/// What becomes of phones that ring by news of one of them. `None`: they are gone.
fn comes_to(mut fork: Fork, leg: LegId, news: News, rings: fn(Fork) -> Stage, fx: &mut Effects<'_>) -> Option<Stage> {
    match fork.handle(leg, news, fx) {
        Forked::Nothing | Forked::Rang | Forked::Previewed(_) => Some(rings(fork)),
        Forked::Answered(leg) => Some(Stage::coming(*leg, fx)),
        // No team and no code is called here.
        Forked::Served(_) | Forked::Failed(_) => None,
    }
}

/// What somebody who is not there yet has told. `None`: they are gone.
fn comes_on(leg: Leg, told: &Told, fx: &mut Effects<'_>) -> Option<Leg> {
    let parting = match *told {
        Told::Left(how) => how.parting(),
        Told::Lost { .. } => Parting::Left,
        Told::Broken(cause) => Parting::Because(cause),
        Told::Refer { request, .. } => {
            fx.respond(request, Cause::PENDING);
            return Some(leg);
        }
        Told::Nothing
        | Told::Offered { .. }
        | Told::Rang
        | Told::Previewed
        | Told::Answered
        | Told::Established
        | Told::Renegotiated
        | Told::Narrowed
        | Told::Pressed { .. } => return Some(leg),
    };
    leg.close(parting, fx);
    None
}

fn dismiss(stage: Stage, parting: Parting, fx: &mut Effects<'_>) {
    match (stage, parting) {
        (Stage::Called(mut fork) | Stage::Rung(mut fork), _) => fork.cancel(parting, fx),
        // Their call is not a ringing phone that stops: it is refused.
        (Stage::Coming { leg, .. }, Parting::Because(cause)) if cause.status < 300 => leg.close(Parting::Because(Cause::TOO_LATE), fx),
        (Stage::Coming { leg, .. }, Parting::Left | Parting::HangUp | Parting::Because(_)) => leg.close(parting, fx),
    }
}

/// A call that somebody else may answer.
#[derive(Debug)]
pub(crate) struct Rung<'a> {
    /// Who calls.
    pub(crate) from: &'a Party,
    fork: &'a Fork,
}

impl Rung<'_> {
    /// At whom it rings; people with several phones more than once.
    pub(crate) fn at(&self) -> impl Iterator<Item = &Party> {
        let silent = self.fork.silent().map(|(_, party)| party);
        self.fork.branches.iter().map(|leg| &leg.party).chain(silent)
    }
}

impl Call {
    /// At whom it rings, where somebody else may answer it.
    pub(crate) fn rung(&self) -> Option<Rung<'_>> {
        match &self.state {
            State::Ringing { fork, .. } | State::Transferring { fork, .. } => Some(Rung { from: &fork.from, fork }),
            State::Attending(attendant) => attendant.fork().map(|fork| Rung { from: &fork.from, fork }),
            State::Lifting(_)
            | State::Answering { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Talking { .. }
            | State::Moving(_)
            | State::Parked(_)
            | State::HandingOver { .. }
            | State::LoggingOn(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Conference(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => None,
        }
    }

    /// Lets somebody answer whom it does not ring at, or take it from its slot. `false`: neither rings it nor is it parked, or too many
    /// try; nothing was done.
    pub(crate) fn pick_up(&mut self, picker: Picker, now: Instant, commands: &mut Vec<super::Command>) -> bool {
        let (state, mut fx) = self.parts(now, commands);
        match state {
            State::Ringing { fork, .. } | State::Transferring { fork, .. } => fork.pick_up(picker, &mut fx),
            State::Parked(parked) => parked.take(picker, &mut fx),
            State::Attending(attendant) => attendant.fork_mut().is_some_and(|fork| fork.pick_up(picker, &mut fx)),
            State::Lifting(_)
            | State::Answering { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Talking { .. }
            | State::Moving(_)
            | State::HandingOver { .. }
            | State::LoggingOn(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Conference(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => false,
        }
    }
}
