//! Takes changes of desk share from the signalling thread without ever making it wait, and writes them in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use switchboard::core::Remembered;
use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::store::Store;

/// Changes that may wait for the database: each is somebody's doing at a phone or an app's start, so this is hours of a large company.
const CHANNEL_MAX: usize = 20_000;
/// Pause before a failed change is tried again, doubled up to the maximum.
const PAUSE_MIN: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// Hands changes to the task that writes them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SeatWriter {
    sender: mpsc::Sender<(OffsetDateTime, Remembered)>,
    failing: Arc<AtomicBool>,
}

impl SeatWriter {
    /// Starts the task. It ends when all writers are gone and everything is written.
    #[must_use]
    pub fn start(store: Store) -> (Self, JoinHandle<()>) {
        let (sender, mut receiver) = mpsc::channel::<(OffsetDateTime, Remembered)>(CHANNEL_MAX);
        let failing = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn({
            let failing = Arc::clone(&failing);
            async move {
                while let Some((at, change)) = receiver.recv().await {
                    write(&store, at, &change, &failing).await;
                }
            }
        });
        (Self { sender, failing }, task)
    }

    /// Takes a change; never waits. When the backlog is full the change is lost and logged: the next start may seat somebody where they were before.
    pub fn write(&self, change: Remembered, at: SystemTime) {
        if self.sender.try_send((OffsetDateTime::from(at), change)).is_err() {
            tracing::error!(
                backlog = CHANNEL_MAX,
                "a change of desk share is not remembered: the database has not kept up"
            );
        }
    }

    /// Whether the database refuses to write just now.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }
}

/// However long it takes. Only a change that the database refuses by itself is given up: its phone or its person is no more.
async fn write(store: &Store, at: OffsetDateTime, change: &Remembered, failing: &AtomicBool) {
    let mut pause = PAUSE_MIN;
    while let Err(error) = store.remember(change, at).await {
        if error.is_refusal() {
            tracing::debug!(%error, ?change, "a change of desk share is of no use any more");
            break;
        }
        if !failing.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, "cannot remember who sits where; trying again until it works");
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
    if failing.swap(false, Ordering::Relaxed) {
        tracing::info!("who sits where can be remembered again");
    }
}
