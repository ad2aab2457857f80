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
    /// Whether it is open now. A window that ends after midnight ends with the day before a holiday.
    #[must_use]
    pub fn is_open(&self, clock: WallClock) -> bool {
        let is_holiday = || self.region.as_deref().and_then(|region| calendar::is_holiday(region, clock.day));
        let is_in = self.windows.iter().any(|window| window.is_open(clock));
        is_in && !self.closed_days.contains(&clock.day) && is_holiday().is_none()
    }
}

/// Whether one of these is open now; `None`: it is not among them.
pub(crate) fn is_open_by(profiles: &[TimeProfile], id: TimeProfileId, clock: WallClock) -> Option<bool> {
    let profile = profiles.iter().find(|profile| profile.id == id)?;
    Some(profile.is_open(clock))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(date: &str, weekday: u8, hour: u16) -> WallClock {
        let day = date.parse::<calendar::Date>().unwrap().number().unwrap();
        let minute = hour * 60;
        WallClock { day, weekday, minute }
    }

    #[test]
    fn an_office_is_closed_at_night_on_holidays_and_on_days_of_its_own() {
        let office = TimeProfile {
            id: TimeProfileId(1),
            name: "Office".to_owned(),
            windows: vec![Window {
                days: 0b1_1111,
                from_minute: 8 * 60,
                to_minute: 18 * 60,
            }],
            region: Some("DE-BY".to_owned()),
            closed_days: vec![at("2026-12-24", 3, 0).day],
        };
        for (date, weekday, hour, is_open) in [
            ("2026-11-26", 3, 9, true),
            ("2026-11-26", 3, 19, false),
            ("2026-11-28", 5, 9, false),
            ("2026-01-06", 1, 9, false),
            ("2026-06-04", 3, 9, false),
            ("2026-12-24", 3, 9, false),
            ("2026-12-23", 2, 9, true),
        ] {
            assert_eq!(office.is_open(at(date, weekday, hour)), is_open, "{date} {hour}");
        }
        let elsewhere = TimeProfile {
            region: Some("FR".to_owned()),
            ..office
        };
        assert!(elsewhere.is_open(at("2026-06-04", 3, 9)));
    }
}
