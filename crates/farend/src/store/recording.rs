//! What was recorded: a row each; the sound is in files ([`crate::recording`]).

mod settings;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use model::{RecordingId, UserId};
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};
use switchboard::core::RecordingTrouble;
use time::OffsetDateTime;

use super::audit::{Deed, facts};
use super::journal::Party;
use super::run::RunId;
use super::{Store, StoreError, id, key, millis, moment};

pub use settings::{Hears, RECORDING_RULES_MAX, RecordingPermission, RecordingSettings};
pub(crate) use words::Word;

/// Letters kept of a name or number that came from a peer.
const TEXT_MAX: usize = 128;

/// A recording, unique for ever: run and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordingName {
    /// In which run of the server it was made.
    pub run: u64,
    /// As that run numbers it.
    pub number: u64,
}

impl RunId {
    /// The name for ever of a recording of this run.
    #[must_use]
    pub fn recording(self, recording: RecordingId) -> RecordingName {
        RecordingName {
            run: self.number(),
            number: recording.0,
        }
    }
}

impl fmt::Display for RecordingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.run, self.number)
    }
}

/// A text that names no recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not the name of a recording, such as 12-3")]
pub struct NoRecordingName;

impl FromStr for RecordingName {
    type Err = NoRecordingName;

    fn from_str(text: &str) -> Result<Self, NoRecordingName> {
        let (run, number) = text.split_once('-').ok_or(NoRecordingName)?;
        let name = Self {
            run: run.parse().map_err(|_| NoRecordingName)?,
            number: number.parse().map_err(|_| NoRecordingName)?,
        };
        // Written in one way only, and no key of a database is greater.
        let is_key = |part: u64| i64::try_from(part).is_ok();
        (is_key(name.run) && is_key(name.number) && name.to_string() == text)
            .then_some(name)
            .ok_or(NoRecordingName)
    }
}

/// How far a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingStage {
    /// It is being made.
    Running,
    /// It is there to its end.
    Complete,
    /// The server stopped in the middle of it: what was written by then is there.
    CutShort,
}

/// A recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Unique for ever.
    pub name: RecordingName,
    /// The journal's name of its call.
    pub call_id: String,
    /// Whether a rule has asked for it; else somebody has pressed the button.
    pub is_by_rule: bool,
    /// For whom it was made.
    pub own: Party,
    /// Whom they talked to, at its beginning.
    pub other: Party,
    /// When it began.
    pub started_at: OffsetDateTime,
    /// How long it is, in milliseconds; 0 while it is being made.
    pub duration_ms: u64,
    /// How far it is.
    pub stage: RecordingStage,
    /// Why it ended before the call did.
    pub stopped: Option<RecordingTrouble>,
    /// Of its file.
    pub bytes: u64,
    /// Its file, below the folder of recordings.
    pub path: String,
    /// When it is to be deleted.
    pub delete_after: OffsetDateTime,
}

impl Recording {
    /// Whether `run`, which is the newest one, still writes it. One that a crash has left is not.
    #[must_use]
    pub fn is_being_made(&self, run: RunId) -> bool {
        self.stage == RecordingStage::Running && self.name.run >= run.number()
    }
}

/// How a recording has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordingEnd {
    /// Complete, or cut short.
    pub stage: RecordingStage,
    /// How long it is, in milliseconds.
    pub duration_ms: u64,
    /// Of its file.
    pub bytes: u64,
    /// Why it ended before the call did.
    pub stopped: Option<RecordingTrouble>,
}

/// Which recordings are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordingFilter {
    /// Those that were made for this person; `None`: everybody's.
    pub own: Option<UserId>,
    /// Those of this call alone.
    pub call: Option<String>,
    /// Those before this one.
    pub before: Option<RecordingName>,
}

/// What all recordings take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordingUsage {
    /// Of all files that are not being written, in bytes.
    pub bytes: u64,
    /// How many recordings there are.
    pub count: u64,
    /// When the oldest one began.
    pub oldest: Option<OffsetDateTime>,
}

/// What somebody has done with a recording's sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Listening {
    /// Listened to it.
    Heard,
    /// Taken a copy.
    Downloaded,
    /// Taken a copy by the command line.
    Exported,
}

impl Listening {
    fn action(self) -> &'static str {
        match self {
            Self::Heard => "recording.heard",
            Self::Downloaded => "recording.downloaded",
            Self::Exported => "recording.exported",
        }
    }
}

impl Store {
    /// Notes a recording that begins. May be repeated.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_recording(&self, new: &Recording) -> Result<(), StoreError> {
        let insert = sqlx::query(
            "INSERT INTO recordings (run_id, number, call_id, by_rule, own_user, own_number, own_name, other_user, other_number, other_name, \
             started_at, duration_ms, state, stopped, bytes, path, delete_after) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (run_id, number) DO NOTHING",
        )
        .bind(key(new.name.run))
        .bind(key(new.name.number))
        .bind(&new.call_id)
        .bind(i64::from(new.is_by_rule))
        .bind(new.own.user.map(|user| key(user.0)))
        .bind(text(&new.own.number))
        .bind(text(&new.own.name))
        .bind(new.other.user.map(|user| key(user.0)))
        .bind(text(&new.other.number))
        .bind(text(&new.other.name))
        .bind(millis(new.started_at))
        .bind(key(new.duration_ms))
        .bind(new.stage.word())
        .bind(new.stopped.map(Word::word))
        .bind(key(new.bytes))
        .bind(&new.path)
        .bind(millis(new.delete_after));
        insert.execute(&self.pool).await?;
        Ok(())
    }

    /// Notes how a recording has ended. May be repeated.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_recording(&self, name: RecordingName, end: RecordingEnd) -> Result<(), StoreError> {
        let update = sqlx::query(
            "UPDATE recordings SET state = $1, duration_ms = $2, bytes = $3, stopped = $4 WHERE run_id = $5 AND number = $6 AND state = 'running'",
        )
        .bind(end.stage.word())
        .bind(key(end.duration_ms))
        .bind(key(end.bytes))
        .bind(end.stopped.map(Word::word))
        .bind(key(name.run))
        .bind(key(name.number));
        update.execute(&self.pool).await?;
        Ok(())
    }

    /// One recording.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn recording(&self, name: RecordingName) -> Result<Recording, StoreError> {
        load(&mut *self.pool.acquire().await?, name).await
    }

    /// Recordings, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn recordings(&self, filter: &RecordingFilter, limit: u16) -> Result<Vec<Recording>, StoreError> {
        let before = filter.before.map_or((i64::MAX, i64::MAX), |name| (key(name.run), key(name.number)));
        let query = sqlx::query(
            "SELECT * FROM recordings WHERE (run_id < $1 OR (run_id = $1 AND number < $2)) AND (CAST($3 AS BIGINT) IS NULL OR own_user = $3) \
             AND (CAST($4 AS TEXT) IS NULL OR call_id = $4) ORDER BY run_id DESC, number DESC LIMIT $5",
        )
        .bind(before.0)
        .bind(before.1)
        .bind(filter.own.map(|user| key(user.0)))
        .bind(filter.call.as_deref())
        .bind(i64::from(limit));
        query.fetch_all(&self.pool).await?.iter().map(recording).collect()
    }

    /// The newest recording of each of these calls, where there is one that was made for `own` (`None`: for anybody).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn recordings_of_calls(&self, calls: &[&str], own: Option<UserId>) -> Result<BTreeMap<String, RecordingName>, StoreError> {
        let mut found = BTreeMap::new();
        for calls in calls.chunks(64) {
            let places: Vec<String> = (2..calls.len() + 2).map(|place| format!("${place}")).collect();
            let sql = format!(
                "SELECT call_id, run_id, number FROM recordings WHERE (CAST($1 AS BIGINT) IS NULL OR own_user = $1) AND call_id IN ({}) \
                 ORDER BY run_id, number",
                places.join(", ")
            );
            let query = sqlx::query(AssertSqlSafe(sql)).bind(own.map(|user| key(user.0)));
            let query = calls.iter().fold(query, |query, call| query.bind((*call).to_owned()));
            for row in query.fetch_all(&self.pool).await? {
                found.insert(row.try_get("call_id")?, name(&row)?);
            }
        }
        Ok(found)
    }

    /// Recordings that an earlier run has left unfinished.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unfinished_recordings(&self, run: RunId) -> Result<Vec<Recording>, StoreError> {
        let query = sqlx::query("SELECT * FROM recordings WHERE state = 'running' AND run_id < $1 ORDER BY run_id, number");
        let rows = query.bind(key(run.number())).fetch_all(&self.pool).await?;
        rows.iter().map(recording).collect()
    }

    /// The files of all recordings of earlier runs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn recording_paths(&self, run: RunId) -> Result<BTreeSet<String>, StoreError> {
        let query = sqlx::query("SELECT path FROM recordings WHERE run_id < $1").bind(key(run.number()));
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok(row.try_get("path")?)).collect()
    }

    /// Recordings whose time is over, the oldest first; not those that `run`, which is the newest one, makes just now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn expired_recordings(&self, now: OffsetDateTime, run: RunId, limit: u16) -> Result<Vec<Recording>, StoreError> {
        let query = sqlx::query(
            "SELECT * FROM recordings WHERE delete_after <= $1 AND (state <> 'running' OR run_id < $2) ORDER BY delete_after LIMIT $3",
        )
        .bind(millis(now))
        .bind(key(run.number()))
        .bind(i64::from(limit));
        query.fetch_all(&self.pool).await?.iter().map(recording).collect()
    }

    /// Forgets a recording, the file of which is gone. May be repeated.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_recording(&self, name: RecordingName) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM recordings WHERE run_id = $1 AND number = $2");
        delete.bind(key(name.run)).bind(key(name.number)).execute(&self.pool).await?;
        Ok(())
    }

    /// Notes in the audit log that somebody deletes a recording. To be called before its file goes, and [`Store::forget_recording`] after that.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn note_deletion(&self, name: RecordingName) -> Result<(), StoreError> {
        let mut tx = self.change_besides().await?;
        let goes = load(&mut tx, name).await?;
        tx.done(deed("recording.deleted", &goes)).await
    }

    /// Notes in the audit log what somebody has done with a recording's sound.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note_listening(&self, listened: &Recording, listening: Listening) -> Result<(), StoreError> {
        self.change_besides().await?.done(deed(listening.action(), listened)).await
    }

    /// What all recordings take.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn recording_usage(&self) -> Result<RecordingUsage, StoreError> {
        let query = "SELECT COUNT(*) AS n, MIN(started_at) AS oldest, \
                     CAST(COALESCE(SUM(CASE WHEN state = 'running' THEN 0 ELSE bytes END), 0) AS BIGINT) AS bytes FROM recordings";
        let row = sqlx::query(query).fetch_one(&self.pool).await?;
        Ok(RecordingUsage {
            bytes: id(row.try_get("bytes")?),
            count: id(row.try_get("n")?),
            oldest: row.try_get::<Option<i64>, _>("oldest")?.map(moment),
        })
    }
}

fn deed(action: &'static str, recording: &Recording) -> Deed {
    let party = |party: &Party| format!("{} {}", party.number, party.name).trim().to_owned();
    let facts = facts(json!({
        "own": party(&recording.own), "other": party(&recording.other), "call": recording.call_id,
        "started_at_ms": millis(recording.started_at), "duration_ms": recording.duration_ms,
    }));
    Deed::of(action, recording.name, facts)
}

async fn load(connection: &mut AnyConnection, name: RecordingName) -> Result<Recording, StoreError> {
    let query = sqlx::query("SELECT * FROM recordings WHERE run_id = $1 AND number = $2");
    let found = query.bind(key(name.run)).bind(key(name.number)).fetch_optional(connection).await?;
    found.as_ref().map(recording).ok_or(StoreError::NotFound("recording"))?
}

fn name(row: &AnyRow) -> Result<RecordingName, StoreError> {
    Ok(RecordingName {
        run: id(row.try_get("run_id")?),
        number: id(row.try_get("number")?),
    })
}

fn recording(row: &AnyRow) -> Result<Recording, StoreError> {
    let party = |user: &str, number: &str, name: &str| {
        Ok::<_, StoreError>(Party {
            user: row.try_get::<Option<i64>, _>(user)?.map(|user| UserId(id(user))),
            number: row.try_get(number)?,
            name: row.try_get(name)?,
        })
    };
    let stopped: Option<&str> = row.try_get("stopped")?;
    Ok(Recording {
        name: name(row)?,
        call_id: row.try_get("call_id")?,
        is_by_rule: row.try_get::<i64, _>("by_rule")? != 0,
        own: party("own_user", "own_number", "own_name")?,
        other: party("other_user", "other_number", "other_name")?,
        started_at: moment(row.try_get("started_at")?),
        duration_ms: id(row.try_get("duration_ms")?),
        stage: RecordingStage::parse(row.try_get("state")?)?,
        stopped: stopped.map(RecordingTrouble::parse).transpose()?,
        bytes: id(row.try_get("bytes")?),
        path: row.try_get("path")?,
        delete_after: moment(row.try_get("delete_after")?),
    })
}

/// PostgreSQL refuses a NUL.
fn text(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_in_one_way_only() {
        let name = RecordingName { run: 12, number: 3 };
        assert_eq!("12-3".parse(), Ok(name));
        assert_eq!(name.to_string(), "12-3");
        for text in [
            "",
            "12",
            "12-",
            "-3",
            "012-3",
            "12-+3",
            "12-3-4",
            "12-18446744073709551615",
            "a-b",
            "12-3\0",
        ] {
            assert_eq!(text.parse::<RecordingName>(), Err(NoRecordingName), "{text}");
        }
    }
}
