//! Which recordings run, and how far each is on its way to the disk. Owns no thread, socket or clock.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::{Duration, Instant, SystemTime};

use media::engine::Said;
use media::recorder::{Page, Recorder};
use model::{RecordingId, Track};
use switchboard::core::{NewRecording, RecordingTrouble};
use time::OffsetDateTime;
use tokio::sync::mpsc::UnboundedSender;

use super::TellCore;
use super::disk::{Closed, Job, Report};
use crate::recording::keeper::Written;
use crate::recording::vault::{self, Figures, Piece};
use crate::store::journal::Party;
use crate::store::{Recording, RecordingEnd, RecordingStage, RunId};

/// Recordings that run at the same time. With both talking all the time each takes 0.8 percent of a core (docs/performance.md), and all have one thread.
pub(super) const RUNNING_MAX: usize = 100;
/// How long the disk may take for a chunk before its recording ends.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Of a longer time from one tick to the next no more counts: the server stood still, and the disk with it.
const AWAKE_MAX: Duration = Duration::from_millis(500);
/// What the switchboard is to be told again; there are not more recordings.
const UNTOLD_MAX: usize = 4 * RUNNING_MAX;

/// Where the desk's results go; none of them waits.
#[derive(Clone)]
pub(super) struct Outlets {
    pub(super) tell_core: TellCore,
    pub(super) keeper: UnboundedSender<Written>,
    pub(super) jobs: SyncSender<Job>,
}

/// One recording.
struct Running {
    recording: Box<Recording>,
    /// `None`: nothing more comes.
    recorder: Option<Recorder>,
    /// What the disk thread has not been given yet.
    outbox: VecDeque<Job>,
    /// When the jobs were made that the disk thread has not done yet, the oldest first: those that it has been given, then the outbox's. By the
    /// desk's [`awake`](Desk::awake).
    made_at: VecDeque<Duration>,
    /// Whether its file is there, and so its row.
    is_noted: bool,
    /// Why nothing more comes, where that is not the end of the call.
    trouble: Option<RecordingTrouble>,
}

/// The disk thread takes nothing any more.
struct DiskGone;

/// All recordings that run.
pub(super) struct Desk {
    run: RunId,
    outlets: Outlets,
    running: BTreeMap<RecordingId, Running>,
    untold: VecDeque<(RecordingId, RecordingTrouble)>,
    failures: u64,
    /// How long this desk has worked, which is less than the time that went by when the server was stopped meanwhile.
    awake: Duration,
    ticked_at: Option<Instant>,
    /// What is just beginning, or being told to the switchboard: a panic does not forget it.
    at_hand: Option<RecordingId>,
    /// Whether the disk thread has ended, which it does not while there is a desk.
    is_disk_gone: bool,
}

impl Desk {
    pub(super) fn new(run: RunId, outlets: Outlets) -> Self {
        Self {
            run,
            outlets,
            running: BTreeMap::new(),
            untold: VecDeque::new(),
            failures: 0,
            awake: Duration::ZERO,
            ticked_at: None,
            at_hand: None,
            is_disk_gone: false,
        }
    }

    /// After a panic: all that ran ends, and what comes later goes on. Encoders, which may be half way through something, are not used again.
    pub(super) fn anew(&mut self) -> Self {
        tracing::error!(
            recordings = self.running.len(),
            "the recorder has panicked: the recordings that ran end"
        );
        let mut desk = Self {
            running: std::mem::take(&mut self.running),
            untold: std::mem::take(&mut self.untold),
            failures: self.failures,
            awake: self.awake,
            is_disk_gone: self.is_disk_gone,
            ..Self::new(self.run, self.outlets.clone())
        };
        let mut failed: Vec<RecordingId> = self.at_hand.into_iter().collect();
        for (id, running) in &mut desk.running {
            if running.recorder.is_some() {
                running.give_up(*id, self.awake);
                failed.extend((self.at_hand != Some(*id)).then_some(*id));
            }
        }
        // The next tick tells them: whoever is told may have been the one who panicked.
        desk.failures += failed.len() as u64;
        desk.untold.extend(failed.into_iter().map(|id| (id, RecordingTrouble::Failed)));
        desk
    }

    /// Whether nothing runs, or waits for the disk.
    pub(super) fn is_idle(&self) -> bool {
        self.running.is_empty() && self.untold.is_empty()
    }

    pub(super) fn begin(&mut self, at: SystemTime, new: NewRecording, now: Instant) {
        self.at_hand = Some(new.recording);
        self.try_begin(at, new, now);
        self.at_hand = None;
    }

    fn try_begin(&mut self, at: SystemTime, new: NewRecording, now: Instant) {
        let id = new.recording;
        if self.running.len() >= RUNNING_MAX {
            tracing::warn!(
                running_max = RUNNING_MAX,
                "too many recordings at the same time: one more is not made"
            );
            return self.tell(id, RecordingTrouble::Failed);
        }
        let Ok(recorder) = Recorder::new(now) else {
            tracing::error!("a recording cannot begin: there is no memory for its encoder");
            return self.tell(id, RecordingTrouble::Failed);
        };
        let recording = Box::new(row(self.run, at, new));
        let begin = Job::Begin {
            id,
            name: recording.name,
            path: recording.path.clone(),
            started_at: recording.started_at,
        };
        let running = Running {
            recording,
            recorder: Some(recorder),
            outbox: VecDeque::from([begin]),
            made_at: VecDeque::from([self.awake]),
            is_noted: false,
            trouble: None,
        };
        self.running.insert(id, running);
    }

    /// What a leg has said. That of a recording that has ended is too late.
    pub(super) fn packet(&mut self, track: Track, said: &Said<'_>) {
        let running = self.running.get_mut(&track.recording);
        if let Some(recorder) = running.and_then(|running| running.recorder.as_mut()) {
            recorder.push(track.channel, said);
        }
    }

    pub(super) fn end(&mut self, id: RecordingId, now: Instant) {
        let Some(running) = self.running.get_mut(&id) else { return };
        let Some(recorder) = running.recorder.take() else { return };
        let mut pages = recorder.finish(now);
        let last = pages.pop().map(piece).unwrap_or_default();
        for page in pages {
            running.put(Job::Append { id, piece: piece(page) }, self.awake);
        }
        running.put(Job::End { id, piece: last }, self.awake);
    }

    pub(super) fn end_all(&mut self, now: Instant) {
        let all: Vec<RecordingId> = self.running.keys().copied().collect();
        all.into_iter().for_each(|id| self.end(id, now));
    }

    /// Makes the sound of the time until now, and hands it on.
    pub(super) fn tick(&mut self, now: Instant) {
        let since = self
            .ticked_at
            .map_or(Duration::ZERO, |ticked_at| now.saturating_duration_since(ticked_at));
        self.awake += since.min(AWAKE_MAX);
        self.ticked_at = Some(now);
        let mut stuck = Vec::new();
        for (id, running) in &mut self.running {
            while let Some(page) = running.recorder.as_mut().and_then(|recorder| recorder.poll(now)) {
                let piece = piece(page);
                running.put(Job::Append { id: *id, piece }, self.awake);
            }
            self.is_disk_gone |= running.hand_on(&self.outlets.jobs).is_err();
            let oldest = running.made_at.front().map_or(Duration::ZERO, |made_at| self.awake - *made_at);
            if running.recorder.is_some() && oldest > PATIENCE {
                running.give_up(*id, self.awake);
                stuck.push(*id);
            }
        }
        for id in stuck {
            tracing::error!(recording = id.0, "the disk does not keep up: a recording ends");
            self.tell(id, RecordingTrouble::Failed);
        }
        if self.is_disk_gone {
            self.without_disk();
        }
        for _ in 0..self.untold.len() {
            if let Some((id, trouble)) = self.untold.pop_front() {
                self.try_to_tell(id, trouble);
            }
        }
    }

    /// Nothing is written any more. The rows of what ran stay open for the next run, which looks how much is there.
    fn without_disk(&mut self) {
        while let Some((id, running)) = self.running.pop_first() {
            tracing::error!(recording = id.0, "the thread that writes recordings has ended: a recording ends");
            if running.trouble.is_none() {
                self.tell(id, RecordingTrouble::Failed);
            }
        }
    }

    pub(super) fn report(&mut self, report: Report) {
        match report {
            Report::Opened(id) => {
                let Some(running) = self.running.get_mut(&id) else { return };
                running.made_at.pop_front();
                running.is_noted = true;
                let recording = running.recording.clone();
                self.note(Written::Began(recording));
            }
            Report::Wrote(id) => {
                if let Some(running) = self.running.get_mut(&id) {
                    running.made_at.pop_front();
                }
            }
            Report::Closed(closed) => self.closed(&closed),
        }
    }

    fn closed(&mut self, closed: &Closed) {
        let Some(running) = self.running.remove(&closed.id) else { return };
        if running.is_noted {
            let end = RecordingEnd {
                stage: if closed.is_whole {
                    RecordingStage::Complete
                } else {
                    RecordingStage::CutShort
                },
                duration_ms: closed.duration_ms,
                bytes: closed.bytes,
                stopped: running.trouble.or(closed.trouble),
            };
            let (name, own) = (running.recording.name, running.recording.own.user);
            self.note(Written::Ended { name, own, end });
        }
        if let Some(trouble) = closed.trouble.filter(|_| running.trouble.is_none()) {
            self.tell(closed.id, trouble);
        }
    }

    /// Copies what is counted.
    pub(super) fn count(&self, figures: &Figures, dropped: u64) {
        figures.running.store(self.running.len() as u64, Ordering::Relaxed);
        figures.failures.store(self.failures, Ordering::Relaxed);
        figures.dropped.store(dropped, Ordering::Relaxed);
        if self.is_disk_gone {
            figures.is_failing.store(true, Ordering::Relaxed);
        }
    }

    fn tell(&mut self, id: RecordingId, trouble: RecordingTrouble) {
        self.failures += 1;
        self.try_to_tell(id, trouble);
    }

    fn try_to_tell(&mut self, id: RecordingId, trouble: RecordingTrouble) {
        self.at_hand = Some(id);
        if !(self.outlets.tell_core)(id, trouble) && self.untold.len() < UNTOLD_MAX {
            self.untold.push_back((id, trouble));
        }
        self.at_hand = None;
    }

    fn note(&self, written: Written) {
        if self.outlets.keeper.send(written).is_err() {
            tracing::error!("a recording is not noted in the database: the task that does so has ended");
        }
    }
}

impl Running {
    /// As much as the disk thread has room for.
    fn hand_on(&mut self, jobs: &SyncSender<Job>) -> Result<(), DiskGone> {
        while let Some(job) = self.outbox.pop_front() {
            match jobs.try_send(job) {
                Ok(()) => {}
                Err(TrySendError::Full(job)) => {
                    self.outbox.push_front(job);
                    return Ok(());
                }
                Err(TrySendError::Disconnected(_)) => return Err(DiskGone),
            }
        }
        Ok(())
    }

    fn put(&mut self, job: Job, awake: Duration) {
        self.outbox.push_back(job);
        self.made_at.push_back(awake);
    }

    /// Nothing more of it is written but its end.
    fn give_up(&mut self, id: RecordingId, awake: Duration) {
        self.recorder = None;
        self.trouble = Some(RecordingTrouble::Failed);
        self.made_at.truncate(self.made_at.len() - self.outbox.len());
        self.outbox.clear();
        let piece = Piece::default();
        self.put(Job::End { id, piece }, awake);
    }
}

fn piece(page: Page) -> Piece {
    Piece {
        audio: page.bytes,
        peaks: page.peaks.iter().map(|peak| [peak.own, peak.others]).collect(),
    }
}

fn row(run: RunId, at: SystemTime, new: NewRecording) -> Recording {
    let party = |party: switchboard::core::Party| Party {
        user: party.user,
        number: party.number,
        name: party.name,
    };
    let (name, started_at) = (run.recording(new.recording), OffsetDateTime::from(at));
    Recording {
        name,
        call_id: run.call(new.call),
        is_by_rule: new.rule.is_some(),
        own: party(new.own),
        other: party(new.other),
        started_at,
        duration_ms: 0,
        stage: RecordingStage::Running,
        stopped: None,
        bytes: 0,
        path: vault::path(name, started_at),
        // The keeper knows.
        delete_after: started_at,
    }
}
