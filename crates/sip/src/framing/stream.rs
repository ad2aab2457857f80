//! Messages out of a byte stream.

use super::KeepAlive;

/// Something whole out of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// One message, to be parsed. When its head is broken it is handed out as far as it goes, so that it can be
    /// refused; the next call then ends in an error.
    Message(Vec<u8>),
    /// No message: send [`KeepAlive::reply`], if any.
    KeepAlive(KeepAlive),
}

/// Why a stream cannot go on: close it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum FramingError {
    /// The bytes between messages are no message.
    #[error("the peer does not speak SIP")]
    NoSip,
    /// The head has no end within the limit.
    #[error("a message head is longer than {} bytes", crate::message::MESSAGE_BYTES_MAX)]
    HeadTooLong,
    /// The body is longer than the limit.
    #[error("a message is longer than {} bytes", crate::message::MESSAGE_BYTES_MAX)]
    MessageTooLong,
    /// `Content-Length` is absent (where a body follows), no number, or there are two of them: nobody knows where the next message
    /// begins.
    #[error("the end of a message cannot be told")]
    ContentLength,
}

/// Cuts a TCP or TLS stream into messages.
#[derive(Debug, Default)]
pub struct StreamFramer {
    buffer: Vec<u8>,
    failed: Option<FramingError>,
}

impl StreamFramer {
    /// For a new connection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes as they come. Drain [`Self::poll`] before the next call.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The next whole thing; `None` until more bytes come.
    ///
    /// # Errors
    ///
    /// When the stream is out of step; it stays so.
    pub fn poll(&mut self) -> Result<Option<Frame>, FramingError> {
        self.failed.map_or(Ok(None), Err)
    }

    /// Bytes of an unfinished message: with these and a clock the shell ends connections that trickle.
    #[must_use]
    pub fn pending_bytes(&self) -> usize {
        self.buffer.len()
    }
}
