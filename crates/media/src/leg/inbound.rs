//! What a leg receives: measured, and its DTMF understood.

use std::time::Instant;

use model::quality::{Pauses, StreamReport};

use super::Payload as Bytes;
use super::hush::{Frame, Hush};
use crate::audio::codec::{Codec, g711};
use crate::audio::lateness::Lateness;
use crate::audio::quality::{self, SilenceMeter, StreamStatistics};
use crate::audio::rtcp::ReportBlock;
use crate::dtmf::in_band::Detector;
use crate::dtmf::{Payload, Press, Receiver};

/// Packets before a mean opinion score means anything.
const MOS_PACKETS_MIN: u64 = 50;
/// What a receiver's jitter buffer and codec add to the network's delay, in milliseconds, besides the jitter itself.
const PLAYOUT_MS: f32 = 40.0;

/// The level by which browsers say that every sample is zero (RFC 6464 section 3).
const LEVEL_ZERO_DBOV: i8 = -127;

/// One RTP packet, whatever it came by.
#[derive(Clone, Copy)]
pub(crate) struct Came<'a> {
    pub(crate) payload_type: u8,
    pub(crate) marker: bool,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    pub(crate) payload: Bytes<'a>,
    /// From the header extension of RFC 6464.
    pub(crate) level_dbov: Option<i8>,
    /// It came through a connection, which loses nothing and may stand still.
    pub(crate) by_stream: bool,
}

/// The stream from a peer.
pub(crate) struct Inbound {
    statistics: StreamStatistics,
    clock: u32,
    /// Totals of streams with another clock, before this one.
    before: StreamReport,
    silence: SilenceMeter,
    hush: Hush,
    events: Receiver,
    /// Where the peer sends keys as tones.
    in_band: Option<Box<Detector>>,
    ssrc: Option<u32>,
    /// Of the last audio packet.
    codec: Option<Codec>,
    latest: Option<(u32, Instant)>,
    lateness: Lateness,
}

impl Inbound {
    pub(crate) fn new() -> Self {
        Self {
            statistics: StreamStatistics::new(8_000),
            clock: 8_000,
            before: StreamReport::default(),
            silence: SilenceMeter::default(),
            hush: Hush::default(),
            events: Receiver::default(),
            in_band: None,
            ssrc: None,
            codec: None,
            latest: None,
            lateness: Lateness::default(),
        }
    }

    /// Counts an audio packet; false when it comes too late to be heard.
    pub(crate) fn audio(&mut self, codec: Codec, came: &Came<'_>, now: Instant) -> bool {
        if self.clock != codec.rtp_clock() {
            self.change_clock(codec.rtp_clock());
        }
        self.follow(came.ssrc);
        self.codec = Some(codec);
        self.latest = Some((came.timestamp, now));
        let payload = came.payload.bytes;
        self.statistics
            .received(came.ssrc, came.sequence, came.timestamp, payload.len(), now);
        let level_dbov = quality::level_payload(codec, payload).or(came.level_dbov);
        if let Some(level) = level_dbov {
            self.silence.frame(level);
        }
        let is_zero = quality::is_digital_silence(codec, payload).or(came.level_dbov.map(|level| level <= LEVEL_ZERO_DBOV));
        let frame = Frame {
            codec,
            ssrc: came.ssrc,
            sequence: came.sequence,
            timestamp: came.timestamp,
            bytes: payload.len(),
            level_dbov,
            is_zero,
        };
        self.hush.audio(&frame, now);
        let is_late = self.lateness.is_late(came.ssrc, came.timestamp, codec.rtp_clock(), now);
        !(is_late && came.by_stream)
    }

    /// Counts an event packet and reads it; `None` when it is malformed. `clock` is that of its durations.
    pub(crate) fn event(&mut self, clock: u32, came: &Came<'_>, now: Instant) -> Option<[Option<Press>; 2]> {
        // Its timestamp stands still during a press; for jitter, what the audio's would be by now.
        let steady = self.latest.map_or(came.timestamp, |(latest, at)| {
            let elapsed_us = now.saturating_duration_since(at).as_micros();
            latest.wrapping_add((elapsed_us * u128::from(self.clock) / 1_000_000) as u32)
        });
        self.statistics
            .received(came.ssrc, came.sequence, steady, came.payload.bytes.len(), now);
        self.follow(came.ssrc);
        self.hush.key(came.ssrc, came.sequence, now);
        let payload = Payload::parse(came.payload.bytes)?;
        Some(self.events.receive(came.timestamp, clock, payload, now))
    }

    /// Comfort noise has come, which nobody has to hear.
    pub(crate) fn comfort_noise(&mut self, came: &Came<'_>, now: Instant) {
        self.hush.comfort_noise(came.ssrc, came.sequence, now);
    }

    /// How the peer falls silent.
    pub(crate) fn pauses(&self) -> Pauses {
        self.hush.pauses()
    }

    /// Packets since the leg began.
    pub(crate) fn packets(&self) -> u64 {
        self.before.packets + self.statistics.packets()
    }

    /// That of the last audio packet.
    pub(crate) fn codec(&self) -> Option<Codec> {
        self.codec
    }

    /// Listens for keys in the audio of a peer that has no other way to send them: whether one sounds, and what has become of it.
    pub(crate) fn listen_for_keys(&mut self, codec: Codec, payload: &[u8]) -> (bool, Option<Press>) {
        let decode = match codec {
            Codec::Pcma => g711::alaw_decode,
            Codec::Pcmu => g711::ulaw_decode,
            Codec::Opus | Codec::G722 => {
                self.in_band = None;
                return (false, None);
            }
        };
        let detector = self.in_band.get_or_insert_default();
        let press = detector.hear(payload.iter().map(|byte| decode(*byte)));
        (detector.hears_key(), press)
    }

    /// A new stream begins with no key pressed.
    fn follow(&mut self, ssrc: u32) {
        if self.ssrc != Some(ssrc) {
            self.ssrc = Some(ssrc);
            self.events.reset();
        }
    }

    fn change_clock(&mut self, clock: u32) {
        self.before = self.totals();
        self.statistics = StreamStatistics::new(clock);
        self.clock = clock;
    }

    fn totals(&self) -> StreamReport {
        StreamReport {
            packets: self.before.packets + self.statistics.packets(),
            bytes: self.before.bytes + self.statistics.bytes(),
            lost: self.before.lost + self.statistics.lost(),
            jitter_ms: self.statistics.jitter_ms(),
            ..StreamReport::default()
        }
    }

    /// A sender report of the peer.
    pub(crate) fn sender_report(&mut self, ntp: u64, now: Instant) {
        self.statistics.sender_report(ntp, now);
    }

    /// What goes into our RTCP.
    pub(crate) fn report_block(&mut self, now: Instant) -> Option<ReportBlock> {
        self.statistics.report(now)
    }

    /// Whether anything has come.
    pub(crate) fn has_begun(&self) -> bool {
        self.before.packets + self.statistics.packets() > 0
    }

    /// The figures since the leg began.
    pub(crate) fn report(&self, round_trip_ms: Option<f32>, now: Instant) -> StreamReport {
        let mut report = self.totals();
        report.quiet_ms = self.hush.quiet_ms(now);
        report.zero_ms = self.hush.zero_ms();
        report.silent_percent = self.silence.silent_percent();
        report.level_dbov = self.silence.level_dbov();
        report.mos = self.codec.and_then(|codec| score(codec, &report, round_trip_ms));
        report
    }

    /// The end of a press whose end packets were lost.
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Option<Press> {
        self.events.handle_timeout(now)
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.events.poll_timeout()
    }
}

/// How a stream with these figures sounds.
pub(crate) fn score(codec: Codec, report: &StreamReport, round_trip_ms: Option<f32>) -> Option<f32> {
    let expected = report.packets + report.lost;
    (report.packets >= MOS_PACKETS_MIN).then(|| {
        let loss_percent = report.lost as f32 * 100.0 / expected as f32;
        let delay_ms = round_trip_ms.unwrap_or(0.0) / 2.0 + PLAYOUT_MS + 2.0 * report.jitter_ms;
        quality::mos(codec, delay_ms, loss_percent)
    })
}
