use std::time::Duration;

use doctor::alg::Sign;
use sip::Flow;
use sip::agent::Mirror;

use super::*;
use crate::api::network::picture::{PublicAddress, Stun};

const LOCAL: &str = "192.168.1.10";
const PUBLIC: &str = "198.51.100.2";

fn server(state: StunState) -> StunServer {
    StunServer {
        name: "stun.example.com:3478".to_owned(),
        trunk: None,
        address: None,
        state,
        round_trip_ms: None,
        public: None,
        error: None,
    }
}

/// What is known where STUN servers are asked.
fn network(public: Option<&str>, servers: &[StunState]) -> Picture {
    let mapped = public.map(|public| PublicAddress {
        local: LOCAL.parse().unwrap(),
        public: SocketAddr::new(public.parse().unwrap(), 41_000),
    });
    Picture {
        public_addresses: mapped.into_iter().collect(),
        stun: Stun {
            asks: true,
            servers: servers.iter().copied().map(server).collect(),
            ..Stun::default()
        },
        ..Picture::default()
    }
}

fn measure(transport: Transport, received: Option<&str>) -> LineMeasure {
    let flow = Flow {
        transport,
        local: SocketAddr::new(LOCAL.parse().unwrap(), 5060),
        peer: "203.0.113.5:5060".parse().unwrap(),
        connection: 0,
    };
    LineMeasure {
        flow,
        round_trip: Duration::from_millis(20),
        mirror: Mirror {
            sent_by: flow.local,
            sent_by_instead: None,
            received: received.map(|ip| ip.parse().unwrap()),
            rport: Some(5060),
            is_call_id_same: true,
        },
        contacts: None,
    }
}

#[test]
fn stun_is_told_as_it_stands() {
    let off = Picture::default();
    for (network, local, expected) in [
        (
            network(Some(PUBLIC), &[StunState::Answering]),
            Some(LOCAL),
            ("stun_mapped", StepState::Passed),
        ),
        (
            network(Some(PUBLIC), &[StunState::Answering]),
            None,
            ("stun_mapped", StepState::Passed),
        ),
        (
            network(Some(PUBLIC), &[StunState::Answering]),
            Some("192.168.2.10"),
            ("stun_elsewhere", StepState::Warning),
        ),
        (network(None, &[]), Some("198.51.100.9"), ("stun_not_needed", StepState::Passed)),
        (network(None, &[]), Some(LOCAL), ("stun_none", StepState::Warning)),
        (network(None, &[StunState::Silent]), Some(LOCAL), ("stun_silent", StepState::Failed)),
        (off, Some(LOCAL), ("stun_off", StepState::LeftOut)),
    ] {
        let judgement = stun(&network, local.map(|ip| ip.parse().unwrap()), None);
        assert_eq!((judgement.finding.code, judgement.state), expected, "{network:?}");
    }
}

#[test]
fn the_providers_own_stun_server_goes_before_the_systems() {
    let own = "stun.provider.example:3478";
    for (state, public, expected) in [
        (StunState::Answering, Some("198.51.100.3:41000"), ("stun_own", StepState::Passed)),
        (StunState::Silent, None, ("stun_own_silent", StepState::Warning)),
        (StunState::Refusing, None, ("stun_own_silent", StepState::Warning)),
        (StunState::Unresolved, None, ("stun_own_silent", StepState::Warning)),
        (StunState::Asking, None, ("stun_mapped", StepState::Passed)),
        (StunState::Unused, None, ("stun_mapped", StepState::Passed)),
    ] {
        let mut network = network(Some(PUBLIC), &[StunState::Answering]);
        network.stun.servers.push(StunServer {
            name: own.to_owned(),
            trunk: Some("Example Telecom".to_owned()),
            public: public.map(|public| public.parse().unwrap()),
            ..server(state)
        });
        let judgement = stun(&network, None, Some(&own.parse().unwrap()));
        assert_eq!((judgement.finding.code, judgement.state), expected, "{state:?}");
    }
}

#[test]
fn the_router_is_judged_by_the_worst_that_any_line_shows() {
    let network = network(Some(PUBLIC), &[StunState::Answering]);
    let (good, touched) = (measure(Transport::Udp, Some(PUBLIC)), measure(Transport::Udp, Some(LOCAL)));
    for (measures, expected) in [
        (vec![], ("router_unheard", StepState::LeftOut)),
        (vec![good.clone()], ("router_untouched", StepState::Passed)),
        (vec![measure(Transport::Tls, None)], ("router_encrypted", StepState::Passed)),
        (vec![touched.clone()], ("sip_alg", StepState::Warning)),
        (vec![good.clone(), touched.clone(), good], ("sip_alg", StepState::Warning)),
    ] {
        let judgement = router(&network, &measures);
        assert_eq!((judgement.finding.code, judgement.state), expected, "{measures:?}");
    }
    let values = router(&network, &[touched]).finding.values;
    for value in [("sent_by", "192.168.1.10:5060"), ("received", LOCAL), ("public", PUBLIC)] {
        assert!(values.contains(&(value.0, value.1.to_owned())), "{values:?}");
    }
}

#[test]
fn contacts_count_by_their_address() {
    let network = network(Some(PUBLIC), &[]);
    let listed = vec![
        "sip:4989123@198.51.100.2:41000;transport=tcp".to_owned(),
        "sip:4989123@example.com".to_owned(),
    ];
    let measure = LineMeasure {
        contacts: Some(("sip:4989123@192.168.1.10:5060".to_owned(), listed)),
        ..measure(Transport::Tcp, None)
    };
    let expected = Sign::Contact {
        listed: "198.51.100.2:41000".parse().unwrap(),
    };
    assert_eq!(verdict(&network, &measure), Verdict::Rewritten(expected));
}
