//! A phone's or trunk's packets: RTP and RTCP on a port pair of the pool, plain or SRTP.
//!
//! Where packets go and whom they are taken from:
//!
//! ```text
//!   agreement ──► Expecting: send to the SDP's address; take the first valid packet from the SDP's or the signalling address
//!                    │ such a packet
//!                    ▼
//!                 Latched: send there, take from there only; all else is counted and dropped
//! ```
//! A new agreement starts over, because the phone may have moved (for a second not with what still comes from where it was);
//! until then an attacker who shares the phone's address cannot take over a running stream, and one who does not never can.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use model::control::{Refusal, Srtp as Policy};
use rand::rngs::StdRng;
use rand::{Rng, RngCore};

use super::srtp::{Key, Srtp, Suite};
use crate::audio::rtcp;
use crate::engine::{Outbox, Path};
use crate::rtp::{self, PACKET_BYTES_MAX, Packet};
use crate::sdp::Media;

/// RFC 3550 section 6.2: the interval is five seconds, halved before the first report, and spread by half to either side.
const REPORT_INTERVAL: Duration = Duration::from_secs(5);

/// How long packets from where a phone was before may still be under way.
const LEFT_LIMIT: Duration = Duration::from_secs(1);

/// Why a packet was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dropped {
    /// From an address that we do not take packets from.
    Stranger,
    /// Not what it should be.
    Malformed,
    /// Not authentic, or a replay.
    Unauthenticated,
}

/// What came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// RTP; the payload is at these places of the data.
    Rtp(Packet),
    /// RTCP of this length.
    Rtcp(usize),
}

/// Where to send.
#[derive(Clone, Copy, Debug)]
struct Remote {
    /// `None` when the SDP named no address: wait for the phone's first packet.
    rtp: Option<SocketAddr>,
    rtcp: Option<SocketAddr>,
    latched: bool,
    latched_rtcp: bool,
}

/// What the peer's RTCP says about what we send.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PeerView {
    /// It has said something: without that nothing is known of what arrives there.
    pub(crate) has_reported: bool,
    pub(crate) lost: u64,
    /// Interarrival jitter in units of the clock of what we send.
    pub(crate) jitter_ticks: u32,
    pub(crate) round_trip_ms: Option<f32>,
}

/// Our address in descriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Advertised {
    pub(crate) rtp: SocketAddr,
    /// RTCP's port where it does not share RTP's.
    pub(crate) rtcp_port: u16,
}

/// The packets of one phone.
pub(crate) struct Rtp {
    /// Ours: the RTP port.
    pub(crate) local: SocketAddr,
    /// As the peer knows it.
    pub(crate) advertised: Advertised,
    signalling: IpAddr,
    policy: Policy,
    /// Of the SDP, when it names an address to send to.
    negotiated: Option<SocketAddr>,
    remote: Option<Remote>,
    /// Where the phone was before it said that it moved, and until when packets from there that are still under way must not be
    /// latched onto. Not for longer: behind a NAT it may be there still.
    left: Option<(SocketAddr, Instant)>,
    rtcp_mux: bool,
    srtp: Option<Srtp>,
    /// Our keys on offer (tag 1, 2 …), or the one in force.
    keys: Vec<Key>,
    pub(crate) ssrc: u32,
    pub(crate) peer: PeerView,
    /// When the next report is due; `None` until something was sent or received.
    report_at: Option<Instant>,
}

impl Rtp {
    pub(crate) fn new(local: SocketAddr, signalling: IpAddr, policy: Policy, random: &mut StdRng) -> Self {
        Self {
            local,
            advertised: Advertised {
                rtp: local,
                rtcp_port: local.port() + 1,
            },
            signalling: signalling.to_canonical(),
            policy,
            negotiated: None,
            remote: None,
            left: None,
            rtcp_mux: false,
            srtp: None,
            keys: Vec::new(),
            ssrc: random.next_u32(),
            peer: PeerView::default(),
            report_at: None,
        }
    }

    /// Whether the m-line's transport is one that this leg may use.
    pub(crate) fn accepts(&self, media: &Media) -> bool {
        let encrypted = match media.protocol.as_str() {
            "RTP/AVP" | "RTP/AVPF" => false,
            "RTP/SAVP" | "RTP/SAVPF" => true,
            _ => return false,
        };
        let keyed = media.crypto.iter().any(|line| Key::of(line).is_some());
        let multicast = media.connection.is_some_and(|address| address.is_multicast());
        let wanted = match self.policy {
            Policy::Never => !encrypted,
            Policy::Accepted => !encrypted || keyed,
            Policy::Required => encrypted && keyed,
        };
        wanted && !multicast
    }

    /// The protocol and the `a=crypto` lines of an offer of ours.
    pub(crate) fn offer(&mut self, random: &mut StdRng) -> (&'static str, Vec<String>) {
        let encrypted = self.srtp.is_some() || self.policy == Policy::Required;
        if !encrypted {
            return ("RTP/AVP", Vec::new());
        }
        if self.keys.is_empty() {
            self.keys = Suite::ALL.into_iter().map(|suite| Key::random(suite, random)).collect();
        }
        ("RTP/SAVP", self.keys.iter().zip(1..).map(|(key, tag)| key.line(tag)).collect())
    }

    /// Whether RTCP shares the RTP port.
    pub(crate) fn rtcp_mux(&self) -> bool {
        self.rtcp_mux
    }

    /// The m-line's protocol and crypto line of an answer to `media`, which [`Self::accepts`] has liked.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotAcceptable`] when no crypto line is one of ours.
    pub(crate) fn answer(&mut self, media: &Media, random: &mut StdRng) -> Result<Vec<String>, Refusal> {
        if !media.protocol.contains("SAVP") {
            self.srtp = None;
            self.keys.clear();
            return Ok(Vec::new());
        }
        let (tag, theirs) = media
            .crypto
            .iter()
            .find_map(|line| Some((line.tag, Key::of(line)?)))
            .ok_or(Refusal::NotAcceptable)?;
        let ours = self.keys.iter().find(|key| key.suite == theirs.suite).cloned();
        let ours = ours.unwrap_or_else(|| Key::random(theirs.suite, random));
        let line = ours.line(tag);
        self.install(ours, theirs)?;
        Ok(vec![line])
    }

    /// Takes the keys of the peer's answer to our offer.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotAcceptable`] when it chose nothing that we offered.
    pub(crate) fn accept(&mut self, media: &Media) -> Result<(), Refusal> {
        let encrypted = media.protocol.contains("SAVP");
        if self.keys.is_empty() || !encrypted {
            return if self.keys.is_empty() && !encrypted {
                Ok(())
            } else {
                Err(Refusal::NotAcceptable)
            };
        }
        let theirs = media.crypto.iter().find_map(Key::of).ok_or(Refusal::NotAcceptable)?;
        let ours = self
            .keys
            .iter()
            .find(|key| key.suite == theirs.suite)
            .cloned()
            .ok_or(Refusal::NotAcceptable)?;
        self.install(ours, theirs)
    }

    fn install(&mut self, ours: Key, theirs: Key) -> Result<(), Refusal> {
        match &mut self.srtp {
            Some(srtp) => srtp.rekey(ours.clone(), theirs).ok_or(Refusal::NotAcceptable)?,
            None => self.srtp = Some(Srtp::new(ours.clone(), theirs).ok_or(Refusal::NotAcceptable)?),
        }
        self.keys = vec![ours];
        Ok(())
    }

    /// Takes over the addresses of an agreement; latching starts over.
    pub(crate) fn aim(&mut self, media: &Media, rtcp_mux: bool, now: Instant) {
        let same_port_for_rtcp = self.rtcp_mux == rtcp_mux;
        self.rtcp_mux = rtcp_mux;
        let address = media
            .connection
            .map(|address| address.to_canonical())
            .filter(|address| !address.is_unspecified());
        if media.is_held_by_address() && self.remote.is_some() {
            // Old-style hold says nothing about where the phone is.
            return;
        }
        let rtp = address.map(|address| SocketAddr::new(address, media.port));
        if let Some(remote) = self.remote.as_mut().filter(|_| same_port_for_rtcp && self.negotiated == rtp) {
            // It has not moved, so what is known of it (behind a NAT, say) holds until its next packet.
            remote.latched = false;
            remote.latched_rtcp = false;
            self.left = None;
            return;
        }
        self.left = self
            .remote
            .filter(|remote| remote.latched)
            .and_then(|remote| remote.rtp)
            .filter(|before| Some(*before) != rtp)
            .map(|before| (before, now + LEFT_LIMIT));
        self.negotiated = rtp;
        let rtcp = rtp.map(|rtp| match media.rtcp {
            _ if self.rtcp_mux => rtp,
            Some((port, at)) => SocketAddr::new(at.filter(|at| !at.is_unspecified()).unwrap_or(rtp.ip()), port),
            None => SocketAddr::new(rtp.ip(), rtp.port().saturating_add(1)),
        });
        self.remote = Some(Remote {
            rtp,
            rtcp,
            latched: false,
            latched_rtcp: false,
        });
    }

    /// Whether there is somebody to send to.
    pub(crate) fn is_ready(&self) -> bool {
        self.remote.is_some_and(|remote| remote.rtp.is_some())
    }

    /// Whether a packet of the phone has been taken since the last agreement.
    pub(crate) fn is_latched(&self) -> bool {
        self.remote.is_some_and(|remote| remote.latched)
    }

    fn may_latch(&self, source: SocketAddr, now: Instant) -> bool {
        let ip = source.ip().to_canonical();
        // A phone on our own machine may name another of its addresses; nobody else can send from a loopback address.
        let expected = ip == self.signalling || self.negotiated.is_some_and(|at| at.ip() == ip) || ip.is_loopback();
        let left = self.left.is_some_and(|(before, until)| before == source && now < until);
        expected && !left
    }

    /// Takes a packet that came to our RTP (or RTCP) port; decrypts it in place. `negotiated` tells which payload types are.
    pub(crate) fn receive(
        &mut self,
        port: u16,
        source: SocketAddr,
        data: &mut [u8],
        negotiated: impl Fn(u8) -> bool,
        now: Instant,
    ) -> Result<Arrived, Dropped> {
        let on_rtp_port = port == self.local.port();
        if !on_rtp_port || self.rtcp_mux && rtp::is_rtcp(data) {
            return self.receive_rtcp(on_rtp_port, source, data, now);
        }
        let remote = self.remote.ok_or(Dropped::Stranger)?;
        let allowed = if remote.latched {
            remote.rtp == Some(source)
        } else {
            self.may_latch(source, now)
        };
        if !allowed {
            return Err(Dropped::Stranger);
        }
        let packet = match &mut self.srtp {
            Some(srtp) => {
                let header = Packet::parse_header(data).ok_or(Dropped::Malformed)?;
                let length = srtp.unprotect_rtp(data, header.ssrc).ok_or(Dropped::Unauthenticated)?;
                Packet::parse(&data[..length])
            }
            None => Packet::parse(data),
        };
        let packet = packet.ok_or(Dropped::Malformed)?;
        if let Some(remote) = &mut self.remote
            && !remote.latched
            && negotiated(packet.payload_type)
        {
            remote.latched = true;
            remote.rtp = Some(source);
            if self.rtcp_mux {
                remote.rtcp = Some(source);
                remote.latched_rtcp = true;
            }
        }
        Ok(Arrived::Rtp(packet))
    }

    fn receive_rtcp(&mut self, on_rtp_port: bool, source: SocketAddr, data: &mut [u8], now: Instant) -> Result<Arrived, Dropped> {
        let remote = self.remote.ok_or(Dropped::Stranger)?;
        let latched = if on_rtp_port { remote.latched } else { remote.latched_rtcp };
        let expected = if on_rtp_port { remote.rtp } else { remote.rtcp };
        // Once the phone's media is known, its reports come from the same host.
        let same_host = !remote.latched || remote.rtp.is_some_and(|rtp| rtp.ip() == source.ip());
        let allowed = if latched {
            expected == Some(source)
        } else {
            same_host && self.may_latch(source, now)
        };
        if !allowed {
            return Err(Dropped::Stranger);
        }
        let length = match &mut self.srtp {
            Some(srtp) => srtp.unprotect_rtcp(data).ok_or(Dropped::Unauthenticated)?,
            None => data.len(),
        };
        rtcp::parse(&data[..length]).map_err(|_| Dropped::Malformed)?;
        if let Some(remote) = &mut self.remote
            && !on_rtp_port
            && !remote.latched_rtcp
        {
            remote.latched_rtcp = true;
            remote.rtcp = Some(source);
        }
        Ok(Arrived::Rtcp(length))
    }

    /// Sends one RTP packet; whether it went out.
    pub(crate) fn send(&mut self, out: &super::Outgoing<'_>, outbox: &mut impl Outbox) -> bool {
        let Some(destination) = self.remote.and_then(|remote| remote.rtp) else {
            return false;
        };
        let mut buffer = [0; PACKET_BYTES_MAX];
        let sequence = (out.sequence & 0xffff) as u16;
        let Some(length) = rtp::write(
            &mut buffer,
            out.payload_type,
            out.marker,
            sequence,
            out.timestamp,
            self.ssrc,
            out.payload.bytes,
        ) else {
            return false;
        };
        let path = Path::Rtp { port: self.local.port() };
        match &mut self.srtp {
            Some(srtp) => srtp.protect_rtp(&buffer[..length], |packet| outbox.send(path, self.local, destination, packet)),
            None => outbox.send(path, self.local, destination, &buffer[..length]),
        }
        true
    }

    /// Sends one compound RTCP packet.
    pub(crate) fn send_rtcp(&mut self, packet: &[u8], outbox: &mut impl Outbox) {
        let Some(destination) = self.remote.and_then(|remote| remote.rtcp) else {
            return;
        };
        let port = if self.rtcp_mux { self.local.port() } else { self.local.port() + 1 };
        let (path, source) = (Path::Rtp { port }, SocketAddr::new(self.local.ip(), port));
        match &mut self.srtp {
            Some(srtp) => srtp.protect_rtcp(packet, |packet| outbox.send(path, source, destination, packet)),
            None => outbox.send(path, source, destination, packet),
        }
    }

    /// Starts the reports, once there is something to report.
    pub(crate) fn begin_reports(&mut self, now: Instant, random: &mut StdRng) {
        if self.report_at.is_none() {
            self.report_at = Some(now + (REPORT_INTERVAL / 2).mul_f32(random.random_range(0.5..1.5)));
        }
    }

    /// Whether a report is due; plans the next.
    pub(crate) fn report_is_due(&mut self, now: Instant, random: &mut StdRng) -> bool {
        let due = self.report_at.is_some_and(|at| at <= now);
        if due {
            self.report_at = Some(now + REPORT_INTERVAL.mul_f32(random.random_range(0.5..1.5)));
        }
        due
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.report_at
    }
}
