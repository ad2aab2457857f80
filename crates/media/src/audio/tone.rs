//! Tones that repeat, DTMF in band, and the measurement of a single frequency. Which tones a country has: [`super::tones`].

use std::f32::consts::TAU;

use model::control::Digit;

use super::codec::Rate;

/// A tone that repeats: up to four sounds, each with a pause after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cadence {
    /// One after the other; those that are not needed last no time.
    pub sounds: [Sound; 4],
}

/// Up to two frequencies at once, and the pause after them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sound {
    /// In Hz; the second is 0 where there is one only.
    pub frequencies_hz: [f32; 2],
    /// How long it sounds, in milliseconds.
    pub on_ms: u16,
    /// How long the pause is, in milliseconds.
    pub off_ms: u16,
}

/// A sound of one frequency and its pause.
pub(super) const fn sound(hz: f32, on_ms: u16, off_ms: u16) -> Sound {
    both(hz, 0.0, on_ms, off_ms)
}

/// A sound of two frequencies and its pause.
pub(super) const fn both(low_hz: f32, high_hz: f32, on_ms: u16, off_ms: u16) -> Sound {
    Sound {
        frequencies_hz: [low_hz, high_hz],
        on_ms,
        off_ms,
    }
}

impl Cadence {
    /// Up to four sounds.
    pub(super) const fn of<const N: usize>(sounds: [Sound; N]) -> Self {
        let mut all = [sound(0.0, 0, 0); 4];
        let mut n = 0;
        while n < N {
            all[n] = sounds[n];
            n += 1;
        }
        Self { sounds: all }
    }

    /// The duration of one round in milliseconds.
    #[must_use]
    pub fn period_ms(&self) -> u32 {
        self.sounds
            .iter()
            .map(|sound| u32::from(sound.on_ms) + u32::from(sound.off_ms))
            .sum()
    }

    /// What sounds at this sample of the round, and how loud, 0 to 1: it swells and fades at the edges of a sound.
    fn at(&self, position: u32, samples_per_ms: u32) -> ([f32; 2], f32) {
        let mut start = 0;
        for sound in &self.sounds {
            let end = start + u32::from(sound.on_ms) * samples_per_ms;
            if position < end {
                return (sound.frequencies_hz, ramp((position - start).min(end - position), samples_per_ms));
            }
            start = end + u32::from(sound.off_ms) * samples_per_ms;
            if position < start {
                return (sound.frequencies_hz, 0.0);
            }
        }
        ([0.0; 2], 0.0)
    }
}

/// Asks for keys: like a dial tone, but swelling, so that it is not taken for a free line.
pub const PROMPT: Cadence = Cadence::of([sound(425.0, 450, 50)]);
/// It is done: quick and high.
pub const CONFIRMATION: Cadence = Cadence::of([sound(1_400.0, 100, 100), sound(1_400.0, 100, 200)]);
/// It cannot be done: long and low.
pub const REJECTION: Cadence = Cadence::of([sound(250.0, 400, 100)]);

/// This call is recorded: the recorder warning tone of the USA's Federal Standard 1037C, half a second of 1,400 Hz, as in most countries that have
/// one. It is played once, when the recording begins, not every 15 seconds.
pub const RECORDING: Cadence = Cadence::of([sound(1_400.0, 500, 0)]);

/// Peak of each of two frequencies: together they stay below half the full scale (about -16 dBov each).
const PEAK: f32 = 7_000.0;
/// Tones swell and fade for this long, so that they do not click.
const RAMP_MS: u32 = 5;

/// Two sines whose phases run on from frame to frame.
struct Oscillators {
    phases: [f32; 2],
    steps: [f32; 2],
}

impl Oscillators {
    fn new(frequencies_hz: [f32; 2], rate: Rate) -> Self {
        Self {
            phases: [0.0; 2],
            steps: frequencies_hz.map(|hz| hz / rate.hz() as f32),
        }
    }

    /// Other frequencies from now on.
    fn tune(&mut self, frequencies_hz: [f32; 2], rate: Rate) {
        self.steps = frequencies_hz.map(|hz| hz / rate.hz() as f32);
    }

    fn next(&mut self) -> f32 {
        let mut sum = 0.0;
        for (phase, step) in self.phases.iter_mut().zip(self.steps) {
            sum += (*phase * TAU).sin();
            *phase = (*phase + step).fract();
        }
        sum
    }
}

/// A repeating tone.
pub struct Tone {
    oscillators: Oscillators,
    cadence: Cadence,
    rate: Rate,
    /// Samples since the round began.
    position: u32,
}

impl Tone {
    /// Starts at the beginning of a round.
    #[must_use]
    pub fn new(cadence: Cadence, rate: Rate) -> Self {
        Self {
            oscillators: Oscillators::new(cadence.sounds[0].frequencies_hz, rate),
            cadence,
            rate,
            position: 0,
        }
    }

    /// Fills the next samples.
    pub fn fill(&mut self, samples: &mut [i16]) {
        let per_ms = self.rate.hz() / 1000;
        let period = self.cadence.period_ms() * per_ms;
        for sample in samples {
            let (frequencies_hz, gain) = self.cadence.at(self.position, per_ms);
            self.oscillators.tune(frequencies_hz, self.rate);
            *sample = (self.oscillators.next() * PEAK * gain) as i16;
            self.position += 1;
            if self.position >= period {
                self.position = 0;
            }
        }
    }
}

/// The gain so many samples from the edge of a sound.
fn ramp(to_edge: u32, samples_per_ms: u32) -> f32 {
    (to_edge as f32 / (RAMP_MS * samples_per_ms) as f32).min(1.0)
}

/// One DTMF key in band (ITU-T Q.23), for peers that know no RFC 4733.
pub struct Dtmf {
    oscillators: Oscillators,
    rate: Rate,
    samples_left: u32,
    samples_done: u32,
}

impl Dtmf {
    pub(crate) const ROWS_HZ: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
    pub(crate) const COLUMNS_HZ: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];

    /// The key, pressed for so many milliseconds.
    #[must_use]
    pub fn new(digit: Digit, rate: Rate, duration_ms: u16) -> Self {
        let [row, column] = Self::frequencies_hz(digit);
        Self {
            oscillators: Oscillators::new([row, column], rate),
            rate,
            samples_left: u32::from(duration_ms) * (rate.hz() / 1000),
            samples_done: 0,
        }
    }

    /// The two frequencies of a key in Hz, the lower first.
    #[must_use]
    pub fn frequencies_hz(digit: Digit) -> [f32; 2] {
        let (row, column) = match digit.event() {
            0 => (3, 1),
            10 => (3, 0),
            11 => (3, 2),
            letter @ 12.. => (usize::from(letter.min(15)) - 12, 3),
            number => (usize::from(number - 1) / 3, usize::from(number - 1) % 3),
        };
        [Self::ROWS_HZ[row], Self::COLUMNS_HZ[column]]
    }

    /// Fills the next samples, with silence after the end; false when it was over before.
    pub fn fill(&mut self, samples: &mut [i16]) -> bool {
        let before = self.samples_left;
        let per_ms = self.rate.hz() / 1000;
        for sample in samples {
            if self.samples_left == 0 {
                *sample = 0;
                continue;
            }
            let gain = ramp(self.samples_left.min(self.samples_done), per_ms);
            *sample = (self.oscillators.next() * PEAK * gain) as i16;
            self.samples_left -= 1;
            self.samples_done += 1;
        }
        before > 0
    }
}

/// How loud one frequency is among `samples`, in dBov (-127 when it is not there at all). The longer the window, the narrower.
#[must_use]
pub fn goertzel(samples: &[i16], rate_hz: u32, frequency_hz: f32) -> f32 {
    if samples.is_empty() || rate_hz == 0 {
        return -127.0;
    }
    let angle = f64::from(frequency_hz) / f64::from(rate_hz) * std::f64::consts::TAU;
    let coefficient = 2.0 * angle.cos();
    let (mut last, mut before) = (0.0_f64, 0.0_f64);
    for sample in samples {
        let next = f64::from(*sample) + coefficient * last - before;
        before = last;
        last = next;
    }
    let power = last * last + before * before - coefficient * last * before;
    // The sine's mean square: twice the squared magnitude over the squared number of samples.
    let mean_square = 2.0 * power / (samples.len() as f64).powi(2);
    let level = 10.0 * (mean_square / (32_768.0 * 32_768.0)).max(1e-13).log10();
    (level as f32).max(-127.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::tones::country;

    fn render(tone: &mut Tone, rate: Rate, ms: usize) -> Vec<i16> {
        let mut samples = vec![0; rate.hz() as usize * ms / 1000];
        for frame in samples.chunks_mut(rate.frame_samples()) {
            tone.fill(frame);
        }
        samples
    }

    #[test]
    fn a_full_scale_sine_measures_minus_three_and_only_at_its_frequency() {
        let samples: Vec<i16> = (0..8000)
            .map(|n| ((f64::from(n) * 1000.0 / 8000.0 * std::f64::consts::TAU).sin() * 32767.0) as i16)
            .collect();
        assert!((goertzel(&samples, 8000, 1000.0) + 3.01).abs() < 0.05);
        assert!(goertzel(&samples, 8000, 440.0) < -60.0);
        assert_eq!(goertzel(&[0; 800], 8000, 440.0), -127.0);
        assert_eq!(goertzel(&[], 8000, 440.0), -127.0);
    }

    #[test]
    fn german_ring_back_is_one_second_in_five() {
        for rate in [Rate::Narrow, Rate::Wide, Rate::Full] {
            let second = rate.hz() as usize;
            let samples = render(&mut Tone::new(country("de").ring_back, rate), rate, 10_000);
            for round in samples.chunks(second * 5) {
                assert!(goertzel(&round[..second], rate.hz(), 425.0) > -18.0);
                assert!(round[second..].iter().all(|sample| *sample == 0));
            }
        }
    }

    #[test]
    fn german_busy_is_on_and_off_for_480_ms() {
        let samples = render(&mut Tone::new(country("DE").busy, Rate::Narrow), Rate::Narrow, 1920);
        for (n, step) in samples.chunks(3840).enumerate() {
            assert_eq!(goertzel(step, 8000, 425.0) > -18.0, n % 2 == 0, "step {n}");
        }
    }

    #[test]
    fn every_key_has_its_two_frequencies_for_its_duration() {
        let all = [697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0];
        for (key, row, column) in [
            ('1', 697.0, 1209.0),
            ('2', 697.0, 1336.0),
            ('3', 697.0, 1477.0),
            ('A', 697.0, 1633.0),
            ('4', 770.0, 1209.0),
            ('5', 770.0, 1336.0),
            ('6', 770.0, 1477.0),
            ('B', 770.0, 1633.0),
            ('7', 852.0, 1209.0),
            ('8', 852.0, 1336.0),
            ('9', 852.0, 1477.0),
            ('C', 852.0, 1633.0),
            ('*', 941.0, 1209.0),
            ('0', 941.0, 1336.0),
            ('#', 941.0, 1477.0),
            ('D', 941.0, 1633.0),
        ] {
            let mut dtmf = Dtmf::new(Digit::from_char(key).expect("a key"), Rate::Narrow, 100);
            let mut samples = [0; 800];
            for frame in samples.chunks_mut(160) {
                assert!(dtmf.fill(frame));
            }
            for hz in all {
                let level = goertzel(&samples, 8000, hz);
                assert_eq!(level > -20.0, hz == row || hz == column, "{key} {hz} Hz: {level:.1} dBov");
            }
            let mut after = [1; 160];
            assert!(!dtmf.fill(&mut after));
            assert_eq!(after, [0; 160]);
        }
    }

    /// No step between two samples is larger than the sines themselves can make, also from frame to frame.
    #[test]
    fn tones_do_not_click() {
        let samples = render(&mut Tone::new(country("us").busy, Rate::Narrow), Rate::Narrow, 3000);
        let step_max = (PEAK * TAU * (480.0 + 620.0) / 8000.0) as i32 + 500;
        for pair in samples.windows(2) {
            assert!((i32::from(pair[1]) - i32::from(pair[0])).abs() <= step_max);
        }
    }
}
