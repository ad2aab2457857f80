use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::*;
use crate::audio::testing::start;
use crate::audio::tone::goertzel;

const FRAME: Duration = Duration::from_millis(20);

/// A talker: a tone, encoded and packetized.
struct Talker {
    encoder: Encoder,
    hz: f64,
    samples: u64,
    number: u32,
}

impl Talker {
    fn new(codec: Codec, hz: f64) -> Self {
        let encoder = Encoder::new(codec, codec.rate()).expect("rate fits");
        Self {
            encoder,
            hz,
            samples: 0,
            number: 0,
        }
    }

    fn next(&mut self) -> (u32, Vec<u8>) {
        let rate = self.encoder.rate();
        let pcm: Vec<i16> = (0..rate.frame_samples() as u64)
            .map(|n| {
                let turns = (self.samples + n) as f64 * self.hz / f64::from(rate.hz());
                ((turns * std::f64::consts::TAU).sin() * 8000.0) as i16
            })
            .collect();
        self.samples += pcm.len() as u64;
        let mut payload = vec![0; PAYLOAD_BYTES_MAX];
        let length = self.encoder.encode(&pcm, &mut payload).expect("a frame");
        payload.truncate(length);
        self.number += 1;
        (self.number - 1, payload)
    }
}

struct Heard {
    pcm: Vec<i16>,
    rate: Rate,
    ticks_without: usize,
    transcoder: Transcoder,
}

/// A talker heard through a network with loss and jitter for so many seconds.
fn talk(from: Codec, to: Codec, hz: f64, seconds: u32, loss: f64, jitter_ms: u64, seed: u64) -> Heard {
    let begin = start();
    let mut random = SmallRng::seed_from_u64(seed);
    let mut talker = Talker::new(from, hz);
    let mut transcoder = Transcoder::new(from, to).expect("libopus");
    let mut listener = Decoder::new(to, to.rate()).expect("rate fits");
    let mut on_the_way: Vec<(Instant, u32, Vec<u8>)> = Vec::new();
    let (mut pcm, mut ticks_without) = (Vec::new(), 0);
    for tick in 0..seconds * 50 {
        let now = begin + FRAME * tick + Duration::from_millis(3);
        let (number, payload) = talker.next();
        if !random.random_bool(loss) {
            let late = Duration::from_micros(random.random_range(0..=jitter_ms * 1000));
            on_the_way.push((begin + FRAME * tick + late, number, payload));
        }
        on_the_way.sort_by_key(|(at, ..)| *at);
        while on_the_way.first().is_some_and(|(at, ..)| *at <= now) {
            let (at, number, payload) = on_the_way.remove(0);
            let timestamp = number.wrapping_mul(from.frame_ticks()).wrapping_add(u32::MAX - 50_000);
            let sequence = (number as u16).wrapping_add(65_500);
            transcoder.push(
                &Packet {
                    ssrc: 5,
                    sequence,
                    timestamp,
                    marker: number == 0,
                    payload: &payload,
                },
                at,
            );
        }
        match transcoder.tick(now) {
            Some(payload) => {
                let mut frame = [0; PACKET_SAMPLES_MAX];
                let samples = listener.decode(payload, &mut frame).expect("our own payload");
                assert_eq!(samples, to.rate().frame_samples());
                pcm.extend_from_slice(&frame[..samples]);
            }
            None => ticks_without += 1,
        }
    }
    Heard {
        pcm,
        rate: to.rate(),
        ticks_without,
        transcoder,
    }
}

/// Levels of the tone in windows of 200 ms, after the first second.
fn levels(heard: &Heard, hz: f64) -> Vec<f32> {
    let window = heard.rate.hz() as usize / 5;
    heard
        .pcm
        .chunks_exact(window)
        .skip(5)
        .map(|window| goertzel(window, heard.rate.hz(), hz as f32))
        .collect()
}

#[test]
fn the_tone_comes_through_every_pair_of_codecs() {
    for from in Codec::ALL {
        for to in Codec::ALL {
            let heard = talk(from, to, 440.0, 4, 0.0, 0, 1);
            assert!(
                heard.ticks_without <= 5,
                "{from:?} to {to:?}: {} ticks without a frame",
                heard.ticks_without
            );
            // 8000 of 32768 is -12.2 dB of full scale, as a sine -15.3 dBov.
            let levels = levels(&heard, 440.0);
            assert!(
                levels.len() >= 14 && levels.iter().all(|level| (level + 15.3).abs() < 3.0),
                "{from:?} to {to:?}: {levels:?}"
            );
            assert!(
                heard.transcoder.delay_ms() <= 65.0,
                "{from:?} to {to:?}: {} ms",
                heard.transcoder.delay_ms()
            );
            assert_eq!(heard.transcoder.meter().silent_percent().map(|percent| percent < 5.0), Some(true));
        }
    }
}

#[test]
fn the_tone_survives_loss_and_jitter() {
    for seed in 0..36 {
        let from = Codec::ALL[seed as usize % 4];
        let to = Codec::ALL[seed as usize / 4 % 4];
        let loss = [0.01, 0.05, 0.1][seed as usize % 3];
        let jitter_ms = [10, 40, 80][seed as usize / 3 % 3];
        let heard = talk(from, to, 440.0, 8, loss, jitter_ms, seed);
        let levels = levels(&heard, 440.0);
        let heard_well = levels.iter().filter(|level| **level > -21.0).count();
        let what = format!("seed {seed}: {from:?} to {to:?}, {loss} loss, {jitter_ms} ms jitter");
        assert!(heard_well as f64 >= levels.len() as f64 * 0.85, "{what}: {levels:?}");
        assert!(
            heard.transcoder.delay_ms() <= jitter_ms as f32 + 130.0,
            "{what}: {} ms",
            heard.transcoder.delay_ms()
        );
    }
}

#[test]
fn nothing_is_sent_before_the_stream_begins_and_after_it_has_paused() {
    let begin = start();
    let mut transcoder = Transcoder::new(Codec::Pcmu, Codec::Opus).expect("libopus");
    assert_eq!(transcoder.tick(begin), None);
    let mut talker = Talker::new(Codec::Pcmu, 440.0);
    let mut sent = Vec::new();
    for tick in 0..250_u32 {
        let now = begin + FRAME * tick;
        let (number, payload) = talker.next();
        if !(50..200).contains(&tick) {
            let packet = Packet {
                ssrc: 1,
                sequence: number as u16,
                timestamp: number * 160,
                marker: false,
                payload: &payload,
            };
            transcoder.push(&packet, now);
        }
        sent.push(transcoder.tick(now).is_some());
    }
    assert!(sent[5..60].iter().all(|sent| *sent));
    assert!(sent[110..200].iter().all(|sent| !sent));
    assert!(sent[205..].iter().all(|sent| *sent));
}

#[test]
fn packets_of_other_durations_are_played() {
    for packet_ms in [10_u32, 30, 40, 60] {
        let begin = start();
        let mut transcoder = Transcoder::new(Codec::Pcma, Codec::G722).expect("no Opus");
        let mut listener = Decoder::new(Codec::G722, Rate::Wide).expect("rate fits");
        let mut pcm = Vec::new();
        let per_packet = packet_ms * 8;
        for at_ms in (0..4000).step_by(10) {
            let now = begin + Duration::from_millis(at_ms);
            if at_ms % u64::from(packet_ms) == 0 {
                let number = at_ms as u32 / packet_ms;
                let payload: Vec<u8> = (0..per_packet)
                    .map(|n| {
                        let turns = f64::from(number * per_packet + n) * 440.0 / 8000.0;
                        crate::audio::codec::g711::alaw_encode(((turns * std::f64::consts::TAU).sin() * 8000.0) as i16)
                    })
                    .collect();
                let timestamp = number * per_packet;
                transcoder.push(
                    &Packet {
                        ssrc: 1,
                        sequence: number as u16,
                        timestamp,
                        marker: false,
                        payload: &payload,
                    },
                    now,
                );
            }
            if at_ms % 20 == 0
                && let Some(payload) = transcoder.tick(now)
            {
                let mut frame = [0; PACKET_SAMPLES_MAX];
                let samples = listener.decode(payload, &mut frame).expect("our own payload");
                pcm.extend_from_slice(&frame[..samples]);
            }
        }
        assert_eq!(transcoder.counters().lost, 0, "{packet_ms} ms");
        let level = goertzel(&pcm[16_000..48_000], 16_000, 440.0);
        assert!((level + 15.3).abs() < 1.0, "{packet_ms} ms: {level} dBov");
    }
}

#[test]
fn hostile_payloads_do_not_panic() {
    let mut random = SmallRng::seed_from_u64(3);
    for from in Codec::ALL {
        let begin = start();
        let mut transcoder = Transcoder::new(from, Codec::Pcmu).expect("libopus");
        for tick in 0..3000_u32 {
            let payload: Vec<u8> = (0..random.random_range(0..400)).map(|_| random.random()).collect();
            let packet = Packet {
                ssrc: 1,
                sequence: tick as u16,
                timestamp: tick * from.frame_ticks(),
                marker: false,
                payload: &payload,
            };
            transcoder.push(&packet, begin + FRAME * tick);
            transcoder.tick(begin + FRAME * tick);
        }
    }
}
