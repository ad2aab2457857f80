//! Who of a team rings.

use std::time::Duration;

use sim::Habit;

use super::*;

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
