//! Subscriptions of peers to something of ours (RFC 6665): a phone's lamps, presence, waiting messages.
//!
//! ```text
//!  SUBSCRIBE ─► (switchboard) watch() ─► Active ◄─ SUBSCRIBE: refreshed        Active ─ nobody refreshes, SUBSCRIBE with 0, ─► over
//!                                          │  ▲                                         481 to a NOTIFY, end_watch()
//!                                  notify()▼  │ its response: Event::Notified
//!                                        one NOTIFY at a time
//! ```
//!
//! The agent keeps no queue of news: as long as a NOTIFY is under way [`Agent::notify`] does nothing, and the switchboard, which knows the newest
//! state, sends that once it hears [`Event::Notified`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::session::{Dialog, strict_or_loose};
use super::stack::{ClientOwner, ServerOwner, Stack, TagOwner, tag_text, user_of};
use super::{Agent, Body, Event, NameAddr, RequestId};
use crate::Flow;
use crate::message::{Request, RequestBuilder};
use crate::outbox::{Due, TimerId};
use crate::transaction::{ClientKey, ServerId, ServerKey};

/// Subscriptions at most; the next one is answered 503.
pub const WATCHES_MAX: usize = 20_000;
/// A subscription lives so long without a refresh, in seconds, where the peer does not say (RFC 6665 section 3.1.1).
const EXPIRES_USUAL_S: u32 = 3_600;
/// At most.
const EXPIRES_MAX_S: u32 = 3_600;
/// At least; one that asks for less is told so by 423.
const EXPIRES_MIN_S: u32 = 60;

/// A subscription of a peer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WatchId(pub u64);

/// What came of [`Agent::watch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// It has begun. The state is to be told at once ([`Agent::notify`]).
    Begun(WatchId),
    /// The peer wants to know the state just once: it is to be told with [`Agent::end_watch`] (RFC 6665 section 4.4.3).
    Once(WatchId),
    /// It has been refused: too short, or there is no room.
    Refused,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Watch {
    flow: Flow,
    call_id: String,
    tag: u64,
    local: NameAddr,
    remote: NameAddr,
    contact_user: String,
    dialog: Dialog,
    /// `Event` as the peer has written it, its `id` included.
    event: String,
    ends: Instant,
    timer: Option<TimerId>,
    /// A NOTIFY waits for its response.
    is_telling: bool,
    /// Who is at the other end, where the switchboard has said so.
    whose: Option<u64>,
}

impl Agent {
    /// Accepts a SUBSCRIBE that came as [`Event::Requested`]. `whose`: for [`Agent::move_dialogs`].
    pub fn watch(&mut self, request: RequestId, whose: Option<u64>, now: Instant) -> Watched {
        let server = ServerId(request.0);
        let Some((message, flow)) = self.stack.servers.request(server) else {
            return Watched::Refused;
        };
        let expires_s = message.expires().unwrap_or(EXPIRES_USUAL_S).min(EXPIRES_MAX_S);
        let mut watch = Watch::of(message, flow, now + Duration::from_secs(expires_s.into()));
        let refusal = if (1..EXPIRES_MIN_S).contains(&expires_s) {
            Some((423, ("Min-Expires", EXPIRES_MIN_S.to_string())))
        } else if self.watches.len() >= WATCHES_MAX {
            self.stack.refused_full += 1;
            Some((503, ("Retry-After", "60".to_owned())))
        } else {
            None
        };
        if let Some((status, (name, value))) = refusal {
            self.respond(request, status, vec![(name.to_owned(), value)], None, now);
            return Watched::Refused;
        }
        let id = WatchId(self.stack.next_id());
        let tag = self.stack.token();
        (watch.tag, watch.whose) = (tag, whose);
        watch.respond(server, expires_s, &mut self.stack, now);
        watch.set_timer(id, &mut self.stack);
        self.stack.tags.insert(tag, TagOwner::Watch(id));
        self.watches.insert(id, Box::new(watch));
        if expires_s == 0 { Watched::Once(id) } else { Watched::Begun(id) }
    }

    /// NOTIFY with the state as it is now. `false`: nothing was sent, because the last one has not been answered yet ([`Event::Notified`] follows
    /// then), or the subscription is over.
    pub fn notify(&mut self, id: WatchId, body: &Body, now: Instant) -> bool {
        let Some(watch) = self.watches.get_mut(&id).filter(|watch| !watch.is_telling) else {
            return false;
        };
        watch.is_telling = true;
        let left_s = watch.ends.saturating_duration_since(now).as_secs();
        watch.tell(id, Some(body), &format!("active;expires={left_s}"), &mut self.stack, now);
        true
    }

    /// Ends a subscription: with a last state where one is wanted, and why (RFC 6665 section 4.1.3: `deactivated`, `noresource`, `timeout`, …).
    /// No event follows.
    pub fn end_watch(&mut self, id: WatchId, body: Option<&Body>, reason: &str, now: Instant) {
        let Some(mut watch) = self.forget_watch(id) else { return };
        watch.tell(id, body, &format!("terminated;reason={reason}"), &mut self.stack, now);
    }

    /// A SUBSCRIBE inside a subscription: a refresh, or its end (RFC 6665 section 4.2.1).
    pub(super) fn on_request_to_watch(&mut self, id: WatchId, key: ServerKey, request: &Arc<Request>, flow: Flow, now: Instant) {
        let stack = &mut self.stack;
        let known = self
            .watches
            .get_mut(&id)
            .filter(|watch| watch.call_id == request.call_id() && watch.dialog.remote_tag == request.from_tag().unwrap_or_default());
        let (Some(watch), Some(cseq)) = (known, request.cseq()) else {
            return stack.refuse(request, flow, 481, &[]);
        };
        if request.method() != "SUBSCRIBE" {
            return stack.refuse(request, flow, 405, &[("Allow", "SUBSCRIBE, NOTIFY")]);
        }
        if watch.dialog.remote_cseq.is_some_and(|last| cseq.number <= last) {
            return stack.refuse(request, flow, 500, &[]);
        }
        let expires_s = request.expires().unwrap_or(EXPIRES_USUAL_S).min(EXPIRES_MAX_S);
        if (1..EXPIRES_MIN_S).contains(&expires_s) {
            let min = EXPIRES_MIN_S.to_string();
            return stack.refuse(request, flow, 423, &[("Min-Expires", min.as_str())]);
        }
        if !request.header("Event").is_some_and(|event| is_same_event(event, &watch.event)) {
            return stack.refuse(request, flow, 489, &[]);
        }
        watch.dialog.remote_cseq = Some(cseq.number);
        watch.dialog.retarget(request.target());
        watch.follow(id, flow, stack, now);
        watch.ends = now + Duration::from_secs(expires_s.into());
        let server = stack.accept(key, Arc::clone(request), flow, ServerOwner::Outside, now);
        watch.respond(server, expires_s, stack, now);
        if expires_s > 0 {
            watch.set_timer(id, stack);
        }
        stack.emit(Event::Rewatched {
            watch: id,
            is_last: expires_s == 0,
        });
    }

    /// What became of a NOTIFY. A peer that does not know the subscription any more, or is not there, has none (RFC 6665 section 4.2.2).
    pub(super) fn on_notified(&mut self, id: WatchId, status: u16) {
        let Some(watch) = self.watches.get_mut(&id) else { return };
        watch.is_telling = false;
        let lives = status < 300 || matches!(status, 500 | 503);
        if !lives {
            self.forget_watch(id);
        }
        self.stack.emit(if lives {
            Event::Notified { watch: id }
        } else {
            Event::Unwatched { watch: id }
        });
    }

    /// Nobody has refreshed it.
    pub(super) fn on_watch_due(&mut self, id: WatchId, now: Instant) {
        if let Some(watch) = self.watches.get_mut(&id) {
            watch.timer = None;
            self.end_watch(id, None, "timeout", now);
            self.stack.emit(Event::Unwatched { watch: id });
        }
    }

    /// The phone's subscriptions go on over another flow. They are looked at in a row: phones move seldom.
    pub(super) fn move_watches(&mut self, from: Flow, to: Flow, whose: Option<u64>, now: Instant) {
        for (id, watch) in &mut self.watches {
            if watch.flow == from && (whose.is_none() || watch.whose == whose) {
                watch.follow(*id, to, &mut self.stack, now);
                // What was told while it was away may be lost.
                self.stack.emit(Event::Rewatched {
                    watch: *id,
                    is_last: false,
                });
            }
        }
    }

    fn forget_watch(&mut self, id: WatchId) -> Option<Box<Watch>> {
        let mut watch = self.watches.remove(&id)?;
        self.stack.tags.remove(&watch.tag);
        self.stack.outbox.timers.clear(&mut watch.timer);
        Some(watch)
    }
}

impl Watch {
    fn of(request: &Request, flow: Flow, ends: Instant) -> Self {
        let local = request.to();
        Self {
            flow,
            call_id: request.call_id().to_owned(),
            tag: 0,
            contact_user: user_of(&local.uri),
            local,
            remote: request.from(),
            dialog: Dialog::of_request(request),
            event: request.header("Event").unwrap_or_default().trim().to_owned(),
            ends,
            timer: None,
            is_telling: false,
            whose: None,
        }
    }

    /// From now on everything goes by this flow, also what is under way.
    fn follow(&mut self, id: WatchId, flow: Flow, stack: &mut Stack, now: Instant) {
        let old = std::mem::replace(&mut self.flow, flow);
        if old != flow {
            let is_ours = |owner: Option<ClientOwner>, _| owner == Some(ClientOwner::Watch(id));
            stack.clients.move_some(old, flow, is_ours, now, &mut stack.outbox);
        }
    }

    fn set_timer(&mut self, id: WatchId, stack: &mut Stack) {
        stack.outbox.timers.clear(&mut self.timer);
        self.timer = Some(stack.outbox.timers.set(self.ends, Due::Watch(id)));
    }

    fn respond(&self, server: ServerId, expires_s: u32, stack: &mut Stack, now: Instant) {
        let contact = stack.contact_uri(self.flow, &self.contact_user);
        let Some(builder) = stack.response(server, 200, self.tag) else {
            return;
        };
        let Some((request, _)) = stack.servers.request(server) else {
            return;
        };
        let builder = builder.record_routes(request).contact(&contact);
        let response = builder.header("Expires", &expires_s.to_string()).finish();
        stack.send_response(server, &response, now);
    }

    fn tell(&mut self, id: WatchId, body: Option<&Body>, state: &str, stack: &mut Stack, now: Instant) {
        self.dialog.local_cseq += 1;
        let key = stack.key();
        let notify = self
            .begin_notify(key, stack)
            .contact(&stack.contact_uri(self.flow, &self.contact_user))
            .header("Event", &self.event)
            .header("Subscription-State", state)
            .header("User-Agent", &stack.config.product)
            .body(body)
            .finish();
        stack.start(key, notify, self.flow, ClientOwner::Watch(id), now);
    }

    /// RFC 3261 section 12.2.1.1.
    fn begin_notify(&self, key: ClientKey, stack: &Stack) -> RequestBuilder {
        let (target, routes, last) = strict_or_loose(&self.dialog);
        let builder = stack
            .begin_request("NOTIFY", target, self.flow, key)
            .max_forwards(70)
            .from(&self.local, &tag_text(self.tag))
            .to(&self.remote, Some(self.dialog.remote_tag.as_str()).filter(|tag| !tag.is_empty()))
            .call_id(&self.call_id)
            .cseq(self.dialog.local_cseq);
        let builder = routes.iter().fold(builder, |builder, route| builder.route(route));
        match last {
            Some(last) => builder.route(&format!("<{last}>")),
            None => builder,
        }
    }
}

/// Whether a refresh names the same package, and the same `id` (RFC 6665 section 8.2.1).
fn is_same_event(one: &str, other: &str) -> bool {
    let id = |event: &str| {
        let parameters = event.split(';').skip(1);
        let mut ids = parameters.filter_map(|parameter| parameter.trim().strip_prefix("id=").map(str::to_owned));
        ids.next()
    };
    let package = |event: &str| event.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    package(one) == package(other) && id(one) == id(other)
}
