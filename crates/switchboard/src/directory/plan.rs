//! Numbers of the world: where the company is, by which routes they are reached, who may call them, and where our own lead.

use super::{TimeProfile, TimeProfileId, is_open_by};
use model::TrunkId;
use numbers::{Block, Class, E164, Locality};

/// The company's number plan.
#[derive(Clone, Debug)]
pub struct NumberPlan {
    /// Where it is: what is local, and how people dial.
    pub here: Locality,
    /// By which trunks numbers are reached.
    pub routes: Vec<Route>,
    /// Where calls to our numbers go. The smallest block that a number is in counts.
    pub inbound: Vec<Inbound>,
    /// Emergency calls go out here first; without it by the routes, then by any trunk.
    pub emergency: Option<TrunkId>,
    /// What stops toll fraud.
    pub limits: Limits,
}

/// A route. Of those that fit, longer prefixes come first, then lower costs, then as they stand; when no trunk of one can take the call, the
/// next one has its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The key.
    pub id: RouteId,
    /// For people.
    pub name: String,
    /// The digits that international numbers begin with, without `+`; empty for all numbers.
    pub prefix: String,
    /// For these classes.
    pub classes: Classes,
    /// What it costs, in any unit.
    pub cost: u32,
    /// Its trunks, best first.
    pub trunks: Vec<TrunkId>,
}

/// A route (the database's key).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RouteId(pub u64);

/// Where calls to some of our numbers go.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// Only by this trunk; `None`: by any.
    pub trunk: Option<TrunkId>,
    /// Which numbers.
    pub block: Block,
    /// Where to.
    pub target: Target,
}

/// Where a call from outside goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To the extension that follows the block's head.
    Extension,
    /// To this number of ours, whoever it belongs to: an extension or a feature code.
    Number(String),
}

/// What somebody may do with the world, and who they are to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calling {
    /// The classes of numbers that they may call. Internal and emergency numbers are always allowed.
    pub classes: Classes,
    /// When; empty: always.
    pub windows: Vec<Window>,
    /// When, by a time profile; where it is given, `windows` do not count.
    pub hours: Option<TimeProfileId>,
    /// Their number as others see it; `None`: the trunk's own.
    pub number: Option<E164>,
    /// Whether their number is kept from those whom they call.
    pub is_hidden: bool,
    /// Where they are, in words, for emergency calls.
    pub location: Option<String>,
}

/// Some days of the week between two times of the day, as the clock on the wall has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Bit 0 is Monday.
    pub days: u8,
    /// From this minute of the day.
    pub from_minute: u16,
    /// Until before this minute of the day; when it is not later, the window ends on the next day.
    pub to_minute: u16,
}

/// What the clock on the wall says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WallClock {
    /// Days since 1970-01-01.
    pub day: u32,
    /// 0 is Monday.
    pub weekday: u8,
    /// Since midnight.
    pub minute: u16,
}

/// Against toll fraud. Emergency and internal calls do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls to the world that one person begins in a minute.
    pub calls_per_minute_max: u16,
    /// Calls to other countries and premium numbers of the whole company at once.
    pub costly_calls_max: u16,
    /// Minutes of such calls of the whole company in a day.
    pub costly_minutes_per_day_max: u32,
}

impl Default for Limits {
    /// What a company of some hundred people never reaches by itself.
    fn default() -> Self {
        Self {
            calls_per_minute_max: 10,
            costly_calls_max: 5,
            costly_minutes_per_day_max: 300,
        }
    }
}

/// Some classes of numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes(u16);

impl Classes {
    /// Every class.
    pub const ALL: Self = Self(u16::MAX);

    /// Whether the class is among them.
    #[must_use]
    pub fn has(self, class: Class) -> bool {
        self.0 & Self::bit(class) != 0
    }

    fn bit(class: Class) -> u16 {
        1 << class as u16
    }
}

impl FromIterator<Class> for Classes {
    fn from_iter<I: IntoIterator<Item = Class>>(classes: I) -> Self {
        Self(classes.into_iter().fold(0, |bits, class| bits | Self::bit(class)))
    }
}

impl Calling {
    /// Whether these numbers may be called now. By a time profile that is not among these, none may.
    #[must_use]
    pub fn permits(&self, class: Class, profiles: &[TimeProfile], clock: WallClock) -> bool {
        match class {
            Class::Internal | Class::Emergency => true,
            Class::Free | Class::Local | Class::National | Class::Mobile | Class::International | Class::Premium => {
                self.classes.has(class) && self.is_time(profiles, clock)
            }
        }
    }

    fn is_time(&self, profiles: &[TimeProfile], clock: WallClock) -> bool {
        match self.hours {
            Some(hours) => is_open_by(profiles, hours, clock).unwrap_or_default(),
            None => self.windows.is_empty() || self.windows.iter().any(|window| window.is_open(clock)),
        }
    }
}

impl Window {
    /// Whether it is now.
    #[must_use]
    pub fn is_open(&self, clock: WallClock) -> bool {
        let on = |weekday: u8| self.days & (1 << (weekday % 7)) != 0;
        let (from, to, now) = (self.from_minute, self.to_minute, clock.minute);
        if from < to {
            on(clock.weekday) && (from..to).contains(&now)
        } else {
            (on(clock.weekday) && now >= from) || (on(clock.weekday + 6) && now < to)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_may_end_after_midnight() {
        let at = |weekday, minute| WallClock { day: 1, weekday, minute };
        let office = Window {
            days: 0b001_1111,
            from_minute: 8 * 60,
            to_minute: 18 * 60,
        };
        for (weekday, minute, open) in [
            (0, 480, true),
            (0, 479, false),
            (4, 1_079, true),
            (4, 1_080, false),
            (5, 600, false),
        ] {
            assert_eq!(office.is_open(at(weekday, minute)), open, "{weekday} {minute}");
        }
        let night = Window {
            days: 0b100_0000,
            from_minute: 22 * 60,
            to_minute: 6 * 60,
        };
        for (weekday, minute, open) in [
            (6, 1_320, true),
            (6, 100, false),
            (0, 100, true),
            (0, 359, true),
            (0, 360, false),
            (0, 1_330, false),
        ] {
            assert_eq!(night.is_open(at(weekday, minute)), open, "{weekday} {minute}");
        }
        let always = Window {
            days: 0b111_1111,
            from_minute: 0,
            to_minute: 0,
        };
        assert!(always.is_open(at(3, 0)) && always.is_open(at(3, 1_439)));
    }

    #[test]
    fn emergency_calls_are_always_permitted() {
        let nothing = Calling::default();
        let clock = WallClock::default();
        for class in Class::ALL {
            let always = matches!(class, Class::Internal | Class::Emergency);
            assert_eq!(nothing.permits(class, &[], clock), always, "{class}");
        }
        let some = Calling {
            classes: [Class::National, Class::Mobile].into_iter().collect(),
            ..Calling::default()
        };
        assert!(some.permits(Class::Mobile, &[], clock) && !some.permits(Class::International, &[], clock));
    }

    #[test]
    fn by_a_time_profile_windows_do_not_count() {
        let mornings = TimeProfile {
            id: TimeProfileId(1),
            name: "Mornings".to_owned(),
            windows: vec![Window {
                days: 0b111_1111,
                from_minute: 8 * 60,
                to_minute: 12 * 60,
            }],
            region: None,
            closed_days: vec![7],
        };
        let calling = Calling {
            classes: [Class::Mobile].into_iter().collect(),
            windows: Vec::new(),
            hours: Some(TimeProfileId(1)),
            ..Calling::default()
        };
        let at = |day, hour: u16| WallClock {
            day,
            weekday: 0,
            minute: hour * 60,
        };
        let profiles = [mornings];
        for (day, hour, may) in [(6, 9, true), (6, 13, false), (7, 9, false)] {
            assert_eq!(calling.permits(Class::Mobile, &profiles, at(day, hour)), may, "{day} {hour}");
        }
        assert!(!calling.permits(Class::Mobile, &[], at(6, 9)), "the profile is gone");
        assert!(calling.permits(Class::Emergency, &[], at(6, 9)));
    }
}
