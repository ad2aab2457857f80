//! Dates as people in both languages read them (ISO 8601).

use crate::evidence::UnixMs;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Day, hour and minute, in UTC.
#[must_use]
pub(crate) fn date(at: UnixMs) -> String {
    let (year, month, day) = civil(at.0.div_euclid(DAY_MS));
    let minutes = at.0.rem_euclid(DAY_MS) / 60_000;
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", minutes / 60, minutes % 60)
}

/// Year, month and day of so many days after 1970-01-01, in the Gregorian calendar. Years are counted from March, so that the leap day is
/// the last one.
fn civil(days: i64) -> (i64, i64, i64) {
    /// Days of 400 years, of a century without the leap day that every fourth has, of four years, and of one.
    const ERA: i64 = 146_097;
    /// From 0000-03-01 to 1970-01-01.
    const BEFORE_1970: i64 = 719_468;
    let days = days + BEFORE_1970;
    let era = days.div_euclid(ERA);
    let day_of_era = days.rem_euclid(ERA);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Five months have 153 days, from March on and from August on.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (951_868_799, "2000-02-29 23:59 UTC"),
            (1_772_323_200, "2026-03-01 00:00 UTC"),
            (1_798_761_599, "2026-12-31 23:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00 UTC"),
            (-1, "1969-12-31 23:59 UTC"),
        ] {
            assert_eq!(date(UnixMs(seconds * 1000)), expected);
        }
    }

    #[test]
    fn any_moment_has_a_date() {
        for at in [i64::MIN, i64::MAX] {
            assert!(date(UnixMs(at)).ends_with(" UTC"));
        }
    }
}
