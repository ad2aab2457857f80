//! What an office phone system must do: transfer, conference, park, pick up, forward, call back, show lamps, answer by itself.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed, and the place says why")]

#[path = "features/attendant.rs"]
mod attendant;
#[path = "features/calling_back.rs"]
mod calling_back;
#[path = "features/conference.rs"]
mod conference;
#[path = "features/forwarding.rs"]
mod forwarding;
#[path = "features/intercom.rs"]
mod intercom;
#[path = "features/lamps.rs"]
mod lamps;
#[path = "features/parking.rs"]
mod parking;
#[path = "features/recording.rs"]
mod recording;
#[path = "features/redialling.rs"]
mod redialling;
#[path = "features/transfer.rs"]
mod transfer;
