//! A browser's packets: ICE, DTLS and SRTP by str0m, over the one UDP port or through connections of the one TCP port.
//!
//! SDP is ours ([`crate::sdp`]); str0m is told what was agreed through its direct API. The one thing that only its SDP
//! can do, a peer's ICE restart, is told with a description made up for it.
//!
//! ```text
//!   New ──► Connecting ──► Connected ◄──► Lost ──► Failed
//!              └─────────────────────────────────────▲
//! ```

mod flow;
mod session;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use model::control::{Failure, Reached, Refusal};
use model::quality::Transport as Way;
use rand::rngs::StdRng;
use str0m::Candidate;
use str0m::net::{Protocol, TcpType};

pub(crate) use session::Identity;

use super::rtp::PeerView;
use crate::addresses::{Addresses, Offered, candidates};
use crate::engine::{Arrival, Path};
use crate::sdp::negotiate::Formats;
use crate::sdp::write::AUDIO_LEVEL;
use crate::sdp::{Media, Setup};
use flow::LossView;
use session::{Session, fingerprint, peer_of};

/// How long ICE and DTLS may take once both sides know each other.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);
/// How long a connection may be lost: a browser on the move comes back by ICE restart.
const LOST_LIMIT: Duration = Duration::from_secs(20);
/// Candidates of an unanswered offer that are kept.
const TRICKLED_MAX: usize = 32;
/// Header extension id of our own offers.
const LEVEL_EXTENSION: u8 = 1;

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

/// The packets of one browser.
pub(crate) struct WebRtc {
    /// Ours, as str0m sends from them.
    hosts: Vec<SocketAddr>,
    /// What the peer is told, best first.
    offered: Vec<Offered>,
    /// Stands in str0m for all connections of the one TCP port, whatever address the peer has dialled.
    tcp: SocketAddr,
    session: Option<Session>,
    state: State,
    /// Connections of the one TCP port, the latest last: peer or, for a TURN client, relayed address.
    connections: Vec<(SocketAddr, Path)>,
    early: Vec<(Arrival, Vec<u8>)>,
    /// Candidates that belong to an offer which is not answered yet.
    trickled: Vec<String>,
    /// Addresses bound to this leg on the one UDP port, oldest first.
    bound: Vec<SocketAddr>,
    pub(crate) transport: Way,
    /// The latest packet came through a connection.
    pub(crate) heard_by_stream: bool,
    pub(crate) peer: PeerView,
    /// Share of our packets that the browser has lost lately, in percent, until somebody takes it.
    pub(crate) loss_reported: Option<f32>,
    loss_view: LossView,
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
    pub(crate) fn new(reached: &Reached, addresses: &Addresses) -> Self {
        Self {
            hosts: addresses.hosts(reached),
            offered: addresses.offered(reached),
            tcp: SocketAddr::new(reached.local.to_canonical(), addresses.tcp_port),
            session: None,
            state: State::New,
            connections: Vec::new(),
            early: Vec::new(),
            trickled: Vec::new(),
            bound: Vec::new(),
            transport: Way::None,
            heard_by_stream: false,
            peer: PeerView::default(),
            loss_reported: None,
            loss_view: LossView::default(),
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

    /// The peer has come from elsewhere, or our addresses have changed.
    pub(crate) fn locate(&mut self, reached: &Reached, addresses: &Addresses) {
        self.offered = addresses.offered(reached);
        let hosts = addresses.hosts(reached);
        if let Some(session) = &mut self.session {
            for new in hosts.iter().filter(|host| !self.hosts.contains(host)) {
                session.add_host(*new);
            }
        }
        self.hosts = hosts;
    }

    /// Our user name fragment, once there is one.
    pub(crate) fn ufrag(&self) -> Option<&str> {
        self.session.as_ref().map(|session| session.credentials.ufrag.as_str())
    }

    /// Makes ready to offer: a session exists afterwards.
    pub(crate) fn prepare_offer(&mut self, formats: &Formats, identity: &Identity, now: Instant, random: &mut StdRng) {
        if self.session.is_none() {
            let mut session = Session::new(
                self.local_candidates(),
                formats,
                "0".to_owned(),
                Some(LEVEL_EXTENSION),
                identity,
                now,
                random,
            );
            session.rtc.direct_api().set_ice_controlling(true);
            self.session = Some(session);
        }
    }

    /// Takes over an offer: makes a session, goes on with the one that is, or restarts ICE, whichever the offer means.
    /// True when the peer is a new one.
    ///
    /// # Errors
    ///
    /// [`Refusal::Malformed`] when str0m does not like it; the session before goes on.
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
            let mut session = Session::new(self.local_candidates(), formats, mid, level, identity, now, random);
            // The offerer leads, unless it cannot (RFC 8445 section 6.1.1).
            session.rtc.direct_api().set_ice_controlling(media.ice_lite);
            session.meet(media, theirs, remote)?;
            self.session = Some(session);
            self.state = State::New;
        } else {
            let session = self.session.as_mut().ok_or(Refusal::OutOfTurn)?;
            let restarts = session.remote.as_ref().is_some_and(|known| *known != remote);
            if restarts {
                session.restart_ice(media, &remote, &theirs, identity, random)?;
            }
            session.meet(media, theirs, remote)?;
            let until = now + CONNECT_LIMIT;
            match (restarts, self.is_ready()) {
                // Media goes on over the old way until the new one is there.
                (true, true) => self.state = State::Lost { until },
                (true, false) => self.state = State::Connecting { until },
                (false, _) => {}
            }
        }
        self.met(now);
        Ok(stranger)
    }

    /// Takes over the answer to our offer.
    ///
    /// # Errors
    ///
    /// [`Refusal::Malformed`] when it is another peer's than the one we are connected to.
    pub(crate) fn accept(&mut self, media: &Media, now: Instant) -> Result<(), Refusal> {
        let (theirs, remote) = peer_of(media).ok_or(Refusal::Malformed)?;
        let session = self.session.as_mut().ok_or(Refusal::OutOfTurn)?;
        let known = session.fingerprint.as_ref().is_none_or(|known| *known == theirs)
            && session.remote.as_ref().is_none_or(|known| *known == remote);
        if !known {
            return Err(Refusal::Malformed);
        }
        session.meet(media, theirs, remote)?;
        self.met(now);
        Ok(())
    }

    /// The session knows its peer.
    fn met(&mut self, now: Instant) {
        let Some(session) = &mut self.session else { return };
        for candidate in std::mem::take(&mut self.trickled) {
            session.add_candidate(&candidate);
        }
        session.due = now;
        if self.state == State::New {
            self.state = State::Connecting {
                until: now + CONNECT_LIMIT,
            };
        }
    }

    /// Whether a binding request is of somebody who has our description (RFC 8489 section 9.1.3).
    pub(crate) fn authenticates(&self, request: &[u8], identity: &Identity) -> bool {
        self.session
            .as_ref()
            .is_some_and(|session| session.authenticates(request, identity))
    }

    /// A trickled candidate. One of an offer that is not answered yet waits for that.
    pub(crate) fn add_candidate(&mut self, candidate: String, waits: bool, now: Instant) {
        if waits {
            if self.trickled.len() < TRICKLED_MAX {
                self.trickled.push(candidate);
            }
        } else if let Some(session) = &mut self.session {
            session.add_candidate(&candidate);
            session.due = now;
        }
    }

    /// What to write into a description.
    pub(crate) fn presentation(&mut self, offering: bool) -> Option<Presentation> {
        let session = self.session.as_mut()?;
        Some(Presentation {
            mid: session.mid_text.clone(),
            ufrag: session.credentials.ufrag.clone(),
            password: session.credentials.pass.clone(),
            fingerprint: session.rtc.direct_api().local_dtls_fingerprint().to_string(),
            setup: if offering { Setup::ActPass } else { session.setup },
            default: self.offered.first().map(|offered| offered.address),
            candidates: candidates(&self.offered),
            level_extension: session.level_extension,
            ssrc: *session.ssrc,
        })
    }

    fn local_candidates(&self) -> Vec<Candidate> {
        let udp = self
            .hosts
            .iter()
            .filter_map(|address| Candidate::host(*address, Protocol::Udp).ok());
        let tcp = Candidate::builder().tcp().host(self.tcp).tcptype(TcpType::Passive).build().ok();
        udp.chain(tcp).collect()
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
}
