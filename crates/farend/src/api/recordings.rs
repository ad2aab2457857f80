//! Recordings: who may hear them finds them here. Whoever may not is not told that there are any.

pub(super) mod audio;
mod heard;
pub(super) mod range;
pub(super) mod settings;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::UserId;
use serde::{Deserialize, Serialize};
use switchboard::core;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Api;
use super::calls::Party;
use super::guard::SessionUser;
use super::json::{Path, UrlQuery};
use super::problem::{Problem, ProblemDocument};
use crate::recording::keeper::{self, DeleteError};
use crate::recording::vault;
use crate::store::{self, RecordingFilter, RecordingName, RecordingStage, journal};

pub(super) use heard::Heard;

/// Recordings of one answer unless asked otherwise, and at most.
const LIMIT: u16 = 50;
const LIMIT_MAX: u16 = 200;
/// No name of a call is longer.
const CALL_BYTES_MAX: usize = 64;

/// Whose recordings somebody may hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HearsRecordings)]
pub(super) enum Hears {
    /// Nobody's.
    None,
    /// Those that were made for them.
    Own,
    /// Everybody's.
    All,
}

/// Why a recording ended before its call did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum RecordingTrouble {
    /// Recordings have used up the space that they may have.
    QuotaReached,
    /// The disk is full.
    DiskFull,
    /// It could not be written, or the writer did not keep up.
    Failed,
}

/// How far a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RecordingState {
    /// It is being made.
    Running,
    /// It is there to its end.
    Complete,
    /// The server stopped in the middle of it: what was written by then is there.
    CutShort,
}

/// How a recording came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RecordedBy {
    /// Somebody has pressed the button.
    Button,
    /// A rule has asked for it.
    Rule,
}

/// What one may hear, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Recordings {
    recordings: Vec<Recording>,
}

/// A recording.
#[derive(Serialize, ToSchema)]
pub(super) struct Recording {
    /// Unique for ever.
    id: String,
    /// As in `/calls`.
    call_id: String,
    #[serde(with = "time::serde::rfc3339")]
    started_at: OffsetDateTime,
    /// 0 while it is being made.
    duration_ms: u64,
    state: RecordingState,
    /// Why it ended before the call did.
    #[schema(required)]
    stopped: Option<RecordingTrouble>,
    by: RecordedBy,
    /// For whom it was made: the first channel.
    own: Party,
    /// Whom they talked to when it began: the second channel has everybody else.
    other: Party,
    /// Of its file.
    bytes: u64,
    /// When it is to be deleted.
    #[serde(with = "time::serde::rfc3339")]
    delete_after: OffsetDateTime,
}

/// Which recordings.
#[derive(Deserialize)]
pub(super) struct Selection {
    limit: Option<u16>,
    before: Option<String>,
    call: Option<String>,
}

/// How much space recordings take.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct RecordingStorage {
    used_bytes: u64,
    quota_bytes: u64,
    /// Null where that cannot be told.
    #[schema(required)]
    disk_free_bytes: Option<u64>,
    count: u64,
    state: StorageState,
    /// When the oldest one began.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    oldest: Option<OffsetDateTime>,
}

/// How the space for recordings is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RecordingStorageState)]
enum StorageState {
    /// There is enough.
    Fine,
    /// 90 percent of the quota are used, or less than 500 MiB of the disk are free.
    NearlyFull,
    /// Nothing more is recorded.
    Full,
    /// Nothing can be recorded, for another reason; the log says why.
    Failing,
}

/// The recordings that one may hear, newest first.
#[utoipa::path(get, path = "/recordings", tag = "recordings", params(
    ("limit" = Option<u16>, Query, description = "Recordings of one answer: 1 to 200, 50 unless given"),
    ("before" = Option<String>, Query, description = "Only older ones than the one with this id"),
    ("call" = Option<String>, Query, description = "Only those of this call"),
), responses(
    (status = 200, description = "What one may hear; nothing for those who may hear nothing", body = Recordings),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    State(api): State<Api>,
    who: SessionUser,
    UrlQuery(selection): UrlQuery<Selection>,
) -> Result<Json<Recordings>, Problem> {
    let limit = selection.limit.unwrap_or(LIMIT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Problem::invalid_field("limit", format!("use 1 to {LIMIT_MAX}")));
    }
    let before = selection.before.as_deref().map(str::parse).transpose();
    let before = before.map_err(|error: store::NoRecordingName| Problem::invalid_field("before", error.to_string()))?;
    let is_name = |call: &String| call.len() <= CALL_BYTES_MAX && call.bytes().all(|byte| byte.is_ascii_graphic());
    if !selection.call.iter().all(is_name) {
        return Err(Problem::invalid_field("call", "use the id of a call"));
    }
    let Some(own) = reach(&api, &who).await? else {
        return Ok(Json(Recordings { recordings: Vec::new() }));
    };
    let filter = RecordingFilter {
        own,
        call: selection.call,
        before,
    };
    let found = api.store().recordings(&filter, limit).await?;
    Ok(Json(Recordings {
        recordings: found.into_iter().map(Recording::of).collect(),
    }))
}

/// Deletes a recording for good.
#[utoipa::path(delete, path = "/recordings/{id}", tag = "recordings", params(("id" = String, Path)), responses(
    (status = 204, description = "Deleted"),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`: also when one may not hear it", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`in-use`: it is being made", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, who: SessionUser, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let recording = heard_by(&api, &who, &id).await?;
    let parts = &api.0.parts;
    keeper::delete(api.store(), &parts.recordings, api.live(), parts.run, recording).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How much space recordings take.
#[utoipa::path(get, path = "/recordings/storage", tag = "recordings", responses(
    (status = 200, description = "Space, and whether it is enough", body = RecordingStorage),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn storage(State(api): State<Api>) -> Result<Json<RecordingStorage>, Problem> {
    let usage = api.store().recording_usage().await?;
    Ok(Json(RecordingStorage::of(&api.0.parts.recordings.storage(&usage))))
}

/// Whose recordings somebody may hear: `None`: nobody's; `Some(None)`: everybody's.
async fn reach(api: &Api, who: &SessionUser) -> Result<Option<Option<UserId>>, Problem> {
    let permission = api.store().recording_permission(who.user.id).await?;
    Ok(match permission.hears {
        store::Hears::None => None,
        store::Hears::Own => Some(Some(who.user.id)),
        store::Hears::All => Some(None),
    })
}

/// A recording that somebody may hear; another one is not there for them.
async fn heard_by(api: &Api, who: &SessionUser, id: &str) -> Result<store::Recording, Problem> {
    let missing = || Problem::not_found("recording");
    let name: RecordingName = id.parse().map_err(|_| missing())?;
    let own = reach(api, who).await?.ok_or_else(missing)?;
    let recording = api.store().recording(name).await?;
    let is_theirs = own.is_none() || own == recording.own.user;
    is_theirs.then_some(recording).ok_or_else(missing)
}

/// The newest recording of each of these calls that somebody may hear.
pub(super) async fn of_calls(api: &Api, who: &SessionUser, calls: &[journal::Call]) -> Result<BTreeMap<String, RecordingName>, Problem> {
    let Some(own) = reach(api, who).await? else {
        return Ok(BTreeMap::new());
    };
    let ids: Vec<&str> = calls.iter().map(|call| call.id.as_str()).collect();
    Ok(api.store().recordings_of_calls(&ids, own).await?)
}

impl From<DeleteError> for Problem {
    fn from(error: DeleteError) -> Self {
        match error {
            DeleteError::Store(error) => error.into(),
            DeleteError::File(_) => {
                tracing::error!(%error, "a recording was not deleted");
                Self::failed()
            }
        }
    }
}

impl Recording {
    fn of(recording: store::Recording) -> Self {
        Self {
            id: recording.name.to_string(),
            call_id: recording.call_id,
            started_at: recording.started_at,
            duration_ms: recording.duration_ms,
            state: recording.stage.into(),
            stopped: recording.stopped.map(Into::into),
            by: if recording.is_by_rule {
                RecordedBy::Rule
            } else {
                RecordedBy::Button
            },
            own: Party::of(&recording.own),
            other: Party::of(&recording.other),
            bytes: recording.bytes,
            delete_after: recording.delete_after,
        }
    }
}

impl RecordingStorage {
    pub(super) fn of(storage: &vault::Storage) -> Self {
        Self {
            used_bytes: storage.used_bytes,
            quota_bytes: storage.quota_bytes,
            disk_free_bytes: storage.disk_free_bytes,
            count: storage.count,
            state: storage.state.into(),
            oldest: storage.oldest,
        }
    }
}

impl From<vault::StorageState> for StorageState {
    fn from(state: vault::StorageState) -> Self {
        match state {
            vault::StorageState::Fine => Self::Fine,
            vault::StorageState::NearlyFull => Self::NearlyFull,
            vault::StorageState::Full => Self::Full,
            vault::StorageState::Failing => Self::Failing,
        }
    }
}

impl From<RecordingStage> for RecordingState {
    fn from(stage: RecordingStage) -> Self {
        match stage {
            RecordingStage::Running => Self::Running,
            RecordingStage::Complete => Self::Complete,
            RecordingStage::CutShort => Self::CutShort,
        }
    }
}

impl From<core::RecordingTrouble> for RecordingTrouble {
    fn from(trouble: core::RecordingTrouble) -> Self {
        match trouble {
            core::RecordingTrouble::QuotaReached => Self::QuotaReached,
            core::RecordingTrouble::DiskFull => Self::DiskFull,
            core::RecordingTrouble::Failed => Self::Failed,
        }
    }
}

impl From<store::Hears> for Hears {
    fn from(hears: store::Hears) -> Self {
        match hears {
            store::Hears::None => Self::None,
            store::Hears::Own => Self::Own,
            store::Hears::All => Self::All,
        }
    }
}

impl From<Hears> for store::Hears {
    fn from(hears: Hears) -> Self {
        match hears {
            Hears::None => Self::None,
            Hears::Own => Self::Own,
            Hears::All => Self::All,
        }
    }
}
