//! Calls that go on at another phone of the same person.

use std::time::Duration;

use lab::baresip::Setup;
use lab::server::Session;
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ};
use lab::world::{Place, World};
use lab::{Baresip, Browser, Farend, isolated, wait};
use serde_json::json;

use lab::company::{ANNA, BEN, SOON, call_once, control, id_of};
use lab::listening::{browser_hears, desk_phone_hears};

/// What the other party may miss.
const GAP_MAX: Duration = Duration::from_millis(300);

/// Anna talks to Ben in her browser; her desk phone is idle.
struct Talk {
    /// Ends the server when it goes.
    server: Farend,
    session: Session,
    desk: Baresip,
    ben: Baresip,
    anna: Browser,
}

impl Talk {
    fn begin(world: &World) -> Talk {
        let server = Farend::start(world).unwrap();
        let session = server.sign_in("101").unwrap();
        let desk = Baresip::start(world, ANNA).unwrap();
        let ben = Baresip::start(world, Setup { answers: true, ..BEN }).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        anna.dial("102").unwrap();
        anna.wait_until_talking();
        desk_phone_hears(&ben, BROWSER_HZ);
        Talk {
            server,
            session,
            desk,
            ben,
            anna,
        }
    }
}

#[test]
fn a_call_moves_to_the_desk_phone_and_back_and_the_other_party_notices_nothing() {
    isolated(|world| {
        let Talk {
            server: _server,
            session,
            desk,
            ben,
            anna,
        } = Talk::begin(world);

        let call = call_once(&session, "talking");
        let before = ben.watch().unwrap();
        control(&session, &call, "move", &json!({"device_id": id_of(&session, "101-desk")})).unwrap();
        desk.wait_for("the desk phone is called", SOON, "CALL_INCOMING");
        desk.answer().unwrap();
        anna.wait_until_idle();
        desk_phone_hears(&ben, OTHER_DESK_PHONE_HZ);
        desk_phone_hears(&desk, DESK_PHONE_HZ);
        assert_gap(&before, BROWSER_HZ, OTHER_DESK_PHONE_HZ);
        assert_eq!(call_once(&session, "talking")["call"], call["call"], "it is the same call");

        let before = ben.watch().unwrap();
        anna.click("button", "Take it here");
        anna.wait_until_talking();
        desk.wait_for("the desk phone is hung up", SOON, "CALL_CLOSED");
        desk_phone_hears(&ben, BROWSER_HZ);
        browser_hears(&anna, DESK_PHONE_HZ);
        assert_gap(&before, OTHER_DESK_PHONE_HZ, BROWSER_HZ);
        anna.hang_up();
        ben.wait_for("the call is over", SOON, "CALL_CLOSED");
    });
}

#[test]
fn a_move_that_is_refused_leaves_the_call_where_it_was() {
    isolated(|world| {
        let Talk {
            server: _server,
            session,
            desk,
            ben,
            anna,
        } = Talk::begin(world);

        let call = call_once(&session, "talking");
        let watch = ben.watch().unwrap();
        control(&session, &call, "move", &json!({"device_id": id_of(&session, "101-desk")})).unwrap();
        desk.wait_for("the desk phone is called", SOON, "CALL_INCOMING");
        desk.hang_up().unwrap();
        desk.wait_for("it has refused", SOON, "CALL_CLOSED");
        call_once(&session, "talking");
        browser_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&ben, BROWSER_HZ);
        let away = watch.presence(BROWSER_HZ).unwrap().away();
        assert!(away <= GAP_MAX, "Ben has missed {} ms", away.as_millis());
        anna.hang_up();
        wait::until_true("the call is over", SOON, || lab::company::live_calls(&session).is_empty());
    });
}

/// From the last of the one tone to the first of the other one, as somebody's phone has recorded them.
#[track_caller]
fn assert_gap(watch: &lab::baresip::Growth, from_hz: f64, to_hz: f64) {
    let (last, first) = (watch.presence(from_hz).unwrap().last(), watch.presence(to_hz).unwrap().first());
    let gap = first.unwrap().saturating_sub(last.unwrap());
    lab::process::report(&format!("the other party heard nothing for {} ms", gap.as_millis()));
    assert!(gap <= GAP_MAX, "{} ms without sound", gap.as_millis());
}
