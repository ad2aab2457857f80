//! The database: people, devices, trunks, numbers, sessions, settings and the journal, on SQLite or PostgreSQL by the same statements.
//!
//! The switchboard never waits for it: it gets immutable [`Store::directory`] snapshots, and its journal goes through
//! [`journal::Writer`]. Times are given by the caller, so that tests own the clock.

pub mod journal;
pub mod name;

mod announcement;
mod audit;
mod calling;
mod change;
mod check;
mod check_link;
mod conference_room;
mod demo;
mod device;
mod directory;
mod error;
mod extension;
mod feature;
mod finding;
mod flight;
mod menu;
mod migration;
mod number;
mod password;
mod pick_up;
mod pin;
mod plan;
mod prompt;
mod reaching;
mod recording;
mod ringing;
mod route;
mod run;
mod seats;
mod secret;
mod session;
mod setting;
mod team;
mod time_profile;
mod trunk;
mod user;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::TrunkId;
use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor as _, Row as _, Transaction};
use time::OffsetDateTime;

use crate::config::Database;

pub use announcement::{ANNOUNCED_MINUTES_MAX, ANNOUNCEMENTS_MAX, Announcement};
pub use audit::{AuditEntry, Author, Via, acting};
pub use calling::{WINDOWS_MAX, usual_calling};
pub use check::{CHECKS_MAX, CheckedBy, DoneCheck, NewCheck};
pub use check_link::{CHECK_LINKS_MAX, CheckLink, LINK_LIFETIME, LinkToken};
pub use conference_room::{HOSTS_MAX, ROOMS_MAX};
pub use demo::{DemoSecrets, Seeded};
pub use device::{Device, DeviceChange, NewDevice, PEOPLE_MAX};
pub use directory::Feature;
pub use error::StoreError;
pub use feature::{Clash, Dialable, clash};
pub use finding::{FindingFilter, Kept, Snapshot};
pub use flight::{Insight, KeptFlight};
pub use menu::{Dangling, MENUS_MAX, MenuPart, announcements_of};
pub use number::{InboundNumber, NUMBERS_MAX, NumberId};
pub use password::Cost;
pub use pick_up::{PICK_UP_GROUPS_MAX, PICK_UP_MEMBERS_MAX};
pub use plan::Site;
pub use reaching::{CALLERS_MAX, FORWARDS_MAX, Unsettled};
pub(crate) use recording::Word;
pub use recording::{
    Hears, Listening, NoRecordingName, RECORDING_RULES_MAX, Recording, RecordingEnd, RecordingFilter, RecordingName, RecordingPermission,
    RecordingSettings, RecordingStage, RecordingUsage,
};
pub use ringing::{RINGS_AFTER_S_MAX, Ringing};
pub use route::{ROUTE_TRUNKS_MAX, ROUTES_MAX};
pub use run::RunId;
pub use seats::SeatWriter;
pub use secret::{REALM, Secret};
pub use session::{Begun, Session, SessionKey, Token};
pub use team::{MEMBERS_MAX, TEAMS_MAX};
pub use time_profile::{CLOSED_DAYS_MAX, TIME_PROFILES_MAX};
pub use trunk::{ACCOUNTS_MAX, TRUNKS_MAX, Trunk};
pub use user::{NewUser, Role, User, UserChange};

/// SQLite's file in the data directory.
pub(crate) const DATABASE_FILE: &str = "farend.db";

/// Connections kept open to the database at most.
const CONNECTIONS_MAX: u32 = 8;
/// How long a writer waits for another one before it gives up.
const BUSY_MAX: Duration = Duration::from_secs(5);
/// How long a request waits for a free connection.
const ACQUIRE_MAX: Duration = Duration::from_secs(10);

/// The database, and the hashing of passwords, which must not run without bound.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    dialect: Dialect,
    hasher: Arc<password::Hasher>,
    /// A database in memory lives as long as a connection to it.
    _anchor: Option<Arc<Mutex<AnyConnection>>>,
}

/// The few places where the two databases differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

impl Store {
    /// Opens the database of a configuration, creates it where that is possible, and brings it up to date.
    ///
    /// # Errors
    /// When it cannot be opened, or was written by a newer program.
    pub async fn open(database: &Database, data_dir: &Path) -> Result<Self, StoreError> {
        Self::open_with(database, data_dir, Cost::Strong).await
    }

    /// As [`Store::open`], with the cost of password hashes; tests use a cheap one.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(database: &Database, data_dir: &Path, cost: Cost) -> Result<Self, StoreError> {
        match database {
            Database::Sqlite => {
                create_private_dir(data_dir).map_err(|cause| StoreError::DataDir {
                    path: data_dir.to_owned(),
                    cause,
                })?;
                let file = data_dir.join(DATABASE_FILE);
                keep_private(&file);
                let url = format!("sqlite://{}?mode=rwc", percent_encoded(&file));
                Self::connect(Dialect::Sqlite, &url, CONNECTIONS_MAX, cost).await
            }
            Database::Postgres(url) => Self::connect(Dialect::Postgres, url, CONNECTIONS_MAX, cost).await,
        }
    }

    /// An empty database in memory, for tests.
    ///
    /// # Errors
    /// None that a test could mend.
    pub async fn in_memory() -> Result<Self, StoreError> {
        static DATABASES: AtomicU64 = AtomicU64::new(0);
        sqlx::any::install_default_drivers();
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let url = format!("sqlite:file:farend-{number}?mode=memory&cache=shared");
        // The pool has one connection, since several would lock each other out, and closes it when a request is given up half way.
        let anchor = AnyConnection::connect(&url).await?;
        let store = Self::connect(Dialect::Sqlite, &url, 1, Cost::Weak).await?;
        Ok(Self {
            _anchor: Some(Arc::new(Mutex::new(anchor))),
            ..store
        })
    }

    async fn connect(dialect: Dialect, url: &str, connections_max: u32, cost: Cost) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let options = AnyPoolOptions::new()
            .max_connections(connections_max)
            .min_connections(1)
            .acquire_timeout(ACQUIRE_MAX)
            .idle_timeout(None)
            .max_lifetime(None)
            .after_connect(move |connection, _| Box::pin(prepare(dialect, connection)));
        let pool = options.connect(url).await.map_err(StoreError::Unavailable)?;
        let hasher = Arc::new(password::Hasher::new(cost)?);
        let store = Self {
            pool,
            dialect,
            hasher,
            _anchor: None,
        };
        store.migrate().await?;
        Ok(store)
    }

    /// Waits for running statements and closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// A transaction that will write: SQLite takes the lock at once, so that it can wait for it.
    async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        let begin = match self.dialect {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::Postgres => "BEGIN",
        };
        Ok(self.pool.begin_with(begin).await?)
    }
}

/// Removes one row.
async fn remove(tx: &mut AnyConnection, statement: &'static str, what: &'static str, id: u64) -> Result<(), StoreError> {
    if sqlx::query(statement).bind(key(id)).execute(tx).await?.rows_affected() == 0 {
        return Err(StoreError::NotFound(what));
    }
    Ok(())
}

/// Whether there is room for one more of what a statement counts as `n`.
async fn room(tx: &mut AnyConnection, count: &'static str, what: &'static str, max: usize) -> Result<(), StoreError> {
    let there: i64 = sqlx::query(count).fetch_one(tx).await?.try_get("n")?;
    if id(there) >= max as u64 {
        return Err(StoreError::TooMany { what, max });
    }
    Ok(())
}

/// Whether there is such a trunk.
async fn trunk_exists(tx: &mut AnyConnection, trunk: TrunkId) -> Result<(), StoreError> {
    let query = sqlx::query("SELECT id FROM trunks WHERE id = $1").bind(key(trunk.0));
    let found = query.fetch_optional(tx).await?;
    found.map(drop).ok_or(StoreError::NotFound("trunk"))
}

async fn prepare(dialect: Dialect, connection: &mut AnyConnection) -> sqlx::Result<()> {
    if dialect == Dialect::Sqlite {
        // WAL: readers and the writer do not wait for each other, and a killed process leaves a file that heals itself.
        connection.execute("PRAGMA journal_mode = WAL").await?;
        connection.execute("PRAGMA synchronous = NORMAL").await?;
        connection.execute("PRAGMA foreign_keys = ON").await?;
        connection
            .execute(sqlx::AssertSqlSafe(format!("PRAGMA busy_timeout = {}", BUSY_MAX.as_millis())))
            .await?;
    }
    Ok(())
}

/// Only the server's own account may look into its data.
fn create_private_dir(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// For the server's own account only, also in a folder that others may enter. SQLite gives its further files the permissions of the first one.
/// What cannot be done here, opening the database tells better.
fn keep_private(file: &Path) {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    // Only when it is new: closing it would take away the locks that this program may have on it.
    let _exists = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    for suffix in ["", "-wal", "-shm"] {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        let Ok(metadata) = std::fs::metadata(&path) else { continue };
        if metadata.permissions().mode() & 0o077 != 0 {
            let _not_ours = std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600));
        }
    }
}

fn percent_encoded(path: &Path) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/._-".contains(&b);
    let byte = |b: &u8| {
        if plain(*b) {
            char::from(*b).to_string()
        } else {
            format!("%{b:02X}")
        }
    };
    path.as_os_str().as_encoded_bytes().iter().map(byte).collect()
}

/// A moment as the database keeps it: milliseconds since 1970 UTC.
fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// A moment from the database; the epoch when it is absurd.
fn moment(millis: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// A key as the database keeps it. Keys come from the database and are small and positive.
fn key(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

/// A key from the database.
fn id(key: i64) -> u64 {
    u64::try_from(key).unwrap_or(0)
}
