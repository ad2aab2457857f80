//! A recording: two legs that both talk, made into a file as fast as it goes. The recorder has no I/O, so this is all that it costs.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use media::audio::codec::Codec;
use media::engine::Said;
use media::recorder::Recorder;
use model::{Channel, LegId};

use crate::figures;
use crate::media_load::FRAME;
use crate::table::Table;
use crate::voice::Voice;

/// Of talk.
const MINUTES: u32 = 5;
/// The thread whose CPU counts.
const THREAD: &str = "bench-recorder";

pub(crate) fn run(codec: Codec, table: &mut Table) -> anyhow::Result<()> {
    let voice = Voice::new(codec)?;
    let thread = std::thread::Builder::new().name(THREAD.to_owned()).spawn(move || record(&voice))?;
    let (spent, bytes) = thread.join().ok().context("the recorder panicked")??;
    let minutes = f64::from(MINUTES);
    table.recording(codec, spent.as_secs_f64() * 1_000.0 / minutes, bytes as f64 / 1_024.0 / minutes);
    Ok(())
}

/// CPU time, and how long the file is.
fn record(voice: &Voice) -> anyhow::Result<(Duration, usize)> {
    let (begun, before) = (Instant::now(), figures::cpu_of_thread(THREAD)?);
    let mut recorder = Recorder::new(begun)?;
    let mut bytes = 0;
    let frames = MINUTES * 60_000 / u32::try_from(FRAME.as_millis())?;
    for frame in 0..frames {
        let now = begun + FRAME * frame;
        for (leg, channel) in [(1, Channel::Own), (2, Channel::Others)] {
            recorder.push(
                channel,
                &Said {
                    leg: LegId(leg),
                    codec: voice.codec,
                    ssrc: 1,
                    sequence: frame as u16,
                    timestamp: frame * voice.codec.frame_ticks(),
                    marker: false,
                    payload: voice.payload(frame as usize),
                    at: now,
                },
            );
        }
        while let Some(page) = recorder.poll(now) {
            bytes += page.bytes.len();
        }
    }
    let end = recorder.finish(begun + FRAME * frames);
    bytes += end.iter().map(|page| page.bytes.len()).sum::<usize>();
    Ok((figures::cpu_of_thread(THREAD)? - before, bytes))
}
