//! What people want done with their calls from the app: their phones do it.

use std::time::{Duration, Instant};

use model::control::Digit;
use model::{CallId, DeviceId, LegId, UserId};
use sip::agent::PhoneEvent;

use super::admission::{Asked, MAX_FORWARDS};
use super::calls::Entry;
use super::codes::InApp;
use super::teams::is_member as is_party;
use super::{Action, CallState, Controlled, Core, Objection, Party};
use crate::call::{Branch, Call, Handover, HangUp, Move, Mover, News, Plan};
use crate::dialplan::{self, Destination, Dialler};
use crate::directory::{Feature, MemberKind};

/// Keys that are sent at once: as many as media keeps.
const DIGITS_MAX: usize = 32;
/// How long each of them is pressed.
const PRESS_MS: u16 = 160;

/// Somebody's part in a call, as it is when they want something.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) leg: LegId,
    pub(super) state: CallState,
    devices: Vec<DeviceId>,
    pub(super) is_settled: bool,
    pub(super) is_holding: bool,
    is_held_by_phone: bool,
}

impl Part {
    /// Whether they have somebody to talk to.
    fn talks(&self) -> bool {
        self.is_settled || matches!(self.state, CallState::Moving | CallState::Conferring | CallState::Holding)
    }

    /// Whether keys of theirs come to somebody, or to a menu.
    fn takes_keys(&self) -> bool {
        self.talks() || self.state == CallState::Talking
    }
}

impl Core {
    /// Carries out what somebody wants, or says why not.
    pub(super) fn control(&mut self, user: UserId, action: Action, now: Instant) -> Controlled {
        match action {
            Action::Dial { device, number } => self.dial(user, device, number, now),
            Action::Answer { call, device } => self.answer_at(user, call, device, now),
            Action::Decline { call } => self.decline(user, call, now),
            Action::Hold { call } => self.hold(user, call, now),
            Action::Resume { call } => self.resume(user, call, now),
            Action::SendDigits { call, digits } => self.send_digits(user, call, &digits, now),
            Action::Transfer { call, number } => self.transfer(user, call, &number, now),
            Action::Move { call, to } => self.move_call(user, call, to, now),
            Action::TakeHeld { call, device } => self.take_held(user, call, device, now),
            Action::HangUp { call } => {
                let part = self.part(user, call)?;
                self.deliver(part.leg, News::HungUp { how: HangUp::Asked }, now);
                Ok(Some(call))
            }
            Action::Confer { call, with } => self.confer(user, call, with, now),
            Action::Invite { call, number } => self.invite_into(user, call, &number, now),
            Action::Member { call, member, deed } => self.do_to_member(user, call, member, deed, now),
            Action::Lock { call, is_locked } => self.lock_conference(user, call, is_locked, now),
            Action::Connect { call, with } => self.connect(user, call, with, now),
            Action::Record { call, is_on } => self.record(user, call, is_on, now),
            Action::Park { call, slot } => self.park_call(user, call, slot, now),
            Action::Unpark { slot, device } => self.unpark(user, slot, device, now),
            Action::PickUp { call, device } => self.pick_up(user, call, device, now),
            Action::CallBack { number } => {
                let number = numbers::normalise(&number).ok_or(Objection::Refused("this is no number"))?;
                self.want_call_back(user, &number, now)?;
                Ok(None)
            }
            Action::NoCallBack { number } => match self.drop_call_back(user, &number) {
                true => Ok(None),
                false => Err(Objection::Refused("you do not wait for this number")),
            },
            action @ (Action::CancelMobility | Action::LogOff) => self.seat_action(user, &action, now),
        }
    }

    /// Their part in a call of theirs.
    pub(super) fn part(&self, user: UserId, call: CallId) -> Result<Part, Objection> {
        let entry = self.calls.calls.get(&call).ok_or(Objection::NoSuchCall)?;
        let seen = entry.call.seen().into_iter().find(|seen| seen.user == user);
        seen.map(|seen| Part {
            leg: seen.leg,
            state: seen.state,
            devices: seen.devices,
            is_settled: seen.is_settled,
            is_holding: seen.is_holding,
            is_held_by_phone: seen.is_held_by_phone,
        })
        .ok_or(Objection::NoSuchCall)
    }

    /// Their leg in a call of theirs: the one that talks, or that rings first.
    pub(super) fn leg_of(&self, user: UserId, call: CallId) -> Result<LegId, Objection> {
        self.part(user, call).map(|part| part.leg)
    }

    /// Their leg of a call in which two talk, and nothing else is under way.
    pub(super) fn leg_to_part_from(&self, user: UserId, call: CallId) -> Result<LegId, Objection> {
        let part = self.part(user, call)?;
        part.is_settled.then_some(part.leg).ok_or(Objection::NotNow)
    }

    /// Their phone, as the one who talks there.
    pub(super) fn phone(&self, user: UserId, device: DeviceId) -> Result<Party, Objection> {
        let theirs = self.directory.device(device).filter(|_| self.person_at(device) == Some(user));
        let party = theirs.and_then(|device| self.party(device)).ok_or(Objection::NoSuchDevice)?;
        if self.registrar.contacts(device).is_empty() {
            return Err(Objection::DeviceUnreachable);
        }
        Ok(party)
    }

    fn dial(&mut self, user: UserId, device: DeviceId, number: String, now: Instant) -> Controlled {
        let by = self.phone(user, device)?;
        let number = match self.dial_code(user, device, number, now) {
            InApp::Calls(number) => number,
            InApp::Done(controlled) => return controlled,
        };
        let called = self.whom(user, &number)?;
        let is_emergency = dialplan::emergency_number(&self.directory, &number).is_some();
        if !is_emergency && self.is_lifting(user, device) {
            return Err(Objection::NotNow);
        }
        if self.is_draining || self.calls.len() >= self.config.calls_max {
            self.refused += 1;
            return Err(Objection::Busy);
        }
        let id = CallId(self.calls.id());
        let branches = self.branches_at(id, &by, device, true);
        let legs = branches.iter().flat_map(Branch::legs).collect();
        let ring_max = Duration::from_secs(self.directory.directory().ring_seconds_max.max(1).into());
        let mut commands = Vec::new();
        let call = Call::lift(id, by, branches, (called, number), ring_max, now, &mut commands);
        self.calls.calls.insert(id, Entry::new(call, legs, MAX_FORWARDS, now));
        self.carry_out(id, commands, now);
        Ok(Some(id))
    }

    /// Whether their phone is being called for something that they have dialled before.
    pub(super) fn is_lifting(&self, user: UserId, device: DeviceId) -> bool {
        let mut parts = self.watch.calls_of(user).filter_map(|call| self.part(user, call).ok());
        parts.any(|part| part.state == CallState::Lifting && part.devices.contains(&device))
    }

    /// Whom somebody would call with this, as far as that is known before they do.
    fn whom(&self, user: UserId, dialled: &str) -> Result<Party, Objection> {
        let dialler = Dialler {
            user: self.directory.user(user),
            original: None,
        };
        let (user, number, name) = match dialplan::find(&self.directory, dialler, dialled, self.clock) {
            Destination::Denied(denial) => return Err(Objection::Refused(denial.text())),
            Destination::User(user) => (Some(user.id), user.extension.clone(), user.name.clone()),
            Destination::Team(team) => (None, Some(team.extension.clone()), team.name.clone()),
            Destination::Room(room) => (None, Some(room.extension.clone()), room.name.clone()),
            Destination::Menu(menu) => (None, Some(menu.extension.clone()), menu.name.clone()),
            Destination::Feature(code) => match code.feature {
                Feature::TakeCall | Feature::SendCall | Feature::Conference => {
                    return Err(Objection::Refused("in the app, move the call instead"));
                }
                Feature::Intercom => {
                    let whom = self.directory.user_at(&code.rest);
                    let extension = whom.and_then(|whom| whom.extension.clone());
                    let name = whom.map(|whom| whom.name.clone()).unwrap_or_default();
                    (whom.map(|whom| whom.id), extension, name)
                }
                Feature::EchoTest
                | Feature::Music
                | Feature::DeskShare
                | Feature::PickUp
                | Feature::PickUpGroup
                | Feature::Park
                | Feature::CallBack
                | Feature::Redial
                | Feature::ReturnCall
                | Feature::ForwardAlways
                | Feature::ForwardBusy
                | Feature::ForwardNoAnswer
                | Feature::ForwardUnreachable
                | Feature::DoNotDisturb
                | Feature::RejectAnonymous => (None, None, String::new()),
            },
            Destination::Outside(_) => (None, None, String::new()),
        };
        let number = number.or_else(|| numbers::normalise(dialled)).unwrap_or_default();
        Ok(Party {
            user,
            device: None,
            number,
            name,
        })
    }

    /// Their phone is up: what they have dialled in the app counts as if they had dialled it there.
    pub(super) fn lifted(&mut self, call: CallId, leg: LegId, number: &str, now: Instant) {
        let Some(entry) = self.calls.legs.get(&leg) else { return };
        let (user, device) = (entry.user, entry.device);
        if let Some(room) = self.room_dialled(number, user) {
            return self.lifted_for_room((call, leg), room, now);
        }
        let person = user.and_then(|user| self.directory.user(user));
        let asked = Asked {
            responsible: user,
            is_of_place: false,
            for_whom: user,
            number: person.and_then(|user| user.extension.clone()).unwrap_or_default(),
            original: None,
            without: vec![device],
            teams: Vec::new(),
            through: Vec::new(),
        };
        let plan = self.plan_dialled(call, number, &asked, now);
        if let Plan::Ring { branches, .. } = &plan {
            self.calls.include(call, branches.iter().flat_map(Branch::legs));
        }
        let place = device.filter(|device| self.seating.is_shared(*device));
        let emergency = self.emergency(user, place, number, &plan);
        self.deliver(leg, News::Planned { plan }, now);
        if let Some(emergency) = emergency {
            self.tell_of_emergency(call, emergency);
        }
    }

    /// A phone that can be told to answer is told so. Any other one, and one that was told in vain, is called once more, and answers by itself.
    fn answer_at(&mut self, user: UserId, call: CallId, device: DeviceId, now: Instant) -> Controlled {
        let part = self.part(user, call)?;
        let party = self.phone(user, device)?;
        if part.state != CallState::Ringing {
            return Err(Objection::NotNow);
        }
        if self.tell_to_answer(call, device, now) {
            return Ok(Some(call));
        }
        let branches = self.branches_at(call, &party, device, true);
        let legs: Vec<LegId> = branches.iter().flat_map(Branch::legs).collect();
        self.calls.include(call, legs.iter().copied());
        let Some(entry) = self.calls.calls.get_mut(&call) else {
            return Err(Objection::NoSuchCall);
        };
        let mut commands = Vec::new();
        let is_called = entry.call.call_again(device, branches, now, &mut commands);
        // Legs that the call has no use for are forgotten with this.
        self.carry_out(call, commands, now);
        if is_called { Ok(Some(call)) } else { Err(Objection::NotNow) }
    }

    fn tell_to_answer(&mut self, call: CallId, device: DeviceId, now: Instant) -> bool {
        let legs = self.calls.calls.get(&call).map_or(&[][..], |entry| &entry.legs);
        for leg in legs {
            let ringing = self
                .calls
                .legs
                .get_mut(leg)
                .filter(|entry| entry.device == Some(device) && !entry.was_told);
            let Some(entry) = ringing else { continue };
            if let Some(dialog) = entry.signalling.dialog()
                && self.agent.tell_phone(dialog, PhoneEvent::Talk, now)
            {
                entry.was_told = true;
                return true;
            }
        }
        false
    }

    fn decline(&mut self, user: UserId, call: CallId, now: Instant) -> Controlled {
        let part = self.part(user, call)?;
        if part.state != CallState::Ringing {
            return Err(Objection::NotNow);
        }
        self.deliver(part.leg, News::HungUp { how: HangUp::Asked }, now);
        Ok(Some(call))
    }

    fn hold(&mut self, user: UserId, call: CallId, now: Instant) -> Controlled {
        let part = self.part(user, call)?;
        if !part.talks() {
            return Err(Objection::NotNow);
        }
        if !part.is_holding {
            self.park(part.leg, true, now);
        }
        Ok(Some(call))
    }

    fn resume(&mut self, user: UserId, call: CallId, now: Instant) -> Controlled {
        let part = self.part(user, call)?;
        if !part.talks() {
            return Err(Objection::NotNow);
        }
        // What a phone holds by itself, it alone can take back; until it does, the other call goes on.
        let is_told = part.is_holding && self.park(part.leg, false, now);
        if part.is_held_by_phone && !is_told {
            return Err(Objection::NotNow);
        }
        let others: Vec<LegId> = self.talking_at(user, &part.devices, call).collect();
        for leg in others {
            self.park(leg, true, now);
        }
        Ok(Some(call))
    }

    /// Holds for them, or ends that. The phone is told as well, so that its display is right; `false`: it does not understand.
    pub(super) fn park(&mut self, leg: LegId, is_on: bool, now: Instant) -> bool {
        self.deliver(leg, News::Parked { is_on }, now);
        let event = if is_on { PhoneEvent::Hold } else { PhoneEvent::Talk };
        let dialog = self.calls.dialog_of(leg);
        dialog.is_some_and(|dialog| self.agent.tell_phone(dialog, event, now))
    }

    /// Their legs in other calls that talk at one of these phones.
    fn talking_at(&self, user: UserId, devices: &[DeviceId], except: CallId) -> impl Iterator<Item = LegId> {
        let others = self.watch.calls_of(user).filter(move |call| *call != except);
        let parts = others.filter_map(move |call| self.part(user, call).ok());
        let talking = parts.filter(|part| part.talks() && !part.is_holding);
        talking
            .filter(|part| part.devices.iter().any(|device| devices.contains(device)))
            .map(|part| part.leg)
    }

    fn send_digits(&mut self, user: UserId, call: CallId, digits: &str, now: Instant) -> Controlled {
        let part = self.part(user, call)?;
        if !part.takes_keys() {
            return Err(Objection::NotNow);
        }
        let keys: Option<Vec<Digit>> = digits.chars().map(Digit::from_char).collect();
        let keys = keys.filter(|keys| (1..=DIGITS_MAX).contains(&keys.len()));
        for digit in keys.ok_or(Objection::Refused("1 to 32 keys of 0-9, *, # and A-D can be sent"))? {
            let duration_ms = PRESS_MS;
            self.deliver(part.leg, News::Pressed { digit, duration_ms }, now);
        }
        Ok(Some(call))
    }

    fn transfer(&mut self, user: UserId, call: CallId, number: &str, now: Instant) -> Controlled {
        let part = self.part(user, call)?;
        if !part.is_settled {
            return Err(Objection::NotNow);
        }
        if self.refer_to_conference(part.leg, number, None, now) {
            return Ok(Some(call));
        }
        let to = self.plan_transfer(part.leg, number, Mover::App, now);
        if let Handover::Number(Plan::Refuse { cause, .. }) = to {
            return Err(Objection::Refused(cause.text));
        }
        self.deliver(part.leg, News::Referred { request: None, to }, now);
        Ok(Some(call))
    }

    fn move_call(&mut self, user: UserId, call: CallId, device: DeviceId, now: Instant) -> Controlled {
        let part = self.part(user, call)?;
        let to = self.phone(user, device)?;
        if !part.is_settled || part.devices.contains(&device) {
            return Err(Objection::NotNow);
        }
        self.bring(call, part.leg, to, device, Mover::App, now)
    }

    fn take_held(&mut self, user: UserId, call: CallId, device: DeviceId, now: Instant) -> Controlled {
        let entry = self.calls.calls.get(&call).ok_or(Objection::NoSuchCall)?;
        let team = entry.team.ok_or(Objection::NoSuchCall)?;
        let mut teams = self.directory.directory().teams.iter();
        let team = teams
            .find(|known| known.id == team && known.has_line)
            .ok_or(Objection::NoSuchCall)?;
        if team.members.iter().all(|member| member.kind != MemberKind::Person(user)) {
            return Err(Objection::NoSuchCall);
        }
        let seen = entry.call.seen();
        let on_line = entry.call.on_line(false, |party| is_party(team, party));
        let member = on_line.and_then(|line| line.member?.user);
        let held = seen
            .iter()
            .find(|seen| seen.is_settled && seen.state == CallState::Holding && Some(seen.user) == member);
        let Some(from) = held.filter(|_| seen.iter().all(|seen| seen.user != user)).map(|seen| seen.leg) else {
            return Err(Objection::NotNow);
        };
        let to = self.phone(user, device)?;
        self.bring(call, from, to, device, Mover::Colleague, now)
    }

    /// Calls a phone into the place of a leg.
    fn bring(&mut self, call: CallId, from: LegId, to: Party, device: DeviceId, by: Mover, now: Instant) -> Controlled {
        let branches = self.branches_at(call, &to, device, by == Mover::Colleague);
        self.calls.include(call, branches.iter().flat_map(Branch::legs));
        let to = Handover::Phone(Move { to, branches, by });
        self.deliver(from, News::Referred { request: None, to }, now);
        Ok(Some(call))
    }
}
