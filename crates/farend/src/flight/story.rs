//! The story of a call, as it is kept, answered by REST and printed.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// What is at the other end of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FlightLegKind)]
pub enum LegKind {
    /// A browser.
    Browser,
    /// A desk phone.
    Phone,
    /// A provider.
    Trunk,
}

/// What happened at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FlightMarkKind)]
pub enum MarkKind {
    /// Somebody has answered.
    Answered,
    /// The first packet of media.
    Connected,
    /// Media goes another way than before.
    Way,
    /// Another codec.
    Codec,
    /// ICE begins anew.
    IceRestart,
    /// Somebody waits and hears music, or nothing.
    Hold,
    /// They talk again.
    HoldEnd,
    /// A leg has come from, or gone to, another call.
    Moved,
    /// A recording begins.
    Recording,
    /// It was handed over.
    Transferred,
    /// It was forwarded before it was answered.
    Forwarded,
    /// It is a call for help.
    Emergency,
    /// Nobody hears somebody.
    Trouble,
    /// They are heard again.
    TroubleEnd,
    /// Media has ended for good.
    Failed,
    /// The call is over.
    Ended,
}

impl MarkKind {
    /// In one word, for tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Connected => "connected",
            Self::Way => "way",
            Self::Codec => "codec",
            Self::IceRestart => "ice_restart",
            Self::Hold => "hold",
            Self::HoldEnd => "hold_end",
            Self::Moved => "moved",
            Self::Recording => "recording",
            Self::Transferred => "transferred",
            Self::Forwarded => "forwarded",
            Self::Emergency => "emergency",
            Self::Trouble => "trouble",
            Self::TroubleEnd => "trouble_end",
            Self::Failed => "failed",
            Self::Ended => "ended",
        }
    }
}

/// Everything that is kept of one call. Times are milliseconds from `begun_at`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Flight)]
pub struct Story {
    /// As in `/calls`.
    pub call: String,
    /// When the call began.
    #[serde(with = "time::serde::rfc3339")]
    pub begun_at: OffsetDateTime,
    /// While it runs: null.
    #[schema(required)]
    pub ended_at_ms: Option<u32>,
    /// In the order in which they came.
    pub legs: Vec<Leg>,
    /// SIP messages, oldest first; without their bodies. Administrators alone see it.
    pub ladder: Vec<Message>,
    /// What happened, oldest first.
    pub marks: Vec<Mark>,
    /// How it sounded.
    pub series: Vec<Series>,
    /// Messages and marks in the middle of the call for which there was no room.
    pub left_out: u32,
}

/// One party's connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FlightLeg)]
pub struct Leg {
    /// Names it in the other lists.
    pub leg: u64,
    /// The number; empty where it is not known.
    pub party: String,
    /// The name; empty where it is not known.
    pub name: String,
    /// What.
    #[schema(required)]
    pub kind: Option<LegKind>,
    /// The trunk's name.
    #[schema(required)]
    pub trunk: Option<String>,
    /// The codec at the end.
    #[schema(required)]
    pub codec: Option<String>,
}

/// One SIP message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FlightMessage)]
pub struct Message {
    /// When.
    pub at_ms: u32,
    /// Whose.
    #[schema(required)]
    pub leg: Option<u64>,
    /// Who sends it: a leg's person, or `farend`.
    pub from: String,
    /// Who gets it.
    pub to: String,
    /// `INVITE`, `200 OK`.
    pub what: String,
    /// Transport, size, and how often it was sent again.
    pub note: String,
}

/// What happened at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = FlightMark)]
pub struct Mark {
    /// When.
    pub at_ms: u32,
    /// Whose.
    #[schema(required)]
    pub leg: Option<u64>,
    /// What.
    pub kind: MarkKind,
    /// In words, for people.
    pub text: String,
}

/// Whether the peer of a leg speaks, or hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FlightDirection)]
pub enum Direction {
    /// From the peer to us.
    Received,
    /// From us to the peer; loss, jitter and round trip as it reports them.
    Sent,
}

/// One direction of a leg, step by step; null where nothing was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = FlightSeries)]
pub struct Series {
    /// Whose.
    pub leg: u64,
    /// Received or sent.
    pub direction: Direction,
    /// When the first step begins.
    pub from_ms: u32,
    /// From one step to the next.
    pub step_ms: u32,
    /// 0 is full scale, -127 silence.
    pub level_dbov: Vec<Option<i8>>,
    /// Share of the packets that were lost.
    pub loss_percent: Vec<Option<f32>>,
    /// Interarrival jitter (RFC 3550 section 6.4.1).
    pub jitter_ms: Vec<Option<f32>>,
    /// Between us and the peer.
    pub round_trip_ms: Vec<Option<u16>>,
    /// By the E-model, 1.0 to 4.5.
    pub mos: Vec<Option<f32>>,
    /// Packets in each step.
    pub packets: Vec<u16>,
}

impl Story {
    /// What the parties of the call may see of it: how it sounded, not how it was signalled or routed.
    #[must_use]
    pub fn for_a_party(mut self) -> Self {
        self.ladder.clear();
        for leg in &mut self.legs {
            leg.trunk = None;
        }
        self
    }
}
