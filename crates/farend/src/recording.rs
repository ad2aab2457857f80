//! Recordings of calls: from the media threads to sealed files, and out of them again.
//!
//! ```text
//! media threads ──► queue ──► recorder thread ──► disk thread ──► data_dir/recordings/YYYY/MM/RUN-NUMBER-MS.frec
//!  (drop when full)            (mixes, encodes)     │ (seals, writes)
//! signalling loop ── begin, end ──►┘                └──► keeper (task): rows in the database, retention, storage alarm
//! ```
//!
//! Calls never wait for any of it: what is full drops, and what fails ends the recording, not the call.

pub(crate) mod keeper;
pub(crate) mod queue;
pub mod vault;
pub(crate) mod writer;
