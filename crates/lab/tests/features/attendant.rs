//! Callers who do not know yet to whom they want to speak: the menu of the demo company.

use lab::listening::{browser_hears, desk_phone_hears, desk_phone_hears_speech};
use lab::tone::{BROWSER_HZ, OTHER_DESK_PHONE_HZ};
use lab::world::Place;
use lab::{Baresip, Browser, Farend, isolated};

use lab::company::{CLEO, SOON};

#[test]
fn a_caller_hears_the_menu_presses_a_key_and_talks_to_the_person_behind_it() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let cleo = Baresip::start(world, CLEO).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();

        cleo.dial("700").unwrap();
        cleo.wait_for("the menu answers", SOON, "CALL_ESTABLISHED");
        desk_phone_hears_speech(&cleo, &[BROWSER_HZ, OTHER_DESK_PHONE_HZ]);
        cleo.press('0').unwrap();
        anna.answer();
        anna.wait_until_talking();
        browser_hears(&anna, OTHER_DESK_PHONE_HZ);
        desk_phone_hears(&cleo, BROWSER_HZ);

        anna.hang_up();
        cleo.wait_for("the call is over for the caller as well", SOON, "CALL_CLOSED");
    });
}
