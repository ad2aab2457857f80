//! Takes journal entries from the signalling thread without ever making it wait, and writes them in order.
//!
//! ```text
//! signalling ── write() ──▶ channel (bounded) ──▶ task: batch ──▶ one transaction ──▶ told
//!                  │ full: counted, logged once                 └─ fails: same batch again after a pause
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use model::{CallId, UserId};
use switchboard::core::JournalEntry;
use time::OffsetDateTime;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::record::{self, Stamped};
use crate::store::run::RunId;
use crate::store::{Store, StoreError};

/// Entries that may wait for the database; at 200 calls a second this is half a minute.
pub const CHANNEL_MAX: usize = 20_000;
/// Entries of one transaction.
const BATCH_MAX: usize = 512;
/// From the beginning of one transaction to the next: a lone call is written at once, many calls share a transaction.
const TRANSACTION_EVERY: Duration = Duration::from_millis(100);
/// Pause before a failed batch is tried again, doubled up to the maximum.
const PAUSE_MIN: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// Running calls whose parties are remembered, so that the right people hear of changes.
const PARTIES_MAX: usize = 100_000;

/// Hands entries to the task that writes them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Writer {
    sender: mpsc::Sender<Stamped>,
    health: Arc<Health>,
}

/// How the journal is doing, for `/metrics` and `/healthz`.
#[derive(Debug, Default)]
pub struct Health {
    written: AtomicU64,
    lost: AtomicU64,
    failing: AtomicBool,
    overflowing: AtomicBool,
}

impl Health {
    /// Entries written.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Entries lost: the backlog was full, or the database refused this very entry.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Whether the database refuses to write just now.
    #[must_use]
    pub fn failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }
}

impl Writer {
    /// Starts the task. `changed` is called with the people whose journal has changed, after every commit.
    /// The task ends when all writers are gone and everything is written.
    pub fn start(store: Store, run: RunId, changed: impl Fn(&[UserId]) + Send + Sync + 'static) -> (Self, JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(CHANNEL_MAX);
        let health = Arc::new(Health::default());
        let task = Task {
            store,
            run,
            receiver,
            health: Arc::clone(&health),
            parties: Parties::default(),
            changed: Box::new(changed),
        };
        (Self { sender, health }, tokio::spawn(task.run()))
    }

    /// Takes an entry; never waits. When the backlog is full the entry is lost, counted and logged.
    pub fn write(&self, entry: JournalEntry, at: SystemTime) {
        match self.sender.try_send(Stamped {
            at: OffsetDateTime::from(at),
            entry,
        }) {
            Ok(()) => self.health.overflowing.store(false, Ordering::Relaxed),
            Err(TrySendError::Full(_) | TrySendError::Closed(_)) => {
                self.health.lost.fetch_add(1, Ordering::Relaxed);
                if !self.health.overflowing.swap(true, Ordering::Relaxed) {
                    tracing::error!(backlog = CHANNEL_MAX, "the journal loses entries: the database has not kept up");
                }
            }
        }
    }

    /// How the journal is doing.
    #[must_use]
    pub fn health(&self) -> Arc<Health> {
        Arc::clone(&self.health)
    }
}

/// Told whose journal has changed.
type Changed = Box<dyn Fn(&[UserId]) + Send + Sync>;

struct Task {
    store: Store,
    run: RunId,
    receiver: mpsc::Receiver<Stamped>,
    health: Arc<Health>,
    parties: Parties,
    changed: Changed,
}

impl Task {
    async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while self.receiver.recv_many(&mut batch, BATCH_MAX).await > 0 {
            let next = Instant::now() + TRANSACTION_EVERY;
            self.write(&batch).await;
            let users = self.parties.touched(&batch);
            (self.changed)(&users);
            batch.clear();
            // A backlog is not waited for, nor is the end.
            if self.receiver.len() < BATCH_MAX && !self.receiver.is_closed() {
                tokio::time::sleep_until(next).await;
            }
        }
    }

    /// Writes a batch, however long it takes. Only an entry that the database refuses by itself is given up.
    async fn write(&self, batch: &[Stamped]) {
        let mut pause = PAUSE_MIN;
        while let Err(error) = self.commit(batch).await {
            if error.is_refusal() {
                return self.write_one_by_one(batch).await;
            }
            if !self.health.failing.swap(true, Ordering::Relaxed) {
                tracing::error!(%error, waiting = batch.len(), "cannot write the journal; trying again until it works");
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
        self.succeeded(batch.len());
    }

    async fn write_one_by_one(&self, batch: &[Stamped]) {
        for stamped in batch {
            let mut pause = PAUSE_MIN;
            while let Err(error) = self.commit(std::slice::from_ref(stamped)).await {
                if error.is_refusal() {
                    self.health.lost.fetch_add(1, Ordering::Relaxed);
                    tracing::error!(%error, "the database refuses a journal entry");
                    break;
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
        }
        self.succeeded(batch.len());
    }

    fn succeeded(&self, entries: usize) {
        self.health
            .written
            .fetch_add(u64::try_from(entries).unwrap_or(u64::MAX), Ordering::Relaxed);
        if self.health.failing.swap(false, Ordering::Relaxed) {
            tracing::info!("the journal can be written again");
        }
    }

    async fn commit(&self, batch: &[Stamped]) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        record::write(&mut tx, self.run, batch).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Who takes part in the running calls: later entries name the call alone.
#[derive(Default)]
struct Parties(std::collections::BTreeMap<CallId, Vec<UserId>>);

impl Parties {
    fn touched(&mut self, batch: &[Stamped]) -> Vec<UserId> {
        let mut users = Vec::new();
        for stamped in batch {
            match &stamped.entry {
                JournalEntry::Started { call, caller, called } => {
                    let of_call: Vec<UserId> = [caller.user, called.user].into_iter().flatten().collect();
                    users.extend_from_slice(&of_call);
                    if self.0.len() < PARTIES_MAX {
                        self.0.insert(*call, of_call);
                    }
                }
                JournalEntry::Answered { call, .. } | JournalEntry::Emergency { call, .. } => {
                    users.extend(self.0.get(call).into_iter().flatten());
                }
                JournalEntry::Transferred { call, to, .. } => {
                    let of_call = self.0.entry(*call).or_default();
                    of_call.extend(to.user);
                    users.extend_from_slice(of_call);
                }
                JournalEntry::Forwarded { call, by, to } => {
                    let of_call = self.0.entry(*call).or_default();
                    of_call.extend(by.user.into_iter().chain(to.user));
                    users.extend_from_slice(of_call);
                }
                JournalEntry::Ended { call, .. } => users.extend(self.0.remove(call).into_iter().flatten()),
            }
        }
        users.sort_unstable();
        users.dedup();
        users
    }
}
