//! Where the signalling loop's results go: journal, watchers, connections of ours, lines to providers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use sip::Flow;
use switchboard::core::{JournalEntry, LiveEvent, Outcome};
use switchboard::directory::Directory;
use switchboard::trunks::{LineId, Place};
use tokio::runtime::Handle;

use crate::api::metrics::Kind;
use crate::api::{Live, Metrics};
use crate::mailbox::Undelivered;
use crate::signalling::{Outlets, Signal, Signalling};
use crate::sip_io::lines::{Lines, Way};
use crate::sip_io::stream::Streams;
use crate::store::journal::Writer;

/// The rest of the program, as the signalling loop sees it.
pub(super) struct Shell {
    journal: Writer,
    live: Live,
    metrics: Arc<Metrics>,
    streams: Streams,
    lines: Arc<Lines>,
    tasks: Handle,
}

impl Shell {
    /// To be made on a task, which lends its runtime to the connections that the loop asks for.
    pub(super) fn new(journal: Writer, live: Live, metrics: Arc<Metrics>, streams: Streams, lines: Lines) -> Self {
        Self {
            journal,
            live,
            metrics,
            streams,
            lines: Arc::new(lines),
            tasks: Handle::current(),
        }
    }
}

impl Outlets for Shell {
    fn journal(&self, at: SystemTime, entry: JournalEntry) {
        if let JournalEntry::Ended { outcome, .. } = &entry {
            self.metrics.calls_ended.get_or_create(&Kind { kind: name(*outcome) }).inc();
        }
        self.journal.write(entry, at);
    }

    fn live(&self, event: LiveEvent) {
        self.live.publish(event);
    }

    fn connect(&self, instead_of: Flow, peer: SocketAddr) {
        self.tasks.spawn(self.streams.clone().connect(instead_of, peer));
    }

    fn locate(&self, line: LineId, place: Place) {
        self.tasks.spawn(Arc::clone(&self.lines).locate(line, place));
    }

    fn connect_line(&self, line: LineId, way: Way) {
        self.tasks.spawn(Arc::clone(&self.lines).connect(line, way));
    }
}

fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::NoAnswer => "no_answer",
        Outcome::Busy => "busy",
        Outcome::Refused => "refused",
        Outcome::Cancelled => "cancelled",
        Outcome::Failed => "failed",
    }
}

/// Hands a new directory to the loop. When its mailbox is full, a task delivers it; the next one follows after it.
pub(super) fn hand_over(signalling: &Signalling, directory: Arc<Directory>) {
    match signalling.send(Signal::Directory(directory)) {
        Ok(()) | Err(Undelivered::Gone(_)) => {}
        Err(Undelivered::Full(signal)) => {
            let signalling = signalling.clone();
            tokio::spawn(async move { signalling.deliver(signal).await });
        }
    }
}
