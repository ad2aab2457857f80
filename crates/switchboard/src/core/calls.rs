//! Between calls and the world: which dialog and which media belong to which leg, and what a dialled number comes to.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use model::control::{self, Digit, Peer};
use model::{CallId, DeviceId, LegId, UserId};
use sip::agent::{Body, DialogId, End, Event, Invite, NameAddr};
use sip::message::Request;
use sip::{Flow, Transport};

use super::flows::Flows;
use super::identity::Identity;
use super::requests::{header, reason, reason_value};
use super::{Core, JournalEntry, LiveEvent, Outcome, Output, Party, UserState};
use crate::call::{BRANCHES_MAX, Branch, Call, Caller, Cause, Command, HangUp, News, Plan};
use crate::dialplan::{self, Destination};
use crate::directory::{Device, Feature};

/// All calls, and who is who in them.
#[derive(Debug, Default)]
pub(super) struct Calls {
    calls: BTreeMap<CallId, Entry>,
    legs: BTreeMap<LegId, LegEntry>,
    dialogs: BTreeMap<DialogId, LegId>,
    deadlines: BTreeSet<(Instant, CallId)>,
    ids: u64,
}

#[derive(Debug)]
struct Entry {
    call: Call,
    legs: Vec<LegId>,
    users: Vec<(UserId, UserState)>,
    /// As it stands in `deadlines`.
    due: Option<Instant>,
}

#[derive(Debug)]
struct LegEntry {
    call: CallId,
    user: Option<UserId>,
    device: Option<DeviceId>,
    flow: Flow,
    signalling: Signalling,
}

#[derive(Debug)]
enum Signalling {
    /// To be called there.
    Planned { target: String },
    /// In this dialog.
    Dialog(DialogId),
    /// Nothing is left to be said.
    Done,
}

impl Calls {
    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    pub(super) fn legs_len(&self) -> usize {
        self.legs.len()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(due, _)| *due)
    }

    /// What a call makes of a user's state.
    pub(super) fn state_of(&self, call: CallId, user: UserId) -> Option<UserState> {
        let users = &self.calls.get(&call)?.users;
        let states = users.iter().filter(|(id, _)| *id == user).map(|(_, state)| *state);
        states.max_by_key(|state| *state == UserState::OnACall)
    }

    /// A phone has come back over another connection.
    pub(super) fn move_legs(&mut self, from: Flow, to: Flow, flows: &mut Flows) {
        for leg in self.legs.values_mut().filter(|leg| leg.flow == from) {
            leg.flow = to;
            if matches!(leg.signalling, Signalling::Dialog(_)) {
                flows.detach_dialog(from);
                flows.attach_dialog(to);
            }
        }
    }

    fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    fn add_leg(&mut self, call: CallId, party: &Party, flow: Flow, signalling: Signalling) -> LegId {
        let leg = LegId(self.id());
        let (user, device) = (party.user, party.device);
        self.legs.insert(
            leg,
            LegEntry {
                call,
                user,
                device,
                flow,
                signalling,
            },
        );
        leg
    }

    /// The leg has a dialog from now on.
    fn attach(&mut self, leg: LegId, dialog: DialogId, flows: &mut Flows) {
        if let Some(entry) = self.legs.get_mut(&leg) {
            entry.signalling = Signalling::Dialog(dialog);
            self.dialogs.insert(dialog, leg);
            flows.attach_dialog(entry.flow);
        }
    }

    /// The leg's dialog is over. Returns it, if there was one.
    fn detach(&mut self, leg: LegId, flows: &mut Flows) -> Option<DialogId> {
        let entry = self.legs.get_mut(&leg)?;
        match std::mem::replace(&mut entry.signalling, Signalling::Done) {
            Signalling::Dialog(dialog) => {
                self.dialogs.remove(&dialog);
                flows.detach_dialog(entry.flow);
                Some(dialog)
            }
            Signalling::Planned { .. } | Signalling::Done => None,
        }
    }

    fn dialog_of(&self, leg: LegId) -> Option<DialogId> {
        match self.legs.get(&leg)?.signalling {
            Signalling::Dialog(dialog) => Some(dialog),
            Signalling::Planned { .. } | Signalling::Done => None,
        }
    }
}

impl Core {
    /// An INVITE that would start a call.
    pub(super) fn invited(&mut self, dialog: DialogId, flow: Flow, message: &Request, now: Instant) {
        let device = match self.identify(flow, message, now) {
            Identity::Device(device) => device,
            Identity::Unproved { stale } => return self.agent.challenge_invite(dialog, stale, now),
            Identity::LockedOut => {
                return self.refuse(
                    dialog,
                    Cause {
                        status: 403,
                        text: "too many wrong passwords: wait a minute",
                    },
                    now,
                );
            }
        };
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
            (Some(caller), None) => self.start_call(dialog, flow, caller, message, now),
        }
    }

    /// Why there can be no call now, whoever is called.
    fn obstacle(&mut self, flow: Flow, message: &Request) -> Option<Cause> {
        let cause = if self.is_draining {
            Cause {
                status: 503,
                text: "farend is shutting down",
            }
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

    fn refuse(&mut self, dialog: DialogId, cause: Cause, now: Instant) {
        self.agent.refuse(dialog, cause.status, refusal_headers(cause), now);
    }

    fn start_call(&mut self, dialog: DialogId, flow: Flow, caller: Party, message: &Request, now: Instant) {
        let id = CallId(self.calls.id());
        let dialled = message.request_user().unwrap_or_default();
        let plan = self.plan(id, &dialled, caller.user, &[caller.device]);
        let (called, branches) = match plan {
            Plan::Ring { called, branches } => (called, Ok(branches)),
            Plan::Serve { called, feature } => (called, Err(feature)),
            Plan::Refuse { called, cause } => {
                self.refuse(dialog, cause, now);
                return self.journal_refusal(id, caller, called, cause);
            }
        };
        let leg = self.calls.add_leg(id, &caller, flow, Signalling::Done);
        self.calls.attach(leg, dialog, &mut self.flows);
        let caller = Caller {
            leg,
            party: caller,
            peer: self.peer(flow),
            offer: sdp(message.body().as_ref()),
        };
        let mut commands = Vec::new();
        let mut legs = vec![leg];
        let call = match branches {
            Ok(branches) => {
                legs.extend(branches.iter().map(|branch| branch.leg));
                let ring_max = Duration::from_secs(self.directory.directory().ring_seconds_max.max(1).into());
                Call::ring(id, caller, called, branches, ring_max, now, &mut commands)
            }
            Err(feature) => Call::serve(id, caller, called, feature, now, &mut commands),
        };
        self.calls.calls.insert(
            id,
            Entry {
                call,
                legs,
                users: Vec::new(),
                due: None,
            },
        );
        self.carry_out(id, commands, now);
    }

    fn journal_refusal(&mut self, call: CallId, caller: Party, called: Party, cause: Cause) {
        let outcome = match cause.status {
            480 => Outcome::NoAnswer,
            _ => Outcome::Failed,
        };
        let (reason, legs) = (cause.text, Vec::new());
        self.outputs
            .push_back(Output::Journal(JournalEntry::Started { call, caller, called }));
        self.outputs.push_back(Output::Journal(JournalEntry::Ended {
            call,
            outcome,
            reason,
            legs,
        }));
    }

    /// What a dialled number comes to. `without`: devices that are in the call already.
    fn plan(&mut self, call: CallId, dialled: &str, caller: Option<UserId>, without: &[Option<DeviceId>]) -> Plan {
        let number = dialplan::normalise(dialled);
        let unknown = |number: String| Plan::Refuse {
            called: Party {
                user: None,
                device: None,
                number,
                name: String::new(),
            },
            cause: Cause {
                status: 404,
                text: "nobody has this number",
            },
        };
        let Some(number) = number else {
            return unknown(dialled.chars().take(32).collect());
        };
        let (user, name) = match dialplan::find(&self.directory, &number) {
            Destination::Unknown => return unknown(number),
            Destination::Feature(feature) => {
                let name = match feature {
                    Feature::EchoTest => "Echo test",
                    Feature::Music => "Music on hold",
                };
                let called = Party {
                    user: None,
                    device: None,
                    number,
                    name: name.to_owned(),
                };
                return Plan::Serve { called, feature };
            }
            Destination::User(user) => (user.id, user.name.clone()),
        };
        let called = Party {
            user: Some(user),
            device: None,
            number,
            name,
        };
        let branches = self.branches(call, &called, user, without);
        if !branches.is_empty() {
            return Plan::Ring { called, branches };
        }
        let cause = if caller == Some(user) {
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
    fn branches(&mut self, call: CallId, called: &Party, user: UserId, without: &[Option<DeviceId>]) -> Vec<Branch> {
        let devices = self.directory.devices_of(user).filter(|device| !without.contains(&Some(device.id)));
        let contacts = devices.flat_map(|device| self.registrar.contacts(device.id).iter().map(|c| (device.id, c)));
        let contacts: Vec<_> = contacts
            .take(BRANCHES_MAX)
            .map(|(device, contact)| (device, contact.uri.clone(), contact.flow))
            .collect();
        let mut branches = Vec::with_capacity(contacts.len());
        for (device, target, flow) in contacts {
            let party = Party {
                device: Some(device),
                ..called.clone()
            };
            let leg = self.calls.add_leg(call, &party, flow, Signalling::Planned { target });
            branches.push(Branch {
                leg,
                party,
                peer: self.peer(flow),
            });
        }
        branches
    }

    fn party(&self, device: &Device) -> Option<Party> {
        let user = self.directory.user(device.user)?;
        let number = user.extension.clone().unwrap_or_else(|| device.sip_user.clone());
        Some(Party {
            user: Some(user.id),
            device: Some(device.id),
            number,
            name: user.name.clone(),
        })
    }

    /// How media reaches who is at the end of a flow: over WebSocket there are only browsers (RFC 7118).
    fn peer(&self, flow: Flow) -> Peer {
        match flow.transport {
            Transport::Wss => Peer::Browser {
                reached_at: flow.local.ip(),
            },
            Transport::Udp | Transport::Tcp | Transport::Tls => Peer::Phone {
                local: flow.local.ip(),
                signalling: flow.peer.ip(),
                srtp: self.config.srtp,
            },
        }
    }

    /// News from the agent about a session.
    pub(super) fn session_reports(&mut self, event: Event, now: Instant) {
        let (dialog, news) = match event {
            Event::Progressed { dialog, .. } => (dialog, News::Rang),
            Event::Answered { dialog, body } => (dialog, News::Answered { sdp: sdp(body.as_ref()) }),
            Event::Refused { dialog, status, .. } => (dialog, News::Refused { status }),
            Event::Confirmed { dialog, body } => (dialog, News::Confirmed { sdp: sdp(body.as_ref()) }),
            Event::Reoffered { dialog, request, body } => (
                dialog,
                News::Reoffered {
                    request,
                    offer: sdp(body.as_ref()),
                },
            ),
            Event::Referred { dialog, request, refer_to } => {
                let plan = self.plan_transfer(dialog, &refer_to);
                (dialog, News::Referred { request, plan })
            }
            Event::Informed { dialog, body } => match body.as_ref().and_then(pressed) {
                Some((digit, duration_ms)) => (dialog, News::Pressed { digit, duration_ms }),
                None => return,
            },
            Event::Ended { dialog, end } => (dialog, News::HungUp { how: how(&end) }),
            // We never change a session ourselves, and the others are routed elsewhere.
            Event::ReofferEnded { .. }
            | Event::Requested { .. }
            | Event::Invited { .. }
            | Event::Pinged { .. }
            | Event::Responded { .. } => return,
        };
        let Some(leg) = self.calls.dialogs.get(&dialog).copied() else {
            return;
        };
        if matches!(news, News::Refused { .. } | News::HungUp { .. }) {
            self.calls.detach(leg, &mut self.flows);
        }
        self.deliver(leg, news, now);
    }

    /// What a REFER asks for.
    fn plan_transfer(&mut self, dialog: DialogId, refer_to: &str) -> Plan {
        let nobody = Party {
            user: None,
            device: None,
            number: String::new(),
            name: String::new(),
        };
        let refuse = |status, text| Plan::Refuse {
            called: nobody,
            cause: Cause { status, text },
        };
        let transferor = self
            .calls
            .dialogs
            .get(&dialog)
            .and_then(|leg| Some((*leg, self.calls.legs.get(leg)?)));
        let Some((leg, LegEntry { call, device, .. })) = transferor else {
            return refuse(481, "there is no such call");
        };
        let (call, device) = (*call, *device);
        // Attended transfer comes with the next issue: here the dialog to be replaced would be looked up.
        if dialplan::asks_for_replacement(refer_to) {
            return refuse(501, "attended transfer is not supported yet: use a blind transfer");
        }
        let transferee = self.calls.calls.get(&call).and_then(|entry| entry.call.peer_of(leg));
        let Some((user, transferee)) = transferee.map(|(_, party)| (party.user, party.device)) else {
            return refuse(491, "there is nobody to hand over now");
        };
        let plan = self.plan(call, refer_to, user, &[transferee, device]);
        if let (Plan::Ring { branches, .. }, Some(entry)) = (&plan, self.calls.calls.get_mut(&call)) {
            entry.legs.extend(branches.iter().map(|branch| branch.leg));
        }
        plan
    }

    /// News from media.
    pub(super) fn media_reports(&mut self, event: control::Event, now: Instant) {
        let (leg, news) = match event {
            control::Event::OfferReceived { leg, direction } => (leg, News::OfferReceived { direction }),
            control::Event::OfferRefused { leg, reason } => (leg, News::OfferRefused { reason }),
            control::Event::OfferAnswered { leg, answer } => (leg, News::OfferAnswered { answer }),
            control::Event::OfferMade { leg, offer } => (leg, News::OfferMade { offer }),
            control::Event::AnswerAccepted { leg, direction } => (leg, News::AnswerAccepted { direction }),
            control::Event::AnswerRefused { leg, reason } => (leg, News::AnswerRefused { reason }),
            control::Event::LegFailed { leg, reason } => (leg, News::MediaFailed { reason }),
            control::Event::Closed { leg, report } => (leg, News::Closed { report }),
            control::Event::Measured { leg, report } => {
                if let Some(LegEntry { call, user, .. }) = self.calls.legs.get(&leg) {
                    let (call, user) = (*call, *user);
                    self.tell(LiveEvent::Measured { call, leg, user, report });
                }
                return;
            }
            // Keys in the audio are relayed by media itself.
            control::Event::Connected { .. } | control::Event::DigitReceived { .. } => return,
        };
        self.deliver(leg, news, now);
    }

    /// A device is gone from the directory: so are its legs.
    pub(super) fn calls_lose_device(&mut self, device: DeviceId, now: Instant) {
        let legs = self.calls.legs.iter().filter(|(_, entry)| entry.device == Some(device));
        for leg in legs.map(|(leg, _)| *leg).collect::<Vec<_>>() {
            self.deliver(leg, News::Removed, now);
        }
        self.pump(now);
    }

    pub(super) fn calls_time_out(&mut self, now: Instant) {
        let due = self.calls.deadlines.iter().take_while(|(due, _)| *due <= now);
        for id in due.map(|(_, id)| *id).collect::<Vec<_>>() {
            let Some(entry) = self.calls.calls.get_mut(&id) else { continue };
            let mut commands = Vec::new();
            entry.call.handle_timeout(now, &mut commands);
            self.carry_out(id, commands, now);
        }
    }

    fn deliver(&mut self, leg: LegId, news: News, now: Instant) {
        let Some(id) = self.calls.legs.get(&leg).map(|entry| entry.call) else {
            return;
        };
        let Some(entry) = self.calls.calls.get_mut(&id) else { return };
        let mut commands = Vec::new();
        entry.call.handle(leg, news, now, &mut commands);
        self.carry_out(id, commands, now);
    }

    /// Does what a call commands, then brings everything that depends on the call up to date.
    fn carry_out(&mut self, id: CallId, commands: Vec<Command>, now: Instant) {
        for command in commands {
            self.execute(id, command, now);
        }
        let Some(entry) = self.calls.calls.get_mut(&id) else { return };
        let call = &entry.call;
        let (kept, gone): (Vec<_>, Vec<_>) = entry.legs.iter().partition(|leg| call.knows(**leg));
        entry.legs = kept;
        let users = std::mem::replace(&mut entry.users, call.users());
        let changed = users != entry.users;
        let mut concerned: Vec<UserId> = users.iter().chain(&entry.users).map(|(user, _)| *user).collect();
        let is_in: Vec<UserId> = entry.users.iter().map(|(user, _)| *user).collect();
        let is_over = call.is_over();
        let due = call.deadline();
        if entry.due != due {
            if let Some(due) = std::mem::replace(&mut entry.due, due) {
                self.calls.deadlines.remove(&(due, id));
            }
            self.calls.deadlines.extend(due.map(|due| (due, id)));
        }
        for leg in gone {
            self.calls.detach(leg, &mut self.flows);
            self.calls.legs.remove(&leg);
        }
        if changed {
            concerned.sort_unstable();
            concerned.dedup();
            for user in &concerned {
                self.watch.set_call(*user, id, is_in.contains(user));
            }
            for user in concerned {
                self.user_changed(user);
            }
        }
        if is_over {
            self.forget(id);
        }
    }

    fn forget(&mut self, id: CallId) {
        let Some(entry) = self.calls.calls.remove(&id) else { return };
        if let Some(due) = entry.due {
            self.calls.deadlines.remove(&(due, id));
        }
        for leg in entry.legs {
            self.calls.detach(leg, &mut self.flows);
            self.calls.legs.remove(&leg);
        }
    }

    fn execute(&mut self, call: CallId, command: Command, now: Instant) {
        match command {
            Command::Media(command) => self.outputs.push_back(Output::Media { call, command }),
            Command::Ring { leg } => {
                if let Some(dialog) = self.calls.dialog_of(leg) {
                    self.agent.ring(dialog, 180, None, Vec::new(), now);
                }
            }
            Command::Answer { leg, sdp } => {
                if let Some(dialog) = self.calls.dialog_of(leg) {
                    self.agent.answer(dialog, body(sdp), Vec::new(), now);
                }
            }
            Command::Refuse { leg, cause } => {
                if let Some(dialog) = self.calls.detach(leg, &mut self.flows) {
                    self.refuse(dialog, cause, now);
                }
            }
            Command::Invite { leg, from, to, offer } => self.invite(leg, &from, &to, offer, now),
            Command::HangUp { leg, cause } => {
                if let Some(dialog) = self.calls.detach(leg, &mut self.flows) {
                    let reason = cause.map(|cause| reason_value(cause.status, cause.text));
                    self.agent.hang_up(dialog, reason.as_deref(), now);
                }
            }
            Command::Respond { request, cause, sdp } => {
                let headers = if cause.status < 300 { Vec::new() } else { refusal_headers(cause) };
                self.agent.respond(request, cause.status, headers, sdp.map(body), now);
            }
            Command::NotifyRefer { leg, cause } => {
                if let Some(dialog) = self.calls.dialog_of(leg) {
                    self.agent.notify_refer(dialog, cause.status, cause.text, now);
                }
            }
            Command::Journal(entry) => self.outputs.push_back(Output::Journal(entry)),
        }
    }

    fn invite(&mut self, leg: LegId, from: &Party, to: &Party, offer: String, now: Instant) {
        let Some(LegEntry {
            flow,
            signalling: Signalling::Planned { target },
            ..
        }) = self.calls.legs.get(&leg)
        else {
            return;
        };
        let invite = Invite {
            flow: *flow,
            target: target.clone(),
            from: self.name_addr(from),
            to: self.name_addr(to),
            body: Some(body(offer)),
            headers: Vec::new(),
            credentials: None,
        };
        let dialog = self.agent.invite(invite, now);
        self.calls.attach(leg, dialog, &mut self.flows);
    }

    fn name_addr(&self, party: &Party) -> NameAddr {
        let user = party.number.replace('%', "%25").replace('#', "%23");
        NameAddr {
            display: party.name.clone(),
            uri: format!("sip:{user}@{}", self.config.agent.realm),
        }
    }
}

fn refusal_headers(cause: Cause) -> Vec<(String, String)> {
    let mut headers = vec![reason(cause.status, cause.text)];
    if cause.status == 503 {
        headers.push(header("Retry-After", "10"));
    }
    headers
}

fn how(end: &End) -> HangUp {
    match end {
        End::Bye { .. } => HangUp::Bye,
        End::Cancel { .. } => HangUp::Cancel,
        End::TimedOut => HangUp::TimedOut,
        End::FlowLost => HangUp::FlowLost,
    }
}

fn body(sdp: String) -> Body {
    Body {
        content_type: "application/sdp".to_owned(),
        bytes: sdp.into_bytes(),
    }
}

fn is_of_type(body: &Body, wanted: &str) -> bool {
    body.content_type
        .split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
}

fn sdp(body: Option<&Body>) -> Option<String> {
    let body = body.filter(|body| is_of_type(body, "application/sdp"))?;
    Some(String::from_utf8_lossy(&body.bytes).into_owned())
}

/// A key in a SIP INFO: `application/dtmf-relay` (`Signal=5`, `Duration=160`) or `application/dtmf` (`5`).
fn pressed(body: &Body) -> Option<(Digit, u16)> {
    const DURATION_MS: u16 = 160;
    let text = std::str::from_utf8(&body.bytes).ok()?;
    let field = |name: &str| {
        let mut fields = text.lines().filter_map(|line| line.split_once('='));
        fields
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    };
    let (key, duration_ms) = if is_of_type(body, "application/dtmf-relay") {
        (
            field("Signal")?,
            field("Duration").and_then(|value| value.parse().ok()).unwrap_or(DURATION_MS),
        )
    } else if is_of_type(body, "application/dtmf") {
        (field("Signal").unwrap_or(text.trim()), DURATION_MS)
    } else {
        return None;
    };
    let mut characters = key.chars();
    let key = characters.next().filter(|_| characters.next().is_none())?;
    Some((Digit::from_char(key)?, duration_ms.clamp(40, 2_000)))
}
