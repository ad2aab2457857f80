//! The first bytes of a connection decide what it is (ADR 0001).

/// What speaks on a connection, outside or inside TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A TLS ClientHello (RFC 8446 section 5.1: record type 22).
    Tls,
    /// An HTTP/1.1 request: its method begins with a capital letter.
    Http,
    /// ICE-TCP: a STUN message in an RFC 4571 frame (RFC 6544).
    Ice,
    /// A STUN or TURN client on a stream (RFC 8489 section 6.2.2).
    Turn,
    /// libwebrtc's imitation of an SSL 2 hello before ICE-TCP.
    SslTcp,
    /// Nothing that we know.
    Unknown,
}

impl Kind {
    /// For logs and metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Ice => "ice-tcp",
            Self::Turn => "turn",
            Self::SslTcp => "ssltcp",
            Self::Unknown => "unknown",
        }
    }
}

/// Bytes that are enough for every decision.
pub const DECISION_BYTES: usize = 10;

/// The STUN magic cookie (RFC 8489 section 5).
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// What the first bytes say; `None` while they are too few.
#[must_use]
pub fn classify(first: &[u8]) -> Option<Kind> {
    match *first.first()? {
        0x16 => Some(Kind::Tls),
        b'A'..=b'Z' => Some(Kind::Http),
        0x80 => Some(Kind::SslTcp),
        0x00..=0x7f => {
            let bytes = first.get(..DECISION_BYTES)?;
            Some(if bytes[4..8] == MAGIC_COOKIE {
                Kind::Turn
            } else if bytes[6..10] == MAGIC_COOKIE {
                Kind::Ice
            } else {
                Kind::Unknown
            })
        }
        _ => Some(Kind::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_told_by_its_first_bytes() {
        let stun = [0x00, 0x01, 0x00, 0x08, 0x21, 0x12, 0xa4, 0x42, 9, 9];
        let framed = [0x00, 0x58, 0x00, 0x01, 0x00, 0x44, 0x21, 0x12, 0xa4, 0x42];
        let cases: &[(&[u8], Option<Kind>)] = &[
            (b"", None),
            (b"GET / HTTP/1.1", Some(Kind::Http)),
            (b"G", Some(Kind::Http)),
            (&[0x16, 0x03, 0x01], Some(Kind::Tls)),
            (&[0x80, 0x46], Some(Kind::SslTcp)),
            (&stun, Some(Kind::Turn)),
            (&framed, Some(Kind::Ice)),
            (&framed[..9], None),
            (&[0; 10], Some(Kind::Unknown)),
            (b"get / http", Some(Kind::Unknown)),
            (&[0xff], Some(Kind::Unknown)),
        ];
        for (bytes, kind) in cases {
            assert_eq!(classify(bytes), *kind, "{bytes:02x?}");
        }
    }

    #[test]
    fn ten_bytes_always_decide() {
        for first in 0..=u8::MAX {
            assert!(classify(&[first; DECISION_BYTES]).is_some());
        }
    }
}
