//! The doctor: for each fault exactly the right finding, with the right culprit, and none for a healthy company.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed, and the place says why")]

#[path = "doctor/check.rs"]
mod check;
