//! Conference rooms that have a number.

use model::UserId;

/// A room (the database's key).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoomId(pub u64);

/// A conference room: people of ours who call its number are in it, others after they have entered the PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// The key.
    pub id: RoomId,
    /// Shown on displays.
    pub name: String,
    /// The number; none of anybody else's.
    pub extension: String,
    /// What everybody is asked for who is no person of ours; `None`: such people do not come in at all.
    pub pin: Option<String>,
    /// Who leads: mutes, removes, admits, locks.
    pub hosts: Vec<UserId>,
    /// Whether all others wait with music until a host is there.
    pub waits_for_host: bool,
    /// Whether a tone tells that somebody comes or goes.
    pub has_tones: bool,
    /// Who is in it at most.
    pub members_max: u16,
}
