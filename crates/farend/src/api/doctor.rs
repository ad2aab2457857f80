//! What is wrong with the audio, for administrators. All of it is known already: nobody is asked for it.

mod networks;
pub(super) mod plan;

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use doctor::finding::Rule;
use model::Language;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;

use self::networks::UserNetwork;
use super::Api;
use super::json::UrlQuery;
use super::problem::{Problem, ProblemDocument};
use crate::doctor::told::{Finding, RuleText, moment};
use crate::doctor::{Counts, TooSoon};
use crate::store::FindingFilter;

/// Findings of one answer unless asked otherwise, and at most.
const LIMIT: u16 = 100;
const LIMIT_MAX: u16 = 500;

/// In which language.
#[derive(Deserialize)]
pub(super) struct InLanguage {
    language: Option<String>,
}

/// Which findings.
#[derive(Deserialize)]
pub(super) struct Selection {
    language: Option<String>,
    before: Option<u64>,
    limit: Option<u16>,
    rule: Option<String>,
    extension: Option<String>,
}

/// What is wrong now.
#[derive(Serialize, ToSchema)]
#[schema(as = Doctor)]
pub(super) struct Now {
    /// Null before the first look.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    looked_at: Option<OffsetDateTime>,
    /// The worst first.
    findings: Vec<Finding>,
    counts: FindingCounts,
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, Serialize, ToSchema)]
struct FindingCounts {
    problem: u32,
    warning: u32,
    note: u32,
}

/// A page of findings, the newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = FindingHistory)]
pub(super) struct History {
    findings: Vec<Finding>,
    /// To be given as `before` for older ones; null at the end.
    #[schema(required)]
    next: Option<u64>,
}

impl From<Counts> for FindingCounts {
    fn from(Counts { problem, warning, note }: Counts) -> Self {
        Self { problem, warning, note }
    }
}

impl From<TooSoon> for Problem {
    fn from(TooSoon(wait): TooSoon) -> Self {
        Self::too_soon(wait)
    }
}

/// What is wrong now.
#[utoipa::path(get, path = "/doctor", tag = "doctor", params(
    ("language" = Option<String>, Query, description = "`en` or `de`; English unless given"),
), responses(
    (status = 200, description = "Everything that is open", body = Now),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show(State(api): State<Api>, UrlQuery(asked): UrlQuery<InLanguage>) -> Result<Json<Now>, Problem> {
    let language = language(asked.language.as_deref())?;
    let report = api.0.parts.doctor.report();
    let findings = report.open.iter().map(|kept| Finding::of(kept, &report.evidence, language));
    Ok(Json(Now {
        looked_at: report.looked_at.map(moment),
        findings: findings.collect(),
        counts: Counts::of(&report.open).into(),
    }))
}

/// What is wrong and what was, the newest first.
#[utoipa::path(get, path = "/doctor/history", tag = "doctor", params(
    ("language" = Option<String>, Query, description = "`en` or `de`; English unless given"),
    ("before" = Option<u64>, Query, description = "`next` of an earlier answer"),
    ("limit" = Option<u16>, Query, description = "Findings of one answer: 1 to 500, 100 unless given"),
    ("rule" = Option<String>, Query, description = "Only those that break this rule, such as `R-e`"),
    ("extension" = Option<String>, Query, description = "Only those that are about this person"),
), responses(
    (status = 200, description = "A page of findings", body = History),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn history(State(api): State<Api>, UrlQuery(asked): UrlQuery<Selection>) -> Result<Json<History>, Problem> {
    let language = language(asked.language.as_deref())?;
    let limit = asked.limit.unwrap_or(LIMIT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Problem::invalid_field("limit", format!("use 1 to {LIMIT_MAX}")));
    }
    let filter = FindingFilter {
        before: asked.before,
        rule: asked.rule.as_deref().map(rule).transpose()?,
        extension: asked.extension,
    };
    let (kept, next) = api.store().findings(&filter, limit).await?;
    let report = api.0.parts.doctor.report();
    // What is open is written only when it changes.
    let current = |kept| report.open.iter().find(|open| open.row == kept).filter(|_| kept != 0);
    let findings = kept
        .iter()
        .map(|kept| Finding::of(current(kept.row).unwrap_or(kept), &report.evidence, language));
    Ok(Json(History {
        findings: findings.collect(),
        next,
    }))
}

/// Looks at everything again: STUN, the router, the forwarded port. What comes of it is there some seconds later.
#[utoipa::path(post, path = "/doctor/retest", tag = "doctor", responses(
    (status = 202, description = "It begins"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 429, description = "`too-soon`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn retest(State(api): State<Api>) -> Result<StatusCode, Problem> {
    api.0.parts.doctor.retest(Instant::now())?;
    Ok(StatusCode::ACCEPTED)
}

/// The rules of home working, and what farend does about each.
#[utoipa::path(get, path = "/doctor/rules", tag = "doctor", params(
    ("language" = Option<String>, Query, description = "`en` or `de`; English unless given"),
), responses(
    (status = 200, description = "All of them, in the order of the guide", body = Vec<RuleText>),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn rules(UrlQuery(asked): UrlQuery<InLanguage>) -> Result<Json<Vec<RuleText>>, Problem> {
    Ok(Json(RuleText::all(language(asked.language.as_deref())?)))
}

/// Where people are, network by network, and how their media goes there.
#[utoipa::path(get, path = "/doctor/networks", tag = "doctor", params(
    ("language" = Option<String>, Query, description = "`en` or `de`; English unless given"),
), responses(
    (status = 200, description = "One entry for each person and network, the latest first", body = Vec<UserNetwork>),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn networks(State(api): State<Api>, UrlQuery(asked): UrlQuery<InLanguage>) -> Result<Json<Vec<UserNetwork>>, Problem> {
    let language = language(asked.language.as_deref())?;
    Ok(Json(UserNetwork::all(&api.0.parts.doctor.report(), language)))
}

/// By what all of that was found, as the rules see it. For a ticket: it may grow with every version.
#[utoipa::path(get, path = "/doctor/evidence", tag = "doctor", responses(
    (status = 200, description = "Facts, without any secret", body = Object),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn evidence(State(api): State<Api>) -> Json<Value> {
    let report = api.0.parts.doctor.report();
    Json(serde_json::to_value(&*report.evidence).unwrap_or_default())
}

/// The language that is asked for.
pub(super) fn language(asked: Option<&str>) -> Result<Language, Problem> {
    match asked {
        None => Ok(Language::English),
        Some(code) => Language::from_code(code).ok_or_else(|| Problem::invalid_field("language", "use en or de")),
    }
}

fn rule(id: &str) -> Result<Rule, Problem> {
    let found = Rule::ALL.into_iter().find(|rule| rule.id() == id);
    found.ok_or_else(|| Problem::invalid_field("rule", "there is no such rule; `/doctor/rules` lists all"))
}
