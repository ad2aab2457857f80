//! A recording inside its call: who is in it, what they are told, and which legs are recorded when.
//!
//! ```text
//!  the recording   Announcing ──all who talk are told──► Running ──its person leaves, or wants it no more──► over
//!                                                           └──it cannot be written──► Stopped
//!  a leg of it     comes ──► is told ──Played, or 8 s──► recorded ⇄ not recorded, while nobody in the call hears it
//! ```
//!
//! It knows nothing of the call's states. After every change it is shown who talks ([`Call::talkers`]), and follows: what nobody in the call hears
//! (a muted member, a party on hold or in a slot) is not recorded either. Whoever holds hears nothing: they are told once they listen again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::control::{self, Source};
use model::{CallId, Channel, Language, LegId, Prompt, RecordingId, Sound, Track, UserId};

use super::conference::Member;
use super::leg::Leg;
use super::{Call, State};
use crate::core::{Party, RecordingState, RecordingTrouble, Side};
use crate::directory::{Announced, RecordingRuleId};

/// How long somebody is told at most that they are recorded; longer than the words take.
pub(crate) const TELLING_MAX: Duration = Duration::from_secs(8);

/// Somebody who is in the talk of a call, or waits for it to go on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Talker<'a> {
    pub(crate) leg: LegId,
    pub(crate) party: &'a Party,
    pub(crate) side: Side,
    /// Whether somebody else in the call hears them.
    pub(crate) is_heard: bool,
    /// Whether they hear what is said to them: not while they hold.
    pub(crate) listens: bool,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Recording {
    id: RecordingId,
    own: Party,
    rule: Option<RecordingRuleId>,
    announced: Announced,
    language: Language,
    stage: Stage,
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Nobody is recorded before all have been told.
    Announcing,
    Running,
    Stopped(RecordingTrouble),
}

/// A leg in it.
#[derive(Debug)]
struct Part {
    leg: LegId,
    user: Option<UserId>,
    channel: Channel,
    knows: Knows,
    is_recorded: bool,
}

/// Whether somebody knows that they are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Knows {
    /// They have not been told: they come just now, or hold and would not hear it.
    NotYet,
    /// They are being told, by what has this number once it is played.
    Soon {
        until: Instant,
        number: Option<u32>,
    },
    Yes,
}

/// What a recording wants done.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// For the media thread. Only for legs that live.
    Media(control::Command),
    /// Play this to a leg. Only where it lives.
    Play { leg: LegId, sounds: Arc<[Sound]> },
    /// It begins now.
    Begin { own: Party, other: Party },
    /// It has begun, and no leg is recorded any more.
    End,
}

impl Recording {
    /// One that is to be announced; [`Recording::follow`] does it. `rule`: see [`crate::core::NewRecording`].
    pub(crate) fn new(id: RecordingId, own: Party, rule: Option<RecordingRuleId>, announced: Announced, language: Language) -> Self {
        Self {
            id,
            own,
            rule,
            announced,
            language,
            stage: Stage::Announcing,
            parts: Vec::new(),
        }
    }

    pub(crate) fn id(&self) -> RecordingId {
        self.id
    }

    pub(crate) fn rule(&self) -> Option<RecordingRuleId> {
        self.rule
    }

    /// Whether it is made for them.
    pub(crate) fn is_of(&self, user: UserId) -> bool {
        self.own.user == Some(user)
    }

    /// Whether it is wanted still, or was stopped by trouble.
    pub(crate) fn is_stopped(&self) -> bool {
        matches!(self.stage, Stage::Stopped(_))
    }

    /// Whether it is made for this party. Who is no person of ours is known by their phone, else by their number.
    pub(crate) fn is_own(&self, party: &Party) -> bool {
        let own = &self.own;
        match (own.user, own.device) {
            (Some(_), _) => party.user == own.user,
            (None, Some(_)) => party.device == own.device,
            (None, None) => party.user.is_none() && party.device.is_none() && party.number == own.number,
        }
    }

    /// What one of those in the call sees of it. What is done silently only its own person sees.
    pub(crate) fn seen_by(&self, user: UserId) -> RecordingState {
        if self.announced == Announced::Silently && !self.is_of(user) {
            return RecordingState::Off;
        }
        let may_end = self.is_of(user) && self.rule.is_none();
        match self.stage {
            Stage::Announcing => RecordingState::Announcing { may_end },
            Stage::Running => RecordingState::On {
                is_by_rule: self.rule.is_some(),
                may_end,
            },
            Stage::Stopped(trouble) => RecordingState::Stopped(trouble),
        }
    }

    /// When [`Recording::follow`] wants to be called at the latest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let telling = self.parts.iter().filter_map(|part| match part.knows {
            Knows::Soon { until, .. } => Some(until),
            Knows::NotYet | Knows::Yes => None,
        });
        telling.min()
    }

    /// What [`Step::Play`] has asked for is played, by this number.
    pub(crate) fn plays(&mut self, leg: LegId, played: u32) {
        if let Some(Knows::Soon { number, .. }) = self.part_mut(leg).map(|part| &mut part.knows) {
            *number = Some(played);
        }
    }

    /// This was played to its end.
    pub(crate) fn played(&mut self, leg: LegId, played: u32) {
        if let Some(part) = self.part_mut(leg)
            && matches!(part.knows, Knows::Soon { number, .. } if number == Some(played))
        {
            part.knows = Knows::Yes;
        }
    }

    /// Brings it up to date with who talks. `is_awaited`: its own person is not among them now, but is on their way back. `playing`: what is
    /// played to a leg now. `false`: it is over.
    pub(crate) fn follow(
        &mut self,
        talkers: &[Talker<'_>],
        is_awaited: bool,
        playing: impl Fn(LegId) -> Option<u32>,
        now: Instant,
        steps: &mut Vec<Step>,
    ) -> bool {
        let is_there = talkers.iter().any(|talker| self.is_own(talker.party));
        if !is_there && !is_awaited {
            self.end(steps);
            return false;
        }
        if self.is_stopped() {
            return true;
        }
        let left = self.let_go(talkers, steps);
        for talker in talkers {
            if self.part_mut(talker.leg).is_none() {
                self.take_in(talker, &left);
            }
        }
        self.tell(talkers, playing, now, steps);
        // Whoever holds is told when they come back, as whoever comes later; but somebody has to know.
        let is_told = self.parts.iter().any(|part| part.knows == Knows::Yes);
        let is_telling = self.parts.iter().any(|part| matches!(part.knows, Knows::Soon { .. }));
        if let (Stage::Announcing, true, true) = (self.stage, is_there, is_told && !is_telling)
            && let Some(other) = talkers.iter().find(|talker| !self.is_own(talker.party))
        {
            self.stage = Stage::Running;
            steps.push(Step::Begin {
                own: self.own.clone(),
                other: other.party.clone(),
            });
        }
        if matches!(self.stage, Stage::Running) {
            self.record(talkers, is_there, steps);
        }
        true
    }

    /// Nobody wants it any more: all are told, where they were told in words that it is made.
    pub(crate) fn call_off(&mut self, steps: &mut Vec<Step>) {
        let sounds: Arc<[Sound]> = match self.announced {
            Announced::Prompt => Arc::new([self.prompt(Prompt::NotRecorded)]),
            Announced::Tone | Announced::Silently => Arc::new([]),
        };
        // Without words there is only something to be ended that is played still.
        let is_said = !sounds.is_empty();
        let legs = self.parts.iter().filter(|part| match part.knows {
            Knows::NotYet => false,
            Knows::Soon { .. } => true,
            Knows::Yes => is_said,
        });
        let legs: Vec<LegId> = legs.map(|part| part.leg).collect();
        self.end(steps);
        steps.extend(legs.into_iter().map(|leg| {
            let sounds = Arc::clone(&sounds);
            Step::Play { leg, sounds }
        }));
    }

    /// It cannot go on. The call does.
    pub(crate) fn stop(&mut self, trouble: RecordingTrouble, steps: &mut Vec<Step>) {
        self.end(steps);
        self.stage = Stage::Stopped(trouble);
    }

    /// Records nobody any more.
    pub(crate) fn end(&mut self, steps: &mut Vec<Step>) {
        for part in std::mem::take(&mut self.parts) {
            part.let_go(steps);
        }
        if matches!(self.stage, Stage::Running) {
            steps.push(Step::End);
        }
    }

    /// Forgets the legs of those who do not talk here any more; the people among them who were told.
    fn let_go(&mut self, talkers: &[Talker<'_>], steps: &mut Vec<Step>) -> Vec<UserId> {
        let is_in = |part: &Part| talkers.iter().any(|talker| talker.leg == part.leg);
        let (stay, leave): (Vec<Part>, Vec<Part>) = std::mem::take(&mut self.parts).into_iter().partition(is_in);
        self.parts = stay;
        let told = leave.iter().filter(|part| part.knows == Knows::Yes);
        let told = told.filter_map(|part| part.user).collect();
        for part in leave {
            part.let_go(steps);
        }
        told
    }

    /// Somebody comes. Who goes on by another phone knows already.
    fn take_in(&mut self, talker: &Talker<'_>, left: &[UserId]) {
        let user = talker.party.user;
        let has_been_told = user.is_some_and(|user| left.contains(&user));
        let is_told = has_been_told || self.announced == Announced::Silently;
        self.parts.push(Part {
            leg: talker.leg,
            user,
            channel: if self.is_own(talker.party) { Channel::Own } else { Channel::Others },
            knows: if is_told { Knows::Yes } else { Knows::NotYet },
            is_recorded: false,
        });
    }

    /// Tells those who are to be told and listen, says once more what was cut short, and gives up where it takes too long.
    fn tell(&mut self, talkers: &[Talker<'_>], playing: impl Fn(LegId) -> Option<u32>, now: Instant, steps: &mut Vec<Step>) {
        let Some(sounds) = self.announcement() else { return };
        for part in &mut self.parts {
            let listens = talkers.iter().any(|talker| talker.leg == part.leg && talker.listens);
            let until = match part.knows {
                Knows::Yes => continue,
                Knows::NotYet | Knows::Soon { .. } if !listens => {
                    part.knows = Knows::NotYet;
                    continue;
                }
                Knows::Soon { until, .. } if until <= now => {
                    part.knows = Knows::Yes;
                    continue;
                }
                Knows::Soon { number, .. } if number.is_some() && number == playing(part.leg) => continue,
                Knows::Soon { until, .. } => until,
                Knows::NotYet => now + TELLING_MAX,
            };
            part.knows = Knows::Soon { until, number: None };
            let (leg, sounds) = (part.leg, Arc::clone(&sounds));
            steps.push(Step::Play { leg, sounds });
        }
    }

    /// Records those who have been told and are heard, and nobody else; nobody while its own person is not there.
    fn record(&mut self, talkers: &[Talker<'_>], is_there: bool, steps: &mut Vec<Step>) {
        let recording = self.id;
        for part in &mut self.parts {
            let is_heard = talkers.iter().any(|talker| talker.leg == part.leg && talker.is_heard);
            let is_wanted = is_there && part.knows == Knows::Yes && is_heard;
            if is_wanted != part.is_recorded {
                part.is_recorded = is_wanted;
                let channel = part.channel;
                steps.push(part.track(is_wanted.then_some(Track { recording, channel })));
            }
        }
    }

    fn announcement(&self) -> Option<Arc<[Sound]>> {
        match self.announced {
            Announced::Prompt => Some(Arc::new([self.prompt(Prompt::Recorded)])),
            Announced::Tone => Some(Arc::new([Sound::RecordingTone])),
            Announced::Silently => None,
        }
    }

    fn prompt(&self, prompt: Prompt) -> Sound {
        let language = self.language;
        Sound::Prompt { prompt, language }
    }

    fn part_mut(&mut self, leg: LegId) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.leg == leg)
    }
}

impl Part {
    fn let_go(self, steps: &mut Vec<Step>) {
        if self.is_recorded {
            steps.push(self.track(None));
        }
    }

    fn track(&self, into: Option<Track>) -> Step {
        Step::Media(control::Command::Record { leg: self.leg, into })
    }
}

impl Call {
    /// Who is in the talk of it, or waits for it to go on. Nobody while phones ring first, and in calls of one party alone.
    pub(crate) fn talkers(&self) -> Vec<Talker<'_>> {
        let legs: Vec<&Leg> = match &self.state {
            State::Talking { pair } => pair.iter().collect(),
            State::Moving(moving) => vec![&moving.mover, &moving.other],
            State::Transferring { transfer, .. } | State::HandingOver { transfer, .. } => {
                transfer.transferor.iter().chain([&transfer.transferee]).collect()
            }
            State::Parked(parked) => vec![parked.party()],
            State::Conference(conference) => conference.present().filter(|leg| leg.is_established()).collect(),
            State::Lifting(_)
            | State::Ringing { .. }
            | State::Answering { .. }
            | State::Greeting { .. }
            | State::Serving { .. }
            | State::Attending(_)
            | State::LoggingOn(_)
            | State::Echoing(_)
            | State::Farewell(_)
            | State::Ending { .. }
            | State::Unmade { .. }
            | State::Over => Vec::new(),
        };
        let is_heard = |leg: &Leg| legs.iter().any(|other| other.id != leg.id && is_heard_by(leg, other));
        let talkers = legs.iter().map(|leg| Talker {
            leg: leg.id,
            party: &leg.party,
            side: leg.side,
            is_heard: is_heard(leg),
            listens: !leg.holds(),
        });
        talkers.collect()
    }

    /// Whether a leg is alive, so that media can be told something about it.
    pub(crate) fn has_leg(&self, leg: LegId) -> bool {
        self.legs().any(|alive| alive.id == leg)
    }

    /// Whether somebody is in the talk, or on their way back to it: a phone of theirs is called, or they have parked it. In a conference are
    /// only those who are present: whoever is called into it, or waits, may never come.
    pub(crate) fn awaits(&self, is_theirs: impl Fn(&Party) -> bool) -> bool {
        let has_parked = matches!(&self.state, State::Parked(parked) if is_theirs(parked.by()));
        let is_in = match self.conference() {
            Some(conference) => conference.present().any(|leg| is_theirs(&leg.party)),
            None => self.legs().any(|leg| is_theirs(&leg.party)),
        };
        has_parked || is_in
    }

    /// The call by which the journal knows somebody's part in it.
    pub(crate) fn story_of(&self, leg: LegId) -> CallId {
        let members = self.conference().map_or(&[][..], |conference| &conference.members);
        let member = members.iter().find(|member| member.leg.id == leg);
        member.and_then(Member::story).unwrap_or(self.story)
    }
}

fn is_heard_by(leg: &Leg, other: &Leg) -> bool {
    let speaks = leg.hears(Source::Conference { is_muted: false });
    let listens = [false, true]
        .into_iter()
        .any(|is_muted| other.hears(Source::Conference { is_muted }));
    other.hears(Source::Leg(leg.id)) || (speaks && listens)
}
