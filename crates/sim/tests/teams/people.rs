//! How people are called: delays, and while they talk.

use std::time::Duration;

use sim::Habit;

use super::*;

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
            let ended = world.journal.last();
            assert!(
                matches!(
                    ended,
                    Some(JournalEntry::Ended {
                        outcome: Outcome::Busy,
                        ..
                    })
                ),
                "{ended:?}"
            );
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
