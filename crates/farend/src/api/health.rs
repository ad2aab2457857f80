//! Whether the server serves.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;

/// How the server is.
#[derive(Serialize, ToSchema)]
pub(super) struct HealthReport {
    status: Status,
    version: &'static str,
    /// Whether calls are being written to the journal; they are kept in memory while they cannot be.
    journal: Status,
}

#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// All is well.
    Ok,
    /// Running calls go on, new ones are refused: the server is about to stop.
    Draining,
    /// It does not work just now.
    Failing,
}

/// 200 when serving, 503 when about to stop or when no call can be made.
#[utoipa::path(get, path = "/healthz", tag = "server", operation_id = "health", security(()), responses(
    (status = 200, description = "Serving", body = HealthReport),
    (status = 503, description = "About to stop, or calls cannot be made", body = HealthReport),
))]
pub(super) async fn show(State(api): State<Api>) -> (StatusCode, Json<HealthReport>) {
    let (code, status) = if api.live().is_failing() {
        (StatusCode::SERVICE_UNAVAILABLE, Status::Failing)
    } else if api.live().is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, Status::Draining)
    } else {
        (StatusCode::OK, Status::Ok)
    };
    let journal = if api.metrics().journal_works() {
        Status::Ok
    } else {
        Status::Failing
    };
    (
        code,
        Json(HealthReport {
            status,
            version: env!("CARGO_PKG_VERSION"),
            journal,
        }),
    )
}
