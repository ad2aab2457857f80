//! Networks that lose packets: who is told, and what is done about it.

use media::audio::codec::{Codec, has_redundancy};
use model::control::Source;

use crate::browser::Browser;
use crate::browsers::{self, DESK, WEB, WEB_AT, call_between_browsers};
use crate::phone::Voice;
use crate::world::World;

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
