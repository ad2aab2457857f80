//! Conferences in simulated time: rooms, and talks that others come into.

mod check;
mod company;
mod rooms;
