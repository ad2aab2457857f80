//! What members are sent: one stream per codec for all who only listen, one for each who is heard, and comfort noise.

use std::cell::OnceCell;
use std::sync::Arc;

use super::limiter::Limiter;
use crate::audio::FRAME_SAMPLES_MAX;
use crate::audio::codec::{Codec, Encoder, PAYLOAD_BYTES_MAX, Rate};
use crate::audio::music;

const CODECS: usize = Codec::ALL.len();
/// Encoders that are kept for whoever talks next.
const SPARE_MAX: usize = 8;

/// 20 ms, encoded.
pub struct Frame {
    payload: Box<[u8; PAYLOAD_BYTES_MAX]>,
    length: usize,
    shared: OnceCell<Arc<[u8]>>,
}

impl Frame {
    fn new() -> Self {
        Self {
            payload: Box::new([0; PAYLOAD_BYTES_MAX]),
            length: 0,
            shared: OnceCell::new(),
        }
    }

    /// The payload.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.payload[..self.length]
    }

    /// The payload in a buffer that many may hold: made once, for whoever asks first.
    #[must_use]
    pub fn shared(&self) -> &Arc<[u8]> {
        self.shared.get_or_init(|| Arc::from(self.bytes()))
    }

    fn write(&mut self, payload: &[u8]) {
        self.shared.take();
        self.length = payload.len();
        self.payload[..payload.len()].copy_from_slice(payload);
    }

    fn encode(&mut self, encoder: &mut Encoder, pcm: &[i16]) {
        self.shared.take();
        self.length = encoder.encode(pcm, &mut self.payload[..]).unwrap_or(0);
    }
}

/// A stream of its own.
pub(super) struct Own {
    encoder: Encoder,
    limiter: Limiter,
    /// What was encoded last.
    pcm: Box<[i16; FRAME_SAMPLES_MAX]>,
    pub(super) frame: Frame,
}

impl Own {
    fn new(codec: Codec, rate: Rate) -> Option<Self> {
        let encoder = Encoder::new(codec, rate).ok()?;
        Some(Self {
            encoder,
            limiter: Limiter::default(),
            pcm: Box::new([0; FRAME_SAMPLES_MAX]),
            frame: Frame::new(),
        })
    }

    pub(super) fn fits(&self, codec: Codec, rate: Rate) -> bool {
        self.encoder.codec() == codec && self.encoder.rate() == rate
    }

    pub(super) fn expect_loss(&mut self, percent: u8) {
        self.encoder.expect_loss(percent);
    }

    /// Encodes the sum, less one part of it.
    pub(super) fn encode(&mut self, sum: &[f32], less: Option<&[f32]>) {
        let pcm = &mut self.pcm[..sum.len()];
        match less {
            Some(less) => {
                let mut rest = [0.0; FRAME_SAMPLES_MAX];
                let rest = &mut rest[..sum.len()];
                for (rest, (sum, less)) in rest.iter_mut().zip(sum.iter().zip(less)) {
                    *rest = sum - less;
                }
                self.limiter.limit(rest, pcm);
            }
            None => self.limiter.limit(sum, pcm),
        }
        self.frame.encode(&mut self.encoder, pcm);
    }

    /// Goes on from where a stream is that the listener has heard so far.
    fn follow(&mut self, other: Option<&Self>) {
        self.encoder.follow(other.map(|other| &other.encoder));
        self.limiter = other.map(|other| other.limiter).unwrap_or_default();
        // An encoder of Opus that knows nothing of the past would begin with a gap.
        if let (Codec::Opus, Some(other)) = (self.encoder.codec(), other) {
            let samples = self.encoder.rate().frame_samples();
            self.frame.encode(&mut self.encoder, &other.pcm[..samples]);
        }
    }
}

/// The streams that many hear, and encoders for those who hear something else.
pub(super) struct Tracks {
    /// By codec, once somebody has heard it.
    spoken: [Option<Own>; CODECS],
    comfort: [Frame; CODECS],
    loss_percent: [u8; CODECS],
    spare: Vec<Own>,
}

impl Default for Tracks {
    fn default() -> Self {
        Self {
            spoken: [const { None }; CODECS],
            comfort: std::array::from_fn(|_| Frame::new()),
            loss_percent: [0; CODECS],
            spare: Vec::with_capacity(SPARE_MAX),
        }
    }
}

impl Tracks {
    /// Which share of our packets the listeners of a codec lose, in percent.
    pub(super) fn expect_loss(&mut self, codec: Codec, percent: u8) {
        self.loss_percent[codec as usize] = percent;
        if let Some(spoken) = &mut self.spoken[codec as usize] {
            spoken.expect_loss(percent);
        }
    }

    /// The next frame of comfort noise.
    pub(super) fn refresh_comfort(&mut self, index: u64) {
        for (frame, codec) in self.comfort.iter_mut().zip(Codec::ALL) {
            frame.write(music::comfort(codec).frame(usize::try_from(index).unwrap_or(0)));
        }
    }

    /// Encodes the sum for all who hear this codec.
    pub(super) fn encode(&mut self, codec: Codec, rate: Rate, sum: &[f32]) {
        let spoken = &mut self.spoken[codec as usize];
        if spoken.as_ref().is_none_or(|spoken| !spoken.fits(codec, rate)) {
            *spoken = Own::new(codec, rate);
            if let Some(spoken) = spoken {
                spoken.expect_loss(self.loss_percent[codec as usize]);
            }
        }
        if let Some(spoken) = spoken {
            spoken.encode(sum, None);
        }
    }

    /// What all hear who hear this codec and are not heard themselves.
    pub(super) fn spoken(&self, codec: Codec) -> &Frame {
        self.spoken[codec as usize]
            .as_ref()
            .map_or(&self.comfort[codec as usize], |spoken| &spoken.frame)
    }

    /// Noise that says that the line is not dead.
    pub(super) fn comfort(&self, codec: Codec) -> &Frame {
        &self.comfort[codec as usize]
    }

    /// A stream for one member, which goes on from what all heard.
    pub(super) fn take_own(&mut self, codec: Codec, rate: Rate) -> Option<Own> {
        let spare = self.spare.iter().position(|own| own.fits(codec, rate));
        let mut own = match spare {
            Some(spare) => self.spare.swap_remove(spare),
            None => Own::new(codec, rate)?,
        };
        let common = self.spoken[codec as usize].as_ref().filter(|common| common.fits(codec, rate));
        own.follow(common);
        Some(own)
    }

    /// Keeps the encoder for the next one, in place of the oldest: that is the likeliest not to fit any more.
    pub(super) fn put_away(&mut self, own: Option<Own>) {
        let Some(own) = own else { return };
        if self.spare.len() >= SPARE_MAX {
            self.spare.remove(0);
        }
        self.spare.push(own);
    }
}
