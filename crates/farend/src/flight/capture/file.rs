//! Capture files in pcapng (draft-ietf-opsawg-pcapng): one section, one interface, IP packets with times in nanoseconds.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{SystemTime, UNIX_EPOCH};

/// LINKTYPE_RAW: packets begin with their IP header.
const LINK_RAW: u16 = 101;
/// More than any packet of ours has.
const SNAP_BYTES: u32 = 65_535;

const BLOCK_SECTION: u32 = 0x0A0D_0D0A;
const BLOCK_INTERFACE: u32 = 1;
const BLOCK_STATISTICS: u32 = 5;
const BLOCK_PACKET: u32 = 6;

const OPTION_COMMENT: u16 = 1;
const OPTION_USER_APPLICATION: u16 = 4;
const OPTION_INTERFACE_NAME: u16 = 2;
const OPTION_RESOLUTION: u16 = 9;
const OPTION_PACKETS_DROPPED: u16 = 5;

/// UDP, or a TCP segment with this sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Udp,
    Tcp { sequence: u32, acknowledged: u32 },
}

/// Writes blocks; counts the bytes.
#[derive(Debug)]
pub(crate) struct File<W> {
    out: W,
    pub(crate) bytes: u64,
}

impl<W: Write> File<W> {
    /// Writes the beginning.
    ///
    /// # Errors
    ///
    /// When the disk is full, or the like.
    pub(crate) fn begin(out: W, comment: &str) -> io::Result<Self> {
        let mut file = Self { out, bytes: 0 };
        let mut section = Vec::new();
        section.extend(0x1A2B_3C4D_u32.to_le_bytes());
        section.extend([1, 0, 0, 0]);
        // The section's length is not known.
        section.extend(u64::MAX.to_le_bytes());
        option(&mut section, OPTION_COMMENT, comment.as_bytes());
        option(
            &mut section,
            OPTION_USER_APPLICATION,
            concat!("farend ", env!("CARGO_PKG_VERSION")).as_bytes(),
        );
        end_options(&mut section);
        file.block(BLOCK_SECTION, &section)?;

        let mut interface = Vec::new();
        interface.extend(LINK_RAW.to_le_bytes());
        interface.extend([0, 0]);
        interface.extend(SNAP_BYTES.to_le_bytes());
        option(&mut interface, OPTION_INTERFACE_NAME, b"farend");
        option(&mut interface, OPTION_RESOLUTION, &[9]);
        end_options(&mut interface);
        file.block(BLOCK_INTERFACE, &interface)?;
        Ok(file)
    }

    /// Writes one packet with headers made for it. `length`: of the payload on the wire, where `payload` is its beginning only.
    ///
    /// # Errors
    ///
    /// When the disk is full, or the like.
    pub(crate) fn packet(
        &mut self,
        at: SystemTime,
        ways: (SocketAddr, SocketAddr),
        transport: Transport,
        payload: &[u8],
        length: usize,
        comment: Option<&str>,
    ) -> io::Result<()> {
        let frame = frame(ways, transport, payload, length.max(payload.len()));
        let headers = frame.len() - payload.len();
        let nanoseconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let nanoseconds = u64::try_from(nanoseconds).unwrap_or(u64::MAX).to_le_bytes();
        let mut packet = Vec::with_capacity(frame.len() + 64);
        packet.extend(0_u32.to_le_bytes());
        // The upper half first.
        packet.extend(&nanoseconds[4..]);
        packet.extend(&nanoseconds[..4]);
        packet.extend(size(frame.len()).to_le_bytes());
        packet.extend(size(headers + length.max(payload.len())).to_le_bytes());
        packet.extend(&frame);
        pad(&mut packet);
        if let Some(comment) = comment {
            option(&mut packet, OPTION_COMMENT, comment.as_bytes());
            end_options(&mut packet);
        }
        self.block(BLOCK_PACKET, &packet)
    }

    /// Writes the end: how many packets could not be taken.
    ///
    /// # Errors
    ///
    /// When the disk is full, or the like.
    pub(crate) fn end(&mut self, at: SystemTime, dropped: u64) -> io::Result<()> {
        let nanoseconds = u64::try_from(at.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos())
            .unwrap_or(u64::MAX)
            .to_le_bytes();
        let mut statistics = Vec::new();
        statistics.extend(0_u32.to_le_bytes());
        statistics.extend(&nanoseconds[4..]);
        statistics.extend(&nanoseconds[..4]);
        option(&mut statistics, OPTION_PACKETS_DROPPED, &dropped.to_le_bytes());
        end_options(&mut statistics);
        self.block(BLOCK_STATISTICS, &statistics)?;
        self.out.flush()
    }

    fn block(&mut self, kind: u32, body: &[u8]) -> io::Result<()> {
        let length = size(12 + body.len()).to_le_bytes();
        self.out.write_all(&kind.to_le_bytes())?;
        self.out.write_all(&length)?;
        self.out.write_all(body)?;
        self.out.write_all(&length)?;
        self.bytes += 12 + body.len() as u64;
        Ok(())
    }
}

fn size(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

fn option(block: &mut Vec<u8>, code: u16, value: &[u8]) {
    let value = &value[..value.len().min(usize::from(u16::MAX))];
    block.extend(code.to_le_bytes());
    block.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_le_bytes());
    block.extend(value);
    pad(block);
}

fn end_options(block: &mut Vec<u8>) {
    block.extend([0; 4]);
}

/// IP and UDP or TCP around a payload. Of a payload that was cut, the checksum is left out (UDP) or wrong (TCP).
fn frame((source, destination): (SocketAddr, SocketAddr), transport: Transport, payload: &[u8], length: usize) -> Vec<u8> {
    let (from, to) = same_family(source.ip().to_canonical(), destination.ip().to_canonical());
    let header_bytes = match transport {
        Transport::Udp => 8,
        Transport::Tcp { .. } => 20,
    };
    // A packet of IP cannot be longer; no message of ours is.
    let whole = u16::try_from(header_bytes + length).unwrap_or(u16::MAX - 40);
    let mut segment = Vec::with_capacity(header_bytes + payload.len());
    segment.extend(source.port().to_be_bytes());
    segment.extend(destination.port().to_be_bytes());
    let (protocol, checksum_at) = match transport {
        Transport::Udp => {
            segment.extend(whole.to_be_bytes());
            segment.extend([0, 0]);
            (17, 6)
        }
        Transport::Tcp { sequence, acknowledged } => {
            segment.extend(sequence.to_be_bytes());
            segment.extend(acknowledged.to_be_bytes());
            // Five words of header; PSH and ACK; a large window.
            segment.extend([0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
            (6, 16)
        }
    };
    segment.extend(payload);
    if payload.len() == length {
        let sum = pseudo_header(from, to, protocol, whole) + sum(&segment);
        segment[checksum_at..checksum_at + 2].copy_from_slice(&folded(sum, protocol == 17).to_be_bytes());
    }
    let mut frame = ip_header(from, to, protocol, whole);
    frame.extend(segment);
    frame
}

/// Where the two are not of one family, both are shown as IPv6.
fn same_family(from: IpAddr, to: IpAddr) -> (IpAddr, IpAddr) {
    let mapped = |address: IpAddr| match address {
        IpAddr::V4(v4) => IpAddr::V6(v4.to_ipv6_mapped()),
        IpAddr::V6(_) => address,
    };
    if from.is_ipv4() == to.is_ipv4() {
        (from, to)
    } else {
        (mapped(from), mapped(to))
    }
}

fn ip_header(from: IpAddr, to: IpAddr, protocol: u8, length: u16) -> Vec<u8> {
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => ipv4_header(from, to, protocol, length),
        (IpAddr::V6(from), IpAddr::V6(to)) => ipv6_header(from, to, protocol, length),
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => Vec::new(),
    }
}

fn ipv4_header(from: Ipv4Addr, to: Ipv4Addr, protocol: u8, length: u16) -> Vec<u8> {
    let mut header = vec![0x45, 0];
    header.extend(length.saturating_add(20).to_be_bytes());
    // No identification, not to be fragmented, 64 hops.
    header.extend([0, 0, 0x40, 0, 64, protocol, 0, 0]);
    header.extend(from.octets());
    header.extend(to.octets());
    let checksum = folded(sum(&header), false);
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
    header
}

fn ipv6_header(from: Ipv6Addr, to: Ipv6Addr, protocol: u8, length: u16) -> Vec<u8> {
    let mut header = vec![0x60, 0, 0, 0];
    header.extend(length.to_be_bytes());
    header.extend([protocol, 64]);
    header.extend(from.octets());
    header.extend(to.octets());
    header
}

fn pseudo_header(from: IpAddr, to: IpAddr, protocol: u8, length: u16) -> u32 {
    let octets = |address: IpAddr| match address {
        IpAddr::V4(v4) => sum(&v4.octets()),
        IpAddr::V6(v6) => sum(&v6.octets()),
    };
    octets(from) + octets(to) + u32::from(protocol) + u32::from(length)
}

/// The sum of RFC 1071, not folded yet. Packets are too short for it to overflow.
fn sum(bytes: &[u8]) -> u32 {
    let words = bytes.chunks(2).map(|pair| match pair {
        [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
        [high] => u32::from(*high) << 8,
        _ => 0,
    });
    words.sum()
}

fn folded(mut sum: u32, is_udp: bool) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    let checksum = !u16::try_from(sum).unwrap_or(0);
    // With UDP, 0 means that there is none (RFC 768).
    if is_udp && checksum == 0 { 0xffff } else { checksum }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use pcap_parser::traits::PcapReaderIterator as _;
    use pcap_parser::{Block, PcapBlockOwned, PcapError, PcapNGReader};

    use super::*;

    fn written() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut file = File::begin(&mut bytes, "a test").unwrap();
        let at = UNIX_EPOCH + Duration::new(1_700_000_000, 123_456_789);
        let ways = |from: &str, to: &str| (from.parse().unwrap(), to.parse().unwrap());
        file.packet(at, ways("10.0.0.1:5060", "[::ffff:10.0.0.2]:5062"), Transport::Udp, b"odd", 3, None)
            .unwrap();
        let tcp = Transport::Tcp {
            sequence: 7,
            acknowledged: 9,
        };
        file.packet(
            at,
            ways("[2001:db8::1]:5060", "[2001:db8::2]:40000"),
            tcp,
            b"INVITE",
            6,
            Some("over TLS"),
        )
        .unwrap();
        file.packet(at, ways("10.0.0.1:30000", "10.0.0.2:4000"), Transport::Udp, &[0x80; 12], 172, None)
            .unwrap();
        file.end(at, 42).unwrap();
        let counted = file.bytes;
        assert_eq!(counted, bytes.len() as u64);
        bytes
    }

    /// Time, interface, length on the wire, and bytes.
    type Packet = (u64, u32, u32, Vec<u8>);

    /// Packets and lost ones, as another implementation reads them.
    fn read(bytes: &[u8]) -> (Vec<Packet>, u64) {
        let (mut packets, mut dropped) = (Vec::new(), 0);
        let mut reader = PcapNGReader::new(65_536, bytes).unwrap();
        loop {
            match reader.next() {
                Ok((offset, PcapBlockOwned::NG(block))) => {
                    match block {
                        Block::EnhancedPacket(packet) => {
                            let ts = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
                            packets.push((ts, packet.caplen, packet.origlen, packet.data[..packet.caplen as usize].to_vec()));
                        }
                        Block::InterfaceDescription(interface) => {
                            assert_eq!((interface.linktype.0, interface.if_tsresol), (101, 9));
                        }
                        Block::InterfaceStatistics(statistics) => {
                            let option = statistics.options.iter().find(|option| option.code.0 == 5).unwrap();
                            dropped = u64::from_le_bytes(option.value[..8].try_into().unwrap());
                        }
                        Block::SectionHeader(_) => {}
                        other => panic!("{other:?}"),
                    }
                    reader.consume(offset);
                }
                Ok(_) => panic!("not pcapng"),
                Err(PcapError::Eof) => return (packets, dropped),
                Err(PcapError::Incomplete(_)) => reader.refill().unwrap(),
                Err(error) => panic!("{error:?}"),
            }
        }
    }

    #[test]
    fn another_reader_understands_the_file() {
        let (packets, dropped) = read(&written());
        let lengths: Vec<_> = packets.iter().map(|(_, caplen, origlen, _)| (*caplen, *origlen)).collect();
        assert_eq!(lengths, [(31, 31), (66, 66), (40, 200)]);
        assert_eq!(dropped, 42);
        assert!(packets.iter().all(|(at, ..)| *at == 1_700_000_000_123_456_789));
        let udp = &packets[0].3;
        assert_eq!((&udp[..2], &udp[28..]), (&[0x45, 0][..], &b"odd"[..]));
    }

    #[test]
    fn checksums_are_right() {
        let (packets, _) = read(&written());
        let udp = &packets[0].3;
        assert_eq!(folded(sum(&udp[..20]), false), 0, "IPv4");
        let ways = |text: &str| text.parse::<IpAddr>().unwrap();
        let whole = pseudo_header(ways("10.0.0.1"), ways("10.0.0.2"), 17, 11) + sum(&udp[20..]);
        assert_eq!(folded(whole, false), 0, "UDP");
        let tcp = &packets[1].3;
        let whole = pseudo_header(ways("2001:db8::1"), ways("2001:db8::2"), 6, 26) + sum(&tcp[40..]);
        assert_eq!(folded(whole, false), 0, "TCP");
    }
}
