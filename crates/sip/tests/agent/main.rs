//! The agent in a world of simulated time: two or more agents, and a network that loses, delays and repeats.

#![allow(clippy::unwrap_used, reason = "a test that finds nothing shall fail")]

mod calls;
mod early_media;
mod flows;
mod offers;
mod patience;
mod phone_events;
mod races;
mod refusals;
mod registrations;
mod reliable;
mod replaces;
mod session_timers;
mod storm;
mod transfer;
mod trunk;
mod ways;
mod world;
