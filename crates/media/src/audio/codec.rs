//! The codecs: what each is called in SDP and RTP, and how it turns 20 ms of sound into a payload and back.
//!
//! Opus is libopus; G.711 is two tables ([`g711`]); G.722 is our own ([`g722`]).

pub mod g711;
pub mod g722;

use super::FRAME_MS;

/// Longest packet that is decoded, in milliseconds (RFC 7587 section 4.2 allows Opus no more).
pub const PACKET_MS_MAX: u32 = 120;

/// Samples of the longest packet at the highest rate: a buffer of this size takes whatever [`Decoder::decode`] gives.
pub const PACKET_SAMPLES_MAX: usize = 5760;

/// Bytes that the largest encoded frame needs (RFC 6716 section 3.4: 1275, plus table of contents).
pub const PAYLOAD_BYTES_MAX: usize = 1276;

/// Samples per second of PCM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rate {
    /// 8 kHz: the telephone network.
    Narrow,
    /// 16 kHz: G.722, and what a good headset deserves.
    Wide,
    /// 48 kHz: browsers.
    Full,
}

impl Rate {
    /// In Hz.
    #[must_use]
    pub const fn hz(self) -> u32 {
        match self {
            Self::Narrow => 8_000,
            Self::Wide => 16_000,
            Self::Full => 48_000,
        }
    }

    /// Samples of a 20 ms frame.
    #[must_use]
    pub const fn frame_samples(self) -> usize {
        (self.hz() / 1000 * FRAME_MS) as usize
    }
}

/// An audio codec that farend speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Codec {
    /// RFC 6716, RFC 7587.
    Opus,
    /// ITU-T G.722 at 64 kbit/s; its RTP clock runs at 8 kHz though it samples at 16 kHz (RFC 3551 section 4.5.2).
    G722,
    /// G.711 A-law, the telephone network of most of the world.
    Pcma,
    /// G.711 µ-law, North America and Japan.
    Pcmu,
}

impl Codec {
    /// All of them, best sound first: the order of our own offers.
    pub const ALL: [Self; 4] = [Self::Opus, Self::G722, Self::Pcma, Self::Pcmu];

    /// The encoding name as in `a=rtpmap`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opus => "opus",
            Self::G722 => "G722",
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
        }
    }

    /// The value of `a=rtpmap` after the payload type.
    #[must_use]
    pub const fn encoding(self) -> &'static str {
        match self {
            Self::Opus => "opus/48000/2",
            Self::G722 => "G722/8000",
            Self::Pcma => "PCMA/8000",
            Self::Pcmu => "PCMU/8000",
        }
    }

    /// The parameters that we announce in `a=fmtp`: speech, mono, in-band FEC.
    #[must_use]
    pub const fn fmtp(self) -> Option<&'static str> {
        match self {
            Self::Opus => Some("minptime=10;useinbandfec=1"),
            Self::G722 | Self::Pcma | Self::Pcmu => None,
        }
    }

    /// The payload type of our own offers: static (RFC 3551 section 6), or 111 for Opus as browsers do.
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Opus => 111,
            Self::G722 => 9,
            Self::Pcma => 8,
            Self::Pcmu => 0,
        }
    }

    /// Ticks per second of the RTP timestamp.
    #[must_use]
    pub const fn rtp_clock(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            Self::G722 | Self::Pcma | Self::Pcmu => 8_000,
        }
    }

    /// By how much the RTP timestamp advances in 20 ms.
    #[must_use]
    pub const fn frame_ticks(self) -> u32 {
        self.rtp_clock() / 1000 * FRAME_MS
    }

    /// The rate at which the codec works by itself; Opus also works at the lower ones.
    #[must_use]
    pub const fn rate(self) -> Rate {
        match self {
            Self::Opus => Rate::Full,
            Self::G722 => Rate::Wide,
            Self::Pcma | Self::Pcmu => Rate::Narrow,
        }
    }

    /// Which codec an `a=rtpmap` line means. Encoding names are not case-sensitive (RFC 8866 section 6.6); Opus is
    /// always `48000/2` (RFC 7587 section 7), for the others one channel is the default.
    #[must_use]
    pub fn from_rtpmap(name: &str, clock: u32, channels: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| {
            let channels_expected = match codec {
                Self::Opus => 2,
                Self::G722 | Self::Pcma | Self::Pcmu => 1,
            };
            codec.name().eq_ignore_ascii_case(name) && codec.rtp_clock() == clock && channels == channels_expected
        })
    }

    /// Which codec a payload type means that has no `a=rtpmap` (RFC 3551 section 6).
    #[must_use]
    pub const fn from_static_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            0 => Some(Self::Pcmu),
            8 => Some(Self::Pcma),
            9 => Some(Self::G722),
            _ => None,
        }
    }

    /// How much time a payload covers, in ticks of the RTP clock; `None` when it is empty, malformed or longer than [`PACKET_MS_MAX`].
    #[must_use]
    pub fn duration(self, payload: &[u8]) -> Option<u32> {
        let ticks = match self {
            Self::Opus => opus::packet::get_nb_samples(payload, 48_000).ok()?,
            Self::G722 | Self::Pcma | Self::Pcmu => payload.len(),
        };
        let ticks = u32::try_from(ticks).ok()?;
        (ticks > 0 && ticks <= self.rtp_clock() / 1000 * PACKET_MS_MAX).then_some(ticks)
    }
}

/// Whether an Opus packet carries the frame before it once more (RFC 6716 section 4.2.4: the LBRR flag of its first SILK frame).
#[must_use]
pub fn has_redundancy(payload: &[u8]) -> bool {
    let Some(toc) = payload.first() else { return false };
    // Configurations 16 and up are CELT alone, which has none.
    let (configuration, stereo, code) = (toc >> 3, toc & 4 != 0, toc & 3);
    let frame = match code {
        0 | 1 => payload.get(1),
        // The length of the first frame comes first, in one byte or two.
        2 => payload.get(if payload.get(1).is_some_and(|length| *length >= 252) {
            3
        } else {
            2
        }),
        // Any number of frames: nobody sends these for speech.
        _ => None,
    };
    let silk_frames = match configuration {
        0..=11 => [1, 1, 2, 3][usize::from(configuration % 4)],
        12..=15 => 1,
        _ => return false,
    };
    frame.is_some_and(|bits| {
        let middle = bits >> (7 - silk_frames) & 1;
        let side = if stereo { bits >> (6 - 2 * silk_frames) & 1 } else { 0 };
        middle | side == 1
    })
}

/// Why sound could not be coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// G.711 and G.722 have one rate each.
    #[error("{} does not work at {} Hz", .codec.name(), .rate.hz())]
    RateUnsupported {
        /// Which codec.
        codec: Codec,
        /// The rate that was asked for.
        rate: Rate,
    },
    /// libopus could not be set up: out of memory.
    #[error("libopus could not be set up")]
    OpusUnavailable,
    /// The payload is not what its codec prescribes.
    #[error("malformed {} payload", .codec.name())]
    Malformed {
        /// Which codec.
        codec: Codec,
    },
    /// The samples are no 20 ms frame, or the output buffer is too small.
    #[error("wrong buffer length for {}", .codec.name())]
    BufferLength {
        /// Which codec.
        codec: Codec,
    },
}

/// Turns frames of 20 ms into payloads.
pub struct Encoder(EncoderOf);

enum EncoderOf {
    Opus { encoder: opus::Encoder, rate: Rate },
    G722(Box<g722::Encoder>),
    Pcma,
    Pcmu,
}

impl Encoder {
    /// An encoder of PCM at `rate`.
    ///
    /// # Errors
    ///
    /// [`Error::RateUnsupported`], [`Error::OpusUnavailable`].
    pub fn new(codec: Codec, rate: Rate) -> Result<Self, Error> {
        match codec {
            Codec::Opus => {
                let encoder = opus_encoder(rate).map_err(|_| Error::OpusUnavailable)?;
                Ok(Self(EncoderOf::Opus { encoder, rate }))
            }
            Codec::G722 if rate == Rate::Wide => Ok(Self(EncoderOf::G722(Box::default()))),
            Codec::Pcma if rate == Rate::Narrow => Ok(Self(EncoderOf::Pcma)),
            Codec::Pcmu if rate == Rate::Narrow => Ok(Self(EncoderOf::Pcmu)),
            Codec::G722 | Codec::Pcma | Codec::Pcmu => Err(Error::RateUnsupported { codec, rate }),
        }
    }

    /// Encodes one frame of 20 ms and returns the payload's length; `payload` should have [`PAYLOAD_BYTES_MAX`].
    ///
    /// # Errors
    ///
    /// [`Error::BufferLength`] when `frame` is no 20 ms or `payload` is too short.
    pub fn encode(&mut self, frame: &[i16], payload: &mut [u8]) -> Result<usize, Error> {
        let wrong_length = Error::BufferLength { codec: self.codec() };
        if frame.len() != self.rate().frame_samples() {
            return Err(wrong_length);
        }
        match &mut self.0 {
            EncoderOf::Opus { encoder, .. } => encoder.encode(frame, payload).map_err(|_| wrong_length),
            EncoderOf::G722(encoder) => {
                let bytes = encoder.encode(frame, payload);
                if bytes * 2 == frame.len() { Ok(bytes) } else { Err(wrong_length) }
            }
            EncoderOf::Pcma => g711_encode(frame, payload, g711::alaw_encode).ok_or(wrong_length),
            EncoderOf::Pcmu => g711_encode(frame, payload, g711::ulaw_encode).ok_or(wrong_length),
        }
    }

    /// Tells the encoder which share of its packets is lost on the way, in percent: Opus then adds as much redundancy
    /// (in-band FEC) as pays. Others have none.
    pub fn expect_loss(&mut self, percent: u8) {
        if let EncoderOf::Opus { encoder, .. } = &mut self.0 {
            // Only values outside of 0..=100 are refused.
            let _ = encoder.set_packet_loss_perc(i32::from(percent.min(100)));
        }
    }

    /// Goes on from where another encoder of the same kind is, whose stream the receiver has decoded so far. G.722 takes over its state; Opus
    /// begins anew, which its decoders stand well.
    pub fn follow(&mut self, other: Option<&Self>) {
        match (&mut self.0, other.map(|other| &other.0)) {
            (EncoderOf::Opus { encoder, .. }, _) => {
                // It has no way to fail.
                let _ = encoder.reset_state();
            }
            (EncoderOf::G722(encoder), Some(EncoderOf::G722(other))) => encoder.clone_from(other),
            (EncoderOf::G722(encoder), _) => **encoder = g722::Encoder::default(),
            (EncoderOf::Pcma | EncoderOf::Pcmu, _) => {}
        }
    }

    /// Which codec this is.
    #[must_use]
    pub const fn codec(&self) -> Codec {
        match self.0 {
            EncoderOf::Opus { .. } => Codec::Opus,
            EncoderOf::G722(_) => Codec::G722,
            EncoderOf::Pcma => Codec::Pcma,
            EncoderOf::Pcmu => Codec::Pcmu,
        }
    }

    /// The rate of the frames it takes.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        match self.0 {
            EncoderOf::Opus { rate, .. } => rate,
            EncoderOf::G722(_) => Rate::Wide,
            EncoderOf::Pcma | EncoderOf::Pcmu => Rate::Narrow,
        }
    }
}

/// Bit rates are libopus' own advice for speech at that bandwidth with some room for FEC. Complexity 3 costs two thirds of 5, and the
/// difference is not heard in speech. FEC costs half as much again, so it waits until loss is reported ([`Encoder::expect_loss`]).
fn opus_encoder(rate: Rate) -> Result<opus::Encoder, opus::Error> {
    let (bits_per_second, complexity) = match rate {
        Rate::Narrow => (20_000, 3),
        Rate::Wide => (28_000, 3),
        Rate::Full => (36_000, 3),
    };
    let mut encoder = opus::Encoder::new(rate.hz(), opus::Channels::Mono, opus::Application::Voip)?;
    encoder.set_bitrate(opus::Bitrate::Bits(bits_per_second))?;
    encoder.set_complexity(complexity)?;
    encoder.set_signal(opus::Signal::Voice)?;
    encoder.set_inband_fec(true)?;
    encoder.set_packet_loss_perc(0)?;
    encoder.set_dtx(false)?;
    Ok(encoder)
}

fn g711_encode(frame: &[i16], payload: &mut [u8], encode: impl Fn(i16) -> u8) -> Option<usize> {
    let payload = payload.get_mut(..frame.len())?;
    for (byte, sample) in payload.iter_mut().zip(frame) {
        *byte = encode(*sample);
    }
    Some(frame.len())
}

/// Turns payloads into PCM.
pub struct Decoder(DecoderOf);

enum DecoderOf {
    Opus { decoder: opus::Decoder, rate: Rate },
    G722(Box<g722::Decoder>),
    Pcma,
    Pcmu,
}

impl Decoder {
    /// A decoder that gives PCM at `rate`. Opus at a low rate costs less: ask for no more than is needed.
    ///
    /// # Errors
    ///
    /// [`Error::RateUnsupported`], [`Error::OpusUnavailable`].
    pub fn new(codec: Codec, rate: Rate) -> Result<Self, Error> {
        match codec {
            Codec::Opus => {
                let decoder = opus::Decoder::new(rate.hz(), opus::Channels::Mono).map_err(|_| Error::OpusUnavailable)?;
                Ok(Self(DecoderOf::Opus { decoder, rate }))
            }
            Codec::G722 if rate == Rate::Wide => Ok(Self(DecoderOf::G722(Box::default()))),
            Codec::Pcma if rate == Rate::Narrow => Ok(Self(DecoderOf::Pcma)),
            Codec::Pcmu if rate == Rate::Narrow => Ok(Self(DecoderOf::Pcmu)),
            Codec::G722 | Codec::Pcma | Codec::Pcmu => Err(Error::RateUnsupported { codec, rate }),
        }
    }

    /// Decodes a payload of any duration up to [`PACKET_MS_MAX`] and returns the number of samples; `pcm` should have
    /// [`PACKET_SAMPLES_MAX`].
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`], [`Error::BufferLength`].
    pub fn decode(&mut self, payload: &[u8], pcm: &mut [i16]) -> Result<usize, Error> {
        let codec = self.codec();
        let ticks = codec.duration(payload).ok_or(Error::Malformed { codec })?;
        let samples = (u64::from(ticks) * u64::from(self.rate().hz()) / u64::from(codec.rtp_clock())) as usize;
        let pcm = pcm.get_mut(..samples).ok_or(Error::BufferLength { codec })?;
        match &mut self.0 {
            DecoderOf::Opus { decoder, .. } => {
                return decoder.decode(payload, pcm, false).map_err(|_| Error::Malformed { codec });
            }
            DecoderOf::G722(decoder) => return Ok(decoder.decode(payload, pcm)),
            DecoderOf::Pcma => pcm.iter_mut().zip(payload).for_each(|(pcm, byte)| *pcm = g711::alaw_decode(*byte)),
            DecoderOf::Pcmu => pcm.iter_mut().zip(payload).for_each(|(pcm, byte)| *pcm = g711::ulaw_decode(*byte)),
        }
        Ok(samples)
    }

    /// Fills `pcm` (a multiple of 2.5 ms) with what the codec itself invents for a lost packet; false when it has
    /// no concealment of its own ([`super::conceal`] does it then).
    pub fn conceal(&mut self, pcm: &mut [i16]) -> bool {
        match &mut self.0 {
            DecoderOf::Opus { decoder, .. } => decoder.decode(&[], pcm, false).is_ok(),
            DecoderOf::G722(_) | DecoderOf::Pcma | DecoderOf::Pcmu => false,
        }
    }

    /// Fills `pcm` (a multiple of 2.5 ms) with the lost packet before `next`, from the redundancy that `next` carries or,
    /// when it carries none, by concealment; false when the codec knows no redundancy.
    pub fn recover(&mut self, next: &[u8], pcm: &mut [i16]) -> bool {
        match &mut self.0 {
            DecoderOf::Opus { decoder, .. } => decoder.decode(next, pcm, true).is_ok(),
            DecoderOf::G722(_) | DecoderOf::Pcma | DecoderOf::Pcmu => false,
        }
    }

    /// Whether `next` carries the packet before it, so that [`Self::recover`] need not invent it.
    #[must_use]
    pub fn can_recover(&self, next: &[u8]) -> bool {
        self.codec() == Codec::Opus && has_redundancy(next)
    }

    /// Which codec this is.
    #[must_use]
    pub const fn codec(&self) -> Codec {
        match self.0 {
            DecoderOf::Opus { .. } => Codec::Opus,
            DecoderOf::G722(_) => Codec::G722,
            DecoderOf::Pcma => Codec::Pcma,
            DecoderOf::Pcmu => Codec::Pcmu,
        }
    }

    /// The rate of the PCM it gives.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        match self.0 {
            DecoderOf::Opus { rate, .. } => rate,
            DecoderOf::G722(_) => Rate::Wide,
            DecoderOf::Pcma | DecoderOf::Pcmu => Rate::Narrow,
        }
    }
}

#[cfg(test)]
mod tests;
