//! Who takes part in a cell of the matrix: the server, a desk phone in the office, a browser at home. They run on from cell to cell.

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use lab::baresip::Setup;
use lab::browser::MediaPath;
use lab::net::addresses::PBX;
use lab::net::{Host, Network, udp_is_possible};
use lab::server::PORT;
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, Sound};
use lab::{Baresip, Browser, Farend, Home, wait};

/// The server's configuration.
pub(crate) const CONFIG: &str = r#"
[public]
host = "pbx.example.test"

[stun]
servers = ["198.51.100.10:3478", "198.51.100.20:3478"]
"#;
const SOON: Duration = Duration::from_secs(10);
/// Each side hears the other one's tone for so long without a break.
const HEARD_SECONDS: f64 = 0.8;
/// Within this time.
const HEARING_LIMIT: Duration = Duration::from_secs(8);
/// Louder than comfort noise.
const SOUND_MIN: f32 = 0.05;

/// The desk phone in the office.
pub(crate) const DESK_PHONE: Setup = Setup {
    server: "192.168.10.10",
    address: "192.168.10.20",
    interface: "lan",
    // The same one after a restart.
    sip_port: 5060,
    ..Setup::of("102-desk")
};

/// With `FAREND_LAB_LOG=debug` the server says more.
fn log_config() -> String {
    let level = env::var("FAREND_LAB_LOG").map(|level| format!("\n[log]\nlevel = {level:?}\n"));
    level.unwrap_or_default()
}

/// The players.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) network: Network,
    pub(crate) server: Farend,
    pub(crate) phone: Baresip,
    pub(crate) at_home: Browser,
}

/// One home with one office.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) home: Home,
    pub(crate) udp_is_possible: bool,
    /// Or why there was none.
    pub(crate) heard: Result<Heard, String>,
    pub(crate) took: Duration,
}

/// What was heard in a cell.
#[derive(Debug)]
pub(crate) struct Heard {
    /// From the answer to the first sound, at the desk phone: from the press of its key until its recording has a sound.
    pub(crate) at_phone: Duration,
    /// From the answer to the first sound, in the page: from the answer's arrival until a sound is played.
    pub(crate) in_page: Duration,
    /// How the sound travelled.
    pub(crate) path: MediaPath,
}

impl Stage {
    pub(crate) fn set(network: Network) -> Stage {
        let at_home = Browser::open_on(network.home_pc(), "home", BROWSER_HZ, &[]).unwrap();
        Stage::set_with(network, at_home, CONFIG)
    }

    /// With a browser at home that is already there, and another configuration of the server.
    pub(crate) fn set_with(network: Network, at_home: Browser, config: &str) -> Stage {
        let place = network.desk_phone().clone();
        Stage::set_with_phone(network, at_home, config, &place, DESK_PHONE)
    }

    /// With a phone somewhere else than in the office, too.
    pub(crate) fn set_with_phone(network: Network, at_home: Browser, config: &str, place: &Host, setup: Setup) -> Stage {
        let config = format!("{config}{}", log_config());
        let bind = if network.has_ipv6() { "::" } else { "0.0.0.0" };
        let server = Farend::start_in(network.server().folder(), bind, &config).unwrap();
        let phone = Baresip::start_on(place, setup).unwrap();
        Stage {
            network,
            server,
            phone,
            at_home,
        }
    }

    /// Another phone instead of the one that was there.
    pub(crate) fn exchange_phone(&mut self, setup: Setup) {
        self.phone.process().kill();
        self.phone = Baresip::start_on(self.network.desk_phone(), setup).unwrap();
    }

    /// One cell; what goes wrong in it does not keep the next one from being played.
    pub(crate) fn play(&mut self, home: Home) -> Cell {
        let begun = Instant::now();
        let played = catch_unwind(AssertUnwindSafe(|| {
            if home == Home::Lan {
                let in_office = Browser::open_on(self.network.office_pc(), "office", BROWSER_HZ, &[]).unwrap();
                return self.call(&in_office, PBX);
            }
            self.network.set_home(home).unwrap();
            self.call(&self.at_home, PBX)
        }));
        let heard = played.map_err(|panic| {
            self.at_home.keep_evidence(&home.to_string().replace(' ', "-"));
            // There may be no call.
            let _ = self.phone.hang_up();
            let words = panic.downcast::<String>().map(|words| *words);
            words.unwrap_or_else(|_| "see the log".to_owned())
        });
        Cell {
            home,
            udp_is_possible: udp_is_possible(home, self.network.office()),
            heard,
            took: begun.elapsed(),
        }
    }

    /// Opens the page and signs in.
    pub(crate) fn sign_in(browser: &Browser) {
        Stage::sign_in_at(browser, PBX);
    }

    /// Opens the page of a host and signs in.
    pub(crate) fn sign_in_at(browser: &Browser, host: &str) {
        browser.forget_session().unwrap();
        browser.sign_in(&format!("https://{host}:{PORT}"), "101").unwrap();
        browser.evaluate("lab.open_ear()").unwrap();
    }

    /// Calls the desk phone, which answers; gives the time of that.
    pub(crate) fn dial(&self, browser: &Browser, number: &str) -> Instant {
        self.phone.forget_events();
        self.phone.forget_recordings().unwrap();
        browser.dial(number).unwrap();
        self.phone.wait_for("the desk phone rings", SOON, "CALL_INCOMING");
        let answered = Instant::now();
        self.phone.answer().unwrap();
        answered
    }

    /// Hangs up in the browser, and sees that everybody notices.
    pub(crate) fn hang_up(&self, browser: &Browser) {
        browser.hang_up();
        self.phone.wait_for("the desk phone's call is over", SOON, "CALL_CLOSED");
        browser.wait_until_idle();
    }

    /// Opens the page of a host, signs in, calls the desk phone, listens at both ends, hangs up.
    pub(crate) fn call(&self, browser: &Browser, host: &str) -> Heard {
        Stage::sign_in_at(browser, host);
        let answered = self.dial(browser, "102");
        let at_phone = wait::until("the desk phone hears a first sound", HEARING_LIMIT, || {
            let sounds = |heard: Sound| heard.samples.iter().any(|sample| sample.abs() >= SOUND_MIN);
            self.phone.heard().is_ok_and(sounds).then(|| answered.elapsed())
        });
        let in_page = wait::until("the page hears a first sound", HEARING_LIMIT, || browser.first_sound().unwrap());
        let mut in_browser = Sound::default();
        wait::until_true_seldom("each side steadily hears the other one's tone", HEARING_LIMIT, || {
            let more = browser.heard().unwrap();
            in_browser.rate_hz = more.rate_hz;
            in_browser.samples.extend(more.samples);
            in_browser.has_steady(DESK_PHONE_HZ, HEARD_SECONDS)
                && self.phone.heard().is_ok_and(|heard| heard.has_steady(BROWSER_HZ, HEARD_SECONDS))
        });
        let path = browser.media_path().unwrap();
        self.hang_up(browser);
        Heard { at_phone, in_page, path }
    }
}
