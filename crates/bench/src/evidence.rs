//! What a media thread counts of each packet of a relayed call, so that silence and one-way sound are noticed: level, silence, digital silence.

use std::hint::black_box;
use std::time::Duration;

use anyhow::Context as _;
use media::audio::codec::Codec;
use media::audio::quality::{SilenceMeter, is_digital_silence, level_payload};

use crate::figures;
use crate::media_load::FRAME;
use crate::voice::Voice;

/// Packets that are counted.
const PACKETS: u32 = 400_000;
/// The thread whose CPU counts.
const THREAD: &str = "bench-evidence";
/// Of a call in a minute, both ways.
const PACKETS_PER_CALL_MINUTE: f64 = 2.0 * 60_000.0 / FRAME.as_millis() as f64;

/// CPU time in milliseconds for the packets of a call of a minute.
pub(crate) fn ms_per_call_minute(codec: Codec) -> anyhow::Result<f64> {
    let voice = Voice::new(codec)?;
    let thread = std::thread::Builder::new().name(THREAD.to_owned()).spawn(move || count(&voice))?;
    let spent = thread.join().ok().context("counting panicked")??;
    Ok(spent.as_secs_f64() * 1_000.0 * PACKETS_PER_CALL_MINUTE / f64::from(PACKETS))
}

fn count(voice: &Voice) -> anyhow::Result<Duration> {
    let mut meter = SilenceMeter::default();
    let before = figures::cpu_of_thread(THREAD)?;
    for packet in 0..PACKETS {
        let payload = black_box(voice.payload(packet as usize));
        if let Some(level_dbov) = level_payload(voice.codec, payload) {
            meter.frame(level_dbov);
        }
        black_box(is_digital_silence(voice.codec, payload));
    }
    black_box(meter.silent_percent());
    Ok(figures::cpu_of_thread(THREAD)? - before)
}
