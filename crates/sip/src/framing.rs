//! Framing: messages out of streams, and keep-alives.
//!
//! A datagram and a WebSocket message are one message each; only TCP and TLS need the [`StreamFramer`]. Keep-alives
//! are CRLF pings (RFC 5626 section 4.4.1) and STUN binding requests on the SIP port (section 4.4.2).

mod stream;
mod stun;

pub use stream::{Frame, FramingError, StreamFramer};
pub use stun::StunRequest;

use std::net::SocketAddr;

/// A sign of life that is no SIP message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepAlive {
    /// Double CRLF: answered with a CRLF on streams and WebSockets (RFC 5626 section 3.5.1).
    Ping,
    /// A single CRLF, the answer to our ping, or the empty datagrams that phones send to keep a NAT binding.
    Pong,
    /// A STUN binding request, answered with the peer's address.
    StunBinding(StunRequest),
}

impl KeepAlive {
    /// What to send back, if anything.
    #[must_use]
    pub fn reply(&self, peer: SocketAddr) -> Option<Vec<u8>> {
        match self {
            Self::Ping => Some(b"\r\n".to_vec()),
            Self::Pong => None,
            Self::StunBinding(request) => Some(request.response(peer)),
        }
    }
}
