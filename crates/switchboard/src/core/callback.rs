//! Call back: whoever could not reach a colleague is called as soon as both are free, and then the colleague is.
//!
//! ```text
//!  wanted ──► waits until the colleague has talked, and both have been free for a moment ──► their own phone rings
//!               ▲                                                                              │       │
//!               ├──── not lifted: once more, five minutes later; then it is forgotten ◄────────┘       │ lifted
//!               └──── the colleague is on a call again ◄───────────────────────────────────────────────┴──► they ring: done
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{CallId, UserId};

use super::admission::{Asked, MAX_FORWARDS};
use super::calls::Entry;
use super::ringing::Reach;
use super::{Core, LiveEvent, Party, UserState};
use crate::call::{Branch, Call, CameTo, Cause};

/// Colleagues whom one person waits for.
const WISHES_MAX: usize = 5;
/// How long.
const WAITS_MAX: Duration = Duration::from_secs(2 * 3_600);
/// Both have hung up, and may lift again at once: so long they are free before.
const FREE_MIN: Duration = Duration::from_secs(3);
/// Whoever has not lifted is called once more after this.
const PAUSE: Duration = Duration::from_secs(300);
/// What is impossible in the moment is tried again after this.
const RETRY: Duration = Duration::from_secs(10);

/// Who waits for whom.
#[derive(Debug, Default)]
pub(super) struct CallBacks {
    wishes: BTreeMap<UserId, Vec<Wish>>,
    /// The same the other way round.
    waiting_for: BTreeMap<UserId, BTreeSet<UserId>>,
    /// Calls by which people get what they have waited for.
    calls: BTreeMap<CallId, (UserId, UserId)>,
    /// People who have begun or ceased to do something.
    concerned: BTreeSet<UserId>,
    next: Option<Instant>,
}

/// Somebody is waited for.
#[derive(Debug)]
struct Wish {
    whom: UserId,
    until: Instant,
    /// They have been on a call since, or were on one.
    has_talked: bool,
    /// Whoever waits has not lifted once.
    was_declined: bool,
    not_before: Instant,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Somebody is not free.
    Waiting,
    /// Both are free; then it is time.
    Free { since: Instant },
    /// It rings at whoever waits.
    Calling,
}

impl Wish {
    fn deadline(&self) -> Option<Instant> {
        match self.stage {
            Stage::Waiting => Some(self.until),
            Stage::Free { since } => Some(self.until.min(self.not_before.max(since + FREE_MIN))),
            Stage::Calling => None,
        }
    }
}

impl CallBacks {
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.next
    }

    /// Somebody does something else now.
    pub(super) fn user_changed(&mut self, user: UserId) {
        if self.wishes.contains_key(&user) || self.waiting_for.contains_key(&user) {
            self.concerned.insert(user);
        }
    }

    fn wish(&mut self, user: UserId, whom: UserId) -> Option<&mut Wish> {
        self.wishes.get_mut(&user)?.iter_mut().find(|wish| wish.whom == whom)
    }

    /// Nobody waits for them any more. `false`: nobody has.
    fn drop_wish(&mut self, user: UserId, whom: UserId) -> bool {
        let Some(wishes) = self.wishes.get_mut(&user) else { return false };
        let before = wishes.len();
        wishes.retain(|wish| wish.whom != whom);
        let is_dropped = wishes.len() < before;
        if wishes.is_empty() {
            self.wishes.remove(&user);
        }
        if let Some(waiting) = self.waiting_for.get_mut(&whom) {
            waiting.remove(&user);
            if waiting.is_empty() {
                self.waiting_for.remove(&whom);
            }
        }
        self.calls.retain(|_, pair| *pair != (user, whom));
        self.schedule();
        is_dropped
    }

    fn schedule(&mut self) {
        self.next = self.wishes.values().flatten().filter_map(Wish::deadline).min();
    }
}

impl Core {
    /// The code for call back: without a number it means the one whom they have called last. Who is waited for already is not any more.
    pub(super) fn call_back_dialled(&mut self, user: UserId, number: &str, now: Instant) -> Result<(), Cause> {
        let number = if number.is_empty() {
            self.dialled_last(user)?
        } else {
            number.to_owned()
        };
        if self.drop_call_back(user, &number) {
            return Ok(());
        }
        self.want_call_back(user, &number, now)
    }

    /// Somebody wants to be called once this colleague is free.
    pub(super) fn want_call_back(&mut self, user: UserId, number: &str, now: Instant) -> Result<(), Cause> {
        let whom = self.directory.user_at(number).map(|whom| whom.id).ok_or(Cause {
            status: 404,
            text: "only people of this company can be called back",
        })?;
        if whom == user {
            return Err(Cause {
                status: 482,
                text: "this is your own number",
            });
        }
        let until = now + WAITS_MAX;
        let has_talked = self.state_of(whom) == UserState::OnACall;
        let wishes = self.call_backs.wishes.entry(user).or_default();
        if let Some(wish) = wishes.iter_mut().find(|wish| wish.whom == whom) {
            wish.until = until;
        } else if wishes.len() >= WISHES_MAX {
            return Err(Cause {
                status: 486,
                text: "you wait for five people already",
            });
        } else {
            wishes.push(Wish {
                whom,
                until,
                has_talked,
                was_declined: false,
                not_before: now,
                stage: Stage::Waiting,
            });
            self.call_backs.waiting_for.entry(whom).or_default().insert(user);
            self.tell_call_backs(user);
        }
        self.call_backs.schedule();
        self.call_backs.user_changed(user);
        Ok(())
    }

    /// Somebody does not wait for this colleague any more. `false`: they have not.
    pub(super) fn drop_call_back(&mut self, user: UserId, number: &str) -> bool {
        let whom = numbers::normalise(number).and_then(|number| self.directory.user_at(&number).map(|whom| whom.id));
        whom.is_some_and(|whom| self.forget_wish(user, whom))
    }

    fn forget_wish(&mut self, user: UserId, whom: UserId) -> bool {
        let is_dropped = self.call_backs.drop_wish(user, whom);
        if is_dropped {
            self.tell_call_backs(user);
        }
        is_dropped
    }

    fn tell_call_backs(&mut self, user: UserId) {
        let wishes = self.call_backs.wishes.get(&user).into_iter().flatten();
        let wanted: Arc<[UserId]> = wishes.map(|wish| wish.whom).collect();
        self.tell(LiveEvent::CallBacks { user, wanted });
    }

    /// People who have gone are neither waited for, nor do they wait.
    pub(super) fn call_backs_follow_directory(&mut self) {
        let is_gone = |user: &UserId| self.directory.user(*user).is_none_or(|user| user.extension.is_none());
        let pairs = self.call_backs.pairs();
        let gone: Vec<_> = pairs.into_iter().filter(|(user, whom)| is_gone(user) || is_gone(whom)).collect();
        for (user, whom) in gone {
            self.forget_wish(user, whom);
        }
    }

    /// People have begun or ceased to do something: who waits for whom is free now, or not any more.
    pub(super) fn call_backs_follow(&mut self, now: Instant) {
        let concerned = std::mem::take(&mut self.call_backs.concerned);
        if concerned.is_empty() {
            return;
        }
        let pairs = self.call_backs.pairs();
        for (user, whom) in pairs {
            if concerned.contains(&user) || concerned.contains(&whom) {
                self.weigh(user, whom, now);
            }
        }
        self.call_backs.schedule();
    }

    fn weigh(&mut self, user: UserId, whom: UserId, now: Instant) {
        let states = (self.state_of(user), self.state_of(whom));
        let wants_quiet = self.wants_quiet(whom, user);
        let Some(wish) = self.call_backs.wish(user, whom) else { return };
        wish.has_talked |= states.1 == UserState::OnACall;
        let are_free = states == (UserState::Available, UserState::Available) && wish.has_talked && !wants_quiet;
        wish.stage = match (wish.stage, are_free) {
            (Stage::Calling, _) => Stage::Calling,
            (_, false) => Stage::Waiting,
            (Stage::Waiting, true) => Stage::Free { since: now },
            (Stage::Free { since }, true) => Stage::Free { since },
        };
    }

    /// Whether somebody does not want to be disturbed by this colleague.
    pub(super) fn wants_quiet(&self, whom: UserId, by: UserId) -> bool {
        let extension = self.directory.user(by).and_then(|by| by.extension.as_deref());
        let quiet = self.directory.user(whom).map(|whom| &whom.reaching.do_not_disturb);
        quiet.is_some_and(|quiet| quiet.is_on && !quiet.except.iter().any(|number| Some(number.as_str()) == extension))
    }

    pub(super) fn call_backs_time_out(&mut self, now: Instant) {
        if self.call_backs.next.is_none_or(|next| next > now) {
            return;
        }
        for (user, whom) in self.call_backs.pairs() {
            let Some(wish) = self.call_backs.wish(user, whom) else { continue };
            if wish.deadline().is_none_or(|due| due > now) {
                continue;
            }
            if wish.until <= now {
                self.forget_wish(user, whom);
            } else {
                self.call_back(user, whom, now);
            }
        }
        self.call_backs.schedule();
    }

    /// Calls whoever waits. Where that is impossible now, it is tried later.
    fn call_back(&mut self, user: UserId, whom: UserId, now: Instant) {
        let has_phone = |user| {
            let mut devices = self.devices_at(user).into_iter();
            devices.any(|device| !self.registrar.contacts(device.id).is_empty())
        };
        // Of two who wait for each other the first one is being called just now.
        let are_free = [user, whom].map(|user| self.state_of(user)) == [UserState::Available; 2];
        let can = are_free && !self.is_draining && self.calls.len() < self.config.calls_max && has_phone(whom);
        let called = can.then(|| self.lift_for_call_back(user, whom, now)).flatten();
        let Some(wish) = self.call_backs.wish(user, whom) else { return };
        match called {
            Some(call) => {
                wish.stage = Stage::Calling;
                self.call_backs.calls.insert(call, (user, whom));
            }
            None => wish.not_before = now + RETRY,
        }
    }

    fn lift_for_call_back(&mut self, user: UserId, whom: UserId, now: Instant) -> Option<CallId> {
        let person = |user| {
            let person = self.directory.user(user)?;
            let number = person.extension.clone()?;
            Some(Party {
                user: Some(person.id),
                device: None,
                number,
                name: person.name.clone(),
            })
        };
        let (by, mut called) = (person(user)?, person(whom)?);
        let number = called.number.clone();
        called.name = format!("Call back: {}", called.name);
        let asked = Asked {
            responsible: Some(user),
            is_of_place: false,
            for_whom: Some(whom),
            number: number.clone(),
            original: None,
            without: Vec::new(),
            teams: Vec::new(),
            through: Vec::new(),
        };
        let id = CallId(self.calls.id());
        let branches = match self.reach_phones(id, &by, user, &asked) {
            Reach::Rings(branches) => branches,
            Reach::Busy | Reach::Nobody => return None,
        };
        // Whom no phone rings for would not notice.
        let (silent, branches): (Vec<Branch>, Vec<Branch>) = branches.into_iter().partition(|branch| branch.is_silent);
        for leg in silent.iter().flat_map(Branch::legs) {
            self.calls.remove_leg(leg);
        }
        if branches.is_empty() {
            return None;
        }
        let legs = branches.iter().flat_map(Branch::legs).collect();
        let ring_max = Duration::from_secs(self.directory.directory().ring_seconds_max.max(1).into());
        let mut commands = Vec::new();
        let call = Call::lift(id, by, branches, (called, number), ring_max, now, &mut commands);
        self.calls.calls.insert(id, Entry::new(call, legs, MAX_FORWARDS, now));
        self.carry_out(id, commands, now);
        Some(id)
    }

    /// A call by which somebody is called back may have come to something.
    pub(super) fn call_back_call_changed(&mut self, id: CallId, now: Instant) {
        let Some((user, whom)) = self.call_backs.calls.get(&id).copied() else {
            return;
        };
        let Some(entry) = self.calls.calls.get(&id) else { return };
        let came_to = entry.call.came_to();
        if came_to == CameTo::Nothing {
            return;
        }
        self.call_backs.calls.remove(&id);
        let Some(wish) = self.call_backs.wish(user, whom) else { return };
        let is_over = match came_to {
            CameTo::Nothing | CameTo::Talk => true,
            CameTo::NotLifted => std::mem::replace(&mut wish.was_declined, true),
            CameTo::Busy => false,
        };
        if is_over {
            self.forget_wish(user, whom);
            return;
        }
        wish.stage = Stage::Waiting;
        wish.has_talked = true;
        if came_to == CameTo::NotLifted {
            wish.not_before = now + PAUSE;
        }
        self.call_backs.schedule();
        self.call_backs.user_changed(user);
    }
}

impl CallBacks {
    fn pairs(&self) -> Vec<(UserId, UserId)> {
        let of = |(user, wishes): (&UserId, &Vec<Wish>)| wishes.iter().map(|wish| (*user, wish.whom)).collect::<Vec<_>>();
        self.wishes.iter().flat_map(of).collect()
    }
}
