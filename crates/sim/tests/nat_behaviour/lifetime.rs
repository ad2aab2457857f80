//! How long mappings live is found out right, or as unknown.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use doctor::nat::lifetime::{IDLE_TIMES, Lifetime, PROBE_MAX, Probe, SOCKETS, Unknown};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use sim::nat::{Behaviour, Chain, Filtering, Mapping, Named, Nat, Ports};

use crate::for_each_seed;
use crate::world::{ResponsePort, Server, World};

const SEEDS: u64 = 6_000;
/// The port of the first socket; the others follow.
const FIRST: u16 = 40_000;

fn addr(text: &str) -> SocketAddr {
    text.parse().expect("a test's address")
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Asks the world's servers until it is over, while things happen to it, and returns what was found and how long it took.
fn probe(world: &mut World, seed: u64, mut happens: impl FnMut(&mut World)) -> (Lifetime, Duration) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let servers: Vec<SocketAddr> = world.servers.iter().map(|server| server.address).collect();
    let mut probe = Probe::new(&servers, bytes, world.now);
    while let Some(due) = probe.poll_timeout() {
        while let Some(transmit) = probe.poll_transmit() {
            assert!(transmit.socket < SOCKETS);
            let port = FIRST + u16::try_from(transmit.socket).expect("few sockets");
            world.send(port, transmit.to, transmit.packet);
        }
        let next = world.next().map_or(due, |arrival| arrival.min(due));
        for arrival in world.pass(next) {
            probe.receive(usize::from(arrival.port - FIRST), arrival.from, &arrival.packet, next);
        }
        happens(world);
        probe.handle_timeout(next);
    }
    (probe.found(), world.now - world.begun)
}

fn server(response_port: ResponsePort) -> Server {
    Server {
        response_port,
        ..Server::plain(addr("198.51.100.10:3478"))
    }
}

/// One home router before these servers.
fn home(behaviour: Behaviour, servers: Vec<Server>) -> World {
    let nat = Nat::new(behaviour, "203.0.113.1".parse().expect("an address"), 5);
    let host = "192.168.1.2".parse().expect("an address");
    World::new(host, Chain::new(vec![nat]), servers, 5)
}

fn living(lifetime_s: u64) -> Behaviour {
    Behaviour {
        lifetime: seconds(lifetime_s),
        ..Behaviour::default()
    }
}

/// In whole seconds; the end of the trial that has ended it up to two seconds later counts as that trial's idle time.
fn bracket(found: &Lifetime) -> (Option<u64>, Option<u64>) {
    let tried = |less_than: Duration| {
        IDLE_TIMES
            .iter()
            .rfind(|idle| **idle < less_than && less_than <= **idle + seconds(2))
    };
    let less_than = found
        .less_than
        .map(|less_than| tried(less_than).unwrap_or_else(|| panic!("{less_than:?}")).as_secs());
    (found.at_least_s(), less_than)
}

#[test]
fn a_router_with_a_usual_lifetime_is_found_between_it_and_the_next() {
    for (lifetime_s, at_least_s, less_than_s) in [
        (5, None, Some(8)),
        (10, Some(8), Some(13)),
        (20, Some(18), Some(28)),
        (30, Some(28), Some(43)),
        (60, Some(58), Some(88)),
        (120, Some(118), Some(178)),
        (180, Some(178), Some(298)),
        (300, Some(298), None),
    ] {
        let mut world = home(living(lifetime_s), vec![server(ResponsePort::Obeyed)]);
        let (found, time) = probe(&mut world, 1, |_| {});
        assert_eq!(bracket(&found), (at_least_s, less_than_s), "{lifetime_s} s: {found}");
        let time_max = found.less_than.unwrap_or(seconds(300)) + seconds(3);
        assert!(time < time_max, "{lifetime_s} s: nothing longer is waited for: {time:?}");
    }
}

#[test]
fn every_named_nat_is_measured_with_a_server_that_answers_elsewhere() {
    for named in Named::ALL {
        let host = if named == Named::None { "203.0.113.9" } else { "192.168.1.2" };
        let chain = named.chain("203.0.113.1".parse().expect("an address"), 5);
        let mut world = World::new(host.parse().expect("an address"), chain, vec![server(ResponsePort::Obeyed)], 5);
        let (found, _) = probe(&mut world, 1, |_| {});
        let expected = match named {
            Named::None => (Some(298), None),
            Named::UdpBlocked => (None, None),
            Named::FullCone
            | Named::AddressRestricted
            | Named::PortRestricted
            | Named::Remapping
            | Named::Symmetric
            | Named::CarrierPortRestricted
            | Named::CarrierSymmetric => (Some(118), Some(178)),
        };
        assert_eq!(bracket(&found), expected, "{named}: {found}");
    }
}

#[test]
fn without_response_port_another_port_shows_that_a_mapping_was_gone_and_the_same_one_nothing() {
    for response_port in [ResponsePort::Ignored, ResponsePort::Refused] {
        let with = |ports| Behaviour { ports, ..living(60) };
        let (found, _) = probe(&mut home(with(Ports::Random), vec![server(response_port)]), 1, |_| {});
        assert_eq!(bracket(&found), (None, Some(88)), "{response_port:?}: {found}");
        for ports in [Ports::Preserved, Ports::Remapped(0x0fff)] {
            let (found, _) = probe(&mut home(with(ports), vec![server(response_port)]), 1, |_| {});
            assert_eq!(
                (bracket(&found), found.unknown),
                ((None, None), Some(Unknown::LooksAlike)),
                "{response_port:?}: {found}"
            );
        }
    }
}

#[test]
fn a_server_that_answers_elsewhere_is_preferred_to_one_that_does_not() {
    let plain = Server::plain(addr("198.51.100.20:3478"));
    let dead = Server {
        is_dead: true,
        ..Server::plain(addr("198.51.100.30:3478"))
    };
    let mut world = home(living(30), vec![dead, plain, server(ResponsePort::Obeyed)]);
    let (found, _) = probe(&mut world, 1, |_| {});
    assert_eq!(bracket(&found), (Some(28), Some(43)));
}

#[test]
fn silent_servers_are_given_up_within_seconds() {
    let dead = Server {
        is_dead: true,
        ..server(ResponsePort::Obeyed)
    };
    let (found, time) = probe(&mut home(living(30), vec![dead]), 1, |_| {});
    assert_eq!(found.unknown, Some(Unknown::NoServer));
    assert!(time < seconds(5), "{time:?}");
}

#[test]
fn a_server_that_dies_meanwhile_leaves_what_was_known() {
    let mut world = home(living(30), vec![server(ResponsePort::Obeyed)]);
    let (found, _) = probe(&mut world, 1, |world| {
        world.servers[0].is_dead |= world.now - world.begun > seconds(22);
    });
    assert_eq!(
        bracket(&found),
        (Some(18), None),
        "the silence of a dead server says nothing: {found}"
    );
}

#[test]
fn a_public_address_that_changes_meanwhile_leaves_nothing_known() {
    let mut world = home(living(120), vec![server(ResponsePort::Obeyed)]);
    let (found, time) = probe(&mut world, 1, |world| {
        let is_over = world.now - world.begun > seconds(22);
        let public = world.chain.public().expect("a NAT").to_string();
        if is_over && public == "203.0.113.1" {
            world.chain.renumber("203.0.113.2".parse().expect("an address"));
        }
    });
    assert_eq!((bracket(&found), found.unknown), ((None, None), Some(Unknown::Unsteady)));
    assert!(time < seconds(32), "{time:?}");
}

#[test]
fn whatever_the_nat_and_the_network_the_bracket_is_true_and_mostly_narrow() {
    let (narrow, possible) = (AtomicUsize::new(0), AtomicUsize::new(0));
    for_each_seed(SEEDS, |seed| {
        let mut random = SmallRng::seed_from_u64(seed);
        let (mut world, behaviours) = any_world(&mut random, seed);
        let (found, time) = probe(&mut world, seed, |_| {});
        let context = || format!("seed {seed}: {found} {found:?}\n{behaviours:?}\n{:?}", world.servers);
        assert!(time <= PROBE_MAX, "{time:?} {}", context());
        let lifetime = behaviours.iter().map(|behaviour| behaviour.lifetime).min();
        if let Some(lifetime) = lifetime {
            assert!(found.at_least.is_none_or(|at_least| at_least <= lifetime), "{}", context());
            assert!(found.less_than.is_none_or(|less_than| less_than > lifetime), "{}", context());
        } else {
            assert_eq!(found.less_than, None, "without a NAT nothing dies: {}", context());
        }
        let is_known = found.at_least.or(found.less_than).is_some();
        assert_ne!(is_known, found.unknown.is_some(), "{}", context());
        let obeys = |server: &Server| server.response_port == ResponsePort::Obeyed && !server.is_dead;
        if world.servers.iter().any(obeys) && world.chain.passes_udp() {
            possible.fetch_add(1, Ordering::Relaxed);
            narrow.fetch_add(usize::from(is_narrow(&found, lifetime)), Ordering::Relaxed);
        } else {
            assert_eq!(found.at_least, None, "nobody can know that: {}", context());
        }
    });
    let (narrow, possible) = (narrow.into_inner(), possible.into_inner());
    assert!(narrow * 100 >= possible * 97, "of {possible} that could be narrow {narrow} are");
}

/// Whether it says between which two idle times the lifetime lies; what ends during a trial may be on either side of it.
fn is_narrow(found: &Lifetime, lifetime: Option<Duration>) -> bool {
    let below = |time: Option<Duration>| IDLE_TIMES.iter().filter(|idle| time.is_some_and(|time| **idle <= time)).count();
    let Some(lifetime) = lifetime else {
        return below(found.at_least) == IDLE_TIMES.len();
    };
    let steps = below(found.less_than.or(Some(Duration::MAX))) - below(found.at_least);
    let is_close = IDLE_TIMES.iter().any(|idle| lifetime >= *idle && lifetime < *idle + seconds(5));
    steps == 1 || (steps == 0 && found.less_than.is_none()) || (steps == 2 && is_close)
}

fn any_world(random: &mut SmallRng, seed: u64) -> (World, Vec<Behaviour>) {
    let count = *[0, 1, 1, 1, 1, 1, 2, 2].choose(random).expect("some");
    let behaviours: Vec<Behaviour> = (0..count).map(|_| any_behaviour(random)).collect();
    let is_ipv6 = random.random_ratio(1, 5);
    let ip = |host: u8| -> IpAddr {
        let text = if is_ipv6 {
            format!("2001:db8::{host}")
        } else {
            format!("198.51.100.{host}")
        };
        text.parse().expect("an address")
    };
    let servers = (0..random.random_range(1..=3_u8)).map(|number| Server {
        response_port: *[
            ResponsePort::Obeyed,
            ResponsePort::Obeyed,
            ResponsePort::Ignored,
            ResponsePort::Refused,
        ]
        .choose(random)
        .expect("some"),
        is_dead: random.random_ratio(1, 4),
        ..Server::plain(SocketAddr::new(ip(10 + number), 3478))
    });
    let servers = servers.collect();
    let nats = behaviours.iter().enumerate().map(|(index, behaviour)| {
        let index = u8::try_from(index).expect("two");
        Nat::new(*behaviour, ip(100 + index), seed + u64::from(index))
    });
    let mut world = World::new(ip(200), Chain::new(nats.collect()), servers, seed);
    world.delay_ms_max = random.random_range(1..=250);
    world.loss_percent = random.random_range(0..=10);
    (world, behaviours)
}

fn any_behaviour(random: &mut SmallRng) -> Behaviour {
    Behaviour {
        mapping: *[
            Mapping::EndpointIndependent,
            Mapping::AddressDependent,
            Mapping::AddressAndPortDependent,
        ]
        .choose(random)
        .expect("some"),
        filtering: *[
            Filtering::EndpointIndependent,
            Filtering::AddressDependent,
            Filtering::AddressAndPortDependent,
        ]
        .choose(random)
        .expect("some"),
        ports: *[Ports::Preserved, Ports::Remapped(0x0fff), Ports::Random]
            .choose(random)
            .expect("some"),
        // Most routers have a round number; some a short one, at which everything happens at once.
        lifetime: match random.random_range(0..3) {
            0 => seconds(*[10, 15, 20, 30, 60, 90, 120, 180, 300].choose(random).expect("some")),
            1 => Duration::from_millis(random.random_range(5_000..60_000)),
            _ => Duration::from_millis(random.random_range(5_000..400_000)),
        },
        hairpin: random.random_ratio(1, 2),
        udp: random.random_ratio(9, 10),
    }
}
