//! One call while it runs: what is kept of it, within 64 kB.
//!
//! Of the ladder and of the marks the first ones and the last ones are kept; what was in between is counted.

use std::time::Instant;

use model::quality::Transport as Way;
use model::{CallId, DeviceId, LegId, TrunkId, UserId};
use sip::Transport;
use switchboard::core::{DialogBegan, Party};
use switchboard::directory::Directory;
use time::OffsetDateTime;

use super::glance::{Glance, Kind, Method, phrase};
use super::note::{Hears, transport_name};
use super::series::{Reading, Series};
use super::story::{self, LegKind, MarkKind, Story};

/// Messages of a ladder; the last fifty make room for further ones.
pub(super) const LADDER_MAX: usize = 200;
/// Marks of a call.
pub(super) const MARKS_MAX: usize = 200;
/// The last ones that a full list keeps.
const LAST_KEPT: usize = 50;
/// Legs of a call that are told apart.
pub(super) const LEGS_MAX: usize = 32;
/// Steps of all legs together: two legs have half an hour before they become coarser.
pub(super) const STEPS_MAX: usize = 2_048;
/// Of a mark that others have worded.
const MARK_CHARS_MAX: usize = 120;
/// A message is a repetition when the same one has come or gone so many messages before.
const REPEATS_WITHIN: usize = 8;

#[derive(Clone, Copy, Debug)]
struct Step {
    at_ms: u32,
    leg: LegId,
    is_inbound: bool,
    transport: Transport,
    kind: Kind,
    method: Method,
    cseq: u32,
    bytes: u32,
    repeated: u8,
}

#[derive(Debug)]
struct Mark {
    at_ms: u32,
    leg: Option<LegId>,
    kind: MarkKind,
    text: String,
}

/// One leg.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) id: LegId,
    user: Option<UserId>,
    pub(super) device: Option<DeviceId>,
    pub(super) trunk: Option<TrunkId>,
    kind: Option<LegKind>,
    pub(super) port: Option<u16>,
    series: Option<Series>,
    way: Way,
    codec: Option<&'static str>,
    is_held: bool,
    /// It went on with another call.
    has_left: bool,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) call: CallId,
    begun: Instant,
    begun_at: OffsetDateTime,
    parties: Vec<Party>,
    pub(super) legs: Vec<Leg>,
    ladder: Vec<Step>,
    marks: Vec<Mark>,
    left_out: u32,
    pub(super) ended: Option<Instant>,
    pub(super) touched: Instant,
}

impl Track {
    pub(super) fn new(call: CallId, begun: Instant, begun_at: OffsetDateTime) -> Self {
        Self {
            call,
            begun,
            begun_at,
            parties: Vec::new(),
            legs: Vec::new(),
            ladder: Vec::new(),
            marks: Vec::new(),
            left_out: 0,
            ended: None,
            touched: begun,
        }
    }

    fn ms(&self, at: Instant) -> u32 {
        u32::try_from(at.saturating_duration_since(self.begun).as_millis()).unwrap_or(u32::MAX)
    }

    pub(super) fn began(&mut self, caller: Party, called: Party) {
        self.parties = vec![caller, called];
    }

    /// `None` when there are too many already.
    pub(super) fn leg(&mut self, id: LegId) -> Option<&mut Leg> {
        if let Some(index) = self.legs.iter().position(|leg| leg.id == id) {
            return self.legs.get_mut(index);
        }
        if self.legs.len() >= LEGS_MAX {
            return None;
        }
        self.legs.push(Leg {
            id,
            user: None,
            device: None,
            trunk: None,
            kind: None,
            port: None,
            series: None,
            way: Way::None,
            codec: None,
            is_held: false,
            has_left: false,
        });
        self.legs.last_mut()
    }

    pub(super) fn dialog(&mut self, began: &DialogBegan) {
        let DialogBegan {
            leg, user, device, trunk, ..
        } = began;
        if let Some(leg) = self.leg(*leg) {
            (leg.user, leg.device, leg.trunk) = (*user, *device, *trunk);
            leg.has_left = false;
        }
    }

    pub(super) fn made(&mut self, leg: LegId, kind: LegKind) {
        if let Some(leg) = self.leg(leg) {
            leg.kind = Some(kind);
        }
    }

    pub(super) fn has_port(&mut self, leg: LegId, port: u16) {
        if let Some(leg) = self.leg(leg) {
            leg.port = Some(port);
        }
    }

    /// A leg goes on with another call: what the other one needs to know of it.
    pub(super) fn leaves(&mut self, leg: LegId, at: Instant) -> Option<Leg> {
        let there = self.legs.iter_mut().find(|there| there.id == leg)?;
        there.has_left = true;
        let moved = Leg {
            id: there.id,
            user: there.user,
            device: there.device,
            trunk: there.trunk,
            kind: there.kind,
            port: there.port,
            series: None,
            way: there.way,
            codec: there.codec,
            is_held: false,
            has_left: false,
        };
        self.mark(at, Some(leg), MarkKind::Moved, "goes on with another call");
        Some(moved)
    }

    pub(super) fn arrives(&mut self, leg: Leg, at: Instant) {
        let id = leg.id;
        if let Some(there) = self.leg(id) {
            *there = leg;
        }
        self.mark(at, Some(id), MarkKind::Moved, "comes from another call");
    }

    pub(super) fn message(&mut self, at: Instant, leg: LegId, glance: &Glance, is_inbound: bool, transport: Transport) {
        let Glance {
            kind, method, cseq, bytes, ..
        } = *glance;
        let is_same = |step: &&mut Step| {
            (step.leg, step.is_inbound, step.kind, step.method, step.cseq) == (leg, is_inbound, kind, method, cseq) && step.bytes == bytes
        };
        // Of PRACK, UPDATE and the like a dialog may have many, each with a number of its own: only a repetition has the same.
        if let Some(same) = self.ladder.iter_mut().rev().take(REPEATS_WITHIN).find(is_same) {
            same.repeated = same.repeated.saturating_add(1);
            return;
        }
        let step = Step {
            at_ms: self.ms(at),
            leg,
            is_inbound,
            transport,
            kind,
            method,
            cseq,
            bytes,
            repeated: 0,
        };
        self.left_out += make_room(&mut self.ladder, LADDER_MAX);
        self.ladder.push(step);
    }

    pub(super) fn mark(&mut self, at: Instant, leg: Option<LegId>, kind: MarkKind, text: &str) {
        let mark = Mark {
            at_ms: self.ms(at),
            leg,
            kind,
            text: text.chars().take(MARK_CHARS_MAX).collect(),
        };
        self.left_out += make_room(&mut self.marks, MARKS_MAX);
        self.marks.push(mark);
    }

    pub(super) fn hears(&mut self, at: Instant, leg: LegId, hears: Hears) {
        let Some(there) = self.leg(leg) else { return };
        let is_held = match hears {
            Hears::Music => true,
            // Also between two things that are heard.
            Hears::Nothing => there.is_held,
            Hears::Somebody => false,
        };
        let was_held = std::mem::replace(&mut there.is_held, is_held);
        match (was_held, is_held) {
            (false, true) => self.mark(at, Some(leg), MarkKind::Hold, "hears music on hold"),
            (true, false) => self.mark(at, Some(leg), MarkKind::HoldEnd, "is no longer on hold"),
            (true, true) | (false, false) => {}
        }
    }

    pub(super) fn measured(&mut self, at: Instant, leg: LegId, reading: &Reading) {
        let at_ms = self.ms(at);
        let Some(there) = self.leg(leg) else { return };
        let way = std::mem::replace(&mut there.way, reading.transport);
        let codec = there.codec;
        there.codec = reading.codec.or(codec);
        let (way_now, codec_now) = (there.way, there.codec);
        let series = there.series.get_or_insert_with(|| Series::new(at_ms));
        series.read(at_ms, reading, STEPS_MAX / 2);
        if way != way_now && way_now != Way::None {
            self.mark(at, Some(leg), MarkKind::Way, way_name(way_now));
        }
        if let Some(name) = codec_now.filter(|_| codec != codec_now) {
            self.mark(at, Some(leg), MarkKind::Codec, name);
        }
        self.fit();
    }

    /// The longest lines become coarser until all fit.
    fn fit(&mut self) {
        let length = |leg: &Leg| leg.series.as_ref().map_or(0, |series| series.steps.len());
        while self.legs.iter().map(length).sum::<usize>() > STEPS_MAX {
            let longest = self.legs.iter_mut().max_by_key(|leg| length(leg));
            let Some(series) = longest.and_then(|leg| leg.series.as_mut()) else {
                return;
            };
            series.coarsen();
        }
    }

    /// The legs that are in the call now.
    pub(super) fn present(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| !leg.has_left)
    }

    /// What is kept, with the names of today.
    pub(super) fn story(&self, name: String, directory: &Directory) -> Story {
        let legs: Vec<_> = self.legs.iter().map(|leg| self.told(leg, directory)).collect();
        let label = |id: LegId| {
            let leg = legs.iter().find(|leg| leg.leg == id.0);
            leg.map_or_else(|| id.to_string(), label)
        };
        Story {
            call: name,
            begun_at: self.begun_at,
            ended_at_ms: self.ended.map(|at| self.ms(at)),
            ladder: self.ladder.iter().map(|step| told_step(step, label(step.leg))).collect(),
            marks: self
                .marks
                .iter()
                .map(|mark| story::Mark {
                    at_ms: mark.at_ms,
                    leg: mark.leg.map(|leg| leg.0),
                    kind: mark.kind,
                    text: mark.text.clone(),
                })
                .collect(),
            series: self.legs.iter().flat_map(told_series).collect(),
            left_out: self.left_out,
            legs,
        }
    }

    fn told(&self, leg: &Leg, directory: &Directory) -> story::Leg {
        let user = leg.user.and_then(|id| directory.users.iter().find(|user| user.id == id));
        let trunk = leg.trunk.and_then(|id| directory.trunks.iter().find(|trunk| trunk.id == id));
        let is_party = |party: &&Party| match leg.user {
            Some(user) => party.user == Some(user),
            None => party.user.is_none(),
        };
        let party = self.parties.iter().find(is_party);
        let known = |party: Option<&str>, name: Option<&str>| (party.unwrap_or_default().to_owned(), name.unwrap_or_default().to_owned());
        let (number, name) = match user {
            Some(user) => known(user.extension.as_deref(), Some(&user.name)),
            None => known(party.map(|party| party.number.as_str()), party.map(|party| party.name.as_str())),
        };
        story::Leg {
            leg: leg.id.0,
            party: number,
            name,
            kind: leg.kind,
            trunk: leg.trunk.map(|id| trunk.map_or_else(|| id.to_string(), |trunk| trunk.name.clone())),
            codec: leg.codec.map(str::to_owned),
        }
    }
}

/// Takes one out of the middle of a full list; how many were taken out.
fn make_room<T>(list: &mut Vec<T>, max: usize) -> u32 {
    if list.len() < max {
        return 0;
    }
    list.remove(max - LAST_KEPT);
    1
}

fn label(leg: &story::Leg) -> String {
    let who = if leg.name.is_empty() { &leg.party } else { &leg.name };
    match (leg.kind, &leg.trunk) {
        (_, Some(trunk)) => trunk.clone(),
        (Some(LegKind::Browser), None) => format!("{who} (browser)"),
        (Some(LegKind::Phone), None) => format!("{who} (desk phone)"),
        (Some(LegKind::Trunk), None) | (None, None) => who.clone(),
    }
}

fn told_step(step: &Step, peer: String) -> story::Message {
    let farend = "farend".to_owned();
    let (from, to) = if step.is_inbound { (peer, farend) } else { (farend, peer) };
    let what = match step.kind {
        Kind::Request => step.method.name().to_owned(),
        Kind::Response(status) => format!("{status} {}", phrase(status)).trim_end().to_owned(),
    };
    let (transport, bytes, cseq, method) = (transport_name(step.transport), step.bytes, step.cseq, step.method.name());
    let again = match step.repeated {
        0 => String::new(),
        1 => ", sent again once".to_owned(),
        times => format!(", sent again {times} times"),
    };
    story::Message {
        at_ms: step.at_ms,
        leg: Some(step.leg.0),
        from,
        to,
        what,
        note: format!("{transport}, {bytes} bytes, CSeq {cseq} {method}{again}"),
    }
}

fn told_series(leg: &Leg) -> Vec<story::Series> {
    let Some(series) = &leg.series else { return Vec::new() };
    let told = |direction| {
        let points = || {
            series.steps.iter().map(move |step| match direction {
                story::Direction::Received => step.received,
                story::Direction::Sent => step.sent,
            })
        };
        story::Series {
            leg: leg.id.0,
            direction,
            from_ms: series.from_ms,
            step_ms: series.step_ms,
            level_dbov: points().map(super::series::Point::level).collect(),
            loss_percent: points().map(super::series::Point::loss_percent).collect(),
            jitter_ms: points().map(super::series::Point::jitter_ms).collect(),
            round_trip_ms: series.steps.iter().map(|step| step.round_trip_ms()).collect(),
            mos: points().map(super::series::Point::mos).collect(),
            packets: points().map(super::series::Point::packets).collect(),
        }
    };
    vec![told(story::Direction::Received), told(story::Direction::Sent)]
}

fn way_name(way: Way) -> &'static str {
    match way {
        Way::None => "no way yet",
        Way::Rtp => "RTP",
        Way::Udp => "WebRTC over UDP",
        Way::Tcp => "WebRTC over the one TCP port",
        Way::Relay => "WebRTC through the relay, inside TLS",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::quality::{LegReport, StreamReport};

    use super::*;

    fn glance(cseq: u32) -> Glance {
        Glance {
            call_id: 1,
            kind: Kind::Request,
            method: Method::Info,
            cseq,
            bytes: 500,
        }
    }

    #[test]
    fn a_full_ladder_keeps_its_beginning_and_its_end() {
        let begun = Instant::now();
        let mut track = Track::new(CallId(1), begun, OffsetDateTime::UNIX_EPOCH);
        for number in 0..500_u32 {
            let at = begun + Duration::from_millis(number.into());
            track.message(at, LegId(2), &glance(number), true, Transport::Udp);
        }
        let story = track.story("1-1".to_owned(), &Directory::default());
        assert_eq!((story.ladder.len(), story.left_out), (LADDER_MAX, 300));
        assert_eq!(
            (story.ladder[149].at_ms, story.ladder[150].at_ms, story.ladder[199].at_ms),
            (149, 450, 499)
        );
    }

    #[test]
    fn a_repetition_is_counted_at_the_first_one() {
        let begun = Instant::now();
        let mut track = Track::new(CallId(1), begun, OffsetDateTime::UNIX_EPOCH);
        for _ in 0..3 {
            track.message(begun, LegId(2), &glance(1), true, Transport::Udp);
        }
        let story = track.story("1-1".to_owned(), &Directory::default());
        assert_eq!(story.ladder.len(), 1);
        assert_eq!(story.ladder[0].note, "UDP, 500 bytes, CSeq 1 INFO, sent again 2 times");
    }

    #[test]
    fn three_hours_of_many_legs_stay_within_the_bound() {
        let begun = Instant::now();
        let mut track = Track::new(CallId(1), begun, OffsetDateTime::UNIX_EPOCH);
        for number in 1..=5_400_u64 {
            for leg in 0..40 {
                let report = LegReport {
                    received: StreamReport {
                        packets: number * 100,
                        ..StreamReport::default()
                    },
                    ..LegReport::default()
                };
                track.measured(begun + Duration::from_secs(2 * number), LegId(leg), &Reading::from(&report));
            }
        }
        let steps: usize = track
            .legs
            .iter()
            .map(|leg| leg.series.as_ref().map_or(0, |series| series.steps.len()))
            .sum();
        assert!(
            steps <= STEPS_MAX && track.legs.len() == LEGS_MAX,
            "{steps} steps of {} legs",
            track.legs.len()
        );
        let bytes = steps * size_of::<super::super::series::Step>() + LADDER_MAX * size_of::<Step>() + MARKS_MAX * (size_of::<Mark>() + 20);
        assert!(bytes <= 64 * 1024, "{bytes} bytes");
    }
}
