//! Who has changed what.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Api;
use super::json::UrlQuery;
use super::problem::{Problem, ProblemDocument};
use crate::store;

/// Lines of one answer unless asked otherwise, and at most.
const LIMIT: u16 = 100;
const LIMIT_MAX: u16 = 500;

/// Which part of the log.
#[derive(Deserialize)]
pub(super) struct Selection {
    before: Option<u64>,
    limit: Option<u16>,
}

/// A page of the log, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditLog {
    entries: Vec<AuditEntry>,
    /// To be given as `before` for older lines; null at the end.
    #[schema(required)]
    next: Option<u64>,
}

/// A line of the log.
#[derive(Serialize, ToSchema)]
struct AuditEntry {
    id: u64,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// Null for the command line, which tells the account of the operating system as name.
    #[schema(required)]
    by_user_id: Option<u64>,
    /// As it was then.
    by_name: String,
    via: Via,
    /// What was done: a noun and a past participle.
    #[schema(example = "user.changed")]
    action: String,
    /// What it was done to, for people.
    #[schema(example = "Anna (101)")]
    subject: String,
    /// What something is that was added or removed; of something changed, `from` and `to` of each field that is different. Never a secret.
    #[schema(value_type = BTreeMap<String, Value>)]
    details: Map<String, Value>,
}

/// Which way somebody has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditVia)]
enum Via {
    App,
    Api,
    Phone,
    CommandLine,
}

/// Who has changed what, newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", params(
    ("before" = Option<u64>, Query, description = "`next` of an earlier answer"),
    ("limit" = Option<u16>, Query, description = "Lines of one answer: 1 to 500, 100 unless given"),
), responses(
    (status = 200, description = "A page of the log", body = AuditLog),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>, UrlQuery(selection): UrlQuery<Selection>) -> Result<Json<AuditLog>, Problem> {
    let limit = selection.limit.unwrap_or(LIMIT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Problem::invalid_field("limit", format!("use 1 to {LIMIT_MAX}")));
    }
    let entries = api.store().audit(selection.before, limit).await?;
    let is_full = entries.len() == usize::from(limit);
    let next = entries.last().map(|entry| entry.id).filter(|_| is_full);
    Ok(Json(AuditLog {
        entries: entries.into_iter().map(AuditEntry::of).collect(),
        next,
    }))
}

impl AuditEntry {
    fn of(entry: store::AuditEntry) -> Self {
        Self {
            id: entry.id,
            at: entry.author.at,
            by_user_id: entry.author.user.map(|user| user.0),
            by_name: entry.author.name,
            via: match entry.author.via {
                store::Via::App => Via::App,
                store::Via::Api => Via::Api,
                store::Via::Phone => Via::Phone,
                store::Via::CommandLine => Via::CommandLine,
            },
            action: entry.action,
            subject: entry.subject,
            details: entry.details,
        }
    }
}
