//! Flows: the way between us and one SIP peer (RFC 5626 section 3).

use std::fmt;
use std::net::SocketAddr;

/// A SIP transport (RFC 3261 section 18, RFC 7118).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A byte stream.
    Tcp,
    /// A byte stream under TLS.
    Tls,
    /// WebSocket (always under TLS here: `WSS`).
    Wss,
}

impl Transport {
    /// Whether the transport itself delivers in order and without loss: no retransmissions then.
    #[must_use]
    pub fn is_reliable(self) -> bool {
        self != Self::Udp
    }
}

/// One way to one peer. Requests and responses go back over the flow they came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Flow {
    /// The transport.
    pub transport: Transport,
    /// Our address on it, as the peer can reach us: goes into Via and Contact.
    pub local: SocketAddr,
    /// The address that packets come from.
    pub peer: SocketAddr,
    /// Which connection; 0 for UDP.
    pub connection: u64,
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} #{}", self.transport, self.peer, self.connection)
    }
}
