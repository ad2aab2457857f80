use std::net::SocketAddr;

use super::*;
use crate::nat::{NatType, Outcome};

const HERE: &str = "192.168.1.2:5000";
const A1: &str = "198.51.100.10:3478";
const A1_OTHER_PORT: &str = "198.51.100.10:3479";
const A2: &str = "198.51.100.11:3478";
const A2_OTHER_PORT: &str = "198.51.100.11:3479";
const B: &str = "198.51.100.20:3478";
const M: &str = "203.0.113.1:5000";
const N: &str = "203.0.113.1:6000";
const O: &str = "203.0.113.1:7000";
const P: &str = "203.0.113.1:8000";
const OTHER_WAY: &str = "203.0.113.99:5000";
const GOOD: Count = Count { asked: 12, answered: 12 };
const NONE: Count = Count { asked: 12, answered: 0 };

fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// A destination that sees this, three times within half a second.
fn sees(address: &str, public: &str) -> Destination {
    Destination {
        count: Count { asked: 3, answered: 3 },
        local: Some(addr(HERE)),
        publics: vec![addr(public)],
        answered_at: Some((Duration::from_millis(50), Duration::from_millis(500))),
        round_trip: Some(Duration::from_millis(30)),
        ..Destination::new(addr(address), Origin::Named)
    }
}

/// One that has not answered.
fn silent(address: &str, reach: Reach) -> Destination {
    Destination {
        count: Count { asked: 17, answered: 0 },
        reach,
        ..Destination::new(addr(address), Origin::Named)
    }
}

fn from(destinations: impl Into<Vec<Destination>>) -> Verdict {
    verdict(&Evidence {
        destinations: destinations.into(),
        ..Evidence::default()
    })
}

#[test]
fn what_destinations_see_decides() {
    use Dependence::{AddressAndPortDependent, AddressDependent, EndpointIndependent, Unknown};
    let all_four = |[a, b, c, d]: [&str; 4]| vec![sees(A1, a), sees(A1_OTHER_PORT, b), sees(A2, c), sees(A2_OTHER_PORT, d)];
    let table = [
        (all_four([M, M, M, M]), Outcome::NotSymmetric, EndpointIndependent, Confidence::High),
        (all_four([M, M, N, N]), Outcome::Symmetric, AddressDependent, Confidence::High),
        (
            all_four([M, N, O, P]),
            Outcome::Symmetric,
            AddressAndPortDependent,
            Confidence::High,
        ),
        // Only further destinations get other ports: neither rule fits.
        (
            all_four([M, M, M, N]),
            Outcome::Symmetric,
            AddressAndPortDependent,
            Confidence::High,
        ),
        (
            vec![sees(A1, M), sees(B, M)],
            Outcome::NotSymmetric,
            EndpointIndependent,
            Confidence::Medium,
        ),
        (
            vec![sees(A1, M), sees(A2, M), sees(B, M)],
            Outcome::NotSymmetric,
            EndpointIndependent,
            Confidence::High,
        ),
        (vec![sees(A1, M), sees(B, N)], Outcome::Symmetric, Unknown, Confidence::High),
        (
            vec![sees(A1, M), sees(A2, M), sees(B, N)],
            Outcome::Symmetric,
            Unknown,
            Confidence::High,
        ),
        (vec![sees(A1, M)], Outcome::Unknown, Unknown, Confidence::Low),
        (
            vec![sees(A1, M), sees(A1_OTHER_PORT, M)],
            Outcome::Unknown,
            Unknown,
            Confidence::Low,
        ),
        (
            vec![sees(A1, M), sees(A1_OTHER_PORT, N)],
            Outcome::Symmetric,
            AddressAndPortDependent,
            Confidence::High,
        ),
        (vec![sees(A1, HERE)], Outcome::NotSymmetric, EndpointIndependent, Confidence::High),
        (vec![sees(A1, M), sees(B, OTHER_WAY)], Outcome::Unknown, Unknown, Confidence::Low),
        (
            vec![sees(A1, M), sees(A2, N), sees(B, OTHER_WAY)],
            Outcome::Symmetric,
            Unknown,
            Confidence::High,
        ),
        (vec![], Outcome::Unknown, Unknown, Confidence::Low),
    ];
    for (destinations, outcome, mapping, confidence) in table {
        let verdict = from(destinations.clone());
        assert_eq!(
            (verdict.outcome(), verdict.mapping, verdict.confidence),
            (outcome, mapping, confidence),
            "{destinations:#?}"
        );
        assert_eq!(verdict.filtering, Unknown, "nobody has tested it");
        assert_eq!(verdict.hairpin, None);
    }
}

#[test]
fn silence_is_called_blocked_only_when_several_hosts_or_tcp_say_so() {
    let table = [
        (vec![silent(A1, Reach::Unknown)], Reason::OnlyServerSilent, Confidence::Low),
        (
            vec![silent(A1, Reach::Unknown), silent(A1_OTHER_PORT, Reach::Unknown)],
            Reason::OnlyServerSilent,
            Confidence::Low,
        ),
        (
            vec![silent(A1, Reach::ByTcp)],
            Reason::AllSilent { servers: 1, by_tcp: true },
            Confidence::Low,
        ),
        (
            vec![silent(A1, Reach::Unknown), silent(B, Reach::Unknown)],
            Reason::AllSilent { servers: 2, by_tcp: false },
            Confidence::Low,
        ),
        (
            vec![silent(A1, Reach::ByTcp), silent(B, Reach::Unknown)],
            Reason::AllSilent { servers: 2, by_tcp: true },
            Confidence::High,
        ),
        (
            vec![silent(A1, Reach::Refused), silent(B, Reach::Unknown)],
            Reason::Refused,
            Confidence::Low,
        ),
        (
            vec![silent(A1, Reach::NoRoute), silent(B, Reach::NoRoute)],
            Reason::NoRoute,
            Confidence::Low,
        ),
        (
            vec![silent(A1, Reach::NoRoute), silent(B, Reach::Unknown)],
            Reason::OnlyServerSilent,
            Confidence::Low,
        ),
    ];
    for (destinations, reason, confidence) in table {
        let verdict = from(destinations);
        assert_eq!((verdict.reason, verdict.confidence), (reason, confidence));
        assert_eq!(
            verdict.outcome() == Outcome::UdpBlocked,
            matches!(reason, Reason::AllSilent { .. }),
            "{reason:?}"
        );
        assert!(verdict.public_addresses.is_empty() && verdict.port_preserved.is_none());
    }
    let asked_rarely = |address| Destination {
        count: Count {
            asked: TRIES_MIN - 1,
            answered: 0,
        },
        ..silent(address, Reach::Unknown)
    };
    assert_eq!(from([asked_rarely(A1), asked_rarely(B)]).reason, Reason::OnlyServerSilent);
}

#[test]
fn a_change_in_between_is_not_taken_for_a_symmetric_nat() {
    let later = |address, public| Destination {
        answered_at: Some((Duration::from_millis(501), Duration::from_millis(900))),
        ..sees(address, public)
    };
    assert_eq!(from([sees(A1, M), later(B, N)]).reason, Reason::Unsteady);
    let once = |address, public| Destination {
        count: Count { asked: 3, answered: 1 },
        ..sees(address, public)
    };
    assert_eq!(from([sees(A1, M), once(B, N)]).reason, Reason::Unsteady, "said once only");
    let wavering = |address| Destination {
        publics: vec![addr(M), addr(N)],
        ..sees(address, M)
    };
    assert_eq!(from([wavering(A1), wavering(B)]).reason, Reason::Unsteady);
    assert_eq!(from([wavering(A1), sees(A2, M), sees(B, M)]).reason, Reason::Unsteady);
}

#[test]
fn thin_or_altered_answers_lower_the_confidence() {
    let four = || [A1, A1_OTHER_PORT, A2, A2_OTHER_PORT].map(|address| sees(address, M));
    assert_eq!(from(four()).confidence, Confidence::High);
    let mut thin = four();
    thin[3].count.answered = 1;
    assert_eq!(from(thin).confidence, Confidence::Medium);
    let mut altered = four();
    altered[0].is_altered = true;
    let verdict = from(altered);
    assert!(verdict.is_altered && verdict.confidence == Confidence::Medium);
}

#[test]
fn ports_are_preserved_when_all_are() {
    assert_eq!(from([sees(A1, M), sees(B, M)]).port_preserved, Some(true));
    assert_eq!(from([sees(A1, N), sees(B, N)]).port_preserved, Some(false));
    assert_eq!(from([sees(A1, M), sees(B, N)]).port_preserved, Some(false));
    let verdict = from([sees(A1, M), sees(B, OTHER_WAY)]);
    assert_eq!(verdict.public_addresses, [addr(M).ip(), addr(OTHER_WAY).ip()]);
}

fn filtered(destinations: &[Destination], filter: FilterEvidence, control: Count) -> Verdict {
    verdict(&Evidence {
        destinations: destinations.to_vec(),
        filter: Some(filter),
        control,
        ..Evidence::default()
    })
}

#[test]
fn the_filter_is_named_when_answers_got_in_or_surely_did_not() {
    use Dependence::{AddressAndPortDependent, AddressDependent, EndpointIndependent, Unknown};
    let cone = [sees(A1, M), sees(A2, M)];
    let got_in = Count { asked: 2, answered: 1 };
    let bad = Count { asked: 12, answered: 6 };
    let table = [
        // other port, other address, control, proven, ignored
        (got_in, got_in, GOOD, true, false, EndpointIndependent),
        (NONE, got_in, bad, false, false, EndpointIndependent),
        (got_in, NONE, GOOD, true, false, AddressDependent),
        (got_in, NONE, bad, true, false, Unknown),
        (got_in, NONE, GOOD, false, false, Unknown),
        (NONE, NONE, GOOD, true, false, AddressAndPortDependent),
        (NONE, NONE, bad, true, false, Unknown),
        (NONE, NONE, GOOD, false, false, Unknown),
        (NONE, NONE, GOOD, true, true, Unknown),
    ];
    for (other_port, other_address, control, is_proven, is_ignored, filtering) in table {
        let filter = FilterEvidence {
            server: addr(A1),
            other_port,
            other_address,
            is_proven,
            is_ignored,
        };
        assert_eq!(
            filtered(&cone, filter.clone(), control).filtering,
            filtering,
            "{filter:?} {control:?}"
        );
    }
}

#[test]
fn behind_a_symmetric_nat_the_servers_word_is_taken_at_lower_confidence() {
    let symmetric = [sees(A1, M), sees(A1_OTHER_PORT, N), sees(A2, O)];
    let filter = FilterEvidence {
        other_port: NONE,
        other_address: NONE,
        ..FilterEvidence::new(addr(A1))
    };
    let verdict = filtered(&symmetric, filter, GOOD);
    assert_eq!(
        (verdict.filtering, verdict.confidence),
        (Dependence::AddressAndPortDependent, Confidence::Medium)
    );
}

#[test]
fn the_old_names_follow_from_outcome_and_filter() {
    use Dependence::{AddressAndPortDependent, AddressDependent, EndpointIndependent, Unknown};
    let alike = Reason::SeenAlike { destinations: 4 };
    let blocked = Reason::AllSilent { servers: 2, by_tcp: false };
    for (reason, filtering, nat_type) in [
        (Reason::NoNat, EndpointIndependent, NatType::OpenInternet),
        (Reason::NoNat, AddressDependent, NatType::SymmetricUdpFirewall),
        (Reason::NoNat, AddressAndPortDependent, NatType::SymmetricUdpFirewall),
        (Reason::NoNat, Unknown, NatType::NoNat),
        (alike, EndpointIndependent, NatType::FullCone),
        (alike, AddressDependent, NatType::AddressRestrictedCone),
        (alike, AddressAndPortDependent, NatType::PortRestrictedCone),
        (alike, Unknown, NatType::Cone),
        (Reason::SeenDifferently, EndpointIndependent, NatType::Symmetric),
        (blocked, Unknown, NatType::UdpBlocked),
        (Reason::OneDestination, EndpointIndependent, NatType::Unknown),
    ] {
        let verdict = Verdict {
            reason,
            filtering,
            ..from([])
        };
        assert_eq!(verdict.nat_type(), nat_type);
    }
}

#[test]
fn hairpinning_is_denied_only_when_it_could_have_worked() {
    let cone = [sees(A1, M), sees(A2, M)];
    let symmetric = [sees(A1, M), sees(A2, N)];
    let tried = |answered| Count { asked: 20, answered };
    for (destinations, hairpin, expected) in [
        (&cone, tried(1), Some(true)),
        (&cone, tried(0), Some(false)),
        (&cone, Count::default(), None),
        (&symmetric, tried(1), Some(true)),
        (&symmetric, tried(0), None),
    ] {
        let verdict = verdict(&Evidence {
            destinations: destinations.to_vec(),
            hairpin,
            control: GOOD,
            ..Evidence::default()
        });
        assert_eq!(verdict.hairpin, expected);
    }
}

#[test]
fn every_verdict_has_a_sentence_and_the_bad_ones_a_remedy() {
    let sentence = |destinations: &[Destination]| from(destinations.to_vec()).to_string();
    assert_eq!(
        sentence(&[sees(A1, M), sees(A2, M), sees(B, M)]),
        "No symmetric NAT: three destinations see the same address and port (203.0.113.1), so audio finds its way over UDP."
    );
    assert_eq!(
        sentence(&[sees(A1, M), sees(B, N)]),
        "Symmetric NAT: every destination sees another port (203.0.113.1), so audio between two such networks finds no way over UDP; let the \
         router keep the source ports 1024-65535 of outgoing UDP unchanged. Calls through farend use TCP 8802 meanwhile."
    );
    assert_eq!(
        sentence(&[silent(A1, Reach::ByTcp), silent(B, Reach::Unknown)]),
        "None of two STUN servers answers over UDP, though TCP gets there: UDP is blocked on the way, by a firewall or the provider. Calls \
         through farend use TCP 8802."
    );
    assert_eq!(sentence(&[sees(A1, HERE)]), "No NAT: this computer has the address 192.168.1.2.");
    let private = sentence(&[sees(A1, "100.64.3.4:5000"), sees(B, "100.64.3.4:5000")]);
    assert!(
        private.ends_with("the servers that were asked are not on the internet."),
        "{private}"
    );
    let mut altered = sees(A1, M);
    altered.is_altered = true;
    assert!(sentence(&[altered]).ends_with("switch off its SIP ALG."));
    for (destinations, remedy) in [
        (vec![], "--stun"),
        (vec![silent(A1, Reach::NoRoute)], "check its network"),
        (vec![silent(A1, Reach::Refused)], "check name and port"),
        (vec![silent(A1, Reach::Unknown)], "name a second one"),
        (vec![sees(A1, M)], "name a second STUN server"),
        (vec![sees(A1, M), sees(A1_OTHER_PORT, M)], "name a second STUN server"),
        (vec![sees(A1, M), sees(B, OTHER_WAY)], "203.0.113.1, 203.0.113.99"),
    ] {
        let sentence = sentence(&destinations);
        assert!(sentence.contains(remedy), "{sentence}");
    }
}
