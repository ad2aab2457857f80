//! The network plan (R-a), as clients see it: to be drawn, as a picture, or as text for a ticket.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use doctor::plan::{Edge, Node, NodeKind, Plan};
use model::Language;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{InLanguage, language};
use crate::api::Api;
use crate::api::json::UrlQuery;
use crate::api::problem::{Problem, ProblemDocument};
use crate::doctor::Report;
use crate::doctor::told::{id, moment};

/// Who is where, what stands between, and whose doing a fault is.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct NetworkPlan {
    #[serde(with = "time::serde::rfc3339")]
    taken_at: OffsetDateTime,
    /// From the office outwards.
    nodes: Vec<PlanNode>,
    edges: Vec<PlanEdge>,
    /// Of what is open, the worst first.
    findings: Vec<String>,
}

/// Something in the plan.
#[derive(Serialize, ToSchema)]
struct PlanNode {
    /// Stays as long as it is the same thing.
    id: String,
    /// office, vpn, phones, server, router, internet, stun_server, trunk or network.
    #[schema(value_type = String, example = "router")]
    kind: NodeKind,
    label: String,
    /// What is known of it.
    lines: Vec<String>,
    /// A fault is its doing.
    is_culprit: bool,
}

/// A way between two nodes.
#[derive(Serialize, ToSchema)]
struct PlanEdge {
    from: String,
    to: String,
    /// By what it goes; may be empty.
    label: String,
    is_culprit: bool,
}

impl From<Node> for PlanNode {
    fn from(node: Node) -> Self {
        let Node {
            id,
            kind,
            label,
            lines,
            is_culprit,
        } = node;
        Self {
            id,
            kind,
            label,
            lines,
            is_culprit,
        }
    }
}

impl From<Edge> for PlanEdge {
    fn from(edge: Edge) -> Self {
        let Edge {
            from,
            to,
            label,
            is_culprit,
        } = edge;
        Self {
            from,
            to,
            label,
            is_culprit,
        }
    }
}

fn plan(report: &Report, language: Language) -> Plan {
    let findings: Vec<_> = report.open.iter().map(|kept| kept.finding.clone()).collect();
    Plan::of(&report.evidence, &findings, language)
}

/// The network plan.
#[utoipa::path(get, path = "/doctor/plan", tag = "doctor", operation_id = "plan", params(
    ("language" = Option<String>, Query, description = "`en` or `de`; English unless given"),
), responses(
    (status = 200, description = "As things are", body = NetworkPlan),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn show(State(api): State<Api>, UrlQuery(asked): UrlQuery<InLanguage>) -> Result<Json<NetworkPlan>, Problem> {
    let report = api.0.parts.doctor.report();
    let plan = plan(&report, language(asked.language.as_deref())?);
    Ok(Json(NetworkPlan {
        taken_at: moment(plan.taken_at),
        nodes: plan.nodes.into_iter().map(PlanNode::from).collect(),
        edges: plan.edges.into_iter().map(PlanEdge::from).collect(),
        findings: report.open.iter().map(|kept| id(&kept.finding)).collect(),
    }))
}

/// The network plan as a picture, to be printed.
#[utoipa::path(get, path = "/doctor/plan.svg", tag = "doctor", operation_id = "plan_svg", params(
    ("language" = Option<String>, Query, description = "`en` or `de`; English unless given"),
), responses(
    (status = 200, description = "With all that it needs", body = String, content_type = "image/svg+xml"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn svg(State(api): State<Api>, UrlQuery(asked): UrlQuery<InLanguage>) -> Result<Typed, Problem> {
    let plan = plan(&api.0.parts.doctor.report(), language(asked.language.as_deref())?);
    Ok(([(CONTENT_TYPE, "image/svg+xml")], plan.svg()))
}

/// The network plan in Markdown, for a ticket.
#[utoipa::path(get, path = "/doctor/plan.md", tag = "doctor", operation_id = "plan_markdown", params(
    ("language" = Option<String>, Query, description = "`en` or `de`; English unless given"),
), responses(
    (status = 200, description = "What is wrong, and what there is", body = String, content_type = "text/markdown"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn markdown(State(api): State<Api>, UrlQuery(asked): UrlQuery<InLanguage>) -> Result<Typed, Problem> {
    let plan = plan(&api.0.parts.doctor.report(), language(asked.language.as_deref())?);
    Ok(([(CONTENT_TYPE, "text/markdown; charset=utf-8")], plan.markdown()))
}

/// A text of a kind.
type Typed = ([(HeaderName, &'static str); 1], String);
