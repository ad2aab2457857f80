//! Conferences in simulated time: rooms, and talks that others come into.

mod ad_hoc;
mod check;
mod company;
mod rooms;
mod seeds;
