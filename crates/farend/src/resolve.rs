//! Names to addresses, by the DNS servers of the system: those of STUN servers, and those of providers (RFC 3263).
//!
//! Nothing waits for DNS without a limit: a dead one costs a start, a command or a refresh of servers that limit, and a call nothing.

mod dns;
mod provider;
mod stun;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use dns::Dns;
pub(crate) use provider::locate;
pub(crate) use stun::{Resolver, Unresolved};
