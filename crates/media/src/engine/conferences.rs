//! Conferences: the legs of a call that hear one another, mixed every 20 ms.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

use model::CallId;
use model::control::{Chime, Event, Source};
use rustc_hash::FxHashMap;

use super::{Engine, Outbox};
use crate::audio::codec::Codec;
use crate::audio::jitter::Packet;
use crate::audio::quality::SilenceMeter;
use crate::bridge::{LeftOut, TICK, Ticks, Wire};
use crate::leg::inbound::Came;
use crate::leg::{Handle, Leg, Payload, Transport};
use crate::mixer::{Attendance, Mixer, Seat};
use crate::sdp::negotiate::{listens, talks};

/// All conferences of one media thread, by the calls that they are.
#[derive(Default)]
pub(super) struct Conferences {
    by_call: FxHashMap<CallId, Conference>,
    /// When each is due: one entry for each, and some of those that are over.
    due: BinaryHeap<Reverse<(Instant, CallId)>>,
}

struct Conference {
    mixer: Mixer,
    members: Vec<(Handle, Seat)>,
    /// The next frame; the timestamp is its number.
    clock: Ticks,
    /// Whether the last [`Event::Speaking`] named somebody.
    is_somebody_told: bool,
}

impl Conferences {
    /// The next conference whose frame is due. It must be mixed, which plans its next frame.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<CallId> {
        let at = self.next().filter(|at| *at <= now)?;
        let Reverse((_, call)) = self.due.pop()?;
        debug_assert!(self.by_call.get(&call).is_some_and(|conference| conference.clock.next == at));
        Some(call)
    }

    /// When the next frame is due.
    pub(super) fn next(&mut self) -> Option<Instant> {
        loop {
            let Reverse((at, call)) = *self.due.peek()?;
            if self.by_call.get(&call).is_some_and(|conference| conference.clock.next == at) {
                return Some(at);
            }
            self.due.pop();
        }
    }
}

impl Engine {
    /// The leg hears its call's conference from now on, if that is its source.
    pub(super) fn enter_conference(&mut self, handle: Handle, now: Instant) {
        let leg = &mut self.legs[handle];
        let (Source::Conference { .. }, None) = (leg.source, leg.seat) else {
            return;
        };
        let conference = self.conferences.by_call.entry(leg.call).or_insert_with(|| {
            let next = leg.outbound.on_the_grid(now + TICK);
            self.conferences.due.push(Reverse((next, leg.call)));
            Conference {
                mixer: Mixer::new(),
                members: Vec::new(),
                clock: Ticks { next, timestamp: 0 },
                is_somebody_told: false,
            }
        });
        let seat = conference.mixer.enter();
        conference.members.push((handle, seat));
        leg.seat = Some(seat);
    }

    /// The leg hears its call's conference no more, nor is heard in it.
    pub(super) fn leave_conference(&mut self, handle: Handle) {
        let leg = &mut self.legs[handle];
        let (Some(seat), call) = (leg.seat.take(), leg.call) else { return };
        let Some(conference) = self.conferences.by_call.get_mut(&call) else {
            return;
        };
        conference.mixer.leave(seat);
        conference.members.retain(|(member, _)| *member != handle);
        if conference.members.is_empty() {
            if conference.is_somebody_told {
                self.events.push_back(Event::Speaking { call, levels: Vec::new() });
            }
            self.conferences.by_call.remove(&call);
        }
    }

    /// The leg belongs to another call from now on.
    pub(super) fn join(&mut self, handle: Handle, call: CallId, now: Instant) {
        self.leave_conference(handle);
        self.legs[handle].call = call;
        self.enter_conference(handle, now);
    }

    /// Plays this to all who are in the same conference.
    pub(super) fn chime(&mut self, handle: Handle, chime: Chime) {
        let leg = &self.legs[handle];
        if let (Some(_), Some(conference)) = (leg.seat, self.conferences.by_call.get_mut(&leg.call)) {
            conference.mixer.chime(chime);
        }
    }

    /// A packet of audio of a leg, for the conference that it is in. Others do not hear the tones of a key.
    pub(super) fn speak(&mut self, handle: Handle, codec: Codec, came: &Came<'_>, is_key: bool, now: Instant) {
        if let Some((mixer, seat)) = self.mixer_of(handle) {
            let packet = Packet {
                ssrc: came.ssrc,
                sequence: came.sequence,
                timestamp: came.timestamp,
                marker: came.marker,
                payload: if is_key {
                    silence(codec, came.payload.bytes)
                } else {
                    came.payload.bytes
                },
            };
            mixer.push(seat, codec, &packet, now);
        }
    }

    /// A packet that is not passed on.
    pub(super) fn skip_in_conference(&mut self, handle: Handle, left_out: &LeftOut, now: Instant) {
        if let Some((mixer, seat)) = self.mixer_of(handle) {
            let packet = Packet {
                ssrc: left_out.ssrc,
                sequence: left_out.sequence,
                timestamp: left_out.timestamp,
                marker: left_out.marker,
                payload: &[],
            };
            mixer.skip(seat, &packet, now);
        }
    }

    /// What a conference has heard of a leg.
    pub(super) fn heard_in_conference(&self, leg: &Leg) -> Option<(&SilenceMeter, Option<f32>)> {
        self.conferences.by_call.get(&leg.call)?.mixer.heard_of(leg.seat?)
    }

    fn mixer_of(&mut self, handle: Handle) -> Option<(&mut Mixer, Seat)> {
        let leg = &self.legs[handle];
        let seat = leg.seat?;
        let conference = self.conferences.by_call.get_mut(&leg.call)?;
        Some((&mut conference.mixer, seat))
    }

    /// Whether nothing is said here but in conferences: what comes in is heard with the next frame, and waits for that without harm.
    #[must_use]
    pub fn only_mixes(&self) -> bool {
        !self.legs.is_empty() && self.legs.iter().all(|(_, leg)| leg.seat.is_some() && leg.listeners.is_empty())
    }

    /// Mixes a conference's frames that are due, and sends them.
    pub(super) fn mix(&mut self, call: CallId, now: Instant, outbox: &mut impl Outbox) {
        let Self {
            conferences,
            legs,
            timers,
            events,
            ..
        } = self;
        let Some(conference) = conferences.by_call.get_mut(&call) else {
            return;
        };
        let Conference {
            mixer,
            members,
            clock,
            is_somebody_told,
        } = conference;
        for (handle, seat) in &*members {
            mixer.attend(*seat, attendance(&legs[*handle]));
        }
        for _ in 0..clock.due(now, 1) {
            let number = clock.step(1);
            mixer.tick(now);
            for (handle, seat) in &*members {
                send(&mut legs[*handle], mixer, *seat, number, now, outbox);
            }
            if let Some(levels) = mixer.speaking() {
                *is_somebody_told = !levels.is_empty();
                let name = |seat| members.iter().find(|(_, other)| *other == seat).map(|(handle, _)| legs[*handle].id);
                let levels = levels.into_iter().filter_map(|(seat, dbov)| Some((name(seat)?, dbov)));
                events.push_back(Event::Speaking {
                    call,
                    levels: levels.collect(),
                });
            }
        }
        for (handle, _) in &*members {
            timers.schedule(&mut legs[*handle]);
        }
        conferences.due.push(Reverse((clock.next, call)));
    }
}

/// As much silence as this payload is sound. Keys are heard in G.711 alone.
fn silence(codec: Codec, payload: &[u8]) -> &[u8] {
    /// 120 ms.
    const BYTES_MAX: usize = 960;
    let silence: &[u8; BYTES_MAX] = match codec {
        Codec::Pcma => &[0xd5; BYTES_MAX],
        Codec::Pcmu => &[0xff; BYTES_MAX],
        Codec::Opus | Codec::G722 => return payload,
    };
    silence.get(..payload.len()).unwrap_or(payload)
}

/// How a leg takes part now.
fn attendance(leg: &Leg) -> Attendance {
    let Some(agreed) = leg.dialogue.agreed() else {
        return Attendance::default();
    };
    let chosen = agreed.formats.chosen().map(|format| format.codec);
    Attendance {
        hears: chosen.filter(|_| listens(agreed.direction)),
        is_heard: talks(agreed.direction) && leg.source == Source::Conference { is_muted: false },
        loss_percent: leg.outbound.loss_percent(),
    }
}

/// Sends a member its frame.
fn send(leg: &mut Leg, mixer: &Mixer, seat: Seat, number: u32, now: Instant, outbox: &mut impl Outbox) {
    let Some(agreed) = leg.dialogue.agreed() else { return };
    let Some(chosen) = agreed.formats.chosen() else { return };
    let is_browser = matches!(leg.transport, Transport::WebRtc(_));
    let payload = mixer.frame(seat).map(|frame| Payload {
        bytes: frame.bytes(),
        shared: is_browser.then(|| frame.shared()),
    });
    // What a leg's str0m finds while it sends was found by nobody else's packet: there is nothing, ever.
    let mut wire = Wire {
        transport: &mut leg.transport,
        now,
        received: &mut Vec::new(),
        outbox,
    };
    leg.outbound.mixed(payload, chosen.codec, number, agreed, &mut wire);
}
