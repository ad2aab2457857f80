//! Browsers among themselves, and with the server's own voices.

use lab::tone::{BROWSER_HZ, OTHER_BROWSER_HZ};
use lab::world::Place;
use lab::{Browser, Farend, isolated};

use lab::listening::{browser_hears, browser_hears_music};

#[test]
fn two_browsers_hear_each_other() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        let ben = Browser::open(world, Place::Office, "ben", OTHER_BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        ben.sign_in(&server.origin(), "102").unwrap();
        anna.dial("102").unwrap();
        ben.wait_until_it_rings();
        ben.answer();
        anna.wait_until_talking();
        ben.wait_until_talking();
        browser_hears(&anna, OTHER_BROWSER_HZ);
        browser_hears(&ben, BROWSER_HZ);
        ben.hang_up();
        anna.wait_until_idle();
        ben.wait_until_idle();
        server.sign_in("101").unwrap().call_once("answered");
    });
}

#[test]
fn the_echo_test_lets_one_hear_oneself_and_the_music_line_plays() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        anna.dial("*43").unwrap();
        anna.wait_until_talking();
        browser_hears(&anna, BROWSER_HZ);
        anna.hang_up();
        anna.wait_until_idle();
        anna.dial("*44").unwrap();
        anna.wait_until_talking();
        browser_hears_music(&anna, &[BROWSER_HZ]);
        anna.hang_up();
        anna.wait_until_idle();
    });
}

#[test]
fn a_call_that_nobody_takes_ends_when_the_caller_gives_up() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        let ben = Browser::open(world, Place::Office, "ben", OTHER_BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        ben.sign_in(&server.origin(), "102").unwrap();
        anna.dial("102").unwrap();
        ben.wait_until_it_rings();
        anna.click("button", "Cancel call");
        anna.wait_until_idle();
        ben.wait_until_idle();
        lab::wait::until_true("Ben sees whom he missed", std::time::Duration::from_secs(10), || {
            !ben.shows("button", "Answer") && ben.reads("Missed")
        });
        server.sign_in("101").unwrap().call_once("cancelled");
        server.sign_in("102").unwrap().call_once("missed");
    });
}
