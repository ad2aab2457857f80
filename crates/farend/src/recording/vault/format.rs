//! How a sealed file looks: a header, then chunks of a second at most. docs/recordings.md has it as a table.

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};

use super::VaultError;
use super::key::{Key, KeyName};
use crate::store::RecordingName;

/// Every file begins with this; the last byte is the version of the format.
const MAGIC: [u8; 12] = *b"FARENDREC\0\0\x01";
/// Of the header.
pub(super) const HEADER_BYTES: usize = 76;
/// Of a chunk's head.
pub(super) const HEAD_BYTES: usize = 8;
/// Of AES-GCM's tag.
const TAG_BYTES: usize = 16;
/// Sound of one chunk at most: a second takes a few thousand bytes.
pub(super) const AUDIO_BYTES_MAX: usize = 1 << 18;
/// Loudness of one chunk at most.
pub(super) const PEAK_BYTES_MAX: usize = 1 << 12;

/// What is known of a file without its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Of the master key.
    pub(super) key: KeyName,
    /// Which recording it is: a file that was put in the place of another one is noticed.
    pub(super) name: RecordingName,
    /// When it began, in milliseconds since 1970 UTC.
    pub(super) started_at_ms: i64,
    /// Makes this file's key another one than every other file's.
    pub(super) salt: [u8; 32],
}

impl Header {
    pub(super) fn bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let parts: [&[u8]; 6] = [
            &MAGIC,
            &self.key.0,
            &self.name.run.to_be_bytes(),
            &self.name.number.to_be_bytes(),
            &self.started_at_ms.to_be_bytes(),
            &self.salt,
        ];
        let mut at = 0;
        for part in parts {
            bytes[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        bytes
    }

    pub(super) fn parse(bytes: &[u8; HEADER_BYTES]) -> Result<Self, VaultError> {
        fn part<const N: usize>(bytes: &[u8; HEADER_BYTES], at: usize) -> [u8; N] {
            bytes[at..at + N].try_into().expect("as long as it is")
        }
        if part::<12>(bytes, 0) != MAGIC {
            return Err(VaultError::NotOurs);
        }
        Ok(Self {
            key: KeyName(part(bytes, 12)),
            name: RecordingName {
                run: u64::from_be_bytes(part(bytes, 20)),
                number: u64::from_be_bytes(part(bytes, 28)),
            },
            started_at_ms: i64::from_be_bytes(part(bytes, 36)),
            salt: part(bytes, 44),
        })
    }
}

/// What follows a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Another one.
    Middle,
    /// Nothing: the recording has ended.
    Last,
    /// Nothing: the server stopped, and the next run has closed the file. Holds nothing.
    Cut,
}

impl Kind {
    fn byte(self) -> u8 {
        match self {
            Self::Middle => 0,
            Self::Last => 1,
            Self::Cut => 2,
        }
    }
}

/// The head of a chunk: it stands before it in the clear, and is authenticated with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) audio_bytes: u32,
    pub(super) peak_bytes: u16,
    pub(super) kind: Kind,
}

impl Head {
    pub(super) fn bytes(self) -> [u8; HEAD_BYTES] {
        let mut bytes = [0; HEAD_BYTES];
        bytes[..4].copy_from_slice(&self.audio_bytes.to_be_bytes());
        bytes[4..6].copy_from_slice(&self.peak_bytes.to_be_bytes());
        bytes[6] = self.kind.byte();
        bytes
    }

    /// `None` for what cannot be one.
    pub(super) fn parse(bytes: [u8; HEAD_BYTES]) -> Option<Self> {
        let [a, b, c, d, e, f, kind, zero] = bytes;
        let head = Self {
            audio_bytes: u32::from_be_bytes([a, b, c, d]),
            peak_bytes: u16::from_be_bytes([e, f]),
            kind: [Kind::Middle, Kind::Last, Kind::Cut]
                .into_iter()
                .find(|known| known.byte() == kind)?,
        };
        let fits = head.audio_bytes as usize <= AUDIO_BYTES_MAX && usize::from(head.peak_bytes) <= PEAK_BYTES_MAX;
        (zero == 0 && fits).then_some(head)
    }

    /// Of what follows the head.
    pub(super) fn sealed_bytes(self) -> usize {
        self.audio_bytes as usize + usize::from(self.peak_bytes) + TAG_BYTES
    }
}

/// Up to a second of a recording: pages of Ogg Opus, and how loud it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Whole pages.
    pub audio: Vec<u8>,
    /// Of each tenth of a second: of the own channel and of the others', 0 to 255.
    pub peaks: Vec<[u8; 2]>,
}

/// Seals the chunks of one file.
pub(super) struct Seal {
    key: LessSafeKey,
    header: [u8; HEADER_BYTES],
}

impl Seal {
    pub(super) fn new(master: &Key, header: &Header) -> Self {
        Self {
            key: master.of_file(&header.salt),
            header: header.bytes(),
        }
    }

    /// Head and sealed content of the chunk with this index.
    pub(super) fn seal(&self, index: u64, piece: &Piece, kind: Kind) -> Vec<u8> {
        let (audio_bytes, peak_bytes) = (u32::try_from(piece.audio.len()), u16::try_from(piece.peaks.len() * 2));
        let head = Head {
            audio_bytes: audio_bytes.expect("bounded by whoever appends"),
            peak_bytes: peak_bytes.expect("bounded by whoever appends"),
            kind,
        };
        let mut content = Vec::with_capacity(head.sealed_bytes());
        content.extend_from_slice(&piece.audio);
        content.extend(piece.peaks.iter().flatten());
        let sealed = self
            .key
            .seal_in_place_append_tag(nonce(index, kind), self.associated(index, head), &mut content);
        sealed.expect("AES-GCM takes what is this short");
        [&head.bytes()[..], &content].concat()
    }

    /// The content of a chunk; `None` when it is not what was sealed there.
    pub(super) fn open(&self, index: u64, head: Head, sealed: &mut [u8]) -> Option<Piece> {
        let opened = self
            .key
            .open_in_place(nonce(index, head.kind), self.associated(index, head), sealed);
        let (audio, peaks) = opened.ok()?.split_at_checked(head.audio_bytes as usize)?;
        let (pairs, rest) = peaks.as_chunks::<2>();
        rest.is_empty().then(|| Piece {
            audio: audio.to_vec(),
            peaks: pairs.to_vec(),
        })
    }

    /// No chunk can be taken for that of another place or file.
    fn associated(&self, index: u64, head: Head) -> Aad<Vec<u8>> {
        Aad::from([&self.header[..], &index.to_be_bytes(), &head.bytes()].concat())
    }
}

/// Each is used once with its file's key: chunks are counted, and the mark of a cut, which takes the place of a chunk that may have been written
/// half, has nonces of its own.
fn nonce(index: u64, kind: Kind) -> Nonce {
    let mut nonce = [0; 12];
    nonce[0] = u8::from(kind == Kind::Cut);
    nonce[4..].copy_from_slice(&index.to_be_bytes());
    Nonce::assume_unique_for_key(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_and_a_head_come_back_as_they_were() {
        let header = Header {
            key: KeyName([1, 2, 3, 4, 5, 6, 7, 8]),
            name: RecordingName { run: 12, number: u64::MAX },
            started_at_ms: -5,
            salt: [9; 32],
        };
        assert_eq!(Header::parse(&header.bytes()).unwrap(), header);
        let mut other = header.bytes();
        other[11] = 2;
        assert!(matches!(Header::parse(&other), Err(VaultError::NotOurs)), "of a later version");
        for kind in [Kind::Middle, Kind::Last, Kind::Cut] {
            let head = Head {
                audio_bytes: 5_000,
                peak_bytes: 20,
                kind,
            };
            assert_eq!(Head::parse(head.bytes()), Some(head));
        }
        assert_eq!(Head::parse([0, 0, 0, 0, 0, 0, 3, 0]), None);
        assert_eq!(Head::parse([0, 0, 0, 0, 0, 0, 0, 1]), None);
        assert_eq!(Head::parse([255, 0, 0, 0, 0, 0, 0, 0]), None, "longer than any");
    }
}
