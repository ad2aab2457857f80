//! Somebody logs on to a shared phone, or off: what they hear, and the keys that they press.
//!
//! ```text
//!  Greeting ──audio up──► Extension ── # ──► Pin ── # ──► Checking ──► Told ── tone over ──► hung up
//!     │ │                     └── too slow, too long, empty ──┴─────────► ▲
//!     │ └── all is dialled ──────────────────────────────────► Checking   │
//!     └──── nothing is asked (log-off, Cancel mobility) ──────────────────┘
//! ```

use std::time::{Duration, Instant};

use model::Prompt;
use model::control::{Digit, Source};

use super::leg::{Leg, Parting, Told};
use super::{ANSWERING_MAX, Caller, Cause, Command, Effects, Happening, News, State, setup, talk};
use crate::core::{JournalEntry, Outcome, Party};

/// Longer extensions are nobody's.
pub(crate) const EXTENSION_CHARS_MAX: usize = 20;
/// Longer PINs are wrong.
pub(crate) const PIN_CHARS_MAX: usize = 12;
/// How long each key may take.
pub(super) const KEY_MAX: Duration = Duration::from_secs(10);
/// How long the tone is heard that tells how it went.
pub(super) const TONE: Duration = Duration::from_millis(1_500);
/// How long the words take at most that tell the same.
pub(super) const TOLD_MAX: Duration = Duration::from_secs(3);
/// Whoever checks PINs has an own time limit; this is for when even that one is lost.
const CHECKING_MAX: Duration = Duration::from_secs(10);

/// What is still to be asked.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Question {
    /// Nothing: it is done.
    Nothing,
    /// Who they are, and their PIN.
    Who,
    /// Their PIN.
    Pin { extension: String },
    /// Whether it is their PIN.
    IsRight { extension: String, pin: String },
}

/// See the module.
#[derive(Debug)]
pub(super) struct LogOn {
    leg: Leg,
    step: Step,
    until: Instant,
    /// How the first key came: the same key in the audio and in signalling counts once.
    keys_by: Option<KeysBy>,
}

enum Step {
    Greeting(Question),
    Extension { typed: String },
    Pin { extension: String, typed: String },
    Checking,
    Told { is_right: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeysBy {
    Audio,
    Signalling,
}

/// What one key has come to.
pub(super) enum Typed {
    More,
    Done,
    TooMuch,
}

pub(super) fn call(caller: Caller, called: Party, question: Question, fx: &mut Effects<'_>) -> State {
    let mut leg = setup::start(caller, called, fx);
    leg.answer(None, fx);
    State::LoggingOn(Box::new(LogOn {
        leg,
        step: Step::Greeting(question),
        until: fx.now + ANSWERING_MAX,
        keys_by: None,
    }))
}

impl LogOn {
    pub(super) fn deadline(&self) -> Instant {
        self.until
    }

    pub(super) fn leg(&self) -> &Leg {
        &self.leg
    }

    pub(super) fn into_leg(self) -> Leg {
        self.leg
    }

    pub(super) fn was_answered(&self) -> bool {
        !matches!(self.step, Step::Greeting(_))
    }

    /// What they hear now.
    fn source(&self) -> Source {
        match &self.step {
            Step::Extension { typed } | Step::Pin { typed, .. } if typed.is_empty() => Source::Prompt,
            Step::Told { is_right: true } => Source::Confirmation,
            Step::Told { is_right: false } => Source::Rejection,
            Step::Greeting(_) | Step::Extension { .. } | Step::Pin { .. } | Step::Checking => Source::Nothing,
        }
    }

    fn go_on(mut self: Box<Self>, step: Step, fx: &mut Effects<'_>) -> State {
        self.until = fx.now
            + match step {
                Step::Greeting(_) => ANSWERING_MAX,
                Step::Extension { .. } | Step::Pin { .. } => KEY_MAX,
                Step::Checking => CHECKING_MAX,
                Step::Told { .. } => TONE,
            };
        self.step = step;
        let source = self.source();
        self.leg.hear(source, fx);
        let asked = match &self.step {
            Step::Extension { typed } if typed.is_empty() => Some(Prompt::EnterExtension),
            Step::Pin { typed, .. } if typed.is_empty() => Some(Prompt::EnterPin),
            Step::Greeting(_) | Step::Extension { .. } | Step::Pin { .. } | Step::Checking | Step::Told { .. } => None,
        };
        if let Some(prompt) = asked {
            fx.push(Command::Tell { leg: self.leg.id, prompt });
        }
        State::LoggingOn(self)
    }

    /// Says that it was not their PIN.
    fn refuse(self: Box<Self>, fx: &mut Effects<'_>) -> State {
        let (leg, until) = (self.leg.id, fx.now + TOLD_MAX);
        let mut state = self.go_on(Step::Told { is_right: false }, fx);
        if let State::LoggingOn(log_on) = &mut state {
            log_on.until = until;
        }
        let prompt = Prompt::WrongPin;
        fx.push(Command::Tell { leg, prompt });
        state
    }

    fn ask(self: Box<Self>, question: Question, fx: &mut Effects<'_>) -> State {
        let step = match question {
            Question::Nothing => Step::Told { is_right: true },
            Question::Who => Step::Extension { typed: String::new() },
            Question::Pin { extension } => Step::Pin {
                extension,
                typed: String::new(),
            },
            Question::IsRight { extension, pin } => {
                let leg = self.leg.id;
                fx.push(Command::CheckPin { leg, extension, pin });
                Step::Checking
            }
        };
        self.go_on(step, fx)
    }

    fn keyed(mut self: Box<Self>, digit: Digit, by: KeysBy, fx: &mut Effects<'_>) -> State {
        if *self.keys_by.get_or_insert(by) != by {
            return State::LoggingOn(self);
        }
        let step = std::mem::replace(&mut self.step, Step::Checking);
        let (step, question) = match step {
            Step::Extension { mut typed } => match type_key(&mut typed, digit, EXTENSION_CHARS_MAX) {
                Typed::More => (Step::Extension { typed }, None),
                Typed::Done => (Step::Checking, Some(Question::Pin { extension: typed })),
                Typed::TooMuch => (Step::Told { is_right: false }, None),
            },
            Step::Pin { extension, mut typed } => match type_key(&mut typed, digit, PIN_CHARS_MAX) {
                Typed::More => (Step::Pin { extension, typed }, None),
                Typed::Done => (Step::Checking, Some(Question::IsRight { extension, pin: typed })),
                Typed::TooMuch => return self.refuse(fx),
            },
            step @ (Step::Greeting(_) | Step::Checking | Step::Told { .. }) => {
                self.step = step;
                return State::LoggingOn(self);
            }
        };
        match question {
            Some(question) => self.ask(question, fx),
            None => self.go_on(step, fx),
        }
    }

    fn timed_out(self: Box<Self>, fx: &mut Effects<'_>) -> State {
        let is_right = match self.step {
            Step::Greeting(_) => {
                self.leg.close(Parting::Because(Cause::MEDIA_SILENT), fx);
                return fx.ending(Outcome::Failed, Cause::MEDIA_SILENT.text);
            }
            Step::Extension { .. } => return self.go_on(Step::Told { is_right: false }, fx),
            Step::Pin { .. } | Step::Checking => return self.refuse(fx),
            Step::Told { is_right } => is_right,
        };
        self.leg.close(Parting::HangUp, fx);
        fx.ending(
            Outcome::Answered,
            if is_right { "done" } else { "the extension or the PIN was wrong" },
        )
    }
}

pub(super) fn type_key(typed: &mut String, digit: Digit, chars_max: usize) -> Typed {
    match digit.char() {
        '#' | '*' if typed.is_empty() => Typed::TooMuch,
        '#' | '*' => Typed::Done,
        _ if typed.len() >= chars_max => Typed::TooMuch,
        key => {
            typed.push(key);
            Typed::More
        }
    }
}

pub(super) fn logging_on(mut log_on: Box<LogOn>, happening: Happening, fx: &mut Effects<'_>) -> State {
    let told = match happening {
        Happening::TimeOut if fx.now >= log_on.until => return log_on.timed_out(fx),
        Happening::TimeOut => log_on.leg.handle_timeout(fx).map_or(Told::Nothing, Told::Broken),
        Happening::News(leg, news) if leg == log_on.leg.id => match news {
            News::Keyed { digit } => return log_on.keyed(digit, KeysBy::Audio, fx),
            News::PinJudged { is_right } => {
                return match log_on.step {
                    Step::Checking if is_right => log_on.go_on(Step::Told { is_right }, fx),
                    Step::Checking => log_on.refuse(fx),
                    Step::Greeting(_) | Step::Extension { .. } | Step::Pin { .. } | Step::Told { .. } => State::LoggingOn(log_on),
                };
            }
            News::Played if matches!(log_on.step, Step::Told { is_right: false }) => return log_on.timed_out(fx),
            news => log_on.leg.handle(news, None, fx),
        },
        Happening::News(..) => Told::Nothing,
    };
    match told {
        Told::Established => {
            fx.push(Command::Journal(JournalEntry::Answered {
                call: fx.call,
                device: None,
            }));
            match std::mem::replace(&mut log_on.step, Step::Checking) {
                Step::Greeting(question) => log_on.ask(question, fx),
                step @ (Step::Extension { .. } | Step::Pin { .. } | Step::Checking | Step::Told { .. }) => log_on.go_on(step, fx),
            }
        }
        Told::Renegotiated => {
            let source = log_on.source();
            log_on.leg.hear(source, fx);
            State::LoggingOn(log_on)
        }
        Told::Pressed { digit, .. } => log_on.keyed(digit, KeysBy::Signalling, fx),
        Told::Left(how) => {
            let outcome = if log_on.was_answered() {
                Outcome::Answered
            } else {
                Outcome::Cancelled
            };
            let reason = talk::who_left(&log_on.leg, how);
            log_on.leg.close(Parting::Left, fx);
            fx.ending(outcome, reason)
        }
        Told::Broken(cause) => {
            let outcome = if log_on.was_answered() {
                Outcome::Answered
            } else {
                Outcome::Failed
            };
            log_on.leg.close(Parting::Because(cause), fx);
            fx.ending(outcome, cause.text)
        }
        Told::Refer { request, .. } => {
            fx.respond(request, Cause::NOBODY_TO_TRANSFER);
            State::LoggingOn(log_on)
        }
        Told::Nothing | Told::Offered { .. } | Told::Rang | Told::Previewed | Told::Answered | Told::Lost { .. } | Told::Narrowed => {
            State::LoggingOn(log_on)
        }
    }
}

impl std::fmt::Debug for Question {
    /// Without the PIN.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Who => "Who",
            Self::Pin { .. } => "Pin",
            Self::IsRight { .. } => "IsRight",
        })
    }
}

impl std::fmt::Debug for Step {
    /// Without the PIN.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Greeting(question) => f.debug_tuple("Greeting").field(question).finish(),
            Self::Extension { .. } => f.write_str("Extension"),
            Self::Pin { .. } => f.write_str("Pin"),
            Self::Checking => f.write_str("Checking"),
            Self::Told { is_right } => f.debug_tuple("Told").field(is_right).finish(),
        }
    }
}
