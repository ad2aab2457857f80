//! Lamps: what phones show of others, in simulated time.

#![allow(clippy::unwrap_used, reason = "a lamp that is not there has failed")]

use std::time::Duration;

use model::{DeviceId, TeamId, UserId};
use sim::{Act, Habit, World};
use switchboard::core::Seats;
use switchboard::directory::{BusyWhen, Device, Directory, Member, MemberKind, Order, PickUpGroup, PickUpGroupId, Rings, Team, User};

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);
/// Cleo's browser phone, whose connection the board has.
const CLEO_WEB: DeviceId = DeviceId(6);

/// What a lamp shows, in the order of the document: state, and who is at the other end.
fn dialogs(world: &World, board: usize, number: &str) -> Vec<(String, Option<String>)> {
    let document = &world.boards[board].lamp(number).unwrap().document;
    let dialogs = document.split("<dialog ").skip(1);
    let between = |text: &str, from: &str, to: &str| Some(text.split_once(from)?.1.split_once(to)?.0.to_owned());
    dialogs
        .map(|dialog| {
            let remote = between(dialog, "<remote>", "</remote>").and_then(|remote| between(&remote, "\">", "</identity>"));
            (between(dialog, "<state>", "</state>").unwrap(), remote)
        })
        .collect()
}

fn states(world: &World, board: usize, number: &str) -> Vec<String> {
    dialogs(world, board, number).into_iter().map(|(state, _)| state).collect()
}

/// Ben lifts after a second.
fn company() -> World {
    let mut world = World::registered(1);
    world.phone_mut("102-desk").habit = Habit::Answer {
        after: Duration::from_secs(1),
    };
    world
}

#[test]
fn a_lamp_follows_a_call_from_ringing_to_its_end() {
    let mut world = company();
    let board = world.add_board(CLEO_WEB);
    world.watch(board, "102", "dialog", 600);
    assert_eq!(states(&world, board, "102"), [""; 0]);
    let lamp = world.boards[board].lamp("102").unwrap();
    assert!(
        lamp.document.contains("version=\"0\" state=\"full\" entity=\"sip:102@farend\""),
        "{}",
        lamp.document
    );
    assert!(lamp.state.starts_with("active;expires=600"));

    world.act(Act::Call {
        phone: "101-desk",
        number: "102",
    });
    world.run_ms(500);
    assert_eq!(states(&world, board, "102"), ["early"]);
    world.run_ms(1_500);
    assert_eq!(states(&world, board, "102"), ["confirmed"]);
    world.act(Act::HangUp("101-desk"));
    world.run_ms(500);
    assert_eq!(states(&world, board, "102"), [""; 0]);
    let lamp = world.boards[board].lamp("102").unwrap();
    assert!(
        lamp.document.contains(&format!("version=\"{}\"", lamp.told - 1)),
        "{}",
        lamp.document
    );
}

#[test]
fn with_whom_somebody_talks_is_shown_to_their_group_alone() {
    for (members, shows) in [(vec![BEN, UserId(3)], true), (vec![BEN, ANNA], false)] {
        let mut world = company();
        world.change(|directory| {
            directory.pick_up_groups = vec![PickUpGroup {
                id: PickUpGroupId(1),
                name: "Office".to_owned(),
                members,
            }];
        });
        let board = world.add_board(CLEO_WEB);
        world.watch(board, "102", "dialog", 600);
        world.act(Act::Call {
            phone: "101-desk",
            number: "102",
        });
        world.run_ms(500);
        let whom = shows.then(|| "sip:101@farend".to_owned());
        assert_eq!(dialogs(&world, board, "102"), [("early".to_owned(), whom)]);
    }
}

#[test]
fn presence_and_messages_are_told_as_well() {
    let mut world = company();
    let board = world.add_board(CLEO_WEB);
    world.watch(board, "101", "presence", 600);
    world.watch(board, "103", "message-summary", 600);
    world.watch(board, "102", "message-summary", 600);
    let document = |world: &World, number| world.boards[board].lamp(number).unwrap().document.clone();
    assert!(document(&world, "101").contains("<basic>open</basic>"));
    assert!(document(&world, "103").starts_with("Messages-Waiting: no\r\n"));
    assert_eq!(document(&world, "102"), "", "nobody sees the messages of others");
    for phone in ["101-desk", "101-web"] {
        world.act(Act::Unregister(phone));
    }
    world.run_ms(1_000);
    assert!(
        document(&world, "101").contains("<basic>closed</basic>"),
        "{}",
        document(&world, "101")
    );
}

#[test]
fn a_team_has_a_lamp_and_a_number_of_nobody_has_none() {
    let mut world = company();
    world.change(|directory| {
        directory.teams = vec![Team {
            id: TeamId(1),
            name: "Sales".to_owned(),
            extension: "200".to_owned(),
            has_line: true,
            order: Order::All,
            members: vec![Member {
                kind: MemberKind::Person(BEN),
                rings: true,
            }],
            busy_when: BusyWhen::All,
            overflow: None,
            night: None,
        }];
    });
    let board = world.add_board(CLEO_WEB);
    world.watch(board, "200", "dialog", 600);
    world.watch(board, "999", "dialog", 600);
    world.act(Act::Call {
        phone: "101-desk",
        number: "200",
    });
    world.run_ms(2_000);
    assert_eq!(states(&world, board, "200"), ["confirmed"]);
    assert_eq!(world.boards[board].lamp("999").unwrap().told, 0);
    assert_eq!(world.figures().watches, 1);

    world.change(|directory| directory.teams.clear());
    assert_eq!(world.figures().watches, 0);
    assert_eq!(world.boards[board].lamp("200").unwrap().state, "terminated;reason=noresource");
}

#[test]
fn lamps_are_told_of_the_directory_only_where_they_show_something_else() {
    let mut world = company();
    let board = world.add_board(CLEO_WEB);
    for number in ["101", "102"] {
        world.watch(board, number, "dialog", 600);
    }
    world.run_ms(1_000);
    world.change(|directory| directory.users[0].reaching.do_not_disturb.is_on = true);
    world.run_ms(1_000);
    let told = |world: &World, number| world.boards[board].lamp(number).unwrap().told;
    assert_eq!((told(&world, "101"), told(&world, "102")), (1, 1));
    world.change(|directory| directory.users[1].name = "Benjamin".to_owned());
    world.run_ms(1_000);
    assert_eq!((told(&world, "101"), told(&world, "102")), (1, 2));
}

#[test]
fn a_board_that_does_not_answer_is_told_nothing_more_and_forgotten() {
    let mut world = company();
    let board = world.add_board(CLEO_WEB);
    world.boards[board].answers = false;
    world.watch(board, "102", "dialog", 600);
    world.act(Act::Call {
        phone: "101-desk",
        number: "102",
    });
    world.run_ms(10_000);
    assert_eq!(world.boards[board].lamp("102").unwrap().told, 1, "one at a time");
    world.run_ms(30_000);
    assert_eq!(world.figures().watches, 0);
}

#[test]
fn lamps_end_when_nobody_prolongs_them() {
    let mut world = company();
    let board = world.add_board(CLEO_WEB);
    world.watch(board, "102", "dialog", 60);
    world.run_ms(59_000);
    assert_eq!(world.figures().watches, 1);
    world.run_ms(2_000);
    assert_eq!(world.figures().watches, 0);
    assert_eq!(world.boards[board].lamp("102").unwrap().state, "terminated;reason=timeout");
}

#[test]
fn a_phone_that_starts_anew_with_all_its_keys_takes_the_place_of_what_it_had() {
    let mut world = company();
    let board = world.add_board(CLEO_WEB);
    for _ in 0..WATCHED_BY_EACH {
        world.watch(board, "102", "dialog", 600);
    }
    world.run_ms(1_000);
    assert_eq!(world.figures().watches, 250);
    world.watch(board, "102", "dialog", 600);
    world.run_ms(1_000);
    assert_eq!(world.figures().watches, 250);
    let told = |state: &str| world.boards[board].lamps().filter(|lamp| lamp.state.starts_with(state)).count();
    assert_eq!((told("active"), told("terminated;reason=rejected")), (250, 1));
    assert!(
        world.boards[board].lamp("102").unwrap().state.starts_with("terminated"),
        "the oldest one"
    );
    world.watch(board, "101", "dialog", 600);
    world.watch(board, "102", "presence", 600);
    world.run_ms(1_000);
    assert_eq!(world.figures().watches, 250, "there is nothing whose place they could take");
    assert_eq!(world.boards[board].lamp("101").unwrap().state, "");
}

const PEOPLE: u64 = 400;
const BOARDS: u64 = 20;
const WATCHED_BY_EACH: u64 = 250;
const CALLS: u64 = 600;
const CALLS_PER_SECOND: u64 = 200;

fn desk(n: u64) -> &'static str {
    format!("{}-desk", 1_000 + n).leak()
}

/// So many people with a desk phone each, from 1001 on.
fn many_people() -> Directory {
    let mut company = World::company();
    let (user, device) = (company.users[0].clone(), company.devices[0].clone());
    let user = |n| User {
        id: UserId(n),
        name: format!("Person {n}"),
        extension: Some(format!("{}", 1_000 + n)),
        ..user.clone()
    };
    let device = |n| Device {
        id: DeviceId(n),
        user: Some(UserId(n)),
        rings: Rings::default(),
        sip_user: desk(n).to_owned(),
        ha1: Some(sip::agent::Ha1::new(desk(n), "farend", "secret")),
        ..device.clone()
    };
    company.users = (1..=PEOPLE).map(user).collect();
    company.devices = (1..=PEOPLE).map(device).collect();
    company
}

#[test]
fn five_thousand_lamps_are_right_in_time_while_two_hundred_calls_a_second_come_and_go() {
    let mut world = World::with(many_people(), Seats::default(), 7);
    for n in 1..=PEOPLE {
        world.act(Act::Reconnect(desk(n)));
        world.phone_mut(desk(n)).habit = Habit::Answer {
            after: Duration::from_millis(200),
        };
    }
    world.run_ms(3_000);
    let before = world.figures();
    for n in 1..=BOARDS {
        let board = world.add_board(DeviceId(n));
        for watched in 0..WATCHED_BY_EACH {
            let number = 1_001 + (n * 20 + watched) % PEOPLE;
            world.watch(board, &number.to_string(), "dialog", 3_600);
        }
    }
    assert_eq!(world.figures().watches, 5_000);
    world.run_ms(1_000);

    for call in 0..CALLS {
        let at_ms = call * 1_000 / CALLS_PER_SECOND;
        let (caller, called) = (2 * call % PEOPLE + 1, (2 * call + 1) % PEOPLE + 1);
        let number: &'static str = (1_000 + called).to_string().leak();
        world.plan(
            at_ms,
            Act::Call {
                phone: desk(caller),
                number,
            },
        );
        world.plan(at_ms + 800, Act::HangUp(desk(caller)));
    }
    world.run_ms(CALLS * 1_000 / CALLS_PER_SECOND / 2);
    let lit = lit(&world);
    assert!(lit > 3_000, "{lit} lamps are lit in the middle of it");
    world.run_ms(CALLS * 1_000 / CALLS_PER_SECOND / 2 + 3_000);
    assert_eq!(self::lit(&world), 0, "all lamps are out in the end");

    let mut delays: Vec<Duration> = world.boards.iter().flat_map(|board| &board.delays).copied().collect();
    delays.sort_unstable();
    let p99 = delays[delays.len() * 99 / 100];
    assert!(delays.len() > 9_000, "{} changes were told", delays.len());
    assert!(p99 <= Duration::from_millis(500), "p99 {p99:?}");

    world.run_ms(35_000);
    let after = world.figures();
    assert_eq!((after.calls, after.legs, after.dialogs), (0, 0, 0));
    assert_eq!((after.watches, after.registrations), (5_000, before.registrations));
}

fn lit(world: &World) -> usize {
    let lamps = world.boards.iter().flat_map(sim::Board::lamps);
    lamps.filter(|lamp| lamp.document.contains("<dialog ")).count()
}
