//! STUN binding requests on the SIP port (RFC 8489; RFC 5626 section 4.4.2).

use std::net::{IpAddr, SocketAddr};

const HEADER_LEN: usize = 20;
/// A keep-alive is small; anything larger is not one.
const REQUEST_BYTES_MAX: usize = 548;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;
const BINDING_ERROR: u16 = 0x0111;

const MAPPED_ADDRESS: u16 = 0x0001;
const CHANGE_REQUEST: u16 = 0x0003;
const ERROR_CODE: u16 = 0x0009;
const UNKNOWN_ATTRIBUTES: u16 = 0x000a;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
/// Attributes that must be understood and may be passed over in an unauthenticated binding: USERNAME,
/// MESSAGE-INTEGRITY, REALM, NONCE, MESSAGE-INTEGRITY-SHA256, PRIORITY, USE-CANDIDATE.
const UNDERSTOOD: [u16; 7] = [0x0006, 0x0008, 0x0014, 0x0015, 0x001c, 0x0024, 0x0025];

/// A binding request, as far as its answer depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StunRequest {
    /// Cookie and transaction id; RFC 3489 knew one field of 16 bytes only.
    id: [u8; 16],
    /// The first attribute that would have to be understood and is not: answered with 420.
    unknown: Option<u16>,
}

impl StunRequest {
    /// Reads one whole binding request; `None` for anything else.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (header, mut attributes) = bytes.split_first_chunk::<HEADER_LEN>()?;
        let (kind, rest) = header.split_first_chunk::<2>()?;
        let (length, id) = rest.split_first_chunk::<2>()?;
        let is_binding = u16::from_be_bytes(*kind) == BINDING_REQUEST;
        if !is_binding || usize::from(u16::from_be_bytes(*length)) != attributes.len() || bytes.len() > REQUEST_BYTES_MAX {
            return None;
        }
        let mut unknown = None;
        while let Some((kind, length, value, rest)) = attribute(attributes) {
            attributes = rest;
            // To ask for an answer from elsewhere and get one from here would mislead a NAT tester.
            let harmless_change = kind == CHANGE_REQUEST && value.iter().all(|&b| b == 0) && length == 4;
            if kind < 0x8000 && !UNDERSTOOD.contains(&kind) && !harmless_change {
                unknown = unknown.or(Some(kind));
            }
        }
        if !attributes.is_empty() {
            return None;
        }
        Some(Self {
            id: id.try_into().ok()?,
            unknown,
        })
    }

    /// A binding success response with the peer's address, or error 420.
    #[must_use]
    pub fn response(&self, peer: SocketAddr) -> Vec<u8> {
        let mut body = Vec::with_capacity(24);
        if let Some(unknown) = self.unknown {
            push_attribute(&mut body, ERROR_CODE, &[&[0, 0, 4, 20], b"Unknown Attribute".as_slice()].concat());
            push_attribute(&mut body, UNKNOWN_ATTRIBUTES, &unknown.to_be_bytes());
            return self.message(BINDING_ERROR, &body);
        }
        let (kind, mask) = if self.id.starts_with(&MAGIC_COOKIE) {
            (XOR_MAPPED_ADDRESS, self.id)
        } else {
            (MAPPED_ADDRESS, [0; 16])
        };
        let [port_high, port_low] = peer.port().to_be_bytes();
        let mut value = vec![0, 0, port_high ^ mask[0], port_low ^ mask[1]];
        let (family, address) = match peer.ip().to_canonical() {
            IpAddr::V4(address) => (1, address.octets().to_vec()),
            IpAddr::V6(address) => (2, address.octets().to_vec()),
        };
        value[1] = family;
        value.extend(address.iter().zip(mask).map(|(byte, mask)| byte ^ mask));
        push_attribute(&mut body, kind, &value);
        self.message(BINDING_SUCCESS, &body)
    }

    fn message(&self, kind: u16, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).expect("two short attributes");
        [&kind.to_be_bytes(), &length.to_be_bytes(), self.id.as_slice(), body].concat()
    }
}

/// How long the STUN message at the beginning of a stream is: `None` while that cannot be told, an error when it is none.
pub(super) fn length_in_stream(bytes: &[u8]) -> Result<Option<usize>, ()> {
    let Some(header) = bytes.first_chunk::<8>() else { return Ok(None) };
    let length = HEADER_LEN + usize::from(u16::from_be_bytes([header[2], header[3]]));
    let is_stun = header[4..8] == MAGIC_COOKIE && length.is_multiple_of(4) && length <= REQUEST_BYTES_MAX;
    if is_stun { Ok(Some(length)) } else { Err(()) }
}

/// Type, length, value and the rest after padding.
fn attribute(bytes: &[u8]) -> Option<(u16, usize, &[u8], &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
    let value = rest.get(..length)?;
    let rest = rest.get(length.next_multiple_of(4)..)?;
    Some((u16::from_be_bytes([head[0], head[1]]), length, value, rest))
}

fn push_attribute(out: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let length = u16::try_from(value.len()).expect("short by construction");
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(value);
    out.resize(out.len().next_multiple_of(4), 0);
}
