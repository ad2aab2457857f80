//! What callers hear from us: music on hold, the tones of feature codes, comfort noise; those of countries: [`super::tones`]. Encoded once per codec and shared by all who listen.
//!
//! A loop is encoded as one stream, with its own end as run-up, so that it joins its beginning without a seam for the ear.

mod piece;

use std::sync::OnceLock;

use super::FRAME_SAMPLES_MAX;
use super::codec::{Codec, Encoder, Error, PAYLOAD_BYTES_MAX, Rate};
use super::resample::Resampler;
use super::tone::{CONFIRMATION, Cadence, PROMPT, REJECTION, Tone};
use super::tones::Plan;

pub use piece::{PIECE_LICENCE, PIECE_SECONDS, render};

/// Frames at the end of a loop that prime the encoder before its first frame is kept: 400 ms.
const RUN_UP_FRAMES: usize = 20;
/// A frame of Opus silence (RFC 6716: full band, 20 ms, nothing coded), should libopus fail us.
const OPUS_SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];

/// Payloads of 20 ms that repeat for ever.
pub struct EncodedLoop {
    codec: Codec,
    payloads: Vec<u8>,
    /// Where each frame's payload ends.
    ends: Vec<usize>,
}

impl EncodedLoop {
    /// The payload of a frame; `index` counts on for ever.
    #[must_use]
    pub fn frame(&self, index: usize) -> &[u8] {
        let index = index % self.ends.len();
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.payloads[start..self.ends[index]]
    }

    /// Frames until it repeats.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.ends.len()
    }

    /// What the payloads are.
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.codec
    }

    fn encode(codec: Codec, pcm: &[i16], rate: Rate) -> Self {
        Self::encode_after(codec, pcm, rate, RUN_UP_FRAMES)
    }

    fn encode_after(codec: Codec, pcm: &[i16], rate: Rate, run_up_frames: usize) -> Self {
        Self::try_encode(codec, pcm, rate, run_up_frames).unwrap_or_else(|_| {
            tracing::error!(codec = codec.name(), "cannot encode what callers hear: they hear nothing");
            Self {
                codec,
                payloads: OPUS_SILENCE.to_vec(),
                ends: vec![OPUS_SILENCE.len()],
            }
        })
    }

    /// Of what does not repeat: nothing runs up to its beginning.
    pub(crate) fn encode_once(codec: Codec, pcm: &[i16], rate: Rate) -> Self {
        Self::encode_after(codec, pcm, rate, 0)
    }

    fn try_encode(codec: Codec, pcm: &[i16], rate: Rate, run_up_frames: usize) -> Result<Self, Error> {
        let encoder_rate = encoder_rate(codec);
        let mut resampler = Resampler::new(rate, encoder_rate);
        let mut encoder = Encoder::new(codec, encoder_rate)?;
        let frames: Vec<&[i16]> = pcm.chunks_exact(rate.frame_samples()).collect();
        let run_up = frames.len().saturating_sub(run_up_frames);
        let mut encoded = Self {
            codec,
            payloads: Vec::new(),
            ends: Vec::with_capacity(frames.len()),
        };
        let (mut resampled, mut payload) = ([0; FRAME_SAMPLES_MAX], [0; PAYLOAD_BYTES_MAX]);
        for (n, frame) in frames[run_up..].iter().chain(&frames).enumerate() {
            let samples = resampler.process(frame, &mut resampled);
            let length = encoder.encode(&resampled[..samples], &mut payload)?;
            if n >= frames.len() - run_up {
                encoded.payloads.extend_from_slice(&payload[..length]);
                encoded.ends.push(encoded.payloads.len());
            }
        }
        if encoded.ends.is_empty() {
            Err(Error::BufferLength { codec })
        } else {
            Ok(encoded)
        }
    }
}

/// Tones and our piece have nothing above 8 kHz.
const fn encoder_rate(codec: Codec) -> Rate {
    match codec {
        Codec::Opus | Codec::G722 => Rate::Wide,
        Codec::Pcma | Codec::Pcmu => Rate::Narrow,
    }
}

type ByCodec = [OnceLock<EncodedLoop>; 4];

static ON_HOLD: ByCodec = [const { OnceLock::new() }; 4];
static ASKS: ByCodec = [const { OnceLock::new() }; 4];
static CONFIRMS: ByCodec = [const { OnceLock::new() }; 4];
static REJECTS: ByCodec = [const { OnceLock::new() }; 4];
static PROBE: ByCodec = [const { OnceLock::new() }; 4];
static COMFORT: ByCodec = [const { OnceLock::new() }; 4];

/// Encodes everything, so that no call has to wait for it: once, before the media threads start. It takes about half a second.
pub fn prepare() {
    let piece = render();
    for codec in Codec::ALL {
        ON_HOLD[codec as usize].get_or_init(|| EncodedLoop::encode(codec, &piece, Rate::Wide));
        prompt(codec);
        confirmation(codec);
        rejection(codec);
        probe(codec);
        comfort(codec);
    }
    Plan::default().prepare();
    super::chime::prepare();
}

/// Music on hold: 48 s of [`render`]'s piece.
pub fn on_hold(codec: Codec) -> &'static EncodedLoop {
    ON_HOLD[codec as usize].get_or_init(|| EncodedLoop::encode(codec, &render(), Rate::Wide))
}

/// The tone that asks for keys.
pub fn prompt(codec: Codec) -> &'static EncodedLoop {
    ASKS[codec as usize].get_or_init(|| encode_tone(codec, PROMPT))
}

/// It is done.
pub fn confirmation(codec: Codec) -> &'static EncodedLoop {
    CONFIRMS[codec as usize].get_or_init(|| encode_tone(codec, CONFIRMATION))
}

/// It cannot be done.
pub fn rejection(codec: Codec) -> &'static EncodedLoop {
    REJECTS[codec as usize].get_or_init(|| encode_tone(codec, REJECTION))
}

/// The tone of an echo call.
pub fn probe(codec: Codec) -> &'static EncodedLoop {
    PROBE[codec as usize].get_or_init(|| encode_tone(codec, super::probe::TONE))
}

/// What a conference sounds like in which nobody talks: noise that is hardly heard (-66 dBov), so that the line does not seem dead.
pub fn comfort(codec: Codec) -> &'static EncodedLoop {
    COMFORT[codec as usize].get_or_init(|| {
        let rate = encoder_rate(codec);
        EncodedLoop::encode(codec, &noise(rate), rate)
    })
}

/// Two seconds of noise whose higher frequencies are softer, as a room's are.
fn noise(rate: Rate) -> Vec<i16> {
    const SECONDS: u32 = 2;
    // So that after the low-pass 16 of 32,768 are left.
    const PEAK: f32 = 48.0;
    let (mut state, mut low) = (1_u32, 0.0_f32);
    (0..rate.hz() * SECONDS)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let white = (state >> 8) as f32 / (1_u32 << 23) as f32 - 1.0;
            low += (white - low) * 0.5;
            (low * PEAK) as i16
        })
        .collect()
}

/// One round of a tone. What is no whole frame is left out of its last pause.
pub(super) fn encode_tone(codec: Codec, cadence: Cadence) -> EncodedLoop {
    let rate = encoder_rate(codec);
    let mut pcm = vec![0; (cadence.period_ms() * (rate.hz() / 1000)) as usize];
    Tone::new(cadence, rate).fill(&mut pcm);
    EncodedLoop::encode(codec, &pcm, rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::codec::{Decoder, PACKET_SAMPLES_MAX};
    use crate::audio::quality::level_pcm;
    use crate::audio::tone::goertzel;
    use crate::audio::tones::Kind;

    fn decode(encoded: &EncodedLoop, frames: std::ops::Range<usize>) -> Vec<i16> {
        let rate = encoder_rate(encoded.codec());
        let mut decoder = Decoder::new(encoded.codec(), rate).expect("rate fits");
        let mut pcm = [0; PACKET_SAMPLES_MAX];
        frames
            .flat_map(|frame| {
                let samples = decoder.decode(encoded.frame(frame), &mut pcm).expect("our own payload");
                assert_eq!(samples, rate.frame_samples());
                pcm[..samples].to_vec()
            })
            .collect()
    }

    fn step_max(pcm: &[i16]) -> i32 {
        pcm.windows(2)
            .map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs())
            .max()
            .expect("samples")
    }

    #[test]
    fn the_piece_is_quiet_whole_and_always_the_same() {
        let piece = render();
        assert_eq!(piece.len(), PIECE_SECONDS * 16_000);
        assert!((-21..=-19).contains(&level_pcm(&piece)), "{} dBov", level_pcm(&piece));
        assert!(piece.iter().all(|sample| sample.unsigned_abs() < 24_000));
        // No second is silent, none is loud, and the end leads into the beginning.
        assert!(piece.chunks(16_000).all(|second| (-32..=-14).contains(&level_pcm(second))));
        let seam: Vec<i16> = piece[piece.len() - 160..].iter().chain(&piece[..160]).copied().collect();
        assert!(step_max(&seam) <= step_max(&piece));
        assert_eq!(piece, render());
    }

    #[test]
    fn every_codec_plays_the_piece_at_its_level_and_over_the_seam_without_a_click() {
        prepare();
        for codec in Codec::ALL {
            let encoded = on_hold(codec);
            let frames = encoded.frames();
            assert_eq!(frames, PIECE_SECONDS * 50);
            let pcm = decode(encoded, 0..frames * 2);
            let level = level_pcm(&pcm);
            assert!((-22..=-18).contains(&level), "{codec:?}: {level} dBov");
            let frame = encoder_rate(codec).frame_samples();
            let seam = &pcm[(frames - 2) * frame..(frames + 2) * frame];
            let (at_seam, elsewhere) = (step_max(seam), step_max(&pcm[frame * 50..frame * 1000]));
            assert!(
                at_seam <= elsewhere,
                "{codec:?}: a step of {at_seam} at the seam, {elsewhere} elsewhere"
            );
        }
    }

    #[test]
    fn ring_back_and_busy_sound_in_every_codec() {
        for codec in Codec::ALL {
            let rate = encoder_rate(codec).hz();
            let encoded = |kind| Plan::default().encoded(kind, codec);
            let heard = decode(encoded(Kind::RingBack), 0..250);
            let second = rate as usize;
            assert!(goertzel(&heard[second / 5..second], rate, 425.0) > -20.0, "{codec:?}");
            assert!(level_pcm(&heard[second * 3 / 2..second * 5]) < -60, "{codec:?}");
            assert_eq!(encoded(Kind::Busy).frames(), 48);
            let heard = decode(encoded(Kind::Busy), 0..48);
            assert!(goertzel(&heard[second / 5..second * 2 / 5], rate, 425.0) > -20.0, "{codec:?}");
        }
        let busy = || Plan::default().encoded(Kind::Busy, Codec::Pcmu);
        assert!(std::ptr::eq(busy(), busy()));
    }

    #[test]
    fn the_tones_of_feature_codes_are_told_apart_in_every_codec() {
        for codec in Codec::ALL {
            let rate = encoder_rate(codec).hz();
            for (tone, hz) in [(prompt(codec), 425.0), (confirmation(codec), 1_400.0), (rejection(codec), 250.0)] {
                assert_eq!(tone.frames(), 25);
                let heard = decode(tone, 0..25);
                // Within the first sound of each: its own frequency and no other's.
                let sound = &heard[rate as usize / 50..rate as usize / 10];
                for other in [425.0, 1_400.0, 250.0] {
                    let level = goertzel(sound, rate, other);
                    assert_eq!(level > -22.0, other == hz, "{codec:?}: {level} dBov of {other} Hz in {hz} Hz");
                }
                // And between two of them there is silence.
                let pause = heard.chunks(rate as usize / 100).map(level_pcm).min();
                assert!(pause.is_some_and(|level| level < -40), "{codec:?}, {hz} Hz: {pause:?}");
            }
        }
    }
}
