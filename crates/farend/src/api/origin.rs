//! Whose page a browser's request comes from.

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;

use super::Api;

/// What the Origin header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginCheck {
    /// Not sent: no browser, or a plain navigation.
    Absent,
    /// Our own page, or one that the configuration allows.
    Ours,
    /// Somebody else's page.
    Foreign,
}

impl Api {
    /// Judges a request's Origin (RFC 6454) against its own host and `[web] allowed_origins`.
    #[must_use]
    pub fn origin(&self, request: &Parts) -> OriginCheck {
        let Some(origin) = request.headers.get(ORIGIN) else {
            return OriginCheck::Absent;
        };
        let Ok(origin) = origin.to_str() else {
            return OriginCheck::Foreign;
        };
        let host = request.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.or_else(|| request.uri.authority().map(|authority| authority.as_str()));
        let own = host.is_some_and(|host| origin.strip_prefix("https://").is_some_and(|page| page.eq_ignore_ascii_case(host)));
        if own
            || self
                .0
                .parts
                .web
                .load()
                .allowed_origins
                .iter()
                .any(|allowed| allowed.eq_ignore_ascii_case(origin))
        {
            OriginCheck::Ours
        } else {
            OriginCheck::Foreign
        }
    }
}
