//! Files that administrators upload: whatever people have on their machines becomes mono sound at our rate. They are hostile until proven
//! otherwise: what one makes us keep is bounded by [`MINUTES_MAX`], however much a small file unpacks to.

use std::io::Cursor;

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::common::Limit;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

use super::{RATE_HZ, Samples, clip};

/// Of a file.
pub const FILE_BYTES_MAX: usize = 20_000_000;
/// Of an announcement.
pub const MINUTES_MAX: u32 = 10;
/// The same in samples of ours.
const SAMPLES_MAX: usize = MINUTES_MAX as usize * 60 * RATE_HZ as usize;
/// Samples of a packet: decoders make room for as many as a file says it has, before they read any.
const PACKET_SAMPLES_MAX: u64 = 1 << 20;
/// Rates that files have.
const RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=384_000;
/// More than any recording of speech has.
const CHANNELS_MAX: usize = 8;
/// What describes a file is not looked at.
const TAG_BYTES_MAX: usize = 64 * 1024;
/// Packets of a file that cannot be decoded, before it counts as damaged.
const DAMAGED_MAX: usize = 200;
/// Samples that the converter takes at a time.
const CHUNK: usize = 1_024;
/// Below −66 dBFS everywhere there is nothing to hear.
const SILENCE: u16 = 16;

/// Why a file cannot be played to callers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAudio {
    /// It is something else.
    #[error("this is no sound file that can be read; use WAV, MP3, FLAC, Ogg or AAC (M4A)")]
    Unknown,
    /// It has pictures that move.
    #[error("this is a video; save its sound alone first, as MP3 for example")]
    Video,
    /// A container that we know, with something in it that we do not.
    #[error("the sound in this file is coded in a way that cannot be read; save it as MP3 or WAV")]
    UnknownCodec,
    /// There is nothing to hear.
    #[error("this file has no sound")]
    NoSound,
    /// Surround sound.
    #[error("this file has more channels than can be mixed; save it in stereo or mono")]
    TooManyChannels,
    /// It is too long.
    #[error("{}", match minutes {
        Some(minutes) => format!("this is {minutes} minutes long, at most {MINUTES_MAX}"),
        None => format!("this is longer than {MINUTES_MAX} minutes"),
    })]
    TooLong {
        /// By its own account.
        minutes: Option<u64>,
    },
    /// It is too long for a prompt.
    #[error("what is said in place of a prompt has {seconds_max} seconds at most")]
    PromptTooLong {
        /// How long it may be.
        seconds_max: u32,
    },
    /// It is too large.
    #[error("this file is larger than {} MB", FILE_BYTES_MAX / 1_000_000)]
    TooLarge,
    /// It cannot be read to its end.
    #[error("this file is damaged")]
    Damaged,
    /// It takes too long to read.
    #[error("this file takes too long to read; save it as WAV")]
    TooSlow,
}

/// Reads a file. `is_late` is asked for every packet.
pub(super) fn read(file: impl AsRef<[u8]> + Send + Sync + 'static, is_late: impl Fn() -> bool) -> Result<Samples, NotAudio> {
    let bytes = file.as_ref();
    if bytes.len() > FILE_BYTES_MAX {
        return Err(NotAudio::TooLarge);
    }
    if is_video(bytes) {
        return Err(NotAudio::Video);
    }
    let samples = if clip::is_opus(bytes) {
        clip::decode(bytes, is_late)?
    } else {
        decode(file, is_late)?
    };
    let is_heard = samples.as_slice().iter().any(|sample| sample.unsigned_abs() > SILENCE);
    if is_heard { Ok(samples) } else { Err(NotAudio::NoSound) }
}

/// By what it begins with: Matroska, AVI, MPEG, Flash. What MPEG-4 has in it is looked up later.
fn is_video(file: &[u8]) -> bool {
    let is_avi = file.starts_with(b"RIFF") && file.get(8..12) == Some(b"AVI ");
    let known: [&[u8]; 4] = [&[0x1A, 0x45, 0xDF, 0xA3], &[0, 0, 1, 0xBA], &[0, 0, 1, 0xB3], b"FLV\x01"];
    is_avi || known.iter().any(|begins| file.starts_with(begins))
}

fn decode(file: impl AsRef<[u8]> + Send + Sync + 'static, is_late: impl Fn() -> bool) -> Result<Samples, NotAudio> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(file)), Default::default());
    let limit = Limit::Maximum(TAG_BYTES_MAX);
    let metadata = MetadataOptions::default().limit_tag_bytes(limit).limit_visual_bytes(limit);
    let probed = symphonia::default::get_probe().probe(&Hint::new(), stream, FormatOptions::default(), metadata);
    let mut format = probed.map_err(|error| match error {
        Error::Unsupported(_) | Error::SeekError(_) => NotAudio::Unknown,
        // It looks like one that we know.
        _ => NotAudio::Damaged,
    })?;
    if format.first_track(TrackType::Video).is_some() {
        return Err(NotAudio::Video);
    }
    let track = format.default_track(TrackType::Audio).ok_or(NotAudio::NoSound)?;
    let minutes = minutes(track);
    if minutes.is_some_and(|minutes| minutes > f64::from(MINUTES_MAX)) {
        let minutes = minutes.map(|minutes| minutes.ceil() as u64);
        return Err(NotAudio::TooLong { minutes });
    }
    let Some(CodecParameters::Audio(parameters)) = &track.codec_params else {
        return Err(NotAudio::UnknownCodec);
    };
    check_size(parameters)?;
    let decoder = symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default());
    let (track, mut decoder) = (track.id, decoder.map_err(|_| NotAudio::UnknownCodec)?);
    let mut reading = Reading::default();
    while let Some(packet) = next(&mut *format)? {
        if is_late() {
            return Err(NotAudio::TooSlow);
        }
        if packet.track_id == track {
            reading.go_on(&mut *decoder, &packet)?;
        }
    }
    reading.finish()
}

/// Whether a decoder may make room for what a file says of itself.
fn check_size(parameters: &AudioCodecParameters) -> Result<(), NotAudio> {
    if parameters.channels.as_ref().is_some_and(|channels| channels.count() > CHANNELS_MAX) {
        return Err(NotAudio::TooManyChannels);
    }
    if parameters.max_frames_per_packet.is_some_and(|samples| samples > PACKET_SAMPLES_MAX) {
        return Err(NotAudio::Damaged);
    }
    Ok(())
}

/// By the file's own account.
fn minutes(track: &Track) -> Option<f64> {
    let rate = track.codec_params.as_ref()?.audio()?.sample_rate?;
    Some(track.num_frames? as f64 / f64::from(rate.max(1)) / 60.0)
}

/// The next packet; `None` at the end, and where a file is cut off.
fn next(format: &mut dyn FormatReader) -> Result<Option<Packet>, NotAudio> {
    match format.next_packet() {
        Ok(packet) => Ok(packet),
        Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        // Another stream behind the first one: a radio's recording. The first one is it.
        Err(Error::ResetRequired) => Ok(None),
        Err(_) => Err(NotAudio::Damaged),
    }
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    converter: Option<Converter>,
    interleaved: Vec<f32>,
    damaged: usize,
}

impl Reading {
    fn go_on(&mut self, decoder: &mut dyn AudioDecoder, packet: &Packet) -> Result<(), NotAudio> {
        let decoded = match decoder.decode(packet) {
            Ok(decoded) => decoded,
            Err(Error::DecodeError(_) | Error::IoError(_)) if self.damaged < DAMAGED_MAX => {
                self.damaged += 1;
                return Ok(());
            }
            Err(_) => return Err(NotAudio::Damaged),
        };
        let (rate, channels) = (decoded.spec().rate(), decoded.spec().channels().count());
        if channels > CHANNELS_MAX {
            return Err(NotAudio::TooManyChannels);
        }
        if channels == 0 || decoded.frames() == 0 {
            return Ok(());
        }
        decoded.copy_to_vec_interleaved(&mut self.interleaved);
        if self.converter.as_ref().is_none_or(|converter| converter.rate != rate) {
            let before = self.converter.take().map(Converter::finish).transpose()?.unwrap_or_default();
            self.converter = Some(Converter::new(rate, before)?);
        }
        let Some(converter) = &mut self.converter else { return Ok(()) };
        let share = 1.0 / channels as f32;
        let mixed = self
            .interleaved
            .chunks_exact(channels)
            .map(|frame| frame.iter().sum::<f32>() * share);
        converter.take(mixed)
    }

    fn finish(self) -> Result<Samples, NotAudio> {
        let samples = self.converter.map(Converter::finish).transpose()?.unwrap_or_default();
        let is_nothing = samples.is_empty() && self.damaged > 0;
        if is_nothing { Err(NotAudio::Damaged) } else { Ok(Samples(samples)) }
    }
}

/// From a file's rate to ours, chunk by chunk.
struct Converter {
    rate: u32,
    work: Option<Fft<f32>>,
    waiting: Vec<f32>,
    converted: Vec<f32>,
    /// What it is behind, to be left out at the beginning.
    behind: usize,
    taken: u64,
    begins_at: usize,
    samples: Vec<i16>,
}

impl Converter {
    /// `samples` come before.
    fn new(rate: u32, samples: Vec<i16>) -> Result<Self, NotAudio> {
        if !RATES_HZ.contains(&rate) {
            return Err(NotAudio::Damaged);
        }
        let new = || Fft::new(rate as usize, RATE_HZ as usize, CHUNK, 1, FixedSync::Input);
        let work = (rate != RATE_HZ).then(new).transpose().map_err(|_| NotAudio::Damaged)?;
        Ok(Self {
            rate,
            waiting: Vec::new(),
            converted: vec![0.0; work.as_ref().map_or(0, |work| work.output_frames_max())],
            behind: work.as_ref().map_or(0, |work| work.output_delay()),
            work,
            taken: 0,
            begins_at: samples.len(),
            samples,
        })
    }

    fn take(&mut self, samples: impl Iterator<Item = f32>) -> Result<(), NotAudio> {
        let waiting = self.waiting.len();
        self.waiting.extend(samples);
        self.taken += (self.waiting.len() - waiting) as u64;
        self.convert()
    }

    /// Whole chunks of what waits.
    fn convert(&mut self) -> Result<(), NotAudio> {
        let mut from = 0;
        match &mut self.work {
            None => {
                self.samples.extend(self.waiting.iter().copied().map(sample));
                from = self.waiting.len();
            }
            Some(work) => {
                while self.waiting.len() - from >= work.input_frames_next() {
                    let (read, written) = step(work, &self.waiting[from..], &mut self.converted)?;
                    from += read;
                    let skipped = self.behind.min(written);
                    self.behind -= skipped;
                    self.samples.extend(self.converted[skipped..written].iter().copied().map(sample));
                    if read == 0 || self.samples.len() > SAMPLES_MAX {
                        break;
                    }
                }
            }
        }
        self.waiting.drain(..from);
        if self.samples.len() > SAMPLES_MAX {
            return Err(NotAudio::TooLong { minutes: None });
        }
        Ok(())
    }

    /// Everything, the last chunk as well.
    fn finish(mut self) -> Result<Vec<i16>, NotAudio> {
        let length = self.taken * u64::from(RATE_HZ) / u64::from(self.rate);
        let length = self.begins_at + usize::try_from(length).unwrap_or(usize::MAX);
        let needed = self.work.as_ref().map_or(0, |work| work.input_frames_next());
        // Silence pushes out what it is behind.
        while needed > 0 && self.samples.len() < length {
            let before = self.samples.len();
            let rest = self.waiting.len() % needed;
            self.waiting.extend(std::iter::repeat_n(0.0, needed - rest));
            self.convert()?;
            if self.samples.len() == before && self.behind == 0 {
                break;
            }
        }
        self.samples.truncate(length);
        Ok(self.samples)
    }
}

/// One chunk: how many samples were read, and how many written.
fn step(work: &mut Fft<f32>, waiting: &[f32], converted: &mut [f32]) -> Result<(usize, usize), NotAudio> {
    let damaged = |_| NotAudio::Damaged;
    let (needed, room) = (work.input_frames_next(), converted.len());
    let input = InterleavedSlice::new(&waiting[..needed], 1, needed).map_err(damaged)?;
    let mut output = InterleavedSlice::new_mut(converted, 1, room).map_err(damaged)?;
    work.process_into_buffer(&input, &mut output, None::<&Indexing>)
        .map_err(|_| NotAudio::Damaged)
}

fn sample(value: f32) -> i16 {
    // Saturates; what is not a number is nothing.
    (value * 32_767.0) as i16
}

#[cfg(test)]
mod tests;
