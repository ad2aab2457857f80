//! What becomes of calls to somebody before any phone rings, and when none is answered: forwards, do not disturb, calls without a number.

mod body;
pub(super) mod simulate;

use axum::Json;
use axum::extract::State;
use model::UserId;

use super::Api;
use super::guard::SessionUser;
use super::json::{Body, Path};
use super::problem::{Problem, ProblemDocument};
use crate::store::StoreError;

use self::body::Reaching;

/// What becomes of calls to oneself.
#[utoipa::path(get, path = "/me/reaching", tag = "me", operation_id = "reaching", responses(
    (status = 200, description = "Forwards, do not disturb, calls without a number", body = Reaching),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show_own(State(api): State<Api>, who: SessionUser) -> Result<Json<Reaching>, Problem> {
    show(&api, who.user.id).await
}

/// Decides it.
#[utoipa::path(put, path = "/me/reaching", tag = "me", operation_id = "change_reaching", request_body = Reaching, responses(
    (status = 200, description = "Changed", body = Reaching),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change_own(State(api): State<Api>, who: SessionUser, Body(changed): Body<Reaching>) -> Result<Json<Reaching>, Problem> {
    change(&api, who.user.id, changed).await
}

/// What becomes of calls to a person.
#[utoipa::path(get, path = "/users/{id}/reaching", tag = "users", operation_id = "reaching", params(("id" = u64, Path)), responses(
    (status = 200, description = "Forwards, do not disturb, calls without a number", body = Reaching),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show_of(State(api): State<Api>, Path(id): Path<u64>) -> Result<Json<Reaching>, Problem> {
    show(&api, UserId(id)).await
}

/// Decides what becomes of calls to a person.
#[utoipa::path(put, path = "/users/{id}/reaching", tag = "users", operation_id = "change_reaching", params(("id" = u64, Path)),
    request_body = Reaching, responses(
    (status = 200, description = "Changed", body = Reaching),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change_of(
    State(api): State<Api>,
    Path(id): Path<u64>,
    Body(changed): Body<Reaching>,
) -> Result<Json<Reaching>, Problem> {
    change(&api, UserId(id), changed).await
}

async fn show(api: &Api, user: UserId) -> Result<Json<Reaching>, Problem> {
    Ok(Json(Reaching::of(api.store().reaching(user).await?)))
}

async fn change(api: &Api, user: UserId, changed: Reaching) -> Result<Json<Reaching>, Problem> {
    let reaching = changed.parse(&api.store().directory().await?)?;
    api.store().set_reaching(user, &reaching).await.map_err(|error| match error {
        StoreError::NotFound("time profile") => Problem::invalid_field("forwards", "there is no such time profile"),
        other => other.into(),
    })?;
    api.directory_changed().await?;
    Ok(Json(Reaching::of(reaching)))
}
