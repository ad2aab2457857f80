//! The recorder: two threads of their own, so that neither a slow disk nor the encoder is ever waited for by a call.
//!
//! ```text
//! orders, packets ──► recorder thread: Desk, one pure media::recorder::Recorder each
//!                          │ jobs (bounded)                    ▲ reports
//!                          └─────────────► disk thread: Disk, one Sealer each
//! ```

mod desk;
mod disk;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use model::RecordingId;
use switchboard::core::{NewRecording, RecordingTrouble};
use tokio::sync::mpsc::UnboundedSender;

use self::desk::{Desk, Outlets};
use self::disk::{Disk, Report};
use super::keeper::Written;
use super::queue::Tapped;
use super::vault::Vault;
use crate::store::RunId;

/// Packets on their way to the recorder: four fifths of a second of all recordings that may run, each with two legs.
pub(crate) const PACKETS_MAX: usize = 8_192;
/// Frames of sound are this long.
const TICK: Duration = Duration::from_millis(20);
/// While nothing is recorded.
const IDLE: Duration = Duration::from_millis(250);
/// Chunks on their way to the disk, of all recordings.
const JOBS_MAX: usize = 2_048;
/// For the disk to take the ends, when the server stops.
const FAREWELL_MAX: Duration = Duration::from_secs(5);

/// What the signalling loop wants of the recorder. There are as many orders as beginnings and ends of recordings, which calls bound.
#[derive(Debug)]
enum Order {
    Begin { at: SystemTime, new: Box<NewRecording> },
    End { recording: RecordingId },
}

/// Hands orders to the recorder; never waits. When all are gone, the recorder finishes what runs, and ends.
#[derive(Clone)]
pub(crate) struct Orders {
    orders: Sender<Order>,
    tell_core: TellCore,
    vault: Vault,
}

impl std::fmt::Debug for Orders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Orders").field("vault", &self.vault).finish_non_exhaustive()
    }
}

impl Orders {
    /// A recording begins; its packets may come at once.
    pub(crate) fn begin(&self, at: SystemTime, new: NewRecording) {
        self.give(Order::Begin { at, new: Box::new(new) });
    }

    /// No leg of it is recorded any more.
    pub(crate) fn end(&self, recording: RecordingId) {
        self.give(Order::End { recording });
    }

    fn give(&self, order: Order) {
        let Err(mpsc::SendError(order)) = self.orders.send(order) else {
            return;
        };
        tracing::error!("the recorder has ended: nothing is recorded any more");
        self.vault.figures().is_failing.store(true, Ordering::Relaxed);
        let recording = match order {
            Order::Begin { new, .. } => new.recording,
            Order::End { recording } => recording,
        };
        if !(self.tell_core)(recording, RecordingTrouble::Failed) {
            tracing::error!(recording = recording.0, "nor could the switchboard be told: it is too busy");
        }
    }
}

/// Tells the switchboard that a recording cannot go on; false when it is too busy and is to be told again.
pub(crate) type TellCore = Arc<dyn Fn(RecordingId, RecordingTrouble) -> bool + Send + Sync>;

/// Starts the threads; the one that is given back ends when all orders are gone and what ran is finished.
pub(crate) fn start(
    vault: Vault,
    run: RunId,
    tapped: Tapped,
    tell_core: TellCore,
    keeper: UnboundedSender<Written>,
) -> std::io::Result<(Orders, JoinHandle<()>)> {
    let (orders, taken) = mpsc::channel();
    let (jobs, todo) = mpsc::sync_channel(JOBS_MAX);
    let (reports, reported) = mpsc::channel();
    let disk = Disk::of(vault.clone(), reports);
    // Ends when the recorder has, and everything is written; one that hangs is left behind.
    Builder::new().name("recordings-disk".to_owned()).spawn(move || disk.run(&todo))?;
    let outlets = Outlets {
        tell_core: Arc::clone(&tell_core),
        keeper,
        jobs,
    };
    let desk = Desk::new(run, outlets);
    let thread = Builder::new().name("recorder".to_owned()).spawn({
        let vault = vault.clone();
        move || run_desk(desk, vault, taken, reported, tapped)
    })?;
    let orders = Orders { orders, tell_core, vault };
    Ok((orders, thread))
}

/// A panic ends the recordings that run, and no later one.
fn run_desk(desk: Desk, vault: Vault, orders: Receiver<Order>, reports: Receiver<Report>, tapped: Tapped) {
    let mut round = Round {
        desk,
        vault,
        orders,
        reports,
        tapped,
        stopping: None,
    };
    loop {
        // Of what a panic may leave half done, only the lists of the desk are used again: see there.
        match catch_unwind(AssertUnwindSafe(|| round.go())) {
            Ok(true) => {}
            Ok(false) => return,
            Err(_panic) => round.desk = round.desk.anew(),
        }
    }
}

/// What the recorder's thread does again and again.
struct Round {
    desk: Desk,
    vault: Vault,
    orders: Receiver<Order>,
    reports: Receiver<Report>,
    tapped: Tapped,
    /// Until when what ran may take to be finished.
    stopping: Option<Instant>,
}

impl Round {
    /// False when there is nothing more to do.
    fn go(&mut self) -> bool {
        let pause = if self.desk.is_idle() { IDLE } else { TICK };
        let first = match self.orders.recv_timeout(pause) {
            Ok(order) => Some(order),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                if self.stopping.is_none() {
                    self.stopping = Some(Instant::now() + FAREWELL_MAX);
                    self.take_packets();
                    self.desk.end_all(Instant::now());
                }
                std::thread::sleep(TICK);
                None
            }
        };
        // What was said before an end belongs to it.
        self.take_packets();
        for order in first.into_iter().chain(self.orders.try_iter()) {
            match order {
                Order::Begin { at, new } => self.desk.begin(at, *new, Instant::now()),
                Order::End { recording } => self.desk.end(recording, Instant::now()),
            }
        }
        self.reports.try_iter().for_each(|report| self.desk.report(report));
        self.desk.tick(Instant::now());
        self.desk.count(self.vault.figures(), self.tapped.dropped());
        self.stopping.is_none_or(|latest| !self.desk.is_idle() && Instant::now() < latest)
    }

    fn take_packets(&mut self) {
        // As many as there can be: whoever sends meanwhile has the next round.
        for packet in std::iter::from_fn(|| self.tapped.take()).take(PACKETS_MAX) {
            self.desk.packet(packet.track, &packet.said());
        }
    }
}
