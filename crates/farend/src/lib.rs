//! The program: one-port portal, SIP transports, media threads, HTTP API and events, store, configuration, command line.

pub mod api;
pub mod check;
pub mod cli;
pub mod config;
pub mod doctor;
pub mod flight;
pub mod logging;
pub mod portal;
pub mod recording;
pub mod server;
pub mod sounds;
pub mod store;
pub mod watching;
pub mod web;

mod certificate;
mod clock;
mod datagrams;
mod mailbox;
mod media_io;
mod nat;
mod poller;
mod profiles;
mod reach;
mod relaying;
mod resolve;
mod signalling;
mod sip_io;
mod spent;
mod surroundings;
