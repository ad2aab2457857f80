//! Transactions (RFC 3261 section 17, RFC 6026): they repeat what got lost and absorb what comes twice.
//!
//! ```text
//! client   Connecting ─► Calling ─► Proceeding ─► Completed ─► gone      (INVITE refused, or any other final response)
//!                           │            └──────► Accepted  ─► gone      (INVITE answered: later forks are still heard)
//!                           └─ 64·T1 ─► timed out
//! server   Trying ─► Completed ─► Confirmed ─► gone                       (INVITE refused; Confirmed: its ACK has come)
//!             ├────► Completed ─► gone                                    (any other request)
//!             └────► Accepted  ─► gone                                    (INVITE answered: the session repeats the 2xx)
//! ```
//!
//! Ours rather than the library's: responses match by branch alone, so that a router that rewrites `Via` does no harm;
//! messages are kept once, as they went out; every transaction has one deadline in the agent's one ordered set.

mod client;
mod server;

use std::time::Duration;

pub(crate) use client::{ClientFired, ClientKey, Clients, Heard};
pub(crate) use server::{ServerFired, ServerId, ServerKey, ServerState, Servers};

/// An estimate of the round trip time (RFC 3261 section 17.1.1.1).
pub(crate) const T1: Duration = Duration::from_millis(500);
/// The longest interval between repetitions.
pub(crate) const T2: Duration = Duration::from_secs(4);
/// How long a message may stay in the network.
pub(crate) const T4: Duration = Duration::from_secs(5);
/// 64·T1: how long anything is tried.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(32);
