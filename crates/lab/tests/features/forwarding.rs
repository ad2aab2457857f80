//! Calls that go elsewhere, by keys of the desk phone.

use lab::baresip::Setup;
use lab::listening::{browser_hears, desk_phone_hears};
use lab::tone::{BROWSER_HZ, OTHER_DESK_PHONE_HZ};
use lab::world::Place;
use lab::{Baresip, Browser, Farend, isolated, wait};

use lab::company::{BEN, CLEO, SOON};

#[test]
fn a_forward_that_is_set_at_the_phone_counts_and_is_seen_in_the_app() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let of_ben = server.sign_in("102").unwrap();
        let ben = Baresip::start(world, BEN).unwrap();
        let cleo = Baresip::start(world, Setup { answers: true, ..CLEO }).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        let forwards = || of_ben.fetch("/api/v1/me/reaching").unwrap()["forwards"].clone();

        ben.dial("*21103").unwrap();
        ben.wait_for("the phone has told that it is done", SOON, "CALL_CLOSED");
        assert_eq!((&forwards()[0]["to"], &forwards()[0]["is_on"]), (&"103".into(), &true.into()));
        ben.forget_events();
        anna.dial("102").unwrap();
        anna.wait_until_talking();
        browser_hears(&anna, OTHER_DESK_PHONE_HZ);
        desk_phone_hears(&cleo, BROWSER_HZ);
        anna.hang_up();
        anna.wait_until_idle();
        assert!(!ben.was_called(), "Ben's phone has not rung");

        ben.dial("*21").unwrap();
        ben.wait_for("the phone has told that it is done", SOON, "CALL_CLOSED");
        wait::until_true("the forward is off", SOON, || {
            forwards().as_array().unwrap().iter().all(|forward| forward["is_on"] == false)
        });
        ben.forget_events();
        anna.dial("102").unwrap();
        ben.wait_for("Ben's phone rings again", SOON, "CALL_INCOMING");
        anna.click("button", "Cancel call");
    });
}
