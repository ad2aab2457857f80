//! Recorded legs: what their peers say, and nothing else, is given to the recorder, whatever becomes of it in the call.

use std::time::Duration;

use media::audio::codec::Codec;
use media::audio::tone::Dtmf;
use media::engine::Engine;
use model::control::{Command, Digit, Source, Srtp};
use model::{CallId, Channel, LegId, RecordingId, Track};

use crate::browser::{Browser, REDUNDANT};
use crate::browsers::{self, DESK, WEB, WEB_AT};
use crate::conferences::{conference, leg};
use crate::phone::{Ear, Voice};
use crate::phones::{self, A, B};
use crate::world::{World, config, phone_peer};

const OWN: Track = track(Channel::Own);
const OTHERS: Track = track(Channel::Others);

const fn track(channel: Channel) -> Track {
    Track {
        recording: RecordingId(1),
        channel,
    }
}

fn record(world: &mut World, leg: LegId, into: Option<Track>) {
    assert_eq!(world.command(Command::Record { leg, into }), []);
}

/// What the recorder was given of a leg since it was asked last, decoded; and how many packets that were.
fn recorded(world: &mut World, leg: LegId, track: Track) -> (Ear, usize) {
    let mut ear = Ear::default();
    let packets: Vec<_> = world.recorded.extract_if(.., |recorded| recorded.leg == leg).collect();
    for packet in &packets {
        assert_eq!(packet.track, track);
        if !packet.payload.is_empty() {
            ear.hear(packet.codec, &packet.payload);
        }
    }
    (ear, packets.len())
}

#[test]
fn what_each_says_is_recorded_whether_relayed_or_transcoded() {
    for (a, b) in [(Codec::Pcmu, Codec::Pcmu), (Codec::Opus, Codec::Pcma), (Codec::G722, Codec::Opus)] {
        let mut world = phones::call(a, &[], b, &[]);
        world.run_ms(500);
        assert!(world.recorded.is_empty(), "nobody has asked for it");
        record(&mut world, A, Some(OWN));
        record(&mut world, B, Some(OTHERS));
        world.run_ms(2_000);
        for (leg, track, hz) in [(A, OWN, 440.0), (B, OTHERS, 1_000.0)] {
            let codecs: Vec<Codec> = world
                .recorded
                .iter()
                .filter(|said| said.leg == leg)
                .map(|said| said.codec)
                .collect();
            assert!(codecs.iter().all(|codec| *codec == if leg == A { a } else { b }));
            let (ear, packets) = recorded(&mut world, leg, track);
            assert!(ear.has_tone(hz, 1_900) && (99..=101).contains(&packets), "{a:?} {b:?}: {packets}");
        }
        record(&mut world, A, None);
        world.run_ms(500);
        assert_eq!(recorded(&mut world, A, OWN).1, 0, "no more");
        assert_eq!(recorded(&mut world, B, OTHERS).1, 25, "the other goes on");
    }
}

#[test]
fn a_browser_s_packets_are_decrypted_and_redundant_ones_unpacked() {
    let mut world = browsers::call(|world| Browser::new(WEB_AT, 440.0, world.now), Codec::Pcmu);
    world.browsers[0].change_codec(Codec::Pcmu);
    record(&mut world, WEB, Some(OWN));
    world.run_ms(2_000);
    let (ear, packets) = recorded(&mut world, WEB, OWN);
    assert!(ear.has_tone(440.0, 1_500) && packets >= 80, "{packets}");
    assert_eq!(recorded(&mut world, DESK, OTHERS).1, 0, "its phone is not recorded");
    world.browsers[0].talking = false;
    world.run_ms(100);
    world.recorded.clear();
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
    assert_eq!(world.recorded.len(), 10);
    let mut heard = world.recorded.iter().zip(1..);
    assert!(heard.all(|(said, n)| said.codec == Codec::Pcmu && said.payload == [n; 160]));
}

#[test]
fn a_member_of_a_conference_is_recorded_while_it_is_not_muted() {
    let mut world = conference(&[Codec::Pcmu, Codec::G722]);
    record(&mut world, leg(0), Some(OWN));
    record(&mut world, leg(1), Some(OTHERS));
    world.run_ms(1_000);
    assert!(recorded(&mut world, leg(0), OWN).0.has_tone(440.0, 900));
    assert!(recorded(&mut world, leg(1), OTHERS).0.has_tone(710.0, 900));
    world.hear(leg(0), Source::Conference { is_muted: true });
    world.run_ms(1_000);
    assert_eq!(recorded(&mut world, leg(0), OWN).1, 0);
    assert_eq!(recorded(&mut world, leg(1), OTHERS).1, 50);
    world.hear(leg(0), Source::Conference { is_muted: false });
    world.run_ms(1_000);
    assert_eq!(recorded(&mut world, leg(0), OWN).1, 50);
}

#[test]
fn nobody_is_recorded_while_nobody_may_hear_them() {
    let mut world = phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    record(&mut world, A, Some(OWN));
    record(&mut world, B, Some(OTHERS));
    world.run_ms(1_000);
    world.recorded.clear();
    // A holds: it sends its own music, or B talks to itself.
    let offer = world.phones[0].sdp(&[], "a=sendonly\r\n");
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), offer);
    world.answer_offer(A, Some(B));
    world.hear(B, Source::Music);
    world.run_ms(1_000);
    assert_eq!((recorded(&mut world, A, OWN).1, recorded(&mut world, B, OTHERS).1), (0, 0));
    // And resumes.
    let offer = world.phones[0].sdp(&[], "");
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), offer);
    world.answer_offer(A, Some(B));
    world.hear(B, Source::Leg(A));
    world.run_ms(1_000);
    assert_eq!((recorded(&mut world, A, OWN).1, recorded(&mut world, B, OTHERS).1), (50, 50));
}

#[test]
fn keys_are_packets_without_sound() {
    let mut world = phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    record(&mut world, A, Some(OWN));
    world.run_ms(200);
    world.recorded.clear();
    let phone = &mut world.phones[0];
    let timestamp = phone.timestamp.wrapping_add(160);
    let packet = phone.packet(101, true, timestamp, &[5, 10, 0, 160]);
    let packet = phone.envelope(world.now + Duration::from_millis(5), packet);
    world.net.push(packet);
    world.phones[0].talking = false;
    world.run_ms(20);
    let key = world.recorded.iter().find(|recorded| recorded.payload.is_empty());
    assert!(
        key.is_some_and(|key| (key.leg, key.codec, key.timestamp) == (A, Codec::Pcmu, timestamp)),
        "{:?}",
        world.recorded
    );
}

#[test]
fn keys_that_a_phone_sends_as_tones_are_not_recorded_either() {
    let mut world = conference(&[Codec::Pcmu, Codec::Pcmu]);
    let key = Dtmf::frequencies_hz(Digit::from_char('5').unwrap());
    let offer = world.phones[0].sdp(&[], "");
    let offer = offer.replace("0 101", "0").replace("a=rtpmap:101 telephone-event/8000\r\n", "");
    world.receive_offer(leg(0), phone_peer("192.0.2.10", Srtp::Accepted), offer);
    world.answer_offer(leg(0), None);
    record(&mut world, leg(0), Some(OWN));
    world.run_ms(500);
    world.phones[0].voice = Voice::both(key);
    world.run_ms(200);
    world.recorded.clear();
    world.run_ms(500);
    let (ear, packets) = recorded(&mut world, leg(0), OWN);
    assert_eq!((ear.heard_ms(), packets), (0, 25), "packets without sound");
    world.phones[0].voice = Voice::new(440.0);
    world.run_ms(1_000);
    assert!(recorded(&mut world, leg(0), OWN).0.has_tone(440.0, 800));
}

#[test]
fn a_leg_that_moves_to_another_engine_is_recorded_there() {
    let mut world = phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    let mut other = config();
    other.rtp_ports.clear();
    world.elsewhere = Some(Engine::new(other, [9; 32], world.now));
    record(&mut world, A, Some(OWN));
    world.run_ms(1_000);
    let before = recorded(&mut world, A, OWN).1;
    world.move_leg(A, CallId(2));
    world.turn_to_the_other_engine();
    world.move_leg(B, CallId(2));
    world.run_ms(1_000);
    let (ear, after) = recorded(&mut world, A, OWN);
    assert!(ear.has_tone(440.0, 900) && before + after == 100, "{before} {after}");
}
