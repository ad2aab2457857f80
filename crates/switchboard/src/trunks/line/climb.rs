//! The way up: servers are found, and one after the other is tried.

use std::time::{Duration, Instant};

use sip::Flow;

use super::backoff::Backoff;
use super::{BETTER_EVERY, Better, FRESH_MAX, FRESH_MIN, Line, RETRY_AFTER_MAX, SERVERS_MAX, SHELL_MAX, Server, State, Up, Want};
use crate::trunks::Trouble;

impl Line {
    /// From the beginning: the first server, as DNS has it.
    pub(super) fn begin(&mut self, now: Instant) {
        self.failed = 0;
        if self.servers.is_empty() || self.fresh_until <= now {
            self.locate(now);
        } else {
            self.connect(0, now);
        }
    }

    pub(super) fn locate(&mut self, now: Instant) {
        self.state = State::Locating { until: now + SHELL_MAX };
        self.ask_dns();
    }

    pub(super) fn ask_dns(&mut self) {
        if !std::mem::replace(&mut self.is_locating, true) {
            self.wants.push(Want::Locate);
        }
    }

    pub(super) fn located(&mut self, mut servers: Vec<Server>, fresh_for: Duration, now: Instant) {
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

    pub(super) fn not_located(&mut self, trouble: Trouble, now: Instant) {
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

    pub(super) fn connect(&mut self, server: usize, now: Instant) {
        self.state = State::Connecting {
            server,
            until: now + SHELL_MAX,
        };
        self.wants.push(Want::Connect(self.servers[server].clone()));
    }

    pub(super) fn connected(&mut self, flow: Flow, now: Instant) {
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
    pub(super) fn ask(&mut self, server: usize, flow: Flow, now: Instant) {
        let until = now + SHELL_MAX;
        self.state = State::Asking { server, flow, until };
        match (self.terms.expires, self.terms.ping_every) {
            (Some(expires), _) => self.wants.push(Want::Register { flow, expires }),
            (None, Some(_)) => self.wants.push(Want::Ping { flow }),
            (None, None) => self.come_up(self.servers[server].clone(), flow, None, now),
        }
    }

    pub(super) fn not_connected(&mut self, trouble: Trouble, now: Instant) {
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

    pub(super) fn come_up(&mut self, server: Server, flow: Flow, expires: Option<Duration>, now: Instant) {
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
    pub(super) fn fail(&mut self, server: usize, trouble: Trouble, retry_after: Option<Duration>, now: Instant) {
        self.failed += 1;
        if !trouble.is_of_one_server() || self.failed >= self.servers.len() {
            return self.wait(trouble, retry_after, now);
        }
        self.trouble = Some(trouble);
        let next = (server + 1) % self.servers.len();
        self.connect(next, now);
    }

    pub(super) fn wait(&mut self, trouble: Trouble, retry_after: Option<Duration>, now: Instant) {
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
}
