//! Messages: a lenient façade over the SIP library.
//!
//! What real phones send is often a little wrong. [`parse`] repairs what has only one sensible meaning (folded
//! headers, bare line feeds, a leading CRLF, a wild display name), hands out a [`Request`] or [`Response`] when the
//! rest is sound, a [`Salvage`] when it is not but can still be answered, and [`Garbage`] with its cause otherwise.
//!
//! ```text
//!           ┌─ keep-alive, STUN ──────────────────────────► KeepAlive   (maybe a reply)
//! bytes ────┤
//!           └─ repair ── SIP library ── checks ──────────► Request, Response
//!                            │             │
//!                            └──────┬──────┘ broken
//!                                   ├─ Via, From, To, Call-ID, CSeq readable ► Salvage  (400, 413, 416, 505)
//!                                   └─ otherwise ───────────────────────────► Garbage  (drop and count)
//! ```

mod address;
mod build;
mod check;
mod contact;
mod explanation;
mod fields;
mod parse;
mod registration;
pub(crate) mod repair;
mod replaces;
mod request;
mod response;
mod salvage;
mod status;
mod uri;
mod via;

pub use contact::{Contact, ContactError, Contacts};
pub use parse::{Garbage, HEADER_BYTES_MAX, HEADERS_MAX, MESSAGE_BYTES_MAX, Parsed, parse};
pub use registration::Registration;
pub use replaces::{Replaces, ReplacesError};
pub use request::Request;
pub use response::Response;
pub use salvage::{Fault, Salvage};
pub use uri::UriParts;

#[allow(unused_imports, reason = "for the agent")]
pub(crate) use {
    address::{Address, Params, split_outside_quotes, unquote},
    build::{RequestBuilder, ResponseBuilder, host_and_port, quoted},
    fields::{CSeq, RAck, Refresher, SessionExpires},
    status::reason_phrase,
    uri::escape_user,
    via::Via,
};
