//! What a message needs beyond its syntax (RFC 3261 sections 8.1.1, 8.1.3.3, 8.2 and 16.3).

use super::address::{Address, split_addresses};
use super::fields::Fields;
use super::parse::MESSAGE_BYTES_MAX;
use super::repair::{Repaired, header_lines};
use super::salvage::Fault;
use super::uri::UriParts;
use super::via::Via;
use super::{Request, Response};
use crate::Transport;

/// URI schemes that we route; anything else is 416.
const SCHEMES: [&str; 4] = ["sip", "sips", "tel", "urn"];

/// Whether a request can be acted upon.
pub(super) fn request(request: &Request, transport: Transport) -> Result<(), Fault> {
    if !request.inner().version.is_supported() {
        return Err(Fault::Version);
    }
    let fields = request.fields();
    request_uri(request.request_uri())?;
    vias(fields)?;
    let cseq = dialog_fields(fields)?;
    if cseq != request.method() {
        return Err(Fault::CSeqMethod);
    }
    for name in ["From", "To"] {
        Address::parse(once(fields, name)?).ok_or(Fault::Malformed(name))?;
    }
    if fields.header("Max-Forwards").is_some() && request.max_forwards().is_none() {
        return Err(Fault::Malformed("Max-Forwards"));
    }
    if fields.headers("Max-Forwards").nth(1).is_some() {
        return Err(Fault::Repeated("Max-Forwards"));
    }
    if !contacts_sound(fields) {
        return Err(Fault::Malformed("Contact"));
    }
    if fields.list("Record-Route").any(|route| Address::parse(route).is_none()) {
        return Err(Fault::Malformed("Record-Route"));
    }
    // Without a length nobody knows where a body on a stream ends.
    let is_stream = matches!(transport, Transport::Tcp | Transport::Tls);
    if is_stream && fields.header("Content-Length").is_none() && fields.header("Content-Type").is_some() {
        return Err(Fault::Missing("Content-Length"));
    }
    Ok(())
}

/// Whether a response can be matched to a request of ours.
pub(super) fn response(response: &Response) -> Result<(), Fault> {
    if !response.inner().version.is_supported() {
        return Err(Fault::Version);
    }
    let fields = response.fields();
    vias(fields)?;
    // A response for us has our Via alone (RFC 3261 section 8.1.3.3).
    if fields.vias().nth(1).is_some() {
        return Err(Fault::Repeated("Via"));
    }
    dialog_fields(fields)?;
    for name in ["From", "To"] {
        Address::parse(once(fields, name)?).ok_or(Fault::Malformed(name))?;
    }
    Ok(())
}

/// Whether a message says that it is longer than we take.
pub(super) fn declares_too_much(repaired: &Repaired) -> bool {
    header_lines(repaired.head())
        .filter(|(name, _)| name.eq_ignore_ascii_case("Content-Length") || name.eq_ignore_ascii_case("l"))
        .filter_map(|(_, value)| value.parse::<usize>().ok())
        .any(|length| length.saturating_add(repaired.head_len) > MESSAGE_BYTES_MAX)
}

fn request_uri(uri: &str) -> Result<(), Fault> {
    let (scheme, _) = uri.split_once(':').ok_or(Fault::RequestUri)?;
    if !SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        return Err(Fault::UriScheme);
    }
    let parts = UriParts::split(uri).ok_or(Fault::RequestUri)?;
    if parts.headers.is_some() {
        return Err(Fault::RequestUriHeaders);
    }
    Ok(())
}

fn vias(fields: Fields<'_>) -> Result<(), Fault> {
    let mut any = false;
    for item in fields.list("Via") {
        let via = Via::parse(item).ok_or(Fault::Malformed("Via"))?;
        // The cookie alone identifies nothing.
        if via.branch().is_some_and(|branch| branch == BRANCH_COOKIE) {
            return Err(Fault::Malformed("Via"));
        }
        any = true;
    }
    if any { Ok(()) } else { Err(Fault::Missing("Via")) }
}

const BRANCH_COOKIE: &str = "z9hG4bK";

/// `Call-ID` and `CSeq`, whose method it gives back.
fn dialog_fields(fields: Fields<'_>) -> Result<&str, Fault> {
    if once(fields, "Call-ID")?.is_empty() {
        return Err(Fault::Malformed("Call-ID"));
    }
    once(fields, "CSeq")?;
    Ok(fields.cseq().ok_or(Fault::Malformed("CSeq"))?.method)
}

fn once<'a>(fields: Fields<'a>, name: &'static str) -> Result<&'a str, Fault> {
    let mut values = fields.headers(name);
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        (None, _) => Err(Fault::Missing(name)),
        (Some(_), Some(_)) => Err(Fault::Repeated(name)),
    }
}

/// Whether every `Contact` is an address or the star.
fn contacts_sound(fields: Fields<'_>) -> bool {
    fields
        .headers("Contact")
        .flat_map(split_addresses)
        .all(|item| item == "*" || Address::parse(item).is_some())
}
