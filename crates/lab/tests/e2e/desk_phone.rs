//! Browser and desk phone: the product's main job.

use std::time::Duration;

use lab::baresip::Setup;
use lab::server::PORT;
use lab::tone::{BROWSER_HZ, DESK_PHONE_HZ, OTHER_BROWSER_HZ};
use lab::world::{OFFICE_ADDRESS, Place};
use lab::{Baresip, Browser, Farend, isolated, wait};
use serde_json::Value;

use lab::listening::{browser_hears, browser_hears_music, desk_phone_hears, desk_phone_hears_music};

const SOON: Duration = Duration::from_secs(10);

#[test]
fn a_call_from_the_browser_has_sound_hold_keys_and_a_journal() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let ben = Baresip::start(world, Setup::of("102-desk")).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();

        anna.dial("102").unwrap();
        let ringing = ben.wait_for("the desk phone rings", SOON, "CALL_INCOMING");
        assert!(
            ringing["peeruri"].as_str().is_some_and(|uri| uri.contains("101")),
            "who calls? {ringing}"
        );
        ben.answer().unwrap();
        anna.wait_until_talking();
        browser_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&ben, BROWSER_HZ);

        anna.hold();
        desk_phone_hears_music(&ben, &[BROWSER_HZ, DESK_PHONE_HZ]);
        anna.resume();
        desk_phone_hears(&ben, BROWSER_HZ);
        browser_hears(&anna, DESK_PHONE_HZ);

        ben.hold(true).unwrap();
        browser_hears_music(&anna, &[BROWSER_HZ, DESK_PHONE_HZ]);
        ben.hold(false).unwrap();
        // Debian's baresip 1.0.0 itself hears nothing any more after it has held a call, whoever its peer is.
        browser_hears(&anna, DESK_PHONE_HZ);

        anna.press_keys("159#");
        let mut keys = String::new();
        wait::until_true("the keys arrive at the desk phone", SOON, || {
            keys += &ben.pressed_by_other();
            keys == "159#"
        });

        anna.hang_up();
        ben.wait_for("the desk phone's call is over", SOON, "CALL_CLOSED");
        anna.wait_until_idle();

        let call = server.sign_in("101").unwrap().call_once("answered");
        assert_answered(&call, "outgoing", "102");
        let call = server.sign_in("102").unwrap().call_once("answered");
        assert_answered(&call, "incoming", "101");
    });
}

#[test]
fn a_call_from_the_desk_phone_rings_in_the_browser_and_ends_when_the_phone_hangs_up() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let ben = Baresip::start(world, Setup::of("102-desk")).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();

        ben.dial("101").unwrap();
        anna.wait_until_it_rings();
        wait::until_true("the app says who calls", SOON, || anna.reads("Ben"));
        anna.answer();
        ben.wait_for("the call is answered", SOON, "CALL_ESTABLISHED");
        anna.wait_until_talking();
        browser_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&ben, BROWSER_HZ);

        ben.hang_up().unwrap();
        anna.wait_until_idle();
        let call = server.sign_in("101").unwrap().call_once("answered");
        assert_answered(&call, "incoming", "102");
    });
}

/// The relay inside TLS may be the first that works, by the same port; what is better takes its place as soon as it works.
#[track_caller]
fn goes_by_tcp(browser: &Browser) {
    wait::until_true("the sound goes by the one TCP port", SOON, || {
        let path = browser.media_path().unwrap();
        assert_eq!(path.server_port, u64::from(PORT));
        path.protocol == "tcp"
    });
}

#[test]
fn without_udp_the_sound_takes_the_one_tcp_port() {
    isolated(|world| {
        let server = Farend::start_on(world, OFFICE_ADDRESS).unwrap();
        let ben = Baresip::start(
            world,
            Setup {
                server: OFFICE_ADDRESS,
                ..Setup::of("102-desk")
            },
        )
        .unwrap();
        world.block_all_but_tcp(PORT).unwrap();
        let anna = Browser::open(world, Place::Home, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();

        anna.dial("102").unwrap();
        ben.wait_for("the desk phone rings", SOON, "CALL_INCOMING");
        ben.answer().unwrap();
        anna.wait_until_talking();
        goes_by_tcp(&anna);
        browser_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&ben, BROWSER_HZ);

        ben.hang_up().unwrap();
        anna.wait_until_idle();
        ben.dial("101").unwrap();
        anna.wait_until_it_rings();
        anna.answer();
        anna.wait_until_talking();
        goes_by_tcp(&anna);
        browser_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&ben, BROWSER_HZ);
        anna.hang_up();
        ben.wait_for("the desk phone's call is over", SOON, "CALL_CLOSED");
        let session = server.sign_in("101").unwrap();
        session.call_once("answered");
        let journal = session.journal().unwrap();
        assert_eq!(journal.len(), 2);
        for call in &journal {
            let legs = call["quality"]["legs"].as_array().unwrap();
            // What the server sends goes on by its relay where the browser has chosen that one first: the same port.
            assert!(
                legs.iter().any(|leg| leg["transport"] == "tcp" || leg["transport"] == "relay"),
                "the journal knows the way: {call}"
            );
        }
    });
}

#[test]
fn a_desk_phone_that_speaks_only_opus_and_one_that_speaks_only_g722_hear_the_browser() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        for (codec, name) in [(lab::baresip::Codec::Opus, "audio/opus"), (lab::baresip::Codec::G722, "audio/G722")] {
            let ben = Baresip::start(
                world,
                Setup {
                    codec,
                    answers: true,
                    ..Setup::of("102-desk")
                },
            )
            .unwrap();
            anna.dial("102").unwrap();
            anna.wait_until_talking();
            assert_eq!(anna.media_path().unwrap().codec, name, "what both can speak needs no transcoding");
            browser_hears(&anna, DESK_PHONE_HZ);
            desk_phone_hears(&ben, BROWSER_HZ);
            anna.hang_up();
            ben.wait_for("the desk phone's call is over", SOON, "CALL_CLOSED");
            anna.wait_until_idle();
        }
    });
}

#[test]
fn desk_phones_that_share_no_codec_hear_each_other_and_their_keys() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let anna = Baresip::start(
            world,
            Setup {
                transport: "tcp",
                codec: lab::baresip::Codec::Opus,
                ..Setup::of("101-desk")
            },
        )
        .unwrap();
        let ben = Baresip::start(
            world,
            Setup {
                control_port: 4445,
                ..Setup::of("102-desk")
            },
        )
        .unwrap();
        anna.dial("102").unwrap();
        ben.wait_for("the desk phone rings", SOON, "CALL_INCOMING");
        ben.answer().unwrap();
        anna.wait_for("the call is answered", SOON, "CALL_ESTABLISHED");
        desk_phone_hears(&anna, DESK_PHONE_HZ);
        desk_phone_hears(&ben, DESK_PHONE_HZ);
        for key in "73*".chars() {
            anna.press(key).unwrap();
        }
        let mut keys = String::new();
        wait::until_true("the keys arrive at the other desk phone", SOON, || {
            keys += &ben.pressed_by_other();
            keys == "73*"
        });
        anna.hang_up().unwrap();
        ben.wait_for("the other phone's call is over", SOON, "CALL_CLOSED");
        let call = server.sign_in("102").unwrap().call_once("answered");
        assert_answered(&call, "incoming", "101");
    });
}

#[test]
fn all_phones_of_a_person_ring_and_the_first_to_answer_takes_the_call() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let desk = Baresip::start(world, Setup::of("102-desk")).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        let ben = Browser::open(world, Place::Office, "ben", OTHER_BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        ben.sign_in(&server.origin(), "102").unwrap();

        anna.dial("102").unwrap();
        desk.wait_for("the desk phone rings", SOON, "CALL_INCOMING");
        ben.wait_until_it_rings();
        desk.answer().unwrap();
        anna.wait_until_talking();
        wait::until_true("the browser says where the call went", SOON, || {
            ben.reads("Answered on another phone")
        });
        assert!(!ben.shows("button", "Answer"));
        browser_hears(&anna, DESK_PHONE_HZ);
        anna.hang_up();
        desk.wait_for("the desk phone's call is over", SOON, "CALL_CLOSED");
        anna.wait_until_idle();
        desk.forget_events();

        anna.dial("102").unwrap();
        desk.wait_for("the desk phone rings", SOON, "CALL_INCOMING");
        ben.wait_until_it_rings();
        ben.answer();
        desk.wait_for("the desk phone stops ringing", SOON, "CALL_CLOSED");
        browser_hears(&anna, OTHER_BROWSER_HZ);
        ben.hang_up();
        anna.wait_until_idle();
    });
}

#[test]
fn a_call_is_transferred_from_the_app_and_from_the_desk_phone() {
    isolated(|world| {
        let server = Farend::start(world).unwrap();
        let ben = Baresip::start(world, Setup::of("102-desk")).unwrap();
        let cleo = Browser::open(world, Place::Office, "cleo", OTHER_BROWSER_HZ).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        cleo.sign_in(&server.origin(), "103").unwrap();

        ben.dial("101").unwrap();
        anna.wait_until_it_rings();
        anna.answer();
        anna.wait_until_talking();
        anna.transfer("103").unwrap();
        cleo.wait_until_it_rings();
        cleo.answer();
        cleo.wait_until_talking();
        anna.wait_until_idle();
        browser_hears(&cleo, DESK_PHONE_HZ);
        desk_phone_hears(&ben, OTHER_BROWSER_HZ);

        ben.transfer("101").unwrap();
        anna.wait_until_it_rings();
        anna.answer();
        anna.wait_until_talking();
        browser_hears(&anna, OTHER_BROWSER_HZ);
        browser_hears(&cleo, BROWSER_HZ);
        anna.hang_up();
        cleo.wait_until_idle();
    });
}

/// A call that was answered, with its duration and what was measured on both legs.
#[track_caller]
fn assert_answered(call: &Value, direction: &str, number: &str) {
    assert_eq!(call["direction"], direction, "{call}");
    assert_eq!(call["peer"]["number"], number, "{call}");
    assert_eq!(call["outcome"], "answered", "{call}");
    assert!(call["duration_seconds"].as_f64().is_some_and(|seconds| seconds >= 4.0), "{call}");
    assert!(call["ended_at"].is_string(), "{call}");
    let quality = &call["quality"];
    assert!(
        quality["mos"].as_f64().is_some_and(|mos| (3.5..=5.0).contains(&mos)),
        "a call without loss sounds good: {call}"
    );
    let legs = quality["legs"].as_array().expect("legs");
    assert_eq!(legs.len(), 2, "{call}");
    for leg in legs {
        for way in ["sent", "received"] {
            assert!(leg[way]["packets"].as_u64().is_some_and(|packets| packets >= 200), "{way} in {leg}");
        }
    }
}
