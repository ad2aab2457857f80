//! Keeps the rows of recordings true to their files: writes what begins and ends, closes what a crash has left, deletes what is over.

use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use model::UserId;
use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::vault::{Mended, Storage, StorageState, Vault, VaultError};
use crate::api::Live;
use crate::store::{Recording, RecordingEnd, RecordingName, RecordingStage, RunId, Store, StoreError};

/// How often recordings whose time is over are looked for.
const PURGE_EVERY: Duration = Duration::from_secs(60 * 60);
/// How often the space is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// Recordings that are deleted by one statement's worth of rows.
const PURGE_MAX: u16 = 100;
/// Pause before a failed change is tried again, doubled up to the maximum.
const PAUSE_MIN: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// What the recorder has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// A file is begun. When it is to be deleted is not known yet.
    Began(Box<Recording>),
    /// A file has its end.
    Ended {
        /// Which.
        name: RecordingName,
        /// For whom it was made.
        own: Option<UserId>,
        /// How.
        end: RecordingEnd,
    },
}

/// Whoever keeps.
#[derive(Debug)]
pub(crate) struct Keeper {
    store: Store,
    vault: Vault,
    live: Live,
    /// As the administrators were told.
    told: StorageState,
}

impl Keeper {
    /// For the recordings of a vault.
    pub(crate) fn new(store: Store, vault: Vault, live: Live) -> Self {
        Self {
            store,
            vault,
            live,
            told: StorageState::Fine,
        }
    }

    /// Starts the task. It ends when the recorder has, and everything is written.
    pub(crate) fn start(mut self, run: RunId, mut written: mpsc::UnboundedReceiver<Written>) -> JoinHandle<()> {
        tokio::spawn(async move {
            if let Err(error) = self.mend(run).await {
                tracing::error!(%error, "recordings that the last run has left unfinished could not be closed; the next start tries again");
            }
            if let Err(error) = self.sweep(run).await {
                tracing::error!(%error, "files that belong to no recording could not be looked for; the next start tries again");
            }
            let (mut purge, mut look) = (interval(PURGE_EVERY), interval(LOOK_EVERY));
            for ticks in [&mut purge, &mut look] {
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            }
            loop {
                let done = tokio::select! {
                    biased;
                    news = written.recv() => match news {
                        Some(news) => {
                            self.write(&news).await;
                            Ok(())
                        }
                        None => return,
                    },
                    _ = purge.tick() => self.purge(run, OffsetDateTime::now_utc()).await,
                    _ = look.tick() => self.look().await,
                };
                if let Err(error) = done {
                    tracing::warn!(%error, "recordings could not be looked after; trying again later");
                }
            }
        })
    }

    /// Closes the files that earlier runs have left unfinished.
    pub(crate) async fn mend(&self, run: RunId) -> Result<(), StoreError> {
        for recording in self.store.unfinished_recordings(run).await? {
            let (vault, file) = (self.vault.clone(), recording.clone());
            let mended = tokio::task::spawn_blocking(move || vault.mend(&file)).await;
            let mended = match mended.map_err(|panic| VaultError::Unreadable(io::Error::other(panic))).flatten() {
                Ok(mended) => mended,
                // No sound was written, or the file is somebody else's.
                Err(VaultError::NotOurs) => Mended::default(),
                Err(VaultError::Unreadable(error)) if error.kind() == io::ErrorKind::NotFound => Mended::default(),
                Err(error) => {
                    tracing::error!(%error, recording = %recording.name, "a recording that was left unfinished cannot be closed");
                    continue;
                }
            };
            tracing::info!(
                recording = %recording.name, duration_ms = mended.duration_ms, is_whole = mended.is_whole,
                "closed a recording that the server's end has left unfinished"
            );
            let end = RecordingEnd {
                stage: if mended.is_whole {
                    RecordingStage::Complete
                } else {
                    RecordingStage::CutShort
                },
                duration_ms: mended.duration_ms,
                bytes: mended.bytes,
                stopped: recording.stopped,
            };
            self.store.end_recording(recording.name, end).await?;
        }
        self.count().await
    }

    /// Removes files of earlier runs that no row names: nobody would ever hear nor delete them.
    pub(crate) async fn sweep(&self, run: RunId) -> Result<(), DeleteError> {
        // With the wrong key it may also be the wrong folder.
        if self.vault.key().is_err() {
            return Ok(());
        }
        let (vault, known) = (self.vault.clone(), self.store.recording_paths(run).await?);
        let swept = tokio::task::spawn_blocking(move || vault.sweep(run, &known)).await;
        Ok(swept.map_err(io::Error::other).flatten()?)
    }

    /// Deletes what is past its time, the file first; also what could not be closed after a crash.
    pub(crate) async fn purge(&self, run: RunId, now: OffsetDateTime) -> Result<(), StoreError> {
        loop {
            let expired = self.store.expired_recordings(now, run, PURGE_MAX).await?;
            let mut deleted = 0;
            for recording in &expired {
                let (vault, file) = (self.vault.clone(), recording.clone());
                let removed = tokio::task::spawn_blocking(move || vault.remove(&file)).await;
                if let Err(error) = removed.map_err(io::Error::other).flatten() {
                    tracing::error!(%error, recording = %recording.name, "a recording whose time is over cannot be deleted");
                    continue;
                }
                self.store.forget_recording(recording.name).await?;
                self.tell(recording.own.user).await?;
                deleted += 1;
            }
            if deleted > 0 {
                tracing::info!(recordings = deleted, "deleted recordings whose time is over");
            }
            if deleted == 0 || expired.len() < usize::from(PURGE_MAX) {
                break;
            }
        }
        self.count().await
    }

    /// Looks whether there is space, and raises or ends the alarm.
    pub(crate) async fn look(&mut self) -> Result<(), StoreError> {
        let quota = self.store.recording_settings().await?.quota_mib;
        self.vault.figures().quota_bytes.store(u64::from(quota) << 20, Ordering::Relaxed);
        let usage = self.store.recording_usage().await?;
        self.vault.figures().kept_bytes.store(usage.bytes, Ordering::Relaxed);
        self.alarm(self.vault.storage(&usage));
        Ok(())
    }

    fn alarm(&mut self, storage: Storage) {
        if storage.state == self.told {
            return;
        }
        self.told = storage.state;
        let (used_bytes, quota_bytes, disk_free_bytes) = (storage.used_bytes, storage.quota_bytes, storage.disk_free_bytes);
        match storage.state {
            StorageState::Fine => tracing::info!(used_bytes, quota_bytes, "there is space for recordings again"),
            StorageState::NearlyFull => tracing::warn!(
                used_bytes,
                quota_bytes,
                disk_free_bytes,
                "the space for recordings is nearly used up"
            ),
            StorageState::Full => tracing::error!(
                used_bytes,
                quota_bytes,
                disk_free_bytes,
                "no space for recordings: nothing more is recorded"
            ),
            StorageState::Failing => tracing::error!("calls cannot be recorded; the log before this line says why"),
        }
        self.live.recording_storage(storage);
    }

    /// However long it takes: a file without its row would never be heard, nor deleted.
    async fn write(&mut self, news: &Written) {
        let mut pause = PAUSE_MIN;
        while let Err(error) = self.try_write(news).await {
            tracing::error!(%error, "a recording cannot be noted in the database; trying again until it works");
            sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    async fn try_write(&mut self, news: &Written) -> Result<(), StoreError> {
        match news {
            Written::Began(recording) => {
                let keep_days = self.store.recording_settings().await?.keep_days;
                let delete_after = recording.started_at + time::Duration::days(i64::from(keep_days));
                let recording = Recording {
                    delete_after,
                    ..Recording::clone(recording)
                };
                self.store.add_recording(&recording).await
            }
            Written::Ended { name, own, end } => {
                self.store.end_recording(*name, *end).await?;
                self.tell(*own).await?;
                self.look().await
            }
        }
    }

    /// Those who may hear it.
    async fn tell(&self, own: Option<UserId>) -> Result<(), StoreError> {
        self.live.recordings_changed(&self.store.hearers(own).await?);
        Ok(())
    }

    async fn count(&self) -> Result<(), StoreError> {
        let usage = self.store.recording_usage().await?;
        self.vault.figures().kept_bytes.store(usage.bytes, Ordering::Relaxed);
        Ok(())
    }
}

/// Deletes a recording for somebody: its line in the audit log first, for nothing goes without one; then the file, then the row.
///
/// # Errors
/// [`StoreError::InUse`] while this run makes it; [`StoreError::NotFound`].
pub(crate) async fn delete(store: &Store, vault: &Vault, live: &Live, run: RunId, recording: Recording) -> Result<(), DeleteError> {
    if recording.is_being_made(run) {
        return Err(StoreError::InUse("recording").into());
    }
    let (name, own) = (recording.name, recording.own.user);
    store.note_deletion(name).await?;
    let vault = vault.clone();
    tokio::task::spawn_blocking(move || vault.remove(&recording))
        .await
        .map_err(io::Error::other)
        .flatten()?;
    store.forget_recording(name).await?;
    live.recordings_changed(&store.hearers(own).await?);
    Ok(())
}

/// Why a recording was not deleted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeleteError {
    /// The database says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file stays.
    #[error("the file of the recording cannot be removed: {0}")]
    File(#[from] io::Error),
}

#[cfg(test)]
pub(crate) mod tests;
