//! Calls that go elsewhere, by keys of the desk phone.

use lab::baresip::Setup;
use lab::listening::{browser_hears, desk_phone_hears};
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ};
use lab::world::Place;
use lab::{Baresip, Browser, Farend, isolated, wait};

use lab::company::{BEN, CLEO, SOON};
use serde_json::json;

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

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

#[test]
fn a_call_goes_elsewhere_while_a_time_profile_is_closed() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let admin = server.sign_in("admin").unwrap();
        let of_ben = server.sign_in("102").unwrap();
        let ben = Baresip::start(world, Setup { answers: true, ..BEN }).unwrap();
        let cleo = Baresip::start(world, Setup { answers: true, ..CLEO }).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        let all_week = json!([{"days": DAYS, "from": "00:00", "to": "24:00"}]);
        let profile = admin
            .post("/api/v1/time-profiles", &json!({"name": "Opening hours", "windows": all_week}))
            .unwrap();
        let path = format!("/api/v1/time-profiles/{}", profile["id"]);
        let forward = json!({
            "is_on": true, "when": "always", "after_s": null, "from": "anybody", "numbers": [],
            "during": {"profile_id": profile["id"], "is_open": false}, "to": "103",
        });
        let quiet = json!({"is_on": false, "except": []});
        let reaching = json!({"forwards": [forward], "do_not_disturb": quiet, "rejects_anonymous": false});
        of_ben.put("/api/v1/me/reaching", &reaching).unwrap();

        anna.dial("102").unwrap();
        anna.wait_until_talking();
        browser_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&ben, BROWSER_HZ);
        anna.hang_up();
        anna.wait_until_idle();
        assert!(!cleo.was_called(), "it is open");

        ben.forget_events();
        admin.patch(&path, &json!({"windows": []})).unwrap();
        anna.dial("102").unwrap();
        anna.wait_until_talking();
        browser_hears(&anna, OTHER_DESK_PHONE_HZ);
        desk_phone_hears(&cleo, BROWSER_HZ);
        anna.hang_up();
        anna.wait_until_idle();
        assert!(!ben.was_called(), "it is closed");
    });
}
