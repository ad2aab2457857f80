//! The program: one-port portal, SIP transports, media threads, HTTP API and events, store, configuration, command line.

pub mod config;
pub mod logging;
