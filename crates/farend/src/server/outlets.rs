//! Where the signalling loop's results go: journal, watchers, connections of ours, lines to providers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use model::TrunkId;
use sip::Flow;
use switchboard::core::{JournalEntry, LiveEvent, Outcome};
use switchboard::directory::Directory;
use switchboard::trunks::{CheckId, Errand, LineId, Place, Retrieved, StepKind};
use tokio::runtime::Handle;

use crate::api::metrics::Kind;
use crate::api::{Live, Metrics, Network};
use crate::mailbox::Undelivered;
use crate::signalling::{Outlets, Signal, Signalling};
use crate::sip_io::lines::{Lines, Way};
use crate::sip_io::stream::Streams;
use crate::store::journal::Writer;
use crate::surroundings;

/// The rest of the program, as the signalling loop sees it.
pub(super) struct Shell {
    journal: Writer,
    live: Live,
    metrics: Arc<Metrics>,
    streams: Streams,
    lines: Arc<Lines>,
    network: Network,
    tasks: Handle,
}

impl Shell {
    /// To be made on a task, which lends its runtime to the connections that the loop asks for.
    pub(super) fn new(journal: Writer, live: Live, metrics: Arc<Metrics>, streams: Streams, lines: Lines, network: Network) -> Self {
        Self {
            journal,
            live,
            metrics,
            streams,
            lines: Arc::new(lines),
            network,
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

    fn run_errand(&self, trunk: TrunkId, check: CheckId, errand: Errand) {
        let (lines, network, signalling) = (Arc::clone(&self.lines), self.network.clone(), self.streams.signalling.clone());
        self.tasks.spawn(async move {
            let retrieved = match errand {
                Errand::Locate { line, place } => Retrieved::Located(lines.servers(line, &place).await),
                Errand::Open { server, trust, from } => Retrieved::Opened(lines.open_once(&Way { server, trust, from }).await),
                Errand::Stun { local, own } => Retrieved::Judged {
                    about: StepKind::Stun,
                    judgement: surroundings::stun(&network.picture(), local, own.as_ref()),
                },
                Errand::Router { measures } => Retrieved::Judged {
                    about: StepKind::Router,
                    judgement: surroundings::router(&network.picture(), &measures),
                },
            };
            signalling.deliver(Signal::Retrieved { trunk, check, retrieved }).await;
        });
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

/// Asks the loop to test a trunk; false when it is too busy.
pub(super) fn test_trunk(signalling: &Signalling, trunk: TrunkId, echo_number: Option<String>) -> bool {
    signalling.send(Signal::TestTrunk { trunk, echo_number }).is_ok()
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
