//! Requests of ours outside of dialogs: OPTIONS to see who lives, REGISTER at a trunk.

use std::time::Instant;

use super::series::{Course, Place};
use super::stack::{ALLOW, ClientOwner, Login, Stack, preloaded, tag_text, user_of};
use super::{Agent, Event, Mirror, NameAddr, OutgoingRequest, RequestId};
use crate::Flow;
use crate::message::{Request, RequestBuilder, Response, escape_user};
use crate::outbox::{Due, TimerId};
use crate::transaction::ClientKey;

/// What we have to remember of a request besides its transaction.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) key: ClientKey,
    pub(super) place: Place,
    /// When nobody waits any longer.
    patience: Option<TimerId>,
    /// When it went out last, retransmissions apart.
    sent_at: Instant,
}

impl Agent {
    /// OPTIONS outside of dialogs; [`Event::Pinged`] tells the outcome. `None` when there is no room for it: nobody was asked.
    pub fn options(&mut self, flow: Flow, target: &str, now: Instant) -> Option<RequestId> {
        self.options_to(flow, target, target, now)
    }

    /// As [`Self::options`], with another address in `To`. Whoever answers has to repeat that as it is (RFC 3261 section 8.2.6.2).
    pub fn options_to(&mut self, flow: Flow, target: &str, to: &str, now: Instant) -> Option<RequestId> {
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
            uri: to.to_owned(),
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
            .contact(&stack.contact_uri(flow, ""))
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
        let (flow, key) = (request.flow, self.stack.key());
        let timers = &mut self.stack.outbox.timers;
        let patience = request.response_max.map(|max| timers.set(now + max, Due::Response(id)));
        let mut place = self.take_place(request.series);
        if let Some(course) = place.course(&mut self.series) {
            let message = course.first(request, key, &mut self.stack);
            self.stack.start(key, message, flow, ClientOwner::Outgoing(id), now);
        }
        self.outgoing.insert(
            id,
            Outgoing {
                key,
                place,
                patience,
                sent_at: now,
            },
        );
        id
    }

    /// The final response to [`Self::request`]; a challenge is answered.
    pub(super) fn on_responded(&mut self, id: RequestId, request: &Request, response: &Response, flow: Flow, now: Instant) {
        let Some(mut outgoing) = self.outgoing.remove(&id) else { return };
        if let Some(course) = outgoing.place.course(&mut self.series)
            && let Some(login) = &mut course.login
            && let Some(builder) = self.stack.log_in(login, request, response)
        {
            outgoing.key = self
                .stack
                .send_again(builder, course.next_number(), flow, ClientOwner::Outgoing(id), now);
            outgoing.sent_at = now;
            self.outgoing.insert(id, outgoing);
            return;
        }
        let round_trip = now.saturating_duration_since(outgoing.sent_at);
        self.finish(outgoing);
        let headers = response
            .all_headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        self.stack.emit(Event::Responded {
            request: id,
            status: response.status(),
            reason: response.reason().to_owned(),
            headers,
            seen_as: response.seen_as(),
            round_trip: Some(round_trip),
            mirror: Mirror::of(request, response, flow).map(Box::new),
        });
    }

    /// Nothing came back to [`Self::request`].
    pub(super) fn on_unresponded(&mut self, id: RequestId) {
        if let Some(outgoing) = self.outgoing.remove(&id) {
            self.finish(outgoing);
            self.stack.emit(responded(id, 408));
        }
    }

    fn finish(&mut self, mut outgoing: Outgoing) {
        self.stack.outbox.timers.clear(&mut outgoing.patience);
        self.leave_place(&outgoing.place);
    }
}

impl Course {
    /// A request as it goes out first.
    fn first(&mut self, request: OutgoingRequest, key: ClientKey, stack: &mut Stack) -> Request {
        self.use_credentials(request.credentials);
        let has = |wanted: &str| request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let mut builder = stack
            .begin_request(&request.method, &request.target, request.flow, key)
            .preloaded_routes(preloaded(&request.routes))
            .max_forwards(70)
            .from(&request.from, &self.tag)
            .to(&request.to, None)
            .call_id(&self.call_id)
            .cseq(self.next_number())
            .header("User-Agent", &stack.config.product)
            .header("Allow", ALLOW);
        if !has("Contact") {
            let user = contact_user(request.contact_user.as_deref(), &request.from);
            builder = builder.contact(&stack.contact_uri(request.flow, &user));
        }
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        builder = builder.body(request.body.as_ref());
        if let Some(login) = &mut self.login {
            builder = login.sign(builder, stack);
        }
        builder.finish()
    }
}

impl Stack {
    /// The challenged request once more, with credentials, without `Via` and `CSeq`; `None` when that leads nowhere, or when it was not
    /// challenged at all.
    pub(super) fn log_in(&mut self, login: &mut Login, request: &Request, response: &Response) -> Option<RequestBuilder> {
        if !matches!(response.status(), 401 | 407) {
            login.answerer.accepted(response);
            return None;
        }
        login.answerer.challenged(request, response).ok()?;
        Some(login.sign(RequestBuilder::again(request), self))
    }

    /// Sends what [`Self::log_in`] began.
    pub(super) fn send_again(&mut self, builder: RequestBuilder, number: u32, flow: Flow, owner: ClientOwner, now: Instant) -> ClientKey {
        let key = self.key();
        let request = builder.via(flow, &key.branch()).cseq(number).finish();
        self.start(key, request, flow, owner, now);
        key
    }
}

/// The user part of our `Contact`, escaped: as wished, or that of `from`, which is escaped already.
pub(super) fn contact_user(wished: Option<&str>, from: &NameAddr) -> String {
    wished.map_or_else(|| user_of(&from.uri), escape_user)
}

pub(super) fn responded(request: RequestId, status: u16) -> Event {
    let reason = crate::message::reason_phrase(status).to_owned();
    Event::Responded {
        request,
        status,
        reason,
        headers: Vec::new(),
        seen_as: None,
        round_trip: None,
        mirror: None,
    }
}
