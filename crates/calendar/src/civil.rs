//! Days as the Gregorian calendar names them.

use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// From 1970 on.
    pub year: i32,
    /// 1 is January.
    pub month: u8,
    /// 1 is the first.
    pub day: u8,
}

/// It is no date from 1970 on, written as `2026-12-24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no date: write it as 2026-12-24")]
pub struct NoSuchDate;

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;
/// Days of 400 years.
const CYCLE: i64 = 146_097;

impl Date {
    /// The date of a day, counted from 1970-01-01.
    #[must_use]
    pub fn of(day: u32) -> Self {
        // Years begin in March here: a leap day is the last day of one.
        let days = i64::from(day) + EPOCH;
        let (cycle, in_cycle) = (days / CYCLE, days % CYCLE);
        let year = (in_cycle - in_cycle / 1_460 + in_cycle / 36_524 - in_cycle / 146_096) / 365;
        let in_year = in_cycle - (365 * year + year / 4 - year / 100);
        let month = (5 * in_year + 2) / 153;
        let day = in_year - (153 * month + 2) / 5 + 1;
        let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        let narrow = |value: i64| u8::try_from(value).unwrap_or(u8::MAX);
        Self {
            year: i32::try_from(400 * cycle + year + carry).unwrap_or(i32::MAX),
            month: narrow(month),
            day: narrow(day),
        }
    }

    /// The day, counted from 1970-01-01; `None`: there is no such date, or it is before that.
    #[must_use]
    pub fn number(self) -> Option<u32> {
        if !(1970..=9_999).contains(&self.year) || !(1..=12).contains(&self.month) || self.day == 0 {
            return None;
        }
        let (month, year) = match i64::from(self.month) {
            month @ 3.. => (month - 3, i64::from(self.year)),
            month => (month + 9, i64::from(self.year) - 1),
        };
        let in_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        let days = 365 * year + year / 4 - year / 100 + year / 400 + in_year - EPOCH;
        let number = u32::try_from(days).ok()?;
        // The 30th of February would be another day.
        (Self::of(number) == self).then_some(number)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = NoSuchDate;

    fn from_str(text: &str) -> Result<Self, NoSuchDate> {
        let date = || {
            let (year, rest) = text.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            let date = Self {
                year: year.parse().ok()?,
                month: month.parse().ok()?,
                day: day.parse().ok()?,
            };
            // Written in one way only.
            date.number().filter(|_| date.to_string() == text).map(|_| date)
        };
        date().ok_or(NoSuchDate)
    }
}

/// 0 is Monday.
pub(crate) fn weekday(day: u32) -> u32 {
    // 1970-01-01 was a Thursday.
    (day + 3) % 7
}

/// Easter Sunday by the Gregorian rule (Meeus, Jones and Butcher).
pub(crate) fn easter(year: i32) -> Option<u32> {
    let in_cycle = year % 19;
    let (century, in_century) = (year / 100, year % 100);
    let shift = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * in_cycle + century - century / 4 - shift + 15) % 30;
    let sunday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4) % 7;
    let correction = (in_cycle + 11 * epact + 22 * sunday) / 451;
    let place = epact + sunday - 7 * correction + 114;
    let date = Date {
        year,
        month: u8::try_from(place / 31).ok()?,
        day: u8::try_from(place % 31 + 1).ok()?,
    };
    date.number()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> u32 {
        text.parse::<Date>().unwrap().number().unwrap()
    }

    #[test]
    fn days_have_dates_and_dates_have_days() {
        assert_eq!(number("1970-01-01"), 0);
        assert_eq!(number("2026-11-26"), 20_783);
        assert_eq!(weekday(number("2026-11-26")), 3);
        let mut before = Date::of(0);
        for day in 1..200_000 {
            let date = Date::of(day);
            assert_eq!(date.number(), Some(day));
            assert!(date > before, "{before} {date}");
            before = date;
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "2026-02-29",
            "2024-02-30",
            "2026-13-01",
            "2026-1-1",
            "1969-12-31",
            "2026-00-10",
            "today",
            "",
            "2026-11-26 ",
        ] {
            assert_eq!(text.parse::<Date>(), Err(NoSuchDate), "{text}");
        }
        assert_eq!(
            "2024-02-29".parse::<Date>().map(|date| date.to_string()).as_deref(),
            Ok("2024-02-29")
        );
    }

    #[test]
    fn easter_is_where_the_churches_have_it() {
        for date in [
            "2000-04-23",
            "2008-03-23",
            "2011-04-24",
            "2019-04-21",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2038-04-25",
            "2049-04-18",
        ] {
            let expected: Date = date.parse().unwrap();
            assert_eq!(easter(expected.year).map(Date::of), Some(expected));
        }
    }
}
