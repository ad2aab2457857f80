//! Recordings of calls, from the media threads to files.

pub(crate) mod queue;
