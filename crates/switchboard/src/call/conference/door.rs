//! The door of a room: who is not one of us shows by a PIN that they may come in.

use std::time::Instant;

use model::control::{Digit, Source};

pub(super) use crate::call::logon::KeysBy;

use crate::call::logon::{KEY_MAX, PIN_CHARS_MAX, TOLD_MAX, TONE, Typed, type_key};

/// How often somebody may be wrong.
const TRIES_MAX: u8 = 3;

/// A room's PIN.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pin(pub(crate) String);

/// Somebody who is asked for it.
#[derive(Debug)]
pub(in crate::call) struct Door {
    pin: Pin,
    typed: Pin,
    wrong: u8,
    /// They hear that it was wrong.
    is_told: bool,
    until: Instant,
    /// How the first key came: the same key in the audio and in signalling counts once.
    keys_by: Option<KeysBy>,
}

/// What it has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Knock {
    /// They stay where they are.
    Outside,
    /// They stay where they are, and hear that it was wrong.
    Wrong,
    /// They are asked once more.
    Again,
    /// They may come in.
    In,
    /// They were wrong too often.
    Away,
}

impl Door {
    pub(super) fn new(pin: Pin, now: Instant) -> Self {
        Self {
            pin,
            typed: Pin(String::new()),
            wrong: 0,
            is_told: false,
            until: now + KEY_MAX,
            keys_by: None,
        }
    }

    pub(super) fn deadline(&self) -> Instant {
        self.until
    }

    pub(super) fn source(&self) -> Source {
        if self.is_told {
            Source::Rejection
        } else if self.typed.0.is_empty() {
            Source::Prompt
        } else {
            Source::Nothing
        }
    }

    pub(super) fn keyed(&mut self, digit: Digit, by: KeysBy, now: Instant) -> Knock {
        if self.is_told || *self.keys_by.get_or_insert(by) != by {
            return Knock::Outside;
        }
        match type_key(&mut self.typed.0, digit, PIN_CHARS_MAX) {
            Typed::More => {
                self.until = now + KEY_MAX;
                Knock::Outside
            }
            Typed::Done => self.judge(now),
            Typed::TooMuch => self.refuse(now),
        }
    }

    /// They have heard all that there was to be said.
    pub(super) fn played(&mut self, now: Instant) -> Knock {
        if self.is_told { self.timed_out(now) } else { Knock::Outside }
    }

    pub(super) fn timed_out(&mut self, now: Instant) -> Knock {
        if !self.is_told && self.typed.0.is_empty() {
            // Whoever types nothing guesses nothing.
            self.be_wrong(now);
            return Knock::Outside;
        }
        if !self.is_told {
            // Whoever does not know the last key is as good as done.
            return self.judge(now);
        }
        if self.wrong >= TRIES_MAX {
            return Knock::Away;
        }
        self.is_told = false;
        self.typed.0.clear();
        self.until = now + KEY_MAX;
        Knock::Again
    }

    fn judge(&mut self, now: Instant) -> Knock {
        if self.typed == self.pin { Knock::In } else { self.refuse(now) }
    }

    fn refuse(&mut self, now: Instant) -> Knock {
        self.be_wrong(now);
        self.until = now + TOLD_MAX;
        Knock::Wrong
    }

    fn be_wrong(&mut self, now: Instant) {
        self.wrong += 1;
        self.is_told = true;
        self.until = now + TONE;
    }
}

impl std::fmt::Debug for Pin {
    /// Without the PIN.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin")
    }
}
