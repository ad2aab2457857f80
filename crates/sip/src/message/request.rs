//! Requests.

use bytes::Bytes;

use super::fields::{Fields, common_accessors};
use super::uri::UriParts;

/// A request, as far as a switchboard looks into it.
#[derive(Clone, Debug)]
pub struct Request {
    inner: sipx_sip::Request,
    /// The Request-URI as written: the library keeps it parsed only.
    uri: Bytes,
    size: usize,
}

impl Request {
    /// Around the library's request, with the Request-URI as written. `size`: of the whole message, where it came from outside.
    pub(super) fn new(inner: sipx_sip::Request, uri: Bytes, size: usize) -> Self {
        Self { inner, uri, size }
    }

    /// What it takes in memory, in bytes; 0 for one of ours.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// The method, e.g. `INVITE`.
    #[must_use]
    pub fn method(&self) -> &str {
        std::str::from_utf8(self.inner.method.as_bytes()).unwrap_or_default()
    }

    /// The Request-URI.
    #[must_use]
    pub fn request_uri(&self) -> &str {
        std::str::from_utf8(&self.uri).unwrap_or_default()
    }

    /// The unescaped user part of the Request-URI: what was dialled.
    #[must_use]
    pub fn request_user(&self) -> Option<String> {
        UriParts::split(self.request_uri())?
            .user_unescaped()
            .map(std::borrow::Cow::into_owned)
    }

    /// `User-Agent`.
    #[must_use]
    pub fn user_agent(&self) -> Option<&str> {
        self.header("User-Agent")
    }

    /// The host that the sender's `Via` names as its own.
    #[must_use]
    pub fn sent_by_host(&self) -> Option<&str> {
        Some(self.fields().vias().next()?.host)
    }

    /// Whether there is an `Authorization` or `Proxy-Authorization`.
    #[must_use]
    pub fn has_authorization(&self) -> bool {
        self.header("Authorization").is_some() || self.header("Proxy-Authorization").is_some()
    }

    /// `Max-Forwards`; `None` where it is absent (RFC 2543 peers).
    #[must_use]
    pub fn max_forwards(&self) -> Option<u8> {
        self.header("Max-Forwards")?.parse().ok()
    }

    /// The library's request, for its transactions.
    pub(crate) fn inner(&self) -> &sipx_sip::Request {
        &self.inner
    }

    /// The whole message.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(1024 + self.inner.body().len());
        self.inner.write_to(&mut out);
        out
    }

    pub(super) fn fields(&self) -> Fields<'_> {
        Fields {
            headers: &self.inner.headers,
            body: self.inner.body(),
        }
    }
}

// Requests and responses share the list, so that neither needs all of it.
#[allow(dead_code, clippy::wrong_self_convention, reason = "see above; and `From` is a header here")]
impl Request {
    common_accessors!();
}
