//! Credentials for TURN, by which a browser reaches our media where nothing but the one port is open.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;

use super::Api;
use super::guard::SessionUser;
use super::problem::{Problem, ProblemDocument};

/// So long a credential works: a working day. Calls by TURN end with it.
const LIFETIME: Duration = Duration::hours(8);

/// A credential for TURN at this server's address and port, over TLS or TCP.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RelayCredential {
    #[schema(example = "1800000000:7")]
    username: String,
    credential: String,
    lifetime_s: u64,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// STUN servers of the company, as URLs: what they see of a browser opens the office's router for it.
    #[schema(example = json!(["stun:stun.example.com:3478"]))]
    stun: Vec<String>,
}

/// A new credential for oneself. It proves nothing but the right to be relayed to this server's media.
#[utoipa::path(get, path = "/me/relay", tag = "me", operation_id = "relay", responses(
    (status = 200, description = "For `RTCPeerConnection`'s `iceServers`", body = RelayCredential),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show(State(api): State<Api>, who: SessionUser) -> Result<Json<RelayCredential>, Problem> {
    // The credential knows whole seconds.
    let expires_at = (OffsetDateTime::now_utc() + LIFETIME).truncate_to_second();
    let user = who.user.id.0.to_string();
    let issued = api.0.parts.relay.issue(&user, expires_at.unix_timestamp().unsigned_abs());
    let issued = issued.expect("the digits of a number are a name that is short enough");
    Ok(Json(RelayCredential {
        username: issued.username,
        credential: issued.password,
        lifetime_s: LIFETIME.whole_seconds().unsigned_abs(),
        expires_at,
        stun: api.0.parts.web.load().stun.clone(),
    }))
}
