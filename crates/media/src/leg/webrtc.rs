//! A browser's packets: ICE, DTLS and SRTP by str0m, over the one UDP port or through connections of the one TCP port.
//!
//! SDP is ours ([`crate::sdp`]); str0m is told what was agreed through its direct API. The one thing that only its SDP
//! can do, a peer's ICE restart, is told with a description made up for it.
//!
//! ```text
//!   New ──► Connecting ──► Connected ◄──► Lost ──► Failed
//!              └─────────────────────────────────────▲
//! ```

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::control::{Failure, Refusal};
use model::quality::Transport as Way;
use rand::rngs::StdRng;
use rand::{Rng, RngCore};
use str0m::change::SdpOffer;
use str0m::config::{CryptoProvider, DtlsCert, Fingerprint};
use str0m::format::Codec as Kind;
use str0m::media::{Frequency, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::{Extension, RtpPacket, RtpWrite, Ssrc};
use str0m::stats::PeerStats;
use str0m::{Candidate, Event, IceConnectionState, IceCreds, Input, Output, Rtc, RtcConfig};

use super::rtp::PeerView;
use crate::audio::codec::Codec;
use crate::engine::{Arrival, Outbox, Path};
use crate::sdp::negotiate::Formats;
use crate::sdp::write::AUDIO_LEVEL;
use crate::sdp::{Media, Setup};
use crate::stun;

/// How long ICE and DTLS may take once both sides know each other.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);
/// How long a connection may be lost: a browser on the move comes back by ICE restart.
const LOST_LIMIT: Duration = Duration::from_secs(20);
/// Candidates of a peer that are looked at.
const REMOTE_CANDIDATES_MAX: usize = 32;
/// TCP connections of one browser that are remembered.
const CONNECTIONS_MAX: usize = 8;
/// UDP addresses of one browser that are remembered.
const BOUND_MAX: usize = 16;
/// Streams that a browser may send.
const STREAMS_MAX: usize = 8;
/// DTLS packets kept that came before the answer which names the peer's certificate.
const EARLY_MAX: usize = 4;
/// How often str0m reports what RTCP says.
const STATS_INTERVAL: Duration = Duration::from_secs(2);
/// The first retransmission of a connectivity check; str0m's default costs 200 ms of set-up.
const STUN_RTO: Duration = Duration::from_millis(50);
/// Between two time steps of one session.
const STEP_MIN: Duration = Duration::from_millis(1);
/// Header extension id of our own offers.
const LEVEL_EXTENSION: u8 = 1;
/// Characters of a user name fragment after the worker, and of a password (RFC 8445 section 5.3 asks for 4 and 22).
const UFRAG_CHARACTERS: usize = 10;
const PASSWORD_CHARACTERS: usize = 24;

/// What all browser legs of an engine share.
pub(crate) struct Identity {
    pub(crate) worker: u8,
    provider: Arc<CryptoProvider>,
    certificate: DtlsCert,
}

impl Identity {
    /// One certificate for all legs (ECDSA: cheap to sign with).
    pub(crate) fn new(worker: u8) -> Self {
        let provider = Arc::new(str0m::crypto::from_feature_flags());
        let certificate = provider
            .dtls_provider
            .generate_certificate()
            .expect("aws-lc-rs can generate a certificate");
        Self {
            worker,
            provider,
            certificate,
        }
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The peer is not known yet.
    New,
    Connecting {
        until: Instant,
    },
    Connected,
    Lost {
        until: Instant,
    },
    Failed(Failure),
}

/// The peer as str0m knows it.
struct Session {
    rtc: Rtc,
    mid: Mid,
    mid_text: String,
    ssrc: Ssrc,
    credentials: IceCreds,
    /// Of the peer, once known.
    fingerprint: Option<(String, Vec<u8>)>,
    remote: Option<IceCreds>,
    /// Our part in DTLS.
    setup: Setup,
    level_extension: Option<u8>,
    /// Payload types that str0m lets through, fixed for its lifetime.
    formats: Formats,
    streams: Vec<u32>,
    remote_candidates: usize,
    due: Instant,
}

/// The packets of one browser.
pub(crate) struct WebRtc {
    tcp: SocketAddr,
    udp: Vec<SocketAddr>,
    session: Option<Session>,
    state: State,
    /// Connections of the one TCP port, the latest last.
    connections: Vec<(SocketAddr, u64)>,
    early: Vec<(Arrival, Vec<u8>)>,
    /// Addresses bound to this leg on the one UDP port, oldest first.
    bound: Vec<SocketAddr>,
    pub(crate) transport: Way,
    pub(crate) peer: PeerView,
}

/// What a description of ours says about this leg.
pub(crate) struct Presentation {
    pub(crate) mid: String,
    pub(crate) ufrag: String,
    pub(crate) password: String,
    pub(crate) fingerprint: String,
    pub(crate) setup: Setup,
    pub(crate) candidates: Vec<String>,
    pub(crate) default: Option<SocketAddr>,
    pub(crate) level_extension: Option<u8>,
    pub(crate) ssrc: u32,
}

impl WebRtc {
    /// `udp`: our host addresses, best first.
    pub(crate) fn new(reached_at: IpAddr, tcp_port: u16, udp: &[SocketAddr]) -> Self {
        let by_loopback = reached_at.to_canonical().is_loopback();
        Self {
            tcp: SocketAddr::new(reached_at, tcp_port),
            udp: udp
                .iter()
                .copied()
                .filter(|address| by_loopback || !address.ip().is_loopback())
                .collect(),
            session: None,
            state: State::New,
            connections: Vec::new(),
            early: Vec::new(),
            bound: Vec::new(),
            transport: Way::None,
            peer: PeerView::default(),
        }
    }

    /// Whether the m-line is WebRTC with all that it needs.
    pub(crate) fn accepts(media: &Media) -> bool {
        let protocol = matches!(
            media.protocol.as_str(),
            "UDP/TLS/RTP/SAVPF" | "TCP/DTLS/RTP/SAVPF" | "RTP/SAVPF" | "UDP/TLS/RTP/SAVP"
        );
        protocol && media.ice_ufrag.is_some() && media.ice_password.is_some() && fingerprint(media).is_some()
    }

    /// Our user name fragment, once there is one.
    pub(crate) fn ufrag(&self) -> Option<&str> {
        self.session.as_ref().map(|session| session.credentials.ufrag.as_str())
    }

    /// Makes ready to offer: a session exists afterwards.
    pub(crate) fn prepare_offer(&mut self, formats: &Formats, identity: &Identity, now: Instant, random: &mut StdRng) {
        if self.session.is_none() {
            let mut session = self.build(formats, "0".to_owned(), Some(LEVEL_EXTENSION), identity, now, random);
            session.rtc.direct_api().set_ice_controlling(true);
            self.session = Some(session);
        }
    }

    /// Takes over an offer: makes a session, goes on with the one that is, or restarts ICE, whichever the offer means.
    /// True when the peer is a new one.
    ///
    /// # Errors
    ///
    /// [`Refusal::Malformed`] when str0m does not like it.
    pub(crate) fn answer(
        &mut self,
        media: &Media,
        formats: &Formats,
        identity: &Identity,
        now: Instant,
        random: &mut StdRng,
    ) -> Result<bool, Refusal> {
        let (theirs, remote) = peer_of(media).ok_or(Refusal::Malformed)?;
        let stranger = self
            .session
            .as_ref()
            .is_none_or(|session| session.fingerprint.as_ref().is_some_and(|known| *known != theirs));
        if stranger {
            let mid = media.mid.clone().unwrap_or_else(|| "0".to_owned());
            let level = media
                .extensions
                .iter()
                .find(|(id, uri)| uri == AUDIO_LEVEL && (1..15).contains(id))
                .map(|(id, _)| *id);
            let mut session = self.build(formats, mid, level, identity, now, random);
            // The offerer leads, unless it cannot (RFC 8445 section 6.1.1).
            session.rtc.direct_api().set_ice_controlling(media.ice_lite);
            self.session = Some(session);
            self.state = State::New;
        }
        let session = self.session.as_mut().expect("built above, or there before");
        if session.remote.as_ref().is_some_and(|known| *known != remote) {
            session.restart_ice(media, &remote, &theirs, identity, random)?;
            let until = now + CONNECT_LIMIT;
            // Media goes on over the old way until the new one is there.
            self.state = if self.is_ready() {
                State::Lost { until }
            } else {
                State::Connecting { until }
            };
        }
        self.meet(media, theirs, remote, now)?;
        Ok(stranger)
    }

    /// Takes over the answer to our offer.
    ///
    /// # Errors
    ///
    /// [`Refusal::Malformed`] when it is another peer's than the one we are connected to.
    pub(crate) fn accept(&mut self, media: &Media, now: Instant) -> Result<(), Refusal> {
        let (theirs, remote) = peer_of(media).ok_or(Refusal::Malformed)?;
        let session = self.session.as_ref().ok_or(Refusal::OutOfTurn)?;
        let known = session.fingerprint.as_ref().is_none_or(|known| *known == theirs)
            && session.remote.as_ref().is_none_or(|known| *known == remote);
        if !known {
            return Err(Refusal::Malformed);
        }
        self.meet(media, theirs, remote, now)
    }

    /// Tells str0m who the peer is and where it may be.
    fn meet(&mut self, media: &Media, theirs: (String, Vec<u8>), remote: IceCreds, now: Instant) -> Result<(), Refusal> {
        let session = self.session.as_mut().ok_or(Refusal::OutOfTurn)?;
        let first = session.fingerprint.is_none();
        if first {
            // We let the peer open the connection unless it insists that we do (RFC 8842 section 5.3).
            let active = media.setup == Some(Setup::Passive);
            session.setup = if active { Setup::Active } else { Setup::Passive };
            let mut direct = session.rtc.direct_api();
            direct.set_remote_fingerprint(Fingerprint {
                hash_func: theirs.0.clone(),
                bytes: theirs.1.clone(),
            });
            direct.set_remote_ice_credentials(remote.clone());
            direct.start_dtls(active).map_err(|_| Refusal::Malformed)?;
            session.fingerprint = Some(theirs);
        }
        session.remote = Some(remote);
        if let Some(ssrc) = media.ssrc {
            session.expect_stream(ssrc);
        }
        for candidate in &media.candidates {
            session.add_candidate(candidate);
        }
        session.due = now;
        if self.state == State::New {
            self.state = State::Connecting {
                until: now + CONNECT_LIMIT,
            };
        }
        Ok(())
    }

    /// A trickled candidate.
    pub(crate) fn add_candidate(&mut self, candidate: &str, now: Instant) {
        if let Some(session) = &mut self.session {
            session.add_candidate(candidate);
            session.due = now;
        }
    }

    /// What to write into a description.
    pub(crate) fn presentation(&mut self, offering: bool) -> Option<Presentation> {
        let candidates = self.local_candidates();
        let session = self.session.as_mut()?;
        Some(Presentation {
            mid: session.mid_text.clone(),
            ufrag: session.credentials.ufrag.clone(),
            password: session.credentials.pass.clone(),
            fingerprint: session.rtc.direct_api().local_dtls_fingerprint().to_string(),
            setup: if offering { Setup::ActPass } else { session.setup },
            default: candidates.first().map(Candidate::addr),
            candidates: candidates.iter().map(Candidate::to_sdp_string).collect(),
            level_extension: session.level_extension,
            ssrc: *session.ssrc,
        })
    }

    fn local_candidates(&self) -> Vec<Candidate> {
        let udp = self.udp.iter().filter_map(|address| Candidate::host(*address, Protocol::Udp).ok());
        let tcp = Candidate::builder().tcp().host(self.tcp).tcptype(TcpType::Passive).build().ok();
        udp.chain(tcp).collect()
    }

    fn build(
        &self,
        formats: &Formats,
        mid_text: String,
        level: Option<u8>,
        identity: &Identity,
        now: Instant,
        random: &mut StdRng,
    ) -> Session {
        let credentials = credentials(identity.worker, random);
        let mut config = RtcConfig::new()
            .set_rtp_mode(true)
            .set_crypto_provider(identity.provider.clone())
            .set_dtls_cert(identity.certificate.clone())
            .set_local_ice_credentials(credentials.clone())
            .set_stats_interval(Some(STATS_INTERVAL))
            .set_send_buffer_audio(8)
            .clear_codecs()
            .clear_extension_map();
        config.set_initial_stun_rto(STUN_RTO);
        if let Some(id) = level {
            config = config.set_extension(id, Extension::AudioLevel);
        }
        // What a later offer may add, too: str0m's payload types are fixed for its lifetime.
        let formats = formats.completed();
        for (payload_type, kind, clock, channels) in kinds(&formats) {
            config.codec_config().add_config(
                Pt::from(payload_type),
                None,
                kind,
                clock,
                channels,
                str0m::format::FormatParams::default(),
            );
        }
        let mut rtc = config.build(now);
        for candidate in self.local_candidates() {
            rtc.add_local_candidate(candidate);
        }
        let mid = Mid::from(mid_text.as_str());
        let ssrc = Ssrc::from(random.next_u32().max(1));
        let mut direct = rtc.direct_api();
        direct.declare_media(mid, MediaKind::Audio);
        direct.declare_stream_tx(ssrc, None, mid, None);
        Session {
            rtc,
            mid,
            mid_text,
            ssrc,
            credentials,
            fingerprint: None,
            remote: None,
            setup: Setup::Passive,
            level_extension: level,
            formats,
            streams: Vec::new(),
            remote_candidates: 0,
            due: now,
        }
    }

    /// Takes a packet that belongs to this leg. RTP comes out in `received`.
    ///
    /// # Errors
    ///
    /// When it is no STUN, DTLS, RTP or RTCP.
    pub(crate) fn receive(
        &mut self,
        arrival: Arrival,
        data: &[u8],
        now: Instant,
        received: &mut Vec<RtpPacket>,
        outbox: &mut impl Outbox,
    ) -> Result<(), super::rtp::Dropped> {
        let proto = match arrival.path {
            Path::Udp | Path::Rtp { .. } => Protocol::Udp,
            Path::Tcp { connection } => {
                self.note_connection(arrival.source, connection);
                Protocol::Tcp
            }
        };
        let destination = self.destination(arrival);
        let Some(session) = &mut self.session else { return Ok(()) };
        if session.fingerprint.is_none() && matches!(data.first(), Some(20..=63)) {
            // DTLS before the answer that names the peer's certificate.
            if self.early.len() < EARLY_MAX {
                self.early.push((arrival, data.to_vec()));
            }
            return Ok(());
        }
        session.expect_stream_of(data);
        let contents = data.try_into().map_err(|_| super::rtp::Dropped::Malformed)?;
        let input = Input::Receive(
            now,
            Receive {
                proto,
                source: arrival.source,
                destination,
                contents,
            },
        );
        if session.rtc.handle_input(input).is_err() {
            self.fail(Failure::DtlsFailed);
            return Ok(());
        }
        self.drain(now, received, outbox);
        Ok(())
    }

    /// str0m knows a packet only by the very address of one of our candidates.
    fn destination(&self, arrival: Arrival) -> SocketAddr {
        match arrival.path {
            Path::Tcp { .. } => self.tcp,
            Path::Udp | Path::Rtp { .. } => {
                let to = arrival.destination;
                let same = self.udp.iter().find(|address| **address == to);
                let family = || self.udp.iter().find(|address| address.is_ipv4() == to.is_ipv4());
                same.or_else(family).copied().unwrap_or(to)
            }
        }
    }

    fn note_connection(&mut self, source: SocketAddr, connection: u64) {
        if self.connections.last() == Some(&(source, connection)) {
            return;
        }
        self.connections.retain(|(_, known)| *known != connection);
        if self.connections.len() == CONNECTIONS_MAX {
            self.connections.remove(0);
        }
        self.connections.push((source, connection));
    }

    /// Notes an address that is bound to this leg from now on; the one to be forgotten for it, if there are too many.
    pub(crate) fn bind(&mut self, source: SocketAddr) -> Option<SocketAddr> {
        self.bound.retain(|known| *known != source);
        self.bound.push(source);
        (self.bound.len() > BOUND_MAX).then(|| self.bound.remove(0))
    }

    /// A connection is gone. Others, or a new one, go on.
    pub(crate) fn connection_closed(&mut self, connection: u64) {
        self.connections.retain(|(_, known)| *known != connection);
    }

    /// Does what is due, including DTLS packets that waited for the answer.
    pub(crate) fn handle_timeout(&mut self, now: Instant, received: &mut Vec<RtpPacket>, outbox: &mut impl Outbox) {
        if !self.early.is_empty() && self.session.as_ref().is_some_and(|session| session.fingerprint.is_some()) {
            for (arrival, data) in std::mem::take(&mut self.early) {
                let _ = self.receive(arrival, &data, now, received, outbox);
            }
        }
        match self.state {
            State::Connecting { until } | State::Lost { until } if until <= now => self.fail(Failure::IceFailed),
            State::New | State::Connecting { .. } | State::Connected | State::Lost { .. } | State::Failed(_) => {}
        }
        if let Some(session) = &mut self.session
            && session.due <= now
        {
            if session.rtc.handle_input(Input::Timeout(now)).is_err() {
                self.fail(Failure::DtlsFailed);
            }
            self.drain(now, received, outbox);
            if let Some(session) = &mut self.session {
                // Time must pass, whatever str0m says.
                session.due = session.due.max(now + STEP_MIN);
            }
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        let session = self.session.as_ref()?;
        match self.state {
            State::Connecting { until } | State::Lost { until } => Some(until.min(session.due)),
            State::New | State::Connected => Some(session.due),
            State::Failed(_) => None,
        }
    }

    /// Whether ICE and DTLS are done.
    pub(crate) fn is_ready(&self) -> bool {
        matches!(self.state, State::Connected | State::Lost { .. })
    }

    /// Why it failed, if it did.
    pub(crate) fn failure(&self) -> Option<Failure> {
        match self.state {
            State::Failed(failure) => Some(failure),
            State::New | State::Connecting { .. } | State::Connected | State::Lost { .. } => None,
        }
    }

    fn fail(&mut self, failure: Failure) {
        if !matches!(self.state, State::Failed(_)) {
            self.state = State::Failed(failure);
        }
    }

    /// Sends one RTP packet; whether str0m took it.
    pub(crate) fn send(&mut self, out: &Outgoing<'_>, now: Instant, received: &mut Vec<RtpPacket>, outbox: &mut impl Outbox) -> bool {
        if !self.is_ready() {
            return false;
        }
        let Some(session) = &mut self.session else { return false };
        let ssrc = session.ssrc;
        let payload = out.payload.shared.map_or_else(|| Arc::from(out.payload.bytes), Arc::clone);
        let mut direct = session.rtc.direct_api();
        let Some(stream) = direct.stream_tx(&ssrc) else { return false };
        stream.write_rtp(RtpWrite::new(Pt::from(out.payload_type), out.sequence.into(), out.timestamp, now, payload).marker(out.marker));
        // str0m sends what was written at its next timeout, which is now.
        if session.rtc.handle_input(Input::Timeout(now)).is_err() {
            self.fail(Failure::DtlsFailed);
            return false;
        }
        self.drain(now, received, outbox);
        true
    }

    /// Says goodbye.
    pub(crate) fn close(&mut self, now: Instant, received: &mut Vec<RtpPacket>, outbox: &mut impl Outbox) {
        if let Some(session) = &mut self.session
            && self.state == State::Connected
        {
            let _ = session.rtc.close();
            self.drain(now, received, outbox);
        }
    }

    /// Takes all that str0m has to say.
    fn drain(&mut self, now: Instant, received: &mut Vec<RtpPacket>, outbox: &mut impl Outbox) {
        let Some(session) = &mut self.session else { return };
        loop {
            match session.rtc.poll_output() {
                Ok(Output::Timeout(due)) => {
                    session.due = due;
                    return;
                }
                Ok(Output::Transmit(transmit)) => {
                    let path = match transmit.proto {
                        Protocol::Udp => Some(Path::Udp),
                        Protocol::Tcp | Protocol::SslTcp | Protocol::Tls => {
                            // A browser that redialled has another port now, which ICE learns a second later than we do.
                            let same = self.connections.iter().find(|(peer, _)| *peer == transmit.destination);
                            same.or(self.connections.last())
                                .map(|(_, connection)| Path::Tcp { connection: *connection })
                        }
                    };
                    if let Some(path) = path {
                        if transmit.contents.first().is_some_and(|first| *first >= 128) {
                            self.transport = if path == Path::Udp { Way::Udp } else { Way::Tcp };
                        }
                        outbox.send(path, transmit.source, transmit.destination, &transmit.contents);
                    }
                }
                Ok(Output::Event(Event::RtpPacket(packet))) => received.push(packet),
                Ok(Output::Event(event)) => {
                    if let Some(state) = news(&event, self.state, now) {
                        self.state = state;
                    }
                    view(&event, &mut self.peer, &mut self.transport);
                }
                Err(_) => {
                    session.due = now + LOST_LIMIT;
                    self.state = State::Failed(Failure::DtlsFailed);
                    return;
                }
            }
        }
    }
}

/// What an event of str0m makes of our state.
#[allow(clippy::wildcard_enum_match_arm, reason = "str0m's enum; most of it is about video and data")]
fn news(event: &Event, state: State, now: Instant) -> Option<State> {
    match (event, state) {
        (_, State::Failed(_)) => None,
        (Event::Connected, _) => Some(State::Connected),
        (Event::IceConnectionStateChange(IceConnectionState::Disconnected), State::Connected) => {
            Some(State::Lost { until: now + LOST_LIMIT })
        }
        (Event::IceConnectionStateChange(IceConnectionState::Connected | IceConnectionState::Completed), State::Lost { .. }) => {
            Some(State::Connected)
        }
        // The peer closed DTLS: it has gone without saying so by SIP.
        (Event::Closed, _) => Some(State::Failed(Failure::DtlsFailed)),
        _ => None,
    }
}

/// What an event of str0m tells about the way and about what the peer receives.
#[allow(clippy::wildcard_enum_match_arm, reason = "str0m's enum; most of it is about video and data")]
fn view(event: &Event, peer: &mut PeerView, transport: &mut Way) {
    let ms = |duration: Duration| duration.as_secs_f32() * 1_000.0;
    match event {
        Event::PeerStats(PeerStats {
            selected_candidate_pair: Some(pair),
            ..
        }) => {
            *transport = match pair.protocol {
                Protocol::Udp => Way::Udp,
                Protocol::Tcp | Protocol::SslTcp | Protocol::Tls => Way::Tcp,
            };
            if let Some(round_trip) = pair.current_round_trip_time {
                peer.round_trip_ms = Some(ms(round_trip));
            }
        }
        Event::MediaEgressStats(stats) => {
            if let Some(remote) = &stats.remote {
                peer.lost = remote.packets_lost;
                peer.jitter_ticks = remote.jitter;
            }
            if let Some(loss) = stats.loss {
                peer.loss_percent = (loss * 100.0).clamp(0.0, 100.0) as u8;
            }
            if let Some(round_trip) = stats.rtt {
                peer.round_trip_ms = Some(ms(round_trip));
            }
        }
        _ => {}
    }
}

impl Session {
    fn expect_stream(&mut self, ssrc: u32) {
        if ssrc == 0 || self.streams.contains(&ssrc) || self.streams.len() == STREAMS_MAX {
            return;
        }
        self.streams.push(ssrc);
        self.rtc
            .direct_api()
            .expect_stream_rx(Ssrc::from(ssrc), None, self.mid, None)
            .suppress_nack(true);
    }

    /// A browser need not announce its SSRC; there is one m-line, so a new stream can only be its audio.
    fn expect_stream_of(&mut self, data: &[u8]) {
        let rtp = matches!(data.first(), Some(128..=191)) && !crate::rtp::is_rtcp(data);
        if let (true, Some(ssrc)) = (rtp, data.get(8..12)) {
            self.expect_stream(u32::from_be_bytes([ssrc[0], ssrc[1], ssrc[2], ssrc[3]]));
        }
    }

    fn add_candidate(&mut self, candidate: &str) {
        // Browsers offer active TCP candidates with port 9, which nobody can check; they will dial us.
        if self.remote_candidates == REMOTE_CANDIDATES_MAX || candidate.contains("tcptype active") {
            return;
        }
        // Names (mDNS) are not resolved: such a browser is found by its own checks.
        if let Ok(candidate) = Candidate::from_sdp_string(candidate) {
            self.remote_candidates += 1;
            self.rtc.add_remote_candidate(candidate);
        }
    }

    /// The peer restarts ICE: new credentials on both sides, the same DTLS.
    fn restart_ice(
        &mut self,
        media: &Media,
        remote: &IceCreds,
        theirs: &(String, Vec<u8>),
        identity: &Identity,
        random: &mut StdRng,
    ) -> Result<(), Refusal> {
        let offer = SdpOffer::from_sdp_string(&self.restart_description(media, remote, theirs)).map_err(|_| Refusal::Malformed)?;
        self.rtc.sdp_api().accept_offer(offer).map_err(|_| Refusal::Malformed)?;
        self.credentials = credentials(identity.worker, random);
        self.rtc.direct_api().set_local_ice_credentials(self.credentials.clone());
        self.remote_candidates = 0;
        Ok(())
    }

    fn restart_description(&self, media: &Media, remote: &IceCreds, theirs: &(String, Vec<u8>)) -> String {
        let setup = match (self.setup, media.setup) {
            (Setup::Active, _) => "passive",
            (Setup::Passive | Setup::ActPass, _) => "active",
        };
        let payload_types: Vec<String> = kinds(&self.formats).map(|(pt, ..)| pt.to_string()).collect();
        let digest: Vec<String> = theirs.1.iter().map(|byte| format!("{byte:02X}")).collect();
        let maps: String = self
            .formats
            .codecs
            .iter()
            .map(|f| format!("a=rtpmap:{} {}\r\n", f.receive, f.codec.encoding()))
            .collect();
        let events: String = self
            .formats
            .events
            .iter()
            .map(|e| format!("a=rtpmap:{} telephone-event/{}\r\n", e.receive, e.clock))
            .collect();
        let level = self
            .level_extension
            .map(|id| format!("a=extmap:{id} {AUDIO_LEVEL}\r\n"))
            .unwrap_or_default();
        format!(
            "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {mid}\r\nm=audio 9 UDP/TLS/RTP/SAVPF {pts}\r\nc=IN IP4 0.0.0.0\r\n\
             a=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\na=fingerprint:{hash} {digest}\r\na=setup:{setup}\r\na=mid:{mid}\r\n{level}a=sendrecv\r\na=rtcp-mux\r\n{maps}{events}",
            mid = self.mid_text,
            pts = payload_types.join(" "),
            ufrag = remote.ufrag,
            password = remote.pass,
            hash = theirs.0,
            digest = digest.join(":"),
        )
    }
}

/// The fingerprint to check against: SHA-256 where the peer has one.
fn fingerprint(media: &Media) -> Option<&(String, Vec<u8>)> {
    let usable = |hash: &str| media.fingerprints.iter().find(|(name, _)| name == hash);
    usable("sha-256").or_else(|| usable("sha-1"))
}

fn peer_of(media: &Media) -> Option<((String, Vec<u8>), IceCreds)> {
    let remote = IceCreds {
        ufrag: media.ice_ufrag.clone()?,
        pass: media.ice_password.clone()?,
    };
    Some((fingerprint(media)?.clone(), remote))
}

fn credentials(worker: u8, random: &mut StdRng) -> IceCreds {
    let mut text = |length: usize| -> String { (0..length).map(|_| char::from(random.sample(rand::distr::Alphanumeric))).collect() };
    IceCreds {
        ufrag: stun::ufrag(worker, &text(UFRAG_CHARACTERS)),
        pass: text(PASSWORD_CHARACTERS),
    }
}

/// For str0m: payload type, codec, clock, channels.
fn kinds(formats: &Formats) -> impl Iterator<Item = (u8, Kind, Frequency, Option<u8>)> {
    let codecs = formats.codecs.iter().map(|format| match format.codec {
        Codec::Opus => (format.receive, Kind::Opus, Frequency::FORTY_EIGHT_KHZ, Some(2)),
        Codec::G722 => (format.receive, Kind::G722, Frequency::EIGHT_KHZ, None),
        Codec::Pcma => (format.receive, Kind::PCMA, Frequency::EIGHT_KHZ, None),
        Codec::Pcmu => (format.receive, Kind::PCMU, Frequency::EIGHT_KHZ, None),
    });
    let events = formats.events.iter().map(|event| {
        let clock = if event.clock == 48_000 {
            Frequency::FORTY_EIGHT_KHZ
        } else {
            Frequency::EIGHT_KHZ
        };
        (event.receive, Kind::Tele, clock, None)
    });
    codecs.chain(events)
}
