//! Sounds that are played to a leg once: in place of what it hears, in one stream with it, and then that again.

use std::sync::Arc;

use media::audio::codec::Codec;
use media::engine::Engine;
use media::sounds::Library;
use model::control::{Command, Event, Source, Srtp};
use model::{AnnouncementId, CallId, Language, LegId, Prompt, Sound};

use crate::browser::Browser;
use crate::browsers::{self, WEB, WEB_AT};
use crate::conferences::{conference, leg};
use crate::phones::{self, A, B};
use crate::world::{World, config, phone_peer};

const FIRST: Sound = Sound::Announcement(AnnouncementId(1));
const SECOND: Sound = Sound::Announcement(AnnouncementId(2));
const UNKNOWN: Sound = Sound::Announcement(AnnouncementId(3));
/// What is played, and for how long.
const FIRST_HZ: f32 = 1_500.0;
const SECOND_HZ: f32 = 2_200.0;
const CLIP_MS: u64 = 1_000;
/// What is played is named by this.
const NUMBER: u32 = 7;
/// Nobody hears this.
const INAUDIBLE_DBOV: f32 = -45.0;

fn library() -> Arc<Library> {
    let tone = |hz: f32| -> Vec<i16> {
        let sample = |n: u16| ((f32::from(n) * hz / 16_000.0 * std::f32::consts::TAU).sin() * 8_000.0) as i16;
        (0..16_000).map(sample).collect()
    };
    Arc::new(Library::new([(FIRST, tone(FIRST_HZ)), (SECOND, tone(SECOND_HZ))]))
}

fn with_sounds(mut world: World) -> World {
    world.engine.change_sounds(library());
    world
}

fn play(world: &mut World, leg: LegId, sounds: &[Sound]) -> Vec<Event> {
    let sounds = sounds.into();
    world.command(Command::Play {
        leg,
        number: NUMBER,
        sounds,
    })
}

/// Who was told that all was played, since this was asked last.
fn played(world: &mut World) -> Vec<LegId> {
    let told = |event| match event {
        Event::Played { leg, number } => {
            assert_eq!(number, NUMBER);
            Some(leg)
        }
        _ => None,
    };
    world.events().into_iter().filter_map(told).collect()
}

fn forget(world: &mut World) {
    world.phones.iter_mut().for_each(|phone| phone.ear.forget());
    world.events();
}

/// The last 200 ms have this tone and not that one.
fn assert_heard(world: &World, phone: usize, hz: f32, not_hz: f32) {
    let ear = &world.phones[phone].ear;
    assert!(ear.level(hz) > -25.0, "{hz} Hz at {}", ear.level(hz));
    assert!(ear.level(not_hz) < INAUDIBLE_DBOV, "{not_hz} Hz at {}", ear.level(not_hz));
}

#[test]
fn a_leg_hears_sounds_one_after_the_other_and_then_the_other_leg_again() {
    for (a, b) in [
        (Codec::Pcmu, Codec::Pcmu),
        (Codec::G722, Codec::Pcma),
        (Codec::Opus, Codec::Pcmu),
        (Codec::Pcma, Codec::Opus),
    ] {
        let mut world = with_sounds(phones::call(a, &[], b, &[]));
        world.run_ms(1_000);
        forget(&mut world);
        assert_eq!(play(&mut world, A, &[FIRST, UNKNOWN, SECOND]), []);
        world.run_ms(CLIP_MS - 100);
        assert_heard(&world, 0, FIRST_HZ, 1_000.0);
        world.run_ms(CLIP_MS);
        assert_heard(&world, 0, SECOND_HZ, FIRST_HZ);
        assert_eq!(played(&mut world), [], "it is not over yet");
        world.run_ms(200);
        assert_eq!(played(&mut world), [A], "{a:?}");
        world.run_ms(500);
        assert_heard(&world, 0, 1_000.0, SECOND_HZ);
        assert!(world.phones[1].ear.has_tone(440.0, 2_400), "the other has heard it all the time");
        world.phones[0].assert_continuous();
        assert!(
            (128..=132).contains(&(world.phones[0].ear.heard_ms() / 20)),
            "{}",
            world.phones[0].ear.heard_ms()
        );
    }
}

#[test]
fn it_ends_with_another_play_and_with_another_source() {
    let mut world = with_sounds(phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]));
    world.run_ms(500);
    world.events();
    play(&mut world, A, &[FIRST]);
    world.run_ms(500);
    play(&mut world, A, &[SECOND]);
    world.run_ms(500);
    assert_heard(&world, 0, SECOND_HZ, FIRST_HZ);
    assert_eq!(play(&mut world, A, &[]), []);
    world.run_ms(300);
    assert_heard(&world, 0, 1_000.0, SECOND_HZ);
    // What it heard before, said once more, ends it as well.
    play(&mut world, A, &[FIRST]);
    world.run_ms(300);
    world.hear(A, Source::Leg(B));
    world.run_ms(300);
    assert_heard(&world, 0, 1_000.0, FIRST_HZ);
    play(&mut world, A, &[FIRST]);
    world.run_ms(300);
    world.hear(A, Source::Busy);
    world.run_ms(3_000);
    assert_eq!(played(&mut world), [], "none of them came to its end");
    assert!(world.phones[0].ear.level(FIRST_HZ) < INAUDIBLE_DBOV);
    world.phones[0].assert_continuous();
}

#[test]
fn what_is_not_there_is_over_at_once() {
    let mut world = with_sounds(phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]));
    world.run_ms(500);
    assert_eq!(play(&mut world, A, &[UNKNOWN]), [Event::Played { leg: A, number: NUMBER }]);
    assert_eq!(play(&mut world, A, &[]), []);
    assert_eq!(play(&mut world, LegId(99), &[FIRST]), [], "no such leg");
    world.engine.change_sounds(Arc::default());
    assert_eq!(play(&mut world, A, &[FIRST]), [Event::Played { leg: A, number: NUMBER }]);
    assert_eq!(play(&mut world, A, &[Sound::RecordingTone]), [], "that is always there");
    world.run_ms(300);
    assert_heard(&world, 0, 1_400.0, 1_000.0);
}

#[test]
fn music_goes_on_afterwards() {
    let mut world = with_sounds(phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]));
    world.hear(A, Source::Busy);
    play(&mut world, A, &[FIRST]);
    world.run_ms(900);
    assert_heard(&world, 0, FIRST_HZ, 425.0);
    world.run_ms(600);
    forget(&mut world);
    world.run_ms(1_000);
    assert!(
        world.phones[0]
            .ear
            .pcm
            .chunks_exact(800)
            .any(|part| media::audio::tone::goertzel(part, 8_000, 425.0) > -25.0)
    );
    world.phones[0].assert_continuous();
}

#[test]
fn a_member_of_a_conference_hears_it_alone_and_is_heard_meanwhile() {
    let mut world = with_sounds(conference(&[Codec::Pcmu, Codec::Opus, Codec::G722]));
    world.run_ms(1_500);
    forget(&mut world);
    play(&mut world, leg(0), &[FIRST]);
    world.run_ms(900);
    assert_heard(&world, 0, FIRST_HZ, 710.0);
    assert_heard(&world, 1, 440.0, FIRST_HZ);
    assert_heard(&world, 2, 440.0, FIRST_HZ);
    world.run_ms(600);
    assert_eq!(played(&mut world), [leg(0)]);
    assert_heard(&world, 0, 710.0, FIRST_HZ);
    assert_heard(&world, 0, 1_150.0, FIRST_HZ);
    for phone in &world.phones {
        phone.assert_continuous();
    }
    // Muted or not is no matter of what is played, but a new source all the same.
    play(&mut world, leg(0), &[FIRST]);
    world.hear(leg(0), Source::Conference { is_muted: true });
    world.run_ms(300);
    assert_heard(&world, 0, 710.0, FIRST_HZ);
}

#[test]
fn another_codec_by_re_invite_goes_on_in_the_middle_of_a_sound() {
    let mut world = with_sounds(phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]));
    world.run_ms(500);
    world.events();
    play(&mut world, A, &[FIRST]);
    world.run_ms(500);
    world.phones[0].change_codec(Codec::Opus);
    let offer = world.phones[0].sdp(&[], "");
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Accepted), offer);
    world.answer_offer(A, None);
    world.run_ms(350);
    assert_heard(&world, 0, FIRST_HZ, 1_000.0);
    assert_eq!(world.phones[0].ear.rate_hz, 48_000);
    world.run_ms(220);
    assert_eq!(played(&mut world), [A], "not from the beginning");
    world.phones[0].assert_continuous();
}

#[test]
fn a_leg_that_moves_to_another_engine_hears_the_rest() {
    let mut world = with_sounds(phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]));
    let mut other = config();
    other.rtp_ports.clear();
    world.elsewhere = Some(Engine::new(other, [9; 32], world.now));
    world.run_ms(500);
    world.events();
    play(&mut world, A, &[FIRST, SECOND]);
    world.run_ms(500);
    for leg in [A, B] {
        world.move_leg(leg, CallId(2));
        world.turn_to_the_other_engine();
    }
    world.turn_to_the_other_engine();
    world.run_ms(400);
    assert_heard(&world, 0, FIRST_HZ, 1_000.0);
    world.run_ms(1_000);
    assert_heard(&world, 0, SECOND_HZ, FIRST_HZ);
    world.run_ms(400);
    assert_eq!(played(&mut world), [A]);
    assert_heard(&world, 0, 1_000.0, SECOND_HZ);
    world.phones[0].assert_continuous();
}

#[test]
fn a_browser_that_is_not_connected_yet_misses_nothing() {
    let mut world = with_sounds(browsers::call(|world| Browser::new(WEB_AT, 440.0, world.now), Codec::Pcmu));
    world.browsers[0].change_codec(Codec::Pcmu);
    world.phones[0].talking = false;
    play(&mut world, WEB, &[FIRST]);
    world.run_ms(2_000);
    let events = world.events();
    let at = |wanted: &Event| events.iter().position(|event| event == wanted);
    assert!(
        at(&Event::Connected { leg: WEB }) < at(&Event::Played { leg: WEB, number: NUMBER }),
        "{events:?}"
    );
    let ear = &world.browsers[0].ear;
    assert!((980..=1_060).contains(&ear.heard_ms()), "{} ms", ear.heard_ms());
}

#[test]
fn whoever_holds_misses_nothing_of_what_they_are_told() {
    let mut world = with_sounds(phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]));
    world.run_ms(500);
    let mut reoffer = |attributes: &str| {
        let offer = world.phones[0].sdp(&[], attributes);
        world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Accepted), offer);
        world.answer_offer(A, None);
        forget(&mut world);
        if !attributes.is_empty() {
            play(&mut world, A, &[FIRST]);
        }
        world.run_ms(2_000);
        played(&mut world)
    };
    assert_eq!(reoffer("a=sendonly\r\n"), [], "it is not heard: it waits");
    assert_eq!(reoffer(""), [A]);
    let ear = &world.phones[0].ear;
    let heard = ear.pcm.windows(8 * 200).step_by(800);
    let heard = heard.filter(|part| media::audio::tone::goertzel(part, 8_000, FIRST_HZ) > -25.0);
    assert!(heard.count() >= 8, "all of it");
}

#[test]
fn where_the_words_about_a_recording_are_missing_there_is_a_tone() {
    let mut world = with_sounds(phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]));
    world.run_ms(500);
    let [recorded, goodbye] = [Prompt::Recorded, Prompt::Goodbye].map(|prompt| Sound::Prompt {
        prompt,
        language: Language::German,
    });
    assert_eq!(play(&mut world, A, &[goodbye]), [Event::Played { leg: A, number: NUMBER }]);
    assert_eq!(play(&mut world, A, &[recorded]), [], "it takes its time");
    world.run_ms(300);
    assert_heard(&world, 0, 1_400.0, 1_000.0);
}
