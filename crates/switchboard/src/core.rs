//! The core: the signalling loop's state, without its I/O.
//!
//! Owns the [`sip::Agent`], the registrar and all calls. [`Input`]s go in with `now`, [`Output`]s are drained until `None`.

mod interface;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

pub use interface::{
    CloseReason, Config, Figures, Input, JournalEntry, LiveEvent, Outcome, Output, Party, Side,
    UserState,
};

use crate::directory::Directory;

/// See the module.
pub struct Core {
    outputs: VecDeque<Output>,
}

impl Core {
    /// A switchboard that knows the directory, with nobody registered. The seed makes tags, nonces and branches.
    #[must_use]
    pub fn new(
        _config: Config,
        _directory: Arc<Directory>,
        _seed: [u8; 32],
        _now: Instant,
    ) -> Self {
        Self {
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input. Drain [`Core::poll_output`] afterwards.
    pub fn handle(&mut self, _input: Input<'_>, _now: Instant) {}

    /// Lets time-outs happen that are due. Drain [`Core::poll_output`] afterwards.
    pub fn handle_timeout(&mut self, _now: Instant) {}

    /// When [`Core::handle_timeout`] wants to be called next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        None
    }

    /// The next thing to do; `None` when all is done.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// What is alive right now.
    #[must_use]
    pub fn figures(&self) -> Figures {
        Figures::default()
    }
}
