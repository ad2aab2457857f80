//! 20 ms of sound at all rates at once.

use std::ops::Range;

use crate::audio::codec::Rate;

/// Samples of a frame at all rates together.
const SAMPLES: usize = Rate::Narrow.frame_samples() + Rate::Wide.frame_samples() + Rate::Full.frame_samples();

/// One frame at each rate; samples as large as those of 16-bit PCM, or larger.
pub(super) struct Sound(Box<[f32; SAMPLES]>);

impl Sound {
    pub(super) fn new() -> Self {
        Self(Box::new([0.0; SAMPLES]))
    }

    pub(super) fn at(&self, rate: Rate) -> &[f32] {
        &self.0[place(rate)]
    }

    pub(super) fn at_mut(&mut self, rate: Rate) -> &mut [f32] {
        &mut self.0[place(rate)]
    }

    pub(super) fn clear(&mut self) {
        self.0.fill(0.0);
    }

    /// Adds sound at one rate.
    pub(super) fn add(&mut self, rate: Rate, sound: &[f32]) {
        for (sum, sample) in self.at_mut(rate).iter_mut().zip(sound) {
            *sum += sample;
        }
    }
}

/// Where the samples of a rate are.
const fn place(rate: Rate) -> Range<usize> {
    let start = match rate {
        Rate::Narrow => 0,
        Rate::Wide => Rate::Narrow.frame_samples(),
        Rate::Full => Rate::Narrow.frame_samples() + Rate::Wide.frame_samples(),
    };
    start..start + rate.frame_samples()
}
