//! The task behind the recorder: takes the notes, writes captures, and keeps what is over in the database.
//!
//! A flight that the database does not take is lost, and counted; no call knows.

use std::io::{Read as _, Write as _};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use time::OffsetDateTime;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use super::Flights;
use super::capture::tap::Packet;
use super::story::Story;
use crate::store::{KeptFlight, Store};

/// How often notes are taken.
const EVERY: Duration = Duration::from_millis(200);
/// How often old flights and captures are looked for.
const PRUNE_EVERY: Duration = Duration::from_secs(600);
/// Flights of one transaction.
const BATCH_MAX: usize = 256;
/// The longest story that is read back: far more than one can be.
const STORY_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Starts the task; it ends after [`Flights::end`], when everything is written.
pub(crate) fn start(flights: Flights, store: Store) -> JoinHandle<()> {
    tokio::spawn(keep(flights, store))
}

async fn keep(flights: Flights, store: Store) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut pruned, mut is_failing) = (None::<Instant>, false);
    loop {
        ticks.tick().await;
        let is_last = flights.0.ends.load(Ordering::Relaxed);
        let round = {
            let flights = flights.clone();
            // Disk, and the packing of stories.
            tokio::task::spawn_blocking(move || flights.spent().on(|| flights.round(is_last))).await
        };
        // A round that has panicked has lost its flights; the log says why.
        for batch in round.unwrap_or_default().chunks(BATCH_MAX) {
            is_failing = write(&flights, &store, batch, is_failing).await;
        }
        if is_last {
            return;
        }
        if pruned.is_none_or(|at| at.elapsed() >= PRUNE_EVERY) {
            pruned = Some(Instant::now());
            let now = OffsetDateTime::now_utc();
            flights.captures().forget_old(now);
            if let Err(error) = store.prune_flights(now).await {
                tracing::warn!(%error, "old flights could not be forgotten");
            }
        }
    }
}

/// Whether the database refuses now.
async fn write(flights: &Flights, store: &Store, batch: &[KeptFlight], was_failing: bool) -> bool {
    let count = batch.len() as u64;
    match store.keep_flights(batch).await {
        Ok(()) => {
            flights.0.written.fetch_add(count, Ordering::Relaxed);
            false
        }
        Err(error) => {
            flights.0.lost.fetch_add(count, Ordering::Relaxed);
            if !was_failing {
                tracing::warn!(%error, flights = count, "what was recorded of calls could not be kept");
            }
            true
        }
    }
}

impl Flights {
    /// Takes notes and packets, as the task does; gives the calls that are over.
    #[must_use]
    pub fn round(&self, is_last: bool) -> Vec<KeptFlight> {
        let now = Instant::now();
        // Packets first: the notes that tell whose they are have been made by then.
        let is_captured = self.captures().is_running();
        let seen: Vec<Packet> = if is_captured { self.0.tap.take() } else { Vec::new() };
        let mut book = self.book();
        self.take_notes(&mut book);
        if is_captured {
            let call_id = |bytes: &[u8]| super::glance::glance(bytes, &self.0.keys).map(|glance| glance.call_id);
            self.captures().round(seen, &book, call_id, (now, SystemTime::now()));
        }
        let finished = book.take_finished(now, is_last);
        drop(book);
        let directory = self.0.directory.load();
        let kept = finished.into_iter().map(|track| {
            let call = self.0.run.call(track.call);
            let story = track.story(call.clone(), &directory);
            KeptFlight {
                begun_at: story.begun_at,
                story: packed(&story),
                call,
            }
        });
        kept.collect()
    }

    /// No further notes will come: writes what there is, running calls too.
    pub(crate) fn end(&self) {
        self.0.ends.store(true, Ordering::Relaxed);
    }
}

/// A story as it is kept.
pub(crate) fn packed(story: &Story) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    let json = serde_json::to_vec(story).unwrap_or_default();
    // Writing into memory cannot fail.
    let _never = packer.write_all(&json);
    packer.finish().unwrap_or_default()
}

/// What was kept; `None` when it is none that this program understands.
#[must_use]
pub(crate) fn unpacked(bytes: &[u8]) -> Option<Story> {
    let mut json = Vec::new();
    GzDecoder::new(bytes).take(STORY_BYTES_MAX).read_to_end(&mut json).ok()?;
    serde_json::from_slice(&json).ok()
}
