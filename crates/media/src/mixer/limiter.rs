//! Keeps a sum of voices within 16 bits without the harshness of clipping: loud moments are turned down as a whole, and what still goes over
//! is bent, not cut.

/// Peaks are brought down to here: 1 dB below full scale.
const CEILING: f32 = 29_200.0;
/// From here on samples are bent towards full scale.
const KNEE: f32 = 26_000.0;
/// Full scale.
const LIMIT: f32 = 32_767.0;
/// How fast it turns up again, as a factor for every frame: 20 dB a second.
const RELEASE: f32 = 1.047;
/// A frame's share over which it turns down: 2.5 ms.
const ATTACK_SHARE: usize = 8;

/// How much one stream is turned down at the moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limiter {
    gain: f32,
}

impl Default for Limiter {
    fn default() -> Self {
        Self { gain: 1.0 }
    }
}

impl Limiter {
    /// Writes a frame as 16-bit PCM. `pcm` is as long as `sound`.
    pub(crate) fn limit(&mut self, sound: &[f32], pcm: &mut [i16]) {
        let peak = sound.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let wanted = if peak > CEILING { CEILING / peak } else { 1.0 };
        let (before, after) = (self.gain, wanted.min(self.gain * RELEASE).min(1.0));
        self.gain = after;
        if before >= 1.0 && after >= 1.0 {
            for (pcm, sample) in pcm.iter_mut().zip(sound) {
                *pcm = round(bend(*sample));
            }
            return;
        }
        let ramp = if after < before { sound.len() / ATTACK_SHARE } else { sound.len() };
        let step = (after - before) / ramp.max(1) as f32;
        for (n, (pcm, sample)) in pcm.iter_mut().zip(sound).enumerate() {
            let gain = if n < ramp { before + step * (n + 1) as f32 } else { after };
            *pcm = round(bend(sample * gain));
        }
    }
}

/// What is above the knee comes ever closer to full scale and never reaches it.
fn bend(sample: f32) -> f32 {
    let size = sample.abs();
    if size <= KNEE {
        return sample;
    }
    let room = LIMIT - KNEE;
    let over = (size - KNEE) / room;
    (KNEE + room * over / (1.0 + over)).copysign(sample)
}

fn round(sample: f32) -> i16 {
    // The cast saturates.
    (sample + 0.5_f32.copysign(sample)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(peak: f32, frames: usize) -> Vec<f32> {
        (0..160 * frames)
            .map(|n| (n as f32 * 0.05 * std::f32::consts::TAU).sin() * peak)
            .collect()
    }

    fn limited(limiter: &mut Limiter, sound: &[f32]) -> Vec<i16> {
        let mut pcm = vec![0; sound.len()];
        for (sound, pcm) in sound.chunks(160).zip(pcm.chunks_mut(160)) {
            limiter.limit(sound, pcm);
        }
        pcm
    }

    #[test]
    fn what_is_not_too_loud_passes_as_it_is() {
        let sound = sine(20_000.0, 5);
        let pcm = limited(&mut Limiter::default(), &sound);
        assert!(pcm.iter().zip(&sound).all(|(pcm, sound)| (f32::from(*pcm) - sound).abs() <= 0.5));
    }

    #[test]
    fn what_is_far_too_loud_stays_a_sine_and_comes_back_slowly() {
        let mut limiter = Limiter::default();
        let pcm = limited(&mut limiter, &sine(120_000.0, 20));
        let settled = &pcm[160 * 2..];
        let level = crate::audio::tone::goertzel(settled, 8_000, 400.0);
        let all = crate::audio::quality::level_pcm(settled);
        // Hardly anything but the sine itself is left: no harmonics of clipping.
        assert!(
            (level - f32::from(all)).abs() < 1.0 && level > -6.0,
            "{level} dBov of {all} are the sine"
        );
        let third = crate::audio::tone::goertzel(settled, 8_000, 1_200.0);
        assert!(third < level - 35.0, "third harmonic at {third} dBov");
        // Quiet sound afterwards: first still turned down by 12 dB, after a second as it is.
        let quiet = limited(&mut limiter, &sine(10_000.0, 60));
        let (first, last) = (&quiet[..160], &quiet[160 * 59..]);
        let peak = |pcm: &[i16]| pcm.iter().map(|sample| sample.unsigned_abs()).max();
        assert!(
            peak(first) < Some(4_000) && peak(last) > Some(9_900),
            "{:?} {:?}",
            peak(first),
            peak(last)
        );
    }

    #[test]
    fn nothing_wraps_however_loud() {
        let mut limiter = Limiter::default();
        for size in [1.0e3, 1.0e5, 1.0e7, 1.0e9] {
            for pair in limited(&mut limiter, &[size, -size].repeat(80)).chunks(2) {
                assert!(pair[0] > 0 && pair[1] < 0, "{size}: {pair:?}");
            }
        }
    }
}
