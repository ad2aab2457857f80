//! Time and figures: what is due for a leg, RTCP, and what a leg reports.

use std::time::{Duration, Instant};

use model::control::{Event, Source};
use model::quality::{Expected, LegReport, StreamReport, Transport as Way};

use super::{Engine, Outbox};
use crate::audio::rtcp::{self, Packet, REPORT_BYTES_MAX, SenderInfo};
use crate::bridge::Wire;
use crate::leg::inbound::score;
use crate::leg::{Handle, Leg, Transport};
use crate::sdp::negotiate::{listens, talks};

/// Between two [`Event::Measured`].
pub(super) const MEASURE_INTERVAL: Duration = Duration::from_secs(1);
/// Our name in RTCP (RFC 7022 would have it tell nothing).
const CNAME: &str = "farend";

impl Engine {
    /// Does what is due for a leg.
    pub(super) fn run(&mut self, handle: Handle, now: Instant, outbox: &mut impl Outbox) {
        let mut received = std::mem::take(&mut self.received);
        let leg = &mut self.legs[handle];
        if let Transport::WebRtc(web) = &mut leg.transport {
            web.handle_timeout(now, &mut received, outbox);
            if let Some(percent) = web.loss_reported.take() {
                leg.outbound.loss_reported(percent);
            }
        }
        self.pass_on(handle, &mut received, now, outbox);
        if let Some(press) = self.legs[handle].inbound.handle_timeout(now) {
            self.pressed(handle, press, now, outbox);
        }
        let leg = &mut self.legs[handle];
        let mut recited = None;
        if let Some(agreed) = leg.dialogue.agreed() {
            let mut wire = Wire {
                transport: &mut leg.transport,
                now,
                received: &mut received,
                outbox,
            };
            recited = leg.outbound.handle_timeout(agreed, &mut wire);
        }
        if let Some(number) = recited {
            self.recited(handle, number, now);
        }
        self.pass_on(handle, &mut received, now, outbox);
        self.received = received;
        self.send_report(handle, now, outbox);
        let leg = &mut self.legs[handle];
        if leg.measure_at <= now {
            leg.measure_at = now + MEASURE_INTERVAL;
            // Who has agreed and is not heard yet is measured as well: that is what is to be noticed.
            if leg.connected || leg.dialogue.agreed().is_some() {
                self.measured(handle, now);
            }
        }
        self.settle(handle, now);
    }

    /// Tells a leg's figures.
    pub(super) fn measured(&mut self, handle: Handle, now: Instant) {
        let report = Box::new(self.report(handle, now));
        let leg = self.legs[handle].id;
        self.events.push_back(Event::Measured { leg, report });
    }

    /// Tells what has become of a leg, and plans its next deadline.
    pub(super) fn settle(&mut self, handle: Handle, now: Instant) {
        let leg = &mut self.legs[handle];
        let (connected, failure) = match &leg.transport {
            Transport::WebRtc(web) => (web.is_ready(), web.failure()),
            Transport::Rtp(rtp) => (rtp.is_latched() && leg.inbound.has_begun(), None),
        };
        if connected && !leg.connected {
            leg.connected = true;
            leg.measure_at = now + MEASURE_INTERVAL;
            tracing::debug!(call = %leg.call, leg = %leg.id, "leg connected");
            self.events.push_back(Event::Connected { leg: leg.id });
        }
        if let Some(reason) = failure
            && leg.failed.is_none()
        {
            leg.failed = Some(reason);
            tracing::debug!(call = %leg.call, leg = %leg.id, ?reason, "leg failed");
            self.events.push_back(Event::LegFailed { leg: leg.id, reason });
        }
        self.timers.schedule(leg);
    }

    /// RTCP of a phone.
    pub(super) fn take_reports(&mut self, handle: Handle, data: &[u8], now: Instant) {
        let Leg {
            transport,
            inbound,
            outbound,
            clock,
            told,
            ..
        } = &mut self.legs[handle];
        let (Transport::Rtp(rtp), Ok(compound)) = (transport, rtcp::parse(data)) else {
            return;
        };
        let arrival = clock.ntp(now);
        told.heard(now);
        told.reported(now);
        for packet in compound.packets() {
            let blocks = match packet {
                Packet::SenderReport { ssrc, info, blocks } => {
                    inbound.sender_report(info.ntp, now);
                    told.sender_report(ssrc, info.packets, inbound.packets(), now);
                    blocks
                }
                Packet::ReceiverReport { blocks, .. } => blocks,
                // A phone that says BYE has hung up or switched streams; SIP tells which.
                Packet::Bye { .. } | Packet::Other { .. } => continue,
            };
            for block in blocks.filter(|block| block.ssrc == rtp.ssrc) {
                rtp.peer.has_reported = true;
                rtp.peer.lost = u64::try_from(block.lost).unwrap_or(0);
                rtp.peer.jitter_ticks = block.jitter;
                rtp.peer.round_trip_ms = rtcp::round_trip_ms(&block, arrival).or(rtp.peer.round_trip_ms);
                told.receiver_report(block.highest_sequence, outbound.latest_sequence(), now);
                outbound.loss_reported(f32::from(block.fraction_lost) * 100.0 / 256.0);
            }
        }
    }

    fn send_report(&mut self, handle: Handle, now: Instant, outbox: &mut impl Outbox) {
        let Leg {
            transport,
            inbound,
            outbound,
            dialogue,
            clock,
            ..
        } = &mut self.legs[handle];
        let Transport::Rtp(rtp) = &mut *transport else { return };
        if outbound.packets > 0 {
            rtp.begin_reports(now, &mut self.random);
        }
        if !rtp.report_is_due(now, &mut self.random) {
            return;
        }
        // Where the report takes the same way, it keeps it open.
        if let Some(agreed) = dialogue.agreed().filter(|_| rtp.is_latched() && !rtp.rtcp_mux()) {
            let mut wire = Wire {
                transport,
                now,
                received: &mut Vec::new(),
                outbox,
            };
            outbound.keep_alive(agreed, &mut wire);
        }
        let Transport::Rtp(rtp) = transport else { return };
        let chosen = dialogue.agreed().and_then(|agreed| agreed.formats.chosen());
        let sender = chosen.filter(|_| outbound.packets > 0).map(|chosen| SenderInfo {
            ntp: clock.ntp(now),
            rtp_timestamp: outbound.timestamp_at(now, outbound.codec_in_use(chosen.codec).rtp_clock()),
            packets: (outbound.packets & u64::from(u32::MAX)) as u32,
            bytes: (outbound.bytes & u64::from(u32::MAX)) as u32,
        });
        let mut out = [0; REPORT_BYTES_MAX];
        let length = rtcp::build_report(rtp.ssrc, sender, inbound.report_block(now), CNAME, &mut out);
        rtp.send_rtcp(&out[..length], outbox);
    }

    /// Says goodbye to a phone or browser.
    pub(super) fn say_goodbye(&mut self, handle: Handle, now: Instant, outbox: &mut impl Outbox) {
        let leg = &mut self.legs[handle];
        match &mut leg.transport {
            Transport::WebRtc(web) => web.close(now, &mut Vec::new(), outbox),
            Transport::Rtp(rtp) => {
                if leg.outbound.packets > 0 {
                    let mut out = [0; REPORT_BYTES_MAX];
                    let length = rtcp::build_bye(rtp.ssrc, CNAME, &mut out);
                    rtp.send_rtcp(&out[..length], outbox);
                }
            }
        }
    }

    /// The figures of a leg since it began.
    pub(super) fn report(&self, handle: Handle, now: Instant) -> LegReport {
        let leg = &self.legs[handle];
        let chosen = leg.dialogue.agreed().and_then(|agreed| agreed.formats.chosen());
        let codec = chosen.map(|format| leg.outbound.codec_in_use(format.codec));
        let (way, peer, is_ready) = match &leg.transport {
            Transport::WebRtc(web) => (web.transport, web.peer, web.is_ready()),
            Transport::Rtp(rtp) => (if leg.connected { Way::Rtp } else { Way::None }, rtp.peer, true),
        };
        let mut received = leg.inbound.report(peer.round_trip_ms, now);
        // A stream that somebody hears transcoded or mixed has been decoded: its level is known, and what was missing.
        let transcoded = leg
            .listeners
            .iter()
            .find_map(|listener| self.legs[*listener].outbound.transcoder_of(leg.id))
            .map(|transcoder| (transcoder.meter(), transcoder.concealed_percent()));
        if let Some((meter, concealed_percent)) = transcoded.or_else(|| self.heard_in_conference(leg)) {
            received.concealed_percent = concealed_percent;
            received.silent_percent = received.silent_percent.or(meter.silent_percent());
            received.level_dbov = received.level_dbov.or(meter.level_dbov());
        }
        let clock = codec.map_or(8_000, |codec| codec.rtp_clock());
        let mut sent = StreamReport {
            packets: leg.outbound.packets,
            bytes: leg.outbound.bytes,
            lost: peer.lost,
            jitter_ms: peer.jitter_ticks as f32 * 1_000.0 / clock as f32,
            quiet_ms: leg.outbound.quiet_ms(now),
            ..StreamReport::default()
        };
        // Lost packets are among those sent, while the score counts received and lost.
        let arrived = StreamReport {
            packets: sent.packets.saturating_sub(sent.lost),
            ..sent
        };
        sent.mos = codec
            .filter(|_| peer.has_reported)
            .and_then(|codec| score(codec, &arrived, peer.round_trip_ms));
        LegReport {
            codec: codec.map(|codec| codec.name()),
            transport: way,
            is_reconnecting: leg.connected && !is_ready,
            sent,
            received,
            round_trip_ms: peer.round_trip_ms,
            dropped: leg.dropped,
            refused: leg.refused,
            expected: self.expected(leg),
            pauses: leg.inbound.pauses(),
            peer: leg.told.report(now),
        }
    }

    /// In which directions there should be sound, as far as media can tell: what was agreed, and who hears whom.
    fn expected(&self, leg: &Leg) -> Expected {
        let Some(agreed) = leg.dialogue.agreed() else {
            return Expected::default();
        };
        let listens_to_it = |handle: &Handle| self.legs[*handle].dialogue.agreed().is_some_and(|agreed| listens(agreed.direction));
        let is_heard = match leg.source {
            Source::Conference { is_muted } => !is_muted,
            // Of whom nothing is heard back, that is ringing or on hold.
            Source::Nothing => false,
            Source::Leg(_)
            | Source::Echo
            | Source::Mirror
            | Source::Probe
            | Source::RingBack
            | Source::Busy
            | Source::Congestion
            | Source::SpecialInformation
            | Source::Music
            | Source::Prompt
            | Source::Confirmation
            | Source::Rejection => leg.probe.is_some() || leg.listeners.iter().any(listens_to_it),
        };
        Expected {
            from_peer: talks(agreed.direction) && is_heard,
            to_peer: listens(agreed.direction) && leg.source != Source::Nothing,
        }
    }
}
