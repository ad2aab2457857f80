//! The journal: every call with its story, its end and how it sounded.

mod quality;
mod record;
mod writer;

use model::{DeviceId, UserId};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use time::OffsetDateTime;

use super::{Store, StoreError, id, key, millis, moment};

pub use quality::{LegQuality, Quality, Received, Sent, SideName, TransportName, Verdict};
pub use writer::{CHANNEL_MAX, Health, Writer};

/// How a call stands or ended, as the database keeps it; the same for both parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It rings.
    Ringing,
    /// They talk.
    Running,
    /// They talked.
    Answered,
    /// Nobody answered in time.
    NoAnswer,
    /// Busy.
    Busy,
    /// Declined.
    Refused,
    /// The caller gave up first.
    Cancelled,
    /// It could not be connected.
    Failed,
    /// The server stopped in the middle of it.
    Interrupted,
}

/// Somebody in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The user, where it was one of ours.
    pub user: Option<UserId>,
    /// The number.
    pub number: String,
    /// The name; empty where unknown.
    pub name: String,
}

/// A hand-over of a running call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// When.
    pub at: OffsetDateTime,
    /// Who did it; `None` when it was nobody of ours.
    pub by: Option<UserId>,
    /// Its number.
    pub by_number: String,
    /// To whom.
    pub to: Party,
}

/// A call of the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Unique for ever: run and call.
    pub id: String,
    /// Who called.
    pub caller: Party,
    /// Who was called.
    pub called: Party,
    /// The device that called.
    pub caller_device: Option<DeviceId>,
    /// The device that answered.
    pub answered_device: Option<DeviceId>,
    /// When it began.
    pub started_at: OffsetDateTime,
    /// When it was answered.
    pub answered_at: Option<OffsetDateTime>,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// How it stands or ended.
    pub state: State,
    /// Who or what ended it.
    pub end_reason: Option<String>,
    /// How it sounded; `None` before the end and when nobody talked.
    pub quality: Option<Quality>,
    /// Whether it was a call for help.
    pub is_emergency: bool,
    /// Where who called for help was then, as far as it was known.
    pub location: Option<String>,
    /// Hand-overs, in order.
    pub transfers: Vec<Transfer>,
}

/// A place in the journal: what is older than this comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    started_at_ms: i64,
    id: String,
}

impl Cursor {
    /// From the text of an earlier answer; `None` when it was not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (started_at, id) = text.split_once('.')?;
        // PostgreSQL refuses a NUL with an error.
        let is_id = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
        Some(Self {
            started_at_ms: started_at.parse().ok()?,
            id: is_id.then(|| id.to_owned())?,
        })
    }

    /// The text for the client to give back.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}.{}", self.started_at_ms, self.id)
    }
}

/// A page of the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Newest first.
    pub calls: Vec<Call>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

impl Store {
    /// Calls of one person (or everybody's), newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn calls(&self, of: Option<UserId>, before: Option<&Cursor>, limit: u16) -> Result<Page, StoreError> {
        let before = before.cloned().unwrap_or(Cursor {
            started_at_ms: i64::MAX,
            id: String::new(),
        });
        let query = match of {
            Some(user) => sqlx::query(
                "SELECT calls.* FROM call_users JOIN calls ON calls.id = call_users.call_id WHERE call_users.user_id = $1 AND \
                 (call_users.started_at < $2 OR (call_users.started_at = $2 AND call_users.call_id < $3)) \
                 ORDER BY call_users.started_at DESC, call_users.call_id DESC LIMIT $4",
            )
            .bind(key(user.0)),
            // The first parameter only keeps the others' numbers the same.
            None => sqlx::query(
                "SELECT * FROM calls WHERE $1 = 0 AND (started_at < $2 OR (started_at = $2 AND id < $3)) \
                 ORDER BY started_at DESC, id DESC LIMIT $4",
            )
            .bind(0_i64),
        };
        let query = query.bind(before.started_at_ms).bind(&before.id).bind(i64::from(limit) + 1);
        let rows = query.fetch_all(&self.pool).await?;
        let mut calls = rows.iter().take(usize::from(limit)).map(call).collect::<Result<Vec<_>, _>>()?;
        for call in &mut calls {
            call.transfers = self.transfers(&call.id).await?;
        }
        let more = rows.len() > calls.len();
        let next = calls.last().filter(|_| more).map(|last| Cursor {
            started_at_ms: millis(last.started_at),
            id: last.id.clone(),
        });
        Ok(Page { calls, next })
    }

    async fn transfers(&self, call_id: &str) -> Result<Vec<Transfer>, StoreError> {
        let query = sqlx::query(
            "SELECT at, by_user, by_number, to_user AS user_id, to_number AS number, to_name AS name \
             FROM transfers WHERE call_id = $1 ORDER BY position",
        );
        let rows = query.bind(call_id).fetch_all(&self.pool).await?;
        let transfer = |row: &AnyRow| {
            Ok(Transfer {
                at: moment(row.try_get("at")?),
                by: row.try_get::<Option<i64>, _>("by_user")?.map(|k| UserId(id(k))),
                by_number: row.try_get("by_number")?,
                to: party(row, "user_id", "number", "name")?,
            })
        };
        rows.iter().map(transfer).collect()
    }
}

fn call(row: &AnyRow) -> Result<Call, StoreError> {
    let device = |column| Ok::<_, StoreError>(row.try_get::<Option<i64>, _>(column)?.map(|k| DeviceId(id(k))));
    let at = |column| Ok::<_, StoreError>(row.try_get::<Option<i64>, _>(column)?.map(moment));
    let answered_at = at("answered_at")?;
    let outcome: Option<String> = row.try_get("outcome")?;
    let quality: Option<String> = row.try_get("quality")?;
    Ok(Call {
        id: row.try_get("id")?,
        caller: party(row, "caller_user", "caller_number", "caller_name")?,
        called: party(row, "called_user", "called_number", "called_name")?,
        caller_device: device("caller_device")?,
        answered_device: device("answered_device")?,
        started_at: moment(row.try_get("started_at")?),
        answered_at,
        ended_at: at("ended_at")?,
        state: state(outcome.as_deref(), answered_at.is_some())?,
        end_reason: row.try_get("end_reason")?,
        // A quality that an older program wrote in another shape is not worth an error.
        quality: quality.and_then(|text| serde_json::from_str(&text).ok()),
        is_emergency: row.try_get::<i64, _>("emergency")? != 0,
        location: row.try_get("location")?,
        transfers: Vec::new(),
    })
}

fn party(row: &AnyRow, user: &str, number: &str, name: &str) -> Result<Party, StoreError> {
    let user: Option<i64> = row.try_get(user)?;
    Ok(Party {
        user: user.map(|k| UserId(id(k))),
        number: row.try_get(number)?,
        name: row.try_get(name)?,
    })
}

fn state(outcome: Option<&str>, answered: bool) -> Result<State, StoreError> {
    match outcome {
        None if answered => Ok(State::Running),
        None => Ok(State::Ringing),
        Some("answered") => Ok(State::Answered),
        Some("no_answer") => Ok(State::NoAnswer),
        Some("busy") => Ok(State::Busy),
        Some("refused") => Ok(State::Refused),
        Some("cancelled") => Ok(State::Cancelled),
        Some("failed") => Ok(State::Failed),
        Some("interrupted") => Ok(State::Interrupted),
        Some(_) => Err(StoreError::Strange("outcome of a call")),
    }
}
