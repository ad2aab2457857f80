//! Running calls that move from phone to phone, and calls that are controlled from the app, in simulated time.

use std::time::Duration;

use model::control::{Direction, Source};
use model::{DeviceId, UserId};
use sim::{Act, Habit, Want, World};
use switchboard::core::{Action, CallState, JournalEntry, Objection, Outcome, Side};

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);
const CLEO: UserId = UserId(3);
const SOON: Habit = Habit::Answer {
    after: Duration::from_secs(2),
};

/// Anna calls Ben from her browser; Ben lifts the desk phone after two seconds.
fn talking() -> World {
    let mut world = World::registered(1);
    world.record();
    world.phone_mut("102-desk").habit = SOON;
    world.act(Act::Call {
        phone: "101-web",
        number: "102",
    });
    world.run_ms(3_000);
    world.phone_mut("102-desk").habit = Habit::Ignore;
    assert_bridged(&world);
    world
}

/// Both hear each other.
#[track_caller]
fn assert_bridged(world: &World) {
    match world.heard().as_slice() {
        [(a, for_a), (b, for_b)] => assert_eq!((*for_a, *for_b), (Source::Leg(*b), Source::Leg(*a)), "{}", world.trace()),
        other => panic!("{other:?}\n{}", world.trace()),
    }
}

/// Lets time pass; at no moment somebody who talks at this phone hears nothing, or somebody who is gone.
#[track_caller]
fn run_without_silence_for(world: &mut World, leg: model::LegId, duration_ms: u64) {
    for _ in 0..duration_ms {
        world.run_ms(1);
        match world.media.hears(leg) {
            Some(Source::Leg(other)) => assert!(world.media.legs().contains(&other), "{}", world.trace()),
            other => panic!("{other:?}\n{}", world.trace()),
        }
    }
}

#[track_caller]
fn assert_nothing_left(world: &mut World) {
    world.close_down();
    let figures = world.figures();
    let of_calls = (figures.calls, figures.legs, figures.dialogs, figures.transactions);
    assert_eq!(of_calls, (0, 0, 0, 0), "{}", world.trace());
    assert_eq!(world.media.legs(), [], "{}", world.trace());
    assert_eq!(world.media.complaints, [""; 0], "{}", world.trace());
    for user in [ANNA, BEN, CLEO] {
        assert_eq!(&*world.calls_of(user), [], "{user} is told of calls that are over");
    }
}

#[track_caller]
fn want(world: &mut World, user: UserId, want: Want) {
    match world.want(user, want) {
        Ok(Some(_)) => {}
        other => panic!("{want:?}: {other:?}\n{}", world.trace()),
    }
}

/// What somebody's only call does, as they see it, and at which phones.
#[track_caller]
fn sees(world: &World, user: UserId) -> (CallState, Vec<DeviceId>) {
    match &*world.calls_of(user) {
        [only] => (only.state, only.devices.clone()),
        other => panic!("{other:?}\n{}", world.trace()),
    }
}

fn sources(world: &World) -> Vec<Source> {
    world.heard().into_iter().map(|(_, source)| source).collect()
}

#[test]
fn a_call_goes_from_the_desk_to_the_browser_and_back_without_a_moment_of_silence() {
    let mut world = talking();
    let anna = world.heard()[0].0;
    for (from, to) in [("102-desk", "102-web"), ("102-web", "102-desk")] {
        let (old, new) = (world.phone(from).device, world.phone(to).device);
        world.phone_mut(to).habit = SOON;
        want(&mut world, BEN, Want::Move(to));
        assert_eq!(sees(&world, BEN), (CallState::Moving, vec![old, new]));
        run_without_silence_for(&mut world, anna, 1_500);
        assert!(world.phone(to).rings() && world.phone(from).talks());
        assert_eq!(world.phone(to).calls[0].display.display, "Anna");
        run_without_silence_for(&mut world, anna, 1_500);
        assert_bridged(&world);
        assert!(world.phone(to).talks() && !world.phone(from).talks(), "{}", world.trace());
        assert_eq!(sees(&world, BEN), (CallState::Talking, vec![new]));
        let why = world.phone(from).reasons.last().map(String::as_str);
        assert_eq!(why, Some("SIP;cause=200;text=\"Call moved\""));
        world.phone_mut(to).habit = Habit::Ignore;
    }
    assert_eq!(world.phone("101-web").identified, [""; 0], "Anna talks to Ben all the time");
    let [view] = &*world.calls_of(BEN) else { panic!("one call") };
    let (begun, answered) = (view.begun, view.answered);
    assert!(answered.is_some_and(|answered| answered >= begun + Duration::from_secs(2)));
    world.act(Act::HangUp("102-desk"));
    assert_nothing_left(&mut world);
    assert_eq!(world.journal.len(), 3, "for the journal it was one talk with Ben");
    assert!(matches!(world.journal.last(), Some(JournalEntry::Ended { outcome: Outcome::Answered, legs, .. }) if legs.len() == 4));
}

#[test]
fn the_caller_goes_from_the_browser_to_the_desk_and_back_while_holding_and_held() {
    let mut world = talking();
    let ben = world.heard()[1].0;
    world.phone_mut("101-desk").habit = SOON;
    want(&mut world, ANNA, Want::Move("101-desk"));
    run_without_silence_for(&mut world, ben, 3_000);
    assert_bridged(&world);
    // Anna holds at the desk: the browser that takes over talks at once.
    world.act(Act::Offer("101-desk", Direction::SendOnly));
    world.run_ms(500);
    assert_eq!(world.media.hears(ben), Some(Source::Music));
    world.phone_mut("101-web").habit = SOON;
    want(&mut world, ANNA, Want::Move("101-web"));
    world.run_ms(3_000);
    assert_bridged(&world);
    // Ben holds: whoever takes over hears music.
    want(&mut world, BEN, Want::Hold);
    want(&mut world, ANNA, Want::Move("101-desk"));
    world.run_ms(3_000);
    assert_eq!((sees(&world, ANNA).0, sees(&world, BEN).0), (CallState::Held, CallState::Holding));
    assert_eq!(world.media.hears(ben), Some(Source::Nothing));
    want(&mut world, BEN, Want::Resume);
    assert_bridged(&world);
    assert!(world.phone("101-desk").talks() && !world.phone("101-web").talks());
    world.act(Act::HangUp("102-desk"));
    assert_nothing_left(&mut world);
}

#[test]
fn a_move_that_is_refused_or_unanswered_leaves_the_talk_where_it_is() {
    let mut world = talking();
    let anna = world.heard()[0].0;
    world.phone_mut("102-web").habit = Habit::Refuse {
        after: Duration::from_secs(1),
        status: 486,
    };
    want(&mut world, BEN, Want::Move("102-web"));
    run_without_silence_for(&mut world, anna, 2_000);
    assert_bridged(&world);
    world.phone_mut("102-web").habit = Habit::Ignore;
    want(&mut world, BEN, Want::Move("102-web"));
    assert_eq!(world.want(BEN, Want::Move("102-web")), Err(Objection::NotNow), "one at a time");
    run_without_silence_for(&mut world, anna, 31_000);
    assert!(!world.phone("102-web").rings());
    assert_eq!(sees(&world, BEN).0, CallState::Talking);
    assert_bridged(&world);
    world.act(Act::HangUp("101-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn a_second_phone_pulls_the_call() {
    let mut world = talking();
    let anna = world.heard()[0].0;
    world.act(Act::Call {
        phone: "102-web",
        number: "*11",
    });
    run_without_silence_for(&mut world, anna, 1_000);
    assert_bridged(&world);
    assert!(
        world.phone("102-web").talks() && !world.phone("102-desk").talks(),
        "{}",
        world.trace()
    );
    assert_eq!(world.phone("102-web").identified, ["\"Anna\" <sip:101@farend>"]);
    // Back, without an offer this time; and by the caller as well.
    world.act(Act::CallWithoutOffer {
        phone: "102-desk",
        number: "*11",
    });
    run_without_silence_for(&mut world, anna, 1_000);
    world.act(Act::Call {
        phone: "101-desk",
        number: "*11",
    });
    world.run_ms(1_000);
    assert_bridged(&world);
    assert!(
        world.phone("102-desk").talks() && world.phone("101-desk").talks(),
        "{}",
        world.trace()
    );
    assert_eq!(sees(&world, ANNA), (CallState::Talking, vec![world.phone("101-desk").device]));
    world.act(Act::HangUp("101-desk"));
    assert_nothing_left(&mut world);
    assert!(matches!(
        world.journal.last(),
        Some(JournalEntry::Ended {
            reason: "caller hung up",
            ..
        })
    ));
}

#[test]
fn there_is_nothing_to_pull_but_ones_own_running_call_on_another_phone() {
    let mut world = talking();
    for phone in ["103-web", "102-desk"] {
        world.act(Act::Call { phone, number: "*11" });
        world.run_ms(500);
        assert_eq!(world.phone(phone).refusals, [404]);
    }
    assert_bridged(&world);
    for phone in ["103-web", "102-web"] {
        world.act(Act::Call { phone, number: "*12" });
        world.run_ms(500);
        assert_eq!(world.phone(phone).refusals.last(), Some(&501));
    }
    world.act(Act::CallWithoutAudio {
        phone: "102-web",
        number: "*11",
    });
    world.run_ms(500);
    assert_eq!(world.phone("102-web").refusals.last(), Some(&488));
    assert_bridged(&world);
    world.act(Act::HangUp("101-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn of_several_calls_the_one_that_talks_is_pulled() {
    let mut world = talking();
    world.act(Act::Offer("102-desk", Direction::SendOnly));
    world.run_ms(500);
    world.phone_mut("103-desk").habit = SOON;
    world.act(Act::Call {
        phone: "102-desk",
        number: "103",
    });
    world.run_ms(3_000);
    assert_eq!(
        world.calls_of(BEN).iter().map(|view| view.state).collect::<Vec<_>>(),
        [CallState::Holding, CallState::Talking]
    );
    world.act(Act::Call {
        phone: "102-web",
        number: "*11",
    });
    world.run_ms(1_000);
    let [held, talks] = &*world.calls_of(BEN) else {
        panic!("{}", world.trace())
    };
    assert_eq!(
        (held.devices.clone(), talks.devices.clone()),
        (vec![DeviceId(3)], vec![DeviceId(4)])
    );
    assert_eq!((held.other.number.as_str(), talks.other.number.as_str()), ("101", "103"));
    // What is left is on hold; it can be pulled as well.
    world.act(Act::HangUp("102-web"));
    world.run_ms(1_000);
    world.act(Act::Call {
        phone: "102-web",
        number: "*11",
    });
    world.run_ms(1_000);
    assert_bridged(&world);
    world.act(Act::HangUp("102-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn a_phone_sends_its_call_to_the_others_by_a_transfer() {
    let mut world = talking();
    world.phone_mut("102-web").habit = SOON;
    world.act(Act::Refer {
        phone: "102-desk",
        to: "<sip:*12@farend>",
    });
    world.run_ms(3_000);
    assert_bridged(&world);
    assert!(
        world.phone("102-web").talks() && !world.phone("102-desk").talks(),
        "{}",
        world.trace()
    );
    let told = &world.phone("102-desk").notified;
    assert_eq!(told, &["SIP/2.0 100 Trying", "SIP/2.0 180 Ringing", "SIP/2.0 200 OK"]);
    assert_eq!(world.journal.len(), 2);
    world.act(Act::Unregister("102-desk"));
    world.run_ms(500);
    world.act(Act::Refer {
        phone: "102-web",
        to: "<sip:*12@farend>",
    });
    world.run_ms(500);
    assert_eq!(world.phone("102-web").refusals, [480]);
    world.act(Act::HangUp("101-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn a_number_dialled_in_the_app_is_called_by_the_desk_phone() {
    let mut world = World::registered(3);
    world.record();
    world.phone_mut("102-web").habit = SOON;
    let dial = Want::Dial {
        by: "101-desk",
        number: "102",
    };
    want(&mut world, ANNA, dial);
    assert_eq!(sees(&world, ANNA), (CallState::Lifting, vec![DeviceId(1)]));
    assert_eq!(world.phone("102-web").calls.len(), 0);
    world.run_ms(1_000);
    assert!(world.phone("101-desk").talks(), "it answers by itself: {}", world.trace());
    assert_eq!(world.phone("101-desk").calls[0].display.display, "Ben");
    assert_eq!(world.phone("102-web").calls[0].display.display, "Anna");
    assert_eq!(sources(&world)[0], Source::RingBack);
    assert_eq!(sees(&world, ANNA).0, CallState::Dialling);
    assert_eq!(sees(&world, BEN), (CallState::Ringing, vec![DeviceId(3), DeviceId(4)]));
    world.run_ms(3_000);
    assert_bridged(&world);
    assert_eq!(
        (sees(&world, ANNA).0, sees(&world, BEN).0),
        (CallState::Talking, CallState::Talking)
    );
    let [view] = &*world.calls_of(ANNA) else { panic!("one call") };
    assert_eq!((view.side, view.other.number.as_str()), (Side::Caller, "102"));

    want(&mut world, ANNA, Want::Hold);
    assert_eq!(sources(&world), [Source::Nothing, Source::Music]);
    assert_eq!((sees(&world, ANNA).0, sees(&world, BEN).0), (CallState::Holding, CallState::Held));
    want(&mut world, ANNA, Want::Resume);
    assert_bridged(&world);
    want(&mut world, ANNA, Want::Keys("12#"));
    let ben = world.heard()[1].0;
    assert_eq!(world.media.digits(ben), "12#");
    want(&mut world, ANNA, Want::HangUp);
    world.run_ms(500);
    assert!(!world.phone("101-desk").talks() && !world.phone("102-web").talks());
    assert_nothing_left(&mut world);
    assert!(matches!(
        world.journal.as_slice(),
        [
            JournalEntry::Started { .. },
            JournalEntry::Answered { .. },
            JournalEntry::Ended {
                outcome: Outcome::Answered,
                reason: "caller hung up",
                ..
            }
        ]
    ));
}

#[test]
fn who_dials_in_the_app_hears_what_the_number_comes_to() {
    let mut world = World::registered(4);
    world.record();
    for phone in ["102-web", "102-desk"] {
        world.phone_mut(phone).habit = Habit::Refuse {
            after: Duration::from_secs(1),
            status: 486,
        };
    }
    let by = "101-desk";
    want(&mut world, ANNA, Want::Dial { by, number: "102" });
    world.run_ms(2_500);
    assert_eq!(sources(&world), [Source::Busy], "{}", world.trace());
    world.run_ms(5_000);
    assert!(!world.phone(by).talks());
    assert!(matches!(
        world.journal.last(),
        Some(JournalEntry::Ended {
            outcome: Outcome::Busy,
            ..
        })
    ));

    want(&mut world, ANNA, Want::Dial { by, number: "*44" });
    world.run_ms(1_000);
    assert_eq!(sources(&world), [Source::Music]);
    want(&mut world, ANNA, Want::HangUp);
    world.run_ms(500);
    for (number, why) in [("999", "nobody has this number"), ("*11", "in the app, move the call instead")] {
        assert_eq!(world.want(ANNA, Want::Dial { by, number }), Err(Objection::Refused(why)));
    }
    assert_nothing_left(&mut world);
}

#[test]
fn a_desk_phone_that_is_not_lifted_calls_nobody() {
    let mut world = World::registered(5);
    world.record();
    world.phone_mut("101-desk").answers_when_asked = false;
    let dial = Want::Dial {
        by: "101-desk",
        number: "102",
    };
    want(&mut world, ANNA, dial);
    world.run_ms(31_000);
    assert!(!world.phone("101-desk").rings());
    want(&mut world, ANNA, dial);
    world.run_ms(500);
    want(&mut world, ANNA, Want::HangUp);
    world.run_ms(500);
    assert!(!world.phone("101-desk").rings());
    world.phone_mut("101-desk").habit = Habit::Refuse {
        after: Duration::from_secs(1),
        status: 486,
    };
    want(&mut world, ANNA, dial);
    world.run_ms(2_000);
    assert_nothing_left(&mut world);
    assert_eq!(world.journal, []);
}

#[test]
fn a_ringing_call_is_answered_at_the_desk_phone_from_the_app() {
    // By NOTIFY where the phone understands that; else it is called again and answers by itself.
    for obeys in [true, false] {
        let mut world = World::registered(6);
        world.record();
        world.phone_mut("102-desk").obeys = obeys;
        world.act(Act::Call {
            phone: "101-web",
            number: "102",
        });
        world.run_ms(1_000);
        want(&mut world, BEN, Want::Answer("102-desk"));
        world.run_ms(1_000);
        assert_bridged(&world);
        assert!(
            world.phone("102-desk").talks() && !world.phone("102-web").rings(),
            "{}",
            world.trace()
        );
        let cancelled = ["SIP;cause=200;text=\"Call completed elsewhere\""];
        let expected: &[&str] = if obeys { &[] } else { &cancelled };
        assert_eq!(world.phone("102-desk").reasons, expected);
        assert_eq!(world.want(BEN, Want::Answer("102-desk")), Err(Objection::NotNow));
        world.act(Act::HangUp("102-desk"));
        assert_nothing_left(&mut world);
    }
}

#[test]
fn a_phone_that_was_told_to_answer_in_vain_is_called_again() {
    let mut world = World::registered(7);
    world.record();
    world.phone_mut("102-desk").obeys = true;
    world.act(Act::Call {
        phone: "101-web",
        number: "102",
    });
    world.run_ms(1_000);
    // It promises, and does not keep it.
    world.phone_mut("102-desk").obeys = false;
    for _ in 0..2 {
        want(&mut world, BEN, Want::Answer("102-desk"));
        world.run_ms(1_000);
    }
    assert_bridged(&world);
    world.act(Act::HangUp("102-desk"));
    assert_nothing_left(&mut world);
}

#[test]
fn a_call_is_declined_on_all_phones_from_the_app() {
    let mut world = World::registered(8);
    world.record();
    world.act(Act::Call {
        phone: "101-web",
        number: "102",
    });
    world.run_ms(1_000);
    want(&mut world, BEN, Want::Decline);
    world.run_ms(500);
    assert!(!world.phone("102-desk").rings() && !world.phone("102-web").rings());
    assert_eq!(world.phone("101-web").refusals, [603]);
    assert_nothing_left(&mut world);
    assert!(matches!(
        world.journal.last(),
        Some(JournalEntry::Ended {
            outcome: Outcome::Refused,
            ..
        })
    ));
}

#[test]
fn a_phone_that_understands_it_shows_the_hold_that_the_app_asks_for() {
    let mut world = World::registered(9);
    world.record();
    world.phone_mut("102-desk").obeys = true;
    world.phone_mut("102-desk").habit = SOON;
    world.act(Act::Call {
        phone: "101-web",
        number: "102",
    });
    world.run_ms(3_000);
    want(&mut world, BEN, Want::Hold);
    world.run_ms(500);
    assert_eq!(sources(&world), [Source::Music, Source::Nothing]);
    // Its own key ends the hold as well.
    world.act(Act::Offer("102-desk", Direction::SendRecv));
    world.run_ms(500);
    assert_bridged(&world);
    want(&mut world, BEN, Want::Hold);
    world.run_ms(500);
    want(&mut world, BEN, Want::Resume);
    world.run_ms(500);
    assert_bridged(&world);
    assert_eq!(sees(&world, ANNA).0, CallState::Talking);
    // A browser that holds by itself can resume by itself alone.
    world.act(Act::Offer("101-web", Direction::SendOnly));
    world.run_ms(500);
    assert_eq!(world.want(ANNA, Want::Resume), Err(Objection::NotNow));
    world.act(Act::HangUp("102-desk"));
    assert_nothing_left(&mut world);
}

#[test]
fn resuming_one_call_holds_the_other_one_on_the_same_phone() {
    let mut world = talking();
    let first = world.calls_of(BEN)[0].call;
    want(&mut world, BEN, Want::Hold);
    world.phone_mut("103-desk").habit = SOON;
    let dial = Want::Dial {
        by: "102-desk",
        number: "103",
    };
    want(&mut world, BEN, dial);
    world.run_ms(3_000);
    let states = |world: &World| world.calls_of(BEN).iter().map(|view| view.state).collect::<Vec<_>>();
    assert_eq!(states(&world), [CallState::Holding, CallState::Talking]);
    assert_eq!(world.control(BEN, Action::Resume { call: first }), Ok(Some(first)));
    assert_eq!(states(&world), [CallState::Talking, CallState::Holding]);
    for _ in 0..2 {
        want(&mut world, BEN, Want::HangUp);
        world.run_ms(500);
    }
    assert_nothing_left(&mut world);
}

#[test]
fn the_app_hands_a_call_over() {
    let mut world = talking();
    assert_eq!(
        world.want(BEN, Want::Transfer("999")),
        Err(Objection::Refused("nobody has this number"))
    );
    world.phone_mut("103-desk").habit = SOON;
    want(&mut world, BEN, Want::Transfer("103"));
    assert_eq!(world.want(BEN, Want::Move("102-web")), Err(Objection::NotNow));
    world.run_ms(3_000);
    assert_bridged(&world);
    assert!(world.phone("103-desk").talks() && !world.phone("102-desk").talks());
    assert_eq!(world.phone("102-desk").notified, [""; 0], "it has not asked for it");
    world.act(Act::HangUp("101-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn nobody_touches_calls_and_phones_of_others() {
    let mut world = talking();
    let call = world.calls_of(BEN)[0].call;
    let strange = world.phone("101-desk").device;
    for action in [
        Action::HangUp { call },
        Action::Hold { call },
        Action::Move { call, to: DeviceId(5) },
    ] {
        assert_eq!(world.control(CLEO, action), Err(Objection::NoSuchCall));
    }
    assert_eq!(world.control(BEN, Action::Move { call, to: strange }), Err(Objection::NoSuchDevice));
    let dial = Action::Dial {
        device: strange,
        number: "103".to_owned(),
    };
    assert_eq!(world.control(BEN, dial), Err(Objection::NoSuchDevice));
    world.act(Act::Unregister("102-web"));
    world.run_ms(500);
    assert_eq!(world.want(BEN, Want::Move("102-web")), Err(Objection::DeviceUnreachable));
    let too_many = "123456789012345678901234567890123";
    for digits in ["", "5x", too_many] {
        assert!(
            matches!(world.want(BEN, Want::Keys(digits)), Err(Objection::Refused(_))),
            "{digits}"
        );
    }
    assert_bridged(&world);
    world.act(Act::Drain);
    let dial = Want::Dial {
        by: "102-desk",
        number: "103",
    };
    assert_eq!(world.want(BEN, dial), Err(Objection::Busy));
    want(&mut world, BEN, Want::HangUp);
    assert_nothing_left(&mut world);
}
