//! Writing.

use std::net::{IpAddr, SocketAddr};

use hmac::{Hmac, Mac as _};
use sha1::Sha1;

use super::{COOKIE, CRC, Class, FINGERPRINT_BYTES, FINGERPRINT_XOR, HEADER_BYTES, INTEGRITY_BYTES, Transaction, attribute, family, mask};

/// Appends one message to a buffer. What it says of its length is right after every step.
#[derive(Debug)]
pub struct Writer<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    transaction: Transaction,
}

impl<'a> Writer<'a> {
    /// Begins a message.
    pub fn new(out: &'a mut Vec<u8>, class: Class, method: u16, transaction: &Transaction) -> Self {
        let class = match class {
            Class::Request => 0x0000,
            Class::Indication => 0x0010,
            Class::Success => 0x0100,
            Class::Error => 0x0110,
        };
        let kind: u16 = class | method & 0x000f | (method & 0x0070) << 1 | (method & 0x0f80) << 2;
        let start = out.len();
        out.extend_from_slice(&kind.to_be_bytes());
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&COOKIE);
        out.extend_from_slice(transaction);
        Self {
            out,
            start,
            transaction: *transaction,
        }
    }

    /// Adds an attribute.
    ///
    /// # Panics
    ///
    /// When the value is longer than an attribute can be: 65,535 bytes.
    pub fn attribute(&mut self, kind: u16, value: &[u8]) -> &mut Self {
        let length = u16::try_from(value.len()).expect("an attribute's value fits its length");
        self.out.extend_from_slice(&kind.to_be_bytes());
        self.out.extend_from_slice(&length.to_be_bytes());
        self.out.extend_from_slice(value);
        self.out.extend_from_slice(&[0; 3][..value.len().next_multiple_of(4) - value.len()]);
        self.end_at(self.out.len());
        self
    }

    /// Adds a number of 32 bits.
    pub fn number(&mut self, kind: u16, value: u32) -> &mut Self {
        self.attribute(kind, &value.to_be_bytes())
    }

    /// Adds an address, mixed with the transaction (RFC 8489 section 14.2).
    pub fn xor_address(&mut self, kind: u16, address: SocketAddr) -> &mut Self {
        let mask = mask(&self.transaction);
        let port = (address.port() ^ u16::from_be_bytes([COOKIE[0], COOKIE[1]])).to_be_bytes();
        let mut value = [0; 20];
        value[2..4].copy_from_slice(&port);
        let length = match address.ip() {
            IpAddr::V4(v4) => {
                value[1] = family::V4;
                value[4..8].copy_from_slice(&(v4.to_bits() ^ (mask >> 96) as u32).to_be_bytes());
                8
            }
            IpAddr::V6(v6) => {
                value[1] = family::V6;
                value[4..].copy_from_slice(&(v6.to_bits() ^ mask).to_be_bytes());
                20
            }
        };
        self.attribute(kind, &value[..length])
    }

    /// Adds an error code with its reason (RFC 8489 section 14.8).
    pub fn error(&mut self, code: u16, reason: &str) -> &mut Self {
        let mut value = vec![0, 0, (code / 100) as u8, (code % 100) as u8];
        value.extend_from_slice(reason.as_bytes());
        self.attribute(attribute::ERROR_CODE, &value)
    }

    /// Adds `MESSAGE-INTEGRITY` over what has been written so far.
    pub fn integrity(&mut self, key: &[u8]) -> &mut Self {
        self.end_at(self.out.len() + INTEGRITY_BYTES);
        let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(&self.out[self.start..]);
        let mac: [u8; 20] = mac.finalize().into_bytes().into();
        self.attribute(attribute::MESSAGE_INTEGRITY, &mac)
    }

    /// Adds FINGERPRINT; nothing may follow.
    pub fn fingerprint(&mut self) {
        self.end_at(self.out.len() + FINGERPRINT_BYTES);
        let fingerprint = CRC.checksum(&self.out[self.start..]) ^ FINGERPRINT_XOR;
        self.number(attribute::FINGERPRINT, fingerprint);
    }

    fn end_at(&mut self, end: usize) {
        let length = u16::try_from(end - self.start - HEADER_BYTES).expect("a message fits its length");
        self.out[self.start + 2..self.start + 4].copy_from_slice(&length.to_be_bytes());
    }
}
