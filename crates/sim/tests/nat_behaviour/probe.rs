//! The probe's verdicts.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use doctor::nat::{Confidence, Dependence, Local, NatType, Outcome, Probe, Socket, Verdict, verdict};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use sim::nat::{Behaviour, Chain, Filtering, Mapping, Named, Nat, Ports};

use crate::for_each_seed;
use crate::world::{Honesty, Server, World};

const SEEDS: u64 = 20_000;
const FIRST: u16 = 40_000;
const SECOND: u16 = 40_002;
/// What `farend nat` has for all of it.
const TIME_MAX: Duration = Duration::from_secs(5);

fn addr(text: &str) -> SocketAddr {
    text.parse().expect("a test's address")
}

/// Asks the named addresses, and returns the verdict and how long it took.
fn probe(world: &mut World, named: &[SocketAddr], seed: u64) -> (Verdict, Duration) {
    let local = Local {
        first: FIRST,
        second: Some(SECOND),
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let mut probe = Probe::new(named, local, bytes, world.now);
    while let Some(due) = probe.poll_timeout() {
        while let Some(transmit) = probe.poll_transmit() {
            let port = match transmit.socket {
                Socket::First => FIRST,
                Socket::Second => SECOND,
            };
            world.send(port, transmit.to, transmit.packet);
        }
        let next = world.next().map_or(due, |arrival| arrival.min(due));
        for arrival in world.pass(next) {
            let socket = if arrival.port == FIRST { Socket::First } else { Socket::Second };
            probe.receive(socket, arrival.from, world.host, &arrival.packet, next);
        }
        probe.handle_timeout(next);
    }
    (verdict(&probe.evidence()), world.now - world.begun)
}

fn dependence_of_mapping(mapping: Mapping) -> Dependence {
    match mapping {
        Mapping::EndpointIndependent => Dependence::EndpointIndependent,
        Mapping::AddressDependent => Dependence::AddressDependent,
        // No word of RFC 4787 fits.
        Mapping::SharedByTwo => Dependence::Unknown,
        Mapping::AddressAndPortDependent => Dependence::AddressAndPortDependent,
    }
}

fn dependence_of_filtering(filtering: Filtering) -> Dependence {
    match filtering {
        Filtering::EndpointIndependent => Dependence::EndpointIndependent,
        Filtering::AddressDependent => Dependence::AddressDependent,
        Filtering::AddressAndPortDependent => Dependence::AddressAndPortDependent,
    }
}

const A: &str = "198.51.100.10:3478";
const A_OTHER: &str = "198.51.100.11:3479";
const B: &str = "198.51.100.20:3478";

#[test]
fn every_named_nat_is_recognised_with_a_server_that_knows_rfc_5780() {
    for named in Named::ALL {
        let (outcome, nat_type, filtering) = match named {
            Named::None => (Outcome::NotSymmetric, NatType::OpenInternet, Dependence::EndpointIndependent),
            Named::FullCone => (Outcome::NotSymmetric, NatType::FullCone, Dependence::EndpointIndependent),
            Named::AddressRestricted => (Outcome::NotSymmetric, NatType::AddressRestrictedCone, Dependence::AddressDependent),
            Named::PortRestricted | Named::Remapping | Named::CarrierPortRestricted => (
                Outcome::NotSymmetric,
                NatType::PortRestrictedCone,
                Dependence::AddressAndPortDependent,
            ),
            Named::Symmetric | Named::CarrierSymmetric => (Outcome::Symmetric, NatType::Symmetric, Dependence::AddressAndPortDependent),
            // One server that is silent may as well be dead.
            Named::UdpBlocked => (Outcome::Unknown, NatType::Unknown, Dependence::Unknown),
        };
        let (verdict, time) = probe(&mut lab(named, vec![Server::rfc5780(addr(A), addr(A_OTHER))]), &[addr(A)], 1);
        assert_eq!(
            (verdict.outcome(), verdict.nat_type(), verdict.filtering),
            (outcome, nat_type, filtering),
            "{named}: {verdict}"
        );
        let preserved = match named {
            Named::Remapping | Named::Symmetric | Named::CarrierSymmetric => Some(false),
            Named::UdpBlocked => None,
            Named::None | Named::FullCone | Named::AddressRestricted | Named::PortRestricted | Named::CarrierPortRestricted => Some(true),
        };
        assert_eq!(verdict.port_preserved, preserved, "{named}");
        let confidence = match outcome {
            Outcome::NotSymmetric | Outcome::Symmetric => Confidence::High,
            Outcome::Unknown | Outcome::UdpBlocked => Confidence::Low,
        };
        assert_eq!(verdict.confidence, confidence, "{named}");
        assert!(time < TIME_MAX, "{named}: {time:?}");
    }
}

#[test]
fn every_named_nat_is_recognised_with_two_plain_servers_as_far_as_they_can_tell() {
    for named in Named::ALL {
        let (outcome, nat_type) = match named {
            Named::None => (Outcome::NotSymmetric, NatType::NoNat),
            Named::FullCone | Named::AddressRestricted | Named::PortRestricted | Named::Remapping | Named::CarrierPortRestricted => {
                (Outcome::NotSymmetric, NatType::Cone)
            }
            Named::Symmetric | Named::CarrierSymmetric => (Outcome::Symmetric, NatType::Symmetric),
            Named::UdpBlocked => (Outcome::UdpBlocked, NatType::UdpBlocked),
        };
        let servers = [A, B].map(addr);
        let (verdict, time) = probe(&mut lab(named, servers.map(Server::plain).to_vec()), &servers, 1);
        assert_eq!((verdict.outcome(), verdict.nat_type()), (outcome, nat_type), "{named}: {verdict}");
        assert_eq!(verdict.filtering, Dependence::Unknown, "{named}");
        assert!(time < TIME_MAX, "{named}: {time:?}");
    }
}

#[test]
fn one_plain_server_tells_only_that_there_is_no_nat() {
    for named in [Named::FullCone, Named::PortRestricted, Named::Symmetric, Named::None] {
        let (verdict, _) = probe(&mut lab(named, vec![Server::plain(addr(A))]), &[addr(A)], 1);
        let is_public = named == Named::None;
        let expected = if is_public { Outcome::NotSymmetric } else { Outcome::Unknown };
        assert_eq!(verdict.outcome(), expected, "{named}: {verdict}");
        assert_eq!(verdict.mapping == Dependence::EndpointIndependent, is_public, "{named}");
    }
}

#[test]
fn with_one_host_alone_its_next_port_is_asked_and_can_convict() {
    let next = SocketAddr::new(addr(A).ip(), 3479);
    let servers = || vec![Server::plain(addr(A)), Server::plain(next)];
    let (verdict, _) = probe(&mut lab(Named::Symmetric, servers()), &[addr(A)], 1);
    assert_eq!(
        (verdict.outcome(), verdict.mapping),
        (Outcome::Symmetric, Dependence::AddressAndPortDependent)
    );
    let (verdict, _) = probe(&mut lab(Named::PortRestricted, servers()), &[addr(A)], 1);
    assert_eq!(verdict.outcome(), Outcome::Unknown, "another host may see another port: {verdict}");
}

#[test]
fn nobody_at_all_answers_in_time() {
    let silent = [A, B, "198.51.100.30:3478"].map(addr);
    let (verdict, time) = probe(&mut lab(Named::None, Vec::new()), &silent, 1);
    assert_eq!((verdict.outcome(), verdict.confidence), (Outcome::UdpBlocked, Confidence::Low));
    assert!(time < TIME_MAX);
    let (verdict, time) = probe(&mut lab(Named::None, Vec::new()), &[], 1);
    assert_eq!((verdict.outcome(), time), (Outcome::Unknown, Duration::ZERO));
}

/// A calm network around a named NAT.
fn lab(named: Named, servers: Vec<Server>) -> World {
    let host: IpAddr = if named == Named::None { "203.0.113.9" } else { "192.168.1.2" }
        .parse()
        .expect("an address");
    let public = "203.0.113.1".parse().expect("an address");
    World::new(host, named.chain(public, 5), servers, 5)
}

#[test]
fn whatever_the_nat_and_the_network_the_verdict_is_right_or_unknown_and_in_time() {
    let (decided, filtered, possible) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    for_each_seed(SEEDS, |seed| {
        let mut random = SmallRng::seed_from_u64(seed);
        let mut story = Story::any(&mut random, seed);
        let (verdict, time) = probe(&mut story.world, &story.named, seed);
        assert!(time < TIME_MAX, "seed {seed}: {time:?}");
        story.check(&verdict, seed);
        if story.is_decidable {
            possible.fetch_add(1, Ordering::Relaxed);
            decided.fetch_add(usize::from(verdict.outcome() != Outcome::Unknown), Ordering::Relaxed);
            filtered.fetch_add(usize::from(verdict.filtering != Dependence::Unknown), Ordering::Relaxed);
        }
    });
    let [decided, filtered, possible] = [decided, filtered, possible].map(AtomicUsize::into_inner);
    assert!(
        decided * 100 >= possible * 97 && filtered * 100 >= possible * 80,
        "of {possible} that could be decided {decided} are, and of their filters {filtered}"
    );
}

/// One world and what is true in it.
struct Story {
    world: World,
    named: Vec<SocketAddr>,
    behaviours: Vec<Behaviour>,
    /// A server that knows RFC 5780 and does as it is asked is alive.
    is_decidable: bool,
}

impl Story {
    fn any(random: &mut SmallRng, seed: u64) -> Self {
        let is_ipv6 = random.random_ratio(1, 5);
        let behaviours: Vec<Behaviour> = (0..*[0, 1, 1, 1, 1, 1, 1, 2, 2].choose(random).expect("some"))
            .map(|_| any_behaviour(random))
            .collect();
        let ip = |host: u8| -> IpAddr {
            let text = if is_ipv6 {
                format!("2001:db8::{host}")
            } else {
                format!("198.51.100.{host}")
            };
            text.parse().expect("an address")
        };
        let at = |host: u8, port: u16| SocketAddr::new(ip(host), port);
        let (mut servers, named) = match random.random_range(0..7) {
            0 | 1 => (vec![Server::rfc5780(at(10, 3478), at(11, 3479))], vec![at(10, 3478)]),
            // One server, named by both of its addresses.
            2 => (vec![Server::rfc5780(at(10, 3478), at(11, 3479))], vec![at(10, 3478), at(11, 3478)]),
            3 => (
                vec![Server::rfc5780(at(10, 3478), at(11, 3479)), Server::plain(at(20, 3478))],
                vec![at(20, 3478), at(10, 3478)],
            ),
            4 => (
                vec![Server::plain(at(20, 3478)), Server::plain(at(30, 19302))],
                vec![at(20, 3478), at(30, 19302)],
            ),
            5 => (
                vec![
                    Server::plain(at(20, 3478)),
                    Server::plain(at(20, 3479)),
                    Server::plain(at(30, 3478)),
                ],
                vec![at(20, 3478), at(30, 3478), at(20, 3479)],
            ),
            _ => (vec![Server::plain(at(20, 3478)), Server::plain(at(20, 3479))], vec![at(20, 3478)]),
        };
        for server in servers.iter_mut().filter(|server| server.other.is_some()) {
            server.honesty = *[Honesty::Honest, Honesty::Honest, Honesty::Honest, Honesty::Stubborn, Honesty::Deaf]
                .choose(random)
                .expect("some");
        }
        // Two addresses of one machine that is down look like two servers to which UDP is blocked.
        if random.random_ratio(1, 3) && !(servers.len() == 1 && named.len() == 2) {
            let dead = random.random_range(0..servers.len());
            servers[dead].is_dead = true;
        }
        let is_good = |server: &Server| server.other.is_some() && server.honesty == Honesty::Honest && !server.is_dead;
        let is_decidable = servers.iter().any(is_good) && behaviours.iter().all(|behaviour| behaviour.udp);
        let host = if behaviours.is_empty() { ip(99) } else { ip(200) };
        let nats = behaviours.iter().enumerate().map(|(index, behaviour)| {
            let index = u8::try_from(index).expect("two");
            Nat::new(*behaviour, ip(100 + index), seed + u64::from(index))
        });
        let mut world = World::new(host, Chain::new(nats.collect()), servers, seed);
        world.delay_ms_max = random.random_range(1..=250);
        world.loss_percent = random.random_range(0..=25);
        world.has_alg = random.random_ratio(1, 6);
        // Loss hides much from the best of probes.
        let is_decidable = is_decidable && world.loss_percent <= 8;
        Self {
            world,
            named,
            behaviours,
            is_decidable,
        }
    }

    /// Whatever is claimed must be true.
    fn check(&self, verdict: &Verdict, seed: u64) {
        let chain = &self.world.chain;
        let mapping = dependence_of_mapping(chain.mapping());
        let is_mapped_alike = mapping == Dependence::EndpointIndependent;
        let is_true = match verdict.outcome() {
            Outcome::NotSymmetric => is_mapped_alike && chain.passes_udp(),
            Outcome::Symmetric => !is_mapped_alike && chain.passes_udp(),
            Outcome::UdpBlocked => !chain.passes_udp(),
            Outcome::Unknown => true,
        };
        let context = || {
            format!(
                "seed {seed}: {verdict} {verdict:?}\n{:?}\n{:?}",
                self.behaviours, self.world.servers
            )
        };
        assert!(is_true, "outcome: {}", context());
        assert!([Dependence::Unknown, mapping].contains(&verdict.mapping), "mapping: {}", context());
        // Towards a symmetric NAT a server's word is taken that it answers from elsewhere; the deaf one lies.
        let is_deceived = !is_mapped_alike && self.world.servers.iter().any(|server| server.honesty == Honesty::Deaf);
        let filtering = dependence_of_filtering(chain.filtering());
        assert!(
            is_deceived || [Dependence::Unknown, filtering].contains(&verdict.filtering),
            "filtering: {}",
            context()
        );
        let hairpin = self.behaviours.last().is_some_and(|outermost| outermost.hairpin);
        assert!(verdict.hairpin.is_none_or(|claimed| claimed == hairpin), "hairpin: {}", context());
        assert_eq!(
            verdict.is_altered,
            self.world.has_alg && !self.behaviours.is_empty() && !verdict.public_addresses.is_empty(),
            "altered: {}",
            context()
        );
        let public = chain.public().unwrap_or(self.world.host);
        assert!(
            verdict.public_addresses.iter().all(|seen| *seen == public),
            "address: {}",
            context()
        );
        if let [alone] = self.behaviours[..]
            && let Some(preserved) = verdict.port_preserved
            && is_mapped_alike
        {
            assert_eq!(preserved, alone.ports == Ports::Preserved, "ports: {}", context());
        }
    }
}

fn any_behaviour(random: &mut SmallRng) -> Behaviour {
    let mappings = [
        Mapping::EndpointIndependent,
        Mapping::AddressDependent,
        Mapping::AddressAndPortDependent,
    ];
    let filterings = [
        Filtering::EndpointIndependent,
        Filtering::AddressDependent,
        Filtering::AddressAndPortDependent,
    ];
    Behaviour {
        mapping: if random.random_ratio(1, 2) {
            Mapping::EndpointIndependent
        } else {
            *mappings.choose(random).expect("some")
        },
        filtering: *filterings.choose(random).expect("some"),
        ports: *[Ports::Preserved, Ports::Remapped(0x0fff), Ports::Random]
            .choose(random)
            .expect("some"),
        lifetime: Duration::from_secs(random.random_range(30..300)),
        hairpin: random.random_ratio(1, 2),
        udp: random.random_ratio(9, 10),
    }
}
