//! Public holidays by country and region.
//!
//! ```text
//!  data/DE.tsv ──► rules ("easter+60", "3mon01", "12-25 next") ──► the days of a region in a year ──► is_holiday("DE-BY", day)
//! ```
//!
//! Days are counted from 1970-01-01. A region is a country (ISO 3166-1, e.g. `FR`) or a part of it (ISO 3166-2, e.g. `DE-BY`). Each data file says
//! where it comes from and of when it is; what is decided anew every year, or in single municipalities, is not in them.

mod civil;
mod data;
mod rule;

pub use civil::{Date, NoSuchDate};

use data::Country;
use rule::Moved;

/// A country, or a part of one, whose holidays are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// ISO 3166, e.g. `DE-BY`.
    pub code: &'static str,
    /// For people, in the language of the place.
    pub name: &'static str,
}

/// A public holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holiday {
    /// Days since 1970-01-01.
    pub day: u32,
    /// For people, in the language of the place.
    pub name: &'static str,
}

/// All regions, by countries.
pub fn regions() -> impl Iterator<Item = Region> {
    data::countries().iter().flat_map(|country| country.regions.iter().copied())
}

/// What a day is called that is a public holiday there; `None`: it is none, or the region is unknown.
#[must_use]
pub fn is_holiday(region: &str, day: u32) -> Option<&'static str> {
    let year = Date::of(day).year;
    // New Year's Day may be moved into the year before.
    let mut holidays = [year, year + 1].into_iter().flat_map(|year| of_rules(region, year));
    holidays.find(|holiday| holiday.day == day).map(|holiday| holiday.name)
}

/// The public holidays of a year, in order; none where the region is unknown. One that is moved from a weekend is there twice.
#[must_use]
pub fn holidays(region: &str, year: i32) -> Vec<Holiday> {
    let years = [year, year + 1].into_iter();
    let mut holidays: Vec<Holiday> = years
        .flat_map(|year| of_rules(region, year))
        .filter(|holiday| Date::of(holiday.day).year == year)
        .collect();
    holidays.sort_unstable();
    holidays
}

/// What the rules of a year come to.
fn of_rules(region: &str, year: i32) -> Vec<Holiday> {
    let Some((country, part)) = find(region) else {
        return Vec::new();
    };
    let mut moved = Vec::new();
    let mut holidays = Vec::new();
    for entry in country.entries.iter().filter(|entry| entry.counts_for(part, year)) {
        let name = entry.name;
        let Some(day) = entry.rule.day_in(year) else { continue };
        holidays.push(Holiday { day, name });
        moved.extend(entry.rule.moved(day).map(|how| (day, how, name)));
    }
    moved.sort_unstable_by_key(|(day, ..)| *day);
    for (day, how, name) in moved {
        let is_free = |day: &u32| civil::weekday(*day) < 5 && holidays.iter().all(|holiday| holiday.day != *day);
        let observed = match how {
            Moved::DayBefore => Some(day - 1),
            // A weekend and some holidays are over within a week.
            Moved::NextFreeDay => (day + 1..day + 8).find(is_free),
        };
        holidays.extend(observed.map(|day| Holiday { day, name }));
    }
    holidays
}

/// The country of a region, and which part of it is meant; empty: all of it.
fn find(region: &str) -> Option<(&'static Country, &str)> {
    let (code, part) = region.split_once('-').unwrap_or((region, ""));
    let country = data::countries().iter().find(|country| country.code == code)?;
    let is_known = region == code || country.regions.iter().any(|known| known.code == region);
    is_known.then_some((country, part))
}
