//! Where devices can be reached: contacts with the flows they came from (RFC 3261 section 10, RFC 5626).
//!
//! A phone may have several contacts: a desk phone's, or the app's on several computers of one person. Calls go over the flow that the
//! REGISTER came from, so that no NAT and no proxy of the peer matters.
//!
//! A phone that registers over another flow than before takes its calls with it. So that it is recognised after its
//! connection broke, contacts that went with a connection are remembered for as long as calls wait: longer than a
//! browser phone counts as present.

mod entry;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use model::DeviceId;
use sip::message::UriParts;
use sip::{Flow, Transport};

use self::entry::{Away, Entry, same_place};
use crate::directory::DeviceKind;

/// Contacts of one desk phone at most; the one that would expire first makes room.
pub(crate) const CONTACTS_MAX: usize = 10;
/// Browsers in which one person has the app at most; the one that has been silent for longest makes room.
pub(crate) const BROWSERS_MAX: usize = 5;
/// Shorter registrations are refused (423).
pub(crate) const EXPIRES_MIN: Duration = Duration::from_secs(30);
/// Longest registration over UDP: it keeps the peer's NAT open, and brings phones back soon after a restart.
pub(crate) const EXPIRES_MAX_UDP: Duration = Duration::from_secs(60);
/// Longest registration over a connection: its end is noticed by itself.
pub(crate) const EXPIRES_MAX_CONNECTION: Duration = Duration::from_secs(600);
/// How long a browser phone whose connection broke still counts as present.
pub(crate) const AWAY_MAX: Duration = Duration::from_secs(10);

/// See the module.
#[derive(Debug)]
pub(crate) struct Registrar {
    devices: BTreeMap<DeviceId, Entry>,
    deadlines: BTreeSet<(Instant, DeviceId)>,
    bindings: usize,
    bindings_max: usize,
}

/// One contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    /// Its URI, as registered.
    pub(crate) uri: String,
    /// The way to it.
    pub(crate) flow: Flow,
    instance: Option<String>,
    reg_id: Option<u32>,
    call_id: String,
    cseq: u32,
    /// When the phone told it last.
    pub(crate) told_at: Instant,
    /// When it ends.
    pub(crate) expires_at: Instant,
}

/// A REGISTER of somebody who has proved to be `device`.
#[derive(Clone, Debug)]
pub(crate) struct Registration<'a> {
    pub(crate) device: DeviceId,
    pub(crate) kind: DeviceKind,
    pub(crate) flow: Flow,
    pub(crate) call_id: &'a str,
    pub(crate) cseq: u32,
    pub(crate) wish: Wish,
}

/// What a REGISTER asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// The list of contacts.
    Query,
    /// `Contact: *` with `Expires: 0`.
    RemoveAll,
    /// These contacts, each for a time; zero removes it.
    Change(Vec<Contact>),
}

/// A contact to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contact {
    pub(crate) uri: String,
    /// Seconds; `None` leaves it to us.
    pub(crate) expires_s: Option<u32>,
    pub(crate) instance: Option<String>,
    pub(crate) reg_id: Option<u32>,
}

/// What follows from a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The device can be reached now, or from somewhere else than before.
    Registered { device: DeviceId, from: SocketAddr },
    /// It cannot any more.
    Unregistered { device: DeviceId },
    /// The same phone has come back over another flow: its dialogs move.
    Returned { device: DeviceId, from: Flow, to: Flow },
    /// Other browsers of the same person have left no room for this one.
    Displaced { device: DeviceId, flow: Flow },
}

/// Why a REGISTER is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// 423.
    #[error("registrations last at least {} s", EXPIRES_MIN.as_secs())]
    TooBrief,
    /// 500, RFC 3261 section 10.3 step 7.
    #[error("a newer REGISTER has overtaken this one")]
    OutOfOrder,
    /// 503.
    #[error("the registrar is full")]
    Full,
    /// 400.
    #[error("more than {CONTACTS_MAX} contacts at once")]
    TooManyContacts,
}

impl Registrar {
    pub(crate) fn new(bindings_max: usize) -> Self {
        Self {
            devices: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            bindings: 0,
            bindings_max,
        }
    }

    /// Contacts of all devices.
    pub(crate) fn len(&self) -> usize {
        self.bindings
    }

    /// Whether somebody is registered over this very flow.
    pub(crate) fn is_registered_over(&self, flow: Flow) -> bool {
        self.devices
            .values()
            .any(|entry| entry.bindings.iter().any(|binding| binding.flow == flow))
    }

    /// The contacts of a device, oldest first.
    pub(crate) fn contacts(&self, device: DeviceId) -> &[Binding] {
        self.devices.get(&device).map_or(&[], |entry| &entry.bindings)
    }

    /// Whether the device counts as present; a browser phone does for a moment after its connection broke.
    pub(crate) fn is_present(&self, device: DeviceId) -> bool {
        let is_here = |entry: &Entry| !entry.bindings.is_empty() || entry.away.is_some();
        self.devices.get(&device).is_some_and(is_here)
    }

    /// Carries out a REGISTER: all of it, or nothing.
    ///
    /// # Errors
    ///
    /// See [`Refusal`].
    pub(crate) fn register(&mut self, registration: &Registration<'_>, now: Instant) -> Result<Vec<Change>, Refusal> {
        let device = registration.device;
        let contacts = self.check(registration)?;
        let before = self.presence(device);
        let mut changes = Vec::new();
        let entry = self.devices.entry(device).or_default();
        let count = entry.bindings.len();
        match &registration.wish {
            Wish::Query => {}
            Wish::RemoveAll => entry.bindings.clear(),
            Wish::Change(_) => {
                let (mut left, mut arrives) = (Vec::new(), false);
                for (contact, expires) in contacts {
                    if expires.is_zero() {
                        left.extend(entry.take(&contact).filter(|flow| *flow != registration.flow));
                    } else {
                        arrives = true;
                        entry.apply(contact, expires, registration, now, &mut changes);
                    }
                }
                // One phone tells in one breath where it was and where it is now.
                let to = registration.flow;
                changes.extend(
                    left.into_iter()
                        .filter(|_| arrives)
                        .map(|from| Change::Returned { device, from, to }),
                );
            }
        }
        if registration.wish == Wish::RemoveAll || !entry.bindings.is_empty() {
            entry.away = None;
        }
        self.bindings = self.bindings + entry.bindings.len() - count;
        self.settle(device, before, &mut changes);
        Ok(changes)
    }

    fn check(&self, registration: &Registration<'_>) -> Result<Vec<(Contact, Duration)>, Refusal> {
        let known = self.contacts(registration.device);
        let contacts = match &registration.wish {
            Wish::Query => return Ok(Vec::new()),
            Wish::RemoveAll => {
                let overtaken = known.iter().any(|binding| binding.is_newer_than(registration));
                return if overtaken { Err(Refusal::OutOfOrder) } else { Ok(Vec::new()) };
            }
            Wish::Change(contacts) => contacts,
        };
        if contacts.len() > CONTACTS_MAX {
            return Err(Refusal::TooManyContacts);
        }
        let max = expires_max(registration.flow.transport);
        let mut granted = Vec::with_capacity(contacts.len());
        for contact in contacts {
            let matched = known.iter().find(|binding| binding.matches(contact));
            if matched.is_some_and(|binding| binding.is_newer_than(registration)) {
                return Err(Refusal::OutOfOrder);
            }
            let wanted = contact.expires_s.map_or(max, |seconds| Duration::from_secs(seconds.into()));
            if wanted > Duration::ZERO && wanted < EXPIRES_MIN {
                return Err(Refusal::TooBrief);
            }
            if matched.is_none() && wanted > Duration::ZERO && self.bindings >= self.bindings_max {
                return Err(Refusal::Full);
            }
            granted.push((contact.clone(), wanted.min(max)));
        }
        Ok(granted)
    }

    /// A connection is gone, and with it the contacts that came over it. `devices`: who registered over it.
    pub(crate) fn flow_closed(
        &mut self,
        flow: Flow,
        devices: impl IntoIterator<Item = (DeviceId, DeviceKind)>,
        now: Instant,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        for (device, kind) in devices {
            let before = self.presence(device);
            let Some(entry) = self.devices.get_mut(&device) else { continue };
            let (lost, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut entry.bindings).into_iter().partition(|b| b.flow == flow);
            entry.bindings = kept;
            self.bindings -= lost.len();
            match kind {
                DeviceKind::Browser if !lost.is_empty() && entry.bindings.is_empty() => {
                    entry.away = Some(Away {
                        from: flow.peer,
                        until: now + AWAY_MAX,
                    });
                }
                DeviceKind::Browser | DeviceKind::DeskPhone => {}
            }
            for binding in lost {
                entry.remember(binding, device, now, &mut changes);
            }
            self.settle(device, before, &mut changes);
        }
        changes
    }

    /// The device is not in the directory any more, or must prove itself again.
    pub(crate) fn remove(&mut self, device: DeviceId) -> Vec<Change> {
        let before = self.presence(device);
        let mut changes = Vec::new();
        if let Some(entry) = self.devices.get_mut(&device) {
            self.bindings -= entry.bindings.len();
            entry.bindings.clear();
            (entry.gone, entry.away) = (Vec::new(), None);
            self.settle(device, before, &mut changes);
        }
        changes
    }

    /// When [`Registrar::handle_timeout`] wants to be called next.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(due, _)| *due)
    }

    /// Lets contacts expire.
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Vec<Change> {
        let mut changes = Vec::new();
        while let Some((_, device)) = self.deadlines.first().copied().filter(|(due, _)| *due <= now) {
            let before = self.presence(device);
            let Some(entry) = self.devices.get_mut(&device) else {
                self.deadlines.pop_first();
                continue;
            };
            let count = entry.bindings.len();
            entry.bindings.retain(|binding| binding.expires_at > now);
            self.bindings -= count - entry.bindings.len();
            entry.gone.retain(|gone| gone.until > now);
            if entry.away.as_ref().is_some_and(|away| away.until <= now) {
                entry.away = None;
            }
            self.settle(device, before, &mut changes);
        }
        changes
    }

    /// From where a device is present.
    fn presence(&self, device: DeviceId) -> Option<SocketAddr> {
        let entry = self.devices.get(&device)?;
        let binding = entry.bindings.first().map(|binding| binding.flow.peer);
        binding.or_else(|| entry.away.as_ref().map(|away| away.from))
    }

    /// Brings deadline and watchers up to date after a change of one device.
    fn settle(&mut self, device: DeviceId, before: Option<SocketAddr>, changes: &mut Vec<Change>) {
        let after = self.presence(device);
        if let Some(entry) = self.devices.get_mut(&device) {
            if let Some(due) = entry.due.take() {
                self.deadlines.remove(&(due, device));
            }
            let ends = entry.bindings.iter().map(|binding| binding.expires_at);
            let forgets = entry.gone.iter().map(|gone| gone.until);
            entry.due = ends.chain(forgets).chain(entry.away.as_ref().map(|away| away.until)).min();
            match entry.due {
                Some(due) => {
                    self.deadlines.insert((due, device));
                }
                None => {
                    self.devices.remove(&device);
                }
            }
        }
        match (before, after) {
            (before, Some(from)) if before != after => changes.push(Change::Registered { device, from }),
            (Some(_), None) => changes.push(Change::Unregistered { device }),
            (Some(_), Some(_)) | (None, None | Some(_)) => {}
        }
    }
}

/// The longest registration that we grant.
fn expires_max(transport: Transport) -> Duration {
    match transport {
        Transport::Udp => EXPIRES_MAX_UDP,
        Transport::Tcp | Transport::Tls | Transport::Wss => EXPIRES_MAX_CONNECTION,
    }
}

impl Binding {
    /// As a `Contact` header of the 200.
    pub(crate) fn to_header(&self, now: Instant) -> String {
        let seconds = self.expires_at.saturating_duration_since(now).as_secs();
        let instance = self
            .instance
            .as_ref()
            .map(|urn| format!(";+sip.instance=\"{urn}\""))
            .unwrap_or_default();
        let reg_id = self.reg_id.map(|id| format!(";reg-id={id}")).unwrap_or_default();
        format!("<{}>;expires={seconds}{instance}{reg_id}", self.uri)
    }

    /// Which phone it is, where it says so (RFC 5626 section 4.1).
    pub(crate) fn instance(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    /// Whether its packets come from another address than it believes to have.
    pub(crate) fn is_behind_nat(&self) -> bool {
        let host = UriParts::split(&self.uri).map_or("", |parts| parts.host);
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        address.map(|address| address.to_canonical()) != Ok(self.flow.peer.ip().to_canonical())
    }

    /// Whether the phone asked for RFC 5626 behaviour.
    pub(crate) fn is_outbound(&self) -> bool {
        self.instance.is_some() && self.reg_id.is_some()
    }

    /// RFC 5626 section 6: by instance and registration where given, else by URI.
    fn matches(&self, contact: &Contact) -> bool {
        match (&self.instance, &contact.instance) {
            (Some(ours), Some(theirs)) => ours == theirs && self.reg_id == contact.reg_id,
            (None | Some(_), None) | (None, Some(_)) => self.uri == contact.uri,
        }
    }

    /// Whether the phone has opened another connection before we have missed the old one. Without an instance there are only its own address
    /// and its router's to tell: together they hardly name two phones of the same account.
    fn is_replaced_by(&self, contact: &Contact, flow: Flow) -> bool {
        let are_connections = self.flow.transport.is_reliable() && flow.transport.is_reliable();
        let are_nameless = self.instance.is_none() && contact.instance.is_none();
        let same_peer = self.flow != flow && self.flow.peer.ip() == flow.peer.ip();
        are_connections && are_nameless && same_peer && same_place(&self.uri, &contact.uri)
    }

    /// Whether it is the same phone that registers, and not one at another site that has the same private address: it names itself, goes on
    /// with its Call-ID (RFC 3261 section 10.2), or comes from behind the same router.
    fn is_continued_by(&self, contact: &Contact, registration: &Registration<'_>) -> bool {
        (self.instance.is_some() && self.instance == contact.instance)
            || self.call_id == registration.call_id
            || self.flow.peer.ip() == registration.flow.peer.ip()
    }

    fn is_newer_than(&self, registration: &Registration<'_>) -> bool {
        self.call_id == registration.call_id && self.cseq >= registration.cseq
    }
}

#[cfg(test)]
mod tests;
