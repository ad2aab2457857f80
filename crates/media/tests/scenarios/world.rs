//! A network in simulated time, with one engine, phones and browsers on it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::addresses::{Addresses, is_relayed};
use media::audio::codec::Codec;
use media::engine::{Arrival, Config, Engine, Outbox, Path, Said};
use model::control::{Command, Direction, Event, Peer, Reached, Source, Srtp};
use model::{CallId, LegId, Track};
use rand::Rng;
use rand::rngs::SmallRng;
use sim::nat::Chain;

use crate::browser::Browser;
use crate::phone::Phone;

/// Our addresses.
pub const OUR_IP: &str = "10.0.0.1";
pub const OUR_UDP: &str = "10.0.0.1:8802";
pub const OUR_PORT: u16 = 8802;
/// The one TURN client.
pub const RELAY_CONNECTION: u64 = 5;
/// Our router's address in the world, where there is one.
pub const OFFICE: &str = "198.51.100.2";
pub const CALL: CallId = CallId(1);

/// One datagram, or one framed packet of a connection.
#[derive(Clone, Debug)]
pub struct Packet {
    pub at: Instant,
    /// The TCP connection, for a browser's.
    pub connection: Option<u64>,
    pub source: SocketAddr,
    pub destination: SocketAddr,
    pub data: Vec<u8>,
}

/// The NATs between a browser and us.
pub struct Nats {
    pub home: Chain,
    pub office: Chain,
}

impl Nats {
    /// A packet of ours leaves: its source as the world sees it.
    pub fn leave_office(&mut self, source: SocketAddr, destination: SocketAddr, now: Instant) -> Option<SocketAddr> {
        self.office.outbound(source, destination, now)
    }

    /// A packet of the browser leaves.
    pub fn leave_home(&mut self, source: SocketAddr, destination: SocketAddr, now: Instant) -> Option<SocketAddr> {
        self.home.outbound(source, destination, now)
    }

    /// A packet arrives: where it ends up inside.
    pub fn arrive(&mut self, source: SocketAddr, destination: SocketAddr, now: Instant) -> Option<SocketAddr> {
        let chain = if destination.ip() == ip(OFFICE) {
            &mut self.office
        } else {
            &mut self.home
        };
        chain.inbound(source, destination, now)
    }

    /// Whether an address is the office's in the world.
    pub fn is_office(destination: SocketAddr) -> bool {
        destination.ip() == ip(OFFICE)
    }
}

/// Collects what the engine sends.
#[derive(Default)]
pub struct Sent {
    pub packets: Vec<(Path, SocketAddr, SocketAddr, Vec<u8>)>,
    pub recorded: Vec<Recorded>,
}

/// What a recorder was given.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub track: Track,
    pub leg: LegId,
    pub codec: Codec,
    pub timestamp: u32,
    pub payload: Vec<u8>,
}

impl Outbox for Sent {
    fn send(&mut self, path: Path, source: SocketAddr, destination: SocketAddr, packet: &[u8]) {
        self.packets.push((path, source, destination, packet.to_vec()));
    }

    fn record(&mut self, track: Track, said: &Said<'_>) {
        self.recorded.push(Recorded {
            track,
            leg: said.leg,
            codec: said.codec,
            timestamp: said.timestamp,
            payload: said.payload.to_vec(),
        });
    }
}

pub struct World {
    pub now: Instant,
    pub engine: Engine,
    /// Another thread's engine: it is shown every packet, too, and takes what it knows.
    pub elsewhere: Option<Engine>,
    pub phones: Vec<Phone>,
    pub browsers: Vec<Browser>,
    /// Events that no step has asked for yet.
    pub events: Vec<Event>,
    /// What recorded legs have said.
    pub recorded: Vec<Recorded>,
    /// Packets under way.
    pub net: Vec<Packet>,
    pub delay: Duration,
    /// UDP towards and from the one port does not get through.
    pub udp_blocked: bool,
    /// What is between browsers and us.
    pub nats: Option<Nats>,
}

pub fn addr(text: &str) -> SocketAddr {
    text.parse().expect("a test's address")
}

pub fn ip(text: &str) -> IpAddr {
    text.parse().expect("a test's address")
}

pub fn config() -> Config {
    Config {
        worker: 3,
        addresses: Arc::new(Addresses {
            interfaces: vec![ip(OUR_IP)],
            udp_port: OUR_PORT,
            tcp_port: OUR_PORT,
            ..Addresses::default()
        }),
        rtp_ports: (0..8).map(|n| 30_000 + 2 * n).collect(),
        legs_max: 8,
    }
}

#[allow(clippy::disallowed_methods, reason = "simulated time needs some instant to begin with")]
pub fn beginning() -> Instant {
    Instant::now()
}

pub fn phone_peer(signalling: &str, srtp: Srtp) -> Peer {
    Peer::Phone {
        local: ip(OUR_IP),
        signalling: ip(signalling),
        srtp,
        trunk: None,
    }
}

/// In the same network as ours.
pub fn reached() -> Reached {
    Reached {
        local: ip(OUR_IP),
        peer: ip("10.0.0.200"),
        page: None,
    }
}

pub fn browser_peer() -> Peer {
    Peer::Browser { reached: reached() }
}

impl World {
    pub fn new() -> Self {
        Self::with(config())
    }

    pub fn with(config: Config) -> Self {
        let now = beginning();
        Self {
            now,
            engine: Engine::new(config, [7; 32], now),
            elsewhere: None,
            phones: Vec::new(),
            browsers: Vec::new(),
            events: Vec::new(),
            recorded: Vec::new(),
            net: Vec::new(),
            delay: Duration::from_millis(5),
            udp_blocked: false,
            nats: None,
        }
    }

    /// Gives a command, and returns the events that came of it at once.
    pub fn command(&mut self, command: Command) -> Vec<Event> {
        self.collect();
        let before = self.events.len();
        let mut sent = Sent::default();
        self.engine.command(command, self.now, &mut sent);
        self.carry(sent);
        self.collect();
        self.events.split_off(before)
    }

    fn one(&mut self, command: Command) -> Event {
        let mut events = self.command(command);
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }

    pub fn receive_offer(&mut self, leg: LegId, peer: Peer, offer: String) -> Event {
        self.one(Command::ReceiveOffer {
            call: CALL,
            leg,
            peer,
            offer,
        })
    }

    pub fn answer_offer(&mut self, leg: LegId, toward: Option<LegId>) -> String {
        match self.one(Command::AnswerOffer { leg, toward }) {
            Event::OfferAnswered { answer, .. } => answer,
            other => panic!("{other:?}"),
        }
    }

    pub fn make_offer(&mut self, leg: LegId, peer: Peer, toward: Option<LegId>, direction: Direction) -> String {
        match self.one(Command::MakeOffer {
            call: CALL,
            leg,
            peer,
            toward,
            direction,
        }) {
            Event::OfferMade { offer, .. } => offer,
            other => panic!("{other:?}"),
        }
    }

    pub fn accept_answer(&mut self, leg: LegId, answer: String) -> Event {
        self.one(Command::AcceptAnswer { leg, answer })
    }

    pub fn hear(&mut self, leg: LegId, source: Source) {
        assert_eq!(self.command(Command::Hear { leg, source }), []);
    }

    pub fn bridge(&mut self, a: LegId, b: LegId) {
        self.hear(a, Source::Leg(b));
        self.hear(b, Source::Leg(a));
    }

    pub fn close(&mut self, leg: LegId) -> Box<model::quality::LegReport> {
        match self.one(Command::Close { leg }) {
            Event::Closed { report, .. } => report,
            other => panic!("{other:?}"),
        }
    }

    fn collect(&mut self) {
        for engine in std::iter::once(&mut self.engine).chain(&mut self.elsewhere) {
            while let Some(event) = engine.poll_event() {
                self.events.push(event);
            }
        }
    }

    /// A leg goes on in the engine elsewhere, as part of this call; which from now on is the one that commands are given to.
    pub fn move_leg(&mut self, leg: LegId, call: CallId) {
        self.collect();
        let departing = self.engine.release(leg).expect("a leg that is here");
        self.turn_to_the_other_engine();
        self.engine.adopt(departing, call, self.now);
        assert_eq!(self.engine.poll_event(), Some(Event::Joined { leg }));
    }

    /// Commands are given to the other engine from now on.
    pub fn turn_to_the_other_engine(&mut self) {
        std::mem::swap(&mut self.engine, self.elsewhere.as_mut().expect("another engine"));
    }

    /// Takes the events so far.
    pub fn events(&mut self) -> Vec<Event> {
        self.collect();
        std::mem::take(&mut self.events)
    }

    /// Puts what the engine sent on the way.
    fn carry(&mut self, sent: Sent) {
        self.recorded.extend(sent.recorded);
        for (path, source, destination, data) in sent.packets {
            let (source, connection) = match path {
                Path::Udp if self.udp_blocked => continue,
                Path::Udp => match &mut self.nats {
                    Some(nats) => match nats.leave_office(source, destination, self.now) {
                        Some(seen) => (seen, None),
                        None => continue,
                    },
                    None => (source, None),
                },
                Path::Tcp { connection } => (source, Some(connection)),
                Path::Relayed { connection } => {
                    assert_eq!(connection, RELAY_CONNECTION);
                    (source, None)
                }
                Path::Rtp { port } => {
                    assert_eq!(source.port(), port, "sent from the port that is told");
                    (source, None)
                }
            };
            self.net.push(Packet {
                at: self.now + self.delay,
                connection,
                source,
                destination,
                data,
            });
        }
    }

    /// A packet out of nowhere, at once.
    pub fn inject(&mut self, path: Path, source: SocketAddr, mut data: Vec<u8>) {
        let arrival = Arrival {
            path,
            source,
            destination: addr(OUR_UDP),
        };
        self.receive(arrival, &mut data);
    }

    fn receive(&mut self, arrival: Arrival, data: &mut [u8]) {
        let now = self.now;
        let mut sent = Sent::default();
        if let Some(engine) = &mut self.elsewhere {
            engine.receive(arrival, &mut data.to_vec(), now, &mut sent);
        }
        self.engine.receive(arrival, data, now, &mut sent);
        self.carry(sent);
    }

    pub fn run_ms(&mut self, ms: u64) {
        self.run(Duration::from_millis(ms));
    }

    /// Lets time pass.
    pub fn run(&mut self, time: Duration) {
        let end = self.now + time;
        for _ in 0..2_000_000 {
            let net = self.net.iter().map(|packet| packet.at).min();
            let nodes = self
                .phones
                .iter()
                .filter_map(Phone::due)
                .chain(self.browsers.iter_mut().filter_map(Browser::due));
            let nodes = nodes.min();
            let elsewhere = self.elsewhere.as_mut().and_then(Engine::poll_timeout);
            let due = [net, nodes, self.engine.poll_timeout(), elsewhere].into_iter().flatten().min();
            match due {
                Some(due) if due <= end => self.now = self.now.max(due),
                _ => {
                    self.now = end;
                    return;
                }
            }
            self.step();
        }
        panic!("time does not pass");
    }

    fn step(&mut self) {
        let now = self.now;
        let (arrived, under_way) = std::mem::take(&mut self.net).into_iter().partition(|packet| packet.at <= now);
        self.net = under_way;
        let arrived: Vec<Packet> = arrived;
        for packet in arrived {
            self.deliver(packet);
        }
        let mut out = Vec::new();
        for phone in &mut self.phones {
            phone.run(now, &mut out);
        }
        for browser in &mut self.browsers {
            let before = out.len();
            browser.run(now, &mut out);
            let mut sent = out.split_off(before);
            sent.retain(|packet| !is_lost(packet, browser.loss.0, &mut browser.random));
            out.append(&mut sent);
        }
        for mut packet in out {
            if let (Some(nats), None) = (&mut self.nats, packet.connection)
                && self.browsers.iter().any(|browser| browser.address == packet.source)
            {
                match nats.leave_home(packet.source, packet.destination, now) {
                    Some(seen) => packet.source = seen,
                    None => continue,
                }
            }
            packet.at = now + self.delay;
            self.net.push(packet);
        }
        let mut sent = Sent::default();
        for engine in std::iter::once(&mut self.engine).chain(&mut self.elsewhere) {
            if engine.poll_timeout().is_some_and(|due| due <= now) {
                engine.handle_timeout(now, &mut sent);
            }
        }
        self.carry(sent);
        self.collect();
    }

    fn deliver(&mut self, mut packet: Packet) {
        let now = self.now;
        if let Some(nats) = &mut self.nats
            && packet.connection.is_none()
        {
            // Phones are in our own network.
            let is_phone = |phone: &Phone| phone.owns(packet.destination) || phone.owns(packet.source);
            if !self.phones.iter().any(is_phone) {
                match nats.arrive(packet.source, packet.destination, now) {
                    Some(inside) => packet.destination = inside,
                    None => return,
                }
            }
        }
        if packet.destination.ip() == ip(OUR_IP) || (packet.connection.is_some() && Nats::is_office(packet.destination)) {
            let path = match (packet.connection, packet.destination.port()) {
                (Some(connection), _) => Path::Tcp { connection },
                (None, OUR_PORT) if is_relayed(packet.source.ip()) => Path::Relayed {
                    connection: RELAY_CONNECTION,
                },
                (None, OUR_PORT) if self.udp_blocked => return,
                (None, OUR_PORT) => Path::Udp,
                (None, port) => Path::Rtp { port },
            };
            let arrival = Arrival {
                path,
                source: packet.source,
                destination: packet.destination,
            };
            self.receive(arrival, &mut packet.data);
            return;
        }
        if let Some(phone) = self.phones.iter_mut().find(|phone| phone.owns(packet.destination)) {
            phone.receive(&packet);
        } else if let Some(browser) = self.browsers.iter_mut().find(|browser| browser.owns(&packet))
            && !is_lost(&packet, browser.loss.1, &mut browser.random)
        {
            browser.receive(&packet, now);
        }
    }
}

/// Whether the network loses this packet: media and its reports alone, so that connecting takes no luck.
fn is_lost(packet: &Packet, share: f64, random: &mut SmallRng) -> bool {
    packet.data[0] >= 128 && share > 0.0 && random.random_bool(share)
}
