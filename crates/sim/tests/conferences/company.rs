//! Ten people with a browser each, one with a desk phone as well, and two rooms.

use std::time::Duration;

use model::{DeviceId, LegId, UserId};
use sim::{Act, Habit, World};
use switchboard::core::{Attendance, CallState, ConferenceView, LiveEvent, MemberView, Seats};
use switchboard::directory::{Device, DeviceKind, Room, RoomId, User};

pub(crate) const ANNA: UserId = UserId(1);
pub(crate) const BEN: UserId = UserId(2);
pub(crate) const CLEO: UserId = UserId(3);

/// Whose browsers they are: the first is Anna's.
pub(crate) const WEBS: [&str; 10] = [
    "101-web", "102-web", "103-web", "104-web", "105-web", "106-web", "107-web", "108-web", "109-web", "110-web",
];
pub(crate) const DESKS: [&str; 3] = ["101-desk", "102-desk", "103-desk"];

/// Lifts after a second.
pub(crate) const SOON: Habit = Habit::Answer {
    after: Duration::from_secs(1),
};

/// Whose browser it is.
pub(crate) fn user_of(web: &str) -> UserId {
    UserId(1 + u64::try_from(WEBS.iter().position(|name| *name == web).unwrap()).unwrap())
}

/// 800 is open to all of them; in 801 they wait for Anna.
pub(crate) fn world(seed: u64) -> World {
    let mut directory = World::company();
    for id in 4_u64..=10 {
        let sip_user = WEBS[usize::try_from(id).unwrap() - 1].to_owned();
        let (cleo, web) = (directory.users[2].clone(), directory.devices[5].clone());
        directory.users.push(User {
            id: UserId(id),
            name: format!("Person {id}"),
            extension: Some((100 + id).to_string()),
            ..cleo
        });
        directory.devices.push(Device {
            id: DeviceId(20 + id),
            user: Some(UserId(id)),
            kind: DeviceKind::Browser,
            label: sip_user.clone(),
            sip_user,
            ..web
        });
    }
    let room = Room {
        id: RoomId(1),
        name: "Meeting room".to_owned(),
        extension: "800".to_owned(),
        pin: None,
        hosts: Vec::new(),
        waits_for_host: false,
        has_tones: false,
        members_max: 10,
    };
    let hall = Room {
        id: RoomId(2),
        name: "Hall".to_owned(),
        extension: "801".to_owned(),
        hosts: vec![ANNA],
        waits_for_host: true,
        has_tones: true,
        ..room.clone()
    };
    directory.rooms = vec![room, hall];
    let mut world = World::with(directory, Seats::default(), seed);
    for name in WEBS.into_iter().chain(DESKS) {
        world.act(Act::Reconnect(name));
    }
    world.run_ms(1_000);
    world.record();
    world
}

/// Dials, and has audio a moment later.
pub(crate) fn comes(world: &mut World, phone: &'static str, number: &'static str) {
    world.act(Act::Call { phone, number });
    world.run_ms(200);
}

/// What somebody was told last of the only conference that they are in; `None`: they are in none.
pub(crate) fn conference_of(world: &World, user: UserId) -> Option<ConferenceView> {
    let told = world.events.iter().rev().find_map(|event| match event {
        LiveEvent::Conference { users, view } if users.contains(&user) => Some(view),
        _ => None,
    })?;
    let is_in = told.members.iter().any(|member| member.party.user == Some(user));
    is_in.then(|| ConferenceView::clone(told))
}

/// How somebody is in the conference that `witness` sees.
#[track_caller]
pub(crate) fn member(world: &World, witness: UserId, user: UserId) -> MemberView {
    let view = conference_of(world, witness).unwrap_or_else(|| panic!("{witness} is in no conference\n{}", world.trace()));
    let mut theirs = view.members.into_iter().filter(|member| member.party.user == Some(user));
    theirs.next().unwrap_or_else(|| panic!("{user} is not in it\n{}", world.trace()))
}

#[track_caller]
pub(crate) fn leg(world: &World, witness: UserId, user: UserId) -> LegId {
    member(world, witness, user).leg
}

/// Who is in the conference that `witness` sees, and how.
#[track_caller]
pub(crate) fn attendance(world: &World, witness: UserId) -> Vec<(u64, Attendance)> {
    let view = conference_of(world, witness).unwrap_or_else(|| panic!("{witness} is in no conference\n{}", world.trace()));
    let members = view.members.iter();
    members
        .map(|member| (member.party.user.map_or(0, |user| user.0), member.presence))
        .collect()
}

/// What somebody's only call is for them.
#[track_caller]
pub(crate) fn sees(world: &World, user: UserId) -> (CallState, String) {
    match &*world.calls_of(user) {
        [only] => (only.state, only.other.name.clone()),
        other => panic!("{other:?}\n{}", world.trace()),
    }
}
