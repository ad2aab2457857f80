//! Oneself.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::guard::SessionUser;
use super::json::Body;
use super::problem::{Problem, ProblemDocument};
use super::recordings::Hears;
use super::types::Role;
use crate::store::name::Password;
use crate::store::{Feature, REALM};

/// Whoever is signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Me {
    id: u64,
    login: String,
    name: String,
    /// The number; null for people without a phone.
    #[schema(required)]
    extension: Option<String>,
    role: Role,
    /// The browser phone; null for people without one.
    #[schema(required)]
    phone: Option<Phone>,
    /// Whether one may record one's calls.
    may_record: bool,
    /// Which recordings one may hear.
    hears_recordings: Hears,
    server: Server,
    sip_server: SipServer,
}

/// What the app needs to telephone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Phone {
    device_id: u64,
    /// User part of its SIP address.
    #[schema(example = "101-web")]
    sip_user: String,
    /// Host part of SIP addresses, and the registrar.
    realm: &'static str,
    /// WebSocket of subprotocol `sip` (RFC 7118).
    websocket_path: &'static str,
}

/// Where desk phones register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SipServer {
    /// `public.host` of the configuration, else our own address in the network.
    #[schema(example = "192.0.2.10")]
    pub host: String,
    /// SIP over UDP and TCP.
    #[schema(example = 5060)]
    pub port: u16,
    /// SIP over TLS.
    #[schema(example = 5061)]
    pub tls_port: u16,
}

/// About this server.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Server {
    version: &'static str,
    /// Number that plays back what one says.
    #[schema(example = "*43", required)]
    echo_test: Option<String>,
    /// Number that plays music on hold.
    #[schema(example = "*44", required)]
    music: Option<String>,
    /// Number that logs on at a shared phone, or off.
    #[schema(example = "*9419", required)]
    desk_share: Option<String>,
    /// Number that takes one's running call to the phone that dials it.
    #[schema(example = "*11", required)]
    take_call: Option<String>,
    /// Number that one's running call is transferred to, so that one's other phones ring.
    #[schema(example = "*12", required)]
    send_call: Option<String>,
}

/// A new password for oneself.
#[derive(Deserialize, ToSchema)]
pub(super) struct PasswordChange {
    current: String,
    /// 8 characters at least.
    new: String,
}

impl Me {
    pub(super) async fn of(api: &Api, who: &SessionUser) -> Result<Self, Problem> {
        let phone = match who.browser {
            Some(device) => Some(Phone {
                device_id: device.0,
                sip_user: api.store().device(device).await?.sip_user,
                realm: REALM,
                websocket_path: "/sip",
            }),
            None => None,
        };
        let features = api.store().features().await?;
        let code = |wanted| {
            features
                .iter()
                .find(|(_, feature)| *feature == wanted)
                .map(|(code, _)| code.clone())
        };
        let recording = api.store().recording_permission(who.user.id).await?;
        Ok(Self {
            id: who.user.id.0,
            login: who.user.login.clone(),
            name: who.user.name.clone(),
            extension: who.user.extension.clone(),
            role: who.user.role.into(),
            phone,
            may_record: recording.may_record,
            hears_recordings: recording.hears.into(),
            server: Server {
                version: env!("CARGO_PKG_VERSION"),
                echo_test: code(Feature::EchoTest),
                music: code(Feature::Music),
                desk_share: code(Feature::DeskShare),
                take_call: code(Feature::TakeCall),
                send_call: code(Feature::SendCall),
            },
            sip_server: api.0.parts.sip_server.clone(),
        })
    }
}

/// Oneself.
#[utoipa::path(get, path = "/me", tag = "me", responses(
    (status = 200, description = "Whoever is signed in", body = Me),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show(State(api): State<Api>, who: SessionUser) -> Result<Json<Me>, Problem> {
    Ok(Json(Me::of(&api, &who).await?))
}

/// Changes one's own password, and ends all one's other sessions.
#[utoipa::path(put, path = "/me/password", tag = "me", request_body = PasswordChange, responses(
    (status = 204, description = "Changed"),
    (status = 401, description = "`wrong-password`: the current one is wrong", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`: the new one is too short", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 429, description = "`locked-out`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change_password(
    State(api): State<Api>,
    who: SessionUser,
    sender: super::session::Sender,
    Body(change): Body<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let new = Password::parse(&change.new).map_err(|error| Problem::invalid_field("new", error.to_string()))?;
    super::session::prove_password(&api, &sender, &who.user.login, &change.current).await?;
    api.store().change_password(who.user.id, &new, &who.session).await?;
    api.live().sessions_ended(who.user.id, Some(who.session));
    Ok(StatusCode::NO_CONTENT)
}
