//! The engine: all legs of one media thread.
//!
//! ```text
//! Engine::new(config: Config, seed: [u8; 32], now) -> Engine
//! command(&mut self, model::control::Command, now, &mut impl Outbox)
//! receive(&mut self, arrival: Arrival, data: &mut [u8], now, &mut impl Outbox)
//! connection_closed(&mut self, connection: u64, now)
//! handle_timeout(&mut self, now, &mut impl Outbox)         poll_timeout(&mut self) -> Option<Instant>
//! poll_event(&mut self) -> Option<model::control::Event>   legs(&self) -> usize   ports_free(&self) -> usize
//! Counters (dropped packets by cause) by `counters(&self) -> Counters`
//! ```

use std::net::SocketAddr;

/// What an engine needs to know of the world.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which media thread this is (0-based). It is written into every ICE user name fragment, so that any thread can tell whose packet it sees.
    pub worker: u8,
    /// Our addresses that answer on the one UDP port: host candidates, best first. Loopback ones are offered to browsers that reached us by loopback.
    pub udp: Vec<SocketAddr>,
    /// The one TCP port, for passive TCP candidates.
    pub tcp_port: u16,
    /// Even RTP ports of this thread's pool (RTCP is the port above); the shell has bound them all.
    pub rtp_ports: Vec<u16>,
    /// Legs at most.
    pub legs_max: usize,
}

/// The way a packet came or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Path {
    /// The one UDP port.
    Udp,
    /// A connection on the one TCP port; packets are framed by the shell (RFC 4571).
    Tcp {
        /// Which connection.
        connection: u64,
    },
    /// A port of the pool (RTP when even, RTCP when odd).
    Rtp {
        /// Our port.
        port: u16,
    },
}

/// Where a packet came in.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// The way.
    pub path: Path,
    /// The peer's address.
    pub source: SocketAddr,
    /// Our address that it was sent to.
    pub destination: SocketAddr,
}

/// Takes packets to be sent, one call each. Never blocks; drops when it cannot send.
pub trait Outbox {
    /// Sends one packet. `source` is our address that it should leave from (matters for [`Path::Udp`]).
    fn send(&mut self, path: Path, source: SocketAddr, destination: SocketAddr, packet: &[u8]);
}
