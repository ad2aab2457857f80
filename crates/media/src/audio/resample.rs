//! Conversion between 8, 16 and 48 kHz: one polyphase FIR per direction, its table computed once.
//!
//! The filter is a sinc under a Kaiser window. It passes up to 85 % of the lower rate's band (3.4 kHz of 4 kHz) and damps what
//! would alias by 60 dB, which is more than any telephone channel keeps. It delays by 24 samples of the lower rate's
//! (12 either side), at most 1.5 ms.

use std::f32::consts::PI;
use std::sync::OnceLock;

use super::codec::Rate;

/// Taps for every sample of the lower rate.
const TAPS: usize = 24;
/// The most samples that either side's frame has.
const SAMPLES_MAX: usize = 960;
/// Shape of the Kaiser window: 60 dB of damping.
const KAISER_BETA: f32 = 5.65;
/// Where the filter has fallen by half, as a share of the lower rate's band.
const CUTOFF: f32 = 0.93;

/// Converts frames of 20 ms from one rate to another.
pub struct Resampler {
    work: Work,
}

enum Work {
    /// The rates are the same.
    Copy,
    /// `factor` outputs for every input, each by its own phase of the filter.
    Up {
        phases: &'static [[f32; TAPS]],
        history: Box<[f32; TAPS + SAMPLES_MAX]>,
    },
    /// One output for every `factor` inputs, by the whole filter.
    Down {
        filter: &'static [f32],
        history: Box<[f32; TAPS * 6 + SAMPLES_MAX]>,
    },
}

impl Resampler {
    /// A converter in its silent state.
    #[must_use]
    pub fn new(from: Rate, to: Rate) -> Self {
        let work = if from.hz() < to.hz() {
            Work::Up {
                phases: phases(to.hz() / from.hz()),
                history: Box::new([0.0; TAPS + SAMPLES_MAX]),
            }
        } else if from.hz() > to.hz() {
            Work::Down {
                filter: filter(from.hz() / to.hz()),
                history: Box::new([0.0; TAPS * 6 + SAMPLES_MAX]),
            }
        } else {
            Work::Copy
        };
        Self { work }
    }

    /// Converts `input` into the beginning of `output` and returns how many samples were written: as many as the ratio of the
    /// rates gives, for as much of the input as is a whole number of output samples and no longer than 20 ms at 48 kHz.
    pub fn process(&mut self, input: &[i16], output: &mut [i16]) -> usize {
        match &mut self.work {
            Work::Copy => {
                let samples = input.len().min(output.len());
                output[..samples].copy_from_slice(&input[..samples]);
                samples
            }
            Work::Up { phases, history } => {
                let count = input.len().min(SAMPLES_MAX).min(output.len() / phases.len());
                take(&mut history[TAPS..], &input[..count]);
                for (n, outputs) in output.chunks_exact_mut(phases.len()).take(count).enumerate() {
                    let window = &history[n + 1..n + 1 + TAPS];
                    for (output, phase) in outputs.iter_mut().zip(phases.iter()) {
                        *output = round(dot(window, phase));
                    }
                }
                history.copy_within(count..count + TAPS, 0);
                count * phases.len()
            }
            Work::Down { filter, history } => {
                let factor = filter.len() / TAPS;
                let count = (input.len().min(SAMPLES_MAX) / factor).min(output.len());
                let start = filter.len();
                take(&mut history[start..], &input[..count * factor]);
                for (n, output) in output.iter_mut().take(count).enumerate() {
                    let end = start + (n + 1) * factor;
                    *output = round(dot(&history[end - filter.len()..end], filter));
                }
                history.copy_within(count * factor..count * factor + start, 0);
                count
            }
        }
    }
}

fn take(history: &mut [f32], input: &[i16]) {
    for (kept, sample) in history.iter_mut().zip(input) {
        *kept = f32::from(*sample);
    }
}

/// Eight sums side by side, so that the compiler may use the processor's vectors.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

fn round(value: f32) -> i16 {
    // The cast saturates.
    (value + 0.5_f32.copysign(value)) as i16
}

/// The low-pass of `TAPS * factor` taps at the higher rate, with a gain of one.
fn filter(factor: u32) -> &'static [f32] {
    static BY_FACTOR: [OnceLock<Vec<f32>>; 7] = [const { OnceLock::new() }; 7];
    BY_FACTOR[factor as usize].get_or_init(|| {
        let taps = TAPS * factor as usize;
        let centre = (taps - 1) as f32 / 2.0;
        let mut filter: Vec<f32> = (0..taps)
            .map(|n| {
                let offset = n as f32 - centre;
                let angle = PI * CUTOFF * offset / factor as f32;
                let sinc = if angle.abs() < 1e-6 { 1.0 } else { angle.sin() / angle };
                sinc * kaiser(offset / (taps as f32 / 2.0))
            })
            .collect();
        let sum: f32 = filter.iter().sum();
        filter.iter_mut().for_each(|tap| *tap /= sum);
        filter
    })
}

/// The same low-pass, dealt out to the outputs between two inputs, oldest input first.
fn phases(factor: u32) -> &'static [[f32; TAPS]] {
    static BY_FACTOR: [OnceLock<Vec<[f32; TAPS]>>; 7] = [const { OnceLock::new() }; 7];
    BY_FACTOR[factor as usize].get_or_init(|| {
        let (filter, factor) = (filter(factor), factor as usize);
        (0..factor)
            .map(|phase| {
                let mut taps = [0.0; TAPS];
                for (n, tap) in taps.iter_mut().enumerate() {
                    *tap = filter[(TAPS - 1 - n) * factor + phase] * factor as f32;
                }
                let sum: f32 = taps.iter().sum();
                taps.map(|tap| tap / sum)
            })
            .collect()
    })
}

/// The Kaiser window at `x` between -1 and 1.
fn kaiser(x: f32) -> f32 {
    bessel_i0(KAISER_BETA * (1.0 - x * x).max(0.0).sqrt()) / bessel_i0(KAISER_BETA)
}

/// The modified Bessel function of order zero, by its power series.
fn bessel_i0(x: f32) -> f32 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..25_u8 {
        term *= (x / 2.0 / f32::from(k)).powi(2);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::tone::goertzel;

    const RATES: [Rate; 3] = [Rate::Narrow, Rate::Wide, Rate::Full];

    fn convert(from: Rate, to: Rate, hz: f64, peak: f64) -> Vec<i16> {
        let mut resampler = Resampler::new(from, to);
        let mut output = Vec::new();
        for frame in 0..50 {
            let input: Vec<i16> = (0..from.frame_samples())
                .map(|n| {
                    let n = (frame * from.frame_samples() + n) as f64;
                    ((n * hz * std::f64::consts::TAU / f64::from(from.hz())).sin() * peak) as i16
                })
                .collect();
            let mut pcm = [0; SAMPLES_MAX];
            let samples = resampler.process(&input, &mut pcm);
            assert_eq!(samples, to.frame_samples(), "{from:?} to {to:?}");
            output.extend_from_slice(&pcm[..samples]);
        }
        output.split_off(to.frame_samples() * 5)
    }

    #[test]
    fn speech_frequencies_keep_their_level_and_nothing_else_appears() {
        for from in RATES {
            for to in RATES {
                for hz in [100.0, 440.0, 1000.0, 2100.0, 3000.0, 3300.0] {
                    let output = convert(from, to, hz, 16_000.0);
                    let tone = goertzel(&output, to.hz(), hz as f32);
                    // A sine of half the full scale: -3 dBov less 6.2 dB.
                    assert!((tone + 9.24).abs() < 0.7, "{from:?} to {to:?}, {hz} Hz: {tone:.2} dBov");
                    let power: f64 = output.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / output.len() as f64;
                    let all = 10.0 * (power / 32768.0_f64.powi(2)).log10();
                    let rest = 10_f64.powf(all / 10.0) - 10_f64.powf(f64::from(tone) / 10.0);
                    let rest = 10.0 * rest.max(1e-12).log10();
                    assert!(rest < -55.0, "{from:?} to {to:?}, {hz} Hz: {rest:.1} dBov beside the tone");
                }
            }
        }
    }

    #[test]
    fn what_would_alias_is_damped() {
        for (from, to, hz) in [
            (Rate::Wide, Rate::Narrow, 4_600.0),
            (Rate::Wide, Rate::Narrow, 6_000.0),
            (Rate::Full, Rate::Narrow, 4_600.0),
            (Rate::Full, Rate::Narrow, 15_000.0),
            (Rate::Full, Rate::Wide, 9_200.0),
            (Rate::Full, Rate::Wide, 20_000.0),
        ] {
            let output = convert(from, to, hz, 16_000.0);
            let peak = output.iter().map(|s| s.unsigned_abs()).max().expect("samples");
            assert!(peak < 40, "{from:?} to {to:?}, {hz} Hz leaves a peak of {peak}");
        }
    }

    #[test]
    fn full_scale_does_not_wrap() {
        for (from, to) in [(Rate::Narrow, Rate::Full), (Rate::Full, Rate::Narrow)] {
            let mut resampler = Resampler::new(from, to);
            let mut output = [0; SAMPLES_MAX];
            for _ in 0..5 {
                let samples = resampler.process(&vec![i16::MAX; from.frame_samples()], &mut output);
                assert!(output[..samples].iter().all(|sample| *sample > -9_000));
            }
            assert!(output[100] > 32_700);
        }
    }

    #[test]
    fn odd_lengths_are_cut_not_overrun() {
        let mut resampler = Resampler::new(Rate::Full, Rate::Narrow);
        assert_eq!(resampler.process(&[0; 2000], &mut [0; 2000]), 160);
        assert_eq!(resampler.process(&[0; 5], &mut [0; 10]), 0);
        assert_eq!(Resampler::new(Rate::Narrow, Rate::Full).process(&[0; 160], &mut [0; 13]), 12);
    }
}
