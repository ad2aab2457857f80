//! What happens now: the signalling thread tells, the API's watchers hear.
//!
//! [`Live::publish`] never waits: it takes a lock that others hold for microseconds, and hands the news to a bounded
//! broadcast. A watcher that is too slow loses news, notices it, and starts over with a fresh picture.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use model::{DeviceId, UserId};
use switchboard::core::{LiveEvent, UserState};
use switchboard::directory::Directory;
use tokio::sync::broadcast;

use crate::store::{SessionKey, Store, StoreError};

/// News that a slow watcher may be behind.
const NEWS_MAX: usize = 1_024;

/// Something that watchers are told.
#[derive(Clone, Debug)]
pub enum News {
    /// From the switchboard.
    Live(LiveEvent),
    /// The journal of these people changed.
    JournalChanged(Vec<UserId>),
    /// People or devices changed.
    DirectoryChanged,
    /// The same browser phone has registered from another place.
    /// A session ended.
    SessionEnded(SessionKey),
    /// All sessions of a person ended, but perhaps one.
    SessionsEnded {
        /// Whose.
        user: UserId,
        /// The one that goes on.
        but: Option<SessionKey>,
    },
}

impl News {
    /// Whether this ends a session: then `/sip` and `/api/v1/events` of that session close with code 4002.
    #[must_use]
    pub fn ends(&self, session: &SessionKey, of: UserId) -> bool {
        match self {
            Self::SessionEnded(ended) => ended == session,
            Self::SessionsEnded { user, but } => *user == of && but.as_ref() != Some(session),
            Self::Live(_) | Self::JournalChanged(_) | Self::DirectoryChanged => false,
        }
    }
}

/// Who is reachable and what they do, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Devices that have a way to them, and from where they registered last.
    pub registered: BTreeMap<DeviceId, SocketAddr>,
    /// What people do; those not listed are offline.
    pub users: BTreeMap<UserId, UserState>,
}

impl Picture {
    /// What a person does.
    #[must_use]
    pub fn state(&self, user: UserId) -> UserState {
        self.users.get(&user).copied().unwrap_or(UserState::Offline)
    }
}

/// Takes directory snapshots to the signalling thread. Must not wait.
type OnDirectory = Box<dyn Fn(Arc<Directory>) + Send + Sync>;

/// The exchange. Cheap to clone.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    news: broadcast::Sender<Arc<News>>,
    picture: RwLock<Picture>,
    draining: AtomicBool,
    on_directory: OnDirectory,
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
            picture: RwLock::default(),
            draining: AtomicBool::new(false),
            on_directory: Box::new(on_directory),
            published: tokio::sync::Mutex::new(()),
            version: AtomicU64::new(0),
        }))
    }

    /// For the signalling thread: something happened.
    pub fn publish(&self, event: LiveEvent) {
        let mut picture = self.0.picture.write().unwrap_or_else(PoisonError::into_inner);
        match &event {
            LiveEvent::Registered { device, from } => {
                picture.registered.insert(*device, *from);
            }
            LiveEvent::Unregistered { device } => {
                picture.registered.remove(device);
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
            LiveEvent::Displaced { .. } | LiveEvent::Measured { .. } => {}
        }
        // Under the lock, so that nobody sees the picture without the news or hears the news twice.
        self.tell(News::Live(event));
    }

    /// For the journal's writer.
    pub fn journal_changed(&self, users: &[UserId]) {
        self.tell(News::JournalChanged(users.to_vec()));
    }

    /// Another browser has taken this browser phone over; the older connection is closed with code 4001 once its call is over.
    pub fn displaced(&self, device: DeviceId) {
        self.publish(LiveEvent::Displaced { device });
    }

    pub(super) fn session_ended(&self, session: SessionKey) {
        self.tell(News::SessionEnded(session));
    }

    pub(super) fn sessions_ended(&self, user: UserId, but: Option<SessionKey>) {
        self.tell(News::SessionsEnded { user, but });
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

    /// Everything that happens from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<News>> {
        self.0.news.subscribe()
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

    /// Takes the directory out of the database to the signalling thread, and tells everybody.
    ///
    /// # Errors
    /// When the database does not answer. The next [`Live::follow_directory`] makes up for it.
    pub async fn publish_directory(&self, store: &Store) -> Result<(), StoreError> {
        let _in_order = self.0.published.lock().await;
        // The version first: what changes between the two is published once too often rather than never.
        let version = store.directory_version().await?;
        let directory = store.directory().await?;
        self.0.version.store(version, Ordering::Relaxed);
        (self.0.on_directory)(Arc::new(directory));
        self.tell(News::DirectoryChanged);
        Ok(())
    }

    /// Publishes the directory if somebody else has changed it: the command line, or a publication that failed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn follow_directory(&self, store: &Store) -> Result<(), StoreError> {
        if store.directory_version().await? == self.0.version.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.publish_directory(store).await
    }

    fn tell(&self, news: News) {
        // Fails only when nobody watches.
        let _nobody_watches = self.0.news.send(Arc::new(news));
    }
}
