//! Requests that cannot be used, but answered.

use std::net::SocketAddr;

use bytes::Bytes;
use sipx_sip::{Header, HeaderName, Headers};

use super::build::ResponseBuilder;
use super::repair::header_lines;

/// `Via`s that a refusal carries back at most.
const VIAS_MAX: usize = 32;

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum Fault {
    /// The request line is not method, URI, version.
    #[error("Malformed Request-Line")]
    RequestLine,
    /// The Request-URI is no URI.
    #[error("Malformed Request-URI")]
    RequestUri,
    /// The Request-URI carries headers.
    #[error("Headers in Request-URI")]
    RequestUriHeaders,
    /// Neither `sip`, `sips` nor `tel`.
    #[error("Unsupported URI Scheme")]
    UriScheme,
    /// Not `SIP/2.0`.
    #[error("Version Not Supported")]
    Version,
    /// A line is no header.
    #[error("Malformed Header Line")]
    HeaderLine,
    /// A header that every request needs is absent.
    #[error("Missing {0} Header")]
    Missing(&'static str),
    /// A header cannot be read.
    #[error("Malformed {0} Header")]
    Malformed(&'static str),
    /// A header that may stand once stands several times.
    #[error("Repeated {0} Header")]
    Repeated(&'static str),
    /// `CSeq` names another method than the request line.
    #[error("CSeq Method Does Not Match")]
    CSeqMethod,
    /// The body is shorter than `Content-Length` says.
    #[error("Body Shorter Than Content-Length")]
    BodyTruncated,
    /// The message ends within a header line.
    #[error("Message Ends Within Its Head")]
    HeadTruncated,
    /// The body is larger than we take.
    #[error("Request Entity Too Large")]
    BodyTooLarge,
    /// The message, its number of headers or one of them is larger than we take.
    #[error("Message Too Large")]
    TooLarge,
}

impl Fault {
    /// The status that answers it.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::UriScheme => 416,
            Self::Version => 505,
            Self::BodyTooLarge => 413,
            Self::TooLarge => 513,
            Self::RequestLine | Self::RequestUri | Self::RequestUriHeaders | Self::HeaderLine => 400,
            Self::Missing(_) | Self::Malformed(_) | Self::Repeated(_) => 400,
            Self::CSeqMethod | Self::BodyTruncated | Self::HeadTruncated => 400,
        }
    }
}

/// A request that cannot be used, with enough of it to refuse it properly. Never an ACK.
#[derive(Clone, Debug)]
pub struct Salvage {
    pub(super) headers: Headers,
    pub(super) method: String,
    pub(super) fault: Fault,
}

impl Salvage {
    /// Picks what a response needs out of a broken head: the `Via`s and `CSeq`, and of `From`, `To` and `Call-ID` what
    /// there is. `None` without a `Via` or `CSeq`: then nobody could match the response.
    pub(super) fn read(head: &str, method: &str, fault: Fault) -> Option<Self> {
        let mut headers = Headers::new();
        for (name, value) in header_lines(head) {
            let name = HeaderName::parse(&Bytes::copy_from_slice(name.as_bytes()));
            let times_max = match name {
                HeaderName::Via => VIAS_MAX,
                HeaderName::From | HeaderName::To | HeaderName::CallId | HeaderName::CSeq => 1,
                _ => 0,
            };
            if headers.count(&name) < times_max
                && let Ok(header) = Header::build(name, Bytes::copy_from_slice(value.as_bytes()))
            {
                headers.push(header);
            }
        }
        let answerable = headers.get(&HeaderName::Via).is_some() && headers.get(&HeaderName::CSeq).is_some();
        answerable.then(|| Self {
            headers,
            method: method.to_owned(),
            fault,
        })
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// The status code of [`Self::refusal`].
    #[must_use]
    pub fn status(&self) -> u16 {
        self.fault.status()
    }

    /// The method, as far as it could be read.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The whole response, without state: a retransmission gets the same one (RFC 3261 section 8.2.7). `peer` is where the
    /// request came from, `product` goes into `Server`.
    #[must_use]
    pub fn refusal(&self, peer: SocketAddr, product: &str) -> Vec<u8> {
        let tag = self.to_tag();
        ResponseBuilder::of_headers(&self.headers, self.status(), peer, Some(&tag))
            .reason(&self.fault.to_string())
            .header("Server", product)
            .finish()
            .to_bytes()
    }

    /// A tag that depends on the request alone.
    fn to_tag(&self) -> String {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        for header in self.headers.iter() {
            hash.update(header.raw_value());
        }
        let digest = hash.finalize();
        digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}
