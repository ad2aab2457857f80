//! A phone on a desk and its person's browser: the number is at one of them (rule R-k).

use std::process::Command;
use std::time::Duration;

use lab::baresip::Setup;
use lab::process::run;
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ};
use lab::world::Place;
use lab::{Baresip, Browser, Farend, isolated, wait};

use lab::company::{ANNA, BEN, SOON, number_comes_to, place, rings_at, share};
use lab::listening::{browser_hears, desk_phone_hears};

const NOTE: &str = "Cancel mobility";
const CODE: &str = "*9419";
/// The phones register every 30 s.
const REGISTERED_AGAIN_LIMIT: Duration = Duration::from_secs(75);
/// Longer than the SIP transaction of a MESSAGE lives (RFC 3261, timer F).
const LOST_FOR: Duration = Duration::from_secs(34);

#[test]
fn the_number_follows_its_person_from_the_desk_to_the_browser_and_back() {
    isolated(|world| {
        let mut server = Farend::start(world).unwrap();
        let admin = server.sign_in("admin").unwrap();
        share(&admin, "101-desk");
        let desk = Baresip::start(world, ANNA).unwrap();
        let ben = Baresip::start(world, BEN).unwrap();
        let session = server.sign_in("101").unwrap();

        // The phone has its person's number without any code.
        assert_eq!(place(&session), "desk_phone");
        rings_at(&ben, "101", &desk);
        assert!(!desk.was_told(NOTE));

        // The browser phone goes on: the desk phone is logged off, and says how to get the number back.
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        number_comes_to(&session, "browser", SOON);
        wait::until_true("the phone shows it", SOON, || desk.was_told(NOTE));
        ben.dial("101").unwrap();
        anna.wait_until_it_rings();
        anna.answer();
        anna.wait_until_talking();
        browser_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&ben, BROWSER_HZ);
        anna.hang_up();
        anna.wait_until_idle();
        ben.wait_for("the call is over", SOON, "CALL_CLOSED");
        assert!(!desk.was_called(), "a vacated phone does not ring");

        // Nobody is logged on there: it calls nobody.
        desk.dial("102").unwrap();
        let refused = desk.wait_for("the vacated phone is refused", SOON, "CALL_CLOSED");
        assert!(refused["param"].as_str().is_some_and(|why| why.contains("403")), "{refused}");
        assert!(!ben.was_called());

        // A restart changes nothing.
        server.kill();
        server.restart().unwrap();
        let (admin, session) = (server.sign_in("admin").unwrap(), server.sign_in("101").unwrap());
        assert_eq!(place(&session), "browser");
        for phone in ["101-web", "101-desk", "102-desk"] {
            wait::until_true_seldom("the phones are registered again", REGISTERED_AGAIN_LIMIT, || {
                admin.is_registered(phone).unwrap()
            });
        }
        assert_eq!(place(&session), "browser");
        ben.forget_events();
        ben.dial("101").unwrap();
        anna.wait_until_it_rings();
        ben.hang_up().unwrap();
        assert!(!desk.was_called());

        // "Cancel mobility" at the phone brings the number back to it; the app controls the phone from now on.
        desk.forget_events();
        ben.forget_events();
        desk.dial(CODE).unwrap();
        number_comes_to(&session, "desk_phone", SOON);
        desk.wait_for("the code's call is over", SOON, "CALL_CLOSED");
        wait::until_true_seldom("the browser phone is off", SOON, || !admin.is_registered("101-web").unwrap());
        desk.forget_events();
        ben.dial("101").unwrap();
        desk.wait_for("the number rings at the phone", SOON, "CALL_INCOMING");
        desk.answer().unwrap();
        ben.wait_for("the call is answered", SOON, "CALL_ESTABLISHED");
        desk_phone_hears(&desk, DESK_PHONE_HZ);
        desk_phone_hears(&ben, OTHER_DESK_PHONE_HZ);
        wait::until_true("the app shows the phone's call", SOON, || anna.shows("button", "Hang up"));
        anna.hang_up();
        desk.wait_for("the app has hung up at the phone", SOON, "CALL_CLOSED");
    });
}

#[test]
fn a_note_that_was_lost_comes_later() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        share(&server.sign_in("admin").unwrap(), "101-desk");
        let desk = Baresip::start(world, ANNA).unwrap();
        let rules = "table inet lost { chain out { type filter hook output priority 0; policy accept; udp sport 5060 @th,64,56 0x4d455353414745 counter drop; }; }";
        run(Command::new("nft").arg(rules)).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        number_comes_to(&server.sign_in("101").unwrap(), "browser", SOON);
        let lost = || {
            let table = run(Command::new("nft").args(["list", "table", "inet", "lost"])).unwrap();
            let packets = table
                .split("packets ")
                .nth(1)
                .and_then(|rest| rest.split(' ').next()?.parse::<u32>().ok());
            packets.unwrap()
        };
        wait::until_true_seldom("the transaction of the first MESSAGE has come to nothing", 2 * LOST_FOR, || {
            lost() >= 11
        });
        assert!(!desk.was_told(NOTE));
        run(Command::new("nft").args(["delete", "table", "inet", "lost"])).unwrap();
        wait::until_true_seldom("the phone shows it after all", REGISTERED_AGAIN_LIMIT, || desk.was_told(NOTE));
    });
}

#[test]
fn somebody_logs_on_at_the_phone_of_a_place() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let place_phone = Baresip::start(world, Setup { ..SHARED }).unwrap();
        let ben = Baresip::start(world, BEN).unwrap();
        place_phone.dial("102").unwrap();
        place_phone.wait_for("the phone of nobody is refused", SOON, "CALL_CLOSED");

        place_phone.dial(&format!("{CODE}103*{}", lab::server::PIN)).unwrap();
        let cleo = server.sign_in("103").unwrap();
        number_comes_to(&cleo, "desk_phone", SOON);
        place_phone.wait_for("the code's call is over", SOON, "CALL_CLOSED");
        place_phone.forget_events();
        rings_at(&ben, "103", &place_phone);
        place_phone.dial("102").unwrap();
        let ringing = ben.wait_for("Ben's phone rings", SOON, "CALL_INCOMING");
        assert!(ringing["peeruri"].as_str().is_some_and(|uri| uri.contains("103")), "{ringing}");
        place_phone.hang_up().unwrap();
        place_phone.wait_for("the call is given up", SOON, "CALL_CLOSED");

        place_phone.forget_events();
        place_phone.dial(CODE).unwrap();
        place_phone.wait_for("the code's call is over", SOON, "CALL_CLOSED");
        wait::until_true("nobody is logged on any more", SOON, || {
            let device = lab::company::device(&server.sign_in("admin").unwrap(), "desk-1");
            device["seat"]["user_id"].is_null()
        });
    });
}

/// The demo's phone of nobody.
pub(crate) const SHARED: Setup = Setup {
    control_port: 4446,
    ..Setup::of("desk-1")
};
