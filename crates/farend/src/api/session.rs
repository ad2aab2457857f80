//! Signing in and out.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Instant;

use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::guard::{COOKIE_NAME, SessionUser, cookie_token};
use super::json::Body;
use super::me::Me;
use super::metrics::SignIn;
use super::problem::{Problem, ProblemDocument};
use super::throttle::Account;
use super::{Api, OriginCheck};
use crate::store::{Begun, Session, Token, User, Via};

/// Who wants in.
#[derive(Deserialize, ToSchema)]
pub(super) struct Credentials {
    /// Extension or login name.
    #[schema(example = "101")]
    name: String,
    password: String,
}

/// A session that has begun.
#[derive(Serialize, ToSchema)]
pub(super) struct NewSession {
    /// For the `Authorization: Bearer` header of programs; browsers get a cookie.
    token: String,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    user: Me,
}

/// The session in force.
#[derive(Serialize, ToSchema)]
pub(super) struct CurrentSession {
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    user: Me,
}

/// Where a request comes from and whose page sent it.
pub(super) struct Sender {
    address: IpAddr,
    origin: OriginCheck,
}

impl FromRequestParts<Api> for Sender {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // Without a connection (in-process tests) everybody is the same stranger.
        let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        Ok(Self {
            address,
            origin: api.origin(parts),
        })
    }
}

impl Sender {
    /// Where the request comes from.
    pub(super) fn address(&self) -> IpAddr {
        self.address
    }
}

/// Signs in: a token for programs, and a cookie for browsers.
#[utoipa::path(post, path = "/session", tag = "session", security(()), request_body = Credentials, responses(
    (status = 200, description = "Signed in. The cookie farend_session is set.", body = NewSession),
    (status = 401, description = "`wrong-password`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 429, description = "`locked-out`; Retry-After says for how many seconds", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn sign_in(State(api): State<Api>, sender: Sender, Body(credentials): Body<Credentials>) -> Result<Response, Problem> {
    if sender.origin == OriginCheck::Foreign {
        return Err(Problem::foreign_origin());
    }
    let user = prove_password(&api, &sender, credentials.name.trim(), &credentials.password).await?;
    let Begun {
        token,
        expires_at,
        gave_way,
    } = api.store().begin_session(user.id, OffsetDateTime::now_utc()).await?;
    for session in gave_way {
        api.live().session_ended(session);
    }
    let who = api
        .session_user(
            Session {
                key: token.key(),
                user,
                expires_at,
            },
            Via::App,
        )
        .await?;
    let user = Me::of(&api, &who).await?;
    let cookie = set_cookie(&token, expires_at - OffsetDateTime::now_utc())?;
    let body = NewSession {
        token: token.reveal().to_owned(),
        expires_at,
        user,
    };
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Json(body)).into_response())
}

/// Whose name and password these are. Wrong ones are counted, and too many of them refused without looking.
pub(super) async fn prove_password(api: &Api, sender: &Sender, name: &str, password: &str) -> Result<User, Problem> {
    let known = api.store().user_named(name).await?;
    let account = known.map_or_else(|| Account::unknown(name), |user| Account::Known(user.id));
    // Before the password is looked at: whoever goes away in the middle has paid, and so have many who come at once.
    let charged = api.throttle(|throttle| throttle.charge(account, sender.address, Instant::now()));
    let charge = charged.map_err(|wait| {
        api.metrics().signed_in(SignIn::LockedOut);
        Problem::locked_out(wait)
    })?;
    match api.store().sign_in(name, password).await {
        Ok(Some(user)) => {
            api.throttle(|throttle| throttle.succeeded(charge, Instant::now()));
            api.metrics().signed_in(SignIn::Accepted);
            Ok(user)
        }
        Ok(None) => {
            api.metrics().signed_in(SignIn::WrongPassword);
            tracing::debug!(address = %sender.address, "wrong password");
            Err(Problem::wrong_password())
        }
        Err(error) => {
            api.throttle(|throttle| throttle.refund(&charge));
            Err(error.into())
        }
    }
}

/// Who is signed in. A session in use lasts longer, and the cookie is told so.
#[utoipa::path(get, path = "/session", tag = "session", responses(
    (status = 200, description = "The session in force", body = CurrentSession),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show(State(api): State<Api>, who: SessionUser, headers: HeaderMap) -> Result<Response, Problem> {
    let lifetime = who.expires_at - OffsetDateTime::now_utc();
    let cookie = cookie_token(&headers).map(|token| set_cookie(&token, lifetime)).transpose()?;
    let body = CurrentSession {
        expires_at: who.expires_at,
        user: Me::of(&api, &who).await?,
    };
    Ok((cookie.map(|cookie| AppendHeaders([(SET_COOKIE, cookie)])), Json(body)).into_response())
}

/// Signs out. Not an error when nobody is signed in.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204, description = "Signed out")))]
pub(super) async fn sign_out(State(api): State<Api>, who: Option<SessionUser>) -> Result<Response, Problem> {
    if let Some(who) = who {
        api.store().end_session(&who.session).await?;
        api.live().session_ended(who.session);
    }
    let cookie = format!("{COOKIE_NAME}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict");
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, cookie)])).into_response())
}

fn set_cookie(token: &Token, lifetime: time::Duration) -> Result<HeaderValue, Problem> {
    let attributes = format!(
        "Path=/; Max-Age={}; HttpOnly; Secure; SameSite=Strict",
        lifetime.whole_seconds().max(0)
    );
    let mut cookie = HeaderValue::try_from(format!("{COOKIE_NAME}={}; {attributes}", token.reveal())).map_err(|_| Problem::busy())?;
    cookie.set_sensitive(true);
    Ok(cookie)
}
