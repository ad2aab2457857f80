//! Between calls and the world: which dialog and which media belong to which leg, and what a dialled number comes to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use model::{CallId, DeviceId, LegId, TeamId, TrunkId, UserId, control};
use sip::Flow;
use sip::agent::DialogId;

use super::flows::Flows;
use super::recordings::Tape;
use super::{CallView, ConferenceView, Core, LiveEvent, Party, Talks, UserState};
use crate::call::{Call, Cause, Command, News};
use crate::dialplan::Identity;
use crate::directory::MemberKind;
use crate::trunks::LineId;

/// All calls, and who is who in them.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) calls: BTreeMap<CallId, Entry>,
    pub(super) legs: BTreeMap<LegId, LegEntry>,
    pub(super) dialogs: BTreeMap<DialogId, LegId>,
    /// Legs by their flows, for when a phone moves.
    flows: BTreeSet<(Flow, LegId)>,
    deadlines: BTreeSet<(Instant, CallId)>,
    ids: u64,
    /// Numbers what is played.
    plays: u32,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) call: Call,
    pub(super) legs: Vec<LegId>,
    pub(super) users: Vec<(UserId, UserState)>,
    /// What the people in it see of it.
    pub(super) views: Vec<(UserId, CallView)>,
    pub(super) phones: BTreeMap<DeviceId, UserState>,
    /// The conference that it is, as its people were told last.
    pub(super) conference: Option<Arc<ConferenceView>>,
    pub(super) begun: Instant,
    /// Whether they talk, or have talked.
    pub(super) is_answered: bool,
    /// Whether somebody has forwarded it before it was answered.
    pub(super) is_forwarded: bool,
    /// The team that was called, or that the call has come to.
    pub(super) team: Option<TeamId>,
    /// The teams that see the call on their lines.
    pub(super) lines: BTreeSet<TeamId>,
    /// `Max-Forwards` of our INVITEs: one less than the caller's, so that a loop through a forwarding phone ends (RFC 7332).
    pub(super) hops: u8,
    /// As it stands in `deadlines`.
    pub(super) due: Option<Instant>,
    /// What of it is recorded.
    pub(super) tape: Tape,
}

impl Entry {
    fn talks(&self, leg: LegId, trunk: Option<TrunkId>) -> Option<Talks> {
        let (party, with) = self.call.talks(leg)?;
        Some(Talks {
            party: party.clone(),
            trunk,
            with,
        })
    }
}

#[derive(Debug)]
pub(super) struct LegEntry {
    pub(super) call: CallId,
    pub(super) user: Option<UserId>,
    pub(super) device: Option<DeviceId>,
    /// The line of a trunk that it goes by.
    pub(super) line: Option<LineId>,
    pub(super) flow: Flow,
    pub(super) signalling: Signalling,
    /// The phone was told to answer.
    pub(super) was_told: bool,
    /// It is we who call somebody outside by it.
    pub(super) calls_out: bool,
    /// What is played to it, by its number.
    pub(super) playing: Option<u32>,
}

#[derive(Debug)]
pub(super) enum Signalling {
    /// To be called there; where its person is in front of it, asked to answer by itself.
    Planned { target: String, answers: bool },
    /// To be called by a provider, who is told who calls; not by the way `instead_of` that has failed before.
    PlannedOutside {
        target: String,
        identity: Identity,
        instead_of: Option<Flow>,
    },
    /// In this dialog.
    Dialog(DialogId),
    /// Nothing is left to be said.
    Done,
}

impl Signalling {
    /// Where it has come to one.
    pub(super) fn dialog(&self) -> Option<DialogId> {
        match self {
            Self::Dialog(dialog) => Some(*dialog),
            Self::Planned { .. } | Self::PlannedOutside { .. } | Self::Done => None,
        }
    }
}

impl Entry {
    /// A call that begins. `hops`: see [`Entry::hops`].
    pub(super) fn new(call: Call, legs: Vec<LegId>, hops: u8, now: Instant) -> Self {
        Self {
            call,
            legs,
            users: Vec::new(),
            views: Vec::new(),
            phones: BTreeMap::new(),
            conference: None,
            begun: now,
            is_answered: false,
            is_forwarded: false,
            team: None,
            lines: BTreeSet::new(),
            hops,
            due: None,
            tape: Tape::default(),
        }
    }
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

    /// They talk.
    pub(super) fn answered(&mut self, call: CallId) {
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.is_answered = true;
        }
    }

    /// What a call makes of a user's state.
    pub(super) fn state_of(&self, call: CallId, user: UserId) -> Option<UserState> {
        let users = &self.calls.get(&call)?.users;
        let states = users.iter().filter(|(id, _)| *id == user).map(|(_, state)| *state);
        states.max_by_key(|state| *state == UserState::OnACall)
    }

    /// A phone has come back over another connection.
    pub(super) fn move_legs(&mut self, device: DeviceId, from: Flow, to: Flow, flows: &mut Flows) {
        let range = (from, LegId(0))..=(from, LegId(u64::MAX));
        for id in self.flows.range(range).map(|(_, leg)| *leg).collect::<Vec<_>>() {
            let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.device == Some(device)) else {
                continue;
            };
            leg.flow = to;
            if matches!(leg.signalling, Signalling::Dialog(_)) {
                flows.detach_dialog(from);
                flows.attach_dialog(to);
            }
            self.flows.remove(&(from, id));
            self.flows.insert((to, id));
        }
    }

    pub(super) fn remove_leg(&mut self, leg: LegId) {
        if let Some(entry) = self.legs.remove(&leg) {
            self.flows.remove(&(entry.flow, leg));
        }
    }

    pub(super) fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    pub(super) fn add_leg(&mut self, call: CallId, party: &Party, flow: Flow, signalling: Signalling) -> LegId {
        let leg = LegId(self.id());
        let (user, device) = (party.user, party.device);
        let calls_out = matches!(signalling, Signalling::PlannedOutside { .. });
        self.flows.insert((flow, leg));
        self.legs.insert(
            leg,
            LegEntry {
                call,
                calls_out,
                user,
                device,
                line: None,
                flow,
                signalling,
                was_told: false,
                playing: None,
            },
        );
        leg
    }

    /// Something else is played to the leg from now on: its number.
    pub(super) fn plays(&mut self, leg: LegId) -> u32 {
        self.plays = self.plays.wrapping_add(1);
        if let Some(entry) = self.legs.get_mut(&leg) {
            entry.playing = Some(self.plays);
        }
        self.plays
    }

    /// What is played to the leg ends.
    pub(super) fn plays_nothing(&mut self, leg: LegId) {
        if let Some(entry) = self.legs.get_mut(&leg) {
            entry.playing = None;
        }
    }

    /// Something was played to its end. `false`: something else had ended it by then.
    fn has_played(&mut self, leg: LegId, number: u32) -> bool {
        let entry = self.legs.get_mut(&leg);
        entry.is_some_and(|entry| entry.playing.take_if(|playing| *playing == number).is_some())
    }

    /// The call has these legs, too.
    pub(super) fn include(&mut self, call: CallId, legs: impl IntoIterator<Item = LegId>) {
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.legs.extend(legs);
        }
    }

    /// The leg goes by a trunk.
    pub(super) fn assign(&mut self, leg: LegId, line: LineId) {
        if let Some(entry) = self.legs.get_mut(&leg) {
            entry.line = Some(line);
        }
    }

    /// The leg goes by another flow than was planned.
    pub(super) fn redirect(&mut self, leg: LegId, flow: Flow) {
        if let Some(entry) = self.legs.get_mut(&leg) {
            self.flows.remove(&(entry.flow, leg));
            self.flows.insert((flow, leg));
            entry.flow = flow;
        }
    }

    /// Whether there is a provider at the leg's other end.
    pub(super) fn is_outside(&self, leg: LegId) -> bool {
        self.legs.get(&leg).is_some_and(|entry| entry.line.is_some())
    }

    /// The leg has a dialog from now on.
    pub(super) fn attach(&mut self, leg: LegId, dialog: DialogId, flows: &mut Flows) {
        if let Some(entry) = self.legs.get_mut(&leg) {
            entry.signalling = Signalling::Dialog(dialog);
            self.dialogs.insert(dialog, leg);
            flows.attach_dialog(entry.flow);
        }
    }

    /// The leg's dialog is over. Returns it, if there was one.
    pub(super) fn detach(&mut self, leg: LegId, flows: &mut Flows) -> Option<DialogId> {
        let entry = self.legs.get_mut(&leg)?;
        match std::mem::replace(&mut entry.signalling, Signalling::Done) {
            Signalling::Dialog(dialog) => {
                self.dialogs.remove(&dialog);
                flows.detach_dialog(entry.flow);
                Some(dialog)
            }
            Signalling::Planned { .. } | Signalling::PlannedOutside { .. } | Signalling::Done => None,
        }
    }

    pub(super) fn dialog_of(&self, leg: LegId) -> Option<DialogId> {
        self.legs.get(&leg)?.signalling.dialog()
    }
}

impl Core {
    /// News from media.
    pub(super) fn media_reports(&mut self, event: control::Event, now: Instant) {
        let (leg, news) = match event {
            control::Event::OfferReceived { leg, direction } => (leg, News::OfferReceived { direction }),
            control::Event::OfferRefused { leg, reason } => (leg, News::OfferRefused { reason }),
            control::Event::OfferAnswered { leg, answer } => (leg, News::OfferAnswered { answer }),
            control::Event::OfferMade { leg, offer } => (leg, News::OfferMade { offer }),
            control::Event::AnswerAccepted { leg, direction } => (leg, News::AnswerAccepted { direction }),
            control::Event::Narrowed { leg } => (leg, News::Narrowed),
            control::Event::AnswerRefused { leg, reason } => (leg, News::AnswerRefused { reason }),
            control::Event::Listened { leg, heard } => (leg, News::Listened { heard }),
            control::Event::LegFailed { leg, reason } => (leg, News::MediaFailed { reason }),
            control::Event::Closed { leg, report } => (leg, News::Closed { report }),
            control::Event::Measured { leg, report } => {
                if let Some(LegEntry { call, user, line, .. }) = self.calls.legs.get(&leg) {
                    let (call, user) = (*call, *user);
                    let talks = self
                        .calls
                        .calls
                        .get(&call)
                        .and_then(|entry| entry.talks(leg, line.map(|line| line.trunk)));
                    let talks = talks.map(Box::new);
                    self.tell(LiveEvent::Measured {
                        call,
                        leg,
                        user,
                        talks,
                        report,
                    });
                }
                return;
            }
            control::Event::DigitReceived { leg, digit, .. } => (leg, News::Keyed { digit }),
            control::Event::Played { leg, number } if self.calls.has_played(leg, number) => {
                self.recording_played(leg, number, now);
                (leg, News::Played)
            }
            control::Event::Played { .. } => return,
            control::Event::Speaking { call, levels } => return self.somebody_speaks(call, &levels),
            // Who waits for a leg is the shell.
            control::Event::Connected { .. } | control::Event::Joined { .. } => return,
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

    pub(super) fn end_calls(&mut self, now: Instant) {
        for id in self.calls.calls.keys().copied().collect::<Vec<_>>() {
            let Some(entry) = self.calls.calls.get_mut(&id) else { continue };
            let mut commands = Vec::new();
            entry.call.end(Cause::STOPPING, now, &mut commands);
            self.carry_out(id, commands, now);
        }
    }

    pub(super) fn deliver(&mut self, leg: LegId, news: News, now: Instant) {
        let Some(id) = self.calls.legs.get(&leg).map(|entry| entry.call) else {
            return;
        };
        let Some(entry) = self.calls.calls.get_mut(&id) else { return };
        let mut commands = Vec::new();
        entry.call.handle(leg, news, now, &mut commands);
        self.carry_out(id, commands, now);
    }

    /// Does what a call commands, then brings everything that depends on the call up to date.
    pub(super) fn carry_out(&mut self, id: CallId, commands: Vec<Command>, now: Instant) {
        self.execute_all(id, commands, now);
        self.besiegers_leave(id, now);
        self.calls_changed(&[id], now);
    }

    pub(super) fn execute_all(&mut self, id: CallId, commands: Vec<Command>, now: Instant) {
        for command in commands {
            self.execute(id, command, now);
        }
        self.tell_of_forwards(id, now);
    }

    /// Brings everything that depends on calls up to date with them.
    pub(super) fn calls_changed(&mut self, ids: &[CallId], now: Instant) {
        self.recordings_follow(ids, now);
        let over: Vec<CallId> = ids.iter().copied().filter(|id| self.legs_changed(*id)).collect();
        for id in ids {
            self.parties_changed(*id, now);
        }
        for id in ids {
            self.team_call_changed(*id);
        }
        let mut users: Vec<UserId> = ids.iter().flat_map(|id| self.views_changed(*id, now)).collect();
        users.sort_unstable();
        users.dedup();
        for user in users {
            self.tell_calls(user);
        }
        for id in ids {
            self.pick_ups_changed(*id, now);
            self.parking_changed(*id);
            self.call_back_call_changed(*id, now);
            self.conference_changed(*id);
        }
        for id in over {
            self.forget(id, now);
        }
    }

    /// Forgets legs that a call knows no more, and minds its deadline. Whether the call is over.
    fn legs_changed(&mut self, id: CallId) -> bool {
        let Some(entry) = self.calls.calls.get_mut(&id) else {
            return false;
        };
        let call = &entry.call;
        let gone: Vec<LegId> = entry.legs.iter().copied().filter(|leg| !call.knows(*leg)).collect();
        entry.legs.retain(|leg| !gone.contains(leg));
        let is_over = call.is_over();
        let due = call.deadline().into_iter().chain(entry.tape.deadline()).min();
        if entry.due != due {
            if let Some(due) = std::mem::replace(&mut entry.due, due) {
                self.calls.deadlines.remove(&(due, id));
            }
            self.calls.deadlines.extend(due.map(|due| (due, id)));
        }
        for leg in gone {
            self.calls.detach(leg, &mut self.flows);
            self.calls.remove_leg(leg);
        }
        is_over
    }

    /// Brings the states of people and phones up to date with a call.
    fn parties_changed(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.calls.calls.get_mut(&id) else { return };
        let phones: BTreeMap<DeviceId, UserState> = entry
            .call
            .parties()
            .filter_map(|(party, state)| Some((party.device?, state)))
            .collect();
        let users = entry.call.users();
        let (mut concerned, mut talked) = (Vec::new(), Vec::new());
        if phones != entry.phones {
            let before = std::mem::replace(&mut entry.phones, phones);
            for (device, state) in before.iter().filter(|(device, _)| !entry.phones.contains_key(device)) {
                self.watch.set_phone(*device, id, None);
                talked.extend((*state == UserState::OnACall).then_some(MemberKind::Device(*device)));
            }
            for (device, state) in &entry.phones {
                self.watch.set_phone(*device, id, Some(*state));
            }
        }
        if users != entry.users {
            let before = std::mem::replace(&mut entry.users, users);
            let is_in = |user: &UserId| entry.users.iter().any(|(other, _)| other == user);
            let left = before.iter().filter(|(user, state)| *state == UserState::OnACall && !is_in(user));
            talked.extend(left.map(|(user, _)| MemberKind::Person(*user)));
            concerned.extend(before.iter().chain(&entry.users).map(|(user, _)| (*user, is_in(user))));
        }
        let is_answered = entry.is_answered;
        for member in talked.into_iter().filter(|_| is_answered) {
            self.team_member_talked(member, now);
        }
        concerned.sort_unstable();
        concerned.dedup();
        for (user, is_in) in &concerned {
            self.watch.set_call(*user, id, *is_in);
        }
        for (user, _) in concerned {
            self.user_changed(user);
        }
    }

    fn forget(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.calls.calls.remove(&id) else { return };
        self.guard.ended(id, now);
        self.settlings.call_over(id);
        if let Some(due) = entry.due {
            self.calls.deadlines.remove(&(due, id));
        }
        for leg in entry.legs {
            self.calls.detach(leg, &mut self.flows);
            self.calls.remove_leg(leg);
        }
        self.team_call_over(id, entry.lines);
        self.conferences.over(id);
    }
}
