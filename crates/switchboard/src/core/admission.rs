//! Who may call, and what a dialled number comes to.

use std::time::{Duration, Instant};

use model::control::{Peer, Reached, Srtp};
use model::{CallId, DeviceId, LegId, UserId};
use sip::agent::DialogId;
use sip::message::Request;
use sip::{Flow, Transport};

use super::calls::{Entry, Signalling};
use super::emergency::Emergency;
use super::identity::Identity;
use super::requests::reason;
use super::sessions::{refusal_headers, sdp};
use super::{Core, JournalEntry, Outcome, Output, Party};
use crate::call::{BRANCHES_MAX, Branch, Call, Caller, Cause, Failing, Handover, Mover, Plan, Reserve, Service};
use crate::dialplan::{self, Destination, Dialler, Original};
use crate::directory::{Device, Feature};
use crate::registrar::Binding;
use crate::trunks::LineId;

/// Where the caller's phone gives no `Max-Forwards` (RFC 3261 section 8.1.1.6).
pub(super) const MAX_FORWARDS: u8 = 70;
/// Ways to one phone that are tried in a call.
const WAYS_MAX: usize = 3;

/// A call that somebody may begin.
pub(super) struct Wanted<'a> {
    pub(super) dialog: DialogId,
    pub(super) flow: Flow,
    /// The line of a trunk that it comes by.
    pub(super) line: Option<LineId>,
    pub(super) caller: Party,
    /// The number that it is for.
    pub(super) dialled: &'a str,
    /// The INVITE.
    pub(super) message: &'a Request,
}

/// What somebody has dialled.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) dialled: &'a str,
    /// Who has dialled it, with whose permissions.
    pub(super) responsible: Option<UserId>,
    /// Who will talk.
    pub(super) for_whom: Option<UserId>,
    /// The caller of the world who will talk, where their call is handed on.
    pub(super) original: Option<Original>,
    /// Devices that are in the call already.
    pub(super) without: &'a [Option<DeviceId>],
}

impl Core {
    /// An INVITE that would start a call.
    pub(super) fn invited(&mut self, dialog: DialogId, flow: Flow, message: &Request, now: Instant) {
        if let Some(line) = self.line_behind(flow, message) {
            return self.called_from_outside(dialog, flow, line, message, now);
        }
        let device = match self.identify(flow, message, now) {
            Identity::Device(device) => device,
            Identity::Unproved { stale } => return self.agent.challenge_invite(dialog, stale, now),
            Identity::LockedOut => {
                let headers = [reason(403, "too many wrong passwords: wait a minute")];
                return self.agent.turn_away_invite(dialog, 403, &headers, now);
            }
        };
        self.agent.label(dialog, device.0);
        let caller = self.directory.device(device).and_then(|device| self.party(device));
        match (caller, self.obstacle(flow, message)) {
            (None, _) => self.refuse(
                dialog,
                Cause {
                    status: 403,
                    text: "this phone belongs to nobody",
                },
                now,
            ),
            (Some(_), Some(cause)) => self.refuse(dialog, cause, now),
            (Some(caller), None) => {
                let dialled = message.request_user().unwrap_or_default();
                let wanted = Wanted {
                    dialog,
                    flow,
                    line: None,
                    caller,
                    dialled: &dialled,
                    message,
                };
                match self.feature_dialled(&dialled) {
                    Some(Feature::TakeCall) => self.take_call(wanted, now),
                    Some(Feature::EchoTest | Feature::Music | Feature::DeskShare | Feature::SendCall) | None => {
                        self.start_call(wanted, now);
                    }
                }
            }
        }
    }

    /// Why there can be no call now, whoever is called.
    pub(super) fn obstacle(&mut self, flow: Flow, message: &Request) -> Option<Cause> {
        let cause = if self.is_draining {
            Cause::STOPPING
        } else if self.calls.len() >= self.config.calls_max {
            Cause {
                status: 503,
                text: "too many calls are running",
            }
        } else if self.flows.is_displaced(flow) {
            Cause {
                status: 403,
                text: "signed in elsewhere",
            }
        } else if message.header("Replaces").is_some() {
            Cause {
                status: 501,
                text: "taking over a call is not supported yet",
            }
        } else {
            return None;
        };
        self.refused += u64::from(cause.status == 503);
        Some(cause)
    }

    pub(super) fn refuse(&mut self, dialog: DialogId, cause: Cause, now: Instant) {
        self.agent.refuse(dialog, cause.status, refusal_headers(cause), now);
    }

    pub(super) fn start_call(&mut self, wanted: Wanted<'_>, now: Instant) {
        let Wanted {
            dialog,
            flow,
            line,
            caller,
            dialled,
            message,
        } = wanted;
        let id = CallId(self.calls.id());
        let leg = self.calls.add_leg(id, &caller, flow, Signalling::Done);
        if let Some(line) = line {
            self.calls.assign(leg, line);
        }
        let asked = Asked {
            dialled,
            responsible: caller.user,
            for_whom: caller.user,
            original: None,
            without: &[caller.device],
        };
        let plan = self.plan(id, asked, now);
        let emergency = self.emergency(caller.user, dialled, &plan);
        let (called, branches) = match plan {
            Plan::Ring { called, branches } => (called, Ok(branches)),
            Plan::Serve { called, feature } => (called, Err(feature)),
            Plan::Refuse { called, cause } => {
                self.calls.remove_leg(leg);
                self.refuse(dialog, cause, now);
                return self.journal_refusal(id, caller, called, emergency, cause);
            }
        };
        self.calls.attach(leg, dialog, &mut self.flows);
        let caller = Caller {
            leg,
            party: caller,
            peer: line
                .and_then(|line| self.peer_outside(line, flow))
                .unwrap_or_else(|| self.peer(flow)),
            offer: sdp(message.body().as_ref()),
        };
        let mut commands = Vec::new();
        let mut legs = vec![leg];
        let call = match branches {
            Ok(branches) => {
                legs.extend(branches.iter().flat_map(Branch::legs));
                let ring_max = Duration::from_secs(self.directory.directory().ring_seconds_max.max(1).into());
                Call::ring(id, caller, called, branches, ring_max, now, &mut commands)
            }
            Err(feature) => Call::serve(id, caller, called, feature, now, &mut commands),
        };
        let hops = message.max_forwards().unwrap_or(MAX_FORWARDS).saturating_sub(1);
        self.calls.calls.insert(
            id,
            Entry {
                hops,
                ..Entry::of(call, legs, now)
            },
        );
        self.carry_out(id, commands, now);
        if let Some(emergency) = emergency {
            self.tell_of_emergency(id, emergency);
        }
    }

    fn journal_refusal(&mut self, call: CallId, caller: Party, called: Party, emergency: Option<Emergency>, cause: Cause) {
        let outcome = match cause.status {
            480 => Outcome::NoAnswer,
            _ => Outcome::Failed,
        };
        let (reason, legs) = (cause.text, Vec::new());
        self.outputs
            .push_back(Output::Journal(JournalEntry::Started { call, caller, called }));
        if let Some(emergency) = emergency {
            self.tell_of_emergency(call, emergency);
        }
        self.outputs.push_back(Output::Journal(JournalEntry::Ended {
            call,
            outcome,
            reason,
            legs,
        }));
    }

    /// What a dialled number comes to.
    pub(super) fn plan(&mut self, call: CallId, asked: Asked<'_>, now: Instant) -> Plan {
        let Asked { dialled, responsible, .. } = asked;
        let outsider = |number: String, name: &str| Party {
            user: None,
            device: None,
            number,
            name: name.to_owned(),
        };
        let number = numbers::normalise(dialled).unwrap_or_else(|| dialled.chars().take(32).collect());
        let dialler = Dialler {
            user: responsible.and_then(|user| self.directory.user(user)),
            original: asked.original,
        };
        let (user, name) = match dialplan::find(&self.directory, dialler, dialled, self.clock) {
            Destination::Denied(denial) => {
                return Plan::Refuse {
                    called: outsider(number, ""),
                    cause: denial.cause(),
                };
            }
            Destination::Feature(feature) => {
                let (name, served) = match feature {
                    Feature::EchoTest => ("Echo test", Some(Service::EchoTest)),
                    Feature::Music => ("Music on hold", Some(Service::Music)),
                    Feature::DeskShare => ("Desk share", None),
                    Feature::TakeCall => ("Take a call", None),
                    Feature::SendCall => ("Send a call", None),
                };
                let called = outsider(number, name);
                return match served {
                    Some(feature) => Plan::Serve { called, feature },
                    None => Plan::Refuse {
                        called,
                        cause: does_nothing(feature),
                    },
                };
            }
            Destination::Outside(outside) => return self.plan_outside(call, responsible, &outside, now),
            Destination::User(user) => (user.id, user.name.clone()),
        };
        let number = self.directory.user(user).and_then(|user| user.extension.clone()).unwrap_or(number);
        let called = Party {
            user: Some(user),
            device: None,
            number,
            name,
        };
        let branches = self.branches(call, &called, user, asked.without);
        if !branches.is_empty() {
            return Plan::Ring { called, branches };
        }
        let cause = if asked.for_whom == Some(user) {
            Cause {
                status: 482,
                text: "this is your own number, and no other phone of yours is registered",
            }
        } else {
            Cause {
                status: 480,
                text: "no phone is registered for this number",
            }
        };
        Plan::Refuse { called, cause }
    }

    /// Legs to be for all phones of a user.
    pub(super) fn branches(&mut self, call: CallId, called: &Party, user: UserId, without: &[Option<DeviceId>]) -> Vec<Branch> {
        let devices = self.directory.devices_of(user).filter(|device| !without.contains(&Some(device.id)));
        let devices: Vec<DeviceId> = devices.map(|device| device.id).collect();
        self.branches_at(call, called, &devices, false)
    }

    /// Legs to be for all phones that are registered as these devices; `answers`: they shall answer by themselves.
    pub(super) fn branches_at(&mut self, call: CallId, called: &Party, devices: &[DeviceId], answers: bool) -> Vec<Branch> {
        let phones = devices
            .iter()
            .flat_map(|&device| phones(self.registrar.contacts(device)).into_iter().map(move |ways| (device, ways)));
        let phones: Vec<(DeviceId, Vec<(String, Flow)>)> = phones.take(BRANCHES_MAX).collect();
        let mut branches = Vec::with_capacity(phones.len());
        for (device, ways) in phones {
            let party = Party {
                device: Some(device),
                ..called.clone()
            };
            let mut reserves = Vec::new();
            for (target, flow) in ways {
                let (peer, plain) = self.peers_to_call(flow);
                for (peer, after) in [(peer, Failing::Unreachable)]
                    .into_iter()
                    .chain(plain.map(|peer| (peer, Failing::Unsuitable)))
                {
                    let target = target.clone();
                    let leg = self.calls.add_leg(call, &party, flow, Signalling::Planned { target, answers });
                    reserves.push(Reserve { leg, peer, after });
                }
            }
            if !reserves.is_empty() {
                let Reserve { leg, peer, .. } = reserves.remove(0);
                branches.push(Branch {
                    leg,
                    party,
                    peer,
                    reserves,
                });
            }
        }
        branches
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

    pub(super) fn party(&self, device: &Device) -> Option<Party> {
        let user = self.directory.user(self.person_at(device.id)?)?;
        let number = user.extension.clone().unwrap_or_else(|| device.sip_user.clone());
        Some(Party {
            user: Some(user.id),
            device: Some(device.id),
            number,
            name: user.name.clone(),
        })
    }

    /// How media reaches who is at the end of a flow: over WebSocket there are only browsers (RFC 7118).
    pub(super) fn peer(&self, flow: Flow) -> Peer {
        match flow.transport {
            Transport::Wss => Peer::Browser {
                reached: Reached {
                    local: flow.local.ip(),
                    peer: flow.peer.ip(),
                    page: self.flows.page(flow),
                },
            },
            Transport::Udp | Transport::Tcp | Transport::Tls => Peer::Phone {
                local: flow.local.ip(),
                signalling: flow.peer.ip(),
                srtp: self.config.srtp,
                trunk: None,
            },
        }
    }

    /// What somebody asks for who hands over whom they talk to, by REFER or in the app.
    pub(super) fn plan_transfer(&mut self, leg: LegId, refer_to: &str, by: Mover, now: Instant) -> Handover {
        let nobody = Party {
            user: None,
            device: None,
            number: String::new(),
            name: String::new(),
        };
        let refuse = |status, text| {
            Handover::Number(Plan::Refuse {
                called: nobody,
                cause: Cause { status, text },
            })
        };
        let Some(entry) = self.calls.legs.get(&leg) else {
            return refuse(481, "there is no such call");
        };
        let (call, device, responsible) = (entry.call, entry.device, entry.user);
        // A provider has nobody's permissions.
        if entry.line.is_some() {
            return refuse(403, "calls are handed over from inside only");
        }
        // Attended transfer comes with the next issue: here the dialog to be replaced would be looked up.
        if dialplan::asks_for_replacement(refer_to) {
            return refuse(501, "attended transfer is not supported yet: use a blind transfer");
        }
        let Some((peer, transferee)) = self.calls.calls.get(&call).and_then(|entry| entry.call.peer_of(leg)) else {
            return refuse(491, "there is nobody to hand over now");
        };
        let asked = Asked {
            dialled: refer_to,
            responsible,
            for_whom: transferee.user,
            original: self.calls.is_outside(peer).then(|| Original::of(&transferee.number)),
            without: &[transferee.device, device],
        };
        if self.feature_dialled(refer_to) == Some(Feature::SendCall) {
            let in_call = [transferee.device, device];
            return self.plan_sending(call, responsible, &in_call, by);
        }
        let plan = self.plan(call, asked, now);
        if let Plan::Ring { branches, .. } = &plan {
            self.calls.include(call, branches.iter().flat_map(Branch::legs));
        }
        if let Some(emergency) = self.emergency(responsible, refer_to, &plan) {
            self.tell_of_emergency(call, emergency);
        }
        Handover::Number(plan)
    }
}

/// Why a code comes to nothing where it was dialled.
fn does_nothing(feature: Feature) -> Cause {
    let text = match feature {
        Feature::TakeCall => "dial this code at the phone that shall have the call",
        Feature::SendCall => "hand a running call over to this code",
        Feature::EchoTest | Feature::Music | Feature::DeskShare => "this code does nothing here",
    };
    Cause { status: 501, text }
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
