//! How a call sounded, in the shape that the journal keeps and the API shows.

use model::quality::{LegReport, StreamReport, Transport};
use serde::{Deserialize, Serialize};
use switchboard::core::Side;
use utoipa::ToSchema;

/// From here on nobody complains (E-model: satisfied).
const MOS_GOOD_MIN: f32 = 4.0;
/// From here on it is usable (E-model: some users dissatisfied).
const MOS_FAIR_MIN: f32 = 3.6;

/// How a call sounded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Quality {
    /// The worst direction's mean opinion score, 1.0 to 4.5; null when it was too short to tell.
    #[schema(required)]
    pub mos: Option<f32>,
    /// The score in a word.
    pub verdict: Verdict,
    /// Both connections, the caller's first.
    pub legs: Vec<LegQuality>,
}

/// A mean opinion score in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 4.0 and better.
    Good,
    /// 3.6 and better.
    Fair,
    /// Below.
    Poor,
    /// Too short to tell.
    Unknown,
}

/// One party's connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LegQuality {
    /// Whose.
    pub side: SideName,
    /// `opus`, `G722`, `PCMA` or `PCMU`; null when none was negotiated.
    #[schema(required)]
    pub codec: Option<String>,
    /// The way the media went; null when it never did.
    #[schema(required)]
    pub transport: Option<TransportName>,
    /// What the server sent to this party.
    pub sent: Sent,
    /// What it received from this party.
    pub received: Received,
    /// Between server and party, in milliseconds.
    #[schema(required)]
    pub round_trip_ms: Option<f32>,
    /// The worse direction's mean opinion score.
    #[schema(required)]
    pub mos: Option<f32>,
}

/// Which end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SideName {
    /// The one who dialled.
    Caller,
    /// The one who was dialled.
    Called,
}

/// The way media goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransportName {
    /// WebRTC over UDP.
    Udp,
    /// WebRTC over the one TCP port.
    Tcp,
    /// WebRTC through our relay (TURN).
    Relay,
    /// RTP of a desk phone or trunk.
    Rtp,
}

/// What the server sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Sent {
    /// RTP packets.
    pub packets: u64,
    /// Bytes of payload.
    pub bytes: u64,
    /// Packets that the party reported lost.
    pub lost: u64,
    /// Jitter that the party reported, in milliseconds.
    pub jitter_ms: f32,
}

/// What the server received.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Received {
    /// RTP packets.
    pub packets: u64,
    /// Bytes of payload.
    pub bytes: u64,
    /// Packets lost.
    pub lost: u64,
    /// Jitter in milliseconds.
    pub jitter_ms: f32,
    /// Share of digital silence, 0 to 100; null where it cannot be told without decoding.
    #[schema(required)]
    pub silent_percent: Option<f32>,
}

impl Quality {
    /// Of the legs that talked; `None` when nobody did.
    #[must_use]
    pub fn of<'a>(legs: impl IntoIterator<Item = (Side, &'a LegReport)>) -> Option<Self> {
        let legs: Vec<LegQuality> = legs.into_iter().map(|(side, report)| LegQuality::of(side, report)).collect();
        if legs.is_empty() {
            return None;
        }
        let mos = worst(legs.iter().map(|leg| leg.mos));
        Some(Self {
            mos,
            verdict: Verdict::of(mos),
            legs,
        })
    }
}

impl Verdict {
    /// Of a mean opinion score.
    #[must_use]
    pub fn of(mos: Option<f32>) -> Self {
        match mos {
            None => Self::Unknown,
            Some(mos) if mos >= MOS_GOOD_MIN => Self::Good,
            Some(mos) if mos >= MOS_FAIR_MIN => Self::Fair,
            Some(_) => Self::Poor,
        }
    }
}

impl LegQuality {
    /// Of a leg's final figures.
    #[must_use]
    pub fn of(side: Side, report: &LegReport) -> Self {
        Self {
            side: match side {
                Side::Caller => SideName::Caller,
                Side::Called => SideName::Called,
            },
            codec: report.codec.map(str::to_owned),
            transport: match report.transport {
                Transport::None => None,
                Transport::Rtp => Some(TransportName::Rtp),
                Transport::Udp => Some(TransportName::Udp),
                Transport::Tcp => Some(TransportName::Tcp),
                Transport::Relay => Some(TransportName::Relay),
            },
            sent: sent(&report.sent),
            received: received(&report.received),
            round_trip_ms: report.round_trip_ms.map(tenths),
            mos: worst([report.sent.mos.map(tenths), report.received.mos.map(tenths)]),
        }
    }
}

fn sent(stream: &StreamReport) -> Sent {
    Sent {
        packets: stream.packets,
        bytes: stream.bytes,
        lost: stream.lost,
        jitter_ms: tenths(stream.jitter_ms),
    }
}

fn received(stream: &StreamReport) -> Received {
    Received {
        packets: stream.packets,
        bytes: stream.bytes,
        lost: stream.lost,
        jitter_ms: tenths(stream.jitter_ms),
        silent_percent: stream.silent_percent.map(tenths),
    }
}

fn worst(scores: impl IntoIterator<Item = Option<f32>>) -> Option<f32> {
    scores.into_iter().flatten().min_by(f32::total_cmp)
}

/// Nobody needs more digits; JSON has no word for what is not a number.
fn tenths(value: f32) -> f32 {
    if value.is_finite() { (value * 10.0).round() / 10.0 } else { 0.0 }
}
