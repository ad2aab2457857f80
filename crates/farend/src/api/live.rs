//! What happens now: the signalling thread tells, the API's watchers hear.
//!
//! [`Live::publish`] never waits: it takes a lock that others hold for microseconds, and hands the news to a bounded
//! broadcast. A watcher that is too slow loses news, notices it, and starts over with a fresh picture.

mod picture;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use model::{TeamId, UserId};
use switchboard::core::{LiveEvent, PhoneWay, UserState};
use switchboard::directory::Directory;
use switchboard::trunks::LineMeasure;
use time::OffsetDateTime;
use tokio::sync::broadcast;
use tokio::time::sleep;

use self::picture::Now;
use super::trunks::tested::Tests;
use crate::doctor::Counts;
use crate::recording::vault::Storage;
use crate::store::{Role, SessionKey, Store, StoreError};
use crate::watching::{Measured, Told, Watching};

pub use self::picture::{Picture, Registered, Seat, TimedCall, TimedConference, TimedLineCall, TimedParked, TimedRinging};

/// News that a slow watcher may be behind.
const NEWS_MAX: usize = 1_024;
/// Of a person's own news.
const OWN_NEWS_MAX: usize = 64;
/// Ends of sessions that a slow WebSocket may be behind.
const ENDINGS_MAX: usize = 1_024;
/// Between attempts to publish the directory; after the last one whoever publishes next makes up for it.
const PUBLISHING_WAITS: [Duration; 3] = [Duration::from_millis(20), Duration::from_millis(100), Duration::from_millis(500)];

/// Something that watchers are told.
#[derive(Clone, Debug)]
pub enum News {
    /// From the switchboard.
    Live(LiveEvent),
    /// Somebody's calls are these now.
    Calls(Arc<[TimedCall]>),
    /// These are on a team's line now.
    TeamLine {
        /// The team.
        team: TeamId,
        /// Oldest first.
        calls: Arc<[TimedLineCall]>,
    },
    /// A conference that one is in, or was, is this now.
    Conference(Arc<TimedConference>),
    /// These calls are parked now.
    Parked(Arc<[TimedParked]>),
    /// These calls ring at others of somebody's groups now.
    PickUps(Arc<[TimedRinging]>),
    /// Somebody is to call these once they are free.
    CallBacks(Arc<[UserId]>),
    /// One direction of a call of somebody's has no sound, or has it again.
    Sound(Told),
    /// A recording that one may hear has ended, or is gone.
    Recordings,
    /// The space for recordings is so now. For administrators.
    RecordingStorage(Storage),
    /// The journal of these people changed.
    JournalChanged(Vec<UserId>),
    /// People or devices changed: all of them.
    DirectoryChanged(Arc<Directory>),
    /// The doctor has found something, or something is right again. For administrators.
    Doctor(Counts),
}

/// What ends sessions. Apart from the news: every WebSocket of a session hears this, and news are many.
#[derive(Clone, Debug)]
pub enum Ending {
    /// A session ended.
    Session(SessionKey),
    /// All sessions of a person ended, but perhaps one.
    Sessions {
        /// Whose.
        user: UserId,
        /// The one that goes on.
        but: Option<SessionKey>,
    },
    /// People have changed, perhaps by the command line. These sessions were in force then, and permit this; others have ended, or are younger.
    Others(BTreeMap<SessionKey, Role>),
}

impl Ending {
    /// Whether this surely ends a session: then `/sip` and `/api/v1/events` of that session close with code 4002.
    #[must_use]
    pub fn ends(&self, session: &SessionKey, of: UserId) -> bool {
        match self {
            Self::Session(ended) => ended == session,
            Self::Sessions { user, but } => *user == of && but.as_ref() != Some(session),
            Self::Others(_) => false,
        }
    }
}

/// Takes directory snapshots to the signalling thread. Must not wait.
type OnDirectory = Box<dyn Fn(Arc<Directory>) + Send + Sync>;

/// The exchange. Cheap to clone.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    news: broadcast::Sender<Arc<News>>,
    /// What only one person's watchers are told.
    own: Mutex<BTreeMap<UserId, broadcast::Sender<Arc<News>>>>,
    endings: broadcast::Sender<Arc<Ending>>,
    picture: RwLock<Picture>,
    tests: Tests,
    watching: Watching,
    draining: AtomicBool,
    failing: AtomicBool,
    on_directory: OnDirectory,
    /// Published last.
    directory: ArcSwap<Directory>,
    /// The version handed over last; also keeps two publications from overtaking each other.
    published: tokio::sync::Mutex<()>,
    version: AtomicU64,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

impl Live {
    /// `on_directory` gets every new directory, in order, and must not wait: a hand-over to the signalling thread.
    pub fn new(on_directory: impl Fn(Arc<Directory>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            news: broadcast::Sender::new(NEWS_MAX),
            own: Mutex::default(),
            endings: broadcast::Sender::new(ENDINGS_MAX),
            picture: RwLock::default(),
            tests: Tests::default(),
            watching: Watching::default(),
            draining: AtomicBool::new(false),
            failing: AtomicBool::new(false),
            on_directory: Box::new(on_directory),
            directory: ArcSwap::default(),
            published: tokio::sync::Mutex::new(()),
            version: AtomicU64::new(0),
        }))
    }

    /// For the signalling thread: something happened.
    pub fn publish(&self, event: LiveEvent) {
        // Of no picture, and often.
        if let LiveEvent::Measured {
            call,
            leg,
            user,
            talks,
            report,
        } = event
        {
            if let Some(user) = user.filter(|user| self.is_watched_by(*user)) {
                let (talks, report) = (None, report.clone());
                let event = LiveEvent::Measured {
                    call,
                    leg,
                    user: Some(user),
                    talks,
                    report,
                };
                self.tell_own(user, News::Live(event));
            }
            let measured = Measured {
                call,
                leg,
                user,
                talks,
                report,
            };
            return self.0.watching.measured(measured);
        }
        if let LiveEvent::Speaking { users, .. } = &event {
            return users.iter().for_each(|user| self.tell_own(*user, News::Live(event.clone())));
        }
        let mut picture = self.0.picture.write().unwrap_or_else(PoisonError::into_inner);
        match &event {
            LiveEvent::Registered {
                device,
                from,
                transport,
                is_behind_nat,
            } => {
                let (from, transport, is_behind_nat) = (*from, *transport, *is_behind_nat);
                let registered = Registered {
                    from,
                    transport,
                    is_behind_nat,
                };
                picture.registered.insert(*device, registered);
            }
            LiveEvent::Unregistered { device } => {
                picture.registered.remove(device);
                picture.ways.remove(device);
            }
            LiveEvent::PhoneWay { device, way } => {
                picture.ways.insert(*device, PhoneWay::clone(way));
            }
            LiveEvent::UserState {
                user,
                state: UserState::Offline,
            } => {
                picture.users.remove(user);
            }
            LiveEvent::UserState { user, state } => {
                picture.users.insert(*user, *state);
            }
            LiveEvent::Line { line, report } => {
                picture.lines.insert(*line, report.clone());
            }
            LiveEvent::LineClosed { line } => {
                picture.lines.remove(line);
                picture.measures.remove(line);
            }
            LiveEvent::LineMeasured { line, measure } => {
                picture.measures.insert(*line, LineMeasure::clone(measure));
            }
            LiveEvent::TrunkTested { trunk, report } => self.0.tests.go_on(*trunk, report),
            LiveEvent::TrunkNotTested { trunk, why } => self.0.tests.end(*trunk, why),
            LiveEvent::Seated { device, user, mobile } => {
                let (user, mobile) = (*user, *mobile);
                picture.seats.insert(*device, Seat { user, mobile });
            }
            LiveEvent::Calls { user, calls } => {
                let calls = picture.set_calls(*user, calls, now());
                return self.tell_own(*user, News::Calls(calls));
            }
            LiveEvent::TeamLine { team, calls } => {
                let (team, calls) = (*team, picture.set_team_line(*team, calls, now()));
                return self.tell(News::TeamLine { team, calls });
            }
            LiveEvent::Conference { users, view } => {
                let conference = picture.set_conference(view, now());
                let tell = |user: &UserId| self.tell_own(*user, News::Conference(Arc::clone(&conference)));
                return users.iter().for_each(tell);
            }
            LiveEvent::Parked(calls) => {
                let parked = picture.set_parked(calls, now());
                return self.tell(News::Parked(parked));
            }
            LiveEvent::PickUps { user, calls } => {
                let calls = picture.set_pick_ups(*user, calls, now());
                return self.tell_own(*user, News::PickUps(calls));
            }
            LiveEvent::CallBacks { user, wanted } => {
                picture.set_call_backs(*user, wanted);
                return self.tell_own(*user, News::CallBacks(Arc::clone(wanted)));
            }
            LiveEvent::Transferred { user, .. } => {
                let user = *user;
                return self.tell_own(user, News::Live(event));
            }
            LiveEvent::Displaced { .. }
            | LiveEvent::Measured { .. }
            | LiveEvent::Speaking { .. }
            | LiveEvent::Suspected { .. }
            | LiveEvent::EmergencyCalled { .. } => {}
        }
        // Under the lock, so that nobody sees the picture without the news or hears the news twice.
        self.tell(News::Live(event));
    }

    /// Tests of trunks, as they stand.
    pub(super) fn tests(&self) -> &Tests {
        &self.0.tests
    }

    /// For the journal's writer.
    pub fn journal_changed(&self, users: &[UserId]) {
        self.tell(News::JournalChanged(users.to_vec()));
    }

    /// A recording has ended, or is gone: these may hear it.
    pub(crate) fn recordings_changed(&self, users: &[UserId]) {
        for user in users {
            self.tell_own(*user, News::Recordings);
        }
    }

    /// The space for recordings is so now.
    pub(crate) fn recording_storage(&self, storage: Storage) {
        self.tell(News::RecordingStorage(storage));
    }

    /// So many findings are open now.
    pub fn doctor_changed(&self, counts: Counts) {
        self.tell(News::Doctor(counts));
    }

    pub(super) fn session_ended(&self, session: SessionKey) {
        self.end(Ending::Session(session));
    }

    pub(super) fn sessions_ended(&self, user: UserId, but: Option<SessionKey>) {
        self.end(Ending::Sessions { user, but });
    }

    /// From now on `/healthz` says that the server is about to go.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// Whether [`Live::drain`] was called.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Relaxed)
    }

    /// From now on `/healthz` says that no call can be made: what calls need has ended.
    pub fn fail(&self) {
        self.0.failing.store(true, Ordering::Relaxed);
    }

    /// Whether [`Live::fail`] was called.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.0.failing.load(Ordering::Relaxed)
    }

    /// Sessions that end from now on.
    #[must_use]
    pub fn endings(&self) -> broadcast::Receiver<Arc<Ending>> {
        self.0.endings.subscribe()
    }

    /// What is told from now on to one person's watchers only.
    #[must_use]
    pub fn watch_own(&self, user: UserId) -> broadcast::Receiver<Arc<News>> {
        let mut own = self.0.own.lock().unwrap_or_else(PoisonError::into_inner);
        // As many stay as there are watchers.
        own.retain(|_, news| news.receiver_count() > 0);
        own.entry(user).or_insert_with(|| broadcast::Sender::new(OWN_NEWS_MAX)).subscribe()
    }

    /// Who is reachable now.
    #[must_use]
    pub fn picture(&self) -> Picture {
        self.0.picture.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Who is reachable now, and everything from then on, without a gap.
    #[must_use]
    pub fn watch(&self) -> (Picture, broadcast::Receiver<Arc<News>>) {
        let picture = self.0.picture.read().unwrap_or_else(PoisonError::into_inner);
        (picture.clone(), self.0.news.subscribe())
    }

    /// The directory that was published last; an empty one before.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.0.directory.load_full()
    }

    /// Takes the directory out of the database to the signalling thread, and tells everybody.
    ///
    /// # Errors
    /// When the database does not answer. The next [`Live::follow_directory`] makes up for it.
    pub async fn publish_directory(&self, store: &Store) -> Result<(), StoreError> {
        let _in_order = self.0.published.lock().await;
        // The version first: what changes between the two is published once too often rather than never.
        let version = store.directory_version().await?;
        self.hand_out(store, version).await
    }

    /// Publishes the directory if somebody else has changed it: the command line, or a publication that failed. Afterwards the signalling thread
    /// has been handed whatever was committed before.
    ///
    /// What is committed comes into force: a database that is busy is asked again, before anybody is told that it failed.
    ///
    /// # Errors
    /// When the database does not answer time and again.
    pub async fn follow_directory(&self, store: &Store) -> Result<(), StoreError> {
        for wait in PUBLISHING_WAITS {
            match self.try_to_follow(store).await {
                Ok(()) => return Ok(()),
                Err(error) => tracing::debug!(%error, "the directory could not be published; trying again"),
            }
            sleep(wait).await;
        }
        self.try_to_follow(store).await
    }

    async fn try_to_follow(&self, store: &Store) -> Result<(), StoreError> {
        // Also waits for a publication under way, which may hold what the caller has committed.
        let _in_order = self.0.published.lock().await;
        let version = store.directory_version().await?;
        if version == self.0.version.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.hand_out(store, version).await
    }

    async fn hand_out(&self, store: &Store, version: u64) -> Result<(), StoreError> {
        let directory = Arc::new(store.directory().await?);
        let in_force = store.sessions_in_force(OffsetDateTime::now_utc()).await?;
        self.0.version.store(version, Ordering::Relaxed);
        self.0.directory.store(Arc::clone(&directory));
        self.0.picture.write().unwrap_or_else(PoisonError::into_inner).follow(&directory);
        (self.0.on_directory)(Arc::clone(&directory));
        self.end(Ending::Others(in_force));
        self.tell(News::DirectoryChanged(directory));
        Ok(())
    }

    fn tell(&self, news: News) {
        // Fails only when nobody watches.
        let _nobody_watches = self.0.news.send(Arc::new(news));
    }

    /// What watches the sound of running calls.
    #[must_use]
    pub fn watching(&self) -> &Watching {
        &self.0.watching
    }

    /// Watches the sound of running calls, and tells their people of it, until the program ends.
    pub async fn watch_sound(self) {
        let (directory, tell) = (self.clone(), self.clone());
        let watching = self.0.watching.clone();
        let tell = move |told: Told| tell.tell_own(told.user, News::Sound(told));
        watching.run(move || directory.directory(), tell).await;
    }

    fn is_watched_by(&self, user: UserId) -> bool {
        let own = self.0.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.get(&user).is_some_and(|news| news.receiver_count() > 0)
    }

    fn tell_own(&self, user: UserId, news: News) {
        let own = self.0.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watchers) = own.get(&user) {
            let _nobody_watches = watchers.send(Arc::new(news));
        }
    }

    fn end(&self, ending: Ending) {
        let _nobody_watches = self.0.endings.send(Arc::new(ending));
    }
}

fn now() -> Now {
    Now {
        instant: Instant::now(),
        wall: OffsetDateTime::now_utc(),
    }
}
