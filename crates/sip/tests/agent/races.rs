//! Messages that cross, get lost or come by two ways.

use std::time::Duration;

use sip::Transport;
use sip::agent::{End, Event};

use crate::world::{ANNA, BEN, Network, World, config, flow, invite, of, sdp, udp};

const SECOND: Duration = Duration::from_secs(1);
const CROSSING: Duration = Duration::from_millis(5);

#[test]
fn cancel_before_answer_ends_both_sides() {
    let mut world = World::new(1, Network::GOOD);
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let called = world.invited();
    world.tell(BEN, |agent, now| agent.ring(called, 180, None, Vec::new(), now));
    world.run(SECOND);
    world.tell(ANNA, |agent, now| {
        agent.hang_up(caller, Some("SIP;cause=200;text=\"Call completed elsewhere\""), now);
    });
    let events = world.run(SECOND);
    let [
        Event::Ended {
            dialog,
            end: End::Cancel { reason },
        },
    ] = of(BEN, &events)[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(
        (*dialog, reason.as_deref()),
        (called, Some("SIP;cause=200;text=\"Call completed elsewhere\""))
    );
    assert!(of(ANNA, &events).is_empty());
    assert!(world.count_sent(BEN, "SIP/2.0 487") > 0);
    world.assert_nothing_left();
}

#[test]
fn cancel_waits_for_the_first_provisional_response() {
    let mut world = World::new(1, Network::GOOD);
    world.lose = Box::new(|from, _| from == BEN);
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    world.invited();
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.run(Duration::from_millis(300));
    assert_eq!(world.count_sent(ANNA, "CANCEL"), 0);
    world.lose = Box::new(|_, _| false);
    let events = world.run(SECOND);
    assert!(world.count_sent(ANNA, "CANCEL") > 0);
    assert!(matches!(
        of(BEN, &events)[..],
        [Event::Ended {
            end: End::Cancel { .. },
            ..
        }]
    ));
    world.assert_nothing_left();
}

#[test]
fn cancel_that_crosses_the_answer_becomes_a_bye() {
    let mut world = World::new(1, Network::GOOD);
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let called = world.invited();
    world.tell(BEN, |agent, now| agent.ring(called, 180, None, Vec::new(), now));
    world.run(SECOND);
    world.tell(BEN, |agent, now| agent.answer(called, sdp("answer"), Vec::new(), now));
    world.run(CROSSING);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    let events = world.run(SECOND);
    assert!(of(ANNA, &events).is_empty());
    assert!(
        matches!(
            of(BEN, &events)[..],
            [Event::Confirmed { .. }, Event::Ended { end: End::Bye { .. }, .. }]
        ),
        "{events:?}"
    );
    assert_eq!((world.count_sent(ANNA, "CANCEL"), world.count_sent(ANNA, "BYE")), (1, 1));
    world.assert_nothing_left();
}

#[test]
fn a_lost_ack_is_sent_again_when_the_answer_is_repeated() {
    let mut world = World::new(1, Network::GOOD);
    let mut acks = 0;
    world.lose = Box::new(move |_, message| {
        acks += usize::from(message.starts_with("ACK"));
        message.starts_with("ACK") && acks <= 2
    });
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    world.answer_next();
    let events = world.run(Duration::from_secs(5));
    assert_eq!(
        of(ANNA, &events)
            .iter()
            .filter(|event| matches!(event, Event::Answered { .. }))
            .count(),
        1
    );
    assert!(matches!(of(BEN, &events)[..], [Event::Confirmed { .. }]));
    assert_eq!(world.count_sent(ANNA, "ACK"), 3);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}

#[test]
fn an_answer_never_acknowledged_ends_the_call() {
    for transport in [Transport::Udp, Transport::Wss] {
        let mut world = World::new(1, Network::GOOD);
        world.lose = Box::new(|_, message| message.starts_with("ACK"));
        world.tell(ANNA, |agent, now| agent.invite(invite(flow(ANNA, BEN, transport, 0)), now));
        let called = world.answer_next();
        let events = world.run(Duration::from_secs(40));
        assert!(matches!(of(BEN, &events)[..], [Event::Ended { dialog, end: End::TimedOut }] if *dialog == called));
        let heard = of(ANNA, &events);
        assert!(
            matches!(heard[..], [_, Event::Answered { .. }, Event::Ended { end: End::Bye { .. }, .. }]),
            "{heard:?}"
        );
        world.assert_nothing_left();
    }
}

#[test]
fn hanging_up_right_after_answering_waits_for_the_ack() {
    let mut world = World::new(1, Network::GOOD);
    world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let called = world.answer_next();
    world.tell(BEN, |agent, now| agent.hang_up(called, Some("SIP;cause=200"), now));
    assert_eq!(world.count_sent(BEN, "BYE"), 0);
    let events = world.run(SECOND);
    assert!(of(BEN, &events).is_empty(), "{events:?}");
    assert!(
        matches!(of(ANNA, &events)[..], [_, Event::Answered { .. }, Event::Ended { .. }]),
        "{events:?}"
    );
    world.assert_nothing_left();
}

#[test]
fn both_sides_hang_up_at_once() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, called) = world.talk(udp(ANNA, BEN));
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.tell(BEN, |agent, now| agent.hang_up(called, None, now));
    let events = world.run(SECOND);
    assert!(events.is_empty(), "{events:?}");
    assert_eq!(world.count_sent(ANNA, "SIP/2.0 200"), 1);
    assert_eq!(world.count_sent(BEN, "SIP/2.0 481"), 0);
    world.assert_nothing_left();
}

#[test]
fn hanging_up_what_rings_refuses_it() {
    let mut world = World::new(1, Network::GOOD);
    world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let called = world.invited();
    world.tell(BEN, |agent, now| agent.hang_up(called, None, now));
    let events = world.run(SECOND);
    assert!(matches!(of(ANNA, &events)[..], [Event::Refused { status: 480, .. }]));
    world.assert_nothing_left();
}

/// What a forking proxy in front of `called` would send: the INVITE's copy for another phone.
fn fork_of(invite: &str) -> String {
    let branch = invite.split("branch=").nth(1).unwrap().split(['\r', ';']).next().unwrap();
    invite.replace(branch, &format!("{branch}fork"))
}

#[test]
fn the_same_invite_by_two_ways_is_taken_once() {
    let mut world = World::new(1, Network::GOOD);
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    world.invited();
    let copy = fork_of(&world.sent[0].1);
    world.tell(BEN, |agent, now| agent.receive(udp(BEN, ANNA), copy.as_bytes(), now));
    assert!(world.events.is_empty());
    assert!(world.sent.last().unwrap().1.starts_with("SIP/2.0 482"));
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}

#[test]
fn of_several_forks_the_first_answer_wins_and_the_others_are_ended() {
    // Three agents; a proxy that forks stands between them: it hands Anna's INVITE to Cleo too.
    let mut world = World::with(3, Network::GOOD, &[config(), config(), config()]);
    let cleo = 2;
    world.forks = true;
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let called = world.invited();
    let copy = world.sent[0].1.clone();
    world.tell(cleo, |agent, now| agent.receive(udp(cleo, ANNA), copy.as_bytes(), now));
    let Some((2, Event::Invited { dialog: other, .. })) = world.events.pop_front() else {
        panic!()
    };
    world.tell(BEN, |agent, now| agent.ring(called, 180, None, Vec::new(), now));
    world.tell(cleo, |agent, now| agent.ring(other, 183, None, Vec::new(), now));
    world.run(SECOND);
    assert_eq!(world.agents[ANNA].statistics().dialogs, 3, "a session with two early dialogs");
    world.tell(BEN, |agent, now| agent.answer(called, sdp("from Ben"), Vec::new(), now));
    world.tell(cleo, |agent, now| agent.answer(other, sdp("from Cleo"), Vec::new(), now));
    let events = world.run(SECOND);
    assert!(matches!(of(ANNA, &events)[..], [Event::Answered { .. }]), "{events:?}");
    assert!(matches!(of(BEN, &events)[..], [Event::Confirmed { .. }]));
    assert!(matches!(
        of(cleo, &events)[..],
        [Event::Confirmed { .. }, Event::Ended { end: End::Bye { .. }, .. }]
    ));
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    let events = world.run(SECOND);
    assert!(matches!(of(BEN, &events)[..], [Event::Ended { .. }]));
    world.assert_nothing_left();
}

#[test]
fn bye_that_overtakes_the_ack_ends_the_call_once() {
    let mut world = World::new(1, Network::GOOD);
    let mut lost = false;
    world.lose = Box::new(move |_, message| message.starts_with("ACK") && !std::mem::replace(&mut lost, true));
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    world.answer_next();
    world.run(Duration::from_millis(100));
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    let events = world.run(Duration::from_secs(3));
    assert!(
        matches!(of(BEN, &events)[..], [Event::Ended { end: End::Bye { .. }, .. }]),
        "{events:?}"
    );
    world.assert_nothing_left();
}

/// A response to what Anna sent first, written by hand.
fn response(world: &World, status: &str, tag: &str, more: &str) -> String {
    let sent = &world.sent[0].1;
    let field = |name: &str| sent.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let (via, from, to) = (field("Via"), field("From"), field("To"));
    format!(
        "SIP/2.0 {status}\n{via}\n{from}\n{to};tag={tag}\n{}\n{}\nContact: <sip:{tag}@192.0.2.2>\n{more}Content-Length: 0\n\n",
        field("Call-ID"),
        field("CSeq")
    )
}

#[test]
fn a_response_whose_via_a_router_has_rewritten_is_understood() {
    let mut world = World::new(1, Network::GOOD);
    world.lose = Box::new(|_, _| true);
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let busy = response(&world, "486 Busy Here", "a", "").replace("UDP 192.0.2.1:5060", "UDP 203.0.113.9:41234;x=\"y\"");
    world.inject(ANNA, udp(ANNA, BEN), &busy);
    assert!(matches!(world.events.pop_front(), Some((ANNA, Event::Refused { dialog, status: 486, .. })) if dialog == caller));
    assert!(world.sent.last().unwrap().1.starts_with("ACK"));
    world.assert_nothing_left();
}

#[test]
fn a_response_with_another_method_or_number_is_not_ours() {
    let mut world = World::new(1, Network::GOOD);
    world.lose = Box::new(|_, _| true);
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    for (from, to) in [
        ("CSeq: 1 INVITE", "CSeq: 1 BYE"),
        ("CSeq: 1 INVITE", "CSeq: 2 INVITE"),
        ("branch=z9hG4bK", "branch=z9hG4bK0"),
    ] {
        let stray = response(&world, "200 OK", "a", "").replace(from, to);
        world.inject(ANNA, udp(ANNA, BEN), &stray);
    }
    assert!(world.events.is_empty());
    assert_eq!(world.agents[ANNA].statistics().dropped, 3);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}

#[test]
fn a_flood_of_forks_is_bounded_and_leaves_nothing() {
    let mut world = World::new(1, Network::GOOD);
    world.lose = Box::new(|_, _| true);
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    for fork in 0..100 {
        let ringing = response(&world, "180 Ringing", &format!("f{fork}"), "");
        world.inject(ANNA, udp(ANNA, BEN), &ringing);
    }
    assert_eq!(world.agents[ANNA].statistics().dialogs, 17);
    let ended = response(&world, "199 Early Dialog Terminated", "f3", "");
    world.inject(ANNA, udp(ANNA, BEN), &ended);
    assert_eq!(world.agents[ANNA].statistics().dialogs, 16);
    for fork in 0..100 {
        let answer = response(&world, "200 OK", &format!("f{fork}"), "");
        world.inject(ANNA, udp(ANNA, BEN), &answer);
    }
    // The first one is ours; fifteen others are declined, the rest is ignored.
    assert_eq!((world.count_sent(ANNA, "ACK"), world.count_sent(ANNA, "BYE")), (16, 15));
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.run(Duration::from_secs(40));
    world.assert_nothing_left();
}

#[test]
fn a_caller_without_branch_cookie_or_tag_is_served() {
    let mut world = World::new(1, Network::GOOD);
    let old = "INVITE sip:102@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1:5060\nFrom: <sip:101@farend>\nTo: <sip:102@farend>\n\
        Call-ID: old\nCSeq: 1 INVITE\nContact: <sip:101@192.0.2.1>\nContent-Length: 0\n\n";
    world.inject(BEN, udp(BEN, ANNA), old);
    world.inject(BEN, udp(BEN, ANNA), old);
    let Some((BEN, Event::Invited { dialog, .. })) = world.events.pop_front() else {
        panic!()
    };
    assert!(world.events.is_empty(), "the repetition is absorbed");
    world.tell(BEN, |agent, now| agent.refuse(dialog, 486, Vec::new(), now));
    let refusal = world.sent.last().unwrap().1.clone();
    let to = refusal.lines().find(|line| line.starts_with("To:")).unwrap();
    let ack = old.replace("INVITE", "ACK").replace("To: <sip:102@farend>", to);
    let sent = world.sent.len();
    world.inject(BEN, udp(BEN, ANNA), &ack);
    world.run(Duration::from_secs(20));
    assert_eq!(world.sent.len(), sent, "the ACK was understood");
    world.assert_nothing_left();
}
