//! What servers answer, and connections that close.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sip::Flow;

use super::{Better, Line, MISSES_MAX, PING_AGAIN, SHELL_MAX, State, Want};
use crate::trunks::Trouble;

impl Line {
    pub(super) fn registered(&mut self, flow: Flow, expires: Duration, now: Instant) {
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

    pub(super) fn not_registered(&mut self, flow: Flow, status: u16, reason: &str, retry_after: Option<Duration>, now: Instant) {
        if status != 408 {
            self.refused_at = Some(now);
        }
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

    pub(super) fn pinged(&mut self, flow: Flow, status: Option<u16>, now: Instant) {
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

    /// Somebody waits for a call: where there is another server, it is asked at once, and the line moves there if it answers. Until then it stays, for
    /// it may have been this call alone that got lost.
    pub(super) fn unanswered(&mut self, flow: Flow, now: Instant) {
        let next = self.next_server().cloned();
        if let (State::Up(up), Some(next)) = (&mut self.state, next)
            && up.flow == flow
            && matches!(up.better, Better::Later(_))
        {
            self.wants.push(Want::Connect(next.clone()));
            up.better = Better::Connecting {
                server: next,
                until: now + SHELL_MAX,
            };
        }
    }

    pub(super) fn closed(&mut self, flow: Flow, now: Instant) {
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
}

fn trouble(server: SocketAddr, status: u16, reason: &str) -> Trouble {
    if status == 408 {
        Trouble::Silent { server }
    } else {
        Trouble::of(server, status, reason)
    }
}
