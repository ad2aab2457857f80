//! Keys played to a peer: as RFC 4733 events, or as tones in the audio where the peer knows no events.

use std::time::Duration;

use super::{Outbound, Wire};
use crate::audio::FRAME_SAMPLES_MAX;
use crate::audio::codec::{Codec, Encoder, PAYLOAD_BYTES_MAX};
use crate::audio::tone::Dtmf;
use crate::dtmf::{Payload, SEGMENT_TICKS, Step};
use crate::engine::Outbox;
use crate::leg::Outgoing;
use crate::leg::dialogue::Agreement;
use crate::sdp::negotiate::{EventFormat, Format, listens};

/// A key played as tones in the audio, towards a peer without RFC 4733.
pub(super) struct InBand {
    codec: Codec,
    encoder: Encoder,
    tones: Dtmf,
}

impl Outbound {
    pub(super) fn play_step(&mut self, step: Step, agreement: &Agreement, wire: &mut Wire<'_, impl Outbox>) {
        if !listens(agreement.direction) || !wire.is_ready() {
            return;
        }
        let Some(chosen) = agreement.formats.chosen() else { return };
        let codec = self.codec_in_use(chosen.codec);
        let Some(event) = agreement.formats.event(codec) else {
            self.play_in_band(step, chosen, wire);
            return;
        };
        if step.first {
            self.timestamp = self.fresh_timestamp(wire.now, codec.rtp_clock());
            self.sent_at = Some(wire.now);
            self.segment = 0;
        }
        let ticks = u32::from(step.elapsed_ms) * event.clock / 1_000;
        let segment = ticks.saturating_sub(1) / SEGMENT_TICKS;
        while self.segment < segment {
            self.event(&Step { end: false, ..step }, SEGMENT_TICKS, event, wire);
            self.segment += 1;
            self.next_segment(event, codec);
        }
        self.event(&step, ticks - segment * SEGMENT_TICKS, event, wire);
    }

    /// Sends one event packet that tells so many ticks.
    fn event(&mut self, step: &Step, ticks: u32, event: EventFormat, wire: &mut Wire<'_, impl Outbox>) {
        let payload = Payload::write(step.digit, step.end, u16::try_from(ticks).unwrap_or(u16::MAX));
        let sequence = self.numbers.next();
        let out = Outgoing {
            payload_type: event.send,
            marker: step.first,
            sequence,
            timestamp: self.timestamp,
            payload: payload.as_slice().into(),
        };
        if wire.send(&out) {
            self.numbers.take(sequence);
            self.numbers.close(sequence);
            self.marker = true;
            self.count(true, payload.len());
        }
    }

    /// A press that is longer than its packets can tell goes on with another timestamp (RFC 4733 section 2.5.1.3).
    fn next_segment(&mut self, event: EventFormat, codec: Codec) {
        let (ticks, clock) = (u64::from(SEGMENT_TICKS), u64::from(event.clock.max(1)));
        let ahead = ticks * u64::from(codec.rtp_clock()) / clock;
        self.timestamp = self.timestamp.wrapping_add(u32::try_from(ahead).unwrap_or(0));
        self.sent_at = self.sent_at.map(|at| at + Duration::from_nanos(ticks * 1_000_000_000 / clock));
    }

    fn play_in_band(&mut self, step: Step, format: Format, wire: &mut Wire<'_, impl Outbox>) {
        let codec = format.codec;
        let rate = codec.rate();
        if step.first {
            let reusable = self.in_band.take().filter(|tones| tones.codec == codec);
            let encoder = reusable.map(|tones| tones.encoder).map_or_else(|| Encoder::new(codec, rate), Ok);
            let Ok(encoder) = encoder else { return };
            self.in_band = Some(Box::new(InBand {
                codec,
                encoder,
                tones: Dtmf::new(step.digit, rate, u16::MAX),
            }));
        }
        if step.end {
            // Three end packets belong to RFC 4733; here the tone just stops.
            return;
        }
        let Some(tones) = &mut self.in_band else { return };
        let (mut pcm, mut payload) = ([0; FRAME_SAMPLES_MAX], [0; PAYLOAD_BYTES_MAX]);
        let pcm = &mut pcm[..rate.frame_samples()];
        tones.tones.fill(pcm);
        if let Ok(length) = tones.encoder.encode(pcm, &mut payload) {
            let timestamp = self.fresh_timestamp(wire.now, codec.rtp_clock());
            self.emit((&payload[..length]).into(), format, None, timestamp, wire);
        }
    }
}
