//! Tones of the country we are in.

use media::audio::codec::Codec;
use media::audio::tone::goertzel;
use media::audio::tones::Plan;
use model::control::{Source, Srtp};

use crate::phone::Phone;
use crate::phones::{A, A_AT};
use crate::world::{World, phone_peer};

/// Somebody who hears this, in a country.
fn hears(world: &mut World, source: Source) -> Vec<i16> {
    world.hear(A, source);
    world.phones[0].ear.forget();
    world.run_ms(2_500);
    world.phones[0].ear.pcm.clone()
}

fn level(pcm: &[i16], from_ms: usize, hz: f32) -> f32 {
    goertzel(&pcm[8 * from_ms..8 * (from_ms + 150)], 8_000, hz)
}

#[test]
fn callers_hear_the_tones_of_the_country_with_the_next_tone() {
    let mut world = World::new();
    world.phones.push(Phone::new(A_AT, Codec::Pcmu, 440.0, world.now));
    let offer = world.phones[0].sdp(&[], "");
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), offer);
    let answer = world.answer_offer(A, None);
    world.phones[0].aim(&answer);
    let german = hears(&mut world, Source::RingBack);
    assert!(level(&german, 500, 425.0) > -18.0 && level(&german, 1_200, 425.0) < -60.0);

    world.engine.change_tones(Plan::of("GB"));
    world.phones[0].ear.forget();
    world.run_ms(2_500);
    let goes_on = &world.phones[0].ear.pcm;
    assert!(level(goes_on, 0, 400.0) < -40.0, "what has begun is German still");
    let british = hears(&mut world, Source::Busy);
    assert!(level(&british, 100, 400.0) > -18.0 && level(&british, 500, 400.0) < -60.0);
    let congestion = hears(&mut world, Source::Congestion);
    assert!(level(&congestion, 100, 400.0) > -18.0 && level(&congestion, 500, 400.0) < -60.0);
    assert!(level(&congestion, 800, 400.0) > -18.0 && level(&congestion, 1_050, 400.0) < -60.0);
    let wrong = hears(&mut world, Source::SpecialInformation);
    assert!(level(&wrong, 100, 950.0) > -18.0 && level(&wrong, 450, 1_400.0) > -18.0 && level(&wrong, 800, 1_800.0) > -18.0);
    let ringing = hears(&mut world, Source::RingBack);
    assert!(level(&ringing, 100, 450.0) > -18.0 && level(&ringing, 700, 400.0) > -18.0 && level(&ringing, 1_200, 400.0) < -60.0);
    world.phones[0].assert_continuous();
}
