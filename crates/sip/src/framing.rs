//! Framing: messages out of streams, and keep-alives.
//!
//! A datagram and a WebSocket message are one message each; only TCP and TLS need the [`StreamFramer`]. Keep-alives
//! are CRLF pings (RFC 5626 section 4.4.1) and STUN binding requests on the SIP port (section 4.4.2).

mod stream;
mod stun;

pub use stream::{Frame, FramingError, StreamFramer};
pub use stun::{KeepAlive, binding_response};
