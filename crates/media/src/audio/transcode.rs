//! One direction of a call whose legs speak different codecs.
//!
//! ```text
//!  push ─► jitter::Buffer ─► Decoder (or its concealment) ─► Concealer ─► Resampler ─► 20 ms of PCM ─► Encoder ─► tick
//! ```
//!
//! The rates are chosen for the least work: Opus decodes straight to the other side's rate, and encodes from it, so that only
//! G.722 against G.711 resamples.

use std::time::Instant;

use super::FRAME_SAMPLES_MAX;
use super::codec::{Codec, Decoder, Encoder, Error, PACKET_SAMPLES_MAX, PAYLOAD_BYTES_MAX, Rate};
use super::conceal::Concealer;
use super::jitter::{Buffer, Counters, Packet, Playout};
use super::quality::{SilenceMeter, level_pcm};
use super::resample::Resampler;

/// Ticks without anything to play, after which nothing is sent: half a second.
const IDLE_TICKS: u32 = 25;
/// Ticks after that, until there is no use in ticking: a second.
const REST_TICKS: u32 = 50;
/// A frame is quiet when it is at or below this level,
const QUIET_DBOV: i8 = -50;
/// or so far below the loudest of late.
const QUIET_BELOW_LOUDEST_DB: f32 = 20.0;
/// By how much the loudest is forgotten with every frame: 10 dB in two seconds.
const LOUDEST_DECAY_DB: f32 = 0.1;

/// See the module.
pub struct Transcoder {
    source: Source,
    resampler: Resampler,
    encoder: Encoder,
    payload: Box<[u8; PAYLOAD_BYTES_MAX]>,
}

impl Transcoder {
    /// From what one leg sends to what the other hears.
    ///
    /// # Errors
    ///
    /// [`Error::OpusUnavailable`].
    pub fn new(from: Codec, to: Codec) -> Result<Self, Error> {
        let common = from.rate().min(to.rate());
        let decoder_rate = if from == Codec::Opus { common } else { from.rate() };
        let encoder_rate = if to == Codec::Opus { common } else { to.rate() };
        Ok(Self {
            source: Source::new(from, decoder_rate)?,
            resampler: Resampler::new(decoder_rate, encoder_rate),
            encoder: Encoder::new(to, encoder_rate)?,
            payload: Box::new([0; PAYLOAD_BYTES_MAX]),
        })
    }

    /// A packet from the leg that talks. One without audio (a key press) goes in with an empty payload.
    pub fn push(&mut self, packet: &Packet<'_>, now: Instant) {
        self.source.push(packet, now);
    }

    /// The payload of the next 20 ms for the leg that listens, or nothing to be sent this time. Call it every 20 ms.
    ///
    /// The RTP timestamp of the stream made of it advances by [`Codec::frame_ticks`] for every tick, also for a `None`; the
    /// sequence number for a `Some` only, and the first `Some` after a `None` has the marker bit.
    pub fn tick(&mut self, now: Instant) -> Option<&[u8]> {
        let frame = self.source.tick(now)?;
        let mut pcm = [0; FRAME_SAMPLES_MAX];
        let samples = self.resampler.process(frame, &mut pcm);
        let length = self.encoder.encode(&pcm[..samples], &mut self.payload[..]).ok()?;
        Some(&self.payload[..length])
    }

    /// Whether nothing will be sent before another packet comes: [`Self::tick`] may wait until then.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.source.idle_ticks > IDLE_TICKS + REST_TICKS
    }

    /// Which share of our packets the listening leg reports lost (RTCP), in percent.
    pub fn expect_loss(&mut self, percent: u8) {
        self.encoder.expect_loss(percent);
    }

    /// What became of the packets.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.source.buffer.counters()
    }

    /// How long packets wait in the jitter buffer, in milliseconds.
    #[must_use]
    pub fn delay_ms(&self) -> f32 {
        self.source.buffer.delay_ms()
    }

    /// Level and silence of what was heard.
    #[must_use]
    pub fn meter(&self) -> &SilenceMeter {
        &self.source.meter
    }

    /// Share of what was heard that was invented, in percent; `None` before anything was.
    #[must_use]
    pub fn concealed_percent(&self) -> Option<f32> {
        self.source.concealed_percent()
    }
}

/// Samples while the talker did not pause, and those of them that no packet brought.
#[derive(Clone, Copy, Default)]
struct Heard {
    samples: u64,
    invented: u64,
}

impl Heard {
    fn add(&mut self, samples: usize, is_invented: bool) {
        self.samples += samples as u64;
        self.invented += if is_invented { samples as u64 } else { 0 };
    }
}

/// The receiving half: packets in, frames of PCM out. Also what a mixer or a recorder needs.
pub struct Source {
    buffer: Buffer,
    decoder: Decoder,
    concealer: Concealer,
    /// Decoded and not yet taken.
    pcm: Box<[i16; PACKET_SAMPLES_MAX + FRAME_SAMPLES_MAX]>,
    pcm_length: usize,
    frame: Box<[i16; FRAME_SAMPLES_MAX]>,
    meter: SilenceMeter,
    heard: Heard,
    level_dbov: i8,
    loudest_dbov: f32,
    quiet: bool,
    idle_ticks: u32,
}

impl Source {
    /// A stream of `codec` that is heard at `rate`.
    ///
    /// # Errors
    ///
    /// [`Error::RateUnsupported`], [`Error::OpusUnavailable`].
    pub fn new(codec: Codec, rate: Rate) -> Result<Self, Error> {
        Ok(Self {
            buffer: Buffer::new(codec.rtp_clock()),
            decoder: Decoder::new(codec, rate)?,
            concealer: Concealer::new(rate),
            pcm: Box::new([0; PACKET_SAMPLES_MAX + FRAME_SAMPLES_MAX]),
            pcm_length: 0,
            frame: Box::new([0; FRAME_SAMPLES_MAX]),
            meter: SilenceMeter::default(),
            heard: Heard::default(),
            level_dbov: -127,
            loudest_dbov: -127.0,
            quiet: true,
            idle_ticks: IDLE_TICKS,
        })
    }

    /// A packet of the stream; one without audio (a key press) has an empty payload.
    pub fn push(&mut self, packet: &Packet<'_>, now: Instant) {
        let ticks = if packet.payload.is_empty() {
            Some(0)
        } else {
            self.decoder.codec().duration(packet.payload)
        };
        // What cannot be decoded counts as a packet without audio: the concealment covers it.
        let payload = if ticks.is_some() { packet.payload } else { &[] };
        self.buffer.push(&Packet { payload, ..*packet }, ticks.unwrap_or(0), now);
        // The clock that rested runs on until this packet's turn has come.
        self.idle_ticks = self.idle_ticks.min(IDLE_TICKS + 1);
    }

    /// The next 20 ms, or `None` while the stream has not begun or has paused for long. Call it every 20 ms.
    pub fn tick(&mut self, now: Instant) -> Option<&[i16]> {
        let samples = self.decoder.rate().frame_samples();
        while self.pcm_length < samples {
            self.pcm_length += self.play(now);
        }
        self.frame[..samples].copy_from_slice(&self.pcm[..samples]);
        self.pcm.copy_within(samples..self.pcm_length, 0);
        self.pcm_length -= samples;
        if self.idle_ticks > IDLE_TICKS {
            return None;
        }
        let level_dbov = level_pcm(&self.frame[..samples]);
        self.level_dbov = level_dbov;
        self.meter.frame(level_dbov);
        self.loudest_dbov = (self.loudest_dbov - LOUDEST_DECAY_DB).max(f32::from(level_dbov));
        self.quiet = level_dbov <= QUIET_DBOV || f32::from(level_dbov) < self.loudest_dbov - QUIET_BELOW_LOUDEST_DB;
        Some(&self.frame[..samples])
    }

    /// What [`Self::tick`] gave last.
    #[must_use]
    pub fn frame(&self) -> &[i16] {
        &self.frame[..self.rate().frame_samples()]
    }

    /// How loud that was, in dBov.
    #[must_use]
    pub fn level_dbov(&self) -> i8 {
        self.level_dbov
    }

    /// The rate of the frames.
    #[must_use]
    pub fn rate(&self) -> Rate {
        self.decoder.rate()
    }

    /// Goes on at another rate: with a decoder that has heard nothing yet, and without what was decoded and not played yet (less than a frame).
    ///
    /// # Errors
    ///
    /// [`Error::RateUnsupported`], [`Error::OpusUnavailable`]: then it goes on as before.
    pub fn change_rate(&mut self, rate: Rate) -> Result<(), Error> {
        self.decoder = Decoder::new(self.decoder.codec(), rate)?;
        self.concealer = Concealer::new(rate);
        self.pcm_length = 0;
        Ok(())
    }

    /// Share of what was heard that was invented, in percent; `None` before anything was.
    #[must_use]
    pub fn concealed_percent(&self) -> Option<f32> {
        let Heard { samples, invented } = self.heard;
        (samples > 0).then(|| invented as f32 * 100.0 / samples as f32)
    }

    /// The jitter buffer.
    #[must_use]
    pub fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// Level and silence of what was heard.
    #[must_use]
    pub fn meter(&self) -> &SilenceMeter {
        &self.meter
    }

    /// Appends the next piece of sound and says how long it is: at least one sample.
    fn play(&mut self, now: Instant) -> usize {
        let frame = self.decoder.rate().frame_samples();
        let clock = self.decoder.codec().rtp_clock();
        let to_samples = u64::from(self.decoder.rate().hz());
        let room = &mut self.pcm[self.pcm_length..];
        match self.buffer.pull(now, self.quiet) {
            Playout::Frame { payload, spliced } => {
                self.idle_ticks = 0;
                if let Ok(samples @ 1..) = self.decoder.decode(payload, room) {
                    if spliced {
                        self.concealer.join(&mut room[..samples]);
                    } else {
                        self.concealer.good(&mut room[..samples]);
                    }
                    self.heard.add(samples, false);
                    return samples;
                }
                self.heard.add(frame, true);
                conceal(&mut self.decoder, &mut self.concealer, &mut room[..frame]);
                frame
            }
            Playout::Recover { next, ticks } => {
                let samples = (u64::from(ticks) * to_samples / u64::from(clock)) as usize;
                let samples = samples.clamp(1, room.len());
                self.heard.add(samples, !self.decoder.can_recover(next));
                if self.decoder.recover(next, &mut room[..samples]) {
                    self.concealer.good(&mut room[..samples]);
                } else {
                    self.concealer.conceal(&mut room[..samples]);
                }
                samples
            }
            Playout::Conceal => {
                self.heard.add(frame, true);
                conceal(&mut self.decoder, &mut self.concealer, &mut room[..frame]);
                frame
            }
            Playout::Silence => {
                self.idle_ticks = self.idle_ticks.saturating_add(1);
                room[..frame].fill(0);
                self.concealer.good(&mut room[..frame]);
                frame
            }
        }
    }
}

fn conceal(decoder: &mut Decoder, concealer: &mut Concealer, frame: &mut [i16]) {
    if decoder.conceal(frame) {
        concealer.good(frame);
    } else {
        concealer.conceal(frame);
    }
}

#[cfg(test)]
mod tests;
