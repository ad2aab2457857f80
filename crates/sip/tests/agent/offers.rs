//! Offers inside a call: hold, glare, lost answers.

use std::time::Duration;

use sip::agent::{End, Event};

use crate::world::{ANNA, BEN, Network, World, of, sdp, text, udp};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn an_offer_inside_a_call_is_answered() {
    for (from, to) in [(ANNA, BEN), (BEN, ANNA)] {
        let mut world = World::new(1, Network::GOOD);
        let (caller, called) = world.talk(udp(ANNA, BEN));
        let sides = [caller, called];
        world.tell(from, |agent, now| agent.reoffer(sides[from], Some(sdp("hold")), now));
        let Some((_, Event::Reoffered { dialog, request, body })) = world.until_event(SECOND) else {
            panic!()
        };
        assert_eq!((dialog, text(body.as_ref()).as_str()), (sides[to], "hold"));
        world.tell(to, |agent, now| agent.respond(request, 200, Vec::new(), Some(sdp("held")), now));
        let events = world.run(SECOND);
        let [Event::ReofferEnded { result: Ok(body), .. }] = of(from, &events)[..] else {
            panic!("{events:?}")
        };
        assert_eq!(text(body.as_ref()), "held");
        assert!(matches!(of(to, &events)[..], [Event::Confirmed { .. }]));
        world.tell(from, |agent, now| agent.hang_up(sides[from], None, now));
        world.assert_nothing_left();
    }
}

#[test]
fn an_offer_can_be_asked_for() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, called) = world.talk(udp(ANNA, BEN));
    world.tell(BEN, |agent, now| agent.reoffer(called, None, now));
    let Some((ANNA, Event::Reoffered { request, body: None, .. })) = world.until_event(SECOND) else {
        panic!()
    };
    world.tell(ANNA, |agent, now| {
        agent.respond(request, 200, Vec::new(), Some(sdp("my offer")), now);
    });
    let Some((
        BEN,
        Event::ReofferEnded {
            result: Ok(Some(offer)), ..
        },
    )) = world.until_event(SECOND)
    else {
        panic!()
    };
    assert_eq!(text(Some(&offer)), "my offer");
    world.tell(BEN, |agent, now| agent.acknowledge(called, sdp("its answer"), now));
    let events = world.run(SECOND);
    let [Event::Confirmed { body, .. }] = of(ANNA, &events)[..] else {
        panic!("{events:?}")
    };
    assert_eq!(text(body.as_ref()), "its answer");
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.assert_nothing_left();
}

#[test]
fn a_refused_offer_leaves_the_call_as_it_was() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, _) = world.talk(udp(ANNA, BEN));
    world.tell(ANNA, |agent, now| agent.reoffer(caller, Some(sdp("video")), now));
    let Some((BEN, Event::Reoffered { request, .. })) = world.until_event(SECOND) else {
        panic!()
    };
    world.tell(BEN, |agent, now| agent.respond(request, 488, Vec::new(), None, now));
    let events = world.run(SECOND);
    assert!(matches!(of(ANNA, &events)[..], [Event::ReofferEnded { result: Err(488), .. }]));
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    let events = world.run(SECOND);
    assert!(matches!(of(BEN, &events)[..], [Event::Ended { .. }]));
    world.assert_nothing_left();
}

#[test]
fn crossing_offers_are_tried_again_one_after_the_other() {
    for seed in 0..50 {
        let mut world = World::new(seed, Network::GOOD);
        let (caller, called) = world.talk(udp(ANNA, BEN));
        world.tell(ANNA, |agent, now| agent.reoffer(caller, Some(sdp("A")), now));
        world.tell(BEN, |agent, now| agent.reoffer(called, Some(sdp("B")), now));
        let mut outcomes = Vec::new();
        while let Some((who, event)) = world.until_event(Duration::from_secs(20)) {
            match event {
                Event::Reoffered { request, .. } => {
                    world.tell(who, |agent, now| agent.respond(request, 200, Vec::new(), Some(sdp("yes")), now));
                }
                Event::ReofferEnded { result, .. } => outcomes.push((who, result.map(|body| text(body.as_ref())))),
                Event::Confirmed { .. } => {}
                other => panic!("{other:?}"),
            }
        }
        assert!(world.count_sent(ANNA, "SIP/2.0 491") > 0 && world.count_sent(BEN, "SIP/2.0 491") > 0);
        // The called side tries first; the caller's offer waits longer and gives way, or comes second.
        assert!(outcomes.contains(&(BEN, Ok("yes".to_owned()))), "{outcomes:?}");
        let callers: Vec<_> = outcomes.iter().filter(|(who, _)| *who == ANNA).collect();
        assert!(matches!(callers[..], [(_, Err(491))] | [(_, Ok(_))]), "{outcomes:?}");
        world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
        world.assert_nothing_left();
    }
}

#[test]
fn a_second_offer_of_ours_is_refused_at_once() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, _) = world.talk(udp(ANNA, BEN));
    world.tell(ANNA, |agent, now| agent.reoffer(caller, Some(sdp("A")), now));
    world.tell(ANNA, |agent, now| agent.reoffer(caller, Some(sdp("B")), now));
    let Some((ANNA, Event::ReofferEnded { result: Err(491), .. })) = world.until_event(SECOND) else {
        panic!()
    };
    world.tell(ANNA, |agent, now| agent.hang_up(caller, None, now));
    world.run(SECOND);
    world.assert_nothing_left();
}

#[test]
fn hanging_up_with_open_offers_leaves_nothing() {
    for (offers, hangs_up) in [(ANNA, ANNA), (ANNA, BEN), (BEN, ANNA), (BEN, BEN)] {
        let mut world = World::new(1, Network::GOOD);
        let (caller, called) = world.talk(udp(ANNA, BEN));
        let sides = [caller, called];
        world.tell(offers, |agent, now| agent.reoffer(sides[offers], Some(sdp("hold")), now));
        assert!(matches!(world.until_event(SECOND), Some((_, Event::Reoffered { .. }))));
        world.tell(hangs_up, |agent, now| agent.hang_up(sides[hangs_up], None, now));
        let events = world.run(SECOND);
        let ended = of(1 - hangs_up, &events)
            .iter()
            .filter(|event| matches!(event, Event::Ended { .. }))
            .count();
        assert_eq!(ended, 1, "{events:?}");
        world.assert_nothing_left();
    }
}

#[test]
fn an_offer_that_nobody_hears_ends_the_call() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, called) = world.talk(udp(ANNA, BEN));
    world.lose = Box::new(|_, _| true);
    world.tell(ANNA, |agent, now| agent.reoffer(caller, Some(sdp("hold")), now));
    let events = world.run(Duration::from_secs(40));
    let heard = of(ANNA, &events);
    assert!(
        matches!(
            heard[..],
            [
                Event::ReofferEnded { result: Err(408), .. },
                Event::Ended { end: End::TimedOut, .. }
            ]
        ),
        "{heard:?}"
    );
    world.tell(BEN, |agent, now| agent.hang_up(called, None, now));
    world.assert_nothing_left();
}

#[test]
fn a_peer_that_lost_the_call_ends_it() {
    let mut world = World::new(1, Network::GOOD);
    let (caller, called) = world.talk(udp(ANNA, BEN));
    world.lose = Box::new(|from, _| from == BEN);
    world.tell(BEN, |agent, now| agent.hang_up(called, None, now));
    world.run(Duration::from_secs(40));
    world.lose = Box::new(|_, _| false);
    world.tell(ANNA, |agent, now| agent.reoffer(caller, Some(sdp("hold")), now));
    let events = world.run(SECOND);
    assert!(matches!(
        of(ANNA, &events)[..],
        [Event::ReofferEnded { result: Err(481), .. }, Event::Ended { .. }]
    ));
    world.assert_nothing_left();
}
