//! Who runs a check: somebody who is signed in, or a guest with a link.

use std::net::IpAddr;
use std::time::Instant;

use axum::extract::{FromRequestParts, Request};
use axum::http::header::SEC_WEBSOCKET_PROTOCOL;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::Response;
use model::UserId;
use time::OffsetDateTime;

use super::super::guard::SessionUser;
use super::super::problem::Problem;
use super::super::session::Sender;
use super::super::{Api, OriginCheck};
use crate::check::Owner;
use crate::store::{Author, CheckLink, LinkToken, Via, acting};

/// The header that a guest's page shows its token in. No other site's page can set it, and nothing writes it down.
const TOKEN_HEADER: HeaderName = HeaderName::from_static("farend-check");

/// Whoever runs a check.
#[derive(Clone, Debug)]
pub(in crate::api) struct Checker(pub(super) Who);

#[derive(Clone, Debug)]
pub(super) enum Who {
    /// Somebody who is signed in.
    User(Box<SessionUser>),
    /// Whoever has this link.
    Guest(Box<CheckLink>),
}

impl Checker {
    /// Whose echoes, bytes and results these are.
    pub(super) fn owner(&self) -> Owner {
        match &self.0 {
            Who::User(user) => Owner::User(user.user.id),
            Who::Guest(link) => Owner::Link(link.id),
        }
    }

    /// Whom the results count for: person, extension and name.
    pub(super) fn counts_for(&self) -> (Option<UserId>, String, String) {
        match &self.0 {
            Who::User(user) => (
                Some(user.user.id),
                user.user.extension.clone().unwrap_or_default(),
                user.user.name.clone(),
            ),
            Who::Guest(link) => match &link.user {
                Some((user, extension, name)) => (Some(*user), extension.clone(), name.clone()),
                None => (None, String::new(), link.label.clone()),
            },
        }
    }

    fn author(&self) -> Author {
        match &self.0 {
            Who::User(user) => user.author(),
            Who::Guest(link) => Author {
                user: None,
                name: format!("guest: {}", link.label),
                via: Via::App,
                at: OffsetDateTime::now_utc(),
            },
        }
    }
}

/// Lets nobody through who neither is signed in nor has a link. What is changed inside is their doing.
pub(super) async fn checker(who: Checker, request: Request, next: Next) -> Response {
    acting(who.author(), next.run(request)).await
}

impl FromRequestParts<Api> for Checker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        // The guard has asked the database already; the handler behind it need not again.
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let who = match presented(&parts.headers) {
            // A guest is nobody else, also in a browser in which somebody is signed in.
            Some(text) => {
                let sender = Sender::from_request_parts(parts, api).await?;
                if api.origin(parts) == OriginCheck::Foreign {
                    return Err(Problem::foreign_origin());
                }
                Who::Guest(Box::new(guest(api, &text, sender.address()).await?))
            }
            None => Who::User(Box::new(SessionUser::from_request_parts(parts, api).await?)),
        };
        let who = Self(who);
        parts.extensions.insert(who.clone());
        Ok(who)
    }
}

/// The token that a request shows: in its own header, or, since a WebSocket of a browser cannot have that, as its subprotocol.
pub(super) fn presented(headers: &HeaderMap) -> Option<String> {
    if let Some(header) = headers.get(TOKEN_HEADER) {
        return Some(header.to_str().unwrap_or_default().trim().to_owned());
    }
    let protocols = headers.get(SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    Some(protocols.split(',').next().unwrap_or_default().trim().to_owned())
}

async fn guest(api: &Api, text: &str, address: IpAddr) -> Result<CheckLink, Problem> {
    let now = Instant::now();
    // Before the database is asked: tokens cannot be guessed, but guessing would keep it busy.
    api.paces().may_guess(address, now).map_err(Problem::too_soon)?;
    let link = match LinkToken::presented(text) {
        Some(token) => api.store().check_link(&token, OffsetDateTime::now_utc()).await?,
        None => None,
    };
    link.ok_or_else(|| {
        api.paces().guessed(address, now);
        Problem::no_such_link()
    })
}
