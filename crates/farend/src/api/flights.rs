//! What the flight recorder has kept of a call, and the support bundle of it.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use doctor::finding::Finding;
use doctor::plan::Plan;
use doctor::words::explain;
use model::Language;
use serde::Deserialize;

use super::Api;
use super::guard::SessionUser;
use super::json::{Path, UrlQuery};
use super::problem::{Problem, ProblemDocument};
use crate::flight::bundle::{self, Content, Extra};
use crate::flight::keeper::unpacked;
use crate::flight::story::Story;
use crate::store::Insight;

/// No name of a call is longer.
const CALL_BYTES_MAX: usize = 64;
/// Of a reason why names and numbers are shown.
const REASON_CHARS_MAX: usize = 200;

/// What is wanted of a bundle.
#[derive(Deserialize)]
pub(super) struct Openness {
    unmasked: Option<bool>,
    reason: Option<String>,
}

/// The flight of a call that runs or is over: who, when, what happened, how it sounded. Parties of the call see it without the ladder.
#[utoipa::path(get, path = "/calls/{id}/flight", tag = "calls", operation_id = "flight", params(("id" = String, Path, description = "As in `/calls`")), responses(
    (status = 200, description = "All that is kept", body = Story),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`: also when one was not in it", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show(State(api): State<Api>, who: SessionUser, Path(id): Path<String>) -> Result<Json<Story>, Problem> {
    let id = known_name(&id)?;
    let is_administrator = who.is_administrator();
    if !is_administrator && !api.store().was_in_call(who.user.id, id).await? {
        return Err(Problem::not_found("flight"));
    }
    let story = story(&api, id).await?;
    Ok(Json(if is_administrator { story } else { story.for_a_party() }))
}

/// The support bundle of a call: a zip with flight, log lines and configuration. Secrets are never in it; names and numbers are masked unless
/// `unmasked`, which wants a reason for the audit log.
#[utoipa::path(get, path = "/calls/{id}/bundle", tag = "calls", operation_id = "bundle", params(
    ("id" = String, Path, description = "As in `/calls`"),
    ("unmasked" = Option<bool>, Query, description = "true: names and numbers are shown"),
    ("reason" = Option<String>, Query, description = "Why; needed with `unmasked`"),
), responses(
    (status = 200, description = "The archive", content_type = "application/zip"),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`: there is no reason", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn bundle(
    State(api): State<Api>,
    Path(id): Path<String>,
    UrlQuery(openness): UrlQuery<Openness>,
) -> Result<Response, Problem> {
    let id = known_name(&id)?;
    let is_open = openness.unmasked.unwrap_or(false);
    let reason = reason(openness.reason.as_deref(), is_open)?;
    let story = story(&api, id).await?;
    api.store().note_insight(Insight::Bundle, id, is_open, false, reason).await?;
    let flights = api.flights();
    let archive = bundle::bundle(story, extras(&api), flights.configuration(), &flights.directory(), is_open);
    Ok(file(archive, "application/zip", &format!("farend-call-{id}.zip")))
}

/// What the doctor knows at this moment, in English: who reads bundles is far away.
fn extras(api: &Api) -> Vec<Extra> {
    let report = api.0.parts.doctor.report();
    let findings: Vec<Finding> = report.open.iter().map(|kept| kept.finding.clone()).collect();
    let plan = Plan::of(&report.evidence, &findings, Language::English);
    let file = |name, content| Extra { name, content };
    vec![
        file("findings.md", Content::Text(told(&findings))),
        file("plan.svg", Content::Text(plan.svg())),
        file(
            "evidence.json",
            Content::Json(serde_json::to_value(&*report.evidence).unwrap_or_default()),
        ),
    ]
}

fn told(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "# Findings\n\nNothing is wrong as far as can be seen.\n".to_owned();
    }
    let mut text = String::from("# Findings\n");
    for finding in findings {
        let said = explain(finding, Language::English);
        let list = |lines: &[String], mark: &str| lines.iter().map(|line| format!("{mark} {line}\n")).collect::<String>();
        text += &format!(
            "\n## {}\n\n{}\n\n{}\n{}\n\n{}\n{}\n",
            finding.fault.rule(),
            said.sentence,
            list(&said.evidence, "*"),
            said.possible,
            list(&said.fix, "1."),
            said.retest,
        );
    }
    text
}

async fn story(api: &Api, id: &str) -> Result<Story, Problem> {
    if let Some(story) = api.flights().story(id) {
        return Ok(story);
    }
    let kept = api.store().flight(id).await?;
    kept.and_then(|kept| unpacked(&kept)).ok_or_else(|| Problem::not_found("flight"))
}

/// Names of calls are digits and a hyphen; anything else names none, and shall not come into a header.
fn known_name(id: &str) -> Result<&str, Problem> {
    let is_name = (1..=CALL_BYTES_MAX).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_name.then_some(id).ok_or_else(|| Problem::not_found("flight"))
}

/// A reason, which nobody may see more without.
pub(super) fn reason(given: Option<&str>, is_needed: bool) -> Result<Option<&str>, Problem> {
    let given = given.map(str::trim).filter(|reason| !reason.is_empty());
    match given {
        Some(reason) if reason.chars().count() > REASON_CHARS_MAX => {
            Err(Problem::invalid_field("reason", format!("use at most {REASON_CHARS_MAX} letters")))
        }
        None if is_needed => Err(Problem::invalid_field("reason", "say why: it stands in the audit log")),
        reason => Ok(reason),
    }
}

/// A file to be kept.
pub(super) fn file(bytes: Vec<u8>, kind: &'static str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let disposition = format!("attachment; filename=\"{name}\"");
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    response
}
