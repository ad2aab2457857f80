//! Reading.

use std::net::{IpAddr, SocketAddr};

use hmac::{Hmac, Mac as _};
use sha1::Sha1;

use super::{COOKIE, CRC, Class, FINGERPRINT_BYTES, FINGERPRINT_XOR, HEADER_BYTES, INTEGRITY_BYTES, Transaction, attribute, family, mask};

/// A well-formed message in its buffer.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    bytes: &'a [u8],
    transaction: Transaction,
    /// Where `MESSAGE-INTEGRITY` begins.
    integrity_at: Option<usize>,
    has_fingerprint: bool,
}

/// One attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Its type.
    pub kind: u16,
    /// Its value without padding.
    pub value: &'a [u8],
    /// Where the value begins in the message.
    pub at: usize,
}

/// The bytes are not one whole STUN message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed STUN message")]
pub struct Malformed;

impl<'a> Message<'a> {
    /// Reads one message: header, the frame of its attributes, and FINGERPRINT where there is one.
    ///
    /// # Errors
    ///
    /// When the bytes are anything else than exactly one well-formed message (RFC 8489 section 6.3).
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let (header, body) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or(Malformed)?;
        let [kind, _, high, low, rest @ ..] = header;
        let (cookie, transaction) = rest.split_first_chunk::<4>().ok_or(Malformed)?;
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if kind >> 6 != 0 || *cookie != COOKIE || length != body.len() || length % 4 != 0 {
            return Err(Malformed);
        }
        let mut message = Self {
            bytes,
            transaction: transaction.try_into().map_err(|_| Malformed)?,
            integrity_at: None,
            has_fingerprint: false,
        };
        message.check_attributes()?;
        Ok(message)
    }

    /// Every attribute must be whole; FINGERPRINT comes last and is right.
    fn check_attributes(&mut self) -> Result<(), Malformed> {
        let mut at = HEADER_BYTES;
        while at < self.bytes.len() {
            let (attribute, end) = attribute_at(self.bytes, at).ok_or(Malformed)?;
            match attribute.kind {
                attribute::MESSAGE_INTEGRITY if self.integrity_at.is_none() => self.integrity_at = Some(at),
                attribute::FINGERPRINT => {
                    let right = (CRC.checksum(&self.bytes[..at]) ^ FINGERPRINT_XOR).to_be_bytes();
                    if end != self.bytes.len() || end - at != FINGERPRINT_BYTES || attribute.value != right {
                        return Err(Malformed);
                    }
                    self.has_fingerprint = true;
                }
                _ => {}
            }
            at = end;
        }
        Ok(())
    }

    /// What kind of message.
    #[must_use]
    pub fn class(&self) -> Class {
        match (self.bytes[0] & 1, self.bytes[1] & 0x10) {
            (0, 0) => Class::Request,
            (0, _) => Class::Indication,
            (_, 0) => Class::Success,
            (_, _) => Class::Error,
        }
    }

    /// Which method (RFC 8489 section 5: its bits stand between those of the class).
    #[must_use]
    pub fn method(&self) -> u16 {
        let kind = u16::from_be_bytes([self.bytes[0], self.bytes[1]]);
        kind & 0x000f | (kind & 0x00e0) >> 1 | (kind & 0x3e00) >> 2
    }

    /// Its transaction.
    #[must_use]
    pub fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// The attributes up to and including `MESSAGE-INTEGRITY`: what follows proves nothing and is passed over (RFC 8489 section 14.5).
    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        let end = self.integrity_at.map_or(self.bytes.len(), |at| at + 4);
        Attributes {
            bytes: self.bytes,
            at: HEADER_BYTES,
            end,
        }
    }

    /// The first attribute of a kind; further ones do not count.
    #[must_use]
    pub fn find(&self, kind: u16) -> Option<Attribute<'a>> {
        self.attributes().find(|attribute| attribute.kind == kind)
    }

    /// The first attribute of a kind as text.
    #[must_use]
    pub fn text(&self, kind: u16) -> Option<&'a str> {
        self.find(kind).and_then(|attribute| std::str::from_utf8(attribute.value).ok())
    }

    /// Whether there is a `MESSAGE-INTEGRITY`, right or not.
    #[must_use]
    pub fn has_integrity(&self) -> bool {
        self.integrity_at.is_some()
    }

    /// Whether there is a FINGERPRINT; it is right then.
    #[must_use]
    pub fn has_fingerprint(&self) -> bool {
        self.has_fingerprint
    }

    /// Whether the message was made with this key. Takes the same time whatever is wrong.
    #[must_use]
    pub fn is_authentic(&self, key: &[u8]) -> bool {
        let Some(at) = self.integrity_at else { return false };
        let Some((attribute, _)) = attribute_at(self.bytes, at) else {
            return false;
        };
        // As if the message ended behind this attribute (RFC 8489 section 14.5).
        let Ok(length) = u16::try_from(at + INTEGRITY_BYTES - HEADER_BYTES) else {
            return false;
        };
        let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(&self.bytes[..2]);
        mac.update(&length.to_be_bytes());
        mac.update(&self.bytes[4..at]);
        mac.verify_slice(attribute.value).is_ok()
    }

    /// Reads the value of an address attribute that is mixed with the transaction (RFC 8489 section 14.2).
    #[must_use]
    pub fn xor_address(&self, value: &[u8]) -> Option<SocketAddr> {
        let (&[_, family, high, low], ip) = value.split_first_chunk::<4>()?;
        let mask = mask(&self.transaction);
        let port = u16::from_be_bytes([high, low]) ^ u16::from_be_bytes([COOKIE[0], COOKIE[1]]);
        let ip = match (family, ip.len()) {
            (family::V4, 4) => IpAddr::V4((u32::from_be_bytes(ip.try_into().ok()?) ^ (mask >> 96) as u32).into()),
            (family::V6, 16) => IpAddr::V6((u128::from_be_bytes(ip.try_into().ok()?) ^ mask).into()),
            _ => return None,
        };
        Some(SocketAddr::new(ip, port))
    }
}

/// Goes through attributes in their order.
#[derive(Clone, Debug)]
pub struct Attributes<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        if self.at >= self.end {
            return None;
        }
        let (attribute, end) = attribute_at(self.bytes, self.at)?;
        self.at = end;
        Some(attribute)
    }
}

/// The attribute that begins here, and where the next one does.
fn attribute_at(bytes: &[u8], at: usize) -> Option<(Attribute<'_>, usize)> {
    let (&[kind_high, kind_low, high, low], rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
    let length = usize::from(u16::from_be_bytes([high, low]));
    let attribute = Attribute {
        kind: u16::from_be_bytes([kind_high, kind_low]),
        value: rest.get(..length)?,
        at: at + 4,
    };
    let end = at + 4 + length.next_multiple_of(4);
    (end <= bytes.len()).then_some((attribute, end))
}
