//! Targets that do not answer in time: the next one has to be tried.

use std::time::Duration;

use sip::agent::{DialogId, Event, Invite, OutgoingRequest};
use sip::{Flow, Transport};

use crate::trunk::{credentials, register};
use crate::world::{ANNA, BEN, Network, World, flow, invite, of, response_to, sdp, text, udp};

const SECOND: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(2);

fn call(world: &mut World, way: Flow) -> DialogId {
    let call = Invite {
        first_response_max: Some(PATIENCE),
        ..invite(way)
    };
    world.tell(ANNA, |agent, now| agent.invite(call, now))
}

fn respond(world: &mut World, request: &str, status: &str, lines: &str, body: &str) {
    world.inject(ANNA, udp(ANNA, BEN), &response_to(request, status, "t", lines, body));
}

#[test]
fn a_request_is_given_up_when_its_time_is_over() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut world = World::new(1, Network::GOOD);
        world.cut_off();
        let request = OutgoingRequest {
            flow: flow(ANNA, BEN, transport, u64::from(transport != Transport::Udp)),
            response_max: Some(PATIENCE),
            ..register("secret")
        };
        let asked = world.tell(ANNA, |agent, now| agent.request(request, now));
        assert!(world.run(PATIENCE - Duration::from_millis(1)).is_empty());
        let events = world.run(Duration::from_millis(1));
        assert!(
            matches!(of(ANNA, &events)[..], [Event::Responded { request, status: 408, .. }] if *request == asked),
            "{events:?}"
        );
        let held = world.agents[ANNA].statistics();
        assert_eq!((held.transactions, held.requests, held.timers), (0, 0, 0));
        let sent = world.last_sent(ANNA, "REGISTER");
        respond(&mut world, &sent, "200 OK", "", "");
        assert!(world.events.is_empty());
        world.assert_nothing_left();
    }
}

#[test]
fn a_connection_that_closes_ends_the_waiting() {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    let way = flow(ANNA, BEN, Transport::Tcp, 1);
    let request = OutgoingRequest {
        flow: way,
        response_max: Some(PATIENCE),
        ..register("secret")
    };
    world.tell(ANNA, |agent, now| agent.request(request, now));
    world.close(1, &[(ANNA, way)]);
    let events = world.run(10 * SECOND);
    assert!(
        matches!(of(ANNA, &events)[..], [Event::Responded { status: 408, .. }]),
        "{events:?}"
    );
    world.assert_nothing_left();
}

#[test]
fn challenges_count_into_the_time_of_a_request() {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    let request = OutgoingRequest {
        response_max: Some(PATIENCE),
        ..register("secret")
    };
    world.tell(ANNA, |agent, now| agent.request(request.clone(), now));
    world.run(SECOND);
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\n";
    let sent = world.last_sent(ANNA, "REGISTER");
    respond(&mut world, &sent, "401 Unauthorized", challenge, "");
    let events = world.run(SECOND);
    assert!(
        matches!(of(ANNA, &events)[..], [Event::Responded { status: 408, .. }]),
        "{events:?}"
    );
    // Who answers in time is not given up afterwards.
    world.tell(ANNA, |agent, now| agent.request(request, now));
    let sent = world.last_sent(ANNA, "REGISTER");
    respond(&mut world, &sent, "200 OK", "", "");
    let events = world.run(60 * SECOND);
    assert!(
        matches!(of(ANNA, &events)[..], [Event::Responded { status: 200, .. }]),
        "{events:?}"
    );
    world.assert_nothing_left();
}

#[test]
fn a_silent_target_is_given_up_and_the_next_one_tried() {
    let mut world = World::new(1, Network::GOOD);
    world.lose = Box::new(|_, message| message.contains("@192.0.2.9"));
    let dead = Flow {
        peer: "192.0.2.9:5060".parse().unwrap(),
        ..udp(ANNA, BEN)
    };
    let first = call(&mut world, dead);
    let begun = world.now;
    let Some((
        ANNA,
        Event::Refused {
            dialog,
            status: 408,
            is_silence: true,
            ..
        },
    )) = world.until_event(60 * SECOND)
    else {
        panic!()
    };
    assert_eq!((dialog, world.now - begun), (first, PATIENCE));
    let second = call(&mut world, udp(ANNA, BEN));
    world.answer_next();
    let events = world.run(SECOND);
    assert!(
        matches!(of(ANNA, &events)[..], [.., Event::Answered { dialog, .. }] if *dialog == second),
        "{events:?}"
    );
    world.tell(ANNA, |agent, now| agent.hang_up(second, None, now));
    world.assert_nothing_left();
}

#[test]
fn an_answer_that_comes_too_late_is_ended() {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    call(&mut world, udp(ANNA, BEN));
    let sent = world.last_sent(ANNA, "INVITE");
    let events = world.run(PATIENCE);
    assert!(matches!(of(ANNA, &events)[..], [Event::Refused { status: 408, .. }]), "{events:?}");
    let lines = "Contact: <sip:102@192.0.2.2>\nContent-Type: application/sdp\n";
    for _ in 0..2 {
        respond(&mut world, &sent, "200 OK", lines, "late");
    }
    assert_eq!(
        (
            world.count_sent(ANNA, "ACK"),
            world.count_sent(ANNA, "BYE"),
            world.count_sent(ANNA, "CANCEL")
        ),
        (2, 1, 0)
    );
    assert!(world.run(120 * SECOND).is_empty());
    world.assert_nothing_left();
}

#[test]
fn ringing_that_begins_too_late_is_cancelled() {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    call(&mut world, udp(ANNA, BEN));
    let sent = world.last_sent(ANNA, "INVITE");
    world.run(PATIENCE);
    respond(&mut world, &sent, "180 Ringing", "", "");
    assert_eq!(world.count_sent(ANNA, "CANCEL"), 1);
    respond(&mut world, &sent, "487 Request Terminated", "", "");
    assert_eq!(world.count_sent(ANNA, "ACK"), 1);
    assert!(world.events.is_empty());
    world.assert_nothing_left();
}

#[test]
fn one_sign_of_life_is_enough() {
    for status in ["100 Trying", "183 Session Progress"] {
        let mut world = World::new(1, Network::GOOD);
        world.cut_off();
        let caller = call(&mut world, udp(ANNA, BEN));
        let sent = world.last_sent(ANNA, "INVITE");
        respond(&mut world, &sent, status, "", "");
        let events = world.run(150 * SECOND);
        assert!(
            !events.iter().any(|(_, event)| matches!(event, Event::Refused { .. })),
            "{events:?}"
        );
        world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
        assert!(world.run(120 * SECOND).is_empty());
        world.assert_nothing_left();
    }
}

#[test]
fn patience_begins_anew_with_credentials_and_ends_with_the_call() {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    let challenged = |world: &mut World| {
        let call = Invite {
            first_response_max: Some(PATIENCE),
            credentials: credentials("secret"),
            ..invite(udp(ANNA, BEN))
        };
        let caller = world.tell(ANNA, |agent, now| agent.invite(call, now));
        world.run(SECOND);
        let sent = world.last_sent(ANNA, "INVITE");
        let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\n";
        respond(world, &sent, "401 Unauthorized", challenge, "");
        assert!(world.run(PATIENCE - Duration::from_millis(1)).is_empty());
        caller
    };
    challenged(&mut world);
    let events = world.run(Duration::from_millis(1));
    assert!(matches!(of(ANNA, &events)[..], [Event::Refused { status: 408, .. }]), "{events:?}");
    // Who hangs up before that hears nothing any more.
    let caller = challenged(&mut world);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    assert!(world.run(120 * SECOND).is_empty());
    // And an answered call lives on.
    let caller = call(&mut world, udp(ANNA, BEN));
    let sent = world.last_sent(ANNA, "INVITE");
    let lines = "Contact: <sip:102@192.0.2.2>\nContent-Type: application/sdp\n";
    respond(&mut world, &sent, "200 OK", lines, "answer");
    let events = world.run(60 * SECOND);
    let [Event::Answered { body, .. }] = of(ANNA, &events)[..] else {
        panic!("{events:?}")
    };
    assert_eq!(text(body.as_ref()), text(Some(&sdp("answer"))));
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}
