//! Wrong PINs: from the fifth on, whoever guesses has to wait, longer each time.
//!
//! Guesses are counted for the phone at which they are made, and for the extension whose PIN is guessed, whether anybody has that extension
//! or not. A wrong guess is forgiven after an hour. At a phone where its person is known, an extension can be logged on at although others
//! guess its PIN elsewhere.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use model::DeviceId;

/// Wrong guesses that cost nothing.
const FREE: u32 = 4;
/// What the first one after these costs; each further one doubles it.
const PAUSE_MIN: Duration = Duration::from_secs(15);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(3_600);
/// How long a wrong guess counts.
const FORGIVEN_AFTER: Duration = Duration::from_secs(3_600);
/// Extensions, and phones, whose guesses are remembered; the ones that were guessed least make room.
pub(crate) const REMEMBERED_MAX: usize = 1_024;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    phones: BTreeMap<DeviceId, Guesses>,
    extensions: BTreeMap<String, Guesses>,
}

#[derive(Clone, Copy, Debug)]
struct Guesses {
    wrong: u32,
    /// When the last of them is forgiven, if there are no more.
    forgiven_at: Instant,
    /// None is looked at before.
    pause_until: Instant,
}

impl Throttle {
    /// A guess is made. Whether it is to be looked at: then it counts as wrong until [`Throttle::was_right`] says otherwise.
    /// `is_known`: the extension's person has used this phone before.
    pub(crate) fn admits(&mut self, device: DeviceId, extension: &str, is_known: bool, now: Instant) -> bool {
        self.phones.retain(|_, guesses| guesses.forgive(now));
        self.extensions.retain(|_, guesses| guesses.forgive(now));
        let is_paused = |guesses: Option<&Guesses>| guesses.is_some_and(|guesses| now < guesses.pause_until);
        if is_paused(self.phones.get(&device)) || (!is_known && is_paused(self.extensions.get(extension))) {
            return false;
        }
        make_room(&mut self.phones, &device);
        count(self.phones.entry(device), now);
        if !is_known {
            let extension = extension.to_owned();
            make_room(&mut self.extensions, &extension);
            count(self.extensions.entry(extension), now);
        }
        true
    }

    /// The guess was right, or nobody could tell: it does not count.
    pub(crate) fn was_right(&mut self, device: DeviceId, extension: &str, is_known: bool, now: Instant) {
        if let Some(guesses) = self.phones.get_mut(&device) {
            guesses.take_back(now);
        }
        if !is_known && let Some(guesses) = self.extensions.get_mut(extension) {
            guesses.take_back(now);
        }
    }
}

impl Guesses {
    /// Whether there is still something to remember.
    fn forgive(&mut self, now: Instant) -> bool {
        while self.wrong > 0 && self.forgiven_at <= now {
            self.wrong -= 1;
            self.forgiven_at += FORGIVEN_AFTER;
        }
        self.wrong > 0
    }

    fn take_back(&mut self, now: Instant) {
        self.wrong = self.wrong.saturating_sub(1);
        self.pause_until = now;
    }
}

fn count<K: Ord>(entry: std::collections::btree_map::Entry<'_, K, Guesses>, now: Instant) {
    let guesses = entry.or_insert(Guesses {
        wrong: 0,
        forgiven_at: now,
        pause_until: now,
    });
    guesses.wrong = guesses.wrong.saturating_add(1);
    guesses.forgiven_at = now + FORGIVEN_AFTER;
    guesses.pause_until = now + pause(guesses.wrong);
}

/// How long after so many wrong guesses the next one has to wait.
fn pause(wrong: u32) -> Duration {
    match wrong.checked_sub(FREE + 1) {
        None => Duration::ZERO,
        Some(doublings) => PAUSE_MIN.saturating_mul(1 << doublings.min(16)).min(PAUSE_MAX),
    }
}

fn make_room<K: Ord + Clone>(guesses: &mut BTreeMap<K, Guesses>, newcomer: &K) {
    if guesses.len() < REMEMBERED_MAX || guesses.contains_key(newcomer) {
        return;
    }
    let least = guesses.iter().min_by_key(|(_, guesses)| (guesses.wrong, guesses.forgiven_at));
    if let Some(least) = least.map(|(key, _)| key.clone()) {
        guesses.remove(&least);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    const LOBBY: DeviceId = DeviceId(1);
    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn from_the_fifth_wrong_guess_on_pauses_grow() {
        let mut throttle = Throttle::default();
        let mut now = testing::start();
        for _ in 0..5 {
            assert!(throttle.admits(LOBBY, "101", false, now));
        }
        for pause_s in [15, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
            assert!(!throttle.admits(LOBBY, "101", false, now + (pause_s - 1) * SECOND), "{pause_s}");
            now += pause_s * SECOND;
            assert!(throttle.admits(LOBBY, "101", false, now), "{pause_s}");
            if pause_s == 3_600 {
                // As many are forgiven as are made.
                break;
            }
        }
        // A day later all is forgotten.
        now += 24 * FORGIVEN_AFTER;
        assert!((0..5).all(|_| throttle.admits(LOBBY, "101", false, now)));
    }

    #[test]
    fn guessing_at_many_phones_locks_the_extension_and_at_many_extensions_the_phone() {
        let now = testing::start();
        let mut throttle = Throttle::default();
        assert!((1..=5).all(|phone| throttle.admits(DeviceId(phone), "101", false, now)));
        assert!(!throttle.admits(DeviceId(6), "101", false, now));
        assert!(throttle.admits(DeviceId(6), "102", false, now));
        let mut throttle = Throttle::default();
        assert!((101..106).all(|extension| throttle.admits(LOBBY, &extension.to_string(), false, now)));
        assert!(!throttle.admits(LOBBY, "106", false, now));
    }

    #[test]
    fn the_rightful_person_elsewhere_is_not_locked_out() {
        let now = testing::start();
        let mut throttle = Throttle::default();
        assert!((0..5).all(|_| throttle.admits(LOBBY, "101", false, now)));
        assert!(throttle.admits(DeviceId(2), "101", true, now));
        throttle.was_right(DeviceId(2), "101", true, now);
        // That takes nothing back of what others have guessed.
        assert!(!throttle.admits(DeviceId(3), "101", false, now + SECOND));
    }

    #[test]
    fn right_pins_never_add_up() {
        let now = testing::start();
        let mut throttle = Throttle::default();
        for _ in 0..50 {
            assert!(throttle.admits(LOBBY, "101", false, now));
            throttle.was_right(LOBBY, "101", false, now);
        }
    }

    #[test]
    fn an_attacker_cannot_make_us_forget_whom_they_have_guessed() {
        let now = testing::start();
        let mut throttle = Throttle::default();
        assert!((1..=5).all(|phone| throttle.admits(DeviceId(phone), "101", false, now)));
        for n in 0..3_000_u64 {
            throttle.admits(DeviceId(10 + n), &format!("9{n}"), false, now);
        }
        assert_eq!((throttle.phones.len(), throttle.extensions.len()), (REMEMBERED_MAX, REMEMBERED_MAX));
        assert!(!throttle.admits(DeviceId(6), "101", false, now));
    }
}
