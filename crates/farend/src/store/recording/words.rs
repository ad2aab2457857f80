//! How the database and the audit log write what is decided about recordings.

use switchboard::core::RecordingTrouble;
use switchboard::directory::{Announced, RecordedCalls};

use super::{Hears, RecordingStage};
use crate::store::StoreError;

/// A choice of few words.
pub(crate) trait Word: Sized + Copy + PartialEq + 'static {
    /// All choices, each with its word.
    const WORDS: &'static [(Self, &'static str)];
    /// What it is, for errors.
    const WHAT: &'static str;

    /// Its word.
    fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(value, _)| *value == self);
        found.map_or("", |(_, word)| word)
    }

    /// The choice with this word.
    fn parse(text: &str) -> Result<Self, StoreError> {
        let found = Self::WORDS.iter().find(|(_, word)| *word == text);
        found.map(|(value, _)| *value).ok_or(StoreError::Strange(Self::WHAT))
    }
}

impl Word for Announced {
    const WORDS: &'static [(Self, &'static str)] = &[(Self::Prompt, "prompt"), (Self::Tone, "tone"), (Self::Silently, "silently")];
    const WHAT: &'static str = "announcement of a recording";
}

impl Word for RecordedCalls {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::All, "all"),
        (Self::Outside, "outside"),
        (Self::Incoming, "incoming"),
        (Self::Outgoing, "outgoing"),
    ];
    const WHAT: &'static str = "choice of recorded calls";
}

impl Word for Hears {
    const WORDS: &'static [(Self, &'static str)] = &[(Self::None, "none"), (Self::Own, "own"), (Self::All, "all")];
    const WHAT: &'static str = "permission to hear recordings";
}

impl Word for RecordingStage {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Running, "running"),
        (Self::Complete, "complete"),
        (Self::CutShort, "cut_short"),
    ];
    const WHAT: &'static str = "state of a recording";
}

impl Word for RecordingTrouble {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::QuotaReached, "quota_reached"),
        (Self::DiskFull, "disk_full"),
        (Self::Failed, "failed"),
    ];
    const WHAT: &'static str = "trouble of a recording";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trips<W: Word + std::fmt::Debug>(all: &[W]) {
        for value in all {
            assert_eq!(W::parse(value.word()).expect("its own word"), *value);
        }
        assert!(W::parse("something else").is_err());
    }

    #[test]
    fn every_choice_has_a_word_of_its_own() {
        round_trips(&[Announced::Prompt, Announced::Tone, Announced::Silently]);
        round_trips(&[
            RecordedCalls::All,
            RecordedCalls::Outside,
            RecordedCalls::Incoming,
            RecordedCalls::Outgoing,
        ]);
        round_trips(&[Hears::None, Hears::Own, Hears::All]);
        round_trips(&[RecordingStage::Running, RecordingStage::Complete, RecordingStage::CutShort]);
        round_trips(&[RecordingTrouble::QuotaReached, RecordingTrouble::DiskFull, RecordingTrouble::Failed]);
    }
}
