//! Watches the sound of running calls, off the way of the calls: whoever is not heard is told, and so is whoever hears nothing.
//!
//! ```text
//!   signalling ── LiveEvent::Measured ──► bounded mailbox ──► one task ──► doctor::watch ──► events of those concerned
//!   POST …/browser ──────────────────────────┘                   └──► evidence: a call as it is now, whenever it has changed
//! ```
//!
//! When the mailbox is full, what comes is dropped: the next second brings the next report.

mod calls;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use doctor::evidence::{BrowserSide, Call, UnixMs};
use model::quality::LegReport;
use model::{CallId, LegId, UserId};
use switchboard::core::Talks;
use switchboard::directory::Directory;
use tokio::sync::{broadcast, mpsc};
use tokio::time::MissedTickBehavior;

use self::calls::{Calls, Moment};
pub use self::calls::{Direction, Told, Whose};
use crate::spent::Spent;

/// Reports that wait, at most: two seconds of a full house.
const WAITING_MAX: usize = 8_192;
/// Calls that a slow reader of evidence may be behind.
const EVIDENCE_MAX: usize = 256;
/// How often it is looked who has gone.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What is known of a leg now.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) call: CallId,
    pub(crate) leg: LegId,
    pub(crate) user: Option<UserId>,
    pub(crate) talks: Option<Box<Talks>>,
    pub(crate) report: Box<LegReport>,
}

#[derive(Debug)]
enum News {
    Measured(Measured, Instant),
    Browser {
        call: CallId,
        user: UserId,
        side: BrowserSide,
        at: Instant,
    },
}

/// The watch, as everybody else sees it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Watching(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    news: mpsc::Sender<News>,
    /// Until somebody watches.
    waiting: Mutex<Option<mpsc::Receiver<News>>>,
    evidence: broadcast::Sender<Arc<Call>>,
    known: RwLock<Vec<Arc<Call>>>,
    /// What people were told that is not over: whoever listens anew has to hear it.
    open: RwLock<BTreeMap<(UserId, CallId, Direction), Told>>,
    spent: Spent,
}

impl Default for Watching {
    fn default() -> Self {
        let (news, waiting) = mpsc::channel(WAITING_MAX);
        Self(Arc::new(Inner {
            news,
            waiting: Mutex::new(Some(waiting)),
            evidence: broadcast::Sender::new(EVIDENCE_MAX),
            known: RwLock::default(),
            open: RwLock::default(),
            spent: Spent::default(),
        }))
    }
}

impl Watching {
    /// A leg has been measured. Never waits.
    pub(crate) fn measured(&self, measured: Measured) {
        let news = News::Measured(measured, Instant::now());
        let _is_full = self.0.spent.on(|| self.0.news.try_send(news));
    }

    /// A person's browser says how its side of a call is. Never waits; false when there is no room now.
    pub(crate) fn browser_says(&self, call: CallId, user: UserId, side: BrowserSide) -> bool {
        let at = Instant::now();
        self.0.news.try_send(News::Browser { call, user, side, at }).is_ok()
    }

    /// Calls as they are from now on, each whenever something of it has changed: who is in it, by which way, what is wrong with it. A slow reader
    /// misses some, and finds all of them in [`Self::calls`].
    #[must_use]
    pub fn evidence(&self) -> broadcast::Receiver<Arc<Call>> {
        self.0.evidence.subscribe()
    }

    /// Calls that run, and those that have ended within the last ten minutes.
    #[must_use]
    pub fn calls(&self) -> Vec<Arc<Call>> {
        self.0.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What this person was told of their calls that is not over.
    #[must_use]
    pub fn open_of(&self, user: UserId) -> Vec<Told> {
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        let first = (user, CallId(0), Direction::FromMe);
        let own = open.range(first..).take_while(|((whose, ..), _)| *whose == user);
        own.map(|(_, told)| *told).collect()
    }

    /// Keeps what is told, until it is over.
    fn keep(&self, told: &Told) {
        let key = (told.user, told.call, told.direction);
        let mut open = self.0.open.write().unwrap_or_else(PoisonError::into_inner);
        if told.trouble.is_some() {
            open.insert(key, *told);
        } else {
            open.remove(&key);
        }
    }

    /// What the watch costs, and what it tells.
    pub(crate) fn spent(&self) -> &Spent {
        &self.0.spent
    }

    /// Watches, until the program ends. `directory`: who is who now. `tell` must not wait. Only the first one who calls this watches.
    pub(crate) async fn run(self, directory: impl Fn() -> Arc<Directory> + Send, tell: impl Fn(Told) + Send) {
        let waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut waiting) = waiting else { return };
        let mut calls = Calls::default();
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let news = tokio::select! {
                news = waiting.recv() => match news {
                    Some(news) => Some(news),
                    None => return,
                },
                _ = look.tick() => None,
            };
            self.0.spent.on(|| {
                let told = match news {
                    Some(News::Measured(measured, at)) => calls.measured(&measured, &directory(), moment(at)),
                    Some(News::Browser { call, user, side, at }) => calls.browser_says(call, user, side, moment(at)),
                    None => calls.look(moment(Instant::now())),
                };
                for told in told {
                    self.keep(&told);
                    tell(told);
                }
                self.show(&mut calls);
            });
        }
    }

    /// Tells what has changed, and keeps it for whoever asks.
    fn show(&self, calls: &mut Calls) {
        let changed = calls.take_changed();
        if changed.is_empty() {
            return;
        }
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = calls.all();
        for call in changed {
            let _nobody_reads = self.0.evidence.send(call);
        }
    }
}

/// `at`, and what time it is on the wall.
fn moment(at: Instant) -> Moment {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Moment {
        at,
        wall: UnixMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
    }
}
