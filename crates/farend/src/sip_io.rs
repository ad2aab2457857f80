//! SIP connections: TCP and TLS streams, those to providers among them, and WebSockets from the portal. Each is one task that frames bytes into messages for
//! the signalling loop, and writes what the loop sends.

pub(crate) mod lines;
pub(crate) mod stream;
pub(crate) mod websocket;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sip::{Flow, Transport};

/// A connection that was accepted and on which nothing is heard for that long is closed. Phones register at least every ten minutes.
pub(crate) const IDLE_TIME_MAX: Duration = Duration::from_secs(900);

/// Time to open a connection of ours, and for one write to a peer.
pub(crate) const PEER_TIME_MAX: Duration = Duration::from_secs(4);

/// Numbers connections; 0 is UDP's.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    next: Arc<AtomicU64>,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            next: Arc::new(AtomicU64::new(1)),
        }
    }
}

impl Connections {
    pub(crate) fn flow(&self, transport: Transport, local: SocketAddr, peer: SocketAddr) -> Flow {
        Flow {
            transport,
            local,
            peer,
            connection: self.next.fetch_add(1, Ordering::Relaxed),
        }
    }
}
