//! What is refused, and with what.

use std::time::Duration;

use sip::agent::{Config, Event};
use sip::{Flow, Transport};

use crate::world::{ANNA, BEN, Network, World, config, flow, invite, udp};

fn request(method: &str, more: &str, body: &str) -> String {
    format!(
        "{method} sip:102@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bKabc;rport\n\
         From: <sip:101@farend>;tag=f\nTo: <sip:102@farend>\nCall-ID: c1\nCSeq: 1 {method}\n\
         Contact: <sip:101@10.0.0.7>\n{more}Content-Length: {}\n\n{body}",
        body.len()
    )
}

fn answer_to(message: &str) -> String {
    let mut world = World::new(1, Network::GOOD);
    world.inject(BEN, udp(BEN, ANNA), message);
    assert!(world.events.is_empty(), "{:?}", world.events);
    let answer = world.sent.last().map(|(_, answer)| answer.clone()).unwrap_or_default();
    world.run(Duration::from_secs(1));
    world.assert_nothing_left();
    answer
}

#[test]
fn what_cannot_be_served_is_refused_without_a_trace() {
    let sdp = "Content-Type: application/sdp\n";
    let cases = [
        (request("INVITE", "Max-Forwards: 0\n", ""), "483", ""),
        (request("INVITE", "Require: 100rel, teleport\n", ""), "420", "Unsupported: teleport"),
        (
            request("INVITE", "Content-Type: text/plain\n", "hello"),
            "415",
            "Accept: application/sdp",
        ),
        (
            request("INVITE", &format!("{sdp}Content-Encoding: gzip\n"), "v=0"),
            "415",
            "Accept-Encoding: identity",
        ),
        (
            request("INVITE", "Supported: timer\nSession-Expires: 30\n", ""),
            "422",
            "Min-SE: 90",
        ),
        (request("BYE", "", ""), "481", ""),
        (request("UPDATE", "", ""), "481", ""),
        (request("CANCEL", "", ""), "481", ""),
        (request("DANCE", "", ""), "501", "Allow: INVITE"),
        (
            request("BYE", "", "").replace("To: <sip:102@farend>", "To: <sip:102@farend>;tag=0123456789abcdef"),
            "481",
            "",
        ),
        (
            request("INVITE", "", "").replace("To: <sip:102@farend>", "To: <sip:102@farend>;tag=strange"),
            "481",
            "",
        ),
    ];
    for (message, status, header) in cases {
        let answer = answer_to(&message);
        assert!(answer.starts_with(&format!("SIP/2.0 {status} ")), "{message}\n{answer}");
        assert!(answer.contains(header), "{answer}");
        assert!(answer.contains(";received=192.0.2.1;rport=5060"), "{answer}");
    }
}

#[test]
fn the_same_refusal_has_the_same_tag() {
    let mut world = World::new(1, Network::GOOD);
    let message = request("INVITE", "Require: teleport\n", "");
    world.inject(BEN, udp(BEN, ANNA), &message);
    world.inject(BEN, udp(BEN, ANNA), &message);
    assert_eq!(world.sent[0], world.sent[1]);
}

#[test]
fn an_ack_for_nothing_and_a_response_to_nothing_are_dropped() {
    assert_eq!(answer_to(&request("ACK", "", "")), "");
    let response = request("INVITE", "", "").replacen("INVITE sip:102@192.0.2.2 SIP/2.0", "SIP/2.0 200 OK", 1);
    assert_eq!(answer_to(&response), "");
}

#[test]
fn above_the_limits_requests_are_refused_and_running_calls_go_on() {
    let small = Config {
        transactions_max: 8,
        dialogs_max: 3,
        ..config()
    };
    let mut world = World::with(1, Network::GOOD, &[config(), small]);
    let (caller, _) = world.talk(udp(ANNA, BEN));
    for _ in 0..4 {
        world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    }
    let events = world.run(Duration::from_secs(1));
    let invited = events.iter().filter(|(_, event)| matches!(event, Event::Invited { .. })).count();
    let full = events
        .iter()
        .filter(|(_, event)| matches!(event, Event::Refused { status: 503, .. }))
        .count();
    assert_eq!((invited, full), (2, 2), "{events:?}");
    // Registrations until nothing fits any more: the running call can still be ended.
    for n in 0..20 {
        let message = request("REGISTER", "", "")
            .replace("z9hG4bKabc", &format!("z9hG4bK{n}"))
            .replace("c1", &format!("c{n}"));
        world.inject(BEN, udp(BEN, ANNA), &message);
    }
    assert_eq!(world.agents[BEN].statistics().transactions, 8);
    assert!(world.count_sent(BEN, "SIP/2.0 503") > 10);
    world.events.clear();
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    let events = world.run(Duration::from_secs(1));
    assert!(matches!(events[..], [(BEN, Event::Ended { .. })]), "{events:?}");
    world.run(Duration::from_secs(700));
    world.assert_nothing_left();
}

#[test]
fn who_has_proved_nothing_leaves_no_trace() {
    let mut world = World::new(1, Network::GOOD);
    for n in 0..50 {
        for method in ["REGISTER", "OPTIONS", "INVITE", "SUBSCRIBE"] {
            let message = request(method, "", "").replace("z9hG4bKabc", &format!("z9hG4bK{method}{n}"));
            world.inject(BEN, udp(BEN, ANNA), &message);
            world.sent.clear();
            match world.events.pop_front() {
                Some((BEN, Event::Requested { request, .. })) if method == "OPTIONS" => {
                    world.tell(BEN, |agent, _| agent.turn_away(request, 200, &[]));
                    assert!(world.sent[0].1.starts_with("SIP/2.0 200 OK") && world.sent[0].1.contains("Allow: INVITE"));
                }
                Some((BEN, Event::Requested { request, .. })) => {
                    world.tell(BEN, |agent, now| agent.challenge(request, false, now));
                    assert!(world.sent[0].1.starts_with("SIP/2.0 401 ") && world.sent[0].1.contains("WWW-Authenticate: Digest"));
                }
                Some((BEN, Event::Invited { dialog, .. })) => {
                    world.tell(BEN, |agent, now| agent.challenge_invite(dialog, false, now));
                    assert!(world.sent[0].1.starts_with("SIP/2.0 401 ") && world.sent[0].1.contains("WWW-Authenticate: Digest"));
                }
                other => panic!("{other:?}"),
            }
            assert_eq!(world.sent.len(), 1);
            let held = world.agents[BEN].statistics();
            assert_eq!(
                (held.transactions, held.dialogs, held.requests, held.timers, held.entries),
                (0, 0, 0, 0, 0)
            );
        }
    }
    // The same request gets the same tag, although it is a new one each time.
    let tags: Vec<_> = (0..2)
        .map(|_| {
            world.inject(BEN, udp(BEN, ANNA), &request("REGISTER", "", ""));
            let Some((BEN, Event::Requested { request, .. })) = world.events.pop_front() else {
                panic!()
            };
            world.tell(BEN, |agent, now| agent.challenge(request, false, now));
            let answer = world.sent.pop().unwrap().1;
            answer.split("To: <sip:102@farend>;tag=").nth(1).unwrap()[..16].to_owned()
        })
        .collect();
    assert_eq!(tags[0], tags[1]);
}

#[test]
fn what_large_requests_take_is_bounded() {
    const LARGE: usize = 60_000;
    let mut world = World::with(
        1,
        Network::GOOD,
        &[
            config(),
            Config {
                transactions_max: 100_000,
                ..config()
            },
        ],
    );
    for n in 0..2_000 {
        let message = request("REGISTER", &format!("X-Padding: {}\n", "x".repeat(LARGE / 8)).repeat(8), "")
            .replace("z9hG4bKabc", &format!("z9hG4bK{n}"))
            .replace("c1", &format!("c{n}"));
        world.inject(BEN, flow(BEN, ANNA, Transport::Tcp, 1), &message);
        world.events.clear();
    }
    let held = world.agents[BEN].statistics().transactions;
    assert!((1_000..1_200).contains(&held), "{held}");
    assert!(world.count_sent(BEN, "SIP/2.0 503") > 800);
    world.run(Duration::from_secs(40));
    assert_eq!(world.agents[BEN].statistics().transactions, 0);
}

#[test]
fn who_is_answered_at_once_is_not_told_to_wait() {
    let mut world = World::new(1, Network::GOOD);
    world.inject(BEN, udp(BEN, ANNA), &request("INVITE", "", ""));
    // The world has drained everything: nobody answered meanwhile.
    assert_eq!(world.count_sent(BEN, "SIP/2.0 100"), 1);
    world.inject(BEN, udp(BEN, ANNA), &request("INVITE", "", ""));
    assert_eq!(world.count_sent(BEN, "SIP/2.0 100"), 2);
}

#[test]
fn a_request_that_is_never_responded_to_is_forgotten() {
    let mut world = World::new(1, Network::GOOD);
    world.inject(BEN, udp(BEN, ANNA), &request("REGISTER", "", ""));
    let Some((BEN, Event::Requested { request: id, .. })) = world.events.pop_front() else {
        panic!()
    };
    assert_eq!(world.agents[BEN].statistics().requests, 1);
    world.run(Duration::from_secs(33));
    world.tell(BEN, |agent, now| agent.respond(id, 200, Vec::new(), None, now));
    assert!(world.sent.is_empty());
    world.assert_nothing_left();
}

#[test]
fn a_repeated_request_gets_the_same_response() {
    let mut world = World::new(1, Network::GOOD);
    let message = request("REGISTER", "", "");
    world.inject(BEN, udp(BEN, ANNA), &message);
    let Some((BEN, Event::Requested { request: id, .. })) = world.events.pop_front() else {
        panic!()
    };
    world.inject(BEN, udp(BEN, ANNA), &message);
    assert!(world.events.is_empty() && world.sent.is_empty());
    world.tell(BEN, |agent, now| {
        agent.respond(id, 200, vec![("Contact".into(), "<sip:101@x>;expires=60".into())], None, now);
    });
    world.inject(BEN, udp(BEN, ANNA), &message);
    assert!(world.events.is_empty());
    assert_eq!(world.sent[0], world.sent[1]);
    assert!(world.sent[0].1.contains("Contact: <sip:101@x>;expires=60\r\n"));
    world.assert_nothing_left();
}

#[test]
fn line_breaks_in_what_we_are_given_do_not_make_headers() {
    let mut world = World::new(1, Network::GOOD);
    let mut call = invite(udp(ANNA, BEN));
    call.from.display = "Eve\r\nX-Evil: 1".to_owned();
    call.headers = vec![
        ("Alert-Info".to_owned(), "ring\r\nX-Evil: 2".to_owned()),
        ("Bad\r\nName".to_owned(), "x".to_owned()),
    ];
    world.tell(ANNA, |agent, now| agent.invite(call, now));
    assert!(!world.sent[0].1.contains("\r\nX-Evil"), "{}", world.sent[0].1);
    world.run(Duration::from_secs(700));
    world.assert_nothing_left();
}

#[test]
fn arbitrary_bytes_do_no_harm() {
    use rand::Rng;
    let mut world = World::new(7, Network::GOOD);
    let (caller, _) = world.talk(udp(ANNA, BEN));
    let samples: Vec<Vec<u8>> = world.sent.iter().map(|(_, message)| message.clone().into_bytes()).collect();
    let ways: [Flow; 2] = [udp(BEN, ANNA), flow(BEN, ANNA, Transport::Wss, 9)];
    for round in 0..20_000 {
        let mut bytes = samples[world.rng.random_range(0..samples.len())].clone();
        for _ in 0..world.rng.random_range(1..6) {
            let at = world.rng.random_range(0..bytes.len().max(1));
            bytes.resize(bytes.len().max(2), b' ');
            match world.rng.random_range(0..4) {
                0 => bytes[at] = world.rng.random(),
                1 => drop(bytes.remove(at)),
                2 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, b"\r\n;,<>\"=@: 09\0\xff"[world.rng.random_range(0..15)]),
            }
        }
        let to = round % 2;
        world.tell(to, |agent, now| agent.receive(ways[round / 2 % 2], &bytes, now));
    }
    world.events.clear();
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    // Whatever they have begun ends by itself: ringing after ten minutes, calls by their session timers.
    world.run(Duration::from_secs(3600 * 3));
    world.assert_nothing_left();
}
