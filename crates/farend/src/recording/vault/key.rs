//! The master key: 32 random bytes in a file of its own, and what is derived of them.

use std::fmt;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use data_encoding::HEXLOWER;
use rand::RngCore as _;

/// Of the master key.
const KEY_BYTES: usize = 32;
/// A key file is 64 digits and a line end; anything longer is something else.
const FILE_BYTES_MAX: u64 = 256;
/// What the keys are for, so that the same master key could never be used for something else by mistake.
const FILE_KEY: &[u8] = b"farend recording file";
const KEY_NAME: &[u8] = b"farend recordings key name";

/// The master key.
#[derive(Clone)]
pub struct Key([u8; KEY_BYTES]);

/// By which a key is recognised. Tells nothing of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyName(pub(super) [u8; 8]);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Recordings are there, and their key is not.
    #[error(
        "the key of the recordings is not in {}: put that file back from your backup, or say where it is with key_file under [recordings] in the \
         configuration, then start again; until then nothing is recorded, and nothing can be heard",
        file.display()
    )]
    Lost {
        /// Where it should be.
        file: PathBuf,
    },
    /// A key, but not that of the recordings.
    #[error(
        "{} is not the key with which the recordings were made: put the right file there from your backup, then start again; until then nothing \
         is recorded, and nothing can be heard",
        file.display()
    )]
    Wrong {
        /// Where it is.
        file: PathBuf,
    },
    /// No key at all.
    #[error(
        "{} is not a key of recordings (64 hexadecimal digits): put the right file there from your backup, then start again",
        file.display()
    )]
    Malformed {
        /// Where it is.
        file: PathBuf,
    },
    /// The file cannot be read or made.
    #[error("the key of the recordings, {}, cannot be used: {cause}; see to it that farend may read and write there, then start again", file.display())]
    Unusable {
        /// Where it is.
        file: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl KeyName {
    /// As the database keeps it.
    pub(super) fn text(self) -> String {
        HEXLOWER.encode(&self.0)
    }
}

/// So many bytes are derived.
struct NameBytes;

impl KeyType for NameBytes {
    fn len(&self) -> usize {
        8
    }
}

impl Key {
    /// A new one.
    pub(in crate::recording) fn random() -> Self {
        let mut bytes = [0; KEY_BYTES];
        rand::rng().fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The key of a file; `None` where there is no such file.
    pub(super) fn read(file: &Path) -> Result<Option<Self>, KeyError> {
        let unusable = |cause| KeyError::Unusable {
            file: file.to_owned(),
            cause,
        };
        let opened = match std::fs::File::open(file) {
            Ok(opened) => opened,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(error)),
        };
        let mut text = Vec::new();
        opened.take(FILE_BYTES_MAX).read_to_end(&mut text).map_err(unusable)?;
        let bytes = HEXLOWER.decode(text.trim_ascii()).ok().and_then(|bytes| bytes.try_into().ok());
        let key = bytes.ok_or_else(|| KeyError::Malformed { file: file.to_owned() })?;
        Ok(Some(Self(key)))
    }

    /// Writes it to a file that must not be there yet, for our own account only.
    pub(super) fn write(&self, file: &Path) -> Result<(), KeyError> {
        let write = || {
            if let Some(folder) = file.parent() {
                super::create_private_dir(folder)?;
            }
            let mut created = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
            created.write_all(format!("{}\n", HEXLOWER.encode(&self.0)).as_bytes())?;
            created.sync_all()?;
            // The name in its folder as well: recordings without their key are lost.
            file.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
        };
        write().map_err(|cause| KeyError::Unusable {
            file: file.to_owned(),
            cause,
        })
    }

    /// By which it is recognised.
    pub(super) fn name(&self) -> KeyName {
        let mut name = [0; 8];
        let derived = Salt::new(HKDF_SHA256, &[]).extract(&self.0);
        let derived = derived.expand(&[KEY_NAME], NameBytes).and_then(|okm| okm.fill(&mut name));
        derived.expect("HKDF gives 8 bytes");
        KeyName(name)
    }

    /// The key of one file (RFC 5869).
    pub(super) fn of_file(&self, salt: &[u8]) -> LessSafeKey {
        let derived = Salt::new(HKDF_SHA256, salt).extract(&self.0);
        let derived = derived.expand(&[FILE_KEY], &AES_256_GCM).expect("HKDF gives 32 bytes");
        LessSafeKey::new(UnboundKey::from(derived))
    }
}
