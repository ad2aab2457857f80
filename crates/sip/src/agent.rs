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

mod farewell;
mod flows;
mod in_dialog;
mod invite_client;
mod invite_server;
mod mirror;
mod outside;
mod patience;
mod phone_event;
mod receive;
mod reliable;
mod reoffer;
mod replace;
mod series;
mod session;
mod session_timer;
mod stack;
mod transfer;
mod types;
mod watching;

use std::collections::BTreeMap;
use std::time::Instant;

use self::farewell::Farewell;
use self::outside::Outgoing;
use self::series::Series;
use self::session::{Fate, Phase, Session};
use self::stack::{ALLOW, SUPPORTED, ServerOwner, Stack, tag_text, with_headers};
use self::watching::Watch;
use crate::Flow;
use crate::digest::Guard;
use crate::message::{Request, ResponseBuilder};
use crate::outbox::Queued;
use crate::transaction::ServerId;

pub use flows::{CONTACT_ADDRESSES_MAX, GRACE};
pub use mirror::Mirror;
pub use series::SERIES_MAX;
pub use types::{
    Body, Config, Credentials, DialogId, DialogStage, End, Event, Ha1, Header, Invite, NameAddr, OutgoingRequest, Output, PhoneEvent,
    Proof, RequestId, SeriesId, Statistics,
};
pub use watching::{WATCHES_MAX, WatchId, Watched};

/// The user agent. See the module.
#[derive(Debug)]
pub struct Agent {
    stack: Stack,
    sessions: BTreeMap<DialogId, Box<Session>>,
    outgoing: BTreeMap<RequestId, Outgoing>,
    series: BTreeMap<SeriesId, Series>,
    watches: BTreeMap<WatchId, Box<Watch>>,
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
            series: BTreeMap::new(),
            watches: BTreeMap::new(),
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
        loop {
            match self.stack.outbox.queue.pop_front()? {
                Queued::Output(output) => return Some(output),
                Queued::Trying(request) => self.stack.try_now(request),
            }
        }
    }

    /// Whether `message`, which came over `flow`, proves who sent it. Does not tell known from unknown users: an unknown one is checked
    /// against a dummy, in the same time.
    pub fn prove(&mut self, message: &Request, flow: Flow, ha1: impl FnOnce(&str) -> Option<Ha1>, now: Instant) -> Proof {
        self.guard.check(message, flow.peer.ip(), ha1, now)
    }

    /// 401 with a challenge for MD5, and one for SHA-256 where the peer is known to choose between several. Leaves no trace.
    pub fn challenge(&mut self, request: RequestId, stale: bool, now: Instant) {
        let headers = self.challenges(ServerId(request.0), stale, now);
        self.turn_away(request, 401, &headers);
    }

    /// 401 to an INVITE; the session is over. Leaves no trace.
    pub fn challenge_invite(&mut self, dialog: DialogId, stale: bool, now: Instant) {
        let invite = self.sessions.get(&dialog).and_then(|session| session.invite_to_answer());
        let headers = invite.map(|invite| self.challenges(invite, stale, now)).unwrap_or_default();
        self.turn_away_invite(dialog, 401, &headers, now);
    }

    /// The final response to a request outside of dialogs whose sender has proved nothing: nothing of it is kept, and the same request
    /// that comes again is a new one (RFC 3261 section 8.2.7).
    pub fn turn_away(&mut self, request: RequestId, status: u16, headers: &[Header]) {
        let server = ServerId(request.0);
        if self.stack.servers.owner(server) != Some(ServerOwner::Outside) {
            return;
        }
        if let Some((request, flow)) = self.stack.servers.take(server, &mut self.stack.outbox) {
            self.stack.turn_away(&request, flow, status, headers);
        }
    }

    /// The same for an INVITE; the session is over.
    pub fn turn_away_invite(&mut self, dialog: DialogId, status: u16, headers: &[Header], now: Instant) {
        let invite = self.sessions.get(&dialog).and_then(|session| session.invite_to_answer());
        let taken = invite.and_then(|invite| self.stack.servers.take(invite, &mut self.stack.outbox));
        if let Some((request, flow)) = taken {
            self.settle(dialog, Fate::Over, now);
            self.stack.turn_away(&request, flow, status, headers);
        }
    }

    fn challenges(&mut self, server: ServerId, stale: bool, now: Instant) -> Vec<Header> {
        let Some((request, flow)) = self.stack.servers.request(server) else {
            return Vec::new();
        };
        let challenges = self.guard.challenges(request, flow.peer.ip(), stale, now);
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
            Some(ServerOwner::Info(id)) => {
                if let Some(session) = self.sessions.get(&id) {
                    session.respond_to_info(server, status, &headers, stack, now);
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

    /// Tells the peer of a session whom it talks to now, after a transfer: UPDATE with `P-Asserted-Identity` and these headers, where the peer
    /// understands UPDATE. No event follows.
    pub fn identify(&mut self, dialog: DialogId, who: &NameAddr, headers: &[Header], now: Instant) {
        if let Some(session) = self.sessions.get_mut(&dialog) {
            session.identify(who, headers, &mut self.stack, now);
        }
    }

    /// NOTIFY that tells a phone what to do, as if its person had pressed the key. `false` when it has not said (`Allow-Events`) that it
    /// understands this, or cannot be told now. No event follows: what the phone makes of it shows in what it sends.
    pub fn tell_phone(&mut self, dialog: DialogId, event: PhoneEvent, now: Instant) -> bool {
        let session = self.sessions.get_mut(&dialog);
        session.is_some_and(|session| session.tell_phone(event, &mut self.stack, now))
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

    /// The Call-ID of a session (RFC 3261 section 8.1.1.4); `None` when it is over.
    #[must_use]
    pub fn call_id(&self, dialog: DialogId) -> Option<&str> {
        self.sessions.get(&dialog).map(|session| session.call_id.as_str())
    }

    /// What is held and what has been counted.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        Statistics {
            transactions: self.stack.transactions(),
            dialogs: self.sessions.len() + self.stack.forks,
            requests: self.stack.servers.unanswered() + self.outgoing.len(),
            series: self.series.len(),
            watches: self.watches.len(),
            contact_addresses: self.stack.contact_addresses.len(),
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
        let Some(builder) = self.response(id, status, tag) else {
            return;
        };
        let builder = if is_options { with_abilities(builder) } else { builder };
        let response = with_headers(builder, headers).body(body).finish();
        self.send_response(id, &response, now);
    }

    /// A response to a request of which nothing is held.
    fn turn_away(&mut self, request: &Request, flow: Flow, status: u16, headers: &[Header]) {
        let tag = tag_text(self.stateless_tag(request));
        let builder = ResponseBuilder::new(request, status, flow.peer, Some(&tag)).header("Server", &self.config.product);
        let is_options = request.method() == "OPTIONS" && status < 300;
        let builder = if is_options { with_abilities(builder) } else { builder };
        self.outbox.send(flow, with_headers(builder, headers).finish().to_bytes());
    }
}

/// What OPTIONS asks for (RFC 3261 section 11.2).
fn with_abilities(builder: ResponseBuilder) -> ResponseBuilder {
    builder
        .header("Allow", ALLOW)
        .header("Accept", "application/sdp")
        .header("Supported", SUPPORTED)
}
