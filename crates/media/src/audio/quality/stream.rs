//! Loss and jitter of a received RTP stream (RFC 3550 section 6.4.1, appendix A.1, A.3, A.8).
//!
//! ```text
//!  first packet ──► counting ──wild sequence number──► waiting for its successor ──► counting again from there
//!                      ▲──────────any other packet──────────┘
//! ```
//!
//! A new SSRC starts anew, but the figures since the beginning are kept: the journal wants the call, not the source.

use std::time::{Duration, Instant};

use crate::audio::rtcp::{ReportBlock, fixed_point};

/// A jump forward by as many packets or more is a restart, not loss (RFC 3550 appendix A.1).
const DROPOUT_MAX: u16 = 3000;
/// A packet that is late by as many or more is a restart (RFC 3550 appendix A.1).
const MISORDER_MAX: u16 = 100;

/// Figures of one received stream.
#[derive(Clone, Debug)]
pub struct StreamStatistics {
    rtp_clock: u32,
    source: Option<Source>,
    packets: u64,
    bytes: u64,
    /// Of sources, or of sequence number ranges, that are over.
    expected_before: u64,
    received_before: u64,
}

/// What is known of the stream that comes in now.
#[derive(Clone, Debug)]
struct Source {
    ssrc: u32,
    first_sequence: u16,
    highest_sequence: u16,
    wraps: u16,
    received: u64,
    /// The successor of a packet that came with a wild sequence number.
    restart_at: Option<u16>,
    transit: Option<Transit>,
    jitter_ticks: f64,
    /// At the last report of ours.
    expected_reported: u64,
    received_reported: u64,
    sender_report: Option<(u64, Instant)>,
}

#[derive(Clone, Copy, Debug)]
struct Transit {
    arrival: Instant,
    timestamp: u32,
}

impl Source {
    fn new(ssrc: u32, sequence: u16) -> Self {
        Self {
            ssrc,
            first_sequence: sequence,
            highest_sequence: sequence,
            wraps: 0,
            received: 0,
            restart_at: None,
            transit: None,
            jitter_ticks: 0.0,
            expected_reported: 0,
            received_reported: 0,
            sender_report: None,
        }
    }

    fn extended_sequence(&self) -> u32 {
        u32::from(self.wraps) << 16 | u32::from(self.highest_sequence)
    }

    fn expected(&self) -> u64 {
        u64::from(self.extended_sequence().wrapping_sub(u32::from(self.first_sequence))) + 1
    }
}

impl StreamStatistics {
    /// For a stream with so many ticks a second.
    #[must_use]
    pub fn new(rtp_clock: u32) -> Self {
        Self {
            rtp_clock,
            source: None,
            packets: 0,
            bytes: 0,
            expected_before: 0,
            received_before: 0,
        }
    }

    /// Counts a packet; false when its sequence number is so wild that it does not count until its successor confirms it.
    pub fn received(&mut self, ssrc: u32, sequence: u16, timestamp: u32, payload_bytes: usize, now: Instant) -> bool {
        self.packets += 1;
        self.bytes += payload_bytes as u64;
        if self.source.as_ref().is_none_or(|source| source.ssrc != ssrc) {
            self.begin(Source::new(ssrc, sequence));
        }
        let Some(source) = &mut self.source else { return false };
        let ahead = sequence.wrapping_sub(source.highest_sequence);
        if ahead < DROPOUT_MAX {
            if sequence < source.highest_sequence {
                source.wraps = source.wraps.wrapping_add(1);
            }
            source.highest_sequence = sequence;
        } else if ahead <= u16::MAX - MISORDER_MAX {
            if source.restart_at != Some(sequence) {
                source.restart_at = Some(sequence.wrapping_add(1));
                return false;
            }
            let jitter_ticks = source.jitter_ticks;
            let sender_report = source.sender_report;
            // The packet before this one belongs to the new range.
            let received = 1;
            let first = Source::new(ssrc, sequence.wrapping_sub(1));
            self.begin(Source {
                highest_sequence: sequence,
                received,
                jitter_ticks,
                sender_report,
                ..first
            });
        }
        let Some(source) = &mut self.source else { return false };
        // A range that began right before the wrap.
        if source.highest_sequence < source.first_sequence && source.wraps == 0 {
            source.wraps = 1;
        }
        source.restart_at = None;
        source.received += 1;
        measure_jitter(source, timestamp, now, self.rtp_clock);
        true
    }

    fn begin(&mut self, source: Source) {
        if let Some(before) = self.source.replace(source) {
            self.expected_before += before.expected();
            self.received_before += before.received;
        }
    }

    /// Remembers a sender report of the stream, for the round trip (RFC 3550 section 6.4.1, LSR and DLSR).
    pub fn sender_report(&mut self, ntp: u64, now: Instant) {
        if let Some(source) = &mut self.source {
            source.sender_report = Some((ntp, now));
        }
    }

    /// A report about the stream, and a new interval; `None` when there is no stream.
    pub fn report(&mut self, now: Instant) -> Option<ReportBlock> {
        let lost_in_all = self.lost_signed();
        let source = self.source.as_mut()?;
        let expected = source.expected() - source.expected_reported;
        let received = source.received - source.received_reported;
        source.expected_reported = source.expected();
        source.received_reported = source.received;
        let lost = expected.saturating_sub(received);
        let fraction = (lost * 256).checked_div(expected).unwrap_or(0);
        let (last_report, delay_since_last_report) = source.sender_report.map_or((0, 0), |(ntp, arrival)| {
            (
                (ntp >> 16) as u32,
                (fixed_point(now.saturating_duration_since(arrival)) >> 16) as u32,
            )
        });
        Some(ReportBlock {
            ssrc: source.ssrc,
            fraction_lost: fraction.min(255) as u8,
            lost: lost_in_all.clamp(-0x0080_0000, 0x007f_ffff) as i32,
            highest_sequence: source.extended_sequence(),
            jitter: source.jitter_ticks as u32,
            last_report,
            delay_since_last_report,
        })
    }

    /// Packets received, duplicates included.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Payload bytes received.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Packets that should have come.
    #[must_use]
    pub fn expected(&self) -> u64 {
        self.expected_before + self.source.as_ref().map_or(0, Source::expected)
    }

    /// Packets that should have come and did not.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost_signed().max(0).cast_unsigned()
    }

    /// Negative where there were more duplicates than losses.
    fn lost_signed(&self) -> i64 {
        let received = self.received_before + self.source.as_ref().map_or(0, |source| source.received);
        self.expected() as i64 - received as i64
    }

    /// Highest sequence number of the source that sends now, with the number of wraps in the upper half.
    #[must_use]
    pub fn extended_sequence(&self) -> u32 {
        self.source.as_ref().map_or(0, Source::extended_sequence)
    }

    /// Interarrival jitter in milliseconds.
    #[must_use]
    pub fn jitter_ms(&self) -> f32 {
        let ticks = self.source.as_ref().map_or(0.0, |source| source.jitter_ticks);
        (ticks * 1000.0 / f64::from(self.rtp_clock)) as f32
    }

    /// The source that sends now.
    #[must_use]
    pub fn ssrc(&self) -> Option<u32> {
        self.source.as_ref().map(|source| source.ssrc)
    }
}

/// RFC 3550 appendix A.8. Packets that share a timestamp (key presses) or that are far apart (pauses) tell nothing about jitter.
fn measure_jitter(source: &mut Source, timestamp: u32, now: Instant, rtp_clock: u32) {
    const PAUSE: Duration = Duration::from_secs(2);
    let before = source.transit.replace(Transit { arrival: now, timestamp });
    let Some(before) = before else { return };
    let elapsed = now.saturating_duration_since(before.arrival);
    if before.timestamp == timestamp || elapsed > PAUSE {
        return;
    }
    let arrived_apart = elapsed.as_secs_f64() * f64::from(rtp_clock);
    let sent_apart = f64::from(timestamp.wrapping_sub(before.timestamp).cast_signed());
    let difference = (arrived_apart - sent_apart).abs();
    if difference < f64::from(rtp_clock) * PAUSE.as_secs_f64() {
        source.jitter_ticks += (difference - source.jitter_ticks) / 16.0;
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::SmallRng;
    use rand::{Rng, SeedableRng};

    use super::*;
    use crate::audio::testing::start;

    const FRAME: Duration = Duration::from_millis(20);

    fn feed(statistics: &mut StreamStatistics, numbers: impl IntoIterator<Item = u32>) {
        let begin = start();
        for number in numbers {
            statistics.received(1, number as u16, number.wrapping_mul(160), 160, begin + FRAME * number);
        }
    }

    #[test]
    fn an_undisturbed_stream_has_neither_loss_nor_jitter() {
        let mut statistics = StreamStatistics::new(8000);
        feed(&mut statistics, 65_000..67_000);
        assert_eq!((statistics.packets(), statistics.bytes()), (2000, 320_000));
        assert_eq!((statistics.expected(), statistics.lost()), (2000, 0));
        assert_eq!(statistics.extended_sequence(), 66_999);
        assert!(statistics.jitter_ms() < 0.001);
    }

    #[test]
    fn loss_is_counted_over_wraps_whatever_the_order() {
        for seed in 0..200 {
            let mut random = SmallRng::seed_from_u64(seed);
            let first: u32 = random.random_range(0..70_000);
            let mut numbers: Vec<u32> = (first..first + 5000)
                .filter(|n| *n == first || *n == first + 4999 || !random.random_bool(0.1))
                .collect();
            let received = numbers.len() as u64;
            for n in 1..numbers.len() - 2 {
                if random.random_bool(0.05) {
                    numbers.swap(n, n + 1);
                }
            }
            let mut statistics = StreamStatistics::new(8000);
            feed(&mut statistics, numbers);
            assert_eq!(statistics.expected(), 5000, "seed {seed}");
            assert_eq!(statistics.lost(), 5000 - received, "seed {seed}");
        }
    }

    #[test]
    fn jitter_converges_to_the_mean_difference() {
        // Alternately on time and 10 ms late: every difference is 10 ms, and so is the jitter.
        let begin = start();
        let mut statistics = StreamStatistics::new(48_000);
        for n in 0..500_u32 {
            let late = Duration::from_millis(if n % 2 == 0 { 0 } else { 10 });
            statistics.received(1, n as u16, n * 960, 80, begin + FRAME * n + late);
        }
        assert!((statistics.jitter_ms() - 10.0).abs() < 0.01, "{}", statistics.jitter_ms());
    }

    #[test]
    fn a_stray_packet_changes_nothing_and_a_restart_is_no_loss() {
        let begin = start();
        let mut statistics = StreamStatistics::new(8000);
        feed(&mut statistics, 0..100);
        assert!(!statistics.received(1, 30_000, 7, 160, begin));
        feed(&mut statistics, 100..200);
        assert_eq!((statistics.expected(), statistics.lost()), (200, 0));
        assert!(!statistics.received(1, 40_000, 7, 160, begin));
        assert!(statistics.received(1, 40_001, 167, 160, begin + FRAME));
        assert!(statistics.received(1, 40_002, 327, 160, begin + FRAME * 2));
        assert_eq!((statistics.expected(), statistics.lost()), (203, 0));
    }

    #[test]
    fn a_new_source_starts_anew_and_the_call_adds_up() {
        let begin = start();
        let mut statistics = StreamStatistics::new(8000);
        feed(&mut statistics, (0..100).filter(|n| *n != 50));
        statistics.received(2, 9, 0, 160, begin);
        statistics.received(2, 11, 320, 160, begin + FRAME * 2);
        assert_eq!((statistics.expected(), statistics.lost(), statistics.ssrc()), (103, 2, Some(2)));
    }

    #[test]
    fn reports_tell_the_share_lost_since_the_one_before() {
        let begin = start();
        let mut statistics = StreamStatistics::new(8000);
        assert_eq!(statistics.report(begin), None);
        feed(&mut statistics, (0..100).filter(|n| n % 4 != 1));
        statistics.sender_report(0x0000_0005_8000_0000, begin);
        let block = statistics.report(begin + Duration::from_millis(500)).expect("a stream");
        assert_eq!((block.fraction_lost, block.lost, block.highest_sequence), (64, 25, 99));
        assert_eq!((block.last_report, block.delay_since_last_report), (0x0005_8000, 0x8000));
        feed(&mut statistics, 100..200);
        let block = statistics.report(begin).expect("a stream");
        assert_eq!((block.fraction_lost, block.lost), (0, 25));
    }

    #[test]
    fn duplicates_make_no_loss() {
        let mut statistics = StreamStatistics::new(8000);
        feed(&mut statistics, [0, 1, 1, 2, 2, 3]);
        assert_eq!(statistics.lost(), 0);
        assert_eq!(statistics.report(start()).expect("a stream").lost, -2);
    }
}
