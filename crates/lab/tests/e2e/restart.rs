//! The plug is pulled while people talk.

use std::time::Duration;

use lab::baresip::Setup;
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ};
use lab::world::Place;
use lab::{Baresip, Browser, Farend, isolated, wait};

use lab::listening::{browser_hears, desk_phone_hears};

const SOON: Duration = Duration::from_secs(10);
const REGISTERED_AGAIN_LIMIT: Duration = Duration::from_secs(60);

#[test]
fn after_kill_9_the_journal_tells_the_truth_and_phones_come_back() {
    isolated(|world| {
        let mut server = Farend::start(world).unwrap();
        let ben = Baresip::start(
            world,
            Setup {
                answers: true,
                ..Setup::of("102-desk")
            },
        )
        .unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        anna.dial("102").unwrap();
        anna.wait_until_talking();
        browser_hears(&anna, DESK_PHONE_HZ);
        server.sign_in("101").unwrap().call_once("running");

        server.kill();
        ben.hang_up().unwrap();
        ben.forget_events();
        server.restart().unwrap();
        assert!(server.database_integrity().unwrap().iter().all(|verdict| verdict == "ok"));
        let session = server.sign_in("admin").unwrap();
        for name in ["101", "102"] {
            let call = server.sign_in(name).unwrap().call_once("interrupted");
            assert!(call["answered_at"].is_string(), "{call}");
        }

        wait::until_true("the desk phone is registered again", REGISTERED_AGAIN_LIMIT, || {
            session.is_registered("102-desk").unwrap()
        });
        wait::until_true("the browser phone is registered again", REGISTERED_AGAIN_LIMIT, || {
            session.is_registered("101-web").unwrap()
        });
        if anna.shows("button", "Hang up") {
            anna.hang_up();
        }
        anna.wait_until_idle();
        anna.wait_until_ready();
        anna.dial("102").unwrap();
        anna.wait_until_talking();
        browser_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&ben, BROWSER_HZ);
        anna.hang_up();
        anna.wait_until_idle();
    });
}

#[test]
fn on_sigterm_the_server_lets_a_running_call_end_and_then_goes() {
    isolated(|world| {
        let mut server = Farend::start(world).unwrap();
        let anna = Baresip::start(world, Setup::of("101-desk")).unwrap();
        let ben = Baresip::start(
            world,
            Setup {
                answers: true,
                control_port: 4445,
                ..Setup::of("102-desk")
            },
        )
        .unwrap();
        anna.dial("102").unwrap();
        anna.wait_for("the call is answered", SOON, "CALL_ESTABLISHED");
        server.process().signal("TERM").unwrap();
        desk_phone_hears(&ben, DESK_PHONE_HZ);
        assert!(server.process().is_running());
        anna.hang_up().unwrap();
        ben.wait_for("the call is over", SOON, "CALL_CLOSED");
        assert!(server.process().wait(Duration::from_secs(15)).success());
    });
}
