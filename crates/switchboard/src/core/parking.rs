//! Slots for parked calls: who is where, how they get there, and how they are taken again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{CallId, DeviceId, UserId};

use super::admission::{Asked, Wanted};
use super::ringing::Reach;
use super::{Controlled, Core, LiveEvent, Objection, ParkedCall, Party};
use crate::call::{Branch, Cause, Handover, News, Plan, Slot};

const NOTHING_PARKED: Cause = Cause {
    status: 404,
    text: "nothing is parked there",
};
/// A parked call rings back no earlier.
const RINGS_BACK_AFTER_MIN: Duration = Duration::from_secs(10);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Slots {
    calls: BTreeMap<u8, CallId>,
    told: Arc<[ParkedCall]>,
}

impl Core {
    /// A call may be in a slot now, or in none any more.
    pub(super) fn parking_changed(&mut self, id: CallId) {
        let entry = self.calls.calls.get(&id);
        let slot = entry.and_then(|entry| entry.call.parked()).map(|parked| parked.slot);
        let before = self.slots.calls.iter().find(|(_, call)| **call == id).map(|(slot, _)| *slot);
        if slot == before {
            return;
        }
        if let Some(before) = before {
            self.slots.calls.remove(&before);
        }
        self.slots.calls.extend(slot.map(|slot| (slot, id)));
        let parked: Arc<[ParkedCall]> = self.slots.calls.values().filter_map(|id| self.parked_call(*id)).collect();
        if self.slots.told != parked {
            self.slots.told = Arc::clone(&parked);
            self.tell(LiveEvent::Parked(parked));
        }
    }

    fn parked_call(&self, call: CallId) -> Option<ParkedCall> {
        let parked = self.calls.calls.get(&call)?.call.parked()?;
        Some(ParkedCall {
            call,
            slot: parked.slot,
            party: parked.party.clone(),
            by: parked.by.clone(),
            since: parked.since,
        })
    }

    /// The slot that somebody wants to park in; `None`: the first one that is free.
    fn free_slot(&self, wanted: Option<u8>) -> Result<Slot, Cause> {
        let parking = self.directory.directory().parking;
        let is_free = |slot: &u8| !self.slots.calls.contains_key(slot);
        let number = match wanted {
            Some(slot) if !(1..=parking.slots).contains(&slot) => Err(Cause {
                status: 404,
                text: "there is no such slot",
            }),
            Some(slot) => Some(slot).filter(is_free).ok_or(Cause {
                status: 486,
                text: "somebody is parked there already",
            }),
            None => (1..=parking.slots).find(is_free).ok_or(Cause {
                status: 486,
                text: "all slots are taken",
            }),
        }?;
        let rings_back_after = Duration::from_secs(parking.rings_back_after_s.into()).max(RINGS_BACK_AFTER_MIN);
        Ok(Slot { number, rings_back_after })
    }

    /// Somebody hands the other party over to the code: `rest` is the slot, or nothing.
    pub(super) fn plan_parking(&self, rest: &str) -> Handover {
        let slot = slot_number(rest).and_then(|slot| self.free_slot(slot));
        slot.map_or_else(
            |cause| {
                let called = Party {
                    user: None,
                    device: None,
                    number: String::new(),
                    name: String::new(),
                };
                Handover::Number(Plan::Refuse { called, cause })
            },
            Handover::Slot,
        )
    }

    /// Somebody parks a call of theirs in the app.
    pub(super) fn park_call(&mut self, user: UserId, call: CallId, slot: Option<u8>, now: Instant) -> Controlled {
        let leg = self.leg_to_part_from(user, call)?;
        let slot = self.free_slot(slot).map_err(|cause| Objection::Refused(cause.text))?;
        let to = Handover::Slot(slot);
        self.deliver(leg, News::Referred { request: None, to }, now);
        Ok(Some(call))
    }

    /// Somebody takes a parked call in the app.
    pub(super) fn unpark(&mut self, user: UserId, slot: u8, device: DeviceId, now: Instant) -> Controlled {
        let call = self.slots.calls.get(&slot).copied().ok_or(Objection::NoSuchCall)?;
        if self.is_parked(user, call) {
            return Err(Objection::NotNow);
        }
        self.answer_by_phone(user, call, device, now)
    }

    /// Somebody has dialled the code, with a slot behind it or without.
    pub(super) fn take_parked(&mut self, wanted: Wanted<'_>, rest: &str, now: Instant) {
        let found = wanted
            .caller
            .user
            .ok_or(NOTHING_PARKED)
            .and_then(|user| self.parked_for(user, rest));
        match found {
            Ok(call) => self.answer_by_invite(wanted, call, NOTHING_PARKED, now),
            Err(cause) => self.refuse(wanted.dialog, cause, now),
        }
    }

    /// The parked call that somebody means: without a slot the one that they have parked, the last one first; else the only one.
    pub(super) fn parked_for(&self, user: UserId, rest: &str) -> Result<CallId, Cause> {
        if let Some(slot) = slot_number(rest)? {
            let call = self.slots.calls.get(&slot).copied();
            return call.filter(|call| !self.is_parked(user, *call)).ok_or(NOTHING_PARKED);
        }
        let others = || self.slots.calls.values().copied().filter(|call| !self.is_parked(user, *call));
        let own = others().filter_map(|call| {
            let parked = self.calls.calls.get(&call)?.call.parked()?;
            (parked.by.user == Some(user)).then_some((parked.since, call))
        });
        if let Some((_, call)) = own.max() {
            return Ok(call);
        }
        let mut others = others();
        match (others.next(), others.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(NOTHING_PARKED),
            (Some(_), Some(_)) => Err(Cause {
                status: 484,
                text: "several calls are parked: dial the slot behind the code",
            }),
        }
    }

    /// Whether it is they themselves who wait in this call.
    fn is_parked(&self, user: UserId, call: CallId) -> bool {
        let entry = self.calls.calls.get(&call);
        let parked = entry.and_then(|entry| entry.call.parked());
        parked.is_some_and(|parked| parked.party.user == Some(user))
    }

    /// It was parked for long: it rings at whoever has parked it. Where that is not possible now, it will be tried again.
    pub(super) fn ring_back(&mut self, call: CallId, party: &Party, to: Party, now: Instant) {
        let asked = Asked {
            responsible: None,
            is_of_place: false,
            for_whom: party.user,
            number: party.number.clone(),
            original: None,
            without: vec![party.device],
            teams: Vec::new(),
            through: Vec::new(),
        };
        let to = Party { device: None, ..to };
        let reach = match to.user {
            Some(user) => self.reach_phones(call, &to, user, &asked),
            None => Reach::Nobody,
        };
        let branches = match reach {
            Reach::Rings(branches) => branches,
            Reach::Busy | Reach::Nobody => return,
        };
        let name = if party.name.is_empty() { &party.number } else { &party.name };
        let from = Party {
            name: format!("Parked: {name}"),
            ..party.clone()
        };
        self.calls.include(call, branches.iter().flat_map(Branch::legs));
        let Some(entry) = self.calls.calls.get_mut(&call) else { return };
        let mut commands = Vec::new();
        entry.call.ring_back(&from, to, branches, now, &mut commands);
        self.carry_out(call, commands, now);
    }
}

/// What stands behind the code: one digit, or nothing.
fn slot_number(rest: &str) -> Result<Option<u8>, Cause> {
    let no_such_slot = Cause {
        status: 404,
        text: "there is no such slot",
    };
    match rest {
        "" => Ok(None),
        slot => slot.parse().map(Some).map_err(|_| no_such_slot),
    }
}
