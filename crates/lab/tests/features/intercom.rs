//! Intercom: a desk phone that answers by itself when it is asked to, and no browser.

use lab::Browser;
use lab::listening::browser_hears;
use lab::stage::played;
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, OTHER_BROWSER_HZ};
use lab::world::Place;

#[test]
fn the_desk_phone_answers_by_itself_and_the_browser_is_left_alone() {
    played(|stage| {
        let desk = stage.registered("102-desk").plays("phone/is_asked_to_answer", &[]);
        let ben = Browser::open(stage.world(), Place::Office, "ben", OTHER_BROWSER_HZ).unwrap();
        ben.sign_in(&stage.server.origin(), "102").unwrap();
        let anna = Browser::open(stage.world(), Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&stage.server.origin(), "101").unwrap();

        anna.dial("*80102").unwrap();
        desk.talks();
        desk.says(DESK_PHONE_HZ);
        anna.wait_until_talking();
        browser_hears(&anna, DESK_PHONE_HZ);
        desk.voice.hears(BROWSER_HZ);
        assert!(!ben.shows("button", "Answer"), "nobody's microphone opens at home");
        desk.cue("");
        desk.ends();
        anna.wait_until_idle();
    });
}
