//! Networks that lose packets: who is told, and what is done about it.

use std::collections::BTreeSet;
use std::time::Duration;

use media::audio::codec::{Codec, has_redundancy};
use model::control::Source;

use crate::browser::{Browser, REDUNDANT};
use crate::browsers::{self, DESK, WEB, WEB_AT, call_between_browsers};
use crate::phone::Voice;
use crate::world::{OUR_IP, World, ip};

fn opus_browser(world: &World) -> Browser {
    Browser::with_codecs(WEB_AT, 440.0, &[Codec::Opus], world.now)
}

/// Percent of the last hundred packets that a browser got which carry the one before once more.
fn redundant_percent(browser: &Browser) -> usize {
    let received = &browser.received[browser.received.len() - 100..];
    received.iter().filter(|packet| has_redundancy(&packet.payload)).count()
}

#[test]
fn a_browser_that_loses_what_we_encode_gets_redundancy_while_it_does() {
    let mut world = browsers::call(opus_browser, Codec::Pcmu);
    world.phones[0].voice = Voice::speech(140.0);
    world.run_ms(12_000);
    assert_eq!(redundant_percent(&world.browsers[0]), 0, "nothing is lost, nothing is spent");
    world.browsers[0].loss.1 = 0.03;
    world.run_ms(20_000);
    assert!(redundant_percent(&world.browsers[0]) > 80);
    world.browsers[0].loss.1 = 0.0;
    world.run_ms(120_000);
    assert_eq!(redundant_percent(&world.browsers[0]), 0);
}

#[test]
fn redundancy_outlives_a_change_of_what_is_heard() {
    let mut world = browsers::call(opus_browser, Codec::Pcmu);
    world.phones[0].voice = Voice::speech(140.0);
    world.browsers[0].loss.1 = 0.05;
    world.run_ms(20_000);
    // Another source is another transcoder.
    world.hear(WEB, Source::Music);
    world.run_ms(1_000);
    world.hear(WEB, Source::Leg(DESK));
    // Before another report can have come.
    world.run_ms(2_200);
    let percent = redundant_percent(&world.browsers[0]);
    assert!(percent > 50, "{percent}");
}

#[test]
fn each_browser_is_told_of_the_losses_on_its_own_way_to_us() {
    let mut world = call_between_browsers();
    world.browsers[0].loss.0 = 0.06;
    world.run_ms(60_000);
    let mean = |browser: &Browser| browser.told.iter().sum::<f32>() / browser.told.len() as f32;
    assert!(
        world.browsers.iter().all(|browser| browser.told.len() >= 15),
        "every two seconds or three"
    );
    let (lossy, clean) = (mean(&world.browsers[0]), mean(&world.browsers[1]));
    assert!((4.0..8.0).contains(&lossy) && clean < 0.5, "{lossy} {clean}");
}

/// Share of the packets that a browser has neither got nor got again with the next, in percent, since a moment; and of redundant ones.
fn missing_percent(browser: &Browser, since: usize) -> (f64, f64) {
    let received = &browser.received[since..];
    let redundant = |packet: &str0m::rtp::RtpPacket| *packet.header.payload_type == REDUNDANT;
    let numbers: BTreeSet<u64> = received
        .iter()
        .flat_map(|packet| {
            let number = *packet.seq_no;
            [Some(number), redundant(packet).then(|| number - 1)]
        })
        .flatten()
        .collect();
    let expected = numbers.last().unwrap() - numbers.first().unwrap() + 1;
    let missing = (expected - numbers.len() as u64) as f64 * 100.0 / expected as f64;
    let redundant = received.iter().filter(|packet| redundant(packet)).count() as f64 * 100.0 / received.len() as f64;
    (missing, redundant)
}

#[test]
fn a_browser_that_loses_what_we_relay_gets_each_packet_twice_while_it_does() {
    for codec in [Codec::Pcmu, Codec::G722] {
        let mut world = browsers::call(|world| Browser::new(WEB_AT, 440.0, world.now), codec);
        world.browsers[0].change_codec(codec);
        world.run_ms(15_000);
        assert_eq!(
            missing_percent(&world.browsers[0], 0),
            (0.0, 0.0),
            "nothing is lost, nothing is spent"
        );
        world.browsers[0].loss.1 = 0.03;
        world.run_ms(20_000);
        let since = world.browsers[0].received.len();
        world.run_ms(60_000);
        let (missing, redundant) = missing_percent(&world.browsers[0], since);
        assert!(
            missing < 0.5 && redundant > 90.0,
            "{codec:?}: {missing} % missing, {redundant} % redundant"
        );
        world.browsers[0].loss.1 = 0.0;
        world.run_ms(120_000);
        let since = world.browsers[0].received.len();
        world.run_ms(5_000);
        assert_eq!(missing_percent(&world.browsers[0], since), (0.0, 0.0));
        assert!(world.browsers[0].ear.has_tone(1_000.0, 100_000), "{codec:?}");
    }
}

#[test]
fn a_browser_hears_another_s_opus_through_loss_that_the_other_does_not_know_of() {
    let mut world = call_between_browsers();
    world.browsers[1].loss.1 = 0.03;
    world.run_ms(20_000);
    let since = world.browsers[1].received.len();
    world.run_ms(60_000);
    let (missing, redundant) = missing_percent(&world.browsers[1], since);
    assert!(missing < 0.5 && redundant > 90.0, "{missing} % missing, {redundant} % redundant");
    assert_eq!(missing_percent(&world.browsers[0], 0).1, 0.0);
}

#[test]
fn over_a_connection_loss_is_not_answered_with_more_bytes() {
    let browser = |world: &World| Browser::new(WEB_AT, 440.0, world.now).with_tcp(1);
    let mut world = browsers::call(browser, Codec::Pcmu);
    world.udp_blocked = true;
    world.run_ms(5_000);
    world.browsers[0].loss.1 = 0.05;
    world.run_ms(40_000);
    assert!(world.browsers[0].received.len() > 1_500);
    assert!(world.browsers[0].received.iter().all(|packet| *packet.header.payload_type == 0));
}

#[test]
fn what_a_browser_repeats_is_heard_once() {
    let mut world = browsers::call(|world| Browser::new(WEB_AT, 440.0, world.now), Codec::Pcmu);
    world.browsers[0].change_codec(Codec::Pcmu);
    world.run_ms(1_000);
    world.browsers[0].talking = false;
    world.run_ms(100);
    let before = world.phones[0].received.len();
    for n in 0..10_u8 {
        let now = world.now;
        let browser = &mut world.browsers[0];
        browser.timestamp += 160;
        let timestamp = browser.timestamp;
        // A block of 160 bytes 160 ticks ago, both PCMU.
        let payload = [&[0x80, 0x02, 0x80, 0xa0, 0][..], &[n; 160], &[n + 1; 160]].concat();
        browser.write(REDUNDANT, false, timestamp, &payload, now);
        world.run_ms(20);
    }
    // Blocks within a block, and a broken one.
    for payload in [&[REDUNDANT, 0, 0][..], &[0x80]] {
        let now = world.now;
        world.browsers[0].timestamp += 160;
        let timestamp = world.browsers[0].timestamp;
        world.browsers[0].write(REDUNDANT, false, timestamp, payload, now);
        world.run_ms(20);
    }
    let heard = &world.phones[0].received[before..];
    assert_eq!(heard.len(), 10);
    assert!(heard.iter().zip(1..).all(|(heard, n)| heard.payload == [n; 160]));
    world.phones[0].assert_continuous();
}

#[test]
fn a_report_tells_how_much_was_invented_where_it_is_decoded() {
    for (codec, loss, least, most) in [
        (Codec::Pcmu, 0.0, 0.0, 0.1),
        (Codec::Pcmu, 0.05, 3.5, 7.0),
        (Codec::Opus, 0.05, 0.0, 2.5),
    ] {
        let browser = |world: &World| Browser::with_codecs(WEB_AT, 140.0, &[codec], world.now);
        let mut world = browsers::call(browser, Codec::Pcma);
        world.browsers[0].voice = Voice::speech(140.0);
        // Which a browser learns from our reports.
        world.browsers[0].expect_loss((loss * 100.0) as u8);
        world.browsers[0].loss.0 = loss;
        world.run_ms(60_000);
        let concealed = world.close(WEB).received.concealed_percent;
        assert!(
            concealed.is_some_and(|percent| (least..most).contains(&percent)),
            "{codec:?}: {concealed:?}"
        );
        assert_eq!(world.close(DESK).sent.concealed_percent, None);
    }
}

#[test]
fn what_a_browser_has_hoarded_while_its_connection_stood_still_is_not_relayed() {
    let browser = |world: &World| Browser::new(WEB_AT, 440.0, world.now).with_tcp(1);
    let mut world = browsers::call(browser, Codec::Pcmu);
    world.udp_blocked = true;
    world.browsers[0].change_codec(Codec::Pcmu);
    world.run_ms(5_000);
    assert_eq!(world.engine.counters().late, 0);
    let before = world.phones[0].received.len();
    let resumes = world.now + Duration::from_millis(1_000);
    while world.now < resumes {
        world.run_ms(5);
        for packet in &mut world.net {
            if packet.connection.is_some() && packet.destination.ip() == ip(OUR_IP) {
                packet.at = resumes;
            }
        }
    }
    world.run_ms(20);
    let (relayed, late) = (world.phones[0].received.len() - before, world.engine.counters().late);
    assert!((10..=16).contains(&relayed), "{relayed} of 50 packets, {late} late");
    assert_eq!(relayed as u64 + late, 51);
    world.phones[0].ear.forget();
    world.run_ms(1_000);
    assert!(world.phones[0].ear.has_tone(440.0, 500), "the call goes on");
    assert_eq!(world.engine.counters().late, late);
}
