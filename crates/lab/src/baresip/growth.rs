//! When the phone has written what: its recording stands still while nothing comes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::gap::Presence;
use crate::tone::Sound;

/// How often somebody looks: four times a packet.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// The header of a WAV file as this phone writes it.
const HEADER_BYTES: u64 = 44;
/// Of one sample: 16 bits, one channel.
const SAMPLE_BYTES: u64 = 2;

/// Looks at a recording as long as somebody holds it.
#[derive(Debug)]
pub struct Growth {
    recording: PathBuf,
    begun: Instant,
    /// How many samples there were, and since when.
    seen: Arc<Mutex<Vec<(Duration, usize)>>>,
    over: Arc<AtomicBool>,
    watcher: Option<JoinHandle<()>>,
}

impl Growth {
    pub(super) fn watch(recording: PathBuf) -> Growth {
        let (begun, seen, over) = (Instant::now(), Arc::default(), Arc::new(AtomicBool::new(false)));
        let watcher = {
            let (recording, seen, over) = (recording.clone(), Arc::clone(&seen), Arc::clone(&over));
            thread::spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    look(&recording, begun, &seen);
                    thread::park_timeout(LOOK_EVERY);
                }
            })
        };
        Growth {
            recording,
            begun,
            seen,
            over,
            watcher: Some(watcher),
        }
    }

    /// When a tone was heard since the watch began.
    ///
    /// # Errors
    ///
    /// When the recording cannot be read.
    pub fn presence(&self, frequency_hz: f64) -> anyhow::Result<Presence> {
        // First this, so that the recording has at least as much.
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let from = seen.first().map_or(0, |(_, samples)| *samples);
        let mut sound = Sound::read(&self.recording)?;
        sound.samples.drain(..from.min(sound.samples.len()));
        let seen: Vec<(Duration, usize)> = seen.iter().map(|(at, samples)| (*at, samples - from)).collect();
        Ok(Presence::in_growing(&sound, frequency_hz, &seen))
    }

    /// Since when somebody looks.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}

impl Drop for Growth {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // It ends with its next look.
        let _ = self.watcher.take().map(JoinHandle::join);
    }
}

fn look(recording: &Path, begun: Instant, seen: &Mutex<Vec<(Duration, usize)>>) {
    let bytes = fs::metadata(recording).map_or(0, |file| file.len());
    let samples = (bytes.saturating_sub(HEADER_BYTES) / SAMPLE_BYTES) as usize;
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.last().is_none_or(|(_, before)| *before < samples) {
        seen.push((begun.elapsed(), samples));
    }
}
