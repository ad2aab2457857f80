//! A call as it should be.

use std::time::Duration;

use sip::agent::{End, Event};
use sip::{Flow, Transport};

use crate::world::{ANNA, BEN, Network, World, flow, invite, of, sdp, text, udp};

const SECOND: Duration = Duration::from_secs(1);

fn ways() -> [Flow; 3] {
    [
        udp(ANNA, BEN),
        flow(ANNA, BEN, Transport::Tcp, 1),
        flow(ANNA, BEN, Transport::Wss, 2),
    ]
}

#[test]
fn a_call_is_rung_answered_and_ended_by_the_caller() {
    for way in ways() {
        let mut world = World::new(1, Network::GOOD);
        let caller = world.tell(ANNA, |agent, now| agent.invite(invite(way), now));
        let called = world.invited();
        world.tell(BEN, |agent, now| agent.ring(called, 180, None, Vec::new(), now));
        let events = world.run(SECOND);
        assert!(matches!(of(ANNA, &events)[..], [Event::Progressed { dialog, status: 180, body: None, .. }] if *dialog == caller));
        world.tell(BEN, |agent, now| agent.answer(called, sdp("answer"), Vec::new(), now));
        let events = world.run(SECOND);
        let [Event::Answered { dialog, body, .. }] = of(ANNA, &events)[..] else {
            panic!("{events:?}")
        };
        assert_eq!((*dialog, text(body.as_ref())), (caller, "answer".to_owned()));
        assert!(matches!(of(BEN, &events)[..], [Event::Confirmed { dialog, body: None }] if *dialog == called));
        world.tell(ANNA, |agent, now| agent.hang_up(caller, Some("Q.850;cause=16"), now));
        let events = world.run(SECOND);
        let [
            Event::Ended {
                dialog,
                end: End::Bye { reason },
            },
        ] = of(BEN, &events)[..]
        else {
            panic!("{events:?}")
        };
        assert_eq!((*dialog, reason.as_deref()), (called, Some("Q.850;cause=16")));
        assert!(of(ANNA, &events).is_empty());
        world.assert_nothing_left();
    }
}

#[test]
fn the_called_side_can_end_the_call() {
    for way in ways() {
        let mut world = World::new(1, Network::GOOD);
        let (caller, called) = world.talk(way);
        world.tell(BEN, |agent, now| agent.hang_up(called, None, now));
        let events = world.run(SECOND);
        assert!(matches!(of(ANNA, &events)[..], [Event::Ended { dialog, end: End::Bye { reason: None } }] if *dialog == caller));
        world.assert_nothing_left();
    }
}

#[test]
fn a_refused_call_leaves_nothing() {
    for way in ways() {
        let mut world = World::new(1, Network::GOOD);
        let caller = world.tell(ANNA, |agent, now| agent.invite(invite(way), now));
        let called = world.invited();
        world.tell(BEN, |agent, now| agent.refuse(called, 486, Vec::new(), now));
        let events = world.run(SECOND);
        let [
            Event::Refused {
                dialog,
                status: 486,
                reason,
                ..
            },
        ] = of(ANNA, &events)[..]
        else {
            panic!("{events:?}")
        };
        assert_eq!((*dialog, reason.as_str()), (caller, "Busy Here"));
        assert!(of(BEN, &events).is_empty());
        world.assert_nothing_left();
    }
}

#[test]
fn contacts_of_a_redirection_are_told() {
    let mut world = World::new(1, Network::GOOD);
    world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let called = world.invited();
    let contact = ("Contact".to_owned(), "<sip:103@farend>, <sip:104@farend>;q=0.5".to_owned());
    world.tell(BEN, |agent, now| agent.refuse(called, 302, vec![contact], now));
    let events = world.run(SECOND);
    let [Event::Refused { status: 302, contacts, .. }] = of(ANNA, &events)[..] else {
        panic!("{events:?}")
    };
    assert_eq!(contacts, &["sip:103@farend", "sip:104@farend"]);
    world.assert_nothing_left();
}

#[test]
fn an_invite_without_an_offer_gets_it_in_the_answer() {
    let mut world = World::new(1, Network::GOOD);
    let call = sip::agent::Invite {
        body: None,
        ..invite(udp(ANNA, BEN))
    };
    let caller = world.tell(ANNA, |agent, now| agent.invite(call, now));
    world.answer_next();
    let events = world.run(SECOND);
    assert!(matches!(
        of(ANNA, &events)[..],
        [Event::Progressed { .. }, Event::Answered { body: Some(_), .. }]
    ));
    assert!(of(BEN, &events).is_empty(), "no ACK without the answer");
    world.tell(ANNA, |agent, now| agent.acknowledge(caller, sdp("late answer"), now));
    let events = world.run(SECOND);
    let [Event::Confirmed { body, .. }] = of(BEN, &events)[..] else {
        panic!("{events:?}")
    };
    assert_eq!(text(body.as_ref()), "late answer");
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}

#[test]
fn hanging_up_before_the_late_answer_still_acknowledges() {
    let mut world = World::new(1, Network::GOOD);
    let call = sip::agent::Invite {
        body: None,
        ..invite(udp(ANNA, BEN))
    };
    let caller = world.tell(ANNA, |agent, now| agent.invite(call, now));
    world.answer_next();
    world.run(SECOND);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    let events = world.run(SECOND);
    assert!(
        matches!(of(BEN, &events)[..], [Event::Confirmed { body: None, .. }, Event::Ended { .. }]),
        "{events:?}"
    );
    world.assert_nothing_left();
}

#[test]
fn nobody_at_home_is_told_after_half_a_minute() {
    let mut world = World::new(1, Network::GOOD);
    world.lose = Box::new(|_, _| true);
    world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let events = world.run(Duration::from_secs(31));
    assert!(events.is_empty());
    let events = world.run(2 * SECOND);
    assert!(matches!(of(ANNA, &events)[..], [Event::Refused { status: 408, .. }]));
    // 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s after the first one.
    assert_eq!(world.count_sent(ANNA, "INVITE"), 7);
    world.assert_nothing_left();
}

#[test]
fn ringing_is_told_again_every_minute_and_given_up_in_the_end() {
    let mut world = World::new(1, Network::GOOD);
    world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let called = world.invited();
    world.tell(BEN, |agent, now| agent.ring(called, 180, None, Vec::new(), now));
    let events = world.run(Duration::from_secs(190));
    assert_eq!(of(ANNA, &events).len(), 4);
    let events = world.run(Duration::from_secs(500));
    assert!(
        of(ANNA, &events)
            .iter()
            .any(|event| matches!(event, Event::Refused { status: 480, .. }))
    );
    assert!(matches!(of(BEN, &events)[..], [Event::Ended { end: End::TimedOut, .. }]));
    world.assert_nothing_left();
}

#[test]
fn a_phone_that_falls_silent_while_ringing_is_given_up() {
    let mut world = World::new(1, Network::GOOD);
    world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let called = world.invited();
    world.tell(BEN, |agent, now| agent.ring(called, 180, None, Vec::new(), now));
    world.run(SECOND);
    world.lose = Box::new(|_, _| true);
    let events = world.run(Duration::from_secs(230));
    assert!(matches!(of(ANNA, &events)[..], [Event::Refused { status: 408, .. }]), "{events:?}");
    world.run(Duration::from_secs(600));
    world.assert_nothing_left();
}

#[test]
fn info_and_options_inside_a_call() {
    let mut world = World::new(1, Network::GOOD);
    let (_, called) = world.talk(udp(ANNA, BEN));
    let ok = world
        .sent
        .iter()
        .find(|(who, m)| *who == BEN && m.starts_with("SIP/2.0 200"))
        .unwrap()
        .1
        .clone();
    let field = |name: &str| ok.lines().find(|l| l.starts_with(name)).unwrap().to_owned();
    let head = |method: &str, cseq: u32| {
        format!(
            "{method} sip:102@192.0.2.2:5060 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx{cseq};rport\n\
             {}\n{}\n{}\nCSeq: {cseq} {method}\nMax-Forwards: 70\n",
            field("From"),
            field("To"),
            field("Call-ID")
        )
    };
    let info = head("INFO", 7) + "Content-Type: application/dtmf-relay\nContent-Length: 8\n\nSignal=5";
    world.inject(BEN, udp(BEN, ANNA), &info);
    let events = world.run(SECOND);
    let [Event::Informed { body: Some(body), .. }] = of(BEN, &events)[..] else {
        panic!("{events:?}")
    };
    assert_eq!(
        (body.content_type.as_str(), &body.bytes[..]),
        ("application/dtmf-relay", &b"Signal=5"[..])
    );
    world.inject(BEN, udp(BEN, ANNA), &(head("OPTIONS", 8) + "Content-Length: 0\n\n"));
    assert!(world.run(SECOND).is_empty());
    let answer = &world.sent.last().unwrap().1;
    assert!(answer.starts_with("SIP/2.0 200") && answer.contains("Allow: INVITE"), "{answer}");
    // Out of order.
    world.inject(BEN, udp(BEN, ANNA), &(head("OPTIONS", 3) + "Content-Length: 0\n\n"));
    world.run(SECOND);
    assert!(world.sent.last().unwrap().1.starts_with("SIP/2.0 500"));
    // What has no place inside a call.
    world.inject(BEN, udp(BEN, ANNA), &(head("PUBLISH", 9) + "Content-Length: 0\n\n"));
    world.run(SECOND);
    assert!(world.sent.last().unwrap().1.starts_with("SIP/2.0 405"));
    world.tell(BEN, |agent, now| agent.hang_up(called, None, now));
    world.assert_nothing_left();
}

#[test]
fn options_outside_of_calls_tell_who_lives() {
    let mut world = World::new(1, Network::GOOD);
    let ping = world
        .tell(ANNA, |agent, now| agent.options(udp(ANNA, BEN), "sip:102@192.0.2.2", now))
        .unwrap();
    let Some((BEN, Event::Requested { request, message, .. })) = world.until_event(SECOND) else {
        panic!()
    };
    assert_eq!(message.method(), "OPTIONS");
    world.tell(BEN, |agent, now| agent.respond(request, 200, Vec::new(), None, now));
    let events = world.run(SECOND);
    assert!(matches!(of(ANNA, &events)[..], [Event::Pinged { request, status: Some(200), .. }] if *request == ping));
    let inside = "sip:102@192.168.1.20:5060";
    world.tell(ANNA, |agent, now| {
        agent.options_to(udp(ANNA, BEN), "sip:102@192.0.2.2", inside, now)
    });
    let Some((BEN, Event::Requested { request, message, .. })) = world.until_event(SECOND) else {
        panic!()
    };
    assert_eq!((message.request_uri(), message.to().uri.as_str()), ("sip:102@192.0.2.2", inside));
    world.tell(BEN, |agent, now| agent.respond(request, 404, Vec::new(), None, now));
    let events = world.run(SECOND);
    assert!(matches!(&of(ANNA, &events)[..], [Event::Pinged { status: Some(404), to, .. }] if to == inside));
    world.lose = Box::new(|_, _| true);
    let ping = world
        .tell(ANNA, |agent, now| agent.options(udp(ANNA, BEN), "sip:102@192.0.2.2", now))
        .unwrap();
    let events = world.run(Duration::from_secs(40));
    assert!(matches!(of(ANNA, &events)[..], [Event::Pinged { request, status: None, .. }] if *request == ping));
    world.assert_nothing_left();
}
