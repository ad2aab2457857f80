//! Session descriptions: our own reader and writer (RFC 8866 as far as telephony needs it), and offer/answer (RFC 3264).
//!
//! [`Description::parse`] is lenient with what it does not know and strict with sizes; it never panics (there is a fuzz
//! target for it). It reads offers of browsers and of phones alike.
//!
//! ```text
//!   text ──► Description ──► negotiate::audio_line, Formats::of_offer / of_answer ──► an agreement
//!   an agreement ──► write::Audio ──► text
//! ```

pub mod negotiate;
mod parse;
pub mod way;
pub mod write;

use std::net::IpAddr;

use model::control::Direction;

/// Characters of a description at most.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;
/// m-lines at most.
pub const MEDIA_MAX: usize = 16;
/// Formats in one m-line at most.
pub const FORMATS_MAX: usize = 64;
/// Attributes of one kind (`a=rtpmap`, `a=candidate`, `a=crypto` …) that are kept per m-line at most; further ones are ignored.
pub const ATTRIBUTES_MAX: usize = 64;

/// Why a text is no session description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Longer than [`TEXT_BYTES_MAX`].
    #[error("longer than {TEXT_BYTES_MAX} bytes")]
    TooLong,
    /// The first line is not `v=0`.
    #[error("does not begin with v=0")]
    NoVersion,
    /// A line is not `<letter>=<value>`, or its value makes no sense.
    #[error("line {number} is malformed")]
    Line {
        /// Counted from 1.
        number: usize,
    },
    /// More than [`MEDIA_MAX`] m-lines.
    #[error("more than {MEDIA_MAX} m-lines")]
    TooManyMedia,
    /// No m-line at all.
    #[error("no m-line")]
    NoMedia,
}

/// A session description, as far as we look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The m-lines, in order. What stood at session level has been passed on to them.
    pub media: Vec<Media>,
}

/// One m-line with its attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// `audio`, `video`, `application` …
    pub kind: String,
    /// The port; 0 means refused.
    pub port: u16,
    /// For example `RTP/AVP` or `UDP/TLS/RTP/SAVPF`.
    pub protocol: String,
    /// The formats as written: payload types for RTP.
    pub formats: Vec<String>,
    /// The address of `c=`; `None` when there is none, or it is a name.
    pub connection: Option<IpAddr>,
    /// As the sender of the description wants it.
    pub direction: Direction,
    /// `a=rtpmap` lines.
    pub maps: Vec<RtpMap>,
    /// `a=ptime`, in milliseconds.
    pub packet_ms: Option<u16>,
    /// `a=rtcp`: the port, and the address where given.
    pub rtcp: Option<(u16, Option<IpAddr>)>,
    /// `a=rtcp-mux`.
    pub rtcp_mux: bool,
    /// `a=crypto` lines that parse (RFC 4568).
    pub crypto: Vec<Crypto>,
    /// `a=mid`.
    pub mid: Option<String>,
    /// `a=ice-ufrag`.
    pub ice_ufrag: Option<String>,
    /// `a=ice-pwd`.
    pub ice_password: Option<String>,
    /// `a=candidate` values without the `a=`.
    pub candidates: Vec<String>,
    /// `a=fingerprint` lines: hash function and digest.
    pub fingerprints: Vec<(String, Vec<u8>)>,
    /// `a=setup`.
    pub setup: Option<Setup>,
    /// `a=extmap` lines: id and URI.
    pub extensions: Vec<(u8, String)>,
    /// The first `a=ssrc` line's SSRC.
    pub ssrc: Option<u32>,
    /// The line shares its transport with others: it is in the BUNDLE group.
    pub bundled: bool,
    /// The peer is an ICE-lite agent: we must take the lead.
    pub ice_lite: bool,
}

/// One `a=rtpmap` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtpMap {
    /// 0 to 127.
    pub payload_type: u8,
    /// The encoding name as written.
    pub encoding: String,
    /// In Hz.
    pub clock: u32,
    /// 1 where nothing is said.
    pub channels: u8,
}

/// One `a=crypto` line (RFC 4568 section 9.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crypto {
    /// To be repeated in the answer.
    pub tag: u32,
    /// For example `AES_CM_128_HMAC_SHA1_80`.
    pub suite: String,
    /// The base64 text after `inline:`, without lifetime.
    pub key: String,
    /// It asks for something we do not do: a master key identifier, several keys, or session parameters.
    pub has_extras: bool,
}

/// Who opens the DTLS connection (RFC 8842).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    /// The sender of the description.
    Active,
    /// The receiver of the description.
    Passive,
    /// The receiver of the description decides.
    ActPass,
}

impl Description {
    /// Reads a description.
    ///
    /// # Errors
    ///
    /// [`ParseError`] says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        parse::parse(text)
    }
}

impl Media {
    /// The peer wants no media sent to it, in the way of RFC 2543: `c=0.0.0.0`. With ICE it means only that candidates follow.
    #[must_use]
    pub fn is_held_by_address(&self) -> bool {
        self.ice_ufrag.is_none() && self.connection.is_some_and(|address| address.is_unspecified())
    }

    /// The direction, an old-style hold taken into account (RFC 3264 section 8.4).
    #[must_use]
    pub fn direction_wanted(&self) -> Direction {
        if !self.is_held_by_address() {
            return self.direction;
        }
        match self.direction {
            Direction::SendRecv | Direction::SendOnly => Direction::SendOnly,
            Direction::RecvOnly | Direction::Inactive => Direction::Inactive,
        }
    }
}
