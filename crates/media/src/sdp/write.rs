//! The writer: offers and answers for phones and browsers.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use model::control::Direction;

use super::negotiate::Formats;
use super::{Media, Setup};
use crate::audio::codec::Codec;

/// One m-line of ours. Their order never changes within a session (RFC 3264 section 8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The call's audio.
    Audio,
    /// One that we refuse, by port 0.
    Refused {
        /// As the peer wrote it.
        kind: String,
        /// As the peer wrote it.
        protocol: String,
        /// As the peer wrote them.
        formats: Vec<String>,
        /// As the peer wrote it.
        mid: Option<String>,
    },
}

impl Line {
    /// The refusal of a peer's m-line.
    #[must_use]
    pub fn refusal(media: &Media) -> Self {
        Self::Refused {
            kind: media.kind.clone(),
            protocol: media.protocol.clone(),
            formats: media.formats.clone(),
            mid: media.mid.clone(),
        }
    }
}

/// The `o=` line's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Stays for the session.
    pub session: u64,
    /// Grows with every description.
    pub version: u64,
}

/// The audio line and what belongs to it.
#[derive(Clone, Debug)]
pub struct Audio<'a> {
    /// Formats, best first.
    pub formats: &'a Formats,
    /// As we see it: what we write.
    pub direction: Direction,
    /// How the packets travel.
    pub transport: Transport<'a>,
}

/// How the packets travel.
#[derive(Clone, Debug)]
pub enum Transport<'a> {
    /// To a phone.
    Rtp {
        /// Ours.
        address: SocketAddr,
        /// RTCP's port, unless it is on the same.
        rtcp_port: u16,
        /// `RTP/AVP`, `RTP/SAVP` …: in an answer as in the offer.
        protocol: &'a str,
        /// RTCP on the same port.
        rtcp_mux: bool,
        /// `tag suite inline:key`, for SRTP.
        crypto: Vec<String>,
    },
    /// To a browser.
    WebRtc(&'a WebRtc<'a>),
}

/// What a browser must know.
#[derive(Clone, Debug)]
pub struct WebRtc<'a> {
    /// As in the offer.
    pub protocol: &'a str,
    /// The audio line's identifier.
    pub mid: &'a str,
    /// Name a BUNDLE group: in offers, and in answers to offers that do.
    pub bundle: bool,
    /// Ours.
    pub ufrag: &'a str,
    /// Ours.
    pub password: &'a str,
    /// Of our certificate, `sha-256 AB:…`.
    pub fingerprint: &'a str,
    /// Our part in DTLS.
    pub setup: Setup,
    /// `candidate:…` values, best first; the first one's address is the default.
    pub candidates: &'a [String],
    /// The address of the first candidate.
    pub default: Option<SocketAddr>,
    /// Id of the audio level header extension (RFC 6464), if negotiated.
    pub level_extension: Option<u8>,
    /// Of what we send.
    pub ssrc: u32,
}

/// URI of the audio level header extension (RFC 6464).
pub const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// Writes a description.
#[must_use]
pub fn description(origin: Origin, lines: &[Line], audio: &Audio<'_>) -> String {
    let mut text = Text(String::with_capacity(1_024));
    let address = match &audio.transport {
        Transport::Rtp { address, .. } => address.ip(),
        Transport::WebRtc(web) => web.default.map_or(IpAddr::from([0, 0, 0, 0]), |address| address.ip()),
    };
    text.line(format_args!("v=0"));
    text.line(format_args!(
        "o=farend {} {} IN {}",
        origin.session,
        origin.version,
        Address(address)
    ));
    text.line(format_args!("s=-"));
    if let Transport::Rtp { .. } = audio.transport {
        text.line(format_args!("c=IN {}", Address(address)));
    }
    text.line(format_args!("t=0 0"));
    if let Transport::WebRtc(web) = &audio.transport {
        if web.bundle {
            text.line(format_args!("a=group:BUNDLE {}", web.mid));
        }
        text.line(format_args!("a=msid-semantic: WMS farend"));
    }
    for line in lines {
        match line {
            Line::Audio => audio_line(&mut text, audio),
            Line::Refused {
                kind,
                protocol,
                formats,
                mid,
            } => {
                text.line(format_args!("m={kind} 0 {protocol} {}", formats.join(" ")));
                text.line(format_args!("c=IN {}", Address(address)));
                text.line(format_args!("a=inactive"));
                if let Some(mid) = mid {
                    text.line(format_args!("a=mid:{mid}"));
                }
            }
        }
    }
    text.0
}

fn audio_line(text: &mut Text, audio: &Audio<'_>) {
    let (port, protocol) = match &audio.transport {
        Transport::Rtp { address, protocol, .. } => (address.port(), *protocol),
        Transport::WebRtc(web) => (web.default.map_or(9, |address| address.port()), web.protocol),
    };
    let codecs = audio.formats.codecs.iter().map(|format| format.receive);
    let events = audio.formats.events.iter().map(|event| event.receive);
    // After the codecs: a browser sends redundancy only where it comes first. It has Opus' own, by what we report.
    let redundancy = redundancy(audio);
    let payload_types: Vec<String> = codecs
        .chain(redundancy.map(|(pt, _)| pt))
        .chain(events)
        .map(|pt| pt.to_string())
        .collect();
    text.line(format_args!("m=audio {port} {protocol} {}", payload_types.join(" ")));
    match &audio.transport {
        Transport::Rtp {
            rtcp_port,
            rtcp_mux,
            crypto,
            ..
        } => rtp_attributes(text, *rtcp_port, *rtcp_mux, crypto),
        Transport::WebRtc(web) => web_attributes(text, web),
    }
    formats(text, audio.formats);
    if let Some((pt, opus)) = redundancy {
        text.line(format_args!("a=rtpmap:{pt} red/48000/2"));
        text.line(format_args!("a=fmtp:{pt} {opus}/{opus}"));
    }
    if matches!(audio.transport, Transport::Rtp { .. }) && audio.formats.is_g711_alone() {
        // What may be a fax has no silence that may be left out (RFC 3108).
        text.line(format_args!("a=silenceSupp:off - - - -"));
    }
    text.line(format_args!("a=ptime:20"));
    text.line(format_args!("a={}", direction_name(audio.direction)));
}

/// Payload types of redundancy and of the Opus that it names (RFC 2198 section 5), for a browser.
fn redundancy(audio: &Audio<'_>) -> Option<(u8, u8)> {
    match audio.transport {
        Transport::Rtp { .. } => None,
        Transport::WebRtc(_) => Some((audio.formats.redundancy?.receive, audio.formats.codec(Codec::Opus)?.receive)),
    }
}

fn rtp_attributes(text: &mut Text, rtcp_port: u16, rtcp_mux: bool, crypto: &[String]) {
    for line in crypto {
        text.line(format_args!("a=crypto:{line}"));
    }
    if rtcp_mux {
        text.line(format_args!("a=rtcp-mux"));
    } else {
        text.line(format_args!("a=rtcp:{rtcp_port}"));
    }
}

fn web_attributes(text: &mut Text, web: &WebRtc<'_>) {
    text.line(format_args!(
        "c=IN {}",
        Address(web.default.map_or(IpAddr::from([0, 0, 0, 0]), |address| address.ip()))
    ));
    text.line(format_args!("a=rtcp:9 IN IP4 0.0.0.0"));
    for candidate in web.candidates {
        text.line(format_args!("a={candidate}"));
    }
    text.line(format_args!("a=end-of-candidates"));
    text.line(format_args!("a=ice-ufrag:{}", web.ufrag));
    text.line(format_args!("a=ice-pwd:{}", web.password));
    text.line(format_args!("a=ice-options:trickle"));
    text.line(format_args!("a=fingerprint:{}", web.fingerprint));
    let setup = match web.setup {
        Setup::Active => "active",
        Setup::Passive => "passive",
        Setup::ActPass => "actpass",
    };
    text.line(format_args!("a=setup:{setup}"));
    text.line(format_args!("a=mid:{}", web.mid));
    if let Some(id) = web.level_extension {
        text.line(format_args!("a=extmap:{id} {AUDIO_LEVEL}"));
    }
    text.line(format_args!("a=msid:farend audio"));
    text.line(format_args!("a=rtcp-mux"));
    text.line(format_args!("a=ssrc:{} cname:farend", web.ssrc));
}

fn formats(text: &mut Text, formats: &Formats) {
    for format in &formats.codecs {
        text.line(format_args!("a=rtpmap:{} {}", format.receive, format.codec.encoding()));
        if let Some(parameters) = format.codec.fmtp() {
            text.line(format_args!("a=fmtp:{} {parameters}", format.receive));
        }
    }
    for event in &formats.events {
        text.line(format_args!("a=rtpmap:{} telephone-event/{}", event.receive, event.clock));
        text.line(format_args!("a=fmtp:{} 0-15", event.receive));
    }
}

fn direction_name(direction: Direction) -> &'static str {
    match direction {
        Direction::SendRecv => "sendrecv",
        Direction::SendOnly => "sendonly",
        Direction::RecvOnly => "recvonly",
        Direction::Inactive => "inactive",
    }
}

/// Lines with CRLF.
struct Text(String);

impl Text {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        self.0.write_fmt(line).expect("writing to a String cannot fail");
        self.0.push_str("\r\n");
    }
}

/// `IP4 192.0.2.1`.
struct Address(IpAddr);

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            IpAddr::V4(address) => write!(f, "IP4 {address}"),
            IpAddr::V6(address) => write!(f, "IP6 {address}"),
        }
    }
}
