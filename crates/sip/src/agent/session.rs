//! One INVITE session: its dialogs and what it waits for.
//!
//! ```text
//!  invite() ─► Calling ─── 2xx ──────────────► Talking ─► over
//!                 └──────── refused, cancelled ──────────► over
//!  INVITE  ─► Ringing ─── answer() ──────────► Talking (2xx repeated until its ACK comes) ─► over
//!                 └──────── refuse(), CANCEL ────────────► over
//! ```

use std::time::{Duration, Instant};

use super::farewell::Farewell;
use super::patience::Patience;
use super::phone_event::PhoneEvents;
use super::reliable::Reliable;
use super::reoffer::Offer;
use super::session_timer::SessionTimer;
use super::stack::{Login, ROUTES_MAX, Stack, TagOwner, tag_text};
use super::transfer::Referral;
use super::{Body, DialogId, End, Event, NameAddr};
use crate::Flow;
use crate::message::{Request, RequestBuilder, Response};
use crate::outbox::{Due, SessionDue, TimerId};
use crate::transaction::{ClientKey, ServerId, T1, T2, TIMEOUT};

/// Whether a session goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Fate {
    Lives,
    Over,
}

/// Where a session is; see the module's picture.
#[derive(Debug)]
pub(super) enum Phase {
    /// Our INVITE is out.
    Calling {
        /// Its transaction.
        key: ClientKey,
        /// Whether it carried an offer.
        offered: bool,
        /// Early dialogs, one for each fork that has answered provisionally.
        forks: Vec<Dialog>,
        /// Forks that have answered so far, those that ended since included.
        forks_heard: u32,
        /// A larger session interval has been tried already.
        widened: bool,
        /// How long it may take until anything comes back.
        patience: Option<Patience>,
    },
    /// A peer's INVITE waits for our answer.
    Ringing(Box<Ringing>),
    /// Answered.
    Talking,
}

/// A peer's INVITE that waits for our answer.
#[derive(Debug)]
pub(super) struct Ringing {
    /// Its transaction.
    pub(super) server: ServerId,
    /// For recognising the same INVITE by another way (RFC 3261 section 8.2.2.2).
    pub(super) merge_key: String,
    /// Whether it carried an offer.
    pub(super) offered: bool,
    /// Reliable provisional responses, where the peer requires them.
    pub(super) reliable: Option<Reliable>,
    /// Repeats the provisional response every minute.
    pub(super) timer: Option<TimerId>,
    /// When ringing ends at the latest.
    pub(super) deadline: Instant,
}

/// One dialog (RFC 3261 section 12).
#[derive(Clone, Debug, Default)]
pub(super) struct Dialog {
    /// The peer's tag; RFC 2543 peers have none.
    pub(super) remote_tag: String,
    /// Which fork of our INVITE it is, in the order in which they were heard of.
    pub(super) fork: u32,
    /// Where requests go, by name; the way is the flow.
    pub(super) target: String,
    /// The route set, in the order of our `Route` headers.
    pub(super) routes: Vec<String>,
    /// The number of our last request.
    pub(super) local_cseq: u32,
    /// The number of the peer's last request.
    pub(super) remote_cseq: Option<u32>,
    /// The last reliable provisional response (RFC 3262).
    pub(super) rseq: Option<u32>,
    /// The answer, where a reliable provisional response has brought it (RFC 3261 section 13.2.1).
    pub(super) early_answer: Option<Body>,
    /// Whether the peer understands UPDATE.
    pub(super) updates: bool,
    /// What it lets itself be told.
    pub(super) events: PhoneEvents,
}

impl Dialog {
    /// As its peer's INVITE describes it.
    pub(super) fn of_request(request: &Request) -> Self {
        let mut events = PhoneEvents::default();
        events.learn(|event| request.lists_event(event));
        Self {
            events,
            remote_tag: request.from_tag().unwrap_or_default().to_owned(),
            fork: 0,
            target: request.target().unwrap_or_default().to_owned(),
            routes: request.record_routes().take(ROUTES_MAX).map(str::to_owned).collect(),
            local_cseq: 0,
            remote_cseq: request.cseq().map(|cseq| cseq.number),
            rseq: None,
            early_answer: None,
            updates: request.allows("UPDATE"),
        }
    }

    /// As a response to our INVITE describes it.
    pub(super) fn of_response(response: &Response, local_cseq: u32) -> Self {
        let mut dialog = Self {
            remote_tag: response.to_tag().unwrap_or_default().to_owned(),
            local_cseq,
            updates: response.allows("UPDATE"),
            ..Self::default()
        };
        dialog.learn(response);
        dialog
    }

    /// Takes route set and target from a response; the last one before the dialog is confirmed counts.
    pub(super) fn learn(&mut self, response: &Response) {
        let mut routes: Vec<_> = response.record_routes().map(str::to_owned).collect();
        routes.reverse();
        routes.truncate(ROUTES_MAX);
        self.routes = routes;
        self.retarget(response.target());
        self.updates |= response.allows("UPDATE");
        self.events.learn(|event| response.lists_event(event));
    }

    /// Target refresh (RFC 3261 section 12.2).
    pub(super) fn retarget(&mut self, target: Option<&str>) {
        if let Some(target) = target {
            target.clone_into(&mut self.target);
        }
    }
}

/// A 2xx of ours whose ACK has not come.
#[derive(Debug)]
pub(super) struct Unacknowledged {
    /// The INVITE's number.
    pub(super) cseq: u32,
    /// The response.
    pub(super) bytes: Vec<u8>,
    /// Whether it is the one that begins the session.
    pub(super) initial: bool,
    /// Whether it carried our offer, so that the ACK brings the answer.
    pub(super) offers: bool,
    interval: Duration,
    deadline: Instant,
    timer: Option<TimerId>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: DialogId,
    pub(super) flow: Flow,
    /// The datagram flow that we used before the peer came over a connection.
    pub(super) fallback: Option<Flow>,
    pub(super) call_id: String,
    /// Our tag.
    pub(super) tag: u64,
    pub(super) local: NameAddr,
    pub(super) remote: NameAddr,
    /// The user part of our `Contact`.
    pub(super) contact_user: String,
    pub(super) phase: Phase,
    pub(super) dialog: Dialog,
    pub(super) unacknowledged: Option<Unacknowledged>,
    pub(super) offer: Offer,
    pub(super) refresh: SessionTimer,
    /// The session description that we have sent last, for refreshes by re-INVITE.
    pub(super) description: Option<Body>,
    pub(super) referral: Option<Referral>,
    pub(super) login: Option<Box<Login>>,
    /// Runs while the flow is gone.
    pub(super) lost: Option<TimerId>,
    /// Set when a BYE has to wait, for the ACK or for the peer to come back: no event from now on.
    pub(super) farewell: Option<Farewell>,
    /// Whether the INVITE was ours.
    pub(super) is_caller: bool,
}

impl Session {
    pub(super) fn tag_text(&self) -> String {
        tag_text(self.tag)
    }

    pub(super) fn contact(&self, stack: &Stack) -> String {
        stack.contact_uri(self.flow, &self.contact_user)
    }

    /// Tells the switchboard, unless it has hung up already.
    pub(super) fn emit(&self, event: Event, stack: &mut Stack) {
        if self.farewell.is_none() {
            stack.emit(event);
        }
    }

    /// Early dialogs besides the session itself.
    pub(super) fn forks(&self) -> usize {
        match &self.phase {
            Phase::Calling { forks, .. } => forks.len(),
            Phase::Ringing(_) | Phase::Talking => 0,
        }
    }

    pub(super) fn is_calling(&self) -> bool {
        match self.phase {
            Phase::Calling { .. } => true,
            Phase::Ringing(_) | Phase::Talking => false,
        }
    }

    /// Whether this is our open re-INVITE.
    pub(super) fn awaits(&self, invite: ClientKey) -> bool {
        match self.offer {
            Offer::Outgoing { key, .. } => key == invite,
            Offer::Stable | Offer::Incoming(_) | Offer::Waiting { .. } | Offer::Unanswered { .. } => false,
        }
    }

    /// A request that the switchboard has never answered.
    pub(super) fn forget_request(&mut self, server: ServerId) {
        match self.offer {
            Offer::Incoming(open) if open == server => self.offer = Offer::Stable,
            Offer::Incoming(_) | Offer::Stable | Offer::Outgoing { .. } => {}
            Offer::Waiting { .. } | Offer::Unanswered { .. } => {}
        }
        self.forget_referral(server);
    }

    /// The dialog that a request or response with this tag of the peer belongs to.
    pub(super) fn dialog_mut(&mut self, remote_tag: &str) -> Option<&mut Dialog> {
        match &mut self.phase {
            Phase::Calling { forks, .. } => forks.iter_mut().find(|fork| fork.remote_tag == remote_tag),
            Phase::Ringing(_) | Phase::Talking => Some(&mut self.dialog).filter(|d| d.remote_tag == remote_tag),
        }
    }

    /// Begins a request inside `dialog` (RFC 3261 section 12.2.1.1).
    pub(super) fn begin(
        &mut self,
        (method, body): (&str, Option<&Body>),
        dialog: &Dialog,
        key: ClientKey,
        stack: &mut Stack,
    ) -> RequestBuilder {
        let (target, routes, last) = strict_or_loose(dialog);
        let mut builder = stack
            .begin_request(method, target, self.flow, key)
            .max_forwards(70)
            .from(&self.local, &self.tag_text())
            .to(&self.remote, Some(dialog.remote_tag.as_str()).filter(|tag| !tag.is_empty()))
            .call_id(&self.call_id)
            .cseq(dialog.local_cseq);
        for route in routes {
            builder = builder.route(route);
        }
        if let Some(last) = last {
            builder = builder.route(&format!("<{last}>"));
        }
        builder = builder.body(body);
        if let Some(login) = &mut self.login {
            builder = login.sign(builder, stack);
        }
        builder.header("User-Agent", &stack.config.product)
    }

    /// Begins the next request in the confirmed dialog.
    pub(super) fn next(&mut self, method: &str, body: Option<&Body>, key: ClientKey, stack: &mut Stack) -> RequestBuilder {
        self.dialog.local_cseq += 1;
        if let Offer::Outgoing { key, .. } = self.offer {
            stack.clients.use_number(key, self.dialog.local_cseq);
        }
        let dialog = std::mem::take(&mut self.dialog);
        let builder = self.begin((method, body), &dialog, key, stack);
        self.dialog = dialog;
        builder
    }

    /// Sends a 2xx to an INVITE, and repeats it until the ACK comes (RFC 3261 section 13.3.1.4).
    pub(super) fn send_success(
        &mut self,
        server: ServerId,
        response: &Response,
        (initial, offers): (bool, bool),
        stack: &mut Stack,
        now: Instant,
    ) {
        self.forget_unacknowledged(stack);
        let bytes = response.to_bytes();
        stack
            .servers
            .respond(server, response.status(), bytes.clone(), now, &mut stack.outbox);
        self.unacknowledged = Some(Unacknowledged {
            cseq: response.cseq().map_or(0, |cseq| cseq.number),
            bytes,
            initial,
            offers,
            interval: T1,
            deadline: now + TIMEOUT,
            timer: Some(stack.outbox.timers.set(now + T1, self.due(SessionDue::Acknowledgement))),
        });
    }

    pub(super) fn due(&self, what: SessionDue) -> Due {
        Due::Session(self.id, what)
    }

    pub(super) fn forget_unacknowledged(&mut self, stack: &mut Stack) {
        if let Some(mut waiting) = self.unacknowledged.take() {
            stack.outbox.timers.clear(&mut waiting.timer);
        }
    }

    /// ACK for a 2xx of ours.
    pub(super) fn on_ack(&mut self, ack: &Request, stack: &mut Stack, now: Instant) -> Fate {
        let cseq = ack.cseq().map(|cseq| cseq.number);
        if self.unacknowledged.as_ref().is_none_or(|waiting| Some(waiting.cseq) != cseq) {
            stack.absorbed += 1;
            return Fate::Lives;
        }
        self.forget_unacknowledged(stack);
        if self.is_leaving() {
            return self.leave(stack, now);
        }
        self.emit(
            Event::Confirmed {
                dialog: self.id,
                body: ack.body(),
            },
            stack,
        );
        Fate::Lives
    }

    /// The ACK has not come yet.
    pub(super) fn on_ack_overdue(&mut self, stack: &mut Stack, now: Instant) -> Fate {
        let due = self.due(SessionDue::Acknowledgement);
        let Some(waiting) = &mut self.unacknowledged else {
            return Fate::Lives;
        };
        waiting.timer = None;
        if now < waiting.deadline {
            stack.outbox.send(self.flow, waiting.bytes.clone());
            waiting.interval = (waiting.interval * 2).min(T2);
            let at = (now + waiting.interval).min(waiting.deadline);
            waiting.timer = Some(stack.outbox.timers.set(at, due));
            return Fate::Lives;
        }
        self.forget_unacknowledged(stack);
        if self.farewell.is_some() {
            return self.leave(stack, now);
        }
        self.end(End::TimedOut, stack, now)
    }

    /// Lets go of everything it holds, and answers what still waits for an answer (RFC 3261 section 15.1.2).
    pub(super) fn dissolve(&mut self, stack: &mut Stack, now: Instant) {
        stack.flows.remove(&(self.flow, self.id));
        stack.whose.remove(&self.id);
        if stack.tags.get(&self.tag) == Some(&TagOwner::Session(self.id)) {
            stack.tags.remove(&self.tag);
        }
        self.forget_unacknowledged(stack);
        self.stop_waiting(stack);
        match std::mem::replace(&mut self.phase, Phase::Talking) {
            Phase::Calling { key, forks, .. } => {
                stack.forks -= forks.len();
                stack.clients.abandon(key, None, now, &mut stack.outbox);
            }
            Phase::Ringing(mut ringing) => {
                stack.outbox.timers.clear(&mut ringing.timer);
                stack.merges.remove(&ringing.merge_key);
                if let Some(mut reliable) = ringing.reliable.take() {
                    reliable.stop(stack);
                }
                stack.answer(ringing.server, 487, self.tag, &[], now);
            }
            Phase::Talking => {}
        }
        self.drop_offer(stack, now);
        self.drop_referral(stack, now);
        self.refresh.stop(stack);
        stack.outbox.timers.clear(&mut self.lost);
    }
}

/// Request-URI, `Route`s and what has to stand last among them (RFC 3261 section 12.2.1.1: a first route without `lr`
/// is a strict router).
pub(super) fn strict_or_loose(dialog: &Dialog) -> (&str, &[String], Option<&str>) {
    let first = dialog
        .routes
        .split_first()
        .filter(|(first, _)| !first.to_ascii_lowercase().contains(";lr"));
    match first {
        Some((first, others)) => {
            let uri = first.split_once('<').map_or(first.as_str(), |(_, rest)| rest);
            (uri.split_once('>').map_or(uri, |(uri, _)| uri), others, Some(&dialog.target))
        }
        None => (&dialog.target, &dialog.routes, None),
    }
}
