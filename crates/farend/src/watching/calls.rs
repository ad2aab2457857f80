//! The calls that are watched, and those that were lately.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use doctor::evidence::{BrowserSide, Call, CallLeg, MediaWay, PeerKind, Stage, Trouble, UnixMs};
use doctor::watch::{News, Part, Silence, Watch};
use model::quality::{LegReport, Transport};
use model::{CallId, LegId, UserId};
use switchboard::core::Talks;
use switchboard::directory::{DeviceKind, Directory};

use super::Measured;

/// Calls that are watched at the same time; those beyond are not.
const CALLS_MAX: usize = 4_096;
/// Ended calls that are remembered at most.
const ENDED_MAX: usize = 1_000;
/// How long they are.
const ENDED_FOR: Duration = Duration::from_mins(10);
/// Troubles of one call that are kept; older ones make room.
const TROUBLES_MAX: usize = 64;
/// A leg that was not measured for so long has gone.
const GONE_AFTER: Duration = Duration::from_millis(2_500);

/// Now, for what is timed and for what is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) at: Instant,
    pub(super) wall: UnixMs,
}

/// In which direction somebody's call has no sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// They are not heard.
    FromMe,
    /// They hear nothing.
    ToMe,
}

/// On whose side that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// On theirs.
    Me,
    /// On that of whoever they talk to.
    Them,
}

/// What a person is told of a call of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Whom.
    pub user: UserId,
    /// Of which call.
    pub call: CallId,
    /// Whose sound it is about.
    pub direction: Direction,
    /// `None`: there is sound again, or nobody is to be heard any more.
    pub trouble: Option<(Stage, Whose)>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Calls {
    running: BTreeMap<CallId, Running>,
    /// Oldest first.
    ended: Vec<(Instant, Arc<Call>)>,
    /// In which call a leg was measured last.
    calls: BTreeMap<LegId, CallId>,
    changed: BTreeSet<CallId>,
    /// Ended since that was asked last.
    just_ended: Vec<Arc<Call>>,
}

#[derive(Debug)]
struct Running {
    watch: Watch,
    legs: BTreeMap<LegId, Leg>,
    call: Call,
    /// As it was told last.
    told: Arc<Call>,
}

#[derive(Clone, Copy, Debug)]
struct Leg {
    user: Option<UserId>,
    kind: PeerKind,
    measured: Instant,
}

impl Calls {
    /// A leg has been measured.
    pub(super) fn measured(&mut self, measured: &Measured, directory: &Directory, now: Moment) -> Vec<Told> {
        let Measured {
            call,
            leg,
            user,
            talks,
            report,
            ..
        } = measured;
        let mut told = Vec::new();
        // It has come from another call.
        if let Some(before) = self.calls.get(leg).copied().filter(|before| before != call) {
            told = self.leave(before, *leg, now);
        }
        if talks.is_none() && !self.running.get(call).is_some_and(|running| running.legs.contains_key(leg)) {
            // Nobody has talked there yet.
            return told;
        }
        if !self.running.contains_key(call) {
            if self.running.len() >= CALLS_MAX {
                return told;
            }
            self.running.insert(*call, Running::new(*call, now));
        }
        let Some(running) = self.running.get_mut(call) else { return told };
        let kind = kind(talks.as_deref(), report, running.legs.get(leg), directory);
        let measured_at = now.at;
        let known = Leg {
            user: *user,
            kind,
            measured: measured_at,
        };
        running.legs.insert(*leg, known);
        self.calls.insert(*leg, *call);
        running.describe(*leg, kind, talks.as_deref(), report, directory);
        let part = Part {
            leg: *leg,
            kind,
            is_talking: talks.is_some(),
            with: talks.as_ref().and_then(|talks| talks.with),
        };
        let news = running.watch.measured(part, report, now.at);
        told.extend(running.take(&news, now));
        self.note(*call);
        told
    }

    /// A person's browser says how its side of a call is.
    pub(super) fn browser_says(&mut self, call: CallId, user: UserId, side: BrowserSide, now: Moment) -> Vec<Told> {
        let Some(running) = self.running.get_mut(&call) else {
            return Vec::new();
        };
        let is_theirs = |(_, leg): &(&LegId, &Leg)| leg.user == Some(user) && leg.kind == PeerKind::Browser;
        let Some((leg, _)) = running.legs.iter().find(is_theirs) else {
            return Vec::new();
        };
        let leg = *leg;
        if let Some(known) = running.call.legs.iter_mut().find(|known| known.leg == leg.0) {
            known.browser = Some(side);
        }
        let news = running.watch.told(leg, side, now.at);
        let told = running.take(&news, now);
        self.note(call);
        told
    }

    /// Looks who has gone, and forgets what is old.
    pub(super) fn look(&mut self, now: Moment) -> Vec<Told> {
        let is_gone = |leg: &Leg| now.at.saturating_duration_since(leg.measured) > GONE_AFTER;
        let of_call = |(call, running): (&CallId, &Running)| {
            let gone = running.legs.iter().filter(|(_, leg)| is_gone(leg));
            gone.map(|(leg, _)| (*call, *leg)).collect::<Vec<_>>()
        };
        let gone: Vec<_> = self.running.iter().flat_map(of_call).collect();
        let told = gone.into_iter().flat_map(|(call, leg)| self.leave(call, leg, now)).collect();
        self.ended.retain(|(ended, _)| now.at.saturating_duration_since(*ended) < ENDED_FOR);
        told
    }

    /// A leg is in this call no more; a call without legs has ended.
    fn leave(&mut self, call: CallId, leg: LegId, now: Moment) -> Vec<Told> {
        if self.calls.get(&leg) == Some(&call) {
            self.calls.remove(&leg);
        }
        let Some(running) = self.running.get_mut(&call) else {
            return Vec::new();
        };
        let news = running.watch.left(leg);
        let told = running.take(&news, now);
        running.legs.remove(&leg);
        if running.legs.is_empty()
            && let Some(mut over) = self.running.remove(&call)
        {
            self.changed.remove(&call);
            over.call.ended_at = Some(now.wall);
            let over = Arc::new(over.call);
            if self.ended.len() >= ENDED_MAX {
                self.ended.remove(0);
            }
            self.ended.push((now.at, Arc::clone(&over)));
            self.just_ended.push(over);
        }
        told
    }

    fn note(&mut self, call: CallId) {
        if self.running.get(&call).is_some_and(|running| *running.told != running.call) {
            self.changed.insert(call);
        }
    }

    /// Calls of which something has changed since this was asked last.
    pub(super) fn take_changed(&mut self) -> Vec<Arc<Call>> {
        let mut all = std::mem::take(&mut self.just_ended);
        for call in std::mem::take(&mut self.changed) {
            if let Some(running) = self.running.get_mut(&call) {
                running.told = Arc::new(running.call.clone());
                all.push(Arc::clone(&running.told));
            }
        }
        all
    }

    /// All calls that are known, as they were told last.
    pub(super) fn all(&self) -> Vec<Arc<Call>> {
        let ended = self.ended.iter().map(|(_, call)| call);
        ended.chain(self.running.values().map(|running| &running.told)).cloned().collect()
    }
}

impl Running {
    fn new(call: CallId, now: Moment) -> Self {
        let call = Call {
            id: call.0,
            answered_at: now.wall,
            ..Call::default()
        };
        Self {
            watch: Watch::default(),
            legs: BTreeMap::new(),
            told: Arc::default(),
            call,
        }
    }

    /// Who it is, as far as that is to be known.
    fn describe(&mut self, leg: LegId, kind: PeerKind, talks: Option<&Talks>, report: &LegReport, directory: &Directory) {
        let way = match report.transport {
            Transport::None => None,
            Transport::Rtp => Some(MediaWay::Rtp),
            Transport::Udp => Some(MediaWay::Udp),
            Transport::Tcp => Some(MediaWay::Tcp),
            Transport::Relay => Some(MediaWay::Relay),
        };
        if let Some(known) = self.call.legs.iter_mut().find(|known| known.leg == leg.0) {
            known.way = way.or(known.way);
            known.kind = kind;
            return;
        }
        let Some(talks) = talks else { return };
        let trunk = |id| directory.trunks.iter().find(|trunk| trunk.id == id).map(|trunk| trunk.name.clone());
        self.call.legs.push(CallLeg {
            leg: leg.0,
            party: talks.party.number.clone(),
            name: talks.party.name.clone(),
            kind,
            trunk: talks.trunk.and_then(trunk),
            way,
            browser: None,
        });
    }

    /// Keeps what the watch has noticed; who is to be told of it.
    fn take(&mut self, news: &[News], now: Moment) -> Vec<Told> {
        let mut told = Vec::new();
        for news in news {
            match news {
                News::Raised(silence) => {
                    self.raise(*silence, now);
                    told.extend(self.tell(*silence, true));
                }
                News::Ended(silence) => {
                    let trouble = trouble(*silence, now.wall);
                    let is_it = |known: &&mut Trouble| {
                        known.until.is_none()
                            && (known.from_leg, known.to_leg, known.stage) == (trouble.from_leg, trouble.to_leg, trouble.stage)
                    };
                    if let Some(known) = self.call.troubles.iter_mut().rev().find(is_it) {
                        known.until = Some(now.wall);
                    }
                    told.extend(self.tell(*silence, false));
                }
            }
        }
        // One stage that takes another one's place is no end.
        let is_replaced = |at: usize| {
            let one: &Told = &told[at];
            one.trouble.is_none()
                && told[at + 1..]
                    .iter()
                    .any(|later| (later.user, later.direction) == (one.user, one.direction))
        };
        let kept = (0..told.len()).filter(|at| !is_replaced(*at)).map(|at| told[at]);
        kept.collect()
    }

    fn raise(&mut self, silence: Silence, now: Moment) {
        if self.call.troubles.len() >= TROUBLES_MAX {
            self.call.troubles.remove(0);
        }
        self.call.troubles.push(trouble(silence, now.wall));
    }

    /// Whoever is not heard, and whoever hears nothing. In a conference only those whose side it is: the others hear each other.
    fn tell(&self, silence: Silence, is_raised: bool) -> Vec<Told> {
        let is_at_listener = is_at_listener(silence.stage);
        let side = |leg: Option<LegId>, direction: Direction, is_mine: bool| {
            let user = self.legs.get(&leg?)?.user?;
            let whose = if is_mine { Whose::Me } else { Whose::Them };
            Some(Told {
                user,
                call: CallId(self.call.id),
                direction,
                trouble: is_raised.then_some((silence.stage, whose)),
            })
        };
        let speaker = side(silence.from, Direction::FromMe, !is_at_listener);
        let listener = side(silence.to, Direction::ToMe, is_at_listener);
        speaker.into_iter().chain(listener).collect()
    }
}

fn trouble(silence: Silence, since: UnixMs) -> Trouble {
    Trouble {
        from_leg: silence.from.map_or(0, |leg| leg.0),
        to_leg: silence.to.map(|leg| leg.0),
        stage: silence.stage,
        since,
        until: None,
    }
}

/// Whether sound that is lost there has left us.
fn is_at_listener(stage: Stage) -> bool {
    match stage {
        Stage::NetworkOut | Stage::Output => true,
        Stage::Microphone
        | Stage::Sender
        | Stage::SilentAudio
        | Stage::NetworkIn
        | Stage::WrongAddress
        | Stage::Decryption
        | Stage::Decoding => false,
    }
}

/// By what somebody takes part: what is known once stays known while they do not talk.
fn kind(talks: Option<&Talks>, report: &LegReport, known: Option<&Leg>, directory: &Directory) -> PeerKind {
    // Looked up only until its media goes some way.
    let by_device = || {
        let device = talks?.party.device?;
        let known = directory.devices.iter().find(|known| known.id == device)?;
        (known.kind == DeviceKind::Browser).then_some(PeerKind::Browser)
    };
    let by_way = match report.transport {
        Transport::Rtp => Some(PeerKind::Phone),
        Transport::Udp | Transport::Tcp | Transport::Relay => Some(PeerKind::Browser),
        Transport::None => None,
    };
    match talks {
        Some(talks) if talks.trunk.is_some() => PeerKind::Trunk,
        Some(_) => by_way.or_else(by_device).unwrap_or(PeerKind::Phone),
        None => known.map(|known| known.kind).or(by_way).unwrap_or(PeerKind::Phone),
    }
}

#[cfg(test)]
mod tests;
