//! Whether somebody talks, and how loud they are beside the others: both told from the levels of frames.
//!
//! Noise that is always there is told from speech by its quietest moments of late. The level of a talker is that of their speech alone, over
//! seconds, so that pauses do not turn up the noise of a room.

/// Frames that still count as talking after the last loud one: the pause between two words, 400 ms.
const HANG_TICKS: u32 = 20;
/// Speech is so far above the noise, in dB,
const SPEECH_ABOVE_NOISE_DB: f32 = 10.0;
/// and louder than this, in dBov.
const SPEECH_DBOV_MIN: f32 = -55.0;
/// The bounds of what is believed to be noise, in dBov: nothing louder is, however long it lasts.
const NOISE_DBOV: (f32, f32) = (-80.0, -45.0);
/// Noise that grows is believed by so much more with every frame (3 dB a second),
const NOISE_RISE_DB: f32 = 0.06;
/// and noise that falls by this share of the difference.
const NOISE_FALL: f32 = 0.3;
/// How fast loudness is forgotten, with every frame: 20 dB a second.
const LOUDNESS_DECAY_DB: f32 = 0.4;
/// A frame that is further below the loudest of late than this is a pause within a word.
const PAUSE_BELOW_LOUDEST_DB: f32 = 15.0;

/// Everybody's speech is brought towards this level, in dBov:
const TARGET_DBOV: f32 = -23.0;
/// to within a difference that nobody minds, in dB,
const TOLERANCE_DB: f32 = 3.0;
/// by no more than this, in dB,
const GAIN_DB_MAX: f32 = 12.0;
/// and no faster, with every frame of speech: 3 dB a second.
const GAIN_STEP_DB: f32 = 0.06;
/// Frames of speech before a level is known well enough: half a second.
const SPEECH_TICKS_MIN: u32 = 25;
/// Frames of speech that a level is made of: 3 s.
const SPEECH_TICKS: u32 = 150;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Level {
    /// `None` before the first frame.
    noise_dbov: Option<f32>,
    loudness_dbov: f32,
    /// Frames left until talking is over.
    hang: u32,
    /// Mean power of speech, over full scale.
    speech_power: f32,
    speech_ticks: u32,
    gain_db: f32,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            noise_dbov: None,
            loudness_dbov: -127.0,
            hang: 0,
            speech_power: 0.0,
            speech_ticks: 0,
            gain_db: 0.0,
        }
    }
}

impl Level {
    /// A frame of 20 ms.
    pub(super) fn hear(&mut self, level_dbov: i8) {
        let level = f32::from(level_dbov);
        self.loudness_dbov = (self.loudness_dbov - LOUDNESS_DECAY_DB).max(level);
        // Few begin to talk with their very first frame; who does so is heard if they are loud enough, and else after the first word.
        let before = self.noise_dbov.unwrap_or(level);
        let step = if level < before {
            (level - before) * NOISE_FALL
        } else {
            NOISE_RISE_DB
        };
        let noise = (before + step).clamp(NOISE_DBOV.0, NOISE_DBOV.1);
        self.noise_dbov = Some(noise);
        let is_speech = level >= SPEECH_DBOV_MIN && level >= noise + SPEECH_ABOVE_NOISE_DB;
        self.hang = if is_speech { HANG_TICKS } else { self.hang.saturating_sub(1) };
        if is_speech && level >= self.loudness_dbov - PAUSE_BELOW_LOUDEST_DB {
            self.measure(level);
        }
    }

    /// There was nothing to hear.
    pub(super) fn miss(&mut self) {
        self.loudness_dbov = (self.loudness_dbov - LOUDNESS_DECAY_DB).max(-127.0);
        self.hang = self.hang.saturating_sub(1);
    }

    /// Nothing is heard for a while: the talker stays known, this moment does not.
    pub(super) fn paused(self) -> Self {
        Self {
            hang: 0,
            loudness_dbov: -127.0,
            ..self
        }
    }

    /// Whether somebody talks, or has just made a pause.
    pub(super) fn is_talking(&self) -> bool {
        self.hang > 0
    }

    /// How loud they are as the others hear it, in dBov; it falls slowly.
    pub(super) fn loudness_dbov(&self) -> f32 {
        self.loudness_dbov + self.gain_db
    }

    /// By which factor they are made louder.
    pub(super) fn gain(&self) -> f32 {
        10_f32.powf(self.gain_db / 20.0)
    }

    fn measure(&mut self, level: f32) {
        self.speech_ticks = (self.speech_ticks + 1).min(SPEECH_TICKS);
        let power = 10_f32.powf(level / 10.0);
        self.speech_power += (power - self.speech_power) / self.speech_ticks as f32;
        if self.speech_ticks < SPEECH_TICKS_MIN {
            return;
        }
        let missing = TARGET_DBOV - 10.0 * self.speech_power.log10();
        let wanted = (missing.abs() - TOLERANCE_DB).clamp(0.0, GAIN_DB_MAX).copysign(missing);
        self.gain_db += (wanted - self.gain_db).clamp(-GAIN_STEP_DB, GAIN_STEP_DB);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(level: &mut Level, seconds: usize, dbov: impl Fn(usize) -> i8) {
        (0..seconds * 50).for_each(|n| level.hear(dbov(n)));
    }

    /// Syllables of 160 ms with pauses of 80 between them.
    fn speech(loud: i8, pause: i8) -> impl Fn(usize) -> i8 {
        move |n| if n % 12 < 8 { loud } else { pause }
    }

    #[test]
    fn noise_that_is_always_there_is_no_talking_and_speech_over_it_is() {
        for noise in [-127, -70, -60, -50] {
            let mut level = Level::default();
            hear(&mut level, 1, |n| noise + (n % 3) as i8);
            assert!(!level.is_talking(), "noise at {noise} dBov from the beginning");
            hear(&mut level, 30, |n| noise + (n % 3) as i8);
            assert!(!level.is_talking(), "noise at {noise} dBov");
            hear(&mut level, 1, speech(-30, noise));
            assert!(level.is_talking());
            hear(&mut level, 1, |_| noise);
            assert!(!level.is_talking());
        }
    }

    #[test]
    fn the_first_loud_frame_is_heard_and_a_pause_between_words_is_none() {
        let mut level = Level::default();
        hear(&mut level, 10, |_| -65);
        level.hear(-35);
        assert!(level.is_talking());
        (0..HANG_TICKS - 1).for_each(|_| level.hear(-65));
        assert!(level.is_talking());
        level.miss();
        assert!(!level.is_talking());
    }

    #[test]
    fn a_loud_tone_is_heard_for_as_long_as_it_lasts() {
        let mut level = Level::default();
        hear(&mut level, 120, |_| -15);
        assert!(level.is_talking());
    }

    #[test]
    fn loud_and_quiet_talkers_come_together_slowly_and_within_bounds() {
        for (spoken, heard) in [
            (-10, -20.0_f32),
            (-23, -23.0),
            (-30, -26.0),
            (-33, -26.0),
            (-45, -33.0),
            (-3, -15.0),
        ] {
            let mut level = Level::default();
            hear(&mut level, 1, speech(spoken, -70));
            assert!((20.0 * level.gain().log10()).abs() < 2.0, "not at once");
            hear(&mut level, 20, speech(spoken, -70));
            let settled = f32::from(spoken) + 20.0 * level.gain().log10();
            assert!((settled - heard).abs() < 0.2, "{spoken} dBov comes out at {settled}");
        }
    }

    #[test]
    fn silence_and_noise_do_not_change_how_loud_a_talker_is() {
        let mut level = Level::default();
        hear(&mut level, 10, speech(-33, -70));
        let gain = level.gain();
        hear(&mut level, 60, |_| -70);
        hear(&mut level, 60, |_| -127);
        assert!((level.gain() - gain).abs() < 1e-6);
    }
}
