//! Commands on their way to media threads.
//!
//! They must not be lost: what a busy thread could not take is tried again, in order. What is for a leg that moves from one thread to another is
//! held back until it has arrived, for its new thread does not know it before.
//!
//! ```text
//!   Here ── Join ────────────────────► Moving ── Joined, or no longer known ──► Here, what was held back is delivered
//!                                        │ too much was held back
//!                                        ▼
//!                                       Lost: the core is told; closed as soon as it has arrived
//! ```

use std::collections::{HashMap, VecDeque};

use model::control::{Command, Event, Failure};
use model::{CallId, LegId};

use crate::media_io::MediaThreads;

/// Commands held back for one leg at most. It takes milliseconds to arrive.
const HELD_MAX: usize = 128;

/// Where commands go.
pub(super) trait Threads {
    /// Hands a command to the thread of its call; gives it back when that does not keep up.
    fn command(&self, call: CallId, command: Command) -> Result<(), Command>;

    /// Lets the thread of this call look at its commands.
    fn wake(&self, call: CallId);
}

impl Threads for MediaThreads {
    fn command(&self, call: CallId, command: Command) -> Result<(), Command> {
        Self::command(self, call, command)
    }

    fn wake(&self, call: CallId) {
        Self::wake(self, call);
    }
}

/// A leg that is not with its thread.
#[derive(Debug)]
enum Away {
    /// These commands wait for it.
    Moving(VecDeque<(CallId, Command)>),
    /// Nobody wants it any more.
    Lost {
        /// Of the thread that it is moving to.
        call: CallId,
    },
}

/// See the module.
#[derive(Debug)]
pub(super) struct Deliveries {
    threads: usize,
    /// In order; those that a media thread could not take yet.
    ready: VecDeque<(CallId, Command)>,
    away: HashMap<LegId, Away>,
    failed: VecDeque<Event>,
}

impl Deliveries {
    /// To so many threads.
    pub(super) fn new(threads: usize) -> Self {
        Self {
            threads,
            ready: VecDeque::new(),
            away: HashMap::new(),
            failed: VecDeque::new(),
        }
    }

    /// Takes a command of the core.
    pub(super) fn take(&mut self, call: CallId, command: Command) {
        let leg = command.leg();
        match self.away.get_mut(&leg) {
            Some(Away::Moving(held)) if held.len() < HELD_MAX => held.push_back((call, command)),
            Some(Away::Moving(held)) => {
                let promised = held.iter().filter(|(_, held)| held.is_answered()).count() + usize::from(command.is_answered());
                let joins = held.front().map_or(call, |(first, _)| *first);
                self.away.insert(leg, Away::Lost { call: joins });
                // Whoever waits for an answer has it.
                self.failed.extend(std::iter::repeat_n(lost(leg), promised.max(1)));
            }
            Some(Away::Lost { .. }) => {
                if command.is_answered() {
                    self.failed.push_back(lost(leg));
                }
            }
            None => {
                // Also within one thread: its `Joined` must not be taken for that of the next journey.
                if self.threads > 1 && matches!(command, Command::Join { .. }) {
                    self.away.insert(leg, Away::Moving(VecDeque::new()));
                }
                self.ready.push_back((call, command));
            }
        }
    }

    /// Looks at what media reports: a leg may have arrived, or will never.
    pub(super) fn heard(&mut self, event: &Event) {
        let leg = match event {
            Event::Joined { leg }
            | Event::Closed { leg, .. }
            | Event::LegFailed {
                leg,
                reason: Failure::ThreadLost | Failure::Unknown,
            } => *leg,
            Event::LegFailed {
                reason: Failure::IceFailed | Failure::DtlsFailed,
                ..
            }
            | Event::OfferReceived { .. }
            | Event::OfferRefused { .. }
            | Event::OfferAnswered { .. }
            | Event::OfferMade { .. }
            | Event::AnswerAccepted { .. }
            | Event::Narrowed { .. }
            | Event::AnswerRefused { .. }
            | Event::Connected { .. }
            | Event::DigitReceived { .. }
            | Event::Listened { .. }
            | Event::Speaking { .. }
            | Event::Played { .. }
            | Event::Measured { .. } => return,
        };
        match self.away.remove(&leg) {
            // One of them may be another journey.
            Some(Away::Moving(held)) => held.into_iter().for_each(|(call, command)| self.take(call, command)),
            Some(Away::Lost { call }) => self.ready.push_back((call, Command::Close { leg })),
            None => {}
        }
    }

    /// What the core is to be told about legs that were given up.
    pub(super) fn poll_failed(&mut self) -> Option<Event> {
        self.failed.pop_front()
    }

    /// Whether something has to be tried again soon.
    pub(super) fn waits(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Delivers what is ready. Commands of a call that come together cost one wake-up.
    pub(super) fn deliver(&mut self, threads: &impl Threads) {
        let mut posted = None;
        while let Some((call, command)) = self.ready.pop_front() {
            if let Some(before) = posted.replace(call)
                && before != call
            {
                threads.wake(before);
            }
            if let Err(command) = threads.command(call, command) {
                self.ready.push_front((call, command));
                break;
            }
        }
        if let Some(call) = posted {
            threads.wake(call);
        }
    }
}

fn lost(leg: LegId) -> Event {
    Event::LegFailed {
        leg,
        reason: Failure::ThreadLost,
    }
}

#[cfg(test)]
mod tests;
