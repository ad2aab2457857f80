//! Echoes: audio there and back by one way alone, without a call.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::quality::Transport;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::Api;
use super::super::json::{Body, Path};
use super::super::problem::{Problem, ProblemDocument};
use super::Came;
use super::guest::Checker;
use crate::check::{self, Heard, NoEcho};

/// Of an offer: those of browsers have some kilobytes.
const OFFER_BYTES_MAX: usize = 32 * 1024;

/// A way that media can take to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckWay)]
pub(in crate::api) enum Way {
    /// Directly over UDP.
    Udp,
    /// ICE-TCP to the one port.
    Tcp,
    /// TURN inside TLS on the one port: the browser's policy is `relay`.
    Tls,
}

/// An echo that is wanted.
#[derive(Deserialize, ToSchema)]
#[schema(as = WantedEcho)]
pub(in crate::api) struct Wanted {
    way: Way,
    /// The browser's offer, with the candidates that it has found.
    offer: String,
}

/// An echo that begins.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckEcho)]
pub(in crate::api) struct Begun {
    id: String,
    /// Our answer, with the candidates of that way alone.
    answer: String,
}

/// What the server has received.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckEchoHeard)]
pub(in crate::api) struct EchoHeard {
    /// ICE and DTLS are done.
    is_connected: bool,
    /// The way that its media takes; null before that.
    #[schema(required)]
    way: Option<HeardWay>,
    packets: u64,
    /// Lost on the way to the server.
    lost: u64,
    jitter_ms: f32,
    /// The tone of 1 kHz has come.
    is_tone_heard: bool,
    /// So much of it.
    tone_ms: u32,
}

#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckEchoWay)]
pub(in crate::api) enum HeardWay {
    Udp,
    Tcp,
    Relay,
}

/// Begins an echo of its own, by one way alone; it ends after 15 seconds, or when the page goes.
#[utoipa::path(post, path = "/check/echo", tag = "check", operation_id = "begin_check_echo", request_body = Wanted, responses(
    (status = 201, description = "It begins", body = Begun),
    (status = 401, description = "`not-signed-in`, `no-such-link`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`: the offer cannot be answered", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 429, description = "`too-soon`: two at a time, and not too often", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "`busy`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn open(
    State(api): State<Api>,
    who: Checker,
    came: Came,
    Body(wanted): Body<Wanted>,
) -> Result<(StatusCode, Json<Begun>), Problem> {
    if wanted.offer.len() > OFFER_BYTES_MAX {
        return Err(Problem::invalid_field("offer", "this is longer than any offer"));
    }
    api.paces().echo(who.owner(), Instant::now())?;
    let opened = api
        .checks()
        .echoes
        .open(who.owner(), wanted.way.into(), wanted.offer, came.reached())
        .await;
    let (id, answer) = opened.map_err(|why| match why {
        NoEcho::TooMany => Problem::too_soon(check::ECHO_MAX),
        NoEcho::Full => Problem::busy(),
        NoEcho::Refused => Problem::invalid_field("offer", "it has no audio that this server could answer"),
    })?;
    let begun = Begun {
        id: id.to_string(),
        answer,
    };
    Ok((StatusCode::CREATED, Json(begun)))
}

/// What the server has received on an echo, until a minute after its end.
#[utoipa::path(get, path = "/check/echo/{id}", tag = "check", operation_id = "check_echo", params(("id" = u64, Path)), responses(
    (status = 200, description = "So far", body = EchoHeard),
    (status = 401, description = "`not-signed-in`, `no-such-link`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn look(State(api): State<Api>, who: Checker, Path(id): Path<u64>) -> Result<Json<EchoHeard>, Problem> {
    let heard = api.checks().echoes.look(who.owner(), id).await;
    heard.map(|heard| Json(heard.into())).ok_or_else(|| Problem::not_found("echo"))
}

/// Ends an echo.
#[utoipa::path(delete, path = "/check/echo/{id}", tag = "check", operation_id = "end_check_echo", params(("id" = u64, Path)), responses(
    (status = 200, description = "What was received on it", body = EchoHeard),
    (status = 401, description = "`not-signed-in`, `no-such-link`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(in crate::api) async fn close(State(api): State<Api>, who: Checker, Path(id): Path<u64>) -> Result<Json<EchoHeard>, Problem> {
    let heard = api.checks().echoes.close(who.owner(), id).await;
    heard.map(|heard| Json(heard.into())).ok_or_else(|| Problem::not_found("echo"))
}

impl From<Way> for check::Way {
    fn from(way: Way) -> Self {
        match way {
            Way::Udp => Self::Udp,
            Way::Tcp => Self::Tcp,
            Way::Tls => Self::Tls,
        }
    }
}

impl From<Heard> for EchoHeard {
    fn from(heard: Heard) -> Self {
        let way = match heard.transport {
            Transport::None | Transport::Rtp => None,
            Transport::Udp => Some(HeardWay::Udp),
            Transport::Tcp => Some(HeardWay::Tcp),
            Transport::Relay => Some(HeardWay::Relay),
        };
        Self {
            is_connected: heard.is_connected,
            way,
            packets: heard.packets,
            lost: heard.lost,
            jitter_ms: heard.jitter_ms,
            is_tone_heard: heard.is_tone_heard(),
            tone_ms: heard.tone_ms,
        }
    }
}
