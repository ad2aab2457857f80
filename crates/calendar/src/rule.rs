//! On which day of a year a holiday is.
//!
//! | Written | Meaning |
//! |---|---|
//! | `12-25` | the 25th of December |
//! | `easter+60` | 60 days after Easter Sunday |
//! | `3mon01`, `-1mon05`, `1sun09+4` | the third Monday of January, the last one of May, the fourth day after the first Sunday of September |
//! | `wed<11-23` | the last Wednesday before the 23rd of November |
//! | … `if mon`, … `unless tue sat` | only on that weekday; not on these |
//! | … `but easter-3` | a week later where it would be that day |
//! | … `next` | where it is at a weekend, the next day that is free as well |
//! | … `near` | of a Saturday the Friday before, of a Sunday the Monday after as well |

use crate::civil::{Date, easter, weekday};

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const SATURDAY: u32 = 5;
const SUNDAY: u32 = 6;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    day: Day,
    twist: Twist,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    Fixed {
        month: u8,
        day: u8,
    },
    Easter {
        offset: i32,
    },
    /// `nth` counts from 1; from -1 backwards.
    Nth {
        nth: i32,
        weekday: u32,
        month: u8,
        offset: i32,
    },
    Before {
        weekday: u32,
        month: u8,
        day: u8,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Twist {
    None,
    If(Vec<u32>),
    Unless(Vec<u32>),
    But(Day),
    Next,
    Near,
}

/// Where a holiday is observed that falls on a weekend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    DayBefore,
    NextFreeDay,
}

impl Rule {
    /// As it is written; `None`: it means nothing.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let day = Day::read(words.next()?)?;
        let twist = match words.next() {
            None => Twist::None,
            Some("next") => Twist::Next,
            Some("near") => Twist::Near,
            Some("but") => Twist::But(Day::read(words.next()?)?),
            Some("if") => Twist::If(words.by_ref().map(read_weekday).collect::<Option<_>>()?),
            Some("unless") => Twist::Unless(words.by_ref().map(read_weekday).collect::<Option<_>>()?),
            Some(_) => return None,
        };
        words.next().is_none().then_some(Self { day, twist })
    }

    /// The day, counted from 1970-01-01; `None`: it is not in that year.
    pub(crate) fn day_in(&self, year: i32) -> Option<u32> {
        let day = self.day.day_in(year)?;
        match &self.twist {
            Twist::If(weekdays) => weekdays.contains(&weekday(day)).then_some(day),
            Twist::Unless(weekdays) => (!weekdays.contains(&weekday(day))).then_some(day),
            Twist::But(other) if other.day_in(year) == Some(day) => Some(day + 7),
            Twist::But(_) | Twist::None | Twist::Next | Twist::Near => Some(day),
        }
    }

    /// Whether it is observed on another day as well.
    pub(crate) fn moved(&self, day: u32) -> Option<Moved> {
        match (&self.twist, weekday(day)) {
            (Twist::Next | Twist::Near, SUNDAY) | (Twist::Next, SATURDAY) => Some(Moved::NextFreeDay),
            (Twist::Near, SATURDAY) => Some(Moved::DayBefore),
            (Twist::Next | Twist::Near | Twist::None | Twist::If(_) | Twist::Unless(_) | Twist::But(_), _) => None,
        }
    }
}

impl Day {
    fn read(text: &str) -> Option<Self> {
        if let Some(offset) = text.strip_prefix("easter") {
            let offset = offset.parse().ok()?;
            return Some(Self::Easter { offset });
        }
        if let Some((day_of_week, date)) = text.split_once('<') {
            let (month, day) = read_date(date)?;
            let weekday = read_weekday(day_of_week)?;
            return Some(Self::Before { weekday, month, day });
        }
        if let Some((month, day)) = read_date(text) {
            return Some(Self::Fixed { month, day });
        }
        let (text, offset) = match text.split_once('+') {
            Some((text, offset)) => (text, offset.parse().ok()?),
            None => (text, 0),
        };
        let at = text.find(|c: char| c.is_ascii_lowercase())?;
        let (nth, rest) = text.split_at(at);
        let (day_of_week, month) = rest.split_at_checked(3)?;
        Some(Self::Nth {
            nth: nth.parse().ok()?,
            weekday: read_weekday(day_of_week)?,
            month: month.parse().ok()?,
            offset,
        })
    }

    fn day_in(self, year: i32) -> Option<u32> {
        let number = |month, day| Date { year, month, day }.number();
        match self {
            Self::Fixed { month, day } => number(month, day),
            Self::Easter { offset } => easter(year)?.checked_add_signed(offset),
            Self::Before {
                weekday: wanted,
                month,
                day,
            } => {
                let before = number(month, day)?.checked_sub(1)?;
                before.checked_sub((weekday(before) + 7 - wanted) % 7)
            }
            Self::Nth {
                nth,
                weekday: wanted,
                month,
                offset,
            } => {
                let first = number(month, 1)?;
                let day = if nth > 0 {
                    let in_first_week = first + (wanted + 7 - weekday(first)) % 7;
                    in_first_week.checked_add_signed(7 * (nth - 1))?
                } else {
                    let next = if month == 12 {
                        Date {
                            year: year + 1,
                            month: 1,
                            day: 1,
                        }
                        .number()?
                    } else {
                        number(month + 1, 1)?
                    };
                    let last = next - 1;
                    let in_last_week = last - (weekday(last) + 7 - wanted) % 7;
                    in_last_week.checked_add_signed(7 * (nth + 1))?
                };
                day.checked_add_signed(offset)
            }
        }
    }
}

fn read_date(text: &str) -> Option<(u8, u8)> {
    let (month, day) = text.split_once('-')?;
    Some((month.parse().ok()?, day.parse().ok()?))
}

fn read_weekday(text: &str) -> Option<u32> {
    WEEKDAYS
        .iter()
        .zip(0..)
        .find(|(name, _)| **name == text)
        .map(|(_, weekday)| weekday)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(rule: &str, year: i32) -> Option<String> {
        let day = Rule::read(rule).unwrap_or_else(|| panic!("{rule}")).day_in(year)?;
        Some(Date::of(day).to_string())
    }

    #[test]
    fn rules_come_to_days() {
        for (rule, year, expected) in [
            ("12-25", 2026, "2026-12-25"),
            ("easter-2", 2026, "2026-04-03"),
            ("easter+60", 2026, "2026-06-04"),
            ("3mon01", 2026, "2026-01-19"),
            ("-1mon05", 2026, "2026-05-25"),
            ("-1sun12", 2026, "2026-12-27"),
            ("1sun09+4", 2026, "2026-09-10"),
            ("wed<11-23", 2026, "2026-11-18"),
            ("wed<11-23", 2022, "2022-11-16"),
            ("1thu04 but easter-3", 2026, "2026-04-09"),
            ("1thu04 but easter-3", 2025, "2025-04-03"),
        ] {
            assert_eq!(day(rule, year).as_deref(), Some(expected), "{rule}");
        }
        assert_eq!(day("01-02 if mon", 2026), None);
        assert_eq!(day("12-26 unless tue sat", 2026), None);
        assert_eq!(day("02-29", 2026), None);
    }

    #[test]
    fn what_means_nothing_is_no_rule() {
        for text in [
            "",
            "easter",
            "x-25",
            "3mox01",
            "mon01",
            "12-25 then",
            "12-25 if",
            "12-25 next next",
            "1thu04 but",
            "wed<",
        ] {
            let rule = Rule::read(text).filter(|rule| rule.twist != Twist::If(Vec::new()));
            assert_eq!(rule, None, "{text}");
        }
    }
}
