//! The clock on the wall: permissions go by the time of day at the site, and the minutes of a day end at its midnight.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use switchboard::directory::WallClock;

use crate::signalling::{Signal, Signalling};
use crate::store::Store;

/// No name of a time zone is longer.
const NAME_CHARS_MAX: usize = 64;
const DAY_ZERO: civil::Date = civil::date(1970, 1, 1);
const HOURS_OF_A_DAY: i64 = 24;

/// There is no such time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no time zone: write its name as IANA has it, such as Europe/Berlin")]
pub(crate) struct UnknownZone;

/// The time zone of this name; without one the system's.
///
/// # Errors
/// When nobody knows it.
pub(crate) fn zone(name: Option<&str>) -> Result<TimeZone, UnknownZone> {
    match name {
        None => Ok(TimeZone::system()),
        Some(name) if name.len() > NAME_CHARS_MAX => Err(UnknownZone),
        Some(name) => TimeZone::get(name).map_err(|_| UnknownZone),
    }
}

/// What the clock on the wall says at a moment.
pub(crate) fn on_the_wall(at: Timestamp, zone: &TimeZone) -> WallClock {
    let local = at.to_zoned(zone.clone()).datetime();
    let day = local.date().duration_since(DAY_ZERO).as_hours() / HOURS_OF_A_DAY;
    let narrow = |value: i8| u16::from(value.unsigned_abs());
    WallClock {
        day: u32::try_from(day).unwrap_or(0),
        weekday: local.date().weekday().to_monday_zero_offset().unsigned_abs(),
        minute: narrow(local.hour()) * 60 + narrow(local.minute()),
    }
}

/// How long until the clock shows the next minute. Time zones differ by whole minutes.
fn until_next_minute(at: Timestamp) -> Duration {
    let into_minute_ms = at.as_millisecond().rem_euclid(60_000).unsigned_abs();
    Duration::from_millis(60_000 - into_minute_ms)
}

/// Tells the signalling loop the time, now and with every minute. Never returns.
pub(crate) async fn tell(signalling: Signalling, store: Store) {
    let mut local = TimeZone::system();
    loop {
        match store.site().await {
            Ok(site) => match zone(site.time_zone.as_deref()) {
                Ok(zone) => local = zone,
                Err(error) => tracing::error!(%error, zone = site.time_zone, "the time zone of before stays"),
            },
            Err(error) => tracing::warn!(%error, "cannot look up the time zone; the one of before stays"),
        }
        let now = Timestamp::now();
        signalling.deliver(Signal::Clock(on_the_wall(now, &local))).await;
        tokio::time::sleep(until_next_minute(now)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_has_the_time_of_its_zone() {
        for (at, name, day, weekday, minute) in [
            ("1970-01-01T00:00:00Z", "UTC", 0, 3, 0),
            ("2026-11-26T22:59:59Z", "Europe/Berlin", 20_783, 3, 23 * 60 + 59),
            ("2026-11-26T23:00:00Z", "Europe/Berlin", 20_784, 4, 0),
            ("2026-07-26T22:30:00Z", "Europe/Berlin", 20_661, 0, 30),
            ("2026-11-26T04:30:00Z", "America/New_York", 20_782, 2, 23 * 60 + 30),
            ("2026-11-26T18:40:00Z", "Asia/Kathmandu", 20_784, 4, 25),
        ] {
            let wall = on_the_wall(at.parse().unwrap(), &zone(Some(name)).unwrap());
            assert_eq!(wall, WallClock { day, weekday, minute }, "{at} {name}");
        }
    }

    #[test]
    fn a_zone_that_nobody_knows_is_refused() {
        assert_eq!(zone(Some("Europe/Atlantis")).err(), Some(UnknownZone));
        assert_eq!(zone(Some(&"x".repeat(65))).err(), Some(UnknownZone));
        assert!(zone(None).is_ok());
    }

    #[test]
    fn the_next_minute_is_waited_for() {
        for (at, wait_ms) in [("2026-11-26T10:00:00Z", 60_000), ("2026-11-26T10:00:59.999Z", 1)] {
            assert_eq!(until_next_minute(at.parse().unwrap()), Duration::from_millis(wait_ms));
        }
    }
}
