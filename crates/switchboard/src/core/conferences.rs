//! Conferences: who comes to a room, who is called in, and what those who are in it see.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{CallId, DeviceId, LegId, UserId};
use sip::agent::RequestId;

use super::admission::{Asked, MAX_FORWARDS, Wanted};
use super::calls::{Entry, Signalling};
use super::{Attendance, CallState, ConferenceView, Controlled, Core, LiveEvent, MemberDeed, Objection, Party};
use crate::call::{Branch, Call, Cause, Command, Invite, Leaver, Newcomer, News, Pin, Plan};
use crate::dialplan::{self, Destination, Dialler};
use crate::directory::{Feature, Room, RoomId};

/// Wrong PINs within an hour after which nobody from outside is asked any more: four digits take three weeks to be tried.
const GUESSES_MAX: usize = 20;
const GUESSES_COUNT_FOR: Duration = Duration::from_secs(3_600);

/// The calls that rooms have; a room without one is empty.
#[derive(Debug, Default)]
pub(super) struct Conferences {
    rooms: BTreeMap<RoomId, CallId>,
    /// When wrong PINs were entered, oldest first.
    guesses: BTreeMap<RoomId, VecDeque<Instant>>,
    /// The call of a room that has just come under siege.
    besieged: Option<CallId>,
}

/// Why nobody from outside is asked for a PIN.
const BESIEGED: Cause = Cause {
    status: 403,
    text: "too many wrong PINs: let somebody inside call you",
};

impl Conferences {
    /// Somebody has entered a wrong PIN.
    pub(super) fn guessed(&mut self, call: CallId, now: Instant) {
        let Some(room) = self.rooms.iter().find(|(_, running)| **running == call).map(|(room, _)| *room) else {
            return;
        };
        let guesses = self.guesses.entry(room).or_default();
        if guesses.len() >= GUESSES_MAX {
            guesses.pop_front();
        }
        guesses.push_back(now);
        if self.is_besieged(room, now) {
            self.besieged = Some(call);
        }
    }

    /// Whether so many have been wrong that nobody is asked.
    fn is_besieged(&mut self, room: RoomId, now: Instant) -> bool {
        for guesses in self.guesses.values_mut() {
            guesses.retain(|guess| *guess + GUESSES_COUNT_FOR > now);
        }
        self.guesses.retain(|_, guesses| !guesses.is_empty());
        self.guesses.get(&room).is_some_and(|guesses| guesses.len() >= GUESSES_MAX)
    }

    /// A call is over.
    pub(super) fn over(&mut self, call: CallId) {
        self.rooms.retain(|_, running| *running != call);
    }
}

impl Core {
    /// The room whose number somebody has dialled.
    pub(super) fn room_dialled(&self, dialled: &str, user: Option<UserId>) -> Option<Room> {
        let dialler = Dialler {
            user: user.and_then(|user| self.directory.user(user)),
            original: None,
        };
        match dialplan::find(&self.directory, dialler, dialled, self.clock) {
            Destination::Room(room) => Some(room.clone()),
            Destination::User(_)
            | Destination::Team(_)
            | Destination::Menu(_)
            | Destination::Feature(_)
            | Destination::Outside(_)
            | Destination::Denied(_) => None,
        }
    }

    /// Somebody calls a room: they come into its call, or begin it.
    pub(super) fn come_to_room(&mut self, wanted: Wanted<'_>, room: Room, now: Instant) {
        let user = wanted.caller.user;
        let message = wanted.message;
        let way = self.pin_for(&room, user, now);
        let (pin, running) = match way.and_then(|pin| Ok((self.way_into(&room, pin.is_some())?, pin))) {
            Ok((running, pin)) => (pin, running),
            Err(cause) => return self.refuse(wanted.dialog, cause, now),
        };
        let story = CallId(self.calls.id());
        let id = running.unwrap_or(story);
        let leg = self.calls.add_leg(id, &wanted.caller, wanted.flow, Signalling::Done);
        if let Some(line) = wanted.line {
            self.calls.assign(leg, line);
        }
        self.dialog_begins(leg, wanted.dialog);
        let newcomer = Newcomer {
            is_host: user.is_some_and(|user| room.hosts.contains(&user)),
            caller: self.caller(leg, wanted),
            pin,
            story,
        };
        if running.is_none() {
            self.open_room(&room, id, message.max_forwards().unwrap_or(MAX_FORWARDS).saturating_sub(1), now);
        }
        self.calls.include(id, [leg]);
        self.change_call(id, now, |call, commands| call.enter(room, newcomer, now, commands));
    }

    /// What somebody is asked for who comes to a room: nothing, where they are one of ours.
    pub(super) fn pin_for(&mut self, room: &Room, user: Option<UserId>, now: Instant) -> Result<Option<Pin>, Cause> {
        match (user, &room.pin) {
            (Some(_), _) => Ok(None),
            (None, Some(_)) if self.conferences.is_besieged(room.id, now) => Err(BESIEGED),
            (None, Some(pin)) => Ok(Some(Pin(pin.clone()))),
            (None, None) => Err(Cause {
                status: 403,
                text: "this room is for people of the company alone",
            }),
        }
    }

    /// A room gets a call; somebody has to come into it at once.
    fn open_room(&mut self, room: &Room, id: CallId, hops: u8, now: Instant) {
        let ring_max = Duration::from_secs(self.directory.directory().ring_seconds_max.max(1).into());
        let call = Call::meet(id, room, ring_max);
        self.conferences.rooms.insert(room.id, id);
        self.calls.calls.insert(id, Entry::new(call, Vec::new(), hops, now));
    }

    /// Whether one more may come to a room; then by which call, if somebody is in it.
    pub(super) fn way_into(&self, room: &Room, needs_pin: bool) -> Result<Option<CallId>, Cause> {
        let running = self.running_call_of(room.id);
        let is_free = |call: CallId| self.calls.calls.get(&call).is_some_and(|entry| entry.call.has_room_for(needs_pin));
        if room.members_max == 0 || running.is_some_and(|call| !is_free(call)) {
            return Err(Cause::ROOM_FULL);
        }
        Ok(running)
    }

    /// Somebody has dialled a room in the app, and their phone is up.
    pub(super) fn lifted_for_room(&mut self, (call, leg): (CallId, LegId), room: Room, now: Instant) {
        let running = match self.way_into(&room, false) {
            Ok(running) => running,
            Err(cause) => {
                let called = outsider(&room);
                let plan = Plan::Refuse { called, cause };
                return self.deliver(leg, News::Planned { plan }, now);
            }
        };
        self.send_to_room(
            call,
            (room, running),
            None,
            |call, into, commands| call.release_lifted(into, now, commands),
            now,
        );
    }

    /// Somebody goes from one call into that of a room, where they are asked for the PIN. `false`: they could not be let go.
    pub(super) fn send_to_room(
        &mut self,
        call: CallId,
        (room, running): (Room, Option<CallId>),
        pin: Option<Pin>,
        release: impl FnOnce(&mut Call, CallId, &mut Vec<Command>) -> Option<Leaver>,
        now: Instant,
    ) -> bool {
        let into = running.unwrap_or_else(|| CallId(self.calls.id()));
        if running.is_none() {
            self.open_room(&room, into, MAX_FORWARDS, now);
        }
        let release = |call: &mut Call, commands: &mut _| release(call, into, commands);
        let welcome = |call: &mut Call, leaver, commands: &mut _| call.welcome(room, leaver, pin, now, commands);
        let has_come = self.join((call, into), release, welcome, now);
        if !has_come && running.is_none() {
            self.change_call(into, now, |call, commands| call.end(Cause::OK, now, commands));
        }
        has_come
    }

    /// Somebody hands the other party over to a room, or to the conference of their other call (`*3`). `false`: to something else.
    pub(super) fn refer_to_conference(&mut self, by: LegId, number: &str, request: Option<RequestId>, now: Instant) -> bool {
        let Some(entry) = self.calls.legs.get(&by) else { return false };
        let (call, user) = (entry.call, entry.user);
        let Some(user) = user.filter(|_| entry.line.is_none()) else {
            return false;
        };
        let Some((party, _)) = self.calls.calls.get(&call).and_then(|entry| entry.call.peer_of(by)) else {
            return false;
        };
        if self.feature_dialled(number).is_some_and(|code| code.feature == Feature::Conference) {
            let Some(into) = self.conference_beside(user, call) else {
                return false;
            };
            self.join_conference((call, party, request), into, now);
            return true;
        }
        let Some(room) = self.room_dialled(number, Some(user)) else {
            return false;
        };
        let Ok(running) = self.way_into(&room, false) else { return false };
        let release = |call: &mut Call, into, commands: &mut _| call.release_into(party, into, request, now, commands);
        self.send_to_room(call, (room, running), None, release, now)
    }

    /// Somebody's youngest other call that a third one can come into.
    fn conference_beside(&self, user: UserId, call: CallId) -> Option<(CallId, LegId)> {
        let others = self.watch.calls_of(user).filter(|other| *other != call);
        let fitting = others.filter_map(|other| {
            let part = self.part(user, other).ok()?;
            let can_come = self.calls.calls.get(&other)?.call.can_invite(part.leg);
            can_come.then_some((other, part.leg))
        });
        fitting.last()
    }

    /// The call of a room that somebody is in.
    fn running_call_of(&self, room: RoomId) -> Option<CallId> {
        let call = *self.conferences.rooms.get(&room)?;
        let is_running = self.calls.calls.get(&call)?.call.conference_view().is_some();
        is_running.then_some(call)
    }

    /// Calls somebody into a conference, or into a talk that becomes one.
    pub(super) fn invite_into(&mut self, user: UserId, call: CallId, number: &str, now: Instant) -> Controlled {
        let part = self.part(user, call)?;
        let entry = self.calls.calls.get(&call).ok_or(Objection::NoSuchCall)?;
        if !entry.call.can_invite(part.leg) || part.state == CallState::Waiting {
            return Err(Objection::NotNow);
        }
        let calls_a_team = entry.call.calls_a_team();
        let without = entry.call.parties().map(|(party, _)| party.device).collect();
        let device = self.calls.legs.get(&part.leg).and_then(|entry| entry.device);
        let by = self.somebody(user, device);
        let story = CallId(self.calls.id());
        let asked = Asked {
            responsible: Some(user),
            is_of_place: false,
            for_whom: Some(user),
            number: by.number.clone(),
            original: None,
            without,
            teams: Vec::new(),
            through: Vec::new(),
        };
        let is_team = self.is_team_dialled(user, number);
        if is_team && calls_a_team {
            return Err(Objection::NotNow);
        }
        // What it costs is counted by the story; the turns of a team are the call's. A person has none: nobody is forwarded who does not answer.
        let planned = if is_team { call } else { story };
        let plan = self.plan(planned, number, &asked, now);
        if !is_team {
            self.hunts.end(story);
        }
        self.hunts.forwarded_as(planned, story);
        let place = device.filter(|device| self.seating.is_shared(*device));
        let emergency = self.emergency(Some(user), place, number, &plan);
        let (called, branches, pace) = match plan {
            Plan::Ring { called, branches, pace } => (
                called,
                branches,
                if is_team && pace.is_team { pace } else { pace.going_nowhere_else() },
            ),
            Plan::Serve { .. } => {
                self.forget_forwards(story);
                return Err(Objection::Refused("a code or a menu cannot come into a conference"));
            }
            Plan::Refuse { called, cause } => {
                self.forget_forwards(story);
                if emergency.is_some() {
                    self.journal_refusal(story, (by, called), emergency, cause, now);
                }
                return Err(Objection::Refused(cause.text));
            }
        };
        for leg in branches.iter().flat_map(Branch::legs) {
            if let Some(entry) = self.calls.legs.get_mut(&leg) {
                entry.call = call;
            }
        }
        self.calls.include(call, branches.iter().flat_map(Branch::legs));
        let invite = Invite {
            by: part.leg,
            name: LegId(self.calls.id()),
            story,
            called,
            phones: (branches, pace),
        };
        self.change_call(call, now, |call, commands| call.invite(invite, now, commands));
        self.tell_of_forwards(story, now);
        if let Some(emergency) = emergency {
            self.tell_of_emergency(story, emergency);
        }
        Ok(Some(call))
    }

    fn somebody(&self, user: UserId, device: Option<DeviceId>) -> Party {
        let person = self.directory.user(user);
        Party {
            user: Some(user),
            device,
            number: person.and_then(|user| user.extension.clone()).unwrap_or_default(),
            name: person.map(|user| user.name.clone()).unwrap_or_default(),
        }
    }

    fn is_team_dialled(&self, user: UserId, number: &str) -> bool {
        let dialler = Dialler {
            user: self.directory.user(user),
            original: None,
        };
        matches!(dialplan::find(&self.directory, dialler, number, self.clock), Destination::Team(_))
    }

    /// Makes two calls one conference: the other party of `call` comes into `with`, where it is the other way round no conference yet.
    pub(super) fn confer(&mut self, user: UserId, call: CallId, with: CallId, now: Instant) -> Controlled {
        let (one, other) = (self.part(user, call)?, self.part(user, with)?);
        let (from, into) = match (one.is_settled, other.is_settled) {
            _ if call == with => return Err(Objection::NotNow),
            (true, _) => ((call, one), (with, other)),
            (false, true) => ((with, other), (call, one)),
            (false, false) => return Err(Objection::NotNow),
        };
        let ((call, one), (with, other)) = (from, into);
        let party = self.calls.calls.get(&call).and_then(|entry| Some(entry.call.peer_of(one.leg)?.0));
        let can_come = self.calls.calls.get(&with).is_some_and(|entry| entry.call.can_invite(other.leg));
        let Some(party) = party.filter(|_| can_come) else {
            return Err(Objection::NotNow);
        };
        self.join_conference((call, party, None), (with, other.leg), now);
        Ok(Some(with))
    }

    /// A party of one call goes into another one, which is a conference from now on at the latest; the first one is over.
    fn join_conference(&mut self, (call, party, request): (CallId, LegId, Option<RequestId>), (with, by): (CallId, LegId), now: Instant) {
        let release = |call: &mut Call, commands: &mut _| call.release_into(party, with, request, now, commands);
        self.join(
            (call, with),
            release,
            |call, leaver, commands| call.join(by, leaver, now, commands),
            now,
        );
        let is_holding = self.calls.calls.get(&with).is_some_and(|entry| entry.call.is_held_by(by));
        if is_holding {
            self.park(by, false, now);
        }
    }

    /// Does something with somebody who is in a conference.
    pub(super) fn do_to_member(&mut self, user: UserId, call: CallId, member: LegId, deed: MemberDeed, now: Instant) -> Controlled {
        let by = self.part(user, call)?.leg;
        self.change_call(call, now, |call, commands| call.do_to_member(by, member, deed, now, commands))
            .ok_or(Objection::NoSuchCall)??;
        Ok(Some(call))
    }

    /// Lets nobody else into a conference, or everybody who may again.
    pub(super) fn lock_conference(&mut self, user: UserId, call: CallId, is_locked: bool, now: Instant) -> Controlled {
        let by = self.part(user, call)?.leg;
        self.change_call(call, now, |call, commands| call.lock(by, is_locked, now, commands))
            .ok_or(Objection::NoSuchCall)??;
        Ok(Some(call))
    }

    fn change_call<T>(&mut self, id: CallId, now: Instant, change: impl FnOnce(&mut Call, &mut Vec<Command>) -> T) -> Option<T> {
        let entry = self.calls.calls.get_mut(&id)?;
        let mut commands = Vec::new();
        let result = change(&mut entry.call, &mut commands);
        self.carry_out(id, commands, now);
        Some(result)
    }

    /// Where a room has just come under siege, those who are at its door already guess no more.
    pub(super) fn besiegers_leave(&mut self, id: CallId, now: Instant) {
        if self.conferences.besieged.take_if(|besieged| *besieged == id).is_none() {
            return;
        }
        let Some(entry) = self.calls.calls.get_mut(&id) else { return };
        let mut commands = Vec::new();
        entry.call.shut_out(BESIEGED, now, &mut commands);
        self.execute_all(id, commands, now);
    }

    /// A conference may look different now: those in it are told, and those who have just left.
    pub(super) fn conference_changed(&mut self, id: CallId) {
        let Some(entry) = self.calls.calls.get_mut(&id) else { return };
        let view = entry.call.conference_view().filter(|view| !view.members.is_empty());
        if view.as_ref() == entry.conference.as_deref() {
            return;
        }
        let before = entry.conference.take();
        let mut users: Vec<UserId> = before.iter().flat_map(|view| people(view)).collect();
        users.extend(view.iter().flat_map(people));
        users.sort_unstable();
        users.dedup();
        let view = view.map(Arc::new);
        entry.conference.clone_from(&view);
        let over = || {
            Arc::new(ConferenceView {
                call: id,
                room: before.as_ref().and_then(|before| before.room),
                is_locked: false,
                members: Vec::new(),
            })
        };
        let view = view.unwrap_or_else(over);
        self.tell(LiveEvent::Conference { users: users.into(), view });
    }

    /// Media has heard who speaks: who waits in the lobby does not.
    pub(super) fn somebody_speaks(&mut self, call: CallId, levels: &[(LegId, i8)]) {
        let Some(view) = self.calls.calls.get(&call).and_then(|entry| entry.conference.as_ref()) else {
            return;
        };
        let is_in = |leg: LegId| view.members.iter().any(|member| member.leg == leg);
        let levels: Arc<[(LegId, i8)]> = levels.iter().copied().filter(|(leg, _)| is_in(*leg)).collect();
        let inside = view.members.iter().filter(|member| member.presence.is_inside());
        let mut users: Vec<UserId> = inside.filter_map(|member| member.party.user).collect();
        users.sort_unstable();
        users.dedup();
        let users = users.into();
        self.tell(LiveEvent::Speaking { call, users, levels });
    }
}

/// People of ours who are in it.
fn people(view: &ConferenceView) -> impl Iterator<Item = UserId> {
    let members = view.members.iter().filter(|member| member.presence != Attendance::Invited);
    members.filter_map(|member| member.party.user)
}

fn outsider(room: &Room) -> Party {
    Party {
        user: None,
        device: None,
        number: room.extension.clone(),
        name: room.name.clone(),
    }
}
