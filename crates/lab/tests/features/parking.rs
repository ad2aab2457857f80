//! Calls that are parked, and calls that are answered at another phone than where they ring.

use lab::baresip::Setup;
use lab::listening::{browser_hears, browser_hears_music, desk_phone_hears};
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ};
use lab::world::Place;
use lab::{Baresip, Browser, Farend, isolated};

use lab::company::{ANNA, BEN, CLEO, SOON};

#[test]
fn a_parked_call_is_taken_at_another_phone() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let ben = Baresip::start(world, Setup { answers: true, ..BEN }).unwrap();
        let cleo = Baresip::start(world, CLEO).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();

        anna.dial("102").unwrap();
        anna.wait_until_talking();
        browser_hears(&anna, DESK_PHONE_HZ);
        ben.transfer("*703").unwrap();
        ben.wait_for("who has parked it is free", SOON, "CALL_CLOSED");
        browser_hears_music(&anna, &[DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ, BROWSER_HZ]);
        cleo.dial("*703").unwrap();
        cleo.wait_for("the parked call is taken", SOON, "CALL_ESTABLISHED");
        browser_hears(&anna, OTHER_DESK_PHONE_HZ);
        desk_phone_hears(&cleo, BROWSER_HZ);
        anna.hang_up();
        cleo.wait_for("the call is over", SOON, "CALL_CLOSED");
    });
}

#[test]
fn a_call_is_picked_up_where_it_does_not_ring() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let ben = Baresip::start(world, BEN).unwrap();
        let cleo = Baresip::start(world, CLEO).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();

        for code in ["**102", "*8"] {
            ben.forget_events();
            cleo.forget_events();
            anna.dial("102").unwrap();
            ben.wait_for("Ben's phone rings", SOON, "CALL_INCOMING");
            cleo.dial(code).unwrap();
            ben.wait_for("Ben's phone is silent again", SOON, "CALL_CLOSED");
            anna.wait_until_talking();
            browser_hears(&anna, OTHER_DESK_PHONE_HZ);
            desk_phone_hears(&cleo, BROWSER_HZ);
            cleo.hang_up().unwrap();
            anna.wait_until_idle();
        }
    });
}

#[test]
fn a_call_is_picked_up_in_the_app() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let ben = Baresip::start(world, BEN).unwrap();
        let anna = Baresip::start(world, ANNA).unwrap();
        let cleo = Browser::open(world, Place::Office, "cleo", BROWSER_HZ).unwrap();
        cleo.sign_in(&server.origin(), "103").unwrap();

        anna.dial("102").unwrap();
        ben.wait_for("Ben's phone rings", SOON, "CALL_INCOMING");
        // Her browser is called for her, and does not open its microphone by itself.
        cleo.click("button", "Answer for Ben");
        cleo.wait_until_it_rings();
        cleo.answer();
        ben.wait_for("Ben's phone is silent again", SOON, "CALL_CLOSED");
        cleo.wait_until_talking();
        browser_hears(&cleo, OTHER_DESK_PHONE_HZ);
        desk_phone_hears(&anna, BROWSER_HZ);
        cleo.hang_up();
        anna.wait_for("the call is over", SOON, "CALL_CLOSED");
    });
}
