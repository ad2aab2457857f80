//! One number, wherever you are: desk share, calls that move, desk phones that the app controls, teams.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed, and the place says why")]

#[path = "one_number/desk_phone_control.rs"]
mod desk_phone_control;
#[path = "one_number/desk_share.rs"]
mod desk_share;
#[path = "one_number/moving.rs"]
mod moving;
#[path = "one_number/pin.rs"]
mod pin;
#[path = "one_number/team.rs"]
mod team;
