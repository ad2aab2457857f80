//! Session timers (RFC 4028).

use std::time::Duration;

use sip::agent::{Config, End, Event};

use crate::world::{ANNA, BEN, Network, World, config, invite, of, response_to, udp};

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a_long_call_is_refreshed_by_update() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, _) = world.talk(udp(ANNA, BEN));
    let events = world.run(180 * MINUTE);
    assert!(events.is_empty(), "{events:?}");
    // Every 15 minutes, for 30.
    assert_eq!(world.count_sent(ANNA, "UPDATE") + world.count_sent(BEN, "UPDATE"), 12);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}

#[test]
fn a_peer_that_vanishes_is_noticed_by_both_roles() {
    let mut world = World::new(1, Network::GOOD);
    world.talk(udp(ANNA, BEN));
    world.lose = Box::new(|_, _| true);
    let events = world.run(31 * MINUTE);
    for side in [ANNA, BEN] {
        assert!(
            matches!(of(side, &events)[..], [Event::Ended { end: End::TimedOut, .. }]),
            "{side}: {events:?}"
        );
    }
    world.assert_nothing_left();
}

#[test]
fn a_short_interval_is_refused_with_the_smallest_allowed_and_tried_again() {
    let hasty = Config {
        session_expires: Duration::from_secs(90),
        ..config()
    };
    let mut world = World::with(1, Network::GOOD, &[hasty, config()]);
    // A peer that wants 300 s at least: its 422 is written by hand.
    world.lose = Box::new(|_, _| true);
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let first = world.sent[0].1.clone();
    assert!(first.contains("Session-Expires: 90;refresher=uac"));
    let field = |name: &str| first.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let refusal = format!(
        "SIP/2.0 422 Session Interval Too Small\n{}\n{}\n{};tag=t\n{}\n{}\nMin-SE: 300\nContent-Length: 0\n\n",
        field("Via"),
        field("From"),
        field("To"),
        field("Call-ID"),
        field("CSeq")
    );
    world.inject(ANNA, udp(ANNA, BEN), &refusal);
    let again = &world.sent.last().unwrap().1;
    assert!(
        again.starts_with("INVITE") && again.contains("Session-Expires: 300") && again.contains("CSeq: 2 INVITE"),
        "{again}"
    );
    assert!(again.ends_with("\r\n\r\noffer"));
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}

#[test]
fn a_peer_without_session_timers_is_asked_all_the_same() {
    for updates in [true, false] {
        let mut world = World::new(1, Network::GOOD);
        world.lose = Box::new(|_, _| true);
        world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
        let first = world.sent[0].1.clone();
        let field = |name: &str| first.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        let allow = if updates { "Allow: INVITE, ACK, BYE, UPDATE\n" } else { "" };
        let answer = format!(
            "SIP/2.0 200 OK\n{}\n{}\n{};tag=t\n{}\n{}\n{allow}Contact: <sip:102@192.0.2.2>\nContent-Type: application/sdp\n\
             Content-Length: 4\n\nv=0\n",
            field("Via"),
            field("From"),
            field("To"),
            field("Call-ID"),
            field("CSeq")
        );
        world.inject(ANNA, udp(ANNA, BEN), &answer);
        let sent = world.sent.len();
        world.run(16 * MINUTE);
        let refresh = &world.sent[sent].1;
        assert!(refresh.starts_with(if updates { "UPDATE" } else { "INVITE" }), "{refresh}");
        assert_eq!(refresh.ends_with("offer"), !updates);
        world.run(16 * MINUTE);
        world.assert_nothing_left();
    }
}

#[test]
fn a_peer_cannot_switch_the_session_timer_off() {
    // By a longer interval than asked for, or by a lower limit beyond all reason.
    let mut world = World::new(1, Network::GOOD);
    world.lose = Box::new(|_, _| true);
    world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let first = world.sent[0].1.clone();
    let forever = "Session-Expires: 4294967295;refresher=uas\nRequire: timer\nAllow: UPDATE\nContact: <sip:102@192.0.2.2>\n\
        Content-Type: application/sdp\n";
    world.inject(ANNA, udp(ANNA, BEN), &response_to(&first, "200 OK", "t", forever, "answer"));
    world.events.clear();
    let events = world.run(31 * MINUTE);
    assert!(
        matches!(of(ANNA, &events)[..], [Event::Ended { end: End::TimedOut, .. }]),
        "{events:?}"
    );

    world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let second = world
        .sent
        .iter()
        .rev()
        .find(|(_, message)| message.starts_with("INVITE"))
        .unwrap()
        .1
        .clone();
    world.inject(
        ANNA,
        udp(ANNA, BEN),
        &response_to(&second, "422 Session Interval Too Small", "t", "Min-SE: 4294967295\n", ""),
    );
    assert!(matches!(world.events.pop_front(), Some((ANNA, Event::Refused { status: 422, .. }))));

    let asked = "INVITE sip:101@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKabc;rport\n\
        From: <sip:102@farend>;tag=f\nTo: <sip:101@farend>\nCall-ID: c1\nCSeq: 1 INVITE\nContact: <sip:102@192.0.2.2>\n\
        Supported: timer\nSession-Expires: 4294967295;refresher=uac\nMin-SE: 4294967295\nContent-Length: 0\n\n";
    world.inject(ANNA, udp(ANNA, BEN), asked);
    let Some((ANNA, Event::Invited { dialog, .. })) = world.events.pop_front() else {
        panic!()
    };
    world.tell(ANNA, |agent, now| {
        agent.answer(dialog, crate::world::sdp("answer"), Vec::new(), now);
    });
    assert!(world.sent.last().unwrap().1.contains("Session-Expires: 7200;refresher=uac"));
    world.run(130 * MINUTE);
    world.assert_nothing_left();
}
