//! Signs of life that we ask for: OPTIONS to phones behind a NAT, so that their router's way to them stays open, and so that a phone that
//! has gone without a word is noticed before its registration ends. Where a phone has told an address of inside that has not come through
//! everywhere, the question names that one: a router that rewrites SIP cannot help to show itself ([`super::ways`]).

mod silence;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use model::DeviceId;
use sip::agent::RequestId;
use sip::message::UriParts;
use sip::{Flow, Transport};

use self::silence::Silences;
use super::Core;

/// How long after a sign of life: routers forget a way over UDP after 30 s at the earliest.
const EVERY: Duration = Duration::from_secs(25);
/// How long an answer may take, repetitions of the question included.
const ANSWER_MAX: Duration = Duration::from_secs(8);
/// Phones that registered at once are asked one after the other within this time.
const SPREAD_MS: u64 = 10_000;
/// The same when somebody waits for all answers.
const SPREAD_IN_HASTE_MS: u64 = 2_000;
/// Where something may have rewritten what the phone said, it is asked so soon after it has registered (the answer to that goes first), and
/// once more so soon after its answer: there are two ports to name.
const SOON: Duration = Duration::from_secs(1);
const SOON_MAX: u8 = 2;
/// Phones asked in one turn; the rest has its turn right after what else is due.
const AT_ONCE_MAX: usize = 64;
/// Silence after so many questions means that the phone is gone. One that has never answered any may not know OPTIONS.
const MISSES_MAX: u8 = 2;

/// What SIP uses unless something else is said (RFC 3261 section 19.1.2).
const PORT: u16 = 5060;

type Phone = (DeviceId, Flow);

/// See the module. Who is not registered over that flow any more is found out when its turn comes.
#[derive(Debug)]
pub(super) struct Pings {
    phones: BTreeMap<Phone, Watched>,
    phones_max: usize,
    due: BTreeSet<(Instant, Phone)>,
    asked: BTreeMap<RequestId, Question>,
    silences: Silences,
}

#[derive(Clone, Copy, Debug)]
struct Question {
    phone: Phone,
    /// The address of inside in its `To`.
    named: Option<IpAddr>,
    at: Instant,
}

#[derive(Debug)]
struct Watched {
    due: Instant,
    /// When it was asked; `None`: since its last sign of life it was not.
    asked: Option<Instant>,
    misses: u8,
    has_answered: bool,
    /// Whether its way was in doubt when it registered last.
    is_in_doubt: bool,
    /// Questions about that which do not wait.
    hasty: u8,
    /// Whether the next question that names an address of inside has the usual port there. Routers rewrite what they have translated, with its
    /// port: most of them leave that as it was.
    has_usual_port: bool,
}

/// Ports change with every start of a router.
fn from((_, flow): Phone) -> IpAddr {
    flow.peer.ip().to_canonical()
}

impl Pings {
    pub(super) fn new(phones_max: usize) -> Self {
        Self {
            phones: BTreeMap::new(),
            phones_max,
            due: BTreeSet::new(),
            asked: BTreeMap::new(),
            silences: Silences::new(phones_max),
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due.first().map(|(due, _)| *due)
    }

    /// The phone has registered over this flow: it lives. `is_in_doubt`: the first question is about its way, and shall not wait.
    fn watch(&mut self, phone: Phone, is_in_doubt: bool, now: Instant) {
        if let Some(watched) = self.phones.get_mut(&phone) {
            (watched.misses, watched.asked) = (0, None);
            let is_news = is_in_doubt && !watched.is_in_doubt;
            watched.is_in_doubt = is_in_doubt;
            watched.hasty = if is_news { SOON_MAX } else { 0 };
            return self.schedule(phone, now + if is_news { SOON } else { EVERY });
        }
        if self.phones.len() >= self.phones_max {
            return;
        }
        let early = Duration::from_millis(phone.0.0.wrapping_mul(7_919) % SPREAD_MS);
        let pause = if is_in_doubt { SOON } else { EVERY - early };
        let watched = Watched {
            due: now + pause,
            asked: None,
            misses: 0,
            has_answered: false,
            is_in_doubt,
            hasty: if is_in_doubt { SOON_MAX } else { 0 },
            has_usual_port: false,
        };
        self.due.insert((watched.due, phone));
        self.phones.insert(phone, watched);
    }

    /// What became of a question: which one it was. `way`: by which the phone has registered last, if it is registered.
    fn answered(&mut self, request: RequestId, lives: bool, way: impl Fn(DeviceId) -> Option<Flow>, now: Instant) -> Option<Question> {
        let question = self.asked.remove(&request)?;
        let (device, from) = (question.phone.0, from(question.phone));
        if !lives {
            // It may have moved on.
            if way(device) == Some(question.phone.1) {
                self.silences.missed(device, from, question.at);
            }
            return Some(question);
        }
        self.silences.answered(device, from, now);
        if let Some(watched) = self.phones.get_mut(&question.phone) {
            (watched.misses, watched.asked, watched.has_answered) = (0, None, true);
            self.schedule(question.phone, now + EVERY);
        }
        Some(question)
    }

    /// A phone has registered.
    pub(super) fn registered(&mut self, device: DeviceId, flow: Flow, now: Instant) {
        self.silences.registered(device, from((device, flow)), now);
    }

    /// Since when a phone has left questions unanswered.
    pub(super) fn silent_since(&self, device: DeviceId, flow: Flow) -> Option<Instant> {
        self.silences.since(device, from((device, flow)))
    }

    /// Forgets phones that are none any more.
    pub(super) fn retain(&mut self, is_known: impl Fn(DeviceId) -> bool) {
        self.silences.retain(is_known);
    }

    /// Asks everybody soon whose answer is not being waited for.
    pub(super) fn ask_all(&mut self, now: Instant) {
        let waiting: Vec<Phone> = self
            .phones
            .iter()
            .filter(|(_, watched)| watched.asked.is_none())
            .map(|(phone, _)| *phone)
            .collect();
        for phone in waiting {
            let spread = Duration::from_millis(phone.0.0.wrapping_mul(7_919) % SPREAD_IN_HASTE_MS);
            self.schedule(phone, now + spread);
        }
    }

    fn schedule(&mut self, phone: Phone, due: Instant) {
        if let Some(watched) = self.phones.get_mut(&phone) {
            self.due.remove(&(watched.due, phone));
            watched.due = due;
            self.due.insert((due, phone));
        }
    }

    fn forget(&mut self, phone: Phone) {
        if let Some(watched) = self.phones.remove(&phone) {
            self.due.remove(&(watched.due, phone));
        }
    }

    /// Whose turn it is.
    fn next(&mut self, now: Instant) -> Option<Phone> {
        self.due.first().filter(|(due, _)| *due <= now).map(|(_, phone)| *phone)
    }

    /// Counts a question that went unanswered. Tells whether the phone is to be given up.
    fn is_gone(&mut self, phone: Phone) -> bool {
        let Some(watched) = self.phones.get_mut(&phone) else { return false };
        if let Some(asked) = watched.asked.take()
            && watched.has_answered
        {
            watched.misses += 1;
            self.silences.missed(phone.0, from(phone), asked);
        }
        watched.misses >= MISSES_MAX
    }

    /// What has shown a router is asked again; otherwise the next question tries the other port.
    fn echoed(&mut self, phone: Phone, is_rewritten: bool, now: Instant) {
        let Some(watched) = self.phones.get_mut(&phone) else { return };
        watched.has_usual_port ^= !is_rewritten;
        if !is_rewritten && watched.hasty > 0 {
            self.schedule(phone, now + SOON);
        }
    }

    /// The phone's address as it is inside.
    fn inside(&self, phone: Phone, target: &str, named: IpAddr) -> String {
        let has_usual_port = self.phones.get(&phone).is_some_and(|watched| watched.has_usual_port);
        let port = if has_usual_port { PORT } else { phone.1.peer.port() };
        let user = UriParts::split(target).and_then(|parts| parts.user);
        let user = user.map(|user| format!("{user}@")).unwrap_or_default();
        format!("sip:{user}{named}:{port}")
    }

    fn ask(&mut self, question: Question, request: RequestId, now: Instant) {
        let phone = question.phone;
        let Some(watched) = self.phones.get_mut(&phone) else { return };
        watched.asked = Some(question.at);
        watched.hasty = watched.hasty.saturating_sub(1);
        let pause = if watched.has_answered { ANSWER_MAX } else { EVERY };
        self.schedule(phone, now + pause);
        self.asked.insert(request, question);
    }
}

impl Core {
    /// A device has registered over this flow.
    pub(super) fn watch_over(&mut self, device: DeviceId, flow: Flow, now: Instant) {
        if flow.transport == Transport::Udp
            && let Some(binding) = self.registrar.contacts(device).iter().find(|binding| binding.flow == flow)
            && (binding.is_behind_nat() || self.ways.is_translated(device, flow))
        {
            let is_in_doubt = self.ways.hidden(device, flow).is_some();
            self.pings.watch((device, flow), is_in_doubt, now);
        }
    }

    /// What became of a question; `to` as the answer repeats it.
    pub(super) fn pinged(&mut self, request: RequestId, to: Option<&str>, now: Instant) {
        let way = |device| self.ways.flow(device);
        let Some(Question { phone, named, .. }) = self.pings.answered(request, to.is_some(), way, now) else {
            return;
        };
        self.signs_changed(phone.0);
        if let (Some(named), Some(to)) = (named, to) {
            let is_rewritten = self.echoed(phone.0, phone.1, named, to);
            self.pings.echoed(phone, is_rewritten, now);
        }
    }

    pub(super) fn ping_phones(&mut self, now: Instant) {
        for _ in 0..AT_ONCE_MAX {
            let Some(phone) = self.pings.next(now) else { return };
            let (device, flow) = phone;
            let binding = self.registrar.contacts(device).iter().find(|binding| binding.flow == flow);
            let Some((target, kind)) = binding.and_then(|b| Some((b.uri.clone(), self.directory.device(device)?.kind))) else {
                self.pings.forget(phone);
                continue;
            };
            let is_gone = self.pings.is_gone(phone);
            self.signs_changed(device);
            if is_gone {
                self.pings.forget(phone);
                let changes = self.registrar.flow_closed(flow, [(device, kind)], now);
                self.registrations_changed(changes, now);
                continue;
            }
            let named = self.ways.hidden(device, flow);
            let to = named.map_or_else(|| target.clone(), |named| self.pings.inside(phone, &target, named));
            match self.agent.options_to(flow, &target, &to, now) {
                Some(request) => self.pings.ask(Question { phone, named, at: now }, request, now),
                // A server that is too busy to ask learns nothing about the phone.
                None => self.pings.schedule(phone, now + EVERY),
            }
        }
    }
}

#[cfg(test)]
impl Core {
    pub(super) fn pings_for_test(&mut self, device: DeviceId, flow: Flow, now: Instant) {
        self.pings.watch((device, flow), false, now);
    }

    pub(super) fn pings_len(&self) -> usize {
        self.pings.phones.len()
    }
}
