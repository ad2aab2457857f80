//! Forwards, do not disturb, and the codes for them, in simulated time.

mod codes;
mod forwards;
mod seeds;

use model::{DeviceId, TeamId, UserId};
use sim::{Act, World};
use switchboard::core::{JournalEntry, Outcome, Seats};
use switchboard::directory::{
    BusyWhen, Callers, Device, Directory, DoNotDisturb, Forward, Member, MemberKind, Order, Overflow, Reaching, Team, User, When, WhileBusy,
};

/// Desk phones by the extensions of their people.
fn desk(extension: u64) -> &'static str {
    format!("{extension}-desk").leak()
}

/// `count` people with a desk phone each, from 101 on.
fn people(count: u64) -> Directory {
    let mut company = World::company();
    let (user, device) = (company.users[0].clone(), company.devices[0].clone());
    let user = |n| User {
        id: UserId(n),
        name: format!("Person {n}"),
        extension: Some(format!("{}", 100 + n)),
        ..user.clone()
    };
    let device = |n| Device {
        id: DeviceId(n),
        user: Some(UserId(n)),
        sip_user: desk(100 + n).to_owned(),
        ha1: Some(sip::agent::Ha1::new(desk(100 + n), "farend", "secret")),
        ..device.clone()
    };
    company.users = (1..=count).map(user).collect();
    company.devices = (1..=count).map(device).collect();
    company
}

fn rule(when: When, to: &str) -> Forward {
    Forward {
        is_on: true,
        when,
        from: Callers::Anybody,
        during: None,
        to: to.to_owned(),
    }
}

/// The person with this extension has these rules.
fn forwards(company: &mut Directory, extension: u64, rules: &[(When, &str)]) {
    let user = usize::try_from(extension - 101).expect("an extension from 101 on");
    company.users[user].reaching.forwards = rules.iter().map(|(when, to)| rule(*when, to)).collect();
}

/// The company, whose phones are all registered.
fn world(company: Directory) -> World {
    let mut world = World::with(company, Seats::default(), 1);
    world.record();
    for name in names(&world) {
        world.act(Act::Reconnect(name));
    }
    world.run_ms(1_000);
    world
}

fn names(world: &World) -> Vec<&'static str> {
    world.phones.iter().map(|phone| &*phone.name.clone().leak()).collect()
}

fn call(world: &mut World, phone: &'static str, number: &'static str) {
    world.act(Act::Call { phone, number });
    world.run_ms(500);
}

#[track_caller]
fn assert_rings(world: &World, phones: &[&str]) {
    let ringing: Vec<&str> = world
        .phones
        .iter()
        .filter(|phone| phone.rings())
        .map(|phone| phone.name.as_str())
        .collect();
    assert_eq!(ringing, phones, "{}", world.trace());
}

#[track_caller]
fn talk(world: &mut World, phone: &'static str) {
    world.act(Act::Answer(phone));
    world.run_ms(500);
    assert!(world.phone(phone).talks(), "{}", world.trace());
}

/// Who has forwarded to whom, by their numbers.
fn forwarded(world: &World) -> Vec<(&str, &str)> {
    let entries = world.journal.iter().filter_map(|entry| match entry {
        JournalEntry::Forwarded { by, to, .. } => Some((by.number.as_str(), to.number.as_str())),
        JournalEntry::Started { .. }
        | JournalEntry::Answered { .. }
        | JournalEntry::Transferred { .. }
        | JournalEntry::Emergency { .. }
        | JournalEntry::Ended { .. } => None,
    });
    entries.collect()
}

/// In the end nothing is left of any call.
#[track_caller]
fn assert_nothing_left(world: &mut World) {
    for name in names(world) {
        world.act(Act::HangUp(name));
    }
    world.close_down();
    let figures = world.figures();
    let of_calls = (figures.calls, figures.legs, figures.dialogs, figures.transactions);
    assert_eq!(of_calls, (0, 0, 0, 0), "{}", world.trace());
    assert_eq!(world.media.legs(), [], "{}", world.trace());
    assert_eq!(world.media.complaints, [""; 0], "{}", world.trace());
}
