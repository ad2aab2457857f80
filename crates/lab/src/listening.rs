//! What both sides of a call hear, as steps of a story.

use std::time::{Duration, Instant};

use crate::tone::Sound;
use crate::{Baresip, Browser, wait};

/// A tone must be heard for so long without a break.
const HEARD_SECONDS: f64 = 5.0;
/// A mix must be heard for so long.
const MIX_SECONDS: f64 = 3.0;
/// Within this time.
const HEARING_LIMIT: Duration = Duration::from_secs(20);

/// Waits until the browser has steadily heard a tone for five seconds from now on.
///
/// # Panics
///
/// When it is not heard in time.
#[track_caller]
pub fn browser_hears(browser: &Browser, tone_hz: f64) {
    browser_listens(browser, tone_hz, &format!("the browser hears {tone_hz} Hz"), |heard| {
        heard.has_steady(tone_hz, HEARD_SECONDS)
    });
}

/// Waits until the desk phone has steadily heard a tone for five seconds from now on.
///
/// # Panics
///
/// When it is not heard in time.
#[track_caller]
pub fn desk_phone_hears(phone: &Baresip, tone_hz: f64) {
    desk_phone_listens(phone, tone_hz, &format!("the desk phone hears {tone_hz} Hz"), |heard| {
        heard.has_steady(tone_hz, HEARD_SECONDS)
    });
}

/// Waits until the browser has heard music for three seconds from now on: neither silence nor one of the tones.
///
/// # Panics
///
/// When it is not heard in time.
#[track_caller]
pub fn browser_hears_music(browser: &Browser, tones_hz: &[f64]) {
    browser_listens(browser, tones_hz[0], "the browser hears music", |heard| {
        heard.seconds_of_other_than(tones_hz) >= 3.0
    });
}

/// Waits until the desk phone has heard music for three seconds from now on.
///
/// # Panics
///
/// When it is not heard in time.
#[track_caller]
pub fn desk_phone_hears_music(phone: &Baresip, tones_hz: &[f64]) {
    desk_phone_listens(phone, tones_hz[0], "the desk phone hears music", |heard| {
        heard.seconds_of_other_than(tones_hz) >= 3.0
    });
}

/// Waits until the desk phone has heard speech for a second and a half from now on, however often it pauses: neither silence nor one of the tones.
///
/// # Panics
///
/// When it is not heard in time.
#[track_caller]
pub fn desk_phone_hears_speech(phone: &Baresip, tones_hz: &[f64]) {
    desk_phone_listens(phone, tones_hz[0], "the desk phone hears speech", |heard| {
        heard.seconds_of_other_than(tones_hz) >= 1.5
    });
}

/// Waits until the browser has steadily heard these tones together for three seconds from now on, and none of the others.
///
/// # Panics
///
/// When it is not heard in time.
#[track_caller]
pub fn browser_hears_together(browser: &Browser, present: &[f64], absent: &[f64]) {
    browser.heard().expect("the page answers");
    let mut heard = Sound::default();
    listen_for_mix((present, absent), "the browser", || {
        let more = browser.heard().expect("the page answers");
        heard.rate_hz = more.rate_hz;
        heard.samples.extend(more.samples);
        heard.clone()
    });
}

/// The same of a desk phone.
///
/// # Panics
///
/// When it is not heard in time.
#[track_caller]
pub fn desk_phone_hears_together(phone: &Baresip, present: &[f64], absent: &[f64]) {
    let before = phone.heard().unwrap_or_default();
    listen_for_mix((present, absent), "the desk phone", || since(&before, phone));
}

#[track_caller]
fn listen_for_mix((present, absent): (&[f64], &[f64]), who: &str, mut heard: impl FnMut() -> Sound) {
    let begun = Instant::now();
    let what = format!("{who} hears {present:?} Hz together and not {absent:?}");
    wait::until_true_seldom(&what, 2 * HEARING_LIMIT, || {
        let heard = heard();
        let enough = heard.has_steady_mix(present, absent, MIX_SECONDS);
        let all: Vec<f64> = present.iter().chain(absent).copied().collect();
        assert!(
            enough || begun.elapsed() < HEARING_LIMIT,
            "waited {} s in vain until {what}; shares of {all:?} by seconds: {}",
            HEARING_LIMIT.as_secs(),
            heard.shares(&all)
        );
        enough
    });
}

#[track_caller]
fn browser_listens(browser: &Browser, tone_hz: f64, what: &str, enough: impl Fn(&Sound) -> bool) {
    // What was heard up to now belongs to the step before.
    browser.heard().expect("the page answers");
    let mut heard = Sound::default();
    listen(tone_hz, what, enough, || {
        let more = browser.heard().expect("the page answers");
        heard.rate_hz = more.rate_hz;
        heard.samples.extend(more.samples);
        heard.clone()
    });
}

#[track_caller]
fn desk_phone_listens(phone: &Baresip, tone_hz: f64, what: &str, enough: impl Fn(&Sound) -> bool) {
    let before = phone.heard().unwrap_or_default();
    listen(tone_hz, what, enough, || since(&before, phone));
}

/// Listens until it is enough; shows what was heard when it never is.
#[track_caller]
fn listen(tone_hz: f64, what: &str, enough: impl Fn(&Sound) -> bool, mut heard: impl FnMut() -> Sound) {
    let begun = Instant::now();
    wait::until_true_seldom(what, 2 * HEARING_LIMIT, || {
        let heard = heard();
        let enough = enough(&heard);
        assert!(
            enough || begun.elapsed() < HEARING_LIMIT,
            "waited {} s in vain until {what}; by tenths of a second (t {tone_hz} Hz, x something else): {}",
            HEARING_LIMIT.as_secs(),
            heard.picture(tone_hz)
        );
        enough
    });
}

fn since(before: &Sound, phone: &Baresip) -> Sound {
    let mut now = phone.heard().unwrap_or_default();
    // Another recording has begun when there is less than before.
    if now.samples.len() >= before.samples.len() {
        now.samples.drain(..before.samples.len());
    }
    now
}
