//! Subscriptions: a phone watches something of ours.

use std::time::Duration;

use sip::agent::{Body, Event, WATCHES_MAX, WatchId, Watched};

use crate::world::{ANNA, BEN, Network, World, number_of, response_to, udp, values};

const SECOND: Duration = Duration::from_secs(1);

fn body(text: &str) -> Body {
    Body {
        content_type: "application/dialog-info+xml".to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

/// A SUBSCRIBE; `tag` is ours, of a refresh.
fn subscribe(number: u32, expires: Option<u32>, tag: Option<&str>, more: &str) -> String {
    let to = tag.map_or_else(|| "<sip:102@farend>".to_owned(), |tag| format!("<sip:102@farend>;tag={tag}"));
    let expires = expires.map_or_else(String::new, |expires| format!("Expires: {expires}\n"));
    format!(
        "SUBSCRIBE sip:102@farend SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKs{number};rport\nMax-Forwards: 70\n\
         From: \"Lamp\" <sip:101-desk@farend>;tag=lamp\nTo: {to}\nCall-ID: watch@192.0.2.2\nCSeq: {number} SUBSCRIBE\n\
         Contact: <sip:101-desk@192.0.2.2:5060>\nEvent: dialog;id=7\nAccept: application/dialog-info+xml\n{expires}{more}Content-Length: 0\n\n"
    )
}

/// A world in which Ben's phone watches something of Anna's agent, and what that agent has said.
fn watching(expires: Option<u32>) -> (World, Watched) {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    let watched = accept(&mut world, &subscribe(1, expires, None, ""));
    (world, watched)
}

fn accept(world: &mut World, message: &str) -> Watched {
    world.inject(ANNA, udp(ANNA, BEN), message);
    let Some((ANNA, Event::Requested { request, .. })) = world.events.pop_front() else {
        panic!("no request: {:?}", world.events)
    };
    world.tell(ANNA, |agent, now| agent.watch(request, Some(4), now))
}

fn begun(watched: Watched) -> WatchId {
    match watched {
        Watched::Begun(watch) => watch,
        Watched::Once(_) | Watched::Refused => panic!("{watched:?}"),
    }
}

fn our_tag(world: &World) -> String {
    let accepted = world.last_sent(ANNA, "SIP/2.0 200");
    let to = values(&accepted, "To")[0].to_owned();
    to.rsplit_once("tag=").unwrap().1.to_owned()
}

fn answer(world: &mut World, status: &str) {
    let notify = world.last_sent(ANNA, "NOTIFY");
    let response = response_to(&notify, status, "lamp", "", "");
    world.inject(ANNA, udp(ANNA, BEN), &response);
}

#[test]
fn a_phone_is_told_the_state_and_every_change_one_at_a_time() {
    let (mut world, watched) = watching(Some(600));
    let watch = begun(watched);
    let accepted = world.last_sent(ANNA, "SIP/2.0 200");
    assert_eq!(values(&accepted, "Expires"), ["600"]);
    assert_eq!(values(&accepted, "Contact"), ["<sip:102@192.0.2.1:5060>"]);

    assert!(world.tell(ANNA, |agent, now| agent.notify(watch, &body("free"), now)));
    let notify = world.last_sent(ANNA, "NOTIFY");
    assert!(notify.starts_with("NOTIFY sip:101-desk@192.0.2.2:5060 SIP/2.0"), "{notify}");
    assert_eq!(values(&notify, "Event"), ["dialog;id=7"]);
    assert_eq!(values(&notify, "Subscription-State"), ["active;expires=600"]);
    assert_eq!((number_of(&notify), notify.ends_with("free")), (1, true));
    assert!(values(&notify, "From")[0].contains(&our_tag(&world)));
    assert!(
        !world.tell(ANNA, |agent, now| agent.notify(watch, &body("busy"), now)),
        "the first one is under way"
    );
    answer(&mut world, "200 OK");
    assert!(matches!(world.events.pop_front(), Some((ANNA, Event::Notified { watch: told })) if told == watch));
    assert!(world.tell(ANNA, |agent, now| agent.notify(watch, &body("busy"), now)));
    assert_eq!(number_of(&world.last_sent(ANNA, "NOTIFY")), 2);
}

#[test]
fn a_refresh_prolongs_it_and_asks_for_the_whole_state() {
    let (mut world, watched) = watching(Some(60));
    let watch = begun(watched);
    let tag = our_tag(&world);
    world.run(50 * SECOND);
    world.inject(ANNA, udp(ANNA, BEN), &subscribe(2, Some(60), Some(&tag), ""));
    assert!(matches!(
        world.events.pop_front(),
        Some((ANNA, Event::Rewatched { watch: again, is_last: false })) if again == watch
    ));
    let events = world.run(50 * SECOND);
    assert!(events.is_empty(), "{events:?}");
    // The same refresh once more, and an old one.
    let before = world.count_sent(ANNA, "SIP/2.0 500");
    world.inject(
        ANNA,
        udp(ANNA, BEN),
        &subscribe(1, Some(60), Some(&tag), "Subject: old\n").replace("bKs1", "bKold"),
    );
    assert_eq!(world.count_sent(ANNA, "SIP/2.0 500"), before + 1);
    let events = world.run(20 * SECOND);
    assert!(
        matches!(events[..], [(ANNA, Event::Unwatched { watch: gone })] if gone == watch),
        "{events:?}"
    );
    let last = world.last_sent(ANNA, "NOTIFY");
    assert_eq!(values(&last, "Subscription-State"), ["terminated;reason=timeout"]);
    world.run(40 * SECOND);
    assert_eq!(world.agents[ANNA].statistics().watches, 0);
    world.assert_nothing_left();
}

#[test]
fn who_wants_to_hear_no_more_is_told_a_last_time() {
    let (mut world, watched) = watching(None);
    let watch = begun(watched);
    assert_eq!(values(&world.last_sent(ANNA, "SIP/2.0 200"), "Expires"), ["3600"]);
    let tag = our_tag(&world);
    world.inject(ANNA, udp(ANNA, BEN), &subscribe(2, Some(0), Some(&tag), ""));
    assert!(matches!(
        world.events.pop_front(),
        Some((ANNA, Event::Rewatched { is_last: true, .. }))
    ));
    world.tell(ANNA, |agent, now| agent.end_watch(watch, Some(&body("free")), "timeout", now));
    let last = world.last_sent(ANNA, "NOTIFY");
    assert_eq!(values(&last, "Subscription-State"), ["terminated;reason=timeout"]);
    answer(&mut world, "200 OK");
    world.inject(ANNA, udp(ANNA, BEN), &subscribe(3, Some(600), Some(&tag), ""));
    assert!(world.last_sent(ANNA, "SIP/2.0").starts_with("SIP/2.0 481"));
    world.run(40 * SECOND);
    world.assert_nothing_left();
}

#[test]
fn who_asks_just_once_is_told_just_once() {
    let (mut world, watched) = watching(Some(0));
    let Watched::Once(watch) = watched else { panic!("{watched:?}") };
    world.tell(ANNA, |agent, now| agent.end_watch(watch, Some(&body("free")), "timeout", now));
    answer(&mut world, "200 OK");
    assert_eq!(world.agents[ANNA].statistics().watches, 0);
}

#[test]
fn a_phone_that_has_forgotten_it_or_vanished_is_forgotten() {
    for status in ["481 Gone", "408 Timeout", "489 Bad Event"] {
        let (mut world, watched) = watching(None);
        let watch = begun(watched);
        world.tell(ANNA, |agent, now| agent.notify(watch, &body("free"), now));
        answer(&mut world, status);
        assert!(
            matches!(world.events.pop_front(), Some((ANNA, Event::Unwatched { .. }))),
            "{status}"
        );
        world.run(40 * SECOND);
        world.assert_nothing_left();
    }
    let (mut world, watched) = watching(None);
    let watch = begun(watched);
    world.tell(ANNA, |agent, now| agent.notify(watch, &body("free"), now));
    let events = world.run(40 * SECOND);
    assert!(matches!(events[..], [(ANNA, Event::Unwatched { .. })]), "{events:?}");
    world.assert_nothing_left();
}

#[test]
fn a_busy_phone_keeps_its_lamps() {
    let (mut world, watched) = watching(None);
    let watch = begun(watched);
    world.tell(ANNA, |agent, now| agent.notify(watch, &body("free"), now));
    answer(&mut world, "503 Service Unavailable");
    assert!(matches!(world.events.pop_front(), Some((ANNA, Event::Notified { .. }))));
    assert!(world.tell(ANNA, |agent, now| agent.notify(watch, &body("busy"), now)));
}

#[test]
fn a_phone_that_comes_back_from_elsewhere_is_told_there() {
    let (mut world, watched) = watching(None);
    let watch = begun(watched);
    world.tell(ANNA, |agent, now| agent.notify(watch, &body("free"), now));
    let mut elsewhere = udp(ANNA, BEN);
    elsewhere.peer.set_port(6000);
    world.tell(ANNA, |agent, now| agent.move_dialogs(udp(ANNA, BEN), elsewhere, Some(9), now));
    assert!(world.events.is_empty(), "that was another device");
    world.tell(ANNA, |agent, now| agent.move_dialogs(udp(ANNA, BEN), elsewhere, Some(4), now));
    assert!(matches!(
        world.events.pop_front(),
        Some((ANNA, Event::Rewatched { is_last: false, .. }))
    ));
    answer(&mut world, "200 OK");
    assert!(matches!(world.events.pop_front(), Some((ANNA, Event::Notified { .. }))));
    world.tell(ANNA, |agent, now| agent.notify(watch, &body("busy"), now));
    let notify = world.last_sent(ANNA, "NOTIFY");
    assert!(notify.ends_with("busy"));
}

#[test]
fn what_is_too_short_or_too_much_is_refused() {
    let (mut world, watched) = watching(Some(59));
    assert_eq!(watched, Watched::Refused);
    let refusal = world.last_sent(ANNA, "SIP/2.0 423");
    assert_eq!(values(&refusal, "Min-Expires"), ["60"]);
    for number in 0..WATCHES_MAX {
        let message = subscribe(1, None, None, "")
            .replace("watch@", &format!("{number}@"))
            .replace("bKs1", &format!("bK{number}"));
        begun(accept(&mut world, &message));
        if number % 500 == 0 {
            world.run(40 * SECOND);
        }
    }
    assert_eq!(
        accept(&mut world, &subscribe(1, None, None, "").replace("bKs1", "bKlast")),
        Watched::Refused
    );
    assert!(world.last_sent(ANNA, "SIP/2.0").starts_with("SIP/2.0 503"));
    assert_eq!(world.agents[ANNA].statistics().watches, WATCHES_MAX);
}

#[test]
fn what_is_not_a_refresh_of_it_changes_nothing() {
    let (mut world, watched) = watching(Some(600));
    begun(watched);
    let tag = our_tag(&world);
    let refresh = subscribe(2, Some(600), Some(&tag), "");
    for (strange, status) in [
        (refresh.replace("tag=lamp", "tag=other"), "481"),
        (refresh.replace("Call-ID: watch", "Call-ID: other"), "481"),
        (refresh.replace("id=7", "id=8"), "489"),
        (refresh.replace("Event: dialog", "Event: presence"), "489"),
        (refresh.replace("Expires: 600", "Expires: 30"), "423"),
        (refresh.replace("SUBSCRIBE", "INFO"), "405"),
    ] {
        world.inject(ANNA, udp(ANNA, BEN), &strange);
        let last = world.last_sent(ANNA, "SIP/2.0");
        assert!(last.starts_with(&format!("SIP/2.0 {status}")), "{strange}\n{last}");
        assert!(world.events.is_empty());
    }
    world.inject(ANNA, udp(ANNA, BEN), &refresh);
    assert!(matches!(world.events.pop_front(), Some((ANNA, Event::Rewatched { .. }))));
}
