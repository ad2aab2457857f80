//! Everything that touches the disk while calls are recorded. It may be slow, or hang: nobody waits for it.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use model::RecordingId;
use switchboard::core::RecordingTrouble;
use time::OffsetDateTime;

use crate::recording::vault::{Medium, PEAK_STEP_MS, Piece, Sealer, Vault};
use crate::store::RecordingName;

/// A power cut loses no more than this, and what the disk itself has not written.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// What the disk is to do.
#[derive(Debug)]
pub(super) enum Job {
    /// Make a file.
    Begin {
        id: RecordingId,
        name: RecordingName,
        path: String,
        started_at: OffsetDateTime,
    },
    /// Append to it.
    Append { id: RecordingId, piece: Piece },
    /// Append the last piece, and close it.
    End { id: RecordingId, piece: Piece },
}

impl Job {
    fn id(&self) -> RecordingId {
        match self {
            Self::Begin { id, .. } | Self::Append { id, .. } | Self::End { id, .. } => *id,
        }
    }
}

/// What it has done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Report {
    /// The file is there.
    Opened(RecordingId),
    /// A piece is in it.
    Wrote(RecordingId),
    /// It is closed, or was never there.
    Closed(Closed),
}

/// How a file was closed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Closed {
    pub(super) id: RecordingId,
    /// Why nothing more could be written.
    pub(super) trouble: Option<RecordingTrouble>,
    /// Whether it has an end.
    pub(super) is_whole: bool,
    pub(super) bytes: u64,
    pub(super) duration_ms: u64,
}

struct Open {
    sealer: Sealer,
    /// What of its file is in the figures.
    counted_bytes: u64,
    duration_ms: u64,
    synced_at: Instant,
    is_dirty: bool,
}

type Make = Box<dyn Fn(&str) -> io::Result<Box<dyn Medium>> + Send>;
type IsFull = Box<dyn Fn() -> bool + Send>;

/// All files that are open.
pub(super) struct Disk {
    vault: Vault,
    /// Makes a file.
    make: Make,
    /// Whether there is no room for more.
    is_full: IsFull,
    looked_at: Option<Instant>,
    reports: Sender<Report>,
    files: BTreeMap<RecordingId, Open>,
}

impl Disk {
    /// The vault's.
    pub(super) fn of(vault: Vault, reports: Sender<Report>) -> Self {
        let make = {
            let vault = vault.clone();
            move |path: &str| vault.create(path)
        };
        Self::new(vault, Box::new(make), reports)
    }

    pub(super) fn new(vault: Vault, make: Make, reports: Sender<Report>) -> Self {
        let is_full = {
            let vault = vault.clone();
            Box::new(move || vault.is_disk_full())
        };
        Self {
            vault,
            make,
            is_full,
            looked_at: None,
            reports,
            files: BTreeMap::new(),
        }
    }

    /// With a disk that is full when `is_full` says so.
    #[cfg(test)]
    pub(super) fn full_when(self, is_full: IsFull) -> Self {
        Self { is_full, ..self }
    }

    /// Until nobody can give it a job any more.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        loop {
            match jobs.recv_timeout(SYNC_EVERY) {
                Ok(job) => {
                    let now = Instant::now();
                    self.job(job, now);
                    jobs.try_iter().for_each(|job| self.job(job, now));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.sync(Instant::now());
        }
    }

    pub(super) fn job(&mut self, job: Job, now: Instant) {
        let id = job.id();
        self.guarded(id, |disk| disk.try_job(job, now));
    }

    /// A panic ends one recording. Its file is not touched again, for nobody knows how far it was written.
    fn guarded(&mut self, id: RecordingId, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_ok() {
            return;
        }
        tracing::error!(recording = id.0, "writing a recording has panicked: it ends");
        if self.files.contains_key(&id) {
            self.close(id, Some(RecordingTrouble::Failed), false);
        } else {
            self.close_nothing(id, Some(RecordingTrouble::Failed));
        }
    }

    fn try_job(&mut self, job: Job, now: Instant) {
        match job {
            Job::Begin {
                id,
                name,
                path,
                started_at,
            } => match self.begin(name, &path, started_at) {
                Ok(sealer) => {
                    let open = Open {
                        sealer,
                        counted_bytes: 0,
                        duration_ms: 0,
                        synced_at: now,
                        is_dirty: true,
                    };
                    self.files.insert(id, open);
                    self.count(id);
                    self.report(Report::Opened(id));
                }
                Err(trouble) => self.close_nothing(id, Some(trouble)),
            },
            Job::Append { id, piece } => self.append(id, &piece),
            Job::End { id, piece } => self.end(id, &piece),
        }
    }

    /// Has what was written survive a power cut, once a second, and looks whether there is room for more.
    pub(super) fn sync(&mut self, now: Instant) {
        if self
            .looked_at
            .is_none_or(|looked_at| now.saturating_duration_since(looked_at) >= SYNC_EVERY)
        {
            self.looked_at = Some(now);
            self.make_way();
        }
        let due = |open: &Open| open.is_dirty && now.saturating_duration_since(open.synced_at) >= SYNC_EVERY;
        let due: Vec<RecordingId> = self.files.iter().filter(|(_, open)| due(open)).map(|(id, _)| *id).collect();
        for id in due {
            self.guarded(id, |disk| disk.sync_one(id, now));
        }
    }

    /// The database and the log need the room that is left.
    fn make_way(&mut self) {
        if self.files.is_empty() || !(self.is_full)() {
            return;
        }
        tracing::error!(recordings = self.files.len(), "the disk is full: the recordings that run end");
        let all: Vec<RecordingId> = self.files.keys().copied().collect();
        for id in all {
            // The little that makes a file whole is taken all the same.
            self.guarded(id, |disk| disk.finish(id, &Piece::default(), Some(RecordingTrouble::DiskFull)));
        }
    }

    fn sync_one(&mut self, id: RecordingId, now: Instant) {
        let Some(open) = self.files.get_mut(&id) else { return };
        (open.synced_at, open.is_dirty) = (now, false);
        if let Err(error) = open.sealer.sync() {
            let trouble = self.trouble(&error);
            self.give_up(id, trouble);
        }
    }

    fn begin(&self, name: RecordingName, path: &str, started_at: OffsetDateTime) -> Result<Sealer, RecordingTrouble> {
        let key = self.vault.key().map_err(|_| RecordingTrouble::Failed)?;
        if self.vault.is_over_quota() {
            return Err(RecordingTrouble::QuotaReached);
        }
        if (self.is_full)() {
            return Err(RecordingTrouble::DiskFull);
        }
        let started_at_ms = i64::try_from(started_at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX);
        let medium = (self.make)(path).map_err(|error| self.trouble(&error))?;
        Sealer::begin(medium, key, name, started_at_ms).map_err(|error| {
            self.vault.discard(path);
            self.trouble(&error)
        })
    }

    fn append(&mut self, id: RecordingId, piece: &Piece) {
        let Some(open) = self.files.get_mut(&id) else { return };
        if self.vault.is_over_quota() {
            // The little that makes a file whole is taken all the same.
            return self.finish(id, &Piece::default(), Some(RecordingTrouble::QuotaReached));
        }
        match open.sealer.append(piece) {
            Ok(()) => {
                open.duration_ms += piece.peaks.len() as u64 * PEAK_STEP_MS;
                open.is_dirty = true;
                self.count(id);
                self.vault.figures().is_failing.store(false, Ordering::Relaxed);
                self.report(Report::Wrote(id));
            }
            Err(error) => {
                let trouble = self.trouble(&error);
                self.give_up(id, trouble);
            }
        }
    }

    fn end(&mut self, id: RecordingId, piece: &Piece) {
        if self.files.contains_key(&id) {
            self.finish(id, piece, None);
        } else {
            self.close_nothing(id, None);
        }
    }

    fn finish(&mut self, id: RecordingId, piece: &Piece, trouble: Option<RecordingTrouble>) {
        let Some(open) = self.files.get_mut(&id) else { return };
        let finished = open.sealer.finish(piece);
        if open.sealer.is_whole() {
            open.duration_ms += piece.peaks.len() as u64 * PEAK_STEP_MS;
        }
        match finished {
            Ok(()) => self.close(id, trouble, true),
            Err(error) => {
                let trouble = trouble.unwrap_or_else(|| self.trouble(&error));
                self.give_up(id, trouble);
            }
        }
    }

    /// What could not be written is left out, and the file ends before it.
    fn give_up(&mut self, id: RecordingId, trouble: RecordingTrouble) {
        let Some(open) = self.files.get_mut(&id) else { return };
        let is_whole = open.sealer.mark_cut().is_ok();
        self.close(id, Some(trouble), is_whole);
    }

    fn close(&mut self, id: RecordingId, trouble: Option<RecordingTrouble>, is_whole: bool) {
        let Some(open) = self.files.remove(&id) else { return };
        let (bytes, figures) = (open.sealer.bytes(), self.vault.figures());
        figures.kept_bytes.fetch_add(bytes, Ordering::Relaxed);
        figures.running_bytes.fetch_sub(open.counted_bytes, Ordering::Relaxed);
        self.report(Report::Closed(Closed {
            id,
            trouble,
            is_whole,
            bytes,
            duration_ms: open.duration_ms,
        }));
    }

    fn close_nothing(&self, id: RecordingId, trouble: Option<RecordingTrouble>) {
        self.report(Report::Closed(Closed {
            id,
            trouble,
            is_whole: false,
            bytes: 0,
            duration_ms: 0,
        }));
    }

    fn count(&mut self, id: RecordingId) {
        let Some(open) = self.files.get_mut(&id) else { return };
        let bytes = open.sealer.bytes();
        let running_bytes = &self.vault.figures().running_bytes;
        running_bytes.fetch_add(bytes - open.counted_bytes, Ordering::Relaxed);
        open.counted_bytes = bytes;
    }

    fn report(&self, report: Report) {
        // Whoever wanted to know has ended.
        let _gone = self.reports.send(report);
    }

    fn trouble(&self, error: &io::Error) -> RecordingTrouble {
        tracing::error!(%error, "a recording cannot be written");
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => RecordingTrouble::DiskFull,
            _ => {
                self.vault.figures().is_failing.store(true, Ordering::Relaxed);
                RecordingTrouble::Failed
            }
        }
    }
}
