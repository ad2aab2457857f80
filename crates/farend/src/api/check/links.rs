//! Links by which somebody without a sign-in may run a check, or by which it is run for somebody in particular.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::super::Api;
use super::super::guard::SessionUser;
use super::super::json::{Body, Path};
use super::super::problem::{Problem, ProblemDocument};
use crate::store::CheckLink;
use crate::store::name::Label;

/// Links in force.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckLinks)]
pub(in crate::api) struct Links {
    links: Vec<Link>,
}

/// A link. What opens it was shown when it was made, and nobody has it any more.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckLink)]
pub(in crate::api) struct Link {
    id: u64,
    label: String,
    /// Whom the results count for; null for nobody in particular.
    #[schema(required)]
    extension: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// When it was opened first; null while it was not.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    used_at: Option<OffsetDateTime>,
}

/// A link to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewCheckLink)]
pub(in crate::api) struct NewLink {
    /// For whom, or for what.
    label: String,
    /// Test as this person: the results count for them.
    #[schema(nullable = false)]
    extension: Option<String>,
}

/// A link that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = MadeCheckLink)]
pub(in crate::api) struct Made {
    id: u64,
    /// Path and fragment, to be put behind the server's address. Shown only now.
    #[schema(example = "/check#0f0e0d0c0b0a09080706050403020100")]
    url: String,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

/// Links in force, the newest first.
#[utoipa::path(get, path = "/check/links", tag = "check", operation_id = "check_links", responses(
    (status = 200, description = "All of them", body = Links),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn list(State(api): State<Api>) -> Result<Json<Links>, Problem> {
    let links = api.store().check_links(OffsetDateTime::now_utc()).await?;
    Ok(Json(Links {
        links: links.into_iter().map(Link::of).collect(),
    }))
}

/// Makes a link that works for a day.
#[utoipa::path(post, path = "/check/links", tag = "check", operation_id = "make_check_link", request_body = NewLink, responses(
    (status = 201, description = "Made", body = Made),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`too-many`: a hundred at most", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn add(
    State(api): State<Api>,
    who: SessionUser,
    Body(new): Body<NewLink>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let label = Label::parse(&new.label).map_err(|error| Problem::invalid_field("label", error.to_string()))?;
    let user = match &new.extension {
        Some(extension) => {
            let users = api.store().users().await?;
            let known = users.into_iter().find(|user| user.extension.as_deref() == Some(extension.trim()));
            Some(
                known
                    .ok_or_else(|| Problem::invalid_field("extension", "nobody has this extension"))?
                    .id,
            )
        }
        None => None,
    };
    let (link, token) = api
        .store()
        .add_check_link(&label, user, &who.user.name, OffsetDateTime::now_utc())
        .await?;
    let made = Made {
        id: link.id,
        url: format!("/check#{}", token.reveal()),
        expires_at: link.expires_at,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Ends a link.
#[utoipa::path(delete, path = "/check/links/{id}", tag = "check", operation_id = "end_check_link", params(("id" = u64, Path)), responses(
    (status = 204, description = "It opens nothing any more"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn remove(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    api.store().remove_check_link(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Link {
    fn of(link: CheckLink) -> Self {
        Self {
            id: link.id,
            label: link.label,
            extension: link.user.map(|(_, extension, _)| extension),
            created_at: link.created_at,
            created_by: link.created_by,
            expires_at: link.expires_at,
            used_at: link.used_at,
        }
    }
}
