//! Colleagues who answer for each other, park calls for each other and wait for each other, in simulated time.

mod calling_back;
mod codes;
mod parking;
mod picking;

use std::time::Duration;

use model::control::Source;
use model::{CallId, UserId};
use sim::{Act, Habit, World};
use switchboard::core::{JournalEntry, LiveEvent, Outcome, ParkedCall, RingingCall};
use switchboard::directory::{PickUpGroup, PickUpGroupId};

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);
const CLEO: UserId = UserId(3);

/// Everybody is registered, all three are one pick-up group, and nobody lifts.
fn world() -> World {
    let mut world = World::registered(1);
    world.record();
    world.change(|directory| {
        directory.pick_up_groups = vec![PickUpGroup {
            id: PickUpGroupId(1),
            name: "Office".to_owned(),
            members: vec![ANNA, BEN, CLEO],
        }];
    });
    world
}

fn dial(world: &mut World, phone: &'static str, number: &'static str) {
    world.act(Act::Call { phone, number });
    world.run_ms(500);
}

fn lift(world: &mut World, phone: &'static str) {
    world.act(Act::Answer(phone));
    world.run_ms(500);
}

fn hang_up(world: &mut World, phone: &'static str) {
    world.act(Act::HangUp(phone));
    world.run_ms(500);
}

/// Anna talks to Ben, desk to desk.
fn talking() -> World {
    let mut world = world();
    dial(&mut world, "101-desk", "102");
    lift(&mut world, "102-desk");
    assert_talks(&world, &["101-desk", "102-desk"]);
    assert_bridged(&world);
    world
}

/// These phones talk, and no others.
#[track_caller]
fn assert_talks(world: &World, phones: &[&str]) {
    let talking = world.phones.iter().filter(|phone| phone.talks());
    let talking: Vec<&str> = talking.map(|phone| phone.name.as_str()).collect();
    assert_eq!(talking, phones, "{}", world.trace());
}

/// These phones ring, and no others.
#[track_caller]
fn assert_rings(world: &World, phones: &[&str]) {
    let ringing = world.phones.iter().filter(|phone| phone.rings());
    let ringing: Vec<&str> = ringing.map(|phone| phone.name.as_str()).collect();
    assert_eq!(ringing, phones, "{}", world.trace());
}

/// The only two legs hear each other.
#[track_caller]
fn assert_bridged(world: &World) {
    match world.heard().as_slice() {
        [(a, for_a), (b, for_b)] => assert_eq!((*for_a, *for_b), (Source::Leg(*b), Source::Leg(*a)), "{}", world.trace()),
        other => panic!("{other:?}\n{}", world.trace()),
    }
}

#[track_caller]
fn assert_nothing_left(world: &mut World) {
    for name in ["101-desk", "101-web", "102-desk", "102-web", "103-desk", "103-web"] {
        world.phone_mut(name).habit = Habit::Ignore;
        world.act(Act::HangUp(name));
    }
    world.close_down();
    let figures = world.figures();
    let of_calls = (figures.calls, figures.legs, figures.dialogs, figures.transactions);
    assert_eq!(of_calls, (0, 0, 0, 0), "{}", world.trace());
    assert_eq!(world.media.legs(), [], "{}", world.trace());
    assert_eq!(world.media.complaints, [""; 0], "{}", world.trace());
    for user in [ANNA, BEN, CLEO] {
        assert_eq!(&*world.calls_of(user), [], "{user} is told of calls that are over");
        assert_eq!(pick_ups(world, user), [], "{user} is told of calls that do not ring");
    }
    assert_eq!(parked(world), []);
}

/// What somebody may answer, as they were told last.
fn pick_ups(world: &World, user: UserId) -> Vec<RingingCall> {
    world.pick_ups_of(user).to_vec()
}

/// The call that somebody may answer.
#[track_caller]
fn pick_up(world: &World, user: UserId) -> CallId {
    match &pick_ups(world, user)[..] {
        [only] => only.call,
        other => panic!("{other:?}\n{}", world.trace()),
    }
}

/// What is parked, as everybody was told last.
fn parked(world: &World) -> Vec<ParkedCall> {
    world.parked().to_vec()
}

fn ends(world: &World) -> Vec<Outcome> {
    let ends = world.journal.iter().filter_map(|entry| match entry {
        JournalEntry::Ended { outcome, .. } => Some(*outcome),
        _ => None,
    });
    ends.collect()
}

fn answers_after(seconds: u64) -> Habit {
    let after = Duration::from_secs(seconds);
    Habit::Answer { after }
}
