//! The way to the internet: forwards, STUN, routers, providers.

use super::company::{NOW, PUBLIC, ago, interface, ip, nat, socket, stun};
use super::{faults, found, grade, one};
use crate::evidence::{Evidence, ForwardProbe, InterfaceRole, Locality, Outcome, Page, ProbeOutcome, StunServer, StunState, TrunkState};
use crate::finding::{Confidence, Culprit, Fault, Severity, Subject, What};

const OTHER: &str = "198.51.100.44";

fn all_stun(e: &mut Evidence, state: StunState) {
    e.server.stun.servers.iter_mut().for_each(|server| server.state = state);
}

fn probe(outcome: ProbeOutcome, seconds_ago: i64) -> ForwardProbe {
    ForwardProbe {
        address: socket("203.0.113.7:8802"),
        outcome,
        at: ago(seconds_ago),
    }
}

#[test]
fn somebody_elses_certificate_shows_a_wrong_forward() {
    let finding = one(|e| e.server.forward = vec![probe(ProbeOutcome::SomebodyElse, 5)]);
    assert_eq!(
        grade(&finding),
        (
            Fault::N1ForwardElsewhere,
            Severity::Problem,
            Culprit::OfficeRouter,
            Confidence::Medium
        )
    );
    let never = one(|e| {
        e.server.pages[0].from_outside_at = None;
        e.networks.remove(1);
        e.server.forward = vec![probe(ProbeOutcome::SomebodyElse, 5)];
    });
    assert_eq!(never.confidence, Confidence::High);
    assert_eq!(
        faults(|e| e.server.forward = vec![probe(ProbeOutcome::SomebodyElse, 700)]),
        [],
        "somebody has come in since"
    );
    let unused = faults(|e| {
        e.server.forward = vec![ForwardProbe {
            address: socket("198.51.100.44:8802"),
            outcome: ProbeOutcome::SomebodyElse,
            at: ago(5),
        }];
    });
    assert_eq!(unused, [], "nobody comes by that router");
}

#[test]
fn a_refusal_counts_only_where_the_router_lets_us_in_otherwise() {
    assert_eq!(faults(|e| e.server.forward = vec![probe(ProbeOutcome::Refused, 5)]), []);
    assert_eq!(faults(|e| e.server.forward = vec![probe(ProbeOutcome::Silent, 5)]), []);
    let by_udp = one(|e| (e.server.forward, e.server.nat[0].hairpin) = (vec![probe(ProbeOutcome::Refused, 5)], Some(true)));
    assert_eq!(
        grade(&by_udp),
        (
            Fault::N1ForwardMissing,
            Severity::Problem,
            Culprit::OfficeRouter,
            Confidence::Medium
        )
    );
    for outcome in [ProbeOutcome::Refused, ProbeOutcome::Silent] {
        let was_ours = one(|e| e.server.forward = vec![probe(ProbeOutcome::Ours, 1800), probe(outcome, 5)]);
        assert_eq!((was_ours.fault, was_ours.confidence), (Fault::N1ForwardMissing, Confidence::High));
    }
    let again = faults(|e| e.server.forward = vec![probe(ProbeOutcome::Refused, 1800), probe(ProbeOutcome::Ours, 5)]);
    assert_eq!(again, []);
}

#[test]
fn a_name_by_which_nobody_has_come_is_a_note() {
    let nobody = |e: &mut Evidence| {
        e.server.pages[0].from_outside_at = None;
        e.networks.remove(1);
    };
    let finding = one(nobody);
    assert_eq!(
        grade(&finding),
        (Fault::N1ForwardUnproven, Severity::Note, Culprit::OfficeRouter, Confidence::Low)
    );
    let with = |change: fn(&mut Evidence)| {
        faults(|e| {
            nobody(e);
            change(e);
        })
    };
    assert_eq!(with(|e| e.server.public_host = None), []);
    assert_eq!(with(|e| e.server.forward = vec![probe(ProbeOutcome::Ours, 5)]), []);
    assert_eq!(
        with(|e| e.server.pages[0].addresses = vec![ip("192.168.1.10")]),
        [],
        "a name for inside"
    );
    assert_eq!(
        with(|e| (e.server.pages, e.networks) = (Vec::new(), Vec::new())),
        [],
        "nobody has come at all"
    );
    assert_eq!(
        with(|e| e.networks[0].locality = Locality::Hairpin),
        [Fault::P1LanByRouter],
        "the router forwards, even so"
    );
}

#[test]
fn a_dead_stun_server_beside_another_one() {
    let finding = one(|e| e.server.stun.servers[1].state = StunState::Silent);
    assert_eq!(
        grade(&finding),
        (Fault::N2StunServerDead, Severity::Warning, Culprit::StunServer, Confidence::Medium)
    );
    assert_eq!(
        (finding.value(What::StunServer), finding.value(What::StunState)),
        (Some("stun.example.net:3478"), Some("silent"))
    );
    let name = one(|e| e.server.stun.servers[1].state = StunState::NoDns);
    assert_eq!((name.culprit, name.confidence), (Culprit::Configuration, Confidence::High));
    assert_eq!(faults(|e| e.server.stun.servers[1].state = StunState::Asking), []);
    let second_address = faults(|e| {
        let other = StunServer {
            address: Some(socket("[2001:db8::5]:3478")),
            state: StunState::NoRoute,
            ..e.server.stun.servers[0].clone()
        };
        e.server.stun.servers.push(other);
    });
    assert_eq!(second_address, [], "a name with an address of a family that we do not have");
    assert_eq!(faults(|e| e.server.stun.asks = false), []);
}

fn own_stun(state: StunState) -> StunServer {
    StunServer {
        trunk: Some("Main line".to_owned()),
        state,
        ..stun("stun.provider.example:3478", "203.0.113.7:8802")
    }
}

#[test]
fn a_dead_stun_server_of_a_provider_beside_others() {
    let finding = one(|e| e.server.stun.servers.push(own_stun(StunState::Silent)));
    assert_eq!(
        grade(&finding),
        (Fault::N3OwnStunDead, Severity::Warning, Culprit::Provider, Confidence::Medium)
    );
    assert_eq!(finding.subject, Subject::trunk("Main line"));
    let one_of_two = faults(|e| {
        e.server.stun.servers.push(own_stun(StunState::Silent));
        let second = own_stun(stun("", "203.0.113.7:8802").state);
        e.server.stun.servers.push(StunServer {
            name: "stun2.provider.example:3478".to_owned(),
            ..second
        });
    });
    assert_eq!(one_of_two, []);
}

#[test]
fn all_stun_servers_dead_is_one_finding() {
    for (state, fault) in [
        (StunState::Silent, Fault::RfStunSilent),
        (StunState::Refused, Fault::RfStunRefused),
        (StunState::NoRoute, Fault::RfStunNoRoute),
        (StunState::NoDns, Fault::RfStunNoDns),
    ] {
        let finding = one(|e| {
            e.server.stun.servers.push(own_stun(state));
            all_stun(e, state);
        });
        assert_eq!(
            (finding.fault, finding.severity, &finding.subject),
            (fault, Severity::Warning, &Subject::Server)
        );
    }
    let mixed = faults(|e| (e.server.stun.servers[0].state, e.server.stun.servers[1].state) = (StunState::NoDns, StunState::Silent));
    assert_eq!(mixed, [Fault::RfStunSilent], "what has been tried farthest tells more");
    let open = faults(|e| (e.server.stun.servers[0].state, e.server.stun.servers[1].state) = (StunState::Asking, StunState::Silent));
    assert_eq!(open, [], "one may still answer");
    let error =
        faults(|e| (e.server.stun.servers[0].state, e.server.stun.servers[1].state) = (StunState::Error { code: 400 }, StunState::Silent));
    assert_eq!(error, [Fault::N2StunServerDead], "packets do come through");
}

#[test]
fn two_signs_make_a_blocking_firewall_certain_and_one_server_none() {
    let two = one(|e| all_stun(e, StunState::Silent));
    assert_eq!((two.culprit, two.confidence), (Culprit::Firewall, Confidence::Medium));
    let blocked = one(|e| {
        all_stun(e, StunState::Silent);
        e.server.nat = vec![nat(Outcome::UdpBlocked)];
    });
    assert_eq!((blocked.culprit, blocked.confidence), (Culprit::Firewall, Confidence::High));
    let single = one(|e| {
        e.server.stun.servers.truncate(1);
        all_stun(e, StunState::Silent);
    });
    assert_eq!((single.culprit, single.confidence), (Culprit::Unknown, Confidence::Low));
}

fn cut_off(e: &mut Evidence) {
    all_stun(e, StunState::NoRoute);
    e.server.interfaces[0].gateway = None;
    e.trunks[0].state = TrunkState::Silent;
}

#[test]
fn no_way_to_the_internet_is_one_finding() {
    let finding = one(|e| {
        cut_off(e);
        e.server.forward = vec![probe(ProbeOutcome::SomebodyElse, 5)];
    });
    assert_eq!(
        grade(&finding),
        (Fault::RaNoRoute, Severity::Problem, Culprit::Configuration, Confidence::High)
    );
    let by_router = one(|e| {
        cut_off(e);
        e.server.interfaces[0].gateway = Some(ip("192.168.1.1"));
    });
    assert_eq!(
        (by_router.fault, by_router.culprit, by_router.confidence),
        (Fault::RaNoRoute, Culprit::OfficeRouter, Confidence::Medium)
    );
    let works = faults(|e| {
        cut_off(e);
        e.trunks[0].state = TrunkState::Up;
    });
    assert_eq!(works, [Fault::RfStunNoRoute], "the trunk's packets do get out");
    let lan_only = faults(|e| {
        e.server.interfaces[0].gateway = None;
        e.server.stun.asks = false;
        e.trunks.clear();
    });
    assert_eq!(lan_only, [], "nobody wants to go out");
    let with_tunnel = faults(|e| {
        cut_off(e);
        all_stun(e, StunState::NoDns);
        e.server.interfaces.push(interface("wg0", "10.8.0.1", InterfaceRole::Vpn, None));
    });
    assert_eq!(with_tunnel, [Fault::RaNoRoute], "a tunnel needs a way out itself");
    let line = faults(|e| {
        all_stun(e, StunState::NoDns);
        e.server.interfaces = vec![interface("ppp0", "203.0.113.7", InterfaceRole::Wan, None)];
        e.trunks.clear();
    });
    assert_eq!(line, [Fault::RfStunNoDns], "a line of its own has no gateway to name");
}

#[test]
fn a_carriers_address_takes_no_forwards() {
    let behind = |e: &mut Evidence| {
        e.server.interfaces = vec![interface("eth0", "100.72.1.9", InterfaceRole::Wan, Some("100.72.0.1"))];
        e.server.pages[0].from_outside_at = None;
        e.networks.remove(1);
    };
    let finding = one(behind);
    assert_eq!(
        grade(&finding),
        (Fault::RaCarrierNat, Severity::Problem, Culprit::Provider, Confidence::High)
    );
    let tunnel = faults(|e| {
        e.server
            .interfaces
            .push(interface("tailscale0", "100.72.1.9", InterfaceRole::Vpn, None));
    });
    assert_eq!(tunnel, []);
    let also_public = faults(|e| {
        e.server.interfaces.push(interface("eth1", "100.72.1.9", InterfaceRole::Wan, None));
        e.server.interfaces.push(interface("eth2", OTHER, InterfaceRole::Wan, None));
    });
    assert_eq!(also_public, []);
}

#[test]
fn stun_is_missing_only_where_it_is_needed() {
    let finding = one(|e| e.server.stun.servers.clear());
    assert_eq!(
        grade(&finding),
        (Fault::RdStunMissing, Severity::Warning, Culprit::Configuration, Confidence::High)
    );
    assert_eq!(faults(|e| e.server.stun = crate::evidence::Stun::default()), []);
    let own_is_enough = faults(|e| e.server.stun.servers = vec![own_stun(stun("", "203.0.113.7:8802").state)]);
    assert_eq!(own_is_enough, []);
}

/// STUN leaves by the second router, and so does what it tells trunks.
fn second_router(e: &mut Evidence) {
    for server in &mut e.server.stun.servers {
        server.state = StunState::Answering {
            public: socket("198.51.100.44:8802"),
            round_trip_ms: 20.0,
        };
    }
}

#[test]
fn stun_by_another_router_than_people_is_one_finding() {
    let finding = one(|e| {
        second_router(e);
        e.trunks[0].media_public = Some(ip(OTHER));
    });
    assert_eq!(
        grade(&finding),
        (
            Fault::RePublicAddressDiffers,
            Severity::Warning,
            Culprit::OfficeRouter,
            Confidence::High
        )
    );
    assert_eq!(
        (finding.value(What::StunAddress), finding.value(What::PageAddress)),
        (Some(OTHER), Some(PUBLIC))
    );
    let before = one(|e| {
        second_router(e);
        e.server.stun.servers.iter_mut().for_each(|server| server.since = NOW);
    });
    assert_eq!(before.confidence, Confidence::Medium, "the name may be out of date");
    let both_lead_in = faults(|e| {
        second_router(e);
        e.server.pages[0].addresses.push(ip(OTHER));
    });
    assert_eq!(both_lead_in, []);
    let unknown = faults(|e| {
        second_router(e);
        e.server.pages[0].addresses = vec![ip("192.168.1.10")];
    });
    assert_eq!(unknown, [], "what the name means inside says nothing");
}

#[test]
fn addresses_of_ipv6_differ_without_another_router() {
    let ipv6 = |seen: &'static str| {
        faults(move |e| {
            e.server.stun.servers[1].state = StunState::Answering {
                public: socket(seen),
                round_trip_ms: 9.0,
            };
            e.server.pages.push(Page {
                host: "pbx.example.com".to_owned(),
                addresses: vec![ip("2001:db8:7:1::10")],
                from_inside_at: None,
                from_outside_at: Some(ago(60)),
            });
        })
    };
    assert_eq!(ipv6("[2001:db8:7:1::abcd]:8802"), [], "a second address of the same host");
    assert_eq!(ipv6("[2001:db8:8:1::abcd]:8802"), [Fault::RePublicAddressDiffers]);
}

#[test]
fn a_trunk_that_leaves_by_another_router() {
    let finding = one(|e| e.trunks[0].received = Some(ip(OTHER)));
    assert_eq!(
        grade(&finding),
        (
            Fault::ReTrunkLeavesElsewhere,
            Severity::Warning,
            Culprit::OfficeRouter,
            Confidence::High
        )
    );
    let as_it_should_be = faults(|e| (e.trunks[0].received, e.trunks[0].media_public) = (Some(ip(OTHER)), Some(ip(OTHER))));
    assert_eq!(as_it_should_be, [], "a provider by a second router, whose address is told");
    assert_eq!(faults(|e| e.trunks[0].received = Some(ip("10.1.1.1"))), [], "a provider inside");
    assert_eq!(faults(|e| e.trunks[0].media_public = None), []);
}

#[test]
fn a_providers_stun_and_sip_by_different_routers() {
    let finding = one(|e| {
        e.server.stun.servers.push(own_stun(stun("", "203.0.113.7:8802").state));
        (e.trunks[0].has_own_stun, e.trunks[0].received) = (true, Some(ip(OTHER)));
    });
    assert_eq!(
        grade(&finding),
        (
            Fault::RiOwnStunElsewhere,
            Severity::Warning,
            Culprit::OfficeRouter,
            Confidence::High
        )
    );
    let both_by_second = faults(|e| {
        e.server.stun.servers.push(own_stun(stun("", "198.51.100.44:8802").state));
        (e.trunks[0].has_own_stun, e.trunks[0].received, e.trunks[0].media_public) = (true, Some(ip(OTHER)), Some(ip(OTHER)));
    });
    assert_eq!(both_by_second, []);
}

#[test]
fn a_symmetric_nat_of_the_office() {
    let finding = one(|e| e.server.nat = vec![nat(Outcome::Symmetric)]);
    assert_eq!(
        grade(&finding),
        (Fault::RgSymmetric, Severity::Warning, Culprit::OfficeRouter, Confidence::High)
    );
    let low = faults(|e| (e.server.nat[0].outcome, e.server.nat[0].confidence) = (Outcome::Symmetric, Confidence::Low));
    assert_eq!(low, [], "that is unknown, rather");
    assert_eq!(faults(|e| e.server.nat = vec![nat(Outcome::Unknown)]), []);
    let ports = |e: &mut Evidence| e.server.stun.servers[1] = stun("stun.example.net:3478", "203.0.113.7:40011");
    let by_ports = one(|e| {
        ports(e);
        e.server.nat = vec![nat(Outcome::Unknown)];
    });
    assert_eq!((by_ports.fault, by_ports.confidence), (Fault::RgSymmetric, Confidence::Medium));
    assert_eq!(by_ports.value(What::MappedPorts), Some("8802, 40011"));
    assert_eq!(
        faults(ports),
        [],
        "a look of its own has found otherwise: the mapping has just changed"
    );
    assert_eq!(found(second_router).len(), 1, "another address is no other port");
}
