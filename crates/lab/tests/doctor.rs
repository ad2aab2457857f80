//! The payload doctor: what is wrong with a call's audio, found with real browsers, phones and networks.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed, and the place says why")]

#[path = "doctor/flight.rs"]
mod flight;
