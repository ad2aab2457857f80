//! A leg: one party's media, whatever it travels by.
//!
//! ```text
//!            offer/answer (Dialogue)
//!                   │ agreement
//!   packets ──► Transport ──► Inbound (statistics, DTMF heard) ──► the legs that listen
//!   packets ◄── Transport ◄── bridge::Outbound (relay, transcoder, tones, DTMF played) ◄── what the leg hears
//! ```

pub(crate) mod dialogue;
pub(crate) mod hush;
pub(crate) mod inbound;
pub(crate) mod rtp;
pub(crate) mod srtp;
pub(crate) mod told;
pub(crate) mod webrtc;

use std::sync::Arc;
use std::time::Instant;

use model::control::{Failure, Source};
use model::quality::Refused;
use model::{CallId, LegId, Track};

use crate::audio::codec::Codec;
use crate::audio::probe::Probe;
use crate::audio::rtcp::NtpClock;
use crate::bridge::Outbound;
use crate::mixer::Seat;
use dialogue::Dialogue;
use inbound::Inbound;
use rtp::Rtp;
use told::Told;
use webrtc::WebRtc;

/// Where a leg is in the engine's slab.
pub(crate) type Handle = usize;

/// One party's media.
pub(crate) struct Leg {
    pub(crate) id: LegId,
    pub(crate) call: CallId,
    pub(crate) dialogue: Dialogue,
    pub(crate) transport: Transport,
    pub(crate) inbound: Inbound,
    pub(crate) outbound: Outbound,
    /// The time in our RTCP: the same for all of its life, wherever it goes.
    pub(crate) clock: NtpClock,
    /// What it hears.
    pub(crate) source: Source,
    /// Its place in the conference of its call, while it hears that.
    pub(crate) seat: Option<Seat>,
    /// What listens for our tone, while it hears that.
    pub(crate) probe: Option<Box<Probe>>,
    /// Who hears it: legs whose source is this one.
    pub(crate) listeners: Vec<Handle>,
    /// Where what it says is recorded.
    pub(crate) track: Option<Track>,
    /// Packets dropped here.
    pub(crate) dropped: u64,
    /// The same and more, by cause.
    pub(crate) refused: Refused,
    /// What the peer has told beside its audio.
    pub(crate) told: Told,
    /// When the next [`model::control::Event::Measured`] is due.
    pub(crate) measure_at: Instant,
    /// The earliest entry of the engine's timer queue for this leg.
    pub(crate) scheduled: Option<Instant>,
    /// Whether `Connected` has been told.
    pub(crate) connected: bool,
    /// Why it failed, once it has been told.
    pub(crate) failed: Option<Failure>,
}

/// The way a leg's packets travel.
pub(crate) enum Transport {
    /// To a browser.
    WebRtc(Box<WebRtc>),
    /// To a desk phone or a trunk.
    Rtp(Box<Rtp>),
}

impl Leg {
    /// The codecs that others should use towards this leg, best first: those agreed, else those on offer.
    pub(crate) fn codecs(&self) -> Vec<Codec> {
        self.dialogue.formats().map(|formats| formats.codec_list()).unwrap_or_default()
    }

    /// The even one of the ports of the pool that it has.
    pub(crate) fn rtp_port(&self) -> Option<u16> {
        match &self.transport {
            Transport::Rtp(rtp) => Some(rtp.local.port()),
            Transport::WebRtc(_) => None,
        }
    }

    /// Our ICE user name fragment.
    pub(crate) fn ufrag(&self) -> Option<&str> {
        match &self.transport {
            Transport::Rtp(_) => None,
            Transport::WebRtc(web) => web.ufrag(),
        }
    }

    /// When this leg has something to do.
    pub(crate) fn due(&self) -> Instant {
        let transport = match &self.transport {
            Transport::WebRtc(web) => web.poll_timeout(),
            Transport::Rtp(rtp) => rtp.poll_timeout(),
        };
        let mut due = self.measure_at;
        for other in [transport, self.inbound.poll_timeout(), self.outbound.poll_timeout()]
            .into_iter()
            .flatten()
        {
            due = due.min(other);
        }
        due
    }
}

/// A payload: the bytes, and the shared buffer that they are, where they are one.
#[derive(Clone, Copy)]
pub(crate) struct Payload<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) shared: Option<&'a Arc<[u8]>>,
}

impl<'a> From<&'a [u8]> for Payload<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self { bytes, shared: None }
    }
}

/// A packet to be sent.
pub(crate) struct Outgoing<'a> {
    pub(crate) payload_type: u8,
    pub(crate) marker: bool,
    /// Extended by the number of times it wrapped around.
    pub(crate) sequence: u64,
    pub(crate) timestamp: u32,
    pub(crate) payload: Payload<'a>,
}
