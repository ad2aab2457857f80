//! Reliable provisional responses (RFC 3262), as server and as client.

use std::time::{Duration, Instant};

use super::session::{Dialog, Fate, Phase, Session};
use super::stack::{ClientOwner, Stack, with_headers};
use super::{Body, End, Event, Header};
use crate::message::{Request, Response};
use crate::outbox::{SessionDue, TimerId};
use crate::transaction::{ServerId, T1, TIMEOUT};

/// Our reliable provisional responses to one INVITE: one at a time, each until its PRACK.
#[derive(Debug)]
pub(super) struct Reliable {
    /// The next `RSeq`.
    next: u32,
    sent: Option<Sent>,
    /// What shall follow; a later one takes its place.
    queued: Option<(u16, Option<Body>, Vec<Header>)>,
    /// Our 2xx waits for the PRACK (RFC 3262 section 3).
    pub(super) answer: Option<(Body, Vec<Header>)>,
    /// A session description has arrived for sure: offers may follow.
    pub(super) described: bool,
}

#[derive(Debug)]
struct Sent {
    rseq: u32,
    bytes: Vec<u8>,
    described: bool,
    interval: Duration,
    deadline: Instant,
    timer: Option<TimerId>,
}

/// What a PRACK did.
enum Acknowledged {
    Nothing,
    Next(Option<(u16, Option<Body>, Vec<Header>)>, Option<(Body, Vec<Header>)>),
}

impl Reliable {
    /// `first` is random (RFC 3262 section 3: 1 to 2³¹ − 1).
    pub(super) fn new(first: u32) -> Self {
        Self {
            next: first,
            sent: None,
            queued: None,
            answer: None,
            described: false,
        }
    }

    /// Whether the 2xx has to wait: a session description is still on its way.
    pub(super) fn holds_back_answer(&self) -> bool {
        self.sent.as_ref().is_some_and(|sent| sent.described)
    }

    pub(super) fn stop(&mut self, stack: &mut Stack) {
        if let Some(mut sent) = self.sent.take() {
            stack.outbox.timers.clear(&mut sent.timer);
        }
        self.queued = None;
    }

    fn acknowledge(&mut self, rseq: u32, stack: &mut Stack) -> Acknowledged {
        if self.sent.as_ref().is_none_or(|sent| sent.rseq != rseq) {
            return Acknowledged::Nothing;
        }
        self.described |= self.holds_back_answer();
        let queued = self.queued.take();
        self.stop(stack);
        Acknowledged::Next(queued, self.answer.take())
    }
}

impl Session {
    /// A provisional response to the INVITE that rings; reliable where the peer requires it.
    pub(super) fn ring(&mut self, status: u16, body: Option<Body>, headers: Vec<Header>, stack: &mut Stack, now: Instant) {
        let due = self.due(SessionDue::Prack);
        let contact = self.contact(stack);
        let tag = self.tag;
        let Phase::Ringing(ringing) = &mut self.phase else { return };
        if let Some(reliable) = ringing.reliable.as_mut().filter(|reliable| reliable.sent.is_some()) {
            reliable.queued = Some((status, body, headers));
            return;
        }
        let server = ringing.server;
        let Some(builder) = stack.response(server, status, tag) else {
            return;
        };
        let Some((request, _)) = stack.servers.request(server) else {
            return;
        };
        let mut builder = with_headers(builder.record_routes(request).contact(&contact), &headers).header("Allow", super::stack::ALLOW);
        match &mut ringing.reliable {
            None => stack.send_response(server, &builder.body(body.as_ref()).finish(), now),
            Some(reliable) => {
                builder = builder.header("Require", "100rel").header("RSeq", &reliable.next.to_string());
                let response = builder.body(body.as_ref()).finish();
                stack.send_response(server, &response, now);
                reliable.sent = Some(Sent {
                    rseq: reliable.next,
                    bytes: response.to_bytes(),
                    described: body.is_some(),
                    interval: T1,
                    deadline: now + TIMEOUT,
                    timer: Some(stack.outbox.timers.set(now + T1, due)),
                });
                reliable.next = reliable.next.wrapping_add(1).max(1);
            }
        }
        if body.is_some() {
            self.description = body;
        }
    }

    /// The PRACK has not come yet.
    pub(super) fn on_prack_overdue(&mut self, stack: &mut Stack, now: Instant) -> Fate {
        let due = self.due(SessionDue::Prack);
        let (flow, tag) = (self.flow, self.tag);
        let Phase::Ringing(ringing) = &mut self.phase else {
            return Fate::Lives;
        };
        let Some(sent) = ringing.reliable.as_mut().and_then(|reliable| reliable.sent.as_mut()) else {
            return Fate::Lives;
        };
        sent.timer = None;
        if now < sent.deadline {
            stack.outbox.send(flow, sent.bytes.clone());
            sent.interval *= 2;
            sent.timer = Some(stack.outbox.timers.set((now + sent.interval).min(sent.deadline), due));
            return Fate::Lives;
        }
        stack.answer(ringing.server, 504, tag, &[], now);
        self.emit(
            Event::Ended {
                dialog: self.id,
                end: End::TimedOut,
            },
            stack,
        );
        Fate::Over
    }

    /// PRACK for a provisional response of ours.
    pub(super) fn on_prack(&mut self, prack: &Request, server: ServerId, stack: &mut Stack, now: Instant) {
        let tag = self.tag;
        // Our answer and the PRACK for what came before it may cross.
        let late = if self.is_caller { 481 } else { 200 };
        let Phase::Ringing(ringing) = &mut self.phase else {
            return stack.answer(server, late, tag, &[], now);
        };
        let invite = stack
            .servers
            .request(ringing.server)
            .and_then(|(request, _)| Some(request.cseq()?.number));
        let rack = prack.rack().filter(|rack| rack.method == "INVITE" && Some(rack.cseq) == invite);
        let acknowledged = match (&mut ringing.reliable, rack) {
            (Some(reliable), Some(rack)) => reliable.acknowledge(rack.rseq, stack),
            (None, _) | (_, None) => Acknowledged::Nothing,
        };
        match acknowledged {
            Acknowledged::Nothing => stack.answer(server, 481, tag, &[], now),
            Acknowledged::Next(queued, answer) => {
                // A second offer this early is more than we do.
                let status = if prack.inner().body().is_empty() { 200 } else { 488 };
                stack.answer(server, status, tag, &[], now);
                if let Some((body, headers)) = answer {
                    self.answer(body, &headers, stack, now);
                } else if let Some((status, body, headers)) = queued {
                    self.ring(status, body, headers, stack, now);
                }
            }
        }
    }

    /// A reliable provisional response of the peer: true when it is new and in order, and PRACK has been sent.
    pub(super) fn acknowledge_provisional(
        &mut self,
        response: &Response,
        fork: &mut Dialog,
        invite: u32,
        stack: &mut Stack,
        now: Instant,
    ) -> bool {
        let Some(rseq) = response.rseq().filter(|_| response.requires("100rel")) else {
            return true;
        };
        if fork.rseq.is_some_and(|last| rseq != last.wrapping_add(1)) {
            return false;
        }
        fork.rseq = Some(rseq);
        fork.local_cseq += 1;
        if fork.early_answer.is_none() {
            fork.early_answer = response.body();
        }
        self.number_used(fork.local_cseq, stack);
        let key = stack.key();
        let rack = format!("{rseq} {invite} INVITE");
        let prack = self.begin(("PRACK", None), fork, key, stack).header("RAck", &rack).finish();
        stack.start(key, prack, self.flow, ClientOwner::Prack(self.id), now);
        true
    }

    /// The peer's answer to our PRACK: a challenge is answered, anything else makes no difference.
    pub(super) fn on_prack_answered(&mut self, prack: &Request, response: &Response, stack: &mut Stack, now: Instant) {
        let Some(builder) = self.log_in(prack, response, stack) else {
            return;
        };
        let Some(fork) = self.dialog_mut(prack.to_tag().unwrap_or_default()) else {
            return;
        };
        fork.local_cseq += 1;
        let number = fork.local_cseq;
        self.number_used(number, stack);
        stack.send_again(builder, number, self.flow, ClientOwner::Prack(self.id), now);
    }

    /// Should this fork answer when nobody wants the call any more, its BYE needs a higher number.
    fn number_used(&self, number: u32, stack: &mut Stack) {
        if let Phase::Calling { key, .. } = self.phase {
            stack.clients.use_number(key, number);
        }
    }
}
