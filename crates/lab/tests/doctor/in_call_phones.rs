//! Calls of desk phones at home that lose a direction of their sound: read by the other side, and by the administrator.

use std::time::Duration;

use lab::baresip::Setup;
use lab::findings::{ever, mended, only};
use lab::process::run;
use lab::server::Session;
use lab::tone::BROWSER_HZ;
use lab::world::{HOME_ADDRESS, OFFICE_ADDRESS, Place, World};
use lab::{Baresip, Browser, Farend, isolated};

use crate::in_call::{NO_STUN, at_home, connect, is_fine_again, says, says_within};

/// What a desk phone hears it alone can tell, by RTCP: every five seconds, about the time before.
const TOLD_BY_PHONE_MAX: Duration = Duration::from_secs(8);

/// A desk phone at home, and a browser in the office that hears it.
fn with_phone_at_home(encrypts: bool, story: impl FnOnce(&World, &Session, &Browser, &Baresip)) {
    isolated(|world| {
        let server = Farend::start_on_with(world, "0.0.0.0", NO_STUN).unwrap();
        let admin = server.sign_in("admin").unwrap();
        let setup = Setup {
            server: OFFICE_ADDRESS,
            address: HOME_ADDRESS,
            interface: "home0",
            // Keys are given away over TLS alone.
            transport: if encrypts { "tls" } else { "udp" },
            encrypts,
            ..Setup::of("102-desk")
        };
        let ben = Baresip::start_on(world.host(Place::Home), setup).unwrap();
        let anna = Browser::open(world, Place::Office, "anna", BROWSER_HZ).unwrap();
        anna.sign_in(&server.origin(), "101").unwrap();
        connect(&admin, &anna, &ben);
        story(world, &admin, &anna, &ben);
    });
}

/// Nothing is in the way any more; up to now that was told, and nothing else.
#[track_caller]
fn mends(world: &World, admin: &Session, anna: &Browser, told: &[&str]) {
    run(world.command(Place::Home, "nft").args(["flush", "ruleset"])).unwrap();
    is_fine_again(anna);
    mended(admin);
    assert_eq!(ever(admin), told);
}

#[test]
fn sound_from_another_address_or_in_another_form_than_agreed_upon_is_told() {
    with_phone_at_home(false, |world, admin, anna, _| {
        let begun = at_home(
            world,
            // What the phone hears would else be the connection, and what it says an answer, which is not translated.
            "table ip fault {
               chain in { type filter hook prerouting priority raw; udp sport 30000-30999 notrack; }
               chain out { type nat hook postrouting priority srcnat; udp dport 30000-30999 snat to 192.168.77.3; }
             }",
        );
        says(anna, "sound comes from an unexpected address.", begun);
        // The cable between home and office is a LAN like any other: what a phone in it does is no router's doing.
        only(admin, "re_call_wrong_address", "desk_phone");
        mends(world, admin, anna, &["re_call_wrong_address"]);

        // A payload type that was not agreed upon, in RTP alone: the second byte of RTCP is greater.
        let begun = at_home(
            world,
            "table inet fault {
               chain out { type filter hook output priority 0; udp dport 30000-30999 @th,72,8 < 0xc0 @th,72,8 set 0x62; }
             }",
        );
        says(anna, "sound comes in an unknown form.", begun);
        only(admin, "f2_call_undecodable", "desk_phone");
        mends(world, admin, anna, &["re_call_wrong_address", "f2_call_undecodable"]);
    });
}

#[test]
fn sound_that_cannot_be_decrypted_is_told() {
    with_phone_at_home(true, |world, admin, anna, _| {
        // One byte of the encrypted payload is another one.
        let begun = at_home(
            world,
            "table ip fault { chain out { type filter hook output priority 0; udp dport 30000-30999 @th,160,8 set 0x5a; }; }",
        );
        says(anna, "sound cannot be decrypted.", begun);
        only(admin, "h1_call_undecryptable", "desk_phone");
        mends(world, admin, anna, &["h1_call_undecryptable"]);
    });
}

#[test]
fn a_phone_whose_sound_does_not_arrive_or_that_hears_nothing_is_told() {
    with_phone_at_home(false, |world, admin, anna, _| {
        let begun = at_home(
            world,
            "table inet fault { chain out { type filter hook output priority 0; udp dport 30000-30999 drop; }; }",
        );
        says(anna, "sound does not reach the server.", begun);
        only(admin, "rj_call_lost", "home_router");
        mends(world, admin, anna, &["rj_call_lost"]);

        // It tells so itself, with its next report.
        let begun = at_home(
            world,
            "table inet fault { chain in { type filter hook input priority 0; udp sport 30000-30999 drop; }; }",
        );
        says_within(
            anna,
            "does not hear you: the sound is lost on the way to them.",
            begun,
            TOLD_BY_PHONE_MAX,
        );
        only(admin, "rj_call_lost", "home_router");
        mends(world, admin, anna, &["rj_call_lost"; 2]);
    });
}
