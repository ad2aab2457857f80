//! STUN messages (RFC 8489) as far as TURN needs them, written also in ways that no honest client would.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hmac::{Hmac, Mac as _};
use md5::{Digest as _, Md5};
use sha1::Sha1;

/// The fixed value of every message (section 5).
const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
/// Type, length, cookie and transaction.
pub(super) const HEADER_BYTES: usize = 20;
/// Head and value of MESSAGE-INTEGRITY.
const INTEGRITY_BYTES: usize = 24;

const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;
const ERROR_CODE: u16 = 0x0009;
const CHANNEL_NUMBER: u16 = 0x000C;
const LIFETIME: u16 = 0x000D;
const XOR_PEER_ADDRESS: u16 = 0x0012;
const DATA: u16 = 0x0013;
const REALM: u16 = 0x0014;
const NONCE: u16 = 0x0015;
const XOR_RELAYED_ADDRESS: u16 = 0x0016;
const EVEN_PORT: u16 = 0x0018;
const REQUESTED_TRANSPORT: u16 = 0x0019;
const RESERVATION_TOKEN: u16 = 0x0022;
const ADDITIONAL_ADDRESS_FAMILY: u16 = 0x8000;

const IPV4: u8 = 1;
const IPV6: u8 = 2;

/// What a message is about (RFC 8656, section 17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// One's own address.
    Binding = 0x001,
    /// Begins an allocation.
    Allocate = 0x003,
    /// Prolongs or ends it.
    Refresh = 0x004,
    /// A packet to a peer.
    Send = 0x006,
    /// Lets a peer's packets through.
    CreatePermission = 0x008,
    /// Gives a peer a number.
    ChannelBind = 0x009,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// The protocol to be relayed: 17 is UDP, 6 TCP.
    RequestedTransport(u8),
    /// A second relayed address, of IPv6.
    AlsoIpv6,
    /// An even port, and perhaps the next one kept free.
    EvenPort {
        /// Whether the next one is to be kept free.
        reserve_next: bool,
    },
    /// The port that was kept free for this token.
    ReservationToken([u8; 8]),
    /// Seconds.
    Lifetime(u32),
    /// A peer.
    Peer(SocketAddr),
    /// An address of so many bytes that says it is of this family, whatever that is.
    PeerOfFamily(u8, Vec<u8>),
    /// A channel.
    Channel(u16),
    /// A packet.
    Data(Vec<u8>),
    /// Any other one: type and value.
    Other(u16, Vec<u8>),
}

/// Who signs a request (RFC 8489, section 9.2).
#[derive(Clone, Debug)]
pub(super) struct Signature<'a> {
    pub(super) username: &'a str,
    pub(super) password: &'a str,
    pub(super) realm: &'a [u8],
    pub(super) nonce: &'a [u8],
}

/// A message of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    bytes: Vec<u8>,
}

pub(super) fn request(method: Method, transaction: u32, attributes: &[Attribute], signature: Option<&Signature<'_>>) -> Vec<u8> {
    let mut message = begin(method as u16, transaction, attributes);
    if let Some(signature) = signature {
        for (kind, value) in [
            (USERNAME, signature.username.as_bytes()),
            (REALM, signature.realm),
            (NONCE, signature.nonce),
        ] {
            append(&mut message, kind, value);
        }
        // The length counts the integrity, which covers what stands before it (RFC 8489, section 14.5).
        let length = message.len() - HEADER_BYTES + INTEGRITY_BYTES;
        message[2..4].copy_from_slice(&(length as u16).to_be_bytes());
        let mut mac = Hmac::<Sha1>::new_from_slice(&signature.key()).expect("HMAC takes keys of any length");
        mac.update(&message);
        append(&mut message, MESSAGE_INTEGRITY, &mac.finalize().into_bytes());
    }
    message
}

pub(super) fn indication(method: Method, transaction: u32, attributes: &[Attribute]) -> Vec<u8> {
    begin(method as u16 | 0x0010, transaction, attributes)
}

/// ChannelData on a stream (RFC 8656, section 12.5).
pub(super) fn channel_data(channel: u16, data: &[u8]) -> Vec<u8> {
    let mut unit = [channel.to_be_bytes(), (data.len() as u16).to_be_bytes()].concat();
    unit.extend_from_slice(data);
    unit.resize(4 + data.len().next_multiple_of(4), 0);
    unit
}

fn begin(kind: u16, transaction: u32, attributes: &[Attribute]) -> Vec<u8> {
    let mut message = kind.to_be_bytes().to_vec();
    message.extend([0, 0]);
    message.extend(COOKIE);
    message.extend([0; 8]);
    message.extend(transaction.to_be_bytes());
    for attribute in attributes {
        attribute.write(&mut message);
    }
    message
}

/// Appends an attribute and counts it.
fn append(message: &mut Vec<u8>, kind: u16, value: &[u8]) {
    message.extend(kind.to_be_bytes());
    message.extend((value.len() as u16).to_be_bytes());
    message.extend_from_slice(value);
    message.resize(message.len().next_multiple_of(4), 0);
    let length = message.len() - HEADER_BYTES;
    message[2..4].copy_from_slice(&(length as u16).to_be_bytes());
}

impl Attribute {
    fn write(&self, message: &mut Vec<u8>) {
        match self {
            Attribute::RequestedTransport(protocol) => append(message, REQUESTED_TRANSPORT, &[*protocol, 0, 0, 0]),
            Attribute::AlsoIpv6 => append(message, ADDITIONAL_ADDRESS_FAMILY, &[IPV6, 0, 0, 0]),
            Attribute::EvenPort { reserve_next } => append(message, EVEN_PORT, &[u8::from(*reserve_next) << 7]),
            Attribute::ReservationToken(token) => append(message, RESERVATION_TOKEN, token),
            Attribute::Lifetime(seconds) => append(message, LIFETIME, &seconds.to_be_bytes()),
            Attribute::Peer(peer) => {
                let family = if peer.is_ipv4() { IPV4 } else { IPV6 };
                let mut value = vec![0, family];
                value.extend((peer.port() ^ 0x2112).to_be_bytes());
                let octets = match peer.ip() {
                    IpAddr::V4(ip) => ip.octets().to_vec(),
                    IpAddr::V6(ip) => ip.octets().to_vec(),
                };
                value.extend(octets.iter().zip(&message[4..HEADER_BYTES]).map(|(octet, mask)| octet ^ mask));
                append(message, XOR_PEER_ADDRESS, &value);
            }
            Attribute::PeerOfFamily(family, address) => {
                append(message, XOR_PEER_ADDRESS, &[&[0, *family, 0, 0], &address[..]].concat());
            }
            Attribute::Channel(number) => {
                let [high, low] = number.to_be_bytes();
                append(message, CHANNEL_NUMBER, &[high, low, 0, 0]);
            }
            Attribute::Data(packet) => append(message, DATA, packet),
            Attribute::Other(kind, value) => append(message, *kind, value),
        }
    }
}

impl Signature<'_> {
    /// MD5 of all three (RFC 8489, section 9.2.2).
    fn key(&self) -> [u8; 16] {
        let mut digest = Md5::new();
        for part in [self.username.as_bytes(), b":", self.realm, b":", self.password.as_bytes()] {
            digest.update(part);
        }
        digest.finalize().into()
    }
}

impl Message {
    /// One that is whole.
    pub(super) fn new(bytes: Vec<u8>) -> Message {
        Message { bytes }
    }

    /// The transaction that it belongs to, when it is one of ours.
    pub(super) fn transaction(&self) -> Option<u32> {
        let last = self.bytes.get(16..HEADER_BYTES)?;
        last.try_into().ok().map(u32::from_be_bytes)
    }

    /// Whether it answers a request.
    pub(super) fn is_response(&self) -> bool {
        self.bytes[0] & 0xC1 == 0x01
    }

    /// Why a request was refused, such as 403; none for a success.
    pub fn error(&self) -> Option<u16> {
        let value = self.value(ERROR_CODE)?;
        Some(u16::from(value.get(2)? & 7) * 100 + u16::from(*value.get(3)?))
    }

    /// The relayed addresses of an allocation.
    pub fn relayed(&self) -> Vec<SocketAddr> {
        self.attributes()
            .filter(|(kind, _)| *kind == XOR_RELAYED_ADDRESS)
            .filter_map(|(_, value)| self.address(value))
            .collect()
    }

    pub(super) fn realm(&self) -> Option<&[u8]> {
        self.value(REALM)
    }

    pub(super) fn nonce(&self) -> Option<&[u8]> {
        self.value(NONCE)
    }

    fn value(&self, kind: u16) -> Option<&[u8]> {
        self.attributes().find(|(found, _)| *found == kind).map(|(_, value)| value)
    }

    fn attributes(&self) -> impl Iterator<Item = (u16, &[u8])> {
        let mut rest = self.bytes.get(HEADER_BYTES..).unwrap_or_default();
        std::iter::from_fn(move || {
            let [kind_high, kind_low, length_high, length_low, after @ ..] = rest else {
                return None;
            };
            let length = usize::from(u16::from_be_bytes([*length_high, *length_low]));
            let value = after.get(..length)?;
            rest = after.get(length.next_multiple_of(4)..).unwrap_or_default();
            Some((u16::from_be_bytes([*kind_high, *kind_low]), value))
        })
    }

    fn address(&self, value: &[u8]) -> Option<SocketAddr> {
        let port = u16::from_be_bytes([*value.get(2)?, *value.get(3)?]) ^ 0x2112;
        let octets: Vec<u8> = value[4..].iter().zip(&self.bytes[4..]).map(|(octet, mask)| octet ^ mask).collect();
        let ip: IpAddr = match value[1] {
            IPV4 => Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?).into(),
            IPV6 => Ipv6Addr::from(<[u8; 16]>::try_from(octets).ok()?).into(),
            _ => return None,
        };
        Some(SocketAddr::new(ip, port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_signed_as_the_rfc_computes_it() {
        let signature = Signature {
            username: "user",
            password: "pass",
            realm: b"realm",
            nonce: b"nonce",
        };
        // RFC 8489, section 9.2.2.
        assert_eq!(u128::from_be_bytes(signature.key()), 0x8493_fbc5_3ba5_82fb_4c04_4c45_6bdc_40eb);
        let message = request(Method::Refresh, 7, &[Attribute::Lifetime(60)], Some(&signature));
        assert_eq!(
            usize::from(u16::from_be_bytes([message[2], message[3]])),
            message.len() - HEADER_BYTES
        );
        let (signed, integrity) = message.split_at(message.len() - INTEGRITY_BYTES);
        let mut mac = Hmac::<Sha1>::new_from_slice(&signature.key()).unwrap();
        mac.update(signed);
        assert_eq!(integrity[..4], [0, 8, 0, 20]);
        assert!(mac.verify_slice(&integrity[4..]).is_ok());
    }

    #[test]
    fn addresses_are_read_as_they_were_written() {
        for address in ["192.0.2.1:8802", "[2001:db8::7]:3478"] {
            let address: SocketAddr = address.parse().unwrap();
            let mut bytes = request(Method::Allocate, 7, &[Attribute::Peer(address)], None);
            bytes[HEADER_BYTES..HEADER_BYTES + 2].copy_from_slice(&XOR_RELAYED_ADDRESS.to_be_bytes());
            let message = Message::new(bytes);
            assert_eq!(
                (message.relayed(), message.transaction(), message.error()),
                (vec![address], Some(7), None)
            );
        }
    }

    #[test]
    fn channel_data_is_padded_to_four_bytes() {
        assert_eq!(channel_data(0x4001, &[1, 2, 3, 4, 5]), [0x40, 1, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0]);
    }
}
