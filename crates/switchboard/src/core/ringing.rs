//! Whom a call rings, and after how long: somebody's phones and their mobile, or one phone that is nobody's.

use std::time::{Duration, Instant};

use model::control::{Peer, Srtp};
use model::{CallId, DeviceId, UserId};
use numbers::{Class, Dialled, E164};
use sip::{Flow, Transport};

use super::admission::Asked;
use super::calls::Signalling;
use super::{Core, Party, UserState};
use crate::call::{BRANCHES_MAX, Branch, Failing, Reserve};
use crate::dialplan::{self, Destination, Dialler};
use crate::directory::{Mobile, Rings, WhileBusy};
use crate::registrar::Binding;

/// Ways to one phone that are tried in a call.
const WAYS_MAX: usize = 3;

/// What it comes to when somebody is called.
#[derive(Debug)]
pub(super) enum Reach {
    /// Legs to be; never without any.
    Rings(Vec<Branch>),
    /// They are on a call.
    Busy,
    /// No phone of theirs is there.
    Nobody,
}

/// Which of somebody's phones may ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    All,
    /// They are on a call: those that are not.
    Free,
}

/// How a phone is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signalled {
    AsUsual,
    /// It shall answer by itself.
    ToAnswer,
}

impl Reach {
    pub(super) fn of(branches: Vec<Branch>, is_busy: bool) -> Self {
        match branches.is_empty() {
            false => Self::Rings(branches),
            true if is_busy => Self::Busy,
            true => Self::Nobody,
        }
    }
}

impl Core {
    /// Legs to be for a person: their phones, as each of them rings.
    pub(super) fn reach_phones(&mut self, call: CallId, called: &Party, user: UserId, asked: &Asked) -> Reach {
        let Some(which) = self.may_ring(user, call) else {
            return Reach::Busy;
        };
        let branches = self.branch_to_phones(call, called, (user, which), asked);
        Reach::of(branches, which == Which::Free)
    }

    /// The same, and their mobile.
    pub(super) fn reach_person(&mut self, call: CallId, called: &Party, user: UserId, asked: &Asked, now: Instant) -> Reach {
        let Some(which) = self.may_ring(user, call) else {
            return Reach::Busy;
        };
        let mut branches = self.branch_to_phones(call, called, (user, which), asked);
        branches.extend(self.branch_to_mobile(call, called, user, asked, now));
        Reach::of(branches, which == Which::Free)
    }

    /// Which of somebody's phones may ring now; `None`: they are on a call and want to hear of no other.
    fn may_ring(&self, user: UserId, call: CallId) -> Option<Which> {
        let while_busy = self.directory.user(user).map(|user| user.while_busy).unwrap_or_default();
        match while_busy {
            WhileBusy::CallWaiting => Some(Which::All),
            WhileBusy::RingOthers | WhileBusy::Busy if !self.is_on_a_call(user, call) => Some(Which::All),
            WhileBusy::RingOthers => Some(Which::Free),
            WhileBusy::Busy => None,
        }
    }

    fn branch_to_phones(&mut self, call: CallId, called: &Party, (user, which): (UserId, Which), asked: &Asked) -> Vec<Branch> {
        let devices = self.devices_at(user).into_iter().map(|device| (device.id, device.rings));
        let devices: Vec<(DeviceId, Rings)> = devices.filter(|(device, _)| !asked.without.contains(&Some(*device))).collect();
        let mut branches = Vec::new();
        for (device, rings) in devices {
            if which == Which::All || !self.is_phone_on_a_call(device, call) {
                self.branch_as_it_rings(call, called, (device, rings), &mut branches);
            }
        }
        branches
    }

    fn branch_as_it_rings(&mut self, call: CallId, called: &Party, (device, rings): (DeviceId, Rings), branches: &mut Vec<Branch>) {
        match rings {
            Rings::After { delay_s } => {
                let after = Duration::from_secs(delay_s.into());
                self.branch_out(call, called, (device, after), Signalled::AsUsual, branches);
            }
            Rings::WhenAnswered => branches.extend(self.branch_silently(call, called, device)),
            Rings::Never => {}
        }
    }

    /// Legs to be for all phones that are registered as a device, whenever it rings otherwise. `answers`: they shall answer by themselves.
    pub(super) fn branches_at(&mut self, call: CallId, called: &Party, device: DeviceId, answers: bool) -> Vec<Branch> {
        let mut branches = Vec::new();
        let signalled = if answers { Signalled::ToAnswer } else { Signalled::AsUsual };
        self.branch_out(call, called, (device, Duration::ZERO), signalled, &mut branches);
        branches
    }

    /// A place for a phone that is called when its person answers in the app; `None`: it is not registered.
    fn branch_silently(&mut self, call: CallId, called: &Party, device: DeviceId) -> Option<Branch> {
        let flow = self.registrar.contacts(device).first()?.flow;
        let party = Party {
            device: Some(device),
            ..called.clone()
        };
        let leg = self.calls.add_leg(call, &party, flow, Signalling::Done);
        Some(Branch {
            leg,
            party,
            peer: self.peer(flow),
            after: Duration::ZERO,
            is_silent: true,
            reserves: Vec::new(),
        })
    }

    /// Legs to be for a phone that is nobody's.
    pub(super) fn reach_device(&mut self, call: CallId, device: DeviceId, asked: &Asked) -> Reach {
        let Some(known) = self.directory.device(device).filter(|_| !asked.without.contains(&Some(device))) else {
            return Reach::Nobody;
        };
        let party = Party {
            user: self.person_at(device),
            device: Some(device),
            number: known.sip_user.clone(),
            name: known.label.clone(),
        };
        let rings = known.rings;
        let is_busy = self.is_phone_on_a_call(device, call);
        let mut branches = Vec::new();
        if !is_busy {
            self.branch_as_it_rings(call, &party, (device, rings), &mut branches);
        }
        Reach::of(branches, is_busy)
    }

    /// A leg to be for each phone behind a device's contacts.
    fn branch_out(
        &mut self,
        call: CallId,
        called: &Party,
        (device, after): (DeviceId, Duration),
        signalled: Signalled,
        branches: &mut Vec<Branch>,
    ) {
        let answers = signalled == Signalled::ToAnswer;
        let party = Party {
            device: Some(device),
            ..called.clone()
        };
        for ways in phones(self.registrar.contacts(device)) {
            if branches.len() >= BRANCHES_MAX {
                return;
            }
            let mut legs = Vec::new();
            for (target, flow) in ways {
                let (peer, plain) = self.peers_to_call(flow);
                let plain = plain.map(|peer| (peer, Failing::Unsuitable));
                for (peer, after) in [(peer, Failing::Unreachable)].into_iter().chain(plain) {
                    let target = target.clone();
                    let leg = self.calls.add_leg(call, &party, flow, Signalling::Planned { target, answers });
                    legs.push(Reserve { leg, peer, after });
                }
            }
            branches.extend(Branch::of(party.clone(), after, legs));
        }
    }

    /// A leg to be for somebody's mobile, with their own permissions, unless it is the mobile that calls or is on a call.
    fn branch_to_mobile(&mut self, call: CallId, called: &Party, user: UserId, asked: &Asked, now: Instant) -> Option<Branch> {
        let directory = self.directory.shared();
        let person = directory.users.iter().find(|person| person.id == user)?;
        let Mobile { number, delay_s } = person.mobile.as_ref()?;
        if self.is_mobile_on_a_call(user, call) {
            return None;
        }
        let dialler = Dialler {
            user: Some(person),
            original: asked.original,
        };
        let Destination::Outside(outside) = dialplan::find(&self.directory, dialler, number, self.clock) else {
            return None;
        };
        let is_calling = |own: &E164| asked.number.parse() == Ok(*own);
        match &outside.dialled {
            Dialled::World(own) if !is_calling(own) => {}
            // Nobody's mobile has a number of emergency or service.
            Dialled::World(_) | Dialled::Internal(_) | Dialled::Emergency(_) | Dialled::Service { .. } | Dialled::Unknown(_) => {
                return None;
            }
        }
        let ways = self.ways_outside(call, called, &outside);
        let is_admitted = match outside.class {
            // Whoever calls them often is no fraud of theirs.
            Class::Internal | Class::Emergency | Class::Free | Class::Local | Class::National | Class::Mobile => true,
            Class::International | Class::Premium => ways.is_empty() || self.admit(call, (Some(user), true), &outside, now).is_ok(),
        };
        if !is_admitted {
            for way in ways {
                self.calls.remove_leg(way.leg);
            }
            return None;
        }
        Branch::of(called.clone(), Duration::from_secs((*delay_s).into()), ways)
    }

    /// Whether somebody is on another call than this one.
    pub(super) fn is_on_a_call(&self, user: UserId, except: CallId) -> bool {
        self.state_in_calls(user, except) == Some(UserState::OnACall)
    }

    /// What somebody is doing in other calls than this one.
    pub(super) fn state_in_calls(&self, user: UserId, except: CallId) -> Option<UserState> {
        let others = self.watch.calls_of(user).filter(|call| *call != except);
        let states = others.filter_map(|call| self.calls.state_of(call, user));
        states.max_by_key(|state| *state == UserState::OnACall)
    }

    /// Whether a phone is on another call than this one.
    pub(super) fn is_phone_on_a_call(&self, device: DeviceId, except: CallId) -> bool {
        self.watch.state_of_phone(device, except) == Some(UserState::OnACall)
    }

    fn is_mobile_on_a_call(&self, user: UserId, except: CallId) -> bool {
        let calls = self.watch.calls_of(user).filter(|call| *call != except);
        let mut parties = calls
            .filter_map(|call| self.calls.calls.get(&call))
            .flat_map(|entry| entry.call.parties());
        parties.any(|(party, state)| party.user == Some(user) && party.device.is_none() && state == UserState::OnACall)
    }

    /// How media reaches a phone that we call, and what to try when it cannot take that. A phone whose signalling is encrypted is offered
    /// SRTP: its keys travel safely. Since one that knows none refuses such an offer (RFC 4568 has no other way), RTP comes second.
    fn peers_to_call(&self, flow: Flow) -> (Peer, Option<Peer>) {
        let peer = self.peer(flow);
        match (&peer, flow.transport) {
            (
                Peer::Phone {
                    local,
                    signalling,
                    srtp: Srtp::Accepted,
                    trunk,
                },
                Transport::Tls,
            ) => {
                let secure = Peer::Phone {
                    local: *local,
                    signalling: *signalling,
                    srtp: Srtp::Required,
                    trunk: *trunk,
                };
                (secure, Some(peer))
            }
            _ => (peer, None),
        }
    }
}

/// The phones behind a device's contacts, with the ways to each. Contacts of the same instance are ways to one phone: the one that it
/// told last comes first (RFC 5626 section 5.3).
fn phones(contacts: &[Binding]) -> Vec<Vec<(String, Flow)>> {
    let mut phones: Vec<Vec<&Binding>> = Vec::new();
    for contact in contacts {
        let same = |ways: &&mut Vec<&Binding>| contact.instance().is_some() && ways[0].instance() == contact.instance();
        match phones.iter_mut().find(same) {
            Some(ways) => ways.push(contact),
            None => phones.push(vec![contact]),
        }
    }
    let sorted = phones.into_iter().map(|mut ways| {
        ways.sort_by_key(|way| std::cmp::Reverse(way.told_at));
        ways.truncate(WAYS_MAX);
        ways.into_iter().map(|way| (way.uri.clone(), way.flow)).collect()
    });
    sorted.collect()
}
