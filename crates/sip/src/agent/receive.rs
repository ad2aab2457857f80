//! What comes in: to a transaction, a session, or the switchboard; or refused on the spot.

use std::sync::Arc;
use std::time::Instant;

use super::session::Fate;
use super::stack::{ALLOW, ClientOwner, KNOWN_OPTIONS, ServerOwner, Stack, TagOwner, parse_tag};
use super::{Agent, DialogId, Event, RequestId};
use crate::Flow;
use crate::message::{self, Parsed, Request, Response};
use crate::outbox::{Due, SessionDue};
use crate::transaction::{ClientFired, Heard, ServerFired, ServerKey, ServerState};

impl Agent {
    /// One datagram, one WebSocket message, or one framed message of a stream.
    pub fn receive(&mut self, flow: Flow, bytes: &[u8], now: Instant) {
        match message::parse(bytes, flow.transport) {
            Parsed::Request(request) => self.on_request(flow, Arc::from(request), now),
            Parsed::Response(response) => self.on_response(&response, now),
            Parsed::Salvaged(salvage) => {
                let refusal = salvage.refusal(flow.peer, &self.stack.config.product);
                self.stack.outbox.send(flow, refusal);
            }
            Parsed::KeepAlive(sign) => {
                if let Some(reply) = sign.reply(flow.peer) {
                    self.stack.outbox.send(flow, reply);
                }
            }
            Parsed::Garbage(_) => self.stack.dropped += 1,
        }
    }

    fn on_request(&mut self, flow: Flow, request: Arc<Request>, now: Instant) {
        if request.method() == "ACK" {
            return self.on_ack(flow, &request, now);
        }
        let Some(key) = self.stack.server_key(&request, request.method()) else {
            self.stack.dropped += 1;
            return;
        };
        let stack = &mut self.stack;
        if let Some(server) = stack.servers.find(key) {
            stack.absorbed += 1;
            return stack.servers.repeated(server, flow, &mut stack.outbox);
        }
        if request.method() == "CANCEL" {
            return self.on_cancel(&request, flow, now);
        }
        let in_dialog = request.to_tag().is_some() && request.method() != "REGISTER";
        if stack.is_full(in_dialog) {
            stack.refused_full += 1;
            return stack.refuse(&request, flow, 503, &[("Retry-After", "10")]);
        }
        if let Some((status, headers)) = objection(&request, in_dialog) {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            return stack.refuse(&request, flow, status, &headers);
        }
        if in_dialog {
            return self.on_request_in_dialog(key, &request, flow, now);
        }
        match request.method() {
            "INVITE" => self.on_invite(key, request, flow, now),
            "REGISTER" | "OPTIONS" | "SUBSCRIBE" | "MESSAGE" | "PUBLISH" | "REFER" => {
                let server = stack.accept(key, Arc::clone(&request), flow, ServerOwner::Outside, now);
                stack.emit(Event::Requested {
                    request: RequestId(server.0),
                    flow,
                    message: request,
                });
            }
            "BYE" | "PRACK" | "UPDATE" | "INFO" | "NOTIFY" => stack.refuse(&request, flow, 481, &[]),
            _ => stack.refuse(&request, flow, 501, &[("Allow", ALLOW)]),
        }
    }

    /// A request with a tag of ours.
    fn on_request_in_dialog(&mut self, key: ServerKey, request: &Arc<Request>, flow: Flow, now: Instant) {
        match self.tag_owner(request) {
            Some(TagOwner::Session(id)) => {
                let fate = self
                    .sessions
                    .get_mut(&id)
                    .filter(|session| session.call_id == request.call_id())
                    .and_then(|session| session.on_request(key, request, flow, &mut self.stack, now));
                match fate {
                    Some(fate) => self.settle(id, fate, now),
                    None => self.stack.refuse(request, flow, 481, &[]),
                }
            }
            Some(TagOwner::Watch(id)) => self.on_request_to_watch(id, key, request, flow, now),
            // Both sides hang up at once.
            Some(TagOwner::Ending) if request.method() == "BYE" => self.stack.refuse(request, flow, 200, &[]),
            Some(TagOwner::Ending) | None => self.stack.refuse(request, flow, 481, &[]),
        }
    }

    fn tag_owner(&self, request: &Request) -> Option<TagOwner> {
        self.stack.tags.get(&parse_tag(request.to_tag()?)?).copied()
    }

    fn on_ack(&mut self, flow: Flow, ack: &Request, now: Instant) {
        let stack = &mut self.stack;
        if let Some(server) = stack.server_key(ack, "INVITE").and_then(|key| stack.servers.find(key))
            && stack.servers.state(server) != Some(ServerState::Accepted)
        {
            return stack.servers.acknowledged(server, now, &mut stack.outbox);
        }
        let Some(TagOwner::Session(id)) = self.tag_owner(ack) else {
            self.stack.absorbed += 1;
            return;
        };
        let Some(session) = self.sessions.get_mut(&id).filter(|session| session.call_id == ack.call_id()) else {
            return;
        };
        if session.dialog_mut(ack.from_tag().unwrap_or_default()).is_none() {
            return;
        }
        session.follow(flow, &mut self.stack, now);
        let fate = session.on_ack(ack, &mut self.stack, now);
        self.settle(id, fate, now);
    }

    fn on_response(&mut self, response: &Response, now: Instant) {
        let stack = &mut self.stack;
        match stack.clients.receive(response, now, &mut stack.outbox) {
            Heard::Unknown => stack.dropped += 1,
            Heard::Absorbed => stack.absorbed += 1,
            Heard::Provisional(ClientOwner::Invite(id)) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    stack.forks -= session.forks();
                    session.on_progress(response, stack, now);
                    stack.forks += session.forks();
                }
            }
            Heard::Provisional(_) => {}
            Heard::Success { key, owner } => {
                let session = owner.and_then(ClientOwner::session).and_then(|id| self.sessions.get_mut(&id));
                match (owner, session) {
                    (Some(ClientOwner::Invite(_)), Some(session)) if session.is_calling() => {
                        self.stack.forks -= session.forks();
                        session.on_answer(key, response, &mut self.stack, now);
                    }
                    (Some(ClientOwner::Reinvite(_)), Some(session)) if session.awaits(key) => {
                        session.on_reinvite_success(key, response, &mut self.stack, now);
                    }
                    _ => self.stack.decline_answer(key, response, now),
                }
            }
            Heard::Final { owner, request, flow } => self.on_final(owner, &request, response, flow, now),
        }
    }

    fn on_final(&mut self, owner: ClientOwner, request: &Request, response: &Response, flow: Flow, now: Instant) {
        let stack = &mut self.stack;
        match owner {
            ClientOwner::Ping(request) => stack.emit(Event::Pinged {
                request,
                status: Some(response.status()),
                seen_as: response.seen_as(),
                to: response.to().uri,
            }),
            ClientOwner::Outgoing(id) => self.on_responded(id, request, response, flow, now),
            ClientOwner::Bye(tag) => {
                if let Some(mut login) = stack.farewells.remove(&tag)
                    && let Some(builder) = stack.log_in(&mut login, request, response)
                {
                    let number = request.cseq().map_or(1, |cseq| cseq.number) + 1;
                    stack.send_again(builder, number, flow, owner, now);
                    stack.farewells.insert(tag, login);
                    return;
                }
                stack.forget_ending(tag);
            }
            ClientOwner::Invite(id) | ClientOwner::Reinvite(id) | ClientOwner::Update(id) => {
                let Some(session) = self.sessions.get_mut(&id) else { return };
                let fate = match owner {
                    ClientOwner::Invite(_) => {
                        stack.forks -= session.forks();
                        let fate = session.on_refused(request, response, flow, stack, now);
                        stack.forks += session.forks();
                        fate
                    }
                    _ if session.retry_with_login(request, response, owner, stack, now) => Fate::Lives,
                    ClientOwner::Reinvite(_) => session.on_reinvite_refused(response, stack, now),
                    _ => session.on_refreshed(response, stack, now),
                };
                self.settle(id, fate, now);
            }
            ClientOwner::Identify(id) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.on_identified(response, stack, now);
                }
            }
            ClientOwner::Notify(id) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.on_notify_refused(response.status());
                }
            }
            ClientOwner::PhoneEvent(id) => {
                if let Some(session) = self.sessions.get_mut(&id).filter(|_| response.status() >= 300) {
                    session.on_phone_event_refused(request);
                }
            }
            ClientOwner::Watch(id) => self.on_notified(id, response.status()),
            ClientOwner::Prack(id) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.on_prack_answered(request, response, stack, now);
                }
            }
        }
    }

    /// Nothing came back in time, or the flow is gone.
    pub(super) fn on_timed_out(&mut self, owner: ClientOwner, now: Instant) {
        let stack = &mut self.stack;
        match owner {
            ClientOwner::Ping(request) => stack.emit(Event::Pinged {
                request,
                status: None,
                seen_as: None,
                to: String::new(),
            }),
            ClientOwner::Outgoing(id) => self.on_unresponded(id),
            ClientOwner::Watch(id) => self.on_notified(id, 408),
            ClientOwner::Bye(tag) => {
                stack.farewells.remove(&tag);
                stack.forget_ending(tag);
            }
            ClientOwner::Invite(id) | ClientOwner::Reinvite(id) | ClientOwner::Update(id) => {
                let Some(session) = self.sessions.get_mut(&id) else { return };
                let fate = match owner {
                    ClientOwner::Invite(_) => session.on_unanswered(stack),
                    ClientOwner::Reinvite(_) => session.on_reinvite_timed_out(stack, now),
                    _ => session.on_refresh_timed_out(stack, now),
                };
                self.settle(id, fate, now);
            }
            ClientOwner::Identify(_) | ClientOwner::Notify(_) | ClientOwner::PhoneEvent(_) | ClientOwner::Prack(_) => {}
        }
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(due) = self.stack.outbox.timers.pop(now) {
            let stack = &mut self.stack;
            match due {
                Due::Client(key) => match stack.clients.on_timer(key, now, &mut stack.outbox) {
                    ClientFired::Nothing => {}
                    ClientFired::TimedOut(owner) => self.on_timed_out(owner, now),
                },
                Due::Server(id) => match stack.servers.on_timer(id, now, &mut stack.outbox) {
                    ServerFired::Nothing => {}
                    ServerFired::Unanswered(owner) => self.on_never_answered(owner, id.0),
                },
                Due::Session(id, what) => self.on_session_due(id, what, now),
                Due::Response(id) => self.on_response_overdue(id),
                Due::Watch(id) => self.on_watch_due(id, now),
            }
        }
    }

    fn on_session_due(&mut self, id: DialogId, what: SessionDue, now: Instant) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let stack = &mut self.stack;
        let fate = match what {
            SessionDue::Acknowledgement => session.on_ack_overdue(stack, now),
            SessionDue::Prack => session.on_prack_overdue(stack, now),
            SessionDue::Ringing => session.on_still_ringing(stack, now),
            SessionDue::Refresh => session.on_refresh_due(stack, now),
            SessionDue::Reoffer => {
                session.on_reoffer_due(stack, now);
                Fate::Lives
            }
            SessionDue::FlowLost => session.on_grace_over(stack),
            SessionDue::FirstResponse => session.on_patience_over(stack),
        };
        self.settle(id, fate, now);
    }

    /// The switchboard has never responded: the peer has given up, so nothing is sent.
    fn on_never_answered(&mut self, owner: ServerOwner, number: u64) {
        match owner {
            ServerOwner::Update(id) | ServerOwner::Refer(id) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.forget_request(crate::transaction::ServerId(number));
                }
            }
            ServerOwner::Outside | ServerOwner::Info(_) | ServerOwner::Own(_) => {}
            // They wait as long as their session does.
            ServerOwner::Invite(_) | ServerOwner::Reinvite(_) => {}
        }
    }
}

impl Stack {
    pub(super) fn forget_ending(&mut self, tag: u64) {
        if self.tags.get(&tag) == Some(&TagOwner::Ending) {
            self.tags.remove(&tag);
        }
    }
}

/// Why a request cannot be served, whoever sent it: the status and what explains it (RFC 3261 section 8.2).
fn objection(request: &Request, in_dialog: bool) -> Option<(u16, Vec<(&'static str, String)>)> {
    let method = request.method();
    if !in_dialog && method != "OPTIONS" && request.max_forwards() == Some(0) {
        return Some((483, Vec::new()));
    }
    let unknown: Vec<_> = request
        .list("Require")
        .filter(|option| !KNOWN_OPTIONS.iter().any(|o| o.eq_ignore_ascii_case(option)))
        .collect();
    if !unknown.is_empty() {
        return Some((420, vec![("Unsupported", unknown.join(", "))]));
    }
    if !matches!(method, "INVITE" | "UPDATE" | "PRACK") || request.inner().body().is_empty() {
        return None;
    }
    let media_type = request
        .header("Content-Type")
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim();
    let encoded = request
        .header("Content-Encoding")
        .is_some_and(|value| !value.trim().eq_ignore_ascii_case("identity"));
    if encoded || !media_type.eq_ignore_ascii_case("application/sdp") {
        let accept = ("Accept", "application/sdp".to_owned());
        return Some((415, vec![accept, ("Accept-Encoding", "identity".to_owned())]));
    }
    None
}
