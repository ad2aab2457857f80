//! People's networks.

use model::Language;

use super::company::{self, HOME, PUBLIC, ago, closed, host, ip, reflexive, way};
use super::nat::gathering;
use super::{at_home, faults, found, grade, one};
use crate::evidence::{Candidate, CandidateKind, Check, Echo, Evidence, Locality, MediaWay, Outcome, Permission, StunState, Way};
use crate::finding::{Confidence, Culprit, Fault, Severity, Subject, What};
use crate::words::explain;

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

#[test]
fn a_router_that_treats_two_servers_alike_and_lets_no_sound_through_by_udp_is_not_taken_for_a_normal_one() {
    let trapped = |check: &mut Check| {
        check.gathering = Some(gathering(vec![host("10.0.0.5", 50_000), reflexive(HOME, 40_001, 0)]));
        check.ways = vec![closed(Way::Udp), way(Way::Tcp), way(Way::Tls)];
    };
    let by_tcp = |e: &mut Evidence| {
        e.networks[1].way = Some(MediaWay::Tcp);
        trapped(company::check(&mut e.networks[1]));
    };
    let finding = one(by_tcp);
    assert_eq!(
        grade(&finding),
        (Fault::RjSymmetric, Severity::Note, Culprit::HomeRouter, Confidence::Low)
    );
    assert_eq!(finding.value(What::Way), Some("tcp"));
    let told = Language::ALL.map(|language| explain(&finding, language).sentence);
    assert!(told[0].contains("most likely") && told[1].contains("Wahrscheinlich"), "{told:?}");
    let called = faults(|e| {
        by_tcp(e);
        e.networks[1].way = Some(MediaWay::Udp);
    });
    assert_eq!(called, [], "a call has gone by UDP");
    let works = faults(|e| {
        by_tcp(e);
        company::check(&mut e.networks[1]).ways[0] = way(Way::Udp);
    });
    assert_eq!(works, []);
    let symmetric_office = faults(|e| {
        by_tcp(e);
        e.server.nat = vec![company::nat(Outcome::Symmetric)];
    });
    assert_eq!(symmetric_office, [Fault::RgSymmetric], "then it need not be the home's router");
    let unknown_office = faults(|e| {
        by_tcp(e);
        e.server.nat.clear();
    });
    assert_eq!(unknown_office, []);
    let two_routers = faults(|e| {
        by_tcp(e);
        e.server.pages[0].addresses = vec![ip("203.0.113.99")];
    });
    assert_eq!(two_routers, [Fault::RePublicAddressDiffers]);
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
fn our_own_probes_count_where_people_outside_are_known_to_reach_them() {
    let own = |e: &mut Evidence| {
        let check = company::check(&mut e.networks[1]);
        blocked(check);
        let servers = [
            "stun:pbx.example.com:8802",
            "stun:pbx.example.com:3478",
            "stun:pbx.example.com:3479",
        ];
        check.gathering.as_mut().unwrap().servers = servers.map(str::to_owned).to_vec();
    };
    assert_eq!(faults(own), [], "behind a router that forwards TCP alone they never answer");
    let others_are_answered = one(|e| {
        own(e);
        let mut other = e.networks[1].clone();
        (other.extension, other.address) = ("103".to_owned(), Some(ip("192.0.2.34")));
        company::check(&mut other).gathering = Some(gathering(vec![host("10.0.0.5", 50_000), reflexive("192.0.2.34", 40_001, 2)]));
        company::check(&mut other).ways.clear();
        e.networks.push(other);
    });
    assert_eq!(others_are_answered.confidence, Confidence::High);
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
        check.ways.iter_mut().for_each(|test| test.echo.as_mut().unwrap().is_heard = false);
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
fn a_line_is_poor_when_the_way_that_calls_take_is() {
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
    let with_tcp_good = |is_udp_open: bool| {
        faults(at_home(move |check| {
            worse(|echo| echo.loss_there_percent = 12.0)(check);
            check.ways[1] = way(Way::Tcp);
            check.ways[0].is_connected = is_udp_open;
        }))
    };
    assert_eq!(with_tcp_good(true), [Fault::P3LinePoor], "calls go by UDP, for it is open");
    assert!(!with_tcp_good(false).contains(&Fault::P3LinePoor), "by TCP all is well");
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
fn without_a_check_nothing_is_concluded() {
    let findings = found(|e| {
        e.networks
            .iter_mut()
            .for_each(|network| (network.check, network.way) = (None, Some(MediaWay::Tcp)));
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
