//! Digest authentication, both sides (RFC 3261 section 22, RFC 7616, RFC 8760).
//!
//! The server's nonce carries its own time and proof, so a challenge costs no memory. Only a nonce that was used with
//! the right password is remembered, with a window of its counts, so strangers cannot fill the table:
//!
//! ```text
//! nonce = hex( time ‖ random ‖ HMAC-SHA-256(secret, time ‖ random ‖ the peer's address) )
//!
//! nonce foreign or aged ─────────► Missing, stale   (the phone tries again without asking anybody)
//! response wrong ────────────────► Wrong            (user unknown: checked against a dummy)
//! response right, count unseen ──► Given
//!              └─── count seen ──► Missing, stale
//! ```

mod algorithm;
mod client;
mod fields;
mod ha1;
mod nonce;
mod server;

#[allow(unused_imports, reason = "for the agent")]
pub(crate) use {
    client::{Answerer, ClientError},
    server::Guard,
};
