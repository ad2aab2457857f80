//! Digest authentication, both sides (RFC 3261 section 22, RFC 7616, RFC 8760).

mod client;
mod ha1;
mod server;

#[allow(unused_imports, reason = "for the agent")]
pub(crate) use {client::Answerer, client::ClientError, server::Guard};
