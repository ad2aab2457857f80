//! The folder of recordings: one sealed file each, the key that opens them, and how much space they take.

mod format;
mod key;
mod opening;
mod sealing;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use time::OffsetDateTime;

use crate::store::{Recording, RecordingName, RecordingUsage, RunId, Store, StoreError};

pub use format::Piece;
pub use key::{Key, KeyError};
pub use opening::{Ending, Mended, Opened, PEAK_STEP_MS};
pub(crate) use sealing::{Medium, Sealer};

/// Below the data directory.
const FOLDER: &str = "recordings";
/// In the data directory, unless the configuration says otherwise.
const KEY_FILE: &str = "recordings.key";
/// Where the database keeps by which key recordings are made.
const SETTING: &str = "recordings_key";
/// With less free than this, the disk is about to be full.
const FREE_BYTES_FEW: u64 = 500 << 20;
/// With less free than this, nothing more is recorded: the database and the log need some.
const FREE_BYTES_MIN: u64 = 50 << 20;

/// Why a recording cannot be heard.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// There is no key.
    #[error("{0}")]
    NoKey(Arc<KeyError>),
    /// The file was made with another key.
    #[error("the recording was made with another key")]
    OtherKey,
    /// Not a recording, or that of another call.
    #[error("the file is not this recording")]
    NotOurs,
    /// Somebody or something has changed the file.
    #[error("the recording is damaged at chunk {chunk}")]
    Damaged {
        /// From 0.
        chunk: usize,
    },
    /// It cannot be read.
    #[error("the recording cannot be read: {0}")]
    Unreadable(#[from] io::Error),
}

/// How the space for recordings is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageState {
    /// There is enough.
    Fine,
    /// 90 percent of the quota are used, or less than 500 MiB of the disk are free.
    NearlyFull,
    /// Nothing more is recorded.
    Full,
    /// Nothing can be recorded, for another reason; the log says why.
    Failing,
}

/// How much space recordings take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storage {
    /// Of all files, in bytes.
    pub used_bytes: u64,
    /// What they may take.
    pub quota_bytes: u64,
    /// Free on their disk; `None` when that cannot be told.
    pub disk_free_bytes: Option<u64>,
    /// How many there are.
    pub count: u64,
    /// When the oldest one began.
    pub oldest: Option<OffsetDateTime>,
    /// What that means.
    pub state: StorageState,
}

/// What recordings do now, for `/metrics` and the alarm.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Of files that are not being written, in bytes.
    pub(crate) kept_bytes: AtomicU64,
    /// Of files that are being written, in bytes.
    pub(crate) running_bytes: AtomicU64,
    /// What all may take, in bytes.
    pub(crate) quota_bytes: AtomicU64,
    /// Recordings that run.
    pub(crate) running: AtomicU64,
    /// Packets that the recorder had no room for.
    pub(crate) dropped: AtomicU64,
    /// Recordings that ended before their call did.
    pub(crate) failures: AtomicU64,
    /// Whether the disk has refused the last piece, for another reason than being full.
    pub(crate) is_failing: AtomicBool,
}

/// The folder of recordings. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Vault(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    key: Result<Key, Arc<KeyError>>,
    figures: Figures,
}

impl Vault {
    /// Finds the key, or makes one where there is none and no recording either. Without its key the vault is there, but opens nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open(data_dir: &Path, key_file: Option<&Path>, store: &Store) -> Result<Self, StoreError> {
        let file = key_file.map_or_else(|| data_dir.join(KEY_FILE), Path::to_owned);
        let known = store.setting(SETTING).await?;
        let is_empty = store.recording_usage().await?.count == 0;
        let key = find_key(&file, known.as_deref(), is_empty);
        match &key {
            Ok(key) if known.as_deref() != Some(&key.name().text()) => store.note(SETTING, &key.name().text()).await?,
            Ok(_) => {}
            Err(error) => tracing::error!("{error}"),
        }
        let figures = Figures::default();
        let quota = store.recording_settings().await?.quota_mib;
        figures.quota_bytes.store(u64::from(quota) << 20, Ordering::Relaxed);
        Ok(Self(Arc::new(Inner {
            folder: data_dir.join(FOLDER),
            key: key.map_err(Arc::new),
            figures,
        })))
    }

    pub(crate) fn figures(&self) -> &Figures {
        &self.0.figures
    }

    /// The key.
    ///
    /// # Errors
    /// [`VaultError::NoKey`] says what to do.
    pub(crate) fn key(&self) -> Result<&Key, VaultError> {
        self.0.key.as_ref().map_err(|error| VaultError::NoKey(Arc::clone(error)))
    }

    /// Opens a recording. Reads files.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn read(&self, recording: &Recording) -> Result<Opened, VaultError> {
        Opened::open(&self.0.folder.join(&recording.path), self.key()?, recording.name)
    }

    /// Closes what an earlier run has left unfinished. Writes files.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn mend(&self, recording: &Recording) -> Result<Mended, VaultError> {
        Opened::mend(&self.0.folder.join(&recording.path), self.key()?, recording.name)
    }

    /// Removes a recording's file. One that is gone already is no error.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self, recording: &Recording) -> io::Result<()> {
        match std::fs::remove_file(self.0.folder.join(&recording.path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Err(_) => Ok(()),
            Ok(()) => {
                let _counted = self
                    .0
                    .figures
                    .kept_bytes
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bytes| {
                        Some(bytes.saturating_sub(recording.bytes))
                    });
                Ok(())
            }
        }
    }

    /// Writes a whole recording at once, the last piece of which is its end; gives back the bytes of its file. Calls are written piece by piece.
    ///
    /// # Errors
    /// When it cannot be written, or is there already.
    pub fn write(&self, recording: &Recording, pieces: &[Piece]) -> Result<u64, VaultError> {
        let started_at_ms = i64::try_from(recording.started_at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX);
        let key = self.key()?;
        let begun = Sealer::begin(self.create(&recording.path)?, key, recording.name, started_at_ms);
        let mut sealer = begun.inspect_err(|_| self.discard(&recording.path))?;
        let (last, before) = pieces.split_last().ok_or(VaultError::NotOurs)?;
        for piece in before {
            sealer.append(piece)?;
        }
        sealer.finish(last)?;
        Ok(sealer.bytes())
    }

    /// A new file.
    pub(crate) fn create(&self, path: &str) -> io::Result<Box<dyn Medium>> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let file = self.0.folder.join(path);
        if let Some(folder) = file.parent() {
            create_private_dir(folder)?;
        }
        let created = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(file)?;
        Ok(Box::new(created))
    }

    /// Removes a file that was made in vain: no row is going to name it.
    pub(crate) fn discard(&self, path: &str) {
        match std::fs::remove_file(self.0.folder.join(path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, path, "a file without a recording stays until the next start");
            }
            Ok(()) => tracing::warn!(path, "removed a file that belongs to no recording"),
            // It is gone already.
            Err(_) => {}
        }
    }

    /// Removes the files of runs before this one that are not known. What is not named like a recording stays. Reads folders.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub(crate) fn sweep(&self, run: RunId, known: &BTreeSet<String>) -> io::Result<()> {
        for year in folders(&self.0.folder, 4)? {
            for month in folders(&self.0.folder.join(&year), 2)? {
                let folder = self.0.folder.join(&year).join(&month);
                for entry in std::fs::read_dir(&folder)? {
                    let entry = entry?;
                    let Ok(name) = entry.file_name().into_string() else { continue };
                    let is_old = run_of_file(&name).is_some_and(|made_by| made_by < run.number());
                    let path = format!("{year}/{month}/{name}");
                    if is_old && entry.file_type()?.is_file() && !known.contains(&path) {
                        self.discard(&path);
                    }
                }
            }
        }
        Ok(())
    }

    /// Free on the disk of the recordings, in bytes; `None` when that cannot be told.
    pub(crate) fn disk_free_bytes(&self) -> Option<u64> {
        // The folder is made with the first recording.
        let places = [Some(self.0.folder.as_path()), self.0.folder.parent()];
        let found = places.into_iter().flatten().find_map(|place| rustix::fs::statvfs(place).ok())?;
        Some(found.f_bavail.saturating_mul(found.f_frsize))
    }

    /// How much space recordings take.
    #[must_use]
    pub fn storage(&self, usage: &RecordingUsage) -> Storage {
        let figures = &self.0.figures;
        let used_bytes = usage.bytes + figures.running_bytes.load(Ordering::Relaxed);
        let quota_bytes = figures.quota_bytes.load(Ordering::Relaxed);
        let disk_free_bytes = self.disk_free_bytes();
        let is_failing = self.0.key.is_err() || figures.is_failing.load(Ordering::Relaxed);
        Storage {
            used_bytes,
            quota_bytes,
            disk_free_bytes,
            count: usage.count,
            oldest: usage.oldest,
            state: state(used_bytes, quota_bytes, disk_free_bytes, is_failing),
        }
    }

    /// Whether a further piece may be written.
    pub(crate) fn is_over_quota(&self) -> bool {
        let figures = &self.0.figures;
        let used = figures.kept_bytes.load(Ordering::Relaxed) + figures.running_bytes.load(Ordering::Relaxed);
        used >= figures.quota_bytes.load(Ordering::Relaxed)
    }

    /// Whether the disk has no room for a further recording.
    pub(crate) fn is_disk_full(&self) -> bool {
        self.disk_free_bytes().is_some_and(|free| free < FREE_BYTES_MIN)
    }
}

fn state(used_bytes: u64, quota_bytes: u64, disk_free_bytes: Option<u64>, is_failing: bool) -> StorageState {
    let free = disk_free_bytes.unwrap_or(u64::MAX);
    if is_failing {
        StorageState::Failing
    } else if used_bytes >= quota_bytes || free < FREE_BYTES_MIN {
        StorageState::Full
    } else if used_bytes >= quota_bytes / 10 * 9 || free < FREE_BYTES_FEW {
        StorageState::NearlyFull
    } else {
        StorageState::Fine
    }
}

/// The key of a file; a new one only where no recording would be lost by that.
fn find_key(file: &Path, known: Option<&str>, is_empty: bool) -> Result<Key, KeyError> {
    match (Key::read(file)?, known) {
        (Some(key), Some(known)) if !is_empty && key.name().text() != known => Err(KeyError::Wrong { file: file.to_owned() }),
        (Some(key), Some(_) | None) => Ok(key),
        (None, Some(_) | None) if !is_empty => Err(KeyError::Lost { file: file.to_owned() }),
        (None, Some(_) | None) => {
            let key = Key::random();
            key.write(file)?;
            Ok(key)
        }
    }
}

/// Where a recording's file is, below the folder. When it began is in its name: where a database alone comes from a backup, the numbers of its runs
/// repeat, and the files of then are still there.
pub(crate) fn path(name: RecordingName, started_at: OffsetDateTime) -> String {
    let (year, month) = (started_at.year(), u8::from(started_at.month()));
    let started_at_ms = started_at.unix_timestamp_nanos() / 1_000_000;
    format!("{year:04}/{month:02}/{name}-{started_at_ms}.frec")
}

/// Which run has made a file that is named as [`path`] says, or by run and number alone; `None` for all others.
fn run_of_file(name: &str) -> Option<u64> {
    let parts: Vec<&str> = name.strip_suffix(".frec")?.split('-').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    ((2..=3).contains(&parts.len()) && parts.iter().all(is_number)).then(|| parts[0].parse().ok())?
}

/// The folders in a folder that are called by so many digits; none where there is no folder.
fn folders(folder: &Path, digits: usize) -> io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.len() == digits && name.bytes().all(|byte| byte.is_ascii_digit()) && entry.file_type()?.is_dir() {
            found.push(name);
        }
    }
    Ok(found)
}

/// For our own account only.
fn create_private_dir(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}
