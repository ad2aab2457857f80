//! Offers inside a session: our re-INVITEs, the peer's, and glare between them (RFC 3261 section 14).

use std::time::{Duration, Instant};

use super::session::{Fate, Phase, Session};
use super::session_timer::{MIN_SE, is_too_small};
use super::stack::{ALLOW, ClientOwner, SUPPORTED_PLAINLY, Stack, with_headers};
use super::{Body, End, Event, Header, RequestId};
use crate::message::{Request, Response};
use crate::outbox::{SessionDue, TimerId};
use crate::transaction::{ClientKey, ServerId};

/// Tries of one re-INVITE in all, when each meets glare.
const GLARE_TRIES: u8 = 4;

/// Which offer is open. At most one is (RFC 3264 section 4).
#[derive(Debug, Default)]
pub(super) enum Offer {
    /// None.
    #[default]
    Stable,
    /// The peer's: its re-INVITE or UPDATE waits for our response.
    Incoming(ServerId),
    /// Ours: the re-INVITE is out.
    Outgoing {
        key: ClientKey,
        body: Option<Body>,
        tries: u8,
        refresh: bool,
    },
    /// Ours met the peer's: we try again later.
    Waiting {
        timer: TimerId,
        body: Option<Body>,
        tries: u8,
        refresh: bool,
    },
    /// The peer's, in its 2xx: our ACK has to bring the answer.
    Unanswered { key: ClientKey, tag: String, cseq: u32 },
}

impl Session {
    /// re-INVITE for the switchboard.
    pub(super) fn reoffer(&mut self, body: Option<Body>, stack: &mut Stack, now: Instant) {
        let refusal = match (&self.phase, &self.offer) {
            (Phase::Calling { .. } | Phase::Ringing(_), _) => Some(481),
            (Phase::Talking, _) if self.lost.is_some() => Some(480),
            (Phase::Talking, Offer::Stable) => self.unacknowledged.as_ref().map(|_| 491),
            (Phase::Talking, Offer::Outgoing { refresh: true, .. }) => Some(491),
            (Phase::Talking, Offer::Waiting { refresh: true, .. }) => {
                self.give_up_waiting(stack);
                None
            }
            (Phase::Talking, Offer::Incoming(_) | Offer::Unanswered { .. }) => Some(491),
            (Phase::Talking, Offer::Outgoing { .. } | Offer::Waiting { .. }) => Some(491),
        };
        match refusal {
            Some(status) => self.emit(
                Event::ReofferEnded {
                    dialog: self.id,
                    result: Err(status),
                },
                stack,
            ),
            None => self.send_reinvite(body, 0, false, stack, now),
        }
    }

    pub(super) fn send_reinvite(&mut self, body: Option<Body>, tries: u8, refresh: bool, stack: &mut Stack, now: Instant) {
        let key = stack.key();
        let contact = self.contact(stack);
        let mut builder = self
            .next("INVITE", body.as_ref(), key, stack)
            .contact(&contact)
            .header("Allow", ALLOW);
        builder = builder.header("Supported", SUPPORTED_PLAINLY);
        for (name, value) in self.refresh.headers() {
            builder = builder.header(name, &value);
        }
        stack.start(key, builder.finish(), self.flow, ClientOwner::Reinvite(self.id), now);
        self.offer = Offer::Outgoing {
            key,
            body,
            tries: tries + 1,
            refresh,
        };
    }

    /// 2xx to our re-INVITE.
    pub(super) fn on_reinvite_success(&mut self, key: ClientKey, response: &Response, stack: &mut Stack, now: Instant) {
        let cseq = response.cseq().map_or(0, |cseq| cseq.number);
        self.dialog.retarget(response.target());
        self.refresh.agree_as_client(response);
        self.arm_refresh(stack, now);
        self.note_login(response);
        let Offer::Outgoing { body, refresh, .. } = std::mem::take(&mut self.offer) else {
            return self.send_ack(key, response.to_tag().unwrap_or_default(), cseq, None, stack);
        };
        let tag = response.to_tag().unwrap_or_default();
        if body.is_some() {
            self.send_ack(key, tag, cseq, None, stack);
            self.description = body;
        } else {
            self.offer = Offer::Unanswered {
                key,
                tag: tag.to_owned(),
                cseq,
            };
        }
        if !refresh {
            self.emit(
                Event::ReofferEnded {
                    dialog: self.id,
                    result: Ok(response.body()),
                },
                stack,
            );
        }
    }

    /// 300 to 699 to our re-INVITE; the session goes on unless the peer does not know it.
    pub(super) fn on_reinvite_refused(&mut self, response: &Response, stack: &mut Stack, now: Instant) -> Fate {
        let Offer::Outgoing { body, tries, refresh, .. } = std::mem::take(&mut self.offer) else {
            return Fate::Lives;
        };
        let status = response.status();
        if status == 491 && tries < GLARE_TRIES {
            let delay = self.glare_delay(stack);
            let timer = stack.outbox.timers.set(now + delay, self.due(SessionDue::Reoffer));
            self.offer = Offer::Waiting {
                timer,
                body,
                tries,
                refresh,
            };
            return Fate::Lives;
        }
        if status == 422 && tries < GLARE_TRIES && self.refresh.widen(response) {
            self.send_reinvite(body, tries, refresh, stack, now);
            return Fate::Lives;
        }
        if refresh {
            return self.on_refreshed(response, stack, now);
        }
        self.emit(
            Event::ReofferEnded {
                dialog: self.id,
                result: Err(status),
            },
            stack,
        );
        match status {
            481 => self.gone(stack),
            408 => self.end(End::TimedOut, stack, now),
            _ => Fate::Lives,
        }
    }

    /// Nothing came back to our re-INVITE.
    pub(super) fn on_reinvite_timed_out(&mut self, stack: &mut Stack, now: Instant) -> Fate {
        let Offer::Outgoing { refresh, .. } = std::mem::take(&mut self.offer) else {
            return Fate::Lives;
        };
        if !refresh {
            self.emit(
                Event::ReofferEnded {
                    dialog: self.id,
                    result: Err(408),
                },
                stack,
            );
        }
        self.on_refresh_timed_out(stack, now)
    }

    /// RFC 3261 section 14.1: the caller waits longer, so that the second try does not meet glare again.
    fn glare_delay(&self, stack: &mut Stack) -> Duration {
        let steps = if self.is_caller { 210 + stack.below(191) } else { stack.below(201) };
        Duration::from_millis(steps * 10)
    }

    /// The delay after glare is over.
    pub(super) fn on_reoffer_due(&mut self, stack: &mut Stack, now: Instant) {
        let Offer::Waiting { body, tries, refresh, .. } = std::mem::take(&mut self.offer) else {
            return;
        };
        self.send_reinvite(body, tries, refresh, stack, now);
    }

    /// The answer to the peer's offer in its 2xx.
    pub(super) fn acknowledge(&mut self, body: Body, stack: &mut Stack) {
        if let Offer::Unanswered { key, tag, cseq } = std::mem::take(&mut self.offer) {
            self.send_ack(key, &tag, cseq, Some(&body), stack);
            self.description = Some(body);
        }
    }

    /// ACK to a 2xx (RFC 3261 section 13.2.2.4).
    pub(super) fn send_ack(&mut self, key: ClientKey, tag: &str, cseq: u32, body: Option<&Body>, stack: &mut Stack) {
        let dialog = super::session::Dialog {
            local_cseq: cseq,
            ..self.dialog.clone()
        };
        let branch = stack.key();
        let ack = self.begin(("ACK", body), &dialog, branch, stack).finish();
        stack.clients.acknowledge(key, tag, self.flow, ack.to_bytes(), &mut stack.outbox);
    }

    /// The peer's re-INVITE.
    pub(super) fn on_reinvite(&mut self, request: &Request, server: ServerId, stack: &mut Stack, now: Instant) {
        let tag = self.tag;
        if is_too_small(request) {
            return stack.answer(server, 422, tag, &[("Min-SE", &MIN_SE.to_string())], now);
        }
        if let Some(status) = self.glare(request) {
            let wait = stack.below(10).to_string();
            let headers: &[(&str, &str)] = if status == 500 { &[("Retry-After", &wait)] } else { &[] };
            return stack.answer(server, status, tag, headers, now);
        }
        self.give_up_waiting(stack);
        if !self.flow.transport.is_reliable() {
            stack.outbox.try_later(server);
        }
        // Its ACK may still be on the way, but the peer has seen our last 2xx.
        self.forget_unacknowledged(stack);
        self.dialog.retarget(request.target());
        self.offer = Offer::Incoming(server);
        self.emit(
            Event::Reoffered {
                dialog: self.id,
                request: RequestId(server.0),
                body: request.body(),
            },
            stack,
        );
    }

    /// The status that refuses an offer of the peer, because another one is open.
    fn glare(&self, request: &Request) -> Option<u16> {
        let invite = request.method() == "INVITE";
        match (&self.phase, &self.offer) {
            (Phase::Calling { .. }, _) => Some(491),
            (Phase::Ringing(ringing), _) if invite || !ringing.reliable.as_ref().is_some_and(|r| r.described) => Some(500),
            (_, Offer::Incoming(_)) => Some(500),
            (_, Offer::Outgoing { .. } | Offer::Unanswered { .. }) => Some(491),
            (_, Offer::Stable | Offer::Waiting { .. }) => {
                let open = self
                    .unacknowledged
                    .as_ref()
                    .is_some_and(|waiting| waiting.initial || waiting.offers);
                open.then_some(491)
            }
        }
    }

    /// UPDATE (RFC 3311): a refresh when it has no body, an offer otherwise.
    pub(super) fn on_update(&mut self, request: &Request, server: ServerId, stack: &mut Stack, now: Instant) {
        let tag = self.tag;
        if is_too_small(request) {
            return stack.answer(server, 422, tag, &[("Min-SE", &MIN_SE.to_string())], now);
        }
        let Some(body) = request.body() else {
            let remote_tag = request.from_tag().unwrap_or_default().to_owned();
            if let Some(dialog) = self.dialog_mut(&remote_tag) {
                dialog.retarget(request.target());
            }
            return self.finish_update(server, None, &[], stack, now);
        };
        if let Some(status) = self.glare(request) {
            let wait = stack.below(10).to_string();
            let headers: &[(&str, &str)] = if status == 500 { &[("Retry-After", &wait)] } else { &[] };
            return stack.answer(server, status, tag, headers, now);
        }
        self.give_up_waiting(stack);
        self.dialog.retarget(request.target());
        self.offer = Offer::Incoming(server);
        let request = RequestId(server.0);
        self.emit(
            Event::Reoffered {
                dialog: self.id,
                request,
                body: Some(body),
            },
            stack,
        );
    }

    /// 200 to UPDATE.
    fn finish_update(&mut self, server: ServerId, body: Option<&Body>, headers: &[Header], stack: &mut Stack, now: Instant) {
        let Some((request, _)) = stack.servers.request(server) else {
            return;
        };
        let agreed = self.refresh.agree_as_server(request);
        let Some(builder) = stack.response(server, 200, self.tag) else {
            return;
        };
        let builder = with_headers(builder.contact(&self.contact(stack)), headers);
        let builder = with_session_timer(builder, agreed).body(body);
        stack.send_response(server, &builder.finish(), now);
        match self.phase {
            Phase::Talking => self.arm_refresh(stack, now),
            Phase::Calling { .. } | Phase::Ringing(_) => {}
        }
    }

    /// The switchboard's response to a re-INVITE or UPDATE of the peer.
    pub(super) fn respond_to_offer(
        &mut self,
        (server, is_update): (ServerId, bool),
        status: u16,
        headers: &[Header],
        body: Option<&Body>,
        stack: &mut Stack,
        now: Instant,
    ) {
        match self.offer {
            Offer::Incoming(open) if open == server => self.offer = Offer::Stable,
            Offer::Incoming(_) | Offer::Stable | Offer::Outgoing { .. } => return,
            Offer::Waiting { .. } | Offer::Unanswered { .. } => return,
        }
        if status >= 300 {
            if let Some(builder) = stack.response(server, status, self.tag) {
                stack.send_response(server, &with_headers(builder, headers).body(body).finish(), now);
            }
            return;
        }
        if body.is_some() {
            self.description = body.cloned();
        }
        if is_update {
            return self.finish_update(server, body, headers, stack, now);
        }
        let Some((request, _)) = stack.servers.request(server) else {
            return;
        };
        let offers = request.inner().body().is_empty();
        let agreed = self.refresh.agree_as_server(request);
        let Some(builder) = stack.response(server, status, self.tag) else {
            return;
        };
        let builder = with_headers(builder.contact(&self.contact(stack)).header("Allow", ALLOW), headers);
        let response = with_session_timer(builder, agreed).body(body).finish();
        self.send_success(server, &response, (false, offers), stack, now);
        self.arm_refresh(stack, now);
    }

    /// An offer of ours that waits after glare loses against one of the peer.
    fn give_up_waiting(&mut self, stack: &mut Stack) {
        match std::mem::take(&mut self.offer) {
            Offer::Waiting { timer, refresh, .. } => {
                stack.outbox.timers.cancel(timer);
                if !refresh {
                    self.emit(
                        Event::ReofferEnded {
                            dialog: self.id,
                            result: Err(491),
                        },
                        stack,
                    );
                }
            }
            other @ (Offer::Stable | Offer::Incoming(_) | Offer::Outgoing { .. } | Offer::Unanswered { .. }) => {
                self.offer = other;
            }
        }
    }

    /// The session is over: an open offer is dropped.
    pub(super) fn drop_offer(&mut self, stack: &mut Stack, now: Instant) {
        match std::mem::take(&mut self.offer) {
            Offer::Stable | Offer::Unanswered { .. } => {}
            Offer::Incoming(server) => stack.answer(server, 487, self.tag, &[], now),
            Offer::Outgoing { key, .. } => stack.clients.disown(key),
            Offer::Waiting { timer, .. } => stack.outbox.timers.cancel(timer),
        }
    }
}

/// The 2xx's part of what [`super::session_timer::SessionTimer::agree_as_server`] agreed.
pub(super) fn with_session_timer(
    builder: crate::message::ResponseBuilder,
    agreed: Option<(String, bool)>,
) -> crate::message::ResponseBuilder {
    let builder = builder.header("Supported", SUPPORTED_PLAINLY);
    match agreed {
        None => builder,
        Some((value, false)) => builder.header("Session-Expires", &value),
        Some((value, true)) => builder.header("Session-Expires", &value).header("Require", "timer"),
    }
}
