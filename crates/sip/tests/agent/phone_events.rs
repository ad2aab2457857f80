//! NOTIFY that tells a phone to talk or to hold.

use sip::agent::PhoneEvent;

use crate::world::{ANNA, BEN, Network, World, invite, response_to, udp};

fn field<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    message.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn notifies(world: &World) -> Vec<String> {
    let ours = world
        .sent
        .iter()
        .filter(|(who, message)| *who == ANNA && message.starts_with("NOTIFY"));
    ours.map(|(_, message)| message.clone()).collect()
}

#[test]
fn a_phone_that_understands_it_is_told_to_talk_while_it_rings_and_to_hold_later() {
    let mut world = World::new(1, Network::GOOD);
    world.cut_off();
    let dialog = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let sent = world.last_sent(ANNA, "INVITE");
    let told = |world: &mut World, event| world.tell(ANNA, |agent, now| agent.tell_phone(dialog, event, now));
    assert!(!told(&mut world, PhoneEvent::Talk), "nothing is known of it");
    let lines = "Contact: <sip:102@192.0.2.2>\n";
    world.inject(ANNA, udp(ANNA, BEN), &response_to(&sent, "180 Ringing", "other", lines, ""));
    assert!(!told(&mut world, PhoneEvent::Talk), "this one has not promised anything");
    let able = format!("{lines}Allow-Events: refer, Talk,hold\n");
    world.inject(ANNA, udp(ANNA, BEN), &response_to(&sent, "180 Ringing", "able", &able, ""));
    assert!(told(&mut world, PhoneEvent::Talk));
    let talk = notifies(&world).pop().unwrap();
    assert!(talk.starts_with("NOTIFY sip:102@192.0.2.2 SIP/2.0"), "{talk}");
    assert!(field(&talk, "To").is_some_and(|to| to.ends_with(";tag=able")), "{talk}");
    assert_eq!((field(&talk, "Event"), field(&talk, "CSeq")), (Some("talk"), Some("2 NOTIFY")));
    assert_eq!(field(&talk, "Subscription-State"), Some("active"));
    world.inject(ANNA, udp(ANNA, BEN), &response_to(&talk, "200 OK", "able", "", ""));
    let lines = format!("{able}Content-Type: application/sdp\n");
    world.inject(ANNA, udp(ANNA, BEN), &response_to(&sent, "200 OK", "able", &lines, "answer"));
    assert!(told(&mut world, PhoneEvent::Hold));
    let hold = notifies(&world).pop().unwrap();
    assert_eq!((field(&hold, "Event"), field(&hold, "CSeq")), (Some("hold"), Some("3 NOTIFY")));
    world.tell(ANNA, |agent, now| agent.hang_up(dialog, None, now));
    assert!(!told(&mut world, PhoneEvent::Talk), "it has been hung up");
}

#[test]
fn a_phone_that_does_not_keep_its_promise_is_not_told_again() {
    let mut world = World::new(2, Network::GOOD);
    world.cut_off();
    let dialog = world.tell(ANNA, |agent, now| agent.invite(invite(udp(ANNA, BEN)), now));
    let sent = world.last_sent(ANNA, "INVITE");
    let lines = "Contact: <sip:102@192.0.2.2>\nAllow-Events: talk\n";
    world.inject(ANNA, udp(ANNA, BEN), &response_to(&sent, "180 Ringing", "phone", lines, ""));
    let told = |world: &mut World, event| world.tell(ANNA, |agent, now| agent.tell_phone(dialog, event, now));
    assert!(!told(&mut world, PhoneEvent::Hold), "it knows one of them alone");
    assert!(told(&mut world, PhoneEvent::Talk));
    let talk = notifies(&world).pop().unwrap();
    world.inject(ANNA, udp(ANNA, BEN), &response_to(&talk, "489 Bad Event", "phone", "", ""));
    assert!(!told(&mut world, PhoneEvent::Talk));
    assert_eq!(notifies(&world).len(), 1);
}
