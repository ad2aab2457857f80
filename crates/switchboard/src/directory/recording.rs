//! Which calls are recorded.

use model::{TeamId, TrunkId, UserId};

/// How recording is done in this company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recordings {
    /// How people in a call are told that somebody has pressed the button.
    pub announced: Announced,
    /// Calls that are recorded without a button. The first rule that fits counts.
    pub rules: Vec<RecordingRule>,
}

/// A rule by which calls are recorded from their beginning (the database's key).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordingRuleId(pub u64);

/// Calls that are recorded without a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingRule {
    /// The key.
    pub id: RecordingRuleId,
    /// Of whom.
    pub whose: RecordingOf,
    /// Which of their calls.
    pub calls: RecordedCalls,
    /// How those in it are told. They are told before they are recorded.
    pub announced: Announced,
}

/// Whose calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingOf {
    /// Everybody's.
    Everybody,
    /// A person's.
    Person(UserId),
    /// Calls to a team.
    Team(TeamId),
    /// Calls by a trunk.
    Trunk(TrunkId),
}

/// Which calls of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordedCalls {
    /// All, inside as well.
    All,
    /// From and to outside.
    Outside,
    /// From outside alone.
    Incoming,
    /// To outside alone.
    Outgoing,
}

/// How people are told that they are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Announced {
    /// In words.
    #[default]
    Prompt,
    /// By a tone.
    Tone,
    /// Not at all: where the law allows that.
    Silently,
}
