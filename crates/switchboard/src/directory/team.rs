//! Teams: one number, several people or devices.

use model::{DeviceId, TeamId, UserId};

use super::{TimeProfileId, Window};

/// A team, or a ring group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// The key.
    pub id: TeamId,
    /// Shown on displays.
    pub name: String,
    /// The number; none of anybody else's.
    pub extension: String,
    /// Whether all members see one line: who is on it, who is held, and any of them may take a held call. Without it the team is a ring group.
    pub has_line: bool,
    /// Who rings when.
    pub order: Order,
    /// In this order.
    pub members: Vec<Member>,
    /// When the next caller hears busy.
    pub busy_when: BusyWhen,
    /// Where a call goes that nobody answers, or that finds nobody.
    pub overflow: Option<Overflow>,
    /// Where calls go at other times.
    pub night: Option<Night>,
}

/// Who rings when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// All at once.
    All,
    /// One after the other, as they stand.
    InTurn {
        /// Seconds for each.
        turn_s: u16,
    },
    /// One after the other, whoever has not talked for longest first.
    LongestIdle {
        /// Seconds for each.
        turn_s: u16,
    },
}

/// A member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub kind: MemberKind,
    /// Whether calls ring there; otherwise the member only sees the line and may take calls.
    pub rings: bool,
}

/// A person, with all their phones, or one phone that is nobody's: a handset behind a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberKind {
    /// A person.
    Person(UserId),
    /// A device.
    Device(DeviceId),
}

/// When a team is busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusyWhen {
    /// All members are.
    All,
    /// One call of the team's is running.
    First,
}

/// Where a call goes that a team does not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// After this many seconds; also when nobody can be reached, or the team is busy.
    pub after_s: u16,
    /// A number of ours, or of the world with the permissions of whoever calls.
    pub number: String,
}

/// Night service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Night {
    /// When the team works; at all other times its calls go to `number`.
    pub day: Vec<Window>,
    /// The same, by a time profile; where it is given, `day` does not count.
    pub hours: Option<TimeProfileId>,
    /// Where to.
    pub number: String,
}
