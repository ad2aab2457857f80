//! Calls between people, in simulated time.

use std::time::Duration;

use model::control::{Direction, Source};
use model::{DeviceId, UserId};
use sim::{Act, Habit, World};
use switchboard::core::{JournalEntry, LiveEvent, Outcome, UserState};

const SOON: Habit = Habit::Answer {
    after: Duration::from_secs(2),
};

/// Anna calls Ben from her browser; Ben lifts the desk phone after two seconds.
fn talking() -> World {
    let mut world = World::registered(1);
    world.record();
    world.phone_mut("102-desk").habit = SOON;
    call(&mut world, "101-web", "102");
    world.run_ms(3_000);
    assert!(world.phone("101-web").talks(), "{}", world.trace());
    assert!(world.phone("102-desk").talks(), "{}", world.trace());
    world
}

fn call(world: &mut World, phone: &'static str, number: &'static str) {
    world.act(Act::Call { phone, number });
}

fn offer(world: &mut World, phone: &'static str, direction: Direction) {
    world.act(Act::Offer(phone, direction));
    world.run_ms(500);
}

fn sources(world: &World) -> Vec<Source> {
    world.heard().into_iter().map(|(_, source)| source).collect()
}

/// Both hear each other.
#[track_caller]
fn assert_bridged(world: &World) {
    match world.heard().as_slice() {
        [(a, for_a), (b, for_b)] => assert_eq!((*for_a, *for_b), (Source::Leg(*b), Source::Leg(*a)), "{}", world.trace()),
        other => panic!("{other:?}\n{}", world.trace()),
    }
}

/// In the end nothing is left of any call, and the journal tells of each from start to end.
#[track_caller]
fn assert_nothing_left(world: &mut World) {
    world.close_down();
    let figures = world.figures();
    let of_calls = (figures.calls, figures.legs, figures.dialogs, figures.transactions);
    assert_eq!(of_calls, (0, 0, 0, 0), "{}", world.trace());
    assert_eq!(world.media.legs(), [], "{}", world.trace());
    assert_eq!(world.media.complaints, [""; 0], "{}", world.trace());
}

#[track_caller]
fn assert_ended(world: &World, outcome: Outcome, reason: &str) {
    match world.journal.last() {
        Some(JournalEntry::Ended {
            outcome: how, reason: why, ..
        }) => assert_eq!((*how, *why), (outcome, reason)),
        other => panic!("{other:?}\n{}", world.trace()),
    }
}

fn states(world: &World, user: u64) -> Vec<UserState> {
    let of_user = |event: &LiveEvent| match event {
        LiveEvent::UserState { user: id, state } if *id == UserId(user) => Some(*state),
        LiveEvent::UserState { .. } | LiveEvent::Registered { .. } | LiveEvent::Unregistered { .. } => None,
        LiveEvent::Displaced { .. }
        | LiveEvent::PhoneWay { .. }
        | LiveEvent::Measured { .. }
        | LiveEvent::Line { .. }
        | LiveEvent::LineClosed { .. }
        | LiveEvent::LineMeasured { .. }
        | LiveEvent::TrunkTested { .. }
        | LiveEvent::TrunkNotTested { .. }
        | LiveEvent::Suspected { .. }
        | LiveEvent::Calls { .. }
        | LiveEvent::TeamLine { .. }
        | LiveEvent::Conference { .. }
        | LiveEvent::Speaking { .. }
        | LiveEvent::Parked(_)
        | LiveEvent::PickUps { .. }
        | LiveEvent::CallBacks { .. }
        | LiveEvent::Transferred { .. }
        | LiveEvent::Seated { .. }
        | LiveEvent::EmergencyCalled { .. } => None,
    };
    world.events.iter().filter_map(of_user).collect()
}

#[test]
fn two_people_talk_and_one_hangs_up() {
    let mut world = talking();
    assert_bridged(&world);
    assert_eq!(world.phone("102-desk").calls[0].display.display, "Anna");
    assert_eq!(world.phone("102-desk").calls[0].display.uri, "sip:101@farend");
    world.act(Act::HangUp("102-desk"));
    assert_nothing_left(&mut world);
    assert!(!world.phone("101-web").talks());
    let kinds: Vec<_> = world.journal.iter().map(std::mem::discriminant).collect();
    assert_eq!(kinds.len(), 3);
    assert!(matches!(&world.journal[0], JournalEntry::Started { caller, called, .. } if caller.number == "101" && called.number == "102"));
    assert!(matches!(
        &world.journal[1],
        JournalEntry::Answered {
            device: Some(DeviceId(3)),
            ..
        }
    ));
    assert!(matches!(&world.journal[2], JournalEntry::Ended { legs, .. } if legs.len() == 2));
    assert_ended(&world, Outcome::Answered, "called party hung up");
    let ben = [UserState::Available, UserState::Ringing, UserState::OnACall, UserState::Available];
    assert_eq!(states(&world, 2), ben);
    assert_eq!(states(&world, 1), [UserState::Available, UserState::OnACall, UserState::Available]);
}

#[test]
fn all_phones_ring_and_the_others_learn_that_it_was_answered_elsewhere() {
    let mut world = World::registered(2);
    call(&mut world, "101-desk", "102");
    world.run_ms(1_000);
    assert!(world.phone("102-desk").rings() && world.phone("102-web").rings());
    assert!(!world.phone("101-web").rings());
    assert!(world.phone("101-desk").hears_ringing());
    world.act(Act::Answer("102-web"));
    world.run_ms(1_000);
    assert!(!world.phone("102-desk").rings());
    let elsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";
    assert_eq!(world.phone("102-desk").reasons, [elsewhere]);
    assert_bridged(&world);
    world.act(Act::HangUp("101-desk"));
    assert_nothing_left(&mut world);
    assert_ended(&world, Outcome::Answered, "caller hung up");
}

#[test]
fn a_busy_user_refuses() {
    let mut world = World::registered(3);
    for phone in ["102-desk", "102-web"] {
        world.phone_mut(phone).habit = Habit::Refuse {
            after: Duration::from_secs(1),
            status: 486,
        };
    }
    call(&mut world, "101-desk", "102");
    world.run_ms(2_000);
    assert_eq!(world.phone("101-desk").refusals, [486]);
    assert_nothing_left(&mut world);
    assert_ended(&world, Outcome::Busy, "busy");
}

#[test]
fn nobody_answers_within_the_time_to_ring() {
    let mut world = World::registered(4);
    call(&mut world, "101-web", "102");
    world.run_ms(29_000);
    assert!(world.phone("102-desk").rings());
    world.run_ms(2_000);
    assert!(!world.phone("102-desk").rings() && !world.phone("102-web").rings());
    assert_eq!(world.phone("101-web").refusals, [480]);
    assert_nothing_left(&mut world);
    assert_ended(&world, Outcome::NoAnswer, "nobody answered");
    assert_eq!(states(&world, 2), [UserState::Available, UserState::Ringing, UserState::Available]);
}

#[test]
fn the_caller_gives_up() {
    let mut world = World::registered(5);
    call(&mut world, "101-desk", "102");
    world.run_ms(1_000);
    world.act(Act::HangUp("101-desk"));
    world.run_ms(1_000);
    assert!(!world.phone("102-desk").rings() && !world.phone("102-web").rings());
    assert_nothing_left(&mut world);
    assert_ended(&world, Outcome::Cancelled, "caller gave up");
}

#[test]
fn numbers_that_lead_nowhere_are_refused_with_their_reason() {
    let mut world = World::registered(6);
    for name in ["103-desk", "103-web"] {
        world.act(Act::Unregister(name));
    }
    world.run_ms(1_000);
    for number in ["999", "103"] {
        call(&mut world, "101-web", number);
        world.run_ms(1_000);
    }
    assert_eq!(world.phone("101-web").refusals, [404, 480]);
    assert_eq!(world.journal.len(), 4);
    assert_ended(&world, Outcome::NoAnswer, "no phone is registered for this number");
    call(&mut world, "101-web", "101");
    world.run_ms(1_000);
    assert!(world.phone("101-desk").rings());
    world.act(Act::HangUp("101-web"));
    world.act(Act::Unregister("101-desk"));
    world.run_ms(1_000);
    call(&mut world, "101-web", "101");
    world.run_ms(1_000);
    assert_eq!(world.phone("101-web").refusals, [404, 480, 482]);
    assert_nothing_left(&mut world);
}

#[test]
fn an_offer_without_audio_is_refused() {
    let mut world = World::registered(7);
    world.act(Act::CallWithoutAudio {
        phone: "101-desk",
        number: "102",
    });
    world.run_ms(1_000);
    assert_eq!(world.phone("101-desk").refusals, [488]);
    assert_nothing_left(&mut world);
}

#[test]
fn a_call_without_offer_gets_ours() {
    let mut world = World::registered(8);
    world.phone_mut("102-desk").habit = SOON;
    world.act(Act::CallWithoutOffer {
        phone: "101-desk",
        number: "102",
    });
    world.run_ms(3_000);
    assert_bridged(&world);
    world.act(Act::HangUp("102-desk"));
    assert_nothing_left(&mut world);
}

#[test]
fn the_echo_test_and_the_music_answer_by_themselves() {
    for (number, source) in [("*43", Source::Echo), ("*44", Source::Music)] {
        let mut world = World::registered(9);
        call(&mut world, "101-web", number);
        world.run_ms(500);
        assert_eq!(sources(&world), [source]);
        world.act(Act::HangUp("101-web"));
        assert_nothing_left(&mut world);
        assert!(matches!(&world.journal[1], JournalEntry::Answered { device: None, .. }));
    }
}

#[test]
fn either_side_holds_and_resumes() {
    let mut world = talking();
    offer(&mut world, "102-desk", Direction::SendOnly);
    assert_eq!(sources(&world), [Source::Music, Source::Nothing], "{}", world.trace());
    offer(&mut world, "101-web", Direction::Inactive);
    assert_eq!(sources(&world), [Source::Nothing, Source::Nothing]);
    offer(&mut world, "102-desk", Direction::SendRecv);
    assert_eq!(sources(&world), [Source::Nothing, Source::Music]);
    offer(&mut world, "101-web", Direction::SendRecv);
    assert_bridged(&world);
    world.act(Act::AskForOffer("102-desk"));
    world.run_ms(500);
    assert_bridged(&world);
    world.act(Act::HangUp("101-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn keys_pressed_on_one_phone_are_heard_on_the_other() {
    let mut world = talking();
    for key in ['1', '#'] {
        world.act(Act::Press("101-web", key));
        world.run_ms(200);
    }
    let [(caller, _), (called, _)] = world.heard()[..] else {
        panic!("{}", world.trace())
    };
    assert_eq!((world.media.digits(caller), world.media.digits(called)), ("", "1#"));
    world.act(Act::HangUp("101-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn a_call_is_handed_over_to_somebody_else() {
    let mut world = talking();
    world.phone_mut("103-web").habit = SOON;
    offer(&mut world, "102-desk", Direction::SendOnly);
    world.act(Act::Refer {
        phone: "102-desk",
        to: "<sip:103@farend>",
    });
    world.run_ms(1_000);
    assert_eq!(sources(&world)[0], Source::RingBack, "{}", world.trace());
    assert_eq!(world.phone("103-desk").calls[0].display.display, "Anna");
    world.run_ms(2_000);
    assert_bridged(&world);
    assert!(!world.phone("102-desk").talks(), "{}", world.trace());
    assert_eq!(world.phone("101-web").identified, ["\"Cleo\" <sip:103@farend>"]);
    let told = &world.phone("102-desk").notified;
    assert_eq!(told, &["SIP/2.0 100 Trying", "SIP/2.0 180 Ringing", "SIP/2.0 200 OK"]);
    assert!(matches!(&world.journal[2], JournalEntry::Transferred { by, to, .. } if by.number == "102" && to.device == Some(DeviceId(6))));
    world.act(Act::HangUp("103-web"));
    assert_nothing_left(&mut world);
    assert_eq!(world.journal.len(), 4);
}

#[test]
fn a_failed_transfer_gives_the_call_back() {
    let mut world = talking();
    for phone in ["103-desk", "103-web"] {
        world.phone_mut(phone).habit = Habit::Refuse {
            after: Duration::from_secs(1),
            status: 486,
        };
    }
    world.act(Act::Refer {
        phone: "101-web",
        to: "<sip:103@farend>",
    });
    world.run_ms(2_000);
    assert_bridged(&world);
    let told = world.phone("101-web").notified.last().map(String::as_str);
    assert_eq!(told, Some("SIP/2.0 486 busy"));
    world.act(Act::HangUp("101-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn transfers_that_cannot_be_are_refused_at_once() {
    let mut world = talking();
    for to in [
        "<sip:999@farend>",
        "<sip:103@farend?Replaces=x%3Bto-tag%3D1>",
        "<sip:103@farend?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2>",
    ] {
        world.act(Act::Refer { phone: "102-desk", to });
        world.run_ms(500);
    }
    assert_eq!(world.phone("102-desk").refusals, [404, 400]);
    // Datagrams may overtake each other.
    let mut told = world.phone("102-desk").notified.clone();
    told.sort_unstable();
    assert_eq!(told, ["SIP/2.0 100 Trying", "SIP/2.0 481 the call to be replaced is not there"]);
    assert_bridged(&world);
    world.act(Act::HangUp("101-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn a_transferor_may_vanish_before_the_target_answers() {
    let mut world = talking();
    world.phone_mut("103-desk").habit = SOON;
    world.act(Act::Refer {
        phone: "102-desk",
        to: "<sip:103@farend>",
    });
    world.run_ms(500);
    world.act(Act::HangUp("102-desk"));
    world.run_ms(3_000);
    assert_bridged(&world);
    assert!(world.phone("103-desk").talks());
    world.act(Act::HangUp("101-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn whoever_is_left_alone_by_a_failed_transfer_comes_back_to_who_has_left() {
    let mut world = left_alone();
    assert_eq!(sources(&world)[0], Source::RingBack, "{}", world.trace());
    let shown = &world.phone("102-web").calls[0].display;
    assert_eq!(
        (shown.display.as_str(), shown.uri.as_str()),
        ("Returned from 103: Anna", "sip:101@farend")
    );
    world.act(Act::Answer("102-web"));
    world.run_ms(500);
    assert_bridged(&world);
    assert_eq!(world.phone("101-web").identified, [""; 0], "Anna has talked to nobody else");
    world.act(Act::HangUp("102-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn whoever_is_left_alone_for_good_hears_busy() {
    let mut world = left_alone();
    for phone in ["102-desk", "102-web"] {
        world.act(Act::HangUp(phone));
    }
    world.run_ms(100);
    assert_eq!(sources(&world), [Source::Busy], "{}", world.trace());
    world.run_ms(5_000);
    assert!(!world.phone("101-web").talks());
    assert_nothing_left(&mut world);
}

/// Ben has handed Anna over to Cleo and has left, and Cleo is busy.
fn left_alone() -> World {
    let mut world = talking();
    world.phone_mut("102-desk").habit = Habit::Ignore;
    for phone in ["103-desk", "103-web"] {
        world.phone_mut(phone).habit = Habit::Refuse {
            after: Duration::from_secs(1),
            status: 486,
        };
    }
    world.act(Act::Refer {
        phone: "102-desk",
        to: "<sip:103@farend>",
    });
    world.run_ms(100);
    world.act(Act::HangUp("102-desk"));
    world.run_ms(2_000);
    world
}

#[test]
fn media_that_fails_ends_the_call_for_both() {
    let mut world = talking();
    world.act(Act::FailMedia(1));
    world.run_ms(1_000);
    assert!(!world.phone("101-web").talks() && !world.phone("102-desk").talks());
    let reason = "SIP;cause=503;text=\"no way for the audio was found\"";
    assert_eq!(world.phone("101-web").reasons, [reason]);
    assert_nothing_left(&mut world);
    assert_ended(&world, Outcome::Answered, "no way for the audio was found");
}
