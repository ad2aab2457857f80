//! REFER inside a session and the NOTIFYs about it (RFC 3515, RFC 4488).

use std::time::Instant;

use super::session::Session;
use super::stack::{ClientOwner, Stack, with_headers};
use super::{Body, Event, Header, RequestId};
use crate::message::Request;
use crate::transaction::ServerId;

/// How long the subscription is said to live, in seconds; it ends with the session at the latest.
const EXPIRES: u32 = 180;

/// The subscription that a REFER began.
#[derive(Debug)]
pub(super) struct Referral {
    /// REFER's number: the `id` of the event, but for the first REFER of a session.
    event: String,
    /// Waits for the switchboard.
    pub(super) pending: Option<ServerId>,
    /// Whether the peer wants to be told.
    silent: bool,
    /// The status told last.
    told: u16,
}

impl Session {
    pub(super) fn on_refer(&mut self, request: &Request, server: ServerId, stack: &mut Stack, now: Instant) {
        let Some(refer_to) = request.refer_to() else {
            return stack.answer(server, 400, self.tag, &[], now);
        };
        if self.referral.as_ref().is_some_and(|referral| referral.told < 200) {
            return stack.answer(server, 491, self.tag, &[], now);
        }
        let number = request.cseq().map_or(0, |cseq| cseq.number);
        let event = if self.referral.is_none() {
            "refer".to_owned()
        } else {
            format!("refer;id={number}")
        };
        let silent = request
            .header("Refer-Sub")
            .is_some_and(|value| value.trim().eq_ignore_ascii_case("false"));
        self.referral = Some(Referral {
            event,
            pending: Some(server),
            silent,
            told: 0,
        });
        let refer_to = refer_to.to_owned();
        self.emit(
            Event::Referred {
                dialog: self.id,
                request: RequestId(server.0),
                refer_to,
            },
            stack,
        );
    }

    /// The switchboard's response to REFER; a 2xx is followed by the first NOTIFY (RFC 3515 section 2.4.4).
    pub(super) fn respond_to_refer(
        &mut self,
        server: ServerId,
        status: u16,
        headers: &[Header],
        body: Option<&Body>,
        stack: &mut Stack,
        now: Instant,
    ) {
        let Some(referral) = self.referral.as_mut().filter(|referral| referral.pending == Some(server)) else {
            return;
        };
        referral.pending = None;
        let silent = referral.silent;
        let Some(builder) = stack.response(server, status, self.tag) else {
            return;
        };
        let mut builder = with_headers(builder.contact(&self.contact(stack)), headers);
        if silent {
            builder = builder.header("Refer-Sub", "false");
        }
        stack.send_response(server, &builder.body(body).finish(), now);
        if status >= 300 {
            referral_over(&mut self.referral);
        } else {
            self.notify_refer(100, "Trying", stack, now);
        }
    }

    pub(super) fn notify_refer(&mut self, status: u16, reason: &str, stack: &mut Stack, now: Instant) {
        let Some(referral) = self
            .referral
            .as_mut()
            .filter(|r| r.told < 200 && r.told != status && r.pending.is_none())
        else {
            return;
        };
        referral.told = status;
        if referral.silent || self.lost.is_some() {
            return;
        }
        let event = referral.event.clone();
        let state = if status < 200 {
            format!("active;expires={EXPIRES}")
        } else {
            "terminated;reason=noresource".to_owned()
        };
        let line: String = reason.chars().filter(|c| !c.is_control()).collect();
        let body = Body {
            content_type: "message/sipfrag;version=2.0".to_owned(),
            bytes: format!("SIP/2.0 {status} {line}\r\n").into_bytes(),
        };
        let key = stack.key();
        let contact = self.contact(stack);
        let notify = self
            .next("NOTIFY", Some(&body), key, stack)
            .contact(&contact)
            .header("Event", &event)
            .header("Subscription-State", &state)
            .finish();
        stack.start(key, notify, self.flow, ClientOwner::Notify(self.id), now);
    }

    /// SUBSCRIBE to the REFER's event: the peer prolongs it or wants to hear no more (RFC 6665 section 4.1.2).
    pub(super) fn on_subscribe(&mut self, request: &Request, server: ServerId, stack: &mut Stack, now: Instant) {
        let is_refer = request
            .header("Event")
            .is_some_and(|event| event.trim().to_ascii_lowercase().starts_with("refer"));
        if self.referral.is_none() || !is_refer {
            return stack.answer(server, 481, self.tag, &[], now);
        }
        let expires = request.expires().unwrap_or(EXPIRES).min(EXPIRES);
        let contact = format!("<{}>", self.contact(stack));
        let headers = [("Expires", &*expires.to_string()), ("Contact", &*contact)];
        stack.answer(server, 200, self.tag, &headers, now);
        if expires == 0 {
            self.notify_refer(487, "Request Terminated", stack, now);
        }
    }

    /// The peer does not want our NOTIFYs.
    pub(super) fn on_notify_refused(&mut self, status: u16) {
        if let Some(referral) = self.referral.as_mut().filter(|_| matches!(status, 481 | 489)) {
            referral.silent = true;
        }
    }

    /// The switchboard has never answered the REFER.
    pub(super) fn forget_referral(&mut self, server: ServerId) {
        if self.referral.as_ref().is_some_and(|referral| referral.pending == Some(server)) {
            referral_over(&mut self.referral);
        }
    }

    /// The session is over: REFER gets its answer.
    pub(super) fn drop_referral(&mut self, stack: &mut Stack, now: Instant) {
        if let Some(server) = self.referral.take().and_then(|referral| referral.pending) {
            stack.answer(server, 487, self.tag, &[], now);
        }
    }
}

/// Keeps the memory that there was a REFER, so that the next one's event gets its `id`.
fn referral_over(referral: &mut Option<Referral>) {
    if let Some(referral) = referral {
        (referral.told, referral.pending) = (603, None);
    }
}
