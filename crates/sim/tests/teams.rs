//! Teams, ring delays and what becomes of calls to those who are on one, in simulated time.

use std::time::Duration;

use model::{DeviceId, TeamId, UserId};
use rand::Rng;
use rand::seq::IndexedRandom;
use sim::{Act, Habit, Network, World};
use switchboard::core::{CallState, JournalEntry, LineCall, LiveEvent, Outcome, Seats};
use switchboard::directory::{
    BusyWhen, Device, Directory, Member, MemberKind, Night, Order, Overflow, Rings, Team, User, WallClock, WhileBusy, Window,
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
fn lines(world: &World) -> std::collections::BTreeMap<TeamId, Vec<LineCall>> {
    let told = world.events.iter().filter_map(|event| match event {
        LiveEvent::TeamLine { team, calls } => Some((*team, calls.to_vec())),
        _ => None,
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

#[test]
fn all_members_ring_and_the_journal_knows_the_team_and_who_answered() {
    let mut world = world(people(4), [team(SALES, 3, Order::All)]);
    call(&mut world, desk(104), "201");
    assert_rings(&world, &[desk(101), desk(102), desk(103)]);
    assert!(world.phone(desk(104)).hears_ringing());
    talk(&mut world, desk(102));
    assert_rings(&world, &[]);
    let [JournalEntry::Started { called, .. }, JournalEntry::Answered { device, .. }] = &world.journal[..] else {
        panic!("{:?}", world.journal)
    };
    assert_eq!((called.number.as_str(), called.name.as_str(), called.user), ("201", "Team 1", None));
    assert_eq!(*device, Some(DeviceId(2)));
    assert_nothing_left(&mut world);
}

#[test]
fn ten_calls_at_once_ring_ten_members_in_order_and_then_whoever_has_not_talked_for_longest() {
    let mut world = world(people(30), [team(SALES, 20, Order::LongestIdle { turn_s: 20 })]);
    for caller in 121..=130 {
        world.act(Act::Call {
            phone: desk(caller),
            number: "201",
        });
    }
    world.run_ms(500);
    let first: Vec<&str> = (101..=110).map(desk).collect();
    assert_rings(&world, &first);
    for member in 101..=110 {
        let calls = &world.phone(desk(member)).calls;
        assert_eq!(calls.len(), 1, "one call each: {}", world.trace());
    }
    for member in 101..=110 {
        talk(&mut world, desk(member));
    }
    assert!((121..=130).all(|caller| world.phone(desk(caller)).talks()), "{}", world.trace());
    // They end in another order than they began.
    for member in [105, 101, 110, 102, 109, 103, 108, 104, 107, 106] {
        world.act(Act::HangUp(desk(member)));
        world.run_ms(1_000);
    }
    let order = (111..=120).chain([105, 101, 110, 102, 109, 103, 108, 104, 107, 106]);
    for member in order {
        call(&mut world, desk(121), "201");
        assert_rings(&world, &[desk(member)]);
        talk(&mut world, desk(member));
        world.act(Act::HangUp(desk(121)));
        world.run_ms(1_000);
    }
    assert_nothing_left(&mut world);
}

#[test]
fn members_ring_one_after_the_other_and_who_cannot_is_passed_over() {
    let mut world = world(people(8), [team(SALES, 6, Order::InTurn { turn_s: 10 })]);
    // 101 talks, 102 is not registered, 103 refuses, 104 is registered but dead.
    call(&mut world, desk(101), "107");
    talk(&mut world, desk(107));
    world.act(Act::Unregister(desk(102)));
    world.phone_mut(desk(103)).habit = Habit::Refuse {
        after: Duration::from_secs(1),
        status: 603,
    };
    world.phone_mut(desk(104)).flow = None;
    world.run_ms(500);
    call(&mut world, desk(108), "201");
    assert_rings(&world, &[desk(103)]);
    world.run_ms(1_000);
    assert_rings(&world, &[]);
    assert!(world.phone(desk(108)).hears_ringing(), "nothing tells the caller of it");
    world.run_ms(5_000);
    assert_rings(&world, &[desk(105)]);
    world.run_ms(10_000);
    assert_rings(&world, &[desk(106)]);
    world.act(Act::HangUp(desk(101)));
    world.run_ms(10_000);
    assert_rings(&world, &[desk(101)]);
    assert_eq!(world.phone(desk(108)).refusals, [0; 0]);
    world.run_ms(4_000);
    assert_refused(&world, desk(108), 480);
    assert_nothing_left(&mut world);
}

#[test]
fn who_is_alone_goes_on_ringing_and_with_all_on_calls_it_is_busy() {
    let mut world = world(people(4), [team(SALES, 2, Order::InTurn { turn_s: 5 })]);
    call(&mut world, desk(101), "104");
    talk(&mut world, desk(104));
    call(&mut world, desk(103), "201");
    world.run_ms(12_000);
    assert_rings(&world, &[desk(102)]);
    assert_eq!(world.phone(desk(102)).reasons, [""; 0], "the same call all the time");
    talk(&mut world, desk(102));
    world.act(Act::HangUp(desk(104)));
    call(&mut world, desk(104), "101");
    talk(&mut world, desk(101));
    world.change(|company| company.users[2].while_busy = WhileBusy::CallWaiting);
    call(&mut world, desk(103), "201");
    assert_refused(&world, desk(103), 486);
    assert_nothing_left(&mut world);
}

#[test]
fn who_rings_for_another_call_comes_last_but_before_a_busy_tone() {
    let mut world = world(people(5), [team(SALES, 2, Order::LongestIdle { turn_s: 20 })]);
    for caller in [103, 104, 105] {
        call(&mut world, desk(caller), "201");
    }
    let calls = |world: &World, extension| world.phone(desk(extension)).calls.len();
    assert_eq!((calls(&world, 101), calls(&world, 102)), (2, 1), "{}", world.trace());
    assert_nothing_left(&mut world);
}

#[test]
fn overflow_leads_from_team_to_team_to_a_person() {
    let sales = Team {
        overflow: overflow(10, "202"),
        ..team(SALES, 2, Order::All)
    };
    let support = Team {
        members: team(SALES, 4, Order::All).members.split_off(2),
        overflow: overflow(5, "105"),
        ..team(SUPPORT, 0, Order::InTurn { turn_s: 20 })
    };
    let mut world = world(people(6), [sales, support]);
    call(&mut world, desk(106), "201");
    assert_rings(&world, &[desk(101), desk(102)]);
    assert_eq!(line(&world, SALES), [(CallState::Ringing, None, "106".to_owned())]);
    world.run_ms(10_000);
    assert_rings(&world, &[desk(103)]);
    assert_eq!((line(&world, SALES), line(&world, SUPPORT).len()), (Vec::new(), 1));
    world.run_ms(5_000);
    assert_rings(&world, &[desk(105)]);
    assert_eq!(line(&world, SUPPORT), []);
    assert_eq!(world.phone(desk(106)).refusals, [0; 0]);
    talk(&mut world, desk(105));
    assert_nothing_left(&mut world);
}

#[test]
fn overflow_is_at_once_when_nobody_can_be_reached_and_teams_do_not_hand_on_in_a_circle() {
    let sales = Team {
        overflow: overflow(10, "202"),
        ..team(SALES, 1, Order::All)
    };
    let support = Team {
        members: team(SALES, 2, Order::All).members.split_off(1),
        overflow: overflow(10, "201"),
        ..team(SUPPORT, 0, Order::All)
    };
    let mut world = world(people(3), [sales, support]);
    world.act(Act::Unregister(desk(101)));
    world.run_ms(500);
    call(&mut world, desk(103), "201");
    assert_rings(&world, &[desk(102)]);
    world.run_ms(29_000);
    assert_rings(&world, &[desk(102)]);
    world.run_ms(1_000);
    assert_refused(&world, desk(103), 480);
    world.act(Act::Unregister(desk(102)));
    world.run_ms(500);
    call(&mut world, desk(103), "202");
    assert_eq!(world.phone(desk(103)).refusals, [480, 480]);
    assert_nothing_left(&mut world);
}

#[test]
fn a_call_comes_to_five_teams_at_most() {
    let empty = |n: u64| Team {
        overflow: overflow(0, format!("20{}", n + 1).leak()),
        ..team(TeamId(n), 0, Order::All)
    };
    for (teams, status) in [(4, None), (5, Some(480))] {
        let mut all: Vec<Team> = (1..=teams).map(empty).collect();
        all.push(team(TeamId(teams + 1), 1, Order::All));
        let mut world = world(people(2), all);
        call(&mut world, desk(102), "201");
        assert_eq!(world.phone(desk(102)).refusals.first().copied(), status, "{}", world.trace());
        assert_eq!(ringing(&world).len(), usize::from(status.is_none()));
        assert_nothing_left(&mut world);
    }
}

#[test]
fn at_night_the_number_of_the_night_is_called() {
    let night = Night {
        day: vec![Window {
            days: 0b1_1111,
            from_minute: 480,
            to_minute: 1_080,
        }],
        number: "103".to_owned(),
    };
    let sales = Team {
        night: Some(night),
        ..team(SALES, 2, Order::All)
    };
    let mut world = world(people(4), [sales]);
    let clock = |weekday, minute| WallClock { day: 1, weekday, minute };
    for (clock, expected) in [
        (clock(0, 479), vec![desk(103)]),
        (clock(0, 480), vec![desk(101), desk(102)]),
        (clock(4, 1_080), vec![desk(103)]),
        (clock(6, 600), vec![desk(103)]),
    ] {
        world.set_clock(clock);
        call(&mut world, desk(104), "201");
        assert_rings(&world, &expected);
        world.act(Act::HangUp(desk(104)));
        world.run_ms(500);
    }
    assert_eq!(line(&world, SALES), [], "a night call is not the team's");
    assert_nothing_left(&mut world);
}

#[test]
fn a_team_may_be_busy_with_its_first_call() {
    let sales = Team {
        busy_when: BusyWhen::First,
        ..team(SALES, 2, Order::All)
    };
    let mut world = world(people(5), [sales]);
    call(&mut world, desk(103), "201");
    call(&mut world, desk(104), "201");
    assert_eq!(world.phone(desk(104)).refusals, [486]);
    talk(&mut world, desk(101));
    call(&mut world, desk(104), "201");
    assert_eq!(world.phone(desk(104)).refusals, [486, 486]);
    world.change(|company| company.teams[0].overflow = overflow(30, "105"));
    call(&mut world, desk(104), "201");
    assert_rings(&world, &[desk(105)]);
    world.act(Act::HangUp(desk(104)));
    world.act(Act::HangUp(desk(101)));
    world.run_ms(1_000);
    call(&mut world, desk(104), "201");
    assert_rings(&world, &[desk(101), desk(102)]);
    assert_nothing_left(&mut world);
}

#[test]
fn a_handset_that_is_nobodys_is_a_member() {
    let mut company = people(3);
    company.devices[0].user = None;
    company.users.remove(0);
    let mut sales = team(SALES, 2, Order::InTurn { turn_s: 10 });
    sales.members[0].kind = MemberKind::Device(DeviceId(1));
    let mut world = world(company, [sales]);
    call(&mut world, desk(103), "201");
    assert_rings(&world, &[desk(101)]);
    talk(&mut world, desk(101));
    let shown = lines(&world).remove(&SALES).unwrap_or_default();
    assert_eq!(
        (shown[0].state, shown[0].by, shown[0].device),
        (CallState::Talking, None, Some(DeviceId(1)))
    );
    assert_nothing_left(&mut world);
}

#[test]
fn members_see_who_is_on_the_line_and_who_is_held() {
    use model::control::Direction;
    let mut sales = team(SALES, 2, Order::All);
    sales.members[1].rings = false;
    let mut world = world(people(4), [sales]);
    call(&mut world, desk(103), "201");
    assert_rings(&world, &[desk(101)]);
    let other = || "103".to_owned();
    assert_eq!(line(&world, SALES), [(CallState::Ringing, None, other())]);
    talk(&mut world, desk(101));
    assert_eq!(line(&world, SALES), [(CallState::Talking, Some(1), other())]);
    for (phone, direction, state) in [
        (desk(101), Direction::SendOnly, CallState::Holding),
        (desk(101), Direction::SendRecv, CallState::Talking),
        (desk(103), Direction::SendOnly, CallState::Held),
        (desk(103), Direction::SendRecv, CallState::Talking),
    ] {
        world.act(Act::Offer(phone, direction));
        world.run_ms(500);
        assert_eq!(line(&world, SALES), [(state, Some(1), other())], "{}", world.trace());
    }
    // A member's own call is not the team's.
    call(&mut world, desk(102), "104");
    assert_eq!(line(&world, SALES).len(), 1);
    world.act(Act::Refer {
        phone: desk(101),
        to: "<sip:104@farend>",
    });
    world.run_ms(500);
    assert_eq!(line(&world, SALES), [(CallState::Dialling, Some(1), other())]);
    talk(&mut world, desk(104));
    world.run_ms(500);
    world.act(Act::HangUp(desk(102)));
    talk_on(&mut world);
    assert_nothing_left(&mut world);
}

/// Whoever has been called twice lifts the second call as well.
fn talk_on(world: &mut World) {
    world.act(Act::Answer(desk(104)));
    world.run_ms(1_000);
    assert_eq!(line(world, SALES), [], "whoever has it now is not in the team: {}", world.trace());
}

#[test]
fn a_call_may_be_handed_over_to_a_team() {
    let sales = Team {
        overflow: overflow(10, "105"),
        ..team(SALES, 2, Order::InTurn { turn_s: 5 })
    };
    for answers in [true, false] {
        let mut world = world(people(5), [sales.clone()]);
        call(&mut world, desk(103), "104");
        talk(&mut world, desk(104));
        world.act(Act::Refer {
            phone: desk(104),
            to: "<sip:201@farend>",
        });
        world.run_ms(500);
        assert_rings(&world, &[desk(101)]);
        assert_eq!(line(&world, SALES), [(CallState::Ringing, None, "103".to_owned())]);
        world.run_ms(5_000);
        assert_rings(&world, &[desk(102)]);
        if answers {
            talk(&mut world, desk(102));
            assert_eq!(line(&world, SALES), [(CallState::Talking, Some(2), "103".to_owned())]);
        } else {
            world.run_ms(5_000);
            assert_rings(&world, &[desk(105)]);
            talk(&mut world, desk(105));
            assert_eq!(line(&world, SALES), []);
        }
        assert!(
            !world.phone(desk(104)).talks() && world.phone(desk(103)).talks(),
            "{}",
            world.trace()
        );
        assert_nothing_left(&mut world);
    }
}

#[test]
fn whoever_calls_their_own_team_is_not_rung() {
    let mut world = world(people(2), [team(SALES, 2, Order::All)]);
    call(&mut world, desk(101), "201");
    assert_rings(&world, &[desk(102)]);
    world.act(Act::HangUp(desk(101)));
    world.act(Act::Unregister(desk(102)));
    world.run_ms(500);
    call(&mut world, desk(101), "201");
    assert_refused(&world, desk(101), 480);
    assert_nothing_left(&mut world);
}

#[test]
fn a_team_that_is_deleted_lets_its_calls_ring_to_the_end() {
    let mut world = world(people(3), [team(SALES, 2, Order::InTurn { turn_s: 5 })]);
    call(&mut world, desk(103), "201");
    world.change(|company| company.teams.clear());
    assert_eq!(line(&world, SALES), []);
    world.run_ms(20_000);
    assert_rings(&world, &[desk(101)]);
    talk(&mut world, desk(101));
    assert_nothing_left(&mut world);
}

/// Anna's two phones ring as told.
fn two_phones(desk: Rings, web: Rings) -> World {
    let mut company = World::company();
    (company.devices[0].rings, company.devices[1].rings) = (desk, web);
    world(company, [])
}

#[test]
fn phones_ring_after_their_delays() {
    let at_once = Rings::After { delay_s: 0 };
    let mut world = two_phones(at_once, Rings::After { delay_s: 10 });
    call(&mut world, "102-desk", "101");
    world.run_ms(9_000);
    assert_rings(&world, &["101-desk"]);
    world.run_ms(1_000);
    assert_rings(&world, &["101-desk", "101-web"]);
    world.act(Act::HangUp("102-desk"));
    world.run_ms(500);
    call(&mut world, "102-desk", "101");
    world.act(Act::HangUp("101-desk"));
    world.run_ms(500);
    assert_rings(&world, &["101-web"]);
    world.act(Act::HangUp("102-desk"));
    world.run_ms(500);
    world.phone_mut("101-desk").habit = Habit::Refuse {
        after: Duration::from_millis(200),
        status: 603,
    };
    call(&mut world, "102-desk", "101");
    assert_rings(&world, &[]);
    assert_eq!(world.phone("102-desk").refusals.last(), Some(&603), "who declines does so for all");
    world.act(Act::Unregister("101-desk"));
    world.run_ms(500);
    call(&mut world, "102-desk", "101");
    assert_rings(&world, &["101-web"]);
    assert_nothing_left(&mut world);
    for silent in [Rings::Never, Rings::WhenAnswered] {
        let mut world = two_phones(at_once, silent);
        call(&mut world, "102-desk", "101");
        world.run_ms(20_000);
        assert_rings(&world, &["101-desk"]);
        assert_nothing_left(&mut world);
    }
    let mut world = two_phones(Rings::Never, Rings::Never);
    call(&mut world, "102-desk", "101");
    assert_refused(&world, "102-desk", 480);
    assert_nothing_left(&mut world);
}

#[test]
fn while_they_talk_people_are_called_as_they_like() {
    for (while_busy, rings, status) in [
        (WhileBusy::CallWaiting, vec!["101-desk", "101-web"], None),
        (WhileBusy::RingOthers, vec!["101-web"], None),
        (WhileBusy::Busy, vec![], Some(486)),
    ] {
        let mut company = World::company();
        company.users[0].while_busy = while_busy;
        let mut world = world(company, []);
        call(&mut world, "103-desk", "101");
        assert_rings(&world, &["101-desk", "101-web"]);
        world.act(Act::HangUp("103-desk"));
        world.run_ms(500);
        call(&mut world, "101-desk", "103");
        talk(&mut world, "103-web");
        call(&mut world, "102-desk", "101");
        assert_rings(&world, &rings);
        assert_eq!(world.phone("102-desk").refusals.first().copied(), status, "{}", world.trace());
        if status.is_some() {
            let ended = world.journal.iter().filter_map(|entry| match entry {
                JournalEntry::Ended { outcome, .. } => Some(*outcome),
                _ => None,
            });
            assert_eq!(ended.last(), Some(Outcome::Busy));
        }
        world.act(Act::HangUp("102-desk"));
        world.act(Act::Unregister("101-web"));
        world.run_ms(500);
        call(&mut world, "102-web", "101");
        let is_waiting = while_busy == WhileBusy::CallWaiting;
        assert_eq!(world.phone("102-web").refusals.first().copied(), (!is_waiting).then_some(486));
        assert_nothing_left(&mut world);
    }
}

/// How many worlds are tried.
const SEEDS: u64 = 400;

/// Teams that hand on to each other, with members of all kinds.
fn random_world(seed: u64) -> World {
    let mut rng = <rand::rngs::SmallRng as rand::SeedableRng>::seed_from_u64(seed);
    let mut company = people(8);
    for device in &mut company.devices {
        device.rings = *[Rings::default(), Rings::default(), Rings::After { delay_s: 3 }, Rings::Never]
            .choose(&mut rng)
            .unwrap();
    }
    for user in &mut company.users {
        user.while_busy = *[WhileBusy::CallWaiting, WhileBusy::RingOthers, WhileBusy::Busy]
            .choose(&mut rng)
            .unwrap();
    }
    let numbers = ["201", "202", "203", "104", "*44", "999"];
    for id in (1..=3).map(TeamId) {
        let turn_s = rng.random_range(0..6);
        let order = *[Order::All, Order::InTurn { turn_s }, Order::LongestIdle { turn_s }]
            .choose(&mut rng)
            .unwrap();
        let mut team = team(id, 5, order);
        team.members.retain(|_| rng.random_bool(0.6));
        team.busy_when = if rng.random_bool(0.2) { BusyWhen::First } else { BusyWhen::All };
        if rng.random_bool(0.7) {
            let after_s = rng.random_range(0..12);
            team.overflow = overflow(after_s, numbers.choose(&mut rng).unwrap());
        }
        company.teams.push(team);
    }
    let mut world = World::with(company, Seats::default(), seed);
    for name in names(&world) {
        world.act(Act::Reconnect(name));
        let after = Duration::from_millis(rng.random_range(0..8_000));
        world.phone_mut(name).habit = match rng.random_range(0..10) {
            0..4 => Habit::Answer { after },
            4..7 => Habit::Ignore,
            _ => Habit::Refuse {
                after,
                status: *[486, 603, 480].choose(&mut rng).unwrap(),
            },
        };
    }
    world.network = Network::any(&mut rng);
    world.media_delay_ms_max = rng.random_range(0..300);
    world.run_ms(1_000);
    for _ in 0..rng.random_range(1..12) {
        let phone = desk(rng.random_range(101..=108));
        let at = rng.random_range(0..30_000);
        let number = *["201", "202", "203", "201", "101"].choose(&mut rng).unwrap();
        let act = match rng.random_range(0..10) {
            0..6 => Act::Call { phone, number },
            6 => Act::HangUp(phone),
            7 => Act::Unregister(phone),
            8 => Act::Answer(phone),
            _ => Act::Refer {
                phone,
                to: "<sip:202@farend>",
            },
        };
        world.plan(at, act);
    }
    world
}

#[test]
fn whatever_teams_do_nothing_is_left_behind() {
    let (mut answered, mut failed) = (0, 0);
    for seed in 0..SEEDS {
        let mut world = random_world(seed);
        world.record();
        world.run_ms(45_000);
        for entry in &world.journal {
            match entry {
                JournalEntry::Answered { .. } => answered += 1,
                JournalEntry::Ended { outcome, .. } => failed += usize::from(*outcome != Outcome::Answered),
                JournalEntry::Started { .. } | JournalEntry::Transferred { .. } | JournalEntry::Emergency { .. } => {}
            }
        }
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| assert_nothing_left(&mut world)));
        assert!(checked.is_ok(), "seed {seed}");
    }
    assert!(answered > 100 && failed > 100, "{answered} {failed}");
}
