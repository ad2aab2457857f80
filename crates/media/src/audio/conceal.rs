//! Packet loss concealment for codecs that have none of their own (G.711, G.722): the last pitch period goes on, and fades.
//!
//! ```text
//!  ......good......| repeated period, fading from 10 to 60 ms |~crossfade~good......
//! ```
//!
//! After the idea of ITU-T G.711 appendix I, but without its delay of 3.75 ms: the seam at the beginning is closed by letting the
//! first samples bend from the last good one into the repeated period.

use super::codec::Rate;

/// History kept, at 48 kHz: enough for two of the longest periods and the comparison.
const HISTORY_MAX: usize = 48 * HISTORY_MS;
const HISTORY_MS: usize = 48;
/// Longest and shortest pitch period: 66 to 400 Hz.
const PERIOD_MS_MAX: usize = 15;
/// In tenths of a millisecond.
const PERIOD_TENTHS_MIN: usize = 25;
/// How much sound is compared to find the period.
const COMPARE_MS: usize = 20;
/// Full level for so long, then a straight fade.
const HOLD_MS: usize = 10;
/// Silence from here on.
const FADE_END_MS: usize = 60;
/// The way from the last good sample into the repeated period.
const BEND_MS: usize = 2;
/// The way back into good sound.
const RETURN_MS: usize = 5;

/// Remembers what was played and goes on with it when the next frame is missing.
pub struct Concealer {
    /// The last samples played, newest last.
    history: Box<[i16; HISTORY_MAX]>,
    /// How many of them this rate uses.
    length: usize,
    per_ms: usize,
    /// What is being repeated.
    repeated: Box<[f32; 48 * PERIOD_MS_MAX]>,
    period: usize,
    /// Samples concealed since the last good one.
    concealed: usize,
    /// From the last good sample to the first of the repeated period.
    bend: f32,
}

impl Concealer {
    /// With silence in its memory.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let per_ms = (rate.hz() / 1000) as usize;
        Self {
            history: Box::new([0; HISTORY_MAX]),
            length: HISTORY_MS * per_ms,
            per_ms,
            repeated: Box::new([0.0; 48 * PERIOD_MS_MAX]),
            period: 0,
            concealed: 0,
            bend: 0.0,
        }
    }

    /// Takes a good frame; its beginning is blended when a concealed one came before it.
    pub fn good(&mut self, frame: &mut [i16]) {
        if self.concealed > 0 {
            self.blend(frame);
            self.concealed = 0;
        }
        self.remember(frame);
    }

    /// Takes a good frame that does not continue the one before: something was left out.
    pub fn join(&mut self, frame: &mut [i16]) {
        if self.concealed == 0 {
            self.find_period();
            // Nothing has been invented yet, but the blend begins as if the invention went on from here.
            self.blend(frame);
            self.remember(frame);
        } else {
            self.good(frame);
        }
    }

    /// Fills a frame that is missing.
    pub fn conceal(&mut self, frame: &mut [i16]) {
        if self.concealed == 0 {
            self.find_period();
        }
        for (n, sample) in frame.iter_mut().enumerate() {
            *sample = self.invented(self.concealed + n) as i16;
        }
        self.concealed += frame.len();
        self.remember(frame);
    }

    /// How long it has been inventing, in milliseconds.
    #[must_use]
    pub fn concealed_ms(&self) -> u32 {
        (self.concealed / self.per_ms) as u32
    }

    fn blend(&self, frame: &mut [i16]) {
        let blend = (RETURN_MS * self.per_ms).min(frame.len());
        for (n, sample) in frame.iter_mut().take(blend).enumerate() {
            let share = (n + 1) as f32 / (blend + 1) as f32;
            let invented = self.invented(self.concealed + n);
            *sample = (f32::from(*sample) * share + invented * (1.0 - share)) as i16;
        }
    }

    fn remember(&mut self, frame: &[i16]) {
        let history = &mut self.history[..self.length];
        let new = &frame[frame.len().saturating_sub(history.len())..];
        history.copy_within(new.len().., 0);
        let start = history.len() - new.len();
        history[start..].copy_from_slice(new);
    }

    /// The sample so many after the last good one.
    fn invented(&self, at: usize) -> f32 {
        let (hold, end, bend) = (HOLD_MS * self.per_ms, FADE_END_MS * self.per_ms, BEND_MS * self.per_ms);
        if at >= end || self.period == 0 {
            return 0.0;
        }
        let gain = if at < hold { 1.0 } else { (end - at) as f32 / (end - hold) as f32 };
        let bend = if at < bend {
            self.bend * (bend - at) as f32 / bend as f32
        } else {
            0.0
        };
        (self.repeated[at % self.period] * gain + bend).clamp(-32_768.0, 32_767.0)
    }

    /// Chooses the period by normalized correlation of the last 20 ms with what came before, and prepares it for repetition.
    fn find_period(&mut self) {
        let history = &self.history[..self.length];
        // A coarse search at 8 kHz or so costs an eighth or less; one step of refinement around its result suffices for speech.
        let stride = (self.per_ms / 8).max(1);
        let shortest = PERIOD_TENTHS_MIN * self.per_ms / 10;
        let longest = PERIOD_MS_MAX * self.per_ms;
        let compare = COMPARE_MS * self.per_ms;
        let score = |lag: usize, stride: usize| {
            let end = history.len();
            let recent = &history[end - compare..];
            let earlier = &history[end - compare - lag..end - lag];
            let (mut product, mut energy) = (0.0_f32, 1.0_f32);
            for (a, b) in recent.iter().zip(earlier).step_by(stride) {
                let (a, b) = (f32::from(*a), f32::from(*b));
                product += a * b;
                energy += b * b;
            }
            product / energy.sqrt()
        };
        let best = |lags: &mut dyn Iterator<Item = usize>, stride: usize| {
            lags.map(|lag| (lag, score(lag, stride)))
                .fold((longest, f32::MIN), |best, next| if next.1 > best.1 { next } else { best })
                .0
        };
        let coarse = best(&mut (shortest..=longest).step_by(stride), stride * 2);
        self.period = best(
            &mut (coarse.saturating_sub(stride).max(shortest)..=(coarse + stride).min(longest)),
            stride,
        );
        self.prepare();
    }

    /// Copies the last period; its end is blended with what came before its beginning, so that it joins itself.
    fn prepare(&mut self) {
        let history = &self.history[..self.length];
        let start = history.len() - self.period;
        for (n, repeated) in self.repeated[..self.period].iter_mut().enumerate() {
            *repeated = f32::from(history[start + n]);
        }
        let overlap = self.period / 4;
        for n in 0..overlap {
            let share = (n + 1) as f32 / (overlap + 1) as f32;
            let before = f32::from(history[start - overlap + n]);
            let repeated = &mut self.repeated[self.period - overlap + n];
            *repeated = *repeated * (1.0 - share) + before * share;
        }
        // One sample further along the line that the last two good samples draw would overshoot; the last one is close enough.
        self.bend = f32::from(history[history.len() - 1]) - f32::from(history[start - 1]);
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;
    use crate::audio::tone::goertzel;

    const RATES: [Rate; 3] = [Rate::Narrow, Rate::Wide, Rate::Full];

    /// A voice: many harmonics of one pitch.
    fn voice(rate: Rate, pitch_hz: f64, samples: usize) -> Vec<i16> {
        (0..samples)
            .map(|n| {
                let t = n as f64 / f64::from(rate.hz());
                (1..8)
                    .map(|k| (t * pitch_hz * f64::from(k) * TAU).sin() * 6000.0 / f64::from(k))
                    .sum::<f64>() as i16
            })
            .collect()
    }

    fn with_gap(rate: Rate, input: &[i16], lost: std::ops::Range<usize>) -> Vec<i16> {
        let mut concealer = Concealer::new(rate);
        let mut output = Vec::new();
        for (n, frame) in input.chunks_exact(rate.frame_samples()).enumerate() {
            let mut frame = frame.to_vec();
            if lost.contains(&n) {
                concealer.conceal(&mut frame);
            } else {
                concealer.good(&mut frame);
            }
            output.extend(frame);
        }
        output
    }

    #[test]
    fn a_voice_goes_on_through_one_lost_frame() {
        for rate in RATES {
            for pitch_hz in [80.0, 120.0, 203.0, 330.0] {
                let frame = rate.frame_samples();
                let input = voice(rate, pitch_hz, frame * 12);
                let output = with_gap(rate, &input, 8..9);
                let error = |range: std::ops::Range<usize>| {
                    let (mut signal, mut noise) = (1.0, 1.0);
                    for n in range {
                        signal += f64::from(input[n]).powi(2);
                        noise += (f64::from(input[n]) - f64::from(output[n])).powi(2);
                    }
                    10.0 * (signal / noise).log10()
                };
                let snr = error(frame * 8..frame * 8 + frame / 2);
                assert!(snr > 9.0, "{rate:?} {pitch_hz} Hz: {snr:.1} dB in the first 10 ms");
                assert!(error(frame * 10..frame * 12) > 60.0, "good frames pass as they are");
            }
        }
    }

    #[test]
    fn a_long_loss_fades_to_silence() {
        for rate in RATES {
            let frame = rate.frame_samples();
            let output = with_gap(rate, &voice(rate, 150.0, frame * 20), 8..14);
            let level = |n: usize| goertzel(&output[n * frame..(n + 1) * frame], rate.hz(), 150.0);
            assert!(level(8) > level(7) - 3.0 && level(9) < level(7) - 1.0 && level(10) < level(9));
            assert!(output[frame * 11..frame * 14].iter().all(|sample| *sample == 0));
        }
    }

    #[test]
    fn seams_do_not_click() {
        for rate in RATES {
            for lost in [8..9, 8..10, 8..13] {
                let frame = rate.frame_samples();
                let input = voice(rate, 150.0, frame * 16);
                let step = |samples: &[i16]| samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max();
                let (natural, ours) = (
                    step(&input).expect("samples"),
                    step(&with_gap(rate, &input, lost)).expect("samples"),
                );
                assert!(ours <= natural * 3 / 2, "{rate:?}: a step of {ours}, in the voice itself {natural}");
            }
        }
    }

    #[test]
    fn joining_what_does_not_fit_does_not_click() {
        let mut concealer = Concealer::new(Rate::Narrow);
        let input = voice(Rate::Narrow, 150.0, 160 * 10);
        let mut output = Vec::new();
        // Every third frame is left out.
        for (_, frame) in input.chunks_exact(160).enumerate().filter(|(n, _)| n % 3 != 2) {
            let mut frame = frame.to_vec();
            concealer.join(&mut frame);
            output.extend(frame);
        }
        let step = |samples: &[i16]| samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max();
        assert!(
            step(&output) <= step(&input).map(|step| step * 3 / 2),
            "{:?} {:?}",
            step(&output),
            step(&input)
        );
    }

    #[test]
    fn silence_stays_silent_and_noise_stays_bounded() {
        let mut concealer = Concealer::new(Rate::Narrow);
        let mut frame = [1; 160];
        concealer.conceal(&mut frame);
        assert_eq!(frame, [0; 160]);
        for n in 0..10_i32 {
            let mut noise: Vec<i16> = (0..160).map(|k| ((k + n * 160) * 7919 % 65_536 - 32_768) as i16).collect();
            concealer.good(&mut noise);
        }
        for _ in 0..4 {
            concealer.conceal(&mut frame);
        }
        assert_eq!(frame, [0; 160]);
        assert_eq!(concealer.concealed_ms(), 80);
    }
}
