//! From bytes to a message, a refusal or a reason to drop.

use bytes::Bytes;
use sipx_sip::{Limits, Message};

use super::{Request, Response, Salvage};
use crate::Transport;
use crate::framing::KeepAlive;

/// A message's size at most, in bytes, on every transport.
pub const MESSAGE_BYTES_MAX: usize = 65_535;
/// Header fields in one message at most.
pub const HEADERS_MAX: usize = 128;
/// One header field's length at most, in bytes, folding included.
pub const HEADER_BYTES_MAX: usize = 8 * 1024;

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
    #[error("a broken request that cannot be answered")]
    Unanswerable,
    /// A broken ACK: never answered.
    #[error("a broken ACK")]
    Ack,
    /// A broken response.
    #[error("a broken response")]
    Response,
}

/// Reads one datagram, one WebSocket message, or one framed message of a stream.
#[must_use]
pub fn parse(bytes: &[u8], transport: Transport) -> Parsed {
    let _ = transport;
    match sipx_sip::parse_datagram(Bytes::copy_from_slice(bytes), &Limits::datagram()) {
        Ok(Message::Request(inner)) => Parsed::Request(Box::new(Request::from_inner(inner))),
        Ok(Message::Response(inner)) => Parsed::Response(Box::new(Response::new(inner))),
        Err(_) => Parsed::Garbage(Garbage::NoSip),
    }
}
