//! One member's voice: its packets made into frames, how loud it is, and how much of it is in the mix.

use std::time::{Duration, Instant};

use super::index;
use super::level::Level;
use crate::audio::FRAME_SAMPLES_MAX;
use crate::audio::codec::{Codec, Error, Rate};
use crate::audio::jitter::Packet;
use crate::audio::resample::Resampler;
use crate::audio::transcode::Source;

/// A frame's share over which a voice comes, goes, or changes its loudness: 5 ms.
const FADE_SHARE: usize = 4;
/// Between two changes of codec: each takes a new decoder.
const SWITCH_INTERVAL_MIN: Duration = Duration::from_millis(200);

/// See the module.
pub(super) struct Voice {
    codec: Codec,
    source: Source,
    began: Instant,
    /// A packet of another codec, and the number that would confirm it.
    stranger: Option<(Codec, u16)>,
    level: Level,
    /// Whether this frame brought anything.
    has_frame: bool,
    is_on_stage: bool,
    /// How loud it was in the last frame of the mix, as a factor; and in this one.
    gain: (f32, f32),
    resamplers: [Option<Resampler>; 3],
    /// Since it was asked for: power over full scale, and frames.
    on_stage: (f32, u32),
}

impl Voice {
    /// `level`: what is known of the talker.
    pub(super) fn new(codec: Codec, rate: Rate, level: Level, now: Instant) -> Result<Self, Error> {
        Ok(Self {
            codec,
            source: Source::new(codec, rate)?,
            began: now,
            stranger: None,
            level,
            has_frame: false,
            is_on_stage: false,
            gain: (0.0, 0.0),
            resamplers: [const { None }; 3],
            on_stage: (0.0, 0),
        })
    }

    /// What is known of the talker when the stream is over.
    pub(super) fn into_level(self) -> Level {
        self.level.paused()
    }

    pub(super) fn codec(&self) -> Codec {
        self.codec
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// Whether the packet shows that the member has gone over to another codec: it is the second in a row.
    pub(super) fn is_succeeded_by(&mut self, codec: Codec, packet: &Packet<'_>, now: Instant) -> bool {
        if codec == self.codec {
            self.stranger = None;
            return false;
        }
        let is_confirmed = self.stranger == Some((codec, packet.sequence)) && now >= self.began + SWITCH_INTERVAL_MIN;
        self.stranger = Some((codec, packet.sequence.wrapping_add(1)));
        is_confirmed
    }

    pub(super) fn push(&mut self, packet: &Packet<'_>, now: Instant) {
        self.source.push(packet, now);
    }

    /// Decodes to another rate from now on.
    pub(super) fn change_rate(&mut self, rate: Rate) {
        // Should it fail, the voice is heard as before.
        if self.source.rate() != rate && self.source.change_rate(rate).is_ok() {
            self.resamplers = [const { None }; 3];
        }
    }

    /// Takes the next 20 ms. Says how loud the member is, if it talks.
    pub(super) fn listen(&mut self, now: Instant) -> Option<f32> {
        self.has_frame = self.source.tick(now).is_some();
        if self.has_frame {
            self.level.hear(self.source.level_dbov());
        } else {
            self.level.miss();
        }
        self.level.is_talking().then(|| self.level.loudness_dbov())
    }

    /// Whether it is among those who are heard.
    pub(super) fn place(&mut self, is_on_stage: bool) {
        self.is_on_stage = is_on_stage;
        self.gain.1 = if is_on_stage { self.level.gain() } else { 0.0 };
        if is_on_stage {
            let level = if self.has_frame { self.source.level_dbov() } else { -127 };
            self.on_stage.0 += 10_f32.powf(f32::from(level) / 10.0);
            self.on_stage.1 += 1;
        }
    }

    /// Whether it is heard in this frame: also while it fades out.
    pub(super) fn is_audible(&self) -> bool {
        self.gain.0 > 0.0 || self.gain.1 > 0.0
    }

    /// Writes this frame as it is in the mix.
    pub(super) fn render(&mut self, rate: Rate, sound: &mut [f32]) {
        if !self.has_frame {
            sound.fill(0.0);
            return;
        }
        let own = self.source.rate();
        let mut resampled = [0; FRAME_SAMPLES_MAX];
        let frame = self.source.frame();
        let pcm = if rate == own {
            frame
        } else {
            let resampler = self.resamplers[index(rate)].get_or_insert_with(|| Resampler::new(own, rate));
            let samples = resampler.process(frame, &mut resampled);
            &resampled[..samples]
        };
        let (before, after) = self.gain;
        let fade = sound.len() / FADE_SHARE;
        let step = (after - before) / fade as f32;
        for (n, (sound, sample)) in sound.iter_mut().zip(pcm).enumerate() {
            let gain = if n < fade { before + step * n as f32 } else { after };
            *sound = f32::from(*sample) * gain;
        }
    }

    /// The frame has been written at all rates.
    pub(super) fn rendered(&mut self) {
        self.gain.0 = self.gain.1;
    }

    /// How loud it was since this was asked last, in dBov; `None` when it was not heard.
    pub(super) fn level_on_stage(&mut self) -> Option<i8> {
        let (power, frames) = std::mem::take(&mut self.on_stage);
        (frames > 0).then(|| (10.0 * (power / frames as f32).log10()).round().clamp(-127.0, 0.0) as i8)
    }
}
