//! A company where all is well, and everything has been measured.

use std::net::{IpAddr, SocketAddr};

use crate::evidence::{
    Arrivals, Bandwidth, Browser, Call, CallLeg, Candidate, CandidateKind, Certificate, Check, DeskPhone, Display, Echo, Evidence,
    ForwardProbe, Gathering, Headset, HeadsetState, Interface, InterfaceRole, Locality, MediaWay, MicrophoneCheck, Nat, Outcome, Owner,
    Page, PeerKind, Permission, Person, PhoneTransport, ProbeOutcome, Protocol, Reached, Server, SpeakerCheck, Stage, Stun, StunServer,
    StunState, Trouble, Trunk, TrunkState, UnixMs, UserNetwork, Way, WayTest,
};
use crate::finding::Confidence;

pub(super) const NOW: UnixMs = UnixMs(1_800_000_000_000);
pub(super) const PUBLIC: &str = "203.0.113.7";
pub(super) const HOME: &str = "192.0.2.33";

pub(super) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(super) fn socket(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// Before now.
pub(super) fn ago(seconds: i64) -> UnixMs {
    UnixMs(NOW.0 - seconds * 1000)
}

pub(super) fn company() -> Evidence {
    Evidence {
        taken_at: NOW,
        server: server(),
        trunks: vec![trunk()],
        networks: vec![
            network("101", Locality::Lan, "192.168.1.50"),
            network("102", Locality::Internet, HOME),
        ],
        phones: vec![
            phone(1, "101"),
            DeskPhone {
                is_outside: true,
                address: Some(ip(HOME)),
                transport: Some(PhoneTransport::Tls),
                is_behind_nat: true,
                ..phone(2, "102")
            },
        ],
        people: vec![
            Person {
                extension: "101".to_owned(),
                name: "Anna".to_owned(),
                controls_phone: Some(1),
                ..Person::default()
            },
            Person {
                extension: "102".to_owned(),
                name: "Ben".to_owned(),
                mobile: Some("+491701234567".to_owned()),
                mobile_has_route: Some(true),
                ..Person::default()
            },
        ],
        calls: vec![call()],
    }
}

fn server() -> Server {
    Server {
        tcp_port: 8802,
        udp_port: 8802,
        interfaces: vec![
            interface("eth0", "192.168.1.10", InterfaceRole::Lan, Some("192.168.1.1")),
            interface("docker0", "172.17.0.1", InterfaceRole::Virtual, None),
        ],
        public_host: Some("pbx.example.com".to_owned()),
        stated: Vec::new(),
        stun: Stun {
            mode: "automatic".to_owned(),
            asks: true,
            servers: vec![
                stun("stun.example.com:3478", "203.0.113.7:8802"),
                stun("stun.example.net:3478", "203.0.113.7:8802"),
            ],
        },
        nat: vec![nat(Outcome::NotSymmetric)],
        pages: vec![Page {
            host: "pbx.example.com".to_owned(),
            addresses: vec![ip(PUBLIC)],
            from_inside_at: Some(ago(60)),
            from_outside_at: Some(ago(600)),
        }],
        arrivals: vec![Arrivals {
            local: ip("192.168.1.10"),
            people: 2,
            at: ago(60),
        }],
        strangers: Vec::new(),
        forward: vec![ForwardProbe {
            address: socket("203.0.113.7:8802"),
            outcome: ProbeOutcome::Refused,
            at: ago(900),
        }],
        certificate: Some(Certificate {
            names: vec!["pbx.example.com".to_owned()],
            is_self_signed: false,
            not_before: ago(86_400 * 30),
            not_after: ago(-86_400 * 60),
        }),
        clock_ahead_ms: Some(3_000),
    }
}

pub(super) fn interface(name: &str, address: &str, role: InterfaceRole, gateway: Option<&str>) -> Interface {
    Interface {
        name: name.to_owned(),
        address: ip(address),
        role,
        gateway: gateway.map(ip),
    }
}

pub(super) fn stun(name: &str, public: &str) -> StunServer {
    let state = StunState::Answering {
        public: socket(public),
        round_trip_ms: 20.0,
    };
    StunServer {
        name: name.to_owned(),
        trunk: None,
        address: Some(socket("198.51.100.1:3478")),
        state,
        since: ago(3600),
    }
}

pub(super) fn nat(outcome: Outcome) -> Nat {
    Nat {
        is_ipv6: false,
        outcome,
        public_addresses: vec![ip(PUBLIC)],
        port_preserved: Some(true),
        confidence: Confidence::High,
        is_altered: false,
        hairpin: Some(false),
        lifetime_less_than_s: None,
        at: ago(300),
    }
}

pub(super) fn trunk() -> Trunk {
    Trunk {
        name: "Main line".to_owned(),
        state: TrunkState::Up,
        since: ago(3600),
        error: None,
        server: Some(socket("198.51.100.5:5060")),
        is_encrypted: false,
        local: Some(ip("192.168.1.10")),
        received: Some(ip(PUBLIC)),
        rport: Some(5060),
        is_rewritten: Some(false),
        rewritten_sign: None,
        media_public: Some(ip(PUBLIC)),
        has_own_stun: false,
    }
}

pub(super) fn phone(device: u64, extension: &str) -> DeskPhone {
    DeskPhone {
        device,
        name: format!("Desk {device}"),
        extension: extension.to_owned(),
        transport: Some(PhoneTransport::Udp),
        since: ago(3600),
        address: Some(ip("192.168.1.60")),
        is_outside: false,
        is_behind_nat: false,
        is_rewritten: Some(false),
        rewritten_sign: None,
        unanswered_ms: None,
        display: Display::Shown,
        is_stuck: false,
    }
}

fn network(extension: &str, locality: Locality, address: &str) -> UserNetwork {
    UserNetwork {
        extension: extension.to_owned(),
        name: if extension == "101" { "Anna" } else { "Ben" }.to_owned(),
        address: Some(ip(address)),
        locality,
        page_host: "pbx.example.com".to_owned(),
        arrived_at: Some(ip("192.168.1.10")),
        seen_at: ago(60),
        way: Some(MediaWay::Udp),
        round_trip_ms: Some(40.0),
        check: Some(good_check(address)),
    }
}

/// The check of a network that has one.
pub(super) fn check(network: &mut UserNetwork) -> &mut Check {
    network.check.as_mut().unwrap()
}

fn good_check(address: &str) -> Check {
    let reached = Some(Reached {
        is_reached: true,
        took_ms: 80,
        error: None,
    });
    Check {
        at: ago(120),
        took_ms: 14_000,
        browser: Browser {
            name: "Chromium 130".to_owned(),
            system: "Windows".to_owned(),
            ..Browser::default()
        },
        page: reached.clone(),
        websocket: reached,
        gathering: Some(Gathering {
            servers: SERVERS.map(str::to_owned).to_vec(),
            candidates: vec![host("10.0.0.5", 50_000), reflexive(address, 40_001, 0)],
            is_complete: true,
            took_ms: 400,
        }),
        ways: vec![way(Way::Udp), way(Way::Tcp), way(Way::Tls)],
        bandwidth: Some(Bandwidth {
            up_kbit: 9_000,
            down_kbit: 50_000,
        }),
        permission: Some(Permission::Granted),
        microphone: Some(MicrophoneCheck {
            devices: 1,
            label: "Headset".to_owned(),
            peak_dbfs: Some(-20),
            has_spoken: true,
            ..MicrophoneCheck::default()
        }),
        speaker: Some(SpeakerCheck {
            devices: Some(1),
            label: "Headset".to_owned(),
            is_heard: Some(true),
            is_recording_heard: Some(true),
            error: None,
        }),
        headset: Some(Headset {
            name: "Headset".to_owned(),
            state: HeadsetState::Works,
            is_integrated: true,
            owner: Owner::Unknown,
        }),
        clock_behind_ms: Some(3_000),
    }
}

/// Whom browsers ask; the last one is our own probe.
pub(super) const SERVERS: [&str; 3] = [
    "stun:stun.example.com:3478",
    "stun:stun.example.net:3478",
    "stun:pbx.example.com:8802",
];

pub(super) fn host(address: &str, port: u16) -> Candidate {
    Candidate {
        kind: CandidateKind::Host,
        protocol: Protocol::Udp,
        address: Some(ip(address)),
        port,
        related: None,
        related_port: None,
        server: None,
        network: Some("wifi".to_owned()),
    }
}

/// What a server has seen of the base 10.0.0.5:50000.
pub(super) fn reflexive(address: &str, port: u16, server: usize) -> Candidate {
    Candidate {
        kind: CandidateKind::ServerReflexive,
        related: Some(socket("10.0.0.5:50000")),
        server: Some(SERVERS[server].to_owned()),
        ..host(address, port)
    }
}

pub(super) fn way(way: Way) -> WayTest {
    let echo = Echo {
        is_heard: true,
        lasted_ms: 4_000,
        round_trip_ms: 40.0,
        jitter_ms: 4.0,
        loss_there_percent: 0.5,
        loss_back_percent: 0.0,
    };
    WayTest {
        way,
        is_connected: true,
        took_ms: 300,
        echo: Some(echo),
    }
}

/// A way on which nothing came about.
pub(super) fn closed(way: Way) -> WayTest {
    WayTest {
        way,
        is_connected: false,
        took_ms: 5_000,
        echo: None,
    }
}

/// Anna's browser and Ben's, and a line outside.
pub(super) fn call() -> Call {
    let leg = |leg, party: &str, kind, way| CallLeg {
        leg,
        party: party.to_owned(),
        name: String::new(),
        kind,
        trunk: None,
        way: Some(way),
        browser: None,
    };
    Call {
        id: 9,
        answered_at: ago(100),
        ended_at: None,
        legs: vec![
            leg(1, "101", PeerKind::Browser, MediaWay::Udp),
            leg(2, "102", PeerKind::Browser, MediaWay::Udp),
        ],
        troubles: Vec::new(),
    }
}

pub(super) fn trouble(from_leg: u64, to_leg: Option<u64>, stage: Stage) -> Trouble {
    Trouble {
        from_leg,
        to_leg,
        stage,
        since: ago(10),
        until: None,
    }
}
