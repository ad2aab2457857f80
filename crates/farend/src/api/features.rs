//! Star codes: what is dialled for which feature.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use switchboard::directory;
use utoipa::ToSchema;

use super::Api;
use super::json::{Body, Path};
use super::problem::{Problem, ProblemDocument};
use crate::store::name::FeatureCode;

/// All features, in the order in which people read about them.
#[derive(Serialize, ToSchema)]
pub(super) struct Features {
    features: Vec<Feature>,
}

/// What is dialled for a feature.
#[derive(Serialize, ToSchema)]
pub(super) struct Feature {
    /// Such as `call_back`.
    name: &'static str,
    /// What is dialled.
    #[schema(example = "*37")]
    code: String,
    /// What is dialled unless an administrator has decided otherwise.
    usual_code: &'static str,
    takes: Takes,
}

/// What may be dialled behind a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FeatureTakes)]
enum Takes {
    Nothing,
    /// An extension, a number or a digit; or nothing.
    Maybe,
    /// An extension.
    Extension,
}

/// Another code.
#[derive(Deserialize, ToSchema)]
pub(super) struct ChangedFeature {
    /// 2 to 10 of the digits, * and #. Where something may be dialled behind it, it begins with * or #.
    #[schema(example = "*99")]
    code: String,
}

/// What is dialled for which feature.
#[utoipa::path(get, path = "/features", tag = "features", responses(
    (status = 200, description = "All features", body = Features),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<Features>, Problem> {
    let features = api.store().features().await?;
    Ok(Json(Features {
        features: features.into_iter().map(|(code, feature)| Feature::of(feature, code)).collect(),
    }))
}

/// Gives a feature another code.
#[utoipa::path(put, path = "/features/{name}", tag = "features", params(("name" = String, Path)), request_body = ChangedFeature, responses(
    (status = 200, description = "Changed", body = Feature),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`taken`: by another code, by somebody's number, by an emergency number", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change(
    State(api): State<Api>,
    Path(name): Path<String>,
    Body(changed): Body<ChangedFeature>,
) -> Result<Json<Feature>, Problem> {
    let feature = named(&name)?;
    let code = FeatureCode::parse(&changed.code).map_err(|error| Problem::invalid_field("code", error.to_string()))?;
    api.store().set_feature_code(feature, Some(&code)).await?;
    api.directory_changed().await?;
    Ok(Json(Feature::of(feature, code.as_str().to_owned())))
}

/// Gives a feature its usual code again.
#[utoipa::path(delete, path = "/features/{name}", tag = "features", params(("name" = String, Path)), responses(
    (status = 204, description = "The usual code is dialled"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`taken`: something else has the usual code meanwhile", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn reset(State(api): State<Api>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    api.store().set_feature_code(named(&name)?, None).await?;
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn named(name: &str) -> Result<directory::Feature, Problem> {
    let found = directory::Feature::ALL.into_iter().find(|feature| feature.name() == name);
    found.ok_or_else(|| Problem::not_found("feature"))
}

impl Feature {
    fn of(feature: directory::Feature, code: String) -> Self {
        let takes = match feature.takes() {
            directory::Takes::Nothing => Takes::Nothing,
            directory::Takes::Maybe => Takes::Maybe,
            directory::Takes::Extension => Takes::Extension,
        };
        Self {
            name: feature.name(),
            code,
            usual_code: feature.usual_code(),
            takes,
        }
    }
}
