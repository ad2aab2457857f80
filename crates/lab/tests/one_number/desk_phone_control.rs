//! The app controls a desk phone, on a computer that has neither microphone nor loudspeaker (rule F1).

use std::fs;

use lab::baresip::Setup;
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ};
use lab::world::Place;
use lab::{Baresip, Browser, Farend, isolated, wait};
use serde_json::json;

use lab::company::{ANNA, BEN, SOON, id_of};
use lab::listening::{desk_phone_hears, desk_phone_hears_music};

#[test]
fn a_browser_without_any_sound_controls_the_desk_phone() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let session = server.sign_in("101").unwrap();
        // A phone that answers by itself must not ring by itself.
        let device = format!("/api/v1/devices/{}", id_of(&session, "101-desk"));
        session.patch(&device, &json!({"rings": "when_answered"})).unwrap();
        let desk = Baresip::start(world, Setup { answers: true, ..ANNA }).unwrap();
        let ben = Baresip::start(world, BEN).unwrap();
        let anna = Browser::open_without_sound(world, Place::Office, "anna").unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        anna.click("button", "Talk on:");
        anna.click("radio", "Desk phone");
        anna.press("Escape").unwrap();
        wait::until_true("the app is the desk phone's remote control", SOON, || {
            anna.reads("Your number is at “Desk phone”") && !session.is_registered("101-web").unwrap()
        });

        // Anna calls: her phone comes first, then Ben's.
        anna.dial("102").unwrap();
        desk.wait_for("her own phone is called", SOON, "CALL_ESTABLISHED");
        ben.wait_for("Ben's phone rings", SOON, "CALL_INCOMING");
        ben.answer().unwrap();
        wait::until_true("the app shows the call", SOON, || anna.shows("button", "Hold"));
        desk_phone_hears(&desk, DESK_PHONE_HZ);
        desk_phone_hears(&ben, OTHER_DESK_PHONE_HZ);
        anna.hold();
        desk_phone_hears_music(&ben, &[OTHER_DESK_PHONE_HZ, BROWSER_HZ]);
        anna.resume();
        desk_phone_hears(&ben, OTHER_DESK_PHONE_HZ);
        anna.press_keys("42#");
        let mut keys = String::new();
        wait::until_true("the keys arrive", SOON, || {
            keys += &ben.pressed_by_other();
            keys == "42#"
        });
        anna.hang_up();
        desk.wait_for("her phone is hung up", SOON, "CALL_CLOSED");
        ben.wait_for("so is Ben's", SOON, "CALL_CLOSED");
        desk.forget_events();
        ben.forget_events();

        // Ben calls: the app rings, and answers for the phone. What is done at the phone shows in the app.
        ben.dial("101").unwrap();
        anna.wait_until_it_rings();
        assert!(!desk.was_called(), "it is called when she answers");
        anna.answer();
        ben.wait_for("the call is answered", SOON, "CALL_ESTABLISHED");
        desk_phone_hears(&desk, DESK_PHONE_HZ);
        desk_phone_hears(&ben, OTHER_DESK_PHONE_HZ);
        desk.hang_up().unwrap();
        wait::until_true("the app knows that the call is over", SOON, || !anna.shows("button", "Hang up"));
        ben.wait_for("Ben's phone is hung up", SOON, "CALL_CLOSED");

        // A call is handed over to the echo test.
        anna.dial("102").unwrap();
        ben.wait_for("Ben's phone rings", SOON, "CALL_INCOMING");
        ben.answer().unwrap();
        wait::until_true("the app shows the call", SOON, || anna.shows("button", "Transfer"));
        anna.transfer("*43").unwrap();
        desk_phone_hears(&ben, DESK_PHONE_HZ);
        wait::until_true("the app is free again", SOON, || !anna.shows("button", "Hang up"));
        ben.hang_up().unwrap();

        assert_eq!(
            anna.names_of("alert"),
            [""; 0],
            "nothing is wrong with the sound of a phone that is somewhere else"
        );
        let console = fs::read_to_string(world.folder().join("anna.console.log")).unwrap_or_default();
        assert!(!console.contains("getUserMedia") && !console.contains("NotFoundError"), "{console}");
    });
}
