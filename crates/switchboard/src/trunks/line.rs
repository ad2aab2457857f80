//! A line to a provider, without its messages: which of the provider's servers is used, and whether calls can go there. A line is one
//! registration, or, without one, the way to a provider that knows us by our address.
//!
//! ```text
//!             ┌──────────────────── its time is over ────────────────────────┐
//!             ▼                                                              │
//!  Locating ─found─► Connecting ─open─► Asking ─answered─► Up                │
//!     │                  │ ▲               │                │ silent, closed │
//!     │                  │ └─ next server ─┴────────────────┘                │
//!     ▼                  ▼ none left, or the account is refused              │
//!  Waiting ──────────────────────────────────────────────────────────────────┘
//! ```
//!
//! While a line is up by another than the first server, the first one is looked at again and again ([`Better`]), and so are the names in DNS:
//! the line moves only after the new server has answered, so calls always find a way.

mod backoff;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use sip::{Flow, Transport};

use super::Trouble;
use backoff::Backoff;

/// Servers that are kept of what DNS tells.
const SERVERS_MAX: usize = 16;
/// The shell answers sooner; this is for the case that it does not.
const SHELL_MAX: Duration = Duration::from_secs(30);
/// While another server is used, the first one is looked at this often.
const BETTER_EVERY: Duration = Duration::from_secs(60);
/// After the first silence the next question comes sooner.
const PING_AGAIN: Duration = Duration::from_secs(5);
/// Silence after so many questions means that the server is gone.
const MISSES_MAX: u8 = 2;
/// What DNS tells is kept at least and at most so long.
const FRESH_MIN: Duration = Duration::from_secs(30);
const FRESH_MAX: Duration = Duration::from_secs(600);
/// Registrations are renewed no more often, however short the provider makes them.
const RENEWAL_MIN: Duration = Duration::from_secs(5);
/// A registration that calls give reason to doubt is made anew, but no more often.
const DOUBT_EVERY: Duration = Duration::from_secs(60);
/// No provider may make us wait longer than this by `Retry-After`.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

/// A server of a provider, as DNS tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// How it is spoken to.
    pub transport: Transport,
    /// Where it is.
    pub address: SocketAddr,
    /// The name that its certificate must have.
    pub name: String,
}

/// What the administrator wants of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// As configured: for messages to people.
    pub(crate) host: String,
    /// How long registrations shall last; `None` without registration.
    pub(crate) expires: Option<Duration>,
    /// How often OPTIONS asks whether the server lives; `None`: never.
    pub(crate) ping_every: Option<Duration>,
}

/// What a line wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// Find the provider's servers.
    Locate,
    /// Open a way to this server; over UDP: find out which of our addresses leads there.
    Connect(Server),
    /// REGISTER over this flow.
    Register { flow: Flow, expires: Duration },
    /// REGISTER with `Expires: 0`: this flow is not needed any more.
    Unregister { flow: Flow },
    /// OPTIONS over this flow.
    Ping { flow: Flow },
}

/// What a line hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// The servers, best first, and how long that holds.
    Located { servers: Vec<Server>, fresh_for: Duration },
    /// They cannot be found.
    NotLocated(Trouble),
    /// The way that was asked for last is open.
    Connected(Flow),
    /// It cannot be opened.
    NotConnected(Trouble),
    /// REGISTER was answered 200.
    Registered { flow: Flow, expires: Duration },
    /// REGISTER was refused; 408 when nothing came back.
    NotRegistered {
        flow: Flow,
        status: u16,
        reason: String,
        retry_after: Option<Duration>,
    },
    /// OPTIONS was answered, however; `None`: nothing came back.
    Pinged { flow: Flow, status: Option<u16> },
    /// An INVITE found nobody there.
    Unanswered(Flow),
    /// The connection is gone.
    Closed(Flow),
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Line {
    terms: Terms,
    state: State,
    /// Best first.
    servers: Vec<Server>,
    fresh_until: Instant,
    /// DNS has been asked and has not answered.
    is_locating: bool,
    /// Servers that have failed since one was up.
    failed: usize,
    backoff: Backoff,
    /// When a call last gave reason to doubt the registration.
    doubted_at: Option<Instant>,
    trouble: Option<Trouble>,
    random: StdRng,
    wants: Vec<Want>,
}

#[derive(Clone, Debug)]
enum State {
    Locating { until: Instant },
    Connecting { server: usize, until: Instant },
    Asking { server: usize, flow: Flow, until: Instant },
    Up(Box<Up>),
    Waiting { until: Instant },
}

#[derive(Clone, Debug)]
struct Up {
    server: Server,
    flow: Flow,
    since: Instant,
    /// When the registration is to be renewed; `None` without one, or while that is under way.
    renew_at: Option<Instant>,
    ping_at: Option<Instant>,
    misses: u8,
    better: Better,
}

/// The way back to a better server.
#[derive(Clone, Debug)]
enum Better {
    /// Look then, if there is one.
    Later(Instant),
    Connecting {
        server: Server,
        until: Instant,
    },
    Asking {
        server: Server,
        flow: Flow,
        until: Instant,
    },
    Registering {
        server: Server,
        flow: Flow,
        until: Instant,
    },
}

/// How a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineState {
    /// Its servers are being looked for, or asked.
    Starting,
    /// Calls can go there.
    Up {
        /// By this server.
        server: Server,
        /// Since then.
        since: Instant,
    },
    /// It is tried again later.
    Waiting {
        /// Then.
        until: Instant,
    },
}

impl Line {
    /// Begins at once. The seed spreads what would otherwise happen everywhere at the same time.
    pub(crate) fn new(terms: Terms, seed: u64, now: Instant) -> Self {
        let mut line = Self {
            terms,
            state: State::Waiting { until: now },
            servers: Vec::new(),
            fresh_until: now,
            is_locating: false,
            failed: 0,
            backoff: Backoff::default(),
            doubted_at: None,
            trouble: None,
            random: StdRng::seed_from_u64(seed),
            wants: Vec::new(),
        };
        line.locate(now);
        line
    }

    pub(crate) fn state(&self) -> LineState {
        match &self.state {
            State::Locating { .. } | State::Connecting { .. } | State::Asking { .. } => LineState::Starting,
            State::Up(up) => LineState::Up {
                server: up.server.clone(),
                since: up.since,
            },
            State::Waiting { until } => LineState::Waiting { until: *until },
        }
    }

    /// By which flow calls go out; `None` while there is none.
    pub(crate) fn flow(&self) -> Option<Flow> {
        match &self.state {
            State::Up(up) => Some(up.flow),
            State::Locating { .. } | State::Connecting { .. } | State::Asking { .. } | State::Waiting { .. } => None,
        }
    }

    /// Whether the line needs this flow; one that it does not can be closed.
    pub(crate) fn uses(&self, flow: Flow) -> bool {
        match &self.state {
            State::Asking { flow: asked, .. } => *asked == flow,
            State::Up(up) => {
                let is_better = match &up.better {
                    Better::Asking { flow: better, .. } | Better::Registering { flow: better, .. } => *better == flow,
                    Better::Later(_) | Better::Connecting { .. } => false,
                };
                up.flow == flow || is_better
            }
            State::Locating { .. } | State::Connecting { .. } | State::Waiting { .. } => false,
        }
    }

    /// The server that has its turn when the one in use does not do; `None` where there is no other.
    pub(crate) fn next_server(&self) -> Option<&Server> {
        let State::Up(up) = &self.state else { return None };
        let used = self.servers.iter().position(|server| *server == up.server);
        let next = self.servers.get(used.map_or(0, |used| (used + 1) % self.servers.len()))?;
        (*next != up.server).then_some(next)
    }

    /// What was wrong last; `None` after it has come right.
    pub(crate) fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// Who is believed to be the provider, by address.
    pub(crate) fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// Our address has turned out to be another one: the registration is made anew.
    pub(crate) fn renew(&mut self, now: Instant) {
        if let State::Up(up) = &mut self.state
            && let Some(at) = &mut up.renew_at
        {
            *at = now;
        }
    }

    /// A call was refused as if the provider had forgotten us: the registration is made anew.
    pub(crate) fn doubt(&mut self, now: Instant) {
        if self.doubted_at.is_none_or(|at| at + DOUBT_EVERY <= now) {
            self.doubted_at = Some(now);
            self.renew(now);
        }
    }

    /// The next thing to do; drain until `None` after every input.
    pub(crate) fn poll_want(&mut self) -> Option<Want> {
        (!self.wants.is_empty()).then(|| self.wants.remove(0))
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Locating { until } | State::Connecting { until, .. } | State::Asking { until, .. } | State::Waiting { until } => {
                Some(*until)
            }
            State::Up(up) => {
                let better = match &up.better {
                    Better::Later(at) => self.better_than(&up.server).map(|_| *at),
                    Better::Connecting { until, .. } | Better::Asking { until, .. } | Better::Registering { until, .. } => Some(*until),
                };
                let fresh = (!self.is_locating).then_some(self.fresh_until);
                [up.renew_at, up.ping_at, better, fresh].into_iter().flatten().min()
            }
        }
    }

    /// Lets happen what is due.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        if self.deadline().is_none_or(|due| due > now) {
            return;
        }
        match std::mem::replace(&mut self.state, State::Waiting { until: now }) {
            State::Locating { .. } => {
                let host = self.terms.host.clone();
                self.is_locating = false;
                self.wait(Trouble::NameServerSilent { host }, None, now);
            }
            State::Connecting { server, .. } | State::Asking { server, .. } => {
                let trouble = Trouble::Silent {
                    server: self.servers[server].address,
                };
                self.fail(server, trouble, None, now);
            }
            State::Waiting { .. } => self.begin(now),
            State::Up(up) => self.up_is_due(up, now),
        }
    }

    pub(crate) fn handle(&mut self, news: News, now: Instant) {
        match news {
            News::Located { servers, fresh_for } => self.located(servers, fresh_for, now),
            News::NotLocated(trouble) => self.not_located(trouble, now),
            News::Connected(flow) => self.connected(flow, now),
            News::NotConnected(trouble) => self.not_connected(trouble, now),
            News::Registered { flow, expires } => self.registered(flow, expires, now),
            News::NotRegistered {
                flow,
                status,
                reason,
                retry_after,
            } => self.not_registered(flow, status, &reason, retry_after, now),
            News::Pinged { flow, status } => self.pinged(flow, status, now),
            News::Unanswered(flow) => self.unanswered(flow, now),
            News::Closed(flow) => self.closed(flow, now),
        }
    }

    // --- Finding servers -----------------------------------------------------------------------------------------------------------------

    /// From the beginning: the first server, as DNS has it.
    fn begin(&mut self, now: Instant) {
        self.failed = 0;
        if self.servers.is_empty() || self.fresh_until <= now {
            self.locate(now);
        } else {
            self.connect(0, now);
        }
    }

    fn locate(&mut self, now: Instant) {
        self.state = State::Locating { until: now + SHELL_MAX };
        self.ask_dns();
    }

    fn ask_dns(&mut self) {
        if !std::mem::replace(&mut self.is_locating, true) {
            self.wants.push(Want::Locate);
        }
    }

    fn located(&mut self, mut servers: Vec<Server>, fresh_for: Duration, now: Instant) {
        self.is_locating = false;
        if servers.is_empty() {
            let host = self.terms.host.clone();
            return self.not_located(Trouble::UnknownName { host }, now);
        }
        servers.truncate(SERVERS_MAX);
        self.fresh_until = now + fresh_for.clamp(FRESH_MIN, FRESH_MAX);
        match &mut self.state {
            State::Locating { .. } => {
                self.servers = servers;
                self.failed = 0;
                self.connect(0, now);
            }
            State::Up(up) => {
                self.servers = servers;
                // A server that DNS no longer names is left soon, not at once: it may be full of calls.
                if let Better::Later(at) = &mut up.better {
                    *at = (*at).min(now + FRESH_MIN);
                }
            }
            // Indices into the old list are in use: the new one counts when this attempt is over.
            State::Connecting { .. } | State::Asking { .. } => self.fresh_until = now,
            State::Waiting { .. } => self.servers = servers,
        }
    }

    fn not_located(&mut self, trouble: Trouble, now: Instant) {
        self.is_locating = false;
        match &self.state {
            // What DNS said before is better than nothing.
            State::Locating { .. } if !self.servers.is_empty() => {
                self.fresh_until = now + FRESH_MIN;
                self.connect(0, now);
            }
            State::Locating { .. } => self.wait(trouble, None, now),
            State::Up(_) | State::Connecting { .. } | State::Asking { .. } | State::Waiting { .. } => self.fresh_until = now + FRESH_MIN,
        }
    }

    // --- One server after the other ------------------------------------------------------------------------------------------------------

    fn connect(&mut self, server: usize, now: Instant) {
        self.state = State::Connecting {
            server,
            until: now + SHELL_MAX,
        };
        self.wants.push(Want::Connect(self.servers[server].clone()));
    }

    fn connected(&mut self, flow: Flow, now: Instant) {
        match &mut self.state {
            // One that is late leads to another server.
            State::Connecting { server, .. } if self.servers[*server].address == flow.peer => {
                let server = *server;
                self.ask(server, flow, now);
            }
            State::Up(up) => {
                if let Better::Connecting { server, .. } = &up.better
                    && server.address == flow.peer
                {
                    up.better = Better::Asking {
                        server: server.clone(),
                        flow,
                        until: now + SHELL_MAX,
                    };
                    self.wants.push(Want::Ping { flow });
                }
            }
            State::Connecting { .. } | State::Locating { .. } | State::Asking { .. } | State::Waiting { .. } => {}
        }
    }

    /// Whether the server takes us.
    fn ask(&mut self, server: usize, flow: Flow, now: Instant) {
        let until = now + SHELL_MAX;
        self.state = State::Asking { server, flow, until };
        match (self.terms.expires, self.terms.ping_every) {
            (Some(expires), _) => self.wants.push(Want::Register { flow, expires }),
            (None, Some(_)) => self.wants.push(Want::Ping { flow }),
            (None, None) => self.come_up(self.servers[server].clone(), flow, None, now),
        }
    }

    fn not_connected(&mut self, trouble: Trouble, now: Instant) {
        match &mut self.state {
            State::Connecting { server, .. } => {
                let server = *server;
                self.fail(server, trouble, None, now);
            }
            State::Up(up) => match up.better {
                Better::Connecting { .. } => self.put_better_off(now),
                Better::Later(_) | Better::Asking { .. } | Better::Registering { .. } => {}
            },
            State::Locating { .. } | State::Asking { .. } | State::Waiting { .. } => {}
        }
    }

    fn come_up(&mut self, server: Server, flow: Flow, expires: Option<Duration>, now: Instant) {
        self.failed = 0;
        self.backoff = Backoff::default();
        self.trouble = None;
        let renew_at = expires.map(|expires| now + self.renewal(expires));
        self.state = State::Up(Box::new(Up {
            server,
            flow,
            since: now,
            renew_at,
            ping_at: self.terms.ping_every.map(|every| now + every),
            misses: 0,
            better: Better::Later(now + self.spread(BETTER_EVERY)),
        }));
    }

    /// This server does not do: the next one, if another may do better and there is one.
    fn fail(&mut self, server: usize, trouble: Trouble, retry_after: Option<Duration>, now: Instant) {
        self.failed += 1;
        if !trouble.is_of_one_server() || self.failed >= self.servers.len() {
            return self.wait(trouble, retry_after, now);
        }
        self.trouble = Some(trouble);
        let next = (server + 1) % self.servers.len();
        self.connect(next, now);
    }

    fn wait(&mut self, trouble: Trouble, retry_after: Option<Duration>, now: Instant) {
        let pause = if trouble.is_of_one_server() || self.servers.is_empty() {
            self.backoff.unreachable(&mut self.random)
        } else {
            self.backoff.refused(&mut self.random)
        };
        let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
        self.trouble = Some(trouble);
        self.state = State::Waiting {
            until: now + pause.max(asked),
        };
    }

    // --- Answers -------------------------------------------------------------------------------------------------------------------------

    fn registered(&mut self, flow: Flow, expires: Duration, now: Instant) {
        let renewal = self.renewal(expires);
        match &mut self.state {
            State::Asking { server, flow: asked, .. } if *asked == flow => {
                let server = self.servers[*server].clone();
                self.come_up(server, flow, Some(expires), now);
            }
            State::Up(up) if up.flow == flow => {
                up.renew_at = Some(now + renewal);
                up.misses = 0;
                self.trouble = None;
            }
            State::Up(up) => {
                if let Better::Registering { server, flow: asked, .. } = &up.better
                    && *asked == flow
                {
                    let (server, old) = (server.clone(), up.flow);
                    self.come_up(server, flow, Some(expires), now);
                    self.wants.push(Want::Unregister { flow: old });
                }
            }
            State::Asking { .. } | State::Locating { .. } | State::Connecting { .. } | State::Waiting { .. } => {}
        }
    }

    fn not_registered(&mut self, flow: Flow, status: u16, reason: &str, retry_after: Option<Duration>, now: Instant) {
        match &self.state {
            State::Asking { server, flow: asked, .. } if *asked == flow => {
                let server = *server;
                let trouble = trouble(self.servers[server].address, status, reason);
                self.fail(server, trouble, retry_after, now);
            }
            State::Up(up) if up.flow == flow => {
                let trouble = trouble(up.server.address, status, reason);
                self.lose(trouble, retry_after, now);
            }
            State::Up(up) => {
                if let Better::Registering { flow: asked, .. } = &up.better
                    && *asked == flow
                {
                    self.put_better_off(now);
                }
            }
            State::Asking { .. } | State::Locating { .. } | State::Connecting { .. } | State::Waiting { .. } => {}
        }
    }

    fn pinged(&mut self, flow: Flow, status: Option<u16>, now: Instant) {
        // Whatever else a server says, it lives. 503 is how one says that it will be gone soon.
        let serves = status.is_some_and(|status| status != 408 && status != 503);
        match &mut self.state {
            State::Asking { server, flow: asked, .. } if *asked == flow && self.terms.expires.is_none() => {
                let server = *server;
                if serves {
                    self.come_up(self.servers[server].clone(), flow, None, now);
                } else {
                    let trouble = trouble(self.servers[server].address, status.unwrap_or(408), "Service Unavailable");
                    self.fail(server, trouble, None, now);
                }
            }
            State::Up(up) if up.flow == flow => {
                let every = self.terms.ping_every;
                up.ping_at = every.map(|every| now + if serves { every } else { every.min(PING_AGAIN) });
                up.misses = if serves { 0 } else { up.misses + 1 };
                if up.misses >= MISSES_MAX {
                    let trouble = trouble(up.server.address, status.unwrap_or(408), "Service Unavailable");
                    self.lose(trouble, None, now);
                }
            }
            State::Up(up) => {
                if let Better::Asking { server, flow: asked, .. } = &up.better
                    && *asked == flow
                {
                    let server = server.clone();
                    self.better_answered(server, flow, serves, now);
                }
            }
            State::Asking { .. } | State::Locating { .. } | State::Connecting { .. } | State::Waiting { .. } => {}
        }
    }

    /// Somebody waits for a call: where there is another server, it has its turn at once. The first one is looked at again soon.
    fn unanswered(&mut self, flow: Flow, now: Instant) {
        if let State::Up(up) = &self.state
            && up.flow == flow
            && self.servers.iter().any(|other| *other != up.server)
        {
            let server = up.server.address;
            self.lose(Trouble::Silent { server }, None, now);
        }
    }

    fn closed(&mut self, flow: Flow, now: Instant) {
        match &self.state {
            State::Asking { server, flow: asked, .. } if *asked == flow => {
                let server = *server;
                let trouble = Trouble::ConnectionLost {
                    server: self.servers[server].address,
                };
                self.fail(server, trouble, None, now);
            }
            State::Up(up) if up.flow == flow => {
                let trouble = Trouble::ConnectionLost { server: up.server.address };
                // The same server first: it may only have been started anew.
                match self.servers.iter().position(|server| *server == up.server) {
                    Some(server) => {
                        self.trouble = Some(trouble);
                        self.connect(server, now);
                    }
                    None => {
                        self.trouble = Some(trouble);
                        self.begin(now);
                    }
                }
            }
            State::Up(up) => match &up.better {
                Better::Asking { flow: better, .. } | Better::Registering { flow: better, .. } if *better == flow => {
                    self.put_better_off(now);
                }
                Better::Later(_) | Better::Connecting { .. } | Better::Asking { .. } | Better::Registering { .. } => {}
            },
            State::Asking { .. } | State::Locating { .. } | State::Connecting { .. } | State::Waiting { .. } => {}
        }
    }

    // --- While it is up ------------------------------------------------------------------------------------------------------------------

    /// The server that was used does not do any more.
    fn lose(&mut self, trouble: Trouble, retry_after: Option<Duration>, now: Instant) {
        let State::Up(up) = &self.state else { return };
        let server = self.servers.iter().position(|server| *server == up.server);
        match server {
            Some(server) => self.fail(server, trouble, retry_after, now),
            // DNS names others meanwhile.
            None if trouble.is_of_one_server() => {
                self.trouble = Some(trouble);
                self.begin(now);
            }
            None => self.wait(trouble, retry_after, now),
        }
    }

    fn up_is_due(&mut self, mut up: Box<Up>, now: Instant) {
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if is_due(up.renew_at) {
            up.renew_at = None;
            let expires = self.terms.expires.unwrap_or_default();
            self.wants.push(Want::Register { flow: up.flow, expires });
        }
        if is_due(up.ping_at) {
            up.ping_at = None;
            self.wants.push(Want::Ping { flow: up.flow });
        }
        if self.fresh_until <= now {
            self.ask_dns();
        }
        up.better = match up.better {
            Better::Later(at) if at <= now => match self.better_than(&up.server) {
                Some(server) => {
                    let server = server.clone();
                    self.wants.push(Want::Connect(server.clone()));
                    Better::Connecting {
                        server,
                        until: now + SHELL_MAX,
                    }
                }
                None => Better::Later(now + BETTER_EVERY),
            },
            Better::Connecting { until, .. } | Better::Asking { until, .. } | Better::Registering { until, .. } if until <= now => {
                Better::Later(now + self.spread(BETTER_EVERY))
            }
            better @ (Better::Later(_) | Better::Connecting { .. } | Better::Asking { .. } | Better::Registering { .. }) => better,
        };
        self.state = State::Up(up);
    }

    /// The first server, unless it is in use.
    fn better_than(&self, used: &Server) -> Option<&Server> {
        self.servers.first().filter(|first| *first != used)
    }

    fn better_answered(&mut self, server: Server, flow: Flow, serves: bool, now: Instant) {
        if !serves {
            return self.put_better_off(now);
        }
        match self.terms.expires {
            Some(expires) => {
                if let State::Up(up) = &mut self.state {
                    up.better = Better::Registering {
                        server,
                        flow,
                        until: now + SHELL_MAX,
                    };
                }
                self.wants.push(Want::Register { flow, expires });
            }
            None => self.come_up(server, flow, None, now),
        }
    }

    fn put_better_off(&mut self, now: Instant) {
        let at = now + self.spread(BETTER_EVERY);
        if let State::Up(up) = &mut self.state {
            up.better = Better::Later(at);
        }
    }

    /// When a registration of this length is renewed: after half of it at the earliest, and with time for another try.
    fn renewal(&mut self, expires: Duration) -> Duration {
        expires.mul_f64(self.random.random_range(0.5..0.75)).max(RENEWAL_MIN)
    }

    /// So that not everybody comes at once.
    fn spread(&mut self, mean: Duration) -> Duration {
        mean.mul_f64(self.random.random_range(0.8..1.2))
    }
}

fn trouble(server: SocketAddr, status: u16, reason: &str) -> Trouble {
    if status == 408 {
        Trouble::Silent { server }
    } else {
        Trouble::of(server, status, reason)
    }
}
