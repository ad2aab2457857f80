//! Fax machines and modems: what they whistle goes through bit by bit, as long as both sides speak the same G.711.

use std::time::Duration;

use media::audio::codec::Codec;
use media::engine::Path;
use model::LegId;
use model::control::{Command, Direction, Event, Refusal, Srtp};
use rand::rngs::SmallRng;
use rand::{Rng, RngCore, SeedableRng};

use crate::browser::Browser;
use crate::browsers::{self, DESK, WEB, WEB_AT};
use crate::phones::{A, B, call};
use crate::world::{World, phone_peer};

const T38: &str = "m=image 4010 udptl t38\r\na=T38FaxVersion:0\r\n";
/// RFC 3108: no silence suppression.
const NO_SUPPRESSION: &str = "a=silenceSupp:off - - - -";

/// Both phones send noise, in packets of `ms`, by clocks that go wrong by 100 ppm in opposite directions. All of it must arrive as it was.
fn assert_bit_exact(world: &mut World, law: u8, ms: u32) {
    world.phones.iter_mut().for_each(|phone| phone.talking = false);
    world.run_ms(500);
    let mut random = SmallRng::seed_from_u64(u64::from(ms));
    let before = [0, 1].map(|phone| world.phones[phone].received.len());
    let mut sent = [Vec::new(), Vec::new()];
    let interval = Duration::from_millis(ms.into());
    let mut due = [world.now + interval.mul_f64(0.9999), world.now + interval.mul_f64(1.0001)];
    for _ in 0..2_000 / ms * 2 {
        let phone = usize::from(due[1] < due[0]);
        world.run(due[phone].saturating_duration_since(world.now));
        // The network trembles, too.
        due[phone] += interval.mul_f64([0.9999, 1.0001][phone]) + Duration::from_micros(random.random_range(0..2));
        let mut payload = vec![0; 8 * ms as usize];
        random.fill_bytes(&mut payload);
        let speaker = &mut world.phones[phone];
        speaker.timestamp = speaker.timestamp.wrapping_add(8 * ms);
        let timestamp = speaker.timestamp;
        let packet = speaker.packet(law, false, timestamp, &payload);
        sent[phone].push(payload);
        let (source, port) = (world.phones[phone].address, world.phones[phone].remote.unwrap().port());
        world.inject(Path::Rtp { port }, source, packet);
    }
    world.run_ms(100);
    for (phone, sent) in [(1, &sent[0]), (0, &sent[1])] {
        let received = &world.phones[phone].received[before[phone]..];
        assert!(received.iter().all(|received| received.packet.payload_type == law));
        let payloads: Vec<&Vec<u8>> = received.iter().map(|received| &received.payload).collect();
        assert_eq!(payloads, sent.iter().collect::<Vec<_>>(), "{ms} ms");
        let steps = received
            .windows(2)
            .map(|pair| pair[1].packet.timestamp.wrapping_sub(pair[0].packet.timestamp));
        assert!(steps.into_iter().all(|step| step == 8 * ms), "the samples' own time, not ours");
    }
}

/// A's re-INVITE; what comes of it.
fn reinvite(world: &mut World, leg: LegId, offer: String) -> Result<Vec<Event>, Refusal> {
    match world.receive_offer(leg, phone_peer("192.0.2.5", Srtp::Accepted), offer) {
        Event::OfferReceived { direction, .. } => assert_eq!(direction, Direction::SendRecv),
        Event::OfferRefused { reason, .. } => return Err(reason),
        other => panic!("{other:?}"),
    }
    Ok(world.command(Command::AnswerOffer { leg, toward: Some(B) }))
}

fn formats(sdp: &str) -> &str {
    let line = sdp.lines().find(|line| line.starts_with("m=audio ")).unwrap();
    line.split_once(" RTP/AVP ").unwrap().1
}

#[test]
fn noise_passes_bit_by_bit_in_packets_of_any_length() {
    for (codec, law) in [(Codec::Pcma, 8), (Codec::Pcmu, 0)] {
        for ms in [10, 20, 30] {
            let mut world = call(codec, &[], codec, &[]);
            world.run_ms(300);
            assert_bit_exact(&mut world, law, ms);
        }
    }
}

#[test]
fn a_side_that_takes_g711_alone_takes_the_other_one_along() {
    for codec in [Codec::G722, Codec::Opus] {
        let mut world = call(codec, &[Codec::Pcma], codec, &[Codec::Pcma, Codec::Pcmu]);
        world.run_ms(500);
        world.phones[0].change_codec(Codec::Pcma);
        let offer = world.phones[0].sdp(&[], &format!("{NO_SUPPRESSION}\r\n"));
        let events = reinvite(&mut world, A, offer).unwrap();
        let [Event::Narrowed { leg: A }, Event::OfferAnswered { answer, .. }] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!(formats(answer), "8 101");
        let events = world.command(Command::NarrowOffer { leg: B, toward: A });
        let [Event::OfferMade { leg: B, offer }] = &events[..] else {
            panic!("{events:?}")
        };
        assert!(formats(offer).split(' ').all(|pt| ["8", "101", "110"].contains(&pt)), "{offer}");
        assert!(offer.contains(NO_SUPPRESSION), "{offer}");
        world.phones[1].change_codec(Codec::Pcma);
        let answer = world.phones[1].sdp(&[], "");
        let direction = Direction::SendRecv;
        assert_eq!(world.accept_answer(B, answer), Event::AnswerAccepted { leg: B, direction });
        world.run_ms(500);
        assert!(world.phones[0].ear.has_tone(1_000.0, 300) && world.phones[1].ear.has_tone(440.0, 300));
        assert_bit_exact(&mut world, 8, 20);
    }
}

#[test]
fn who_speaks_g711_anyway_is_not_asked() {
    let mut world = call(Codec::Pcma, &[Codec::G722], Codec::Pcma, &[Codec::G722]);
    let offer = world.phones[0].sdp(&[], "");
    let events = reinvite(&mut world, A, offer).unwrap();
    assert!(matches!(&events[..], [Event::OfferAnswered { .. }]), "{events:?}");
    // Nor is somebody else's choice of G.722 a reason.
    let mut world = call(Codec::Pcma, &[Codec::G722], Codec::Pcma, &[Codec::G722]);
    world.phones[0].change_codec(Codec::G722);
    let offer = world.phones[0].sdp(&[], "");
    let events = reinvite(&mut world, A, offer).unwrap();
    assert!(matches!(&events[..], [Event::OfferAnswered { .. }]), "{events:?}");
}

#[test]
fn a_browser_is_left_as_it_is() {
    let mut world = browsers::call(|world| Browser::new(WEB_AT, 440.0, world.now), Codec::Opus);
    world.run_ms(1_000);
    world.phones[0].change_codec(Codec::Pcma);
    let offer = world.phones[0].sdp(&[], "");
    let received = world.receive_offer(DESK, phone_peer("192.0.2.6", Srtp::Accepted), offer);
    assert!(matches!(received, Event::OfferReceived { .. }), "{received:?}");
    let events = world.command(Command::AnswerOffer {
        leg: DESK,
        toward: Some(WEB),
    });
    assert!(matches!(&events[..], [Event::OfferAnswered { .. }]), "{events:?}");
    world.run_ms(1_500);
    assert!(world.phones[0].ear.has_tone(440.0, 1_000) && world.browsers[0].ear.has_tone(1_000.0, 1_000));
}

#[test]
fn a_phone_that_refuses_goes_on_as_before() {
    let mut world = call(Codec::G722, &[Codec::Pcma], Codec::G722, &[]);
    world.run_ms(300);
    world.phones[0].change_codec(Codec::Pcma);
    let offer = world.phones[0].sdp(&[], "");
    assert_eq!(reinvite(&mut world, A, offer).unwrap().len(), 2);
    assert_eq!(world.command(Command::NarrowOffer { leg: B, toward: A }).len(), 1);
    assert_eq!(world.command(Command::RejectOffer { leg: B }), []);
    world.run_ms(1_500);
    assert!(world.phones[0].ear.has_tone(1_000.0, 1_000) && world.phones[1].ear.has_tone(440.0, 1_000));
}

#[test]
fn t38_is_refused_and_the_call_goes_on() {
    let mut world = call(Codec::Pcma, &[], Codec::Pcma, &[]);
    world.run_ms(300);
    let audio = world.phones[0].sdp(&[], "");
    let (session, line) = audio.split_at(audio.find("m=audio").unwrap());
    let silenced = line.replace("m=audio 4000", "m=audio 0");
    for offer in [format!("{session}{T38}"), format!("{session}{silenced}{T38}")] {
        assert_eq!(reinvite(&mut world, A, offer), Err(Refusal::NotAcceptable));
    }
    world.run_ms(500);
    assert!(world.phones[0].ear.has_tone(1_000.0, 700) && world.phones[1].ear.has_tone(440.0, 700));
    // Beside audio it is the image alone that is refused, in its place.
    for (offer, kinds) in [
        (format!("{session}{T38}{line}"), ["m=image 0 udptl t38", "m=audio 3"]),
        (format!("{session}{line}{T38}"), ["m=audio 3", "m=image 0 udptl t38"]),
    ] {
        let events = reinvite(&mut world, A, offer).unwrap();
        let [Event::OfferAnswered { answer, .. }] = &events[..] else {
            panic!("{events:?}")
        };
        let lines: Vec<&str> = answer.lines().filter(|line| line.starts_with("m=")).collect();
        assert!(
            lines.len() == 2 && lines.iter().zip(kinds).all(|(line, kind)| line.starts_with(kind)),
            "{answer}"
        );
    }
    assert_bit_exact(&mut world, 8, 20);
}
