//! Registering at a provider: series, what the registrar says, and where it saw us.

use std::time::Duration;

use sip::agent::{Agent, Event, Mirror, OutgoingRequest, SERIES_MAX, SeriesId};
use sip::message::Registration;

use crate::trunk::{credentials, register, serve};
use crate::world::{ANNA, BEN, Network, World, config, number_of, response_to, udp, values};

const SECOND: Duration = Duration::from_secs(1);

fn registration(series: SeriesId, password: &str) -> OutgoingRequest {
    OutgoingRequest {
        series: Some(series),
        ..register(password)
    }
}

/// Registers, and gives the final status with every REGISTER that it took.
fn renew(world: &mut World, series: SeriesId, password: &str) -> (u16, Vec<String>) {
    world.sent.clear();
    world.tell(ANNA, |agent, now| agent.request(registration(series, password), now));
    let status = serve(world);
    let ours = world.sent.iter().filter(|(_, message)| message.starts_with("REGISTER"));
    (status, ours.map(|(_, message)| message.clone()).collect())
}

/// What all requests of a series share.
fn conversation(request: &str) -> (String, String) {
    (values(request, "Call-ID")[0].to_owned(), values(request, "From")[0].to_owned())
}

fn close(world: &mut World, series: SeriesId) {
    world.tell(ANNA, |agent, _| agent.close_series(series));
}

#[test]
fn refreshes_are_one_conversation_and_take_one_round_trip() {
    let mut world = World::new(1, Network::GOOD);
    let series = world.agents[ANNA].open_series();
    let mut all = Vec::new();
    for round in 0..4 {
        let (status, requests) = renew(&mut world, series, "secret");
        assert_eq!((status, requests.len()), (200, if round == 0 { 2 } else { 1 }));
        all.extend(requests);
        world.run(100 * SECOND);
    }
    let first = conversation(&all[0]);
    assert!(all.iter().all(|request| conversation(request) == first), "{all:?}");
    let numbers: Vec<_> = all.iter().map(|request| number_of(request)).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    for (request, count) in all[1..].iter().zip(1..) {
        assert!(
            values(request, "Authorization")[0].contains(&format!("nc={count:08x}")),
            "{request}"
        );
    }
    close(&mut world, series);
    world.assert_nothing_left();
}

#[test]
fn requests_that_stand_alone_share_nothing() {
    let mut world = World::new(1, Network::GOOD);
    for _ in 0..2 {
        world.tell(ANNA, |agent, now| agent.request(register("secret"), now));
        assert_eq!(serve(&mut world), 200);
    }
    let sent: Vec<_> = world.sent.iter().filter(|(_, message)| message.starts_with("REGISTER")).collect();
    assert_eq!(sent.len(), 4);
    assert_ne!(conversation(&sent[0].1), conversation(&sent[2].1));
    assert_eq!((number_of(&sent[2].1), number_of(&sent[3].1)), (1, 2));
    world.assert_nothing_left();
}

#[test]
fn a_registrar_that_starts_anew_costs_one_challenge() {
    let mut world = World::new(1, Network::GOOD);
    let series = world.agents[ANNA].open_series();
    renew(&mut world, series, "secret");
    world.agents[BEN] = Agent::new(config(), [9; 32], world.now);
    let (status, requests) = renew(&mut world, series, "secret");
    assert_eq!((status, requests.len()), (200, 2));
    assert!(values(&requests[1], "Authorization")[0].contains("nc=00000001"));
    assert_eq!(renew(&mut world, series, "secret").1.len(), 1);
    close(&mut world, series);
    world.assert_nothing_left();
}

#[test]
fn a_registrar_with_a_new_nonce_each_time_is_followed() {
    // Neither `stale` nor `qop`: many a gateway is like that.
    for qop in ["", ", qop=\"auth\""] {
        let mut world = World::new(1, Network::GOOD);
        world.cut_off();
        let series = world.agents[ANNA].open_series();
        for round in 0..5 {
            world.tell(ANNA, |agent, now| agent.request(registration(series, "secret"), now));
            let challenge = format!("WWW-Authenticate: Digest realm=\"farend\", nonce=\"{round}\"{qop}\n");
            for (status, lines) in [("401 Unauthorized", challenge.as_str()), ("200 OK", "")] {
                let request = world.last_sent(ANNA, "REGISTER");
                world.inject(ANNA, udp(ANNA, BEN), &response_to(&request, status, "t", lines, ""));
            }
            assert!(matches!(
                world.events.pop_front(),
                Some((ANNA, Event::Responded { status: 200, .. }))
            ));
        }
        assert_eq!(world.count_sent(ANNA, "REGISTER"), 10);
        close(&mut world, series);
        world.assert_nothing_left();
    }
}

#[test]
fn a_wrong_password_is_tried_once_each_time_and_a_right_one_works_again() {
    let mut world = World::new(1, Network::GOOD);
    let series = world.agents[ANNA].open_series();
    for password in ["wrong", "wrong", "wrong again"] {
        let (status, requests) = renew(&mut world, series, password);
        assert_eq!((status, requests.len()), (401, 2));
        assert!(!requests[0].contains("Authorization") && requests[1].contains("Authorization"));
    }
    assert_eq!(renew(&mut world, series, "secret").0, 200);
    close(&mut world, series);
    world.assert_nothing_left();
}

#[test]
fn a_series_that_closes_finishes_what_is_under_way() {
    let mut world = World::new(1, Network::GOOD);
    let series = world.agents[ANNA].open_series();
    world.tell(ANNA, |agent, now| agent.request(registration(series, "secret"), now));
    close(&mut world, series);
    assert_eq!(world.agents[ANNA].statistics().series, 1);
    assert_eq!(serve(&mut world), 200);
    assert_eq!(world.agents[ANNA].statistics().series, 0);
    let last = conversation(&world.last_sent(ANNA, "REGISTER"));
    // Whoever names it later stands alone.
    let (status, requests) = renew(&mut world, series, "secret");
    assert_eq!((status, requests.len()), (200, 2));
    assert_ne!(conversation(&requests[0]), last);
    world.assert_nothing_left();
}

#[test]
fn a_request_that_fails_leaves_its_series_as_it_was() {
    let mut world = World::new(1, Network::GOOD);
    let series = world.agents[ANNA].open_series();
    let (_, first) = renew(&mut world, series, "secret");
    world.cut_off();
    assert_eq!(renew(&mut world, series, "secret").0, 408);
    world.lose = Box::new(|_, _| false);
    let (status, requests) = renew(&mut world, series, "secret");
    assert_eq!((status, requests.len(), number_of(&requests[0])), (200, 1, 4));
    assert_eq!(conversation(&requests[0]), conversation(&first[0]));
    close(&mut world, series);
    world.assert_nothing_left();
}

#[test]
fn series_are_bounded() {
    let mut world = World::new(1, Network::GOOD);
    let opened: Vec<_> = (0..=SERIES_MAX).map(|_| world.agents[ANNA].open_series()).collect();
    assert_eq!(world.agents[ANNA].statistics().series, SERIES_MAX);
    // The one too many works, but each of its requests stands alone.
    for _ in 0..2 {
        assert_eq!(renew(&mut world, opened[SERIES_MAX], "secret").1.len(), 2);
    }
    for series in opened {
        close(&mut world, series);
    }
    world.assert_nothing_left();
}

#[test]
fn register_is_as_rfc_3261_section_10_2_wants_it() {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    let request = OutgoingRequest {
        contact_user: Some("+49 30#1".to_owned()),
        ..register("secret")
    };
    world.tell(ANNA, |agent, now| agent.request(request, now));
    let sent = world.last_sent(ANNA, "REGISTER");
    assert!(sent.starts_with("REGISTER sip:farend SIP/2.0\r\n"), "{sent}");
    assert_eq!(values(&sent, "To"), ["\"101\" <sip:101@farend>"]);
    assert!(values(&sent, "From")[0].starts_with("\"101\" <sip:101@farend>;tag="));
    assert_eq!(values(&sent, "Contact"), ["<sip:+49%2030%231@192.0.2.1:5060>"]);
    assert_eq!((values(&sent, "Expires"), values(&sent, "Max-Forwards")), (vec!["300"], vec!["70"]));
    let ours = world.agents[ANNA].contact_uri(udp(ANNA, BEN), "+49 30#1");
    assert_eq!(format!("<{ours}>"), values(&sent, "Contact")[0]);
    // To leave for good one says which contact, and only that.
    let mut goodbye = register("secret");
    goodbye.headers.push(("Contact".to_owned(), "*".to_owned()));
    world.tell(ANNA, |agent, now| agent.request(goodbye, now));
    assert_eq!(values(&world.last_sent(ANNA, "REGISTER"), "Contact"), ["*"]);
    world.run(40 * SECOND);
    world.assert_nothing_left();
}

/// Registers at a scripted registrar: what its answer says.
fn answered(status: &str, lines: &str) -> Registration {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    world.tell(ANNA, |agent, now| agent.request(register("secret"), now));
    let sent = world.last_sent(ANNA, "REGISTER");
    world.inject(ANNA, udp(ANNA, BEN), &response_to(&sent, status, "t", lines, ""));
    let Some((ANNA, Event::Responded { headers, .. })) = world.events.pop_front() else {
        panic!()
    };
    world.assert_nothing_left();
    Registration::read(&headers)
}

#[test]
fn our_binding_is_found_among_others() {
    let ours = "sip:101@192.0.2.1:5060";
    let cases = [
        ("Contact: <sip:101@192.0.2.1:5060>;expires=120\n", Some(120)),
        // Registrars write it down in their own way.
        ("m: \"Anna\" <SIP:101@192.0.2.1;transport=UDP;line=7>;q=0.5;Expires=\"90\"\n", None),
        ("m: \"Anna\" <SIP:101@192.0.2.1;transport=UDP;line=7>;q=0.5;Expires=90\n", Some(90)),
        ("Contact: <sip:%31%30%31@192.0.2.1:5060>\nExpires: 600\n", Some(600)),
        (
            "Contact: <sip:101@192.0.2.9:5060>;expires=10, <sip:102@192.0.2.1:5060>;expires=20,\n  <sip:101@192.0.2.1:5060>;expires=30\n",
            Some(30),
        ),
        (
            "Contact: nonsense\nContact: <sip:101@192.0.2.1:5060>;expires=40\nExpires: 50\n",
            Some(40),
        ),
        ("Contact: <sip:101@192.0.2.1:5060;transport=tcp>;expires=120\nExpires: 50\n", None),
        ("Contact: <sip:101@192.0.2.1:5061>;expires=120\n", None),
        ("Contact: <sips:101@192.0.2.1:5060>;expires=120\n", None),
        ("Contact: <sip:192.0.2.1:5060>;expires=120\n", None),
        ("Expires: 50\n", None),
    ];
    for (lines, granted_s) in cases {
        assert_eq!(answered("200 OK", lines).granted_s(ours), granted_s, "{lines}");
    }
}

#[test]
fn a_registrar_tells_its_minimum_and_its_route() {
    assert_eq!(answered("423 Interval Too Brief", "Min-Expires: 1800\n").min_expires_s, Some(1800));
    let lines = "Service-Route: <sip:a.example.com;lr>, <sip:b.example.com;lr>\nService-Route: <sip:c.example.com;lr>\n";
    assert_eq!(
        answered("200 OK", lines).service_routes,
        ["<sip:a.example.com;lr>", "<sip:b.example.com;lr>", "<sip:c.example.com;lr>"]
    );
}

#[test]
fn a_registrar_that_refuses_tells_why_and_for_how_long() {
    let told = answered(
        "503 Service Unavailable",
        "Retry-After: 120 (maintenance)\nWarning: 399 gw \"Back at noon, perhaps\"\n",
    );
    assert_eq!(
        (told.retry_after, told.warning.as_deref()),
        (Some(120 * SECOND), Some("Back at noon, perhaps"))
    );
    let told = answered("403 Forbidden", "Reason: Q.850;cause=21;text=\"Account locked\"\n");
    assert_eq!((told.retry_after, told.warning.as_deref()), (None, Some("Account locked")));
}

#[test]
fn where_the_registrar_saw_us_is_told() {
    let cases = [
        (";received=203.0.113.5;rport=40000", Some("203.0.113.5:40000")),
        (";rport=40000;received=203.0.113.5", Some("203.0.113.5:40000")),
        (";received=[2001:db8::7];rport=40000", Some("[2001:db8::7]:40000")),
        (";received=2001:db8::7;rport=40000", Some("[2001:db8::7]:40000")),
        (";received=::ffff:203.0.113.5;rport=40000", Some("203.0.113.5:40000")),
        (";rport=5060", Some("192.0.2.1:5060")),
        (";rport", None),
        (";received=203.0.113.5", None),
        (";received=203.0.113.5;rport", None),
        (";received=nat.example.com;rport=40000", None),
        (";received=203.0.113.5;rport=0", None),
        (";received=203.0.113.5;rport=70000", None),
        ("", None),
    ];
    for (params, seen) in cases {
        let mut world = World::new(1, Network::GOOD);
        world.cut_off();
        world.tell(ANNA, |agent, now| agent.request(register("secret"), now));
        world.tell(ANNA, |agent, now| agent.options(udp(ANNA, BEN), "sip:192.0.2.2", now));
        for method in ["REGISTER", "OPTIONS"] {
            let response = response_to(&world.last_sent(ANNA, method), "200 OK", "t", "", "");
            let (before, after) = response.split_once(";rport").unwrap();
            world.inject(ANNA, udp(ANNA, BEN), &format!("{before}{params}{after}"));
        }
        let expected = seen.map(|seen| seen.parse().unwrap());
        let told: Vec<_> = world
            .events
            .drain(..)
            .map(|(_, event)| match event {
                Event::Responded { seen_as, .. } | Event::Pinged { seen_as, .. } => seen_as,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(told, [expected, expected], "{params}");
        world.assert_nothing_left();
    }
}

#[test]
fn what_comes_back_of_a_request_shows_who_has_rewritten_it() {
    for (before, after, instead, received, rport, is_call_id_same) in [
        (
            ";rport",
            ";rport=5060;received=198.51.100.7",
            None,
            Some("198.51.100.7"),
            Some(5060),
            true,
        ),
        (";rport", ";rport=5060", None, None, Some(5060), true),
        (";rport", "", None, None, None, true),
        ("192.0.2.1:5060", "198.51.100.7:5060", Some("198.51.100.7:5060"), None, None, true),
        // The usual port may be left out.
        ("192.0.2.1:5060", "192.0.2.1", None, None, None, true),
        ("Call-ID: ", "Call-ID: x", None, None, None, false),
    ] {
        let mut world = World::new(1, Network::GOOD);
        world.cut_off();
        world.tell(ANNA, |agent, now| agent.request(register("secret"), now));
        let response = response_to(&world.last_sent(ANNA, "REGISTER"), "200 OK", "t", "", "");
        assert!(response.contains(before), "{response}");
        world.inject(ANNA, udp(ANNA, BEN), &response.replacen(before, after, 1));
        let Some((ANNA, Event::Responded { mirror: Some(mirror), .. })) = world.events.pop_front() else {
            panic!("{after}: {:?}", world.events)
        };
        let expected = Mirror {
            sent_by: udp(ANNA, BEN).local,
            sent_by_instead: instead.map(str::to_owned),
            received: received.map(|ip| ip.parse().unwrap()),
            rport,
            is_call_id_same,
        };
        assert_eq!(*mirror, expected, "{after}");
    }
}

#[test]
fn a_round_trip_is_that_of_the_request_that_was_answered_in_the_end() {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    world.tell(ANNA, |agent, now| agent.request(register("secret"), now));
    world.run(3 * SECOND);
    let challenge = "WWW-Authenticate: Digest realm=\"farend\", nonce=\"n\", algorithm=MD5\n";
    let challenged = response_to(&world.last_sent(ANNA, "REGISTER"), "401 Unauthorized", "t", challenge, "");
    world.inject(ANNA, udp(ANNA, BEN), &challenged);
    world.run(SECOND / 4);
    let accepted = response_to(&world.last_sent(ANNA, "REGISTER"), "200 OK", "t", "", "");
    world.inject(ANNA, udp(ANNA, BEN), &accepted);
    let told = world.events.iter().find_map(|(_, event)| match event {
        Event::Responded { round_trip, .. } => Some(*round_trip),
        _ => None,
    });
    assert_eq!(told, Some(Some(SECOND / 4)));
}

#[test]
fn credentials_never_show_their_password() {
    let shown = format!("{:?}", register("secret"));
    assert!(shown.contains("trunk") && !shown.contains("secret"), "{shown}");
    assert_eq!(credentials("a"), credentials("a"));
}
