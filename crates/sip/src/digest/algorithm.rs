//! Hashes and the formula that both sides share.

use md5::Md5;
use sha2::{Digest, Sha256, Sha512_256};

/// A hash function (RFC 8760 section 2.1), weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hash {
    Md5,
    Sha256,
    Sha512Trunc256,
}

/// A hash function, and whether `HA1` is hashed once more with the nonces (RFC 7616 section 3.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Algorithm {
    pub(super) hash: Hash,
    pub(super) session: bool,
}

impl Algorithm {
    /// Reads the `algorithm` parameter; an absent one means MD5.
    pub(super) fn read(text: Option<&str>) -> Option<Self> {
        let Some(text) = text else {
            return Some(Self {
                hash: Hash::Md5,
                session: false,
            });
        };
        let upper = text.to_ascii_uppercase();
        let (name, session) = upper.strip_suffix("-SESS").map_or((upper.as_str(), false), |name| (name, true));
        let hash = match name {
            "MD5" => Hash::Md5,
            "SHA-256" => Hash::Sha256,
            "SHA-512-256" => Hash::Sha512Trunc256,
            _ => return None,
        };
        Some(Self { hash, session })
    }

    /// As it stands in a header.
    pub(super) fn name(self) -> &'static str {
        match (self.hash, self.session) {
            (Hash::Md5, false) => "MD5",
            (Hash::Md5, true) => "MD5-sess",
            (Hash::Sha256, false) => "SHA-256",
            (Hash::Sha256, true) => "SHA-256-sess",
            (Hash::Sha512Trunc256, false) => "SHA-512-256",
            (Hash::Sha512Trunc256, true) => "SHA-512-256-sess",
        }
    }
}

impl Hash {
    /// The lower-case hex digest of the parts with colons between them.
    pub(super) fn of(self, parts: &[&str]) -> String {
        match self {
            Self::Md5 => joined::<Md5>(parts),
            Self::Sha256 => joined::<Sha256>(parts),
            Self::Sha512Trunc256 => joined::<Sha512_256>(parts),
        }
    }

    /// The lower-case hex digest of bytes.
    fn of_bytes(self, bytes: &[u8]) -> String {
        match self {
            Self::Md5 => hex(&Md5::digest(bytes)),
            Self::Sha256 => hex(&Sha256::digest(bytes)),
            Self::Sha512Trunc256 => hex(&Sha512_256::digest(bytes)),
        }
    }
}

/// What a `response` depends on, beside `HA1`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exchange<'a> {
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
    pub(super) nonce: &'a str,
    /// What `qop` adds; `None` for the formula of RFC 2069.
    pub(super) counted: Option<Counted<'a>>,
}

/// What `qop` adds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted<'a> {
    /// Eight hex digits.
    pub(super) count: &'a str,
    pub(super) cnonce: &'a str,
    pub(super) protected: Protected<'a>,
}

/// What a `response` with `qop` protects (RFC 7616 section 3.4.3).
#[derive(Clone, Copy, Debug)]
pub(super) enum Protected<'a> {
    /// `auth`: method and URI.
    Line,
    /// `auth-int`: the body as well.
    LineAndBody(&'a [u8]),
}

impl Protected<'_> {
    /// The `qop` parameter.
    pub(super) fn qop(self) -> &'static str {
        match self {
            Self::Line => "auth",
            Self::LineAndBody(_) => "auth-int",
        }
    }
}

impl Exchange<'_> {
    /// The `response` parameter (RFC 7616 section 3.4.1).
    pub(super) fn response(&self, algorithm: Algorithm, ha1: &str) -> String {
        let hash = algorithm.hash;
        let Some(Counted { count, cnonce, protected }) = self.counted else {
            return hash.of(&[ha1, self.nonce, &hash.of(&[self.method, self.uri])]);
        };
        let ha2 = match protected {
            Protected::Line => hash.of(&[self.method, self.uri]),
            Protected::LineAndBody(body) => hash.of(&[self.method, self.uri, &hash.of_bytes(body)]),
        };
        let session_ha1 = algorithm.session.then(|| hash.of(&[ha1, self.nonce, cnonce]));
        let ha1 = session_ha1.as_deref().unwrap_or(ha1);
        hash.of(&[ha1, self.nonce, count, cnonce, protected.qop(), &ha2])
    }
}

fn joined<D: Digest>(parts: &[&str]) -> String {
    let mut hash = D::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hash.update(b":");
        }
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
