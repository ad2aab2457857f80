//! Responses.

use std::net::SocketAddr;
use std::time::Duration;

use super::explanation;
use super::fields::{Fields, common_accessors};

/// A response, as far as a switchboard looks into it.
#[derive(Clone, Debug)]
pub struct Response {
    inner: sipx_sip::Response,
}

impl Response {
    /// Around the library's response.
    pub(crate) fn new(inner: sipx_sip::Response) -> Self {
        Self { inner }
    }

    /// 100 to 699.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.inner.status.code()
    }

    /// The reason phrase.
    #[must_use]
    pub fn reason(&self) -> &str {
        std::str::from_utf8(&self.inner.reason).unwrap_or_default()
    }

    /// `Retry-After`, at most a day (RFC 3261 section 20.33).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        explanation::retry_after(self.header("Retry-After")?)
    }

    /// What the peer says for people to read: the text of the first `Warning` (RFC 3261 section 20.43), else of the first `Reason` that has one
    /// (RFC 3326). Without control characters, and cut after 200 characters.
    #[must_use]
    pub fn explanation(&self) -> Option<String> {
        explanation::text(self.list("Warning"), self.list("Reason"))
    }

    /// Where the peer saw our request come from (RFC 3581 section 4).
    pub(crate) fn seen_as(&self) -> Option<SocketAddr> {
        self.top_via()?.seen_as()
    }

    /// The library's response, for its transactions.
    pub(crate) fn inner(&self) -> &sipx_sip::Response {
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
impl Response {
    common_accessors!();
}
