//! Requests inside a session (RFC 3261 section 12.2.2).

use std::sync::Arc;
use std::time::Instant;

use super::session::{Fate, Phase, Session};
use super::stack::{ALLOW, SUPPORTED, ServerOwner, Stack};
use super::{End, Event, Header, RequestId};
use crate::Flow;
use crate::message::Request;
use crate::transaction::{ServerId, ServerKey};

impl Session {
    /// A request that names this session by its tags; `None` when it does not after all.
    pub(super) fn on_request(
        &mut self,
        key: ServerKey,
        request: &Arc<Request>,
        flow: Flow,
        stack: &mut Stack,
        now: Instant,
    ) -> Option<Fate> {
        let dialog = self.dialog_mut(request.from_tag().unwrap_or_default())?;
        let number = request.cseq()?.number;
        if dialog.remote_cseq.is_some_and(|last| number <= last) {
            // Older than the last one, or the last one under another name.
            stack.refuse(request, flow, 500, &[]);
            return Some(Fate::Lives);
        }
        dialog.remote_cseq = Some(number);
        self.follow(flow, stack, now);
        let owner = match request.method() {
            "INVITE" => ServerOwner::Reinvite(self.id),
            "UPDATE" if !request.inner().body().is_empty() => ServerOwner::Update(self.id),
            "REFER" => ServerOwner::Refer(self.id),
            "INFO" if record(request).is_some() => ServerOwner::Info(self.id),
            _ => ServerOwner::Own(self.id),
        };
        let server = stack.accept(key, Arc::clone(request), flow, owner, now);
        if self.is_leaving() && request.method() != "BYE" {
            stack.answer(server, 481, self.tag, &[], now);
            return Some(self.leave(stack, now));
        }
        Some(self.handle(request, server, stack, now))
    }

    fn handle(&mut self, request: &Request, server: ServerId, stack: &mut Stack, now: Instant) -> Fate {
        match request.method() {
            "BYE" => return self.on_bye(request, server, stack, now),
            "INVITE" => self.on_reinvite(request, server, stack, now),
            "UPDATE" => self.on_update(request, server, stack, now),
            "PRACK" => self.on_prack(request, server, stack, now),
            "REFER" => self.on_refer(request, server, stack, now),
            "SUBSCRIBE" => self.on_subscribe(request, server, stack, now),
            "INFO" => self.on_info(request, server, stack, now),
            "OPTIONS" => {
                let headers = [("Allow", ALLOW), ("Accept", "application/sdp"), ("Supported", SUPPORTED)];
                stack.answer(server, 200, self.tag, &headers, now);
            }
            "NOTIFY" => stack.answer(server, 481, self.tag, &[], now),
            _ => stack.answer(server, 405, self.tag, &[("Allow", ALLOW)], now),
        }
        Fate::Lives
    }

    fn on_info(&mut self, request: &Request, server: ServerId, stack: &mut Stack, now: Instant) {
        let dialog = self.id;
        if let Some(is_on) = record(request) {
            let request = RequestId(server.0);
            return self.emit(Event::RecordingAsked { dialog, request, is_on }, stack);
        }
        stack.answer(server, 200, self.tag, &[], now);
        let body = request.body();
        self.emit(Event::Informed { dialog, body }, stack);
    }

    /// The switchboard's response to INFO.
    pub(super) fn respond_to_info(&self, server: ServerId, status: u16, headers: &[Header], stack: &mut Stack, now: Instant) {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        stack.answer(server, status, self.tag, &headers, now);
    }

    /// BYE: whoever knows both tags and the Call-ID may end the session.
    fn on_bye(&mut self, request: &Request, server: ServerId, stack: &mut Stack, now: Instant) -> Fate {
        stack.answer(server, 200, self.tag, &[], now);
        match self.phase {
            // Only the caller may end an early dialog; this fork will say more itself.
            Phase::Calling { .. } => return Fate::Lives,
            Phase::Ringing(_) | Phase::Talking => {}
        }
        let reason = request.header("Reason").map(str::to_owned);
        self.emit(
            Event::Ended {
                dialog: self.id,
                end: End::Bye { reason },
            },
            stack,
        );
        Fate::Over
    }
}

/// Whether a phone wants the call to be recorded; `None`: it says nothing of that.
fn record(request: &Request) -> Option<bool> {
    let value = request.header("Record")?.trim();
    if value.eq_ignore_ascii_case("on") {
        Some(true)
    } else if value.eq_ignore_ascii_case("off") {
        Some(false)
    } else {
        None
    }
}
