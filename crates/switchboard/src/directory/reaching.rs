//! What becomes of calls to somebody before any phone rings, and when none is answered: forwards, do not disturb, and who may pick up.

use model::UserId;

use super::TimeProfileId;

/// What somebody has said about the calls to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reaching {
    /// In this order: the first one that fits counts.
    pub forwards: Vec<Forward>,
    /// No phone rings.
    pub do_not_disturb: DoNotDisturb,
    /// Calls without a number are refused.
    pub rejects_anonymous: bool,
}

/// A rule by which calls go elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// Whether it counts.
    pub is_on: bool,
    /// In which case.
    pub when: When,
    /// For whose calls.
    pub from: Callers,
    /// Only while this is open, or only while it is closed.
    pub during: Option<During>,
    /// A number of ours, or of the world with the permissions of whoever forwards.
    pub to: String,
}

/// In which case calls go elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// In any case, at once.
    Always,
    /// While they are on a call, or have declined.
    Busy,
    /// When nobody has answered.
    NoAnswer {
        /// After this many seconds.
        after_s: u16,
    },
    /// While no phone of theirs is there.
    Unreachable,
}

/// Whose calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callers {
    /// Everybody's.
    Anybody,
    /// Those of people and teams of ours.
    Inside,
    /// Those of the world.
    Outside,
    /// Those without a number.
    Anonymous,
    /// Those of these numbers: extensions, or of the world as E.164 with `+`.
    These(Vec<String>),
}

/// While a time profile is open, or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct During {
    /// Which.
    pub profile: TimeProfileId,
    /// Whether it shall be open.
    pub is_open: bool,
}

/// Nobody shall disturb.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DoNotDisturb {
    /// Whether it is on.
    pub is_on: bool,
    /// Whose calls ring nevertheless: extensions, or numbers of the world as E.164 with `+`.
    pub except: Vec<String>,
}

/// People who may answer each other's ringing calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickUpGroup {
    /// The key.
    pub id: PickUpGroupId,
    /// For people.
    pub name: String,
    /// Who.
    pub members: Vec<UserId>,
}

/// A pick-up group (the database's key).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PickUpGroupId(pub u64);

/// Where calls are parked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parking {
    /// How many slots there are, numbered from 1; 9 at most.
    pub slots: u8,
    /// After this many seconds a parked call rings at whoever has parked it.
    pub rings_back_after_s: u16,
}

impl Default for Parking {
    /// All slots, a minute and a half.
    fn default() -> Self {
        Self {
            slots: 9,
            rings_back_after_s: 90,
        }
    }
}
