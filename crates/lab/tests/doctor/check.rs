//! The check page, as a person uses it before any call: what stands on the screen in the end, and how long that takes.

use std::path::Path;
use std::time::Duration;

use lab::findings::router_known;
use lab::net::addresses::{OFFICE_PUBLIC, PBX};
use lab::net::{Host, Nat};
use lab::server::PORT;
use lab::tone::BROWSER_HZ;
use lab::world::in_namespaces;
use lab::{Authority, Browser, Lab};
use serde_json::Value;

use crate::page::{Seen, Visitor};
use crate::stage::{SERVERS, Stage};

/// What the acceptance asks for: in a good network, and in the worst one.
const GOOD_MAX: Duration = Duration::from_secs(15);
const WORST_MAX: Duration = Duration::from_secs(60);

/// A company, and somebody at home behind such a router who has got a link.
fn with_guest_at_home(nat: Nat, story: impl FnOnce(&Visitor)) {
    in_namespaces(|folder| {
        let (stage, authority) = company(folder, Lab::new().home(nat));
        router_known(&stage.admin);
        let browser = browser_on(stage.network.home_pc(), &authority);
        story(&Visitor::by_link(browser, &stage.admin, "Cleo, holiday flat"));
    });
}

/// Its certificate is one that browsers trust: without that there is no TURN inside TLS.
fn company(folder: &Path, lab: Lab) -> (Stage, Authority) {
    let authority = Authority::new(folder).unwrap();
    let tls = authority.server_config(PBX, OFFICE_PUBLIC).unwrap();
    (Stage::set_with(folder, lab, SERVERS, &tls), authority)
}

fn browser_on(host: &Host, authority: &Authority) -> Browser {
    Browser::open_trusting(authority, host, "visitor", BROWSER_HZ, &[]).unwrap()
}

/// The tone came back by TCP, and inside TLS.
#[track_caller]
fn has_sound_by_the_one_port(seen: &Seen) {
    assert!(seen.has_sound("TCP (ICE-TCP)") && seen.has_sound("TLS (TURN)"), "{seen}");
}

#[test]
fn at_home_with_a_usual_router_a_guest_hears_the_tone_by_every_way_and_all_is_well_within_fifteen_seconds() {
    with_guest_at_home(Nat::PortRestricted, |guest| {
        let seen = guest.checks_everything();
        assert_eq!(seen.heading, "All is well", "{seen}");
        assert!(seen.says("calls from here will be heard, and you will hear the others."), "{seen}");
        assert!(seen.says("Nothing is wrong."), "{seen}");
        assert!(seen.has_sound("UDP"), "{seen}");
        has_sound_by_the_one_port(&seen);
        // One server-reflexive candidate: not symmetric.
        assert_eq!(seen.seen_from_outside(), 1, "{seen}");
        assert!(!seen.says("Symmetric NAT"), "{seen}");
        assert!(seen.took <= GOOD_MAX, "{seen}");
    });
}

#[test]
fn behind_a_symmetric_router_a_guest_hears_the_tone_by_the_one_port_alone_and_reads_why() {
    with_guest_at_home(Nat::Symmetric, |guest| {
        let seen = guest.checks_the_line();
        goes_by_a_detour(&seen);
        // Two with different ports: symmetric.
        assert_eq!(seen.seen_from_outside(), 2, "{seen}");
        assert!(
            seen.says("gives audio another port for every destination (symmetric NAT), so the direct way over UDP fails"),
            "{seen}"
        );
        assert!(seen.took <= WORST_MAX, "{seen}");
    });
}

#[test]
fn where_udp_is_blocked_a_guest_hears_the_tone_by_the_one_port_alone_and_reads_why() {
    with_guest_at_home(Nat::UdpBlocked, |guest| {
        let seen = guest.checks_the_line();
        goes_by_a_detour(&seen);
        // None: UDP is blocked.
        assert_eq!(seen.seen_from_outside(), 0, "{seen}");
        assert!(seen.says("lets no UDP through, so the direct way for audio is closed"), "{seen}");
        assert!(seen.took <= WORST_MAX, "{seen}");
    });
}

#[test]
fn a_router_that_treats_two_servers_alike_and_others_not_is_not_called_normal() {
    with_guest_at_home(Nat::Trap, |guest| {
        let seen = guest.checks_the_line();
        goes_by_a_detour(&seen);
        // The guide's test alone would say: not symmetric.
        assert_eq!(seen.seen_from_outside(), 1, "{seen}");
        assert!(
            seen.says("most likely the router there gives further destinations other ports (symmetric NAT)."),
            "{seen}"
        );
        assert!(!seen.says("Cone NAT") && !seen.says("Endpoint-independent"), "{seen}");
    });
}

#[test]
fn with_udp_blocked_and_stun_dead_somebody_signed_in_has_a_verdict_within_a_minute() {
    in_namespaces(|folder| {
        let (mut stage, authority) = company(folder, Lab::new().home(Nat::UdpBlocked));
        stage.network.stun_one().signal("STOP").unwrap();
        stage.network.stun_two().signal("STOP").unwrap();
        let anna = Visitor::signed_in(browser_on(stage.network.home_pc(), &authority), "101");
        let seen = anna.checks_the_line();
        goes_by_a_detour(&seen);
        assert_eq!(seen.seen_from_outside(), 0, "{seen}");
        assert!(seen.took <= WORST_MAX, "{seen}");
    });
}

/// Calls work, not by UDP, and the page says so in plain words.
#[track_caller]
fn goes_by_a_detour(seen: &Seen) {
    assert_eq!(seen.heading, "It works, with reservations", "{seen}");
    assert!(
        seen.says("Calls work from here, by a detour: they may sound a little later than they could."),
        "{seen}"
    );
    assert!(!seen.has_sound("UDP"), "{seen}");
    has_sound_by_the_one_port(seen);
}

/// Asks the servers of a check, in the words of the guide: who has answered with what.
const CANDIDATES: &str = "async () => {
    const token = sessionStorage.getItem('farend.check');
    const page = await (await fetch('/api/v1/check', { headers: { 'Farend-Check': token } })).json();
    return { stun: page.stun, seen_as: page.seen_as };
}";

#[test]
fn in_the_office_our_own_ports_answer_a_browser_that_asks_who_it_is() {
    in_namespaces(|folder| {
        let (stage, authority) = company(folder, Lab::new());
        let guest = Visitor::by_link(browser_on(stage.network.office_pc(), &authority), &stage.admin, "Office");
        let asked = guest.browser.evaluate(&format!("({CANDIDATES})()")).unwrap();
        let own: Vec<String> = [8802, 8803, 8804].map(|port| format!("stun:{PBX}:{port}")).into();
        let told: Vec<&str> = asked["stun"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(
            (told.len(), &told[..3]),
            (5, &own.iter().map(String::as_str).collect::<Vec<_>>()[..]),
            "{asked}"
        );
        assert_eq!((asked["seen_as"].as_str(), PORT), (Some("192.168.10.30"), 8802), "{asked}");
        let seen = guest.checks_the_line();
        assert_eq!(seen.heading, "All is well", "{seen}");
        assert!(seen.has_sound("UDP"), "{seen}");
    });
}
