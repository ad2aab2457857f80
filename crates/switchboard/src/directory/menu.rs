//! Attendants: menus whose callers choose by keys where their call goes. One without keys is an announcement with a number of its own.

use model::control::Digit;
use model::{AnnouncementId, Language};

use super::{Lookup, TimeProfileId, WallClock};

/// A menu (the database's key).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MenuId(pub u64);

/// A menu that callers hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// The key.
    pub id: MenuId,
    /// Shown on displays.
    pub name: String,
    /// The number; none of anybody else's.
    pub extension: String,
    /// In which language prompts are spoken here; `None`: the company's.
    pub language: Option<Language>,
    /// What callers hear first; `None`: "Welcome".
    pub greeting: Option<AnnouncementId>,
    /// What the keys do.
    pub keys: Vec<(Digit, Choice)>,
    /// Whether a caller may dial an extension instead of a key.
    pub takes_extensions: bool,
    /// How long a caller may think after the greeting, in seconds.
    pub waits_s: u16,
    /// How often the greeting is played at most, when nothing that means something was pressed.
    pub plays_max: u8,
    /// What happens after that.
    pub otherwise: Choice,
    /// When it is open, and what happens else; `None`: it is always open.
    pub hours: Option<MenuHours>,
}

impl Menu {
    /// Whether it is open now. One whose time profile is gone is open: it has hours no more.
    pub(crate) fn is_open(&self, directory: &Lookup, clock: WallClock) -> bool {
        let profile = self.hours.as_ref().and_then(|hours| directory.time_profile(hours.profile));
        profile.is_none_or(|profile| profile.is_open(clock))
    }
}

/// When a menu is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuHours {
    /// Open by this time profile.
    pub profile: TimeProfileId,
    /// What callers hear when it is closed; `None`: that we are closed.
    pub greeting: Option<AnnouncementId>,
    /// What happens after that.
    pub then: Choice,
}

/// What a key does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The call goes to this number of ours: a person, a team, a room, another menu. When it is busy or nobody answers, the caller is told and the menu begins again.
    Number(String),
    /// An announcement is played, then the menu begins again.
    Hear(AnnouncementId),
    /// The greeting is played again.
    Again,
    /// Goodbye.
    HangUp,
}
