//! Ringing all phones of one user at once; the first to answer wins.

mod wishes;

use std::collections::BTreeMap;
use std::time::Instant;

use model::LegId;
use model::control::Source;

use super::leg::{Leg, Parting, Told};
use super::{Branch, Cause, Command, Effects, HangUp, News, Reserve};
use crate::core::{Outcome, Party, Side};

/// Phones that ring.
#[derive(Debug)]
pub(super) struct Fork {
    pub(super) from: Party,
    pub(super) called: Party,
    pub(super) branches: Vec<Leg>,
    /// Further ways to phones that ring, by their legs.
    reserves: BTreeMap<LegId, Vec<Reserve>>,
    side: Side,
    toward: Option<LegId>,
    pub(super) until: Instant,
    has_rung: bool,
    /// The phone that can be heard before it answers.
    previewed: Option<LegId>,
    verdict: Verdict,
}

/// What a fork tells its call.
#[derive(Debug)]
pub(super) enum Forked {
    /// Nothing that matters.
    Nothing,
    /// The first phone rings.
    Rang,
    /// The only phone can be heard before it answers.
    Previewed(LegId),
    /// This one answered; the others have been told.
    Answered(Box<Leg>),
    /// Nobody is left.
    Failed(Verdict),
}

/// How nobody answered. A later variant outweighs an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// No phone reacted.
    Unreachable,
    /// The provider did not carry the call.
    NotCarried,
    /// The provider knows no such number.
    NoSuchNumber,
    /// They rang in vain.
    NoAnswer,
    /// The phones could not take this kind of call.
    Unsuitable,
    /// Busy.
    Busy,
    /// Somebody pressed the red key for all phones (6xx).
    Declined,
}

impl Verdict {
    /// `is_outside`: by a provider, whose statuses are about the number, not about a phone.
    fn of(status: u16, is_outside: bool) -> Self {
        match status {
            404 | 410 | 484 | 604 if is_outside => Self::NoSuchNumber,
            401..=403 | 407 | 408 | 500..=599 if is_outside => Self::NotCarried,
            408 | 503 => Self::Unreachable,
            486 => Self::Busy,
            600 | 603 | 607 => Self::Declined,
            406 | 415 | 488 | 500 | 501 | 606 => Self::Unsuitable,
            _ => Self::NoAnswer,
        }
    }

    /// What the one who called is told.
    pub(super) fn cause(self) -> Cause {
        match self {
            Self::Unreachable => Cause {
                status: 480,
                text: "no phone could be reached",
            },
            Self::NotCarried => Cause {
                status: 503,
                text: "the provider could not carry the call",
            },
            Self::NoSuchNumber => Cause {
                status: 404,
                text: "this number is not in use",
            },
            Self::NoAnswer => Cause {
                status: 480,
                text: "nobody answered",
            },
            Self::Unsuitable => Cause {
                status: 488,
                text: "the phones cannot take this call",
            },
            Self::Busy => Cause { status: 486, text: "busy" },
            Self::Declined => Cause {
                status: 603,
                text: "declined",
            },
        }
    }

    /// What the journal is told.
    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::Unreachable | Self::NotCarried | Self::NoSuchNumber | Self::Unsuitable => Outcome::Failed,
            Self::NoAnswer => Outcome::NoAnswer,
            Self::Busy => Outcome::Busy,
            Self::Declined => Outcome::Refused,
        }
    }
}

impl Fork {
    /// Lets media make the offers; each phone is called as soon as its offer is there.
    pub(super) fn start(
        from: Party,
        called: Party,
        branches: Vec<Branch>,
        side: Side,
        toward: Option<LegId>,
        fx: &mut Effects<'_>,
    ) -> Self {
        let mut fork = Self {
            from,
            called,
            branches: Vec::with_capacity(branches.len()),
            reserves: BTreeMap::new(),
            side,
            toward,
            until: fx.now + fx.ring_max,
            has_rung: false,
            previewed: None,
            verdict: Verdict::Unreachable,
        };
        fork.call(branches, fx);
        fork
    }

    fn call(&mut self, branches: Vec<Branch>, fx: &mut Effects<'_>) {
        for branch in branches {
            if !branch.reserves.is_empty() {
                self.reserves.insert(branch.leg, branch.reserves);
            }
            self.branches
                .push(Leg::outbound(branch.leg, branch.party, self.side, branch.peer, self.toward, fx));
        }
    }

    /// Takes news of one of the phones.
    pub(super) fn handle(&mut self, leg: LegId, news: News, fx: &mut Effects<'_>) -> Forked {
        let Some(index) = self.branches.iter().position(|branch| branch.id == leg) else {
            return Forked::Nothing;
        };
        match self.branches[index].handle(news, None, fx) {
            Told::Offered { offer } => {
                let (from, to) = (self.from.clone(), self.called.clone());
                fx.push(Command::Invite { leg, from, to, offer });
                Forked::Nothing
            }
            Told::Rang if self.has_rung => Forked::Nothing,
            Told::Rang => {
                self.has_rung = true;
                self.verdict = self.verdict.max(Verdict::NoAnswer);
                Forked::Rang
            }
            // Where several ring, nobody could say whom to hear.
            Told::Previewed if self.branches.len() == 1 => {
                self.has_rung = true;
                self.previewed = Some(leg);
                self.verdict = self.verdict.max(Verdict::NoAnswer);
                Forked::Previewed(leg)
            }
            Told::Answered => {
                let winner = self.branches.swap_remove(index);
                self.cancel(Parting::Because(Cause::COMPLETED_ELSEWHERE), fx);
                Forked::Answered(Box::new(winner))
            }
            Told::Lost { status } => self.lose(index, status, Parting::Left, fx),
            Told::Left(HangUp::Asked) => self.dismiss(index, fx),
            Told::Left(_) => self.lose(index, 480, Parting::Left, fx),
            Told::Broken(cause) => self.lose(index, cause.status, Parting::Because(cause), fx),
            Told::Nothing
            | Told::Previewed
            | Told::Established
            | Told::Renegotiated
            | Told::Refer { .. }
            | Told::Narrowed
            | Told::Pressed { .. } => Forked::Nothing,
        }
    }

    /// What somebody hears who waits for an answer and has to be given a tone.
    pub(super) fn sound(&self) -> Source {
        let heard = self.previewed.filter(|leg| self.branches.iter().any(|branch| branch.id == *leg));
        heard.map_or(Source::RingBack, Source::Leg)
    }

    /// Lets the only phone hear somebody before it answers: keys and words for a machine at the other end.
    pub(super) fn hear(&mut self, source: Source, fx: &mut Effects<'_>) {
        if let [only] = &mut self.branches[..] {
            only.hear(source, fx);
        }
    }

    /// Whether this leg waits for another way to the same phone to fail.
    pub(super) fn holds_in_reserve(&self, leg: LegId) -> bool {
        self.reserves.values().flatten().any(|reserve| reserve.leg == leg)
    }

    /// Tries the next way to the same phone, where there is one that may help.
    fn try_again(&mut self, leg: LegId, party: Party, status: u16, fx: &mut Effects<'_>) -> bool {
        let Some(reserves) = self.reserves.remove(&leg) else {
            return false;
        };
        let mut reserves = reserves.into_iter().skip_while(|reserve| !reserve.after.covers(status));
        let Some(next) = reserves.next() else { return false };
        self.branches
            .push(Leg::outbound(next.leg, party, self.side, next.peer, self.toward, fx));
        self.reserves.insert(next.leg, reserves.collect());
        true
    }

    fn lose(&mut self, index: usize, status: u16, parting: Parting, fx: &mut Effects<'_>) -> Forked {
        let lost = self.branches.remove(index);
        let (leg, party) = (lost.id, lost.party.clone());
        let is_outside = party.user.is_none();
        lost.close(parting, fx);
        if self.try_again(leg, party, status, fx) {
            return Forked::Nothing;
        }
        self.verdict = self.verdict.max(Verdict::of(status, is_outside));
        if self.verdict == Verdict::Declined {
            self.cancel(Parting::Because(Cause::DECLINED_ELSEWHERE), fx);
        }
        if self.branches.is_empty() {
            Forked::Failed(self.verdict)
        } else {
            Forked::Nothing
        }
    }

    /// Stops all phones.
    pub(super) fn cancel(&mut self, parting: Parting, fx: &mut Effects<'_>) {
        self.reserves.clear();
        for branch in self.branches.drain(..) {
            branch.close(parting, fx);
        }
    }
}
