//! The simulated NATs behave as RFC 4787 describes them.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use sim::nat::{Behaviour, Chain, Filtering, Mapping, Named, Nat, Ports};

const PUBLIC: &str = "203.0.113.1";
const PC: &str = "192.168.1.2:5000";

fn addr(text: &str) -> SocketAddr {
    text.parse().expect("a test's address")
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("a test's address")
}

#[allow(clippy::disallowed_methods, reason = "simulated time needs some instant to begin with")]
fn beginning() -> Instant {
    Instant::now()
}

fn nat(behaviour: Behaviour) -> Nat {
    Nat::new(behaviour, ip(PUBLIC), 7)
}

/// What two ports of one host and another host see.
fn seen(nat: &mut Nat) -> [SocketAddr; 3] {
    let now = beginning();
    ["198.51.100.1:1", "198.51.100.1:2", "198.51.100.2:1"].map(|server| nat.outbound(addr(PC), addr(server), now).expect("passes"))
}

#[test]
fn a_nat_that_looks_normal_to_two_servers_shows_a_third_one_another_port() {
    let mut nat = nat(Behaviour {
        mapping: Mapping::SharedByTwo,
        ..Behaviour::default()
    });
    let [first, second, third] = seen(&mut nat);
    assert_eq!(first, second);
    assert_ne!(first, third);
    assert_eq!(
        seen(&mut nat),
        [first, second, third],
        "whoever has asked before sees the same again"
    );
}

#[test]
fn destinations_share_a_mapping_as_the_behaviour_says() {
    let with = |mapping| {
        seen(&mut nat(Behaviour {
            mapping,
            ..Behaviour::default()
        }))
    };
    let [a, b, c] = with(Mapping::EndpointIndependent);
    assert!(a == b && b == c);
    let [a, b, c] = with(Mapping::AddressDependent);
    assert!(a == b && b != c);
    let [a, b, c] = with(Mapping::AddressAndPortDependent);
    assert!(a != b && b != c && a != c);
}

#[test]
fn the_filter_lets_in_whom_the_behaviour_says() {
    let passes = |filtering| {
        let mut nat = nat(Behaviour {
            filtering,
            ..Behaviour::default()
        });
        let now = beginning();
        let public = nat.outbound(addr(PC), addr("198.51.100.1:1"), now).expect("passes");
        ["198.51.100.1:1", "198.51.100.1:2", "198.51.100.2:1"].map(|source| nat.inbound(addr(source), public, now) == Some(addr(PC)))
    };
    assert_eq!(passes(Filtering::EndpointIndependent), [true, true, true]);
    assert_eq!(passes(Filtering::AddressDependent), [true, true, false]);
    assert_eq!(passes(Filtering::AddressAndPortDependent), [true, false, false]);
}

#[test]
fn public_ports_are_kept_changed_or_random() {
    let port = |ports, seed| {
        let mut nat = Nat::new(
            Behaviour {
                ports,
                ..Behaviour::default()
            },
            ip(PUBLIC),
            seed,
        );
        nat.outbound(addr(PC), addr("198.51.100.1:1"), beginning()).expect("passes").port()
    };
    assert_eq!(port(Ports::Preserved, 1), 5000);
    assert_eq!(port(Ports::Remapped(0x0fff), 1), 5000 ^ 0x0fff);
    assert_ne!(port(Ports::Random, 1), port(Ports::Random, 2));
    let mut nat = nat(Behaviour::default());
    let [first, second] =
        ["192.168.1.2:5000", "192.168.1.3:5000"].map(|inside| nat.outbound(addr(inside), addr("198.51.100.1:1"), beginning()));
    assert_ne!(first, second, "a port that is taken is not given twice");
}

#[test]
fn a_mapping_lives_as_long_as_packets_leave() {
    let lifetime = Duration::from_secs(30);
    let mut nat = nat(Behaviour {
        lifetime,
        ports: Ports::Random,
        ..Behaviour::default()
    });
    let (server, mut now) = (addr("198.51.100.1:1"), beginning());
    let public = nat.outbound(addr(PC), server, now).expect("passes");
    now += lifetime;
    assert_eq!(nat.inbound(server, public, now), Some(addr(PC)));
    assert_eq!(nat.outbound(addr(PC), server, now), Some(public), "renewed from inside");
    now += lifetime + Duration::from_millis(1);
    assert_eq!(nat.inbound(server, public, now), None);
    assert_ne!(nat.outbound(addr(PC), server, now), Some(public));
}

#[test]
fn neighbours_meet_by_hairpinning_when_both_have_sent() {
    let [a, b] = ["192.168.1.2:5000", "192.168.1.3:6000"].map(addr);
    for hairpin in [true, false] {
        let mut nat = nat(Behaviour {
            hairpin,
            ..Behaviour::default()
        });
        let now = beginning();
        let [public_a, public_b] = [a, b].map(|inside| nat.outbound(inside, addr("198.51.100.1:1"), now).expect("passes"));
        assert_eq!(nat.hairpin(a, public_b, now), None, "the filter of b's port does not know a");
        assert_eq!(nat.hairpin(b, public_a, now), hairpin.then_some((public_b, a)));
    }
}

#[test]
fn a_new_public_address_ends_all_mappings() {
    let mut nat = nat(Behaviour::default());
    let (server, now) = (addr("198.51.100.1:1"), beginning());
    let before = nat.outbound(addr(PC), server, now).expect("passes");
    nat.renumber(ip("203.0.113.2"));
    assert_eq!(nat.inbound(server, before, now), None);
    assert_eq!(nat.outbound(addr(PC), server, now), Some(addr("203.0.113.2:5000")));
}

#[test]
fn named_ones_are_what_they_are_called() {
    let server = addr("198.51.100.1:1");
    for named in Named::ALL {
        let mut chain = named.chain(ip(PUBLIC), 3);
        let sent = chain.outbound(addr(PC), server, beginning());
        assert_eq!(sent.is_some(), named != Named::UdpBlocked, "{named}");
        let is_symmetric = chain.mapping() == Mapping::AddressAndPortDependent;
        assert_eq!(
            is_symmetric,
            [Named::Symmetric, Named::CarrierSymmetric].contains(&named),
            "{named}"
        );
        assert_eq!(named.to_string().parse(), Ok(named));
        if let Some(sent) = sent {
            let host = if named == Named::None { ip("192.168.1.2") } else { ip(PUBLIC) };
            assert_eq!(sent.ip(), host, "{named}");
            let back = if named == Named::None {
                Some(sent)
            } else {
                chain.inbound(server, sent, beginning())
            };
            assert_eq!(back, Some(addr(PC)), "{named}");
        }
    }
    assert!("sieve".parse::<Named>().is_err());
}

#[test]
fn two_in_a_row_are_as_strict_as_the_stricter_one_and_turn_back_where_the_address_is() {
    let inner = Behaviour {
        filtering: Filtering::EndpointIndependent,
        ..Behaviour::default()
    };
    let outer = Behaviour {
        hairpin: true,
        filtering: Filtering::AddressDependent,
        ..Behaviour::default()
    };
    let mut chain = Chain::new(vec![Nat::new(inner, ip("100.64.0.7"), 1), Nat::new(outer, ip(PUBLIC), 2)]);
    assert_eq!(
        (chain.mapping(), chain.filtering()),
        (Mapping::EndpointIndependent, Filtering::AddressDependent)
    );
    let ([a, b], now) = (["192.168.1.2:5000", "192.168.1.3:6000"].map(addr), beginning());
    let [public_a, public_b] = [a, b].map(|inside| chain.outbound(inside, addr("198.51.100.1:1"), now).expect("passes"));
    assert_eq!(chain.inbound(addr("198.51.100.2:1"), public_a, now), None);
    assert_eq!(chain.inbound(addr("198.51.100.1:2"), public_a, now), Some(a));
    let _opens_the_filter = chain.hairpin(a, public_b, now);
    assert!(
        chain
            .hairpin(b, public_a, now)
            .is_some_and(|(source, reached)| source.ip() == ip(PUBLIC) && reached == a)
    );
}
