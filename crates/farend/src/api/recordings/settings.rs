//! What administrators decide about recordings.

use std::ops::RangeInclusive;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use model::{TeamId, TrunkId, UserId};
use serde::{Deserialize, Serialize};
use switchboard::directory::{self, RecordingOf, RecordingRuleId};
use utoipa::ToSchema;

use super::Hears;
use crate::api::Api;
use crate::api::json::{Body, Path};
use crate::api::problem::{Fields, Problem, ProblemDocument};
use crate::store::{self, RECORDING_RULES_MAX, StoreError};

const KEEP_DAYS: RangeInclusive<u16> = 1..=3_650;
const QUOTA_MIB: RangeInclusive<u32> = 100..=10_000_000;

/// How recording is done in this company.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct RecordingSettings {
    /// How people are told when somebody has pressed the button.
    announced: Announced,
    /// How long recordings are kept, in days: 1 to 3650. Counts for those as well that are there.
    #[schema(example = 90)]
    keep_days: u16,
    /// How much space they may take, in MiB: 100 to 10,000,000.
    #[schema(example = 10240)]
    quota_mib: u32,
    /// Calls that are recorded without a button, 50 rules at most. The first one that fits counts.
    rules: Vec<RecordingRule>,
}

/// Calls that are recorded without a button.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct RecordingRule {
    whose: Whose,
    /// The person, team or trunk; null for everybody.
    #[schema(required)]
    id: Option<u64>,
    calls: RecordedCalls,
    announced: Announced,
}

/// How people are told that they are recorded. They are told before they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Announced {
    /// In words.
    Prompt,
    /// By a tone.
    Tone,
    /// Not at all: where the law allows that.
    Silently,
}

/// Whose calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Whose {
    Everybody,
    Person,
    Team,
    Trunk,
}

/// Which of somebody's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RecordedCalls {
    /// Inside as well.
    All,
    /// From and to outside.
    Outside,
    /// From outside alone.
    Incoming,
    /// To outside alone.
    Outgoing,
}

/// What somebody may do with recordings. Being an administrator permits nothing here.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::api) struct RecordingPermission {
    /// Whether they may record their calls.
    may_record: bool,
    /// What they may hear, and delete.
    hears: Hears,
}

/// How recording is done.
#[utoipa::path(get, path = "/recording-settings", tag = "recordings", operation_id = "settings", responses(
    (status = 200, description = "Settings and rules", body = RecordingSettings),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn show(State(api): State<Api>) -> Result<Json<RecordingSettings>, Problem> {
    Ok(Json(RecordingSettings::of(&api.store().recording_settings().await?)))
}

/// Decides how recording is done.
#[utoipa::path(put, path = "/recording-settings", tag = "recordings", operation_id = "change_settings", request_body = RecordingSettings, responses(
    (status = 200, description = "Changed", body = RecordingSettings),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn change(
    State(api): State<Api>,
    Body(wanted): Body<RecordingSettings>,
) -> Result<Json<RecordingSettings>, Problem> {
    let wanted = wanted.parse()?;
    api.store().set_recording_settings(&wanted).await.map_err(unknown_whose)?;
    let quota_bytes = &api.0.parts.recordings.figures().quota_bytes;
    quota_bytes.store(u64::from(wanted.quota_mib) << 20, Ordering::Relaxed);
    api.directory_changed().await?;
    Ok(Json(RecordingSettings::of(&wanted)))
}

/// What somebody may do with recordings.
#[utoipa::path(get, path = "/users/{id}/recording", tag = "recordings", operation_id = "permission", params(("id" = u64, Path)), responses(
    (status = 200, description = "What they may do", body = RecordingPermission),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn show_permission(State(api): State<Api>, Path(id): Path<u64>) -> Result<Json<RecordingPermission>, Problem> {
    let permission = api.store().recording_permission(UserId(id)).await?;
    Ok(Json(RecordingPermission {
        may_record: permission.may_record,
        hears: permission.hears.into(),
    }))
}

/// Decides what somebody may do with recordings.
#[utoipa::path(put, path = "/users/{id}/recording", tag = "recordings", operation_id = "change_permission", params(("id" = u64, Path)),
    request_body = RecordingPermission, responses(
    (status = 200, description = "Changed", body = RecordingPermission),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn change_permission(
    State(api): State<Api>,
    Path(id): Path<u64>,
    Body(wanted): Body<RecordingPermission>,
) -> Result<Json<RecordingPermission>, Problem> {
    let permission = store::RecordingPermission {
        may_record: wanted.may_record,
        hears: wanted.hears.into(),
    };
    api.store().set_recording_permission(UserId(id), permission).await?;
    api.directory_changed().await?;
    Ok(Json(wanted))
}

fn unknown_whose(error: StoreError) -> Problem {
    match error {
        StoreError::NotFound(what) => Problem::invalid_field("rules", format!("there is no such {what}")),
        other => other.into(),
    }
}

impl RecordingSettings {
    fn of(settings: &store::RecordingSettings) -> Self {
        Self {
            announced: settings.announced.into(),
            keep_days: settings.keep_days,
            quota_mib: settings.quota_mib,
            rules: settings.rules.iter().map(RecordingRule::of).collect(),
        }
    }

    fn parse(self) -> Result<store::RecordingSettings, Problem> {
        let mut fields = Fields::default();
        if !KEEP_DAYS.contains(&self.keep_days) {
            fields.note("keep_days", format!("use {} to {} days", KEEP_DAYS.start(), KEEP_DAYS.end()));
        }
        if !QUOTA_MIB.contains(&self.quota_mib) {
            fields.note("quota_mib", format!("use {} to {} MiB", QUOTA_MIB.start(), QUOTA_MIB.end()));
        }
        if self.rules.len() > RECORDING_RULES_MAX {
            fields.note("rules", format!("write {RECORDING_RULES_MAX} rules at most"));
        }
        let rules = self.rules.iter().enumerate();
        let rules = rules.filter_map(|(index, rule)| fields.check(&format!("rules.{index}.id"), rule.parse()));
        let rules = rules.collect();
        fields.finish()?;
        Ok(store::RecordingSettings {
            announced: self.announced.into(),
            keep_days: self.keep_days,
            quota_mib: self.quota_mib,
            rules,
        })
    }
}

impl RecordingRule {
    fn of(rule: &directory::RecordingRule) -> Self {
        let (whose, id) = match rule.whose {
            RecordingOf::Everybody => (Whose::Everybody, None),
            RecordingOf::Person(user) => (Whose::Person, Some(user.0)),
            RecordingOf::Team(team) => (Whose::Team, Some(team.0)),
            RecordingOf::Trunk(trunk) => (Whose::Trunk, Some(trunk.0)),
        };
        Self {
            whose,
            id,
            calls: rule.calls.into(),
            announced: rule.announced.into(),
        }
    }

    fn parse(&self) -> Result<directory::RecordingRule, &'static str> {
        let whose = match (self.whose, self.id) {
            (Whose::Everybody, None) => RecordingOf::Everybody,
            (Whose::Everybody, Some(_)) => return Err("for everybody, write null"),
            (Whose::Person, Some(id)) => RecordingOf::Person(UserId(id)),
            (Whose::Team, Some(id)) => RecordingOf::Team(TeamId(id)),
            (Whose::Trunk, Some(id)) => RecordingOf::Trunk(TrunkId(id)),
            (Whose::Person | Whose::Team | Whose::Trunk, None) => return Err("say whose calls are recorded"),
        };
        Ok(directory::RecordingRule {
            id: RecordingRuleId(0),
            whose,
            calls: self.calls.into(),
            announced: self.announced.into(),
        })
    }
}

impl From<directory::Announced> for Announced {
    fn from(announced: directory::Announced) -> Self {
        match announced {
            directory::Announced::Prompt => Self::Prompt,
            directory::Announced::Tone => Self::Tone,
            directory::Announced::Silently => Self::Silently,
        }
    }
}

impl From<Announced> for directory::Announced {
    fn from(announced: Announced) -> Self {
        match announced {
            Announced::Prompt => Self::Prompt,
            Announced::Tone => Self::Tone,
            Announced::Silently => Self::Silently,
        }
    }
}

impl From<directory::RecordedCalls> for RecordedCalls {
    fn from(calls: directory::RecordedCalls) -> Self {
        match calls {
            directory::RecordedCalls::All => Self::All,
            directory::RecordedCalls::Outside => Self::Outside,
            directory::RecordedCalls::Incoming => Self::Incoming,
            directory::RecordedCalls::Outgoing => Self::Outgoing,
        }
    }
}

impl From<RecordedCalls> for directory::RecordedCalls {
    fn from(calls: RecordedCalls) -> Self {
        match calls {
            RecordedCalls::All => Self::All,
            RecordedCalls::Outside => Self::Outside,
            RecordedCalls::Incoming => Self::Incoming,
            RecordedCalls::Outgoing => Self::Outgoing,
        }
    }
}
