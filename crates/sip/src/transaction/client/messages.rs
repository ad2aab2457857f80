//! What follows a request: for another flow, CANCEL, ACK to a refusal.

use super::ClientKey;
use crate::Flow;
use crate::message::{Request, RequestBuilder, Response};

/// The same request for another flow: only its `Via` changes.
pub(super) fn over(request: &Request, flow: Flow, key: ClientKey) -> Request {
    let number = request.cseq().map_or(1, |cseq| cseq.number);
    let mut builder = RequestBuilder::again(request).via(flow, &key.branch()).cseq(number);
    for name in ["Authorization", "Proxy-Authorization"] {
        for value in request.headers(name) {
            builder = builder.header(name, value);
        }
    }
    builder.finish()
}

/// The parts of an INVITE that its CANCEL and the ACK to its refusal repeat (RFC 3261 sections 9.1, 17.1.1.3).
fn follow_up(method: &str, invite: &Request, to: &str, flow: Flow, key: ClientKey) -> Option<RequestBuilder> {
    let mut builder = RequestBuilder::new(method, invite.request_uri())
        .ok()?
        .via(flow, &key.branch())
        .max_forwards(70)
        .header("From", invite.header("From")?)
        .header("To", to)
        .call_id(invite.call_id())
        .cseq(invite.cseq()?.number);
    for route in invite.routes() {
        builder = builder.route(route);
    }
    Some(builder)
}

pub(super) fn refusal_ack(invite: &Request, response: &Response, flow: Flow, key: ClientKey) -> Option<Vec<u8>> {
    Some(follow_up("ACK", invite, response.header("To")?, flow, key)?.finish().to_bytes())
}

pub(super) fn cancel_of(invite: &Request, flow: Flow, key: ClientKey, reason: Option<&str>) -> Option<Request> {
    let mut builder = follow_up("CANCEL", invite, invite.header("To")?, flow, key)?;
    if let Some(reason) = reason {
        builder = builder.header("Reason", reason);
    }
    Some(builder.finish())
}
