//! Responses.

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
