//! What is drawn, of companies as they are.

use std::net::{IpAddr, SocketAddr};

use super::*;
use crate::evidence::{
    Interface, InterfaceRole, Locality, MediaWay, Nat, Outcome, Page, Server, Stun, StunServer, StunState, Trunk, TrunkState, UserNetwork,
};
use crate::finding::{Confidence, Culprit, Fault, Subject, What};

const NOW: UnixMs = UnixMs(1_800_000_000_000);

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn interface(name: &str, address: &str, role: InterfaceRole, gateway: Option<&str>) -> Interface {
    Interface {
        name: name.to_owned(),
        address: ip(address),
        role,
        gateway: gateway.map(ip),
    }
}

fn stun(name: &str, trunk: Option<&str>, state: StunState) -> StunServer {
    StunServer {
        name: name.to_owned(),
        trunk: trunk.map(str::to_owned),
        address: Some(at("203.0.113.10:3478")),
        state,
        since: NOW,
    }
}

fn answering(public: &str) -> StunState {
    StunState::Answering {
        public: at(public),
        round_trip_ms: 12.4,
    }
}

fn person(name: &str, extension: &str, locality: Locality, address: &str, way: Option<(MediaWay, f32)>) -> UserNetwork {
    UserNetwork {
        extension: extension.to_owned(),
        name: name.to_owned(),
        address: Some(ip(address)),
        locality,
        seen_at: UnixMs(NOW.0 - i64::from(address.len() as u32)),
        way: way.map(|(way, _)| way),
        round_trip_ms: way.map(|(_, ms)| ms),
        ..UserNetwork::default()
    }
}

/// One router, three people, a provider.
fn company() -> Evidence {
    Evidence {
        taken_at: NOW,
        server: Server {
            tcp_port: 8802,
            udp_port: 8802,
            public_host: Some("telefon.firma.example".to_owned()),
            interfaces: vec![interface("eth0", "192.168.1.10", InterfaceRole::Lan, Some("192.168.1.1"))],
            stun: Stun {
                mode: "automatic".to_owned(),
                asks: true,
                servers: vec![
                    stun("stun.one.example:3478", None, answering("198.51.100.1:8802")),
                    stun("stun.two.example:3478", None, answering("198.51.100.1:8802")),
                ],
            },
            nat: vec![Nat {
                is_ipv6: false,
                outcome: Outcome::NotSymmetric,
                public_addresses: vec![ip("198.51.100.1")],
                port_preserved: Some(true),
                confidence: Confidence::High,
                is_altered: false,
                hairpin: None,
                lifetime_less_than_s: None,
                at: NOW,
            }],
            pages: vec![Page {
                host: "telefon.firma.example".to_owned(),
                addresses: vec![ip("198.51.100.1")],
                from_inside_at: Some(NOW),
                from_outside_at: Some(NOW),
            }],
            ..Server::default()
        },
        trunks: vec![Trunk {
            name: "sipgate".to_owned(),
            state: TrunkState::Up,
            server: Some(at("203.0.113.60:5060")),
            received: Some(ip("198.51.100.1")),
            ..Trunk::default()
        }],
        networks: vec![
            person("Anna", "101", Locality::Lan, "192.168.1.101", None),
            person("Ben", "102", Locality::Internet, "203.0.114.7", Some((MediaWay::Udp, 23.0))),
            person("Cleo", "103", Locality::Vpn, "10.8.0.3", Some((MediaWay::Udp, 41.0))),
        ],
        ..Evidence::default()
    }
}

/// STUN leaves by router 2.
fn two_routers() -> (Evidence, Vec<Finding>) {
    let mut evidence = company();
    for server in &mut evidence.server.stun.servers {
        server.state = answering("198.51.100.2:8802");
    }
    evidence.server.nat[0].public_addresses = vec![ip("198.51.100.2")];
    let finding = Finding::new(
        Fault::RePublicAddressDiffers,
        Subject::Server,
        Severity::Problem,
        Culprit::OfficeRouter,
        Confidence::High,
    )
    .with(What::StunAddress, "198.51.100.2", Some(NOW))
    .with(What::PageAddress, "198.51.100.1", Some(NOW));
    (evidence, vec![finding])
}

/// With sentences that no other module changes.
fn plan(evidence: &Evidence, findings: &[Finding], language: Language) -> Plan {
    let mut plan = Plan::of(evidence, findings, language);
    for remark in &mut plan.remarks {
        remark.sentence =
            "STUN servers are reached by router 198.51.100.2, but people come in by 198.51.100.1: so the address that is told for audio \
                           is wrong."
                .to_owned();
    }
    plan
}

/// Every box is apart from every other, and every text within its box.
fn is_tidy(plan: &Plan) {
    let layout = layout::Layout::of(plan);
    let placed: Vec<_> = layout.placed.values().collect();
    for (index, a) in placed.iter().enumerate() {
        for b in &placed[index + 1..] {
            let is_apart = a.right() <= b.x || b.right() <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
            assert!(is_apart, "{:?} and {:?} overlap", a.label, b.label);
        }
        assert!(
            a.right() <= layout::PAGE_WIDTH && a.y + a.height <= layout.bottom + 1.0,
            "{:?} is outside",
            a.label
        );
        if a.width > layout::BAR.width {
            let texts = a.label.iter().map(|line| text::width(line, layout::LABEL, true));
            let texts = texts.chain(a.lines.iter().map(|line| text::width(line, layout::LINE, false)));
            assert!(
                texts.fold(0.0, f32::max) <= a.width - layout::PAD,
                "{:?} is wider than its box",
                a.label
            );
            assert!(
                a.baselines().fold(0.0, f32::max) < a.y + a.height,
                "{:?} is higher than its box",
                a.label
            );
        }
    }
}

fn culprits(plan: &Plan) -> Vec<&str> {
    plan.nodes
        .iter()
        .filter(|node| node.is_culprit)
        .map(|node| node.id.as_str())
        .collect()
}

#[test]
fn a_healthy_company_with_one_router_is_drawn() {
    let plan = plan(&company(), &[], Language::English);
    is_tidy(&plan);
    assert!(culprits(&plan).is_empty() && plan.edges.iter().all(|edge| !edge.is_culprit));
    insta::assert_snapshot!("one_router_svg", plan.svg());
    insta::assert_snapshot!("one_router_markdown", plan.markdown());
}

#[test]
fn of_two_routers_that_by_which_stun_leaves_is_red() {
    let (evidence, findings) = two_routers();
    let plan = plan(&evidence, &findings, Language::German);
    is_tidy(&plan);
    assert_eq!(culprits(&plan), ["router-198.51.100.2"]);
    insta::assert_snapshot!("two_routers_svg", plan.svg());
    insta::assert_snapshot!("two_routers_markdown", plan.markdown());
}

#[test]
fn a_provider_by_the_wan_interface_is_drawn_past_the_router() {
    let mut evidence = company();
    let wan = interface("eth1", "192.0.2.77", InterfaceRole::Wan, None);
    evidence.server.interfaces.push(wan);
    evidence.trunks[0].received = Some(ip("192.0.2.77"));
    let plan = plan(&evidence, &[], Language::English);
    is_tidy(&plan);
    let leads_out = |edge: &&Edge| edge.from == "server" && edge.to == "internet";
    assert_eq!(
        plan.edges.iter().find(leads_out).map(|edge| edge.label.as_str()),
        Some("eth1 192.0.2.77")
    );
    assert_eq!(
        plan.nodes.iter().filter(|node| node.kind == NodeKind::Router).count(),
        1,
        "our own address is no router"
    );
    insta::assert_snapshot!("trunk_by_wan_svg", plan.svg());
}

/// Forty homes, of which the last has a symmetric NAT.
fn forty_homes() -> (Evidence, Vec<Finding>) {
    let mut evidence = company();
    for home in 1..=40_u32 {
        let extension = (200 + home).to_string();
        let address = format!("203.0.115.{home}");
        let way = Some(if home.is_multiple_of(3) {
            (MediaWay::Tcp, 80.0)
        } else {
            (MediaWay::Udp, 20.0)
        });
        let name = format!("Home worker number {home}");
        evidence.networks.push(person(&name, &extension, Locality::Internet, &address, way));
    }
    let subject = Subject::network(evidence.networks.last().unwrap());
    let finding = Finding::new(Fault::RjSymmetric, subject, Severity::Note, Culprit::HomeRouter, Confidence::High);
    (evidence, vec![finding])
}

#[test]
fn of_forty_homes_those_with_findings_come_first_and_the_rest_is_counted() {
    let (evidence, findings) = forty_homes();
    let mut plan = Plan::of(&evidence, &findings, Language::English);
    plan.remarks[0].sentence = "The router at Home worker number 40's is a symmetric NAT; audio goes over TCP 8802.".to_owned();
    is_tidy(&plan);
    let homes: Vec<&Node> = plan.nodes.iter().filter(|node| node.kind == NodeKind::Network).collect();
    assert_eq!(homes.len(), NETWORKS_MAX + 1);
    assert!(homes[0].is_culprit && homes[0].lines.contains(&"symmetric NAT (RFC 3489)".to_owned()));
    assert_eq!(homes[NETWORKS_MAX].label, "and 29 more networks");
    insta::assert_snapshot!("forty_homes_svg", plan.svg());
}

#[test]
fn before_anything_is_known_the_plan_says_so() {
    let plan = plan(&Evidence::default(), &[], Language::English);
    is_tidy(&plan);
    assert!(!plan.svg().contains("Nothing is known to be wrong"));
    insta::assert_snapshot!("nothing_known_svg", plan.svg());
    insta::assert_snapshot!("nothing_known_markdown", plan.markdown());
}

#[test]
fn names_can_neither_break_out_of_the_picture_nor_of_the_table() {
    let mut evidence = company();
    let hostile = "</text><script>alert('1')</script>\"&|\n**x**\u{0}\u{202e}".to_owned() + &"w".repeat(400);
    evidence.networks[1].name.clone_from(&hostile);
    evidence.networks[0].name.clone_from(&hostile);
    evidence.trunks[0].name.clone_from(&hostile);
    evidence.server.stun.servers[0].name.clone_from(&hostile);
    evidence.server.public_host = Some(hostile.clone());
    evidence.server.interfaces[0].name = hostile;
    let plan = plan(&evidence, &two_routers().1, Language::English);
    is_tidy(&plan);
    let svg = plan.svg();
    assert!(!svg.contains("<script") && !svg.contains('\u{0}') && !svg.contains('\u{202e}'));
    assert_eq!(
        svg.matches('<').count(),
        svg.matches('>').count() - STYLE_ARROWS,
        "every bracket is of ours"
    );
    let markdown = plan.markdown();
    let rows = markdown.lines().filter(|line| line.starts_with("| "));
    assert!(
        rows.clone().count() > 6 && rows.into_iter().all(|row| row.replace("\\|", "").matches('|').count() == 4),
        "{markdown}"
    );
    assert!(!markdown.contains("<script"));
}

/// The style has no selector with `>`.
const STYLE_ARROWS: usize = 0;

#[test]
fn many_of_everything_stay_apart_and_are_counted() {
    let (mut evidence, findings) = forty_homes();
    for number in 0..30 {
        let name = format!("stun{number}.example:3478");
        evidence.server.stun.servers.push(stun(&name, None, StunState::Silent));
        let name = format!("provider{number}");
        evidence.trunks.push(Trunk {
            received: Some(ip(&format!("198.51.100.{}", 100 + number))),
            name,
            ..Trunk::default()
        });
        let name = format!("eth{number}");
        evidence
            .server
            .interfaces
            .push(interface(&name, "192.168.7.7", InterfaceRole::Lan, None));
    }
    let plan = plan(&evidence, &findings, Language::German);
    is_tidy(&plan);
    let count = |kind| plan.nodes.iter().filter(|node| node.kind == kind).count();
    assert_eq!(count(NodeKind::StunServer), SERVERS_MAX + 1);
    assert_eq!(count(NodeKind::Trunk), SERVERS_MAX + 1);
    assert_eq!(count(NodeKind::Router), ROUTERS_MAX);
}

#[test]
fn each_culprit_is_found_in_the_plan() {
    let evidence = company();
    let network = Subject::network(&evidence.networks[1]);
    for (culprit, subject, expected) in [
        (Culprit::OfficeRouter, Subject::Server, Some("router-198.51.100.1")),
        (Culprit::Firewall, Subject::Server, Some("router-198.51.100.1")),
        (Culprit::Firewall, network.clone(), Some("network-203.0.114.7")),
        (Culprit::Provider, Subject::trunk("sipgate"), Some("trunk-sipgate")),
        (Culprit::HomeRouter, network.clone(), Some("network-203.0.114.7")),
        (Culprit::Computer, network, Some("network-203.0.114.7")),
        (Culprit::Headset, Subject::network(&evidence.networks[0]), Some("office")),
        (Culprit::Configuration, Subject::Server, Some("server")),
        (Culprit::Nobody, Subject::Server, None),
        (Culprit::Unknown, Subject::Server, None),
    ] {
        let finding = Finding::new(Fault::RgCallLost, subject.clone(), Severity::Problem, culprit, Confidence::High);
        let plan = Plan::of(&evidence, &[finding], Language::English);
        assert_eq!(culprits(&plan), expected.into_iter().collect::<Vec<_>>(), "{culprit:?} {subject:?}");
    }
    let finding = Finding::new(
        Fault::N2StunServerDead,
        Subject::Server,
        Severity::Note,
        Culprit::StunServer,
        Confidence::High,
    )
    .with(What::StunServer, "stun.two.example:3478", None);
    let plan = Plan::of(&evidence, &[finding], Language::English);
    assert_eq!(culprits(&plan), ["stun-stun.two.example:3478"]);
}
