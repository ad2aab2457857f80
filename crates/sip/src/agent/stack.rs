//! What all sessions share: transactions, deadlines, outputs, randomness and limits.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{Config, Credentials, DialogId, Event, Header, Output, RequestId, WatchId};
use crate::digest::Answerer;
use crate::message::{Request, RequestBuilder, Response, ResponseBuilder, UriParts, host_and_port};
use crate::outbox::Outbox;
use crate::transaction::{ClientKey, Clients, ServerId, ServerKey, Servers};
use crate::{Flow, Transport};

/// What we understand.
pub(super) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, INFO, UPDATE, PRACK, REFER";
/// Options that a peer may require.
pub(super) const KNOWN_OPTIONS: [&str; 4] = ["100rel", "timer", "norefersub", "replaces"];
/// `Supported` (RFC 3262, 4028, 3891).
pub(super) const SUPPORTED: &str = "timer, 100rel, replaces";
/// The same where nothing can be answered reliably: without an offer of ours, or inside a session.
pub(super) const SUPPORTED_PLAINLY: &str = "timer, replaces";
/// What requests of peers and our answers to them may take in memory until their transactions are over, in bytes.
pub(super) const KEPT_BYTES_MAX: usize = 64 << 20;
/// `Route` headers at most, whether a peer or the switchboard wants them.
pub(super) const ROUTES_MAX: usize = 16;
/// Header bytes of a request of ours, roughly and at least: below that nobody needs to measure.
const HEAD_BYTES: usize = 400;

/// Whom a client transaction's end concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientOwner {
    /// The INVITE that begins a session.
    Invite(DialogId),
    /// An INVITE inside one.
    Reinvite(DialogId),
    /// A refresh.
    Update(DialogId),
    /// UPDATE that tells the peer whom it talks to now.
    Identify(DialogId),
    /// PRACK.
    Prack(DialogId),
    /// NOTIFY about a REFER.
    Notify(DialogId),
    /// NOTIFY that tells a phone what to do.
    PhoneEvent(DialogId),
    /// BYE of the session that had this tag.
    Bye(u64),
    /// [`super::Agent::options`].
    Ping(RequestId),
    /// [`super::Agent::request`].
    Outgoing(RequestId),
    /// NOTIFY of a subscription.
    Watch(WatchId),
}

impl ClientOwner {
    /// The session that it is part of, as long as there is one.
    pub(super) fn session(self) -> Option<DialogId> {
        match self {
            Self::Invite(id) | Self::Reinvite(id) | Self::Update(id) => Some(id),
            Self::Identify(id) | Self::Prack(id) | Self::Notify(id) | Self::PhoneEvent(id) => Some(id),
            Self::Bye(_) | Self::Ping(_) | Self::Outgoing(_) | Self::Watch(_) => None,
        }
    }

    /// Whether it ends with its flow: nobody would be missed if the peer came back without it.
    pub(super) fn ends_with_flow(self) -> bool {
        match self {
            Self::Ping(_) | Self::Outgoing(_) => true,
            Self::Invite(_) | Self::Reinvite(_) | Self::Update(_) | Self::Bye(_) => false,
            Self::Identify(_) | Self::Prack(_) | Self::Notify(_) | Self::PhoneEvent(_) | Self::Watch(_) => false,
        }
    }
}

/// Whom a server transaction's request concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServerOwner {
    /// Nobody but the switchboard.
    Outside,
    /// A session: the INVITE that began it.
    Invite(DialogId),
    /// A session: an INVITE inside it.
    Reinvite(DialogId),
    /// A session: UPDATE with an offer.
    Update(DialogId),
    /// A session: REFER.
    Refer(DialogId),
    /// A session: INFO that the switchboard answers.
    Info(DialogId),
    /// A session: what the agent answers itself.
    Own(DialogId),
}

impl ServerOwner {
    fn session(self) -> Option<DialogId> {
        match self {
            Self::Outside => None,
            Self::Invite(id) | Self::Reinvite(id) | Self::Update(id) | Self::Refer(id) | Self::Info(id) | Self::Own(id) => Some(id),
        }
    }
}

/// Credentials and the challenges that they have met.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) credentials: Credentials,
    pub(super) answerer: Answerer,
}

impl Login {
    pub(super) fn new(credentials: Credentials) -> Box<Self> {
        Box::new(Self {
            answerer: Answerer::new(credentials.realm.clone()),
            credentials,
        })
    }

    /// Adds what the challenges so far ask for. Nothing that counts for the digest may change after that.
    pub(super) fn sign(&mut self, builder: RequestBuilder, stack: &mut Stack) -> RequestBuilder {
        let cnonce = tag_text(stack.token());
        let headers = self.answerer.authorization(&self.credentials, builder.signed_parts(), &cnonce);
        headers.iter().fold(builder, |builder, (name, value)| builder.header(name, value))
    }
}

/// Which tags our sessions and BYEs have, for requests inside dialogs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagOwner {
    Session(DialogId),
    Watch(WatchId),
    /// We have said BYE; the peer's crossing BYE gets its 200 all the same.
    Ending,
}

impl TagOwner {
    fn session(self) -> Option<DialogId> {
        match self {
            Self::Session(id) => Some(id),
            Self::Watch(_) | Self::Ending => None,
        }
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Stack {
    pub(super) config: Config,
    pub(super) clients: Clients<ClientOwner>,
    pub(super) servers: Servers<ServerOwner>,
    pub(super) outbox: Outbox,
    pub(super) tags: BTreeMap<u64, TagOwner>,
    /// Sessions by the flow that they use, for when it is gone or its peer moves.
    pub(super) flows: BTreeSet<(Flow, DialogId)>,
    /// Who is at the other end of a session, where the switchboard has said so.
    pub(super) whose: BTreeMap<DialogId, u64>,
    /// INVITEs that wait for our answer, by what the same one by another way would share with them.
    pub(super) merges: BTreeMap<String, DialogId>,
    /// Logins for BYEs under way, by the session's tag.
    pub(super) farewells: BTreeMap<u64, Box<Login>>,
    /// Connections that stand in for UDP flows.
    pub(super) stand_ins: BTreeMap<Flow, Flow>,
    /// What our `Contact` says on these flows instead of our own address.
    pub(super) contact_addresses: BTreeMap<Flow, SocketAddr>,
    /// Early dialogs of all sessions.
    pub(super) forks: usize,
    pub(super) dropped: u64,
    pub(super) refused_full: u64,
    pub(super) absorbed: u64,
    next_id: u64,
    rng: StdRng,
    secret: u64,
}

impl Stack {
    pub(super) fn new(config: Config, seed: [u8; 32]) -> Self {
        let mut rng = StdRng::from_seed(seed);
        let secret = rng.random();
        Self {
            config,
            clients: Clients::default(),
            servers: Servers::default(),
            outbox: Outbox::default(),
            tags: BTreeMap::new(),
            flows: BTreeSet::new(),
            whose: BTreeMap::new(),
            merges: BTreeMap::new(),
            farewells: BTreeMap::new(),
            stand_ins: BTreeMap::new(),
            contact_addresses: BTreeMap::new(),
            forks: 0,
            dropped: 0,
            refused_full: 0,
            absorbed: 0,
            next_id: 0,
            rng,
            secret,
        }
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// A number that nobody can guess.
    pub(super) fn token(&mut self) -> u64 {
        self.rng.random()
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.rng.random_range(0..bound)
    }

    pub(super) fn key(&mut self) -> ClientKey {
        ClientKey::new(self.token())
    }

    pub(super) fn emit(&mut self, event: Event) {
        self.outbox.emit(event);
    }

    /// Transactions, of both kinds.
    pub(super) fn transactions(&self) -> usize {
        self.clients.len() + self.servers.len()
    }

    /// Entries of the tables by which sessions are found.
    pub(super) fn entries(&self) -> usize {
        self.tags.len() + self.flows.len() + self.whose.len() + self.merges.len() + self.farewells.len()
    }

    /// Whether there is no room for another request; those inside dialogs may use a reserve of an eighth.
    pub(super) fn is_full(&self, in_dialog: bool) -> bool {
        let (transactions_max, bytes_max) = (self.config.transactions_max, KEPT_BYTES_MAX);
        let (transactions, bytes) = if in_dialog {
            (transactions_max + transactions_max / 8 + 1, bytes_max + bytes_max / 8)
        } else {
            (transactions_max, bytes_max)
        };
        self.transactions() >= transactions || self.servers.bytes() >= bytes
    }

    /// Sends a request whose `Via` carries `key`'s branch; a large one asks for a connection first (RFC 3261 section 18.1.1).
    pub(super) fn start(&mut self, key: ClientKey, request: Request, flow: Flow, owner: ClientOwner, now: Instant) {
        let session = match owner {
            ClientOwner::Bye(tag) => self.tags.get(&tag).and_then(|owner| owner.session()),
            _ => owner.session(),
        };
        let whose = session.and_then(|id| self.whose.get(&id).copied());
        let connect = flow.transport == Transport::Udp && self.is_large(&request);
        if connect && let Some(&stand_in) = self.stand_ins.get(&flow) {
            self.clients
                .begin(key, (request, flow), (Some(owner), whose), true, now, &mut self.outbox);
            self.clients.connected(flow, stand_in, now, &mut self.outbox);
            return;
        }
        if connect && !self.clients.awaits_connection(flow) {
            self.outbox.push(Output::Connect {
                instead_of: flow,
                peer: flow.peer,
            });
        }
        self.clients
            .begin(key, (request, flow), (Some(owner), whose), connect, now, &mut self.outbox);
    }

    fn is_large(&self, request: &Request) -> bool {
        let max = self.config.udp_request_bytes_max;
        request.inner().body().len() + HEAD_BYTES > max && request.to_bytes().len() > max
    }

    /// Takes a request in; its answer goes through the transaction.
    pub(super) fn accept(&mut self, key: ServerKey, request: Arc<Request>, flow: Flow, owner: ServerOwner, now: Instant) -> ServerId {
        let id = ServerId(self.next_id());
        let whose = owner.session().and_then(|id| self.whose.get(&id).copied());
        self.servers.begin(id, key, (request, flow), (owner, whose), now, &mut self.outbox);
        id
    }

    /// The transaction that a request belongs to, or the INVITE's of an ACK or CANCEL.
    pub(super) fn server_key(&self, request: &Request, method: &str) -> Option<ServerKey> {
        ServerKey::of(request, method, self.secret)
    }

    /// Begins a response to a request that is held.
    pub(super) fn response(&self, id: ServerId, status: u16, tag: u64) -> Option<ResponseBuilder> {
        let (request, flow) = self.servers.request(id)?;
        let builder = ResponseBuilder::new(request, status, flow.peer, Some(&tag_text(tag)));
        Some(builder.header("Server", &self.config.product))
    }

    /// Sends a response that [`Self::response`] began.
    pub(super) fn send_response(&mut self, id: ServerId, response: &Response, now: Instant) {
        self.servers
            .respond(id, response.status(), response.to_bytes(), now, &mut self.outbox);
    }

    /// Answers a request that is held, without a body.
    pub(super) fn answer(&mut self, id: ServerId, status: u16, tag: u64, headers: &[(&str, &str)], now: Instant) {
        let Some(mut builder) = self.response(id, status, tag) else {
            return;
        };
        for (name, value) in headers {
            builder = builder.header(name, value);
        }
        self.send_response(id, &builder.finish(), now);
    }

    /// 100: the request has arrived (RFC 3261 section 8.2.6.1). Nothing when it has been answered meanwhile.
    pub(super) fn try_now(&mut self, id: ServerId) {
        if !self.servers.is_silent(id) {
            return;
        }
        let Some((request, flow)) = self.servers.request(id) else { return };
        let response = ResponseBuilder::new(request, 100, flow.peer, None).finish();
        self.servers.provisional(id, response.to_bytes(), &mut self.outbox);
    }

    /// Answers without keeping anything: the same request gets the same answer (RFC 3261 section 8.2.7).
    pub(super) fn refuse(&mut self, request: &Request, flow: Flow, status: u16, headers: &[(&str, &str)]) {
        let tag = tag_text(self.stateless_tag(request));
        let mut builder = ResponseBuilder::new(request, status, flow.peer, Some(&tag));
        for (name, value) in headers {
            builder = builder.header(name, value);
        }
        let bytes = builder.header("Server", &self.config.product).finish().to_bytes();
        self.outbox.send(flow, bytes);
    }

    /// Our tag for a request that leaves no trace.
    pub(super) fn stateless_tag(&self, request: &Request) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.secret.hash(&mut hasher);
        request.call_id().hash(&mut hasher);
        request.from_tag().hash(&mut hasher);
        hasher.finish()
    }

    /// A request of ours outside of dialogs, up to its `Call-ID`. What is no address is replaced by the peer's.
    pub(super) fn begin_request(&self, method: &str, target: &str, flow: Flow, key: ClientKey) -> RequestBuilder {
        RequestBuilder::new(method, target)
            .or_else(|_| RequestBuilder::new(method, &format!("sip:{}", host_and_port(flow.peer))))
            .expect("an IP address with a port makes a SIP address")
            .via(flow, &key.branch())
    }
}

/// The routes that a request begins with, as far as we take them.
pub(super) fn preloaded(routes: &[String]) -> impl Iterator<Item = &String> {
    routes.iter().take(ROUTES_MAX)
}

/// A tag as it stands in messages.
pub(super) fn tag_text(tag: u64) -> String {
    format!("{tag:016x}")
}

/// Our tag in a request of a peer, if it can be one.
pub(super) fn parse_tag(text: &str) -> Option<u64> {
    (text.len() == 16).then(|| u64::from_str_radix(text, 16).ok())?
}

/// The user part of an address, as it stands there.
pub(super) fn user_of(uri: &str) -> String {
    UriParts::split(uri).and_then(|parts| parts.user).unwrap_or_default().to_owned()
}

/// Adds headers that no method names.
pub(super) fn with_headers(mut builder: ResponseBuilder, headers: &[Header]) -> ResponseBuilder {
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    builder
}
