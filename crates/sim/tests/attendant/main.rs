//! Attendants: what their callers hear, what their keys do, and where calls go from a menu, in simulated time.

mod choosing;
mod failing;
mod seeds;
mod ways;

use model::control::{Digit, Event};
use model::{LegId, Prompt, Sound, UserId};
use sim::{Act, World};
use switchboard::core::{Input, JournalEntry, Outcome, Seats};
use switchboard::directory::{Choice, Directory, Menu, MenuId};

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);

/// A menu with the number `500 + id`; nothing is behind its keys yet.
fn menu(id: u64) -> Menu {
    Menu {
        id: MenuId(id),
        name: format!("Menu {id}"),
        extension: format!("{}", 500 + id),
        language: None,
        greeting: None,
        keys: Vec::new(),
        takes_extensions: false,
        waits_s: 5,
        plays_max: 3,
        otherwise: Choice::HangUp,
        hours: None,
    }
}

fn number(number: &str) -> Choice {
    Choice::Number(number.to_owned())
}

/// The same menu with these keys.
fn with_keys(menu: Menu, keys: &[(char, Choice)]) -> Menu {
    let keys = keys.iter().map(|(key, choice)| (digit(*key), choice.clone()));
    Menu {
        keys: keys.collect(),
        ..menu
    }
}

fn digit(key: char) -> Digit {
    Digit::from_char(key).expect("a key of a phone")
}

/// Anna, Ben and Cleo with these menus. Only desk phones are there, so that one phone rings for each.
fn world(menus: Vec<Menu>) -> World {
    let mut company = World::company();
    company.menus = menus;
    world_of(company)
}

fn world_of(company: Directory) -> World {
    let mut world = World::with(company, Seats::default(), 1);
    world.record();
    for phone in ["101-desk", "102-desk", "103-desk"] {
        world.act(Act::Reconnect(phone));
    }
    world.run_ms(1_000);
    world
}

fn call(world: &mut World, phone: &'static str, number: &'static str) {
    world.act(Act::Call { phone, number });
    world.run_ms(500);
}

/// A key by SIP INFO.
fn press(world: &mut World, phone: &'static str, keys: &str) {
    for key in keys.chars() {
        world.act(Act::Press(phone, key));
        world.run_ms(100);
    }
}

/// A key in the audio of the n-th leg that is alive.
fn key_in_audio(world: &mut World, index: usize, key: char) {
    let (leg, duration_ms) = (world.media.legs()[index], 100);
    let digit = digit(key);
    world.input(Input::Media(Event::DigitReceived { leg, digit, duration_ms }));
    world.run_ms(100);
}

fn prompt(prompt: Prompt) -> Sound {
    let language = model::Language::English;
    Sound::Prompt { prompt, language }
}

/// Everything that was said so far.
fn said(world: &World) -> Vec<Sound> {
    world.media.spoken.iter().map(|(_, sound)| *sound).collect()
}

/// The only leg.
#[track_caller]
fn only_leg(world: &World) -> LegId {
    let legs = world.media.legs();
    assert_eq!(legs.len(), 1, "{}", world.trace());
    legs[0]
}

#[track_caller]
fn assert_says(world: &World, sounds: &[Prompt]) {
    let expected: Vec<Sound> = sounds.iter().map(|sound| prompt(*sound)).collect();
    assert_eq!(said(world), expected, "{}", world.trace());
}

#[track_caller]
fn assert_rings(world: &World, phones: &[&str]) {
    let ringing = world.phones.iter().filter(|phone| phone.rings()).map(|phone| phone.name.as_str());
    assert_eq!(ringing.collect::<Vec<_>>(), phones, "{}", world.trace());
}

/// They hear each other, and nobody else is there.
#[track_caller]
fn assert_talk(world: &World, phones: [&str; 2]) {
    for phone in phones {
        assert!(world.phone(phone).talks(), "{phone}: {}", world.trace());
    }
    let legs = world.media.legs();
    assert_eq!(legs.len(), 2, "{}", world.trace());
    for (one, other) in [(legs[0], legs[1]), (legs[1], legs[0])] {
        assert!(world.media.is_heard_by(one, other), "{}", world.trace());
    }
}

/// The stories of the journal: caller and called by their numbers, who has handed it on to whom, and how it has ended.
fn stories(world: &World) -> Vec<String> {
    let mut stories: Vec<(u64, String)> = Vec::new();
    for entry in &world.journal {
        let mut add = |call: &model::CallId, text: String| {
            let story = stories.iter_mut().find(|(id, _)| *id == call.0);
            story.expect("it has begun").1.push_str(&text);
        };
        match entry {
            JournalEntry::Started { call, caller, called } => stories.push((call.0, format!("{} to {}", caller.number, called.number))),
            JournalEntry::Answered { call, device } => add(
                call,
                device.map_or(", answered".to_owned(), |device| format!(", answered at {}", device.0)),
            ),
            JournalEntry::Transferred { call, by, to } => add(call, format!(", {} to {}", by.number, to.number)),
            JournalEntry::Forwarded { call, by, to } => add(call, format!(", forwarded by {} to {}", by.number, to.number)),
            JournalEntry::Emergency { call, .. } => add(call, ", emergency".to_owned()),
            JournalEntry::Ended { call, outcome, .. } => add(call, format!(": {outcome:?}")),
        }
    }
    stories.into_iter().map(|(_, story)| story).collect()
}

fn outcomes(world: &World) -> Vec<Outcome> {
    let ended = world.journal.iter().filter_map(|entry| match entry {
        JournalEntry::Ended { outcome, .. } => Some(*outcome),
        JournalEntry::Started { .. }
        | JournalEntry::Answered { .. }
        | JournalEntry::Transferred { .. }
        | JournalEntry::Forwarded { .. }
        | JournalEntry::Emergency { .. } => None,
    });
    ended.collect()
}

/// In the end nothing is left of any call.
#[track_caller]
fn assert_nothing_left(world: &mut World) {
    for phone in ["101-desk", "102-desk", "103-desk"] {
        world.act(Act::HangUp(phone));
    }
    world.close_down();
    let figures = world.figures();
    let of_calls = (figures.calls, figures.legs, figures.dialogs, figures.transactions);
    assert_eq!(of_calls, (0, 0, 0, 0), "{}", world.trace());
    assert_eq!(world.media.legs(), [], "{}", world.trace());
    assert_eq!(world.media.complaints, [""; 0], "{}", world.trace());
    for user in [ANNA, BEN, UserId(3)] {
        assert!(world.calls_of(user).is_empty(), "{}", world.trace());
    }
}
