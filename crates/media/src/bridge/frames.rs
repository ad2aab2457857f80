//! Frames of our own: what is transcoded or mixed, tones and music, and the packets that keep a way open.

use std::time::{Duration, Instant};

use model::control::Source;

use super::feed::{Feed, Looped, Mix, Ticks, Transcode};
use super::{Heard, Outbound, TICK, Wire};
use crate::audio::codec::Codec;
use crate::audio::tones::{Kind, Plan};
use crate::audio::transcode::Transcoder;
use crate::audio::{jitter, music};
use crate::engine::Outbox;
use crate::leg::dialogue::Agreement;
use crate::leg::{Outgoing, Payload};
use crate::sdp::negotiate::{Format, RedundancyFormat, listens};

/// Frames of all legs are due at moments of this grid, so that one wake-up serves many.
const GRID: Duration = Duration::from_millis(2);
/// A phone that is sent nothing for so long is sent a packet without audio, lest a router forgets it. Looked at with every report.
const KEEP_ALIVE_AFTER: Duration = Duration::from_millis(7_500);
/// The longest packet of several frames: 60 ms of G.711.
const PACKED_BYTES_MAX: usize = 480;

impl Outbound {
    pub(super) fn transcode(&mut self, heard: &Heard<'_>, to: Codec, now: Instant) {
        let codecs = (heard.codec, to);
        let (fits, ticks) = match &self.feed {
            Feed::Transcode(t) if t.from == heard.from && t.codecs == codecs => (true, t.clock.is_some()),
            Feed::Transcode(_) | Feed::Relay(_) | Feed::Idle | Feed::Loop(_) | Feed::Recital(_) | Feed::Mix(_) => (false, false),
        };
        if !fits {
            let Ok(mut transcoder) = Transcoder::new(heard.codec, to) else {
                return;
            };
            transcoder.expect_loss(self.loss.percent());
            self.feed = Feed::Transcode(Box::new(Transcode {
                from: heard.from,
                codecs,
                transcoder,
                clock: None,
            }));
        }
        let starts = (!ticks).then(|| self.ticks(now + TICK, now, to));
        if let Feed::Transcode(transcode) = &mut self.feed {
            if starts.is_some() {
                transcode.clock = starts;
                self.marker = true;
            }
            let packet = jitter::Packet {
                ssrc: heard.ssrc,
                sequence: heard.sequence,
                timestamp: heard.timestamp,
                marker: heard.marker,
                payload: heard.payload.bytes,
            };
            transcode.transcoder.push(&packet, now);
        }
    }

    /// Frames from `first` on, where the grid has its next moment.
    pub(super) fn ticks(&self, first: Instant, now: Instant, codec: Codec) -> Ticks {
        Ticks {
            next: self.on_the_grid(first),
            timestamp: self.fresh_timestamp(now, codec.rtp_clock()),
        }
    }

    /// The next moment of the grid.
    pub(crate) fn on_the_grid(&self, moment: Instant) -> Instant {
        let since = moment.saturating_duration_since(self.epoch).as_nanos();
        let wait = since.next_multiple_of(GRID.as_nanos()) - since;
        moment + Duration::from_nanos(u64::try_from(wait).unwrap_or(0))
    }

    /// A frame of the conference that this leg hears, or that there is none this time; `number` counts frames of 20 ms.
    pub(crate) fn mixed(
        &mut self,
        payload: Option<Payload<'_>>,
        codec: Codec,
        number: u32,
        agreement: &Agreement,
        wire: &mut Wire<'_, impl Outbox>,
    ) {
        if self.is_reciting() {
            return;
        }
        let follows = match &self.feed {
            Feed::Mix(mix) if mix.codec == codec => Some(number.wrapping_sub(mix.number).wrapping_mul(codec.frame_ticks())),
            Feed::Mix(_) | Feed::Idle | Feed::Relay(_) | Feed::Transcode(_) | Feed::Loop(_) | Feed::Recital(_) => None,
        };
        let timestamp = match (&self.feed, follows) {
            (Feed::Mix(mix), Some(ticks)) => mix.timestamp.wrapping_add(ticks),
            (Feed::Mix(_) | Feed::Idle | Feed::Relay(_) | Feed::Transcode(_) | Feed::Loop(_) | Feed::Recital(_), _) => {
                self.packed.clear();
                self.marker = true;
                self.fresh_timestamp(wire.now, codec.rtp_clock())
            }
        };
        self.feed = Feed::Mix(Mix { codec, timestamp, number });
        self.frame(payload, codec, timestamp, agreement, wire);
    }

    /// Starts the tone or music that `source` names, if it names one and it is not playing yet. `tones`: those of the country we are in. What is
    /// played once goes on instead, in the codec of this agreement.
    pub(crate) fn play(&mut self, source: Source, tones: Plan, agreement: &Agreement, now: Instant) {
        if self.is_reciting() {
            self.tune_recital(agreement, now);
            return;
        }
        let Some(codec) = agreement.formats.chosen().map(|format| format.codec) else {
            return;
        };
        let sound = match source {
            Source::Music => music::on_hold(codec),
            Source::RingBack => tones.encoded(Kind::RingBack, codec),
            Source::Busy => tones.encoded(Kind::Busy, codec),
            Source::Congestion => tones.encoded(Kind::Congestion, codec),
            Source::SpecialInformation => tones.encoded(Kind::SpecialInformation, codec),
            Source::Prompt => music::prompt(codec),
            Source::Confirmation => music::confirmation(codec),
            Source::Rejection => music::rejection(codec),
            Source::Probe => music::probe(codec),
            Source::Nothing | Source::Leg(_) | Source::Echo | Source::Mirror | Source::Conference { .. } => return,
        };
        if !matches!(&self.feed, Feed::Loop(playing) if playing.source == source && playing.codec == codec) {
            let clock = self.ticks(now, now, codec);
            self.feed = Feed::Loop(Looped {
                source,
                codec,
                sound,
                frame: 0,
                clock,
            });
            self.marker = true;
        }
    }

    /// Sends one frame that we encoded, or notes that there is none this time.
    pub(super) fn frame(
        &mut self,
        payload: Option<Payload<'_>>,
        codec: Codec,
        timestamp: u32,
        agreement: &Agreement,
        wire: &mut Wire<'_, impl Outbox>,
    ) {
        let format = agreement
            .formats
            .codec(codec)
            .filter(|_| listens(agreement.direction) && !self.player.is_pressing());
        let (Some(payload), Some(format)) = (payload, format) else {
            self.packed.clear();
            self.marker = true;
            return;
        };
        let frames = usize::from(agreement.packet_ms / 20);
        if frames < 2 || codec == Codec::Opus || payload.bytes.len() * frames > PACKED_BYTES_MAX {
            self.emit(payload, format, agreement.formats.redundancy, timestamp, wire);
            return;
        }
        if self.packed.is_empty() {
            self.packed_timestamp = timestamp;
        }
        self.packed.extend_from_slice(payload.bytes);
        if self.packed.len() >= payload.bytes.len() * frames {
            let packed = std::mem::take(&mut self.packed);
            self.emit(packed.as_slice().into(), format, None, self.packed_timestamp, wire);
            self.packed = packed;
            self.packed.clear();
        }
    }

    /// Sends a packet of our own with the next sequence number.
    pub(super) fn emit(
        &mut self,
        payload: Payload<'_>,
        format: Format,
        redundant: Option<RedundancyFormat>,
        timestamp: u32,
        wire: &mut Wire<'_, impl Outbox>,
    ) {
        let sequence = self.numbers.next();
        let out = Outgoing {
            payload_type: format.send,
            marker: self.marker,
            sequence,
            timestamp,
            payload,
        };
        if wire.is_ready() && self.send_audio(&out, format, redundant, wire) {
            self.sent(sequence, timestamp, payload.bytes.len(), wire.now);
            self.numbers.close(sequence);
        }
    }

    /// Sends a packet without audio under a payload type that nobody negotiated (RFC 6263 section 4.6), when nothing else was sent
    /// lately.
    pub(crate) fn keep_alive(&mut self, agreement: &Agreement, wire: &mut Wire<'_, impl Outbox>) {
        let quiet = |at: Instant| wire.now.saturating_duration_since(at) >= KEEP_ALIVE_AFTER;
        let unknown = (96..=127).rev().find(|pt| agreement.formats.meaning(*pt).is_none());
        let (Some(chosen), Some(payload_type)) = (agreement.formats.chosen(), unknown) else {
            return;
        };
        if self.player.is_pressing() || !self.sent_at.is_none_or(quiet) {
            return;
        }
        let timestamp = self.timestamp_at(wire.now, self.codec_in_use(chosen.codec).rtp_clock());
        let sequence = self.numbers.next();
        let out = Outgoing {
            payload_type,
            marker: false,
            sequence,
            timestamp,
            payload: [].as_slice().into(),
        };
        if wire.is_ready() && wire.send(&out) {
            self.sent(sequence, timestamp, 0, wire.now);
            self.numbers.close(sequence);
            self.marker = true;
        }
    }
}
