//! Against toll fraud: who calls too much, or too dearly, is stopped before it costs a fortune, and somebody is told.
//!
//! Permissions say who may call what. This is for the day when somebody else has their password.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use model::{CallId, UserId};
use numbers::Class;

use crate::directory::{Limits, WallClock};

/// Calls to other countries and premium numbers that one person begins in a minute: nobody dials faster.
pub(super) const COSTLY_PER_MINUTE_MAX: usize = 4;
/// How long somebody who was stopped cannot call the world.
pub(super) const STOP: Duration = Duration::from_secs(3_600);
const MINUTE: Duration = Duration::from_secs(60);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Guard {
    people: BTreeMap<UserId, Person>,
    /// Costly calls that are running, the youngest last; a call that others were joined to may be several.
    costly: BTreeMap<CallId, Vec<Costly>>,
    day: u32,
    /// Of costly calls that have ended on that day.
    spent: Duration,
}

#[derive(Debug)]
struct Costly {
    begun: Instant,
    /// It has come from another call, where somebody talks by it: that one more answers here does not end it.
    stays: bool,
}

#[derive(Debug, Default)]
struct Person {
    /// When they began to call the world, the youngest last; no older than a minute.
    begun: VecDeque<(Instant, bool)>,
    /// The same of calls to them that went on to the world: others decide how many there are.
    forwarded: VecDeque<(Instant, bool)>,
    stopped_until: Option<Instant>,
}

/// Why a call to the world is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// One person begins too many calls in a minute.
    TooManyCalls,
    /// One person begins too many costly ones.
    TooManyCostlyCalls,
    /// Too many costly calls run at once.
    TooManyAtOnce,
    /// Costly calls have taken too many minutes today.
    TooManyMinutes,
    /// They were stopped less than an hour ago.
    Stopped,
}

impl Suspicion {
    /// In words for the caller and the journal.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::TooManyCalls => "stopped: too many calls to the world in a minute",
            Self::TooManyCostlyCalls => "stopped: too many international or premium calls in a minute",
            Self::TooManyAtOnce => "too many international or premium calls are running",
            Self::TooManyMinutes => "the minutes of international and premium calls are used up for today",
            Self::Stopped => "calls to the world are stopped for an hour on suspicion of fraud",
        }
    }

    /// Whether an administrator has to look.
    pub(super) fn is_alarming(self) -> bool {
        match self {
            Self::TooManyCalls | Self::TooManyCostlyCalls | Self::TooManyAtOnce | Self::TooManyMinutes => true,
            // They know.
            Self::Stopped => false,
        }
    }
}

impl Guard {
    /// Somebody is about to call the world, or a call to them goes on there: too many of those are refused, and stop nobody.
    ///
    /// # Errors
    ///
    /// When it looks like fraud; then the call is not counted.
    pub(super) fn admit(
        &mut self,
        (user, call): (UserId, CallId),
        (class, is_forwarded): (Class, bool),
        limits: &Limits,
        clock: WallClock,
        now: Instant,
    ) -> Result<(), Suspicion> {
        let is_costly = match class {
            Class::Internal | Class::Emergency => return Ok(()),
            Class::Free | Class::Local | Class::National | Class::Mobile => false,
            Class::International | Class::Premium => true,
        };
        self.turn_the_page(clock, now);
        let company = is_costly.then(|| self.look(limits, now)).flatten();
        let person = self.people.entry(user).or_default();
        person.forget(now);
        let (calls_max, is_stopped) = (
            usize::from(limits.calls_per_minute_max),
            person.stopped_until.is_some_and(|until| until > now),
        );
        let begun = if is_forwarded { &mut person.forwarded } else { &mut person.begun };
        let stopped = is_stopped.then_some(Suspicion::Stopped);
        let suspicion = stopped.or(look(begun, calls_max, is_costly)).or(company);
        if let Some(suspicion) = suspicion {
            if let (Suspicion::TooManyCalls | Suspicion::TooManyCostlyCalls, false) = (suspicion, is_forwarded) {
                person.stopped_until = Some(now + STOP);
            }
            return Err(suspicion);
        }
        begun.push_back((now, is_costly));
        if is_costly {
            self.count(call, now);
        }
        Ok(())
    }

    /// An administrator's test is about to call the world: nobody's calls, but the company's limits count.
    ///
    /// # Errors
    ///
    /// When costly calls have come to their limits.
    pub(super) fn admit_test(
        &mut self,
        call: CallId,
        class: Class,
        limits: &Limits,
        clock: WallClock,
        now: Instant,
    ) -> Result<(), Suspicion> {
        self.turn_the_page(clock, now);
        let suspicion = match class {
            Class::Internal | Class::Emergency | Class::Free | Class::Local | Class::National | Class::Mobile => None,
            Class::International | Class::Premium => self.look(limits, now),
        };
        if let Some(suspicion) = suspicion {
            return Err(suspicion);
        }
        if matches!(class, Class::International | Class::Premium) {
            self.count(call, now);
        }
        Ok(())
    }

    fn count(&mut self, call: CallId, now: Instant) {
        let costly = Costly { begun: now, stays: false };
        self.costly.entry(call).or_default().push(costly);
    }

    /// How many costly calls a call is.
    pub(super) fn counted(&self, call: CallId) -> usize {
        self.costly.get(&call).map_or(0, Vec::len)
    }

    /// What was admitted since a call was so many costly ones is not made after all. What others have brought along meanwhile goes on.
    pub(super) fn withdraw(&mut self, call: CallId, counted: usize) {
        if let Some(costly) = self.costly.get_mut(&call) {
            let counted = counted.min(costly.len());
            let brought = costly.split_off(counted).into_iter().filter(|costly| costly.stays);
            costly.extend(brought);
        }
    }

    /// Whether costly calls have come to the company's limits.
    fn look(&self, limits: &Limits, now: Instant) -> Option<Suspicion> {
        let at_once = self.costly.values().map(Vec::len).sum::<usize>() >= usize::from(limits.costly_calls_max);
        let spent = self.spent_so_far(now).as_secs() / 60 >= u64::from(limits.costly_minutes_per_day_max);
        at_once
            .then_some(Suspicion::TooManyAtOnce)
            .or(spent.then_some(Suspicion::TooManyMinutes))
    }

    /// A call is over.
    pub(super) fn ended(&mut self, call: CallId, now: Instant) {
        let over = self.costly.remove(&call).unwrap_or_default();
        self.spend(&over, now);
    }

    /// A phone of ours has answered a call: whatever else it has called rings no more.
    pub(super) fn answered(&mut self, call: CallId, now: Instant) {
        if let Some(costly) = self.costly.get_mut(&call) {
            let over: Vec<Costly> = costly.extract_if(.., |costly| !costly.stays).collect();
            self.spend(&over, now);
        }
    }

    fn spend(&mut self, over: &[Costly], now: Instant) {
        let durations = over.iter().map(|costly| now.saturating_duration_since(costly.begun));
        self.spent += durations.sum::<Duration>();
    }

    /// A call's leg to the world has become another call's.
    pub(super) fn joined(&mut self, from: CallId, into: CallId) {
        if from == into {
            return;
        }
        if let Some(mut costly) = self.costly.remove(&from) {
            costly.iter_mut().for_each(|costly| costly.stays = true);
            self.costly.entry(into).or_default().extend(costly);
        }
    }

    /// An administrator has looked, or people have gone.
    pub(super) fn retain(&mut self, is_known: impl Fn(UserId) -> bool) {
        self.people.retain(|user, _| is_known(*user));
    }

    fn spent_so_far(&self, now: Instant) -> Duration {
        let running = self.costly.values().flatten();
        let running = running.map(|costly| now.saturating_duration_since(costly.begun));
        self.spent + running.sum::<Duration>()
    }

    /// A new day has new minutes; what still runs counts from now on.
    fn turn_the_page(&mut self, clock: WallClock, now: Instant) {
        if self.day != clock.day {
            self.day = clock.day;
            self.spent = Duration::ZERO;
            self.costly.values_mut().flatten().for_each(|costly| costly.begun = now);
        }
    }
}

impl Person {
    fn forget(&mut self, now: Instant) {
        for calls in [&mut self.begun, &mut self.forwarded] {
            while calls.pop_front_if(|(begun, _)| *begun + MINUTE <= now).is_some() {}
        }
    }
}

/// Whether so many calls within a minute are too many for one more.
fn look(begun: &VecDeque<(Instant, bool)>, calls_max: usize, is_costly: bool) -> Option<Suspicion> {
    let costly = begun.iter().filter(|(_, is_costly)| *is_costly).count();
    if begun.len() >= calls_max {
        Some(Suspicion::TooManyCalls)
    } else if is_costly && costly >= COSTLY_PER_MINUTE_MAX {
        Some(Suspicion::TooManyCostlyCalls)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::start;

    const ANNA: UserId = UserId(1);
    const BEN: UserId = UserId(2);

    struct Scene {
        guard: Guard,
        limits: Limits,
        clock: WallClock,
        now: Instant,
        calls: u64,
    }

    impl Scene {
        fn new() -> Self {
            Self {
                guard: Guard::default(),
                limits: Limits::default(),
                clock: WallClock::default(),
                now: start(),
                calls: 0,
            }
        }

        fn call(&mut self, user: UserId, class: Class) -> Result<CallId, Suspicion> {
            self.begin(user, class, false)
        }

        fn forward(&mut self, user: UserId, class: Class) -> Result<CallId, Suspicion> {
            self.begin(user, class, true)
        }

        fn begin(&mut self, user: UserId, class: Class, is_forwarded: bool) -> Result<CallId, Suspicion> {
            self.calls += 1;
            let call = CallId(self.calls);
            let admitted = self
                .guard
                .admit((user, call), (class, is_forwarded), &self.limits, self.clock, self.now);
            admitted.map(|()| call)
        }

        fn pass(&mut self, seconds: u64) {
            self.now += Duration::from_secs(seconds);
        }
    }

    #[test]
    fn what_is_not_made_after_all_does_not_count_and_what_was_brought_along_does() {
        let mut scene = Scene::new();
        let (call, other) = (scene.call(ANNA, Class::Premium).unwrap(), scene.call(BEN, Class::Premium).unwrap());
        let counted = scene.guard.counted(call);
        scene.guard.count(call, scene.now);
        scene.guard.joined(other, call);
        scene.guard.withdraw(call, counted);
        assert_eq!((scene.guard.counted(call), scene.guard.counted(other)), (2, 0));
        scene.guard.withdraw(call, 9);
        assert_eq!(scene.guard.counted(call), 2);
    }

    #[test]
    fn a_burst_of_costly_calls_is_stopped_within_five() {
        for class in [Class::International, Class::Premium] {
            let mut scene = Scene::new();
            for _ in 0..COSTLY_PER_MINUTE_MAX {
                let call = scene.call(ANNA, class).unwrap();
                scene.pass(2);
                scene.guard.ended(call, scene.now);
            }
            assert_eq!(scene.call(ANNA, class), Err(Suspicion::TooManyCostlyCalls));
            scene.pass(600);
            assert_eq!(
                scene.call(ANNA, Class::National),
                Err(Suspicion::Stopped),
                "an hour long, whatever they call"
            );
            assert!(scene.call(ANNA, Class::Emergency).is_ok());
            assert!(scene.call(BEN, class).is_ok(), "nobody else is stopped");
            scene.pass(3_000);
            assert!(scene.call(ANNA, class).is_ok());
        }
    }

    #[test]
    fn calls_that_others_make_and_somebody_forwards_stop_nobody() {
        let mut scene = Scene::new();
        for _ in 0..usize::from(scene.limits.calls_per_minute_max) {
            scene.forward(ANNA, Class::Mobile).unwrap();
        }
        assert_eq!(scene.forward(ANNA, Class::Mobile), Err(Suspicion::TooManyCalls));
        assert!(scene.call(ANNA, Class::Mobile).is_ok(), "she may call");
        scene.pass(60);
        assert!(scene.forward(ANNA, Class::Mobile).is_ok());
        for _ in 0..COSTLY_PER_MINUTE_MAX {
            scene.call(ANNA, Class::International).unwrap();
        }
        scene.call(ANNA, Class::International).unwrap_err();
        assert_eq!(
            scene.forward(ANNA, Class::Mobile),
            Err(Suspicion::Stopped),
            "neither do her calls go on"
        );
    }

    #[test]
    fn ordinary_work_is_not_disturbed() {
        let mut scene = Scene::new();
        for _ in 0..1_000 {
            scene.call(ANNA, Class::National).unwrap();
            scene.pass(7);
        }
        let mut scene = Scene::new();
        for _ in 0..usize::from(scene.limits.calls_per_minute_max) {
            scene.call(ANNA, Class::Local).unwrap();
        }
        assert_eq!(scene.call(ANNA, Class::Local), Err(Suspicion::TooManyCalls));
    }

    #[test]
    fn costly_calls_at_once_and_minutes_in_a_day_are_those_of_the_company() {
        let mut scene = Scene::new();
        let calls: Vec<CallId> = (0..5).map(|user| scene.call(UserId(user), Class::International).unwrap()).collect();
        assert_eq!(scene.call(UserId(9), Class::International), Err(Suspicion::TooManyAtOnce));
        assert!(scene.call(UserId(9), Class::National).is_ok());
        scene.pass(50 * 60);
        for call in &calls[1..] {
            scene.guard.ended(*call, scene.now);
        }
        assert!(scene.call(UserId(9), Class::International).is_ok(), "250 minutes");
        scene.pass(30 * 60);
        assert_eq!(
            scene.call(UserId(8), Class::Premium),
            Err(Suspicion::TooManyMinutes),
            "running calls count"
        );
        scene.clock.day += 1;
        assert!(scene.call(UserId(8), Class::Premium).is_ok());
    }
}
