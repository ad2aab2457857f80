//! What would happen to a call to somebody, as a story for people.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use model::UserId;
use serde::{Deserialize, Serialize};
use switchboard::dialplan::{self, Step};
use utoipa::ToSchema;

use super::Reaching;
use crate::api::Api;
use crate::api::explain::wall_clock;
use crate::api::guard::SessionUser;
use crate::api::json::{Body, Path};
use crate::api::problem::{Problem, ProblemDocument};

/// Of a caller's number at most.
const FROM_CHARS_MAX: usize = 64;

/// Which call.
#[derive(Deserialize, ToSchema)]
#[schema(as = SimulatedCall)]
pub(in crate::api) struct Question {
    /// Who calls: an extension, or a number of the world; null: somebody who shows no number.
    #[schema(example = "030 123456")]
    from: Option<String>,
    /// When; null: now.
    #[schema(format = "date-time")]
    at: Option<String>,
    /// As if this had been decided; null: as it is.
    reaching: Option<Reaching>,
}

/// What would happen, in this order.
#[derive(Serialize, ToSchema)]
#[schema(as = Simulation)]
pub(in crate::api) struct Story {
    steps: Vec<StoryStep>,
}

/// Something that would happen.
#[derive(Serialize, ToSchema)]
#[schema(as = SimulationStep)]
struct StoryStep {
    /// What, for programs.
    code: &'static str,
    /// What, for people.
    text: String,
    /// What the sentence is made of, by name; always with `after_s`.
    values: BTreeMap<&'static str, String>,
}

/// What would happen to a call to oneself.
#[utoipa::path(post, path = "/me/reaching/simulate", tag = "me", operation_id = "simulate", request_body = Question, responses(
    (status = 200, description = "What would happen", body = Story),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn simulate_own(
    State(api): State<Api>,
    who: SessionUser,
    Body(question): Body<Question>,
) -> Result<Json<Story>, Problem> {
    let reader = (!who.is_administrator()).then_some(who.user.id);
    simulate(&api, who.user.id, question, reader).await
}

/// What would happen to a call to a person.
#[utoipa::path(post, path = "/users/{id}/reaching/simulate", tag = "users", operation_id = "simulate", params(("id" = u64, Path)),
    request_body = Question, responses(
    (status = 200, description = "What would happen", body = Story),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn simulate_for(
    State(api): State<Api>,
    Path(id): Path<u64>,
    Body(question): Body<Question>,
) -> Result<Json<Story>, Problem> {
    simulate(&api, UserId(id), question, None).await
}

async fn simulate(api: &Api, user: UserId, question: Question, reader: Option<UserId>) -> Result<Json<Story>, Problem> {
    let from = question.from.as_deref().map(str::trim);
    if from.is_some_and(|from| from.is_empty() || from.chars().count() > FROM_CHARS_MAX) {
        let message = format!("write 1 to {FROM_CHARS_MAX} characters, or null for somebody who shows no number");
        return Err(Problem::invalid_field("from", message));
    }
    let clock = wall_clock(api, question.at.as_deref()).await?;
    let directory = Arc::new(api.store().directory().await?);
    let reaching = question.reaching.map(|reaching| reaching.parse(&directory)).transpose()?;
    let steps =
        dialplan::simulate(&directory, user, from, clock, reaching.as_ref(), reader).map_err(|_nobody| Problem::not_found("user"))?;
    Ok(Json(Story {
        steps: steps.iter().map(StoryStep::of).collect(),
    }))
}

impl StoryStep {
    fn of(step: &Step) -> Self {
        Self {
            code: step.code(),
            text: step.text(),
            values: step.values().into_iter().collect(),
        }
    }
}
