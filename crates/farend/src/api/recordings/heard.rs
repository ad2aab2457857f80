//! Who has listened lately: a player asks for a recording piece by piece, and the audit log has a line for the whole of it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use model::UserId;
use time::{Duration, OffsetDateTime};

use crate::store::{Listening, RecordingName};

/// After this time somebody has listened again.
const AGAIN_AFTER: Duration = Duration::HOUR;
/// Remembered at most; when there are more, some are noted twice.
const HEARD_MAX: usize = 10_000;

type Act = (UserId, RecordingName, Listening);

/// What was noted within the last hour.
#[derive(Debug, Default)]
pub(in crate::api) struct Heard(Mutex<BTreeMap<Act, OffsetDateTime>>);

impl Heard {
    /// Whether this is to be noted: it was not within the last hour.
    pub(super) fn is_new(&self, act: Act, now: OffsetDateTime) -> bool {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(&act).is_none_or(|noted| *noted + AGAIN_AFTER <= now)
    }

    /// It has been noted.
    pub(super) fn note(&self, act: Act, now: OffsetDateTime) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.len() >= HEARD_MAX {
            heard.retain(|_, noted| *noted + AGAIN_AFTER > now);
        }
        if heard.len() >= HEARD_MAX {
            heard.clear();
        }
        heard.insert(act, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_on_is_noted_once_an_hour() {
        let (heard, now) = (Heard::default(), OffsetDateTime::UNIX_EPOCH);
        let act = |user, listening| (UserId(user), RecordingName { run: 1, number: 2 }, listening);
        assert!(heard.is_new(act(1, Listening::Heard), now));
        heard.note(act(1, Listening::Heard), now);
        assert!(!heard.is_new(act(1, Listening::Heard), now + Duration::minutes(59)));
        assert!(heard.is_new(act(1, Listening::Heard), now + Duration::minutes(60)));
        assert!(heard.is_new(act(1, Listening::Downloaded), now));
        assert!(heard.is_new(act(2, Listening::Heard), now));
        for user in 0..2 * HEARD_MAX as u64 {
            heard.note(act(user, Listening::Heard), now);
        }
        assert!(heard.0.lock().unwrap().len() <= HEARD_MAX);
    }
}
