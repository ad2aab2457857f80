//! A recording: packets of the legs of a call in, a two-channel Ogg Opus file out, page by page (RFC 3533, RFC 6716, RFC 7845).
//!
//! ```text
//!  push ─► one Source per leg (jitter buffer, decoder) ─► 16 kHz ─► sum per channel ─► limiter ─┬─► Opus, 20 ms ─► pages ─► poll
//!                                                                                               └─► peaks, 100 ms ───────► poll
//! ```
//!
//! The clock is the caller's: a recording is as long as the time that it took, whoever talks and however much is lost. The channels are two streams
//! of Opus (channel mapping family 1), not a stereo pair: a stereo pair's encoder lets one side be heard on the other, and a witness who has
//! heard the question in both ears cannot tell who asked.

mod ogg;
mod voice;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use model::Channel;

use crate::audio::codec::{PAYLOAD_BYTES_MAX, Rate};
use crate::engine::Said;
use crate::mixer::limiter::Limiter;
use ogg::{Finish, Writer};
use voice::Voice;

pub use ogg::repair;

/// Legs that are heard in one recording at a time.
pub const LEGS_MAX: usize = 64;
/// Every peak is the loudest sample of so many milliseconds.
pub const PEAK_MS: u64 = 100;

/// Telephones have nothing above 8 kHz, and speech needs nothing above.
const RATE: Rate = Rate::Wide;
const SAMPLES: usize = RATE.frame_samples();
const TICK: Duration = Duration::from_millis(20);
const CHANNELS: usize = 2;
/// Of both channels, while both talk; silence takes a tenth. Music is not recorded.
const BITS_PER_SECOND: i32 = 32_000;
/// What the encoder looks ahead, in samples at 48 kHz: so many are left out at the beginning (RFC 7845 section 4.2).
const PRE_SKIP: u16 = 312;
/// Samples of a frame, in the clock of granule positions.
const GRANULE: u64 = 960;
/// Frames of a page: what a crash may lose.
const PAGE_FRAMES: usize = 50;
const PEAK_FRAMES: u64 = PEAK_MS / 20;

/// Why a recording could not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// libopus could not be set up: out of memory.
    #[error("libopus could not be set up")]
    OpusUnavailable,
}

/// Some more of the file. The file is valid after every page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// To be appended.
    pub bytes: Vec<u8>,
    /// One for every [`PEAK_MS`] that was completed meanwhile.
    pub peaks: Vec<Peak>,
    /// How long the recording is with this page.
    pub duration: Duration,
}

/// The loudest sample of each channel: 0 is silence, 255 full scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Peak {
    /// Of [`Channel::Own`].
    pub own: u8,
    /// Of [`Channel::Others`].
    pub others: u8,
}

/// See the module.
pub struct Recorder {
    voices: Vec<Voice>,
    limiters: [Limiter; CHANNELS],
    encoder: opus::MSEncoder,
    writer: Writer,
    /// When the next frame is over.
    due: Instant,
    /// Frames so far.
    frames: u64,
    /// Frames in the page that is being filled.
    page_frames: usize,
    peak: [u16; CHANNELS],
    peaks: Vec<Peak>,
    ready: VecDeque<Page>,
    refused: u64,
}

impl Recorder {
    /// A recording that begins now.
    ///
    /// # Errors
    ///
    /// [`Error::OpusUnavailable`].
    pub fn new(now: Instant) -> Result<Self, Error> {
        let mut recorder = Self {
            voices: Vec::new(),
            limiters: [Limiter::default(); CHANNELS],
            encoder: encoder().map_err(|_| Error::OpusUnavailable)?,
            writer: Writer::default(),
            due: now + TICK,
            frames: 0,
            page_frames: 0,
            peak: [0; CHANNELS],
            peaks: Vec::new(),
            ready: VecDeque::new(),
            refused: 0,
        };
        recorder.ready.push_back(Page {
            bytes: recorder.writer.headers(PRE_SKIP, RATE.hz()),
            ..Page::default()
        });
        Ok(recorder)
    }

    /// Takes what a leg has said, in the order of arrival ([`Said::at`]).
    pub fn push(&mut self, channel: Channel, said: &Said<'_>) {
        self.advance(said.at);
        let voice = match self.voices.iter().position(|voice| voice.leg == said.leg) {
            Some(known) => &mut self.voices[known],
            None if self.voices.len() < LEGS_MAX => match Voice::new(channel, said) {
                Ok(voice) => {
                    self.voices.push(voice);
                    self.voices.last_mut().expect("it was pushed")
                }
                Err(_) => {
                    self.refused += 1;
                    return;
                }
            },
            None => {
                self.refused += 1;
                return;
            }
        };
        voice.channel = channel;
        voice.push(said);
    }

    /// The next page that is complete. Push everything that has arrived until `now` before.
    pub fn poll(&mut self, now: Instant) -> Option<Page> {
        self.advance(now);
        self.ready.pop_front()
    }

    /// The pages up to the end, which is now.
    #[must_use]
    pub fn finish(mut self, now: Instant) -> Vec<Page> {
        self.advance(now);
        let end = self.frames * GRANULE + u64::from(PRE_SKIP);
        if !self.frames.is_multiple_of(PEAK_FRAMES) {
            self.end_peak();
        }
        // What the encoder has looked ahead to comes out with this one, whose end is not played.
        self.encode(&[0; SAMPLES * CHANNELS]);
        self.end_page(end, Finish::Stream);
        self.ready.into()
    }

    /// Packets of more legs than [`LEGS_MAX`].
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Makes the frames that are over.
    fn advance(&mut self, now: Instant) {
        while self.due <= now {
            self.frame(self.due);
            self.due += TICK;
        }
    }

    fn frame(&mut self, now: Instant) {
        let mut sums = [[0.0_f32; SAMPLES]; CHANNELS];
        for voice in &mut self.voices {
            voice.add(now, &mut sums[index(voice.channel)]);
        }
        self.voices.retain(|voice| !voice.is_gone());
        let mut pcm = [[0_i16; SAMPLES]; CHANNELS];
        let mut interleaved = [0_i16; SAMPLES * CHANNELS];
        for channel in 0..CHANNELS {
            self.limiters[channel].limit(&sums[channel], &mut pcm[channel]);
            let loudest = pcm[channel].iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
            self.peak[channel] = self.peak[channel].max(loudest);
            for (place, sample) in interleaved.iter_mut().skip(channel).step_by(CHANNELS).zip(&pcm[channel]) {
                *place = *sample;
            }
        }
        self.encode(&interleaved);
        if self.frames.is_multiple_of(PEAK_FRAMES) {
            self.end_peak();
        }
        if self.page_frames == PAGE_FRAMES {
            self.end_page(self.frames * GRANULE, Finish::Page);
        }
    }

    fn encode(&mut self, interleaved: &[i16]) {
        let mut packet = [0; PAYLOAD_BYTES_MAX * CHANNELS];
        // A frame of this length and a buffer of this size are never refused; were they, silence would keep the time.
        let length = self.encoder.encode(interleaved, &mut packet);
        let packet = length.map_or(&ogg::SILENCE[..], |length| &packet[..length]);
        if !self.writer.has_room(packet.len()) {
            self.end_page(self.frames * GRANULE, Finish::Page);
        }
        self.writer.push(packet);
        self.frames += 1;
        self.page_frames += 1;
    }

    fn end_peak(&mut self) {
        let [own, others] = std::mem::take(&mut self.peak).map(|peak| u8::try_from(peak >> 7).unwrap_or(u8::MAX));
        self.peaks.push(Peak { own, others });
    }

    fn end_page(&mut self, granule: u64, finish: Finish) {
        self.page_frames = 0;
        self.ready.push_back(Page {
            bytes: self.writer.end_page(granule, finish),
            peaks: std::mem::take(&mut self.peaks),
            duration: duration(granule),
        });
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder")
            .field("frames", &self.frames)
            .field("voices", &self.voices.len())
            .finish_non_exhaustive()
    }
}

/// How long a file plays whose last page has this granule position (RFC 7845 section 4.3).
fn duration(granule: u64) -> Duration {
    Duration::from_micros(granule.saturating_sub(u64::from(PRE_SKIP)) * 1_000_000 / 48_000)
}

fn encoder() -> Result<opus::MSEncoder, opus::Error> {
    let (streams, coupled, mapping) = ogg::MAPPING;
    let mut encoder = opus::MSEncoder::new(RATE.hz(), streams, coupled, &mapping, opus::Application::Voip)?;
    encoder.set_bitrate(opus::Bitrate::Bits(BITS_PER_SECOND))?;
    encoder.set_vbr(true)?;
    encoder.set_complexity(3)?;
    encoder.set_signal(opus::Signal::Voice)?;
    Ok(encoder)
}

fn index(channel: Channel) -> usize {
    match channel {
        Channel::Own => 0,
        Channel::Others => 1,
    }
}

#[cfg(test)]
mod tests;
