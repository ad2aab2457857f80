//! Connections that break, come back, or stand in for datagrams.

use std::time::Duration;

use sip::agent::{End, Event, Invite};
use sip::{Flow, Transport};

use crate::world::{ANNA, BEN, Network, World, address, flow, invite, of, person, sdp, udp};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_call_survives_a_connection_that_comes_back() {
    let mut world = World::new(1, Network::GOOD);
    let (old, new) = (flow(BEN, ANNA, Transport::Wss, 1), flow(BEN, ANNA, Transport::Wss, 2));
    let (caller, called) = world.talk(flow(ANNA, BEN, Transport::Wss, 1));
    world.close(1, &[(ANNA, flow(ANNA, BEN, Transport::Wss, 1)), (BEN, old)]);
    assert!(world.run(10 * SECOND).is_empty());
    world.tell(BEN, |agent, now| agent.move_dialogs(old, new, None, now));
    // Anna follows when the first request comes over the new connection.
    world.tell(BEN, |agent, now| agent.reoffer(called, Some(sdp("ice restart")), now));
    let Some((ANNA, Event::Reoffered { request, .. })) = world.until_event(SECOND) else {
        panic!()
    };
    world.tell(ANNA, |agent, now| agent.respond(request, 200, Vec::new(), Some(sdp("yes")), now));
    assert!(matches!(
        world.until_event(SECOND),
        Some((BEN, Event::ReofferEnded { result: Ok(_), .. }))
    ));
    world.run(60 * SECOND);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    let events = world.run(SECOND);
    assert!(
        matches!(of(BEN, &events)[..], [Event::Ended { end: End::Bye { .. }, .. }]),
        "{events:?}"
    );
    world.assert_nothing_left();
}

#[test]
fn a_call_whose_connection_stays_away_ends_after_half_a_minute() {
    let mut world = World::new(1, Network::GOOD);
    world.talk(flow(ANNA, BEN, Transport::Tcp, 1));
    world.close(
        1,
        &[
            (ANNA, flow(ANNA, BEN, Transport::Tcp, 1)),
            (BEN, flow(BEN, ANNA, Transport::Tcp, 1)),
        ],
    );
    assert!(world.run(29 * SECOND).is_empty());
    let events = world.run(2 * SECOND);
    for side in [ANNA, BEN] {
        assert!(
            matches!(of(side, &events)[..], [Event::Ended { end: End::FlowLost, .. }]),
            "{events:?}"
        );
    }
    world.assert_nothing_left();
}

#[test]
fn what_rings_over_a_lost_connection_ends_soon() {
    let mut world = World::new(1, Network::GOOD);
    world.tell(ANNA, |agent, now| agent.invite(invite(flow(ANNA, BEN, Transport::Wss, 1)), now));
    let called = world.invited();
    world.tell(BEN, |agent, now| agent.ring(called, 180, None, Vec::new(), now));
    world.run(SECOND);
    world.close(
        1,
        &[
            (ANNA, flow(ANNA, BEN, Transport::Wss, 1)),
            (BEN, flow(BEN, ANNA, Transport::Wss, 1)),
        ],
    );
    let events = world.run(6 * SECOND);
    assert!(matches!(of(ANNA, &events)[..], [Event::Refused { status: 408, .. }]), "{events:?}");
    assert!(matches!(of(BEN, &events)[..], [Event::Ended { end: End::FlowLost, .. }]));
    world.assert_nothing_left();
}

#[test]
fn an_answer_lost_with_its_connection_is_sent_again_over_the_next() {
    let mut world = World::new(1, Network::GOOD);
    let (at_anna, at_ben) = (flow(ANNA, BEN, Transport::Wss, 1), flow(BEN, ANNA, Transport::Wss, 1));
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(at_anna), now));
    let called = world.invited();
    world.tell(BEN, |agent, now| agent.ring(called, 180, None, Vec::new(), now));
    world.run(SECOND);
    world.tell(BEN, |agent, now| agent.answer(called, sdp("answer"), Vec::new(), now));
    world.close(1, &[(ANNA, at_anna), (BEN, at_ben)]);
    world.run(SECOND);
    world.tell(ANNA, |agent, now| {
        agent.move_dialogs(at_anna, flow(ANNA, BEN, Transport::Wss, 2), None, now);
    });
    world.tell(BEN, |agent, now| {
        agent.move_dialogs(at_ben, flow(BEN, ANNA, Transport::Wss, 2), None, now);
    });
    let events = world.run(5 * SECOND);
    assert!(matches!(of(ANNA, &events)[..], [Event::Answered { .. }]), "{events:?}");
    assert!(matches!(of(BEN, &events)[..], [Event::Confirmed { .. }]), "{events:?}");
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}

#[test]
fn hanging_up_a_lost_call_is_silent() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, called) = world.talk(flow(ANNA, BEN, Transport::Wss, 1));
    world.close(
        1,
        &[
            (ANNA, flow(ANNA, BEN, Transport::Wss, 1)),
            (BEN, flow(BEN, ANNA, Transport::Wss, 1)),
        ],
    );
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.tell(BEN, |agent, now| agent.reoffer(called, None, now));
    let events = world.run(SECOND);
    assert!(
        matches!(events[..], [(BEN, Event::ReofferEnded { result: Err(480), .. })]),
        "{events:?}"
    );
    world.tell(BEN, |agent, now| agent.hang_up(called, None, now));
    world.assert_nothing_left();
}

/// Ben's connection breaks for both; the connection that he comes back with.
fn break_up(world: &mut World) -> (Flow, Flow) {
    let (old, new) = (flow(BEN, ANNA, Transport::Tcp, 1), flow(BEN, ANNA, Transport::Tcp, 2));
    world.close(1, &[(ANNA, flow(ANNA, BEN, Transport::Tcp, 1)), (BEN, old)]);
    (old, new)
}

/// Anna has recognised Ben behind his new connection.
fn recognise(world: &mut World) {
    let (old, new) = (flow(ANNA, BEN, Transport::Tcp, 1), flow(ANNA, BEN, Transport::Tcp, 2));
    world.tell(ANNA, |agent, now| agent.move_dialogs(old, new, None, now));
}

#[test]
fn a_peer_that_comes_back_into_a_call_that_is_over_is_told() {
    for in_between in [Duration::ZERO, 5 * SECOND, 25 * SECOND] {
        let mut world = World::new(1, Network::GOOD);
        let (caller, called) = world.talk(flow(ANNA, BEN, Transport::Tcp, 1));
        let (old, new) = break_up(&mut world);
        world.run(in_between);
        world.tell(ANNA, |agent, now| agent.hang_up(caller, Some("SIP;cause=200"), now));
        world.run(SECOND);
        world.tell(BEN, |agent, now| agent.move_dialogs(old, new, None, now));
        recognise(&mut world);
        let events = world.run(SECOND);
        let [
            (
                BEN,
                Event::Ended {
                    dialog,
                    end: End::Bye { reason },
                },
            ),
        ] = &events[..]
        else {
            panic!("{events:?}")
        };
        assert_eq!((*dialog, reason.as_deref()), (called, Some("SIP;cause=200")));
        world.assert_nothing_left();
    }
}

#[test]
fn a_peer_that_goes_on_in_a_call_that_is_over_is_told() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, called) = world.talk(flow(ANNA, BEN, Transport::Tcp, 1));
    let (old, new) = break_up(&mut world);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.tell(BEN, |agent, now| agent.move_dialogs(old, new, None, now));
    world.tell(BEN, |agent, now| agent.reoffer(called, Some(sdp("ice restart")), now));
    let events = world.run(SECOND);
    assert!(
        matches!(
            of(BEN, &events)[..],
            [Event::ReofferEnded { result: Err(481), .. }, Event::Ended { .. }]
        ),
        "{events:?}"
    );
    assert!(of(ANNA, &events).is_empty(), "{events:?}");
    world.assert_nothing_left();
}

#[test]
fn a_bye_or_cancel_that_got_lost_with_its_connection_is_sent_again() {
    for answered in [true, false] {
        let mut world = World::new(1, Network::GOOD);
        let at_anna = flow(ANNA, BEN, Transport::Tcp, 1);
        let caller = world.tell(ANNA, |agent, now| agent.invite(invite(at_anna), now));
        let called = world.invited();
        world.tell(BEN, |agent, now| agent.ring(called, 180, None, Vec::new(), now));
        if answered {
            world.tell(BEN, |agent, now| agent.answer(called, sdp("answer"), Vec::new(), now));
        }
        world.run(SECOND);
        world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
        let (old, new) = break_up(&mut world);
        world.run(2 * SECOND);
        world.tell(BEN, |agent, now| agent.move_dialogs(old, new, None, now));
        recognise(&mut world);
        let events = world.run(SECOND);
        assert!(matches!(of(BEN, &events)[..], [Event::Ended { .. }]), "{events:?}");
        world.assert_nothing_left();
    }
}

#[test]
fn a_refusal_that_got_lost_with_its_connection_is_sent_again() {
    let mut world = World::new(1, Network::GOOD);
    let at_ben = flow(BEN, ANNA, Transport::Tcp, 1);
    world.tell(BEN, |agent, now| {
        let call = Invite {
            target: format!("sip:101@{}", address(ANNA)),
            ..invite(at_ben)
        };
        agent.invite(call, now)
    });
    let Some((ANNA, Event::Invited { dialog, .. })) = world.until_event(SECOND) else {
        panic!()
    };
    world.run(SECOND);
    let (old, new) = break_up(&mut world);
    world.tell(ANNA, |agent, now| agent.refuse(dialog, 486, Vec::new(), now));
    world.run(SECOND);
    world.tell(BEN, |agent, now| agent.move_dialogs(old, new, None, now));
    recognise(&mut world);
    let events = world.run(SECOND);
    assert!(matches!(of(BEN, &events)[..], [Event::Refused { status: 486, .. }]), "{events:?}");
    world.assert_nothing_left();
}

#[test]
fn a_call_over_udp_moves_with_its_peer() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, _) = world.talk(udp(ANNA, BEN));
    // The router has given Ben another port: what goes to the old one gets lost.
    let moved = Flow {
        connection: 9,
        ..udp(ANNA, BEN)
    };
    world.close(0, &[]);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    assert!(world.run(5 * SECOND).is_empty());
    world.tell(ANNA, |agent, now| agent.move_dialogs(udp(ANNA, BEN), moved, None, now));
    let events = world.run(SECOND);
    assert!(matches!(of(BEN, &events)[..], [Event::Ended { .. }]), "{events:?}");
    world.assert_nothing_left();
}

#[test]
fn only_the_device_that_moves_takes_its_calls_along() {
    let mut world = World::new(1, Network::GOOD);
    let proxy = flow(ANNA, BEN, Transport::Tcp, 1);
    let (first, _) = world.talk(proxy);
    let (second, _) = world.talk(proxy);
    world.tell(ANNA, |agent, _| {
        agent.label(first, 1);
        agent.label(second, 2);
    });
    let moved = flow(ANNA, BEN, Transport::Tcp, 2);
    world.tell(ANNA, |agent, now| agent.move_dialogs(proxy, moved, Some(2), now));
    // Only the proxy's connection breaks: the call that has moved goes on, the other one waits.
    world.close(1, &[(ANNA, proxy)]);
    world.tell(ANNA, |agent, now| {
        agent.reoffer(first, None, now);
        agent.hang_up(second, None, now);
    });
    let events = world.run(SECOND);
    assert!(
        matches!(of(ANNA, &events)[..], [Event::ReofferEnded { dialog, result: Err(480) }] if *dialog == first),
        "{events:?}"
    );
    assert!(matches!(of(BEN, &events)[..], [Event::Ended { .. }]), "{events:?}");
    // What is said to a device that has gone waits for that device.
    world.tell(ANNA, |agent, now| {
        agent.hang_up(first, None, now);
        agent.move_dialogs(proxy, moved, Some(2), now);
    });
    assert!(world.run(SECOND).is_empty());
    world.tell(ANNA, |agent, now| agent.move_dialogs(proxy, moved, Some(1), now));
    let events = world.run(SECOND);
    assert!(matches!(of(BEN, &events)[..], [Event::Ended { .. }]), "{events:?}");
    world.assert_nothing_left();
}

#[test]
fn what_is_under_way_follows_a_session_to_another_flow() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, called) = world.talk(flow(ANNA, BEN, Transport::Tcp, 1));
    world.close(1, &[(BEN, flow(BEN, ANNA, Transport::Tcp, 1))]);
    // Anna has not noticed yet; her re-INVITE gets lost.
    world.tell(ANNA, |agent, now| agent.reoffer(caller, Some(sdp("hold")), now));
    world.run(SECOND);
    world.tell(BEN, |agent, now| {
        let (old, new) = (flow(BEN, ANNA, Transport::Tcp, 1), flow(BEN, ANNA, Transport::Tcp, 2));
        agent.move_dialogs(old, new, None, now);
        agent.identify(called, &person("102"), &[], now);
    });
    let events = world.run(SECOND);
    assert!(matches!(of(BEN, &events)[..], [Event::Reoffered { .. }]), "{events:?}");
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}

#[test]
fn a_refresh_that_fails_while_the_peer_is_away_is_made_up_for() {
    let mut world = World::new(1, Network::GOOD);
    world.talk(flow(ANNA, BEN, Transport::Tcp, 1));
    world.lose = Box::new(|_, message| message.starts_with("UPDATE"));
    // The refresh after a quarter of an hour gets no answer: the connection breaks a moment before that would end the call.
    let mut broken = false;
    while !broken {
        world.run(SECOND);
        broken = world.sent.iter().any(|(_, message)| message.starts_with("UPDATE"));
    }
    world.run(25 * SECOND);
    let (old, new) = break_up(&mut world);
    world.run(10 * SECOND);
    world.lose = Box::new(|_, _| false);
    let sent = world.count_sent(ANNA, "UPDATE") + world.count_sent(BEN, "UPDATE");
    world.tell(BEN, |agent, now| agent.move_dialogs(old, new, None, now));
    recognise(&mut world);
    let events = world.run(60 * SECOND);
    assert!(events.is_empty(), "{events:?}");
    assert!(world.count_sent(ANNA, "UPDATE") + world.count_sent(BEN, "UPDATE") > sent);
}

#[test]
fn addresses_with_a_scope_or_in_ipv6_clothes_make_sound_messages() {
    for (local, peer, seen) in [
        ("[fe80::1%2]:5060", "[fe80::2%2]:5060", "[fe80::1]:5060"),
        ("[::ffff:192.0.2.1]:5060", "[::ffff:192.0.2.2]:5060", "192.0.2.1:5060"),
        ("[2001:db8::1]:5060", "[2001:db8::2]:5060", "[2001:db8::1]:5060"),
    ] {
        let mut world = World::new(1, Network::GOOD);
        let (local, peer) = (local.parse().unwrap(), peer.parse().unwrap());
        for transport in [Transport::Udp, Transport::Tcp] {
            let way = Flow {
                transport,
                local,
                peer,
                connection: 0,
            };
            let call = Invite {
                target: "no address".to_owned(),
                ..invite(way)
            };
            world.tell(ANNA, |agent, now| agent.invite(call, now));
            let message = &world.sent.last().unwrap().1;
            assert!(
                message.contains(&format!(" {seen};rport")) && message.contains(&format!("@{seen}")),
                "{message}"
            );
            assert!(message.starts_with("INVITE sip:") && !message.contains('%'), "{message}");
        }
    }
}

#[test]
fn a_ping_over_a_broken_connection_fails_at_once() {
    let mut world = World::new(1, Network::GOOD);
    let way = flow(ANNA, BEN, Transport::Tcp, 1);
    world.tell(ANNA, |agent, now| agent.options(way, "sip:102@farend", now));
    world.close(1, &[(ANNA, way)]);
    assert!(matches!(world.events.pop_front(), Some((ANNA, Event::Pinged { status: None, .. }))));
    world.assert_nothing_left();
}

#[test]
fn a_large_invite_goes_over_tcp_and_the_call_stays_with_udp() {
    let mut world = World::new(1, Network::GOOD);
    let mut call = invite(udp(ANNA, BEN));
    call.body = Some(sdp(&"v".repeat(2000)));
    let caller = world.tell(ANNA, |agent, now| agent.invite(call, now));
    assert_eq!(world.connects, [(ANNA, udp(ANNA, BEN))]);
    assert!(world.sent.is_empty());
    let tcp = flow(ANNA, BEN, Transport::Tcp, 5);
    world.tell(ANNA, |agent, now| agent.connected(udp(ANNA, BEN), tcp, now));
    assert!(world.sent[0].1.contains("Via: SIP/2.0/TCP 192.0.2.1:5060"), "{}", world.sent[0].1);
    world.answer_next();
    let events = world.run(SECOND);
    assert!(
        of(ANNA, &events).iter().any(|event| matches!(event, Event::Answered { .. })),
        "{events:?}"
    );
    assert_eq!(world.agents[ANNA].statistics().connecting, 0);
    // Idle connections are closed; the call goes on over UDP.
    world.close(5, &[(ANNA, tcp), (BEN, flow(BEN, ANNA, Transport::Tcp, 5))]);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    let events = world.run(SECOND);
    assert!(matches!(of(BEN, &events)[..], [Event::Ended { .. }]), "{events:?}");
    world.assert_nothing_left();
}

#[test]
fn a_large_invite_goes_over_udp_when_tcp_fails_or_never_comes() {
    for reported in [true, false] {
        let mut world = World::new(1, Network::GOOD);
        let mut call = invite(udp(ANNA, BEN));
        call.body = Some(sdp(&"v".repeat(2000)));
        let caller = world.tell(ANNA, |agent, now| agent.invite(call, now));
        if reported {
            world.tell(ANNA, |agent, now| agent.connect_failed(udp(ANNA, BEN), now));
        }
        world.answer_next();
        let events = world.run(SECOND);
        assert!(
            of(ANNA, &events).iter().any(|event| matches!(event, Event::Answered { .. })),
            "{events:?}"
        );
        world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
        world.assert_nothing_left();
    }
}

#[test]
fn hanging_up_while_connecting_sends_nothing() {
    let mut world = World::new(1, Network::GOOD);
    let mut call = invite(udp(ANNA, BEN));
    call.body = Some(sdp(&"v".repeat(2000)));
    let caller = world.tell(ANNA, |agent, now| agent.invite(call, now));
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.tell(ANNA, |agent, now| {
        agent.connected(udp(ANNA, BEN), flow(ANNA, BEN, Transport::Tcp, 5), now);
    });
    assert!(world.sent.is_empty());
    world.close(5, &[(ANNA, flow(ANNA, BEN, Transport::Tcp, 5))]);
    world.assert_nothing_left();
}

#[test]
fn requests_go_where_the_peer_is_and_not_where_its_contact_says() {
    let mut world = World::new(1, Network::GOOD);
    let invite = "INVITE sip:102@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bKabc;rport\n\
        From: <sip:101@farend>;tag=f\nTo: <sip:102@farend>\nCall-ID: c1\nCSeq: 1 INVITE\n\
        Contact: <sip:101@10.0.0.7:5062>\nContent-Type: application/sdp\nContent-Length: 4\n\nv=0\n";
    world.inject(BEN, udp(BEN, ANNA), invite);
    let Some((BEN, Event::Invited { dialog, .. })) = world.events.pop_front() else {
        panic!()
    };
    world.tell(BEN, |agent, now| agent.answer(dialog, sdp("answer"), Vec::new(), now));
    let ok = world.sent.last().unwrap().1.clone();
    assert!(
        ok.contains(";received=192.0.2.1;rport=5060") && ok.contains("Contact: <sip:102@192.0.2.2:5060>"),
        "{ok}"
    );
    let tag = ok.split("To: <sip:102@farend>;tag=").nth(1).unwrap().split("\r\n").next().unwrap();
    let ack = format!(
        "ACK sip:102@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bKack;rport\n\
         From: <sip:101@farend>;tag=f\nTo: <sip:102@farend>;tag={tag}\nCall-ID: c1\nCSeq: 1 ACK\nContent-Length: 0\n\n"
    );
    world.inject(BEN, udp(BEN, ANNA), &ack);
    assert!(matches!(world.events.pop_front(), Some((BEN, Event::Confirmed { .. }))));
    world.tell(BEN, |agent, now| agent.hang_up(dialog, None, now));
    let bye = &world.sent.last().unwrap().1;
    // By name to the contact, by way to where the packets come from.
    assert!(bye.starts_with("BYE sip:101@10.0.0.7:5062 SIP/2.0"), "{bye}");
    assert_eq!(udp(BEN, ANNA).peer, address(ANNA));
    world.assert_nothing_left();
}

#[test]
fn keep_alives_are_answered() {
    let mut world = World::new(1, Network::GOOD);
    world.inject(BEN, flow(BEN, ANNA, Transport::Wss, 1), "\n\n");
    assert_eq!(world.sent.last().unwrap().1, "\r\n");
}
