//! Conference rooms that have a number.

use model::UserId;

/// A room (the database's key).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoomId(pub u64);

/// A conference room: whoever calls its number and knows the PIN is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// The key.
    pub id: RoomId,
    /// Shown on displays.
    pub name: String,
    /// The number; none of anybody else's.
    pub extension: String,
    /// What is asked of everybody but the hosts; `None`: people of ours come in without, others not at all.
    pub pin: Option<String>,
    /// Who leads, without a PIN.
    pub hosts: Vec<UserId>,
    /// Whether all others wait with music until a host is there.
    pub waits_for_host: bool,
    /// Whether a tone tells that somebody comes or goes.
    pub has_tones: bool,
    /// Who is in it at most.
    pub members_max: u16,
}
