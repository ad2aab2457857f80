//! TURN (RFC 8656) without I/O, for one client on one stream.
//!
//! ```text
//!   browser ══ TCP or TLS ══ shell ── bytes of the stream ──► Client ──► packets to our own media
//!                                  ◄── replies, frames ──────        ◄── packets from our own media
//! ```
//!
//! The relay is *virtual*: there is no relay socket. A relayed address ([`Relayed`]) names the client inside this program and stands on no wire;
//! the only peers are our own media addresses ([`Peers`]), so nobody can be reached through us whom we are not. What a browser behind a firewall
//! gets is a way to our media through the one port, and nothing else.
//!
//! [`Client::receive`] takes what the stream has brought and says what became of its first message; [`Client::frame_to_client`] wraps a packet for
//! the way back. Time, seeds and the allowed peers are inputs.

mod address;
mod bucket;
mod client;
mod counters;
mod credentials;
mod quota;
pub mod stun;
mod unit;

pub use address::{Peers, Relayed};
pub use bucket::{BURST_BYTES, RATE_BYTES_PER_S};
pub use client::{
    CHANNEL_LIFE, CHANNELS_MAX, Client, Config, LIFETIME_DEFAULT_S, LIFETIME_MAX_S, NONCE_LIFE, PERMISSION_LIFE, PERMISSIONS_MAX,
    REQUESTS_BURST, Step, Violation, What, World,
};
pub use counters::{Counters, Dropped, Refusal};
pub use credentials::{Credential, Secret, USER_BYTES_MAX};
pub use quota::{Place, Quotas};
pub use unit::UNIT_BYTES_MAX;
