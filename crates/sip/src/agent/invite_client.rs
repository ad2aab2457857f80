//! Our INVITE: forks, answers, refusals, challenges (RFC 3261 section 13.2).

use std::time::Instant;

use super::reoffer::Offer;
use super::session::{Dialog, Fate, Phase, Session};
use super::session_timer::SessionTimer;
use super::stack::{ALLOW, ClientOwner, Login, Stack, TagOwner, contact_uri, tag_text, user_of};
use super::{Agent, DialogId, Event, Invite};
use crate::Flow;
use crate::message::{Contacts, Request, RequestBuilder, Response, reason_phrase};
use crate::transaction::ClientKey;

/// Early dialogs of one INVITE at most; further forks are still acknowledged and ended when they answer.
const FORKS_MAX: usize = 16;

impl Agent {
    /// Sends an INVITE. Without room for it [`Event::Refused`] with 503 follows at once.
    pub fn invite(&mut self, invite: Invite, now: Instant) -> DialogId {
        let stack = &mut self.stack;
        let id = DialogId(stack.next_id());
        if self.sessions.len() >= stack.config.dialogs_max || stack.is_full(false) {
            stack.refused_full += 1;
            stack.emit(refused(id, 503));
            return id;
        }
        let (tag, key) = (stack.token(), stack.key());
        let call_id = format!("{:016x}{:016x}", stack.token(), stack.token());
        let contact_user = user_of(&invite.from.uri);
        let refresh = SessionTimer::new(stack.config.session_expires);
        let mut builder = stack.begin_request("INVITE", &invite.target, invite.flow, key);
        if !invite.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Max-Forwards")) {
            builder = builder.max_forwards(70);
        }
        builder = builder
            .from(&invite.from, &tag_text(tag))
            .to(&invite.to, None)
            .call_id(&call_id)
            .cseq(1)
            .contact(&contact_uri(invite.flow, &contact_user))
            .header("Allow", ALLOW)
            .header("Supported", if invite.body.is_some() { "timer, 100rel" } else { "timer" })
            .header("User-Agent", &stack.config.product);
        for (name, value) in refresh.headers() {
            builder = builder.header(name, &value);
        }
        for (name, value) in &invite.headers {
            builder = builder.header(name, value);
        }
        let request = builder.body(invite.body.as_ref()).finish();
        stack.start(key, request, invite.flow, ClientOwner::Invite(id), now);
        stack.tags.insert(tag, TagOwner::Session(id));
        let session = Session {
            id,
            flow: invite.flow,
            fallback: None,
            call_id,
            tag,
            local: invite.from,
            remote: invite.to,
            contact_user,
            phase: Phase::Calling {
                key,
                offered: invite.body.is_some(),
                forks: Vec::new(),
                widened: false,
            },
            dialog: Dialog {
                target: invite.target,
                local_cseq: 1,
                ..Dialog::default()
            },
            unacknowledged: None,
            offer: Offer::Stable,
            refresh,
            description: invite.body,
            referral: None,
            login: invite.credentials.map(Login::new),
            lost: None,
            farewell: None,
            is_caller: true,
        };
        session.index_flow(stack);
        self.sessions.insert(id, Box::new(session));
        id
    }
}

impl Session {
    /// 1xx to our INVITE.
    pub(super) fn on_progress(&mut self, response: &Response, stack: &mut Stack, now: Instant) {
        let number = self.dialog.local_cseq;
        let Phase::Calling { forks, .. } = &mut self.phase else { return };
        match response.status() {
            100 => return,
            // This fork has ended without an answer (RFC 6228).
            199 => return forks.retain(|fork| response.to_tag() != Some(&fork.remote_tag)),
            _ => {}
        }
        if let Some(tag) = response.to_tag() {
            let at = forks.iter().position(|fork| fork.remote_tag == tag);
            let mut fork = match at {
                Some(at) => forks.swap_remove(at),
                None if forks.len() < FORKS_MAX => Dialog::of_response(response, number),
                None => return,
            };
            if at.is_some() {
                fork.learn(response);
            }
            let is_new = self.acknowledge_provisional(response, &mut fork, number, stack, now);
            if let Phase::Calling { forks, .. } = &mut self.phase {
                forks.push(fork);
            }
            if !is_new {
                return;
            }
        }
        let (status, body) = (response.status(), response.body());
        self.emit(
            Event::Progressed {
                dialog: self.id,
                status,
                body,
            },
            stack,
        );
    }

    /// The first 2xx to our INVITE: this fork wins.
    pub(super) fn on_answer(&mut self, key: ClientKey, response: &Response, stack: &mut Stack, now: Instant) {
        let number = self.dialog.local_cseq;
        let Phase::Calling { forks, offered, .. } = std::mem::replace(&mut self.phase, Phase::Talking) else {
            return;
        };
        let tag = response.to_tag().unwrap_or_default();
        let target = std::mem::take(&mut self.dialog.target);
        self.dialog = match forks.into_iter().find(|fork| fork.remote_tag == tag) {
            Some(mut fork) => {
                fork.learn(response);
                fork
            }
            None => Dialog::of_response(response, number),
        };
        if self.dialog.target.is_empty() {
            self.dialog.target = target;
        }
        let early_answer = self.dialog.early_answer.take();
        self.refresh.agree_as_client(response);
        self.arm_refresh(stack, now);
        if offered {
            self.send_ack(key, tag, number, None, stack);
        } else {
            self.offer = Offer::Unanswered {
                key,
                tag: tag.to_owned(),
                cseq: number,
            };
        }
        self.emit(
            Event::Answered {
                dialog: self.id,
                body: response.body().or(early_answer),
            },
            stack,
        );
    }

    /// 300 to 699 to our INVITE: answers a challenge or a wish for a longer session interval, else it is over.
    pub(super) fn on_refused(&mut self, request: &Request, response: &Response, flow: Flow, stack: &mut Stack, now: Instant) -> Fate {
        let status = response.status();
        let again = match status {
            401 | 407 => self.log_in(request, response, stack),
            422 => self.widen_invite(request, response),
            _ => None,
        };
        if let (Some(builder), Phase::Calling { key, forks, .. }) = (again, &mut self.phase) {
            self.dialog.local_cseq += 1;
            *key = stack.key();
            forks.clear();
            let request = builder.via(flow, &key.branch()).cseq(self.dialog.local_cseq).finish();
            stack.start(*key, request, flow, ClientOwner::Invite(self.id), now);
            return Fate::Lives;
        }
        let contacts = match response.contacts() {
            Ok(Contacts::List(list)) if status < 400 => list.into_iter().map(|contact| contact.uri).collect(),
            Ok(Contacts::List(_) | Contacts::All | Contacts::None) | Err(_) => Vec::new(),
        };
        let reason = response.reason().to_owned();
        self.emit(
            Event::Refused {
                dialog: self.id,
                status,
                reason,
                contacts,
            },
            stack,
        );
        Fate::Over
    }

    /// The same request with credentials, when they fit the challenge.
    pub(super) fn log_in(&mut self, request: &Request, response: &Response, stack: &mut Stack) -> Option<RequestBuilder> {
        log_in(self.login.as_mut()?, request, response, stack)
    }

    /// Sends a challenged request inside the session once more, with credentials; false when that leads nowhere.
    pub(super) fn retry_with_login(
        &mut self,
        request: &Request,
        response: &Response,
        owner: ClientOwner,
        stack: &mut Stack,
        now: Instant,
    ) -> bool {
        if !matches!(response.status(), 401 | 407) {
            return false;
        }
        let Some(builder) = self.log_in(request, response, stack) else {
            return false;
        };
        self.dialog.local_cseq += 1;
        let new_key = stack.key();
        let request = builder.via(self.flow, &new_key.branch()).cseq(self.dialog.local_cseq).finish();
        stack.start(new_key, request, self.flow, owner, now);
        if let (ClientOwner::Reinvite(_), Offer::Outgoing { key, .. }) = (owner, &mut self.offer) {
            *key = new_key;
        }
        true
    }

    /// The same INVITE with the session interval that a 422 asks for, once.
    fn widen_invite(&mut self, request: &Request, response: &Response) -> Option<RequestBuilder> {
        let Phase::Calling { widened, .. } = &mut self.phase else {
            return None;
        };
        if std::mem::replace(widened, true) || !self.refresh.widen(response) {
            return None;
        }
        let mut builder = RequestBuilder::new("INVITE", request.request_uri()).ok()?;
        let replaced = ["Via", "CSeq", "Session-Expires", "Min-SE", "Content-Length", "Content-Type"];
        for (name, value) in request.all_headers().filter(|(name, _)| !replaced.contains(name)) {
            builder = builder.header(name, value);
        }
        for (name, value) in self.refresh.headers() {
            builder = builder.header(name, &value);
        }
        Some(builder.body(request.body().as_ref()))
    }

    /// Nothing came back to our INVITE.
    pub(super) fn on_unanswered(&mut self, stack: &mut Stack) -> Fate {
        self.emit(refused(self.id, 408), stack);
        Fate::Over
    }
}

/// The same request with credentials, without `Via` and `CSeq`.
pub(super) fn log_in(login: &mut Login, request: &Request, response: &Response, stack: &mut Stack) -> Option<RequestBuilder> {
    login.answerer.challenged(request, response).ok()?;
    let cnonce = tag_text(stack.token());
    let (method, uri) = (request.method(), request.request_uri());
    let mut builder = RequestBuilder::again(request);
    for (name, value) in login.answerer.authorization(&login.credentials, method, uri, &cnonce) {
        builder = builder.header(name, &value);
    }
    Some(builder)
}

impl Stack {
    /// A 2xx that nobody wants: acknowledged and ended at once (RFC 3261 section 13.2.2.4).
    pub(super) fn decline_answer(&mut self, key: ClientKey, response: &Response, now: Instant) {
        let Some((invite, flow)) = self.clients.request(key) else { return };
        let number = invite.cseq().map_or(1, |cseq| cseq.number);
        let last_number = self.clients.last_number(key).max(number);
        let (call_id, from, to) = (invite.call_id().to_owned(), invite.from(), invite.to());
        let from_tag = invite.from_tag().unwrap_or_default().to_owned();
        let fallback = invite.request_uri().to_owned();
        let mut dialog = Dialog::of_response(response, number);
        if dialog.target.is_empty() {
            dialog.target = fallback;
        }
        let (ack_key, bye_key) = (self.key(), self.key());
        let request = |stack: &Self, method: &str, number: u32, branch: ClientKey| {
            let mut builder = stack
                .begin_request(method, &dialog.target, flow, branch)
                .max_forwards(70)
                .from(&from, &from_tag)
                .to(&to, Some(dialog.remote_tag.as_str()).filter(|tag| !tag.is_empty()))
                .call_id(&call_id)
                .cseq(number);
            for route in &dialog.routes {
                builder = builder.route(route);
            }
            builder.finish()
        };
        let ack = request(self, "ACK", number, ack_key);
        let bye = request(self, "BYE", last_number + 1, bye_key);
        self.clients
            .acknowledge(key, &dialog.remote_tag, flow, ack.to_bytes(), &mut self.outbox);
        let whose = self.clients.whose(key);
        self.start(bye_key, bye, flow, ClientOwner::Bye(0), now);
        if let Some(whose) = whose {
            self.clients.label(bye_key, whose);
        }
    }
}

pub(super) fn refused(dialog: DialogId, status: u16) -> Event {
    Event::Refused {
        dialog,
        status,
        reason: reason_phrase(status).to_owned(),
        contacts: Vec::new(),
    }
}
