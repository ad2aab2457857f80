//! Teams, ring delays and what becomes of calls to those who are on one, in simulated time.

mod line;
mod members;
mod onward;
mod people;
mod seeds;

use std::collections::BTreeMap;

use model::{DeviceId, TeamId, UserId};
use sim::{Act, World};
use switchboard::core::{CallState, JournalEntry, LineCall, LiveEvent, Outcome, Seats};
use switchboard::directory::{
    BusyWhen, Callers, Device, Directory, Forward, Member, MemberKind, Night, Order, Overflow, Rings, Team, User, WallClock, When,
    WhileBusy, Window,
};

const SALES: TeamId = TeamId(1);
const SUPPORT: TeamId = TeamId(2);

/// Desk phones by the extensions of their people; 103 has a browser phone as well.
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

/// A team of the first `members` people.
fn team(id: TeamId, members: u64, order: Order) -> Team {
    let member = |n| Member {
        kind: MemberKind::Person(UserId(n)),
        rings: true,
    };
    Team {
        id,
        name: format!("Team {}", id.0),
        extension: format!("20{}", id.0),
        has_line: true,
        order,
        members: (1..=members).map(member).collect(),
        busy_when: BusyWhen::All,
        overflow: None,
        night: None,
    }
}

fn overflow(after_s: u16, number: &str) -> Option<Overflow> {
    let number = number.to_owned();
    Some(Overflow { after_s, number })
}

/// The company with these teams; all phones are registered.
fn world(mut company: Directory, teams: impl IntoIterator<Item = Team>) -> World {
    company.teams = teams.into_iter().collect();
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

/// The phones that ring.
fn ringing(world: &World) -> Vec<&str> {
    let ringing = world.phones.iter().filter(|phone| phone.rings());
    ringing.map(|phone| phone.name.as_str()).collect()
}

#[track_caller]
fn assert_rings(world: &World, phones: &[&str]) {
    assert_eq!(ringing(world), phones, "{}", world.trace());
}

fn talk(world: &mut World, phone: &'static str) {
    world.act(Act::Answer(phone));
    world.run_ms(500);
    assert!(world.phone(phone).talks(), "{}", world.trace());
}

/// The caller's call has been refused with this, and nothing else.
#[track_caller]
fn assert_refused(world: &World, phone: &str, status: u16) {
    assert_eq!(world.phone(phone).refusals, [status], "{}", world.trace());
    assert_eq!(ringing(world), [""; 0], "{}", world.trace());
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
    for (team, calls) in lines(world) {
        assert_eq!(calls, [], "team {team}: {}", world.trace());
    }
}

/// What the members of each team were told last.
fn lines(world: &World) -> BTreeMap<TeamId, Vec<LineCall>> {
    let told = world.events.iter().filter_map(|event| {
        let LiveEvent::TeamLine { team, calls } = event else { return None };
        Some((*team, calls.to_vec()))
    });
    told.collect()
}

fn line(world: &World, team: TeamId) -> Vec<(CallState, Option<u64>, String)> {
    let calls = lines(world).remove(&team).unwrap_or_default();
    let shown = calls
        .into_iter()
        .map(|call| (call.state, call.by.map(|user| user.0), call.other.number));
    shown.collect()
}
