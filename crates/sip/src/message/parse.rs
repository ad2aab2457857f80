//! From bytes to a message, a refusal or a reason to drop.

use sipx_sip::error::{FramingError, HeaderSyntaxError, LimitKind, ParseError, StartLineError, UriError};
use sipx_sip::{Limits, Message};

use super::repair::{Repaired, repair};
use super::salvage::{Fault, Salvage};
use super::{Request, Response, check};
use crate::Transport;
use crate::framing::{KeepAlive, StunRequest};

/// A message's size at most, in bytes, on every transport.
pub const MESSAGE_BYTES_MAX: usize = 65_535;
/// Header fields in one message at most.
pub const HEADERS_MAX: usize = 128;
/// One header field's length at most, in bytes.
pub const HEADER_BYTES_MAX: usize = 8 * 1024;

const LIMITS: Limits = Limits {
    max_message_bytes: 2 * MESSAGE_BYTES_MAX, // repair may lengthen a message; its own length is checked before
    max_body_bytes: MESSAGE_BYTES_MAX,
    max_headers: HEADERS_MAX,
    max_header_bytes: HEADER_BYTES_MAX,
    max_folding_lines: 0, // there are none after repair
};

/// What bytes turned out to be.
#[derive(Debug)]
pub enum Parsed {
    /// A request fit for use: Via, From, To, Call-ID and CSeq are there and sound.
    Request(Box<Request>),
    /// A response fit for use, likewise.
    Response(Box<Response>),
    /// A broken request: send [`Salvage::refusal`].
    Salvaged(Box<Salvage>),
    /// No message, but a sign of life: send [`KeepAlive::reply`], if any.
    KeepAlive(KeepAlive),
    /// Drop it and count it.
    Garbage(Garbage),
}

/// Why bytes are dropped without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum Garbage {
    /// Nothing that looks like a start line.
    #[error("no SIP")]
    NoSip,
    /// A broken request without what an answer needs.
    #[error("a broken request that cannot be answered: {0}")]
    Unanswerable(Fault),
    /// A broken ACK: never answered.
    #[error("a broken ACK: {0}")]
    Ack(Fault),
    /// A broken response.
    #[error("a broken response: {0}")]
    Response(Fault),
}

/// Reads one datagram, one WebSocket message, or one framed message of a stream.
#[must_use]
pub fn parse(bytes: &[u8], transport: Transport) -> Parsed {
    if let Some(keep_alive) = keep_alive(bytes, transport) {
        return Parsed::KeepAlive(keep_alive);
    }
    let message = bytes.trim_ascii_start();
    if !looks_like_sip(message) {
        return Parsed::Garbage(Garbage::NoSip);
    }
    let too_large = message.len() > MESSAGE_BYTES_MAX;
    let message = message.get(..MESSAGE_BYTES_MAX).unwrap_or(message);
    let repaired = repair(message);
    if too_large {
        return broken(&repaired, Fault::TooLarge);
    }
    match sipx_sip::parse_datagram(repaired.message.clone(), &LIMITS) {
        Ok(Message::Request(inner)) => {
            let request = Request::new(inner, request_uri(&repaired), repaired.message.len());
            match check::request(&request, transport) {
                Ok(()) => Parsed::Request(Box::new(request)),
                Err(fault) => broken(&repaired, fault),
            }
        }
        Ok(Message::Response(inner)) => {
            let response = Response::new(inner);
            match check::response(&response) {
                Ok(()) => Parsed::Response(Box::new(response)),
                Err(fault) => Parsed::Garbage(Garbage::Response(fault)),
            }
        }
        Err(error) => broken(&repaired, fault(&error, &repaired)),
    }
}

/// Signs of life: STUN, CRLFs, and the padding that some phones send to keep a NAT binding.
fn keep_alive(bytes: &[u8], transport: Transport) -> Option<KeepAlive> {
    let padding = bytes.iter().all(|b| matches!(b, b'\r' | b'\n' | b' ' | b'\t' | 0)) || bytes == b"jaK" || bytes == b"jaK\0";
    if padding {
        let is_ping = transport != Transport::Udp && bytes.starts_with(b"\r\n\r\n");
        return Some(if is_ping { KeepAlive::Ping } else { KeepAlive::Pong });
    }
    if transport == Transport::Udp {
        StunRequest::read(bytes).map(KeepAlive::StunBinding)
    } else {
        None
    }
}

/// Whether the first line names SIP as a request line or status line does.
fn looks_like_sip(message: &[u8]) -> bool {
    let line = message.split(|&b| b == b'\n').next().unwrap_or_default();
    line.windows(4).any(|word| word.eq_ignore_ascii_case(b"SIP/"))
}

/// The Request-URI as written; the library has found exactly three words.
fn request_uri(repaired: &Repaired) -> bytes::Bytes {
    let uri = repaired.start_line().split(' ').nth(1).unwrap_or_default();
    repaired.message.slice_ref(uri.as_bytes())
}

fn broken(repaired: &Repaired, fault: Fault) -> Parsed {
    let start_line = repaired.start_line();
    if start_line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SIP/")) {
        return Parsed::Garbage(Garbage::Response(fault));
    }
    let method = start_line.split([' ', '\t']).next().unwrap_or_default();
    if method == "ACK" {
        return Parsed::Garbage(Garbage::Ack(fault));
    }
    match Salvage::read(repaired.head(), method, fault) {
        Some(salvage) => Parsed::Salvaged(Box::new(salvage)),
        None => Parsed::Garbage(Garbage::Unanswerable(fault)),
    }
}

/// The library's complaint in our words.
fn fault(error: &ParseError, repaired: &Repaired) -> Fault {
    match error {
        ParseError::StartLine(StartLineError::Uri(UriError::Scheme)) | ParseError::StartLine(StartLineError::Uri(_)) => Fault::RequestUri,
        ParseError::StartLine(_) => Fault::RequestLine,
        ParseError::HeaderSyntax {
            kind: HeaderSyntaxError::LeadingFold,
            ..
        } => Fault::RequestLine,
        ParseError::HeaderSyntax { .. } => Fault::HeaderLine,
        ParseError::Framing(FramingError::ContentLengthRepeated) => Fault::Repeated("Content-Length"),
        ParseError::Framing(FramingError::ContentLengthMalformed) => Fault::Malformed("Content-Length"),
        ParseError::Framing(FramingError::BodyTruncated) if check::declares_too_much(repaired) => Fault::BodyTooLarge,
        ParseError::Framing(FramingError::BodyTruncated) => Fault::BodyTruncated,
        ParseError::Framing(_) => Fault::HeadTruncated,
        ParseError::Limit {
            limit: LimitKind::BodyBytes,
            ..
        } => Fault::BodyTooLarge,
        ParseError::Limit { .. } => Fault::TooLarge,
        // The library's enum may grow.
        _ => Fault::HeaderLine,
    }
}
