//! Keys: heard once, played anew, in whatever way the other side understands.

use media::audio::codec::Codec;
use media::audio::tone::Dtmf;
use media::dtmf::Payload;
use model::control::{Command, Digit, Event, Source, Srtp};

use crate::browser::Browser;
use crate::browsers::{self, WEB};
use crate::phone::{Phone, Received};
use crate::phones::{self, A, A_AT, B};
use crate::world::{World, phone_peer};

/// Event packets that a phone received, as (digit, end, duration, marker).
fn events(phone: &Phone) -> Vec<(char, bool, u16, bool)> {
    let of = |received: &&Received| received.packet.payload_type == phone.event_pt;
    let read = |received: &Received| {
        let payload = Payload::parse(&received.payload).unwrap();
        (payload.digit.unwrap().char(), payload.end, payload.duration, received.packet.marker)
    };
    phone.received.iter().filter(of).map(read).collect()
}

fn pressed(world: &mut World) -> Vec<Event> {
    world
        .events()
        .into_iter()
        .filter(|event| matches!(event, Event::DigitReceived { .. }))
        .collect()
}

/// A key as a desk phone sends it: updates every 20 ms, then the end three times.
fn press(world: &mut World, phone: usize, key: char, ms: u16) {
    let (digit, pt) = (Digit::from_char(key).unwrap(), world.phones[phone].event_pt);
    let timestamp = world.phones[phone].timestamp.wrapping_add(160);
    world.phones[phone].talking = false;
    let steps = ms / 20;
    for step in 1..=steps + 2 {
        let (duration, end) = (step.min(steps) * 160, step >= steps);
        let payload = Payload::write(digit, end, duration);
        let packet = world.phones[phone].packet(pt, step == 1, timestamp, &payload);
        let packet = world.phones[phone].envelope(world.now + world.delay, packet);
        world.net.push(packet);
        world.run_ms(20);
    }
    world.phones[phone].timestamp = timestamp.wrapping_add(u32::from(steps + 2) * 160);
    world.phones[phone].talking = true;
}

#[test]
fn a_key_of_a_phone_is_reported_once_and_played_to_the_other() {
    let mut world = phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.run_ms(500);
    press(&mut world, 0, '5', 100);
    world.run_ms(500);
    assert_eq!(
        pressed(&mut world),
        [Event::DigitReceived {
            leg: A,
            digit: Digit::from_char('5').unwrap(),
            duration_ms: 100
        }]
    );
    let seen = events(&world.phones[1]);
    assert!(seen.iter().all(|(key, ..)| *key == '5'));
    assert_eq!(seen.iter().filter(|(_, end, ..)| *end).count(), 3, "{seen:?}");
    assert_eq!(seen.iter().filter(|(.., marker)| *marker).count(), 1, "{seen:?}");
    assert_eq!(seen.last().unwrap().2, 800, "{seen:?}");
    let all = &world.phones[1].received;
    let first = all.iter().position(|r| r.packet.payload_type == 101).unwrap();
    assert!(
        all[first..first + seen.len()].iter().all(|r| r.packet.payload_type == 101),
        "no audio during the key"
    );
    world.phones[1].assert_continuous();
    assert!(world.phones[1].ear.has_tone(440.0, 300), "audio goes on");
}

#[test]
fn a_browser_s_three_end_packets_are_played_in_full_to_a_phone() {
    let mut world = browsers::call(|world| Browser::new(browsers::WEB_AT, 440.0, world.now), Codec::Pcmu);
    world.browsers[0].change_codec(Codec::Pcmu);
    world.run_ms(1_500);
    // As Chromium: payload type 126, durations at 8 kHz on the audio's timestamps.
    let payload = Payload::write(Digit::from_char('#').unwrap(), true, 800);
    let (now, timestamp) = (world.now, world.browsers[0].timestamp);
    for _ in 0..3 {
        world.browsers[0].write(126, true, timestamp, &payload, now);
    }
    world.run_ms(600);
    assert_eq!(
        pressed(&mut world),
        [Event::DigitReceived {
            leg: WEB,
            digit: Digit::from_char('#').unwrap(),
            duration_ms: 100
        }]
    );
    let seen = events(&world.phones[0]);
    let durations: Vec<u16> = seen.iter().map(|(_, _, duration, _)| *duration).collect();
    assert_eq!(durations, [160, 320, 480, 640, 800, 800, 800]);
    world.phones[0].assert_continuous();
}

#[test]
fn a_phone_s_key_reaches_a_browser() {
    let mut world = browsers::call(|world| Browser::new(browsers::WEB_AT, 440.0, world.now), Codec::Pcmu);
    world.browsers[0].change_codec(Codec::Pcmu);
    world.run_ms(1_500);
    press(&mut world, 0, '*', 120);
    world.run_ms(500);
    let seen: Vec<&str0m::rtp::RtpPacket> = world.browsers[0]
        .received
        .iter()
        .filter(|packet| *packet.header.payload_type == 126)
        .collect();
    assert!(
        !seen.is_empty()
            && seen
                .iter()
                .all(|packet| Payload::parse(&packet.payload).unwrap().digit == Digit::from_char('*'))
    );
    let times: Vec<u32> = seen.iter().map(|packet| packet.header.timestamp).collect();
    assert!(times.windows(2).all(|pair| pair[0] == pair[1]), "one press, one timestamp");
}

#[test]
fn a_key_is_played_on_command() {
    let mut world = phones::call(Codec::Pcmu, &[], Codec::Pcmu, &[]);
    world.run_ms(500);
    for key in ['1', '2'] {
        world.command(Command::SendDigit {
            leg: B,
            digit: Digit::from_char(key).unwrap(),
            duration_ms: 100,
        });
    }
    world.run_ms(1_000);
    let keys: Vec<char> = events(&world.phones[1])
        .iter()
        .filter(|(.., first)| *first)
        .map(|(key, ..)| *key)
        .collect();
    assert_eq!(keys, ['1', '2']);
    assert_eq!(pressed(&mut world), [], "what we play is not what we hear");
}

#[test]
fn without_events_a_key_is_a_pair_of_tones() {
    let mut world = World::new();
    world.phones.push(Phone::new(A_AT, Codec::Pcmu, 440.0, world.now));
    let offer = world.phones[0].sdp(&[], "");
    let offer: String = offer
        .replace(" 101\r\n", "\r\n")
        .lines()
        .filter(|line| !line.contains("telephone-event"))
        .map(|line| format!("{line}\r\n"))
        .collect();
    world.receive_offer(A, phone_peer("192.0.2.5", Srtp::Never), offer);
    let answer = world.answer_offer(A, None);
    assert!(!answer.contains("telephone-event"), "{answer}");
    world.phones[0].aim(&answer);
    world.hear(A, Source::Nothing);
    let digit = Digit::from_char('7').unwrap();
    world.command(Command::SendDigit {
        leg: A,
        digit,
        duration_ms: 400,
    });
    world.run_ms(350);
    for hz in Dtmf::frequencies_hz(digit) {
        assert!(
            world.phones[0].ear.level(hz) > -25.0,
            "{hz} Hz at {}",
            world.phones[0].ear.level(hz)
        );
    }
    world.run_ms(500);
    let heard = world.phones[0].ear.heard_ms();
    assert!((360..=420).contains(&heard), "{heard} ms");
}

#[test]
fn a_long_key_at_48_khz_is_cut_into_segments_and_ends_once() {
    let opus = |world: &World| Browser::with_codecs(browsers::WEB_AT, 440.0, &[Codec::Opus], world.now);
    let mut world = browsers::call(opus, Codec::Opus);
    world.run_ms(2_000);
    let digit = Digit::from_char('5').unwrap();
    world.command(Command::SendDigit {
        leg: WEB,
        digit,
        duration_ms: 3_000,
    });
    world.run_ms(3_500);
    let seen: Vec<(u32, Payload, bool)> = world.browsers[0]
        .received
        .iter()
        .filter(|packet| *packet.header.payload_type == 110)
        .map(|packet| {
            (
                packet.header.timestamp,
                Payload::parse(&packet.payload).unwrap(),
                packet.header.marker,
            )
        })
        .collect();
    assert_eq!(seen.iter().filter(|(.., marker)| *marker).count(), 1);
    let begun = seen[0].0;
    for (timestamp, payload, _) in &seen {
        assert!(timestamp.wrapping_sub(begun).is_multiple_of(0xffff), "segments follow one another");
        assert_eq!(payload.end, timestamp.wrapping_sub(begun) + u32::from(payload.duration) == 144_000);
    }
    for segment in [0, 1] {
        let full = |(timestamp, payload, _): &&(u32, Payload, bool)| *timestamp == begun + segment * 0xffff && payload.duration == 0xffff;
        assert_eq!(seen.iter().filter(full).count(), 1, "a segment ends with its full duration");
    }
    assert_eq!(seen.iter().filter(|(_, payload, _)| payload.end).count(), 3);
    // The browser's ear, so to speak: one press.
    let mut receiver = media::dtmf::Receiver::default();
    let news: Vec<media::dtmf::Press> = seen
        .iter()
        .flat_map(|(timestamp, payload, _)| receiver.receive(*timestamp, 48_000, *payload, world.now))
        .flatten()
        .collect();
    assert_eq!(news, [media::dtmf::Press::Began(digit), media::dtmf::Press::Ended(digit, 3_000)]);
    let audio: Vec<u32> = world.browsers[0]
        .received
        .iter()
        .filter(|packet| *packet.header.payload_type == 111)
        .map(|packet| packet.header.timestamp)
        .collect();
    let gap = audio.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).max().unwrap();
    assert!((144_000..150_000).contains(&gap), "audio goes on where time is: {gap}");
}
