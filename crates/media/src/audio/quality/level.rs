//! How loud it was, on PCM or on G.711 bytes as they pass, and how much of it was silence.

use crate::audio::codec::{Codec, g711};

/// At or below this a frame counts as silent: digital silence and comfort noise, but not a quiet room through an open microphone.
pub const LEVEL_SILENT_DBOV: i8 = -66;

/// Frames that are averaged for the level shown: one second.
const WINDOW_FRAMES: u32 = 50;

/// The squares of all A-law and µ-law values, over the square of full scale.
static ALAW_POWER: [f32; 256] = powers(true);
static ULAW_POWER: [f32; 256] = powers(false);

const fn powers(alaw: bool) -> [f32; 256] {
    let mut table = [0.0; 256];
    let mut code = 0;
    while code < 256 {
        let sample = if alaw {
            g711::alaw_expand(code as u8)
        } else {
            g711::ulaw_expand(code as u8)
        };
        let value = sample as f32 / 32_768.0;
        table[code] = value * value;
        code += 1;
    }
    table
}

/// The level of PCM in dBov, -127 to 0.
#[must_use]
pub fn level_pcm(samples: &[i16]) -> i8 {
    let sum: i64 = samples
        .iter()
        .map(|sample| i64::from(i32::from(*sample) * i32::from(*sample)))
        .sum();
    dbov(sum as f32 / (32_768.0 * 32_768.0), samples.len())
}

/// The level of a G.711 payload in dBov; `None` for codecs that would have to be decoded.
#[must_use]
pub fn level_payload(codec: Codec, payload: &[u8]) -> Option<i8> {
    let table = match codec {
        Codec::Pcma => &ALAW_POWER,
        Codec::Pcmu => &ULAW_POWER,
        Codec::G722 | Codec::Opus => return None,
    };
    Some(dbov(power(table, payload), payload.len()))
}

/// The sum of the powers of all values. In eight sums beside each other: each addition would wait for the one before.
fn power(table: &[f32; 256], payload: &[u8]) -> f32 {
    let of = |code: &u8| table[usize::from(*code)];
    let (eights, rest) = payload.as_chunks::<8>();
    let mut sums = [0.0_f32; 8];
    for eight in eights {
        for (sum, code) in sums.iter_mut().zip(eight) {
            *sum += of(code);
        }
    }
    sums.iter().sum::<f32>() + rest.iter().map(of).sum::<f32>()
}

/// Whether a G.711 payload is digital silence: one value throughout, and that the smallest; `None` for codecs that would have to be decoded.
/// An analogue front end that lives wavers between values.
#[must_use]
pub fn is_digital_silence(codec: Codec, payload: &[u8]) -> Option<bool> {
    let (first, rest) = payload.split_first()?;
    let smallest = match codec {
        Codec::Pcma => [0xd5, 0x55],
        Codec::Pcmu => [0xff, 0x7f],
        Codec::G722 | Codec::Opus => return None,
    };
    Some(smallest.contains(first) && rest.iter().all(|byte| byte == first))
}

fn dbov(power_sum: f32, samples: usize) -> i8 {
    if samples == 0 {
        return -127;
    }
    // The cast saturates; zero power is minus infinity.
    (10.0 * (power_sum / samples as f32).log10()).round().clamp(-127.0, 0.0) as i8
}

/// Counts silent frames, and keeps the level of about the last second.
#[derive(Clone, Debug, Default)]
pub struct SilenceMeter {
    frames: u64,
    frames_silent: u64,
    window_power: f32,
    window_frames: u32,
    level_dbov: Option<i8>,
}

impl SilenceMeter {
    /// One frame of 20 ms.
    pub fn frame(&mut self, level_dbov: i8) {
        self.frames += 1;
        self.frames_silent += u64::from(level_dbov <= LEVEL_SILENT_DBOV);
        self.window_power += 10_f32.powf(f32::from(level_dbov) / 10.0);
        self.window_frames += 1;
        if self.window_frames == WINDOW_FRAMES {
            // 1e-12.7 is -127 dBov.
            let mean = self.window_power / self.window_frames as f32;
            self.level_dbov = Some((10.0 * mean.log10()).round().clamp(-127.0, 0.0) as i8);
            self.window_power = 0.0;
            self.window_frames = 0;
        }
    }

    /// Share of silent frames, 0 to 100; `None` before the first frame.
    #[must_use]
    pub fn silent_percent(&self) -> Option<f32> {
        (self.frames > 0).then(|| (self.frames_silent as f64 / self.frames as f64 * 100.0) as f32)
    }

    /// The level of the last full second in dBov; `None` in the first one.
    #[must_use]
    pub fn level_dbov(&self) -> Option<i8> {
        self.level_dbov
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_those_of_rfc_6464() {
        assert_eq!(level_pcm(&[i16::MIN; 160]), 0);
        assert_eq!(level_pcm(&[0; 160]), -127);
        assert_eq!(level_pcm(&[]), -127);
        let sine: Vec<i16> = (0..800)
            .map(|n| ((f64::from(n) * 0.1 * std::f64::consts::TAU).sin() * 32767.0) as i16)
            .collect();
        assert_eq!(level_pcm(&sine), -3);
    }

    #[test]
    fn payloads_measure_like_their_pcm() {
        for shift in 0..12 {
            let pcm: Vec<i16> = (0..160_i32).map(|n| ((n * 7919 % 65536 - 32768) >> shift) as i16).collect();
            let alaw: Vec<u8> = pcm.iter().map(|s| g711::alaw_encode(*s)).collect();
            let ulaw: Vec<u8> = pcm.iter().map(|s| g711::ulaw_encode(*s)).collect();
            let level = level_pcm(&pcm);
            assert!(
                (level_payload(Codec::Pcma, &alaw).expect("G.711") - level).abs() <= 1,
                "A-law at {level}"
            );
            assert!(
                (level_payload(Codec::Pcmu, &ulaw).expect("G.711") - level).abs() <= 1,
                "µ-law at {level}"
            );
        }
        assert_eq!(level_payload(Codec::Opus, &[0; 3]), None);
    }

    #[test]
    fn digital_silence_of_both_laws_is_silent() {
        assert!(level_payload(Codec::Pcma, &[0xd5; 160]).expect("G.711") <= LEVEL_SILENT_DBOV);
        assert!(level_payload(Codec::Pcmu, &[0xff; 160]).expect("G.711") <= LEVEL_SILENT_DBOV);
    }

    #[test]
    fn one_smallest_value_throughout_is_digital_silence_and_two_are_a_front_end() {
        for (codec, silence, other) in [(Codec::Pcma, 0xd5, 0x55), (Codec::Pcmu, 0xff, 0x7f)] {
            let mut payload = [silence; 160];
            assert_eq!(is_digital_silence(codec, &payload), Some(true));
            payload[159] = other;
            assert_eq!(is_digital_silence(codec, &payload), Some(false), "{codec:?}");
            assert_eq!(
                is_digital_silence(codec, &[0x12; 160]),
                Some(false),
                "loud, though it does not move"
            );
        }
        assert_eq!(is_digital_silence(Codec::Opus, &[0xff; 3]), None);
        assert_eq!(is_digital_silence(Codec::Pcma, &[]), None);
    }

    #[test]
    fn the_meter_tells_the_share_of_silence_and_the_last_second() {
        let mut meter = SilenceMeter::default();
        assert_eq!((meter.silent_percent(), meter.level_dbov()), (None, None));
        for _ in 0..50 {
            meter.frame(-20);
        }
        for _ in 0..150 {
            meter.frame(-127);
        }
        assert_eq!((meter.silent_percent(), meter.level_dbov()), (Some(75.0), Some(-127)));
    }
}
