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

mod answers;
mod backoff;
mod climb;
mod interface;
#[cfg(test)]
mod tests;
mod upkeep;

use std::time::{Duration, Instant};

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use sip::Flow;

use self::backoff::Backoff;
pub use self::interface::{LineState, Server};
pub(crate) use self::interface::{News, Terms, Trying, Want};
use super::Trouble;

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
/// Who refused an account is not asked again before that on demand.
const REFUSED_PAUSE_MIN: Duration = Duration::from_secs(60);
/// No provider may make us wait longer than this by `Retry-After`.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

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
    /// When the provider refused the account last.
    refused_at: Option<Instant>,
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
            refused_at: None,
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

    /// Whether another server is being asked while this one is used.
    pub(crate) fn is_moving(&self) -> bool {
        match &self.state {
            State::Up(up) => !matches!(up.better, Better::Later(_)),
            State::Locating { .. } | State::Connecting { .. } | State::Asking { .. } | State::Waiting { .. } => false,
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

    /// Somebody wants to see whether the provider takes the account now. Never a second registration beside the line's own, and after a refusal
    /// not before a minute is over.
    pub(crate) fn try_now(&mut self, now: Instant) -> Trying {
        if self.terms.expires.is_none() {
            return Trying::NotRegistering;
        }
        match &mut self.state {
            State::Locating { .. } | State::Connecting { .. } | State::Asking { .. } => {}
            State::Up(up) => {
                if up.renew_at.take().is_some() {
                    let (flow, expires) = (up.flow, self.terms.expires.unwrap_or_default());
                    self.wants.push(Want::Register { flow, expires });
                }
            }
            State::Waiting { .. } => {
                let patient_until = self.refused_at.map(|at| at + REFUSED_PAUSE_MIN);
                if let Some(until) = patient_until.filter(|until| *until > now) {
                    return Trying::NotYet(until);
                }
                self.begin(now);
            }
        }
        Trying::UnderWay
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
}
