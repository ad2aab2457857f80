//! No codec in common: both sides hear each other all the same.

use media::audio::codec::Codec;
use media::engine::Path;
use model::LegId;
use model::control::{Source, Srtp};

use crate::browser::Browser;
use crate::browsers::{self, DESK, WEB};
use crate::phone::Phone;
use crate::phones::{self, A, A_AT, B};
use crate::world::{World, phone_peer};

#[test]
fn phones_without_a_common_codec_hear_each_other() {
    for (a, b) in [
        (Codec::Opus, Codec::Pcmu),
        (Codec::G722, Codec::Pcma),
        (Codec::Pcma, Codec::Pcmu),
        (Codec::Opus, Codec::G722),
    ] {
        let mut world = phones::call(a, &[], b, &[]);
        world.run_ms(3_000);
        assert!(world.phones[0].ear.has_tone(1_000.0, 2_000), "{b:?} to {a:?}");
        assert!(world.phones[1].ear.has_tone(440.0, 2_000), "{a:?} to {b:?}");
        world.phones[0].assert_continuous();
        world.phones[1].assert_continuous();
        assert_eq!((world.close(A).codec, world.close(B).codec), (Some(a.name()), Some(b.name())));
    }
}

#[test]
fn a_browser_that_insists_on_opus_hears_a_g711_phone() {
    let opus = |world: &World| Browser::with_codecs(browsers::WEB_AT, 440.0, &[Codec::Opus], world.now);
    let mut world = browsers::call(opus, Codec::Pcmu);
    world.run_ms(4_000);
    assert!(world.phones[0].ear.has_tone(440.0, 2_500) && world.browsers[0].ear.has_tone(1_000.0, 2_500));
    let report = world.close(WEB);
    assert_eq!(report.codec, Some("opus"));
    assert!(report.received.level_dbov.is_some(), "decoded, so its level is known");
    world.close(DESK);
}

#[test]
fn loss_is_concealed_while_transcoding() {
    let mut world = phones::call(Codec::G722, &[], Codec::Pcmu, &[]);
    world.phones[0].lose_every = 20;
    world.run_ms(4_000);
    assert!(world.phones[1].ear.has_tone(440.0, 2_000));
    world.phones[1].assert_continuous();
}

#[test]
fn a_codec_change_in_mid_call_is_relayed_and_transcoded_as_need_be() {
    // A has both; B has G.711 only. A switches to what B does not have, and back.
    let mut world = phones::call(Codec::Pcmu, &[Codec::G722], Codec::Pcmu, &[]);
    world.run_ms(1_000);
    world.phones[0].change_codec(Codec::G722);
    world.run_ms(1_500);
    assert!(world.phones[1].ear.has_tone(440.0, 1_000), "transcoded");
    world.phones[0].change_codec(Codec::Pcmu);
    world.run_ms(1_000);
    assert!(world.phones[1].ear.has_tone(440.0, 800), "relayed");
    let pts: Vec<u8> = world.phones[1].received.iter().map(|r| r.packet.payload_type).collect();
    assert!(pts.iter().all(|pt| *pt == 0));
    world.phones[1].assert_continuous();
}

#[test]
fn stray_packets_of_another_codec_do_not_disturb_who_is_transcoded() {
    let mut world = phones::call(Codec::Pcmu, &[Codec::G722], Codec::Pcma, &[]);
    world.run_ms(1_000);
    let (source, port) = (world.phones[0].address, world.phones[0].remote.unwrap().port());
    for n in 0..50u16 {
        world.run_ms(20);
        let mut packet = vec![0; 172];
        assert!(media::rtp::write(&mut packet, 9, false, n, u32::from(n) * 160, 99, &[0; 160]).is_some());
        world.inject(Path::Rtp { port }, source, packet);
    }
    assert!(world.phones[1].ear.has_tone(440.0, 1_000));
}

/// Wake-ups of the engine alone: when, and whether packets of audio came of it.
fn wake_ups(world: &mut World, seconds: u64) -> Vec<(std::time::Instant, bool)> {
    let end = world.now + std::time::Duration::from_secs(seconds);
    let mut all = Vec::new();
    while let Some(due) = world.engine.poll_timeout().filter(|due| *due <= end) {
        let mut sent = crate::world::Sent::default();
        world.engine.handle_timeout(due, &mut sent);
        all.push((due, sent.packets.iter().any(|(.., data)| !media::rtp::is_rtcp(data))));
    }
    world.now = end;
    all
}

#[test]
fn a_silent_peer_costs_nothing_until_it_talks_again() {
    let mut world = phones::call(Codec::Opus, &[], Codec::Pcmu, &[]);
    world.run_ms(1_000);
    for phone in &mut world.phones {
        phone.talking = false;
    }
    world.run_ms(4_000);
    let woken = wake_ups(&mut world, 10).len();
    assert!(woken < 30, "{woken} times");
    for phone in &mut world.phones {
        phone.timestamp = phone.timestamp.wrapping_add(phone.codec.rtp_clock() * 14);
        phone.talking = true;
        phone.ear.forget();
    }
    world.run_ms(1_500);
    assert!(world.phones[0].ear.has_tone(1_000.0, 1_000) && world.phones[1].ear.has_tone(440.0, 1_000));
}

#[test]
fn frames_of_all_legs_are_due_at_shared_moments() {
    let mut world = World::new();
    let offer = Phone::new(A_AT, Codec::Pcmu, 440.0, world.now).sdp(&[], "");
    for leg in 1..=8 {
        world.run(std::time::Duration::from_micros(1_731));
        world.receive_offer(LegId(leg), phone_peer("192.0.2.5", Srtp::Never), offer.clone());
        world.answer_offer(LegId(leg), None);
        world.hear(LegId(leg), Source::Music);
    }
    let busy: Vec<std::time::Instant> = wake_ups(&mut world, 1)
        .into_iter()
        .filter(|(_, busy)| *busy)
        .map(|(at, _)| at)
        .collect();
    assert!(
        busy.iter().all(|at| (*at - busy[0]).as_micros().is_multiple_of(2_000)),
        "a grid of two milliseconds"
    );
}
