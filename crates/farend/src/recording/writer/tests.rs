use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};

use media::audio::codec::Codec;
use media::engine::Said;
use model::{CallId, Channel, LegId, Track, UserId};
use switchboard::core::Party;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::desk::{PATIENCE, RUNNING_MAX};
use super::disk::{Closed, Job};
use std::io;

use time::OffsetDateTime;

use super::*;
use crate::recording::queue::queue;
use crate::recording::vault::{Ending, Medium};
use crate::store::{Recording, RecordingEnd, RecordingStage, Store};

type Told = Arc<Mutex<Vec<(u64, RecordingTrouble)>>>;

/// A desk and a disk without threads, and a clock that the test owns.
struct Bench {
    _folder: tempfile::TempDir,
    vault: Vault,
    desk: Desk,
    disk: Disk,
    jobs: Receiver<Job>,
    reports: Receiver<Report>,
    told: Told,
    noted: UnboundedReceiver<Written>,
    now: Instant,
}

async fn vault() -> (tempfile::TempDir, Vault, RunId) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::in_memory().await.unwrap();
    let vault = Vault::open(folder.path(), None, &store).await.unwrap();
    (folder, vault, store.begin_run(OffsetDateTime::UNIX_EPOCH).await.unwrap())
}

impl Bench {
    async fn new() -> Self {
        Self::with(Disk::of).await
    }

    async fn with(disk: impl FnOnce(Vault, Sender<Report>) -> Disk) -> Self {
        let (folder, vault, run) = vault().await;
        let ((jobs, todo), (reports, reported)) = (sync_channel(JOBS_MAX), channel());
        let (keeper, noted) = unbounded_channel();
        let told = Told::default();
        Self {
            disk: disk(vault.clone(), reports),
            desk: Desk::new(run, outlets(&told, keeper, jobs)),
            _folder: folder,
            vault,
            jobs: todo,
            reports: reported,
            told,
            noted,
            now: Instant::now(),
        }
    }

    fn begin(&mut self, number: u64) {
        self.desk.begin(SystemTime::UNIX_EPOCH, new(number), self.now);
    }

    fn say(&mut self, number: u64, sequence: u16) {
        let said = said(sequence, self.now);
        self.desk.packet(track(number), &said);
    }

    /// Time goes by, and the disk keeps up.
    fn pass(&mut self, seconds: u64) {
        for _ in 0..seconds * 10 {
            self.now += Duration::from_millis(100);
            self.desk.tick(self.now);
            self.work();
        }
    }

    fn work(&mut self) {
        self.jobs.try_iter().for_each(|job| self.disk.job(job, self.now));
        self.disk.sync(self.now);
        self.reports.try_iter().for_each(|report| self.desk.report(report));
    }

    fn end(&mut self, number: u64) {
        self.desk.end(RecordingId(number), self.now);
        self.desk.tick(self.now);
        self.work();
    }

    fn told(&self) -> Vec<(u64, RecordingTrouble)> {
        self.told.lock().unwrap().clone()
    }

    fn noted(&mut self) -> (Vec<Recording>, Vec<RecordingEnd>) {
        let (mut began, mut ended) = (Vec::new(), Vec::new());
        while let Ok(written) = self.noted.try_recv() {
            match written {
                Written::Began(recording) => began.push(*recording),
                Written::Ended { end, .. } => ended.push(end),
            }
        }
        (began, ended)
    }

    fn heard(&self, recording: &Recording) -> (Vec<u8>, Ending, usize) {
        let opened = self.vault.read(recording).unwrap();
        let audio: Result<Vec<_>, _> = opened.audio(0..u64::MAX).collect();
        (audio.unwrap().concat(), opened.ending(), opened.peaks().unwrap().len())
    }
}

fn outlets(told: &Told, keeper: UnboundedSender<Written>, jobs: SyncSender<Job>) -> Outlets {
    let told = Arc::clone(told);
    let tell_core = Arc::new(move |recording: RecordingId, trouble| {
        told.lock().unwrap().push((recording.0, trouble));
        true
    });
    Outlets { tell_core, keeper, jobs }
}

fn new(number: u64) -> NewRecording {
    let party = |user: u64, number: &str| Party {
        user: Some(UserId(user)),
        device: None,
        number: number.to_owned(),
        name: format!("Name {number}"),
    };
    NewRecording {
        recording: RecordingId(number),
        call: CallId(number),
        rule: None,
        own: party(1, "101"),
        other: party(2, "102"),
    }
}

fn track(number: u64) -> Track {
    Track {
        recording: RecordingId(number),
        channel: Channel::Own,
    }
}

fn said(sequence: u16, at: Instant) -> Said<'static> {
    Said {
        leg: LegId(1),
        codec: Codec::Pcmu,
        ssrc: 1,
        sequence,
        timestamp: u32::from(sequence) * 160,
        marker: sequence == 0,
        payload: &[0x20; 160],
        at,
    }
}

/// A disk that takes so many writes, and then has something wrong.
struct Broken {
    left: u32,
    kind: io::ErrorKind,
}

impl Medium for Broken {
    fn append(&mut self, _bytes: &[u8]) -> io::Result<()> {
        self.left = self.left.checked_sub(1).ok_or(self.kind)?;
        Ok(())
    }

    fn cut_to(&mut self, _bytes: u64) -> io::Result<()> {
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A disk that takes everything, and confirms nothing.
struct Unconfirmed;

impl Medium for Unconfirmed {
    fn append(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn cut_to(&mut self, _bytes: u64) -> io::Result<()> {
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::Other.into())
    }
}

#[tokio::test]
async fn what_the_disk_does_not_confirm_is_counted_like_everything_else() {
    let make = |_: &str| Ok(Box::new(Unconfirmed) as Box<dyn Medium>);
    let mut bench = Bench::with(|vault, reports| Disk::new(vault, Box::new(make), reports)).await;
    bench.begin(1);
    bench.end(1);
    assert_eq!(bench.told(), [(1, RecordingTrouble::Failed)]);
    let (_, ended) = bench.noted();
    assert_eq!(ended[0].stage, RecordingStage::Complete);
    let figures = bench.vault.figures();
    assert_eq!(figures.running_bytes.load(Ordering::Relaxed), 0);
    assert_eq!(figures.kept_bytes.load(Ordering::Relaxed), ended[0].bytes);
}

#[tokio::test]
async fn a_recording_is_as_long_as_it_took_and_is_heard_again() {
    let mut bench = Bench::new().await;
    bench.begin(7);
    for sequence in 0..150 {
        bench.now += Duration::from_millis(20);
        bench.say(7, sequence);
        bench.desk.tick(bench.now);
        bench.work();
    }
    assert!(bench.vault.figures().running_bytes.load(Ordering::Relaxed) > 0);
    bench.end(7);
    assert!(bench.desk.is_idle() && bench.told().is_empty());
    let (began, ended) = bench.noted();
    assert_eq!((began[0].name.to_string().as_str(), began[0].call_id.as_str()), ("1-7", "1-7"));
    assert_eq!(began[0].path, "1970/01/1-7-0.frec");
    assert_eq!((ended[0].stage, ended[0].stopped), (RecordingStage::Complete, None));
    assert!((2_900..=3_100).contains(&ended[0].duration_ms), "{ended:?}");
    let (audio, ending, peaks) = bench.heard(&began[0]);
    assert!(
        audio.starts_with(b"OggS") && ending == Ending::Whole && (29..=31).contains(&peaks),
        "{peaks}"
    );
    let figures = bench.vault.figures();
    assert_eq!(figures.running_bytes.load(Ordering::Relaxed), 0);
    assert_eq!(figures.kept_bytes.load(Ordering::Relaxed), ended[0].bytes);
}

#[tokio::test]
async fn what_was_said_lately_is_in_the_file_within_two_seconds() {
    let mut bench = Bench::new().await;
    bench.begin(1);
    bench.pass(10);
    let (began, _) = bench.noted();
    let (_, ending, peaks) = bench.heard(&began[0]);
    assert!(ending == Ending::Open && peaks >= 80, "{peaks}");
}

#[tokio::test]
async fn a_full_disk_ends_the_recording_and_keeps_what_is_there() {
    for (kind, expected) in [
        (io::ErrorKind::StorageFull, RecordingTrouble::DiskFull),
        (io::ErrorKind::QuotaExceeded, RecordingTrouble::DiskFull),
        (io::ErrorKind::PermissionDenied, RecordingTrouble::Failed),
    ] {
        let make = move |_: &str| Ok(Box::new(Broken { left: 3, kind }) as Box<dyn Medium>);
        let mut bench = Bench::with(|vault, reports| Disk::new(vault, Box::new(make), reports)).await;
        bench.begin(1);
        for sequence in 0..200 {
            bench.now += Duration::from_millis(20);
            bench.say(1, sequence);
            bench.desk.tick(bench.now);
            bench.work();
        }
        assert_eq!(bench.told(), [(1, expected)], "once");
        bench.end(1);
        let (began, ended) = bench.noted();
        assert_eq!((began.len(), ended.len()), (1, 1));
        assert_eq!(ended[0].stopped, Some(expected));
        assert_eq!(
            bench.vault.figures().is_failing.load(Ordering::Relaxed),
            expected == RecordingTrouble::Failed
        );
    }
}

#[tokio::test]
async fn a_disk_that_the_kernel_calls_full_is_full() {
    let make = |_: &str| Ok(Box::new(std::fs::OpenOptions::new().write(true).open("/dev/full")?) as Box<dyn Medium>);
    let mut bench = Bench::with(|vault, reports| Disk::new(vault, Box::new(make), reports)).await;
    bench.begin(1);
    bench.pass(2);
    assert_eq!(bench.told(), [(1, RecordingTrouble::DiskFull)]);
    assert_eq!(bench.noted(), (Vec::new(), Vec::new()), "no file, no row");
}

#[tokio::test]
async fn a_disk_that_gets_nearly_full_ends_what_runs_and_leaves_room_for_the_rest_of_the_server() {
    let is_full = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&is_full);
    let make = |vault, reports| Disk::of(vault, reports).full_when(Box::new(move || asked.load(Ordering::Relaxed)));
    let mut bench = Bench::with(make).await;
    bench.begin(1);
    bench.begin(2);
    bench.pass(3);
    assert!(bench.told().is_empty());
    is_full.store(true, Ordering::Relaxed);
    bench.pass(2);
    assert_eq!(bench.told(), [1, 2].map(|number| (number, RecordingTrouble::DiskFull)));
    let (began, ended) = bench.noted();
    assert_eq!(ended.len(), 2);
    for (recording, end) in began.iter().zip(ended) {
        assert_eq!(
            (end.stage, end.stopped),
            (RecordingStage::Complete, Some(RecordingTrouble::DiskFull))
        );
        assert_eq!(bench.heard(recording).1, Ending::Whole);
    }
}

#[tokio::test]
async fn a_file_that_cannot_begin_does_not_stay() {
    let (folder, vault, run) = vault().await;
    let (reports, reported) = channel();
    let make = {
        let vault = vault.clone();
        move |path: &str| {
            vault.create(path)?;
            let kind = io::ErrorKind::StorageFull;
            Ok(Box::new(Broken { left: 0, kind }) as Box<dyn Medium>)
        }
    };
    let mut disk = Disk::new(vault, Box::new(make), reports);
    let begin = Job::Begin {
        id: RecordingId(1),
        name: run.recording(RecordingId(1)),
        path: "1970/01/file".to_owned(),
        started_at: OffsetDateTime::UNIX_EPOCH,
    };
    disk.job(begin, Instant::now());
    assert!(matches!(reported.recv().unwrap(), Report::Closed(closed) if closed.trouble == Some(RecordingTrouble::DiskFull)));
    let month = folder.path().join("recordings/1970/01");
    assert_eq!(std::fs::read_dir(month).unwrap().count(), 0);
}

#[tokio::test]
async fn a_disk_that_hangs_ends_the_recording_and_nothing_waits_for_it() {
    let mut bench = Bench::new().await;
    bench.begin(1);
    bench.pass(3);
    for _ in 0..PATIENCE.as_secs() * 10 {
        bench.now += Duration::from_millis(100);
        bench.desk.tick(bench.now);
    }
    assert!(bench.told().is_empty());
    for _ in 0..20 {
        bench.now += Duration::from_millis(100);
        bench.desk.tick(bench.now);
    }
    assert_eq!(bench.told(), [(1, RecordingTrouble::Failed)]);
    bench.desk.end(RecordingId(1), bench.now);
    // It comes back.
    bench.pass(1);
    let (began, ended) = bench.noted();
    assert_eq!(ended[0].stopped, Some(RecordingTrouble::Failed));
    assert_eq!(bench.heard(&began[0]).1, Ending::Whole);
    assert!(bench.desk.is_idle());
    assert_eq!(bench.told().len(), 1);
}

#[tokio::test]
async fn a_server_that_stood_still_for_a_minute_goes_on_recording() {
    let mut bench = Bench::new().await;
    bench.begin(1);
    bench.pass(2);
    // A piece is on its way to the disk as all stops, and is still there as all goes on.
    for _ in 0..10 {
        bench.now += Duration::from_millis(100);
        bench.desk.tick(bench.now);
    }
    bench.now += Duration::from_secs(60);
    bench.desk.tick(bench.now);
    bench.now += Duration::from_millis(20);
    bench.desk.tick(bench.now);
    bench.pass(2);
    bench.end(1);
    assert!(bench.told().is_empty());
    let (began, ended) = bench.noted();
    assert_eq!((ended[0].stage, ended[0].stopped), (RecordingStage::Complete, None));
    assert!(
        bench.heard(&began[0]).1 == Ending::Whole && ended[0].duration_ms >= 64_000,
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_quota_that_is_used_up_ends_what_runs_and_what_begins() {
    let mut bench = Bench::new().await;
    bench.begin(1);
    bench.pass(3);
    let figures = bench.vault.figures();
    figures
        .quota_bytes
        .store(figures.running_bytes.load(Ordering::Relaxed), Ordering::Relaxed);
    bench.pass(2);
    bench.begin(2);
    bench.pass(1);
    assert_eq!(
        bench.told(),
        [(1, RecordingTrouble::QuotaReached), (2, RecordingTrouble::QuotaReached)]
    );
    let (began, ended) = bench.noted();
    assert_eq!((began.len(), ended.len()), (1, 1));
    assert_eq!(
        (ended[0].stage, ended[0].stopped),
        (RecordingStage::Complete, Some(RecordingTrouble::QuotaReached))
    );
    assert_eq!(bench.heard(&began[0]).1, Ending::Whole);
}

#[tokio::test]
async fn one_more_than_all_is_not_made() {
    let mut bench = Bench::new().await;
    for number in 0..=RUNNING_MAX as u64 {
        bench.begin(number);
    }
    assert_eq!(bench.told(), [(RUNNING_MAX as u64, RecordingTrouble::Failed)]);
    bench.desk.end_all(bench.now);
    bench.pass(1);
    assert!(bench.desk.is_idle());
    assert_eq!(bench.noted().1.len(), RUNNING_MAX);
}

#[tokio::test]
async fn a_switchboard_that_is_too_busy_is_told_again() {
    let (_folder, _vault, run) = vault().await;
    let (jobs, _todo) = sync_channel(1);
    let asked = Arc::new(Mutex::new(0));
    let tell_core = {
        let asked = Arc::clone(&asked);
        Arc::new(move |_: RecordingId, _: RecordingTrouble| {
            *asked.lock().unwrap() += 1;
            *asked.lock().unwrap() >= 3
        })
    };
    let keeper = unbounded_channel().0;
    let mut desk = Desk::new(run, Outlets { tell_core, keeper, jobs });
    let now = Instant::now();
    for number in 0..=RUNNING_MAX as u64 {
        desk.begin(SystemTime::UNIX_EPOCH, new(number), now);
    }
    (0..5).for_each(|_| desk.tick(now));
    assert_eq!(*asked.lock().unwrap(), 3);
}

#[tokio::test]
async fn when_the_server_stops_all_recordings_are_finished() {
    let (_folder, vault, run) = vault().await;
    let (tap, tapped) = queue(PACKETS_MAX);
    let (keeper, mut noted) = unbounded_channel();
    let (orders, thread) = start(vault.clone(), run, tapped, Arc::new(|_, _| true), keeper).unwrap();
    for number in 1..=3 {
        orders.begin(SystemTime::UNIX_EPOCH, new(number));
        tap.push(track(number), &said(0, Instant::now()));
    }
    drop(orders);
    tokio::task::spawn_blocking(move || thread.join().unwrap()).await.unwrap();
    let (mut began, mut ended) = (Vec::new(), 0);
    while let Some(written) = noted.recv().await {
        match written {
            Written::Began(recording) => began.push(recording),
            Written::Ended { end, .. } => {
                assert_eq!((end.stage, end.stopped), (RecordingStage::Complete, None));
                ended += 1;
            }
        }
    }
    assert_eq!((began.len(), ended), (3, 3));
    for recording in began {
        assert_eq!(vault.read(&recording).unwrap().ending(), Ending::Whole);
    }
}

/// Takes so many writes, and then panics.
struct Panicking(u32);

impl Medium for Panicking {
    fn append(&mut self, _bytes: &[u8]) -> io::Result<()> {
        self.0 = self.0.checked_sub(1).expect("as many as were promised");
        Ok(())
    }

    fn cut_to(&mut self, _bytes: u64) -> io::Result<()> {
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_panic_at_the_disk_ends_one_recording_and_the_others_go_on() {
    let made = AtomicU32::new(0);
    let make = move |_: &str| {
        let writes = if made.fetch_add(1, Ordering::Relaxed) == 0 { 3 } else { u32::MAX };
        Ok(Box::new(Panicking(writes)) as Box<dyn Medium>)
    };
    let mut bench = Bench::with(|vault, reports| Disk::new(vault, Box::new(make), reports)).await;
    bench.begin(1);
    bench.begin(2);
    bench.pass(5);
    assert_eq!(bench.told(), [(1, RecordingTrouble::Failed)]);
    bench.end(2);
    let (began, ended) = bench.noted();
    assert_eq!((began.len(), ended.len()), (2, 2));
    assert_eq!(
        (ended[0].stage, ended[0].stopped),
        (RecordingStage::CutShort, Some(RecordingTrouble::Failed))
    );
    assert_eq!((ended[1].stage, ended[1].stopped), (RecordingStage::Complete, None));
}

#[tokio::test]
async fn without_the_disk_thread_every_recording_fails_at_once() {
    let mut bench = Bench::new().await;
    bench.begin(1);
    bench.pass(2);
    bench.jobs = sync_channel(1).1;
    bench.pass(2);
    bench.begin(2);
    bench.pass(1);
    assert_eq!(bench.told(), [(1, RecordingTrouble::Failed), (2, RecordingTrouble::Failed)]);
    assert!(bench.desk.is_idle());
    bench.desk.count(bench.vault.figures(), 0);
    assert!(bench.vault.figures().is_failing.load(Ordering::Relaxed));
}

#[tokio::test]
async fn a_panic_of_the_recorder_ends_what_ran_and_the_next_recording_is_made() {
    let (_folder, vault, run) = vault().await;
    let ((orders, taken), (jobs, todo), (reports, reported)) = (channel(), sync_channel(JOBS_MAX), channel());
    let (told, news) = channel();
    let tell_core = Arc::new(move |recording: RecordingId, trouble: RecordingTrouble| {
        told.send((recording.0, trouble)).unwrap();
        assert_ne!((recording.0, trouble), (1, RecordingTrouble::DiskFull), "this one panics");
        true
    });
    let (keeper, _noted) = unbounded_channel();
    let desk = Desk::new(run, Outlets { tell_core, keeper, jobs });
    let (_tap, tapped) = queue(1);
    let thread = std::thread::spawn(move || run_desk(desk, vault, taken, reported, tapped));
    let begin = |number| {
        orders
            .send(Order::Begin {
                at: SystemTime::UNIX_EPOCH,
                new: Box::new(new(number)),
            })
            .unwrap();
    };
    begin(1);
    begin(2);
    let begun = todo.iter().filter(|job| matches!(job, Job::Begin { .. })).take(2);
    assert_eq!(begun.count(), 2);
    let closed = |id, trouble| {
        Report::Closed(Closed {
            id: RecordingId(id),
            trouble,
            is_whole: true,
            bytes: 1,
            duration_ms: 1,
        })
    };
    reports.send(closed(1, Some(RecordingTrouble::DiskFull))).unwrap();
    let expected = [RecordingTrouble::DiskFull, RecordingTrouble::Failed].map(|trouble| (1, trouble));
    assert_eq!([news.recv().unwrap(), news.recv().unwrap()], expected, "told once more");
    assert_eq!(news.recv().unwrap(), (2, RecordingTrouble::Failed));
    let end = todo.iter().find(|job| !matches!(job, Job::Append { .. }));
    assert!(matches!(end, Some(Job::End { id: RecordingId(2), .. })), "{end:?}");
    begin(3);
    let next = todo.iter().find(|job| matches!(job, Job::Begin { .. }));
    assert!(matches!(next, Some(Job::Begin { id: RecordingId(3), .. })), "{next:?}");
    reports.send(closed(2, None)).unwrap();
    reports.send(closed(3, None)).unwrap();
    drop(orders);
    thread.join().unwrap();
}

#[tokio::test]
async fn a_recorder_that_has_ended_is_told_at_once() {
    let (_folder, vault, _run) = vault().await;
    let told = Told::default();
    let (keeper, jobs) = (unbounded_channel().0, sync_channel(1).0);
    let tell_core = outlets(&told, keeper, jobs).tell_core;
    let orders = Orders {
        orders: channel().0,
        tell_core,
        vault: vault.clone(),
    };
    orders.begin(SystemTime::UNIX_EPOCH, new(4));
    assert_eq!(*told.lock().unwrap(), [(4, RecordingTrouble::Failed)]);
    assert!(vault.figures().is_failing.load(Ordering::Relaxed));
}
