//! The flight recorder: what happened in a call, kept for afterwards; support bundles; captures.
//!
//! ```text
//!  signalling loop ── message(), output(), event() ──▶ queue (bounded) ──▶ task, five times a second ──▶ Book ──▶ database
//!                          │ full: counted                                      ▲ story(): a running call
//!  media threads ── only while a capture runs ──▶ queue (bounded) ──────────────┴──▶ captures/*.pcapng
//! ```
//!
//! Nothing here is on the way of a call: who tells does not wait, and what cannot be kept is lost and counted (ADR 0017). Bodies of messages,
//! credentials and pressed keys are never kept.

mod archive;
mod book;
pub(crate) mod bundle;
pub(crate) mod capture;
mod glance;
pub(crate) mod keeper;
pub(crate) mod lines;
mod note;
pub(crate) mod redaction;
mod series;
pub mod story;
#[cfg(test)]
mod tests;
pub mod text;
mod track;

use std::hash::RandomState;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use arc_swap::ArcSwap;
use crossbeam_queue::ArrayQueue;
use model::{CallId, DeviceId, LegId, control};
use serde_json::Value;
use sip::Flow;
use switchboard::core::{LiveEvent, Output};
use switchboard::directory::Directory;

use self::book::Book;
use self::capture::Captures;
use self::capture::tap::Tap;
use self::note::{Note, What};
use self::story::{MarkKind, Story};
use crate::spent::Spent;
use crate::store::RunId;

/// Notes that wait for the recorder: more than 1,500 calls a second make in a fifth of a second.
const NOTES_MAX: usize = 16_384;

/// Captures, below the data directory.
const CAPTURES: &str = "captures";

/// The way to the recorder; cheap to clone.
#[derive(Clone)]
pub struct Flights(Arc<Shared>);

struct Shared {
    run: RunId,
    notes: ArrayQueue<Note>,
    /// Notes for which there was no room.
    dropped: AtomicU64,
    /// Flights that could not be written.
    lost: AtomicU64,
    /// Flights that were.
    written: AtomicU64,
    keys: RandomState,
    book: Mutex<Book>,
    directory: ArcSwap<Directory>,
    tap: Tap,
    captures: Captures,
    /// What of the configuration may be in a bundle.
    configuration: Value,
    /// No further notes come.
    ends: AtomicBool,
    spent: Spent,
}

impl std::fmt::Debug for Flights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flights")
            .field("waiting", &self.0.notes.len())
            .finish_non_exhaustive()
    }
}

/// How the recorder is doing, for `/metrics`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) running: usize,
    pub(crate) written: u64,
    /// Flights that the database did not take, or for which there was no room.
    pub(crate) lost: u64,
    /// Notes for which there was no room.
    pub(crate) dropped: u64,
    /// Packets that a capture could not take.
    pub(crate) capture_dropped: u64,
}

impl Flights {
    /// A recorder without calls. `tap`: what the media threads see while a capture runs. `configuration`: what of it may be in a bundle.
    /// Captures are kept below `data_dir`.
    #[must_use]
    pub(crate) fn new(run: RunId, directory: Arc<Directory>, tap: Tap, data_dir: &Path, configuration: Value) -> Self {
        Self(Arc::new(Shared {
            run,
            notes: ArrayQueue::new(NOTES_MAX),
            dropped: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            written: AtomicU64::new(0),
            keys: RandomState::new(),
            book: Mutex::default(),
            directory: ArcSwap::new(directory),
            captures: Captures::new(data_dir.join(CAPTURES), tap.clone()),
            tap,
            configuration,
            ends: AtomicBool::new(false),
            spent: Spent::default(),
        }))
    }

    /// One that nobody tells anything, for tests of what is around it.
    #[must_use]
    pub fn unattended(run: RunId, data_dir: &Path) -> Self {
        Self::new(run, Arc::default(), Tap::new(), data_dir, Value::Null)
    }

    /// Captures, running and done.
    pub(crate) fn captures(&self) -> &Captures {
        &self.0.captures
    }

    /// Who is who now.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.0.directory.load_full()
    }

    /// What of the configuration may be in a bundle.
    pub(crate) fn configuration(&self) -> &Value {
        &self.0.configuration
    }

    fn note(&self, at: Instant, what: What) {
        if self.0.notes.push(Note { at, what }).is_err() {
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A SIP message has come or goes.
    pub fn message(&self, flow: &Flow, is_inbound: bool, bytes: &[u8], now: Instant) {
        if self.0.tap.is_on() {
            self.0.tap.sip(flow, is_inbound, bytes);
        }
        if let Some(glance) = glance::glance(bytes, &self.0.keys) {
            self.note(now, note::message(glance, is_inbound, flow));
        }
    }

    /// The switchboard wants something done.
    pub fn output(&self, output: &Output, now: Instant) {
        if let Output::Event(LiveEvent::Registered { device, from, .. }) = output {
            self.place(*device, *from);
        }
        if let Some(what) = note::of_output(output) {
            self.note(now, what);
        }
    }

    /// News of a media thread.
    pub(crate) fn event(&self, event: &control::Event, now: Instant) {
        self.0.spent.on(|| {
            if let Some(what) = note::of_event(event) {
                self.note(now, what);
            }
        });
    }

    /// What the recorder costs, without what is noted of each message of the set-up.
    pub(crate) fn spent(&self) -> &Spent {
        &self.0.spent
    }

    /// Something that others have noticed in a call, in at most 120 letters without names and numbers.
    pub fn mark(&self, call: CallId, leg: Option<LegId>, kind: MarkKind, text: &str) {
        self.note(Instant::now(), What::MarkedCall(Box::new((call, leg, kind, text.to_owned()))));
    }

    /// Names and trunks are others.
    pub fn follow(&self, directory: Arc<Directory>) {
        self.0.directory.store(directory);
    }

    /// A call that runs, or has only just ended. `name`: as in the journal.
    #[must_use]
    pub fn story(&self, name: &str) -> Option<Story> {
        let call = self.0.run.parse_call(name)?;
        // What is still in the queue belongs to it.
        let mut book = self.book();
        self.take_notes(&mut book);
        book.track(call).map(|track| track.story(name.to_owned(), &self.0.directory.load()))
    }

    /// The call of this name, while it runs.
    pub(crate) fn running(&self, name: &str) -> Option<CallId> {
        let call = self.0.run.parse_call(name)?;
        let mut book = self.book();
        self.take_notes(&mut book);
        book.track(call).filter(|track| track.ended.is_none()).map(|track| track.call)
    }

    /// A phone has registered. Its note may wait for the book, which others hold for a moment only.
    fn place(&self, device: DeviceId, from: SocketAddr) {
        if let Ok(mut book) = self.0.book.try_lock() {
            book.place(device, from);
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_notes(&self, book: &mut Book) {
        // No more than there were: who tells may be faster than we are.
        for _ in 0..self.0.notes.len() {
            let Some(note) = self.0.notes.pop() else { return };
            book.take(note, |call_id| glance::hash(&self.0.keys, call_id.as_bytes()));
        }
    }

    pub(crate) fn figures(&self) -> Figures {
        let book = self.book();
        Figures {
            running: book.len(),
            written: self.0.written.load(Ordering::Relaxed),
            lost: self.0.lost.load(Ordering::Relaxed) + book.refused,
            dropped: self.0.dropped.load(Ordering::Relaxed),
            capture_dropped: self.0.tap.dropped(),
        }
    }
}
