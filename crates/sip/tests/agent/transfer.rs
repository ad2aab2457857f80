//! REFER inside a call.

use std::time::Duration;

use sip::agent::{DialogId, Event};

use crate::world::{ANNA, BEN, Network, World, of, udp};

const SECOND: Duration = Duration::from_secs(1);

/// The headers of a request of Ben's phone inside the call, made from what Anna has received.
fn from_ben(world: &World, method: &str, cseq: u32, more: &str) -> String {
    let ok = &world
        .sent
        .iter()
        .find(|(who, m)| *who == BEN && m.starts_with("SIP/2.0 200"))
        .unwrap()
        .1;
    let field = |name: &str| ok.lines().find_map(|l| l.strip_prefix(name)).unwrap().to_owned();
    format!(
        "{method} sip:101@192.0.2.1:5060 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKr{cseq};rport\nFrom:{}\nTo:{}\n\
         Call-ID:{}\nCSeq: {cseq} {method}\nContact: <sip:102@192.0.2.2>\nMax-Forwards: 70\n{more}Content-Length: 0\n\n",
        field("To:"),
        field("From:"),
        field("Call-ID:")
    )
}

fn refer(world: &mut World, cseq: u32) -> (DialogId, sip::agent::RequestId) {
    let message = from_ben(world, "REFER", cseq, "Refer-To: <sip:103@farend?Replaces=a%3Bto-tag%3Db>\n");
    world.inject(ANNA, udp(ANNA, BEN), &message);
    match world.events.pop_front() {
        Some((ANNA, Event::Referred { dialog, request, refer_to })) => {
            assert_eq!(refer_to, "sip:103@farend?Replaces=a%3Bto-tag%3Db");
            (dialog, request)
        }
        other => panic!("{other:?}"),
    }
}

fn notifies(world: &World) -> Vec<(String, String, String)> {
    let field = |m: &str, name: &str| m.lines().find_map(|l| l.strip_prefix(name)).unwrap().trim().to_owned();
    world
        .sent
        .iter()
        .filter(|(who, m)| *who == ANNA && m.starts_with("NOTIFY"))
        .map(|(_, m)| {
            let body = m.split("\r\n\r\n").nth(1).unwrap().trim().to_owned();
            (field(m, "Event:"), field(m, "Subscription-State:"), body)
        })
        .collect()
}

#[test]
fn a_transfer_is_accepted_and_its_outcome_told() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, _) = world.talk(udp(ANNA, BEN));
    world.lose = Box::new(|from, _| from == ANNA);
    let (dialog, request) = refer(&mut world, 11);
    assert_eq!(dialog, caller);
    world.tell(ANNA, |agent, now| agent.respond(request, 202, Vec::new(), None, now));
    world.tell(ANNA, |agent, now| agent.notify_refer(caller, 100, "Trying", now));
    world.tell(ANNA, |agent, now| agent.notify_refer(caller, 180, "Ringing", now));
    world.tell(ANNA, |agent, now| agent.notify_refer(caller, 200, "OK\r\nX: y", now));
    world.tell(ANNA, |agent, now| agent.notify_refer(caller, 500, "too late", now));
    let told = notifies(&world);
    let bodies: Vec<_> = told.iter().map(|(_, _, body)| body.as_str()).collect();
    assert_eq!(bodies, ["SIP/2.0 100 Trying", "SIP/2.0 180 Ringing", "SIP/2.0 200 OKX: y"]);
    assert!(told.iter().all(|(event, _, _)| event == "refer"));
    assert!(told[2].1.starts_with("terminated"));
    // A second transfer names its REFER.
    let (_, request) = refer(&mut world, 12);
    world.tell(ANNA, |agent, now| agent.respond(request, 202, Vec::new(), None, now));
    assert_eq!(notifies(&world).last().unwrap().0, "refer;id=12");
    // A third one has to wait for it.
    let third = from_ben(&world, "REFER", 13, "Refer-To: sip:104@farend\n");
    world.inject(ANNA, udp(ANNA, BEN), &third);
    assert!(world.events.is_empty());
    assert!(world.sent.last().unwrap().1.starts_with("SIP/2.0 491"));
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.run(Duration::from_secs(3600));
    world.assert_nothing_left();
}

#[test]
fn a_refused_transfer_has_no_notify_and_a_call_that_ends_answers_an_open_one() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, _) = world.talk(udp(ANNA, BEN));
    world.lose = Box::new(|from, _| from == ANNA);
    let (_, request) = refer(&mut world, 11);
    world.tell(ANNA, |agent, now| agent.respond(request, 603, Vec::new(), None, now));
    world.tell(ANNA, |agent, now| agent.notify_refer(caller, 200, "OK", now));
    assert!(notifies(&world).is_empty());
    refer(&mut world, 12);
    let bye = from_ben(&world, "BYE", 13, "Reason: Q.850;cause=16\n");
    world.inject(ANNA, udp(ANNA, BEN), &bye);
    assert_eq!(world.count_sent(ANNA, "SIP/2.0 487"), 1);
    let events = world.run(SECOND);
    assert!(matches!(of(ANNA, &events)[..], [Event::Ended { .. }]));
    world.run(Duration::from_secs(3600));
    world.assert_nothing_left();
}

#[test]
fn a_phone_that_wants_no_notify_gets_none() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, _) = world.talk(udp(ANNA, BEN));
    world.lose = Box::new(|from, _| from == ANNA);
    let message = from_ben(
        &world,
        "REFER",
        11,
        "Refer-To: <sip:103@farend>\nRefer-Sub: false\nRequire: norefersub\n",
    );
    world.inject(ANNA, udp(ANNA, BEN), &message);
    let Some((ANNA, Event::Referred { request, .. })) = world.events.pop_front() else {
        panic!()
    };
    world.tell(ANNA, |agent, now| agent.respond(request, 202, Vec::new(), None, now));
    assert!(world.sent.last().unwrap().1.contains("Refer-Sub: false"));
    world.tell(ANNA, |agent, now| agent.notify_refer(caller, 200, "OK", now));
    assert!(notifies(&world).is_empty());
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.run(Duration::from_secs(3600));
    world.assert_nothing_left();
}

#[test]
fn a_refer_that_names_no_single_target_is_refused() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, _) = world.talk(udp(ANNA, BEN));
    world.lose = Box::new(|from, _| from == ANNA);
    for (cseq, targets) in [
        (11, ""),
        (12, "Refer-To: <sip:103@farend>\nRefer-To: <sip:104@farend>\n"),
        (13, "Refer-To: <sip:103@farend>, <sip:104@farend>\n"),
    ] {
        let message = from_ben(&world, "REFER", cseq, targets);
        world.inject(ANNA, udp(ANNA, BEN), &message);
        assert!(world.events.is_empty(), "{targets}");
        assert!(world.sent.last().unwrap().1.starts_with("SIP/2.0 400"), "{targets}");
    }
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.run(Duration::from_secs(3600));
    world.assert_nothing_left();
}
