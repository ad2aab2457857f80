//! A conference bridge: whoever talks is heard by all others, whatever their codecs, and never by themselves.
//!
//! ```text
//!   packets of a member ─► Voice: jitter buffer, decoder, level ─► Stage: the few loudest ─┐ each at every rate that somebody needs
//!                                                                                          ▼
//!   chimes ───────────────────────────────────────────────────────────────────────► one sum per rate
//!                          sum ───────────────────────► limiter ─► one encoder per codec ─► all who only listen
//!                          sum less their own sound ──► limiter ─► an encoder each ───────► the few on the stage
//! ```
//!
//! Everything costs what it must: voices are decoded no better than the best of the listeners hears, G.711 among G.711 is neither resampled nor
//! mixed at more than 8 kHz, and when nobody talks nothing is encoded at all: everybody gets the same comfort noise, encoded long ago. Nothing is
//! allocated for a frame once everybody has talked.

mod level;
pub(crate) mod limiter;
mod plan;
mod sound;
mod stage;
mod track;
mod voice;

use std::time::Instant;

use model::control::Chime;
use slab::Slab;

use crate::audio::chime::Chimes;
use crate::audio::codec::{Codec, Rate};
use crate::audio::jitter::Packet;
use crate::audio::quality::SilenceMeter;
use level::Level;
use plan::Plan;
use sound::Sound;
use stage::{Candidate, Stage};
use track::{Own, Tracks};
use voice::Voice;

pub use stage::TALKERS_MAX;
pub use track::Frame;

/// Frames of a conference in which nobody talks that are filled with comfort noise: 5 s.
const COMFORT_TICKS: u32 = 250;
/// After that one frame in so many, 400 ms, lest somebody believes that the connection is gone.
const REST_TICKS: u32 = 20;
/// Frames that a member who has left the stage goes on with an encoder of its own, while it comes to the same result as everybody's: 200 ms.
const LINGER_TICKS: u8 = 10;

/// A member's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat(usize);

/// How a member takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attendance {
    /// What it is to be sent; `None` while it does not listen.
    pub hears: Option<Codec>,
    /// Whether the others may hear it.
    pub is_heard: bool,
    /// Which share of our packets it loses, in percent.
    pub loss_percent: u8,
}

/// One conference. Call [`Mixer::tick`] every 20 ms, then ask what each member is sent.
pub struct Mixer {
    members: Slab<Member>,
    plan: Plan,
    is_plan_stale: bool,
    stage: Stage,
    candidates: Vec<Candidate>,
    /// Everybody on the stage and everything else that sounds, at each rate.
    sum: Sound,
    parts: Vec<Part>,
    parts_in_use: usize,
    tracks: Tracks,
    chimes: Chimes,
    /// Whether there was something to hear in the last tick besides voices.
    has_chimed: bool,
    ticks: u64,
    /// Since somebody was heard.
    quiet_ticks: u32,
    was_somebody_heard: bool,
}

struct Member {
    attendance: Attendance,
    /// The codec heard last.
    talks: Option<Codec>,
    voice: Option<Box<Voice>>,
    /// How loud it was before it was muted, or took another codec.
    level: Level,
    /// What it alone is sent, while it is on the stage and a little longer.
    own: Option<Own>,
    linger: u8,
    /// Which of [`Mixer::parts`] is its own.
    part: Option<usize>,
}

/// What one member adds to the sum.
struct Part {
    seat: Seat,
    sound: Sound,
}

impl Default for Mixer {
    fn default() -> Self {
        Self::new()
    }
}

impl Mixer {
    /// Nobody has come yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            members: Slab::new(),
            plan: Plan::default(),
            is_plan_stale: true,
            stage: Stage::default(),
            candidates: Vec::new(),
            sum: Sound::new(),
            parts: Vec::new(),
            parts_in_use: 0,
            tracks: Tracks::default(),
            chimes: Chimes::default(),
            has_chimed: false,
            ticks: 0,
            quiet_ticks: 0,
            was_somebody_heard: false,
        }
    }

    /// Somebody comes, and neither hears nor is heard until [`Self::attend`].
    pub fn enter(&mut self) -> Seat {
        self.is_plan_stale = true;
        Seat(self.members.insert(Member {
            attendance: Attendance::default(),
            talks: None,
            voice: None,
            level: Level::default(),
            own: None,
            linger: 0,
            part: None,
        }))
    }

    /// Somebody goes.
    pub fn leave(&mut self, seat: Seat) {
        if let Some(member) = self.members.try_remove(seat.0) {
            self.stage.leave(seat);
            self.tracks.put_away(member.own);
            self.is_plan_stale = true;
        }
    }

    /// Whether nobody is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// How somebody takes part from now on. What of a member is under way when it is no longer to be heard is not heard.
    pub fn attend(&mut self, seat: Seat, attendance: Attendance) {
        let Some(member) = self.members.get_mut(seat.0) else { return };
        if member.attendance != attendance {
            if member.attendance.hears != attendance.hears {
                self.tracks.put_away(member.own.take());
            }
            member.attendance = attendance;
            self.is_plan_stale = true;
        }
    }

    /// A packet of a member.
    pub fn push(&mut self, seat: Seat, codec: Codec, packet: &Packet<'_>, now: Instant) {
        let Some(member) = self.members.get_mut(seat.0).filter(|member| member.attendance.is_heard) else {
            return;
        };
        if member.voice.as_mut().is_none_or(|voice| voice.is_succeeded_by(codec, packet, now)) {
            member.silence();
            let voice = Voice::new(codec, self.plan.decoder_rate(codec), member.level.clone(), now);
            member.voice = voice.ok().map(Box::new);
            member.talks = Some(codec);
            self.is_plan_stale = true;
        }
        if let Some(voice) = member.voice.as_mut().filter(|voice| voice.codec() == codec) {
            voice.push(packet, now);
        }
    }

    /// A packet of a member's stream that is not heard, and is not missed either: a key press.
    pub fn skip(&mut self, seat: Seat, packet: &Packet<'_>, now: Instant) {
        if let Some(voice) = self.members.get_mut(seat.0).and_then(|member| member.voice.as_mut()) {
            voice.push(&Packet { payload: &[], ..*packet }, now);
        }
    }

    /// Everybody hears this. Where too many are waiting, it is left out.
    pub fn chime(&mut self, chime: Chime) {
        self.chimes.push(chime);
    }

    /// Mixes and encodes the next 20 ms.
    pub fn tick(&mut self, now: Instant) {
        self.ticks += 1;
        if std::mem::take(&mut self.is_plan_stale) {
            self.make_plan();
        }
        self.listen(now);
        self.mix();
        let is_heard = self.parts_in_use > 0 || self.has_chimed;
        self.quiet_ticks = if is_heard { 0 } else { self.quiet_ticks.saturating_add(1) };
        self.encode();
    }

    /// What this member is sent for the last tick; nothing while it does not listen, or when nobody has talked for long.
    #[must_use]
    pub fn frame(&self, seat: Seat) -> Option<&Frame> {
        let member = self.members.get(seat.0)?;
        let codec = member.attendance.hears?;
        if self.quiet_ticks > 0 {
            let is_comfort = self.quiet_ticks <= COMFORT_TICKS || self.quiet_ticks.is_multiple_of(REST_TICKS);
            return is_comfort.then(|| self.tracks.comfort(codec));
        }
        if !self.hears_somebody(member) {
            return Some(self.tracks.comfort(codec));
        }
        match &member.own {
            Some(own) => Some(&own.frame),
            // Without an encoder of its own: never its own voice.
            None if member.part.is_some() => Some(self.tracks.comfort(codec)),
            None => Some(self.tracks.spoken(codec)),
        }
    }

    /// Who is heard, the loudest first, with the level of late in dBov: three times a second while it is somebody, and once with nobody.
    pub fn speaking(&mut self) -> Option<Vec<(Seat, i8)>> {
        if self.ticks * 3 / 50 == (self.ticks - 1) * 3 / 50 {
            return None;
        }
        let mut levels: Vec<(Seat, i8)> = self
            .members
            .iter_mut()
            .filter_map(|(seat, member)| Some((Seat(seat), member.voice.as_mut()?.level_on_stage()?)))
            .collect();
        levels.sort_unstable_by_key(|(_, level)| -level);
        levels.truncate(TALKERS_MAX);
        let is_news = !levels.is_empty() || self.was_somebody_heard;
        self.was_somebody_heard = !levels.is_empty();
        is_news.then_some(levels)
    }

    /// Level and silence of a member since it is heard, and which share of it was invented, in percent.
    #[must_use]
    pub fn heard_of(&self, seat: Seat) -> Option<(&SilenceMeter, Option<f32>)> {
        let voice = self.members.get(seat.0)?.voice.as_ref()?;
        Some((voice.source().meter(), voice.source().concealed_percent()))
    }

    fn make_plan(&mut self) {
        let parties = self.members.iter().map(|(_, member)| plan::Party {
            hears: member.attendance.hears,
            talks: member.talks.or(member.attendance.hears),
        });
        self.plan = Plan::of(parties);
        for (_, member) in &mut self.members {
            if let Some(voice) = &mut member.voice {
                voice.change_rate(self.plan.decoder_rate(voice.codec()));
            }
        }
        for codec in Codec::ALL {
            let listeners = self.members.iter().map(|(_, member)| member.attendance);
            let losses = listeners.filter(|listener| listener.hears == Some(codec));
            self.tracks
                .expect_loss(codec, losses.map(|listener| listener.loss_percent).max().unwrap_or(0));
        }
    }

    /// Takes 20 ms of every voice, and sees who is on the stage.
    fn listen(&mut self, now: Instant) {
        self.candidates.clear();
        for (seat, member) in &mut self.members {
            let Some(voice) = &mut member.voice else { continue };
            // Whoever is no longer to be heard fades out within this frame.
            if !member.attendance.is_heard && !voice.is_audible() {
                member.silence();
                continue;
            }
            let score = voice.listen(now).filter(|_| member.attendance.is_heard);
            if let Some(score) = score {
                self.candidates.push(Candidate { seat: Seat(seat), score });
            }
        }
        self.stage.choose(&mut self.candidates);
        for (seat, member) in &mut self.members {
            if let Some(voice) = &mut member.voice {
                voice.place(self.stage.has(Seat(seat)) && member.attendance.is_heard);
            }
        }
    }

    /// Adds up all who are heard.
    fn mix(&mut self) {
        self.sum.clear();
        self.parts_in_use = 0;
        for (seat, member) in &mut self.members {
            member.part = None;
            let Some(voice) = member.voice.as_mut().filter(|voice| voice.is_audible()) else {
                continue;
            };
            if self.parts_in_use == self.parts.len() {
                self.parts.push(Part {
                    seat: Seat(seat),
                    sound: Sound::new(),
                });
            }
            let part = &mut self.parts[self.parts_in_use];
            part.seat = Seat(seat);
            for rate in self.plan.rates() {
                voice.render(rate, part.sound.at_mut(rate));
                self.sum.add(rate, part.sound.at(rate));
            }
            voice.rendered();
            member.part = Some(self.parts_in_use);
            self.parts_in_use += 1;
        }
        self.has_chimed = self.chimes.is_playing();
        if self.has_chimed {
            for rate in self.plan.rates() {
                self.sum.add(rate, self.chimes.samples(rate));
            }
            self.chimes.advance();
        }
    }

    fn encode(&mut self) {
        self.tracks.refresh_comfort(self.ticks);
        let mut listeners = [false; Codec::ALL.len()];
        for (_, member) in &mut self.members {
            let Some(codec) = member.attendance.hears else { continue };
            let is_apart = self.parts_in_use > 0 && (member.part.is_some() || member.linger > 0 && member.own.is_some());
            if !is_apart {
                member.linger = 0;
                self.tracks.put_away(member.own.take());
                listeners[codec as usize] = true;
                continue;
            }
            member.linger = if member.part.is_some() { LINGER_TICKS } else { member.linger - 1 };
            let rate = self.plan.encoder_rate(codec);
            let own = member.own.take().filter(|own| own.fits(codec, rate));
            let Some(mut own) = own.or_else(|| self.tracks.take_own(codec, rate)) else {
                continue;
            };
            own.expect_loss(member.attendance.loss_percent);
            let others = self.parts_in_use - usize::from(member.part.is_some());
            if others > 0 || self.has_chimed {
                let part = member.part.map(|part| self.parts[part].sound.at(rate));
                own.encode(self.sum.at(rate), part);
            }
            member.own = Some(own);
        }
        if self.parts_in_use > 0 || self.has_chimed {
            for codec in Codec::ALL.into_iter().filter(|codec| listeners[*codec as usize]) {
                let rate = self.plan.encoder_rate(codec);
                self.tracks.encode(codec, rate, self.sum.at(rate));
            }
        }
    }

    fn hears_somebody(&self, member: &Member) -> bool {
        self.has_chimed || self.parts_in_use > usize::from(member.part.is_some())
    }
}

impl Member {
    /// Its stream is over; what is known of its loudness is kept.
    fn silence(&mut self) {
        if let Some(voice) = self.voice.take() {
            self.level = voice.into_level();
        }
    }
}

/// Where something that there is once per rate has its place.
const fn index(rate: Rate) -> usize {
    match rate {
        Rate::Narrow => 0,
        Rate::Wide => 1,
        Rate::Full => 2,
    }
}

#[cfg(test)]
mod tests;
