//! Tones: making them, and finding them in what somebody heard (Goertzel).

use std::f64::consts::TAU;
use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

/// The tone that the first browser's microphone hears, in hertz.
pub const BROWSER_HZ: f64 = 440.0;
/// The tone of a second browser, in hertz.
pub const OTHER_BROWSER_HZ: f64 = 620.0;
/// The tone that a desk phone plays, in hertz.
pub const DESK_PHONE_HZ: f64 = 1000.0;
/// The tone of a second desk phone, in hertz.
pub const OTHER_DESK_PHONE_HZ: f64 = 1500.0;

/// One look at a sound lasts this long.
const WINDOW_MS: usize = 100;
/// The energy at a frequency is added up over parts of a window. A packet that was lost or played twice shifts the tone's phase: that
/// spoils the part where it happens, not the whole window. The tones are far enough apart to be told from each other in a part.
const PART_MS: usize = 20;
/// A tone is there when at least this part of a window's energy is at its frequency.
const SHARE_MIN: f64 = 0.6;
/// A tone is heard steadily when at least this part of the windows have it: a busy machine may lose a packet now and then.
const STEADY_SHARE_MIN: f64 = 0.9;
/// A tone is part of a mix when at least this part of a window's energy is at its frequency: the others may be louder, but not by much.
const PART_SHARE_MIN: f64 = 0.08;
/// A tone is no part of it when there is less than this.
const NO_PART_SHARE_MAX: f64 = 0.02;
/// Windows quieter than this (root mean square of samples from -1 to 1) are silence: about -50 dBFS.
const SILENCE_RMS_MAX: f64 = 0.003;
/// Our tones have seven times as much: a decoder that makes up what does not come fades below this before it falls silent.
const CLEAR_RMS_MIN: f64 = 0.05;

/// Mono samples from -1 to 1.
#[derive(Clone, Debug, Default)]
pub struct Sound {
    /// The samples.
    pub samples: Vec<f32>,
    /// Samples per second.
    pub rate_hz: u32,
}

/// What one window of a sound is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Window {
    Silence,
    Tone,
    Other,
}

impl Sound {
    /// A sine of half the full amplitude.
    pub fn sine(frequency_hz: f64, seconds: u32, rate_hz: u32) -> Sound {
        let samples = (0..seconds * rate_hz)
            .map(|at| (0.5 * (TAU * frequency_hz * f64::from(at) / f64::from(rate_hz)).sin()) as f32)
            .collect();
        Sound { samples, rate_hz }
    }

    /// Reads a WAV file of 16 bit samples, also one that is still being written; of several channels the first.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or has another format.
    pub fn read(path: &Path) -> anyhow::Result<Sound> {
        let bytes = fs::read(path).with_context(|| path.display().to_string())?;
        ensure!(
            bytes.len() >= 44 && &bytes[..4] == b"RIFF" && &bytes[8..12] == b"WAVE",
            "{} is no WAV file yet",
            path.display()
        );
        let channels = usize::from(u16::from_le_bytes([bytes[22], bytes[23]]));
        let rate_hz = u32::from_le_bytes([bytes[24], bytes[25], bytes[26], bytes[27]]);
        let bits = u16::from_le_bytes([bytes[34], bytes[35]]);
        ensure!(
            bits == 16 && channels > 0,
            "{} has {bits} bit samples in {channels} channels",
            path.display()
        );
        let data = bytes[12..]
            .windows(4)
            .position(|name| name == b"data")
            .context("no data in the WAV file yet")?;
        let samples = bytes[12 + data + 8..]
            .chunks_exact(2 * channels)
            .map(|frame| f32::from(i16::from_le_bytes([frame[0], frame[1]])) / 32768.0)
            .collect();
        Ok(Sound { samples, rate_hz })
    }

    /// Writes a mono WAV file of 16 bit samples.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let data: Vec<u8> = self
            .samples
            .iter()
            .flat_map(|sample| ((sample * 32767.0) as i16).to_le_bytes())
            .collect();
        let data_bytes = u32::try_from(data.len()).context("too long for a WAV file")?;
        let mut file = Vec::with_capacity(44 + data.len());
        file.extend_from_slice(b"RIFF");
        file.extend_from_slice(&(36 + data_bytes).to_le_bytes());
        file.extend_from_slice(b"WAVEfmt ");
        file.extend_from_slice(&16_u32.to_le_bytes());
        file.extend_from_slice(&1_u16.to_le_bytes());
        file.extend_from_slice(&1_u16.to_le_bytes());
        file.extend_from_slice(&self.rate_hz.to_le_bytes());
        file.extend_from_slice(&(self.rate_hz * 2).to_le_bytes());
        file.extend_from_slice(&2_u16.to_le_bytes());
        file.extend_from_slice(&16_u16.to_le_bytes());
        file.extend_from_slice(b"data");
        file.extend_from_slice(&data_bytes.to_le_bytes());
        file.extend_from_slice(&data);
        fs::write(path, file).with_context(|| path.display().to_string())
    }

    /// Seconds of sound.
    pub fn seconds(&self) -> f64 {
        if self.rate_hz == 0 {
            0.0
        } else {
            self.samples.len() as f64 / f64::from(self.rate_hz)
        }
    }

    /// Seconds in which the tone was heard, all together.
    pub fn seconds_of(&self, frequency_hz: f64) -> f64 {
        self.count(frequency_hz, Window::Tone)
    }

    /// Whether there is a stretch of so many seconds in which the tone is steadily heard: hardly any silence, hardly anything else.
    pub fn has_steady(&self, frequency_hz: f64, seconds: f64) -> bool {
        let windows: Vec<Window> = self.windows().map(|window| self.classify(window, frequency_hz)).collect();
        let stretch = (seconds * 1000.0 / WINDOW_MS as f64).ceil() as usize;
        windows.windows(stretch.max(1)).any(|stretch| {
            stretch.iter().filter(|window| **window == Window::Tone).count() as f64 >= STEADY_SHARE_MIN * stretch.len() as f64
        })
    }

    /// Whether there is a stretch of so many seconds in which all of `present` are steadily heard together, hardly anything else is, and none of
    /// `absent`.
    pub fn has_steady_mix(&self, present: &[f64], absent: &[f64], seconds: f64) -> bool {
        let windows: Vec<bool> = self.windows().map(|window| self.is_mix(window, present, absent)).collect();
        let stretch = ((seconds * 1000.0 / WINDOW_MS as f64).ceil() as usize).max(1);
        windows
            .windows(stretch)
            .any(|stretch| stretch.iter().filter(|is_mix| **is_mix).count() as f64 >= STEADY_SHARE_MIN * stretch.len() as f64)
    }

    fn is_mix(&self, window: &[f32], present: &[f64], absent: &[f64]) -> bool {
        if rms(window) < SILENCE_RMS_MAX {
            return false;
        }
        let energy: f64 = window.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        let share = |frequency_hz: &f64| share_at(window, *frequency_hz, f64::from(self.rate_hz), energy);
        let shares: Vec<f64> = present.iter().map(share).collect();
        shares.iter().sum::<f64>() >= SHARE_MIN
            && shares.iter().all(|share| *share >= PART_SHARE_MIN)
            && absent.iter().map(share).all(|share| share <= NO_PART_SHARE_MAX)
    }

    /// What part of the energy is at each frequency, second by second. For the message of a test that fails.
    pub fn shares(&self, frequencies_hz: &[f64]) -> String {
        let seconds = self.samples.chunks((self.rate_hz as usize).max(1));
        let row = |second: &[f32]| {
            let energy: f64 = second.iter().map(|sample| f64::from(*sample).powi(2)).sum();
            let share = |hz: &f64| format!("{:.2}", share_at(second, *hz, f64::from(self.rate_hz), energy));
            format!("[{}]", frequencies_hz.iter().map(share).collect::<Vec<_>>().join(" "))
        };
        seconds.map(row).collect()
    }

    /// What every tenth of a second was: `t` the tone, `.` silence, `x` something else. For the message of a test that fails.
    pub fn picture(&self, frequency_hz: f64) -> String {
        self.windows()
            .map(|window| match self.classify(window, frequency_hz) {
                Window::Silence => '.',
                Window::Tone => 't',
                Window::Other => 'x',
            })
            .collect()
    }

    /// Seconds of silence.
    pub fn seconds_of_silence(&self) -> f64 {
        self.count(DESK_PHONE_HZ, Window::Silence)
    }

    /// Seconds in which something else than silence or one of the tones was heard: music, speech.
    pub fn seconds_of_other_than(&self, tones_hz: &[f64]) -> f64 {
        let others = self
            .windows()
            .filter(|window| tones_hz.iter().all(|tone| self.classify(window, *tone) == Window::Other));
        others.count() as f64 * WINDOW_MS as f64 / 1000.0
    }

    /// Whether a piece of the sound is clearly the tone, not the last of its fading away.
    pub(crate) fn is_tone(&self, piece: &[f32], frequency_hz: f64) -> bool {
        rms(piece) >= CLEAR_RMS_MIN && self.classify(piece, frequency_hz) == Window::Tone
    }

    fn count(&self, frequency_hz: f64, kind: Window) -> f64 {
        let found = self.windows().filter(|window| self.classify(window, frequency_hz) == kind).count();
        found as f64 * WINDOW_MS as f64 / 1000.0
    }

    fn windows(&self) -> impl Iterator<Item = &[f32]> {
        let length = (self.rate_hz as usize * WINDOW_MS / 1000).max(1);
        self.samples.chunks_exact(length)
    }

    fn classify(&self, window: &[f32], frequency_hz: f64) -> Window {
        let energy: f64 = window.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        if rms(window) < SILENCE_RMS_MAX {
            Window::Silence
        } else if share_at(window, frequency_hz, f64::from(self.rate_hz), energy) >= SHARE_MIN {
            Window::Tone
        } else {
            Window::Other
        }
    }
}

/// How loud it is: the root mean square.
fn rms(window: &[f32]) -> f64 {
    let energy: f64 = window.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    (energy / window.len() as f64).sqrt()
}

/// The part of `energy`, from 0 to 1, that is at the frequency (Goertzel).
fn share_at(window: &[f32], frequency_hz: f64, rate_hz: f64, energy: f64) -> f64 {
    let coefficient = 2.0 * (TAU * frequency_hz / rate_hz).cos();
    let part = (rate_hz as usize * PART_MS / 1000).max(1);
    let power: f64 = window
        .chunks(part)
        .map(|part| {
            let (last, before) = part.iter().fold((0.0, 0.0), |(last, before), sample| {
                (f64::from(*sample) + coefficient * last - before, last)
            });
            (last * last + before * before - coefficient * last * before) / part.len() as f64
        })
        .sum();
    2.0 * power / energy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_found_at_its_frequency_alone() {
        let sound = Sound::sine(440.0, 3, 8000);
        assert!(sound.seconds_of(440.0) > 2.9);
        assert!(sound.seconds_of(1000.0) < 0.1);
        assert!(sound.seconds_of(620.0) < 0.1);
        assert!(sound.seconds_of_other_than(&[440.0]) < 0.1);
        assert!(sound.seconds_of_other_than(&[1000.0]) > 2.9);
    }

    #[test]
    fn silence_is_neither_tone_nor_music() {
        let sound = Sound {
            samples: vec![0.0; 16000],
            rate_hz: 16000,
        };
        assert!(sound.seconds_of_silence() > 0.9);
        assert!(sound.seconds_of(440.0) < 0.1);
        assert!(sound.seconds_of_other_than(&[440.0]) < 0.1);
    }

    #[test]
    fn a_lost_packet_a_second_leaves_a_tone_steady_and_every_other_one_lost_does_not() {
        let rate_hz = 8000;
        for frequency_hz in [BROWSER_HZ, OTHER_BROWSER_HZ, DESK_PHONE_HZ] {
            let sound = Sound::sine(frequency_hz, 12, rate_hz);
            let without = |every: usize| Sound {
                samples: sound
                    .samples
                    .chunks(160)
                    .enumerate()
                    .filter(|(at, _)| at % every != 0)
                    .flat_map(|(_, packet)| packet.to_vec())
                    .collect(),
                rate_hz,
            };
            assert!(
                without(50).has_steady(frequency_hz, 5.0),
                "{frequency_hz}: {}",
                without(50).picture(frequency_hz)
            );
            let mut gaps = sound.clone();
            for packet in gaps.samples.chunks_mut(160).step_by(2) {
                packet.fill(0.0);
            }
            for packet in gaps.samples.chunks_mut(2400).step_by(2) {
                packet.fill(0.0);
            }
            assert!(!gaps.has_steady(frequency_hz, 5.0));
            assert!(!sound.has_steady(frequency_hz + 180.0, 5.0));
        }
    }

    #[test]
    fn a_tone_of_four_seconds_is_not_one_of_five() {
        let mut sound = Sound::sine(440.0, 4, 8000);
        assert!(!sound.has_steady(440.0, 5.0));
        sound.samples.extend(vec![0.0; 8000]);
        sound.samples.extend(Sound::sine(440.0, 4, 8000).samples);
        assert!(!sound.has_steady(440.0, 5.0), "two halves with a gap");
    }

    #[test]
    fn two_tones_at_once_are_neither_of_them() {
        let mut sound = Sound::sine(440.0, 2, 8000);
        for (sample, other) in sound.samples.iter_mut().zip(Sound::sine(1000.0, 2, 8000).samples) {
            *sample = (*sample + other) / 2.0;
        }
        assert!(sound.seconds_of(440.0) < 0.1);
        assert!(sound.seconds_of_other_than(&[440.0, 1000.0]) > 1.9);
    }

    #[test]
    fn a_mix_has_its_parts_and_no_others() {
        let rate_hz = 8000;
        let mut sound = Sound::sine(BROWSER_HZ, 3, rate_hz);
        for (sample, other) in sound.samples.iter_mut().zip(Sound::sine(DESK_PHONE_HZ, 3, rate_hz).samples) {
            *sample = *sample / 2.0 + other / 4.0;
        }
        let both = [BROWSER_HZ, DESK_PHONE_HZ];
        assert!(sound.has_steady_mix(&both, &[OTHER_BROWSER_HZ, OTHER_DESK_PHONE_HZ], 2.0));
        assert!(!sound.has_steady_mix(&both, &[], 4.0), "it lasts three seconds");
        assert!(
            !sound.has_steady_mix(&[BROWSER_HZ], &[DESK_PHONE_HZ], 2.0),
            "the other one is heard"
        );
        assert!(!sound.has_steady_mix(&[BROWSER_HZ, OTHER_BROWSER_HZ], &[], 2.0), "it is not there");
        let one = Sound::sine(BROWSER_HZ, 3, rate_hz);
        for absent in [OTHER_BROWSER_HZ, DESK_PHONE_HZ, OTHER_DESK_PHONE_HZ] {
            assert!(
                one.has_steady_mix(&[BROWSER_HZ], &[absent], 2.0),
                "{absent}: {}",
                one.shares(&[absent])
            );
        }
    }

    #[test]
    fn a_written_file_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tone.wav");
        Sound::sine(1000.0, 1, 8000).write(&path).unwrap();
        let read = Sound::read(&path).unwrap();
        assert_eq!((read.rate_hz, read.samples.len()), (8000, 8000));
        assert!(read.seconds_of(1000.0) > 0.9);
    }
}
