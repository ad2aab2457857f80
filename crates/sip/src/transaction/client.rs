//! Client transactions (RFC 3261 section 17.1, RFC 6026 section 7.2).

mod flows;
mod messages;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use self::messages::{cancel_of, refusal_ack};
use super::{T1, T2, T4, TIMEOUT};
use crate::Flow;
use crate::message::{Request, Response};
use crate::outbox::{Due, Outbox, TimerId};

/// How branches begin (RFC 3261 section 8.1.1.7).
pub(crate) const COOKIE: &str = "z9hG4bK";
/// Forks of one INVITE that are acknowledged at most.
pub(crate) const FORKS_MAX: usize = 16;
/// An INVITE may ring as long as this after each provisional response (Timer C, RFC 3261 section 16.6).
const RINGING_MAX: Duration = Duration::from_secs(200);
/// How long to wait for a connection in place of UDP.
const CONNECTING_MAX: Duration = Duration::from_secs(4);

/// Which client transaction. A CANCEL has the branch of its INVITE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClientKey {
    branch: u64,
    cancel: bool,
}

impl ClientKey {
    const FIRST: Self = Self { branch: 0, cancel: false };
    const LAST: Self = Self {
        branch: u64::MAX,
        cancel: true,
    };

    /// With a branch that nobody can guess.
    pub(crate) fn new(branch: u64) -> Self {
        Self { branch, cancel: false }
    }

    /// The `branch` parameter.
    pub(crate) fn branch(self) -> String {
        format!("{COOKIE}{:016x}", self.branch)
    }

    /// Of a response. The sent-by is no part of it: routers rewrite it.
    fn of(response: &Response) -> Option<Self> {
        let branch = response.top_via()?.branch()?;
        let digits = branch.get(COOKIE.len()..).filter(|digits| digits.len() == 16)?;
        let branch = u64::from_str_radix(digits, 16).ok()?;
        Some(Self {
            branch,
            cancel: response.cseq()?.method == "CANCEL",
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Connecting,
    Calling,
    Proceeding,
    Completed,
    Accepted,
}

/// Whether our INVITE shall be cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cancel {
    No,
    /// As soon as a provisional response has come (RFC 3261 section 9.1).
    Wanted {
        reason: Option<String>,
    },
    Sent,
}

/// A 2xx that we know of: its tag, and the ACK once there is one.
#[derive(Debug)]
struct Acknowledgement {
    tag: String,
    sent: Option<Vec<u8>>,
}

#[derive(Debug)]
struct Client<O> {
    flow: Flow,
    state: State,
    invite: bool,
    /// Whom it concerns; `None`: nobody any more.
    owner: Option<O>,
    /// Who is at the other end, where somebody has said so.
    whose: Option<u64>,
    /// Until the final response; an INVITE's also while it is `Accepted`.
    request: Option<Request>,
    cancel: Cancel,
    /// The ACK to a refusal.
    ack: Option<Vec<u8>>,
    acknowledgements: Vec<Acknowledgement>,
    /// The highest `CSeq` number of requests that followed it in its dialogs; 0: none has.
    last_number: u32,
    interval: Duration,
    deadline: Instant,
    timer: Option<TimerId>,
}

/// What a response meant.
#[derive(Debug)]
pub(crate) enum Heard<O> {
    /// No such transaction.
    Unknown,
    /// Known already, or nobody's business any more.
    Absorbed,
    /// 1xx.
    Provisional(O),
    /// The first final response; 2xx to INVITE excepted.
    Final {
        /// Whom it concerns.
        owner: O,
        /// What was asked.
        request: Box<Request>,
        /// How it went out.
        flow: Flow,
    },
    /// A 2xx to our INVITE that needs an ACK; `owner` is `None` when nobody wants the call any more.
    Success {
        /// The transaction.
        key: ClientKey,
        /// Whom it concerns.
        owner: Option<O>,
    },
}

/// What became of a client transaction's deadline.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ClientFired<O> {
    /// Nothing that concerns anybody else.
    Nothing,
    /// Nothing came back in time.
    TimedOut(O),
}

/// All client transactions.
#[derive(Debug)]
pub(crate) struct Clients<O> {
    map: BTreeMap<ClientKey, Box<Client<O>>>,
    /// The same by their flows, for when one closes or its peer moves.
    flows: BTreeSet<(Flow, ClientKey)>,
    connecting: usize,
}

impl<O> Default for Clients<O> {
    fn default() -> Self {
        Self {
            map: BTreeMap::new(),
            flows: BTreeSet::new(),
            connecting: 0,
        }
    }
}

impl<O: Copy> Clients<O> {
    pub(crate) fn len(&self) -> usize {
        self.map.len()
    }

    /// How many wait for a connection.
    pub(crate) fn connecting(&self) -> usize {
        self.connecting
    }

    /// Where they go to.
    fn on_flow(&self, flow: Flow) -> Vec<ClientKey> {
        let range = (flow, ClientKey::FIRST)..=(flow, ClientKey::LAST);
        self.flows.range(range).map(|(_, key)| *key).collect()
    }

    /// Sends a request whose `Via` carries the key's branch. With `connect` it waits until [`Self::connected`] or
    /// [`Self::connect_failed`] says how it goes out.
    pub(crate) fn begin(
        &mut self,
        key: ClientKey,
        (request, flow): (Request, Flow),
        (owner, whose): (Option<O>, Option<u64>),
        connect: bool,
        now: Instant,
        outbox: &mut Outbox,
    ) {
        let mut client = Box::new(Client {
            flow,
            state: State::Connecting,
            invite: request.method() == "INVITE",
            owner,
            whose,
            request: Some(request),
            cancel: Cancel::No,
            ack: None,
            acknowledgements: Vec::new(),
            last_number: 0,
            interval: T1,
            deadline: now + CONNECTING_MAX,
            timer: None,
        });
        if connect {
            self.connecting += 1;
            client.timer = Some(outbox.timers.set(client.deadline, Due::Client(key)));
        } else {
            client.call(key, now, outbox);
        }
        self.flows.insert((flow, key));
        self.map.insert(key, client);
    }

    /// Says who is at the other end.
    pub(crate) fn label(&mut self, key: ClientKey, whose: u64) {
        if let Some(client) = self.map.get_mut(&key) {
            client.whose = Some(whose);
        }
    }

    /// Who is at the other end.
    pub(crate) fn whose(&self, key: ClientKey) -> Option<u64> {
        self.map.get(&key)?.whose
    }

    /// A request inside a dialog of this INVITE has gone out with this number.
    pub(crate) fn use_number(&mut self, invite: ClientKey, number: u32) {
        if let Some(client) = self.map.get_mut(&invite) {
            client.last_number = client.last_number.max(number);
        }
    }

    /// The highest number in dialogs of this INVITE; 0 when nothing has followed it.
    pub(crate) fn last_number(&self, invite: ClientKey) -> u32 {
        self.map.get(&invite).map_or(0, |client| client.last_number)
    }

    /// The request that an INVITE went out with, for ACK and BYE to its forks.
    pub(crate) fn request(&self, key: ClientKey) -> Option<(&Request, Flow)> {
        let client = self.map.get(&key)?;
        Some((client.request.as_ref()?, client.flow))
    }

    pub(crate) fn receive(&mut self, response: &Response, now: Instant, outbox: &mut Outbox) -> Heard<O> {
        let Some(key) = ClientKey::of(response) else {
            return Heard::Unknown;
        };
        let Some(client) = self.map.get_mut(&key) else {
            return Heard::Unknown;
        };
        if client.request.as_ref().is_some_and(|request| request.cseq() != response.cseq()) {
            return Heard::Unknown;
        }
        let status = response.status();
        match client.state {
            State::Connecting => Heard::Unknown,
            State::Calling | State::Proceeding if status < 200 => {
                client.proceed(key, now, outbox);
                let owner = client.owner;
                let cancel = client.take_cancel(now, key, outbox);
                self.begin_cancel(key, cancel, now, outbox);
                owner.map_or(Heard::Absorbed, Heard::Provisional)
            }
            State::Calling | State::Proceeding if client.invite && status < 300 => {
                client.state = State::Accepted;
                client.rearm(key, now + TIMEOUT, outbox);
                client.remember(response);
                Heard::Success { key, owner: client.owner }
            }
            State::Calling | State::Proceeding => self.complete(key, response, now, outbox),
            State::Accepted if (200..300).contains(&status) => client.accepted_again(key, response, outbox),
            State::Completed if status >= 300 => {
                if let Some(ack) = &client.ack {
                    outbox.send(client.flow, ack.clone());
                }
                Heard::Absorbed
            }
            State::Accepted | State::Completed => Heard::Absorbed,
        }
    }

    fn complete(&mut self, key: ClientKey, response: &Response, now: Instant, outbox: &mut Outbox) -> Heard<O> {
        let Some(client) = self.map.get_mut(&key) else {
            return Heard::Unknown;
        };
        let Some(request) = client.request.take() else {
            return Heard::Absorbed;
        };
        let (owner, flow) = (client.owner.take(), client.flow);
        let linger = if client.invite {
            let ack = refusal_ack(&request, response, flow, key);
            if let Some(ack) = &ack {
                outbox.send(flow, ack.clone());
            }
            client.ack = ack;
            TIMEOUT
        } else {
            T4
        };
        if flow.transport.is_reliable() {
            self.remove(key, outbox);
        } else {
            client.state = State::Completed;
            client.rearm(key, now + linger, outbox);
        }
        owner.map_or(Heard::Absorbed, |owner| Heard::Final {
            owner,
            request: Box::new(request),
            flow,
        })
    }

    /// Sends the ACK to a 2xx, and keeps it for the 2xx's repetitions.
    pub(crate) fn acknowledge(&mut self, key: ClientKey, tag: &str, flow: Flow, bytes: Vec<u8>, outbox: &mut Outbox) {
        if let Some(client) = self.map.get_mut(&key)
            && let Some(entry) = client.acknowledgements.iter_mut().find(|entry| entry.tag == tag)
        {
            entry.sent = Some(bytes.clone());
        }
        outbox.send(flow, bytes);
    }

    /// Nobody wants the call any more: CANCEL as soon as that is possible (RFC 3261 section 9.1).
    pub(crate) fn abandon(&mut self, key: ClientKey, reason: Option<&str>, now: Instant, outbox: &mut Outbox) {
        let Some(client) = self.map.get_mut(&key) else { return };
        client.owner = None;
        match client.state {
            State::Connecting => self.remove(key, outbox),
            State::Calling | State::Proceeding => {
                if client.cancel == Cancel::No {
                    client.cancel = Cancel::Wanted {
                        reason: reason.map(str::to_owned),
                    };
                }
                if client.state == State::Proceeding {
                    let cancel = client.take_cancel(now, key, outbox);
                    self.begin_cancel(key, cancel, now, outbox);
                }
            }
            State::Completed | State::Accepted => {}
        }
    }

    /// Nobody waits for the outcome any more.
    pub(crate) fn disown(&mut self, key: ClientKey) {
        if let Some(client) = self.map.get_mut(&key) {
            client.owner = None;
        }
    }

    fn begin_cancel(&mut self, key: ClientKey, cancel: Option<(Request, Flow)>, now: Instant, outbox: &mut Outbox) {
        if let Some(cancel) = cancel {
            let whose = self.whose(key);
            self.begin(ClientKey { cancel: true, ..key }, cancel, (None, whose), false, now, outbox);
        }
    }

    pub(crate) fn on_timer(&mut self, key: ClientKey, now: Instant, outbox: &mut Outbox) -> ClientFired<O> {
        let Some(client) = self.map.get_mut(&key) else {
            return ClientFired::Nothing;
        };
        client.timer = None;
        match client.state {
            State::Connecting => {
                self.connecting -= 1;
                client.call(key, now, outbox);
            }
            State::Calling | State::Proceeding if now < client.deadline => {
                if let Some(request) = &client.request {
                    outbox.send(client.flow, request.to_bytes());
                }
                client.interval *= 2;
                if !client.invite {
                    client.interval = if client.state == State::Proceeding {
                        T2
                    } else {
                        client.interval.min(T2)
                    };
                }
                let at = (now + client.interval).min(client.deadline);
                client.timer = Some(outbox.timers.set(at, Due::Client(key)));
            }
            State::Proceeding if client.invite && client.cancel != Cancel::Sent => {
                let owner = client.owner;
                self.abandon(key, None, now, outbox);
                return owner.map_or(ClientFired::Nothing, ClientFired::TimedOut);
            }
            State::Calling | State::Proceeding => {
                let owner = client.owner;
                self.remove(key, outbox);
                return owner.map_or(ClientFired::Nothing, ClientFired::TimedOut);
            }
            State::Completed | State::Accepted => self.remove(key, outbox),
        }
        ClientFired::Nothing
    }

    /// Ends a transaction without a word.
    pub(crate) fn remove(&mut self, key: ClientKey, outbox: &mut Outbox) {
        if let Some(mut client) = self.map.remove(&key) {
            self.connecting -= usize::from(client.state == State::Connecting);
            self.flows.remove(&(client.flow, key));
            outbox.timers.clear(&mut client.timer);
        }
    }
}

impl<O: Copy> Client<O> {
    fn call(&mut self, key: ClientKey, now: Instant, outbox: &mut Outbox) {
        self.state = State::Calling;
        if let Some(request) = &self.request {
            outbox.send(self.flow, request.to_bytes());
        }
        self.deadline = now + TIMEOUT;
        self.await_answer(key, now, outbox);
    }

    /// The next repetition, or the end of waiting.
    fn await_answer(&mut self, key: ClientKey, now: Instant, outbox: &mut Outbox) {
        outbox.timers.clear(&mut self.timer);
        let at = if self.flow.transport.is_reliable() {
            self.deadline
        } else {
            (now + self.interval).min(self.deadline)
        };
        self.timer = Some(outbox.timers.set(at, Due::Client(key)));
    }

    /// A provisional response: an INVITE is repeated no more and may ring for a while.
    fn proceed(&mut self, key: ClientKey, now: Instant, outbox: &mut Outbox) {
        self.state = State::Proceeding;
        if self.invite && self.cancel != Cancel::Sent {
            self.rearm(key, now + RINGING_MAX, outbox);
        }
    }

    fn rearm(&mut self, key: ClientKey, deadline: Instant, outbox: &mut Outbox) {
        outbox.timers.clear(&mut self.timer);
        self.deadline = deadline;
        self.timer = Some(outbox.timers.set(deadline, Due::Client(key)));
    }

    /// The CANCEL that is due now, if any. The INVITE is given up when nothing comes of it.
    fn take_cancel(&mut self, now: Instant, key: ClientKey, outbox: &mut Outbox) -> Option<(Request, Flow)> {
        let Cancel::Wanted { reason } = &self.cancel else { return None };
        let cancel = cancel_of(self.request.as_ref()?, self.flow, key, reason.as_deref())?;
        self.cancel = Cancel::Sent;
        self.rearm(key, now + TIMEOUT, outbox);
        Some((cancel, self.flow))
    }

    fn remember(&mut self, response: &Response) {
        let tag = response.to_tag().unwrap_or_default().to_owned();
        self.acknowledgements.push(Acknowledgement { tag, sent: None });
    }

    /// A 2xx after the first one: a repetition, or another fork.
    fn accepted_again(&mut self, key: ClientKey, response: &Response, outbox: &mut Outbox) -> Heard<O> {
        let tag = response.to_tag().unwrap_or_default();
        if let Some(known) = self.acknowledgements.iter().find(|entry| entry.tag == tag) {
            if let Some(bytes) = &known.sent {
                outbox.send(self.flow, bytes.clone());
            }
            return Heard::Absorbed;
        }
        if self.acknowledgements.len() >= FORKS_MAX {
            return Heard::Absorbed;
        }
        self.remember(response);
        Heard::Success { key, owner: self.owner }
    }
}
