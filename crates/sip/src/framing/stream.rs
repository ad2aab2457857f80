//! Messages out of a byte stream.

use super::{KeepAlive, StunRequest, stun};
use crate::message::MESSAGE_BYTES_MAX;
use crate::message::repair::{head_end, header_lines, unfold_into};

/// Something whole out of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// One message, to be parsed. When its end cannot be told only its head is handed out, so that it can be
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
    #[error("a message head is longer than {MESSAGE_BYTES_MAX} bytes")]
    HeadTooLong,
    /// Head and body together are longer than the limit.
    #[error("a message is longer than {MESSAGE_BYTES_MAX} bytes")]
    MessageTooLong,
    /// `Content-Length` is absent where a body follows, is no number, or there are two: nobody knows where the next
    /// message begins.
    #[error("the end of a message cannot be told")]
    ContentLength,
}

/// Cuts a TCP or TLS stream into messages.
///
/// ```text
/// between messages ── CRLF ──► KeepAlive      ── 0x00 0x01 … cookie ──► KeepAlive (STUN)
///        │
///        └── start line … blank line ── Content-Length bytes ──► Message ──► between messages
///                     │                         │
///                     └── too long, no SIP      └── unknown, too long ──► Message (to refuse) ──► error for good
/// ```
#[derive(Debug, Default)]
pub struct StreamFramer {
    buffer: Vec<u8>,
    /// How far the search for the end of the head has come.
    scanned: usize,
    /// Head and body, once the head has been read.
    message_len: Option<usize>,
    /// The last thing was a single CRLF: another one makes it a ping.
    after_crlf: bool,
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
        if let Some(error) = self.failed {
            return Err(error);
        }
        if let Some(message_len) = self.message_len {
            return Ok(self.message(message_len));
        }
        match self.buffer.as_slice() {
            [] => Ok(None),
            [b'\r' | b'\n', ..] => Ok(self.line_breaks()),
            [0 | 1, ..] => self.stun(),
            [first, ..] if !first.is_ascii_graphic() => Err(self.fail(FramingError::NoSip)),
            [..] => self.head(),
        }
    }

    /// Bytes of an unfinished message: with these and a clock the shell ends connections that trickle.
    #[must_use]
    pub fn pending_bytes(&self) -> usize {
        self.buffer.len()
    }

    fn line_breaks(&mut self) -> Option<Frame> {
        let (len, crlfs) = match self.buffer.as_slice() {
            [b'\r', b'\n', b'\r', b'\n', ..] => (4, 2),
            [b'\r', b'\n', b'\r'] | [b'\r'] => return None,
            [b'\r', b'\n', ..] => (2, 1),
            [..] => (1, 0),
        };
        self.buffer.drain(..len);
        let is_ping = crlfs == 2 || (crlfs == 1 && self.after_crlf);
        self.after_crlf = crlfs == 1 && !is_ping;
        Some(Frame::KeepAlive(if is_ping { KeepAlive::Ping } else { KeepAlive::Pong }))
    }

    fn stun(&mut self) -> Result<Option<Frame>, FramingError> {
        let Ok(length) = stun::length_in_stream(&self.buffer) else {
            return Err(self.fail(FramingError::NoSip));
        };
        let Some(message) = length.filter(|&length| self.buffer.len() >= length).map(|length| self.take(length)) else {
            return Ok(None);
        };
        // Responses and indications of STUN need no answer; they are signs of life all the same.
        let keep_alive = StunRequest::read(&message).map_or(KeepAlive::Pong, KeepAlive::StunBinding);
        Ok(Some(Frame::KeepAlive(keep_alive)))
    }

    fn head(&mut self) -> Result<Option<Frame>, FramingError> {
        let Some((head_len, body_at)) = head_end(&self.buffer, self.scanned) else {
            // A blank line may straddle two reads: look at the last line break again.
            self.scanned = self.buffer.len().saturating_sub(3);
            let speaks_sip = start_line(&self.buffer).is_none_or(is_sip);
            if !speaks_sip {
                return Err(self.fail(FramingError::NoSip));
            }
            return if self.buffer.len() > MESSAGE_BYTES_MAX {
                Ok(self.refuse(MESSAGE_BYTES_MAX + 1, FramingError::HeadTooLong))
            } else {
                Ok(None)
            };
        };
        if !start_line(&self.buffer).is_some_and(is_sip) {
            return Err(self.fail(FramingError::NoSip));
        }
        let mut head = Vec::with_capacity(head_len);
        unfold_into(self.buffer.get(..head_len).unwrap_or_default(), &mut head);
        match body_len(&String::from_utf8_lossy(&head)) {
            None => Ok(self.refuse(body_at, FramingError::ContentLength)),
            Some(length) if length.saturating_add(body_at) > MESSAGE_BYTES_MAX => Ok(self.refuse(body_at, FramingError::MessageTooLong)),
            Some(length) => {
                self.message_len = Some(body_at + length);
                Ok(self.message(body_at + length))
            }
        }
    }

    fn message(&mut self, message_len: usize) -> Option<Frame> {
        (self.buffer.len() >= message_len).then(|| Frame::Message(self.take(message_len)))
    }

    fn take(&mut self, len: usize) -> Vec<u8> {
        self.scanned = 0;
        self.message_len = None;
        self.after_crlf = false;
        let rest = self.buffer.split_off(len);
        std::mem::replace(&mut self.buffer, rest)
    }

    /// Hands out the head of a message whose end cannot be told, or so much that the parser sees why not.
    fn refuse(&mut self, len: usize, error: FramingError) -> Option<Frame> {
        let mut message = std::mem::take(&mut self.buffer);
        message.truncate(len);
        self.fail(error);
        Some(Frame::Message(message))
    }

    fn fail(&mut self, error: FramingError) -> FramingError {
        self.failed = Some(error);
        self.buffer = Vec::new();
        error
    }
}

/// The first line, once it is whole.
fn start_line(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.iter().position(|&b| b == b'\n')?;
    bytes.get(..end)
}

fn is_sip(line: &[u8]) -> bool {
    line.windows(4).any(|word| word.eq_ignore_ascii_case(b"SIP/"))
}

/// The body's length: zero without `Content-Length` only when no `Content-Type` announces a body.
fn body_len(head: &str) -> Option<usize> {
    let mut length = None;
    let mut has_type = false;
    for (name, value) in header_lines(head) {
        if name.eq_ignore_ascii_case("Content-Length") || name.eq_ignore_ascii_case("l") {
            let is_number = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
            if length.is_some() || !is_number {
                return None;
            }
            // What is too large for a number is too large for us as well.
            length = Some(value.parse().unwrap_or(usize::MAX));
        }
        has_type |= name.eq_ignore_ascii_case("Content-Type") || name.eq_ignore_ascii_case("c");
    }
    length.or((!has_type).then_some(0))
}
