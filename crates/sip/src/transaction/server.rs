//! Server transactions (RFC 3261 section 17.2, RFC 6026 section 7.1).

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{T1, T2, T4, TIMEOUT};
use crate::Flow;
use crate::message::Request;
use crate::outbox::{Due, Outbox, TimerId};

/// Which server transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ServerId(pub(crate) u64);

/// What makes two requests the same transaction (RFC 3261 section 17.2.3): a hash of it under a secret, so that nobody
/// can make two of them collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ServerKey(u64);

impl ServerKey {
    /// Of a request; ACK and CANCEL name the INVITE that they belong to with `method` INVITE.
    pub(crate) fn of(request: &Request, method: &str, secret: u64) -> Option<Self> {
        let via = request.top_via()?;
        let branch = via.branch();
        let mut hash = DefaultHasher::new();
        (secret, branch, via.sent_by, method).hash(&mut hash);
        if !branch.is_some_and(has_cookie) {
            // RFC 2543: no unique branch. The tag of To is left out, as the INVITE lacks the one that its ACK has.
            (request.call_id(), request.from_tag(), request.cseq()?.number).hash(&mut hash);
        }
        Some(Self(hash.finish()))
    }
}

fn has_cookie(branch: &str) -> bool {
    branch
        .get(..7)
        .is_some_and(|cookie| cookie.eq_ignore_ascii_case(super::client::COOKIE))
        && branch.len() > 7
}

/// See the picture in the parent module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerState {
    /// No final response yet.
    Trying,
    /// Refused, or a request other than INVITE answered: the response is repeated.
    Completed,
    /// The ACK to a refusal has come.
    Confirmed,
    /// INVITE answered 2xx: repeated INVITEs are absorbed.
    Accepted,
}

#[derive(Debug)]
struct Server<O> {
    key: ServerKey,
    flow: Flow,
    state: ServerState,
    invite: bool,
    owner: O,
    /// Who is at the other end, where somebody has said so.
    whose: Option<u64>,
    /// For building responses; gone after the final one.
    request: Option<Arc<Request>>,
    /// The last response, for repetitions.
    last: Option<Vec<u8>>,
    /// What request and response take.
    bytes: usize,
    interval: Duration,
    deadline: Instant,
    timer: Option<TimerId>,
}

/// What became of a server transaction's deadline.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ServerFired<O> {
    /// Nothing that concerns anybody else.
    Nothing,
    /// The request was never answered; the peer has given up by now.
    Unanswered(O),
}

/// All server transactions.
#[derive(Debug)]
pub(crate) struct Servers<O> {
    map: BTreeMap<ServerId, Box<Server<O>>>,
    keys: BTreeMap<ServerKey, ServerId>,
    /// INVITEs by their flows, for when their peer moves; others are answered at once.
    flows: BTreeSet<(Flow, ServerId)>,
    unanswered: usize,
    bytes: usize,
}

impl<O> Default for Servers<O> {
    fn default() -> Self {
        Self {
            map: BTreeMap::new(),
            keys: BTreeMap::new(),
            flows: BTreeSet::new(),
            unanswered: 0,
            bytes: 0,
        }
    }
}

impl<O: Copy> Servers<O> {
    pub(crate) fn len(&self) -> usize {
        self.map.len()
    }

    pub(crate) fn find(&self, key: ServerKey) -> Option<ServerId> {
        self.keys.get(&key).copied()
    }

    pub(crate) fn state(&self, id: ServerId) -> Option<ServerState> {
        self.map.get(&id).map(|server| server.state)
    }

    pub(crate) fn owner(&self, id: ServerId) -> Option<O> {
        self.map.get(&id).map(|server| server.owner)
    }

    /// The request, as long as it awaits its final response.
    pub(crate) fn request(&self, id: ServerId) -> Option<(&Request, Flow)> {
        let server = self.map.get(&id)?;
        Some((server.request.as_deref()?, server.flow))
    }

    /// Whether nothing has been said to a request yet.
    pub(crate) fn is_silent(&self, id: ServerId) -> bool {
        let silent = |server: &Server<O>| server.state == ServerState::Trying && server.last.is_none();
        self.map.get(&id).is_some_and(|server| silent(server))
    }

    /// What all requests and responses that are held take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Gives a request back that awaits its final response, as if it had never been held.
    pub(crate) fn take(&mut self, id: ServerId, outbox: &mut Outbox) -> Option<(Arc<Request>, Flow)> {
        let server = self.map.get_mut(&id)?;
        let taken = (server.request.take()?, server.flow);
        self.remove(id, outbox);
        Some(taken)
    }

    /// How many requests await a final response.
    pub(crate) fn unanswered(&self) -> usize {
        self.unanswered
    }

    /// Begins a transaction. An INVITE may wait for its answer as long as its session does, others for 64·T1.
    pub(crate) fn begin(
        &mut self,
        id: ServerId,
        key: ServerKey,
        (request, flow): (Arc<Request>, Flow),
        (owner, whose): (O, Option<u64>),
        now: Instant,
        outbox: &mut Outbox,
    ) {
        let invite = request.method() == "INVITE";
        let deadline = now + TIMEOUT;
        let timer = (!invite).then(|| outbox.timers.set(deadline, Due::Server(id)));
        self.keys.insert(key, id);
        self.unanswered += 1;
        let bytes = request.size();
        self.bytes += bytes;
        if invite {
            self.flows.insert((flow, id));
        }
        let server = Server {
            key,
            flow,
            state: ServerState::Trying,
            invite,
            owner,
            whose,
            request: Some(request),
            last: None,
            bytes,
            interval: T1,
            deadline,
            timer,
        };
        self.map.insert(id, Box::new(server));
    }

    /// The same request has come again, maybe by another way: it gets the same response.
    pub(crate) fn repeated(&mut self, id: ServerId, flow: Flow, outbox: &mut Outbox) {
        if let Some(server) = self.map.get(&id)
            && let Some(last) = &server.last
        {
            outbox.send(flow, last.clone());
        }
    }

    /// Sends the last response again, unasked.
    pub(crate) fn repeat(&self, id: ServerId, outbox: &mut Outbox) {
        if let Some(server) = self.map.get(&id)
            && let Some(last) = &server.last
        {
            outbox.send(server.flow, last.clone());
        }
    }

    /// Sends a response.
    pub(crate) fn respond(&mut self, id: ServerId, status: u16, bytes: Vec<u8>, now: Instant, outbox: &mut Outbox) {
        let Some(server) = self.map.get_mut(&id).filter(|server| server.state == ServerState::Trying) else {
            return;
        };
        if status < 200 {
            return self.provisional(id, bytes, outbox);
        }
        let reliable = server.flow.transport.is_reliable();
        if !server.invite && reliable {
            outbox.send(server.flow, bytes);
            self.remove(id, outbox);
            return;
        }
        self.unanswered -= 1;
        outbox.timers.clear(&mut server.timer);
        server.request = None;
        server.deadline = now + TIMEOUT;
        let mut at = server.deadline;
        if server.invite && status < 300 {
            server.state = ServerState::Accepted;
            server.last = None;
            outbox.send(server.flow, bytes);
        } else {
            server.state = ServerState::Completed;
            self.bytes = self.bytes + bytes.len() - server.bytes;
            server.bytes = bytes.len();
            server.last = Some(bytes.clone());
            outbox.send(server.flow, bytes);
            if server.invite && !reliable {
                at = now + server.interval;
            }
        }
        server.timer = Some(outbox.timers.set(at, Due::Server(id)));
    }

    /// Sends a provisional response.
    pub(crate) fn provisional(&mut self, id: ServerId, bytes: Vec<u8>, outbox: &mut Outbox) {
        if let Some(server) = self.map.get_mut(&id).filter(|server| server.state == ServerState::Trying) {
            server.last = Some(bytes.clone());
            outbox.send(server.flow, bytes);
        }
    }

    /// The ACK to a refusal.
    pub(crate) fn acknowledged(&mut self, id: ServerId, now: Instant, outbox: &mut Outbox) {
        let Some(server) = self.map.get_mut(&id).filter(|server| server.state == ServerState::Completed) else {
            return;
        };
        if server.flow.transport.is_reliable() {
            self.remove(id, outbox);
            return;
        }
        server.state = ServerState::Confirmed;
        server.last = None;
        outbox.timers.clear(&mut server.timer);
        server.deadline = now + T4;
        server.timer = Some(outbox.timers.set(server.deadline, Due::Server(id)));
    }

    pub(crate) fn on_timer(&mut self, id: ServerId, now: Instant, outbox: &mut Outbox) -> ServerFired<O> {
        let Some(server) = self.map.get_mut(&id) else {
            return ServerFired::Nothing;
        };
        server.timer = None;
        if now >= server.deadline {
            let fired = match server.state {
                ServerState::Trying => ServerFired::Unanswered(server.owner),
                ServerState::Completed | ServerState::Confirmed | ServerState::Accepted => ServerFired::Nothing,
            };
            self.remove(id, outbox);
            return fired;
        }
        if let Some(last) = &server.last {
            outbox.send(server.flow, last.clone());
        }
        server.interval = (server.interval * 2).min(T2);
        let at = (now + server.interval).min(server.deadline);
        server.timer = Some(outbox.timers.set(at, Due::Server(id)));
        ServerFired::Nothing
    }

    /// From now on responses go by another way.
    pub(crate) fn move_to(&mut self, id: ServerId, flow: Flow) {
        let Some(server) = self.map.get_mut(&id) else { return };
        if server.invite {
            self.flows.remove(&(server.flow, id));
            self.flows.insert((flow, id));
        }
        server.flow = flow;
    }

    /// Says who is at the other end.
    pub(crate) fn label(&mut self, id: ServerId, whose: u64) {
        if let Some(server) = self.map.get_mut(&id) {
            server.whose = Some(whose);
        }
    }

    /// The peer of these INVITEs has moved, if it is the one meant: it gets what may have got lost once more.
    pub(crate) fn move_some(&mut self, from: Flow, to: Flow, whose: Option<u64>, outbox: &mut Outbox) {
        let range = (from, ServerId(0))..=(from, ServerId(u64::MAX));
        for id in self.flows.range(range).map(|(_, id)| *id).collect::<Vec<_>>() {
            if whose.is_none() || self.map.get(&id).is_some_and(|server| server.whose == whose) {
                self.move_to(id, to);
                self.repeat(id, outbox);
            }
        }
    }

    pub(crate) fn remove(&mut self, id: ServerId, outbox: &mut Outbox) {
        if let Some(mut server) = self.map.remove(&id) {
            outbox.timers.clear(&mut server.timer);
            self.keys.remove(&server.key);
            self.unanswered -= usize::from(server.state == ServerState::Trying);
            self.bytes -= server.bytes;
            if server.invite {
                self.flows.remove(&(server.flow, id));
            }
        }
    }
}
