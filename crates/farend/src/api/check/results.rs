//! What a check has found, and what that means.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use doctor::evidence::{self, Evidence, UserNetwork};
use doctor::finding::{self, Subject};
use doctor::{rules, verdict};
use model::Language;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::super::Api;
use super::super::json::{Body, Path, UrlQuery};
use super::super::problem::{Problem, ProblemDocument};
use super::Came;
use super::found::{self, Found};
use super::guest::{Checker, Who};
use crate::check::Owner;
use crate::doctor::told::Finding;
use crate::doctor::unix_ms;
use crate::store::{CheckedBy, DoneCheck, Kept, NewCheck};

/// In which language people read.
#[derive(Deserialize)]
pub(in crate::api) struct Read {
    /// `en` (unless given) or `de`.
    language: Option<String>,
}

/// What a check comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckOutcome)]
pub(in crate::api) enum Outcome {
    /// Calls will sound as they should.
    Good,
    /// Calls have audio, but not as they could.
    Fair,
    /// Somebody will hear nothing, or cannot call.
    Poor,
    /// Too little was measured.
    Unknown,
}

/// Who has run it.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckWho)]
pub(in crate::api) struct By {
    /// Whom it counts for; null for nobody in particular.
    #[schema(required)]
    extension: Option<String>,
    /// The person, or the link's label.
    name: String,
    /// The link's label; null for those who were signed in.
    #[schema(required)]
    label: Option<String>,
}

/// A check and what it comes to.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckVerdict)]
pub(in crate::api) struct Verdict {
    id: String,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    who: By,
    verdict: Outcome,
    /// One sentence for a lay person.
    headline: &'static str,
    /// What is wrong, the worst first.
    findings: Vec<Finding>,
    check: Found,
    /// Where the help desk sees it.
    #[schema(example = "/admin/doctor/checks/7")]
    link: String,
}

/// Takes what a check has found, keeps it, and says what it means.
#[utoipa::path(post, path = "/check/results", tag = "check", operation_id = "judge_check", params(
    ("language" = Option<String>, Query, description = "`en` (unless given) or `de`"),
), request_body = Found, responses(
    (status = 201, description = "What it comes to", body = Verdict),
    (status = 401, description = "`not-signed-in`, `no-such-link`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 429, description = "`too-soon`: five a minute", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn judge(
    State(api): State<Api>,
    who: Checker,
    came: Came,
    UrlQuery(read): UrlQuery<Read>,
    Body(check): Body<evidence::Check>,
) -> Result<(StatusCode, Json<Verdict>), Problem> {
    let language = read.language()?;
    api.paces().result(who.owner(), Instant::now())?;
    found::bounded(&check)?;
    // As the database keeps it: what is told now and what is told later are the same.
    let now = OffsetDateTime::now_utc();
    let at = now.replace_millisecond(now.millisecond()).unwrap_or(now);
    let network = network(&api, &who, &came, check, at);
    let findings = findings(&api, &network);
    let verdict = network
        .check
        .as_ref()
        .map_or(verdict::Verdict::Unknown, |check| verdict::Verdict::of(check, &findings));
    let (user, ..) = who.counts_for();
    let by = CheckedBy {
        user,
        link: match &who.0 {
            Who::User(_) => None,
            Who::Guest(link) => Some((link.id, link.label.clone())),
        },
    };
    let check = NewCheck {
        by,
        at,
        network,
        verdict,
        findings,
    };
    let id = api.store().add_check(&check).await?;
    let host = came.host();
    if let (Some(user), Some(local), Some(found)) = (user, came.local, &check.network.check) {
        // What somebody has run for this person counts as theirs.
        api.0
            .parts
            .doctor
            .checked(user, (came.peer, local), &host, (Some(id), found.clone()));
    }
    let told = Verdict::of(DoneCheck { id, check }, language)?;
    Ok((StatusCode::CREATED, Json(told)))
}

/// A check that is done: for administrators, and for whoever has run it.
#[utoipa::path(get, path = "/check/results/{id}", tag = "check", operation_id = "judged_check", params(
    ("id" = u64, Path),
    ("language" = Option<String>, Query, description = "`en` (unless given) or `de`"),
), responses(
    (status = 200, description = "What it comes to", body = Verdict),
    (status = 401, description = "`not-signed-in`, `no-such-link`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`: there is none, or it is somebody else's", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn show(
    State(api): State<Api>,
    who: Checker,
    Path(id): Path<u64>,
    UrlQuery(read): UrlQuery<Read>,
) -> Result<Json<Verdict>, Problem> {
    let language = read.language()?;
    let done = api.store().check(id).await?;
    let is_permitted = match &who.0 {
        Who::User(user) if user.is_administrator() => true,
        // What was run by a link for somebody is the help desk's.
        Who::User(_) | Who::Guest(_) => owner(&done.check.by) == Some(who.owner()),
    };
    if !is_permitted {
        return Err(Problem::not_found("check"));
    }
    Ok(Json(Verdict::of(done, language)?))
}

fn owner(by: &CheckedBy) -> Option<Owner> {
    match (&by.link, by.user) {
        (Some((link, _)), _) => Some(Owner::Link(*link)),
        (None, user) => user.map(Owner::User),
    }
}

/// Where it was run, with what was found there. What a page says of time, the server knows better.
fn network(api: &Api, who: &Checker, came: &Came, check: evidence::Check, at: OffsetDateTime) -> UserNetwork {
    let (_, extension, name) = who.counts_for();
    let at = unix_ms(at);
    UserNetwork {
        extension,
        name,
        address: Some(came.peer),
        locality: came.locality(api),
        page_host: came.host(),
        arrived_at: came.local,
        seen_at: at,
        check: Some(evidence::Check { at, ..check }),
        ..UserNetwork::default()
    }
}

/// What is wrong there, as far as this check and what is known of the server tell.
fn findings(api: &Api, network: &UserNetwork) -> Vec<finding::Finding> {
    let known = api.0.parts.doctor.report();
    let evidence = Evidence {
        taken_at: network.seen_at,
        server: known.evidence.server.clone(),
        networks: vec![network.clone()],
        ..Evidence::default()
    };
    let is_theirs = |finding: &finding::Finding| match &finding.subject {
        Subject::Network { extension, .. } | Subject::Person { extension } => *extension == network.extension,
        // The office's own troubles are told to those who can do something about them.
        Subject::Server | Subject::Trunk { .. } | Subject::Phone { .. } | Subject::Call { .. } => false,
    };
    rules::diagnose(&evidence).into_iter().filter(is_theirs).collect()
}

impl Read {
    pub(super) fn language(&self) -> Result<Language, Problem> {
        match self.language.as_deref() {
            None => Ok(Language::English),
            Some(code) => Language::from_code(code).ok_or_else(|| Problem::invalid("The query cannot be used: language is en or de.")),
        }
    }
}

impl Verdict {
    fn of(DoneCheck { id, check }: DoneCheck, language: Language) -> Result<Self, Problem> {
        let network = check.network;
        let found = network.check.clone().unwrap_or_default();
        let evidence = Evidence {
            networks: vec![network.clone()],
            ..Evidence::default()
        };
        let at = unix_ms(check.at);
        let told = |finding: finding::Finding| {
            let kept = Kept {
                row: 0,
                finding,
                since: at,
                last_seen_at: at,
                cleared_at: None,
            };
            Finding::of(&kept, &evidence, language)
        };
        Ok(Self {
            id: id.to_string(),
            at: check.at,
            who: By {
                extension: check.by.user.map(|_| network.extension).filter(|extension| !extension.is_empty()),
                name: network.name,
                label: check.by.link.map(|(_, label)| label),
            },
            verdict: check.verdict.into(),
            headline: check.verdict.headline(&found, language),
            findings: check.findings.into_iter().map(told).collect(),
            check: Found::of(&found).ok_or_else(Problem::failed)?,
            link: format!("/admin/doctor/checks/{id}"),
        })
    }
}

impl From<verdict::Verdict> for Outcome {
    fn from(verdict: verdict::Verdict) -> Self {
        match verdict {
            verdict::Verdict::Good => Self::Good,
            verdict::Verdict::Fair => Self::Fair,
            verdict::Verdict::Poor => Self::Poor,
            verdict::Verdict::Unknown => Self::Unknown,
        }
    }
}
