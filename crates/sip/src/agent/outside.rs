//! Requests of ours outside of dialogs: OPTIONS to see who lives, REGISTER at a trunk.

use std::time::Instant;

use super::invite_client::log_in;
use super::stack::{ALLOW, ClientOwner, Login, Stack, contact_uri, tag_text, user_of};
use super::{Agent, Event, NameAddr, OutgoingRequest, RequestId};
use crate::Flow;
use crate::message::{Request, Response};

/// What we have to remember of a request besides its transaction.
#[derive(Debug)]
pub(super) struct Outgoing {
    login: Option<Box<Login>>,
}

impl Agent {
    /// OPTIONS outside of dialogs; [`Event::Pinged`] tells the outcome. `None` when there is no room for it: nobody was asked.
    pub fn options(&mut self, flow: Flow, target: &str, now: Instant) -> Option<RequestId> {
        if self.stack.is_full(false) {
            self.stack.refused_full += 1;
            return None;
        }
        let id = RequestId(self.stack.next_id());
        let us = NameAddr {
            display: String::new(),
            uri: format!("sip:{}", self.stack.config.realm),
        };
        let peer = NameAddr {
            display: String::new(),
            uri: target.to_owned(),
        };
        let key = self.stack.key();
        let (tag, call_id) = (tag_text(self.stack.token()), tag_text(self.stack.token()));
        let stack = &mut self.stack;
        let builder = stack
            .begin_request("OPTIONS", target, flow, key)
            .max_forwards(70)
            .from(&us, &tag)
            .to(&peer, None);
        let builder = builder
            .call_id(&call_id)
            .cseq(1)
            .contact(&contact_uri(flow, ""))
            .header("Accept", "application/sdp");
        let request = builder.header("User-Agent", &stack.config.product).finish();
        stack.start(key, request, flow, ClientOwner::Ping(id), now);
        Some(id)
    }

    /// A request outside of dialogs; [`Event::Responded`] tells the outcome.
    pub fn request(&mut self, request: OutgoingRequest, now: Instant) -> RequestId {
        let id = RequestId(self.stack.next_id());
        if self.stack.is_full(false) {
            self.stack.refused_full += 1;
            self.stack.emit(responded(id, 503));
            return id;
        }
        let stack = &mut self.stack;
        let key = stack.key();
        let tag = tag_text(stack.token());
        let call_id = format!("{:016x}{:016x}", stack.token(), stack.token());
        let has = |wanted: &str| request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let mut builder = stack
            .begin_request(&request.method, &request.target, request.flow, key)
            .max_forwards(70);
        builder = builder.from(&request.from, &tag).to(&request.to, None);
        builder = builder
            .call_id(&call_id)
            .cseq(1)
            .header("User-Agent", &stack.config.product)
            .header("Allow", ALLOW);
        if !has("Contact") {
            builder = builder.contact(&contact_uri(request.flow, &user_of(&request.from.uri)));
        }
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let message = builder.body(request.body.as_ref()).finish();
        stack.start(key, message, request.flow, ClientOwner::Outgoing(id), now);
        self.outgoing.insert(
            id,
            Outgoing {
                login: request.credentials.map(Login::new),
            },
        );
        id
    }

    /// The final response to [`Self::request`]; a challenge is answered.
    pub(super) fn on_responded(&mut self, id: RequestId, request: &Request, response: &Response, flow: Flow, now: Instant) {
        let Some(mut outgoing) = self.outgoing.remove(&id) else { return };
        if let Some(login) = &mut outgoing.login
            && self
                .stack
                .log_in_again(login, request, response, flow, ClientOwner::Outgoing(id), now)
        {
            self.outgoing.insert(id, outgoing);
            return;
        }
        let headers = response
            .all_headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let (status, reason) = (response.status(), response.reason().to_owned());
        self.stack.emit(Event::Responded {
            request: id,
            status,
            reason,
            headers,
        });
    }

    /// Nothing came back to [`Self::request`].
    pub(super) fn on_unresponded(&mut self, id: RequestId) {
        if self.outgoing.remove(&id).is_some() {
            self.stack.emit(responded(id, 408));
        }
    }
}

impl Stack {
    /// Sends a challenged request once more, with credentials; false when that leads nowhere.
    pub(super) fn log_in_again(
        &mut self,
        login: &mut Login,
        request: &Request,
        response: &Response,
        flow: Flow,
        owner: ClientOwner,
        now: Instant,
    ) -> bool {
        if !matches!(response.status(), 401 | 407) {
            return false;
        }
        let Some(builder) = log_in(login, request, response, self) else {
            return false;
        };
        let number = request.cseq().map_or(1, |cseq| cseq.number) + 1;
        let key = self.key();
        let request = builder.via(flow, &key.branch()).cseq(number).finish();
        self.start(key, request, flow, owner, now);
        true
    }
}

fn responded(request: RequestId, status: u16) -> Event {
    let reason = crate::message::reason_phrase(status).to_owned();
    Event::Responded {
        request,
        status,
        reason,
        headers: Vec::new(),
    }
}
