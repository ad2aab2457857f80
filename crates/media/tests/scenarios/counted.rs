//! What a leg tells of its sound while the call runs: what was refused and why, what should be heard, how long ago something was.

use media::audio::codec::Codec;
use media::engine::Path;
use model::LegId;
use model::control::{Event, Source};
use model::quality::{Expected, LegReport, Refused};

use crate::browser::Browser;
use crate::browsers::{DESK, WEB, WEB_AT, call as call_by_browser};
use crate::phones::{A, B, call};
use crate::world::{World, addr, browser_peer};

const BOTH: Expected = Expected {
    from_peer: true,
    to_peer: true,
};
const NEITHER: Expected = Expected {
    from_peer: false,
    to_peer: false,
};

/// The latest report of a leg.
fn latest(world: &mut World, leg: LegId) -> Box<LegReport> {
    let mut reports = world.events().into_iter().filter_map(|event| match event {
        Event::Measured { leg: of, report } if of == leg => Some(report),
        _ => None,
    });
    reports.next_back().expect("a report each second")
}

#[test]
fn packets_from_a_wrong_address_and_in_an_unknown_form_count_for_the_leg_whose_port_they_come_to() {
    let mut world = call(Codec::Pcma, &[], Codec::Pcma, &[]);
    world.run_ms(2_000);
    let port = world.phones[0].remote.unwrap().port();
    let from = world.phones[0].address;
    world.phones[0].talking = false;
    for n in 0..50 {
        let stray = world.phones[0].packet(8, false, n * 160, &[0x55; 160]);
        world.inject(Path::Rtp { port }, addr("192.0.2.77:4000"), stray);
        let unknown = world.phones[0].packet(77, false, n * 160, &[0x55; 160]);
        world.inject(Path::Rtp { port }, from, unknown);
        world.run_ms(20);
    }
    world.run_ms(1_000);
    let report = latest(&mut world, A);
    assert_eq!(
        (report.refused.stranger, report.refused.unknown_format),
        (50, 50),
        "{:?}",
        report.refused
    );
    assert_eq!((report.refused.undecryptable, report.refused.malformed, report.dropped), (0, 0, 50));
    assert!(
        report.received.quiet_ms.is_some_and(|quiet| quiet >= 1_000),
        "{:?}",
        report.received
    );
    let other = world.close(B);
    assert_eq!(other.refused, Refused::default(), "the other one has no part in it");
}

#[test]
fn comfort_noise_is_a_pause_and_no_unknown_form() {
    let mut world = call(Codec::Pcma, &[], Codec::Pcma, &[]);
    world.run_ms(2_000);
    world.phones[0].talking = false;
    // What is under way arrives first.
    world.run_ms(100);
    let (port, from) = (world.phones[0].remote.unwrap().port(), world.phones[0].address);
    let noise = world.phones[0].packet(13, false, 100_000, &[70]);
    world.inject(Path::Rtp { port }, from, noise);
    world.run_ms(2_000);
    let report = latest(&mut world, A);
    assert!(report.pauses.is_announced);
    assert_eq!(report.refused, Refused::default());
}

#[test]
fn sound_is_expected_of_those_who_hear_one_another_and_of_nobody_on_hold() {
    let mut world = call(Codec::Pcma, &[], Codec::Pcma, &[]);
    world.run_ms(2_000);
    assert_eq!(latest(&mut world, A).expected, BOTH);
    // A holds B: who hears music is to hear something, and nobody is heard.
    world.hear(A, Source::Nothing);
    world.hear(B, Source::Music);
    world.run_ms(2_000);
    assert_eq!(latest(&mut world, A).expected, NEITHER);
    world.run_ms(2_000);
    let held = Expected { to_peer: true, ..NEITHER };
    assert_eq!(latest(&mut world, B).expected, held);
}

#[test]
fn digital_silence_is_told_from_a_quiet_room() {
    let mut world = call(Codec::Pcma, &[], Codec::Pcma, &[]);
    world.run_ms(2_000);
    assert_eq!(latest(&mut world, A).received.zero_ms, Some(0));
    world.phones[0].talking = false;
    let (port, from) = (world.phones[0].remote.unwrap().port(), world.phones[0].address);
    let mut timestamp = world.phones[0].timestamp;
    for _ in 0..150 {
        timestamp = timestamp.wrapping_add(160);
        let zeros = world.phones[0].packet(8, false, timestamp, &[0xd5; 160]);
        world.inject(Path::Rtp { port }, from, zeros);
        world.run_ms(20);
    }
    let zero_ms = latest(&mut world, A).received.zero_ms;
    assert!(zero_ms.is_some_and(|zero| (1_500..3_000).contains(&zero)), "{zero_ms:?}");
}

#[test]
fn a_browser_that_takes_another_connection_is_sent_nothing_until_that_is_there() {
    let mut world = call_by_browser(|world| Browser::new(WEB_AT, 440.0, world.now), Codec::Pcmu);
    world.run_ms(2_000);
    assert!(!latest(&mut world, WEB).is_reconnecting);
    world.browsers[0] = Browser::new("198.51.100.7:62000", 440.0, world.now);
    world.browsers[0].change_codec(Codec::Pcmu);
    let offer = world.browsers[0].offer();
    world.receive_offer(WEB, browser_peer(), offer);
    let answer = world.answer_offer(WEB, Some(DESK));
    world.run_ms(1_000);
    let before = latest(&mut world, WEB);
    world.run_ms(1_000);
    let report = latest(&mut world, WEB);
    assert!(before.is_reconnecting && report.is_reconnecting);
    assert_eq!(report.sent.packets, before.sent.packets);
    let now = world.now;
    world.browsers[0].accept(&answer, now);
    world.run_ms(3_000);
    let report = latest(&mut world, WEB);
    assert!(!report.is_reconnecting && report.sent.packets > before.sent.packets);
}
