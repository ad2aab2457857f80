//! A team with a line: whoever holds a call, another member may take it.

use lab::baresip::Setup;
use lab::tone::{BROWSER_HZ, OTHER_BROWSER_HZ, OTHER_DESK_PHONE_HZ};
use lab::world::Place;
use lab::{Baresip, Browser, Farend, isolated, wait};
use serde_json::json;

use lab::company::{BEN, SOON, call_once, control, id_of, live_calls};
use lab::listening::{browser_hears, browser_hears_music, desk_phone_hears};

#[test]
fn a_held_call_is_taken_by_another_member() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let (of_anna, of_ben) = (server.sign_in("101").unwrap(), server.sign_in("102").unwrap());
        let ben = Baresip::start(
            world,
            Setup {
                tone_hz: OTHER_DESK_PHONE_HZ,
                ..BEN
            },
        )
        .unwrap();
        let cleo = Browser::open(world, Place::Office, "cleo", OTHER_BROWSER_HZ).unwrap();
        cleo.sign_in(&server.origin(), "103").unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();

        cleo.dial("200").unwrap();
        ben.wait_for("a member's phone rings", SOON, "CALL_INCOMING");
        anna.wait_until_it_rings();
        anna.answer();
        anna.wait_until_talking();
        ben.wait_for("the other member's phone is silent", SOON, "CALL_CLOSED");
        cleo.wait_until_talking();
        browser_hears(&anna, OTHER_BROWSER_HZ);
        browser_hears(&cleo, BROWSER_HZ);

        anna.hold();
        browser_hears_music(&cleo, &[BROWSER_HZ, OTHER_DESK_PHONE_HZ]);
        let held = call_once(&of_anna, "holding");
        control(&of_ben, &held, "take", &json!({"device_id": id_of(&of_ben, "102-desk")})).unwrap();
        ben.wait_for("Ben's phone is called", SOON, "CALL_INCOMING");
        ben.answer().unwrap();
        anna.wait_until_idle();
        browser_hears(&cleo, OTHER_DESK_PHONE_HZ);
        desk_phone_hears(&ben, OTHER_BROWSER_HZ);
        wait::until_true("Anna has no call any more", SOON, || live_calls(&of_anna).is_empty());

        cleo.hang_up();
        ben.wait_for("the call is over", SOON, "CALL_CLOSED");
    });
}
