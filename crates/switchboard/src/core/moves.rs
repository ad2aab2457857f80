//! Running calls on their way to other phones: pulled from there (`*11`), or sent there (`*12`, or from the app).

use std::time::Instant;

use model::{CallId, DeviceId, LegId, UserId};

use super::admission::{Asked, Wanted};
use super::calls::Signalling;
use super::sessions::sdp;
use super::{Core, Party};
use crate::call::{BRANCHES_MAX, Branch, Caller, Cause, Handover, Move, Mover, News, Plan};
use crate::directory::StarCode;

impl Core {
    /// What a star code does, if the dialled number is one.
    pub(super) fn feature_dialled(&self, dialled: &str) -> Option<StarCode> {
        self.directory.feature(&numbers::normalise(dialled)?)
    }

    /// Somebody takes their running call to the phone that they have dialled `*11` at: its INVITE becomes a leg of that call.
    pub(super) fn take_call(&mut self, wanted: Wanted<'_>, now: Instant) {
        let caller = &wanted.caller;
        let running = caller.user.and_then(|user| self.running_elsewhere(user, caller.device));
        let Some((call, from)) = running else {
            let cause = Cause {
                status: 404,
                text: "no call of yours is running on another phone",
            };
            return self.refuse(wanted.dialog, cause, now);
        };
        self.take_over(wanted, call, from, now);
    }

    /// An INVITE becomes a leg of a running call, in the place of one of its legs.
    pub(super) fn take_over(&mut self, wanted: Wanted<'_>, call: CallId, from: LegId, now: Instant) {
        let Wanted {
            dialog,
            flow,
            caller,
            message,
            ..
        } = wanted;
        let leg = self.calls.add_leg(call, &caller, flow, Signalling::Done);
        self.dialog_begins(leg, dialog);
        self.calls.include(call, [leg]);
        let caller = Caller {
            leg,
            party: caller,
            peer: self.peer(flow),
            offer: sdp(message.body().as_ref()),
        };
        let to = Handover::Here(Box::new(caller));
        self.deliver(from, News::Referred { request: None, to }, now);
    }

    /// The leg of somebody's running call on another phone than `device`: of the one that talks; with several, of the youngest.
    fn running_elsewhere(&self, user: UserId, device: Option<DeviceId>) -> Option<(CallId, LegId)> {
        let calls = self.watch.calls_of(user).filter_map(|id| Some((id, self.calls.calls.get(&id)?)));
        let theirs = calls.filter_map(|(id, entry)| {
            let seen = entry.call.seen().into_iter().find(|seen| seen.user == user && seen.is_settled)?;
            let is_here = device.is_some_and(|device| seen.devices.contains(&device));
            (!is_here).then_some((!seen.is_holding, id, seen.leg))
        });
        theirs.max().map(|(_, call, leg)| (call, leg))
    }

    /// Somebody sends their running call to all other phones of theirs.
    pub(super) fn plan_sending(&mut self, call: CallId, user: Option<UserId>, asked: &Asked, by: Mover) -> Handover {
        let person = user.and_then(|user| self.directory.user(user));
        let to = Party {
            user,
            device: None,
            number: person.and_then(|user| user.extension.clone()).unwrap_or_default(),
            name: person.map(|user| user.name.clone()).unwrap_or_default(),
        };
        let branches = user.map(|user| self.branches_to_others(call, &to, user, asked)).unwrap_or_default();
        if branches.is_empty() {
            let cause = Cause {
                status: 480,
                text: "no other phone of yours is registered",
            };
            return Handover::Number(Plan::Refuse { called: to, cause });
        }
        self.calls.include(call, branches.iter().flat_map(Branch::legs));
        Handover::Phone(Move { to, branches, by })
    }

    /// Legs to be for all phones of somebody that are not in the call, however they ring otherwise.
    fn branches_to_others(&mut self, call: CallId, called: &Party, user: UserId, asked: &Asked) -> Vec<Branch> {
        let devices = self.devices_at(user).into_iter().map(|device| device.id);
        let others: Vec<DeviceId> = devices.filter(|device| !asked.without.contains(&Some(*device))).collect();
        let branches = others.into_iter().flat_map(|device| self.branches_at(call, called, device, false));
        branches.take(BRANCHES_MAX).collect()
    }
}
