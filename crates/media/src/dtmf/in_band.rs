//! Keys that are heard as tones, from peers that know no RFC 4733 (ITU-T Q.23, Q.24). For G.711 alone: other codecs bend tones.
//!
//! ```text
//!              the same key twice           three times not
//!   nothing ─────────────────────► a key ─────────────────────► nothing
//! ```
//! Each step looks at 12.75 ms. Speech has harmonics where a key has none: nearly all that is heard must be the two tones of a key, about equally
//! loud.

use std::f32::consts::TAU;
use std::sync::OnceLock;

use model::control::Digit;

use super::Press;
use crate::audio::tone::Dtmf;

/// Samples at 8 kHz that are looked at together.
const BLOCK: usize = 102;
/// Amplitude of the softer tone at least: -30 dBm0.
const AMPLITUDE_MIN: f32 = 720.0;
/// The upper tone may be so much louder than the lower one, and the lower one than the upper one, as ratios of power: 8 dB, 4 dB.
const UPPER_LOUDER_MAX: f32 = 6.3;
const LOWER_LOUDER_MAX: f32 = 2.5;
/// By so much a tone is louder than others of its group, as a ratio of power: 8 dB.
const LEAD_MIN: f32 = 6.3;
/// The share of all that is heard that the two tones are, at least.
const SHARE_MIN: f32 = 0.75;
/// Blocks without a key that end it: a pause that is shorter is an interruption.
const MISSES_MAX: u8 = 3;

/// Listens to one stream at 8 kHz.
#[derive(Debug)]
pub struct Detector {
    block: [f32; BLOCK],
    filled: usize,
    /// The last block had this key.
    candidate: Option<Digit>,
    held: Option<Held>,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    digit: Digit,
    blocks: u32,
    misses: u8,
}

impl Default for Detector {
    fn default() -> Self {
        Self {
            block: [0.0; BLOCK],
            filled: 0,
            candidate: None,
            held: None,
        }
    }
}

impl Detector {
    /// Listens to a packet: the last thing that has become of a key meanwhile.
    pub fn hear(&mut self, samples: impl Iterator<Item = i16>) -> Option<Press> {
        let mut news = None;
        for sample in samples {
            self.block[self.filled] = f32::from(sample);
            self.filled += 1;
            if self.filled == BLOCK {
                self.filled = 0;
                news = self.judge(key(&self.block)).or(news);
            }
        }
        news
    }

    /// Whether a key sounds, or seems to.
    #[must_use]
    pub fn hears_key(&self) -> bool {
        self.held.is_some() || self.candidate.is_some()
    }

    fn judge(&mut self, key: Option<Digit>) -> Option<Press> {
        let before = std::mem::replace(&mut self.candidate, key);
        match &mut self.held {
            None => {
                let digit = key.filter(|_| key == before)?;
                self.held = Some(Held {
                    digit,
                    blocks: 2,
                    misses: 0,
                });
                Some(Press::Began(digit))
            }
            Some(held) if key == Some(held.digit) => {
                held.blocks += 1 + u32::from(std::mem::take(&mut held.misses));
                None
            }
            Some(held) => {
                held.misses += 1;
                let Held { digit, blocks, misses } = *held;
                if misses < MISSES_MAX {
                    return None;
                }
                self.held = None;
                let ms = u64::from(blocks) * BLOCK as u64 / 8;
                Some(Press::Ended(digit, u16::try_from(ms).unwrap_or(u16::MAX)))
            }
        }
    }
}

/// The key that a block is, if it is nothing else.
fn key(block: &[f32; BLOCK]) -> Option<Digit> {
    let energy: f32 = block.iter().map(|sample| sample * sample).sum();
    let half = BLOCK as f32 / 2.0;
    let power_min = (AMPLITUDE_MIN * half).powi(2);
    // Two tones of that size at least, before anything is looked for.
    if energy * half < power_min {
        return None;
    }
    let table = coefficients();
    let (row, lower) = loudest(block, &table.0)?;
    let (column, upper) = loudest(block, &table.1)?;
    let is_key = lower.min(upper) >= power_min
        && upper <= lower * UPPER_LOUDER_MAX
        && lower <= upper * LOWER_LOUDER_MAX
        && lower + upper >= SHARE_MIN * energy * half;
    const KEYS: [[char; 4]; 4] = [
        ['1', '2', '3', 'A'],
        ['4', '5', '6', 'B'],
        ['7', '8', '9', 'C'],
        ['*', '0', '#', 'D'],
    ];
    is_key.then(|| Digit::from_char(KEYS[row][column])).flatten()
}

/// The loudest of four tones, and its power; `None` when another one is nearly as loud.
fn loudest(block: &[f32; BLOCK], coefficients: &[f32; 4]) -> Option<(usize, f32)> {
    let powers = coefficients.map(|coefficient| power(block, coefficient));
    let best = (0..4).max_by(|a, b| powers[*a].total_cmp(&powers[*b]))?;
    let leads = (0..4).all(|other| other == best || powers[other] * LEAD_MIN <= powers[best]);
    leads.then_some((best, powers[best]))
}

/// Goertzel's: the power of one frequency.
fn power(block: &[f32; BLOCK], coefficient: f32) -> f32 {
    let (mut last, mut before) = (0.0_f32, 0.0_f32);
    for sample in block {
        (before, last) = (last, sample + coefficient * last - before);
    }
    last * last + before * before - coefficient * last * before
}

fn coefficients() -> &'static ([f32; 4], [f32; 4]) {
    static TABLE: OnceLock<([f32; 4], [f32; 4])> = OnceLock::new();
    let of = |hz: f32| 2.0 * (hz / 8_000.0 * TAU).cos();
    TABLE.get_or_init(|| (Dtmf::ROWS_HZ.map(of), Dtmf::COLUMNS_HZ.map(of)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::codec::{Rate, g711};
    use crate::audio::music;

    const KEYS: &str = "0123456789*#ABCD";

    /// Two tones, through µ-law.
    fn tones(hz: [f32; 2], amplitudes: [f32; 2], ms: usize) -> Vec<i16> {
        let sample = |n: usize| -> f32 {
            let tone = |hz: f32| (n as f32 * hz / 8_000.0 * TAU).sin();
            tone(hz[0]) * amplitudes[0] + tone(hz[1]) * amplitudes[1]
        };
        (0..ms * 8)
            .map(|n| g711::ulaw_decode(g711::ulaw_encode(sample(n) as i16)))
            .collect()
    }

    fn silence(ms: usize) -> Vec<i16> {
        vec![0; ms * 8]
    }

    fn heard(sound: &[i16]) -> Vec<Press> {
        let mut detector = Detector::default();
        // As packets bring it.
        sound
            .chunks(160)
            .filter_map(|packet| detector.hear(packet.iter().copied()))
            .collect()
    }

    fn digits(sound: &[i16]) -> String {
        let ended = |press| match press {
            Press::Ended(digit, _) => Some(digit.char()),
            Press::Began(_) => None,
        };
        heard(sound).into_iter().filter_map(ended).collect()
    }

    #[test]
    fn every_key_is_heard_once_and_for_how_long() {
        for key in KEYS.chars() {
            let digit = Digit::from_char(key).unwrap();
            let hz = Dtmf::frequencies_hz(digit);
            for ms in [50, 100, 400] {
                let sound = [silence(33), tones(hz, [4_000.0; 2], ms), silence(100)].concat();
                let [Press::Began(began), Press::Ended(ended, took_ms)] = heard(&sound)[..] else {
                    panic!("{key} for {ms} ms: {:?}", heard(&sound))
                };
                assert_eq!((began, ended), (digit, digit));
                assert!(usize::from(took_ms).abs_diff(ms) <= 26, "{took_ms} of {ms} ms");
            }
        }
    }

    #[test]
    fn keys_that_are_pressed_quickly_are_told_apart_and_one_that_is_interrupted_is_one() {
        let key = |key, ms| tones(Dtmf::frequencies_hz(Digit::from_char(key).unwrap()), [4_000.0; 2], ms);
        let quick: Vec<i16> = "4711".chars().flat_map(|digit| [key(digit, 50), silence(55)].concat()).collect();
        assert_eq!(digits(&[quick, silence(100)].concat()), "4711");
        let interrupted = [key('5', 80), silence(10), key('5', 80), silence(100)].concat();
        assert_eq!(digits(&interrupted), "5");
    }

    #[test]
    fn what_lines_do_to_tones_is_borne() {
        for key in KEYS.chars() {
            let hz = Dtmf::frequencies_hz(Digit::from_char(key).unwrap());
            let heard = |hz, amplitudes| digits(&[tones(hz, amplitudes, 100), silence(100)].concat());
            // Off by 1.4 %, either tone either way.
            for off in [[1.014, 1.014], [0.986, 0.986], [1.014, 0.986]] {
                assert_eq!(heard([hz[0] * off[0], hz[1] * off[1]], [4_000.0; 2]), key.to_string(), "{off:?}");
            }
            assert_eq!(heard(hz, [2_000.0, 4_000.0]), key.to_string(), "the upper one 6 dB louder");
            assert_eq!(heard(hz, [4_000.0, 2_900.0]), key.to_string(), "the lower one 3 dB louder");
            assert_eq!(heard(hz, [1_000.0; 2]), key.to_string(), "from afar");
        }
    }

    #[test]
    fn what_is_no_key_is_none() {
        let hz = Dtmf::frequencies_hz(Digit::from_char('5').unwrap());
        for (what, sound) in [
            ("one tone", tones([hz[0], 0.0], [8_000.0, 0.0], 500)),
            ("too soft", tones(hz, [200.0; 2], 500)),
            ("too short", tones(hz, [4_000.0; 2], 20)),
            ("off by 4 %", tones([hz[0] * 1.04, hz[1] * 1.04], [4_000.0; 2], 500)),
            ("much twisted", tones(hz, [8_000.0, 1_000.0], 500)),
            ("a dial tone", tones([350.0, 440.0], [4_000.0; 2], 500)),
        ] {
            assert_eq!(heard(&[sound, silence(100)].concat()), [], "{what}");
        }
        // Music, at half its rate.
        let music: Vec<i16> = music::render().into_iter().step_by(2).collect();
        assert_eq!(heard(&music), []);
        assert!(music.len() > 20 * Rate::Narrow.hz() as usize);
    }

    /// Vowels whose formants wander over the tones of all keys, four syllables a second, with a throat's harmonics and unsteady pitch.
    fn speech(pitch_hz: f32, seconds: usize) -> Vec<i16> {
        let mut phase = 0.0_f32;
        (0..8_000 * seconds)
            .map(|n| {
                let seconds = n as f32 / 8_000.0;
                let wave = |hz: f32| (seconds * hz * TAU).sin();
                let hz = pitch_hz * (1.0 + 0.03 * wave(5.0) + 0.03 * wave(0.31));
                phase = (phase + hz / 8_000.0).fract();
                let formants = [700.0 + 250.0 * wave(0.21), 1_400.0 + 300.0 * wave(0.11)];
                let harmonic = |n: u8| {
                    let hz = hz * f32::from(n);
                    let near = |resonance_hz: f32| (-((hz - resonance_hz) / 120.0).powi(2)).exp();
                    let loud = 0.15 + formants.into_iter().map(near).sum::<f32>();
                    (phase * f32::from(n) * TAU).sin() * loud / f32::from(n)
                };
                let sum: f32 = (1..20).map(harmonic).sum();
                (sum * 5_000.0 * (0.55 - 0.45 * (seconds * 4.0 * TAU).cos())) as i16
            })
            .collect()
    }

    #[test]
    fn voices_press_no_keys() {
        for pitch_hz in [90.0, 130.0, 187.0, 250.0] {
            assert_eq!(heard(&speech(pitch_hz, 10)), [], "at {pitch_hz} Hz");
        }
    }
}
