//! Two calls become one: attended transfer, in simulated time.

use std::time::Duration;

use model::UserId;
use model::control::Source;
use sim::{Act, Habit, Want, World};
use switchboard::core::{CallState, JournalEntry, LiveEvent, Objection, TransferEnd};

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);
const CLEO: UserId = UserId(3);
const SOON: Habit = Habit::Answer {
    after: Duration::from_secs(2),
};

/// Anna talks to Ben by her browser, and calls Cleo, who lifts after two seconds.
fn calling_twice() -> World {
    let mut world = World::registered(1);
    world.record();
    for phone in ["102-desk", "103-desk"] {
        world.phone_mut(phone).habit = SOON;
    }
    for number in ["102", "103"] {
        let phone = "101-web";
        world.act(Act::Call { phone, number });
        world.run_ms(if number == "102" { 3_000 } else { 1_000 });
    }
    world
}

#[track_caller]
fn assert_bridged(world: &World) {
    match world.heard().as_slice() {
        [(a, for_a), (b, for_b)] => assert_eq!((*for_a, *for_b), (Source::Leg(*b), Source::Leg(*a)), "{}", world.trace()),
        other => panic!("{other:?}\n{}", world.trace()),
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

/// How transfers have ended, as those were told who have asked for them.
fn ends(world: &World) -> Vec<(UserId, &str, &str, TransferEnd)> {
    let events = world.events.iter().filter_map(|event| match event {
        LiveEvent::Transferred { user, party, to, end } => Some((*user, party.number.as_str(), to.number.as_str(), *end)),
        _ => None,
    });
    events.collect()
}

/// Whom somebody's only call is with, and what it does.
#[track_caller]
fn sees(world: &World, user: UserId) -> (String, CallState) {
    match &*world.calls_of(user) {
        [only] => (only.other.number.clone(), only.state),
        other => panic!("{other:?}\n{}", world.trace()),
    }
}

#[test]
fn two_who_talk_to_the_same_person_are_connected_and_the_person_is_free() {
    let mut world = calling_twice();
    world.run_ms(2_000);
    assert_eq!(world.calls_of(ANNA).len(), 2);
    let told = world.events.len();
    assert!(matches!(world.want(ANNA, Want::Connect), Ok(Some(_))), "{}", world.trace());
    assert_bridged(&world);
    assert_eq!(
        (sees(&world, BEN), sees(&world, CLEO)),
        (("103".to_owned(), CallState::Talking), ("102".to_owned(), CallState::Talking))
    );
    assert_eq!(&*world.calls_of(ANNA), []);
    assert_eq!(ends(&world), [(ANNA, "102", "103", TransferEnd::Connected)]);
    // Each of them was told once what has changed, and nobody was thought to be free in between.
    let news = &world.events[told..];
    let lists = news.iter().filter(|event| matches!(event, LiveEvent::Calls { .. })).count();
    let states = news
        .iter()
        .filter(|event| matches!(event, LiveEvent::UserState { user, .. } if *user != ANNA))
        .count();
    assert_eq!((lists, states), (3, 0), "{news:?}");
    world.run_ms(500);
    assert!(!world.phone("101-web").talks() && world.phone("102-desk").talks() && world.phone("103-desk").talks());
    assert_eq!(world.phone("102-desk").identified, ["\"Cleo\" <sip:103@farend>"]);
    assert_eq!(world.phone("103-desk").identified, ["\"Ben\" <sip:102@farend>"]);
    world.act(Act::HangUp("103-desk"));
    world.run_ms(500);
    assert!(!world.phone("102-desk").talks());
    assert_nothing_left(&mut world);
    let handed_on = world
        .journal
        .iter()
        .filter(|entry| matches!(entry, JournalEntry::Transferred { .. }))
        .count();
    assert_eq!(handed_on, 2, "both calls tell of it");
}

#[test]
fn one_may_be_connected_with_somebody_whose_phone_still_rings() {
    let mut world = calling_twice();
    assert!(matches!(world.want(ANNA, Want::Connect), Ok(Some(_))), "{}", world.trace());
    let ben = world.heard()[1].0;
    assert_eq!(world.media.hears(ben), Some(Source::RingBack), "{}", world.trace());
    assert_eq!(sees(&world, BEN), ("103".to_owned(), CallState::Dialling));
    assert_eq!(sees(&world, CLEO), ("102".to_owned(), CallState::Ringing), "Cleo sees who waits");
    assert_eq!(sees(&world, ANNA), ("102".to_owned(), CallState::Talking));
    assert_eq!(ends(&world), [], "that it rings is not success");
    world.run_ms(2_000);
    assert_bridged(&world);
    assert_eq!(ends(&world), [(ANNA, "102", "103", TransferEnd::Connected)]);
    assert_eq!(world.phone("103-desk").identified, ["\"Ben\" <sip:102@farend>"]);
    assert_eq!(
        world.phone("102-desk").identified,
        ["\"Anna\" <sip:101@farend>", "\"Cleo\" <sip:103@farend>"]
    );
    assert!(!world.phone("101-web").talks());
    world.act(Act::HangUp("102-desk"));
    assert_nothing_left(&mut world);
}

#[test]
fn there_is_nothing_to_connect_but_two_calls_of_ones_own() {
    let mut world = calling_twice();
    assert_eq!(world.want(BEN, Want::Connect), Err(Objection::NoSuchCall), "he has one");
    let [with_ben, with_cleo] = [0, 1].map(|index| world.calls_of(ANNA)[index].call);
    let connect = |call, with| switchboard::core::Action::Connect { call, with };
    assert_eq!(world.control(ANNA, connect(with_ben, with_ben)), Err(Objection::NotNow));
    assert_eq!(world.control(BEN, connect(with_ben, with_cleo)), Err(Objection::NoSuchCall));
    assert_eq!(world.control(CLEO, connect(with_cleo, with_ben)), Err(Objection::NoSuchCall));
    world.run_ms(2_000);
    world.act(Act::HangUp("101-web"));
    assert_nothing_left(&mut world);
    assert_eq!(ends(&world), []);
}

#[test]
fn a_phone_connects_its_two_calls_by_refer_with_replaces() {
    let mut world = calling_twice();
    world.run_ms(2_000);
    world.act(Act::ReferToCall("101-web"));
    world.run_ms(500);
    assert_bridged(&world);
    assert!(world.phone("102-desk").talks() && world.phone("103-desk").talks() && !world.phone("101-web").talks());
    assert_eq!(
        world.phone("101-web").notified,
        ["SIP/2.0 100 Trying", "SIP/2.0 200 OK"],
        "{}",
        world.trace()
    );
    assert_eq!(ends(&world), [(ANNA, "102", "103", TransferEnd::Connected)]);
    world.act(Act::HangUp("102-desk"));
    assert_nothing_left(&mut world);
}

#[test]
fn a_phone_hands_over_to_whom_it_calls_while_that_one_rings() {
    let mut world = calling_twice();
    world.act(Act::ReferToCall("101-web"));
    world.run_ms(500);
    assert_eq!(sees(&world, BEN), ("103".to_owned(), CallState::Dialling), "{}", world.trace());
    assert_eq!(
        world.phone("101-web").refusals,
        [487],
        "its call to Cleo is over, the one with Ben is not"
    );
    assert!(world.phone("101-web").talks());
    world.run_ms(2_000);
    assert_bridged(&world);
    let told = &world.phone("101-web").notified;
    assert_eq!(told, &["SIP/2.0 100 Trying", "SIP/2.0 200 OK"], "{}", world.trace());
    world.act(Act::HangUp("102-desk"));
    assert_nothing_left(&mut world);
}

#[test]
fn a_target_that_is_busy_leaves_the_two_talking_and_the_phone_knows() {
    let mut world = calling_twice();
    for phone in ["103-desk", "103-web"] {
        world.phone_mut(phone).habit = Habit::Ignore;
    }
    world.act(Act::ReferToCall("101-web"));
    world.run_ms(500);
    for phone in ["103-desk", "103-web"] {
        world.act(Act::HangUp(phone));
    }
    world.run_ms(2_500);
    assert!(world.phone("101-web").talks() && world.phone("102-desk").talks() || world.phone("103-desk").talks());
    world.act(Act::HangUp("101-web"));
    world.act(Act::HangUp("102-desk"));
    assert_nothing_left(&mut world);
}

#[test]
fn a_call_is_not_handed_over_to_itself() {
    let mut world = calling_twice();
    world.run_ms(2_000);
    world.act(Act::HangUp("103-desk"));
    world.run_ms(500);
    // One call is left; the other one is still on the phone's mind.
    world.act(Act::ReferToCall("102-desk"));
    world.run_ms(500);
    assert_eq!(world.phone("102-desk").refusals, [400], "{}", world.trace());
    assert_bridged(&world);
    world.act(Act::ReferToCall("101-web"));
    world.run_ms(500);
    let told = world.phone("101-web").notified.last().map(String::as_str);
    assert_eq!(told, Some("SIP/2.0 481 the call to be replaced is not there"));
    assert_bridged(&world);
    world.act(Act::HangUp("101-web"));
    assert_nothing_left(&mut world);
    assert_eq!(ends(&world), []);
}

#[test]
fn an_invite_with_replaces_takes_ones_own_call_over_and_nothing_else() {
    let mut world = calling_twice();
    world.run_ms(2_000);
    world.act(Act::HangUp("103-desk"));
    world.run_ms(500);
    let replace = |phone, of, early_only| Act::Replace { phone, of, early_only };
    for (phone, of, early_only, status) in [
        ("103-web", "102-desk", false, 403),
        ("102-web", "101-web", false, 481),
        ("102-web", "102-desk", true, 486),
        ("103-desk", "103-desk", false, 481),
    ] {
        world.act(replace(phone, of, early_only));
        world.run_ms(500);
        assert_eq!(world.phone(phone).refusals.last(), Some(&status), "{phone} {of}: {}", world.trace());
        assert_bridged(&world);
    }
    world.act(replace("102-web", "102-desk", false));
    world.run_ms(500);
    assert_bridged(&world);
    assert!(
        world.phone("102-web").talks() && !world.phone("102-desk").talks(),
        "{}",
        world.trace()
    );
    assert_eq!(world.phone("102-web").identified, ["\"Anna\" <sip:101@farend>"]);
    world.act(Act::HangUp("102-web"));
    assert_nothing_left(&mut world);
}
