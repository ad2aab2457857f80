//! No codec in common: both sides hear each other all the same.

use media::audio::codec::Codec;

use crate::browser::Browser;
use crate::browsers::{self, DESK, WEB};
use crate::phones::{self, A, B};

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
    let opus = |world: &crate::world::World| Browser::with_codecs(browsers::WEB_AT, 440.0, &[Codec::Opus], world.now);
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
