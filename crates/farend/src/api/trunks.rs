//! Trunks, and how their lines are now.

mod body;
mod stun;
pub(super) mod test;
pub(super) mod tested;
mod view;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::TrunkId;
use serde::Serialize;
use utoipa::ToSchema;

use self::body::{ChangedTrunk, NewTrunk};
use self::view::Trunk;
use super::Api;
use super::json::{Body, Path};
use super::problem::{Problem, ProblemDocument};

/// All trunks.
#[derive(Serialize, ToSchema)]
pub(super) struct Trunks {
    trunks: Vec<Trunk>,
}

/// All trunks, with the state of their lines.
#[utoipa::path(get, path = "/trunks", tag = "trunks", responses(
    (status = 200, description = "All trunks; passwords are never told", body = Trunks),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<Trunks>, Problem> {
    let (picture, network) = (api.live().picture(), api.0.parts.network.picture());
    let trunks = api.store().trunks().await?;
    Ok(Json(Trunks {
        trunks: trunks.into_iter().map(|trunk| Trunk::of(trunk, &picture, &network)).collect(),
    }))
}

/// One trunk.
#[utoipa::path(get, path = "/trunks/{id}", tag = "trunks", params(("id" = u64, Path)), responses(
    (status = 200, description = "The trunk; passwords are never told", body = Trunk),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show(State(api): State<Api>, Path(id): Path<u64>) -> Result<Json<Trunk>, Problem> {
    view(&api, TrunkId(id)).await
}

/// Adds a trunk; its lines go up at once.
#[utoipa::path(post, path = "/trunks", tag = "trunks", request_body = NewTrunk, responses(
    (status = 201, description = "Added", body = Trunk),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`taken`, `too-many`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn add(State(api): State<Api>, Body(new): Body<NewTrunk>) -> Result<(StatusCode, Json<Trunk>), Problem> {
    let added = api.store().add_trunk(&new.parse()?).await?;
    api.directory_changed().await?;
    Ok((StatusCode::CREATED, view(&api, added).await?))
}

/// Changes a trunk. Accounts, where given, replace all of before; one without a password keeps that of the account with its user.
#[utoipa::path(patch, path = "/trunks/{id}", tag = "trunks", params(("id" = u64, Path)), request_body = ChangedTrunk, responses(
    (status = 200, description = "Changed", body = Trunk),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`taken`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change(State(api): State<Api>, Path(id): Path<u64>, Body(changed): Body<ChangedTrunk>) -> Result<Json<Trunk>, Problem> {
    let before = api.store().trunk(TrunkId(id)).await?;
    api.store().change_trunk(&changed.parse(before)?).await?;
    api.directory_changed().await?;
    view(&api, TrunkId(id)).await
}

/// Removes a trunk with the numbers that are only reached by it; routes lose it.
#[utoipa::path(delete, path = "/trunks/{id}", tag = "trunks", params(("id" = u64, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    api.store().remove_trunk(TrunkId(id)).await?;
    api.live().tests().forget(TrunkId(id));
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn view(api: &Api, id: TrunkId) -> Result<Json<Trunk>, Problem> {
    let trunk = api.store().trunk(id).await?;
    let network = api.0.parts.network.picture();
    Ok(Json(Trunk::of(trunk, &api.live().picture(), &network)))
}
