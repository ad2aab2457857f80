//! While a line is up: what is renewed, and the way back to a better server.

use std::time::{Duration, Instant};

use rand::Rng as _;
use sip::Flow;

use super::{BETTER_EVERY, Better, Line, RENEWAL_MIN, SHELL_MAX, Server, State, Up, Want};
use crate::trunks::Trouble;

impl Line {
    /// The server that was used does not do any more.
    pub(super) fn lose(&mut self, trouble: Trouble, retry_after: Option<Duration>, now: Instant) {
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

    pub(super) fn up_is_due(&mut self, mut up: Box<Up>, now: Instant) {
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
    pub(super) fn better_than(&self, used: &Server) -> Option<&Server> {
        self.servers.first().filter(|first| *first != used)
    }

    pub(super) fn better_answered(&mut self, server: Server, flow: Flow, serves: bool, now: Instant) {
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

    pub(super) fn put_better_off(&mut self, now: Instant) {
        let at = now + self.spread(BETTER_EVERY);
        if let State::Up(up) = &mut self.state {
            up.better = Better::Later(at);
        }
    }

    /// When a registration of this length is renewed: after half of it at the earliest, and with time for another try.
    pub(super) fn renewal(&mut self, expires: Duration) -> Duration {
        expires.mul_f64(self.random.random_range(0.5..0.75)).max(RENEWAL_MIN)
    }

    /// So that not everybody comes at once.
    pub(super) fn spread(&mut self, mean: Duration) -> Duration {
        mean.mul_f64(self.random.random_range(0.8..1.2))
    }
}
