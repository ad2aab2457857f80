//! People's networks, browsers and devices.

use super::company::{self, HOME, PUBLIC, SERVERS, ago, closed, host, ip, reflexive, socket, way};
use super::{faults, found, grade, one};
use crate::evidence::{
    Candidate, CandidateKind, Check, Echo, Evidence, Gathering, HeadsetState, Locality, MediaWay, Outcome, Owner, Permission, Protocol,
    StunState, Way,
};
use crate::finding::{Confidence, Culprit, Fault, Severity, Subject, What};
use crate::rules::gathering::{HomeNat, judge};

/// Ben's check, at home.
fn at_home(change: impl FnOnce(&mut Check)) -> impl FnOnce(&mut Evidence) {
    move |e| change(company::check(&mut e.networks[1]))
}

fn gathering(candidates: Vec<Candidate>) -> Gathering {
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
        ]))
    });
    assert_eq!(faults(beside), [], "media has another way than the VPN");
    let alone = one(at_home(|check| {
        check.gathering = Some(gathering(vec![vpn(60_001, 0), vpn(60_002, 1)]))
    }));
    assert_eq!((alone.fault, alone.value(What::NetworkKind)), (Fault::RjSymmetric, Some("vpn")));
}

fn symmetric(check: &mut Check) {
    check.gathering = Some(gathering(vec![
        host("10.0.0.5", 50_000),
        reflexive(HOME, 40_001, 0),
        reflexive(HOME, 40_002, 1),
    ]));
}

#[test]
fn a_symmetric_home_whose_audio_works_over_tcp_is_a_note() {
    let finding = one(at_home(|check| {
        symmetric(check);
        check.ways = vec![closed(Way::Udp), way(Way::Tcp)];
    }));
    assert_eq!(
        grade(&finding),
        (Fault::RjSymmetric, Severity::Note, Culprit::HomeRouter, Confidence::High)
    );
    assert_eq!(
        (finding.value(What::Way), finding.value(What::MappedPorts)),
        (Some("tcp"), Some("40001, 40002"))
    );
    assert_eq!(
        finding.subject,
        Subject::Network {
            extension: "102".to_owned(),
            address: HOME.to_owned()
        }
    );
    let untried = one(at_home(|check| {
        symmetric(check);
        check.ways.clear();
    }));
    assert_eq!(untried.severity, Severity::Warning, "nobody knows whether TCP works");
    let called = one(|e| {
        symmetric(company::check(&mut e.networks[1]));
        company::check(&mut e.networks[1]).ways.clear();
        e.networks[1].way = Some(MediaWay::Relay);
    });
    assert_eq!(called.severity, Severity::Note);
    let in_the_office = faults(|e| symmetric(company::check(&mut e.networks[0])));
    assert_eq!(in_the_office, [], "media crosses no NAT there");
    let yesterday = faults(at_home(|check| {
        symmetric(check);
        check.at = ago(86_401);
    }));
    assert_eq!(yesterday, []);
}

fn blocked(check: &mut Check) {
    check.gathering = Some(gathering(vec![host("10.0.0.5", 50_000)]));
    check.ways = vec![closed(Way::Udp), way(Way::Tcp), way(Way::Tls)];
}

#[test]
fn blocked_udp_is_told_of_as_surely_as_the_servers_are_alive() {
    let network = |e: &mut Evidence| e.networks[1].way = Some(MediaWay::Tcp);
    let finding = one(|e| {
        network(e);
        blocked(company::check(&mut e.networks[1]));
    });
    assert_eq!(
        grade(&finding),
        (Fault::RjUdpBlocked, Severity::Note, Culprit::HomeRouter, Confidence::High)
    );
    let untried = one(|e| {
        network(e);
        blocked(company::check(&mut e.networks[1]));
        company::check(&mut e.networks[1]).ways.clear();
    });
    assert_eq!(untried.confidence, Confidence::Medium);
    let unknown_servers = one(|e| {
        blocked(company::check(&mut e.networks[1]));
        e.server.stun.servers = vec![company::stun("stun.other.example:3478", "203.0.113.7:8802")];
    });
    assert_eq!(unknown_servers.confidence, Confidence::Medium);
    let dead = faults(|e| {
        blocked(company::check(&mut e.networks[1]));
        e.server.stun.servers.iter_mut().for_each(|server| server.state = StunState::Silent);
    });
    assert_eq!(dead, [Fault::RfStunSilent], "dead servers look the same");
    let works = faults(at_home(|check| {
        blocked(check);
        check.ways[0] = way(Way::Udp);
    }));
    assert_eq!(works, []);
    let no_sockets = one(at_home(|check| {
        blocked(check);
        check.gathering = Some(gathering(vec![Candidate {
            kind: CandidateKind::Relay,
            ..host(PUBLIC, 1)
        }]));
    }));
    assert_eq!(no_sockets.culprit, Culprit::Computer, "a browser that may not use UDP");
}

#[test]
fn in_the_office_udp_is_blocked_only_when_it_fails_by_itself() {
    let in_the_office = |change: fn(&mut Check)| move |e: &mut Evidence| change(company::check(&mut e.networks[0]));
    let silent = in_the_office(|check| check.gathering = Some(gathering(vec![host("192.168.1.50", 50_000)])));
    assert_eq!(faults(silent), [], "the office's firewall keeps STUN in, and audio goes directly");
    let finding = one(in_the_office(blocked));
    assert_eq!(
        grade(&finding),
        (Fault::RjUdpBlocked, Severity::Note, Culprit::Firewall, Confidence::Medium)
    );
}

#[test]
fn no_way_at_all_replaces_what_is_known_of_the_nat() {
    let no_way = |check: &mut Check| check.ways = vec![closed(Way::Udp), closed(Way::Tcp), closed(Way::Tls)];
    let finding = one(at_home(|check| {
        symmetric(check);
        no_way(check);
    }));
    assert_eq!(
        grade(&finding),
        (Fault::RjNoWay, Severity::Problem, Culprit::HomeRouter, Confidence::High)
    );
    let lost = one(at_home(|check| {
        for test in &mut check.ways {
            test.echo = Some(Echo {
                is_heard: false,
                lasted_ms: 4_000,
                round_trip_ms: 0.0,
                jitter_ms: 0.0,
                loss_there_percent: 100.0,
                loss_back_percent: 0.0,
            });
        }
    }));
    assert_eq!(lost.fault, Fault::RjNoWay);
    let unheard = faults(at_home(|check| {
        check.ways.iter_mut().for_each(|test| test.echo.as_mut().unwrap().is_heard = false)
    }));
    assert_eq!(unheard, [], "packets do come through");
    assert_eq!(
        faults(at_home(|check| check.ways = vec![closed(Way::Udp), closed(Way::Tcp)])),
        [],
        "TLS was not tried"
    );
}

fn worse(change: impl Fn(&mut Echo)) -> impl FnOnce(&mut Check) {
    move |check| check.ways.iter_mut().filter_map(|test| test.echo.as_mut()).for_each(change)
}

#[test]
fn a_line_is_poor_when_its_best_way_is() {
    let finding = one(at_home(worse(|echo| echo.loss_there_percent = 12.0)));
    assert_eq!(
        grade(&finding),
        (Fault::P3LinePoor, Severity::Warning, Culprit::HomeRouter, Confidence::Medium)
    );
    assert_eq!(finding.value(What::Loss), Some("12 %"));
    for (change, is_poor) in [
        (
            Box::new(|echo: &mut Echo| echo.loss_back_percent = 5.0) as Box<dyn Fn(&mut Echo)>,
            true,
        ),
        (Box::new(|echo| echo.loss_back_percent = 4.9), false),
        (Box::new(|echo| echo.jitter_ms = 50.0), true),
        (Box::new(|echo| echo.jitter_ms = 49.9), false),
        (Box::new(|echo| echo.round_trip_ms = 400.0), true),
        (Box::new(|echo| echo.round_trip_ms = 399.0), false),
        (Box::new(|echo| echo.round_trip_ms = f32::NAN), false),
        (Box::new(|echo| (echo.loss_back_percent, echo.lasted_ms) = (50.0, 2_999)), false),
    ] {
        assert_eq!(
            faults(at_home(worse(change))),
            if is_poor { vec![Fault::P3LinePoor] } else { vec![] }
        );
    }
    let one_way_good = faults(at_home(|check| {
        worse(|echo| echo.loss_there_percent = 12.0)(check);
        check.ways[1] = way(Way::Tcp);
    }));
    assert_eq!(one_way_good, []);
    let narrow = |kbit: u32| at_home(move |check| check.bandwidth.as_mut().unwrap().up_kbit = kbit);
    assert_eq!(
        (faults(narrow(127)), faults(narrow(128)), faults(narrow(0))),
        (vec![Fault::P3LinePoor], vec![], vec![])
    );
}

#[test]
fn a_poor_line_through_a_vpn_is_the_vpns() {
    let finding = one(|e| {
        e.networks[1].locality = Locality::Vpn;
        worse(|echo| echo.jitter_ms = 90.0)(company::check(&mut e.networks[1]));
    });
    assert_eq!(
        grade(&finding),
        (Fault::P2VpnPoor, Severity::Warning, Culprit::Computer, Confidence::Medium)
    );
    assert_eq!(faults(|e| e.networks[1].locality = Locality::Vpn), [], "most VPNs are good enough");
    let by_call = |round_trip_ms: f32, locality| {
        faults(move |e| (e.networks[1].locality, e.networks[1].round_trip_ms, e.networks[1].check) = (locality, Some(round_trip_ms), None))
    };
    assert_eq!(by_call(500.0, Locality::Vpn), [Fault::P2VpnPoor]);
    assert_eq!(by_call(300.0, Locality::Vpn), []);
    assert_eq!(by_call(500.0, Locality::Internet), [], "a call alone says nothing of a line");
}

#[test]
fn an_unfit_browser_explains_all_that_it_cannot_do() {
    let finding = one(at_home(|check| {
        check.browser.missing = vec!["RTCPeerConnection".to_owned()];
        check.ways = vec![closed(Way::Udp), closed(Way::Tcp), closed(Way::Tls)];
        check.microphone.as_mut().unwrap().devices = 0;
    }));
    assert_eq!(
        grade(&finding),
        (Fault::F2BrowserUnfit, Severity::Problem, Culprit::Computer, Confidence::High)
    );
    let insecure = one(at_home(|check| check.browser.is_insecure = true));
    assert_eq!(
        (insecure.fault, insecure.value(What::Missing)),
        (Fault::F2BrowserUnfit, Some("secure_context"))
    );
}

#[test]
fn one_microphone_has_one_fault() {
    let microphone = |change: fn(&mut crate::evidence::MicrophoneCheck)| at_home(move |check| change(check.microphone.as_mut().unwrap()));
    let none = one(microphone(|m| (m.devices, m.peak_dbfs) = (0, None)));
    assert_eq!(
        grade(&none),
        (Fault::RlNoMicrophone, Severity::Problem, Culprit::Headset, Confidence::High)
    );
    let muted = one(microphone(|m| (m.is_muted, m.peak_dbfs) = (true, Some(-127))));
    assert_eq!(
        grade(&muted),
        (Fault::RlMicrophoneMuted, Severity::Problem, Culprit::Computer, Confidence::High)
    );
    let silent = one(microphone(|m| m.peak_dbfs = Some(-60)));
    assert_eq!(
        grade(&silent),
        (Fault::RlMicrophoneSilent, Severity::Problem, Culprit::Headset, Confidence::High)
    );
    assert_eq!(one(microphone(|m| m.has_ended = true)).fault, Fault::RlMicrophoneSilent);
    assert_eq!(faults(microphone(|m| m.peak_dbfs = Some(-59))), []);
    assert_eq!(
        faults(microphone(|m| (m.peak_dbfs, m.has_spoken) = (Some(-90), false))),
        [],
        "nobody has spoken"
    );
    assert_eq!(faults(microphone(|m| m.peak_dbfs = None)), []);
    for (permission, setting) in [(Permission::Denied, "denied"), (Permission::Blocked, "blocked")] {
        let finding = one(at_home(|check| {
            check.permission = Some(permission);
            check.microphone.as_mut().unwrap().devices = 0;
        }));
        assert_eq!(
            (finding.fault, finding.culprit, finding.value(What::Setting)),
            (Fault::RlMicrophoneDenied, Culprit::Computer, Some(setting))
        );
    }
    assert_eq!(
        faults(at_home(
            |check| (check.permission, check.microphone) = (Some(Permission::Unanswered), None)
        )),
        []
    );
}

#[test]
fn who_controls_a_desk_phone_needs_no_microphone() {
    let finding = one(|e| company::check(&mut e.networks[0]).microphone.as_mut().unwrap().devices = 0);
    assert_eq!((finding.fault, finding.severity), (Fault::RlNoMicrophone, Severity::Note));
}

#[test]
fn a_loudspeaker_is_judged_by_what_people_hear() {
    let speaker = |change: fn(&mut crate::evidence::SpeakerCheck)| at_home(move |check| change(check.speaker.as_mut().unwrap()));
    assert_eq!(one(speaker(|s| s.devices = Some(0))).fault, Fault::RlNoSpeaker);
    assert_eq!(
        one(speaker(|s| s.error = Some("NotFoundError".to_owned()))).fault,
        Fault::RlNoSpeaker
    );
    let unheard = one(speaker(|s| (s.is_heard, s.is_recording_heard) = (Some(false), None)));
    assert_eq!(
        grade(&unheard),
        (Fault::RlSpeakerUnheard, Severity::Problem, Culprit::Headset, Confidence::Medium)
    );
    assert_eq!(faults(speaker(|s| s.is_heard = Some(false))), [], "the recording was heard");
    assert_eq!(
        faults(speaker(|s| (s.is_heard, s.is_recording_heard, s.devices) = (None, None, None))),
        [],
        "skipped"
    );
}

#[test]
fn buttons_count_only_where_they_are_used() {
    let headset = |change: fn(&mut crate::evidence::Headset)| at_home(move |check| change(check.headset.as_mut().unwrap()));
    let silent = one(headset(|h| h.state = HeadsetState::Silent));
    assert_eq!(
        grade(&silent),
        (Fault::RlHeadsetButtons, Severity::Note, Culprit::Headset, Confidence::Medium)
    );
    let tab = one(headset(|h| (h.state, h.owner) = (HeadsetState::Unopened, Owner::OtherTab)));
    assert_eq!((tab.culprit, tab.confidence), (Culprit::Computer, Confidence::High));
    assert_eq!(faults(headset(|h| (h.state, h.is_integrated) = (HeadsetState::Silent, false))), []);
    assert_eq!(faults(headset(|h| h.state = HeadsetState::Untried)), []);
}

#[test]
fn without_a_check_nothing_is_concluded() {
    let findings = found(|e| {
        e.networks
            .iter_mut()
            .for_each(|network| (network.check, network.way) = (None, Some(MediaWay::Tcp)))
    });
    assert_eq!(findings, []);
}

#[test]
fn a_guest_is_named_by_the_address() {
    let finding = one(|e| {
        e.networks[1].extension = String::new();
        e.networks[1].address = Some(ip("::ffff:192.0.2.33"));
        company::check(&mut e.networks[1]).permission = Some(Permission::Denied);
    });
    assert_eq!(
        finding.subject,
        Subject::Network {
            extension: String::new(),
            address: HOME.to_owned()
        }
    );
}
