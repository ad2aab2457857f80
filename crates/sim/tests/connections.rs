//! Connections that break, phones that move, devices that go, a server that drains.

use std::time::Duration;

use model::control::{Direction, Source};
use model::{DeviceId, UserId};
use sim::{Act, Habit, Way, World};
use switchboard::core::{CloseReason, JournalEntry, LiveEvent, UserState};

const AT_ONCE: Habit = Habit::Answer { after: Duration::ZERO };

/// Anna, in her browser, talks with Ben at his desk phone.
fn talking() -> World {
    let mut world = World::registered(1);
    world.record();
    world.phone_mut("102-desk").habit = AT_ONCE;
    world.act(Act::Call {
        phone: "101-web",
        number: "102",
    });
    world.run_ms(1_000);
    assert!(world.phone("101-web").talks() && world.phone("102-desk").talks());
    world
}

#[track_caller]
fn assert_nothing_left(world: &mut World) {
    world.close_down();
    let figures = world.figures();
    let of_calls = (figures.calls, figures.legs, figures.dialogs, figures.transactions);
    assert_eq!(of_calls, (0, 0, 0, 0), "{}", world.trace());
    assert_eq!(world.media.legs(), [], "{}", world.trace());
    assert_eq!(world.media.complaints, [""; 0], "{}", world.trace());
}

fn unregistered(world: &World, device: u64) -> bool {
    world.events.contains(&LiveEvent::Unregistered { device: DeviceId(device) })
}

#[test]
fn a_call_survives_a_broken_connection_that_comes_back() {
    for noticed_after_ms in [0, 4_000, 20_000] {
        let mut world = talking();
        world.act(Act::Disconnect {
            phone: "101-web",
            noticed_after_ms,
        });
        world.run_ms(3_000);
        world.act(Act::Reconnect("101-web"));
        world.run_ms(1_000);
        assert!(!unregistered(&world, 2));
        world.act(Act::Offer("101-web", Direction::SendOnly));
        world.run_ms(1_000);
        let sources: Vec<_> = world.heard().into_iter().map(|(_, source)| source).collect();
        assert_eq!(sources, [Source::Nothing, Source::Music], "{}", world.trace());
        world.act(Act::HangUp("102-desk"));
        world.run_ms(1_000);
        assert!(!world.phone("101-web").talks(), "{}", world.trace());
        assert_nothing_left(&mut world);
    }
}

#[test]
fn a_call_whose_browser_never_comes_back_ends() {
    let mut world = talking();
    world.act(Act::Disconnect {
        phone: "101-web",
        noticed_after_ms: 0,
    });
    world.run_ms(9_000);
    assert!(!unregistered(&world, 2));
    world.run_ms(2_000);
    assert!(unregistered(&world, 2));
    assert!(world.phone("102-desk").talks());
    world.run_ms(25_000);
    assert!(!world.phone("102-desk").talks(), "{}", world.trace());
    assert_nothing_left(&mut world);
    assert!(matches!(
        world.journal.last(),
        Some(JournalEntry::Ended {
            reason: "caller's connection was lost",
            ..
        })
    ));
}

#[test]
fn the_oldest_of_too_many_browsers_is_closed_once_its_call_is_over() {
    let mut world = talking();
    // Other browsers of Anna's: they know nothing of the call.
    let old = world.phone("101-web").flow;
    for instance in 95..100 {
        world.phone_mut("101-web").instance = instance;
        world.act(Act::Reconnect("101-web"));
        world.run_ms(20);
    }
    world.run_ms(900);
    assert_eq!(world.closed, []);
    world.act(Act::HangUp("102-desk"));
    world.run_ms(1_000);
    assert_eq!(world.closed.len(), 1, "{}", world.trace());
    let (flow, reason) = world.closed[0];
    assert_eq!(
        (Some(flow.peer), reason),
        (old.map(|flow| flow.local), CloseReason::SignedInElsewhere)
    );
    assert!(!unregistered(&world, 2));
}

#[test]
fn a_user_without_phones_is_offline() {
    let mut world = World::registered(2);
    for phone in ["102-desk", "102-web"] {
        world.act(Act::Unregister(phone));
    }
    world.run_ms(1_000);
    let offline = LiveEvent::UserState {
        user: UserId(2),
        state: UserState::Offline,
    };
    assert!(world.events.contains(&offline));
    assert_eq!(world.figures().registrations, 4);
}

#[test]
fn a_removed_device_leaves_at_once_with_its_call_and_connection() {
    let mut world = talking();
    world.act(Act::RemoveDevice("101-web"));
    world.run_ms(1_000);
    assert!(!world.phone("102-desk").talks(), "{}", world.trace());
    assert_eq!(
        world.closed.iter().map(|(_, reason)| *reason).collect::<Vec<_>>(),
        [CloseReason::DeviceRemoved]
    );
    assert!(unregistered(&world, 2));
    assert_eq!(world.figures().registrations, 5);
    assert_nothing_left(&mut world);
}

#[test]
fn a_removed_desk_phone_cannot_come_back() {
    let mut world = talking();
    world.act(Act::RemoveDevice("102-desk"));
    world.run_ms(1_000);
    assert!(!world.phone("101-web").talks());
    world.act(Act::Register("102-desk"));
    world.run_ms(1_000);
    assert!(!world.phone("102-desk").is_registered);
    assert_eq!(world.phone("102-desk").refusals.last(), Some(&401));
    assert_nothing_left(&mut world);
}

#[test]
fn draining_lets_running_calls_go_on_and_refuses_new_ones() {
    let mut world = talking();
    world.act(Act::Drain);
    world.act(Act::Call {
        phone: "103-desk",
        number: "102",
    });
    world.run_ms(1_000);
    assert_eq!(world.phone("103-desk").refusals, [503]);
    assert!(world.phone("101-web").talks() && world.phone("102-desk").talks());
    world.act(Act::HangUp("101-web"));
    assert_nothing_left(&mut world);
}

#[test]
fn a_wrong_password_never_gets_in_and_locks_out_in_the_end() {
    let mut world = World::registered(3);
    world.phone_mut("103-desk").change_password("guess");
    for _ in 0..25 {
        world.act(Act::Register("103-desk"));
        world.run_ms(200);
    }
    assert!(!world.phone("103-desk").is_registered);
    assert_eq!(world.phone("103-desk").refusals.first(), Some(&401));
    assert_eq!(world.phone("103-desk").refusals.last(), Some(&403));
    assert_eq!(world.figures().suspects, 1);
    world.run_ms(65_000);
    world.phone_mut("103-desk").change_password("secret");
    world.act(Act::Register("103-desk"));
    world.run_ms(1_000);
    assert!(world.phone("103-desk").is_registered);
}

/// Anna, in her browser, talks with Ben at a desk phone of this kind.
fn talking_with(way: Way, tells_instance: bool) -> World {
    let mut world = World::registered_with(1, |world| {
        let phone = world.phone_mut("102-desk");
        (phone.way, phone.tells_instance, phone.habit) = (way, tells_instance, AT_ONCE);
    });
    world.record();
    world.act(Act::Call {
        phone: "101-web",
        number: "102",
    });
    world.run_ms(1_000);
    assert!(world.phone("101-web").talks() && world.phone("102-desk").talks());
    world
}

#[test]
fn a_desk_phone_whose_connection_breaks_keeps_its_call() {
    for tells_instance in [true, false] {
        for noticed_after_ms in [0, 10_000, 40_000] {
            let mut world = talking_with(Way::Tcp, tells_instance);
            world.act(Act::Disconnect {
                phone: "102-desk",
                noticed_after_ms,
            });
            world.run_ms(20_000);
            world.act(Act::Reconnect("102-desk"));
            world.run_ms(60_000);
            assert!(
                world.phone("101-web").talks() && world.phone("102-desk").talks(),
                "{}",
                world.trace()
            );
            world.act(Act::HangUp("101-web"));
            world.run_ms(1_000);
            assert!(!world.phone("102-desk").talks(), "{}", world.trace());
            assert_nothing_left(&mut world);
        }
    }
}

#[test]
fn a_browser_may_stay_away_for_as_long_as_its_call_waits() {
    let mut world = talking();
    world.act(Act::Disconnect {
        phone: "101-web",
        noticed_after_ms: 0,
    });
    world.run_ms(24_000);
    world.act(Act::Reconnect("101-web"));
    world.run_ms(60_000);
    assert!(
        world.phone("101-web").talks() && world.phone("102-desk").talks(),
        "{}",
        world.trace()
    );
    world.act(Act::HangUp("102-desk"));
    world.run_ms(1_000);
    assert!(!world.phone("101-web").talks(), "{}", world.trace());
    assert_nothing_left(&mut world);
}

#[test]
fn nobody_comes_back_into_a_call_that_is_over() {
    for (phone, other) in [("102-desk", "101-web"), ("101-web", "102-desk")] {
        for noticed_after_ms in [0, 10_000, 40_000] {
            let mut world = talking_with(Way::Tcp, false);
            world.act(Act::Disconnect { phone, noticed_after_ms });
            world.run_ms(2_000);
            world.act(Act::HangUp(other));
            world.run_ms(10_000);
            world.act(Act::Reconnect(phone));
            world.run_ms(2_000);
            assert!(!world.phone(phone).talks(), "{}", world.trace());
            assert_nothing_left(&mut world);
        }
    }
}

#[test]
fn a_phone_whose_router_forgets_it_keeps_its_call() {
    for tells_instance in [true, false] {
        let mut world = talking_with(Way::Nat, tells_instance);
        world.act(Act::Rebind("102-desk"));
        world.act(Act::HangUp("101-web"));
        world.run_ms(15_000);
        assert!(!world.phone("102-desk").talks(), "{}", world.trace());
        world.act(Act::Rebind("102-desk"));
        world.run_ms(15_000);
        world.act(Act::Call {
            phone: "101-web",
            number: "102",
        });
        world.run_ms(1_000);
        assert!(world.phone("102-desk").talks(), "{}", world.trace());
        world.act(Act::HangUp("102-desk"));
        assert_nothing_left(&mut world);
    }
}
