//! The program: one-port portal, SIP transports, media threads, HTTP API and events, store, configuration, command line.

pub mod config;
pub mod logging;
pub mod store;
pub mod portal;

mod certificate;
mod datagrams;
mod mailbox;
mod media_io;
mod poller;
mod signalling;
mod sip_io;
