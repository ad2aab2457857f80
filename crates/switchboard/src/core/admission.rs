//! Who may call, and what a dialled number comes to.

use std::time::{Duration, Instant};

use model::control::{Peer, Reached};
use model::{CallId, DeviceId, LegId, TeamId, UserId};
use sip::agent::DialogId;
use sip::message::Request;
use sip::{Flow, Transport};

use super::calls::{Entry, Signalling};
use super::codes::takes_running;
use super::emergency::Emergency;
use super::identity::Identity;
use super::replacing::NAMES_NO_DIALOG;
use super::requests::reason;
use super::sessions::{refusal_headers, sdp};
use super::{Core, JournalEntry, Outcome, Output, Party};
use crate::call::{Branch, Call, Caller, Cause, Command, Handover, Mover, Plan, Service};
use crate::dialplan::{self, Destination, Dialler, Original};
use crate::directory::{Device, Feature, StarCode, User};
use crate::trunks::LineId;

/// Where the caller's phone gives no `Max-Forwards` (RFC 3261 section 8.1.1.6).
pub(super) const MAX_FORWARDS: u8 = 70;

/// A call that somebody may begin.
pub(super) struct Wanted<'a> {
    pub(super) dialog: DialogId,
    pub(super) flow: Flow,
    /// The line of a trunk that it comes by.
    pub(super) line: Option<LineId>,
    pub(super) caller: Party,
    /// It comes from a phone that has nobody: only the place where it stands is known.
    pub(super) is_of_place: bool,
    /// The number that it is for.
    pub(super) dialled: &'a str,
    /// The INVITE.
    pub(super) message: &'a Request,
}

/// Who asks for a number.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// Who has dialled it, with whose permissions.
    pub(super) responsible: Option<UserId>,
    /// It was dialled at a phone that has nobody.
    pub(super) is_of_place: bool,
    /// Who will talk.
    pub(super) for_whom: Option<UserId>,
    /// Their number.
    pub(super) number: String,
    /// The caller of the world who will talk, where their call is handed on.
    pub(super) original: Option<Original>,
    /// Devices that are in the call already.
    pub(super) without: Vec<Option<DeviceId>>,
    /// Teams that have handed the call on.
    pub(super) teams: Vec<TeamId>,
    /// People who have forwarded it.
    pub(super) through: Vec<UserId>,
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
        let dialled = message.request_user().unwrap_or_default();
        let code = self.desk_share_dialled(&dialled);
        let person = self.directory.device(device).and_then(|device| self.party(device));
        let is_of_place = person.is_none();
        let is_free = code.is_some() || dialplan::emergency_number(&self.directory, &dialled).is_some();
        let caller = person.or_else(|| self.party_of_place(device).filter(|_| is_free));
        let feature = self.feature_dialled(&dialled);
        let is_of_running = feature.as_ref().is_some_and(|code| takes_running(code.feature));
        let (Some(caller), cause) = (caller, self.obstacle(flow, is_of_running)) else {
            return self.refuse(dialog, self.nobody_here(device), now);
        };
        if let Some(cause) = cause {
            return self.refuse(dialog, cause, now);
        }
        let wanted = Wanted {
            dialog,
            flow,
            line: None,
            caller,
            is_of_place,
            dialled: &dialled,
            message,
        };
        match message.replaces() {
            Ok(None) => {}
            Ok(Some(replaces)) => return self.replace(wanted, &replaces, now),
            Err(_) => return self.refuse(dialog, NAMES_NO_DIALOG, now),
        }
        if let Some(code) = code {
            return self.log_on_dialled(wanted, device, code, now);
        }
        let rest = feature.as_ref().map_or("", |code| code.rest.as_str());
        match feature.as_ref().map(|code| code.feature) {
            Some(Feature::TakeCall) => self.take_call(wanted, now),
            Some(Feature::PickUp) => self.pick_up_dialled(wanted, rest, now),
            Some(Feature::PickUpGroup) => self.pick_up_group_dialled(wanted, now),
            Some(Feature::Park) => self.take_parked(wanted, rest, now),
            Some(Feature::Redial | Feature::ReturnCall) => match self.number_meant(wanted.caller.user, wanted.dialled) {
                Some(Err(cause)) => self.refuse(dialog, cause, now),
                Some(Ok(number)) => {
                    let dialled = number.as_str();
                    self.start_call(Wanted { dialled, ..wanted }, now);
                }
                None => self.start_call(wanted, now),
            },
            Some(
                Feature::EchoTest
                | Feature::Music
                | Feature::DeskShare
                | Feature::SendCall
                | Feature::Conference
                | Feature::CallBack
                | Feature::Intercom
                | Feature::ForwardAlways
                | Feature::ForwardBusy
                | Feature::ForwardNoAnswer
                | Feature::ForwardUnreachable
                | Feature::DoNotDisturb
                | Feature::RejectAnonymous,
            )
            | None => self.start_call(wanted, now),
        }
    }

    /// Why there can be no call now, whoever is called. `is_of_running`: it would only be a leg of one that there is.
    pub(super) fn obstacle(&mut self, flow: Flow, is_of_running: bool) -> Option<Cause> {
        let cause = if self.is_draining && !is_of_running {
            Cause::STOPPING
        } else if self.calls.len() >= self.config.calls_max && !is_of_running {
            Cause {
                status: 503,
                text: "too many calls are running",
            }
        } else if self.flows.is_displaced(flow) {
            Cause {
                status: 403,
                text: "signed in elsewhere",
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
        if let Some(room) = self.room_dialled(wanted.dialled, wanted.caller.user) {
            return self.come_to_room(wanted, room, now);
        }
        let (dialog, dialled, message) = (wanted.dialog, wanted.dialled, wanted.message);
        let id = CallId(self.calls.id());
        let leg = self.calls.add_leg(id, &wanted.caller, wanted.flow, Signalling::Done);
        if let Some(line) = wanted.line {
            self.calls.assign(leg, line);
        }
        let device = wanted.caller.device;
        let owner = device.filter(|_| wanted.is_of_place).and_then(|device| self.seating.owner(device));
        let responsible = wanted.caller.user.or(owner);
        let asked = Asked {
            responsible,
            is_of_place: wanted.is_of_place,
            for_whom: wanted.caller.user,
            number: wanted.caller.number.clone(),
            original: wanted.line.is_some().then(|| Original::of(&wanted.caller.number)),
            without: vec![device],
            teams: Vec::new(),
            through: Vec::new(),
        };
        let plan = match wanted.line {
            Some(_) => self.plan(id, dialled, &asked, now),
            None => self.plan_dialled(id, dialled, &asked, now),
        };
        let place = device.filter(|device| wanted.is_of_place || self.seating.is_shared(*device));
        let emergency = self.emergency(responsible, place, dialled, &plan);
        let (called, phones) = match plan {
            Plan::Ring { called, branches, pace } => (called, Ok((branches, pace))),
            Plan::Serve { called, feature } => (called, Err(feature)),
            Plan::Refuse { called, cause } => {
                self.guard.ended(id, now);
                self.calls.remove_leg(leg);
                self.refuse(dialog, cause, now);
                return self.journal_refusal(id, (wanted.caller, called), emergency, cause, now);
            }
        };
        self.dialog_begins(leg, dialog);
        let caller = self.caller(leg, wanted);
        let mut commands = Vec::new();
        let mut legs = vec![leg];
        let ring_max = Duration::from_secs(self.directory.directory().ring_seconds_max.max(1).into());
        let call = match phones {
            Ok(phones) => {
                legs.extend(phones.0.iter().flat_map(Branch::legs));
                Call::ring(id, caller, called, phones, ring_max, now, &mut commands)
            }
            Err(feature) => Call::serve(id, caller, called, feature, ring_max, now, &mut commands),
        };
        self.launch((id, call), legs, message, commands, now);
        if let Some(emergency) = emergency {
            self.tell_of_emergency(id, emergency);
        }
    }

    /// Who calls, as their call needs it.
    pub(super) fn caller(&self, leg: LegId, wanted: Wanted<'_>) -> Caller {
        let Wanted {
            flow,
            line,
            caller,
            message,
            ..
        } = wanted;
        Caller {
            leg,
            party: caller,
            peer: line
                .and_then(|line| self.peer_outside(line, flow))
                .unwrap_or_else(|| self.peer(flow)),
            offer: sdp(message.body().as_ref()),
        }
    }

    /// A call begins.
    pub(super) fn launch(&mut self, (id, call): (CallId, Call), legs: Vec<LegId>, message: &Request, commands: Vec<Command>, now: Instant) {
        let hops = message.max_forwards().unwrap_or(MAX_FORWARDS).saturating_sub(1);
        self.calls.calls.insert(id, Entry::new(call, legs, hops, now));
        self.carry_out(id, commands, now);
    }

    pub(super) fn journal_refusal(
        &mut self,
        call: CallId,
        (caller, called): (Party, Party),
        emergency: Option<Emergency>,
        cause: Cause,
        now: Instant,
    ) {
        let outcome = match cause.status {
            480 => Outcome::NoAnswer,
            486 => Outcome::Busy,
            _ => Outcome::Failed,
        };
        let (reason, legs) = (cause.text, Vec::new());
        self.outputs
            .push_back(Output::Journal(JournalEntry::Started { call, caller, called }));
        if let Some(emergency) = emergency {
            self.tell_of_emergency(call, emergency);
        }
        self.tell_of_forwards(call, now);
        self.outputs.push_back(Output::Journal(JournalEntry::Ended {
            call,
            outcome,
            reason,
            legs,
        }));
    }

    /// What a dialled number comes to.
    pub(super) fn plan(&mut self, call: CallId, dialled: &str, asked: &Asked, now: Instant) -> Plan {
        let responsible = asked.responsible;
        let outsider = |number: String, name: &str| Party {
            user: None,
            device: None,
            number,
            name: name.to_owned(),
        };
        let number = numbers::normalise(dialled).unwrap_or_else(|| dialled.chars().take(32).collect());
        let nobody = User::nobody();
        let dialler = Dialler {
            user: match responsible {
                Some(user) => self.directory.user(user),
                None => Some(&nobody).filter(|_| asked.is_of_place),
            },
            original: asked.original,
        };
        match dialplan::find(&self.directory, dialler, dialled, self.clock) {
            Destination::Denied(denial) => Plan::Refuse {
                called: outsider(number, ""),
                cause: denial.cause(),
            },
            Destination::Feature(StarCode { feature, .. }) => {
                let called = outsider(number, feature.title());
                match served(feature) {
                    Some(feature) => Plan::Serve { called, feature },
                    None => Plan::Refuse {
                        called,
                        cause: does_nothing(feature),
                    },
                }
            }
            Destination::Outside(outside) => self.plan_outside(call, asked, &outside, now),
            Destination::Room(room) => Plan::Refuse {
                called: outsider(number, &room.name),
                cause: Cause {
                    status: 501,
                    text: "this room cannot be reached this way now: let them call it",
                },
            },
            Destination::Menu(menu) => Plan::Serve {
                called: outsider(menu.extension.clone(), &menu.name),
                feature: Service::Menu(menu.id),
            },
            Destination::Team(team) => {
                let team = team.clone();
                self.plan_team(call, &team, asked, now)
            }
            Destination::User(user) => {
                let user = user.id;
                let plan = self.plan_person(call, user, asked, now);
                if matches!(plan, Plan::Refuse { .. }) && asked.for_whom != Some(user) {
                    self.recents.called(user, &asked.number);
                }
                plan
            }
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
        // Whoever calls for help at a phone that has nobody hands nobody on.
        if let Some(device) = device.filter(|device| responsible.is_none() && self.seating.is_shared(*device)) {
            let cause = self.nobody_here(device);
            return refuse(cause.status, cause.text);
        }
        let running = self.calls.calls.get(&call).map(|entry| &entry.call);
        let Some((running, (peer, transferee))) = running.and_then(|call| Some((call, call.peer_of(leg)?))) else {
            return refuse(491, "there is nobody to hand over now");
        };
        let story = running.story();
        let asked = Asked {
            responsible,
            is_of_place: false,
            for_whom: transferee.user,
            number: transferee.number.clone(),
            original: self.original(peer, transferee),
            without: vec![transferee.device, device],
            teams: Vec::new(),
            through: Vec::new(),
        };
        if let Some(code) = self.feature_dialled(refer_to) {
            match code.feature {
                Feature::SendCall => return self.plan_sending(call, responsible, &asked, by),
                Feature::Park => return self.plan_parking(&code.rest),
                Feature::EchoTest
                | Feature::Music
                | Feature::DeskShare
                | Feature::TakeCall
                | Feature::Conference
                | Feature::PickUp
                | Feature::PickUpGroup
                | Feature::CallBack
                | Feature::Intercom
                | Feature::Redial
                | Feature::ReturnCall
                | Feature::ForwardAlways
                | Feature::ForwardBusy
                | Feature::ForwardNoAnswer
                | Feature::ForwardUnreachable
                | Feature::DoNotDisturb
                | Feature::RejectAnonymous => {}
            }
        }
        let plan = self.plan(call, refer_to, &asked, now);
        match &plan {
            Plan::Ring { branches, .. } => self.calls.include(call, branches.iter().flat_map(Branch::legs)),
            Plan::Refuse { .. } => self.forget_forwards(call),
            Plan::Serve { .. } => {}
        }
        if let Some(emergency) = self.emergency(
            responsible,
            device.filter(|device| self.seating.is_shared(*device)),
            refer_to,
            &plan,
        ) {
            self.tell_of_emergency(story, emergency);
        }
        Handover::Number(plan)
    }
}

/// What a code lets one party listen to.
fn served(feature: Feature) -> Option<Service> {
    match feature {
        Feature::EchoTest => Some(Service::EchoTest),
        Feature::Music => Some(Service::Music),
        Feature::DeskShare
        | Feature::TakeCall
        | Feature::SendCall
        | Feature::Conference
        | Feature::PickUp
        | Feature::PickUpGroup
        | Feature::Park
        | Feature::CallBack
        | Feature::Intercom
        | Feature::Redial
        | Feature::ReturnCall
        | Feature::ForwardAlways
        | Feature::ForwardBusy
        | Feature::ForwardNoAnswer
        | Feature::ForwardUnreachable
        | Feature::DoNotDisturb
        | Feature::RejectAnonymous => None,
    }
}

/// Why a code comes to nothing where it was dialled.
fn does_nothing(feature: Feature) -> Cause {
    let text = match feature {
        Feature::TakeCall => "dial this code at the phone that shall have the call",
        Feature::SendCall | Feature::Conference => "hand a running call over to this code",
        Feature::PickUp
        | Feature::PickUpGroup
        | Feature::Park
        | Feature::CallBack
        | Feature::Intercom
        | Feature::Redial
        | Feature::ReturnCall => "dial this code yourself: nobody can be handed over to it",
        Feature::EchoTest
        | Feature::Music
        | Feature::DeskShare
        | Feature::ForwardAlways
        | Feature::ForwardBusy
        | Feature::ForwardNoAnswer
        | Feature::ForwardUnreachable
        | Feature::DoNotDisturb
        | Feature::RejectAnonymous => "this code does nothing here",
    };
    Cause { status: 501, text }
}
