//! What is spoken to people: the program's own prompts, and the files that administrators upload. What callers hear lies ready in the media
//! threads ([`keeper`]); nothing here is on a call's path.

pub mod prompts;

mod clip;
pub(crate) mod keeper;
mod level;
mod upload;

pub use clip::Clip;
pub use upload::{FILE_BYTES_MAX, MINUTES_MAX, NotAudio};

/// Samples in a second of everything that is kept.
pub const RATE_HZ: u32 = 16_000;

/// Mono sound of [`RATE_HZ`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Samples(Vec<i16>);

impl Samples {
    /// As they are.
    #[must_use]
    pub fn new(samples: Vec<i16>) -> Self {
        Self(samples)
    }

    /// Reads a file that somebody has uploaded, of [`FILE_BYTES_MAX`] and [`MINUTES_MAX`] at most. `is_late` is asked again and again, and ends it.
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
