//! Conferences in simulated time: rooms, and talks that others come into.

#![allow(clippy::unwrap_used, reason = "a scenario that finds nothing has failed")]

mod ad_hoc;
mod check;
mod company;
mod rooms;
mod seeds;
