//! What is spoken to people: the program's own prompts, and the files that administrators upload. What callers hear lies ready in the media
//! threads ([`keeper`]); nothing here is on a call's path.

pub mod prompts;

mod clip;
pub(crate) mod keeper;
mod level;
mod samples;
mod upload;

pub use clip::Clip;
pub use samples::{RATE_HZ, Samples};
pub use upload::{FILE_BYTES_MAX, MINUTES_MAX, NotAudio};
