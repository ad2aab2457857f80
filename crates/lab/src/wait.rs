//! Waiting for a condition with a limit, never for a time.

use std::time::{Duration, Instant};

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Waits until `look` finds something.
///
/// # Panics
///
/// When `limit` is over: the test has failed, and `what` says at which point.
#[track_caller]
pub fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < limit, "waited {} s in vain until {what}", limit.as_secs_f32());
        std::thread::park_timeout(LOOK_EVERY);
    }
}

/// Waits until `look` is true. Panics like [`until`].
#[track_caller]
pub fn until_true(what: &str, limit: Duration, mut look: impl FnMut() -> bool) {
    until(what, limit, || look().then_some(()));
}
