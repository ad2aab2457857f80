//! Calls that are recorded, by the button and by rules, in simulated time.

mod button;
mod colleagues;
mod moving;
mod rules;

use model::control::{Direction, Source};
use model::{CallId, Channel, LegId, Prompt, Sound, UserId};
use sim::{Act, Habit, World};
use switchboard::core::{Action, Objection, RecordingState};
use switchboard::directory::{Announced, RecordedCalls, RecordingOf, RecordingRule, RecordingRuleId};

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);
const CLEO: UserId = UserId(3);

/// Everybody is registered and nobody lifts; Anna and Ben may record.
fn world() -> World {
    let mut world = World::registered(1);
    world.record();
    world.change(|directory| {
        for user in &mut directory.users {
            user.may_record = user.id != CLEO;
        }
    });
    world
}

fn rule(whose: RecordingOf, calls: RecordedCalls, announced: Announced) -> RecordingRule {
    RecordingRule {
        id: RecordingRuleId(7),
        whose,
        calls,
        announced,
    }
}

/// The same, and these rules hold.
fn world_with(rules: &[RecordingRule]) -> World {
    let mut world = world();
    world.change(|directory| directory.recordings.rules = rules.to_vec());
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

/// Anna talks to Ben, desk to desk.
fn talk(world: &mut World) -> CallId {
    dial(world, "101-desk", "102");
    lift(world, "102-desk");
    world.calls_of(ANNA)[0].call
}

/// Somebody wants a call to be recorded, and all are told.
#[track_caller]
fn record(world: &mut World, user: UserId, call: CallId) {
    let controlled = world.control(user, Action::Record { call, is_on: true });
    assert_eq!(controlled, Ok(Some(call)), "{}", world.trace());
    world.run_ms(5_000);
}

/// Of whom each channel is, by the legs that are recorded, youngest last.
fn channels(world: &World) -> Vec<Channel> {
    world.tracks().into_iter().map(|(_, track)| track.channel).collect()
}

/// Recordings that have begun, and whether they have ended.
fn recordings(world: &World) -> Vec<(&str, &str, bool)> {
    let names = world.recordings.iter();
    names
        .map(|(new, ended)| (new.own.name.as_str(), new.other.name.as_str(), ended.is_some()))
        .collect()
}

/// What each leg was told about being recorded, in words.
fn told(world: &World) -> Vec<Vec<Prompt>> {
    let prompts = |leg: LegId| sounds(world, leg).into_iter().filter_map(prompt).collect();
    world.media.legs().into_iter().map(prompts).collect()
}

/// What a leg was told.
fn sounds(world: &World, leg: LegId) -> Vec<Sound> {
    let spoken = world.media.spoken.iter().filter(|(to, _)| *to == leg);
    spoken.map(|(_, sound)| *sound).collect()
}

fn prompt(sound: Sound) -> Option<Prompt> {
    match sound {
        Sound::Prompt { prompt, .. } => Some(prompt).filter(|prompt| matches!(prompt, Prompt::Recorded | Prompt::NotRecorded)),
        Sound::Announcement(_) | Sound::RecordingTone => None,
    }
}

fn state(world: &World, user: UserId) -> RecordingState {
    world.calls_of(user).first().map(|call| call.recording).unwrap_or_default()
}

#[track_caller]
fn assert_nothing_left(world: &mut World) {
    for name in ["101-desk", "101-web", "102-desk", "102-web", "103-desk", "103-web"] {
        world.phone_mut(name).habit = Habit::Ignore;
        world.act(Act::HangUp(name));
    }
    world.close_down();
    assert_eq!(world.figures().calls, 0, "{}", world.trace());
    assert_eq!(world.media.complaints, [""; 0], "{}", world.trace());
    assert!(recordings(world).iter().all(|(_, _, ended)| *ended), "{}", world.trace());
}
