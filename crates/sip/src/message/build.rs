//! Builders for what we send: all values lie in one buffer, and what is echoed is shared with the request.

use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use sipx_sip::{Header, HeaderName, Headers, Method, StatusCode, Uri};

use super::status::reason_phrase;
use super::{Request, Response};
use crate::agent::{Body, NameAddr};
use crate::{Flow, Transport};

/// Why a request could not be built.
#[derive(Debug, thiserror::Error)]
#[error("no SIP address: {uri}")]
pub(crate) struct BadTarget {
    /// The would-be Request-URI.
    pub(crate) uri: String,
}

/// Builds a request; headers go out in the order of the calls.
#[derive(Debug)]
pub(crate) struct RequestBuilder {
    method: Method,
    uri: Uri,
    uri_text: Bytes,
    fields: FieldWriter,
}

impl RequestBuilder {
    /// Begins a request.
    ///
    /// # Errors
    ///
    /// When `uri` is no URI.
    pub(crate) fn new(method: &str, uri: &str) -> Result<Self, BadTarget> {
        let uri_text = Bytes::copy_from_slice(super::repair::request_uri(uri).as_bytes());
        let parsed = Uri::parse(uri_text.clone()).map_err(|_| BadTarget { uri: uri.to_owned() })?;
        let method = Method::parse(&Bytes::copy_from_slice(method.as_bytes()));
        Ok(Self {
            method,
            uri: parsed,
            uri_text,
            fields: FieldWriter::new(),
        })
    }

    /// The same request once more, e.g. with credentials: everything but `Via`, `CSeq`, authorisation and
    /// `Content-Length`, which the caller and [`Self::finish`] add.
    pub(crate) fn again(request: &Request) -> Self {
        let inner = request.inner();
        let mut fields = FieldWriter::new();
        for header in inner.headers.iter() {
            match header.name() {
                HeaderName::Via | HeaderName::CSeq | HeaderName::Authorization => {}
                HeaderName::ProxyAuthorization | HeaderName::ContentLength => {}
                _ => fields.headers.push(header.clone()),
            }
        }
        fields.body = inner.body().clone();
        let uri_text = Bytes::copy_from_slice(request.request_uri().as_bytes());
        Self {
            method: inner.method.clone(),
            uri: inner.uri.clone(),
            uri_text,
            fields,
        }
    }

    /// Our `Via`, on top of those there are, with `rport` (RFC 3581).
    pub(crate) fn via(mut self, flow: Flow, branch: &str) -> Self {
        let local = host_and_port(flow.local);
        let parts = ["SIP/2.0/", via_transport(flow.transport), " ", &local, ";rport;branch=", branch];
        if let Some(header) = self.fields.build(HeaderName::Via, &parts) {
            self.fields.headers.push_front(header);
        }
        self
    }

    /// `From`, with our tag.
    pub(crate) fn from(mut self, who: &NameAddr, tag: &str) -> Self {
        self.fields.push_address(HeaderName::From, who, Some(tag));
        self
    }

    /// `To`, with the peer's tag inside a dialog.
    pub(crate) fn to(mut self, who: &NameAddr, tag: Option<&str>) -> Self {
        self.fields.push_address(HeaderName::To, who, tag);
        self
    }

    /// `Call-ID`.
    pub(crate) fn call_id(self, call_id: &str) -> Self {
        self.field(HeaderName::CallId, &[call_id])
    }

    /// `CSeq`, with this request's method.
    pub(crate) fn cseq(self, number: u32) -> Self {
        let method = self.method.to_string();
        self.field(HeaderName::CSeq, &[&number.to_string(), " ", &method])
    }

    /// `Max-Forwards`; 70 unless a peer's value is carried on.
    pub(crate) fn max_forwards(self, hops: u8) -> Self {
        self.field(HeaderName::MaxForwards, &[&hops.to_string()])
    }

    /// `Route`s to begin with; brackets are added where there are none.
    pub(crate) fn preloaded_routes<'a>(mut self, routes: impl Iterator<Item = &'a String>) -> Self {
        for route in routes {
            self = match route.contains('<') {
                true => self.route(route),
                false => self.field(HeaderName::Route, &["<", route, ">"]),
            };
        }
        self
    }

    /// One `Route` as learnt from `Record-Route`, brackets and parameters included.
    pub(crate) fn route(self, route: &str) -> Self {
        self.field(HeaderName::Route, &[route])
    }

    /// Our `Contact`.
    pub(crate) fn contact(self, uri: &str) -> Self {
        self.field(HeaderName::Contact, &["<", uri, ">"])
    }

    /// Any other header. Line breaks become spaces; a name that is no token is left out.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.fields.push(header_name(name), &[value]);
        self
    }

    /// The body, with its type; an existing one is replaced.
    pub(crate) fn body(mut self, body: Option<&Body>) -> Self {
        self.fields.set_body(body);
        self
    }

    /// What a digest is made of: method, Request-URI and body.
    pub(crate) fn signed_parts(&self) -> (&str, &str, &[u8]) {
        let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
        (text(self.method.as_bytes()), text(&self.uri_text), &self.fields.body)
    }

    /// Adds `Content-Length`.
    pub(crate) fn finish(mut self) -> Request {
        self.fields.push_content_length();
        let mut inner = sipx_sip::Request::new(self.method, self.uri);
        inner.headers = self.fields.headers;
        inner.set_body(self.fields.body);
        Request::new(inner, self.uri_text, 0)
    }

    fn field(mut self, name: HeaderName, parts: &[&str]) -> Self {
        self.fields.push(name, parts);
        self
    }
}

/// Builds a response to a request: `Via`s (with `received` and `rport`), `From`, `To`, `Call-ID` and `CSeq` are there.
#[derive(Debug)]
pub(crate) struct ResponseBuilder {
    status: u16,
    reason: Bytes,
    fields: FieldWriter,
}

impl ResponseBuilder {
    /// Begins a response. `peer` is where the request came from; `to_tag` is ours, and used when the request has none.
    pub(crate) fn new(request: &Request, status: u16, peer: SocketAddr, to_tag: Option<&str>) -> Self {
        Self::of_headers(&request.inner().headers, status, peer, to_tag)
    }

    pub(super) fn of_headers(request: &Headers, status: u16, peer: SocketAddr, to_tag: Option<&str>) -> Self {
        let mut fields = FieldWriter::new();
        let mut first_via = true;
        for header in request.iter() {
            match header.name() {
                HeaderName::Via if first_via => {
                    first_via = false;
                    let value = String::from_utf8_lossy(header.raw_value());
                    fields.push(HeaderName::Via, &[&with_received(&value, peer)]);
                }
                HeaderName::To => match to_tag.filter(|_| !has_tag(header)) {
                    Some(tag) => {
                        fields.push(HeaderName::To, &[&String::from_utf8_lossy(header.raw_value()), ";tag=", tag]);
                    }
                    None => fields.headers.push(header.clone()),
                },
                HeaderName::Via | HeaderName::From | HeaderName::CallId | HeaderName::CSeq => {
                    fields.headers.push(header.clone());
                }
                _ => {}
            }
        }
        Self {
            status,
            reason: Bytes::from_static(reason_phrase(status).as_bytes()),
            fields,
        }
    }

    /// Another reason phrase than the usual one.
    pub(crate) fn reason(mut self, reason: &str) -> Self {
        self.reason = self.fields.value(&[reason]);
        self
    }

    /// Copies the request's `Record-Route`s: a response that creates a dialog needs them (RFC 3261 section 12.1.1).
    pub(crate) fn record_routes(mut self, request: &Request) -> Self {
        let routes = request.inner().headers.get_all(&HeaderName::RecordRoute).cloned();
        routes.for_each(|route| self.fields.headers.push(route));
        self
    }

    /// Our `Contact`.
    pub(crate) fn contact(mut self, uri: &str) -> Self {
        self.fields.push(HeaderName::Contact, &["<", uri, ">"]);
        self
    }

    /// Any other header. Line breaks become spaces; a name that is no token is left out.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.fields.push(header_name(name), &[value]);
        self
    }

    /// The body, with its type.
    pub(crate) fn body(mut self, body: Option<&Body>) -> Self {
        self.fields.set_body(body);
        self
    }

    /// Adds `Content-Length`.
    pub(crate) fn finish(mut self) -> Response {
        self.fields.push_content_length();
        let status = StatusCode::new(self.status).or(StatusCode::new(500)).expect("500 is a status code");
        let mut inner = sipx_sip::Response::new(status, self.reason);
        inner.headers = self.fields.headers;
        inner.set_body(self.fields.body);
        Response::new(inner)
    }
}

/// Writes header values into one shared buffer.
#[derive(Debug)]
struct FieldWriter {
    headers: Headers,
    buffer: BytesMut,
    body: Bytes,
}

impl FieldWriter {
    fn new() -> Self {
        Self {
            headers: Headers::new(),
            buffer: BytesMut::with_capacity(1024),
            body: Bytes::new(),
        }
    }

    /// Joins the parts; control characters that could end a line become spaces.
    fn value(&mut self, parts: &[&str]) -> Bytes {
        for part in parts {
            self.buffer.extend_from_slice(part.as_bytes());
        }
        for byte in self.buffer.iter_mut().filter(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            *byte = b' ';
        }
        self.buffer.split().freeze()
    }

    fn build(&mut self, name: HeaderName, parts: &[&str]) -> Option<Header> {
        let value = self.value(parts);
        Header::build(name, value).ok()
    }

    fn push(&mut self, name: HeaderName, parts: &[&str]) {
        if let Some(header) = self.build(name, parts) {
            self.headers.push(header);
        }
    }

    fn push_address(&mut self, name: HeaderName, who: &NameAddr, tag: Option<&str>) {
        let display = quoted(&who.display);
        let (tag_name, tag) = tag.map_or(("", ""), |tag| (";tag=", tag));
        self.push(name, &[&display, "<", &who.uri, ">", tag_name, tag]);
    }

    fn set_body(&mut self, body: Option<&Body>) {
        self.headers.remove_all(&HeaderName::ContentType);
        self.body = Bytes::new();
        if let Some(body) = body {
            self.push(HeaderName::ContentType, &[&body.content_type]);
            self.body = Bytes::copy_from_slice(&body.bytes);
        }
    }

    fn push_content_length(&mut self) {
        let length = self.body.len().to_string();
        self.push(HeaderName::ContentLength, &[&length]);
    }
}

/// `"Display" ` with escapes, or nothing.
pub(crate) fn quoted(display: &str) -> String {
    if display.is_empty() {
        return String::new();
    }
    let mut out = String::with_capacity(display.len() + 3);
    out.push('"');
    for c in display.chars() {
        if c == '"' || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push_str("\" ");
    out
}

fn header_name(name: &str) -> HeaderName {
    HeaderName::parse(&Bytes::copy_from_slice(name.as_bytes()))
}

fn has_tag(to: &Header) -> bool {
    std::str::from_utf8(to.raw_value())
        .ok()
        .and_then(super::Address::parse)
        .is_some_and(|address| address.params.value("tag").is_some())
}

/// The top `Via` with where the request really came from (RFC 3261 section 18.2.1, RFC 3581 section 4). Only the first
/// hop of the value is touched.
fn with_received(value: &str, peer: SocketAddr) -> String {
    let first_len = super::address::split_outside_quotes(value, b',')
        .next()
        .map_or(value.len(), str::len);
    let (first, others) = value.split_at(first_len);
    let Some(via) = super::Via::parse(first) else {
        return value.to_owned();
    };
    let mut out = String::with_capacity(value.len() + 48);
    out.push_str(first.split(';').next().unwrap_or(first).trim_end());
    let mut wants_port = false;
    for (name, value) in via.params.iter() {
        if name.eq_ignore_ascii_case("rport") {
            wants_port = true;
        } else if !name.eq_ignore_ascii_case("received") {
            out.push(';');
            out.push_str(name);
            if !value.is_empty() {
                out.push('=');
                out.push_str(value);
            }
        }
    }
    let address = peer.ip().to_canonical();
    if wants_port || via.host.trim_matches(['[', ']']) != address.to_string() {
        out.push_str(&format!(";received={address}"));
    }
    if wants_port {
        out.push_str(&format!(";rport={}", peer.port()));
    }
    out.push_str(others);
    out
}

/// An address as URIs and `Via` take it: without scope (RFC 3986 knows none), and IPv4 as such.
pub(crate) fn host_and_port(address: SocketAddr) -> String {
    SocketAddr::new(address.ip().to_canonical(), address.port()).to_string()
}

/// How a transport is called in `Via` (RFC 3261 section 25.1, RFC 7118 section 5.2).
fn via_transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
        Transport::Tls => "TLS",
        Transport::Wss => "WSS",
    }
}

#[cfg(test)]
mod tests;
