//! What both sides of a call hear, as steps of a story.

use std::time::Duration;

use lab::tone::Sound;
use lab::{Baresip, Browser, wait};

/// This much of a tone must be heard.
const HEARD_SECONDS: f64 = 5.0;
/// Within this time.
const HEARING_LIMIT: Duration = Duration::from_secs(20);

/// Waits until the browser has heard a tone for five seconds from now on.
#[track_caller]
pub(crate) fn browser_hears(browser: &Browser, tone_hz: f64) {
    let heard = browser_listens(browser, &format!("the browser hears {tone_hz} Hz"), |heard| {
        heard.seconds_of(tone_hz) >= HEARD_SECONDS
    });
    let other = heard.seconds_of_other_than(&[tone_hz]);
    assert!(
        other <= 0.5 * heard.seconds(),
        "{other} s of {} s were something else",
        heard.seconds()
    );
}

/// Waits until the desk phone has heard a tone for five seconds from now on.
#[track_caller]
pub(crate) fn desk_phone_hears(phone: &Baresip, tone_hz: f64) {
    let before = phone.heard().unwrap_or_default();
    let limit = format!("the desk phone hears {tone_hz} Hz");
    wait::until_true(&limit, HEARING_LIMIT, || since(&before, phone).seconds_of(tone_hz) >= HEARD_SECONDS);
}

/// Waits until the browser has heard music for three seconds from now on: neither silence nor one of the tones.
#[track_caller]
pub(crate) fn browser_hears_music(browser: &Browser, tones_hz: &[f64]) {
    browser_listens(browser, "the browser hears music", |heard| {
        heard.seconds_of_other_than(tones_hz) >= 3.0
    });
}

/// Waits until the desk phone has heard music for three seconds from now on.
#[track_caller]
pub(crate) fn desk_phone_hears_music(phone: &Baresip, tones_hz: &[f64]) {
    let before = phone.heard().unwrap_or_default();
    wait::until_true("the desk phone hears music", HEARING_LIMIT, || {
        since(&before, phone).seconds_of_other_than(tones_hz) >= 3.0
    });
}

#[track_caller]
fn browser_listens(browser: &Browser, what: &str, enough: impl Fn(&Sound) -> bool) -> Sound {
    // What was heard up to now belongs to the step before.
    browser.heard().expect("the page answers");
    let mut heard = Sound::default();
    wait::until(what, HEARING_LIMIT, || {
        let more = browser.heard().expect("the page answers");
        heard.rate_hz = more.rate_hz;
        heard.samples.extend(more.samples);
        enough(&heard).then(|| heard.clone())
    })
}

fn since(before: &Sound, phone: &Baresip) -> Sound {
    let mut now = phone.heard().unwrap_or_default();
    // Another recording has begun when there is less than before.
    if now.samples.len() >= before.samples.len() {
        now.samples.drain(..before.samples.len());
    }
    now
}
