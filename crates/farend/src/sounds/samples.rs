//! Sound on its way from a file to a clip.

use super::level;
use super::upload::{self, NotAudio};

/// Samples in a second of everything that is kept.
pub const RATE_HZ: u32 = 16_000;

/// Mono sound of [`RATE_HZ`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Samples(pub(super) Vec<i16>);

impl Samples {
    /// As they are.
    #[must_use]
    pub fn new(samples: Vec<i16>) -> Self {
        Self(samples)
    }

    /// Reads a file that somebody has uploaded, of 20 MB and ten minutes at most. `is_late` is asked again and again, and ends it.
    ///
    /// # Errors
    /// Why it cannot be played to callers.
    pub fn read(file: impl AsRef<[u8]> + Send + Sync + 'static, is_late: impl Fn() -> bool) -> Result<Self, NotAudio> {
        upload::read(file, is_late)
    }

    /// At the level of the program's own prompts, without peaks that clip.
    #[must_use]
    pub fn levelled(self) -> Self {
        Self(level::level(self.0))
    }

    /// How long they are.
    #[must_use]
    pub fn duration_ms(&self) -> u32 {
        let ms = self.0.len() as u64 * 1_000 / u64::from(RATE_HZ);
        u32::try_from(ms).unwrap_or(u32::MAX)
    }

    /// One after the other.
    #[must_use]
    pub fn as_slice(&self) -> &[i16] {
        &self.0
    }

    /// The samples themselves.
    #[must_use]
    pub fn into_inner(self) -> Vec<i16> {
        self.0
    }
}
