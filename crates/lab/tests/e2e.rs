//! The acceptance stories, told with the built program and real browsers and phones.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed, and the place says why")]

#[path = "e2e/browsers.rs"]
mod browsers;
#[path = "e2e/desk_phone.rs"]
mod desk_phone;
#[path = "e2e/instruments.rs"]
mod instruments;
#[path = "e2e/load.rs"]
mod load;
#[path = "e2e/restart.rs"]
mod restart;
#[path = "e2e/torture.rs"]
mod torture;
#[path = "e2e/trunk_load.rs"]
mod trunk_load;
