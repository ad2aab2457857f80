//! Phones that do not ring: their people answer in the app, and then the phone is called and answers by itself.

use model::{DeviceId, UserId};
use sim::{Act, Want, World};
use switchboard::core::{CallState, JournalEntry, Objection, Outcome, Seats, UserState};
use switchboard::directory::Rings;

const ANNA: UserId = UserId(1);
const DESK: DeviceId = DeviceId(1);

/// Anna's desk phone never rings by itself; her browser phone is off.
fn office() -> World {
    let mut company = World::company();
    company.devices[0].rings = Rings::WhenAnswered;
    company.devices[1].rings = Rings::Never;
    let mut world = World::with(company, Seats::default(), 1);
    world.record();
    for phone in ["101-desk", "102-desk"] {
        world.act(Act::Reconnect(phone));
    }
    world.run_ms(1_000);
    world
}

/// Ben calls Anna.
fn called() -> World {
    let mut world = office();
    world.act(Act::Call {
        phone: "102-desk",
        number: "101",
    });
    world.run_ms(500);
    world
}

fn state_of(world: &World) -> Option<CallState> {
    world.calls_of(ANNA).first().map(|view| view.state)
}

#[track_caller]
fn assert_over(world: &mut World, how: Outcome) {
    world.close_down();
    let figures = world.figures();
    assert_eq!((figures.calls, figures.legs, figures.dialogs), (0, 0, 0), "{}", world.trace());
    assert!(world.calls_of(ANNA).is_empty());
    assert!(matches!(world.journal.last(), Some(JournalEntry::Ended { outcome, .. }) if *outcome == how));
}

#[test]
fn a_silent_phone_is_called_once_its_person_answers_in_the_app() {
    let mut world = called();
    assert!(world.phone("101-desk").calls.is_empty(), "it is not rung");
    assert!(world.trace().contains("180 Ringing"), "the caller hears that it rings");
    assert_eq!(state_of(&world), Some(CallState::Ringing));
    assert_eq!(world.calls_of(ANNA)[0].devices, [DESK]);
    assert!(world.phone("101-desk").answers_when_asked);
    assert!(world.want(ANNA, Want::Answer("101-desk")).is_ok());
    world.run_ms(2_000);
    assert_eq!(state_of(&world), Some(CallState::Talking), "{}", world.trace());
    assert!(world.phone("101-desk").talks() && world.phone("102-desk").talks());
    assert!(world.want(ANNA, Want::HangUp).is_ok());
    assert_over(&mut world, Outcome::Answered);
}

#[test]
fn a_call_to_a_silent_phone_is_declined_in_the_app() {
    let mut world = called();
    assert!(world.want(ANNA, Want::Decline).is_ok());
    world.run_ms(500);
    assert_eq!(world.phone("102-desk").refusals, [603]);
    assert_over(&mut world, Outcome::Refused);
}

#[test]
fn a_call_to_a_silent_phone_that_nobody_answers_is_a_missed_one() {
    let mut world = called();
    world.run_ms(31_000);
    assert_eq!(world.phone("102-desk").refusals, [480]);
    assert_over(&mut world, Outcome::NoAnswer);
}

#[test]
fn a_caller_who_gives_up_leaves_nothing_of_a_silent_phone() {
    let mut world = called();
    world.act(Act::HangUp("102-desk"));
    world.run_ms(500);
    assert_eq!(world.want(ANNA, Want::Answer("101-desk")), Err(Objection::NoSuchCall));
    assert_over(&mut world, Outcome::Cancelled);
}

#[test]
fn a_silent_phone_that_does_not_answer_by_itself_rings() {
    let mut world = called();
    world.phone_mut("101-desk").answers_when_asked = false;
    assert!(world.want(ANNA, Want::Answer("101-desk")).is_ok());
    world.run_ms(500);
    assert!(world.phone("101-desk").rings());
    let told = world.events.iter().rev().find_map(|event| match event {
        switchboard::core::LiveEvent::UserState { user: ANNA, state } => Some(*state),
        _ => None,
    });
    assert_eq!(told, Some(UserState::Ringing));
    world.act(Act::Answer("101-desk"));
    world.run_ms(500);
    assert!(world.phone("101-desk").talks() && world.phone("102-desk").talks());
    world.act(Act::HangUp("101-desk"));
    assert_over(&mut world, Outcome::Answered);
}
