//! The chimes of a conference: two short notes that rise when somebody comes and fall when somebody leaves.

use std::f32::consts::TAU;
use std::sync::OnceLock;

use model::control::Chime;

use super::codec::Rate;

/// Chimes that wait at most: when many come at once, the others know it from these.
pub const CHIMES_MAX: usize = 4;
/// The notes, a fifth apart: within what every telephone hears.
const LOW_HZ: f32 = 587.3;
const HIGH_HZ: f32 = 880.0;
/// When the second note begins, and when both have died away.
const SECOND_AT_MS: u32 = 110;
const DURATION_MS: u32 = 400;
/// Softer than who talks: about -26 dBov where it is loudest.
const PEAK: f32 = 2_300.0;
/// A struck note falls to a third within this time.
const DECAY_MS: f32 = 70.0;
/// And begins without a click.
const ATTACK_MS: f32 = 4.0;

/// A chime as samples like those of 16-bit PCM.
type Rendered = [OnceLock<Box<[f32]>>; 3];

static ENTERED: Rendered = [const { OnceLock::new() }; 3];
static LEFT: Rendered = [const { OnceLock::new() }; 3];

/// Renders all, so that no conference has to wait for it.
pub(super) fn prepare() {
    for rate in [Rate::Narrow, Rate::Wide, Rate::Full] {
        rendered(Chime::Entered, rate);
        rendered(Chime::Left, rate);
    }
}

/// What sounds now and what waits.
#[derive(Clone, Debug, Default)]
pub struct Chimes {
    waiting: [Option<Chime>; CHIMES_MAX],
    /// Frames of the first one that have been played.
    frame: usize,
}

impl Chimes {
    /// Plays this after those that wait, if they are not too many.
    pub fn push(&mut self, chime: Chime) {
        if let Some(free) = self.waiting.iter_mut().find(|waiting| waiting.is_none()) {
            *free = Some(chime);
        }
    }

    /// Whether anything sounds in this frame.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.waiting[0].is_some()
    }

    /// The samples of this frame, of the size of 16-bit PCM; none when nothing sounds.
    #[must_use]
    pub fn samples(&self, rate: Rate) -> &'static [f32] {
        let start = self.frame * rate.frame_samples();
        self.waiting[0].map_or(&[], |chime| &rendered(chime, rate)[start..start + rate.frame_samples()])
    }

    /// On to the next frame.
    pub fn advance(&mut self) {
        self.frame += 1;
        if self.frame >= (DURATION_MS / super::FRAME_MS) as usize {
            self.frame = 0;
            self.waiting.rotate_left(1);
            self.waiting[CHIMES_MAX - 1] = None;
        }
    }
}

fn rendered(chime: Chime, rate: Rate) -> &'static [f32] {
    let (all, notes) = match chime {
        Chime::Entered => (&ENTERED, [LOW_HZ, HIGH_HZ]),
        Chime::Left => (&LEFT, [HIGH_HZ, LOW_HZ]),
    };
    let place = match rate {
        Rate::Narrow => 0,
        Rate::Wide => 1,
        Rate::Full => 2,
    };
    all[place].get_or_init(|| render(notes, rate))
}

fn render(notes: [f32; 2], rate: Rate) -> Box<[f32]> {
    let per_ms = rate.hz() / 1_000;
    let note = |hz: f32, since_ms: f32| {
        let envelope = (since_ms / ATTACK_MS).min(1.0) * (-since_ms / DECAY_MS).exp();
        let turn = since_ms / 1_000.0 * hz * TAU;
        // A soft second partial makes it a bell rather than a test tone.
        (turn.sin() + 0.25 * (2.0 * turn).sin()) * envelope * PEAK
    };
    (0..DURATION_MS * per_ms)
        .map(|n| {
            let ms = n as f32 / per_ms as f32;
            let second_ms = ms - SECOND_AT_MS as f32;
            // The last 20 ms fade out what is left.
            let end = ((DURATION_MS as f32 - ms) / 20.0).min(1.0);
            let second = if second_ms >= 0.0 { note(notes[1], second_ms) } else { 0.0 };
            (note(notes[0], ms) + second) * end
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::tone::goertzel;

    fn play(chimes: &mut Chimes, rate: Rate) -> Vec<i16> {
        let mut pcm = Vec::new();
        while chimes.is_playing() {
            pcm.extend(chimes.samples(rate).iter().map(|sample| *sample as i16));
            chimes.advance();
        }
        pcm
    }

    #[test]
    fn one_chime_rises_and_the_other_falls_at_every_rate() {
        for rate in [Rate::Narrow, Rate::Wide, Rate::Full] {
            for (chime, first, second) in [(Chime::Entered, LOW_HZ, HIGH_HZ), (Chime::Left, HIGH_HZ, LOW_HZ)] {
                let mut chimes = Chimes::default();
                chimes.push(chime);
                let pcm = play(&mut chimes, rate);
                let per_ms = rate.hz() as usize / 1_000;
                assert_eq!(pcm.len(), DURATION_MS as usize * per_ms);
                let level = |from: usize, hz: f32| goertzel(&pcm[from * per_ms..(from + 100) * per_ms], rate.hz(), hz);
                assert!(
                    level(0, first) > -33.0 && level(0, second) < level(0, first) - 15.0,
                    "{rate:?} {chime:?}"
                );
                assert!(
                    level(115, second) > -33.0 && level(115, first) < level(115, second) - 6.0,
                    "{rate:?} {chime:?}"
                );
                assert!(pcm[pcm.len() - per_ms..].iter().all(|sample| sample.unsigned_abs() < 20));
                assert!(pcm[0] == 0 && pcm.iter().all(|sample| sample.unsigned_abs() < 4_000));
            }
        }
    }

    #[test]
    fn chimes_wait_for_each_other_but_not_too_many() {
        let mut chimes = Chimes::default();
        assert!(!chimes.is_playing() && chimes.samples(Rate::Narrow).is_empty());
        (0..20).for_each(|_| chimes.push(Chime::Entered));
        assert_eq!(play(&mut chimes, Rate::Narrow).len(), CHIMES_MAX * 8 * DURATION_MS as usize);
    }
}
