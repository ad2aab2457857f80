//! What people dial, what it costs, and how providers want it written.
//!
//! ```text
//!   "0049 (0)89 1234-5" ── understand ──► Dialled ── Class::of ──► what it costs, at most
//!      at a Locality                         │
//!                                            └── Format::write ──► "089123450" for this provider
//!   "089123450" from a provider ── Format::read ──► E164 ── Block::extension_of ──► "0"
//! ```
//!
//! Inside there are only international numbers ([`E164`]), extensions and short numbers; everything else is text that people or providers
//! write. What is known about the world comes from libphonenumber's data; what it does not know can be dialled all the same, in the most
//! expensive [`Class`] that it may have.

mod block;
mod class;
mod country;
mod dialled;
mod e164;
mod format;
mod locality;
mod plan;
mod short;
mod text;

pub use block::{Block, BlockError, innermost};
pub use class::{Class, UnknownClass};
pub use country::{Country, UnknownCountry};
pub use dialled::{Dialled, Why, understand};
pub use e164::{DIGITS_MAX, DIGITS_MIN, E164, E164Error};
pub use format::{Format, ReadError, UnknownFormat};
pub use locality::{AREA_DIGITS_MAX, BLOCKS_MAX, EXCEPTIONS_MAX, Locality, LocalityError, OUTSIDE_DIGITS_MAX};
pub use text::{CHARS_MAX, normalise};

/// Reads the numbering plans of the world: a fifth of a second and 8 MB, once. Without it each plan is read by the first call that needs it, which
/// then waits some milliseconds.
pub fn load() {
    plan::load();
}
