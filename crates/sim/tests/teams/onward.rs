//! Where calls go that a team does not answer.

use super::*;

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
        hours: None,
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
fn an_overflow_that_leads_nowhere_is_no_forward() {
    let sales = Team {
        overflow: overflow(5, "102"),
        ..team(SALES, 1, Order::All)
    };
    let mut company = people(5);
    company.users[1].reaching.forwards = vec![Forward {
        is_on: true,
        when: When::Always,
        from: Callers::Anybody,
        during: None,
        to: "103".to_owned(),
    }];
    company.users[2].while_busy = WhileBusy::Busy;
    let mut world = world(company, [sales]);
    call(&mut world, desk(103), "105");
    talk(&mut world, desk(105));
    call(&mut world, desk(104), "201");
    let told = world.journal.len();
    world.run_ms(6_000);
    assert_rings(&world, &[desk(101)]);
    talk(&mut world, desk(101));
    let forwards = world.journal[told..].iter();
    assert_eq!(forwards.filter(|entry| matches!(entry, JournalEntry::Forwarded { .. })).count(), 0);
    assert_nothing_left(&mut world);
}
