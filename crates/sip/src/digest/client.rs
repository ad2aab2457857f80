//! The side that is challenged.

use crate::agent::Credentials;
use crate::message::Response;

/// Why a challenge cannot be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientError {
    /// No challenge, or none with an algorithm and quality of protection that we know.
    #[error("no challenge that we can answer")]
    NoneUsable,
    /// The peer challenges again although the nonce was fresh: the password is wrong.
    #[error("the peer refuses the password")]
    Refused,
}

/// Answers challenges for one request or one trunk: keeps nonce and nonce count.
#[derive(Debug, Default)]
pub(crate) struct Answerer {}

impl Answerer {
    /// Takes the challenges of a 401 or 407, the strongest algorithm first.
    ///
    /// # Errors
    ///
    /// When none can be answered, or when the answer to a fresh nonce was refused.
    pub(crate) fn challenged(&mut self, response: &Response) -> Result<(), ClientError> {
        let _ = response;
        Err(ClientError::NoneUsable)
    }

    /// The header (`Authorization` or `Proxy-Authorization`, with its value) for the next request; `None` before a challenge.
    pub(crate) fn authorization(
        &mut self,
        credentials: &Credentials,
        method: &str,
        uri: &str,
        cnonce: &str,
    ) -> Option<(&'static str, String)> {
        let _ = (credentials, method, uri, cnonce);
        None
    }
}
