//! Reading a sealed file.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::VaultError;
use super::format::{HEAD_BYTES, HEADER_BYTES, Head, Header, Kind, Piece, Seal};
use super::key::Key;
use super::sealing::{Medium as _, Sealer};
use crate::store::RecordingName;

/// How long a piece of loudness is, in milliseconds.
pub const PEAK_STEP_MS: u64 = 100;

/// How a file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With its last chunk.
    Whole,
    /// With the mark of a later run: the server stopped in the middle of it.
    Cut,
    /// Somewhere: it is being written, or something is missing.
    Open,
}

/// Where a chunk is.
#[derive(Clone, Copy)]
struct Place {
    head: Head,
    /// Of its sealed content in the file.
    at: u64,
    /// Of its sound in the whole.
    audio_at: u64,
}

/// A file that can be heard.
pub struct Opened {
    file: File,
    seal: Seal,
    started_at_ms: i64,
    places: Vec<Place>,
    ending: Ending,
    /// Up to the last whole chunk.
    bytes: u64,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("chunks", &self.places.len()).finish_non_exhaustive()
    }
}

/// What became of a file that was left unfinished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// Of the file now.
    pub bytes: u64,
    /// Of what can be heard.
    pub duration_ms: u64,
    /// Whether nothing is missing: only its row was not written any more.
    pub is_whole: bool,
}

/// Marks the last of these pages as that of the stream, which takes no more and no fewer bytes.
fn mark_end(audio: &mut [u8]) {
    let mut ended = audio.to_vec();
    if media::recorder::repair(&mut ended).is_some() && ended.len() == audio.len() {
        audio.copy_from_slice(&ended);
    }
}

impl Opened {
    /// Finds the chunks of a file; their content is looked at when it is read.
    ///
    /// # Errors
    /// When it is missing, another one's, or of another key.
    pub fn open(path: &Path, key: &Key, name: RecordingName) -> Result<Self, VaultError> {
        Self::index(File::open(path)?, key, name)
    }

    fn index(mut file: File, key: &Key, name: RecordingName) -> Result<Self, VaultError> {
        let mut header = [0; HEADER_BYTES];
        file.read_exact(&mut header).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => VaultError::NotOurs,
            _ => VaultError::Unreadable(error),
        })?;
        let header = Header::parse(&header)?;
        if header.key != key.name() {
            return Err(VaultError::OtherKey);
        }
        if header.name != name {
            return Err(VaultError::NotOurs);
        }
        let length = file.metadata()?.len();
        let mut opened = Self {
            seal: Seal::new(key, &header),
            started_at_ms: header.started_at_ms,
            file,
            places: Vec::new(),
            ending: Ending::Open,
            bytes: HEADER_BYTES as u64,
        };
        opened.find_chunks(length)?;
        Ok(opened)
    }

    fn find_chunks(&mut self, length: u64) -> Result<(), VaultError> {
        let mut audio_at = 0;
        while self.ending == Ending::Open && self.bytes + HEAD_BYTES as u64 <= length {
            let mut head = [0; HEAD_BYTES];
            self.file.read_exact_at(&mut head, self.bytes)?;
            let at = self.bytes + HEAD_BYTES as u64;
            let Some(head) = Head::parse(head).filter(|head| at + head.sealed_bytes() as u64 <= length) else {
                return Ok(());
            };
            self.places.push(Place { head, at, audio_at });
            audio_at += u64::from(head.audio_bytes);
            self.bytes = at + head.sealed_bytes() as u64;
            self.ending = match head.kind {
                Kind::Middle => Ending::Open,
                Kind::Last => Ending::Whole,
                Kind::Cut => Ending::Cut,
            };
        }
        // Nothing follows an end.
        if self.bytes < length {
            self.ending = Ending::Open;
        }
        Ok(())
    }

    /// How it ends, as far as its heads tell.
    #[must_use]
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// When it began, in milliseconds since 1970 UTC.
    #[must_use]
    pub fn started_at_ms(&self) -> i64 {
        self.started_at_ms
    }

    /// Of its sound, in bytes.
    #[must_use]
    pub fn audio_bytes(&self) -> u64 {
        self.places
            .last()
            .map_or(0, |last| last.audio_at + u64::from(last.head.audio_bytes))
    }

    /// Its sound from one byte to another, chunk by chunk. Its last page says that it is the last one, also where the recording was cut.
    pub fn audio(&self, range: Range<u64>) -> impl Iterator<Item = Result<Vec<u8>, VaultError>> {
        let end_of = |place: &Place| place.audio_at + u64::from(place.head.audio_bytes);
        let first = self.places.partition_point(|place| end_of(place) <= range.start);
        // While it is being written, nobody knows which one that will be.
        let last = self.places.iter().rposition(|place| place.head.audio_bytes > 0);
        let last = last.filter(|_| self.ending != Ending::Open);
        let places = self.places.iter().enumerate().skip(first);
        let places = places.take_while({
            let end = range.end;
            move |(_, place)| place.audio_at < end
        });
        places.map(move |(index, place)| {
            let mut audio = self.piece(index)?.audio;
            if Some(index) == last {
                mark_end(&mut audio);
            }
            let within = |at: u64| usize::try_from(at.saturating_sub(place.audio_at)).map_or(audio.len(), |at| at.min(audio.len()));
            Ok(audio[within(range.start)..within(range.end)].to_vec())
        })
    }

    /// How loud it was: of each tenth of a second, own and others.
    ///
    /// # Errors
    /// [`VaultError::Damaged`].
    pub fn peaks(&self) -> Result<Vec<[u8; 2]>, VaultError> {
        let mut peaks = Vec::new();
        for index in 0..self.places.len() {
            peaks.extend(self.piece(index)?.peaks);
        }
        Ok(peaks)
    }

    fn piece(&self, index: usize) -> Result<Piece, VaultError> {
        let place = self.places[index];
        let mut sealed = vec![0; place.head.sealed_bytes()];
        self.file.read_exact_at(&mut sealed, place.at)?;
        let opened = self.seal.open(index as u64, place.head, &mut sealed);
        opened.ok_or(VaultError::Damaged { chunk: index })
    }

    /// Cuts a file that was left unfinished after its last whole chunk, and marks its end. One that has an end stays as it is.
    ///
    /// # Errors
    /// As [`Opened::open`], or when it cannot be written.
    pub fn mend(path: &Path, key: &Key, name: RecordingName) -> Result<Mended, VaultError> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        let mut opened = Self::index(file.try_clone()?, key, name)?;
        // A power cut may leave blocks without their content.
        while !opened.places.is_empty() && opened.piece(opened.places.len() - 1).is_err() {
            opened.places.pop();
            opened.ending = Ending::Open;
        }
        let peaks: u64 = opened.places.iter().map(|place| u64::from(place.head.peak_bytes) / 2).sum();
        let duration_ms = peaks * PEAK_STEP_MS;
        if opened.ending != Ending::Open {
            return Ok(Mended {
                bytes: opened.bytes,
                duration_ms,
                is_whole: opened.ending == Ending::Whole,
            });
        }
        let whole = opened.places.last();
        let bytes = whole.map_or(HEADER_BYTES as u64, |last| last.at + last.head.sealed_bytes() as u64);
        file.cut_to(bytes)?;
        if let Some(last) = whole.filter(|last| last.head.kind != Kind::Middle) {
            let is_whole = last.head.kind == Kind::Last;
            file.sync()?;
            return Ok(Mended {
                bytes,
                duration_ms,
                is_whole,
            });
        }
        let mut sealer = Sealer::resume(Box::new(file), opened.seal, opened.places.len() as u64, bytes);
        sealer.mark_cut()?;
        Ok(Mended {
            bytes: sealer.bytes(),
            duration_ms,
            is_whole: false,
        })
    }
}
