//! Connections that come and go.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::invite_client::refused;
use super::reoffer::Offer;
use super::session::{Fate, Phase, Session};
use super::stack::{ClientOwner, Stack};
use super::{Agent, DialogId, End, Event};
use crate::message::{escape_user, host_and_port};
use crate::outbox::SessionDue;
use crate::{Flow, Transport};

/// Flows with a contact address of their own at most.
pub const CONTACT_ADDRESSES_MAX: usize = 4_096;
/// How long a running call waits for its device to come back.
pub const GRACE: Duration = Duration::from_secs(30);
/// The same for a call that still rings.
const GRACE_RINGING: Duration = Duration::from_secs(5);

impl Agent {
    /// A connection is gone. Running sessions have 30 s to come back over another one, by a request inside them or by
    /// [`Agent::move_dialogs`]; ringing ones 5 s.
    pub fn flow_closed(&mut self, flow: Flow, now: Instant) {
        self.stack.stand_ins.retain(|_, stand_in| *stand_in != flow);
        self.stack.contact_addresses.remove(&flow);
        let lost = self
            .stack
            .clients
            .flow_closed(flow, ClientOwner::ends_with_flow, &mut self.stack.outbox);
        for owner in lost {
            self.on_timed_out(owner, now);
        }
        for id in self.sessions_of(flow) {
            if let Some(session) = self.sessions.get_mut(&id) {
                let fate = session.on_flow_lost(&mut self.stack, now);
                self.settle(id, fate, now);
            }
        }
    }

    /// Says who is at the other end of a session, so that [`Agent::move_dialogs`] can tell it from others on the same flow.
    pub fn label(&mut self, dialog: DialogId, whose: u64) {
        let Some(session) = self.sessions.get(&dialog) else { return };
        self.stack.whose.insert(dialog, whose);
        match &session.phase {
            Phase::Calling { key, .. } => self.stack.clients.label(*key, whose),
            Phase::Ringing(ringing) => self.stack.servers.label(ringing.server, whose),
            Phase::Talking => {}
        }
    }

    /// The same device has come back, or sends from another address: its sessions go on over `to`, and what may have got lost is sent
    /// again. `whose`: only those with this label; a proxy or a base station brings many devices over one flow.
    pub fn move_dialogs(&mut self, from: Flow, to: Flow, whose: Option<u64>, now: Instant) {
        for id in self.sessions_of(from) {
            if whose.is_some() && self.stack.whose.get(&id).copied() != whose {
                continue;
            }
            if let Some(session) = self.sessions.get_mut(&id) {
                let fate = session.move_to(to, &mut self.stack, now);
                self.settle(id, fate, now);
            }
        }
        self.move_watches(from, to, whose, now);
        let Stack {
            clients, servers, outbox, ..
        } = &mut self.stack;
        // CANCELs, BYEs and refusals outlive their sessions.
        let outlives = |owner: Option<ClientOwner>, label: Option<u64>| {
            (whose.is_none() || label == whose) && owner.is_none_or(|owner| !owner.ends_with_flow())
        };
        clients.move_some(from, to, outlives, now, outbox);
        servers.move_some(from, to, whose, outbox);
    }

    /// The connection asked for with [`super::Output::Connect`] is up.
    pub fn connected(&mut self, instead_of: Flow, flow: Flow, now: Instant) {
        self.stack.stand_ins.insert(instead_of, flow);
        self.stack.clients.connected(instead_of, flow, now, &mut self.stack.outbox);
    }

    /// It could not be opened: the request goes as a datagram all the same.
    pub fn connect_failed(&mut self, instead_of: Flow, now: Instant) {
        self.stack.clients.connect_failed(instead_of, now, &mut self.stack.outbox);
    }

    /// From now on our `Contact` on this flow carries `address`, e.g. the public one of a trunk behind NAT, in requests and responses and inside
    /// dialogs as well; `None`: our own address again. Forgotten when the flow closes; of a datagram flow that is no longer used the caller has
    /// to say so. Above [`CONTACT_ADDRESSES_MAX`] flows nothing changes.
    pub fn set_contact_address(&mut self, flow: Flow, address: Option<SocketAddr>) {
        let addresses = &mut self.stack.contact_addresses;
        match address {
            Some(address) if addresses.len() < CONTACT_ADDRESSES_MAX || addresses.contains_key(&flow) => {
                addresses.insert(flow, address);
            }
            Some(_) => {}
            None => {
                addresses.remove(&flow);
            }
        }
    }

    /// Our `Contact` in requests over this flow, as a URI; `user` unescaped, may be empty. A registrar's answer names it among the bindings:
    /// [`crate::message::Registration::granted_s`].
    #[must_use]
    pub fn contact_uri(&self, flow: Flow, user: &str) -> String {
        self.stack.contact_uri(flow, &escape_user(user))
    }

    fn sessions_of(&self, flow: Flow) -> Vec<DialogId> {
        let range = (flow, DialogId(0))..=(flow, DialogId(u64::MAX));
        self.stack.flows.range(range).map(|(_, id)| *id).collect()
    }
}

impl Stack {
    /// Our `Contact` on a flow (RFC 3261 section 8.1.1.8, RFC 7118 section 5.2); `user` is escaped.
    pub(super) fn contact_uri(&self, flow: Flow, user: &str) -> String {
        let transport = match flow.transport {
            Transport::Udp => "",
            Transport::Tcp => ";transport=tcp",
            Transport::Tls => ";transport=tls",
            Transport::Wss => ";transport=ws",
        };
        let at = if user.is_empty() { "" } else { "@" };
        let address = self.contact_addresses.get(&flow).copied().unwrap_or(flow.local);
        format!("sip:{user}{at}{}{transport}", host_and_port(address))
    }
}

impl Session {
    fn on_flow_lost(&mut self, stack: &mut Stack, now: Instant) -> Fate {
        if let Some(fallback) = self.fallback.take() {
            return self.move_to(fallback, stack, now);
        }
        if self.lost.is_none() {
            let grace = match self.phase {
                Phase::Talking => GRACE,
                Phase::Calling { .. } | Phase::Ringing(_) => GRACE_RINGING,
            };
            self.lost = Some(stack.outbox.timers.set(now + grace, self.due(SessionDue::FlowLost)));
        }
        Fate::Lives
    }

    /// Goes on over another flow; our responses that may have got lost are sent again.
    fn move_to(&mut self, flow: Flow, stack: &mut Stack, now: Instant) -> Fate {
        self.follow(flow, stack, now);
        // The phone itself has left the old way: there is nothing to go back to.
        self.fallback = None;
        if self.is_leaving() {
            return self.leave(stack, now);
        }
        if let Phase::Ringing(ringing) = &self.phase {
            stack.servers.repeat(ringing.server, &mut stack.outbox);
        }
        if let Some(waiting) = &self.unacknowledged {
            stack.outbox.send(flow, waiting.bytes.clone());
        }
        Fate::Lives
    }

    /// From now on everything goes by this flow, also what is under way.
    pub(super) fn follow(&mut self, flow: Flow, stack: &mut Stack, now: Instant) {
        stack.outbox.timers.clear(&mut self.lost);
        if flow == self.flow {
            return;
        }
        if flow.transport.is_reliable() && !self.flow.transport.is_reliable() {
            self.fallback = Some(self.flow);
        }
        stack.flows.remove(&(self.flow, self.id));
        let (id, old) = (self.id, std::mem::replace(&mut self.flow, flow));
        self.index_flow(stack);
        let is_ours = |owner: Option<ClientOwner>, _| owner.and_then(ClientOwner::session) == Some(id);
        stack.clients.move_some(old, flow, is_ours, now, &mut stack.outbox);
        let rings = match &self.phase {
            Phase::Ringing(ringing) => Some(ringing.server),
            Phase::Calling { .. } | Phase::Talking => None,
        };
        let offers = match self.offer {
            Offer::Incoming(server) => Some(server),
            Offer::Stable | Offer::Outgoing { .. } | Offer::Waiting { .. } | Offer::Unanswered { .. } => None,
        };
        let refers = self.referral.as_ref().and_then(|referral| referral.pending);
        for server in [rings, offers, refers].into_iter().flatten() {
            stack.servers.move_to(server, flow);
        }
    }

    /// Makes the session findable by its flow.
    pub(super) fn index_flow(&self, stack: &mut Stack) {
        stack.flows.insert((self.flow, self.id));
    }

    /// Nobody has come back.
    pub(super) fn on_grace_over(&mut self, stack: &mut Stack) -> Fate {
        let event = match &self.phase {
            Phase::Calling { .. } => refused(self.id, 408),
            Phase::Ringing(_) | Phase::Talking => Event::Ended {
                dialog: self.id,
                end: End::FlowLost,
            },
        };
        self.emit(event, stack);
        Fate::Over
    }
}
