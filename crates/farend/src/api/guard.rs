//! Who asks, and whether that is enough.

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use model::{DeviceId, UserId};
use switchboard::directory::DeviceKind;
use time::OffsetDateTime;

use super::problem::Problem;
use super::{Api, OriginCheck};
use crate::portal::Endpoints;
use crate::portal::page::page;
use crate::store::{Author, Role, Session, SessionKey, Token, User, Via, acting};

/// The cookie that holds the token.
pub(super) const COOKIE_NAME: &str = "farend_session";

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionUser {
    /// The session, to recognise [`super::News::ends`].
    pub session: SessionKey,
    /// Who.
    pub user: User,
    /// This person's browser phone; `None` for people without a phone.
    pub browser: Option<DeviceId>,
    /// When the session ends unless used before.
    pub expires_at: OffsetDateTime,
    /// How they have come.
    pub via: Via,
}

impl SessionUser {
    /// Whether everything is permitted.
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        self.user.role == Role::Administrator
    }

    /// For the audit log.
    pub(super) fn author(&self) -> Author {
        Author {
            user: Some(self.user.id),
            name: self.user.name.clone(),
            via: self.via,
            at: OffsetDateTime::now_utc(),
        }
    }
}

/// How the token came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carrier {
    /// A header that only a program of ours can set.
    Bearer,
    /// A cookie, which a browser sends for other sites' pages too.
    Cookie,
}

impl Carrier {
    fn via(self) -> Via {
        match self {
            Self::Bearer => Via::Api,
            Self::Cookie => Via::App,
        }
    }
}

impl Api {
    /// Who is signed in, by bearer token or cookie. A cookie counts only when the request cannot have been forged by
    /// another site's page: for WebSockets and whatever changes something, Origin must be ours.
    ///
    /// # Errors
    /// [`Problem::foreign_origin`], or the database does not answer.
    pub async fn session_of(&self, request: &Parts) -> Result<Option<SessionUser>, Problem> {
        let Some((token, carrier)) = token(&request.headers) else {
            return Ok(None);
        };
        let forgeable = carrier == Carrier::Cookie && (changes(&request.method) || request.headers.contains_key("upgrade"));
        match self.origin(request) {
            OriginCheck::Ours => {}
            OriginCheck::Absent if !forgeable => {}
            OriginCheck::Foreign if carrier == Carrier::Bearer => {}
            OriginCheck::Absent | OriginCheck::Foreign => return Err(Problem::foreign_origin()),
        }
        let session = self.store().session(&token, OffsetDateTime::now_utc()).await?;
        match session {
            Some(session) => {
                if carrier == Carrier::Cookie {
                    self.has_come(session.user.id, request);
                }
                Ok(Some(self.session_user(session, carrier.via()).await?))
            }
            None => Ok(None),
        }
    }

    /// A person's browser is there: the doctor wants to know from where, and by which name it has found us.
    fn has_come(&self, user: UserId, request: &Parts) {
        if let (Some(endpoints), Some(page)) = (request.extensions.get::<Endpoints>(), page(request)) {
            let (peer, local) = (endpoints.peer.ip(), endpoints.local.ip());
            self.0.parts.doctor.arrived(user, peer, local, &page.host);
        }
    }

    pub(super) async fn session_user(&self, session: Session, via: Via) -> Result<SessionUser, Problem> {
        let devices = self.store().devices(Some(session.user.id)).await?;
        let browser = devices
            .iter()
            .find(|device| device.kind == DeviceKind::Browser)
            .map(|device| device.id);
        Ok(SessionUser {
            session: session.key,
            user: session.user,
            browser,
            expires_at: session.expires_at,
            via,
        })
    }
}

fn changes(method: &Method) -> bool {
    !(method == Method::GET || method == Method::HEAD || method == Method::OPTIONS)
}

fn token(headers: &HeaderMap) -> Option<(Token, Carrier)> {
    if let Some(header) = headers.get(AUTHORIZATION) {
        let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| (Token::presented(token.trim()), Carrier::Bearer));
    }
    let cookies = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut pairs = cookies
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == COOKIE_NAME)
        .map(|(_, value)| (Token::presented(value), Carrier::Cookie))
}

/// The token of a request that shows it by cookie.
pub(super) fn cookie_token(headers: &HeaderMap) -> Option<Token> {
    token(headers)
        .filter(|(_, carrier)| *carrier == Carrier::Cookie)
        .map(|(token, _)| token)
}

/// Lets nobody through who is not signed in. What is changed inside is their doing.
pub(super) async fn signed_in(who: SessionUser, request: Request, next: Next) -> Response {
    acting(who.author(), next.run(request)).await
}

/// Lets only administrators through. What is changed inside is their doing.
pub(super) async fn administrator(who: SessionUser, request: Request, next: Next) -> Result<Response, Problem> {
    if who.is_administrator() {
        Ok(acting(who.author(), next.run(request)).await)
    } else {
        Err(Problem::not_permitted())
    }
}

impl FromRequestParts<Api> for SessionUser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let found = <Self as OptionalFromRequestParts<Api>>::from_request_parts(parts, api).await?;
        found.ok_or_else(Problem::not_signed_in)
    }
}

impl OptionalFromRequestParts<Api> for SessionUser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Option<Self>, Problem> {
        // The guard has asked the database already; the handler behind it need not again.
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(Some(known.clone()));
        }
        let found = api.session_of(parts).await?;
        if let Some(found) = &found {
            parts.extensions.insert(found.clone());
        }
        Ok(found)
    }
}
