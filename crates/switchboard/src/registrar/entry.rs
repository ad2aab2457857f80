//! One device's contacts, and how a phone is recognised that comes back over another flow.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use model::DeviceId;
use sip::Flow;
use sip::agent::GRACE;
use sip::message::UriParts;

use super::{BROWSERS_MAX, Binding, CONTACTS_MAX, Change, Contact, Registration};
use crate::directory::DeviceKind;

#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) bindings: Vec<Binding>,
    /// Contacts that went with their connections, oldest first; [`CONTACTS_MAX`] at most.
    pub(super) gone: Vec<Gone>,
    pub(super) away: Option<Away>,
    /// As it stands in `deadlines`.
    pub(super) due: Option<Instant>,
}

/// A browser phone that lost its connection a moment ago.
#[derive(Debug)]
pub(super) struct Away {
    pub(super) from: SocketAddr,
    pub(super) until: Instant,
}

/// A contact whose connection broke, and whose calls wait for it.
#[derive(Debug)]
pub(super) struct Gone {
    flow: Flow,
    uri: String,
    instance: Option<String>,
    pub(super) until: Instant,
}

impl Entry {
    /// Removes a contact; gives the way that led to it.
    pub(super) fn take(&mut self, contact: &Contact) -> Option<Flow> {
        let index = self.bindings.iter().position(|binding| binding.matches(contact))?;
        Some(self.bindings.remove(index).flow)
    }

    pub(super) fn apply(
        &mut self,
        contact: Contact,
        expires: Duration,
        registration: &Registration<'_>,
        now: Instant,
        changes: &mut Vec<Change>,
    ) {
        let matches = |binding: &Binding| binding.matches(&contact) || binding.is_replaced_by(&contact, registration.flow);
        let index = self.bindings.iter().position(matches);
        let is_same_phone = index.is_some_and(|index| self.bindings[index].is_continued_by(&contact, registration));
        self.welcome(&contact, index.is_none(), registration, changes);
        let binding = Binding {
            uri: contact.uri,
            flow: registration.flow,
            instance: contact.instance,
            reg_id: contact.reg_id,
            call_id: registration.call_id.to_owned(),
            cseq: registration.cseq,
            told_at: now,
            expires_at: now + expires,
        };
        match (registration.kind, index) {
            (DeviceKind::Browser, _) => self.seat_browser(binding, registration.device, changes),
            (DeviceKind::DeskPhone, Some(index)) => {
                let (device, to) = (registration.device, binding.flow);
                let from = std::mem::replace(&mut self.bindings[index], binding).flow;
                changes.extend((is_same_phone && from != to).then_some(Change::Returned { device, from, to }));
            }
            (DeviceKind::DeskPhone, None) => {
                if self.bindings.len() >= CONTACTS_MAX {
                    self.drop_soonest();
                }
                self.bindings.push(binding);
            }
        }
    }

    /// Recognises who comes back, and what was remembered of them.
    fn welcome(&mut self, contact: &Contact, is_new: bool, registration: &Registration<'_>, changes: &mut Vec<Change>) {
        let (device, to) = (registration.device, registration.flow);
        self.gone.retain(|gone| {
            let is_back = match (&gone.instance, &contact.instance) {
                (Some(theirs), Some(ours)) => theirs == ours,
                (None, _) | (_, None) => match registration.kind {
                    // Of those that do not say which one they are there is only one.
                    DeviceKind::Browser => gone.instance == contact.instance,
                    DeviceKind::DeskPhone => gone.uri == contact.uri || (is_new && same_place(&gone.uri, &contact.uri)),
                },
            };
            changes.extend((is_back && gone.flow != to).then_some(Change::Returned {
                device,
                from: gone.flow,
                to,
            }));
            !is_back
        });
    }

    /// A contact went with its connection. Where the same phone has come over another one before we noticed, its calls follow at once.
    pub(super) fn remember(&mut self, lost: Binding, device: DeviceId, now: Instant, changes: &mut Vec<Change>) {
        let same = |other: &&Binding| match (&lost.instance, &other.instance) {
            (Some(one), Some(other)) => one == other,
            (None, _) | (_, None) => other.told_at > lost.told_at && same_place(&lost.uri, &other.uri),
        };
        if let Some(newest) = self.bindings.iter().filter(same).max_by_key(|binding| binding.told_at) {
            let (from, to) = (lost.flow, newest.flow);
            return changes.push(Change::Returned { device, from, to });
        }
        if self.gone.len() >= CONTACTS_MAX {
            self.gone.remove(0);
        }
        self.gone.push(Gone {
            flow: lost.flow,
            uri: lost.uri,
            instance: lost.instance,
            until: now + GRACE,
        });
    }

    /// Browsers of one person stand side by side. The same browser (by its instance) takes its dialogs with it, one too many displaces the
    /// one that has been silent for longest, and what comes over one connection is one browser. Of browsers that do not say which one they
    /// are the newest wins.
    fn seat_browser(&mut self, binding: Binding, device: DeviceId, changes: &mut Vec<Change>) {
        let to = binding.flow;
        let (replaced, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.bindings)
            .into_iter()
            .partition(|old| old.flow == to || old.instance == binding.instance);
        self.bindings = kept;
        for old in replaced.into_iter().filter(|old| old.flow != to) {
            let from = old.flow;
            changes.push(match old.instance {
                Some(_) => Change::Returned { device, from, to },
                None => Change::Displaced { device, flow: from },
            });
        }
        if self.bindings.len() >= BROWSERS_MAX
            && let Some((oldest, _)) = self.bindings.iter().enumerate().min_by_key(|(_, binding)| binding.told_at)
        {
            let flow = self.bindings.remove(oldest).flow;
            changes.push(Change::Displaced { device, flow });
        }
        self.bindings.push(binding);
    }

    fn drop_soonest(&mut self) {
        let soonest = self.bindings.iter().enumerate().min_by_key(|(_, binding)| binding.expires_at);
        if let Some((index, _)) = soonest {
            self.bindings.remove(index);
        }
    }
}

/// Whether two contacts name the same user at the same host. Behind a connection the port is a new one each time.
pub(super) fn same_place(one: &str, other: &str) -> bool {
    let place = |uri| UriParts::split(uri).map(|parts| (parts.user, parts.host));
    place(one).is_some_and(|one| Some(one) == place(other))
}
