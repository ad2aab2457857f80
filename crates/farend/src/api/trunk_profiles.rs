//! What is known about providers.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::problem::{Problem, ProblemDocument};
use crate::profiles::{self, Profile};

/// Providers.
#[derive(Serialize, ToSchema)]
pub(super) struct TrunkProfiles {
    profiles: Vec<Profile>,
    /// What is wrong with own profiles in the data folder: with file, line, key and remedy.
    mistakes: Vec<String>,
}

/// What is known about providers; null is unknown.
#[utoipa::path(get, path = "/trunk-profiles", tag = "profiles", responses(
    (status = 200, description = "Providers, by the names of their files", body = TrunkProfiles),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<TrunkProfiles>, Problem> {
    let folder = api.0.parts.profile_dir.clone();
    let read = tokio::task::spawn_blocking(move || profiles::read(&folder)).await;
    let read = read.map_err(|_| Problem::busy())?;
    Ok(Json(TrunkProfiles {
        profiles: read.profiles.into_values().collect(),
        mistakes: read.mistakes,
    }))
}
