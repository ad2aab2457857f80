//! Both ends of a running call, listened to at the same time.

use std::time::Duration;

use lab::baresip::Growth;
use lab::gap::Presence;
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, Sound};
use lab::{Baresip, Browser, wait};

/// How long the sound was away at both ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Away {
    pub(crate) in_page: Duration,
    pub(crate) at_phone: Duration,
}

/// Listens in the page to the desk phone's tone and at the desk phone to the browser's.
#[derive(Debug)]
pub(crate) struct Ears<'a> {
    browser: &'a Browser,
    /// What the page has heard, and how much of it is lacking.
    page: Sound,
    missed: Duration,
    phone: Growth,
}

impl Ears<'_> {
    pub(crate) fn open<'a>(browser: &'a Browser, phone: &Baresip) -> Ears<'a> {
        browser.heard().unwrap();
        browser.missed().unwrap();
        Ears {
            browser,
            page: Sound::default(),
            missed: Duration::ZERO,
            phone: phone.watch().unwrap(),
        }
    }

    /// Listens until a time after the beginning, and then until both tones have been there without a break for so long.
    #[track_caller]
    pub(crate) fn listen(&mut self, at_least: Duration, steady: Duration, limit: Duration) {
        wait::until_true_seldom("the tones are steady at both ends", limit, || {
            self.hear();
            self.phone.elapsed() >= at_least && self.are_steady(steady)
        });
    }

    /// Listens until something is true.
    #[track_caller]
    pub(crate) fn listen_until(&mut self, what: &str, limit: Duration, mut look: impl FnMut() -> bool) {
        wait::until_true_seldom(what, limit, || {
            self.hear();
            look()
        });
    }

    /// Since when they listen.
    pub(crate) fn elapsed(&self) -> Duration {
        self.phone.elapsed()
    }

    /// Whether the desk phone hears the browser now.
    pub(crate) fn phone_hears(&self) -> bool {
        self.at_phone().is_steady(self.phone.elapsed(), Duration::ZERO)
    }

    pub(crate) fn away(&self) -> Away {
        Away {
            // What was missed may have been silence.
            in_page: self.in_page().away() + self.missed,
            at_phone: self.at_phone().away(),
        }
    }

    fn hear(&mut self) {
        let more = self.browser.heard().unwrap();
        self.page.rate_hz = more.rate_hz;
        self.page.samples.extend(more.samples);
        self.missed += self.browser.missed().unwrap();
    }

    fn are_steady(&self, long: Duration) -> bool {
        let heard = Duration::from_secs_f64(self.page.seconds());
        self.in_page().is_steady(heard, long) && self.at_phone().is_steady(self.phone.elapsed(), long)
    }

    fn in_page(&self) -> Presence {
        Presence::in_continuous(&self.page, DESK_PHONE_HZ)
    }

    fn at_phone(&self) -> Presence {
        self.phone.presence(BROWSER_HZ).unwrap()
    }
}
