//! Whatever the evidence is, it is judged, and always alike.

use std::net::{IpAddr, SocketAddr};

use proptest::prelude::*;
use proptest::sample::select;

use super::company::{self, NOW, company};
use crate::evidence::{
    CandidateKind, Evidence, HeadsetState, InterfaceRole, Locality, MediaWay, Microphone, Outcome, PeerKind, Permission, PhoneTransport,
    ProbeOutcome, Protocol, Stage, StunState, TrunkState, UnixMs, Way,
};
use crate::finding::{Confidence, Fault};
use crate::rules::diagnose;

fn to(change: impl Fn(&mut Evidence) + 'static) -> Change {
    Change(Box::new(change))
}

fn address() -> impl Strategy<Value = IpAddr> {
    let known = [
        "203.0.113.7",
        "192.0.2.33",
        "192.168.1.10",
        "100.64.0.1",
        "198.51.100.44",
        "2001:db8:7::1",
        "fd00::1",
        "0.0.0.0",
    ];
    prop_oneof![
        select(known.map(company::ip).to_vec()),
        any::<[u8; 4]>().prop_map(IpAddr::from),
        any::<[u8; 16]>().prop_map(IpAddr::from)
    ]
}

fn socket() -> impl Strategy<Value = SocketAddr> {
    (address(), any::<u16>()).prop_map(SocketAddr::from)
}

fn moment() -> impl Strategy<Value = UnixMs> {
    prop_oneof![
        (-200_000_000_i64..2_000_000).prop_map(|past| UnixMs(NOW.0 + past)),
        any::<i64>().prop_map(UnixMs)
    ]
}

fn figure() -> impl Strategy<Value = f32> {
    prop_oneof![-1.0_f32..1_000.0, select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY])]
}

fn stun_state() -> impl Strategy<Value = StunState> {
    prop_oneof![
        socket().prop_map(|public| StunState::Answering {
            public,
            round_trip_ms: 1.0
        }),
        select(vec![
            StunState::Asking,
            StunState::Silent,
            StunState::Refused,
            StunState::Error { code: 500 },
            StunState::NoRoute,
            StunState::NoDns,
            StunState::Unused
        ]),
    ]
}

/// One change of a company, anywhere in it.
fn change() -> impl Strategy<Value = Change> {
    prop_oneof![server(), outside(), person(), check(), call()]
}

struct Change(Box<dyn Fn(&mut Evidence)>);

impl std::fmt::Debug for Change {
    /// By what it does to a healthy company.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut evidence = company();
        (self.0)(&mut evidence);
        let all = |evidence: &Evidence| format!("{evidence:#?}").lines().map(str::to_owned).collect::<Vec<_>>();
        let before = all(&company());
        let new: Vec<String> = all(&evidence).into_iter().filter(|line| !before.contains(line)).collect();
        f.write_str(&new.join(" "))
    }
}

fn server() -> impl Strategy<Value = Change> {
    let roles = select(vec![
        InterfaceRole::Lan,
        InterfaceRole::Wan,
        InterfaceRole::Vpn,
        InterfaceRole::Virtual,
    ]);
    let outcomes = select(vec![
        Outcome::NotSymmetric,
        Outcome::Symmetric,
        Outcome::UdpBlocked,
        Outcome::Unknown,
    ]);
    let confidences = select(vec![Confidence::Low, Confidence::Medium, Confidence::High]);
    (any::<(u8, bool, i64)>(), roles, outcomes, confidences, stun_state(), moment()).prop_map(
        |((kind, is, number), role, outcome, confidence, state, at)| -> Change {
            match kind % 9 {
                0 => to(move |e: &mut Evidence| e.server.interfaces[0].role = role),
                1 => to(move |e: &mut Evidence| e.server.interfaces[0].gateway = None),
                2 => to(move |e: &mut Evidence| {
                    (e.server.nat[0].outcome, e.server.nat[0].confidence, e.server.nat[0].is_altered) = (outcome, confidence, is);
                }),
                3 => to(move |e: &mut Evidence| e.server.stun.servers[usize::from(is)].state = state),
                4 => to(move |e: &mut Evidence| e.server.stun.servers.iter_mut().for_each(|server| server.state = state)),
                5 => to(move |e: &mut Evidence| e.server.clock_ahead_ms = Some(number)),
                6 => to(move |e: &mut Evidence| {
                    (
                        e.server.certificate.as_mut().unwrap().not_after,
                        e.server.certificate.as_mut().unwrap().is_self_signed,
                    ) = (at, is);
                }),
                7 => to(move |e: &mut Evidence| e.server.pages[0].from_outside_at = is.then_some(at)),
                _ => to(move |e: &mut Evidence| (e.taken_at, e.server.stun.asks) = (at, is)),
            }
        },
    )
}

fn outside() -> impl Strategy<Value = Change> {
    let probes = select(vec![
        ProbeOutcome::Ours,
        ProbeOutcome::SomebodyElse,
        ProbeOutcome::Refused,
        ProbeOutcome::Silent,
    ]);
    let states = select(vec![
        TrunkState::Up,
        TrunkState::NoDns,
        TrunkState::Silent,
        TrunkState::Rejected,
        TrunkState::Unknown,
    ]);
    (any::<(u8, bool)>(), probes, states, socket(), address(), moment()).prop_map(
        |((kind, is), outcome, state, socket, ip, at)| -> Change {
            match kind % 6 {
                0 => to(move |e: &mut Evidence| {
                    e.server.forward.push(crate::evidence::ForwardProbe {
                        address: socket,
                        outcome,
                        at,
                    });
                }),
                1 => to(move |e: &mut Evidence| (e.trunks[0].state, e.trunks[0].has_own_stun) = (state, is)),
                2 => to(move |e: &mut Evidence| (e.trunks[0].received, e.trunks[0].is_rewritten) = (Some(ip), Some(is))),
                3 => to(move |e: &mut Evidence| e.trunks[0].media_public = Some(ip)),
                4 => to(move |e: &mut Evidence| e.server.pages[0].addresses = vec![ip]),
                _ => to(move |e: &mut Evidence| e.server.arrivals[0].local = ip),
            }
        },
    )
}

fn person() -> impl Strategy<Value = Change> {
    let localities = select(vec![
        Locality::Unknown,
        Locality::Lan,
        Locality::Vpn,
        Locality::Hairpin,
        Locality::Internet,
    ]);
    let ways = select(vec![
        None,
        Some(MediaWay::Udp),
        Some(MediaWay::Tcp),
        Some(MediaWay::Relay),
        Some(MediaWay::Rtp),
    ]);
    let transports = select(vec![
        None,
        Some(PhoneTransport::Udp),
        Some(PhoneTransport::Tcp),
        Some(PhoneTransport::Tls),
    ]);
    (
        any::<(u8, bool, u64)>(),
        localities,
        ways,
        transports,
        address(),
        moment(),
        figure(),
    )
        .prop_map(|((kind, is, number), locality, way, transport, ip, at, figure)| -> Change {
            let which = usize::from(is);
            match kind % 6 {
                0 => to(move |e: &mut Evidence| (e.networks[which].locality, e.networks[which].seen_at) = (locality, at)),
                1 => to(move |e: &mut Evidence| {
                    (e.networks[which].way, e.networks[which].round_trip_ms, e.networks[which].check) = (way, Some(figure), None);
                }),
                2 => to(move |e: &mut Evidence| (e.phones[which].transport, e.phones[which].since) = (transport, at)),
                3 => to(move |e: &mut Evidence| {
                    (e.phones[which].address, e.phones[which].is_outside, e.phones[which].unanswered_ms) = (Some(ip), true, Some(number));
                }),
                4 => to(move |e: &mut Evidence| e.people[which].mobile_has_route = Some(false)),
                _ => to(move |e: &mut Evidence| (e.phones[which].is_stuck, e.phones[which].is_rewritten) = (true, Some(is))),
            }
        })
}

fn check() -> impl Strategy<Value = Change> {
    let permissions = select(vec![
        Permission::Granted,
        Permission::Denied,
        Permission::Unanswered,
        Permission::Blocked,
    ]);
    let kinds = select(vec![CandidateKind::Host, CandidateKind::ServerReflexive, CandidateKind::Relay]);
    let networks = select(vec![None, Some("vpn".to_owned()), Some("wifi".to_owned())]);
    (
        any::<(u8, bool, i8)>(),
        permissions,
        kinds,
        networks,
        socket(),
        socket(),
        figure(),
        moment(),
    )
        .prop_map(
            |((kind, is, level), permission, candidate, network, seen, related, figure, at)| -> Change {
                to(move |e: &mut Evidence| {
                    let Some(check) = e.networks[usize::from(is)].check.as_mut() else {
                        return;
                    };
                    match kind % 7 {
                        0 => check.permission = Some(permission),
                        1 => check.microphone.as_mut().unwrap().peak_dbfs = Some(level),
                        2 => {
                            let mut new = company::reflexive("192.0.2.33", seen.port(), usize::from(kind) % 3);
                            (new.kind, new.network, new.address) = (candidate, network.clone(), Some(seen.ip()));
                            new.related = Some(related).filter(|_| level > 0);
                            new.protocol = if level % 5 == 0 { Protocol::Tcp } else { Protocol::Udp };
                            check.gathering.as_mut().unwrap().candidates.push(new);
                        }
                        3 => check.gathering.as_mut().unwrap().candidates.clear(),
                        4 => check.ways[usize::from(kind) % 3] = company::closed(Way::Tcp),
                        5 => check.ways[usize::from(kind) % 3]
                            .echo
                            .as_mut()
                            .into_iter()
                            .for_each(|echo| (echo.loss_there_percent, echo.round_trip_ms) = (figure, figure)),
                        _ => (check.at, check.headset.as_mut().unwrap().state) = (at, HeadsetState::Silent),
                    }
                })
            },
        )
}

fn call() -> impl Strategy<Value = Change> {
    let stages = select(vec![
        Stage::Microphone,
        Stage::Sender,
        Stage::SilentAudio,
        Stage::NetworkIn,
        Stage::WrongAddress,
        Stage::Decryption,
        Stage::Decoding,
        Stage::NetworkOut,
        Stage::Output,
    ]);
    let kinds = select(vec![PeerKind::Browser, PeerKind::Phone, PeerKind::Trunk]);
    (
        any::<bool>(),
        stages,
        kinds,
        0_u64..4,
        proptest::option::of(0_u64..4),
        moment(),
        proptest::option::of(moment()),
    )
        .prop_map(|(is, stage, kind, from, hearer, since, until)| -> Change {
            to(move |e: &mut Evidence| {
                let mut trouble = company::trouble(from, hearer, stage);
                (trouble.since, trouble.until) = (since, until);
                let call = &mut e.calls[0];
                call.troubles.push(trouble);
                call.legs[usize::from(is)].kind = kind;
                call.legs[usize::from(is)].trunk = is.then(|| "Main line".to_owned());
                call.legs[0].browser = Some(crate::evidence::BrowserSide {
                    microphone: Microphone::Zero,
                    is_held: is,
                    ..Default::default()
                });
                call.ended_at = until.filter(|_| is);
            })
        })
}

proptest! {
    #[test]
    fn any_evidence_is_judged_and_always_alike(changes in proptest::collection::vec(change(), 0..14)) {
        let mut evidence = company();
        changes.iter().for_each(|change| (change.0)(&mut evidence));
        let findings = diagnose(&evidence);
        prop_assert_eq!(&findings, &diagnose(&evidence.clone()));
        for (index, finding) in findings.iter().enumerate() {
            prop_assert!(findings[..index].iter().all(|other| !other.is_same(finding)), "told of twice: {finding:?}");
            prop_assert!(index == 0 || findings[index - 1].severity >= finding.severity);
            let needs_none = finding.fault == Fault::RdStunMissing || finding.fault == Fault::RaNoRoute;
            prop_assert!(needs_none || !finding.evidence.is_empty(), "no evidence: {finding:?}");
            for language in model::Language::ALL {
                let explained = crate::words::explain(finding, language);
                prop_assert!(explained.sentence.chars().count() <= 240, "{}", explained.sentence);
            }
        }
    }

    #[test]
    fn the_order_of_what_was_seen_does_not_matter(changes in proptest::collection::vec(change(), 0..8)) {
        let mut evidence = company();
        changes.iter().for_each(|change| (change.0)(&mut evidence));
        let key = |evidence: &Evidence| diagnose(evidence).iter().map(|f| (f.fault, f.subject.clone(), f.severity)).collect::<Vec<_>>();
        let before = key(&evidence);
        evidence.networks.reverse();
        evidence.phones.reverse();
        evidence.people.reverse();
        evidence.server.stun.servers.reverse();
        prop_assert_eq!(before, key(&evidence));
    }
}
