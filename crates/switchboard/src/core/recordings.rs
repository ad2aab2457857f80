//! Which calls are recorded: by a rule, or because somebody wants it; and what becomes of a recording when its call changes.

use std::time::Instant;

use model::{CallId, LegId, RecordingId, UserId};
use sip::agent::{DialogId, RequestId};

use super::calls::{Calls, LegEntry};
use super::requests::reason;
use super::teams::is_member;
use super::{CallState, Controlled, Core, NewRecording, Objection, Output, Party, RecordingState, RecordingTrouble, Side};
use crate::call::{Recording, Step, Talker};
use crate::dialplan;
use crate::directory::{Lookup, RecordedCalls, RecordingOf, RecordingRule};

/// Numbers recordings.
#[derive(Debug, Default)]
pub(super) struct Recordings {
    ids: u64,
}

/// What of a call is recorded: one recording at a time.
#[derive(Debug, Default)]
pub(super) struct Tape {
    recording: Option<Recording>,
    /// For whom the rules were looked up last: they are not asked again before others talk.
    judged: Vec<LegId>,
}

impl Tape {
    /// What one of those in the call sees of it.
    pub(super) fn seen_by(&self, user: UserId) -> RecordingState {
        self.recording
            .as_ref()
            .map_or(RecordingState::Off, |recording| recording.seen_by(user))
    }

    /// When the call has to be looked at again.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.recording.as_ref()?.deadline()
    }

    /// What is announced, or recorded.
    fn running(&self) -> Option<&Recording> {
        self.recording.as_ref().filter(|recording| !recording.is_stopped())
    }
}

/// Somebody who talks, with what a rule asks for besides.
struct Speaker<'a> {
    talker: Talker<'a>,
    leg: Option<&'a LegEntry>,
}

impl Speaker<'_> {
    /// Whether it is somebody of the world. Who talks by their mobile is one of ours.
    fn is_outsider(&self) -> bool {
        self.talker.party.user.is_none() && self.leg.is_some_and(|leg| leg.line.is_some())
    }

    /// Whether it can be for them that a call is recorded.
    fn is_ours(&self) -> bool {
        !self.is_outsider() && (self.talker.party.user.is_some() || self.talker.party.device.is_some())
    }

    fn has_called(&self) -> bool {
        self.leg.is_some_and(|leg| !leg.calls_out)
    }
}

impl Core {
    /// Somebody wants a call of theirs to be recorded, or not any more.
    pub(super) fn record(&mut self, user: UserId, call: CallId, is_on: bool, now: Instant) -> Controlled {
        let part = self.part(user, call)?;
        let entry = self.calls.calls.get(&call).ok_or(Objection::NoSuchCall)?;
        let own = entry.tape.running().filter(|recording| recording.is_of(user));
        match (own, is_on) {
            (Some(_), true) => return Ok(Some(call)),
            (Some(recording), false) if recording.rule().is_some() => {
                return Err(Objection::Refused("a rule says that this call is recorded"));
            }
            (Some(_), false) => {
                self.call_off_recording(call, now);
                return Ok(Some(call));
            }
            (None, _) => {}
        }
        if !self.directory.user(user).is_some_and(|user| user.may_record) {
            return Err(Objection::Refused("you may not record calls"));
        }
        match entry.tape.seen_by(user) {
            RecordingState::Announcing { .. } | RecordingState::On { .. } => {
                return Err(Objection::Refused("somebody else records this call"));
            }
            // Nobody else is to know of it.
            RecordingState::Off if entry.tape.running().is_some() => {
                return Err(Objection::Refused("this call cannot be recorded now"));
            }
            RecordingState::Off | RecordingState::Stopped(_) => {}
        }
        if !is_on {
            return Ok(Some(call));
        }
        let talkers = entry.call.talkers();
        let own = talkers
            .iter()
            .find(|talker| talker.leg == part.leg)
            .map(|talker| talker.party.clone());
        let has_company = talkers.len() > 1 || part.state == CallState::Conferring;
        let Some(own) = own.filter(|_| has_company) else {
            return Err(Objection::NotNow);
        };
        if self.calls_for_help(&talkers) {
            return Err(Objection::Refused("emergency calls are not recorded"));
        }
        self.recordings.ids += 1;
        let directory = self.directory.directory();
        let (id, announced) = (RecordingId(self.recordings.ids), directory.recordings.announced);
        let recording = Recording::new(id, own, None, announced, directory.language);
        if let Some(entry) = self.calls.calls.get_mut(&call) {
            entry.tape.recording = Some(recording);
        }
        self.calls_changed(&[call], now);
        Ok(Some(call))
    }

    /// Somebody has pressed the button of their phone.
    pub(super) fn record_by_phone(&mut self, dialog: DialogId, request: RequestId, is_on: bool, now: Instant) {
        let leg = self.calls.dialogs.get(&dialog).and_then(|leg| self.calls.legs.get(leg));
        let by = leg.and_then(|entry| Some((entry.user.filter(|_| entry.line.is_none())?, entry.call)));
        let why = match by.map(|(user, call)| self.record(user, call, is_on, now)) {
            Some(Ok(_)) => return self.agent.respond(request, 200, Vec::new(), None, now),
            Some(Err(Objection::Refused(why))) => why,
            Some(Err(_)) => "nothing can be recorded now",
            None => "you may not record calls",
        };
        self.agent.respond(request, 403, vec![reason(403, why)], None, now);
    }

    /// The shell cannot record any more; the call goes on.
    pub(super) fn recording_stopped(&mut self, id: RecordingId, trouble: RecordingTrouble, now: Instant) {
        let runs = |recording: &Recording| recording.id() == id;
        let mut entries = self.calls.calls.iter();
        let call = entries.find_map(|(call, entry)| entry.tape.running().is_some_and(runs).then_some(*call));
        if let Some(call) = call {
            self.change_recording(call, |recording, steps| recording.stop(trouble, steps));
            self.calls_changed(&[call], now);
        }
    }

    fn call_off_recording(&mut self, call: CallId, now: Instant) {
        self.change_recording(call, Recording::call_off);
        if let Some(entry) = self.calls.calls.get_mut(&call) {
            entry.tape.recording = None;
        }
        self.calls_changed(&[call], now);
    }

    /// Something was played to a leg: it may be what it was told of its recording.
    pub(super) fn recording_played(&mut self, leg: LegId, number: u32, now: Instant) {
        let Some(call) = self.calls.legs.get(&leg).map(|entry| entry.call) else {
            return;
        };
        let recording = self.calls.calls.get_mut(&call).and_then(|entry| entry.tape.recording.as_mut());
        if let Some(recording) = recording {
            recording.played(leg, number);
            self.calls_changed(&[call], now);
        }
    }

    /// Brings recordings up to date with their calls. Of calls between which legs have gone the one that they have come to comes first.
    pub(super) fn recordings_follow(&mut self, ids: &[CallId], now: Instant) {
        if let [into, from] = *ids {
            self.hand_on_recording(from, into);
        }
        for id in ids.iter().rev() {
            self.recording_follows(*id, now);
        }
    }

    /// A recording goes where its own person goes.
    fn hand_on_recording(&mut self, from: CallId, into: CallId) {
        let is_in = |call: CallId, recording: &Recording| {
            let entry = self.calls.calls.get(&call);
            entry.is_some_and(|entry| entry.call.awaits(|party| recording.is_own(party)))
        };
        let running = self.calls.calls.get(&from).and_then(|entry| entry.tape.running());
        let goes = running.is_some_and(|recording| !is_in(from, recording) && is_in(into, recording));
        let has_own = self.calls.calls.get(&into).is_some_and(|entry| entry.tape.running().is_some());
        if !goes || has_own {
            return;
        }
        let recording = self.calls.calls.get_mut(&from).and_then(|entry| entry.tape.recording.take());
        if let Some(entry) = self.calls.calls.get_mut(&into) {
            entry.tape.recording = recording;
        }
    }

    fn recording_follows(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.calls.calls.get(&id) else { return };
        if entry.tape.recording.is_none() && self.directory.directory().recordings.rules.is_empty() {
            return;
        }
        let is_for_help = self.calls_for_help(&entry.call.talkers());
        self.follow(id, is_for_help, now);
        self.begin_by_rule(id, is_for_help);
        self.follow(id, is_for_help, now);
    }

    fn follow(&mut self, id: CallId, is_for_help: bool, now: Instant) {
        let Some(entry) = self.calls.calls.get_mut(&id) else { return };
        let Some(mut recording) = entry.tape.recording.take() else { return };
        let talkers = entry.call.talkers();
        let is_awaited = entry.call.awaits(|party| recording.is_own(party));
        let legs = &self.calls.legs;
        let playing = |leg: LegId| legs.get(&leg)?.playing;
        let mut steps = Vec::new();
        let goes_on = if is_for_help && !recording.is_stopped() {
            recording.end(&mut steps);
            false
        } else {
            recording.follow(&talkers, is_awaited, playing, now, &mut steps)
        };
        self.take_steps(id, &mut recording, steps);
        if let Some(entry) = self.calls.calls.get_mut(&id).filter(|_| goes_on) {
            entry.tape.recording = Some(recording);
        }
    }

    fn begin_by_rule(&mut self, id: CallId, is_for_help: bool) {
        let Some(entry) = self.calls.calls.get(&id).filter(|entry| entry.tape.recording.is_none()) else {
            return;
        };
        let talkers = entry.call.talkers();
        let mut legs: Vec<LegId> = talkers.iter().map(|talker| talker.leg).collect();
        legs.sort_unstable();
        if talkers.len() < 2 || legs == entry.tape.judged {
            return;
        }
        let (next, language) = (self.recordings.ids + 1, self.directory.directory().language);
        let wanted = self.rule_for(id, &talkers).filter(|_| !is_for_help);
        let recording = wanted.map(|(rule, own)| Recording::new(RecordingId(next), own.clone(), Some(rule.id), rule.announced, language));
        if recording.is_some() {
            self.recordings.ids = next;
        }
        if let Some(entry) = self.calls.calls.get_mut(&id) {
            entry.tape.judged = legs;
            entry.tape.recording = recording;
        }
    }

    /// The first rule that fits a call, and for whom it is recorded.
    fn rule_for<'a>(&'a self, id: CallId, talkers: &[Talker<'a>]) -> Option<(&'a RecordingRule, &'a Party)> {
        let entry = self.calls.calls.get(&id)?;
        let speakers: Vec<Speaker<'a>> = talkers
            .iter()
            .map(|talker| Speaker {
                talker: *talker,
                leg: self.calls.legs.get(&talker.leg),
            })
            .collect();
        let mut rules = self.directory.directory().recordings.rules.iter();
        rules.find_map(|rule| {
            let is_of_team = |team| entry.team == Some(team);
            let own = fitting(rule, &speakers, is_of_team, &self.directory)?;
            Some((rule, own))
        })
    }

    /// Whether one of them has been called for help.
    fn calls_for_help(&self, talkers: &[Talker<'_>]) -> bool {
        talkers.iter().any(|talker| {
            let leg = self.calls.legs.get(&talker.leg);
            leg.is_some_and(|leg| leg.calls_out) && dialplan::emergency_number(&self.directory, &talker.party.number).is_some()
        })
    }

    fn change_recording(&mut self, call: CallId, change: impl FnOnce(&mut Recording, &mut Vec<Step>)) {
        let Some(entry) = self.calls.calls.get_mut(&call) else { return };
        let Some(mut recording) = entry.tape.recording.take() else { return };
        let mut steps = Vec::new();
        change(&mut recording, &mut steps);
        self.take_steps(call, &mut recording, steps);
        if let Some(entry) = self.calls.calls.get_mut(&call) {
            entry.tape.recording = Some(recording);
        }
    }

    fn take_steps(&mut self, call: CallId, recording: &mut Recording, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Media(command) => {
                    if let Some(call) = self.calls.home_of(command.leg()) {
                        self.outputs.push_back(Output::Media { call, command });
                    }
                }
                Step::Play { leg, sounds } => {
                    if let Some(call) = self.calls.home_of(leg) {
                        let number = self.play(call, leg, sounds);
                        recording.plays(leg, number);
                    }
                }
                Step::Begin { own, other } => self.begin_recording(call, recording, own, other),
                Step::End => self.outputs.push_back(Output::EndRecording { recording: recording.id() }),
            }
        }
    }

    fn begin_recording(&mut self, call: CallId, recording: &Recording, own: Party, other: Party) {
        let Some(entry) = self.calls.calls.get(&call) else { return };
        let talkers = entry.call.talkers();
        let leg = talkers
            .iter()
            .find(|talker| recording.is_own(talker.party))
            .map(|talker| talker.leg);
        let new = NewRecording {
            recording: recording.id(),
            call: leg.map_or(call, |leg| entry.call.story_of(leg)),
            rule: recording.rule(),
            own,
            other,
        };
        self.outputs.push_back(Output::BeginRecording(Box::new(new)));
    }
}

impl Calls {
    /// The call in which a leg lives; `None`: its media is closed.
    fn home_of(&self, leg: LegId) -> Option<CallId> {
        let call = self.legs.get(&leg)?.call;
        self.calls.get(&call)?.call.has_leg(leg).then_some(call)
    }
}

/// For whom a rule wants this call to be recorded. `None`: it does not.
fn fitting<'a>(
    rule: &RecordingRule,
    speakers: &[Speaker<'a>],
    is_of_team: impl Fn(model::TeamId) -> bool,
    directory: &Lookup,
) -> Option<&'a Party> {
    let mut outsiders = speakers.iter().filter(|speaker| speaker.is_outsider());
    let is_meant = match rule.calls {
        RecordedCalls::All => true,
        RecordedCalls::Outside => outsiders.next().is_some(),
        RecordedCalls::Incoming => outsiders.any(Speaker::has_called),
        RecordedCalls::Outgoing => outsiders.any(|outsider| !outsider.has_called()),
    };
    if !is_meant {
        return None;
    }
    let mut ours = speakers.iter().filter(|speaker| speaker.is_ours()).map(|speaker| &speaker.talker);
    let own = match rule.whose {
        RecordingOf::Everybody => ours.min_by_key(|talker| talker.side == Side::Called),
        RecordingOf::Person(user) => ours.find(|talker| talker.party.user == Some(user)),
        RecordingOf::Team(team) if is_of_team(team) => {
            let members = directory.team(team);
            let is_member = |talker: &Talker<'_>| members.is_some_and(|team| is_member(team, talker.party));
            // A member may have called the team, too.
            ours.max_by_key(|talker| (talker.side == Side::Called, is_member(talker)))
        }
        RecordingOf::Team(_) => None,
        RecordingOf::Trunk(trunk) => {
            let goes_by = |speaker: &Speaker<'_>| speaker.leg.and_then(|leg| leg.line).is_some_and(|line| line.trunk == trunk);
            let is_by_trunk = speakers.iter().any(|speaker| speaker.is_outsider() && goes_by(speaker));
            ours.find(|_| is_by_trunk)
        }
    };
    own.map(|talker| talker.party)
}
