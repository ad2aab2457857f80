//! Writing a sealed file.

use std::fs::File;
use std::io::{self, Write as _};

use rand::RngCore as _;

use super::format::{AUDIO_BYTES_MAX, Header, Kind, PEAK_BYTES_MAX, Piece, Seal};
use super::key::Key;
use crate::store::RecordingName;

/// Where a sealed file is written: a file, or in tests a disk that is full, slow or broken.
pub(crate) trait Medium: Send {
    /// Writes all of it at the end.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Forgets what is after so many bytes.
    fn cut_to(&mut self, bytes: u64) -> io::Result<()>;
    /// Comes back when what was written survives a power cut.
    fn sync(&mut self) -> io::Result<()>;
}

impl Medium for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn cut_to(&mut self, bytes: u64) -> io::Result<()> {
        use std::io::Seek as _;
        self.set_len(bytes)?;
        self.seek(io::SeekFrom::Start(bytes)).map(drop)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// A file that is being written.
pub(crate) struct Sealer {
    medium: Box<dyn Medium>,
    seal: Seal,
    /// Of the next chunk.
    index: u64,
    /// Of the file, up to the last whole chunk.
    bytes: u64,
    /// Whether its last chunk is in it.
    is_whole: bool,
}

impl Sealer {
    /// Writes the header.
    pub(crate) fn begin(mut medium: Box<dyn Medium>, key: &Key, name: RecordingName, started_at_ms: i64) -> io::Result<Self> {
        let mut salt = [0; 32];
        rand::rng().fill_bytes(&mut salt);
        let header = Header {
            key: key.name(),
            name,
            started_at_ms,
            salt,
        };
        let bytes = header.bytes();
        medium.append(&bytes)?;
        Ok(Self {
            medium,
            seal: Seal::new(key, &header),
            index: 0,
            bytes: bytes.len() as u64,
            is_whole: false,
        })
    }

    /// Goes on with a file that was cut after its last whole chunk.
    pub(super) fn resume(medium: Box<dyn Medium>, seal: Seal, index: u64, bytes: u64) -> Self {
        Self {
            medium,
            seal,
            index,
            bytes,
            is_whole: false,
        }
    }

    /// Appends a piece. When that fails, no part of it is in the file, and nothing but [`Sealer::mark_cut`] may follow: its nonce may have been used.
    pub(crate) fn append(&mut self, piece: &Piece) -> io::Result<()> {
        self.write(piece, Kind::Middle)
    }

    /// Appends the last piece, which may be empty, and waits until all is on the disk.
    pub(crate) fn finish(&mut self, piece: &Piece) -> io::Result<()> {
        self.write(piece, Kind::Last)?;
        self.is_whole = true;
        self.medium.sync()
    }

    /// Whether the last piece is in the file, be it that the disk may not have it yet.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Ends the file where it stands, after what could not be written. Nothing follows a last piece.
    pub(crate) fn mark_cut(&mut self) -> io::Result<()> {
        if self.is_whole {
            return Ok(());
        }
        self.write(&Piece::default(), Kind::Cut)?;
        self.medium.sync()
    }

    /// Comes back when what was appended survives a power cut.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.medium.sync()
    }

    /// Of the file.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn write(&mut self, piece: &Piece, kind: Kind) -> io::Result<()> {
        if piece.audio.len() > AUDIO_BYTES_MAX || piece.peaks.len() * 2 > PEAK_BYTES_MAX {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let chunk = self.seal.seal(self.index, piece, kind);
        if let Err(error) = self.medium.append(&chunk) {
            // What stays of it is cut off by the next run at the latest.
            let _torn = self.medium.cut_to(self.bytes);
            return Err(error);
        }
        self.index += 1;
        self.bytes += chunk.len() as u64;
        Ok(())
    }
}
