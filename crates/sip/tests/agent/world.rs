//! Agents, the network between them, and time.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use sip::agent::{Agent, Body, Config, DialogId, Event, Invite, NameAddr, Output, Statistics};
use sip::{Flow, Transport};

/// The agent that calls, in most tests.
pub(crate) const ANNA: usize = 0;
/// The agent that is called.
pub(crate) const BEN: usize = 1;

/// How bad the network is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    /// Datagrams lost, of a hundred.
    pub(crate) loss_percent: u32,
    /// Datagrams that arrive twice, of a hundred.
    pub(crate) twice_percent: u32,
    /// Between the fastest and the slowest datagram: what makes them overtake each other.
    pub(crate) jitter: Duration,
}

impl Network {
    pub(crate) const GOOD: Self = Self {
        loss_percent: 0,
        twice_percent: 0,
        jitter: Duration::ZERO,
    };
}

/// Sender and message: lost?
type Lose = Box<dyn FnMut(usize, &str) -> bool>;

struct Packet {
    to: usize,
    flow: Flow,
    bytes: Vec<u8>,
}

pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) agents: Vec<Agent>,
    pub(crate) network: Network,
    /// Everything that happened, in order.
    pub(crate) events: VecDeque<(usize, Event)>,
    /// What was asked for besides sending: connections.
    pub(crate) connects: Vec<(usize, Flow)>,
    /// First lines of everything sent, with the sender, for tests that look.
    pub(crate) sent: Vec<(usize, String)>,
    /// A proxy stands on the way: requests go to the agent that their Request-URI names.
    pub(crate) forks: bool,
    /// Loses what it says yes to: sender and message.
    pub(crate) lose: Lose,
    wire: BTreeMap<(Instant, u64), Packet>,
    count: u64,
    /// When the last byte of a connection arrives: streams do not reorder.
    streams: BTreeMap<(usize, u64), Instant>,
    closed: Vec<u64>,
    pub(crate) rng: SmallRng,
}

pub(crate) fn config() -> Config {
    Config {
        realm: "farend".to_owned(),
        product: "farend/test".to_owned(),
        transactions_max: 1000,
        dialogs_max: 100,
        session_expires: Duration::from_secs(1800),
        udp_request_bytes_max: 1300,
    }
}

pub(crate) fn address(agent: usize) -> SocketAddr {
    format!("192.0.2.{}:5060", agent + 1).parse().unwrap()
}

/// The flow from one agent to another; connection 0 is UDP.
pub(crate) fn flow(from: usize, to: usize, transport: Transport, connection: u64) -> Flow {
    Flow {
        transport,
        local: address(from),
        peer: address(to),
        connection,
    }
}

pub(crate) fn udp(from: usize, to: usize) -> Flow {
    flow(from, to, Transport::Udp, 0)
}

pub(crate) fn sdp(text: &str) -> Body {
    Body {
        content_type: "application/sdp".to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

pub(crate) fn text(body: Option<&Body>) -> String {
    body.map_or_else(String::new, |body| String::from_utf8_lossy(&body.bytes).into_owned())
}

pub(crate) fn person(user: &str) -> NameAddr {
    NameAddr {
        display: user.to_uppercase(),
        uri: format!("sip:{user}@farend"),
    }
}

pub(crate) fn invite(flow: Flow) -> Invite {
    Invite {
        flow,
        target: format!("sip:102@{}", flow.peer),
        routes: Vec::new(),
        from: person("101"),
        to: person("102"),
        body: Some(sdp("offer")),
        headers: Vec::new(),
        credentials: None,
        contact_user: None,
        first_response_max: None,
    }
}

impl World {
    pub(crate) fn new(seed: u64, network: Network) -> Self {
        Self::with(seed, network, &[config(), config()])
    }

    pub(crate) fn with(seed: u64, network: Network, configs: &[Config]) -> Self {
        #[allow(clippy::disallowed_methods, reason = "simulated time begins anywhere")]
        let start = Instant::now();
        let mut rng = SmallRng::seed_from_u64(seed);
        let agents = configs
            .iter()
            .map(|config| Agent::new(config.clone(), rng.random(), start))
            .collect();
        Self {
            now: start,
            agents,
            network,
            events: VecDeque::new(),
            connects: Vec::new(),
            sent: Vec::new(),
            forks: false,
            lose: Box::new(|_, _| false),
            wire: BTreeMap::new(),
            count: 0,
            streams: BTreeMap::new(),
            closed: Vec::new(),
            rng,
        }
    }

    /// Calls a method of an agent, and carries out what it wants.
    pub(crate) fn tell<T>(&mut self, agent: usize, act: impl FnOnce(&mut Agent, Instant) -> T) -> T {
        let result = act(&mut self.agents[agent], self.now);
        self.drain(agent);
        result
    }

    /// A message from outside of the world's agents.
    pub(crate) fn inject(&mut self, to: usize, flow: Flow, message: &str) {
        let bytes = message.replace('\n', "\r\n").into_bytes();
        self.tell(to, |agent, now| agent.receive(flow, &bytes, now));
    }

    fn drain(&mut self, from: usize) {
        while let Some(output) = self.agents[from].poll_output() {
            match output {
                Output::Send { flow, bytes } => self.send(from, flow, bytes),
                Output::Connect { instead_of, .. } => self.connects.push((from, instead_of)),
                Output::Event(event) => self.events.push_back((from, event)),
            }
        }
    }

    fn send(&mut self, from: usize, flow: Flow, bytes: Vec<u8>) {
        let message = String::from_utf8_lossy(&bytes).into_owned();
        self.sent.push((from, message.clone()));
        let start_line = message.lines().next().unwrap_or_default();
        let named = |agent: &usize| start_line.contains(&address(*agent).to_string());
        let fork = (0..self.agents.len()).find(|agent| self.forks && named(agent));
        let Some(to) = fork.or_else(|| (0..self.agents.len()).find(|&agent| address(agent) == flow.peer)) else {
            return;
        };
        if self.closed.contains(&flow.connection) || (self.lose)(from, &message) {
            return;
        }
        let arrives = Flow {
            local: flow.peer,
            peer: flow.local,
            ..flow
        };
        if flow.transport.is_reliable() {
            let delay = self.delay();
            let last = self.streams.entry((from, flow.connection)).or_insert(self.now);
            let at = (self.now + delay).max(*last);
            *last = at;
            self.put(at, Packet { to, flow: arrives, bytes });
            return;
        }
        if self.rng.random_range(0..100) < self.network.loss_percent {
            return;
        }
        if self.rng.random_range(0..100) < self.network.twice_percent {
            let at = self.now + self.delay();
            self.put(
                at,
                Packet {
                    to,
                    flow: arrives,
                    bytes: bytes.clone(),
                },
            );
        }
        let at = self.now + self.delay();
        self.put(at, Packet { to, flow: arrives, bytes });
    }

    fn delay(&mut self) -> Duration {
        let jitter = u64::try_from(self.network.jitter.as_micros()).unwrap();
        Duration::from_millis(10) + Duration::from_micros(self.rng.random_range(0..=jitter))
    }

    fn put(&mut self, at: Instant, packet: Packet) {
        self.count += 1;
        self.wire.insert((at, self.count), packet);
    }

    /// A connection breaks, for both ends.
    pub(crate) fn close(&mut self, connection: u64, ends: &[(usize, Flow)]) {
        self.closed.push(connection);
        self.wire
            .retain(|_, packet| packet.flow.connection != connection || packet.flow.connection == 0);
        for &(agent, flow) in ends {
            self.tell(agent, |agent, now| agent.flow_closed(flow, now));
        }
    }

    /// When something happens next.
    fn next(&self) -> Option<Instant> {
        let wire = self.wire.first_key_value().map(|((at, _), _)| *at);
        self.agents.iter().filter_map(Agent::poll_timeout).chain(wire).min()
    }

    fn step(&mut self, at: Instant) {
        self.now = self.now.max(at);
        for agent in 0..self.agents.len() {
            if self.agents[agent].poll_timeout().is_some_and(|due| due <= self.now) {
                self.tell(agent, Agent::handle_timeout);
            }
        }
        if let Some(entry) = self.wire.first_entry()
            && entry.key().0 <= self.now
        {
            let packet = entry.remove();
            self.tell(packet.to, |agent, now| agent.receive(packet.flow, &packet.bytes, now));
        }
    }

    /// Lets time pass; gives what happened.
    pub(crate) fn run(&mut self, duration: Duration) -> Vec<(usize, Event)> {
        let end = self.now + duration;
        while let Some(at) = self.next().filter(|at| *at <= end) {
            self.step(at);
        }
        self.now = end;
        self.events.drain(..).collect()
    }

    /// Lets time pass until something happens, at most for `limit`.
    pub(crate) fn until_event(&mut self, limit: Duration) -> Option<(usize, Event)> {
        let end = self.now + limit;
        while self.events.is_empty() {
            let Some(at) = self.next().filter(|at| *at <= end) else {
                self.now = end;
                return None;
            };
            self.step(at);
        }
        self.events.pop_front()
    }

    /// Nothing is held by anybody after all timers have run.
    pub(crate) fn assert_nothing_left(&mut self) {
        self.run(Duration::from_secs(120));
        for (index, agent) in self.agents.iter().enumerate() {
            let held = agent.statistics();
            let nothing = Statistics {
                dropped: held.dropped,
                refused_full: held.refused_full,
                absorbed: held.absorbed,
                ..Statistics::default()
            };
            assert_eq!(held, nothing, "agent {index}");
        }
    }

    /// How many messages of this agent begin like that.
    pub(crate) fn count_sent(&self, agent: usize, beginning: &str) -> usize {
        self.sent
            .iter()
            .filter(|(from, message)| *from == agent && message.starts_with(beginning))
            .count()
    }

    /// The message of this agent that begins like that and went out last.
    pub(crate) fn last_sent(&self, agent: usize, beginning: &str) -> String {
        let mut latest = self.sent.iter().rev();
        let found = latest.find(|(from, message)| *from == agent && message.starts_with(beginning));
        found.unwrap_or_else(|| panic!("no {beginning}")).1.clone()
    }

    /// Whatever is sent from now on gets lost: the test itself answers, by [`World::inject`].
    pub(crate) fn cut_off(&mut self) {
        self.lose = Box::new(|_, _| true);
    }

    /// Anna calls Ben, who answers; both dialogs.
    pub(crate) fn talk(&mut self, flow: Flow) -> (DialogId, DialogId) {
        let caller = self.tell(ANNA, |agent, now| agent.invite(invite(flow), now));
        let called = self.answer_next();
        let events = self.run(Duration::from_millis(500));
        let answered = events
            .iter()
            .any(|(who, event)| *who == ANNA && matches!(event, Event::Answered { .. }));
        let confirmed = events
            .iter()
            .any(|(who, event)| *who == BEN && matches!(event, Event::Confirmed { .. }));
        assert!(answered && confirmed, "no talk: {events:?}");
        (caller, called)
    }

    /// Ben rings and answers the INVITE that comes next.
    pub(crate) fn answer_next(&mut self) -> DialogId {
        let called = self.invited();
        self.tell(BEN, |agent, now| agent.ring(called, 180, None, Vec::new(), now));
        self.tell(BEN, |agent, now| agent.answer(called, sdp("answer"), Vec::new(), now));
        called
    }

    /// The INVITE that comes next.
    pub(crate) fn invited(&mut self) -> DialogId {
        match self.until_event(Duration::from_secs(40)) {
            Some((BEN, Event::Invited { dialog, .. })) => dialog,
            other => panic!("no INVITE but {other:?}"),
        }
    }
}

/// A scripted peer's response to a request as it went out. `tag`: the peer's, where the request has none; `lines`: further headers.
pub(crate) fn response_to(request: &str, status: &str, tag: &str, lines: &str, body: &str) -> String {
    let field = |name: &str| request.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let to = field("To: ");
    let tag = if to.contains(";tag=") {
        String::new()
    } else {
        format!(";tag={tag}")
    };
    format!(
        "SIP/2.0 {status}\n{}\n{}\n{to}{tag}\n{}\n{}\n{lines}Content-Length: {}\n\n{body}",
        field("Via: "),
        field("From: "),
        field("Call-ID: "),
        field("CSeq: "),
        body.len()
    )
}

/// The values of a header, in the order of the message.
pub(crate) fn values<'a>(message: &'a str, name: &str) -> Vec<&'a str> {
    let named = message.lines().filter_map(|line| line.split_once(": ").filter(|(n, _)| *n == name));
    named.map(|(_, value)| value).collect()
}

/// The number in a request's `CSeq`.
pub(crate) fn number_of(request: &str) -> u32 {
    let line = request.lines().find(|line| line.starts_with("CSeq: ")).unwrap();
    line.split(' ').nth(1).unwrap().parse().unwrap()
}

/// The events of one agent.
pub(crate) fn of(agent: usize, events: &[(usize, Event)]) -> Vec<&Event> {
    events.iter().filter(|(who, _)| *who == agent).map(|(_, event)| event).collect()
}
