//! Redundant audio towards a browser that loses packets (RFC 2198): each packet carries the one before once more, as it is, so that a
//! single loss costs nothing but bandwidth. Also the way back: what a peer sends so.
//!
//! ```text
//!   |1| type  | offset  | length |0| type  | block before ... | block now ... |
//!   |1|  (7)  |  (14)   |  (10)  |0|  (7)  |
//! ```

use super::{Outbound, Wire};
use crate::audio::codec::{Codec, has_redundancy};
use crate::engine::Outbox;
use crate::leg::Outgoing;
use crate::sdp::negotiate::{Format, RedundancyFormat};

/// Bytes of a block that is repeated: 40 ms of G.711. Longer ones stay alone.
const BLOCK_BYTES_MAX: usize = 320;
/// Bytes of a packet that is sent with another one.
const PACKET_BYTES_MAX: usize = HEADER_BYTES + 2 * BLOCK_BYTES_MAX;
/// The headers of two blocks.
const HEADER_BYTES: usize = 5;
/// Ticks between two blocks that can be told.
const OFFSET_MAX: u32 = (1 << 14) - 1;
/// Blocks of one packet that are looked at.
const BLOCKS_MAX: usize = 8;

/// The packet sent last, and room for two.
pub(super) struct Redundancy {
    codec: Codec,
    sequence: u64,
    timestamp: u32,
    length: usize,
    block: [u8; BLOCK_BYTES_MAX],
    packet: [u8; PACKET_BYTES_MAX],
}

impl Outbound {
    /// Sends a packet of audio: with the one before it, where the peer loses packets on its way and understands that. Over a connection
    /// only congestion loses packets, and more bytes would make it worse.
    pub(super) fn send_audio(
        &mut self,
        out: &Outgoing<'_>,
        format: Format,
        redundant: Option<RedundancyFormat>,
        wire: &mut Wire<'_, impl Outbox>,
    ) -> bool {
        let redundant = redundant.filter(|_| self.loss.percent() > 0 && wire.is_datagrams_to_a_browser());
        let Some(redundant) = redundant else {
            self.redundancy = None;
            return wire.send(out);
        };
        let redundancy = self.redundancy.get_or_insert_with(|| Box::new(Redundancy::new()));
        match redundancy.join(format, out.sequence, out.timestamp, out.payload.bytes) {
            Some(joined) => wire.send(&Outgoing {
                payload_type: redundant.send,
                payload: joined.into(),
                ..*out
            }),
            None => wire.send(out),
        }
    }
}

impl Redundancy {
    pub(super) fn new() -> Self {
        Self {
            codec: Codec::Opus,
            sequence: 0,
            timestamp: 0,
            length: 0,
            block: [0; BLOCK_BYTES_MAX],
            packet: [0; PACKET_BYTES_MAX],
        }
    }

    /// The payload with the one before it, if that is its neighbour and not in it already. Remembers this one for the next.
    pub(super) fn join(&mut self, format: Format, sequence: u64, timestamp: u32, payload: &[u8]) -> Option<&[u8]> {
        let offset = timestamp.wrapping_sub(self.timestamp);
        let is_neighbour =
            self.length > 0 && self.codec == format.codec && sequence == self.sequence + 1 && (1..=OFFSET_MAX).contains(&offset);
        let is_needed = format.codec != Codec::Opus || !has_redundancy(payload);
        let fits = !payload.is_empty() && payload.len() <= BLOCK_BYTES_MAX;
        let length = if is_neighbour && is_needed && fits {
            self.write(format.send, offset, payload)
        } else {
            0
        };
        self.length = 0;
        if fits {
            self.block[..payload.len()].copy_from_slice(payload);
            (self.codec, self.sequence, self.timestamp, self.length) = (format.codec, sequence, timestamp, payload.len());
        }
        (length > 0).then(|| &self.packet[..length])
    }

    fn write(&mut self, payload_type: u8, offset: u32, payload: &[u8]) -> usize {
        let (before, end) = (HEADER_BYTES + self.length, HEADER_BYTES + self.length + payload.len());
        let header = u32::from(payload_type | 0x80) << 24 | offset << 10 | self.length as u32;
        self.packet[..4].copy_from_slice(&header.to_be_bytes());
        self.packet[4] = payload_type;
        self.packet[HEADER_BYTES..before].copy_from_slice(&self.block[..self.length]);
        self.packet[before..end].copy_from_slice(payload);
        end
    }
}

/// The newest block of a redundant payload: its payload type and bytes; `None` when it is malformed.
pub(crate) fn newest(payload: &[u8]) -> Option<(u8, &[u8])> {
    let (mut at, mut before) = (0, 0);
    for _ in 0..BLOCKS_MAX {
        let first = *payload.get(at)?;
        if first & 0x80 == 0 {
            let start = at + 1 + before;
            return payload.get(start..).filter(|block| !block.is_empty()).map(|block| (first, block));
        }
        let header = payload.get(at + 2..at + 4)?;
        before += usize::from(u16::from_be_bytes([header[0], header[1]]) & 0x3ff);
        at += 4;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const PCMU: Format = Format {
        codec: Codec::Pcmu,
        send: 0,
        receive: 0,
    };

    #[test]
    fn a_packet_carries_its_neighbour_and_only_that() {
        let mut redundancy = Redundancy::new();
        assert_eq!(redundancy.join(PCMU, 7, 1_000, &[1; 160]), None);
        let packet = redundancy.join(PCMU, 8, 1_160, &[2; 160]).expect("with the one before").to_vec();
        // Payload type 0, 160 ticks before, 160 bytes.
        assert_eq!(packet[..5], [0x80, 0x02, 0x80, 0xa0, 0x00]);
        assert_eq!((&packet[5..165], &packet[165..]), (&[1; 160][..], &[2; 160][..]));
        assert_eq!(newest(&packet), Some((0, &[2; 160][..])));
        assert_eq!(redundancy.join(PCMU, 10, 1_480, &[4; 160]), None, "one is missing between them");
        let pcma = Format {
            codec: Codec::Pcma,
            ..PCMU
        };
        assert_eq!(redundancy.join(pcma, 11, 1_640, &[5; 160]), None, "another codec");
        assert_eq!(redundancy.join(pcma, 12, 1_640 + OFFSET_MAX + 1, &[6; 160]), None, "too far apart");
        assert!(redundancy.join(pcma, 13, 1_640 + 2 * OFFSET_MAX + 1, &[7; 160]).is_some());
    }

    #[test]
    fn long_blocks_stay_alone_and_opus_that_repeats_itself_is_not_repeated() {
        let mut redundancy = Redundancy::new();
        for (sequence, length, joined) in [
            (1, BLOCK_BYTES_MAX, false),
            (2, BLOCK_BYTES_MAX, true),
            (3, BLOCK_BYTES_MAX + 1, false),
            (4, 160, false),
            (5, 0, false),
            (6, 160, false),
        ] {
            let block = vec![0; length];
            assert_eq!(
                redundancy.join(PCMU, sequence, sequence as u32 * 160, &block).is_some(),
                joined,
                "{sequence}"
            );
        }
        let opus = Format {
            codec: Codec::Opus,
            send: 111,
            receive: 111,
        };
        let (plain, repeats) = ([9 << 3, 0b1000_0000, 0], [9 << 3, 0b1100_0000, 0]);
        assert!(redundancy.join(opus, 7, 960, &plain).is_none());
        assert!(redundancy.join(opus, 8, 1_920, &repeats).is_none());
        assert!(redundancy.join(opus, 9, 2_880, &plain).is_some());
    }

    #[test]
    fn hostile_payloads_have_no_newest_block() {
        for payload in [
            &[][..],
            &[0x80],
            &[0x80, 0, 0],
            &[0x80, 0, 0, 1],
            &[0x80, 0, 0, 1, 0],
            &[0x80, 0, 0, 1, 0, 9],
            &[0],
        ] {
            assert_eq!(newest(payload), None, "{payload:?}");
        }
        let headers = [0x80, 0, 0, 0].repeat(BLOCKS_MAX);
        assert_eq!(newest(&[&headers[..], &[0, 1]].concat()), None, "too many blocks");
        assert_eq!(newest(&[&headers[4..], &[0, 1]].concat()), Some((0, &[1][..])));
    }
}
