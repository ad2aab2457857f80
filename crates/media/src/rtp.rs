//! RTP packets (RFC 3550 section 5.1), read and written.

/// Bytes of the fixed header.
pub const HEADER_BYTES: usize = 12;
/// The largest packet that we build.
pub const PACKET_BYTES_MAX: usize = 1_500;

/// A parsed RTP packet: the header's fields, and where the payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The M bit.
    pub marker: bool,
    /// 0 to 127.
    pub payload_type: u8,
    /// Sequence number.
    pub sequence: u16,
    /// In units of the payload's clock.
    pub timestamp: u32,
    /// The stream.
    pub ssrc: u32,
    /// First byte of the payload.
    pub start: usize,
    /// One after its last byte; padding is behind it.
    pub end: usize,
}

impl Packet {
    /// Reads a packet whose payload is not encrypted; `None` when it is malformed.
    #[must_use]
    pub fn parse(data: &[u8]) -> Option<Self> {
        let mut packet = Self::parse_header(data)?;
        if data[0] & 0x20 != 0 {
            let padding = usize::from(*data.last()?);
            let end = data.len().checked_sub(padding).filter(|end| padding != 0 && *end >= packet.start)?;
            packet.end = end;
        }
        Some(packet)
    }

    /// Reads the header of a packet whose payload may be encrypted: padding is not looked at.
    #[must_use]
    pub fn parse_header(data: &[u8]) -> Option<Self> {
        let header: &[u8; HEADER_BYTES] = data.first_chunk()?;
        if header[0] >> 6 != 2 {
            return None;
        }
        let mut start = HEADER_BYTES + usize::from(header[0] & 0x0f) * 4;
        if header[0] & 0x10 != 0 {
            let words = data.get(start + 2..start + 4)?;
            start += 4 + usize::from(u16::from_be_bytes([words[0], words[1]])) * 4;
        }
        if start > data.len() {
            return None;
        }
        Some(Self {
            marker: header[1] & 0x80 != 0,
            payload_type: header[1] & 0x7f,
            sequence: u16::from_be_bytes([header[2], header[3]]),
            timestamp: u32::from_be_bytes([header[4], header[5], header[6], header[7]]),
            ssrc: u32::from_be_bytes([header[8], header[9], header[10], header[11]]),
            start,
            end: data.len(),
        })
    }
}

/// Whether a datagram on a port shared by both is RTCP (RFC 5761 section 4).
#[must_use]
pub fn is_rtcp(data: &[u8]) -> bool {
    data.len() >= 8 && data[0] >> 6 == 2 && (192..=223).contains(&data[1])
}

/// Writes a packet without extensions; returns its length, or `None` when it does not fit.
#[must_use]
pub fn write(out: &mut [u8], payload_type: u8, marker: bool, sequence: u16, timestamp: u32, ssrc: u32, payload: &[u8]) -> Option<usize> {
    let length = HEADER_BYTES + payload.len();
    let out = out.get_mut(..length)?;
    out[0] = 0x80;
    out[1] = payload_type & 0x7f | if marker { 0x80 } else { 0 };
    out[2..4].copy_from_slice(&sequence.to_be_bytes());
    out[4..8].copy_from_slice(&timestamp.to_be_bytes());
    out[8..12].copy_from_slice(&ssrc.to_be_bytes());
    out[HEADER_BYTES..].copy_from_slice(payload);
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut out = [0; 64];
        let length = write(&mut out, 101, true, 65_535, 0xdead_beef, 7, b"hello").unwrap();
        let packet = Packet::parse(&out[..length]).unwrap();
        assert_eq!(
            (packet.marker, packet.payload_type, packet.sequence, packet.timestamp, packet.ssrc),
            (true, 101, 65_535, 0xdead_beef, 7)
        );
        assert_eq!(&out[packet.start..packet.end], b"hello");
        assert_eq!(write(&mut out[..16], 0, false, 0, 0, 0, b"hello"), None);
    }

    #[test]
    fn sources_extension_and_padding_are_skipped() {
        let mut data = vec![0x80 | 0x20 | 0x10 | 1, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        data.extend([9; 4]);
        data.extend([0xbe, 0xde, 0, 1, 1, 2, 3, 4]);
        data.extend([b'x', 0, 2]);
        let packet = Packet::parse(&data).unwrap();
        assert_eq!(&data[packet.start..packet.end], b"x");
        for length in 0..24 {
            assert_eq!(Packet::parse(&data[..length]), None, "{length}");
        }
    }

    #[test]
    fn padding_longer_than_the_payload_is_malformed() {
        let mut data = vec![0xa0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 9];
        assert_eq!(Packet::parse(&data), None);
        data[13] = 0;
        assert_eq!(Packet::parse(&data), None);
    }
}
