//! Recordings where colleagues come in: pick-up, held calls of a team, rooms.

use model::TeamId;
use switchboard::core::{Attendance, LiveEvent, MemberDeed};
use switchboard::directory::{BusyWhen, Member, MemberKind, Order, PickUpGroup, PickUpGroupId, Room, RoomId, Team};

use super::*;

#[test]
fn who_picks_a_call_up_is_recorded_by_their_own_rule() {
    let mut world = world_with(&[rule(RecordingOf::Person(CLEO), RecordedCalls::All, Announced::Prompt)]);
    world.change(|directory| {
        directory.pick_up_groups = vec![PickUpGroup {
            id: PickUpGroupId(1),
            name: "Office".to_owned(),
            members: vec![ANNA, BEN, CLEO],
        }];
    });
    dial(&mut world, "101-desk", "102");
    dial(&mut world, "103-desk", "**102");
    world.run_ms(5_000);
    assert_eq!(recordings(&world), [("Cleo", "Anna", false)], "{}", world.trace());
    assert_eq!(channels(&world), [Channel::Others, Channel::Own]);
    assert_nothing_left(&mut world);
}

#[test]
fn a_held_call_that_another_member_takes_is_recorded_anew_for_them() {
    let team = TeamId(4);
    let mut world = world_with(&[rule(RecordingOf::Team(team), RecordedCalls::All, Announced::Prompt)]);
    let member = |user| Member {
        kind: MemberKind::Person(user),
        rings: true,
    };
    world.change(|directory| {
        directory.teams = vec![Team {
            id: team,
            name: "Sales".to_owned(),
            extension: "200".to_owned(),
            has_line: true,
            order: Order::All,
            members: vec![member(BEN), member(CLEO)],
            busy_when: BusyWhen::All,
            overflow: None,
            night: None,
        }];
    });
    dial(&mut world, "101-desk", "200");
    lift(&mut world, "102-desk");
    world.run_ms(5_000);
    let call = world.calls_of(BEN)[0].call;
    assert_eq!(world.control(BEN, Action::Hold { call }), Ok(Some(call)));
    let device = world.phone("103-desk").device;
    assert_eq!(world.control(CLEO, Action::TakeHeld { call, device }), Ok(Some(call)));
    lift(&mut world, "103-desk");
    world.run_ms(5_000);
    assert_eq!(
        recordings(&world),
        [("Ben", "Anna", true), ("Cleo", "Anna", false)],
        "{}",
        world.trace()
    );
    assert_eq!(channels(&world), [Channel::Others, Channel::Own]);
    assert_nothing_left(&mut world);
}

/// Room 800, whose host is Anna.
fn with_room() -> World {
    let mut world = world();
    world.change(|directory| {
        directory.rooms = vec![Room {
            id: RoomId(1),
            name: "Meeting room".to_owned(),
            extension: "800".to_owned(),
            pin: None,
            hosts: vec![ANNA],
            waits_for_host: false,
            has_tones: true,
            members_max: 10,
        }];
    });
    world
}

#[test]
fn who_waits_in_the_lobby_is_neither_told_nor_recorded() {
    let mut world = with_room();
    dial(&mut world, "101-desk", "800");
    dial(&mut world, "102-desk", "800");
    let call = world.calls_of(ANNA)[0].call;
    record(&mut world, ANNA, call);
    assert_eq!(recordings(&world), [("Anna", "Ben", false)], "{}", world.trace());
    let is_locked = true;
    assert_eq!(world.control(ANNA, Action::Lock { call, is_locked }), Ok(Some(call)));
    dial(&mut world, "103-desk", "800");
    world.run_ms(5_000);
    assert_eq!((channels(&world).len(), told(&world)[2].len()), (2, 0), "{}", world.trace());
    let members = world.events.iter().rev().find_map(|event| match event {
        LiveEvent::Conference { view, .. } => Some(view.members.clone()),
        _ => None,
    });
    let waiting = members.into_iter().flatten().find(|member| member.presence == Attendance::Waiting);
    let member = waiting.expect("Cleo waits").leg;
    let deed = MemberDeed::Admit;
    assert_eq!(world.control(ANNA, Action::Member { call, member, deed }), Ok(Some(call)));
    world.run_ms(5_000);
    assert_eq!(channels(&world), [Channel::Own, Channel::Others, Channel::Others]);
    assert_eq!(told(&world)[2], [Prompt::Recorded]);
    assert_nothing_left(&mut world);
}

#[test]
fn alone_in_a_room_one_is_recorded_once_somebody_comes() {
    let mut world = with_room();
    dial(&mut world, "101-desk", "800");
    let call = world.calls_of(ANNA)[0].call;
    record(&mut world, ANNA, call);
    assert_eq!(
        (recordings(&world), state(&world, ANNA)),
        (vec![], RecordingState::Announcing { may_end: true })
    );
    dial(&mut world, "102-desk", "800");
    world.run_ms(5_000);
    assert_eq!(
        (recordings(&world), channels(&world).len()),
        (vec![("Anna", "Ben", false)], 2),
        "{}",
        world.trace()
    );
    assert_nothing_left(&mut world);
}
