//! What a browser's check has found.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::UnixMs;

/// One run of the check page, as its browser tells it, and what the server saw of it. Whatever was not tried, or was not finished, is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Check {
    /// When it was finished.
    pub at: UnixMs,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
    /// What it ran in.
    pub browser: Browser,
    /// The page.
    pub page: Option<Reached>,
    /// The WebSocket.
    pub websocket: Option<Reached>,
    /// ICE candidates.
    pub gathering: Option<Gathering>,
    /// Audio there and back by each way.
    pub ways: Vec<WayTest>,
    /// What the line carries; `None`: not measured.
    pub bandwidth: Option<Bandwidth>,
    /// May the page use the microphone?
    pub permission: Option<Permission>,
    /// The microphone.
    pub microphone: Option<MicrophoneCheck>,
    /// The loudspeaker.
    pub speaker: Option<SpeakerCheck>,
    /// The headset's buttons.
    pub headset: Option<Headset>,
    /// By how much the browser's clock is behind the server's, in milliseconds.
    pub clock_behind_ms: Option<i64>,
}

/// What a check ran in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Browser {
    /// Name and version for people (`Chromium 130`).
    pub name: String,
    /// The operating system, for people.
    pub system: String,
    /// What the app needs and this browser lacks (`RTCPeerConnection`, `getUserMedia`, …); empty: it has all.
    pub missing: Vec<String>,
    /// The page is not in a secure context, so that there is no microphone.
    pub is_insecure: bool,
}

/// Something that was reached, or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Whether.
    pub is_reached: bool,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
    /// What the browser said, where it was not.
    pub error: Option<String>,
}

/// The candidate test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Gathering {
    /// STUN servers that were asked, as URLs: the server's own probes and the configured ones.
    pub servers: Vec<String>,
    /// What came.
    pub candidates: Vec<Candidate>,
    /// It was given up before it was complete: who has not answered then, may still be on the way.
    pub is_complete: bool,
    /// In milliseconds.
    pub took_ms: u32,
}

/// An ICE candidate (RFC 8839).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Host, server-reflexive, …
    pub kind: CandidateKind,
    /// Of the candidate.
    pub protocol: Protocol,
    /// `None` where the browser hides it (mDNS).
    pub address: Option<IpAddr>,
    /// Its port.
    pub port: u16,
    /// The base of a server-reflexive one, where the browser tells it.
    pub related: Option<SocketAddr>,
    /// Port of the base where its address is hidden.
    pub related_port: Option<u16>,
    /// Which server has seen it, as URL; `None` where the browser does not tell.
    pub server: Option<String>,
    /// What the browser calls its network (`wifi`, `ethernet`, `cellular`, `vpn`); `None` where it does not tell.
    pub network: Option<String>,
}

/// What a candidate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateKind {
    /// An address of the machine.
    Host,
    /// What a STUN server sees.
    ServerReflexive,
    /// What the far side sees.
    PeerReflexive,
    /// Of a relay.
    Relay,
}

/// Of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
}

/// A way that media can take to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Directly over UDP.
    Udp,
    /// ICE-TCP to the one TCP port.
    Tcp,
    /// TURN inside TLS on the one TCP port.
    Tls,
}

/// Audio there and back by one way alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WayTest {
    /// Which.
    pub way: Way,
    /// Whether a connection came about.
    pub is_connected: bool,
    /// How long that took, or was waited for, in milliseconds.
    pub took_ms: u32,
    /// The echo; `None`: it was not listened for.
    pub echo: Option<Echo>,
}

/// What came back of the tone that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Echo {
    /// The tone itself was found again.
    pub is_heard: bool,
    /// How long it was sent, in milliseconds.
    pub lasted_ms: u32,
    /// Round trip, in milliseconds.
    pub round_trip_ms: f32,
    /// Jitter of what came back, in milliseconds.
    pub jitter_ms: f32,
    /// Lost on the way there, 0 to 100, as the server counts.
    pub loss_there_percent: f32,
    /// Lost on the way back, 0 to 100.
    pub loss_back_percent: f32,
}

/// What the line carries, in kilobits per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bandwidth {
    /// To the server.
    pub up_kbit: u32,
    /// From it.
    pub down_kbit: u32,
}

/// May the page use the microphone?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Yes.
    Granted,
    /// No: by the person, or by a policy.
    Denied,
    /// It was asked and not answered.
    Unanswered,
    /// The system keeps it from the browser, or another program has it (`NotReadableError`).
    Blocked,
}

/// The microphone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MicrophoneCheck {
    /// How many there are.
    pub devices: u32,
    /// The one that was tried, as the system names it.
    pub label: String,
    /// The loudest moment, in dBFS (0 is full scale, -127 digital silence); `None`: not measured.
    pub peak_dbfs: Option<i8>,
    /// The person was asked to say something, and says that they did.
    pub has_spoken: bool,
    /// `MediaStreamTrack.muted`.
    pub is_muted: bool,
    /// It ended while it was tried.
    pub has_ended: bool,
}

/// The loudspeaker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpeakerCheck {
    /// How many there are; `None`: the browser does not tell.
    pub devices: Option<u32>,
    /// The one that was tried, as the system names it.
    pub label: String,
    /// What the person says: was the test tone heard? `None`: not asked, or no answer.
    pub is_heard: Option<bool>,
    /// What the person says: was the own recording heard? `None` likewise.
    pub is_recording_heard: Option<bool>,
    /// The browser could not play.
    pub error: Option<String>,
}

/// The headset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headset {
    /// As it names itself.
    pub name: String,
    /// Its buttons and its LED.
    pub state: HeadsetState,
    /// Whether the app is set to use them.
    pub is_integrated: bool,
    /// Who has it open otherwise, where that can be told.
    pub owner: Owner,
}

/// Whether a headset's buttons work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeadsetState {
    /// The person was asked to press, and the button was noticed.
    Works,
    /// The person was asked to press, and nothing was noticed.
    Silent,
    /// It could not be opened.
    Unopened,
    /// It was not tried.
    Untried,
}

/// Who else may use a headset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// Not known.
    #[default]
    Unknown,
    /// Another tab of ours.
    OtherTab,
}

/// Who ran a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Whose {
    /// Somebody who was signed in.
    User {
        /// Their extension.
        extension: String,
    },
    /// Somebody with a link.
    Guest {
        /// What the administrator has called the link.
        label: String,
    },
}
