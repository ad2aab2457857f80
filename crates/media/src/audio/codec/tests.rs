use std::f64::consts::TAU;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::*;

fn sine(rate: Rate, hz: f64, peak: f64, frames: usize) -> Vec<i16> {
    (0..frames * rate.frame_samples())
        .map(|n| ((n as f64 * hz * TAU / f64::from(rate.hz())).sin() * peak) as i16)
        .collect()
}

/// Noise with the spectrum of speech, roughly: falling by 6 dB an octave, swelling and fading four times a second.
fn speech_like(rate: Rate, frames: usize) -> Vec<i16> {
    let mut random = SmallRng::seed_from_u64(7);
    let mut low = 0.0_f64;
    (0..frames * rate.frame_samples())
        .map(|n| {
            low += 0.25 * (random.random_range(-1.0..1.0) - low);
            let envelope = 0.55 - 0.45 * (n as f64 * 4.0 * TAU / f64::from(rate.hz())).cos();
            (low * envelope * 24_000.0) as i16
        })
        .collect()
}

fn round_trip(codec: Codec, rate: Rate, input: &[i16]) -> Vec<i16> {
    let mut encoder = Encoder::new(codec, rate).expect("rate fits");
    let mut decoder = Decoder::new(codec, rate).expect("rate fits");
    let mut payload = [0; PAYLOAD_BYTES_MAX];
    let mut pcm = [0; PACKET_SAMPLES_MAX];
    let mut output = Vec::new();
    for frame in input.chunks_exact(rate.frame_samples()) {
        let length = encoder.encode(frame, &mut payload).expect("a frame");
        assert_eq!(codec.duration(&payload[..length]), Some(codec.frame_ticks()));
        let samples = decoder.decode(&payload[..length], &mut pcm).expect("our own payload");
        output.extend_from_slice(&pcm[..samples]);
    }
    output
}

/// Signal to noise in dB at the delay (in samples) where it is best.
fn snr_db(input: &[i16], output: &[i16], delay_max: usize) -> f64 {
    let skip = 1600;
    (0..delay_max)
        .map(|delay| {
            let (mut signal, mut noise) = (0.0, 0.0);
            for n in skip..input.len() - delay_max {
                let (a, b) = (f64::from(input[n]), f64::from(output[n + delay]));
                signal += a * a;
                noise += (a - b) * (a - b);
            }
            10.0 * (signal / noise.max(1.0)).log10()
        })
        .fold(f64::MIN, f64::max)
}

#[test]
fn g711_errs_by_half_a_step_at_most_and_survives_transcoding_to_itself() {
    for (encode, decode) in [
        (g711::alaw_encode as fn(i16) -> u8, g711::alaw_decode as fn(u8) -> i16),
        (g711::ulaw_encode, g711::ulaw_decode),
    ] {
        for sample in i16::MIN..=i16::MAX {
            // Half a step: 1/32 of the magnitude, and no finer than the innermost segment.
            let error = (i32::from(decode(encode(sample))) - i32::from(sample)).abs();
            assert!(error <= i32::from(sample).abs() / 32 + 8, "{sample}: {error}");
        }
        for code in 0..=255 {
            assert_eq!(decode(encode(decode(code))), decode(code), "{code}");
        }
    }
}

/// ITU-T G.711 tables 1a to 2b: the output values at both ends of each segment (times 8 for A-law's 13 bits, times 4 for µ-law's 14),
/// with their character signals.
#[test]
fn g711_decodes_the_values_of_the_recommendation() {
    for (code, value) in [
        (0xd5, 8),
        (0x55, -8),
        (0xd4, 24),
        (0x80, 5504),
        (0xaa, 32256),
        (0x2a, -32256),
        (0xc5, 264),
    ] {
        assert_eq!(g711::alaw_decode(code), value, "A-law {code:#x}");
    }
    for (code, value) in [
        (0xff, 0),
        (0x7f, 0),
        (0xfe, 8),
        (0x80, 32124),
        (0x00, -32124),
        (0xef, 132),
        (0xdf, 396),
    ] {
        assert_eq!(g711::ulaw_decode(code), value, "µ-law {code:#x}");
    }
}

/// The codes of all positive samples, computed once with spandsp 0.0.6 (`g711_encode`). Negative ones mirror them by ones'
/// complement, as the reference (G.191) has it; spandsp differs there for exact decision values.
#[test]
fn g711_encodes_every_sample_as_spandsp_does() {
    for (encode, golden) in [(g711::alaw_encode as fn(i16) -> u8, GOLDEN_ALAW), (g711::ulaw_encode, GOLDEN_ULAW)] {
        assert_eq!((0..=i16::MAX).fold(0, |hash, sample| fnv(hash, encode(sample))), golden);
        assert!((0..=i16::MAX).all(|sample| encode(!sample) == encode(sample) ^ 0x80));
    }
}

/// Encoded and decoded once with spandsp 0.0.6 (`g722_encode`, `g722_decode` at 64 kbit/s) from the same samples.
#[test]
fn g722_is_bit_exact_with_spandsp() {
    let mut state = 1_u32;
    let mut encoder = Encoder::new(Codec::G722, Rate::Wide).expect("rate fits");
    let mut decoder = Decoder::new(Codec::G722, Rate::Wide).expect("rate fits");
    let (mut coded, mut decoded) = (0, 0);
    for frame in 0..50_u32 {
        let input: Vec<i16> = (0..320)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (((state >> 16) as u16).cast_signed()) >> (2 + frame % 4)
            })
            .collect();
        let mut payload = [0; 160];
        let mut pcm = [0; 320];
        assert_eq!(encoder.encode(&input, &mut payload), Ok(160));
        assert_eq!(decoder.decode(&payload, &mut pcm), Ok(320));
        coded = payload.iter().fold(coded, |hash, byte| fnv(hash, *byte));
        decoded = pcm.iter().flat_map(|sample| sample.to_le_bytes()).fold(decoded, fnv);
    }
    assert_eq!((coded, decoded), (GOLDEN_G722_CODED, GOLDEN_G722_DECODED));
}

const GOLDEN_ALAW: u64 = 0x95c8_7821_b2e5_2200;
const GOLDEN_ULAW: u64 = 0x4c6b_b80b_a1f3_b760;
const GOLDEN_G722_CODED: u64 = 0x7c99_1728_d2d1_b8da;
const GOLDEN_G722_DECODED: u64 = 0xaadf_0242_bdf9_8e71;

fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3).wrapping_add(1)
}

#[test]
fn sines_and_speech_come_through_with_little_noise() {
    for (codec, rate, hz, snr_min_db) in [
        (Codec::Pcma, Rate::Narrow, 1004.0, 35.0),
        (Codec::Pcmu, Rate::Narrow, 1004.0, 35.0),
        (Codec::G722, Rate::Wide, 1004.0, 30.0),
        (Codec::G722, Rate::Wide, 5000.0, 12.0),
        (Codec::Opus, Rate::Narrow, 440.0, 10.0),
        (Codec::Opus, Rate::Wide, 440.0, 10.0),
        (Codec::Opus, Rate::Full, 440.0, 10.0),
    ] {
        let input = sine(rate, hz, 10_000.0, 50);
        let snr = snr_db(&input, &round_trip(codec, rate, &input), 500);
        assert!(snr >= snr_min_db, "{codec:?} {rate:?} {hz} Hz: {snr:.1} dB");
    }
    for (codec, rate, snr_min_db) in [
        (Codec::Pcma, Rate::Narrow, 30.0),
        (Codec::Pcmu, Rate::Narrow, 30.0),
        (Codec::G722, Rate::Wide, 17.0),
    ] {
        let input = speech_like(rate, 100);
        let snr = snr_db(&input, &round_trip(codec, rate, &input), 500);
        assert!(snr >= snr_min_db, "{codec:?} speech: {snr:.1} dB");
    }
}

#[test]
fn opus_keeps_to_a_speech_bit_rate() {
    for (rate, bits_per_second_max) in [(Rate::Narrow, 24_000), (Rate::Wide, 33_000), (Rate::Full, 42_000)] {
        let mut encoder = Encoder::new(Codec::Opus, rate).expect("rate fits");
        let mut payload = [0; PAYLOAD_BYTES_MAX];
        let input = speech_like(rate, 100);
        let bytes: usize = input
            .chunks_exact(rate.frame_samples())
            .map(|frame| encoder.encode(frame, &mut payload).expect("a frame"))
            .sum();
        assert!(bytes * 4 <= bits_per_second_max, "{rate:?}: {} bit/s", bytes * 4);
    }
}

#[test]
fn opus_recovers_a_lost_frame_from_the_next_one() {
    let rate = Rate::Wide;
    let input = speech_like(rate, 100);
    let mut encoder = Encoder::new(Codec::Opus, rate).expect("rate fits");
    encoder.expect_loss(20);
    let mut payloads = Vec::new();
    for frame in input.chunks_exact(rate.frame_samples()) {
        let mut payload = [0; PAYLOAD_BYTES_MAX];
        let length = encoder.encode(frame, &mut payload).expect("a frame");
        payloads.push(payload[..length].to_vec());
    }
    let decode = |recover: bool| {
        let mut decoder = Decoder::new(Codec::Opus, rate).expect("rate fits");
        let mut pcm = [0; PACKET_SAMPLES_MAX];
        let mut output = Vec::new();
        for (n, payload) in payloads.iter().enumerate() {
            let samples = if n % 10 != 5 {
                decoder.decode(payload, &mut pcm).expect("our own payload")
            } else if recover {
                assert!(decoder.recover(&payloads[n + 1], &mut pcm[..320]));
                320
            } else {
                assert!(decoder.conceal(&mut pcm[..320]));
                320
            };
            output.extend_from_slice(&pcm[..samples]);
        }
        output
    };
    let whole = round_trip(Codec::Opus, rate, &input);
    let (recovered, concealed) = (snr_db(&whole, &decode(true), 1), snr_db(&whole, &decode(false), 1));
    assert!(
        recovered > concealed + 1.0,
        "recovered {recovered:.1} dB, concealed {concealed:.1} dB"
    );
}

#[test]
/// Frames without a voice in them are not repeated.
fn opus_adds_redundancy_when_loss_is_expected_and_only_then() {
    for rate in [Rate::Narrow, Rate::Wide, Rate::Full] {
        for (loss, redundant_least, redundant_most) in [(0, 0, 0), (1, 60, 100), (3, 60, 100), (25, 60, 100)] {
            let mut encoder = Encoder::new(Codec::Opus, rate).expect("rate fits");
            encoder.expect_loss(loss);
            let redundant = speech_like(rate, 120)
                .chunks_exact(rate.frame_samples())
                .skip(20)
                .filter(|frame| {
                    let mut payload = [0; PAYLOAD_BYTES_MAX];
                    let length = encoder.encode(frame, &mut payload).expect("a frame");
                    has_redundancy(&payload[..length])
                })
                .count();
            assert!(
                (redundant_least..=redundant_most).contains(&redundant),
                "{rate:?}, {loss} %: {redundant} of 100"
            );
        }
    }
}

#[test]
fn redundancy_is_found_in_packets_of_any_shape() {
    // RFC 6716 section 3.1: configuration 9 is SILK at 16 kHz, 20 ms; 11 is 60 ms; 31 is CELT.
    let toc = |configuration: u8, stereo: bool, code: u8| configuration << 3 | u8::from(stereo) << 2 | code;
    assert!(has_redundancy(&[toc(9, false, 0), 0b0100_0000]) && !has_redundancy(&[toc(9, false, 0), 0b1010_0000]));
    assert!(has_redundancy(&[toc(9, true, 1), 0b0001_0000]), "of the side channel");
    assert!(has_redundancy(&[toc(11, false, 0), 0b0001_0000]) && has_redundancy(&[toc(11, true, 0), 0b0000_0001]));
    assert!(has_redundancy(&[toc(9, false, 2), 1, 0b0100_0000]) && has_redundancy(&[toc(9, false, 2), 252, 1, 0b0100_0000]));
    for nothing in [
        &[][..],
        &[toc(9, false, 0)],
        &[toc(9, false, 2), 252],
        &[toc(31, false, 0), 0xff],
        &[toc(9, false, 3), 0xff, 0xff],
    ] {
        assert!(!has_redundancy(nothing), "{nothing:?}");
    }
}

#[test]
fn names_and_payload_types_lead_back_to_the_codec() {
    for codec in Codec::ALL {
        let mut parts = codec.encoding().split('/');
        let name = parts.next().expect("name");
        let clock = parts.next().and_then(|clock| clock.parse().ok()).expect("clock");
        let channels = parts.next().map_or(1, |channels| channels.parse().expect("number"));
        assert_eq!(Codec::from_rtpmap(&name.to_lowercase(), clock, channels), Some(codec));
        assert_eq!(Codec::from_rtpmap(name, clock + 1, channels), None);
        if codec != Codec::Opus {
            assert_eq!(Codec::from_static_payload_type(codec.payload_type()), Some(codec));
        }
    }
    assert_eq!(Codec::from_static_payload_type(111), None);
    assert_eq!(Codec::G722.frame_ticks(), 160);
    assert_eq!(Codec::Opus.frame_ticks(), 960);
}

#[test]
fn hostile_payloads_are_refused_without_panic() {
    let mut random = SmallRng::seed_from_u64(11);
    let mut pcm = [0; PACKET_SAMPLES_MAX];
    for codec in Codec::ALL {
        let mut decoder = Decoder::new(codec, codec.rate()).expect("rate fits");
        assert_eq!(decoder.decode(&[], &mut pcm), Err(Error::Malformed { codec }));
        for _ in 0..5_000 {
            let payload: Vec<u8> = (0..random.random_range(0..1500)).map(|_| random.random()).collect();
            let _ = decoder.decode(&payload, &mut pcm);
            let _ = decoder.recover(&payload, &mut pcm[..codec.rate().frame_samples()]);
        }
        assert_eq!(decoder.decode(&[0; 961], &mut pcm[..1]).map_err(|_| ()), Err(()));
    }
}

#[test]
fn wrong_rates_and_lengths_are_refused() {
    assert!(Encoder::new(Codec::Pcma, Rate::Wide).is_err());
    assert!(Decoder::new(Codec::G722, Rate::Narrow).is_err());
    let mut encoder = Encoder::new(Codec::Pcmu, Rate::Narrow).expect("rate fits");
    assert_eq!(
        encoder.encode(&[0; 159], &mut [0; 200]),
        Err(Error::BufferLength { codec: Codec::Pcmu })
    );
    assert_eq!(
        encoder.encode(&[0; 160], &mut [0; 100]),
        Err(Error::BufferLength { codec: Codec::Pcmu })
    );
}
