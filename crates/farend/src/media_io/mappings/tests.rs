use std::net::UdpSocket;
use std::sync::Arc;

use media::addresses::Addresses;
use media::engine::Config;
use model::control::{Command, Direction, Event, Peer, Srtp};
use model::{CallId, LegId};

use super::*;
use crate::datagrams::{Datagrams, Fragmentation};
use crate::media_io::testing::pair;
use crate::poller::Poller;

const OURS: TrunkId = TrunkId(1);
const OTHER: TrunkId = TrunkId(2);
const LEG: LegId = LegId(1);

/// A STUN server on this machine that sees everybody at this address.
fn server(seen: &str) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (address, seen) = (socket.local_addr().unwrap(), seen.parse().unwrap());
    std::thread::spawn(move || {
        let mut buffer = [0; 1_500];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer) {
            let request = doctor::stun::Message::read(&buffer[..length]).unwrap();
            socket.send_to(&request.answer(seen).to_bytes(), peer).unwrap();
        }
    });
    address
}

struct Bench {
    engine: Engine,
    wires: Wires,
    mappings: Mappings,
}

impl Bench {
    /// With one pair of ports.
    fn new() -> Self {
        let pair = pair(0);
        let config = Config {
            worker: 0,
            addresses: Arc::new(Addresses::default()),
            rtp_ports: vec![pair.port],
            legs_max: 4,
        };
        let udp = Datagrams::bind("127.0.0.1:0".parse().unwrap(), false, Fragmentation::Allowed).unwrap();
        let now = Instant::now();
        Self {
            engine: Engine::new(config, [7; 32], now),
            wires: Wires::new(0, Poller::new().unwrap(), udp, vec![pair], now).unwrap(),
            mappings: Mappings::default(),
        }
    }

    /// Asks these servers, and hears so many answers.
    fn ask(&mut self, servers: &StunServers, answers: usize) {
        self.mappings.follow(&mut self.engine, servers, &mut self.wires, Instant::now());
        let (mut heard, mut ready, mut buffer) = (0, Vec::new(), [0; 1_500]);
        while heard < answers {
            ready.clear();
            self.wires.poller.wait(self.wait_max(), &mut ready).unwrap();
            for port in ready.iter().filter_map(|socket| u16::try_from(socket.token).ok()) {
                while let Ok((length, from)) = self.wires.port(port).unwrap().recv_from(&mut buffer) {
                    let answer = ((from, from.ip()), &buffer[..length]);
                    self.mappings.answered(port, answer, servers, &mut self.engine, Instant::now());
                    heard += 1;
                }
            }
            self.mappings.handle_timeout(&mut self.wires, Instant::now());
        }
    }

    fn wait_max(&self) -> Option<Duration> {
        let due = self.mappings.due().expect("somebody is asked");
        Some(due.saturating_duration_since(Instant::now()))
    }

    /// What the provider of a trunk is told in a call of its own: address and port.
    fn told(&mut self, trunk: TrunkId) -> (String, String) {
        let peer = Peer::Phone {
            local: IpAddr::from([192, 168, 10, 10]),
            signalling: IpAddr::from([203, 0, 113, 60]),
            srtp: Srtp::Never,
            trunk: Some(trunk),
        };
        let offer = Command::MakeOffer {
            call: CallId(1),
            leg: LEG,
            peer,
            toward: None,
            direction: Direction::SendRecv,
        };
        self.engine.command(offer, Instant::now(), &mut self.wires);
        let Some(Event::OfferMade { offer, .. }) = self.engine.poll_event() else {
            panic!("there is a port")
        };
        self.engine.command(Command::Close { leg: LEG }, Instant::now(), &mut self.wires);
        assert!(matches!(self.engine.poll_event(), Some(Event::Closed { .. })));
        let rest = |beginning: &str| offer.lines().find_map(|line| line.strip_prefix(beginning)).unwrap().to_owned();
        let port = rest("m=audio ").split(' ').next().unwrap().to_owned();
        (rest("c=IN IP4 "), port)
    }
}

fn told(address: &str, port: &str) -> (String, String) {
    (address.to_owned(), port.to_owned())
}

#[test]
fn each_provider_is_told_what_its_own_server_sees_while_that_answers() {
    let (system, own) = (server("198.51.100.2:41000"), server("203.0.113.2:52000"));
    let mut servers = StunServers {
        asked: vec![system, own],
        system: vec![system],
        own: BTreeMap::from([(OURS, vec![own])]),
    };
    let mut bench = Bench::new();
    bench.ask(&servers, 4);
    assert_eq!(bench.told(OURS), told("203.0.113.2", "52000"));
    assert_eq!(bench.told(OTHER), told("198.51.100.2", "41000"));
    // The provider's server has fallen silent: it is left out.
    servers.own.clear();
    bench.ask(&servers, 0);
    assert_eq!(bench.told(OURS), told("198.51.100.2", "41000"));
}

#[test]
fn a_providers_server_that_is_the_systems_as_well_is_asked_once_for_each_port() {
    let own = server("203.0.113.2:52000");
    let servers = StunServers {
        asked: vec![own],
        system: vec![own],
        own: BTreeMap::from([(OURS, vec![own])]),
    };
    let mut bench = Bench::new();
    bench.ask(&servers, 2);
    assert_eq!(bench.told(OURS), told("203.0.113.2", "52000"));
    assert_eq!(bench.told(OTHER), told("203.0.113.2", "52000"));
    assert!(bench.mappings.ports.values().all(|port| port.own.servers().next().is_none()));
}

#[test]
fn a_port_in_use_is_asked_for_of_nobody_who_has_nothing_to_do_with_it() {
    let at = |last| SocketAddr::from(([203, 0, 113, last], 3_478));
    let servers = StunServers {
        asked: Vec::new(),
        system: vec![at(1)],
        own: BTreeMap::from([(OURS, vec![at(2), at(1)]), (OTHER, vec![at(3)])]),
    };
    for (of, expected) in [
        (Use::Ready, vec![at(2), at(3)]),
        (Use::Leg(Some(OURS)), vec![at(2)]),
        (Use::Leg(Some(OTHER)), vec![at(3)]),
        (Use::Leg(Some(TrunkId(9))), Vec::new()),
        (Use::Leg(None), Vec::new()),
    ] {
        assert_eq!(own_servers(&servers, of), expected, "{of:?}");
    }
}
