//! Time profiles: when an office works.

use super::{WallClock, Window};

/// A time profile (the database's key).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeProfileId(pub u64);

/// When something is open: an office, a hotline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeProfile {
    /// The key.
    pub id: TimeProfileId,
    /// For people.
    pub name: String,
    /// It is open in these windows.
    pub windows: Vec<Window>,
    /// On public holidays of this region (ISO 3166-2, e.g. `DE-BY`; or a country, e.g. `FR`) it is closed.
    pub region: Option<String>,
    /// On these days it is closed as well: days since 1970-01-01.
    pub closed_days: Vec<u32>,
}

impl TimeProfile {
    /// Whether it is open now.
    #[must_use]
    pub fn is_open(&self, clock: WallClock) -> bool {
        !self.closed_days.contains(&clock.day) && self.windows.iter().any(|window| window.is_open(clock))
    }
}
