//! RTCP: sender and receiver reports, read and written (RFC 3550 section 6), and the round trip they measure.
//!
//! Reading never panics and never allocates. Reduced-size packets (RFC 5506) are accepted; what we do not know is skipped
//! as [`Packet::Other`].

use std::time::{Duration, Instant};

/// Room that [`build_report`] and [`build_bye`] need at most.
pub const REPORT_BYTES_MAX: usize = 28 + 24 + 12 + CNAME_BYTES_MAX;

/// Longer names are cut.
const CNAME_BYTES_MAX: usize = 64;
/// A round trip above this is an error of somebody's clock.
const ROUND_TRIP_MS_MAX: f32 = 30_000.0;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const BYE: u8 = 203;

/// Why a datagram is no RTCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not even a header, or nothing at all.
    #[error("shorter than an RTCP header")]
    Short,
    /// Only version 2 is known.
    #[error("RTCP version {0}")]
    Version(u8),
    /// A packet's type is none of RTCP's (RFC 5761 section 4).
    #[error("{0} is no RTCP packet type")]
    Type(u8),
    /// A packet's length field reaches beyond the datagram, or is too small for what it announces.
    #[error("length of RTCP packet type {0} does not fit")]
    Length(u8),
}

/// What a sender reports about its stream (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SenderInfo {
    /// Wall clock, 32.32 fixed point seconds.
    pub ntp: u64,
    /// The same moment in RTP clock.
    pub rtp_timestamp: u32,
    /// Packets sent so far.
    pub packets: u32,
    /// Payload bytes sent so far.
    pub bytes: u32,
}

/// What a receiver reports about a stream (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportBlock {
    /// The stream.
    pub ssrc: u32,
    /// Share lost since the report before, in 1/256.
    pub fraction_lost: u8,
    /// Packets lost since the beginning: 24 bits, negative where there were duplicates.
    pub lost: i32,
    /// Highest sequence number, with the number of wraps in the upper half.
    pub highest_sequence: u32,
    /// Interarrival jitter in RTP clock.
    pub jitter: u32,
    /// The middle 32 bits of the last sender report's NTP time; 0 when there was none.
    pub last_report: u32,
    /// Since that report arrived, in 1/65536 s.
    pub delay_since_last_report: u32,
}

/// One packet of a compound.
#[derive(Clone, Debug)]
pub enum Packet<'a> {
    /// SR.
    SenderReport {
        /// Who reports.
        ssrc: u32,
        /// About its own stream.
        info: SenderInfo,
        /// About the streams that it receives.
        blocks: Blocks<'a>,
    },
    /// RR.
    ReceiverReport {
        /// Who reports.
        ssrc: u32,
        /// About the streams that it receives.
        blocks: Blocks<'a>,
    },
    /// BYE.
    Bye {
        /// The stream that ends (the first where several are named).
        ssrc: u32,
    },
    /// SDES, APP, feedback, extended reports.
    Other {
        /// The packet type.
        kind: u8,
    },
}

/// Report blocks of one packet.
#[derive(Clone, Debug)]
pub struct Blocks<'a>(&'a [u8]);

impl Iterator for Blocks<'_> {
    type Item = ReportBlock;

    fn next(&mut self) -> Option<ReportBlock> {
        let (block, rest) = self.0.split_first_chunk::<24>()?;
        self.0 = rest;
        let lost = word(block, 4) & 0x00ff_ffff;
        Some(ReportBlock {
            ssrc: word(block, 0),
            fraction_lost: block[4],
            // Sign extension of 24 bits.
            lost: (lost << 8).cast_signed() >> 8,
            highest_sequence: word(block, 8),
            jitter: word(block, 12),
            last_report: word(block, 16),
            delay_since_last_report: word(block, 20),
        })
    }
}

/// A datagram that has been checked.
#[derive(Clone, Copy, Debug)]
pub struct Compound<'a>(&'a [u8]);

impl<'a> Compound<'a> {
    /// Its packets in order.
    pub fn packets(self) -> impl Iterator<Item = Packet<'a>> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (packet, after) = split(rest).ok()?;
            rest = after;
            Some(packet)
        })
    }
}

/// Checks a datagram: all of it or nothing.
///
/// # Errors
///
/// [`Malformed`] names what does not fit.
pub fn parse(datagram: &[u8]) -> Result<Compound<'_>, Malformed> {
    let mut rest = datagram;
    loop {
        (_, rest) = split(rest)?;
        if rest.is_empty() {
            return Ok(Compound(datagram));
        }
    }
}

/// Takes the first packet off; gives it and what comes after.
fn split(bytes: &[u8]) -> Result<(Packet<'_>, &[u8]), Malformed> {
    let header = bytes.first_chunk::<4>().ok_or(Malformed::Short)?;
    let (version, padded, count, kind) = (header[0] >> 6, header[0] & 0x20 != 0, usize::from(header[0] & 0x1f), header[1]);
    if version != 2 {
        return Err(Malformed::Version(version));
    }
    if !(192..=223).contains(&kind) {
        return Err(Malformed::Type(kind));
    }
    let wrong_length = Malformed::Length(kind);
    let length = (usize::from(u16::from_be_bytes([header[2], header[3]])) + 1) * 4;
    let (packet, rest) = bytes.split_at_checked(length).ok_or(wrong_length)?;
    let mut body = &packet[4..];
    if padded {
        let padding = usize::from(*body.last().ok_or(wrong_length)?);
        if padding == 0 {
            return Err(wrong_length);
        }
        body = body
            .get(..body.len().checked_sub(padding).ok_or(wrong_length)?)
            .ok_or(wrong_length)?;
    }
    let packet = match kind {
        SENDER_REPORT => {
            let fixed = body.first_chunk::<24>().ok_or(wrong_length)?;
            let info = SenderInfo {
                ntp: u64::from(word(fixed, 4)) << 32 | u64::from(word(fixed, 8)),
                rtp_timestamp: word(fixed, 12),
                packets: word(fixed, 16),
                bytes: word(fixed, 20),
            };
            let blocks = body.get(24..24 + count * 24).ok_or(wrong_length)?;
            Packet::SenderReport {
                ssrc: word(fixed, 0),
                info,
                blocks: Blocks(blocks),
            }
        }
        RECEIVER_REPORT => {
            let fixed = body.first_chunk::<4>().ok_or(wrong_length)?;
            let blocks = body.get(4..4 + count * 24).ok_or(wrong_length)?;
            Packet::ReceiverReport {
                ssrc: u32::from_be_bytes(*fixed),
                blocks: Blocks(blocks),
            }
        }
        BYE if count > 0 => Packet::Bye {
            ssrc: u32::from_be_bytes(*body.first_chunk().ok_or(wrong_length)?),
        },
        kind => Packet::Other { kind },
    };
    Ok((packet, rest))
}

/// Four bytes as a number; the caller's array is longer than `at + 4`.
fn word<const N: usize>(bytes: &[u8; N], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Writes SR (with `sender`) or RR (without), and SDES with the canonical name, into `out`, and returns the length: 0 when `out` is shorter
/// than [`REPORT_BYTES_MAX`].
pub fn build_report(ssrc: u32, sender: Option<SenderInfo>, block: Option<ReportBlock>, cname: &str, out: &mut [u8]) -> usize {
    let mut writer = Writer { out, length: 0 };
    if writer.out.len() < REPORT_BYTES_MAX {
        return 0;
    }
    let kind = if sender.is_some() { SENDER_REPORT } else { RECEIVER_REPORT };
    let words = 1 + sender.map_or(0, |_| 5) + block.map_or(0, |_| 6);
    writer.header(u8::from(block.is_some()), kind, words);
    writer.word(ssrc);
    if let Some(info) = sender {
        writer.word((info.ntp >> 32) as u32);
        writer.word(info.ntp as u32);
        writer.word(info.rtp_timestamp);
        writer.word(info.packets);
        writer.word(info.bytes);
    }
    if let Some(block) = block {
        let lost = block.lost.clamp(-0x0080_0000, 0x007f_ffff).cast_unsigned() & 0x00ff_ffff;
        writer.word(block.ssrc);
        writer.word(u32::from(block.fraction_lost) << 24 | lost);
        writer.word(block.highest_sequence);
        writer.word(block.jitter);
        writer.word(block.last_report);
        writer.word(block.delay_since_last_report);
    }
    writer.description(ssrc, cname);
    writer.length
}

/// Writes an empty RR, SDES and BYE into `out`, and returns the length: 0 when `out` is shorter than [`REPORT_BYTES_MAX`].
pub fn build_bye(ssrc: u32, cname: &str, out: &mut [u8]) -> usize {
    let start = build_report(ssrc, None, None, cname, out);
    if start == 0 {
        return 0;
    }
    let mut writer = Writer { out, length: start };
    writer.header(1, BYE, 1);
    writer.word(ssrc);
    writer.length
}

struct Writer<'a> {
    out: &'a mut [u8],
    length: usize,
}

impl Writer<'_> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.out[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }

    fn word(&mut self, word: u32) {
        self.bytes(&word.to_be_bytes());
    }

    fn header(&mut self, count: u8, kind: u8, words: u16) {
        self.bytes(&[0x80 | count, kind]);
        self.bytes(&words.to_be_bytes());
    }

    /// SDES with one chunk (RFC 3550 section 6.5): the item, then at least one zero up to the next word.
    fn description(&mut self, ssrc: u32, cname: &str) {
        let name = &cname.as_bytes()[..cname.len().min(CNAME_BYTES_MAX)];
        let items = (2 + name.len() + 1).next_multiple_of(4);
        self.header(1, SOURCE_DESCRIPTION, (1 + items / 4) as u16);
        self.word(ssrc);
        self.bytes(&[1, name.len() as u8]);
        self.bytes(name);
        self.bytes(&[0; 4][..items - 2 - name.len()]);
    }
}

/// Turns [`Instant`]s into NTP time. Only differences matter, so any origin will do; the wall clock is nicer in captures.
#[derive(Clone, Copy, Debug)]
pub struct NtpClock {
    origin: Instant,
    origin_ntp: u64,
}

impl NtpClock {
    /// `origin_ntp` is the time at `origin`, in 32.32 fixed point seconds.
    #[must_use]
    pub fn new(origin: Instant, origin_ntp: u64) -> Self {
        Self { origin, origin_ntp }
    }

    /// The time at `now`, in 32.32 fixed point seconds.
    #[must_use]
    pub fn ntp(&self, now: Instant) -> u64 {
        self.origin_ntp
            .wrapping_add(fixed_point(now.saturating_duration_since(self.origin)))
    }
}

/// A duration as 32.32 fixed point seconds.
pub(super) fn fixed_point(duration: Duration) -> u64 {
    let fraction = (u64::from(duration.subsec_nanos()) << 32) / 1_000_000_000;
    duration.as_secs() << 32 | fraction
}

/// The round trip in milliseconds, from a block about our stream that arrived at `arrival_ntp` (RFC 3550 section 6.4.1); `None`
/// when it answers no report of ours, or cannot be true.
#[must_use]
pub fn round_trip_ms(block: &ReportBlock, arrival_ntp: u64) -> Option<f32> {
    if block.last_report == 0 {
        return None;
    }
    let arrival = (arrival_ntp >> 16) as u32;
    let ticks = arrival
        .wrapping_sub(block.last_report)
        .wrapping_sub(block.delay_since_last_report)
        .cast_signed();
    // Rounding at the peer can make it slightly negative on a fast network.
    let ms = ticks.max(0) as f32 / 65.536;
    (ticks > -1000 && ms <= ROUND_TRIP_MS_MAX).then_some(ms)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const INFO: SenderInfo = SenderInfo {
        ntp: 0x0102_0304_0506_0708,
        rtp_timestamp: 9,
        packets: 10,
        bytes: 11,
    };

    proptest! {
        #[test]
        fn what_we_write_we_read(
            ssrc: u32, fraction_lost: u8, lost in -0x0080_0000..0x0080_0000_i32, highest_sequence: u32, jitter: u32,
            last_report: u32, delay_since_last_report: u32, is_sender: bool, cname in "[a-z]{0,80}",
        ) {
            let block = ReportBlock { ssrc, fraction_lost, lost, highest_sequence, jitter, last_report, delay_since_last_report };
            let mut out = [0xff; REPORT_BYTES_MAX];
            let length = build_report(7, is_sender.then_some(INFO), Some(block), &cname, &mut out);
            prop_assert!(length > 0 && length.is_multiple_of(4));
            let packets: Vec<Packet<'_>> = parse(&out[..length]).expect("our own report").packets().collect();
            let blocks = match &packets[0] {
                Packet::SenderReport { ssrc: 7, info, blocks } if is_sender => {
                    prop_assert_eq!(*info, INFO);
                    blocks.clone()
                }
                Packet::ReceiverReport { ssrc: 7, blocks } if !is_sender => blocks.clone(),
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(blocks.collect::<Vec<_>>(), vec![block]);
            let described = matches!(packets[1], Packet::Other { kind: SOURCE_DESCRIPTION });
            prop_assert!(described);
        }

        #[test]
        fn no_datagram_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(compound) = parse(&bytes) {
                compound.packets().for_each(drop);
            }
        }

        #[test]
        fn no_damage_to_a_real_report_panics(at in 0..80_usize, byte: u8, cut in 0..100_usize) {
            let mut out = [0; REPORT_BYTES_MAX + 8];
            let length = build_report(7, Some(INFO), Some(ReportBlock::default()), "someone", &mut out);
            out[at.min(length - 1)] = byte;
            if let Ok(compound) = parse(&out[..length.min(cut)]) {
                for packet in compound.packets() {
                    if let Packet::SenderReport { blocks, .. } | Packet::ReceiverReport { blocks, .. } = packet {
                        blocks.for_each(drop);
                    }
                }
            }
        }
    }

    #[test]
    fn a_bye_ends_the_stream_and_padding_is_ignored() {
        let mut out = [0; REPORT_BYTES_MAX];
        let length = build_bye(42, "x", &mut out);
        let last = parse(&out[..length]).expect("our own").packets().last();
        assert!(matches!(last, Some(Packet::Bye { ssrc: 42 })));
        let padded = [0xa1, BYE, 0, 2, 0, 0, 0, 42, 0, 0, 0, 4];
        assert!(matches!(
            parse(&padded).expect("padded").packets().next(),
            Some(Packet::Bye { ssrc: 42 })
        ));
    }

    #[test]
    fn refusals_name_the_fault() {
        assert_eq!(parse(&[]).err(), Some(Malformed::Short));
        assert_eq!(parse(&[0x40, 200, 0, 0]).err(), Some(Malformed::Version(1)));
        assert_eq!(parse(&[0x80, 111, 0, 0]).err(), Some(Malformed::Type(111)));
        assert_eq!(parse(&[0x80, 200, 0, 0]).err(), Some(Malformed::Length(200)));
        assert_eq!(parse(&[0x81, 201, 0, 1, 0, 0, 0, 0]).err(), Some(Malformed::Length(201)));
        assert_eq!(parse(&[0xa0, 204, 0, 1, 0, 0, 0, 9]).err(), Some(Malformed::Length(204)));
    }

    /// The example of RFC 3550 figure 2: a round trip of 6.125 s.
    #[test]
    fn the_round_trip_is_that_of_the_rfc() {
        let block = ReportBlock {
            last_report: 0xb705_2000,
            delay_since_last_report: 0x0005_4000,
            ..ReportBlock::default()
        };
        let ms = round_trip_ms(&block, 0xb710_8000_u64 << 16).expect("a round trip");
        assert!((ms - 6125.0).abs() < 0.1, "{ms}");
        assert_eq!(round_trip_ms(&ReportBlock::default(), 1), None);
        let absurd = ReportBlock { last_report: 1, ..block };
        assert_eq!(round_trip_ms(&absurd, 0xb710_8000_u64 << 16), None);
    }

    #[test]
    fn the_clock_counts_in_fixed_point() {
        let origin = crate::audio::testing::start();
        let clock = NtpClock::new(origin, 5 << 32);
        assert_eq!(clock.ntp(origin + Duration::from_millis(1500)), (6 << 32) | (1 << 31));
        assert_eq!(clock.ntp(origin), 5 << 32);
    }
}
