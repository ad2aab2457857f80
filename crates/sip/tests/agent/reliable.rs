//! Reliable provisional responses (RFC 3262).

use std::time::Duration;

use sip::agent::{Body, DialogId, End, Event};

use crate::world::{ANNA, BEN, Network, World, invite, number_of, of, response_to, sdp, text, udp};

const SECOND: Duration = Duration::from_secs(1);

/// Anna calls and requires 100rel.
fn call(world: &mut World) -> (DialogId, DialogId) {
    let mut call = invite(udp(ANNA, BEN));
    call.headers.push(("Require".to_owned(), "100rel".to_owned()));
    let caller = world.tell(ANNA, |agent, now| agent.invite(call, now));
    (caller, world.invited())
}

fn ring(world: &mut World, called: DialogId, status: u16, body: Option<Body>) {
    world.tell(BEN, |agent, now| agent.ring(called, status, body, Vec::new(), now));
}

#[test]
fn reliable_ringing_is_acknowledged_once_each() {
    let mut world = World::new(
        1,
        Network {
            twice_percent: 50,
            ..Network::GOOD
        },
    );
    let (caller, called) = call(&mut world);
    ring(&mut world, called, 180, None);
    ring(&mut world, called, 183, None);
    let events = world.run(SECOND);
    assert!(
        matches!(
            of(ANNA, &events)[..],
            [Event::Progressed { status: 180, .. }, Event::Progressed { status: 183, .. }]
        ),
        "{events:?}"
    );
    assert_eq!(world.count_sent(ANNA, "PRACK"), 2);
    world.tell(BEN, |agent, now| agent.answer(called, sdp("answer"), Vec::new(), now));
    let events = world.run(SECOND);
    assert!(matches!(of(ANNA, &events)[..], [Event::Answered { .. }]), "{events:?}");
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}

#[test]
fn a_lost_reliable_response_is_sent_again() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, called) = call(&mut world);
    let mut count = 0;
    world.lose = Box::new(move |_, message| {
        count += usize::from(message.starts_with("SIP/2.0 180"));
        message.starts_with("SIP/2.0 180") && count < 3
    });
    ring(&mut world, called, 180, None);
    let events = world.run(Duration::from_secs(5));
    assert!(
        matches!(of(ANNA, &events)[..], [Event::Progressed { status: 180, .. }]),
        "{events:?}"
    );
    assert_eq!(world.count_sent(BEN, "SIP/2.0 180"), 3);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}

#[test]
fn the_answer_waits_for_a_description_on_its_way() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, called) = call(&mut world);
    ring(&mut world, called, 183, Some(sdp("early")));
    world.tell(BEN, |agent, now| agent.answer(called, sdp("early"), Vec::new(), now));
    assert_eq!(world.count_sent(BEN, "SIP/2.0 200"), 0);
    let events = world.run(SECOND);
    let [Event::Progressed { status: 183, body, .. }, Event::Answered { .. }] = of(ANNA, &events)[..] else {
        panic!("{events:?}")
    };
    assert_eq!(text(body.as_ref()), "early");
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}

#[test]
fn without_prack_the_call_is_given_up() {
    let mut world = World::new(1, Network::GOOD);
    world.lose = Box::new(|_, message| message.starts_with("PRACK"));
    let (_, called) = call(&mut world);
    ring(&mut world, called, 180, None);
    let events = world.run(Duration::from_secs(40));
    assert!(
        matches!(of(BEN, &events)[..], [Event::Ended { end: End::TimedOut, .. }]),
        "{events:?}"
    );
    assert!(matches!(
        of(ANNA, &events)[..],
        [Event::Progressed { .. }, Event::Refused { status: 504, .. }]
    ));
    world.assert_nothing_left();
}

#[test]
fn cancel_while_a_prack_is_missing_leaves_nothing() {
    let mut world = World::new(1, Network::GOOD);
    world.lose = Box::new(|_, message| message.starts_with("PRACK"));
    let (caller, called) = call(&mut world);
    ring(&mut world, called, 180, None);
    ring(&mut world, called, 183, None);
    world.run(SECOND);
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    let events = world.run(SECOND);
    assert!(
        matches!(
            of(BEN, &events)[..],
            [Event::Ended {
                end: End::Cancel { .. },
                ..
            }]
        ),
        "{events:?}"
    );
    world.assert_nothing_left();
}

#[test]
fn a_prack_that_crosses_the_answer_is_accepted() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, called) = call(&mut world);
    ring(&mut world, called, 180, None);
    world.run(Duration::from_millis(15));
    world.tell(BEN, |agent, now| agent.answer(called, sdp("answer"), Vec::new(), now));
    let events = world.run(SECOND);
    assert!(matches!(of(BEN, &events)[..], [Event::Confirmed { .. }]), "{events:?}");
    assert_eq!((world.count_sent(ANNA, "PRACK"), world.count_sent(BEN, "SIP/2.0 481")), (1, 0));
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}

/// What a gateway says: ringing with a description that has to be acknowledged.
fn early_media(invite: &str, tag: &str, rseq: u32, body: &str) -> String {
    let lines = format!("Contact: <sip:102@192.0.2.2>\nRequire: 100rel\nRSeq: {rseq}\nContent-Type: application/sdp\n");
    response_to(invite, "183 Session Progress", tag, &lines, body)
}

/// Anna calls a scripted peer: her INVITE.
fn call_script(world: &mut World) -> (DialogId, String) {
    world.lose = Box::new(|_, _| true);
    let caller = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    (caller, world.sent[0].1.clone())
}

#[test]
fn an_answer_that_came_early_and_reliably_need_not_be_repeated() {
    for (last, answer) in [("", "early"), ("late", "late")] {
        let mut world = World::new(1, Network::GOOD);
        let (caller, invite) = call_script(&mut world);
        // Another fork rings as well: its description is not the winner's.
        world.inject(ANNA, udp(ANNA, BEN), &early_media(&invite, "other", 7, "stray"));
        world.inject(ANNA, udp(ANNA, BEN), &early_media(&invite, "winner", 1, "early"));
        world.inject(ANNA, udp(ANNA, BEN), &early_media(&invite, "winner", 2, "second"));
        world.events.clear();
        let lines = "Contact: <sip:102@192.0.2.2>\nContent-Type: application/sdp\n";
        world.inject(ANNA, udp(ANNA, BEN), &response_to(&invite, "200 OK", "winner", lines, last));
        let Some((ANNA, Event::Answered { body, .. })) = world.events.pop_front() else {
            panic!()
        };
        assert_eq!(text(body.as_ref()), answer);
        world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
        world.assert_nothing_left();
    }
}

#[test]
fn ending_an_unwanted_answer_takes_a_number_of_its_own() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, invite) = call_script(&mut world);
    for rseq in 1..=3 {
        world.inject(ANNA, udp(ANNA, BEN), &early_media(&invite, "t", rseq, "early"));
    }
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    let lines = "Contact: <sip:102@192.0.2.2>\nContent-Type: application/sdp\n";
    world.inject(ANNA, udp(ANNA, BEN), &response_to(&invite, "200 OK", "t", lines, "late"));
    let numbers = |method: &str| -> Vec<u32> {
        let sent = world.sent.iter().map(|(_, message)| message);
        sent.filter(|message| message.starts_with(method))
            .map(|message| number_of(message))
            .collect()
    };
    assert_eq!(
        (numbers("PRACK"), numbers("ACK"), numbers("BYE")),
        (vec![2, 3, 4], vec![1], vec![5])
    );
    world.assert_nothing_left();
}
