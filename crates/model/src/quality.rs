//! How a leg sounded, in figures that RFC 3550 and the E-model (ITU-T G.107) define.

/// What one leg sent and received, since it began.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LegReport {
    /// Codec in use towards the peer, as in SDP (`opus`, `G722`, `PCMA`, `PCMU`); `None` before one was negotiated.
    pub codec: Option<&'static str>,
    /// The way the media goes now.
    pub transport: Transport,
    /// It was connected and is not now: another connection is to take that one's place, and until it does nothing can be sent.
    pub is_reconnecting: bool,
    /// What we sent to the peer. Loss and jitter are what the peer's RTCP reported.
    pub sent: StreamReport,
    /// What we received from the peer, measured here.
    pub received: StreamReport,
    /// Round trip between us and the peer, from RTCP (or ICE), in milliseconds.
    pub round_trip_ms: Option<f32>,
    /// Packets that were dropped here, in all: [`Refused`] says why.
    pub dropped: u64,
    /// Packets from the peer that nobody hears, by cause.
    pub refused: Refused,
    /// In which directions there should be sound now.
    pub expected: Expected,
    /// How the peer falls silent, and whether it has.
    pub pauses: Pauses,
    /// What else the peer has told, and when.
    pub peer: PeerReport,
}

/// How a peer falls silent: phones may stop sending while nobody speaks (RFC 3551 section 4.1), which is no fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pauses {
    /// It has announced that it pauses: its last packet was comfort noise (RFC 3389), or one of Opus without sound (RFC 6716 section 2.1.9).
    pub is_announced: bool,
    /// The last sound before it stopped was quiet; `None` where that cannot be told without decoding.
    pub was_quiet: Option<bool>,
    /// The longest time for which it has sent quiet sound without pausing, in milliseconds: whoever does that does not suppress silence.
    pub quiet_sent_ms: u32,
    /// How often it has stopped for a moment, and gone on with the very next sequence number.
    pub count: u32,
}

/// What a leg's peer has told besides its audio.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeerReport {
    /// Since anything authentic has come by the media's way (audio, RTCP, a browser's connectivity checks), in milliseconds; `None`: nothing has.
    pub heard_ms: Option<u32>,
    /// How often it reports by RTCP: the longest wait between two of its reports, in milliseconds; `None` before the second.
    pub report_interval_ms: Option<u32>,
    /// By its latest sender report: packets of audio that it had sent and that had not arrived here when the report did, beyond those that were
    /// missing at the report before (RFC 3550 section 6.4.1). `None`: no such report yet.
    pub missing: Option<u32>,
    /// Since that report, in milliseconds.
    pub missing_ms: Option<u32>,
    /// By its latest receiver report: for how long nothing that we have sent had arrived there then, in milliseconds, as far as sequence numbers tell.
    pub deaf_ms: Option<u32>,
    /// Since that report, in milliseconds.
    pub deaf_told_ms: Option<u32>,
}

/// Packets from a leg's peer that were dropped, by cause; since the leg began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// From an address that was not negotiated, or after the leg had latched onto another.
    pub stranger: u64,
    /// SRTP that failed its authentication, or could not be decrypted.
    pub undecryptable: u64,
    /// Cut short, or not RTP.
    pub malformed: u64,
    /// Of a payload type that was not negotiated, or not to be decoded.
    pub unknown_format: u64,
    /// Audio that a connection brought too late to be heard.
    pub late: u64,
}

/// In which directions a leg should carry sound, as negotiated and as the call is now: neither while it is on hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The peer sends, by what it has negotiated, and somebody is to hear it.
    pub from_peer: bool,
    /// The peer is to hear something.
    pub to_peer: bool,
}

/// Figures of one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StreamReport {
    /// RTP packets.
    pub packets: u64,
    /// Bytes of RTP payload.
    pub bytes: u64,
    /// Packets lost (RFC 3550 section 6.4.1, cumulative, never negative here).
    pub lost: u64,
    /// Interarrival jitter in milliseconds (RFC 3550 section 6.4.1).
    pub jitter_ms: f32,
    /// Share of the audio that was digital silence or comfort noise, 0 to 100; `None` where it cannot be told without decoding.
    pub silent_percent: Option<f32>,
    /// Level of the last second, in dBov (0 is full scale, -127 silence); `None` where it cannot be told without decoding.
    pub level_dbov: Option<i8>,
    /// Share of the audio that had to be invented because packets were lost or came too late, 0 to 100; `None` where it is not decoded
    /// here.
    pub concealed_percent: Option<f32>,
    /// Mean opinion score by the E-model, 1.0 to 4.5; `None` before there are enough packets.
    pub mos: Option<f32>,
    /// Since the last packet of audio, in milliseconds; `None` before the first.
    pub quiet_ms: Option<u32>,
    /// For how long there has been nothing but digital silence, in milliseconds: every sample zero, which no microphone gives. `None` where it
    /// cannot be told without decoding.
    pub zero_ms: Option<u32>,
}

/// The way a leg's media goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// Not connected yet.
    #[default]
    None,
    /// RTP or SRTP on a UDP port of the pool.
    Rtp,
    /// WebRTC over UDP.
    Udp,
    /// WebRTC over the one TCP port.
    Tcp,
    /// WebRTC through our own relay (TURN), inside TLS or plain TCP.
    Relay,
}
