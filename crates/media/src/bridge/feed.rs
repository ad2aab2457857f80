//! Where the audio of a stream comes from, and when its frames are due.

use std::time::Instant;

use model::LegId;
use model::control::Source;

use super::recital::Recital;
use super::{Heard, SEQUENCE_GAP_MAX, TICK};
use crate::audio::codec::Codec;
use crate::audio::music::EncodedLoop;
use crate::audio::transcode::Transcoder;

/// Ticks that are made up for after a late wake-up; more would come as a burst that no jitter buffer wants.
const TICKS_LATE_MAX: u32 = 3;
/// Numbers left out that are remembered, for packets that come late.
const LEFT_OUT_MAX: usize = 8;

/// Where the audio comes from.
pub(super) enum Feed {
    Idle,
    Relay(Relay),
    Transcode(Box<Transcode>),
    Loop(Looped),
    Recital(Recital),
    Mix(Mix),
}

/// A stream that is passed on as it is.
pub(super) struct Relay {
    pub(super) from: LegId,
    pub(super) ssrc: u32,
    pub(super) codec: Codec,
    /// The highest sequence number that came in.
    pub(super) heard: u16,
    /// What turns its timestamps into ours.
    pub(super) timestamp_offset: u32,
    /// Numbers that were left out lately: packets from before them may still come.
    pub(super) left_out: LeftOutLately,
}

/// The last few numbers of a stream that were not passed on.
#[derive(Clone, Copy, Default)]
pub(super) struct LeftOutLately {
    numbers: [u16; LEFT_OUT_MAX],
    next: usize,
    count: usize,
}

pub(super) struct Transcode {
    pub(super) from: LegId,
    pub(super) codecs: (Codec, Codec),
    pub(super) transcoder: Transcoder,
    /// `None` while there is nothing to play.
    pub(super) clock: Option<Ticks>,
}

/// A stream that may be about to take the place of the one that is passed on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Newcomer {
    ssrc: u32,
    codec: Codec,
    /// The number that would confirm it.
    next: u16,
}

pub(super) struct Looped {
    pub(super) source: Source,
    pub(super) codec: Codec,
    pub(super) sound: &'static EncodedLoop,
    pub(super) frame: usize,
    pub(super) clock: Ticks,
}

/// A conference: its frames come when the conference has been mixed.
pub(super) struct Mix {
    pub(super) codec: Codec,
    /// Timestamp of the frame with this number.
    pub(super) timestamp: u32,
    pub(super) number: u32,
}

/// When the next frame is due, and its timestamp. Timestamps grow by `per_frame` with every frame.
#[derive(Clone, Copy)]
pub(crate) struct Ticks {
    pub(crate) next: Instant,
    pub(crate) timestamp: u32,
}

impl Newcomer {
    /// Who is to follow this packet.
    pub(super) fn after(heard: &Heard<'_>) -> Self {
        Self {
            ssrc: heard.ssrc,
            codec: heard.codec,
            next: heard.sequence.wrapping_add(1),
        }
    }

    /// Whether this packet is the one that confirms it.
    pub(super) fn is_confirmed_by(&self, heard: &Heard<'_>) -> bool {
        self.ssrc == heard.ssrc && self.codec == heard.codec && self.next == heard.sequence
    }
}

impl Relay {
    /// Whether the packet belongs to the stream that is being relayed.
    pub(super) fn continues(&self, heard: &Heard<'_>) -> bool {
        let ahead = heard.sequence.wrapping_sub(self.heard).cast_signed();
        self.from == heard.from
            && self.ssrc == heard.ssrc
            && self.codec == heard.codec
            && ahead.unsigned_abs() <= SEQUENCE_GAP_MAX.unsigned_abs()
    }
}

impl LeftOutLately {
    pub(super) fn push(&mut self, sequence: u16) {
        self.numbers[self.next] = sequence;
        self.next = (self.next + 1) % LEFT_OUT_MAX;
        self.count = (self.count + 1).min(LEFT_OUT_MAX);
    }

    /// How many numbers after this one were left out.
    pub(super) fn after(&self, sequence: u16) -> u64 {
        self.numbers[..self.count]
            .iter()
            .filter(|number| number.wrapping_sub(sequence).cast_signed() > 0)
            .count() as u64
    }
}

impl Ticks {
    /// How many frames are due.
    pub(crate) fn due(&mut self, now: Instant, per_frame: u32) -> u32 {
        if self.next > now {
            return 0;
        }
        let late = now.saturating_duration_since(self.next).as_micros() / TICK.as_micros();
        let late = u32::try_from(late).unwrap_or(u32::MAX);
        if late > TICKS_LATE_MAX {
            // Time went on without us: so do the timestamps.
            let missed = late - TICKS_LATE_MAX;
            self.next += TICK * missed;
            self.timestamp = self.timestamp.wrapping_add(per_frame.wrapping_mul(missed));
        }
        late.min(TICKS_LATE_MAX) + 1
    }

    /// The timestamp of this frame; the next is due a tick later.
    pub(crate) fn step(&mut self, per_frame: u32) -> u32 {
        let timestamp = self.timestamp;
        self.timestamp = timestamp.wrapping_add(per_frame);
        self.next += TICK;
        timestamp
    }
}
