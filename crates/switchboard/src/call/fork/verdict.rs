//! How a call was not answered.

use crate::call::{Cause, Lack};
use crate::core::Outcome;

/// How nobody answered. A later variant outweighs an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::call) enum Verdict {
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
    /// Somebody pressed the red key for all their phones (6xx).
    Declined,
}

/// Whose answer a status is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// A phone's.
    Phone,
    /// A provider's, about somebody's mobile: whoever has called knows nothing of that number.
    Mobile,
    /// A provider's, about the number that was called.
    World,
}

impl Verdict {
    pub(super) fn of(status: u16, voice: Voice) -> Self {
        match (status, voice) {
            (404 | 410 | 484 | 604, Voice::World) => Self::NoSuchNumber,
            (401..=403 | 407 | 408 | 500..=599, Voice::World) => Self::NotCarried,
            (401..=404 | 407 | 408 | 410 | 484 | 500..=599 | 604, Voice::Mobile) => Self::Unreachable,
            (408 | 503, Voice::Phone) => Self::Unreachable,
            (486, _) => Self::Busy,
            (600 | 603 | 607, _) => Self::Declined,
            (406 | 415 | 488 | 500 | 501 | 606, _) => Self::Unsuitable,
            (_, _) => Self::NoAnswer,
        }
    }

    /// What the one who called is told.
    pub(in crate::call) fn cause(self) -> Cause {
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
            Self::Busy => Cause::BUSY,
            Self::Declined => Cause {
                status: 603,
                text: "declined",
            },
        }
    }

    /// What the call of a person lacks whose phones have come to this.
    pub(super) fn lack(self) -> Lack {
        match self {
            Self::NoAnswer => Lack::Overflow,
            Self::Busy | Self::Declined => Lack::Busy,
            Self::Unreachable | Self::NotCarried | Self::NoSuchNumber | Self::Unsuitable => Lack::Unreachable,
        }
    }

    /// What the journal is told.
    pub(in crate::call) fn outcome(self) -> Outcome {
        match self {
            Self::Unreachable | Self::NotCarried | Self::NoSuchNumber | Self::Unsuitable => Outcome::Failed,
            Self::NoAnswer => Outcome::NoAnswer,
            Self::Busy => Outcome::Busy,
            Self::Declined => Outcome::Refused,
        }
    }
}
