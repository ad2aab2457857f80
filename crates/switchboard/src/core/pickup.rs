//! Who may answer whose ringing calls, and how they do: by a code, in the app, or by a phone that asks for the dialog (RFC 3891).
//!
//! People of one pick-up group, and of one team, may answer for each other; whom it rings at already needs no leave.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use model::{CallId, DeviceId, LegId, UserId};

use super::admission::Wanted;
use super::calls::Signalling;
use super::{Controlled, Core, LiveEvent, Objection, Party, RingingCall};
use crate::call::{Branch, Cause, Picker};
use crate::directory::{Directory, MemberKind};

/// Calls that one person is told of at most.
pub(super) const PICK_UPS_TOLD_MAX: usize = 32;

pub(super) const NOTHING_RINGS: Cause = Cause {
    status: 404,
    text: "nothing rings there",
};
const NOT_PERMITTED: Cause = Cause {
    status: 403,
    text: "only calls of your own groups and teams can be picked up",
};

/// Who may answer for whom, what rings, and what people were told of that.
#[derive(Debug, Default)]
pub(super) struct PickUps {
    /// Pick-up groups and teams.
    circles: Vec<Vec<UserId>>,
    circles_of: BTreeMap<UserId, Vec<usize>>,
    /// At whom each call rings.
    rung: BTreeMap<CallId, Vec<UserId>>,
    ringing: BTreeMap<UserId, BTreeMap<CallId, RingingCall>>,
    told: BTreeMap<UserId, Arc<[RingingCall]>>,
}

impl PickUps {
    /// Nothing rings yet.
    pub(super) fn new(directory: &Directory) -> Self {
        let mut pick_ups = Self::default();
        pick_ups.learn(directory);
        pick_ups
    }

    /// Learns anew who is with whom.
    fn learn(&mut self, directory: &Directory) {
        let groups = directory.pick_up_groups.iter().map(|group| group.members.clone());
        let teams = directory.teams.iter().map(|team| {
            let people = team.members.iter().filter_map(|member| match member.kind {
                MemberKind::Person(user) => Some(user),
                MemberKind::Device(_) => None,
            });
            people.collect()
        });
        self.circles = groups.chain(teams).collect();
        self.circles_of.clear();
        for (index, circle) in self.circles.iter().enumerate() {
            for user in circle {
                self.circles_of.entry(*user).or_default().push(index);
            }
        }
    }

    /// Everybody who is in a circle with somebody, that one included; some more than once.
    fn colleagues(&self, user: UserId) -> impl Iterator<Item = UserId> {
        let circles = self.circles_of.get(&user).into_iter().flatten();
        circles.flat_map(|index| &self.circles[*index]).copied()
    }

    fn may(&self, user: UserId, at: UserId) -> bool {
        let mut circles = self.circles_of.get(&user).into_iter().flatten();
        user == at || circles.any(|index| self.circles[*index].contains(&at))
    }

    /// What rings at somebody's colleagues and not at them, each call once, oldest first.
    fn seen_by(&self, user: UserId) -> BTreeMap<CallId, &RingingCall> {
        let others: BTreeSet<UserId> = self.colleagues(user).filter(|other| *other != user).collect();
        let calls = others.into_iter().filter_map(|other| self.ringing.get(&other)).flatten();
        let own = self.ringing.get(&user);
        let mut seen = BTreeMap::new();
        for (id, call) in calls {
            let is_own = call.from.user == Some(user) || own.is_some_and(|own| own.contains_key(id));
            if !is_own {
                seen.entry(*id).or_insert(call);
            }
        }
        seen
    }

    /// It rings at these people. Returns whom that may concern; `None`: nothing has changed.
    fn ring(&mut self, id: CallId, at: Vec<UserId>, from: &Party, now: Instant) -> Option<BTreeSet<UserId>> {
        // Whoever waits may have come in the place of who has called.
        let is_told = |user: &UserId| {
            self.ringing
                .get(user)
                .and_then(|calls| calls.get(&id))
                .is_some_and(|call| call.from == *from)
        };
        if self.rung.get(&id).map_or(&[][..], Vec::as_slice) == at && at.iter().all(is_told) {
            return None;
        }
        let mut concerned = BTreeSet::new();
        let before = self.rung.remove(&id).unwrap_or_default();
        for user in before.iter().filter(|user| !at.contains(user)) {
            concerned.extend(self.colleagues(*user));
            if let Some(calls) = self.ringing.get_mut(user) {
                calls.remove(&id);
                if calls.is_empty() {
                    self.ringing.remove(user);
                }
            }
        }
        for user in &at {
            let rings_already = before.contains(user);
            let calls = self.ringing.entry(*user).or_default();
            let call = calls.entry(id).or_insert_with(|| RingingCall {
                call: id,
                at: *user,
                from: from.clone(),
                since: now,
            });
            if !rings_already || call.from != *from {
                call.from = from.clone();
                concerned.extend(self.colleagues(*user));
            }
        }
        if !at.is_empty() {
            self.rung.insert(id, at);
        }
        Some(concerned)
    }
}

impl Core {
    /// A call may ring at others now.
    pub(super) fn pick_ups_changed(&mut self, id: CallId, now: Instant) {
        let rung = self.calls.calls.get(&id).and_then(|entry| entry.call.rung());
        let Some(rung) = rung else {
            return self.pick_ups_over(id, now);
        };
        let mut at: Vec<UserId> = rung.at().filter_map(|party| party.user).collect();
        at.sort_unstable();
        at.dedup();
        let number = rung.from.number.clone();
        let known = self.pick_ups.rung.get(&id).map_or(&[][..], Vec::as_slice);
        let new: Vec<UserId> = at.iter().copied().filter(|user| !known.contains(user)).collect();
        let concerned = self.pick_ups.ring(id, at, rung.from, now);
        for user in new {
            self.recents.called(user, &number);
        }
        self.tell_pick_ups(concerned.into_iter().flatten());
    }

    /// The call does not ring any more.
    pub(super) fn pick_ups_over(&mut self, id: CallId, now: Instant) {
        if let Some(at) = self.pick_ups.rung.get(&id) {
            let mut calls = at.iter().filter_map(|user| self.pick_ups.ringing.get(user)?.get(&id));
            let Some(from) = calls.next().map(|call| call.from.clone()) else {
                return;
            };
            let concerned = self.pick_ups.ring(id, Vec::new(), &from, now);
            self.tell_pick_ups(concerned.into_iter().flatten());
        }
    }

    /// Who is with whom has changed, perhaps.
    pub(super) fn pick_ups_follow_directory(&mut self) {
        let before: BTreeSet<UserId> = self.pick_ups.told.keys().copied().collect();
        self.pick_ups.learn(self.directory.directory());
        let now = self.pick_ups.ringing.keys().flat_map(|user| self.pick_ups.colleagues(*user));
        let concerned: BTreeSet<UserId> = now.chain(before).collect();
        self.tell_pick_ups(concerned);
    }

    /// Tells people what they may answer, if it is something else than before.
    fn tell_pick_ups(&mut self, users: impl IntoIterator<Item = UserId>) {
        for user in users {
            let seen = self.pick_ups.seen_by(user).into_values();
            let calls: Arc<[RingingCall]> = seen.take(PICK_UPS_TOLD_MAX).cloned().collect();
            let told = self.pick_ups.told.get(&user).map_or(&[][..], AsRef::as_ref);
            if *told == *calls {
                continue;
            }
            if calls.is_empty() {
                self.pick_ups.told.remove(&user);
            } else {
                self.pick_ups.told.insert(user, Arc::clone(&calls));
            }
            self.tell(LiveEvent::PickUps { user, calls });
        }
    }

    /// Somebody has dialled the code with a number behind it: of a colleague, or of a team.
    pub(super) fn pick_up_dialled(&mut self, wanted: Wanted<'_>, number: &str, now: Instant) {
        let found = wanted.caller.user.ok_or(NOT_PERMITTED).and_then(|user| self.rings_at(user, number));
        self.pick_up_here(wanted, found, now);
    }

    /// Somebody has dialled the code for whatever rings in their groups.
    pub(super) fn pick_up_group_dialled(&mut self, wanted: Wanted<'_>, now: Instant) {
        let found = wanted.caller.user.and_then(|user| self.rings_in_groups(user)).ok_or(NOTHING_RINGS);
        self.pick_up_here(wanted, found, now);
    }

    /// An INVITE that would replace the dialog of a phone that rings (RFC 3891): its sender answers the call, where they may.
    pub(super) fn pick_up_dialog(&mut self, wanted: Wanted<'_>, ringing: LegId, now: Instant) {
        const GONE: Cause = Cause {
            status: 481,
            text: "this call does not ring any more",
        };
        let call = self.calls.legs.get(&ringing).map(|leg| leg.call).filter(|call| self.rings(*call));
        let found = call.ok_or(GONE).and_then(|call| {
            let is_permitted = wanted.caller.user.is_some_and(|user| self.may_answer(user, call));
            is_permitted.then_some(call).ok_or(NOT_PERMITTED)
        });
        self.pick_up_here(wanted, found, now);
    }

    /// The call that somebody means to answer, at a number of ours.
    pub(super) fn rings_at(&self, user: UserId, number: &str) -> Result<CallId, Cause> {
        if let Some(team) = self.directory.team_at(number) {
            let is_in = team.members.iter().any(|member| member.kind == MemberKind::Person(user));
            let calls = self.calls.calls.iter();
            let mut ringing = calls.filter(|(_, entry)| entry.team == Some(team.id)).map(|(id, _)| *id);
            return match is_in {
                true => ringing.find(|id| self.is_free_for(user, *id)).ok_or(NOTHING_RINGS),
                false => Err(NOT_PERMITTED),
            };
        }
        let Some(at) = self.directory.user_at(number).map(|at| at.id) else {
            return Err(Cause {
                status: 404,
                text: "nobody has this number",
            });
        };
        if !self.pick_ups.may(user, at) {
            return Err(NOT_PERMITTED);
        }
        let calls = self.pick_ups.ringing.get(&at).into_iter().flat_map(BTreeMap::keys);
        let mut free = calls.filter(|id| self.is_free_for(user, **id));
        free.next().copied().ok_or(NOTHING_RINGS)
    }

    /// The call that has rung for longest in somebody's groups and teams.
    pub(super) fn rings_in_groups(&self, user: UserId) -> Option<CallId> {
        let colleagues: BTreeSet<UserId> = self.pick_ups.colleagues(user).collect();
        let at_people = colleagues
            .iter()
            .filter_map(|other| self.pick_ups.ringing.get(other))
            .flat_map(BTreeMap::keys);
        // A team's phones need not be anybody's.
        let teams = self.directory.directory().teams.iter();
        let own = teams.filter(|team| team.members.iter().any(|member| member.kind == MemberKind::Person(user)));
        let at_teams = own.flat_map(|team| self.calls_on_line(team.id));
        at_people.copied().chain(at_teams).filter(|id| self.is_free_for(user, *id)).min()
    }

    /// Whether somebody may answer this call: it rings, at a colleague or for a team of theirs.
    fn may_answer(&self, user: UserId, call: CallId) -> bool {
        let at = self.pick_ups.rung.get(&call).into_iter().flatten();
        let team = self.calls.calls.get(&call).and_then(|entry| self.directory.team(entry.team?));
        let is_in = team.is_some_and(|team| team.members.iter().any(|member| member.kind == MemberKind::Person(user)));
        self.is_free_for(user, call) && (is_in || at.into_iter().any(|at| self.pick_ups.may(user, *at)))
    }

    fn rings(&self, call: CallId) -> bool {
        self.calls.calls.get(&call).is_some_and(|entry| entry.call.rung().is_some())
    }

    /// Whether it rings, and somebody has no other part in it than that it rings at them.
    fn is_free_for(&self, user: UserId, call: CallId) -> bool {
        let Some(entry) = self.calls.calls.get(&call) else { return false };
        let Some(rung) = entry.call.rung() else { return false };
        let rings_here = rung.at().any(|party| party.user == Some(user));
        rings_here || entry.call.parties().all(|(party, _)| party.user != Some(user))
    }

    /// Somebody's INVITE becomes the leg that answers.
    fn pick_up_here(&mut self, wanted: Wanted<'_>, found: Result<CallId, Cause>, now: Instant) {
        match found {
            Ok(call) => self.answer_by_invite(wanted, call, NOTHING_RINGS, now),
            Err(cause) => self.refuse(wanted.dialog, cause, now),
        }
    }

    /// Somebody's INVITE becomes a leg of a call that rings elsewhere or is parked; refused with `cause` where neither is so.
    pub(super) fn answer_by_invite(&mut self, wanted: Wanted<'_>, call: CallId, cause: Cause, now: Instant) {
        let dialog = wanted.dialog;
        let leg = self.calls.add_leg(call, &wanted.caller, wanted.flow, Signalling::Done);
        self.dialog_begins(leg, dialog);
        self.calls.include(call, [leg]);
        let picker = Picker::Here(Box::new(self.caller(leg, wanted)));
        if !self.answer_for(call, picker, now) {
            self.calls.detach(leg, &mut self.flows);
            self.refuse(dialog, cause, now);
        }
    }

    /// Somebody's phone is called, and answers.
    pub(super) fn answer_by_phone(&mut self, user: UserId, call: CallId, device: DeviceId, now: Instant) -> Controlled {
        let who = self.phone(user, device)?;
        if self.is_lifting(user, device) {
            return Err(Objection::NotNow);
        }
        let branches = self.branches_at(call, &who, device, true);
        self.calls.include(call, branches.iter().flat_map(Branch::legs));
        if self.answer_for(call, Picker::At { who, branches }, now) {
            Ok(Some(call))
        } else {
            Err(Objection::NotNow)
        }
    }

    fn answer_for(&mut self, call: CallId, picker: Picker, now: Instant) -> bool {
        let Some(entry) = self.calls.calls.get_mut(&call) else {
            return false;
        };
        let mut commands = Vec::new();
        let is_taken = entry.call.pick_up(picker, now, &mut commands);
        // Legs that the call has no use for are forgotten with this.
        self.carry_out(call, commands, now);
        is_taken
    }

    /// Somebody answers in the app what rings at a colleague.
    pub(super) fn pick_up(&mut self, user: UserId, call: CallId, device: DeviceId, now: Instant) -> Controlled {
        if !self.may_answer(user, call) {
            let entry = self.calls.calls.get(&call);
            let is_in = entry.is_some_and(|entry| entry.call.parties().any(|(party, _)| party.user == Some(user)));
            return Err(if is_in { Objection::NotNow } else { Objection::NoSuchCall });
        }
        self.answer_by_phone(user, call, device, now)
    }
}
