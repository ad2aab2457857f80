//! The piece that callers on hold hear, composed for farend and written down as code.
//!
//! 16 bars of 3 s in D major, 80 beats a minute. Three parts: chords that swell and overlap, a plucked figure in quavers
//! that walks over the chord's notes, and from the ninth bar on a bell that sings a few long notes. All partials lie between 130 Hz and 3 kHz,
//! where every telephone hears, and nothing is struck hard, for the same reason. Notes ring on over the end into the
//! beginning, so there is no end.

use std::f32::consts::TAU;

/// Duration of the piece in seconds.
pub const PIECE_SECONDS: usize = BARS * BAR_SAMPLES / RATE_HZ;

/// The terms under which others may use the piece and recordings of it.
pub const PIECE_LICENCE: &str = "CC0-1.0";

const RATE_HZ: usize = 16_000;
const BARS: usize = 16;
const BAR_SAMPLES: usize = 3 * RATE_HZ;
const QUAVER_SAMPLES: usize = BAR_SAMPLES / 8;
/// About -20 dBov.
const RMS: f32 = 3_277.0;

/// The four notes of each bar's chord, as MIDI numbers (69 is 440 Hz), lowest first.
const CHORDS: [[u8; 4]; BARS] = [
    [50, 57, 61, 66], // D with the major seventh
    [50, 57, 61, 66],
    [47, 57, 62, 66], // B minor seventh
    [47, 57, 62, 66],
    [55, 59, 62, 66], // G with the major seventh
    [55, 59, 62, 66],
    [57, 59, 62, 64], // A, suspended
    [57, 61, 64, 67], // A seventh
    [50, 57, 61, 66],
    [54, 57, 61, 64], // F sharp minor seventh
    [47, 57, 62, 66],
    [47, 57, 62, 64],
    [55, 59, 62, 66],
    [52, 59, 62, 67], // E minor seventh
    [57, 59, 62, 64],
    [57, 61, 64, 67],
];

/// The figure: which of the chord's upper notes each quaver plucks (3 is the first an octave higher); every other bar the second line.
const FIGURES: [[usize; 8]; 2] = [[0, 1, 2, 3, 2, 1, 2, 1], [0, 2, 1, 3, 1, 2, 0, 1]];
/// How hard each quaver is plucked.
const ACCENTS: [f32; 8] = [1.0, 0.55, 0.7, 0.85, 0.6, 0.7, 0.55, 0.65];

/// The bell: bar, beat in quavers, note, duration in quavers.
const MELODY: [(usize, usize, u8, usize); 15] = [
    (8, 0, 78, 6),
    (8, 6, 76, 2),
    (9, 0, 73, 8),
    (10, 0, 74, 6),
    (10, 6, 73, 2),
    (11, 0, 71, 8),
    (12, 0, 74, 4),
    (12, 4, 78, 4),
    (13, 0, 79, 6),
    (13, 6, 78, 2),
    (14, 0, 76, 8),
    (15, 0, 73, 4),
    (15, 4, 71, 2),
    (15, 6, 73, 2),
    (0, 0, 74, 8),
];

/// How a sound is made: partials (multiple of the pitch, share), and how it comes and goes.
struct Voice {
    partials: &'static [(f32, f32)],
    attack_s: f32,
    /// Time to fall to a third while held, and after.
    decay_s: f32,
    release_s: f32,
    gain: f32,
}

const PAD: Voice = Voice {
    partials: &[(1.0, 1.0), (2.0, 0.3), (3.0, 0.12), (1.003, 0.6)],
    attack_s: 0.9,
    decay_s: 30.0,
    release_s: 0.6,
    gain: 0.2,
};
const PLUCK: Voice = Voice {
    partials: &[(1.0, 1.0), (2.0, 0.35), (4.0, 0.06)],
    attack_s: 0.006,
    decay_s: 0.5,
    release_s: 0.4,
    gain: 0.42,
};
const BELL: Voice = Voice {
    partials: &[(1.0, 1.0), (2.0, 0.15), (3.0, 0.05)],
    attack_s: 0.05,
    decay_s: 1.6,
    release_s: 0.5,
    gain: 0.4,
};

/// The echo: a dotted quaver later, softer.
const ECHO_SAMPLES: usize = QUAVER_SAMPLES * 3 / 2;
const ECHO_GAIN: f32 = 0.28;

/// The piece as PCM at 16 kHz, [`PIECE_SECONDS`] long; the same every time.
#[must_use]
pub fn render() -> Vec<i16> {
    let mut sound = vec![0.0_f32; BARS * BAR_SAMPLES];
    for (bar, chord) in CHORDS.iter().enumerate() {
        let start = bar * BAR_SAMPLES;
        for note in chord {
            play(&mut sound, &PAD, *note, start, BAR_SAMPLES, 1.0);
        }
        for (quaver, (step, accent)) in FIGURES[bar % 2].iter().zip(ACCENTS).enumerate() {
            let note = if *step == 3 { chord[1] + 24 } else { chord[step + 1] + 12 };
            play(&mut sound, &PLUCK, note, start + quaver * QUAVER_SAMPLES, QUAVER_SAMPLES, accent);
        }
    }
    for (bar, quaver, note, quavers) in MELODY {
        play(
            &mut sound,
            &BELL,
            note,
            bar * BAR_SAMPLES + quaver * QUAVER_SAMPLES,
            quavers * QUAVER_SAMPLES,
            1.0,
        );
    }
    let sound = with_echo(&sound);
    let rms = (sound.iter().map(|value| value * value).sum::<f32>() / sound.len() as f32).sqrt();
    sound.iter().map(|value| (value * RMS / rms) as i16).collect()
}

/// Adds a note; what rings on past the end goes into the beginning.
fn play(sound: &mut [f32], voice: &Voice, note: u8, start: usize, held: usize, accent: f32) {
    let pitch_hz = 440.0 * 2.0_f32.powf((f32::from(note) - 69.0) / 12.0);
    let seconds = 1.0 / RATE_HZ as f32;
    let attack = voice.attack_s / seconds;
    let decay = (-seconds / voice.decay_s).exp();
    // Three times the release leaves a twentieth; the last stretch goes straight to zero.
    let release = (voice.release_s * 3.0 / seconds) as usize;
    for (multiple, share) in voice.partials {
        // A sine by rotation: two multiplications a sample.
        let (sine, cosine) = (pitch_hz * multiple * seconds * TAU).sin_cos();
        let (mut x, mut y) = (1.0_f32, 0.0_f32);
        let mut level = voice.gain * accent * share;
        let (before, after) = sound.split_at_mut(start);
        for (n, sound) in after.iter_mut().chain(before).take(held + release).enumerate() {
            (x, y) = (x * cosine - y * sine, y * cosine + x * sine);
            level *= decay;
            let swell = (n as f32 / attack).min(1.0);
            let fade = if n < held { 1.0 } else { fade((n - held) as f32 / release as f32) };
            *sound += y * level * swell * swell * fade;
        }
    }
}

/// From 1 to 0, falling fast at first.
fn fade(share: f32) -> f32 {
    (1.0 - share).powi(3)
}

/// Two repeats, round the loop.
fn with_echo(sound: &[f32]) -> Vec<f32> {
    let at = |n: usize, back: usize| sound[(n + sound.len() - back) % sound.len()];
    (0..sound.len())
        .map(|n| sound[n] + ECHO_GAIN * at(n, ECHO_SAMPLES) + ECHO_GAIN * ECHO_GAIN * at(n, 2 * ECHO_SAMPLES))
        .collect()
}
