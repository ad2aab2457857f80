//! PINs, with which people log on at shared phones.

use axum::extract::State;
use axum::http::StatusCode;
use model::UserId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Api;
use super::guard::SessionUser;
use super::json::{Body, Path};
use super::problem::{Problem, ProblemDocument};
use crate::store::name::Pin;

/// A PIN for oneself.
#[derive(Deserialize, ToSchema)]
pub(super) struct OwnPin {
    /// One's password.
    password: String,
    /// 4 to 12 digits, none that anybody would try first.
    #[schema(example = "4826")]
    pin: String,
}

/// A PIN for somebody.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewPin {
    /// 4 to 12 digits, none that anybody would try first.
    #[schema(example = "4826")]
    pin: String,
}

/// Chooses one's PIN.
#[utoipa::path(put, path = "/me/pin", tag = "me", operation_id = "set_pin", request_body = OwnPin, responses(
    (status = 204, description = "Set"),
    (status = 401, description = "`wrong-password`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 429, description = "`locked-out`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn set_own(
    State(api): State<Api>,
    who: SessionUser,
    sender: super::session::Sender,
    Body(new): Body<OwnPin>,
) -> Result<StatusCode, Problem> {
    let pin = parse(&new.pin)?;
    super::session::prove_password(&api, &sender, &who.user.login, &new.password).await?;
    set(&api, who.user.id, Some(&pin)).await
}

/// Gives one's PIN up: one cannot log on at shared phones any more.
#[utoipa::path(delete, path = "/me/pin", tag = "me", operation_id = "remove_pin", responses(
    (status = 204, description = "Removed"),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove_own(State(api): State<Api>, who: SessionUser) -> Result<StatusCode, Problem> {
    set(&api, who.user.id, None).await
}

/// Gives a person a PIN.
#[utoipa::path(put, path = "/users/{id}/pin", tag = "users", operation_id = "set_pin", params(("id" = u64, Path)), request_body = NewPin, responses(
    (status = 204, description = "Set"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn set_for(State(api): State<Api>, Path(id): Path<u64>, Body(new): Body<NewPin>) -> Result<StatusCode, Problem> {
    set(&api, UserId(id), Some(&parse(&new.pin)?)).await
}

/// Takes a person's PIN away.
#[utoipa::path(delete, path = "/users/{id}/pin", tag = "users", operation_id = "remove_pin", params(("id" = u64, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove_of(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    set(&api, UserId(id), None).await
}

fn parse(text: &str) -> Result<Pin, Problem> {
    Pin::parse(text).map_err(|error| Problem::invalid_field("pin", error.to_string()))
}

async fn set(api: &Api, user: UserId, pin: Option<&Pin>) -> Result<StatusCode, Problem> {
    api.store().set_pin(user, pin).await?;
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}
