//! Captures on demand: SIP and RTP of one call, phone or trunk, for at most ten minutes.
//!
//! One runs at a time. Files are for the server's own account only, are deleted after a day and at every start, and show what
//! [`super::redaction`] lets through.

pub(crate) mod file;
pub(crate) mod tap;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fs;
use std::io::{self, BufWriter};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use model::LegId;
use sip::{Flow, Transport};
use time::OffsetDateTime;

use self::file::File;
use self::tap::{Carrier, Packet, Tap, Watched};
use super::book::Book;
pub(crate) use super::book::Whose;
use super::note::transport_name;
use super::redaction::{self, Masks};

/// The longest capture, in seconds.
pub(crate) const SECONDS_MAX: u32 = 600;
/// The largest file.
const BYTES_MAX: u64 = 50_000_000;
/// Files that are kept; the oldest gives way.
const FILES_MAX: usize = 10;
/// How long a file is kept.
const KEPT_FOR: Duration = Duration::from_secs(24 * 3_600);
/// Messages that wait for a moment until it is known whose they are.
const WAITING_MAX: usize = 1_024;
/// Peers whose streams are told apart.
const STREAMS_MAX: usize = 1_024;
/// Where messages of encrypted ways are shown, so that readers know them for SIP.
const SIP_PORT: u16 = 5060;

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) whose: Whose,
    /// For people: `call 3-17`, `phone 4`.
    pub(crate) label: String,
    pub(crate) seconds: u32,
    pub(crate) with_audio: bool,
    /// Names and numbers are shown.
    pub(crate) is_open: bool,
}

/// Why a capture has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Its time was over.
    Time,
    /// It was large enough.
    Size,
    /// Somebody has ended or deleted it.
    Asked,
    /// It could not be written.
    Disk,
}

/// A capture, running or done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Capture {
    pub(crate) id: u64,
    pub(crate) wanted: Wanted,
    pub(crate) begun_at: OffsetDateTime,
    /// `None` while it runs.
    pub(crate) end: Option<End>,
    pub(crate) bytes: u64,
    pub(crate) packets: u64,
    /// Packets for which there was no room.
    pub(crate) dropped: u64,
}

/// Why none begins.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotBegun {
    #[error("another capture runs")]
    Busy,
    #[error("the file cannot be made: {0}")]
    Disk(#[from] io::Error),
}

struct Running {
    file: File<BufWriter<fs::File>>,
    masks: Masks,
    until: Instant,
    dropped_before: u64,
    /// SIP messages of which nobody knows yet whose they are.
    waiting: VecDeque<Packet>,
    /// How far each direction of a connection is.
    streams: HashMap<(SocketAddr, SocketAddr), u32>,
    capture: Capture,
}

#[derive(Default)]
struct State {
    running: Option<Running>,
    done: VecDeque<Capture>,
    ids: u64,
}

/// See the module.
pub(crate) struct Captures {
    folder: PathBuf,
    tap: Tap,
    state: Mutex<State>,
}

impl Captures {
    /// What an earlier run has left is deleted.
    pub(crate) fn new(folder: PathBuf, tap: Tap) -> Self {
        if let Err(error) = fs::remove_dir_all(&folder)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "old captures could not be deleted");
        }
        Self {
            folder,
            tap,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, id: u64) -> PathBuf {
        self.folder.join(format!("{id}.pcapng"))
    }

    /// Begins one.
    ///
    /// # Errors
    ///
    /// When another one runs, or the disk does not let us.
    pub(crate) fn begin(&self, wanted: Wanted, masks: Masks, now: Instant) -> Result<Capture, NotBegun> {
        let mut state = self.state();
        if state.running.is_some() {
            return Err(NotBegun::Busy);
        }
        let id = state.ids + 1;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let made = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.path(id))?;
        let audio = if wanted.with_audio {
            "with sound"
        } else {
            "without sound: payloads are cut off"
        };
        let open = if wanted.is_open {
            "names and numbers shown"
        } else {
            "names and numbers masked"
        };
        let comment = format!("{}, {audio}, {open}. IP, UDP and TCP headers were made for it.", wanted.label);
        let file = File::begin(BufWriter::new(made), &comment)?;
        state.ids = id;
        let capture = Capture {
            id,
            begun_at: OffsetDateTime::now_utc(),
            end: None,
            bytes: file.bytes,
            packets: 0,
            dropped: 0,
            wanted,
        };
        state.running = Some(Running {
            until: now + Duration::from_secs(capture.wanted.seconds.min(SECONDS_MAX).into()),
            file,
            masks,
            dropped_before: self.tap.dropped(),
            waiting: VecDeque::new(),
            streams: HashMap::new(),
            capture: capture.clone(),
        });
        self.tap.watch(Watched {
            generation: id,
            with_audio: capture.wanted.with_audio,
            ..Watched::default()
        });
        Ok(capture)
    }

    /// All of them, the newest first.
    pub(crate) fn list(&self) -> Vec<Capture> {
        let state = self.state();
        let running = state.running.as_ref().map(|running| running.capture.clone());
        running.into_iter().chain(state.done.iter().rev().cloned()).collect()
    }

    /// The bytes of one that is done.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub(crate) fn read(&self, id: u64) -> io::Result<Option<Vec<u8>>> {
        if !self.state().done.iter().any(|capture| capture.id == id) {
            return Ok(None);
        }
        fs::read(self.path(id)).map(Some)
    }

    /// Ends one that runs, or deletes one that is done. `None`: there is none.
    pub(crate) fn remove(&self, id: u64, now: SystemTime) -> Option<Capture> {
        let mut state = self.state();
        if state.running.as_ref().is_some_and(|running| running.capture.id == id) {
            self.finish(&mut state, End::Asked, now);
            return state.done.back().cloned();
        }
        let at = state.done.iter().position(|capture| capture.id == id)?;
        let gone = state.done.remove(at)?;
        self.delete(id);
        Some(gone)
    }

    fn delete(&self, id: u64) {
        if let Err(error) = fs::remove_file(self.path(id)) {
            tracing::warn!(%error, "a capture could not be deleted");
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.state().running.is_some()
    }

    /// Writes what was seen; the notes of the calls have been taken meanwhile. Ends what has to end, deletes what is old.
    /// `call_id` tells the recorder's name of a message's Call-ID.
    pub(super) fn round(&self, seen: Vec<Packet>, book: &Book, call_id: impl Fn(&[u8]) -> Option<u64>, now: (Instant, SystemTime)) {
        let mut state = self.state();
        let Some(running) = &mut state.running else { return };
        let legs = book.legs_of(running.capture.wanted.whose);
        let watched = Watched {
            generation: running.capture.id,
            legs: legs.iter().map(|(leg, _)| *leg).collect(),
            ports: legs
                .iter()
                .filter_map(|(leg, port)| Some((port.as_ref()? & !1, *leg)))
                .collect::<BTreeMap<_, _>>(),
            with_audio: running.capture.wanted.with_audio,
        };
        running.capture.dropped = self.tap.dropped() - running.dropped_before;
        let written = running.write(seen, book, &watched.legs, call_id);
        self.tap.watch(watched);
        let end = match written {
            Err(error) => {
                tracing::warn!(%error, "a capture could not be written");
                Some(End::Disk)
            }
            Ok(()) if running.file.bytes >= BYTES_MAX => Some(End::Size),
            Ok(()) => (now.0 >= running.until).then_some(End::Time),
        };
        if let Some(end) = end {
            self.finish(&mut state, end, now.1);
        }
    }

    fn finish(&self, state: &mut State, end: End, at: SystemTime) {
        self.tap.close();
        let Some(mut running) = state.running.take() else { return };
        let dropped = running.capture.dropped;
        let is_written = running.file.end(at, dropped).is_ok();
        running.capture.bytes = running.file.bytes;
        running.capture.end = Some(if is_written { end } else { End::Disk });
        state.done.push_back(running.capture);
        if state.done.len() > FILES_MAX
            && let Some(oldest) = state.done.pop_front()
        {
            self.delete(oldest.id);
        }
    }

    /// Deletes files that have been kept long enough.
    pub(crate) fn forget_old(&self, now: OffsetDateTime) {
        let mut state = self.state();
        while state.done.front().is_some_and(|capture| now - capture.begun_at >= KEPT_FOR) {
            if let Some(old) = state.done.pop_front() {
                self.delete(old.id);
            }
        }
    }
}

impl Running {
    fn write(&mut self, seen: Vec<Packet>, book: &Book, legs: &BTreeSet<LegId>, call_id: impl Fn(&[u8]) -> Option<u64>) -> io::Result<()> {
        let waited = std::mem::take(&mut self.waiting);
        let first_seen = waited.len();
        for (number, packet) in waited.into_iter().chain(seen).enumerate() {
            if self.file.bytes >= BYTES_MAX {
                break;
            }
            match packet.carrier {
                Carrier::Media { is_stream, .. } => self.media(&packet, is_stream)?,
                Carrier::Sip { flow, is_inbound } => {
                    let call_id = call_id(&packet.bytes);
                    let leg = call_id.and_then(|call_id| book.leg_of(call_id));
                    if leg.is_some_and(|leg| legs.contains(&leg)) || self.is_of_phone(book, &flow) {
                        self.sip(&packet, &flow, is_inbound)?;
                    } else if leg.is_none() && call_id.is_some() && number >= first_seen && self.waiting.len() < WAITING_MAX {
                        self.waiting.push_back(packet);
                    }
                }
            }
        }
        self.capture.bytes = self.file.bytes;
        Ok(())
    }

    /// A phone is captured as a whole: its registrations too.
    fn is_of_phone(&self, book: &Book, flow: &Flow) -> bool {
        match self.capture.wanted.whose {
            Whose::Device(device) => book.place_of(device) == Some(flow.peer),
            Whose::Call(_) | Whose::Trunk(_) => false,
        }
    }

    fn media(&mut self, packet: &Packet, is_stream: bool) -> io::Result<()> {
        // Media that came by a connection is shown as it would be by UDP: so it can be read and counted like any other.
        let comment = is_stream.then_some("came over TCP or TLS; framing left out");
        self.capture.packets += 1;
        let ways = (packet.source, packet.destination);
        self.file
            .packet(packet.at, ways, file::Transport::Udp, &packet.bytes, packet.length, comment)
    }

    fn sip(&mut self, packet: &Packet, flow: &Flow, is_inbound: bool) -> io::Result<()> {
        let shown = redaction::message(&packet.bytes, &mut self.masks);
        let (mut source, mut destination) = (packet.source, packet.destination);
        let ours = if is_inbound { &mut destination } else { &mut source };
        let comment = match flow.transport {
            Transport::Udp | Transport::Tcp => None,
            Transport::Tls | Transport::Wss => {
                let port = ours.port();
                ours.set_port(SIP_PORT);
                Some(format!(
                    "came over {} on port {port}; shown decrypted",
                    transport_name(flow.transport)
                ))
            }
        };
        let transport = if flow.transport == Transport::Udp {
            file::Transport::Udp
        } else {
            self.segment((source, destination), shown.len())
        };
        self.capture.packets += 1;
        self.file
            .packet(packet.at, (source, destination), transport, &shown, shown.len(), comment.as_deref())
    }

    /// The next piece of a connection.
    fn segment(&mut self, way: (SocketAddr, SocketAddr), length: usize) -> file::Transport {
        let acknowledged = self.streams.get(&(way.1, way.0)).copied().unwrap_or(1);
        if self.streams.len() >= STREAMS_MAX && !self.streams.contains_key(&way) {
            self.streams.clear();
        }
        let next = self.streams.entry(way).or_insert(1);
        let sequence = *next;
        *next = next.wrapping_add(u32::try_from(length).unwrap_or(0));
        file::Transport::Tcp { sequence, acknowledged }
    }
}

#[cfg(test)]
mod tests {
    use model::{CallId, DeviceId};
    use switchboard::directory::Directory;

    use super::*;

    fn captures() -> (tempfile::TempDir, Captures) {
        let folder = tempfile::tempdir().unwrap();
        let captures = Captures::new(folder.path().join("captures"), Tap::new());
        (folder, captures)
    }

    fn wanted(seconds: u32) -> Wanted {
        Wanted {
            whose: Whose::Call(CallId(1)),
            label: "call 1-1".to_owned(),
            seconds,
            with_audio: false,
            is_open: false,
        }
    }

    fn masks() -> Masks {
        Masks::new(&Directory::default(), false)
    }

    fn later(seconds: u64) -> (Instant, SystemTime) {
        (Instant::now() + Duration::from_secs(seconds), SystemTime::now())
    }

    #[test]
    fn one_capture_runs_at_a_time_and_ends_when_its_time_is_over() {
        let (_folder, captures) = captures();
        let first = captures.begin(wanted(5), masks(), Instant::now()).unwrap();
        assert!(matches!(captures.begin(wanted(5), masks(), Instant::now()), Err(NotBegun::Busy)));
        captures.round(Vec::new(), &Book::default(), |_| None, later(4));
        assert!(captures.is_running() && captures.tap.is_on());
        assert_eq!(captures.read(first.id).unwrap(), None, "not before it is done");
        captures.round(Vec::new(), &Book::default(), |_| None, later(5));
        assert!(!captures.is_running() && !captures.tap.is_on());
        assert_eq!(captures.list()[0].end, Some(End::Time));
        let bytes = captures.read(first.id).unwrap().unwrap();
        assert_eq!(bytes.len() as u64, captures.list()[0].bytes);
    }

    #[test]
    fn nobody_can_capture_for_longer_than_ten_minutes() {
        let (_folder, captures) = captures();
        captures.begin(wanted(u32::MAX), masks(), Instant::now()).unwrap();
        captures.round(Vec::new(), &Book::default(), |_| None, later(601));
        assert!(!captures.is_running());
    }

    #[test]
    fn only_so_many_files_are_kept_and_none_for_longer_than_a_day() {
        let (folder, captures) = captures();
        for _ in 0..FILES_MAX + 2 {
            let begun = captures.begin(wanted(5), masks(), Instant::now()).unwrap();
            captures.remove(begun.id, SystemTime::now());
        }
        let files = || fs::read_dir(folder.path().join("captures")).map_or(0, Iterator::count);
        assert_eq!((captures.list().len(), files()), (FILES_MAX, FILES_MAX));
        captures.forget_old(OffsetDateTime::now_utc() + KEPT_FOR);
        assert_eq!((captures.list().len(), files()), (0, 0));
        captures.begin(wanted(5), masks(), Instant::now()).unwrap();
        drop(Captures::new(folder.path().join("captures"), Tap::new()));
        assert_eq!(files(), 0, "nothing outlives a restart");
    }

    #[test]
    fn of_a_phone_its_registrations_are_captured_and_those_of_others_are_not() {
        let (_folder, captures) = captures();
        let mut book = Book::default();
        let phone: SocketAddr = "10.0.0.9:5060".parse().unwrap();
        book.place(DeviceId(3), phone);
        let whose = Whose::Device(DeviceId(3));
        let begun = captures.begin(Wanted { whose, ..wanted(5) }, masks(), Instant::now()).unwrap();
        let packet = |peer: SocketAddr| {
            let bytes = b"REGISTER sip:farend SIP/2.0\r\nCall-ID: a\r\nCSeq: 1 REGISTER\r\n\r\n".to_vec();
            let local = "10.0.0.1:5060".parse().unwrap();
            let flow = Flow {
                transport: Transport::Tls,
                local,
                peer,
                connection: 1,
            };
            Packet {
                at: SystemTime::now(),
                carrier: Carrier::Sip { flow, is_inbound: true },
                source: peer,
                destination: local,
                length: bytes.len(),
                bytes,
            }
        };
        let seen = vec![packet(phone), packet("10.0.0.8:5060".parse().unwrap())];
        captures.round(seen, &book, |_| None, later(0));
        captures.remove(begun.id, SystemTime::now());
        assert_eq!(captures.list()[0].packets, 1);
        let text = String::from_utf8_lossy(&captures.read(begun.id).unwrap().unwrap()).into_owned();
        assert!(
            text.contains("REGISTER sip:farend SIP/2.0") && text.contains("shown decrypted"),
            "{text}"
        );
    }
}
