//! STUN messages (RFC 8489): as much as TURN needs, read in place and written into a buffer.

mod read;
mod write;

pub use read::{Attribute, Attributes, Malformed, Message};
pub use write::Writer;

use crc::{CRC_32_ISO_HDLC, Crc};

/// The fixed value of every message (section 5).
pub const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// Type, length, cookie and transaction.
pub const HEADER_BYTES: usize = 20;

/// Tells which response belongs to which request.
pub type Transaction = [u8; 12];

/// What kind of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Wants a response.
    Request,
    /// Wants none.
    Indication,
    /// What was asked for.
    Success,
    /// Why not.
    Error,
}

/// Methods (RFC 8489 section 18.2, RFC 8656 section 17).
pub mod method {
    /// Tells one's address.
    pub const BINDING: u16 = 0x001;
    /// Begins an allocation.
    pub const ALLOCATE: u16 = 0x003;
    /// Prolongs or ends it.
    pub const REFRESH: u16 = 0x004;
    /// A packet to a peer.
    pub const SEND: u16 = 0x006;
    /// A packet from a peer.
    pub const DATA: u16 = 0x007;
    /// Lets peers' packets through.
    pub const CREATE_PERMISSION: u16 = 0x008;
    /// Gives a peer a number.
    pub const CHANNEL_BIND: u16 = 0x009;
}

/// Attributes (RFC 8489 section 18.3, RFC 8656 section 18). Those below 0x8000 must be understood.
pub mod attribute {
    /// The long-term credential's name.
    pub const USERNAME: u16 = 0x0006;
    /// HMAC-SHA1 over what stands before.
    pub const MESSAGE_INTEGRITY: u16 = 0x0008;
    /// Why a request was refused.
    pub const ERROR_CODE: u16 = 0x0009;
    /// Which attributes were not understood.
    pub const UNKNOWN_ATTRIBUTES: u16 = 0x000a;
    /// A channel.
    pub const CHANNEL_NUMBER: u16 = 0x000c;
    /// Seconds.
    pub const LIFETIME: u16 = 0x000d;
    /// A peer's address.
    pub const XOR_PEER_ADDRESS: u16 = 0x0012;
    /// A packet.
    pub const DATA: u16 = 0x0013;
    /// Where the credential counts.
    pub const REALM: u16 = 0x0014;
    /// Proves that the request is no repetition.
    pub const NONCE: u16 = 0x0015;
    /// By which address the client is reached.
    pub const XOR_RELAYED_ADDRESS: u16 = 0x0016;
    /// IPv4 or IPv6.
    pub const REQUESTED_ADDRESS_FAMILY: u16 = 0x0017;
    /// Wants an even port, perhaps with the next one kept free.
    pub const EVEN_PORT: u16 = 0x0018;
    /// UDP, that is 17.
    pub const REQUESTED_TRANSPORT: u16 = 0x0019;
    /// Packets must not be cut into fragments.
    pub const DONT_FRAGMENT: u16 = 0x001a;
    /// Where the client is seen.
    pub const XOR_MAPPED_ADDRESS: u16 = 0x0020;
    /// Wants the port that was kept free.
    pub const RESERVATION_TOKEN: u16 = 0x0022;
    /// Wants a second family.
    pub const ADDITIONAL_ADDRESS_FAMILY: u16 = 0x8000;
    /// Which program speaks.
    pub const SOFTWARE: u16 = 0x8022;
    /// Tells STUN from what only looks like it.
    pub const FINGERPRINT: u16 = 0x8028;
}

/// Families of addresses on the wire.
pub mod family {
    /// IPv4.
    pub const V4: u8 = 0x01;
    /// IPv6.
    pub const V6: u8 = 0x02;
}

/// Attribute head and value of `MESSAGE-INTEGRITY`.
const INTEGRITY_BYTES: usize = 4 + 20;

/// Attribute head and value of `FINGERPRINT`.
const FINGERPRINT_BYTES: usize = 4 + 4;

/// Section 14.7: so that it differs from other protocols' check sums.
const FINGERPRINT_XOR: u32 = 0x5354_554e;

static CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// What addresses are mixed with: cookie and transaction.
fn mask(transaction: &Transaction) -> u128 {
    let mut mask = [0; 16];
    mask[..4].copy_from_slice(&COOKIE);
    mask[4..].copy_from_slice(transaction);
    u128::from_be_bytes(mask)
}

#[cfg(test)]
mod tests;
