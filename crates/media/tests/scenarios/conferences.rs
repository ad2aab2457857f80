//! Conferences: everybody hears all others, whatever their codecs and however they come.

use std::time::Duration;

use media::audio::codec::Codec;
use media::audio::tone::goertzel;
use model::control::{Chime, Command, Event, Source, Srtp};
use model::quality::LegReport;
use model::{CallId, LegId};

use crate::browser::Browser;
use crate::phone::{Ear, Phone, Voice};
use crate::world::{CALL, World, browser_peer, config, phone_peer};

const TALKS: Source = Source::Conference { is_muted: false };
const LISTENS: Source = Source::Conference { is_muted: true };
/// A tone that is softer than this is not there.
const INAUDIBLE_DBOV: f32 = -50.0;
const AUDIBLE_DBOV: f32 = -30.0;

/// No one's harmonics.
fn tone_hz(n: usize) -> f32 {
    [440.0, 710.0, 1_150.0, 1_870.0][n]
}

pub fn leg(n: usize) -> LegId {
    LegId(n as u64 + 1)
}

fn world_for(legs: usize) -> World {
    let mut config = config();
    config.rtp_ports = (0..legs as u16).map(|n| 30_000 + 2 * n).collect();
    config.legs_max = legs;
    World::with(config)
}

/// A phone that has offered this codec (and more), and hears nothing yet.
fn phone(world: &mut World, codec: Codec, more: &[Codec], hz: f32) -> LegId {
    let n = world.phones.len();
    let at = format!("192.0.2.{}:{}", 10 + n, 4_000 + 10 * n);
    world.phones.push(Phone::new(&at, codec, hz, world.now));
    let offer = world.phones[n].sdp(more, "");
    let host = format!("192.0.2.{}", 10 + n);
    world.receive_offer(leg(n), phone_peer(&host, Srtp::Accepted), offer);
    let answer = world.answer_offer(leg(n), None);
    world.phones[n].aim(&answer);
    leg(n)
}

/// Phones with these codecs in one conference.
pub fn conference(codecs: &[Codec]) -> World {
    let mut world = world_for(codecs.len());
    for (n, codec) in codecs.iter().enumerate() {
        let leg = phone(&mut world, *codec, &[], tone_hz(n % 4));
        world.hear(leg, TALKS);
    }
    world
}

/// Ends a leg. Who is the last one in a conference and has just talked has that told first.
fn close(world: &mut World, leg: LegId) -> Box<LegReport> {
    match world.command(Command::Close { leg }).pop() {
        Some(Event::Closed { report, .. }) => report,
        other => panic!("{other:?}"),
    }
}

/// What the last half second has of a tone.
fn level(ear: &Ear, hz: f32) -> f32 {
    let samples = ear.rate_hz as usize / 2;
    goertzel(&ear.pcm[ear.pcm.len() - samples..], ear.rate_hz, hz)
}

fn hears(ear: &Ear, hz: f32) -> bool {
    let level = level(ear, hz);
    assert!(
        !(INAUDIBLE_DBOV..AUDIBLE_DBOV).contains(&level),
        "neither heard nor not: {hz} Hz at {level} dBov"
    );
    level >= AUDIBLE_DBOV
}

fn forget(world: &mut World) {
    for phone in &mut world.phones {
        phone.ear.forget();
        phone.received.clear();
    }
}

fn speaking(events: &[Event]) -> Vec<&[(LegId, i8)]> {
    let levels = events.iter().filter_map(|event| match event {
        Event::Speaking { call, levels } => {
            assert_eq!(*call, CALL);
            Some(&levels[..])
        }
        _ => None,
    });
    levels.collect()
}

#[test]
fn all_codecs_hear_each_other_and_nobody_themselves() {
    let mut world = conference(&Codec::ALL);
    world.run_ms(3_000);
    for (who, phone) in world.phones.iter().enumerate() {
        for other in 0..4 {
            assert_eq!(hears(&phone.ear, tone_hz(other)), who != other, "{:?}: {other}", phone.codec);
        }
        phone.assert_continuous();
    }
    for (n, codec) in Codec::ALL.into_iter().enumerate() {
        let report = close(&mut world, leg(n));
        assert_eq!((report.codec, report.dropped, report.received.lost), (Some(codec.name()), 0, 0));
        assert!(report.received.level_dbov.is_some(), "{codec:?} is decoded, so its level is known");
        assert!(report.received.concealed_percent.is_some_and(|percent| percent < 5.0), "{report:?}");
        assert!((140..=150).contains(&report.sent.packets), "{report:?}");
    }
    assert_eq!(world.engine.poll_timeout(), None, "a conference that nobody is in is over");
}

#[test]
fn a_browser_and_a_phone_with_srtp_are_mixed_like_all() {
    let mut world = world_for(4);
    phone(&mut world, Codec::Pcmu, &[], tone_hz(0));
    phone(&mut world, Codec::G722, &[], tone_hz(1));
    for (n, port) in [(2, 61_000), (3, 61_002)] {
        let browser = Browser::with_codecs(&format!("198.51.100.7:{port}"), tone_hz(n), &[Codec::Opus], world.now);
        world.browsers.push(browser);
        let offer = world.browsers[n - 2].offer();
        world.receive_offer(leg(n), browser_peer(), offer);
        let answer = world.answer_offer(leg(n), None);
        let now = world.now;
        world.browsers[n - 2].accept(&answer, now);
    }
    (0..4).for_each(|n| world.hear(leg(n), TALKS));
    world.run_ms(4_000);
    for (who, phone) in world.phones.iter().enumerate() {
        (0..4).for_each(|n| assert_eq!(hears(&phone.ear, tone_hz(n)), n != who, "phone {who}, {n}"));
    }
    for (who, browser) in world.browsers.iter().enumerate() {
        (0..4).for_each(|n| assert_eq!(hears(&browser.ear, tone_hz(n)), n != who + 2, "browser {who}, {n}"));
    }
    // A browser goes without a word: the others go on.
    world.close(leg(2));
    forget(&mut world);
    world.run_ms(1_500);
    assert!(!hears(&world.phones[0].ear, tone_hz(2)) && hears(&world.phones[0].ear, tone_hz(3)));
}

#[test]
fn who_is_muted_listens_and_who_holds_neither_talks_nor_listens() {
    let mut world = conference(&[Codec::Pcmu, Codec::Pcma, Codec::G722]);
    world.run_ms(1_000);
    world.hear(leg(0), LISTENS);
    world.run_ms(100);
    forget(&mut world);
    world.run_ms(1_000);
    assert!(hears(&world.phones[0].ear, tone_hz(1)), "it listens");
    assert!(!hears(&world.phones[1].ear, tone_hz(0)) && !hears(&world.phones[2].ear, tone_hz(0)));
    world.phones[0].assert_continuous();
    world.hear(leg(0), TALKS);
    world.run_ms(1_000);
    assert!(hears(&world.phones[1].ear, tone_hz(0)) && hears(&world.phones[2].ear, tone_hz(0)));
    world.phones[0].assert_continuous();

    for (attribute, is_sent) in [("a=inactive\r\n", false), ("a=sendonly\r\n", false), ("a=recvonly\r\n", true)] {
        let offer = world.phones[1].sdp(&[], attribute);
        world.receive_offer(leg(1), phone_peer("192.0.2.11", Srtp::Accepted), offer);
        world.answer_offer(leg(1), None);
        world.run_ms(100);
        forget(&mut world);
        world.run_ms(1_000);
        let talks = attribute.contains("sendonly");
        assert_eq!(hears(&world.phones[0].ear, tone_hz(1)), talks, "{attribute}");
        assert_eq!(world.phones[1].received.len() > 45, is_sent, "{attribute}");
        assert!(hears(&world.phones[0].ear, tone_hz(2)), "the others go on");
    }
}

#[test]
fn legs_come_and_go_and_each_hears_one_stream_all_the_time() {
    let mut world = world_for(3);
    for n in 0..3 {
        phone(&mut world, [Codec::Pcmu, Codec::Opus, Codec::Pcma][n], &[], tone_hz(n));
    }
    // Two talk to each other, a third comes, one leaves, and the two are an ordinary call again.
    world.bridge(leg(0), leg(1));
    world.run_ms(1_000);
    assert!(hears(&world.phones[0].ear, tone_hz(1)));
    assert!(!world.engine.only_mixes(), "two wait for each other's packets");
    (0..3).for_each(|n| world.hear(leg(n), TALKS));
    assert!(world.engine.only_mixes());
    world.run_ms(1_500);
    assert!(hears(&world.phones[0].ear, tone_hz(1)) && hears(&world.phones[0].ear, tone_hz(2)));
    world.close(leg(1));
    world.run_ms(1_000);
    assert!(!hears(&world.phones[0].ear, tone_hz(1)) && hears(&world.phones[0].ear, tone_hz(2)));
    world.hear(leg(0), Source::Leg(leg(2)));
    assert!(!world.engine.only_mixes());
    let source = Source::Leg(leg(0));
    world.command(Command::Hear { leg: leg(2), source });
    world.run_ms(1_000);
    assert!(hears(&world.phones[0].ear, tone_hz(2)) && hears(&world.phones[2].ear, tone_hz(0)));
    world.phones[0].assert_continuous();
    world.phones[2].assert_continuous();
}

#[test]
fn a_leg_of_another_call_joins() {
    let mut world = conference(&[Codec::Pcmu, Codec::Pcmu]);
    world.run_ms(1_000);
    let other = CallId(CALL.0 + 1);
    let join = |world: &mut World, n| world.command(Command::Join { leg: leg(n), call: other }).pop();
    assert_eq!(join(&mut world, 1), Some(Event::Joined { leg: leg(1) }));
    world.run_ms(100);
    forget(&mut world);
    world.run_ms(1_000);
    assert!(
        !hears(&world.phones[0].ear, tone_hz(1)) && !hears(&world.phones[1].ear, tone_hz(0)),
        "two calls"
    );
    assert_eq!(join(&mut world, 0), Some(Event::Joined { leg: leg(0) }));
    world.run_ms(1_000);
    assert!(
        hears(&world.phones[0].ear, tone_hz(1)) && hears(&world.phones[1].ear, tone_hz(0)),
        "one again"
    );
}

#[test]
fn another_codec_by_re_invite_is_followed_both_ways() {
    let mut world = world_for(2);
    phone(&mut world, Codec::Pcmu, &[], tone_hz(0));
    phone(&mut world, Codec::Opus, &[], tone_hz(1));
    (0..2).for_each(|n| world.hear(leg(n), TALKS));
    world.run_ms(1_000);
    world.phones[0].change_codec(Codec::G722);
    let offer = world.phones[0].sdp(&[], "");
    world.receive_offer(leg(0), phone_peer("192.0.2.10", Srtp::Accepted), offer);
    world.answer_offer(leg(0), None);
    world.run_ms(1_500);
    assert!(hears(&world.phones[0].ear, tone_hz(1)) && hears(&world.phones[1].ear, tone_hz(0)));
    assert_eq!(world.phones[0].ear.rate_hz, 16_000);
    world.phones[0].assert_continuous();
}

#[test]
fn keys_of_members_are_told_and_not_heard() {
    let mut world = conference(&[Codec::Pcmu, Codec::Pcma]);
    world.run_ms(1_000);
    world.events();
    let from = world.phones[1].received.len();
    world.phones[0].talking = false;
    let mut timestamp = world.phones[0].timestamp;
    timestamp = timestamp.wrapping_add(160);
    for step in 1..=8_u16 {
        let end = if step > 5 { 0x80 } else { 0 };
        let ticks = (160 * step.min(5)).to_be_bytes();
        let now = world.now;
        let phone = &mut world.phones[0];
        let packet = phone.packet(101, step == 1, timestamp, &[7, end | 10, ticks[0], ticks[1]]);
        let packet = phone.envelope(now + Duration::from_millis(5), packet);
        world.net.push(packet);
        world.run_ms(20);
    }
    world.phones[0].timestamp = timestamp.wrapping_add(8 * 160);
    world.phones[0].talking = true;
    world.run_ms(1_000);
    let events = world.events();
    let keys: Vec<_> = events.iter().filter(|event| matches!(event, Event::DigitReceived { .. })).collect();
    assert!(
        matches!(keys[..], [Event::DigitReceived { leg: at, digit, .. }] if *at == leg(0) && digit.char() == '7'),
        "{keys:?}"
    );
    assert!(
        world.phones[1].received[from..]
            .iter()
            .all(|received| received.packet.payload_type == 8),
        "audio alone"
    );
    assert!(hears(&world.phones[1].ear, tone_hz(0)), "and goes on afterwards");
    // A key for a member is played to it, and to it alone.
    let digit = model::control::Digit::from_char('5').expect("a key");
    let command = Command::SendDigit {
        leg: leg(1),
        digit,
        duration_ms: 100,
    };
    world.command(command);
    world.run_ms(500);
    let events = |n: usize| {
        world.phones[n]
            .received
            .iter()
            .filter(|received| received.packet.payload_type == 101)
            .count()
    };
    assert!(events(1) > 3 && events(0) == 0);
    world.phones[1].assert_continuous();
}

#[test]
fn keys_in_band_are_told_and_hardly_heard() {
    let mut world = conference(&[Codec::Pcmu, Codec::Pcma]);
    let key = media::audio::tone::Dtmf::frequencies_hz(model::control::Digit::from_char('5').expect("a key"));
    let keys = |world: &mut World| {
        let is_key = |event: &Event| matches!(event, Event::DigitReceived { leg: at, digit, .. } if *at == leg(0) && digit.char() == '5');
        world.events().iter().filter(|event| is_key(event)).count()
    };
    for (has_events, keys_told) in [(true, 0), (false, 1)] {
        let mut offer = world.phones[0].sdp(&[], "");
        if !has_events {
            offer = offer.replace("0 101", "0").replace("a=rtpmap:101 telephone-event/8000\r\n", "");
        }
        world.receive_offer(leg(0), phone_peer("192.0.2.10", Srtp::Accepted), offer);
        world.answer_offer(leg(0), None);
        world.phones[0].voice = Voice::new(tone_hz(0));
        world.run_ms(1_000);
        keys(&mut world);
        world.phones[0].voice = Voice::both(key);
        world.run_ms(500);
        // The middle of the press.
        let ear = &world.phones[1].ear;
        let middle = &ear.pcm[ear.pcm.len() - 8 * 300..];
        let is_heard = goertzel(middle, 8_000, key[0]) > AUDIBLE_DBOV;
        assert_eq!(is_heard, has_events, "who can send events means tones as tones");
        world.phones[0].voice = Voice::new(tone_hz(0));
        world.run_ms(1_000);
        assert_eq!(keys(&mut world), keys_told);
        assert!(hears(&world.phones[1].ear, tone_hz(0)), "and it goes on");
    }
}

#[test]
fn all_hear_a_chime_and_somebody_outside_does_not() {
    let mut world = world_for(3);
    for n in 0..3 {
        phone(&mut world, [Codec::Pcmu, Codec::Opus, Codec::Pcmu][n], &[], tone_hz(n));
        world.phones[n].voice = Voice::new(0.0);
    }
    world.hear(leg(0), TALKS);
    world.hear(leg(1), LISTENS);
    world.hear(leg(2), Source::Music);
    world.run_ms(500);
    forget(&mut world);
    assert_eq!(
        world.command(Command::Chime {
            leg: leg(0),
            chime: Chime::Entered
        }),
        []
    );
    world.run_ms(500);
    let has_chime = |world: &World, n: usize| {
        let ear = &world.phones[n].ear;
        let window = ear.rate_hz as usize / 10;
        ear.pcm
            .chunks_exact(window)
            .any(|chunk| goertzel(chunk, ear.rate_hz, 880.0) > -35.0)
    };
    assert!(has_chime(&world, 0) && has_chime(&world, 1));
    // Somebody who is in no conference has none to chime in.
    forget(&mut world);
    world.command(Command::Chime {
        leg: leg(2),
        chime: Chime::Left,
    });
    world.run_ms(500);
    assert!(!has_chime(&world, 0) && !has_chime(&world, 1));
}

#[test]
fn who_talks_is_told_and_that_nobody_does() {
    let mut world = conference(&[Codec::Pcmu, Codec::Opus, Codec::Pcmu]);
    world.phones[2].voice = Voice::new(0.0);
    world.run_ms(1_000);
    world.events();
    world.run_ms(4_000);
    let events = world.events();
    let told = speaking(&events);
    assert!((11..=13).contains(&told.len()), "{}", told.len());
    for levels in told {
        let mut legs: Vec<LegId> = levels.iter().map(|(leg, _)| *leg).collect();
        legs.sort_unstable();
        assert_eq!(legs, [leg(0), leg(1)]);
        assert!(levels.iter().all(|(_, dbov)| (-17..=-14).contains(dbov)), "{levels:?}");
    }
    world.hear(leg(0), LISTENS);
    world.close(leg(1));
    world.run_ms(2_000);
    let events = world.events();
    assert_eq!(speaking(&events).last().map(|levels| levels.len()), Some(0));
    assert_eq!(speaking(&events).iter().filter(|levels| levels.is_empty()).count(), 1);
    // Who leaves last while talking is not left in the lamps.
    world.hear(leg(0), TALKS);
    world.run_ms(1_000);
    let command = |n, source| Command::Hear { leg: leg(n), source };
    world.command(command(2, Source::Nothing));
    world.events();
    let last = world.command(command(0, Source::Nothing));
    assert_eq!(speaking(&last), [&[][..]]);
}

#[test]
fn fifty_legs_hear_who_talks() {
    let mut world = world_for(50);
    for n in 0..50 {
        let leg = phone(&mut world, [Codec::Pcmu, Codec::Pcma, Codec::G722][n % 3], &[], tone_hz(n % 4));
        if n >= 2 {
            world.phones[n].voice = Voice::new(0.0);
        }
        world.hear(leg, TALKS);
    }
    world.run_ms(1_500);
    for (n, phone) in world.phones.iter().enumerate() {
        assert!(phone.ear.heard_ms() >= 1_400, "{n}: {} ms", phone.ear.heard_ms());
        phone.assert_continuous();
        assert_eq!([0, 1].map(|talker| hears(&phone.ear, tone_hz(talker))), [n != 0, n != 1], "{n}");
    }
    (0..50).for_each(|n| drop(close(&mut world, leg(n))));
    assert_eq!((world.engine.legs(), world.engine.poll_timeout()), (0, None));
}

/// How long after a packet has come its tone goes out to a listener. `phase_ms`: between packets and the conference's frames.
fn delay_ms(talks: Codec, listens: Codec, phase_ms: u64) -> u128 {
    let mut world = world_for(2);
    phone(&mut world, talks, &[], tone_hz(2));
    phone(&mut world, listens, &[], tone_hz(1));
    world.phones[1].voice = Voice::new(0.0);
    world.phones[0].voice = Voice::new(0.0);
    world.run_ms(phase_ms);
    (0..2).for_each(|n| world.hear(leg(n), TALKS));
    world.run_ms(1_000 - phase_ms);
    // The packet of this very moment is the first with the tone.
    world.phones[0].voice = Voice::new(tone_hz(2));
    let begun = world.now;
    for _ in 0..200 {
        world.run_ms(1);
        let ear = &world.phones[1].ear;
        let frame = ear.rate_hz as usize / 50;
        if goertzel(&ear.pcm[ear.pcm.len() - frame..], ear.rate_hz, tone_hz(2)) > -30.0 {
            return (world.now - begun - 2 * world.delay).as_millis();
        }
    }
    panic!("it does not arrive")
}

#[test]
fn a_voice_is_passed_on_within_sixty_ms_and_its_jitter_buffer() {
    // What the jitter buffer aims at where nothing jitters, and the packet that may have left just before.
    let spare_ms = 20 + 20;
    for (talks, listens) in [
        (Codec::Pcmu, Codec::Pcmu),
        (Codec::Pcmu, Codec::Opus),
        (Codec::Opus, Codec::G722),
        (Codec::Opus, Codec::Opus),
    ] {
        for phase_ms in [0, 3, 8, 13, 18] {
            let delay_ms = delay_ms(talks, listens, phase_ms);
            assert!(delay_ms <= spare_ms + 60, "{talks:?} to {listens:?} at {phase_ms}: {delay_ms} ms");
        }
    }
}

#[test]
fn a_late_wake_up_is_made_up_for_and_a_very_late_one_is_a_gap() {
    let mut world = conference(&[Codec::Pcmu, Codec::Pcmu]);
    world.run_ms(1_000);
    for late_ms in [50, 500] {
        world.phones[1].received.clear();
        world.now += Duration::from_millis(late_ms);
        world.run_ms(1_000);
        let received = &world.phones[1].received;
        let (first, last) = (&received[0].packet, &received[received.len() - 1].packet);
        let ms = last.timestamp.wrapping_sub(first.timestamp) / 8;
        assert!((ms.abs_diff(1_000)) <= 60 + late_ms as u32, "{ms} ms in a second");
        world.phones[1].assert_continuous();
    }
}
