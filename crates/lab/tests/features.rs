//! What an office phone system must do: transfer, conference, park, pick up, forward, answer by itself.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed, and the place says why")]

#[path = "features/attendant.rs"]
mod attendant;
#[path = "features/conference.rs"]
mod conference;
#[path = "features/forwarding.rs"]
mod forwarding;
#[path = "features/parking.rs"]
mod parking;
#[path = "features/transfer.rs"]
mod transfer;
