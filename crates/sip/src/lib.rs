//! SIP without I/O: messages, framing, transactions, dialogs and digest.
//!
//! Bytes and `now` go in; bytes, events and the next deadline come out. The SIP library's types stay in private
//! modules of this crate, so that it can be replaced or taken over.

pub mod agent;
pub mod digest;
pub mod flow;
pub mod framing;
pub mod message;
mod outbox;
mod transaction;

pub use agent::Agent;
pub use flow::{Flow, Transport};
