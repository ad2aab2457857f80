//! Our INVITE: forks, answers, refusals, challenges (RFC 3261 section 13.2).

use std::time::Instant;

use super::outside::contact_user;
use super::patience::Patience;
use super::reoffer::Offer;
use super::session::{Dialog, Fate, Phase, Session};
use super::session_timer::SessionTimer;
use super::stack::{ALLOW, ClientOwner, Login, SUPPORTED, SUPPORTED_PLAINLY, Stack, TagOwner, preloaded, tag_text};
use super::{Agent, DialogId, Event, Invite};
use crate::Flow;
use crate::message::{Contacts, Request, RequestBuilder, Response, reason_phrase};
use crate::transaction::ClientKey;

/// Early dialogs of one INVITE at most; further forks are still acknowledged and ended when they answer.
const FORKS_MAX: usize = 16;
/// What an INVITE with another session interval does not take over from the one before.
const NOT_WIDENED: [&str; 8] = [
    "Via",
    "CSeq",
    "Session-Expires",
    "Min-SE",
    "Content-Length",
    "Content-Type",
    "Authorization",
    "Proxy-Authorization",
];

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
        let contact_user = contact_user(invite.contact_user.as_deref(), &invite.from);
        let refresh = SessionTimer::new(stack.config.session_expires);
        let request = stack
            .begin_request("INVITE", &invite.target, invite.flow, key)
            .preloaded_routes(preloaded(&invite.routes))
            .from(&invite.from, &tag_text(tag))
            .to(&invite.to, None)
            .call_id(&call_id)
            .cseq(1)
            .contact(&stack.contact_uri(invite.flow, &contact_user));
        let request = stack.describe_invite(request, &invite, &refresh).finish();
        stack.start(key, request, invite.flow, ClientOwner::Invite(id), now);
        stack.tags.insert(tag, TagOwner::Session(id));
        let mut session = Session {
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
                forks_heard: 0,
                widened: false,
                patience: invite.first_response_max.map(Patience::new),
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
        session.await_first_response(stack, now);
        self.sessions.insert(id, Box::new(session));
        id
    }
}

impl Session {
    /// 1xx to our INVITE.
    pub(super) fn on_progress(&mut self, response: &Response, stack: &mut Stack, now: Instant) {
        self.stop_waiting(stack);
        let number = self.dialog.local_cseq;
        let Phase::Calling { forks, forks_heard, .. } = &mut self.phase else {
            return;
        };
        match response.status() {
            100 => return,
            // This fork has ended without an answer (RFC 6228).
            199 => return forks.retain(|fork| response.to_tag() != Some(&fork.remote_tag)),
            _ => {}
        }
        let mut fork_number = 0;
        // Whoever rings has let the INVITE through.
        if let Some(login) = &mut self.login {
            login.answerer.accepted(response);
        }
        if let Some(tag) = response.to_tag() {
            let at = forks.iter().position(|fork| fork.remote_tag == tag);
            let mut fork = match at {
                Some(at) => forks.swap_remove(at),
                None if forks.len() < FORKS_MAX => {
                    *forks_heard += 1;
                    Dialog {
                        fork: *forks_heard - 1,
                        ..Dialog::of_response(response, number)
                    }
                }
                None => return,
            };
            fork_number = fork.fork;
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
                fork: fork_number,
                status,
                body,
            },
            stack,
        );
    }

    /// The first 2xx to our INVITE: this fork wins.
    pub(super) fn on_answer(&mut self, key: ClientKey, response: &Response, stack: &mut Stack, now: Instant) {
        self.stop_waiting(stack);
        self.note_login(response);
        let number = self.dialog.local_cseq;
        let phase = std::mem::replace(&mut self.phase, Phase::Talking);
        let Phase::Calling {
            forks,
            offered,
            forks_heard,
            ..
        } = phase
        else {
            return;
        };
        let tag = response.to_tag().unwrap_or_default();
        let target = std::mem::take(&mut self.dialog.target);
        self.dialog = match forks.into_iter().find(|fork| fork.remote_tag == tag) {
            Some(mut fork) => {
                fork.learn(response);
                fork
            }
            None => Dialog {
                fork: forks_heard,
                ..Dialog::of_response(response, number)
            },
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
                fork: self.dialog.fork,
                body: response.body().or(early_answer),
            },
            stack,
        );
    }

    /// 300 to 699 to our INVITE: answers a challenge or a wish for a longer session interval, else it is over.
    pub(super) fn on_refused(&mut self, request: &Request, response: &Response, flow: Flow, stack: &mut Stack, now: Instant) -> Fate {
        self.stop_waiting(stack);
        let status = response.status();
        let again = match status {
            422 => self.widen_invite(request, response, stack),
            _ => self.log_in(request, response, stack),
        };
        if let Some(builder) = again {
            self.dialog.local_cseq += 1;
            let new_key = stack.send_again(builder, self.dialog.local_cseq, flow, ClientOwner::Invite(self.id), now);
            if let Phase::Calling { key, forks, .. } = &mut self.phase {
                *key = new_key;
                forks.clear();
            }
            self.await_first_response(stack, now);
            return Fate::Lives;
        }
        let contacts = match response.contacts() {
            Ok(Contacts::List(list)) if status < 400 => list.into_iter().map(|contact| contact.uri).collect(),
            Ok(Contacts::List(_) | Contacts::All | Contacts::None) | Err(_) => Vec::new(),
        };
        let refused = Event::Refused {
            dialog: self.id,
            status,
            reason: response.reason().to_owned(),
            contacts,
            retry_after: response.retry_after(),
            is_silence: false,
            warning: response.explanation(),
        };
        self.emit(refused, stack);
        Fate::Over
    }

    /// The same request with credentials, when they fit the challenge.
    pub(super) fn log_in(&mut self, request: &Request, response: &Response, stack: &mut Stack) -> Option<RequestBuilder> {
        stack.log_in(self.login.as_mut()?, request, response)
    }

    /// A request inside the session got through.
    pub(super) fn note_login(&mut self, response: &Response) {
        if let Some(login) = &mut self.login {
            login.answerer.accepted(response);
        }
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
        let Some(builder) = self.log_in(request, response, stack) else {
            return false;
        };
        self.dialog.local_cseq += 1;
        let new_key = stack.send_again(builder, self.dialog.local_cseq, self.flow, owner, now);
        if let (ClientOwner::Reinvite(_), Offer::Outgoing { key, .. }) = (owner, &mut self.offer) {
            *key = new_key;
        }
        true
    }

    /// The same INVITE with the session interval that a 422 asks for, once.
    fn widen_invite(&mut self, request: &Request, response: &Response, stack: &mut Stack) -> Option<RequestBuilder> {
        let Phase::Calling { widened, .. } = &mut self.phase else {
            return None;
        };
        if std::mem::replace(widened, true) || !self.refresh.widen(response) {
            return None;
        }
        self.note_login(response);
        let mut builder = RequestBuilder::new("INVITE", request.request_uri()).ok()?;
        for (name, value) in request.all_headers().filter(|(name, _)| !NOT_WIDENED.contains(name)) {
            builder = builder.header(name, value);
        }
        for (name, value) in self.refresh.headers() {
            builder = builder.header(name, &value);
        }
        builder = builder.body(request.body().as_ref());
        match &mut self.login {
            Some(login) => Some(login.sign(builder, stack)),
            None => Some(builder),
        }
    }

    /// Nothing came back to our INVITE.
    pub(super) fn on_unanswered(&mut self, stack: &mut Stack) -> Fate {
        self.emit(refused(self.id, 408), stack);
        Fate::Over
    }
}

impl Stack {
    /// What an INVITE says about us and the call.
    fn describe_invite(&self, mut builder: RequestBuilder, invite: &Invite, refresh: &SessionTimer) -> RequestBuilder {
        if !invite.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Max-Forwards")) {
            builder = builder.max_forwards(70);
        }
        builder = builder
            .header("Allow", ALLOW)
            .header("Supported", if invite.body.is_some() { SUPPORTED } else { SUPPORTED_PLAINLY })
            .header("User-Agent", &self.config.product);
        for (name, value) in refresh.headers() {
            builder = builder.header(name, &value);
        }
        for (name, value) in &invite.headers {
            builder = builder.header(name, value);
        }
        builder.body(invite.body.as_ref())
    }

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
        retry_after: None,
        is_silence: false,
        warning: None,
    }
}
