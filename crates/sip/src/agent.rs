//! The user agent core: what a switchboard needs of SIP, and nothing of how SIP does it.
//!
//! The agent absorbs retransmissions, owns transactions (with caps) and dialogs, answers what needs no decision
//! (OPTIONS inside dialogs, CANCEL of the unknown, malformed requests), and turns the rest into [`Event`]s.
//! Everything it is asked to do is a method; everything it wants done is an [`Output`], drained with
//! [`Agent::poll_output`] until `None` after every call.
//!
//! ```text
//! bytes ─► message ─► receive ─┬─► transaction (comes again: same response) ─► bytes
//!                              ├─► session (tags and Call-ID known) ─► bytes, events
//!                              └─► refused on the spot, or a new session or request ─► event
//! ```

mod flows;
mod in_dialog;
mod invite_client;
mod invite_server;
mod outside;
mod receive;
mod reliable;
mod reoffer;
mod session;
mod session_timer;
mod stack;
mod transfer;
mod types;

use std::collections::BTreeMap;
use std::time::Instant;

use self::outside::Outgoing;
use self::session::{Farewell, Fate, Phase, Session};
use self::stack::{ALLOW, ServerOwner, Stack, with_headers};
use crate::digest::Guard;
use crate::message::Request;
use crate::transaction::ServerId;

pub use types::{
    Body, Config, Credentials, DialogId, End, Event, Ha1, Header, Invite, NameAddr, OutgoingRequest, Output, Proof, RequestId, Statistics,
};

/// The user agent. See the module.
#[derive(Debug)]
pub struct Agent {
    stack: Stack,
    sessions: BTreeMap<DialogId, Box<Session>>,
    outgoing: BTreeMap<RequestId, Outgoing>,
    guard: Guard,
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "callers hand over what they have built for this call alone"
)]
impl Agent {
    /// An agent with nothing to do. Tags, branches, Call-IDs and nonces come from `seed`.
    #[must_use]
    pub fn new(config: Config, seed: [u8; 32], now: Instant) -> Self {
        let guard = Guard::new(&config.realm, seed, now);
        Self {
            stack: Stack::new(config, seed),
            sessions: BTreeMap::new(),
            outgoing: BTreeMap::new(),
            guard,
        }
    }

    /// When [`Agent::handle_timeout`] wants to be called next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.stack.outbox.timers.next()
    }

    /// What is to be done next; drain until `None` after every call.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.stack.outbox.output.pop_front()
    }

    /// Whether `message` proves who sent it. Does not tell known from unknown users: an unknown one is checked
    /// against a dummy, in the same time.
    pub fn prove(&mut self, message: &Request, ha1: impl FnOnce(&str) -> Option<Ha1>, now: Instant) -> Proof {
        self.guard.check(message, ha1, now)
    }

    /// 401 with a challenge for MD5, and one for SHA-256 where the peer is known to choose between several.
    pub fn challenge(&mut self, request: RequestId, stale: bool, now: Instant) {
        let headers = self.challenges(ServerId(request.0), stale, now);
        self.respond(request, 401, headers, None, now);
    }

    /// 401 to an INVITE; the session is over.
    pub fn challenge_invite(&mut self, dialog: DialogId, stale: bool, now: Instant) {
        let invite = self.sessions.get(&dialog).and_then(|session| session.invite_to_answer());
        let headers = invite.map(|invite| self.challenges(invite, stale, now)).unwrap_or_default();
        self.refuse(dialog, 401, headers, now);
    }

    fn challenges(&mut self, server: ServerId, stale: bool, now: Instant) -> Vec<Header> {
        let Some((request, _flow)) = self.stack.servers.request(server) else {
            return Vec::new();
        };
        let challenges = self.guard.challenges(request, stale, now);
        challenges.map(|value| ("WWW-Authenticate".to_owned(), value)).collect()
    }

    /// The final response to a request. Nothing happens when the request has been answered or is over.
    pub fn respond(&mut self, request: RequestId, status: u16, headers: Vec<Header>, body: Option<Body>, now: Instant) {
        let server = ServerId(request.0);
        let stack = &mut self.stack;
        let (id, is_update) = match stack.servers.owner(server) {
            Some(ServerOwner::Outside) => return stack.respond_outside(server, status, &headers, body.as_ref(), now),
            Some(ServerOwner::Reinvite(id)) => (id, false),
            Some(ServerOwner::Update(id)) => (id, true),
            Some(ServerOwner::Refer(id)) => {
                if let Some(session) = self.sessions.get_mut(&id) {
                    session.respond_to_refer(server, status, &headers, body.as_ref(), stack, now);
                }
                return;
            }
            Some(ServerOwner::Invite(_) | ServerOwner::Own(_)) | None => return,
        };
        if let Some(session) = self.sessions.get_mut(&id) {
            session.respond_to_offer((server, is_update), status, &headers, body.as_ref(), stack, now);
        }
    }

    /// A provisional response, 101 to 199, to an INVITE; reliable when the peer requires 100rel (RFC 3262).
    pub fn ring(&mut self, dialog: DialogId, status: u16, body: Option<Body>, headers: Vec<Header>, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&dialog) {
            session.ring(status, body, headers, &mut self.stack, now);
        }
    }

    /// 200 to an INVITE, repeated until the ACK comes.
    pub fn answer(&mut self, dialog: DialogId, body: Body, headers: Vec<Header>, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&dialog) {
            session.answer(body, &headers, &mut self.stack, now);
        }
    }

    /// 300 to 699 to an INVITE; the session is over.
    pub fn refuse(&mut self, dialog: DialogId, status: u16, headers: Vec<Header>, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&dialog) {
            let fate = session.refuse(status, &headers, &mut self.stack, now);
            self.settle(dialog, fate, now);
        }
    }

    /// ACK with the answer to an offer that came in a 2xx.
    pub fn acknowledge(&mut self, dialog: DialogId, body: Body, now: Instant) {
        let _ = now;
        if let Some(session) = self.sessions.get_mut(&dialog) {
            session.acknowledge(body, &mut self.stack);
        }
    }

    /// re-INVITE; `None` asks the peer for its offer. [`Event::ReofferEnded`] tells the outcome: 491 at once when
    /// another offer is open, 480 while the flow is lost.
    pub fn reoffer(&mut self, dialog: DialogId, body: Option<Body>, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&dialog) {
            session.reoffer(body, &mut self.stack, now);
        }
    }

    /// Tells the peer of a session whom it talks to now, after a transfer: UPDATE with `P-Asserted-Identity`, where the peer understands
    /// UPDATE. No event follows.
    pub fn identify(&mut self, dialog: DialogId, who: &NameAddr, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&dialog) {
            session.identify(who, &mut self.stack, now);
        }
    }

    /// NOTIFY with a `message/sipfrag` status line (RFC 3515); 200 and above end the subscription. The first one, 100,
    /// is sent by the agent when the REFER is accepted.
    pub fn notify_refer(&mut self, dialog: DialogId, status: u16, reason: &str, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&dialog) {
            session.notify_refer(status, reason, &mut self.stack, now);
        }
    }

    /// CANCEL, BYE or a refusal, whichever fits. Never fails; no event follows.
    pub fn hang_up(&mut self, dialog: DialogId, reason: Option<&str>, now: Instant) {
        let Some(session) = self.sessions.get_mut(&dialog) else { return };
        let stack = &mut self.stack;
        let fate = match &session.phase {
            Phase::Calling { key, .. } => {
                stack.clients.abandon(*key, reason, now, &mut stack.outbox);
                Fate::Over
            }
            Phase::Ringing(_) => {
                let reason = reason.map(|reason| ("Reason".to_owned(), reason.to_owned()));
                session.refuse(480, reason.as_slice(), stack, now)
            }
            // RFC 3261 section 15: no BYE before the ACK.
            Phase::Talking if session.unacknowledged.as_ref().is_some_and(|waiting| waiting.initial) => {
                session.farewell = Some(Farewell {
                    reason: reason.map(str::to_owned),
                });
                Fate::Lives
            }
            Phase::Talking => session.bye(reason, stack, now),
        };
        self.settle(dialog, fate, now);
    }

    /// What is held and what has been counted.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        Statistics {
            transactions: self.stack.transactions(),
            dialogs: self.sessions.len() + self.stack.forks,
            requests: self.stack.servers.unanswered() + self.outgoing.len(),
            timers: self.stack.outbox.timers.len(),
            entries: self.stack.entries(),
            connecting: self.stack.clients.connecting(),
            dropped: self.stack.dropped,
            refused_full: self.stack.refused_full,
            absorbed: self.stack.absorbed,
        }
    }

    /// Removes a session that is over.
    fn settle(&mut self, id: DialogId, fate: Fate, now: Instant) {
        match fate {
            Fate::Lives => {}
            Fate::Over => {
                if let Some(mut session) = self.sessions.remove(&id) {
                    session.dissolve(&mut self.stack, now);
                }
            }
        }
    }
}

impl Stack {
    /// The switchboard's response to a request outside of dialogs.
    fn respond_outside(&mut self, id: ServerId, status: u16, headers: &[Header], body: Option<&Body>, now: Instant) {
        let Some((request, _)) = self.servers.request(id) else { return };
        let is_options = request.method() == "OPTIONS";
        let tag = self.stateless_tag(request);
        let Some(mut builder) = self.response(id, status, tag) else {
            return;
        };
        if is_options {
            builder = builder
                .header("Allow", ALLOW)
                .header("Accept", "application/sdp")
                .header("Supported", "timer, 100rel");
        }
        let response = with_headers(builder, headers).body(body).finish();
        self.send_response(id, &response, now);
    }
}
