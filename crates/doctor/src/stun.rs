//! STUN binding requests and their answers (RFC 8489), with what behaviour discovery adds (RFC 5780).
//!
//! Only what a client of public servers needs: nobody is authenticated, so an answer is known by its random transaction id
//! and by where it comes from. Answers of servers that know RFC 3489 alone are understood, too.

pub mod server;

mod attribute;

use std::net::SocketAddr;

use rand::CryptoRng;

use attribute::{Attributes, Writer};

/// The magic cookie (RFC 8489 section 5).
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const HEADER_BYTES: usize = 20;
/// Longer messages are not read; the answers of public servers have about 100 bytes (RFC 8489 section 6.1: 548 always arrive).
pub const MESSAGE_BYTES_MAX: usize = 1_500;

const REQUEST: u16 = 0x0001;
const SUCCESS: u16 = 0x0101;
const ERROR: u16 = 0x0111;

/// A binding request or an answer to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Request, success or error.
    pub class: Class,
    /// Which request it is or answers.
    pub id: TransactionId,
    /// CHANGE-REQUEST: from where the answer shall come (RFC 5780 section 7.2).
    pub change: Change,
    /// RESPONSE-PORT: to which port of the asking address the answer shall go (RFC 5780 section 7.5).
    pub response_port: Option<u16>,
    /// XOR-MAPPED-ADDRESS: who the server sees (RFC 8489 section 14.2).
    pub xor_mapped: Option<SocketAddr>,
    /// MAPPED-ADDRESS: the same in plain bytes, which some routers believe they must rewrite (RFC 8489 section 14.1).
    pub mapped: Option<SocketAddr>,
    /// RESPONSE-ORIGIN: from where the server says it answers (RFC 5780 section 7.3); SOURCE-ADDRESS of old servers.
    pub response_origin: Option<SocketAddr>,
    /// OTHER-ADDRESS: the server's other address and other port (RFC 5780 section 7.4); CHANGED-ADDRESS of old servers.
    pub other_address: Option<SocketAddr>,
    /// FINGERPRINT (RFC 8489 section 14.7).
    pub fingerprint: Fingerprint,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Who am I to you?
    Request,
    /// This is who you are.
    Success,
    /// No, and why: 300 to 699.
    Error(u16),
}

/// From where an answer shall come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// From the server's other address.
    pub ip: bool,
    /// From the server's other port.
    pub port: bool,
}

/// The checksum at the end of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fingerprint {
    /// There is none.
    #[default]
    Absent,
    /// The message is as it was sent.
    Right,
    /// Somebody on the way has changed the message.
    Wrong,
}

/// Names one request: 96 bits of chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransactionId(pub [u8; 12]);

/// Why bytes are no binding request and no answer to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Another protocol, or another STUN method.
    #[error("no STUN binding message")]
    OtherProtocol,
    /// The length field does not say how long the message is.
    #[error("the message's length is wrong")]
    Length,
    /// More than [`MESSAGE_BYTES_MAX`].
    #[error("the message is longer than {MESSAGE_BYTES_MAX} bytes")]
    TooLong,
    /// An attribute that does not hold what its type says.
    #[error("attribute 0x{0:04x} is malformed")]
    Malformed(u16),
    /// An attribute that has to be understood (RFC 8489 section 14).
    #[error("attribute 0x{0:04x} is unknown")]
    Unknown(u16),
}

impl TransactionId {
    /// One that nobody can guess.
    #[must_use]
    pub fn random(random: &mut impl CryptoRng) -> Self {
        let mut id = [0; 12];
        random.fill_bytes(&mut id);
        Self(id)
    }
}

impl Message {
    /// A request without attributes; set `change` where the answer shall come from elsewhere, `response_port` where it shall go elsewhere.
    #[must_use]
    pub fn request(id: TransactionId) -> Self {
        Self {
            class: Class::Request,
            id,
            change: Change::default(),
            response_port: None,
            xor_mapped: None,
            mapped: None,
            response_origin: None,
            other_address: None,
            fingerprint: Fingerprint::Absent,
        }
    }

    /// A server's answer to this message: `peer` is who the server sees.
    #[must_use]
    pub fn answer(&self, peer: SocketAddr) -> Self {
        Self {
            class: Class::Success,
            xor_mapped: Some(peer),
            mapped: Some(peer),
            ..Self::request(self.id)
        }
    }

    /// Reads one whole message.
    ///
    /// # Errors
    ///
    /// When it is none, or not one of the binding method.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let (header, body) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or(ReadError::OtherProtocol)?;
        let class = match u16::from_be_bytes([header[0], header[1]]) {
            REQUEST => Class::Request,
            SUCCESS => Class::Success,
            ERROR => Class::Error(0),
            _ => return Err(ReadError::OtherProtocol),
        };
        if header[4..8] != COOKIE {
            return Err(ReadError::OtherProtocol);
        }
        if bytes.len() > MESSAGE_BYTES_MAX {
            return Err(ReadError::TooLong);
        }
        if usize::from(u16::from_be_bytes([header[2], header[3]])) != body.len() || !body.len().is_multiple_of(4) {
            return Err(ReadError::Length);
        }
        let mut id = [0; 12];
        id.copy_from_slice(&header[8..]);
        let mut message = Self {
            class,
            ..Self::request(TransactionId(id))
        };
        let mut attributes = Attributes::new(bytes);
        while let Some(attribute) = attributes.next()? {
            attribute.read_into(&mut message)?;
        }
        match message.class {
            Class::Success if message.public().is_none() => Err(ReadError::Malformed(attribute::XOR_MAPPED_ADDRESS)),
            Class::Error(0) => Err(ReadError::Malformed(attribute::ERROR_CODE)),
            Class::Success | Class::Error(_) | Class::Request => Ok(message),
        }
    }

    /// As it goes out. With [`Fingerprint::Right`] a checksum is added.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let kind = match self.class {
            Class::Request => REQUEST,
            Class::Success => SUCCESS,
            Class::Error(_) => ERROR,
        };
        let mut writer = Writer::new(kind, self.id);
        if let Class::Error(code) = self.class {
            writer.error_code(code);
        }
        if self.change != Change::default() {
            writer.change_request(self.change);
        }
        if let Some(port) = self.response_port {
            writer.response_port(port);
        }
        if let Some(address) = self.xor_mapped {
            writer.xor_mapped_address(address);
        }
        let plain = [
            (attribute::MAPPED_ADDRESS, self.mapped),
            (attribute::RESPONSE_ORIGIN, self.response_origin),
            (attribute::OTHER_ADDRESS, self.other_address),
        ];
        for (kind, address) in plain {
            if let Some(address) = address {
                writer.address(kind, address);
            }
        }
        match self.fingerprint {
            Fingerprint::Absent => {}
            Fingerprint::Right => writer.fingerprint(0),
            Fingerprint::Wrong => writer.fingerprint(1),
        }
        writer.finish()
    }

    /// Who the server sees: what no router can rewrite, if the server says it.
    #[must_use]
    pub fn public(&self) -> Option<SocketAddr> {
        self.xor_mapped.or(self.mapped)
    }

    /// Whether a router on the way has changed the message: the plain address is another one than the hidden one, or the
    /// checksum is wrong. So do "SIP helpers" and other application level gateways.
    #[must_use]
    pub fn is_altered(&self) -> bool {
        let addresses_differ = matches!((self.xor_mapped, self.mapped), (Some(hidden), Some(plain)) if hidden != plain);
        addresses_differ || self.fingerprint == Fingerprint::Wrong
    }
}

#[cfg(test)]
mod tests;
