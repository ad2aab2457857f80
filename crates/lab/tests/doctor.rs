//! What the doctor finds, with the built program, real browsers and phones, and faults that are made on purpose.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed, and the place says why")]

#[path = "doctor/in_call.rs"]
mod in_call;
