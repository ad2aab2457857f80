//! An attendant: its caller hears a menu, and chooses by keys where the call goes.
//!
//! ```text
//!  Asked ──menu──► Told ──played──► Choosing ──a key, an extension──► Asked ──plan──► Ringing ──2xx──► Connecting ──► Talking
//!    ▲              │  ▲                │                                     │          │                  │
//!    │              │  └── not possible─┴── busy, no answer, nobody there ◄───┴──────────┴──────────────────┘
//!    └── again ─────┴── too often, too long ──► Told: goodbye ──► Ending
//! ```
//!
//! The core is asked for the menu each time that it begins: administrators may have changed it, and it may have closed. Keys count from the
//! first word on. For the journal whoever is rung from a menu is called by a call of their own: who does not answer has missed one.

mod coming;
mod page;
mod trying;

use std::time::{Duration, Instant};

use model::control::{Digit, Source};
use model::{CallId, Prompt, Sound};

pub(crate) use self::page::Page;
pub(super) use self::trying::turned;

use self::page::Meaning;
use super::fork::Fork;
use super::leg::{Leg, Parting, Told};
use super::logon::KeysBy;
use super::{Cause, Command, Effects, Happening, News, State, talk};
use crate::core::{Outcome, Party};
use crate::directory::{Choice, MenuId};

/// Menus that one caller comes to at most before somebody answers them.
const MENUS_MAX: u8 = 5;
/// Numbers that one caller tries at most: each that comes to nothing stands in the journal, and somebody has missed a call.
const TRIALS_MAX: u8 = 20;
/// How long somebody stays in menus.
const STAY_MAX: Duration = Duration::from_secs(600);
/// How long each further key of an extension may take.
const KEY_MAX: Duration = Duration::from_millis(2_500);
/// How long goodbye takes at most.
const GOODBYE_MAX: Duration = Duration::from_secs(8);
/// The core replies at once; this is for when a reply is lost.
const REPLY_MAX: Duration = Duration::from_secs(5);

/// See the module.
#[derive(Debug)]
pub(super) struct Attendant {
    caller: Leg,
    /// Where they are.
    at: Party,
    /// As it was when it began; none before the first.
    page: Option<Box<Page>>,
    stage: Stage,
    menus: u8,
    trials: u8,
    /// How often this menu has begun, or a key has come before it did, since its caller has last chosen something that was possible.
    plays: u8,
    /// What is done now is what is done at the end, or while it is closed: goodbye comes after it.
    is_last: bool,
    leaves_at: Instant,
    /// How the first key came: the same key in the audio and in signalling counts once.
    keys_by: Option<KeysBy>,
}

/// How far it is.
#[derive(Debug)]
enum Stage {
    /// The core looks for a menu, or for what a number comes to.
    Asked { until: Instant },
    /// Something is played.
    Told { then: Then, until: Instant },
    /// A key is waited for, or a further one.
    Choosing { typed: String, until: Instant },
    /// Somebody's phones ring.
    Ringing { trial: Trial, fork: Box<Fork> },
    /// Somebody has answered; their audio is being set up.
    Connecting { trial: Trial, target: Box<Leg>, until: Instant },
}

/// What comes after something was played.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Then {
    /// A key.
    Choose,
    /// This, without a key.
    Do(Choice),
    /// The menu begins again.
    Begin,
    /// It is over.
    HangUp,
}

/// A number that is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trial {
    /// The call by which the journal knows it.
    pub(crate) story: CallId,
    /// How many costly calls there were before.
    pub(crate) counted: usize,
}

/// Lets somebody whose phone is up hear a menu. `at`: the number by which they have come to it.
pub(super) fn begin(mut caller: Leg, at: Party, menu: MenuId, fx: &mut Effects<'_>) -> State {
    caller.hear(Source::Nothing, fx);
    let stage = Stage::Asked { until: fx.now + REPLY_MAX };
    let attendant = Box::new(Attendant {
        caller,
        at,
        page: None,
        stage,
        menus: 0,
        trials: 0,
        plays: 0,
        is_last: false,
        leaves_at: fx.now + STAY_MAX,
        keys_by: None,
    });
    attendant.enter(menu, fx)
}

pub(super) fn attending(mut attendant: Box<Attendant>, happening: Happening, fx: &mut Effects<'_>) -> State {
    match happening {
        Happening::TimeOut => attendant.time_out(fx),
        Happening::News(leg, news) if leg == attendant.caller.id => match news {
            News::Keyed { digit } => attendant.keyed(digit, KeysBy::Audio, fx),
            News::MenuOpened { page } => attendant.opened(page, fx),
            News::Chosen { trial, plan } => attendant.chosen(trial, plan, fx),
            News::Played => attendant.played(fx),
            news => {
                let toward = attendant.target().map(|target| target.id);
                let told = attendant.caller.handle(news, toward, fx);
                attendant.heard(&told, fx)
            }
        },
        Happening::News(leg, news) => attendant.target_hears(leg, news, fx),
    }
}

impl Attendant {
    pub(super) fn caller(&self) -> &Leg {
        &self.caller
    }

    /// Where they are, or whom they wait for.
    pub(super) fn other(&self) -> &Party {
        match &self.stage {
            Stage::Asked { .. } | Stage::Told { .. } | Stage::Choosing { .. } => &self.at,
            Stage::Ringing { fork, .. } => &fork.called,
            Stage::Connecting { target, .. } => &target.party,
        }
    }

    /// Who has answered.
    pub(super) fn target(&self) -> Option<&Leg> {
        match &self.stage {
            Stage::Connecting { target, .. } => Some(target),
            Stage::Asked { .. } | Stage::Told { .. } | Stage::Choosing { .. } | Stage::Ringing { .. } => None,
        }
    }

    /// The phones that ring.
    pub(super) fn fork(&self) -> Option<&Fork> {
        match &self.stage {
            Stage::Ringing { fork, .. } => Some(fork),
            Stage::Asked { .. } | Stage::Told { .. } | Stage::Choosing { .. } | Stage::Connecting { .. } => None,
        }
    }

    pub(super) fn fork_mut(&mut self) -> Option<&mut Fork> {
        match &mut self.stage {
            Stage::Ringing { fork, .. } => Some(fork),
            Stage::Asked { .. } | Stage::Told { .. } | Stage::Choosing { .. } | Stage::Connecting { .. } => None,
        }
    }

    /// The call by which the journal knows who is being called.
    pub(super) fn story(&self) -> Option<CallId> {
        match &self.stage {
            Stage::Ringing { trial, .. } | Stage::Connecting { trial, .. } => Some(trial.story),
            Stage::Asked { .. } | Stage::Told { .. } | Stage::Choosing { .. } => None,
        }
    }

    pub(super) fn deadline(&self) -> Instant {
        match &self.stage {
            Stage::Asked { until } | Stage::Told { until, .. } | Stage::Choosing { until, .. } | Stage::Connecting { until, .. } => *until,
            Stage::Ringing { fork, .. } => fork.deadline(),
        }
    }

    /// It ends from our side; what is left of it.
    pub(super) fn stop(mut self: Box<Self>, cause: Cause, fx: &mut Effects<'_>) -> Vec<Leg> {
        let rest = match self.take_stage(fx) {
            Stage::Asked { .. } | Stage::Told { .. } | Stage::Choosing { .. } => Vec::new(),
            Stage::Ringing { trial, fork } => {
                trial.end(Outcome::Failed, cause.text, fx);
                fork.into_legs()
            }
            Stage::Connecting { trial, target, .. } => {
                trial.end(Outcome::Failed, cause.text, fx);
                vec![*target]
            }
        };
        rest.into_iter().chain([self.caller]).collect()
    }

    fn take_stage(&mut self, fx: &Effects<'_>) -> Stage {
        let until = fx.now + REPLY_MAX;
        std::mem::replace(&mut self.stage, Stage::Asked { until })
    }

    /// Whoever is there now has heard nothing yet. How many menus they have come to counts on: those may lead in circles.
    pub(super) fn begin_anew(&mut self, fx: &Effects<'_>) {
        (self.trials, self.plays, self.is_last) = (0, 0, false);
        self.leaves_at = fx.now + STAY_MAX;
    }

    /// They come to a menu.
    fn enter(mut self: Box<Self>, menu: MenuId, fx: &mut Effects<'_>) -> State {
        if self.menus >= MENUS_MAX {
            return self.say_goodbye(fx);
        }
        self.menus += 1;
        (self.plays, self.is_last) = (0, false);
        self.open(menu, fx)
    }

    fn open(self: Box<Self>, menu: MenuId, fx: &mut Effects<'_>) -> State {
        let leg = self.caller.id;
        self.ask(Command::OpenMenu { leg, menu }, fx)
    }

    fn ask(mut self: Box<Self>, question: Command, fx: &mut Effects<'_>) -> State {
        fx.push(question);
        self.stage = Stage::Asked { until: fx.now + REPLY_MAX };
        State::Attending(self)
    }

    /// The menu begins, as it is now; `None`: it is gone.
    fn opened(mut self: Box<Self>, page: Option<Box<Page>>, fx: &mut Effects<'_>) -> State {
        let Some(page) = page else { return self.say_goodbye(fx) };
        let (sounds, until) = (page.greeting(), self.leaves_at);
        let then = match page.closed() {
            Some(choice) => {
                self.is_last = true;
                Then::Do(choice.clone())
            }
            None => {
                self.plays = self.plays.saturating_add(1);
                Then::Choose
            }
        };
        self.at = page.party();
        self.page = Some(page);
        self.say(sounds, then, until, fx)
    }

    fn say(mut self: Box<Self>, sounds: Vec<Sound>, then: Then, until: Instant, fx: &mut Effects<'_>) -> State {
        self.caller.hear(Source::Nothing, fx);
        fx.push(Command::Play {
            leg: self.caller.id,
            sounds: sounds.into(),
        });
        self.stage = Stage::Told { then, until };
        State::Attending(self)
    }

    /// Says something, then the menu begins again.
    fn say_then_begin(self: Box<Self>, sound: Sound, fx: &mut Effects<'_>) -> State {
        let until = self.leaves_at;
        self.say(vec![sound], Then::Begin, until, fx)
    }

    fn say_goodbye(self: Box<Self>, fx: &mut Effects<'_>) -> State {
        match &self.page {
            Some(page) => {
                let (sounds, until) = (vec![page.prompt(Prompt::Goodbye)], fx.now + GOODBYE_MAX);
                self.say(sounds, Then::HangUp, until, fx)
            }
            None => self.hang_up(fx),
        }
    }

    fn hang_up(self: Box<Self>, fx: &mut Effects<'_>) -> State {
        self.caller.close(Parting::HangUp, fx);
        fx.ending(Outcome::Answered, "the attendant hung up")
    }

    fn say_nothing_more(&self, fx: &mut Effects<'_>) {
        fx.push(Command::Play {
            leg: self.caller.id,
            sounds: [].into(),
        });
    }

    /// All was played.
    fn played(mut self: Box<Self>, fx: &mut Effects<'_>) -> State {
        let then = match self.take_stage(fx) {
            Stage::Told { then, .. } => then,
            stage @ (Stage::Asked { .. } | Stage::Choosing { .. } | Stage::Ringing { .. } | Stage::Connecting { .. }) => {
                self.stage = stage;
                return State::Attending(self);
            }
        };
        match then {
            Then::Choose => match &self.page {
                Some(page) if page.is_announcement() => {
                    let otherwise = page.menu.otherwise.clone();
                    self.is_last = true;
                    self.carry_out(otherwise, fx)
                }
                Some(page) => {
                    let until = fx.now + Duration::from_secs(page.menu.waits_s.into());
                    self.wait(String::new(), until)
                }
                None => self.say_goodbye(fx),
            },
            Then::Do(choice) => self.carry_out(choice, fx),
            Then::Begin => self.begin_again(fx),
            Then::HangUp => self.hang_up(fx),
        }
    }

    fn wait(mut self: Box<Self>, typed: String, until: Instant) -> State {
        self.stage = Stage::Choosing { typed, until };
        State::Attending(self)
    }

    /// Whether the menu begins again after what is said; otherwise something else is done, or it is over.
    fn begins_again(&self) -> bool {
        !self.is_last && self.page.as_ref().is_some_and(|page| page.may_play_again(self.plays))
    }

    fn begin_again(mut self: Box<Self>, fx: &mut Effects<'_>) -> State {
        let Some(page) = self.page.as_ref().filter(|_| !self.is_last && fx.now < self.leaves_at) else {
            return self.say_goodbye(fx);
        };
        if !page.may_play_again(self.plays) {
            let otherwise = page.menu.otherwise.clone();
            self.is_last = true;
            return self.carry_out(otherwise, fx);
        }
        let menu = page.menu.id;
        self.open(menu, fx)
    }

    fn carry_out(mut self: Box<Self>, choice: Choice, fx: &mut Effects<'_>) -> State {
        match choice {
            Choice::Number(_) if self.trials >= TRIALS_MAX => self.say_goodbye(fx),
            Choice::Number(number) => {
                self.trials += 1;
                let leg = self.caller.id;
                self.ask(Command::Choose { leg, number }, fx)
            }
            Choice::Hear(announcement) => {
                self.plays = 0;
                self.say_then_begin(Sound::Announcement(announcement), fx)
            }
            Choice::Again => {
                self.plays = 0;
                self.begin_again(fx)
            }
            Choice::HangUp => self.say_goodbye(fx),
        }
    }

    fn keyed(mut self: Box<Self>, digit: Digit, by: KeysBy, fx: &mut Effects<'_>) -> State {
        if *self.keys_by.get_or_insert(by) != by || self.page.as_ref().is_none_or(|page| page.is_announcement()) {
            return State::Attending(self);
        }
        let (typed, is_told) = match self.take_stage(fx) {
            Stage::Choosing { typed, .. } => (typed, false),
            Stage::Told { then: Then::Choose, .. } => (String::new(), true),
            // Whoever does not wait for the menu has had it.
            Stage::Told { then: Then::Begin, .. } if self.begins_again() => {
                self.plays = self.plays.saturating_add(1);
                (String::new(), true)
            }
            Stage::Told {
                then: Then::Do(choice), ..
            } => {
                self.say_nothing_more(fx);
                return self.carry_out(choice, fx);
            }
            stage @ (Stage::Told {
                then: Then::Begin | Then::HangUp,
                ..
            }
            | Stage::Asked { .. }
            | Stage::Ringing { .. }
            | Stage::Connecting { .. }) => {
                self.stage = stage;
                return State::Attending(self);
            }
        };
        if is_told {
            self.say_nothing_more(fx);
        }
        self.press(typed, digit, fx)
    }

    fn press(self: Box<Self>, mut typed: String, digit: Digit, fx: &mut Effects<'_>) -> State {
        let meaning = self.page.as_ref().map_or(Meaning::Nothing, |page| page.press(&mut typed, digit));
        match meaning {
            Meaning::Unclear => self.wait(typed, fx.now + KEY_MAX),
            meaning @ (Meaning::Chosen(_) | Meaning::Nothing) => self.meant(meaning, fx),
        }
    }

    fn meant(self: Box<Self>, meaning: Meaning, fx: &mut Effects<'_>) -> State {
        match meaning {
            Meaning::Chosen(choice) => self.carry_out(choice, fx),
            Meaning::Unclear | Meaning::Nothing => self.regret(Prompt::TryAgain, fx),
        }
    }

    /// Something was not possible.
    fn regret(self: Box<Self>, prompt: Prompt, fx: &mut Effects<'_>) -> State {
        match self.page.as_ref().map(|page| page.prompt(prompt)) {
            Some(sound) => self.say_then_begin(sound, fx),
            None => self.hang_up(fx),
        }
    }

    fn time_out(mut self: Box<Self>, fx: &mut Effects<'_>) -> State {
        if let Some(cause) = self.caller.handle_timeout(fx) {
            return self.leave(Parting::Because(cause), (Outcome::Failed, cause.text), fx);
        }
        if self.deadline() > fx.now {
            return State::Attending(self);
        }
        match self.take_stage(fx) {
            Stage::Asked { .. } => self.say_goodbye(fx),
            Stage::Told { then: Then::HangUp, .. } => self.hang_up(fx),
            Stage::Told { .. } => self.say_goodbye(fx),
            Stage::Choosing { typed, .. } if typed.is_empty() => self.begin_again(fx),
            Stage::Choosing { typed, .. } => {
                let meaning = self.page.as_ref().map_or(Meaning::Nothing, |page| page.complete(&typed));
                self.meant(meaning, fx)
            }
            Stage::Ringing { trial, mut fork } => {
                let forked = fork.handle_timeout(fx);
                self.ring_on(trial, fork, forked, fx)
            }
            Stage::Connecting { trial, target, .. } => self.lose(trial, *target, Parting::Because(Cause::MEDIA_SILENT), fx),
        }
    }

    /// What the caller's own leg has told.
    fn heard(mut self: Box<Self>, told: &Told, fx: &mut Effects<'_>) -> State {
        match *told {
            Told::Left(how) => {
                let reason = talk::who_left(&self.caller, how);
                self.leave(how.parting(), (Outcome::Cancelled, reason), fx)
            }
            Told::Broken(cause) => self.leave(Parting::Because(cause), (Outcome::Failed, cause.text), fx),
            Told::Pressed { digit, .. } => self.keyed(digit, KeysBy::Signalling, fx),
            Told::Renegotiated => {
                let source = match &self.stage {
                    Stage::Asked { .. } | Stage::Told { .. } | Stage::Choosing { .. } => Source::Nothing,
                    Stage::Ringing { fork, .. } => fork.sound(),
                    Stage::Connecting { .. } => Source::RingBack,
                };
                self.caller.hear(source, fx);
                State::Attending(self)
            }
            Told::Refer { request, .. } => {
                fx.respond(request, Cause::NOBODY_TO_TRANSFER);
                State::Attending(self)
            }
            Told::Nothing
            | Told::Offered { .. }
            | Told::Rang
            | Told::Previewed
            | Told::Answered
            | Told::Established
            | Told::Lost { .. }
            | Told::Narrowed => State::Attending(self),
        }
    }

    /// The caller is gone. `of_trial`: how it has ended with whomever it rings at.
    fn leave(mut self: Box<Self>, parting: Parting, of_trial: (Outcome, &'static str), fx: &mut Effects<'_>) -> State {
        let (outcome, reason) = of_trial;
        match self.take_stage(fx) {
            Stage::Asked { .. } | Stage::Told { .. } | Stage::Choosing { .. } => {}
            Stage::Ringing { trial, mut fork } => {
                fork.cancel(Parting::HangUp, fx);
                trial.end(outcome, reason, fx);
            }
            Stage::Connecting { trial, target, .. } => {
                target.close(Parting::HangUp, fx);
                trial.end(outcome, reason, fx);
            }
        }
        self.caller.close(parting, fx);
        fx.ending(Outcome::Answered, reason)
    }
}
