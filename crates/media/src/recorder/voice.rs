//! One leg's voice in a recording.

use std::time::{Duration, Instant};

use model::{Channel, LegId};

use super::{RATE, SAMPLES};
use crate::audio::codec::{Codec, Error, Rate};
use crate::audio::jitter::Packet;
use crate::audio::resample::Resampler;
use crate::audio::transcode::Source;
use crate::engine::Said;

/// Whoever sends nothing for so many frames has gone: ten seconds. Who comes back is heard again.
const GONE_FRAMES: u32 = 500;
/// Between two changes of codec: each takes a new decoder.
const SWITCH_INTERVAL_MIN: Duration = Duration::from_millis(200);

/// See the module.
pub(super) struct Voice {
    pub(super) leg: LegId,
    pub(super) channel: Channel,
    codec: Codec,
    source: Source,
    resampler: Resampler,
    began: Instant,
    /// A packet of another codec, and the number that would confirm it.
    stranger: Option<(Codec, u16)>,
    silent_frames: u32,
}

impl Voice {
    pub(super) fn new(channel: Channel, said: &Said<'_>) -> Result<Self, Error> {
        let rate = decoder_rate(said.codec);
        Ok(Self {
            leg: said.leg,
            channel,
            codec: said.codec,
            source: Source::new(said.codec, rate)?,
            resampler: Resampler::new(rate, RATE),
            began: said.at,
            stranger: None,
            silent_frames: 0,
        })
    }

    /// A packet. The second one in a row of another codec takes over.
    pub(super) fn push(&mut self, said: &Said<'_>) {
        if said.codec != self.codec {
            let is_confirmed = self.stranger == Some((said.codec, said.sequence)) && said.at >= self.began + SWITCH_INTERVAL_MIN;
            self.stranger = Some((said.codec, said.sequence.wrapping_add(1)));
            let Some(Ok(successor)) = is_confirmed.then(|| Self::new(self.channel, said)) else {
                return;
            };
            *self = successor;
        }
        self.stranger = None;
        let packet = Packet {
            ssrc: said.ssrc,
            sequence: said.sequence,
            timestamp: said.timestamp,
            marker: said.marker,
            payload: said.payload,
        };
        self.source.push(&packet, said.at);
    }

    /// Adds the next 20 ms.
    pub(super) fn add(&mut self, now: Instant, sum: &mut [f32; SAMPLES]) {
        let Some(frame) = self.source.tick(now) else {
            self.silent_frames = self.silent_frames.saturating_add(1);
            return;
        };
        self.silent_frames = 0;
        let mut pcm = [0; SAMPLES];
        let samples = self.resampler.process(frame, &mut pcm);
        for (sum, sample) in sum.iter_mut().zip(&pcm[..samples]) {
            *sum += f32::from(*sample);
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        self.silent_frames >= GONE_FRAMES
    }
}

fn decoder_rate(codec: Codec) -> Rate {
    match codec {
        Codec::Opus => RATE,
        Codec::G722 | Codec::Pcma | Codec::Pcmu => codec.rate(),
    }
}
