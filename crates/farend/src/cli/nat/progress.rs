//! What a person sees while minutes pass.

use std::cell::RefCell;
use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::Duration;

use doctor::nat::lifetime::Probe;

use crate::nat::Family;

/// One line on standard error, where that is a terminal.
#[derive(Debug, Default)]
pub(super) struct Progress {
    shown: RefCell<String>,
}

impl Progress {
    /// Shows what one family's probe waits for.
    pub(super) fn of(&self, family: Family) -> impl FnMut(&Probe) {
        let mut waited_for: Option<Duration> = None;
        move |probe| {
            if waited_for != probe.idle_time()
                && let Some(idle) = probe.idle_time()
            {
                self.show(&format!(
                    "{family}: does a mapping live {} s? So far {}.",
                    idle.as_secs(),
                    probe.found()
                ));
            }
            waited_for = probe.idle_time();
        }
    }

    /// Leaves the line empty for what comes.
    pub(super) fn end(&self) {
        self.show("");
    }

    fn show(&self, text: &str) {
        if !stderr().is_terminal() {
            return;
        }
        let width = self.shown.borrow().chars().count();
        // Nothing can be done about a closed standard error.
        let _closed = write!(stderr(), "\r{text:width$}\r{text}");
        text.clone_into(&mut self.shown.borrow_mut());
    }
}
