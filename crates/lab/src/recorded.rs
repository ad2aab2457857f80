//! Recordings of calls, as somebody who has downloaded them hears them.

use std::io::Cursor;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::server::Session;
use crate::tone::Sound;
use crate::wait;

/// What the sound of a recording is decoded to.
const RATE_HZ: u32 = 48_000;
/// A packet of Opus is no longer, per channel (RFC 6716 section 2.1.4).
const PACKET_SAMPLES_MAX: usize = 5_760;
/// A recording that has ended is closed on disk within this time.
const CLOSED_LIMIT: Duration = Duration::from_secs(10);

/// Both channels of a recording.
#[derive(Debug)]
pub struct Recorded {
    /// The person for whom it was made.
    pub own: Sound,
    /// Everybody else.
    pub others: Sound,
}

impl Recorded {
    /// Decodes an Ogg Opus file (RFC 7845) of two channels.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn decode(file: &[u8]) -> anyhow::Result<Recorded> {
        let mut reader = ogg::PacketReader::new(Cursor::new(file));
        let head = reader.read_packet_expected()?.data;
        ensure!(
            head.len() > 22 && head.starts_with(b"OpusHead\x01\x02"),
            "this is no Ogg Opus of two channels"
        );
        let skip = usize::from(u16::from_le_bytes([head[10], head[11]]));
        let mut decoder = opus::MSDecoder::new(RATE_HZ, head[19], head[20], &head[21..])?;
        ensure!(reader.read_packet_expected()?.data.starts_with(b"OpusTags"), "the tags are missing");
        let mut pcm = [0.0; PACKET_SAMPLES_MAX * 2];
        let mut channels = [Vec::new(), Vec::new()];
        while let Some(packet) = reader.read_packet()? {
            let samples = decoder.decode_float(&packet.data, &mut pcm, false)?;
            for (index, channel) in channels.iter_mut().enumerate() {
                channel.extend(pcm[..samples * 2].iter().skip(index).step_by(2));
            }
        }
        let [own, others] = channels.map(|samples: Vec<f32>| Sound {
            samples: samples.into_iter().skip(skip).collect(),
            rate_hz: RATE_HZ,
        });
        Ok(Recorded { own, others })
    }

    /// Downloads and decodes one.
    ///
    /// # Errors
    ///
    /// When it may not be heard, or is no Ogg Opus.
    pub fn download(by: &Session, id: &str) -> anyhow::Result<Recorded> {
        let (status, file) = by.download(&format!("/api/v1/recordings/{id}/audio"))?;
        ensure!(status == 200, "the recording {id} cannot be downloaded: {status}");
        Recorded::decode(&file)
    }
}

/// The recordings that somebody may hear, youngest first.
///
/// # Errors
///
/// When the server does not answer.
pub fn recordings(by: &Session) -> anyhow::Result<Vec<Value>> {
    let answer = by.fetch("/api/v1/recordings")?;
    answer["recordings"]
        .as_array()
        .cloned()
        .with_context(|| format!("no recordings in {answer}"))
}

/// The youngest recording, once it is in this state.
///
/// # Panics
///
/// When it does not come to it.
#[track_caller]
pub fn recording_once(by: &Session, state: &str) -> Value {
    let mut youngest = Value::Null;
    wait::until_true(&format!("the youngest recording is {state}"), CLOSED_LIMIT, || {
        youngest = recordings(by).expect("the server answers").into_iter().next().unwrap_or_default();
        youngest["state"] == state
    });
    youngest
}
