//! What a browser's candidates tell of its NAT.

use super::company::{HOME, SERVERS, host, reflexive, socket};
use super::{at_home, faults, one};
use crate::evidence::{Candidate, Gathering, Outcome, Protocol};
use crate::finding::{Confidence, Fault, What};
use crate::rules::gathering::{HomeNat, judge};

pub(super) fn gathering(candidates: Vec<Candidate>) -> Gathering {
    Gathering {
        servers: SERVERS.map(str::to_owned).to_vec(),
        candidates,
        is_complete: true,
        took_ms: 400,
    }
}

fn outcome(candidates: Vec<Candidate>) -> (Outcome, Confidence) {
    let nats = judge(&gathering(candidates));
    nats.first()
        .map_or((Outcome::Unknown, Confidence::Low), |nat| (nat.outcome, nat.confidence))
}

#[test]
fn one_candidate_is_not_symmetric_two_ports_are_and_none_is_blocked() {
    let one = vec![host("10.0.0.5", 50_000), reflexive(HOME, 40_001, 0)];
    assert_eq!(outcome(one), (Outcome::NotSymmetric, Confidence::Low), "dead servers look the same");
    let told_by_two = vec![host("10.0.0.5", 50_000), reflexive(HOME, 40_001, 0), reflexive(HOME, 40_001, 1)];
    assert_eq!(outcome(told_by_two), (Outcome::NotSymmetric, Confidence::Medium));
    let two = vec![host("10.0.0.5", 50_000), reflexive(HOME, 40_001, 0), reflexive(HOME, 40_002, 1)];
    assert_eq!(outcome(two), (Outcome::Symmetric, Confidence::High));
    assert_eq!(outcome(vec![host("10.0.0.5", 50_000)]), (Outcome::UdpBlocked, Confidence::Medium));
}

#[test]
fn a_nat_that_gives_two_servers_the_same_port_and_a_third_another_is_symmetric() {
    let trap = vec![
        host("10.0.0.5", 50_000),
        reflexive(HOME, 40_001, 0),
        reflexive(HOME, 40_001, 1),
        reflexive(HOME, 40_777, 2),
    ];
    assert_eq!(outcome(trap), (Outcome::Symmetric, Confidence::High));
    let named_once = vec![host("10.0.0.5", 50_000), reflexive(HOME, 40_001, 0), reflexive(HOME, 40_777, 2)];
    assert_eq!(outcome(named_once), (Outcome::Symmetric, Confidence::High));
}

#[test]
fn too_few_servers_or_too_little_time_are_unknown() {
    let few = Gathering {
        servers: vec![SERVERS[0].to_owned(), SERVERS[0].to_owned()],
        ..gathering(vec![host("10.0.0.5", 50_000)])
    };
    assert_eq!(judge(&few)[0].outcome, Outcome::Unknown, "one server, named twice");
    let nothing = |is_complete, took_ms| {
        judge(&Gathering {
            is_complete,
            took_ms,
            ..gathering(vec![host("10.0.0.5", 50_000)])
        })[0]
            .outcome
    };
    assert_eq!(nothing(false, 4_999), Outcome::Unknown);
    assert_eq!(nothing(false, 5_000), Outcome::UdpBlocked);
    let early = Gathering {
        is_complete: false,
        took_ms: 300,
        ..gathering(vec![host("10.0.0.5", 50_000), reflexive(HOME, 40_001, 0)])
    };
    assert_eq!(judge(&early)[0].outcome, Outcome::Unknown);
    assert_eq!(judge(&Gathering::default()), []);
    let turn = Gathering {
        servers: vec!["turn:a.example".to_owned(), "turns:b.example".to_owned()],
        ..gathering(vec![host("10.0.0.5", 1)])
    };
    assert_eq!(judge(&turn)[0].outcome, Outcome::Unknown, "relays are no STUN servers");
}

#[test]
fn several_interfaces_and_several_ways_are_not_symmetric() {
    let base = |address: &str, port| Candidate {
        related: Some(socket(address)),
        ..reflexive(HOME, port, 0)
    };
    let two_interfaces = vec![
        host("10.0.0.5", 50_000),
        host("10.0.0.6", 50_100),
        base("10.0.0.5:50000", 40_001),
        base("10.0.0.6:50100", 40_002),
    ];
    assert_eq!(outcome(two_interfaces).0, Outcome::NotSymmetric);
    let two_ways = vec![
        host("10.0.0.5", 50_000),
        reflexive(HOME, 40_001, 0),
        reflexive("198.51.100.9", 40_002, 1),
    ];
    assert_eq!(outcome(two_ways).0, Outcome::Unknown);
    let own = vec![host("198.51.100.9", 50_000)];
    assert_eq!(outcome(own).0, Outcome::Unknown, "a public address of its own is not named twice");
    let tcp = Candidate {
        protocol: Protocol::Tcp,
        ..reflexive(HOME, 9, 0)
    };
    assert_eq!(
        outcome(vec![host("10.0.0.5", 50_000), reflexive(HOME, 40_001, 0), tcp]).0,
        Outcome::NotSymmetric
    );
}

/// A browser that hides its addresses: `mDNS` names, and no base.
fn hidden(port: u16, server: Option<usize>) -> Candidate {
    Candidate {
        related: None,
        related_port: None,
        server: server.map(|server| SERVERS[server].to_owned()),
        network: None,
        ..reflexive(HOME, port, 0)
    }
}

#[test]
fn hidden_bases_convict_only_with_more_ports_than_sockets() {
    let name = |port| Candidate {
        address: None,
        network: None,
        ..host("10.0.0.5", port)
    };
    assert_eq!(
        outcome(vec![name(50_000), hidden(40_001, Some(0)), hidden(40_002, Some(1))]),
        (Outcome::Symmetric, Confidence::Medium)
    );
    assert_eq!(
        outcome(vec![name(50_000), name(50_001), hidden(40_001, None), hidden(40_002, None)]).0,
        Outcome::Unknown
    );
    assert_eq!(
        outcome(vec![
            name(50_000),
            name(50_001),
            hidden(40_001, None),
            hidden(40_002, None),
            hidden(40_003, None)
        ])
        .0,
        Outcome::Symmetric
    );
    assert_eq!(
        outcome(vec![hidden(40_001, Some(0)), hidden(40_002, Some(0))]).0,
        Outcome::Unknown,
        "one server sees one socket at one port"
    );
    let by_port = |port, related_port| Candidate {
        related_port: Some(related_port),
        ..hidden(port, None)
    };
    assert_eq!(
        outcome(vec![name(50_000), name(50_001), by_port(40_001, 50_000), by_port(40_002, 50_000)]),
        (Outcome::Symmetric, Confidence::High)
    );
    let unspecified = |port| Candidate {
        related: Some(socket("0.0.0.0:0")),
        ..hidden(port, None)
    };
    assert_eq!(outcome(vec![name(50_000), unspecified(40_001)]).0, Outcome::NotSymmetric);
}

#[test]
fn ipv6_and_vpn_are_apart() {
    let vpn = |port, server| Candidate {
        related: Some(socket("10.99.0.2:51000")),
        network: Some("vpn".to_owned()),
        ..reflexive("198.51.100.9", port, server)
    };
    let ipv6 = Candidate {
        related: Some(socket("[fd00::5]:52000")),
        ..reflexive("2001:db8:7::5", 41_000, 0)
    };
    let nats = judge(&gathering(vec![
        host("10.0.0.5", 50_000),
        reflexive(HOME, 40_001, 0),
        ipv6,
        vpn(60_001, 0),
        vpn(60_002, 1),
    ]));
    let outcomes: Vec<(bool, bool, Outcome)> = nats.iter().map(|nat: &HomeNat| (nat.is_vpn, nat.is_ipv6, nat.outcome)).collect();
    assert_eq!(
        outcomes,
        [
            (false, false, Outcome::NotSymmetric),
            (false, true, Outcome::NotSymmetric),
            (true, false, Outcome::Symmetric)
        ]
    );
    let beside = at_home(|check| {
        check.gathering = Some(gathering(vec![
            host("10.0.0.5", 50_000),
            reflexive(HOME, 40_001, 0),
            vpn(60_001, 0),
            vpn(60_002, 1),
        ]));
    });
    assert_eq!(faults(beside), [], "media has another way than the VPN");
    let alone = one(at_home(|check| {
        check.gathering = Some(gathering(vec![vpn(60_001, 0), vpn(60_002, 1)]));
    }));
    assert_eq!((alone.fault, alone.value(What::NetworkKind)), (Fault::RjSymmetric, Some("vpn")));
}
