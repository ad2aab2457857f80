//! Two calls become one: legs go from one to the other, with everything that the core knows of them.

use std::time::Instant;

use model::{CallId, DeviceId, LegId, UserId};
use sip::agent::RequestId;

use super::admission::Asked;
use super::calls::Calls;
use super::ringing::Reach;
use super::teams::is_member;
use super::{Controlled, Core, Objection, Party};
use crate::call::{Branch, Call, Command, Joiner, Pace, Search, Turn};
use crate::dialplan::Original;

/// Why two calls do not become one now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Apart {
    /// It is the same call, or the same person at both ends.
    Same,
    /// One of them is in no state for it, or over.
    Unfit,
}

impl Core {
    /// Makes legs of one call legs of another. `release` takes them out of the one, if it can; then `admit` has to find a place for them in
    /// the other, or hang them up. Nobody is told anything in between. `false`: nothing has happened.
    pub(super) fn join<J: AsRef<[Joiner]>>(
        &mut self,
        (from, into): (CallId, CallId),
        release: impl FnOnce(&mut Call, &mut Vec<Command>) -> Option<J>,
        admit: impl FnOnce(&mut Call, J, &mut Vec<Command>),
        now: Instant,
    ) -> bool {
        if from == into || !self.calls.calls.contains_key(&into) {
            return false;
        }
        let Some(old) = self.calls.calls.get_mut(&from) else { return false };
        let (team, mut parting, mut arriving) = (old.team, Vec::new(), Vec::new());
        let Some(joiners) = release(&mut old.call, &mut parting) else {
            return false;
        };
        let legs: Vec<LegId> = joiners.as_ref().iter().map(Joiner::id).collect();
        self.calls.hand_on(&legs, from, into);
        if legs.iter().any(|leg| self.calls.is_outside(*leg)) {
            self.guard.joined(from, into);
        }
        if let Some(new) = self.calls.calls.get_mut(&into) {
            admit(&mut new.call, joiners, &mut arriving);
        }
        self.execute_all(from, parting, now);
        self.execute_all(into, arriving, now);
        let known = team.and_then(|team| self.directory.team(team));
        if let Some(new) = self.calls.calls.get_mut(&into) {
            let is_theirs = || known.is_some_and(|team| new.call.parties().any(|(party, _)| is_member(team, party)));
            new.team = match new.call.search() {
                // Whoever waits has brought it along; the team that is called has the call once it has answered.
                Search::Again => team,
                Search::Underway | Search::Done => new.team.or(team.filter(|_| is_theirs())),
            };
        }
        // Whoever goes from one to the other is in the new one before they are not in the old one.
        self.calls_changed(&[into, from], now);
        true
    }

    /// Connects those with each other whom somebody talks to, or calls, by two legs of theirs, and lets both legs go (attended transfer). Where
    /// one is still called, the other one waits, and the transferor with them. `request`: the REFER that has asked for it, in `first`'s dialog.
    pub(super) fn connect_legs(&mut self, first: LegId, second: LegId, request: Option<RequestId>, now: Instant) -> Result<CallId, Apart> {
        let call_of = |leg: LegId| self.calls.legs.get(&leg).map(|entry| entry.call).ok_or(Apart::Unfit);
        let (one, other) = (call_of(first)?, call_of(second)?);
        if one == other {
            return Err(Apart::Same);
        }
        let peer = |call: CallId, leg: LegId| {
            let (peer, party) = self.calls.calls.get(&call)?.call.peer_of(leg)?;
            Some((peer, party.clone()))
        };
        let calls = |call: CallId, leg: LegId| self.calls.calls.get(&call).is_some_and(|entry| entry.call.called_by(leg).is_some());
        let attended = |call: CallId, leg: LegId| {
            let menu = self.calls.calls.get(&call).and_then(|entry| entry.call.attended());
            menu.is_some_and(|(caller, _)| caller == leg)
        };
        let (is_done, call) = match (peer(one, first), peer(other, second)) {
            (Some((_, with)), Some((_, to))) if with.user.is_some() && with.user == to.user => return Err(Apart::Same),
            (Some((_, with)), Some((joins, _))) => {
                let release = |call: &mut Call, commands: &mut _| call.release(joins, one, &with, now, commands).map(|joiner| [joiner]);
                let admit = |call: &mut Call, [joiner]: [Joiner; 1], commands: &mut _| call.admit(joiner, first, request, now, commands);
                (self.join((other, one), release, admit, now), one)
            }
            (Some(party), None) if attended(other, second) => (self.hand_to_menu((one, party), (other, second), request, now), other),
            (None, Some(party)) if request.is_none() && attended(one, first) => {
                (self.hand_to_menu((other, party), (one, first), None, now), one)
            }
            (Some(_), None) if calls(other, second) => (self.hand_over((one, first), other, request, now), other),
            // By REFER only who talks can be handed over: in that dialog it is told how it goes on.
            (None, Some(_)) if request.is_none() && calls(one, first) => (self.hand_over((other, second), one, None, now), one),
            (Some(_) | None, None) | (None, Some(_)) => return Err(Apart::Unfit),
        };
        if is_done { Ok(call) } else { Err(Apart::Unfit) }
    }

    /// A talk goes into the call that its transferor has begun, and that rings.
    fn hand_over(&mut self, (from, transferor): (CallId, LegId), into: CallId, request: Option<RequestId>, now: Instant) -> bool {
        let talk = self.calls.calls.get(&from);
        let Some((peer, transferee)) = talk.and_then(|entry| entry.call.peer_of(transferor)) else {
            return false;
        };
        let (transferee, original) = (transferee.clone(), self.original(peer, transferee));
        let device = self.calls.legs.get(&transferor).and_then(|entry| entry.device);
        let release = |call: &mut Call, commands: &mut _| call.release_both(transferor, into, now, commands);
        let admit = |call: &mut Call, joiners: [Joiner; 2], commands: &mut _| call.hand_over(joiners, request, now, commands);
        let is_done = self.join((from, into), release, admit, now);
        if is_done {
            self.hunt_for(into, (transferee, original), device);
        }
        is_done
    }

    /// Somebody goes from a talk into a menu, in the place of a transferor who hears it, or waits there for whom they have chosen.
    fn hand_to_menu(
        &mut self,
        (from, (party, transferee)): (CallId, (LegId, Party)),
        (into, place): (CallId, LegId),
        request: Option<RequestId>,
        now: Instant,
    ) -> bool {
        let original = self.original(party, &transferee);
        let device = self.calls.legs.get(&place).and_then(|entry| entry.device);
        let release = |call: &mut Call, commands: &mut _| call.release_into(party, into, request, now, commands);
        let admit = |call: &mut Call, leaver, commands: &mut _| call.attend_to(leaver, place, now, commands);
        let is_done = self.join((from, into), release, admit, now);
        if is_done {
            self.hunt_for(into, (transferee, original), device);
        }
        is_done
    }

    /// Whoever is called next is called for the one who waits now, and not at the phone of whoever has handed them over.
    fn hunt_for(&mut self, call: CallId, (waiting, original): (Party, Option<Original>), device: Option<DeviceId>) {
        if let Some(hunt) = self.hunts.running.get_mut(&call) {
            let asked = &mut hunt.asked;
            (asked.for_whom, asked.original) = (waiting.user, original);
            asked.without = vec![waiting.device, device];
            asked.number = waiting.number;
        }
    }

    /// The caller of the world that a party is who is handed on; whoever talks by their mobile is one of ours.
    pub(super) fn original(&self, leg: LegId, party: &Party) -> Option<Original> {
        let is_outsider = self.calls.is_outside(leg) && party.user.is_none();
        is_outsider.then(|| Original::of(&party.number))
    }

    /// Somebody connects the other parties of two of their calls from the app.
    pub(super) fn connect(&mut self, user: UserId, call: CallId, with: CallId, now: Instant) -> Controlled {
        let (first, second) = (self.leg_of(user, call)?, self.leg_of(user, with)?);
        let connected = self.connect_legs(first, second, None, now);
        connected.map(Some).map_err(|_| Objection::NotNow)
    }

    /// Nobody has answered whom somebody was handed over to by a transferor who has left: the transferor's phones ring.
    pub(super) fn return_call(&mut self, id: CallId, to: &Party, party: &Party, now: Instant) {
        // The team that has not answered has it on its line no more.
        self.hunts.end(id);
        let asked = Asked {
            responsible: to.user,
            is_of_place: false,
            for_whom: party.user,
            number: party.number.clone(),
            original: None,
            without: vec![party.device],
            teams: Vec::new(),
            through: Vec::new(),
        };
        let called = Party {
            device: None,
            ..to.clone()
        };
        let branches = match to.user.map(|user| self.reach_phones(id, &called, user, &asked)) {
            Some(Reach::Rings(branches)) => branches,
            Some(Reach::Busy | Reach::Nobody) | None => Vec::new(),
        };
        let Some(entry) = self.calls.calls.get_mut(&id) else { return };
        entry.legs.extend(branches.iter().flat_map(Branch::legs));
        let (pace, mut commands) = (Pace::default(), Vec::new());
        entry.call.turn(Turn::Divert { branches, pace }, now, &mut commands);
        self.carry_out(id, commands, now);
    }
}

impl Calls {
    /// Legs of one call are another one's from now on.
    fn hand_on(&mut self, legs: &[LegId], from: CallId, into: CallId) {
        if let Some(old) = self.calls.get_mut(&from) {
            old.legs.retain(|leg| !legs.contains(leg));
        }
        for leg in legs {
            if let Some(entry) = self.legs.get_mut(leg) {
                entry.call = into;
            }
        }
        self.include(into, legs.iter().copied());
    }
}
