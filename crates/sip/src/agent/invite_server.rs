//! The peer's INVITE: ringing, answering, refusing, being cancelled.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::reliable::Reliable;
use super::session::{Dialog, Fate, Phase, Ringing, Session};
use super::session_timer::{MIN_SE, SessionTimer, is_too_small};
use super::stack::{ALLOW, ServerOwner, Stack, TagOwner, user_of, with_headers};
use super::{Agent, Body, DialogId, End, Event, Header};
use crate::Flow;
use crate::message::Request;
use crate::outbox::{Due, SessionDue};
use crate::transaction::{ServerId, ServerKey};

/// A provisional response is repeated this often, so that proxies do not lose patience (RFC 3261 section 13.3.1.1).
const RING_AGAIN: Duration = Duration::from_secs(60);
/// An INVITE that the switchboard never answers is refused after this long.
const RINGING_MAX: Duration = Duration::from_secs(600);

impl Agent {
    /// An INVITE that would begin a session.
    pub(super) fn on_invite(&mut self, key: ServerKey, request: Arc<Request>, flow: Flow, now: Instant) {
        let stack = &mut self.stack;
        let merge_key = merge_key(&request);
        if stack.merges.contains_key(&merge_key) {
            return stack.refuse(&request, flow, 482, &[]);
        }
        if is_too_small(&request) {
            return stack.refuse(&request, flow, 422, &[("Min-SE", &MIN_SE.to_string())]);
        }
        if self.sessions.len() >= stack.config.dialogs_max {
            stack.refused_full += 1;
            return stack.refuse(&request, flow, 503, &[("Retry-After", "10")]);
        }
        let id = DialogId(stack.next_id());
        let tag = stack.token();
        let server = stack.accept(key, Arc::clone(&request), flow, ServerOwner::Invite(id), now);
        stack.tags.insert(tag, TagOwner::Session(id));
        stack.merges.insert(merge_key.clone(), id);
        let reliable = request.requires("100rel").then(|| Reliable::new(first_rseq(stack)));
        let timer = stack.outbox.timers.set(now + RING_AGAIN, Due::Session(id, SessionDue::Ringing));
        let ringing = Ringing {
            server,
            merge_key,
            offered: !request.inner().body().is_empty(),
            reliable,
            timer: Some(timer),
            deadline: now + RINGING_MAX,
        };
        let mut dialog = Dialog::of_request(&request);
        if dialog.target.is_empty() {
            dialog.target = request.from().uri;
        }
        let session = Session {
            id,
            flow,
            fallback: None,
            call_id: request.call_id().to_owned(),
            tag,
            local: request.to(),
            remote: request.from(),
            contact_user: user_of(request.request_uri()),
            phase: Phase::Ringing(Box::new(ringing)),
            dialog,
            unacknowledged: None,
            offer: super::reoffer::Offer::Stable,
            refresh: SessionTimer::new(stack.config.session_expires),
            description: None,
            referral: None,
            login: None,
            lost: None,
            farewell: None,
            is_caller: false,
        };
        session.index_flow(stack);
        self.sessions.insert(id, Box::new(session));
        stack.emit(Event::Invited {
            dialog: id,
            flow,
            message: request,
        });
        stack.outbox.try_later(server);
    }

    /// CANCEL: answered in any case; ends the session unless it was faster (RFC 3261 section 9.2).
    pub(super) fn on_cancel(&mut self, request: &Request, flow: Flow, now: Instant) {
        let invite = self
            .stack
            .server_key(request, "INVITE")
            .and_then(|key| self.stack.servers.find(key));
        let Some(server) = invite else {
            return self.stack.refuse(request, flow, 481, &[]);
        };
        self.stack.refuse(request, flow, 200, &[]);
        let Some(ServerOwner::Invite(id)) = self.stack.servers.owner(server) else {
            return;
        };
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if !session.rings_for(server) || session.call_id != request.call_id() {
            return;
        }
        let reason = request.header("Reason").map(str::to_owned);
        session.emit(
            Event::Ended {
                dialog: id,
                end: End::Cancel { reason },
            },
            &mut self.stack,
        );
        self.settle(id, Fate::Over, now);
    }
}

impl Session {
    fn rings_for(&self, invite: ServerId) -> bool {
        match &self.phase {
            Phase::Ringing(ringing) => ringing.server == invite,
            Phase::Calling { .. } | Phase::Talking => false,
        }
    }

    /// 200 to the INVITE.
    pub(super) fn answer(&mut self, body: Body, headers: &[Header], stack: &mut Stack, now: Instant) {
        let contact = self.contact(stack);
        let Phase::Ringing(ringing) = &mut self.phase else { return };
        if let Some(reliable) = ringing.reliable.as_mut().filter(|reliable| reliable.holds_back_answer()) {
            reliable.answer = Some((body, headers.to_vec()));
            return;
        }
        let Some((request, _)) = stack.servers.request(ringing.server) else {
            return;
        };
        let agreed = self.refresh.agree_as_server(request);
        let Some(builder) = stack.response(ringing.server, 200, self.tag) else {
            return;
        };
        let builder = builder.record_routes(request).contact(&contact).header("Allow", ALLOW);
        let builder = super::reoffer::with_session_timer(with_headers(builder, headers), agreed);
        let response = builder.body(Some(&body)).finish();
        stack.outbox.timers.clear(&mut ringing.timer);
        stack.merges.remove(&ringing.merge_key);
        if let Some(reliable) = &mut ringing.reliable {
            reliable.stop(stack);
        }
        let (server, offers) = (ringing.server, !ringing.offered);
        self.phase = Phase::Talking;
        self.description = Some(body);
        self.send_success(server, &response, (true, offers), stack, now);
        self.arm_refresh(stack, now);
    }

    /// The INVITE that waits for its final response.
    pub(super) fn invite_to_answer(&self) -> Option<ServerId> {
        match &self.phase {
            Phase::Ringing(ringing) => Some(ringing.server),
            _ => None,
        }
    }

    /// 300 to 699 to the INVITE.
    pub(super) fn refuse(&mut self, status: u16, headers: &[Header], stack: &mut Stack, now: Instant) -> Fate {
        let Phase::Ringing(ringing) = &self.phase else { return Fate::Lives };
        if let Some(builder) = stack.response(ringing.server, status, self.tag) {
            stack.send_response(ringing.server, &with_headers(builder, headers).finish(), now);
        }
        Fate::Over
    }

    /// A minute of ringing has passed.
    pub(super) fn on_still_ringing(&mut self, stack: &mut Stack, now: Instant) -> Fate {
        let due = self.due(SessionDue::Ringing);
        let Phase::Ringing(ringing) = &mut self.phase else {
            return Fate::Lives;
        };
        ringing.timer = None;
        if now >= ringing.deadline {
            let fate = self.refuse(480, &[], stack, now);
            self.emit(
                Event::Ended {
                    dialog: self.id,
                    end: End::TimedOut,
                },
                stack,
            );
            return fate;
        }
        if ringing.reliable.is_none() {
            stack.servers.repeat(ringing.server, &mut stack.outbox);
        }
        ringing.timer = Some(stack.outbox.timers.set(now + RING_AGAIN, due));
        Fate::Lives
    }
}

/// What the same INVITE by two ways has in common (RFC 3261 section 8.2.2.2).
fn merge_key(request: &Request) -> String {
    let cseq = request.cseq().map_or(0, |cseq| cseq.number);
    format!("{}\0{}\0{cseq}", request.call_id(), request.from_tag().unwrap_or_default())
}

fn first_rseq(stack: &mut Stack) -> u32 {
    u32::try_from(1 + stack.below(1 << 30)).expect("below 2^31")
}
