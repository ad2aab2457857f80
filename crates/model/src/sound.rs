//! What is spoken to people: prompts of our own, and announcements that administrators have uploaded.

/// In which language prompts are spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// ISO 639-1, e.g. `en`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The one with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// Something that farend itself says. Each exists in every [`Language`], and may be replaced by an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Prompt {
    /// "Welcome." Before an attendant's menu that has no greeting of its own.
    Welcome,
    /// "Please dial the extension."
    DialExtension,
    /// "This is not possible. Please try again."
    TryAgain,
    /// "Nobody answers there."
    NobodyAnswers,
    /// "The line is busy."
    LineBusy,
    /// "We are closed now. Please call again during our office hours."
    Closed,
    /// "Goodbye."
    Goodbye,
    /// "This call is being recorded."
    Recorded,
    /// "The recording has ended."
    NotRecorded,
    /// "Please enter the PIN, and then press hash."
    EnterPin,
    /// "The PIN is wrong."
    WrongPin,
    /// "Please enter your extension, and then press hash."
    EnterExtension,
    /// "You are the first one in this conference."
    FirstInConference,
    /// "The conference begins when its host is there."
    WaitForHost,
    /// "This conference is locked."
    ConferenceLocked,
    /// "You have been removed from the conference."
    Removed,
}

impl Prompt {
    /// All of them, in the order in which administrators see them.
    pub const ALL: [Self; 16] = [
        Self::Welcome,
        Self::DialExtension,
        Self::TryAgain,
        Self::NobodyAnswers,
        Self::LineBusy,
        Self::Closed,
        Self::Goodbye,
        Self::Recorded,
        Self::NotRecorded,
        Self::EnterPin,
        Self::WrongPin,
        Self::EnterExtension,
        Self::FirstInConference,
        Self::WaitForHost,
        Self::ConferenceLocked,
        Self::Removed,
    ];

    /// The name by which files and the API know it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::DialExtension => "dial_extension",
            Self::TryAgain => "try_again",
            Self::NobodyAnswers => "nobody_answers",
            Self::LineBusy => "line_busy",
            Self::Closed => "closed",
            Self::Goodbye => "goodbye",
            Self::Recorded => "recorded",
            Self::NotRecorded => "not_recorded",
            Self::EnterPin => "enter_pin",
            Self::WrongPin => "wrong_pin",
            Self::EnterExtension => "enter_extension",
            Self::FirstInConference => "first_in_conference",
            Self::WaitForHost => "wait_for_host",
            Self::ConferenceLocked => "conference_locked",
            Self::Removed => "removed",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|prompt| prompt.name() == name)
    }
}

/// An announcement that an administrator has uploaded (the database's key).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnnouncementId(pub u64);

/// Something that is played once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sound {
    /// What farend says.
    Prompt {
        /// What.
        prompt: Prompt,
        /// How.
        language: Language,
    },
    /// What an administrator has uploaded.
    Announcement(AnnouncementId),
    /// The tone that tells that a call is recorded.
    RecordingTone,
}
