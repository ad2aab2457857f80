//! Conferences: everybody hears everybody else, and nobody themselves.

use lab::baresip::{Codec, Setup};
use lab::listening::{browser_hears_together, desk_phone_hears, desk_phone_hears_music, desk_phone_hears_together};
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, OTHER_BROWSER_HZ, OTHER_DESK_PHONE_HZ};
use lab::world::Place;
use lab::{Baresip, Browser, Farend, isolated, wait};
use serde_json::json;

use lab::company::{BEN, CLEO, SOON, call_in, control, live_calls};

#[test]
fn two_calls_become_one_of_three() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let of_anna = server.sign_in("101").unwrap();
        let ben = Baresip::start(world, Setup { answers: true, ..BEN }).unwrap();
        let cleo = Baresip::start(
            world,
            Setup {
                answers: true,
                codec: Codec::G722,
                ..CLEO
            },
        )
        .unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();

        anna.dial("102").unwrap();
        anna.wait_until_talking();
        let first = call_in(&of_anna, "talking");
        anna.hold();
        call_in(&of_anna, "holding");
        anna.dial("103").unwrap();
        let second = call_in(&of_anna, "talking");
        control(&of_anna, &first, "confer", &json!({"with": second["call"]})).unwrap();

        call_in(&of_anna, "conferring");
        browser_hears_together(&anna, &[DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ], &[BROWSER_HZ]);
        desk_phone_hears_together(&ben, &[BROWSER_HZ, OTHER_DESK_PHONE_HZ], &[DESK_PHONE_HZ]);
        desk_phone_hears_together(&cleo, &[BROWSER_HZ, DESK_PHONE_HZ], &[OTHER_DESK_PHONE_HZ]);

        // Two are left: an ordinary call.
        anna.click("button", "Leave");
        desk_phone_hears(&ben, OTHER_DESK_PHONE_HZ);
        desk_phone_hears(&cleo, DESK_PHONE_HZ);
        ben.hang_up().unwrap();
        cleo.wait_for("the other one is hung up, too", SOON, "CALL_CLOSED");
    });
}

#[test]
fn a_room_waits_for_its_host_and_mutes_whom_the_host_mutes() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let admin = server.sign_in("admin").unwrap();
        let of_anna = server.sign_in("101").unwrap();
        let id_of_anna = of_anna.fetch("/api/v1/me").unwrap()["id"].clone();
        let room = json!({
            "name": "Board", "extension": "810", "pin": "4711", "host_ids": [id_of_anna],
            "waits_for_host": true, "has_tones": false, "members_max": 10,
        });
        admin.post("/api/v1/rooms", &room).unwrap();
        let ben = Baresip::start(world, BEN).unwrap();
        let cleo = Browser::open(world, Place::Office, "cleo", OTHER_BROWSER_HZ).unwrap();
        cleo.sign_in(&server.origin(), "103").unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();

        ben.dial("810").unwrap();
        desk_phone_hears_music(&ben, &[BROWSER_HZ, OTHER_BROWSER_HZ, DESK_PHONE_HZ]);
        cleo.dial("810").unwrap();
        call_in(&server.sign_in("103").unwrap(), "waiting");
        anna.dial("810").unwrap();
        let call = call_in(&of_anna, "conferring");
        desk_phone_hears_together(&ben, &[BROWSER_HZ, OTHER_BROWSER_HZ], &[DESK_PHONE_HZ]);
        browser_hears_together(&anna, &[DESK_PHONE_HZ, OTHER_BROWSER_HZ], &[BROWSER_HZ]);
        browser_hears_together(&cleo, &[DESK_PHONE_HZ, BROWSER_HZ], &[OTHER_BROWSER_HZ]);

        let of_cleo = server.sign_in("103").unwrap();
        let leg = of_cleo.member_of_conference("103");
        control(&of_anna, &call, &format!("members/{leg}/mute"), &json!({"is_on": true})).unwrap();
        desk_phone_hears_together(&ben, &[BROWSER_HZ], &[DESK_PHONE_HZ, OTHER_BROWSER_HZ]);
        browser_hears_together(&cleo, &[DESK_PHONE_HZ, BROWSER_HZ], &[OTHER_BROWSER_HZ]);

        // Without its host the room waits again.
        anna.click("button", "Leave");
        desk_phone_hears_music(&ben, &[BROWSER_HZ, OTHER_BROWSER_HZ, DESK_PHONE_HZ]);
        cleo.hang_up();
        ben.hang_up().unwrap();
        wait::until_true("nobody is left", SOON, || live_calls(&of_cleo).is_empty());
    });
}
