//! Whoever could not reach a colleague is called back.

use switchboard::core::{Action, Objection, UserState};

use super::*;

/// Whom somebody waits for, as they were told last.
fn waits_for(world: &World, user: UserId) -> Vec<UserId> {
    let told = world.events.iter().rev().find_map(|event| match event {
        LiveEvent::CallBacks { user: of, wanted } if *of == user => Some(wanted.to_vec()),
        _ => None,
    });
    told.unwrap_or_default()
}

/// Ben talks to Cleo; Anna has dialled the code for him, heard that it is done, and is free again.
fn wanted(code: &'static str) -> World {
    let mut world = world();
    dial(&mut world, "102-desk", "103");
    lift(&mut world, "103-desk");
    world.change(|directory| directory.users[1].while_busy = switchboard::directory::WhileBusy::Busy);
    dial(&mut world, "101-desk", "102");
    assert_eq!(world.phone("101-desk").refusals, [486]);
    world.act(Act::Call {
        phone: "101-desk",
        number: code,
    });
    world.run_ms(1_000);
    let hears = world.heard().into_iter().map(|(_, source)| source);
    assert!(hears.into_iter().any(|source| source == Source::Confirmation), "{}", world.trace());
    assert_eq!(waits_for(&world, ANNA), [BEN]);
    world.run_ms(4_000);
    assert_talks(&world, &["102-desk", "103-desk"]);
    world
}

/// Nobody talks; a moment later Anna's phones ring.
#[track_caller]
fn assert_called_back(world: &mut World) {
    world.run_ms(2_000);
    assert_rings(world, &[]);
    world.run_ms(1_500);
    assert_rings(world, &["101-desk", "101-web"]);
}

#[test]
fn once_both_are_free_the_one_is_called_and_then_the_other() {
    for code in ["*37102", "*37"] {
        let mut world = wanted(code);
        world.run_ms(60_000);
        assert_rings(&world, &[]);
        hang_up(&mut world, "102-desk");
        assert_called_back(&mut world);
        assert_eq!(world.phone("101-desk").calls[0].display.display, "Call back: Ben");
        assert_eq!(waits_for(&world, ANNA), [BEN]);
        lift(&mut world, "101-desk");
        assert_rings(&world, &["102-desk", "102-web"]);
        assert_eq!(world.phone("102-desk").calls[0].display.display, "Anna");
        lift(&mut world, "102-web");
        assert_talks(&world, &["101-desk", "102-web"]);
        assert_bridged(&world);
        assert_eq!(waits_for(&world, ANNA), [], "she has got what she wanted");
        hang_up(&mut world, "101-desk");
        world.run_ms(600_000);
        assert_rings(&world, &[]);
        assert_nothing_left(&mut world);
    }
}

#[test]
fn the_code_once_more_ends_the_waiting() {
    let mut world = wanted("*37102");
    dial(&mut world, "101-desk", "*37");
    assert_eq!(world.phone("101-desk").refusals, [486], "it is confirmed");
    assert_eq!(waits_for(&world, ANNA), []);
    world.run_ms(5_000);
    hang_up(&mut world, "102-desk");
    world.run_ms(60_000);
    assert_rings(&world, &[]);
    assert_nothing_left(&mut world);
}

#[test]
fn a_phone_that_rings_later_than_others_does_not_end_it() {
    let mut world = wanted("*37102");
    world.change(|directory| {
        let web = directory.devices.iter_mut().find(|device| device.sip_user == "101-web").unwrap();
        web.rings = switchboard::directory::Rings::After { delay_s: 5 };
    });
    hang_up(&mut world, "102-desk");
    world.run_ms(4_000);
    assert_rings(&world, &["101-desk"]);
    world.run_ms(5_000);
    assert_rings(&world, &["101-desk", "101-web"]);
    lift(&mut world, "101-web");
    assert_rings(&world, &["102-desk", "102-web"]);
    assert_nothing_left(&mut world);
}

#[test]
fn who_has_no_phone_that_rings_is_not_called_and_waits_on() {
    let mut world = wanted("*37102");
    let ring = |world: &mut World, rings: switchboard::directory::Rings| {
        world.change(|directory| {
            let own = directory.devices.iter_mut().filter(|device| device.user == Some(ANNA));
            own.for_each(|device| device.rings = rings);
        });
    };
    ring(&mut world, switchboard::directory::Rings::WhenAnswered);
    hang_up(&mut world, "102-desk");
    world.run_ms(30_000);
    assert_rings(&world, &[]);
    assert_eq!(waits_for(&world, ANNA), [BEN]);
    assert_eq!(world.calls_of(ANNA).len(), 0);
    ring(&mut world, switchboard::directory::Rings::default());
    world.run_ms(11_000);
    assert_rings(&world, &["101-desk", "101-web"]);
    assert_nothing_left(&mut world);
}

#[test]
fn of_two_who_wait_for_each_other_one_is_called() {
    let mut world = wanted("*37102");
    let number = "101".to_owned();
    dial(&mut world, "101-desk", "*43");
    assert_eq!(world.control(BEN, Action::CallBack { number }), Ok(None));
    hang_up(&mut world, "101-desk");
    hang_up(&mut world, "102-desk");
    world.run_ms(4_000);
    assert_rings(&world, &["101-desk", "101-web"]);
    lift(&mut world, "101-desk");
    assert_rings(&world, &["102-desk", "102-web"]);
    lift(&mut world, "102-desk");
    assert_talks(&world, &["101-desk", "102-desk"]);
    assert_nothing_left(&mut world);
}

#[test]
fn whoever_is_free_and_does_not_answer_has_to_talk_first() {
    let mut world = world();
    dial(&mut world, "101-desk", "102");
    hang_up(&mut world, "101-desk");
    let number = "102".to_owned();
    assert_eq!(world.control(ANNA, Action::CallBack { number }), Ok(None));
    assert_eq!(waits_for(&world, ANNA), [BEN]);
    world.run_ms(300_000);
    assert_rings(&world, &[]);
    // He comes back and calls somebody.
    dial(&mut world, "102-desk", "103");
    lift(&mut world, "103-desk");
    hang_up(&mut world, "103-desk");
    world.run_ms(3_500);
    assert_rings(&world, &["101-desk", "101-web"]);
    assert_nothing_left(&mut world);
}

#[test]
fn who_waits_is_not_called_while_they_talk_themselves() {
    let mut world = wanted("*37102");
    dial(&mut world, "101-web", "*43");
    hang_up(&mut world, "102-desk");
    world.run_ms(60_000);
    assert_rings(&world, &[]);
    // Ben begins another call in the moment at which Anna has ended hers.
    hang_up(&mut world, "101-web");
    world.run_ms(1_000);
    dial(&mut world, "102-desk", "*43");
    world.run_ms(10_000);
    assert_rings(&world, &[]);
    hang_up(&mut world, "102-desk");
    assert_called_back(&mut world);
    assert_nothing_left(&mut world);
}

#[test]
fn whoever_does_not_lift_is_called_once_more_and_then_it_is_forgotten() {
    let mut world = wanted("*37102");
    hang_up(&mut world, "102-desk");
    assert_called_back(&mut world);
    let call = world.calls_of(ANNA)[0].call;
    assert_eq!(world.control(ANNA, Action::HangUp { call }), Ok(Some(call)));
    world.run_ms(290_000);
    assert_rings(&world, &[]);
    assert_eq!(waits_for(&world, ANNA), [BEN]);
    world.run_ms(11_000);
    assert_rings(&world, &["101-desk", "101-web"]);
    world.run_ms(30_000);
    assert_rings(&world, &[]);
    assert_eq!(waits_for(&world, ANNA), []);
    world.run_ms(600_000);
    assert_rings(&world, &[]);
    assert_nothing_left(&mut world);
    assert_eq!(ends(&world).len(), 3, "of calls that were not made the journal knows nothing");
}

#[test]
fn a_colleague_who_is_busy_again_is_waited_for_again() {
    let mut world = wanted("*37102");
    hang_up(&mut world, "102-desk");
    assert_called_back(&mut world);
    // Meanwhile he calls somebody else.
    dial(&mut world, "102-desk", "103");
    lift(&mut world, "103-desk");
    lift(&mut world, "101-desk");
    assert!(
        world.heard().into_iter().any(|(_, source)| source == Source::Busy),
        "{}",
        world.trace()
    );
    world.run_ms(10_000);
    assert_eq!(waits_for(&world, ANNA), [BEN]);
    hang_up(&mut world, "102-desk");
    assert_called_back(&mut world);
    lift(&mut world, "101-desk");
    lift(&mut world, "102-desk");
    assert_talks(&world, &["101-desk", "102-desk"]);
    assert_nothing_left(&mut world);
}

#[test]
fn phones_that_are_gone_are_waited_for_and_people_who_are_gone_are_not() {
    let mut world = wanted("*37102");
    world.act(Act::Disconnect {
        phone: "101-web",
        noticed_after_ms: 0,
    });
    world.change(|directory| directory.devices.retain(|device| device.sip_user != "101-desk"));
    hang_up(&mut world, "102-desk");
    world.run_ms(120_000);
    assert_rings(&world, &[]);
    world.act(Act::Reconnect("101-web"));
    world.run_ms(4_000);
    assert_rings(&world, &["101-web"]);
    hang_up(&mut world, "101-web");
    world.change(|directory| {
        directory.users.remove(1);
        directory.devices.retain(|device| device.user != Some(BEN));
    });
    assert_eq!(waits_for(&world, ANNA), []);
    world.run_ms(600_000);
    assert_rings(&world, &[]);
}

#[test]
fn who_does_not_want_to_be_disturbed_is_waited_for() {
    let mut world = wanted("*37102");
    world.change(|directory| directory.users[1].reaching.do_not_disturb.is_on = true);
    hang_up(&mut world, "102-desk");
    world.run_ms(60_000);
    assert_rings(&world, &[]);
    world.change(|directory| directory.users[1].reaching.do_not_disturb.is_on = false);
    assert_called_back(&mut world);
    assert_nothing_left(&mut world);
}

#[test]
fn it_is_forgotten_when_it_is_not_wanted_any_more_or_after_two_hours() {
    let mut world = wanted("*37102");
    let number = || "102".to_owned();
    assert_eq!(world.control(ANNA, Action::NoCallBack { number: number() }), Ok(None));
    assert_eq!(waits_for(&world, ANNA), []);
    let again = world.control(ANNA, Action::NoCallBack { number: number() });
    assert!(matches!(again, Err(Objection::Refused(_))), "{again:?}");
    world.control(ANNA, Action::CallBack { number: number() }).unwrap();
    world.run_ms(7_199_000);
    assert_eq!(waits_for(&world, ANNA), [BEN]);
    world.run_ms(1_000);
    assert_eq!(waits_for(&world, ANNA), []);
    hang_up(&mut world, "102-desk");
    world.run_ms(60_000);
    assert_rings(&world, &[]);
    assert_nothing_left(&mut world);
}

#[test]
fn only_colleagues_are_waited_for_and_five_at_most() {
    let mut world = world();
    for (number, status) in [("*37", 404), ("*37999", 404), ("*37101", 482), ("*37*43", 404)] {
        dial(&mut world, "101-desk", number);
        assert_eq!(world.phone("101-desk").refusals.last(), Some(&status), "{number}");
    }
    world.change(|directory| {
        let cleo = directory.users[2].clone();
        let more = (4..=8).map(|id| switchboard::directory::User {
            id: UserId(id),
            extension: Some(format!("{}", 100 + id)),
            ..cleo.clone()
        });
        directory.users.extend(more);
    });
    for extension in 104..=108 {
        let number = extension.to_string();
        assert_eq!(world.control(ANNA, Action::CallBack { number }), Ok(None));
    }
    let sixth = world.control(ANNA, Action::CallBack { number: "102".to_owned() });
    assert_eq!(sixth, Err(Objection::Refused("you wait for five people already")));
    let again = world.control(ANNA, Action::CallBack { number: "108".to_owned() });
    assert_eq!(again, Ok(None));
    assert_eq!(waits_for(&world, ANNA).len(), 5);
}

#[test]
fn no_one_is_called_back_while_the_server_stops() {
    let mut world = wanted("*37102");
    hang_up(&mut world, "102-desk");
    world.act(Act::Drain);
    world.run_ms(60_000);
    assert_rings(&world, &[]);
    assert!(world.events.iter().any(|event| matches!(
        event,
        LiveEvent::UserState {
            user: BEN,
            state: UserState::Available
        }
    )));
    assert_nothing_left(&mut world);
}
