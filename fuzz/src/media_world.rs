//! An engine with nobody around it but a fuzzer. A module of the targets that need it, so that the SIP targets depend on no engine.
#![allow(dead_code, reason = "no target needs all of it")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::addresses::Addresses;
use media::engine::{Arrival, Config, Engine, Outbox, Path};
use model::CallId;
use model::control::{Command, Event, Peer, Reached, Srtp};

const OURS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10));
const PHONE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 20));
const RTP_PORT: u16 = 30_000;

/// The answer of a phone at [`World::datagram`]'s source.
pub const PHONE_ANSWER: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\n\
                                m=audio 4000 RTP/AVP 0 8 9 101\r\na=rtpmap:101 telephone-event/8000\r\n";

/// The engine and its clock.
pub struct World {
    /// The engine.
    pub engine: Engine,
    /// All legs are this call's.
    pub call: CallId,
    /// Port pairs in the pool.
    pub ports: usize,
    now: Instant,
}

struct Nowhere;

impl Outbox for Nowhere {
    fn send(&mut self, _: Path, _: SocketAddr, _: SocketAddr, packet: &[u8]) {
        assert!(!packet.is_empty());
    }
}

/// A desk phone.
pub fn phone(srtp: Srtp) -> Peer {
    Peer::Phone {
        local: OURS,
        signalling: PHONE,
        srtp,
        trunk: None,
    }
}

/// A browser.
pub fn browser() -> Peer {
    let reached = Reached {
        local: OURS,
        peer: PHONE,
        page: None,
    };
    Peer::Browser { reached }
}

impl World {
    /// With a fixed seed.
    pub fn new() -> Self {
        let now = Instant::now();
        let rtp_ports = vec![RTP_PORT, RTP_PORT + 2];
        let ports = rtp_ports.len();
        let config = Config {
            worker: 0,
            addresses: Arc::new(Addresses {
                interfaces: vec![OURS],
                udp_port: 8802,
                tcp_port: 8802,
                ..Addresses::default()
            }),
            rtp_ports,
            legs_max: 4,
        };
        Self {
            engine: Engine::new(config, [7; 32], now),
            call: CallId(1),
            ports,
            now,
        }
    }

    /// Gives a command and takes its events.
    pub fn command(&mut self, command: Command) -> Vec<Event> {
        self.engine.command(command, self.now, &mut Nowhere);
        self.events()
    }

    /// A datagram from the phone to the first RTP port, or the one above it.
    pub fn datagram(&mut self, above: u16, packet: &[u8]) {
        for base in [RTP_PORT, RTP_PORT + 2] {
            let port = base + above;
            let source = (PHONE, 4000 + above).into();
            let arrival = Arrival {
                path: Path::Rtp { port },
                source,
                destination: (OURS, port).into(),
            };
            self.engine.receive(arrival, &mut packet.to_vec(), self.now, &mut Nowhere);
        }
        self.events();
    }

    /// A packet from a browser, by UDP and by TCP.
    pub fn ice(&mut self, packet: &[u8]) {
        for path in [Path::Udp, Path::Tcp { connection: 1 }] {
            let arrival = Arrival {
                path,
                source: (PHONE, 50_000).into(),
                destination: (OURS, 8802).into(),
            };
            self.engine.receive(arrival, &mut packet.to_vec(), self.now, &mut Nowhere);
        }
        self.events();
    }

    /// Time passes.
    pub fn pass(&mut self, milliseconds: u64) {
        self.now += Duration::from_millis(milliseconds);
        if self.engine.poll_timeout().is_some_and(|due| due <= self.now) {
            self.engine.handle_timeout(self.now, &mut Nowhere);
        }
        self.events();
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.engine.poll_event()).collect()
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
