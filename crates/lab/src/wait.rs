//! Waiting for a condition with a limit, never for a time.

use std::time::{Duration, Instant};

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How often one is looked at that costs time.
const LOOK_SELDOM: Duration = Duration::from_millis(250);

/// Waits until `look` finds something.
///
/// # Panics
///
/// When `limit` is over: the test has failed, and `what` says at which point.
#[track_caller]
pub fn until<T>(what: &str, limit: Duration, look: impl FnMut() -> Option<T>) -> T {
    until_found(LOOK_EVERY, what, limit, look)
}

/// Waits like [`until_true`] for what costs time to look at, which the machine needs for what is looked at.
#[track_caller]
pub fn until_true_seldom(what: &str, limit: Duration, mut look: impl FnMut() -> bool) {
    until_found(LOOK_SELDOM, what, limit, || look().then_some(()));
}

#[track_caller]
fn until_found<T>(every: Duration, what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < limit, "waited {} s in vain until {what}", limit.as_secs_f32());
        std::thread::park_timeout(every);
    }
}

/// Waits until `look` is true. Panics like [`until`].
#[track_caller]
pub fn until_true(what: &str, limit: Duration, mut look: impl FnMut() -> bool) {
    until(what, limit, || look().then_some(()));
}

/// Lets time pass in which the world is as it is. Part of a story, such as the moment between two networks; never a wait for something.
pub fn pass(time: Duration) {
    let begun = Instant::now();
    while let Some(left) = time.checked_sub(begun.elapsed()) {
        std::thread::park_timeout(left);
    }
}
