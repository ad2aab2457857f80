//! Transfers: after asking, and without.

use lab::baresip::Setup;
use lab::listening::{browser_hears, desk_phone_hears};
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ};
use lab::world::Place;
use lab::{Baresip, Browser, Farend, isolated, wait};
use serde_json::json;

use lab::company::{BEN, CLEO, SOON, call_in, control, live_calls};

#[test]
fn who_has_asked_first_connects_the_two_others() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let of_anna = server.sign_in("101").unwrap();
        let ben = Baresip::start(world, Setup { answers: true, ..BEN }).unwrap();
        let cleo = Baresip::start(world, Setup { answers: true, ..CLEO }).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();

        // The two calls begin on different media threads, so that one leg has to change its thread.
        anna.dial("102").unwrap();
        anna.wait_until_talking();
        browser_hears(&anna, DESK_PHONE_HZ);
        let first = call_in(&of_anna, "talking");
        anna.hold();
        call_in(&of_anna, "holding");
        anna.dial("103").unwrap();
        browser_hears(&anna, OTHER_DESK_PHONE_HZ);
        let second = call_in(&of_anna, "talking");
        assert_ne!(first["call"], second["call"]);

        control(&of_anna, &first, "connect", &json!({"with": second["call"]})).unwrap();
        desk_phone_hears(&ben, OTHER_DESK_PHONE_HZ);
        desk_phone_hears(&cleo, DESK_PHONE_HZ);
        wait::until_true("Anna has left both calls", SOON, || live_calls(&of_anna).is_empty());
        anna.wait_until_idle();

        ben.hang_up().unwrap();
        cleo.wait_for("the other one is hung up, too", SOON, "CALL_CLOSED");
        assert_eq!(live_calls(&server.sign_in("103").unwrap()), Vec::<serde_json::Value>::new());
    });
}

#[test]
fn a_call_that_nobody_takes_comes_back_to_who_has_handed_it_over() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let ben = Baresip::start(world, Setup { answers: true, ..BEN }).unwrap();
        let cleo = Baresip::start(world, CLEO).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();

        anna.dial("102").unwrap();
        anna.wait_until_talking();
        browser_hears(&anna, DESK_PHONE_HZ);
        ben.forget_events();
        ben.transfer("103").unwrap();
        cleo.wait_for("the target rings", SOON, "CALL_INCOMING");
        ben.hang_up().unwrap();
        ben.wait_for("the one who hands over has left", SOON, "CALL_CLOSED");
        ben.forget_events();
        cleo.hang_up().unwrap();
        ben.wait_for("the call has come back", SOON, "CALL_ESTABLISHED");
        browser_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&ben, BROWSER_HZ);
        ben.hang_up().unwrap();
        anna.wait_until_idle();
    });
}

#[test]
fn a_target_that_still_rings_gets_the_caller() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let of_anna = server.sign_in("101").unwrap();
        let ben = Baresip::start(world, Setup { answers: true, ..BEN }).unwrap();
        let cleo = Baresip::start(world, CLEO).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();

        anna.dial("102").unwrap();
        anna.wait_until_talking();
        let first = call_in(&of_anna, "talking");
        anna.hold();
        call_in(&of_anna, "holding");
        anna.dial("103").unwrap();
        let second = call_in(&of_anna, "dialling");
        // Cleo still rings: Ben takes Anna's place, who keeps him until Cleo answers.
        control(&of_anna, &first, "connect", &json!({"with": second["call"]})).unwrap();
        wait::until_true("Anna waits with Ben alone", SOON, || live_calls(&of_anna).len() == 1);
        cleo.answer().unwrap();
        wait::until_true("Anna has left both calls", SOON, || live_calls(&of_anna).is_empty());
        desk_phone_hears(&ben, OTHER_DESK_PHONE_HZ);
        desk_phone_hears(&cleo, DESK_PHONE_HZ);
        ben.hang_up().unwrap();
    });
}
