//! The attributes of STUN messages, as bytes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crc::{CRC_32_ISO_HDLC, Crc};

use super::{COOKIE, Change, Class, Fingerprint, HEADER_BYTES, Message, ReadError, TransactionId};

pub(super) const MAPPED_ADDRESS: u16 = 0x0001;
const CHANGE_REQUEST: u16 = 0x0003;
/// RFC 3489 section 11.2.5; today RESPONSE-ORIGIN.
const SOURCE_ADDRESS: u16 = 0x0004;
/// RFC 3489 section 11.2.3; today OTHER-ADDRESS.
const CHANGED_ADDRESS: u16 = 0x0005;
pub(super) const ERROR_CODE: u16 = 0x0009;
pub(super) const XOR_MAPPED_ADDRESS: u16 = 0x0020;
const RESPONSE_PORT: u16 = 0x0027;
const FINGERPRINT: u16 = 0x8028;
pub(super) const RESPONSE_ORIGIN: u16 = 0x802b;
pub(super) const OTHER_ADDRESS: u16 = 0x802c;

/// Known, and of no use to us: RESPONSE-ADDRESS, USERNAME, PASSWORD, MESSAGE-INTEGRITY, UNKNOWN-ATTRIBUTES, REFLECTED-FROM, REALM,
/// NONCE, MESSAGE-INTEGRITY-SHA256, PASSWORD-ALGORITHM, USERHASH, PRIORITY, USE-CANDIDATE.
const PASSED_OVER: [u16; 13] = [
    0x0002, 0x0006, 0x0007, 0x0008, 0x000a, 0x000b, 0x0014, 0x0015, 0x001c, 0x001d, 0x001e, 0x0024, 0x0025,
];
/// Attributes from here on may be passed over unknown (RFC 8489 section 14).
const OPTIONAL_FIRST: u16 = 0x8000;

const CHANGE_IP: u32 = 0x04;
const CHANGE_PORT: u32 = 0x02;
const CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
/// So that the checksum differs from that of a protocol around STUN (RFC 8489 section 14.7).
const CHECKSUM_MASK: u32 = 0x5354_554e;

/// The attributes of a whole message, one after the other.
pub(super) struct Attributes<'m> {
    message: &'m [u8],
    at: usize,
}

/// One attribute.
pub(super) struct Attribute<'m> {
    kind: u16,
    value: &'m [u8],
    /// The message up to this attribute.
    before: &'m [u8],
    is_last: bool,
}

impl<'m> Attributes<'m> {
    pub(super) fn new(message: &'m [u8]) -> Self {
        Self { message, at: HEADER_BYTES }
    }

    /// The next one; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Attribute<'m>>, ReadError> {
        let (before, rest) = self.message.split_at(self.at);
        if rest.is_empty() {
            return Ok(None);
        }
        let (head, rest) = rest.split_first_chunk::<4>().ok_or(ReadError::Length)?;
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let value = rest.get(..length).ok_or(ReadError::Malformed(kind))?;
        // The message is a multiple of four bytes long, so the padding is there.
        self.at += 4 + length.next_multiple_of(4);
        Ok(Some(Attribute {
            kind,
            value,
            before,
            is_last: self.at == self.message.len(),
        }))
    }
}

impl Attribute<'_> {
    /// Keeps what it says; of several of a kind the first one counts (RFC 8489 section 14).
    pub(super) fn read_into(&self, message: &mut Message) -> Result<(), ReadError> {
        let malformed = ReadError::Malformed(self.kind);
        match self.kind {
            XOR_MAPPED_ADDRESS => keep(&mut message.xor_mapped, address(self.value, mask(message.id)).ok_or(malformed)?),
            MAPPED_ADDRESS => keep(&mut message.mapped, address(self.value, [0; 16]).ok_or(malformed)?),
            RESPONSE_ORIGIN | SOURCE_ADDRESS => keep(&mut message.response_origin, address(self.value, [0; 16]).ok_or(malformed)?),
            OTHER_ADDRESS | CHANGED_ADDRESS => keep(&mut message.other_address, address(self.value, [0; 16]).ok_or(malformed)?),
            CHANGE_REQUEST => {
                let flags = u32::from_be_bytes(self.value.try_into().map_err(|_| malformed)?);
                message.change = Change {
                    ip: flags & CHANGE_IP != 0,
                    port: flags & CHANGE_PORT != 0,
                };
            }
            RESPONSE_PORT => {
                // The two bytes of padding count in the length of some, and not of others: RFC 5780 section 7.5 allows for both.
                let (&[high, low] | &[high, low, _, _]) = self.value else {
                    return Err(malformed);
                };
                message.response_port.get_or_insert(u16::from_be_bytes([high, low]));
            }
            ERROR_CODE => {
                let &[_, _, class @ 3..=6, number @ 0..100, ..] = self.value else {
                    return Err(malformed);
                };
                if let Class::Error(code @ 0) = &mut message.class {
                    *code = u16::from(class) * 100 + u16::from(number);
                }
            }
            FINGERPRINT => {
                let told = u32::from_be_bytes(self.value.try_into().map_err(|_| malformed)?);
                let is_right = self.is_last && told == checksum(self.before);
                message.fingerprint = if is_right { Fingerprint::Right } else { Fingerprint::Wrong };
            }
            other if other >= OPTIONAL_FIRST || PASSED_OVER.contains(&other) => {}
            other => return Err(ReadError::Unknown(other)),
        }
        Ok(())
    }
}

/// Writes a message.
pub(super) struct Writer {
    bytes: Vec<u8>,
    id: TransactionId,
}

impl Writer {
    pub(super) fn new(kind: u16, id: TransactionId) -> Self {
        let mut bytes = Vec::with_capacity(96);
        bytes.extend(kind.to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend(COOKIE);
        bytes.extend(id.0);
        Self { bytes, id }
    }

    pub(super) fn change_request(&mut self, change: Change) {
        let flags = u32::from(change.ip) * CHANGE_IP + u32::from(change.port) * CHANGE_PORT;
        self.push(CHANGE_REQUEST, &flags.to_be_bytes());
    }

    pub(super) fn response_port(&mut self, port: u16) {
        self.push(RESPONSE_PORT, &port.to_be_bytes());
    }

    /// Without a reason: nobody reads it.
    pub(super) fn error_code(&mut self, code: u16) {
        let [class, number] = [code / 100, code % 100].map(|digits| u8::try_from(digits).unwrap_or(u8::MAX));
        self.push(ERROR_CODE, &[0, 0, class, number]);
    }

    pub(super) fn address(&mut self, kind: u16, address: SocketAddr) {
        self.masked_address(kind, address, [0; 16]);
    }

    pub(super) fn xor_mapped_address(&mut self, address: SocketAddr) {
        self.masked_address(XOR_MAPPED_ADDRESS, address, mask(self.id));
    }

    /// A checksum that is off by `error`.
    pub(super) fn fingerprint(&mut self, error: u32) {
        self.set_length(8);
        let checksum = checksum(&self.bytes) ^ error;
        self.push(FINGERPRINT, &checksum.to_be_bytes());
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.set_length(0);
        self.bytes
    }

    fn masked_address(&mut self, kind: u16, address: SocketAddr, mask: [u8; 16]) {
        let [port_high, port_low] = address.port().to_be_bytes();
        let (family, octets) = match address.ip() {
            IpAddr::V4(ip) => (FAMILY_IPV4, ip.octets().to_vec()),
            IpAddr::V6(ip) => (FAMILY_IPV6, ip.octets().to_vec()),
        };
        let mut value = vec![0, family, port_high ^ mask[0], port_low ^ mask[1]];
        value.extend(octets.iter().zip(mask).map(|(octet, mask)| octet ^ mask));
        self.push(kind, &value);
    }

    fn push(&mut self, kind: u16, value: &[u8]) {
        let length = u16::try_from(value.len()).expect("at most twenty bytes, by construction");
        self.bytes.extend(kind.to_be_bytes());
        self.bytes.extend(length.to_be_bytes());
        self.bytes.extend(value);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    /// Header length for what is there and `more` bytes.
    fn set_length(&mut self, more: usize) {
        let length = u16::try_from(self.bytes.len() - HEADER_BYTES + more).expect("at most eight short attributes");
        self.bytes[2..4].copy_from_slice(&length.to_be_bytes());
    }
}

const FAMILY_IPV4: u8 = 1;
const FAMILY_IPV6: u8 = 2;

fn keep(place: &mut Option<SocketAddr>, address: SocketAddr) {
    place.get_or_insert(address);
}

/// Cookie and transaction id hide an address from routers that rewrite what looks like one (RFC 8489 section 14.2).
fn mask(id: TransactionId) -> [u8; 16] {
    let mut mask = [0; 16];
    mask[..4].copy_from_slice(&COOKIE);
    mask[4..].copy_from_slice(&id.0);
    mask
}

fn address(value: &[u8], mask: [u8; 16]) -> Option<SocketAddr> {
    let (head, octets) = value.split_first_chunk::<4>()?;
    let port = u16::from_be_bytes([head[2] ^ mask[0], head[3] ^ mask[1]]);
    let ip: IpAddr = match (head[1], octets.len()) {
        (FAMILY_IPV4, 4) => Ipv4Addr::from(unmasked::<4>(octets, mask)?).into(),
        (FAMILY_IPV6, 16) => Ipv6Addr::from(unmasked::<16>(octets, mask)?).into(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

fn unmasked<const N: usize>(octets: &[u8], mask: [u8; 16]) -> Option<[u8; N]> {
    let mut octets: [u8; N] = octets.try_into().ok()?;
    octets.iter_mut().zip(mask).for_each(|(octet, mask)| *octet ^= mask);
    Some(octets)
}

fn checksum(bytes: &[u8]) -> u32 {
    CHECKSUM.checksum(bytes) ^ CHECKSUM_MASK
}
