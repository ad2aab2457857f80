//! One host behind NATs, STUN servers on the internet, and a network between that delays and loses.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use doctor::stun::{Change, Class, Message};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use sim::nat::Chain;

/// RFC 8489 section 14.8.
const UNKNOWN_ATTRIBUTE: u16 = 420;

/// What a packet carries.
pub type Bytes = Vec<u8>;

/// A packet that has arrived at the host.
pub struct Arrival {
    pub port: u16,
    pub from: SocketAddr,
    pub packet: Bytes,
}

/// A STUN server.
#[derive(Clone, Debug)]
pub struct Server {
    pub address: SocketAddr,
    /// Its other address and other port, if it knows RFC 5780.
    pub other: Option<SocketAddr>,
    pub honesty: Honesty,
    pub response_port: ResponsePort,
    pub is_dead: bool,
}

/// What a server does with RESPONSE-PORT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponsePort {
    /// Answers there.
    Obeyed,
    /// Answers whoever asks, as if there were none.
    Ignored,
    /// Answers with an error: it does not know the attribute.
    Refused,
}

/// What a server does with CHANGE-REQUEST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Honesty {
    /// As it is asked.
    Honest,
    /// Answers from where it was asked.
    Stubborn,
    /// Does not answer.
    Deaf,
}

impl Server {
    pub fn plain(address: SocketAddr) -> Self {
        Self {
            address,
            other: None,
            honesty: Honesty::Honest,
            response_port: ResponsePort::Ignored,
            is_dead: false,
        }
    }

    pub fn rfc5780(address: SocketAddr, other: SocketAddr) -> Self {
        Self {
            other: Some(other),
            ..Self::plain(address)
        }
    }

    /// Its addresses: one, or two by two.
    fn has(&self, address: SocketAddr) -> bool {
        let is_one = |ip: IpAddr, port: u16| address == SocketAddr::new(ip, port);
        let (ip, port) = (self.address.ip(), self.address.port());
        let others = self.other.map(|other| (other.ip(), other.port()));
        is_one(ip, port) || others.is_some_and(|(ip2, port2)| is_one(ip, port2) || is_one(ip2, port) || is_one(ip2, port2))
    }

    /// From where it answers a packet that came to `reached`, whereto, and what.
    fn answer(&self, peer: SocketAddr, reached: SocketAddr, packet: &[u8]) -> Option<(SocketAddr, SocketAddr, Message)> {
        let request = Message::read(packet).ok().filter(|_| !self.is_dead)?;
        let swap = |here: SocketAddr, change: Change| {
            let Some(other) = self.other else { return here };
            let ip = if change.ip == (here.ip() == self.address.ip()) {
                other.ip()
            } else {
                self.address.ip()
            };
            let port = if change.port == (here.port() == self.address.port()) {
                other.port()
            } else {
                self.address.port()
            };
            SocketAddr::new(ip, port)
        };
        let from = match (request.change == Change::default(), self.honesty) {
            (true, _) | (false, Honesty::Stubborn) => reached,
            (false, Honesty::Honest) => swap(reached, request.change),
            (false, Honesty::Deaf) => return None,
        };
        let mut answer = request.answer(peer);
        answer.response_origin = Some(from);
        answer.other_address = self.other.map(|_| swap(reached, Change { ip: true, port: true }));
        let to = match (request.response_port, self.response_port) {
            (None, _) | (Some(_), ResponsePort::Ignored) => peer,
            (Some(port), ResponsePort::Obeyed) => SocketAddr::new(peer.ip(), port),
            (Some(_), ResponsePort::Refused) => {
                let class = Class::Error(UNKNOWN_ATTRIBUTE);
                return Some((
                    from,
                    peer,
                    Message {
                        class,
                        ..Message::request(request.id)
                    },
                ));
            }
        };
        Some((from, to, answer))
    }
}

/// The whole of it.
pub struct World {
    pub begun: Instant,
    pub now: Instant,
    pub host: IpAddr,
    pub chain: Chain,
    pub servers: Vec<Server>,
    pub delay_ms_max: u64,
    pub loss_percent: u32,
    /// A router rewrites plain addresses in packets to the host.
    pub has_alg: bool,
    pub random: SmallRng,
    underway: BTreeMap<(Instant, u64), Packet>,
    sent: u64,
}

struct Packet {
    from: SocketAddr,
    to: SocketAddr,
    bytes: Bytes,
    is_inbound: bool,
}

impl World {
    #[allow(clippy::disallowed_methods, reason = "simulated time needs some instant to begin with")]
    pub fn new(host: IpAddr, chain: Chain, servers: Vec<Server>, seed: u64) -> Self {
        let now = Instant::now();
        Self {
            begun: now,
            now,
            host,
            chain,
            servers,
            delay_ms_max: 20,
            loss_percent: 0,
            has_alg: false,
            random: SmallRng::seed_from_u64(seed),
            underway: BTreeMap::new(),
            sent: 0,
        }
    }

    /// The host sends. Packets to its own public address turn back at the NAT, if they do.
    pub fn send(&mut self, port: u16, to: SocketAddr, bytes: Bytes) {
        let inside = SocketAddr::new(self.host, port);
        if self.chain.public() == Some(to.ip()) {
            if let Some((from, reached)) = self.chain.hairpin(inside, to, self.now) {
                self.carry(from, reached, bytes, true);
            }
            return;
        }
        if let Some(from) = self.chain.outbound(inside, to, self.now) {
            self.carry(from, to, bytes, false);
        }
    }

    /// When the next packet arrives somewhere.
    pub fn next(&self) -> Option<Instant> {
        self.underway.keys().next().map(|(at, _)| *at)
    }

    /// Lets time pass to `at`, and gives what has arrived at the host by then.
    pub fn pass(&mut self, at: Instant) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        while let Some(entry) = self.underway.first_entry().filter(|entry| entry.key().0 <= at) {
            self.now = entry.key().0;
            let packet = entry.remove();
            if packet.is_inbound {
                let port = packet.to.port();
                arrivals.push(Arrival {
                    port,
                    from: packet.from,
                    packet: packet.bytes,
                });
            } else {
                self.serve(&packet);
            }
        }
        self.now = at;
        arrivals
    }

    fn serve(&mut self, packet: &Packet) {
        let Some(server) = self.servers.iter().find(|server| server.has(packet.to)) else {
            return;
        };
        let Some((from, to, mut answer)) = server.answer(packet.from, packet.to, &packet.bytes) else {
            return;
        };
        if self.has_alg {
            answer.mapped = answer.mapped.map(|_| SocketAddr::new(self.host, packet.from.port()));
        }
        // The filter is asked when the packet comes back to it, half of the way later.
        let reached = if self.chain.public().is_none() {
            Some(to)
        } else {
            self.chain.inbound(from, to, self.now)
        };
        if let Some(reached) = reached {
            self.carry(from, reached, answer.to_bytes(), true);
        }
    }

    fn carry(&mut self, from: SocketAddr, to: SocketAddr, bytes: Bytes, is_inbound: bool) {
        if self.random.random_range(0..100) < self.loss_percent {
            return;
        }
        let at = self.now + Duration::from_millis(self.random.random_range(1..=self.delay_ms_max));
        self.sent += 1;
        let packet = Packet {
            from,
            to,
            bytes,
            is_inbound,
        };
        self.underway.insert((at, self.sent), packet);
    }
}
