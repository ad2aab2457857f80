//! How sounds are kept: Ogg Opus, mono (RFC 3533, RFC 7845).

use std::io::Cursor;

use ogg::reading::PacketReader;
use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use opus::{Application, Bitrate, Channels, Decoder, Encoder};

use super::upload::MINUTES_MAX;
use super::{NotAudio, RATE_HZ, Samples};

/// What an Ogg Opus file begins with.
const HEAD: &[u8] = b"OpusHead";
/// Of its second packet.
const TAGS: &[u8] = b"OpusTags";
/// Granule positions count samples of 48 kHz, whatever the rate.
const GRANULES_PER_SAMPLE: u64 = 48_000 / RATE_HZ as u64;
/// Of a packet that we write.
const FRAME: usize = RATE_HZ as usize / 50;
/// Of a packet that others may have written: 120 ms.
const FRAME_MAX: usize = RATE_HZ as usize * 120 / 1_000;
/// Plenty for wide-band speech and hardly heard in music.
const BITS_PER_SECOND: i32 = 28_000;
/// Of an Opus packet (RFC 6716, 3.4).
const PACKET_BYTES_MAX: usize = 1_275;
/// Any number: there is one stream in a file.
const SERIAL: u32 = 1;
/// Samples at most.
const SAMPLES_MAX: usize = MINUTES_MAX as usize * 60 * RATE_HZ as usize;

/// A sound as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// Ogg Opus, mono.
    pub ogg: Vec<u8>,
    /// How long it is, in milliseconds.
    pub duration_ms: u32,
}

impl Clip {
    /// Packs samples.
    ///
    /// # Errors
    /// [`NotAudio::NoSound`] when there are none.
    pub fn of(samples: &Samples) -> Result<Self, NotAudio> {
        if samples.as_slice().is_empty() {
            return Err(NotAudio::NoSound);
        }
        let ogg = encode(samples.as_slice()).map_err(|error| {
            tracing::error!(%error, "a sound could not be packed");
            NotAudio::Damaged
        })?;
        Ok(Self {
            ogg,
            duration_ms: samples.duration_ms(),
        })
    }

    /// Unpacks it.
    ///
    /// # Errors
    /// When it is none of ours.
    pub fn samples(&self) -> Result<Samples, NotAudio> {
        decode(&self.ogg, || false)
    }
}

/// Whether a file is Ogg with an Opus stream first.
pub(super) fn is_opus(file: &[u8]) -> bool {
    // A page of 27 bytes and one segment.
    file.starts_with(b"OggS") && file.get(28..28 + HEAD.len()) == Some(HEAD)
}

#[derive(Debug, thiserror::Error)]
enum Unpacked {
    #[error("Opus: {0}")]
    Opus(#[from] opus::Error),
    #[error("Ogg: {0}")]
    Ogg(#[from] std::io::Error),
}

fn encode(samples: &[i16]) -> Result<Vec<u8>, Unpacked> {
    let mut encoder = Encoder::new(RATE_HZ, Channels::Mono, Application::Audio)?;
    encoder.set_bitrate(Bitrate::Bits(BITS_PER_SECOND))?;
    let skipped = u64::try_from(encoder.get_lookahead()?).unwrap_or(0);
    let mut writer = PacketWriter::new(Vec::new());
    let (head, tags) = (head(u16::try_from(skipped * GRANULES_PER_SAMPLE).unwrap_or(u16::MAX)), tags());
    writer.write_packet(head, SERIAL, PacketWriteEndInfo::EndPage, 0)?;
    writer.write_packet(tags, SERIAL, PacketWriteEndInfo::EndPage, 0)?;
    // What the decoder is behind comes out with silence after the end.
    let whole = samples.len() as u64 + skipped;
    let frames = whole.div_ceil(FRAME as u64);
    let mut frame = [0; FRAME];
    for number in 0..frames {
        let from = samples.len().min(number as usize * FRAME);
        let rest = &samples[from..samples.len().min(from + FRAME)];
        frame[..rest.len()].copy_from_slice(rest);
        frame[rest.len()..].fill(0);
        let packet = encoder.encode_vec(&frame, PACKET_BYTES_MAX)?;
        let is_last = number + 1 == frames;
        let end = if is_last {
            PacketWriteEndInfo::EndStream
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        // The last one says where the sound ends within its packet.
        let position = whole.min((number + 1) * FRAME as u64) * GRANULES_PER_SAMPLE;
        writer.write_packet(packet, SERIAL, end, position)?;
    }
    Ok(writer.into_inner())
}

/// RFC 7845, 5.1.
fn head(skipped: u16) -> Vec<u8> {
    let mut head = HEAD.to_vec();
    head.extend([1, 1]);
    head.extend(skipped.to_le_bytes());
    head.extend(RATE_HZ.to_le_bytes());
    head.extend([0, 0, 0]);
    head
}

/// RFC 7845, 5.2: who has written it, and no comments.
fn tags() -> Vec<u8> {
    const VENDOR: &[u8] = b"farend";
    let mut tags = TAGS.to_vec();
    tags.extend((VENDOR.len() as u32).to_le_bytes());
    tags.extend(VENDOR);
    tags.extend(0_u32.to_le_bytes());
    tags
}

/// Samples that are to be left out at the beginning.
fn skipped(head: &[u8]) -> Result<usize, NotAudio> {
    let is_ours = |version: &u8| version >> 4 == 0;
    let (version, channels, family) = (head.get(8), head.get(9), head.get(18));
    if !head.starts_with(HEAD) || !version.is_some_and(is_ours) {
        return Err(NotAudio::Damaged);
    }
    match (channels, family) {
        (Some(1 | 2), Some(0)) => {}
        (Some(_), Some(_)) => return Err(NotAudio::TooManyChannels),
        (None, _) | (_, None) => return Err(NotAudio::Damaged),
    }
    let skipped = head.get(10..12).map_or(0, |bytes| u16::from_le_bytes([bytes[0], bytes[1]]));
    Ok((u64::from(skipped) / GRANULES_PER_SAMPLE) as usize)
}

/// Unpacks Ogg Opus of anybody: mono or stereo, which libopus mixes. What is damaged in the middle is left out.
pub(super) fn decode(file: &[u8], is_late: impl Fn() -> bool) -> Result<Samples, NotAudio> {
    let mut reader = PacketReader::new(Cursor::new(file));
    let head = reader.read_packet().ok().flatten().ok_or(NotAudio::Damaged)?;
    let (serial, skipped) = (head.stream_serial(), skipped(&head.data)?);
    let mut decoder = Decoder::new(RATE_HZ, Channels::Mono).map_err(|_| NotAudio::Damaged)?;
    let (mut samples, mut frame) = (Vec::new(), [0; FRAME_MAX]);
    let mut end = None;
    // An error is the end of what can be read.
    while let Ok(Some(packet)) = reader.read_packet() {
        if is_late() {
            return Err(NotAudio::TooSlow);
        }
        if packet.stream_serial() != serial || packet.data.starts_with(TAGS) {
            continue;
        }
        if let Ok(length) = decoder.decode(&packet.data, &mut frame, false) {
            samples.extend_from_slice(&frame[..length]);
        }
        if samples.len() > SAMPLES_MAX + skipped {
            return Err(NotAudio::TooLong {
                minutes: minutes_of(file, serial),
            });
        }
        if packet.last_in_stream() {
            end = Some(packet.absgp_page() / GRANULES_PER_SAMPLE);
            break;
        }
    }
    if let Some(end) = end.and_then(|end| usize::try_from(end).ok()) {
        samples.truncate(end);
    }
    samples.drain(..samples.len().min(skipped));
    Ok(Samples(samples))
}

/// How long a stream is by its own account, in minutes.
fn minutes_of(file: &[u8], serial: u32) -> Option<u64> {
    let last = file.windows(4).rposition(|window| window == b"OggS")?;
    let page = file.get(last..last + 18)?;
    let is_of_it = page[14..18] == serial.to_le_bytes();
    let position = u64::from_le_bytes(page[6..14].try_into().ok()?);
    is_of_it.then(|| (position / 48_000).div_ceil(60))
}

/// How long our own file is, without unpacking it: by its last page.
pub(super) fn duration_ms(ogg: &[u8]) -> Option<u32> {
    let last = ogg.windows(4).rposition(|window| window == b"OggS")?;
    let position = u64::from_le_bytes(ogg.get(last + 6..last + 14)?.try_into().ok()?);
    let skipped = u16::from_le_bytes(ogg.get(28 + 10..28 + 12)?.try_into().ok()?);
    u32::try_from(position.saturating_sub(u64::from(skipped)) / 48).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(seconds: f32) -> Samples {
        let length = (seconds * RATE_HZ as f32) as usize;
        let sample = |n: usize| ((n as f32 * 440.0 * std::f32::consts::TAU / RATE_HZ as f32).sin() * 8_000.0) as i16;
        Samples((0..length).map(sample).collect())
    }

    #[test]
    fn what_was_packed_comes_out_again_as_long_as_it_was_and_in_its_place() {
        for seconds in [0.005, 0.02, 0.999, 3.7] {
            let before = tone(seconds);
            let clip = Clip::of(&before).unwrap();
            let after = clip.samples().unwrap();
            assert_eq!(after.as_slice().len(), before.as_slice().len(), "{seconds} s");
            assert_eq!(duration_ms(&clip.ogg), Some(clip.duration_ms), "{seconds} s");
            let Some(skip) = before.as_slice().len().checked_sub(8_000) else {
                continue;
            };
            // In phase, so nothing was shifted: the difference is small against the tone.
            let power = |samples: &mut dyn Iterator<Item = f64>| samples.map(|sample| sample * sample).sum::<f64>();
            let pairs = || before.as_slice()[skip..].iter().zip(&after.as_slice()[skip..]);
            let error = power(&mut pairs().map(|(a, b)| f64::from(*a) - f64::from(*b)));
            let whole = power(&mut pairs().map(|(a, _)| f64::from(*a)));
            assert!(error < whole / 10.0, "{seconds} s: {error} of {whole}");
        }
    }

    #[test]
    fn nothing_cannot_be_packed() {
        assert_eq!(Clip::of(&Samples(Vec::new())), Err(NotAudio::NoSound));
    }

    #[test]
    fn a_truncated_file_gives_what_is_there() {
        let clip = Clip::of(&tone(2.0)).unwrap();
        let whole = clip.samples().unwrap().as_slice().len();
        let mut lengths = Vec::new();
        for length in (0..clip.ogg.len()).step_by(97) {
            if let Ok(samples) = decode(&clip.ogg[..length], || false) {
                lengths.push(samples.as_slice().len());
            }
        }
        assert!(lengths.is_sorted() && lengths.last() <= Some(&whole), "{lengths:?}");
    }

    #[test]
    fn surround_sound_is_refused() {
        let mut clip = Clip::of(&tone(0.1)).unwrap();
        let head = clip.ogg.windows(8).position(|window| window == HEAD).unwrap();
        clip.ogg[head + 9] = 6;
        // The page's checksum is wrong now, so the reader refuses it before; the head itself says why.
        assert!(clip.samples().is_err());
        assert_eq!(skipped(&clip.ogg[head..head + 19]), Err(NotAudio::TooManyChannels));
    }
}
