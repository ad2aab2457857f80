//! A call as each person in it sees it.

use std::time::Instant;

use model::{DeviceId, LegId, UserId};

use super::conference::{Member, Stage};
use super::fork::Fork;
use super::leg::Leg;
use super::picking::Pickers;
use super::transfer::Transfer;
use super::{Call, State};
use crate::core::{CallState, Party, Side};

/// What one of the people in a call sees of it.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) user: UserId,
    pub(crate) side: Side,
    pub(crate) state: CallState,
    /// The phones of theirs that are in it, or ring.
    pub(crate) devices: Vec<DeviceId>,
    pub(crate) other: &'a Party,
    /// Their leg: the one that talks, else the first one that rings.
    pub(crate) leg: LegId,
    /// Two talk, and nothing else is under way: it can be moved, or handed over.
    pub(crate) is_settled: bool,
    /// They hold the other party: by their phone, or from the app.
    pub(crate) is_holding: bool,
    /// Their phone itself holds the other party, whatever the app has asked for.
    pub(crate) is_held_by_phone: bool,
    /// Since when they are in it, where others were before.
    pub(crate) since: Option<Instant>,
}

/// Everybody who is in a call, each once.
#[derive(Default)]
struct People<'a>(Vec<Seen<'a>>);

impl<'a> People<'a> {
    /// Somebody's leg. Of a person with several the first one tells their state; the others are further phones of theirs.
    fn add(&mut self, leg: &Leg, state: CallState, other: &'a Party) {
        self.add_part((leg.id, &leg.party, leg.side), state, (leg.holds(), leg.holds_us()), other);
    }

    fn add_part(
        &mut self,
        (leg, party, side): (LegId, &Party, Side),
        state: CallState,
        (is_holding, is_held_by_phone): (bool, bool),
        other: &'a Party,
    ) {
        let Some(user) = party.user else { return };
        if let Some(known) = self.0.iter_mut().find(|seen| seen.user == user) {
            let new = party.device.filter(|device| !known.devices.contains(device));
            known.devices.extend(new);
            return;
        }
        self.0.push(Seen {
            user,
            side,
            state,
            devices: party.device.into_iter().collect(),
            other,
            leg,
            is_settled: false,
            is_holding,
            is_held_by_phone,
            since: None,
        });
    }

    fn add_member(&mut self, member: &Member, venue: &'a Party) {
        let state = match (&member.stage, member.leg.side) {
            (Stage::Arriving { .. }, Side::Called) => CallState::Ringing,
            (Stage::Arriving { .. }, Side::Caller) | (Stage::AtTheDoor(_), _) => CallState::Dialling,
            (Stage::Waiting, _) => CallState::Waiting,
            (Stage::Present, _) if member.leg.holds() => CallState::Holding,
            (Stage::Present, _) => CallState::Conferring,
            // There is nothing that they could do with it.
            (Stage::Removed { .. }, _) => return,
        };
        let known = self.0.len();
        self.add(&member.leg, state, venue);
        if let Some(seen) = self.0.get_mut(known) {
            seen.since = Some(member.begun);
        }
    }

    fn add_pair(&mut self, a: &'a Leg, b: &'a Leg) {
        self.add(a, talking(a, b), &b.party);
        self.add(b, talking(b, a), &a.party);
    }

    fn add_transfer(&mut self, transfer: &'a Transfer, to: &'a Party) {
        if let Some(leg) = &transfer.transferor {
            self.add(leg, CallState::Talking, &transfer.transferee.party);
        }
        self.add(&transfer.transferee, CallState::Dialling, to);
    }

    /// Those who are about to answer in another one's place, and those whom it rings at beside.
    fn add_pickers(&mut self, pickers: &Pickers, other: &'a Party) {
        for leg in pickers.asking() {
            self.add(leg, CallState::Lifting, other);
        }
        for fork in pickers.rung() {
            self.add_phones(fork, other);
        }
    }

    fn add_phones(&mut self, fork: &Fork, other: &'a Party) {
        for branch in &fork.branches {
            self.add(branch, CallState::Ringing, other);
        }
        for (leg, party) in fork.silent() {
            self.add_part((leg, party, Side::Called), CallState::Ringing, (false, false), other);
        }
    }

    fn add_fork(&mut self, fork: &'a Fork) {
        self.add_phones(fork, &fork.from);
        self.add_pickers(fork.pickers(), &fork.from);
    }
}

/// What somebody who talks to `other` does.
fn talking(leg: &Leg, other: &Leg) -> CallState {
    match (leg.holds(), other.holds()) {
        (true, _) => CallState::Holding,
        (false, true) => CallState::Held,
        (false, false) => CallState::Talking,
    }
}

impl Call {
    /// Who talks by this leg, and by which leg they are heard: `None` for all of a conference. Nobody talks who waits, holds or is held.
    pub(crate) fn talks(&self, leg: LegId) -> Option<(&Party, Option<LegId>)> {
        let pair = match &self.state {
            State::Talking { pair: [a, b] } => (a, b),
            State::Moving(moving) => (&moving.mover, &moving.other),
            State::Conference(conference) => {
                let is_here = |member: &&Member| member.leg.id == leg && matches!(member.stage, Stage::Present) && !member.leg.holds();
                return conference.members.iter().find(is_here).map(|member| (&member.leg.party, None));
            }
            State::Lifting(_)
            | State::Ringing { .. }
            | State::Answering { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Parked(_)
            | State::Transferring { .. }
            | State::HandingOver { .. }
            | State::Attending(_)
            | State::LoggingOn(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => return None,
        };
        let (a, b) = pair;
        if a.holds() || b.holds() {
            return None;
        }
        let (own, other) = if a.id == leg { (a, b) } else { (b, a) };
        (own.id == leg).then_some((&own.party, Some(other.id)))
    }

    /// What everybody in it sees, each person once; nothing of those who are no people of ours.
    pub(crate) fn seen(&self) -> Vec<Seen<'_>> {
        let mut people = People::default();
        match &self.state {
            State::Lifting(lifting) => {
                let own = lifting.lifted().into_iter();
                for leg in own.chain(lifting.fork().into_iter().flat_map(|fork| &fork.branches)) {
                    people.add(leg, CallState::Lifting, &lifting.called);
                }
            }
            State::Ringing { caller, fork } => {
                people.add(caller, CallState::Dialling, &fork.called);
                people.add_fork(fork);
            }
            State::Answering { caller, called, .. } => {
                people.add(caller, CallState::Dialling, &called.party);
                people.add(called, CallState::Ringing, &caller.party);
            }
            State::Greeting { caller, to, .. } => people.add(caller, CallState::Dialling, &to.called),
            State::Serving { caller, to } => people.add(caller, CallState::Talking, &to.called),
            State::Attending(attendant) => {
                let is_waiting = attendant.story().is_some();
                let state = if is_waiting { CallState::Dialling } else { CallState::Talking };
                people.add(attendant.caller(), state, attendant.other());
                if let Some(target) = attendant.target() {
                    people.add(target, CallState::Ringing, &attendant.caller().party);
                }
                attendant.fork().into_iter().for_each(|fork| people.add_fork(fork));
            }
            State::Talking { pair: [a, b] } => {
                people.add_pair(a, b);
                people.0.iter_mut().for_each(|seen| seen.is_settled = true);
            }
            State::Moving(moving) => {
                people.add(&moving.mover, CallState::Moving, &moving.other.party);
                people.add(&moving.other, talking(&moving.other, &moving.mover), &moving.mover.party);
                let arriving = moving.arriving().into_iter();
                for leg in arriving.chain(moving.fork().into_iter().flat_map(|fork| &fork.branches)) {
                    people.add(leg, CallState::Ringing, &moving.other.party);
                }
            }
            State::Transferring { transfer, fork } => {
                people.add_transfer(transfer, &fork.called);
                people.add_fork(fork);
            }
            State::HandingOver { transfer, target, .. } => {
                people.add_transfer(transfer, &target.party);
                people.add(target, CallState::Ringing, &transfer.transferee.party);
            }
            State::Parked(parked) => {
                people.add(parked.party(), CallState::Held, parked.by());
                people.add_pickers(parked.pickers(), &parked.party().party);
            }
            State::Conference(conference) => {
                for member in &conference.members {
                    people.add_member(member, &conference.venue);
                }
                for fork in conference.forks() {
                    people.add_fork(fork);
                }
            }
            State::Farewell(farewell) => people.add(&farewell.leg, CallState::Dialling, &farewell.other),
            State::LoggingOn(_) | State::Echoing(_) | State::Ending { .. } | State::Unmade { .. } | State::Over => {}
        }
        people.0
    }
}
