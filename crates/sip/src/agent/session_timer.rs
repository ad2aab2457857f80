//! Session timers (RFC 4028): how a call notices that its peer is gone.
//!
//! Where the peer does not know them we refresh all the same: a peer that answers 481 or nothing at all is gone.

use std::time::{Duration, Instant};

use super::reoffer::Offer;
use super::session::{Fate, Phase, Session};
use super::stack::{ClientOwner, Stack};
use super::{End, Event, Header, NameAddr};
use crate::message::{Refresher, Request, Response};
use crate::outbox::{Due, SessionDue, TimerId};

/// The smallest interval that anybody may ask for, in seconds (RFC 4028 section 4).
pub(super) const MIN_SE: u32 = 90;
/// The largest lower limit that a peer may set, in seconds: it must not keep a call alive whose other end is long gone.
const MIN_SE_MAX: u32 = 7_200;
/// After a refresh that failed for a passing reason, in seconds.
const RETRY: Duration = Duration::from_secs(10);

/// One session's timer.
#[derive(Debug)]
pub(super) struct SessionTimer {
    seconds: u32,
    /// The peer's lower limit.
    min_se: u32,
    /// Whether we refresh.
    ours: bool,
    /// Whether the peer takes part.
    shared: bool,
    /// When the session is over without a refresh.
    expires: Option<Instant>,
    timer: Option<TimerId>,
}

impl SessionTimer {
    pub(super) fn new(wish: Duration) -> Self {
        let seconds = u32::try_from(wish.as_secs()).unwrap_or(u32::MAX).max(MIN_SE);
        Self {
            seconds,
            min_se: MIN_SE,
            ours: true,
            shared: false,
            expires: None,
            timer: None,
        }
    }

    pub(super) fn stop(&mut self, stack: &mut Stack) {
        stack.outbox.timers.clear(&mut self.timer);
    }

    /// `Session-Expires` and `Min-SE` for a request of ours; who refreshes stays as it is (RFC 4028 section 7.4).
    pub(super) fn headers(&self) -> [(&'static str, String); 2] {
        let refresher = if self.ours { "uac" } else { "uas" };
        [
            ("Session-Expires", format!("{};refresher={refresher}", self.seconds)),
            ("Min-SE", self.min_se.to_string()),
        ]
    }

    /// Agrees on what a peer's request asks for. Gives the 2xx's `Session-Expires`, and whether to require it.
    pub(super) fn agree_as_server(&mut self, request: &Request) -> Option<(String, bool)> {
        self.shared = request.supports("timer");
        self.min_se = self.min_se.max(request.min_se().unwrap_or(0).min(MIN_SE_MAX));
        let asked = request.session_expires();
        if let Some(asked) = asked {
            self.seconds = self.seconds.min(asked.seconds);
        }
        self.seconds = self.seconds.max(self.min_se);
        self.ours = !(self.shared && asked.is_some_and(|asked| asked.refresher == Some(Refresher::Uac)));
        let refresher = if self.ours { "uas" } else { "uac" };
        self.shared.then(|| (format!("{};refresher={refresher}", self.seconds), !self.ours))
    }

    /// Takes over what the peer's 2xx says; it may shorten what we asked for (RFC 4028 section 9), but not prolong it.
    pub(super) fn agree_as_client(&mut self, response: &Response) {
        match response.session_expires() {
            Some(agreed) => {
                self.shared = true;
                self.seconds = agreed.seconds.clamp(MIN_SE, self.seconds.max(MIN_SE));
                self.ours = agreed.refresher != Some(Refresher::Uas);
            }
            None => (self.shared, self.ours) = (false, true),
        }
    }

    /// Takes the larger interval that a 422 asks for; false when that brings us no further.
    pub(super) fn widen(&mut self, response: &Response) -> bool {
        let wider = self.seconds.saturating_add(1)..=MIN_SE_MAX;
        let Some(min_se) = response.min_se().filter(|min_se| wider.contains(min_se)) else {
            return false;
        };
        self.min_se = min_se;
        self.seconds = min_se;
        true
    }

    /// Begins anew, after a refresh by either side.
    pub(super) fn arm(&mut self, due: Due, stack: &mut Stack, now: Instant) {
        self.stop(stack);
        let interval = Duration::from_secs(u64::from(self.seconds));
        self.expires = Some(now + interval);
        let lead = Duration::from_secs(32).min(interval / 3);
        let at = now + if self.ours { interval / 2 } else { interval - lead };
        self.timer = Some(stack.outbox.timers.set(at, due));
    }

    fn arm_again(&mut self, due: Due, stack: &mut Stack, now: Instant) {
        self.stop(stack);
        self.timer = Some(stack.outbox.timers.set(now + RETRY, due));
    }
}

/// Whether a request asks for an interval that is too small: answer 422 (RFC 4028 section 6).
pub(super) fn is_too_small(request: &Request) -> bool {
    request.supports("timer") && request.session_expires().is_some_and(|asked| asked.seconds < MIN_SE)
}

impl Session {
    pub(super) fn arm_refresh(&mut self, stack: &mut Stack, now: Instant) {
        let due = self.due(SessionDue::Refresh);
        self.refresh.arm(due, stack, now);
    }

    /// Time to refresh, or time is up.
    pub(super) fn on_refresh_due(&mut self, stack: &mut Stack, now: Instant) -> Fate {
        self.refresh.timer = None;
        match self.phase {
            Phase::Talking => {}
            Phase::Calling { .. } | Phase::Ringing(_) => return Fate::Lives,
        }
        if !self.refresh.ours || self.refresh.expires.is_some_and(|expires| now >= expires) {
            return self.end(End::TimedOut, stack, now);
        }
        let due = self.due(SessionDue::Refresh);
        let busy = !matches!(self.offer, Offer::Stable) || self.unacknowledged.is_some() || self.lost.is_some();
        // Should the answer get lost as well, the next try decides.
        self.refresh.arm_again(due, stack, now);
        if busy {
            return Fate::Lives;
        }
        if self.dialog.updates {
            self.send_update(None, ClientOwner::Update(self.id), stack, now);
            self.refresh.stop(stack);
        } else if let Some(description) = self.description.clone() {
            self.send_reinvite(Some(description), 0, true, stack, now);
            self.refresh.stop(stack);
        }
        Fate::Lives
    }

    /// UPDATE without an offer: a refresh, and with `identity` news about who is at our end.
    fn send_update(&mut self, identity: Option<(&NameAddr, &[Header])>, owner: ClientOwner, stack: &mut Stack, now: Instant) {
        let key = stack.key();
        let contact = self.contact(stack);
        let mut builder = self.next("UPDATE", None, key, stack).contact(&contact).header("Supported", "timer");
        for (name, value) in self.refresh.headers() {
            builder = builder.header(name, &value);
        }
        if let Some((who, headers)) = identity {
            builder = builder.header("P-Asserted-Identity", &who.to_string());
            builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(name, value));
        }
        stack.start(key, builder.finish(), self.flow, owner, now);
    }

    /// Tells the peer whom it talks to now (RFC 3325; RFC 5876 section 3.1 for UPDATE), where it understands UPDATE: the talk is worth more
    /// than a name, so nothing else is tried.
    pub(super) fn identify(&mut self, who: &NameAddr, headers: &[Header], stack: &mut Stack, now: Instant) {
        match self.phase {
            Phase::Talking if self.dialog.updates && self.lost.is_none() => {
                self.send_update(Some((who, headers)), ClientOwner::Identify(self.id), stack, now);
            }
            Phase::Calling { .. } | Phase::Ringing(_) | Phase::Talking => {}
        }
    }

    /// A peer that refuses the news is as good as before; one that takes them has refreshed the session.
    pub(super) fn on_identified(&mut self, response: &Response, stack: &mut Stack, now: Instant) {
        if (200..300).contains(&response.status()) {
            self.dialog.retarget(response.target());
            self.refresh.agree_as_client(response);
            self.arm_refresh(stack, now);
        }
    }

    /// The peer's answer to our refresh.
    pub(super) fn on_refreshed(&mut self, response: &Response, stack: &mut Stack, now: Instant) -> Fate {
        let due = self.due(SessionDue::Refresh);
        match response.status() {
            200..=299 => {
                self.dialog.retarget(response.target());
                self.refresh.agree_as_client(response);
                self.refresh.arm(due, stack, now);
                Fate::Lives
            }
            481 => self.gone(stack),
            408 => self.end(End::TimedOut, stack, now),
            422 if self.refresh.widen(response) => self.refresh_soon(stack, now),
            405 | 501 if self.dialog.updates => {
                self.dialog.updates = false;
                self.refresh_soon(stack, now)
            }
            _ if !self.refresh.shared => {
                // It knows no session timers, but it lives.
                self.refresh.arm(due, stack, now);
                Fate::Lives
            }
            _ => {
                self.refresh.arm_again(due, stack, now);
                Fate::Lives
            }
        }
    }

    /// Nothing came back.
    pub(super) fn on_refresh_timed_out(&mut self, stack: &mut Stack, now: Instant) -> Fate {
        if self.lost.is_some() {
            let due = self.due(SessionDue::Refresh);
            self.refresh.arm_again(due, stack, now);
            return Fate::Lives;
        }
        self.end(End::TimedOut, stack, now)
    }

    /// The peer knows nothing of this session: it needs no BYE.
    pub(super) fn gone(&mut self, stack: &mut Stack) -> Fate {
        let reason = Some("SIP;cause=481".to_owned());
        self.emit(
            Event::Ended {
                dialog: self.id,
                end: End::Bye { reason },
            },
            stack,
        );
        Fate::Over
    }

    fn refresh_soon(&mut self, stack: &mut Stack, now: Instant) -> Fate {
        let due = self.due(SessionDue::Refresh);
        self.refresh.stop(stack);
        self.refresh.timer = Some(stack.outbox.timers.set(now, due));
        Fate::Lives
    }
}
