//! Uploads as loud as the program's own prompts: what speaks is at one level, and peaks are pressed rather than clipped.

use super::RATE_HZ;

/// Of the sound itself, its pauses left out: −18 dBFS, as in `scripts/prompts.sh`.
const LEVEL: f32 = 0.126;
/// No sample is louder afterwards: −1 dBFS.
const PEAK: f32 = 0.891 * 32_768.0;
/// What is 30 dB below the loudest frame is a pause.
const PAUSE: f32 = 0.001;
/// Noise is not made into sound: 20 dB more at most.
const GAIN_MAX: f32 = 10.0;
/// Frames of 20 ms are speech or pauses.
const FRAME: usize = RATE_HZ as usize / 50;
/// The limiter looks at 5 ms at a time, and changes from one to the next without a step.
const BLOCK: usize = RATE_HZ as usize / 200;

/// At our level.
pub(super) fn level(mut samples: Vec<i16>) -> Vec<i16> {
    let Some(rms) = speech_rms(&samples) else { return samples };
    let gain = (LEVEL * 32_768.0 / rms).min(GAIN_MAX);
    let gains = limits(&samples, gain);
    for (index, block) in samples.chunks_mut(BLOCK).enumerate() {
        let at = |index: usize| gains.get(index).copied().unwrap_or(gain);
        // Where two blocks meet, the lower gain of both counts: so it is never above either's own.
        let before = at(index.saturating_sub(1)).min(at(index));
        let after = at(index).min(at(index + 1));
        for (place, sample) in block.iter_mut().enumerate() {
            let share = place as f32 / BLOCK as f32;
            let gain = before + (after - before) * share;
            *sample = (f32::from(*sample) * gain).clamp(-PEAK, PEAK) as i16;
        }
    }
    samples
}

/// What the sound's effective value is where it is not pausing; `None` for silence.
fn speech_rms(samples: &[i16]) -> Option<f32> {
    let power = |frame: &[i16]| frame.iter().map(|sample| f32::from(*sample).powi(2)).sum::<f32>() / frame.len() as f32;
    let powers: Vec<f32> = samples.chunks(FRAME).map(power).collect();
    let loudest = powers.iter().copied().fold(0.0, f32::max);
    let (mut sum, mut count) = (0.0, 0.0);
    for power in powers.into_iter().filter(|power| *power > loudest * PAUSE) {
        sum += f64::from(power);
        count += 1.0;
    }
    (loudest > 0.0).then(|| (sum / count).sqrt() as f32)
}

/// The gain of each block: the wanted one, or what its peak allows.
fn limits(samples: &[i16], gain: f32) -> Vec<f32> {
    let limit = |block: &[i16]| {
        let peak = block.iter().map(|sample| f32::from(sample.unsigned_abs())).fold(0.0, f32::max);
        if peak * gain > PEAK { PEAK / peak } else { gain }
    };
    samples.chunks(BLOCK).map(limit).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tone(amplitude: f32, length: usize) -> impl Iterator<Item = i16> {
        (0..length).map(move |n| ((n as f32 * 300.0 * std::f32::consts::TAU / RATE_HZ as f32).sin() * amplitude) as i16)
    }

    #[test]
    fn loud_and_low_become_equal_and_pauses_do_not_count() {
        for amplitude in [900.0, 4_000.0, 30_000.0] {
            let mut samples: Vec<i16> = tone(amplitude, 16_000).collect();
            samples.extend(std::iter::repeat_n(0, 32_000));
            let levelled = level(samples);
            let rms = speech_rms(&levelled).unwrap() / 32_768.0;
            assert!((0.11..0.14).contains(&rms), "{amplitude}: {rms}");
        }
    }

    #[test]
    fn a_bang_does_not_clip_and_does_not_keep_the_rest_down() {
        let mut samples: Vec<i16> = tone(1_000.0, 48_000).collect();
        samples[24_000..24_080].fill(i16::MAX);
        let levelled = level(samples);
        assert!(levelled.iter().all(|sample| f32::from(sample.unsigned_abs()) <= PEAK + 1.0));
        let rms = speech_rms(&levelled[32_000..]).unwrap() / 32_768.0;
        // Bound by the bang's peak, it would be 0.027.
        assert!(rms > 0.05, "{rms}");
    }

    #[test]
    fn silence_stays_silence_and_noise_is_no_more_than_twenty_decibels_up() {
        assert_eq!(level(vec![0; 100]), vec![0; 100]);
        assert_eq!(level(Vec::new()), Vec::<i16>::new());
        assert!(level(vec![3; 1_000]).into_iter().all(|sample| sample <= 30));
    }

    proptest! {
        #[test]
        fn nothing_is_louder_than_the_limit(samples in prop::collection::vec(any::<i16>(), 0..2_000)) {
            let levelled = level(samples.clone());
            prop_assert_eq!(levelled.len(), samples.len());
            prop_assert!(levelled.iter().all(|sample| f32::from(sample.unsigned_abs()) <= PEAK + 1.0));
        }
    }
}
