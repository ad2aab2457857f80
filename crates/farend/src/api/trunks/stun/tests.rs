use std::time::Instant;

use model::TrunkId;
use switchboard::trunks::Server;

use super::*;
use crate::api::network::picture::Stun;
use crate::api::trunks::body;

const OWN: &str = "stun.example.com";
const SYSTEM: &str = "stun.example.net:3478";
const HERE: &str = "198.51.100.2";

fn server(name: &str, trunk: Option<&str>, state: StunState) -> StunServer {
    let is_answering = state == StunState::Answering;
    StunServer {
        name: name.to_owned(),
        trunk: trunk.map(ToOwned::to_owned),
        address: None,
        state,
        round_trip_ms: is_answering.then_some(12.5),
        public: is_answering.then(|| SocketAddr::new(HERE.parse().unwrap(), 41_000)),
        error: None,
    }
}

fn network(servers: Vec<StunServer>) -> Picture {
    Picture {
        stun: Stun {
            mode: StunMode::Automatic,
            asks: true,
            servers,
        },
        ..Picture::default()
    }
}

fn trunk(stun: Option<&str>) -> directory::Trunk {
    directory::Trunk {
        id: TrunkId(1),
        name: "First".to_owned(),
        stun: stun.map(|stun| stun.parse().unwrap()),
        ..body::blank().terms
    }
}

fn line(at: &str, seen_as: Option<&str>) -> LineReport {
    LineReport {
        state: LineState::Up {
            server: Server {
                transport: sip::Transport::Udp,
                address: SocketAddr::new(at.parse().unwrap(), 5060),
                name: "sip.example.com".to_owned(),
            },
            since: Instant::now(),
        },
        trouble: None,
        seen_as: seen_as.map(|ip| SocketAddr::new(ip.parse().unwrap(), 5060)),
    }
}

fn own(state: StunState) -> StunServer {
    server(OWN, Some("First"), state)
}

fn system(state: StunState) -> StunServer {
    server(SYSTEM, None, state)
}

#[test]
fn the_providers_own_server_goes_before_the_systems_as_long_as_it_answers() {
    use StunState::{Answering, Asking, Refusing, Silent, Unresolved, Unused};
    let others = || server("stun.example.org", Some("Second"), Answering);
    for (names, servers, (code, in_force, is_own, state)) in [
        (
            Some(OWN),
            vec![system(Answering), own(Answering)],
            (Code::Own, Some(OWN), true, Answering),
        ),
        (
            Some(OWN),
            vec![system(Answering), own(Asking)],
            (Code::Own, Some(OWN), true, Asking),
        ),
        (Some(OWN), vec![system(Answering)], (Code::Own, Some(OWN), true, Asking)),
        (
            Some(OWN),
            vec![own(Silent), own(Answering)],
            (Code::Own, Some(OWN), true, Answering),
        ),
        (
            Some(OWN),
            vec![system(Answering), own(Silent)],
            (Code::OwnSilent, Some(SYSTEM), false, Answering),
        ),
        (
            Some(OWN),
            vec![system(Answering), own(Refusing)],
            (Code::OwnSilent, Some(SYSTEM), false, Answering),
        ),
        (
            Some(OWN),
            vec![system(Answering), own(Unresolved)],
            (Code::OwnSilent, Some(SYSTEM), false, Answering),
        ),
        (
            Some(OWN),
            vec![system(Answering), own(Unused)],
            (Code::OwnSilent, Some(SYSTEM), false, Answering),
        ),
        (
            Some(OWN),
            vec![system(Silent), own(Silent)],
            (Code::OwnSilent, Some(OWN), true, Silent),
        ),
        (Some(OWN), vec![own(Silent)], (Code::OwnSilent, Some(OWN), true, Silent)),
        (
            Some(OWN),
            vec![own(Silent), others()],
            (Code::OwnSilent, Some("stun.example.org"), false, Answering),
        ),
        (None, vec![system(Answering)], (Code::System, Some(SYSTEM), false, Answering)),
        (None, vec![system(Silent), others()], (Code::System, Some(SYSTEM), false, Silent)),
        (None, vec![others()], (Code::System, Some("stun.example.org"), false, Answering)),
        (None, vec![], (Code::None, None, false, Unused)),
    ] {
        let said = format!("{names:?} {servers:?}");
        let told = StunInForce::of(&trunk(names), true, &[&line("203.0.113.60", Some(HERE))], &network(servers));
        assert_eq!(
            (told.code, told.server.as_deref(), told.own, told.state),
            (code, in_force, is_own, state),
            "{said}"
        );
        let public = (state == Answering).then(|| HERE.parse().unwrap());
        assert_eq!((told.public, told.round_trip_ms.is_some()), (public, public.is_some()), "{said}");
        assert!(told.text.ends_with('.') && told.text.matches(". ").count() == 0, "{}", told.text);
        assert!(names.is_none_or(|own| told.text.contains(own)), "{}", told.text);
    }
}

#[test]
fn sentences_say_which_server_is_in_force_and_why() {
    let told = |names, servers| StunInForce::of(&trunk(names), true, &[], &network(servers)).text;
    insta::assert_snapshot!(
        [
            told(Some(OWN), vec![own(StunState::Answering)]),
            told(Some(OWN), vec![own(StunState::Asking)]),
            told(Some(OWN), vec![own(StunState::Silent), system(StunState::Answering)]),
            told(Some(OWN), vec![own(StunState::Unresolved)]),
            told(None, vec![system(StunState::Answering)]),
            told(None, vec![system(StunState::Refusing)]),
            told(None, vec![own(StunState::Answering)]),
            told(None, vec![]),
        ]
        .join("\n"),
        @r"
    The provider's own STUN server stun.example.com is in force, because this trunk names it and it answers.
    The provider's own STUN server stun.example.com is being asked for the first time; until it answers, the system's count.
    The provider's own STUN server stun.example.com does not answer; the system's stun.example.net:3478 is used meanwhile.
    The provider's own STUN server stun.example.com has no address in DNS, and no other one answers: what was known last is used, as far as there is anything.
    The trunk names no STUN server, so the system's stun.example.net:3478 is in force.
    The trunk names no STUN server, so the system's stun.example.net:3478 is in force, but it answers with an error.
    The trunk names no STUN server, so stun.example.com of the trunk First is in force.
    No STUN server is known: write the provider's own, or name some in the configuration.
    "
    );
}

#[test]
fn a_provider_that_sees_us_elsewhere_is_told_of() {
    for (names, seen_as, code) in [
        (Some(OWN), Some("203.0.113.2"), Code::OwnElsewhere),
        (None, Some("203.0.113.2"), Code::Elsewhere),
        (Some(OWN), Some(HERE), Code::Own),
        (None, Some(HERE), Code::System),
        (None, None, Code::System),
        // A router in between has rewritten what the provider tells, or it is of the other family: that says nothing.
        (None, Some("192.168.10.10"), Code::System),
        (Some(OWN), Some("2001:db8::10"), Code::Own),
    ] {
        let servers = vec![system(StunState::Answering), own(StunState::Answering)];
        let told = StunInForce::of(&trunk(names), true, &[&line("203.0.113.60", seen_as)], &network(servers));
        assert_eq!(told.code, code, "{names:?} {seen_as:?}");
        let is_elsewhere = matches!(code, Code::Elsewhere | Code::OwnElsewhere);
        assert_eq!(
            told.text.contains("203.0.113.2 ") || told.text.contains("203.0.113.2:"),
            is_elsewhere,
            "{}",
            told.text
        );
        assert_eq!(told.text.contains(HERE), is_elsewhere, "{}", told.text);
    }
}

#[test]
fn nobody_has_to_be_asked_where_nothing_hides_us() {
    let servers = || vec![system(StunState::Unused), own(StunState::Unused)];
    for mode in [StunMode::Off, StunMode::Static, StunMode::Automatic] {
        let mut network = network(servers());
        (network.stun.mode, network.stun.asks) = (mode, false);
        let told = StunInForce::of(&trunk(Some(OWN)), true, &[], &network);
        assert_eq!(
            (told.code, told.server, told.state),
            (Code::NotNeeded, None, StunState::Unused),
            "{mode:?}"
        );
    }
    let answering = network(vec![system(StunState::Answering)]);
    for (at, code) in [
        (&["192.168.10.60"][..], Code::NotNeeded),
        (&["192.168.10.60", "203.0.113.60"], Code::System),
        (&[], Code::System),
    ] {
        let lines: Vec<LineReport> = at.iter().map(|at| line(at, None)).collect();
        let told = StunInForce::of(&trunk(None), true, &lines.iter().collect::<Vec<_>>(), &answering);
        assert_eq!(told.code, code, "{at:?}");
    }
    assert_eq!(StunInForce::of(&trunk(Some(OWN)), false, &[], &answering).code, Code::None);
}
