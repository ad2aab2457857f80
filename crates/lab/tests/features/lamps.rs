//! Lamps beside the keys of a desk phone, while others call and park.

use lab::listening::{browser_hears, browser_hears_music};
use lab::stage::{Player, played};
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ};
use lab::world::Place;
use lab::{Baresip, Browser};

use lab::company::{BEN, SOON};

/// Waits until the newest document that a lamp was told has these words.
fn shows(lamp: &Player, words: &str) {
    lab::wait::until_true(&format!("the lamp shows {words}"), SOON, || {
        lamp.received()
            .iter()
            .rev()
            .find(|message| message.starts_with("NOTIFY"))
            .is_some_and(|message| message.contains(words))
    });
}

const DARK: &str = "sip:102@farend\">\n</dialog-info>";
const DARK_SLOT: &str = "sip:*703@farend\">\n</dialog-info>";

#[test]
fn a_lamp_follows_a_browsers_call_and_where_it_is_parked() {
    played(|stage| {
        let watches = |number| {
            let texts = [("to", number), ("event", "dialog"), ("accept", "application/dialog-info+xml")];
            stage.phone("103-desk").plays("phone/has_a_lamp", &texts)
        };
        let (of_ben, of_slot) = (watches("102"), watches("*703"));
        let ben = Baresip::start(stage.world(), BEN).unwrap();
        let anna = Browser::open(stage.world(), Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&stage.server.origin(), "101").unwrap();
        shows(&of_ben, DARK);
        shows(&of_slot, DARK_SLOT);

        anna.dial("102").unwrap();
        ben.wait_for("Ben's phone rings", SOON, "CALL_INCOMING");
        shows(&of_ben, "<state>early</state>");
        ben.answer().unwrap();
        shows(&of_ben, "<state>confirmed</state>");
        browser_hears(&anna, DESK_PHONE_HZ);
        shows(&of_slot, DARK_SLOT);
        ben.transfer("*703").unwrap();
        shows(&of_slot, "<state>confirmed</state>");
        shows(&of_slot, "display=\"Anna\"");
        shows(&of_ben, DARK);
        browser_hears_music(&anna, &[DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ, BROWSER_HZ]);
        anna.hang_up();
        shows(&of_slot, DARK_SLOT);
    });
}
