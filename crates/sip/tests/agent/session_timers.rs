//! Session timers (RFC 4028).

use std::time::Duration;

use sip::agent::{Config, End, Event};

use crate::world::{ANNA, BEN, Network, World, config, invite, of, udp};

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
