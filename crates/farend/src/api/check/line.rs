//! How fast the line is: bytes that mean nothing, there and back, and a WebSocket that says again what it is told.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use rand::rngs::StdRng;
use rand::{RngCore as _, SeedableRng as _};
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};
use utoipa::ToSchema;

use super::super::Api;
use super::super::json::UrlQuery;
use super::super::problem::{Problem, ProblemDocument};
use super::guest::{Checker, presented};
use super::pace::Seat;
use crate::portal::limits::Permit;

/// Bytes at once: a megabyte.
pub(in crate::api) const BYTES_MAX: usize = 1024 * 1024;
/// Bytes of a message that is said again.
const MESSAGE_BYTES_MAX: usize = 256;
/// One is said again this often at most.
const ECHO_EVERY_MIN: Duration = Duration::from_secs(1);
/// How long such a WebSocket lasts at most.
const SOCKET_TIME_MAX: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
pub(in crate::api) struct Size {
    /// How many, at most 1,048,576.
    size: usize,
}

/// What has arrived.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckBytes)]
pub(in crate::api) struct Taken {
    bytes: usize,
}

/// So many bytes that nothing can compress.
#[utoipa::path(get, path = "/check/bytes", tag = "check", operation_id = "check_download", params(
    ("size" = usize, Query, description = "How many, at most 1,048,576"),
), responses(
    (status = 200, description = "Bytes that mean nothing", body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 400, description = "`invalid`: too many", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 401, description = "`not-signed-in`, `no-such-link`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 429, description = "`too-soon`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn send(
    State(api): State<Api>,
    who: Checker,
    UrlQuery(Size { size }): UrlQuery<Size>,
) -> Result<Response, Problem> {
    if size > BYTES_MAX {
        return Err(Problem::invalid(format!("The query cannot be used: size is {BYTES_MAX} at most.")));
    }
    api.paces().bytes(who.owner(), Instant::now())?;
    let mut bytes = vec![0; size];
    // Nothing secret: only such that no router can make it smaller.
    StdRng::from_rng(&mut rand::rng()).fill_bytes(&mut bytes);
    Ok(([(CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

/// Takes bytes, and tells how many have arrived.
#[utoipa::path(post, path = "/check/bytes", tag = "check", operation_id = "check_upload",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses(
    (status = 200, description = "All are here", body = Taken),
    (status = 401, description = "`not-signed-in`, `no-such-link`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 413, description = "`too-large`: a megabyte at most", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 429, description = "`too-soon`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn take(
    State(api): State<Api>,
    who: Checker,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Taken>, Problem> {
    api.paces().bytes(who.owner(), Instant::now())?;
    let body = body.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(failed) if failed.status() == StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(BYTES_MAX),
        other => Problem::invalid(format!("The body cannot be read: {}.", other.body_text())),
    })?;
    Ok(Json(Taken { bytes: body.len() }))
}

/// WebSocket that says again what it is told, one short message a second at most. A guest shows the token as subprotocol.
#[utoipa::path(get, path = "/check/ws", tag = "check", operation_id = "check_websocket", responses(
    (status = 101, description = "Messages come back"),
    (status = 401, description = "`not-signed-in`, `no-such-link`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "`foreign-origin`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "`busy`: two at a time", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn socket(
    State(api): State<Api>,
    who: Checker,
    permit: Option<Extension<Arc<Permit>>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    let seat = Seat::take(&api, who.owner()).ok_or_else(Problem::busy)?;
    let upgrade = upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX);
    // A browser gives up when none of its subprotocols is chosen.
    let upgrade = match presented(&headers) {
        Some(protocol) => upgrade.protocols([protocol]),
        None => upgrade,
    };
    Ok(upgrade.on_upgrade(move |socket| async move {
        // Whatever ends it, there is nobody left to tell.
        let _ended = timeout(SOCKET_TIME_MAX, say_again(socket)).await;
        drop((seat, permit));
    }))
}

async fn say_again(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        match message {
            Message::Text(_) | Message::Binary(_) => {
                if socket.send(message).await.is_err() {
                    return;
                }
                sleep(ECHO_EVERY_MIN).await;
            }
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Close(_) => return,
        }
    }
}
