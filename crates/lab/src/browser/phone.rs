//! The app's phone, as the person before the browser uses it.

use std::time::Duration;

use anyhow::Context;

use super::Browser;
use crate::process::report;
use crate::server::PASSWORD;
use crate::wait;

/// A phone connects within this time after signing in.
const READY_LIMIT: Duration = Duration::from_secs(15);
/// A call reaches its next phase within this time.
const PHASE_LIMIT: Duration = Duration::from_secs(15);

impl Browser {
    /// Opens the page, signs in, and waits until the phone can make calls.
    ///
    /// # Errors
    ///
    /// When there is no page.
    #[track_caller]
    pub fn sign_in(&self, origin: &str, name: &str) -> anyhow::Result<()> {
        self.visit(origin)?;
        self.fill("textbox", "Extension or name", name);
        self.fill("textbox", "Password", PASSWORD);
        self.click("button", "Sign in");
        self.wait_until_ready();
        Ok(())
    }

    /// Waits until the phone is connected.
    #[track_caller]
    pub fn wait_until_ready(&self) {
        wait::until_true("the app's phone is ready for calls", READY_LIMIT, || self.reads("Ready for calls"));
    }

    /// Types a number into the search field and presses Enter.
    ///
    /// # Errors
    ///
    /// When the browser is gone.
    #[track_caller]
    pub fn dial(&self, number: &str) -> anyhow::Result<()> {
        self.fill("combobox", "Search or dial", number);
        wait::until_true("the search has an answer", PHASE_LIMIT, || !self.names_of("option").is_empty());
        self.press("Enter")
    }

    /// Takes the ringing call.
    #[track_caller]
    pub fn answer(&self) {
        self.click("button", "Answer");
    }

    /// Ends the call.
    #[track_caller]
    pub fn hang_up(&self) {
        self.click("button", "Hang up");
    }

    /// Puts the call on hold.
    #[track_caller]
    pub fn hold(&self) {
        self.click("button", "Hold");
    }

    /// Takes the call back.
    #[track_caller]
    pub fn resume(&self) {
        self.click("button", "Resume");
    }

    /// Presses keys of the call's keypad.
    #[track_caller]
    pub fn press_keys(&self, keys: &str) {
        if !self.shows("button", "5") {
            self.click("button", "Keypad");
        }
        for key in keys.chars() {
            self.click("button", &key.to_string());
        }
    }

    /// Hands the other side of the call over to another number, without asking there first.
    ///
    /// # Errors
    ///
    /// When the browser is gone.
    #[track_caller]
    pub fn transfer(&self, number: &str) -> anyhow::Result<()> {
        self.click("button", "Transfer");
        self.fill("textbox", "Search or dial", number);
        self.press("Enter")?;
        self.click("button", "Hand over");
        Ok(())
    }

    /// Waits until the page rings.
    #[track_caller]
    pub fn wait_until_it_rings(&self) {
        wait::until_true("the app rings", PHASE_LIMIT, || self.shows("button", "Answer"));
    }

    /// Waits until the call is answered and sound can flow.
    #[track_caller]
    pub fn wait_until_talking(&self) {
        wait::until_true("the app is in a call with connected media", PHASE_LIMIT, || {
            self.phases().contains(&"running".to_owned()) && self.media_path().is_ok()
        });
    }

    /// Waits until no call is left.
    #[track_caller]
    pub fn wait_until_idle(&self) {
        wait::until_true("the app's call is over", PHASE_LIMIT, || {
            self.phases().iter().all(|phase| phase == "ended")
        });
        wait::until_true("the app has closed its connection", PHASE_LIMIT, || {
            self.evaluate("lab.open_connections()").is_ok_and(|count| count == 0)
        });
    }

    /// The phases of the page's calls.
    fn phases(&self) -> Vec<String> {
        let phases = self.evaluate("farendDiagnostics().then((calls) => calls.map((call) => call.phase))");
        match phases.and_then(|phases| phases.as_array().cloned().context("no list")) {
            Ok(phases) => phases.iter().filter_map(|phase| phase.as_str().map(str::to_owned)).collect(),
            Err(error) => {
                report(&format!("{error:#}"));
                Vec::new()
            }
        }
    }
}
