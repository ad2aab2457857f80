//! What the load says: something like speech, encoded beforehand, so that talking costs the generator nothing.

use std::f64::consts::TAU;

use anyhow::Context as _;
use media::audio::codec::{Codec, Encoder, PAYLOAD_BYTES_MAX};

/// Two seconds, again and again.
const FRAMES: usize = 100;

/// Payloads of 20 ms.
pub(crate) struct Voice {
    pub(crate) codec: Codec,
    payloads: Vec<Vec<u8>>,
}

impl Voice {
    pub(crate) fn new(codec: Codec) -> anyhow::Result<Self> {
        let rate = codec.rate();
        let mut encoder = Encoder::new(codec, rate)?;
        let samples = rate.frame_samples();
        let mut payloads = Vec::new();
        for frame in 0..FRAMES {
            let pcm: Vec<i16> = (0..samples)
                .map(|n| speech((frame * samples + n) as f64 / f64::from(rate.hz())))
                .collect();
            let mut payload = vec![0; PAYLOAD_BYTES_MAX];
            let length = encoder.encode(&pcm, &mut payload).context("a frame")?;
            payload.truncate(length);
            payloads.push(payload);
        }
        Ok(Self { codec, payloads })
    }

    pub(crate) fn payload(&self, frame: usize) -> &[u8] {
        &self.payloads[frame % FRAMES]
    }
}

/// Many harmonics of a wandering pitch, four syllables a second.
fn speech(seconds: f64) -> i16 {
    let pitch_hz = 130.0;
    let wander = 3.0 * (seconds * 5.0).sin();
    let sum: f64 = (1..25)
        .map(|k| {
            let k = f64::from(k);
            (seconds * pitch_hz * k * TAU + wander * k * 0.3).sin() / k * (1.0 + (k * 0.9 + seconds * 3.0).sin())
        })
        .sum();
    let envelope = 0.55 - 0.45 * (seconds * 4.0 * TAU).cos();
    (sum * envelope * 3000.0) as i16
}
