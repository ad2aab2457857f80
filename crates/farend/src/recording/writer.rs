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

/// Packets on their way to the recorder: a third of a second of all recordings that may run, each with two legs.
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
#[derive(Clone, Debug)]
pub(crate) struct Orders(Sender<Order>);

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
        if self.0.send(order).is_err() {
            tracing::error!("the recorder has ended: nothing is recorded any more");
        }
    }
}

/// Tells the switchboard that a recording cannot go on; false when it is too busy and is to be told again.
pub(crate) type TellCore = Box<dyn Fn(RecordingId, RecordingTrouble) -> bool + Send>;

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
    let outlets = Outlets { tell_core, keeper, jobs };
    let desk = Desk::new(run, outlets);
    let thread = Builder::new()
        .name("recorder".to_owned())
        .spawn(move || run_desk(desk, &vault, &taken, &reported, &tapped))?;
    Ok((Orders(orders), thread))
}

fn run_desk(mut desk: Desk, vault: &Vault, orders: &Receiver<Order>, reports: &Receiver<Report>, tapped: &Tapped) {
    let mut stopping: Option<Instant> = None;
    loop {
        let pause = if desk.is_idle() { IDLE } else { TICK };
        let first = match orders.recv_timeout(pause) {
            Ok(order) => Some(order),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                if stopping.is_none() {
                    stopping = Some(Instant::now() + FAREWELL_MAX);
                    take_packets(&mut desk, tapped);
                    desk.end_all(Instant::now());
                }
                std::thread::sleep(TICK);
                None
            }
        };
        // What was said before an end belongs to it.
        take_packets(&mut desk, tapped);
        for order in first.into_iter().chain(orders.try_iter()) {
            match order {
                Order::Begin { at, new } => desk.begin(at, *new, Instant::now()),
                Order::End { recording } => desk.end(recording, Instant::now()),
            }
        }
        reports.try_iter().for_each(|report| desk.report(report));
        desk.tick(Instant::now());
        desk.count(vault.figures(), tapped.dropped());
        if let Some(latest) = stopping
            && (desk.is_idle() || Instant::now() >= latest)
        {
            return;
        }
    }
}

fn take_packets(desk: &mut Desk, tapped: &Tapped) {
    // As many as there can be: whoever sends meanwhile has the next round.
    for packet in std::iter::from_fn(|| tapped.take()).take(PACKETS_MAX) {
        desk.packet(packet.track, &packet.said());
    }
}
