//! Intercom, redial, return call; and codes that are dialled in the app.

use switchboard::core::{Action, CallState, Controlled, Objection};

use super::*;

fn dial_in_app(world: &mut World, user: UserId, phone: &'static str, number: &str) -> Controlled {
    let (device, number) = (world.phone(phone).device, number.to_owned());
    let controlled = world.control(user, Action::Dial { device, number });
    world.run_ms(1_000);
    controlled
}

#[test]
fn an_intercom_call_is_answered_by_the_desk_phone_itself() {
    let mut world = world();
    dial(&mut world, "101-desk", "*80102");
    assert_talks(&world, &["101-desk", "102-desk"]);
    assert_rings(&world, &[]);
    assert_bridged(&world);
    assert!(matches!(&world.journal[0], JournalEntry::Started { called, .. } if called.user == Some(BEN)));
    hang_up(&mut world, "101-desk");
    // A phone that does not rings.
    world.phone_mut("102-desk").answers_when_asked = false;
    dial(&mut world, "101-desk", "*80102");
    assert_rings(&world, &["102-desk"]);
    assert_nothing_left(&mut world);
}

#[test]
fn an_intercom_call_disturbs_nobody_who_is_on_a_call_or_does_not_want_it() {
    let mut world = world();
    let quiet = |world: &mut World, is_on, except: &[&str]| {
        let except = except.iter().map(|number| (*number).to_owned()).collect();
        world.change(|directory| directory.users[1].reaching.do_not_disturb = switchboard::directory::DoNotDisturb { is_on, except });
    };
    quiet(&mut world, true, &["103"]);
    dial(&mut world, "101-desk", "*80102");
    quiet(&mut world, false, &[]);
    dial(&mut world, "101-desk", "*80999");
    dial(&mut world, "101-desk", "*80101");
    assert_eq!(world.phone("101-desk").refusals, [480, 404, 482]);
    dial(&mut world, "102-desk", "103");
    lift(&mut world, "103-desk");
    dial(&mut world, "101-desk", "*80102");
    assert_eq!(world.phone("101-desk").refusals.last(), Some(&486));
    hang_up(&mut world, "102-desk");
    quiet(&mut world, true, &["101"]);
    dial(&mut world, "101-desk", "*80102");
    assert_talks(&world, &["101-desk", "102-desk"]);
    hang_up(&mut world, "101-desk");
    world.change(|directory| directory.devices.retain(|device| device.sip_user != "102-desk"));
    dial(&mut world, "101-desk", "*80102");
    assert_eq!(world.phone("101-desk").refusals.last(), Some(&480), "no desk phone is there");
    assert_nothing_left(&mut world);
}

#[test]
fn redial_calls_the_number_that_was_called_last_from_any_phone() {
    let mut world = world();
    dial(&mut world, "101-desk", "*66");
    assert_eq!(world.phone("101-desk").refusals, [404]);
    dial(&mut world, "101-web", "102");
    hang_up(&mut world, "101-web");
    // A code is no number.
    dial(&mut world, "101-desk", "*43");
    hang_up(&mut world, "101-desk");
    dial(&mut world, "101-desk", "*66");
    assert_rings(&world, &["102-desk", "102-web"]);
    hang_up(&mut world, "101-desk");
    assert!(dial_in_app(&mut world, ANNA, "101-desk", "103").is_ok());
    hang_up(&mut world, "101-desk");
    dial(&mut world, "101-web", "*66");
    assert_rings(&world, &["103-desk", "103-web"]);
    let called = world.journal.iter().rev().find_map(|entry| match entry {
        JournalEntry::Started { called, .. } => Some(called.number.clone()),
        _ => None,
    });
    assert_eq!(called.as_deref(), Some("103"));
    assert_nothing_left(&mut world);
}

#[test]
fn return_call_calls_whoever_has_called_last_however_that_went() {
    let mut world = world();
    dial(&mut world, "102-desk", "*69");
    assert_eq!(world.phone("102-desk").refusals, [404]);
    dial(&mut world, "101-desk", "102");
    hang_up(&mut world, "101-desk");
    dial(&mut world, "102-desk", "*69");
    assert_rings(&world, &["101-desk", "101-web"]);
    hang_up(&mut world, "102-desk");
    // Cleo finds him busy.
    world.change(|directory| directory.users[1].while_busy = switchboard::directory::WhileBusy::Busy);
    dial(&mut world, "102-desk", "*43");
    dial(&mut world, "103-desk", "102");
    assert_eq!(world.phone("103-desk").refusals, [486]);
    hang_up(&mut world, "102-desk");
    dial(&mut world, "102-desk", "*69");
    assert_rings(&world, &["103-desk", "103-web"]);
    assert_nothing_left(&mut world);
}

#[test]
fn codes_that_are_dialled_in_the_app_do_the_same_at_the_phone() {
    let mut world = world();
    assert_eq!(
        dial_in_app(&mut world, CLEO, "103-desk", "*8"),
        Err(Objection::Refused("nothing rings there"))
    );
    dial(&mut world, "101-desk", "102");
    assert!(dial_in_app(&mut world, CLEO, "103-desk", "**102").is_ok());
    assert_talks(&world, &["101-desk", "103-desk"]);
    let call = world.calls_of(CLEO)[0].call;
    world.control(CLEO, Action::Park { call, slot: None }).unwrap();
    world.run_ms(500);
    assert_eq!(dial_in_app(&mut world, BEN, "102-desk", "*701"), Ok(Some(call)));
    assert_talks(&world, &["101-desk", "102-desk"]);
    hang_up(&mut world, "101-desk");
    dial(&mut world, "101-desk", "102");
    assert!(dial_in_app(&mut world, CLEO, "103-web", "*8").is_ok());
    assert_talks(&world, &["101-desk", "103-web"]);
    hang_up(&mut world, "101-desk");
    assert_eq!(dial_in_app(&mut world, CLEO, "103-web", "*37102"), Ok(None));
    assert!(dial_in_app(&mut world, BEN, "102-web", "*69").is_ok());
    assert_rings(&world, &["101-desk", "101-web"]);
    hang_up(&mut world, "102-web");
    assert!(dial_in_app(&mut world, BEN, "102-web", "*80101").is_ok());
    assert_talks(&world, &["101-desk", "102-web"]);
    assert_eq!(world.calls_of(BEN)[0].state, CallState::Talking);
    assert_nothing_left(&mut world);
}
