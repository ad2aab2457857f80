//! Ringing phones by a schedule; the first to answer wins.
//!
//! ```text
//!  branches, each with its delay ──► waiting ──its time, or nobody rings any more──► ringing ──► answered
//!       ▲                                                                               │
//!       └──── a team's next turn, or where its call goes then ◄── Command::Next ◄───────┘ in vain
//! ```
//!
//! As long as anybody waits, somebody rings: a caller never listens to a phone that does not exist.

mod verdict;
mod wishes;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use model::LegId;
use model::control::Source;

pub(super) use self::verdict::Verdict;

use self::verdict::Voice;
use super::leg::{Leg, Parting, Told};
use super::{Branch, Cause, Command, Effects, HangUp, Lack, News, Pace, Reserve, Service, Turn};
use crate::core::{Party, Side};

/// How long the phones of one turn may take to say that they ring; then the next ones have their turn.
pub(super) const REACTION_MAX: Duration = Duration::from_secs(5);

/// Phones that ring, and those that will.
#[derive(Debug)]
pub(super) struct Fork {
    pub(super) from: Party,
    pub(super) called: Party,
    pub(super) branches: Vec<Leg>,
    /// Phones whose time has not come, the next one first.
    waiting: VecDeque<(Instant, Branch)>,
    /// Phones that are called when their people answer in the app.
    silent: Vec<Branch>,
    /// Further ways to phones that ring, by their legs.
    reserves: BTreeMap<LegId, Vec<Reserve>>,
    side: Side,
    toward: Option<LegId>,
    until: Instant,
    is_team: bool,
    shift: Option<Shift>,
    /// When the call goes elsewhere.
    overflow_at: Option<Instant>,
    /// Whether it may go elsewhere once nobody is left.
    goes_on: bool,
    has_rung: bool,
    /// The phone that can be heard before it answers.
    previewed: Option<LegId>,
    verdict: Verdict,
}

/// The turn of those who ring.
#[derive(Clone, Copy, Debug)]
struct Shift {
    ends: Instant,
    /// By when a phone shall have said that it rings; `None`: one has.
    reacts_by: Option<Instant>,
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
    /// A feature code takes the call.
    Served(Service),
    /// Nobody is left.
    Failed(Verdict),
}

impl Shift {
    fn new(turn: Duration, now: Instant) -> Self {
        let reacts_by = Some(now + REACTION_MAX);
        Self {
            ends: now + turn,
            reacts_by,
        }
    }

    fn due(&self) -> Instant {
        self.reacts_by.map_or(self.ends, |by| by.min(self.ends))
    }
}

impl Fork {
    /// Lets media make the offers; each phone is called as soon as its offer is there.
    pub(super) fn start(
        from: Party,
        called: Party,
        (branches, pace): (Vec<Branch>, Pace),
        side: Side,
        toward: Option<LegId>,
        fx: &mut Effects<'_>,
    ) -> Self {
        let mut fork = Self {
            from,
            called,
            branches: Vec::new(),
            waiting: VecDeque::new(),
            silent: Vec::new(),
            reserves: BTreeMap::new(),
            side,
            toward,
            until: fx.now,
            is_team: false,
            shift: None,
            overflow_at: None,
            goes_on: false,
            has_rung: false,
            previewed: None,
            verdict: Verdict::Unreachable,
        };
        fork.keep(pace, fx);
        fork.ring(branches, fx);
        fork
    }

    /// Begins to count anew.
    fn keep(&mut self, pace: Pace, fx: &Effects<'_>) {
        self.until = fx.now + fx.ring_max;
        self.is_team = pace.is_team;
        self.shift = pace.turn.map(|turn| Shift::new(turn, fx.now));
        self.overflow_at = pace.overflow.map(|after| self.until.min(fx.now + after));
        self.goes_on = pace.goes_on;
    }

    fn ring(&mut self, mut branches: Vec<Branch>, fx: &mut Effects<'_>) {
        self.silent.extend(branches.extract_if(.., |branch| branch.is_silent));
        // A phone that does not ring never says so.
        if let Some(shift) = self.shift.as_mut().filter(|_| !self.silent.is_empty()) {
            shift.reacts_by = None;
        }
        branches.sort_by_key(|branch| branch.after);
        self.waiting = branches.into_iter().map(|branch| (fx.now + branch.after, branch)).collect();
        self.advance(fx);
    }

    /// Rings everybody whose time has come; where nobody rings, whoever is next.
    fn advance(&mut self, fx: &mut Effects<'_>) {
        let next = self.waiting.front().map(|(at, _)| *at);
        let due = next.filter(|_| self.branches.is_empty()).unwrap_or(fx.now).max(fx.now);
        while let Some((_, branch)) = self.waiting.pop_front_if(|(at, _)| *at <= due) {
            self.call(branch, fx);
        }
    }

    fn call(&mut self, branch: Branch, fx: &mut Effects<'_>) {
        if !branch.reserves.is_empty() {
            self.reserves.insert(branch.leg, branch.reserves);
        }
        let leg = Leg::outbound(branch.leg, branch.party, self.side, branch.peer, self.toward, fx);
        self.branches.push(leg);
    }

    /// When [`Fork::handle_timeout`] wants to be called next.
    pub(super) fn deadline(&self) -> Instant {
        let next = self.waiting.front().map(|(at, _)| *at);
        let turn = self.shift.map(|shift| shift.due());
        [next, turn, self.overflow_at].into_iter().flatten().fold(self.until, Instant::min)
    }

    /// Lets happen what is due.
    pub(super) fn handle_timeout(&mut self, fx: &mut Effects<'_>) -> Forked {
        if self.overflow_at.is_some_and(|at| at <= fx.now) {
            self.overflow_at = None;
            fx.push(Command::Next { lack: Lack::Overflow });
        } else if self.until <= fx.now {
            self.cancel(Parting::HangUp, fx);
            return Forked::Failed(Verdict::NoAnswer);
        } else if let Some(shift) = self.shift.take_if(|shift| shift.due() <= fx.now) {
            let lack = if shift.reacts_by.is_some() { Lack::Refusal } else { Lack::TurnOver };
            fx.push(Command::Next { lack });
        } else {
            self.advance(fx);
        }
        Forked::Nothing
    }

    /// Takes news of one of the phones.
    pub(super) fn handle(&mut self, leg: LegId, news: News, fx: &mut Effects<'_>) -> Forked {
        let Some(index) = self.branches.iter().position(|branch| branch.id == leg) else {
            return self.handle_uncalled(leg, &news, fx);
        };
        match self.branches[index].handle(news, None, fx) {
            Told::Offered { offer } => {
                let (from, to) = (self.from.clone(), self.called.clone());
                fx.push(Command::Invite { leg, from, to, offer });
                Forked::Nothing
            }
            Told::Rang => self.rang(),
            Told::Previewed if self.is_heard_before_its_answer(index) => {
                self.has_rung = true;
                self.previewed = Some(leg);
                self.verdict = self.verdict.max(Verdict::NoAnswer);
                Forked::Previewed(leg)
            }
            // What a mobile's network has to say is for its owner; to the caller it rings.
            Told::Previewed if self.branches[index].is_outside() => self.rang(),
            Told::Answered => {
                let winner = self.branches.swap_remove(index);
                self.cancel(Parting::Because(Cause::COMPLETED_ELSEWHERE), fx);
                Forked::Answered(Box::new(winner))
            }
            Told::Lost { status } => self.lose(index, status, Parting::Left, fx),
            Told::Left(HangUp::Asked) => {
                let party = self.branches[index].party.clone();
                self.dismiss(&party, fx)
            }
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

    fn rang(&mut self) -> Forked {
        self.verdict = self.verdict.max(Verdict::NoAnswer);
        if let Some(shift) = &mut self.shift {
            shift.reacts_by = None;
        }
        if std::mem::replace(&mut self.has_rung, true) {
            Forked::Nothing
        } else {
            Forked::Rang
        }
    }

    /// The caller hears the ring-back tone already.
    pub(super) fn rings_already(&mut self) {
        self.has_rung = true;
    }

    /// Where several ring, nobody could say whom to hear. A team's caller hears the same tone all the time.
    fn is_heard_before_its_answer(&self, index: usize) -> bool {
        let is_mobile = self.voice(index) == Voice::Mobile;
        self.branches.len() == 1 && self.waiting.is_empty() && !self.is_team && !is_mobile
    }

    fn voice(&self, index: usize) -> Voice {
        let leg = &self.branches[index];
        match (leg.is_outside(), leg.party.user) {
            (false, _) => Voice::Phone,
            (true, Some(_)) => Voice::Mobile,
            (true, None) => Voice::World,
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

    /// Whether this leg waits for its time, or for another way to the same phone to fail.
    pub(super) fn holds_in_reserve(&self, leg: LegId) -> bool {
        let waiting = self.waiting.iter().map(|(_, branch)| branch).chain(&self.silent);
        let waits = waiting.flat_map(Branch::legs).any(|id| id == leg);
        waits || self.reserves.values().flatten().any(|reserve| reserve.leg == leg)
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
        let voice = self.voice(index);
        let lost = self.branches.remove(index);
        let (leg, party) = (lost.id, lost.party.clone());
        lost.close(parting, fx);
        if self.try_again(leg, party.clone(), status, fx) {
            return Forked::Nothing;
        }
        let mut verdict = Verdict::of(status, voice);
        if verdict == Verdict::Declined {
            self.silence(&party, fx);
            if self.is_team {
                verdict = Verdict::NoAnswer;
            }
        }
        self.verdict = self.verdict.max(verdict);
        self.advance(fx);
        self.look_on(fx)
    }

    /// Somebody has declined for all their phones.
    fn silence(&mut self, who: &Party, fx: &mut Effects<'_>) {
        let is_theirs = |party: &Party| match who.user {
            Some(_) => party.user == who.user,
            None => party.user.is_none() && party.device == who.device,
        };
        self.waiting.retain(|(_, branch)| !is_theirs(&branch.party));
        self.silent.retain(|branch| !is_theirs(&branch.party));
        for leg in self.branches.extract_if(.., |leg| is_theirs(&leg.party)) {
            self.reserves.remove(&leg.id);
            leg.close(Parting::Because(Cause::DECLINED_ELSEWHERE), fx);
        }
    }

    /// Asks for others where nobody is left.
    fn look_on(&mut self, fx: &mut Effects<'_>) -> Forked {
        if !self.branches.is_empty() || !self.silent.is_empty() {
            return Forked::Nothing;
        }
        let lack = if self.shift.take().is_some() {
            Lack::Refusal
        } else if std::mem::take(&mut self.goes_on) {
            self.overflow_at = None;
            if self.is_team { Lack::Overflow } else { self.verdict.lack() }
        } else {
            return Forked::Failed(self.verdict);
        };
        fx.push(Command::Next { lack });
        Forked::Nothing
    }

    /// How the call of a team goes on.
    pub(super) fn turn(&mut self, turn: Turn, fx: &mut Effects<'_>) -> Forked {
        match turn {
            Turn::Ring { branches, turn } => {
                self.cancel(Parting::HangUp, fx);
                self.shift = Some(Shift::new(turn, fx.now));
                self.ring(branches, fx);
                self.look_on(fx)
            }
            Turn::Stay { turn } => {
                self.shift = Some(Shift {
                    ends: fx.now + turn,
                    reacts_by: None,
                });
                Forked::Nothing
            }
            Turn::Divert { branches, pace } => {
                self.cancel(Parting::HangUp, fx);
                self.verdict = self.verdict.min(Verdict::NoAnswer);
                self.keep(pace, fx);
                self.ring(branches, fx);
                if self.is_team || !self.silent.is_empty() {
                    return self.rang();
                }
                self.look_on(fx)
            }
            Turn::Serve { feature } => {
                self.cancel(Parting::HangUp, fx);
                Forked::Served(feature)
            }
            Turn::Nobody => {
                self.overflow_at = None;
                // Somebody's rules for other cases may lead elsewhere later.
                self.goes_on &= !self.is_team;
                self.look_on(fx)
            }
        }
    }

    /// Stops all phones.
    pub(super) fn cancel(&mut self, parting: Parting, fx: &mut Effects<'_>) {
        self.previewed = None;
        self.waiting.clear();
        self.silent.clear();
        self.reserves.clear();
        for branch in self.branches.drain(..) {
            branch.close(parting, fx);
        }
    }
}
