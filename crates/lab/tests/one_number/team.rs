//! A team with a line: whoever holds a call, another member may take it.

use lab::baresip::Setup;
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ};
use lab::world::Place;
use lab::{Baresip, Browser, Farend, isolated, wait};
use serde_json::json;

use crate::company::{BEN, SOON, call_once, control, id_of, live_calls};
use crate::listening::{browser_hears, desk_phone_hears, desk_phone_hears_music};

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
        let caller = Baresip::start(
            world,
            Setup {
                control_port: 4447,
                ..Setup::of("103-desk")
            },
        )
        .unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();

        caller.dial("200").unwrap();
        ben.wait_for("a member's phone rings", SOON, "CALL_INCOMING");
        anna.wait_until_it_rings();
        anna.answer();
        anna.wait_until_talking();
        ben.wait_for("the other member's phone is silent", SOON, "CALL_CLOSED");
        browser_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&caller, BROWSER_HZ);

        anna.hold();
        desk_phone_hears_music(&caller, &[BROWSER_HZ, OTHER_DESK_PHONE_HZ]);
        let held = call_once(&of_anna, "holding");
        control(&of_ben, &held, "take", &json!({"device_id": id_of(&of_ben, "102-desk")})).unwrap();
        ben.wait_for("Ben's phone is called", SOON, "CALL_INCOMING");
        ben.answer().unwrap();
        anna.wait_until_idle();
        desk_phone_hears(&caller, OTHER_DESK_PHONE_HZ);
        desk_phone_hears(&ben, DESK_PHONE_HZ);
        wait::until_true("Anna has no call any more", SOON, || live_calls(&of_anna).is_empty());

        caller.hang_up().unwrap();
        ben.wait_for("the call is over", SOON, "CALL_CLOSED");
    });
}
