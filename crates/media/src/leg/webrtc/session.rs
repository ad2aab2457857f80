//! One str0m session: how it is made, and what it is told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::control::Refusal;
use rand::rngs::StdRng;
use rand::{Rng, RngCore};
use str0m::change::SdpOffer;
use str0m::config::{CryptoProvider, DtlsCert, Fingerprint};
use str0m::format::Codec as Kind;
use str0m::ice::StunMessage;
use str0m::media::{Frequency, MediaKind, Mid, Pt};
use str0m::net::Protocol;
use str0m::rtp::{Extension, Ssrc};
use str0m::{Candidate, IceCreds, Rtc, RtcConfig};

use crate::audio::codec::Codec;
use crate::sdp::negotiate::Formats;
use crate::sdp::write::AUDIO_LEVEL;
use crate::sdp::{Media, Setup};
use crate::stun;

/// Candidates of a peer that are looked at.
const REMOTE_CANDIDATES_MAX: usize = 32;
/// Streams of a browser that are known at a time.
const STREAMS_MAX: usize = 8;
/// How often str0m reports what RTCP says.
const STATS_INTERVAL: Duration = Duration::from_secs(2);
/// The first retransmission of a connectivity check; str0m's default costs 200 ms of set-up.
const STUN_RTO: Duration = Duration::from_millis(50);
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

/// A stream that str0m takes packets of.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    ssrc: u32,
    /// A packet of it was authentic. Until then anybody may have made it up.
    proven: bool,
}

/// The peer as str0m knows it.
pub(super) struct Session {
    pub(super) rtc: Rtc,
    pub(super) mid: Mid,
    pub(super) mid_text: String,
    pub(super) ssrc: Ssrc,
    pub(super) credentials: IceCreds,
    /// Of the peer, once known.
    pub(super) fingerprint: Option<(String, Vec<u8>)>,
    pub(super) remote: Option<IceCreds>,
    /// Our part in DTLS.
    pub(super) setup: Setup,
    pub(super) level_extension: Option<u8>,
    /// Payload types that str0m lets through, fixed for its lifetime.
    pub(super) formats: Formats,
    /// Most recently used last.
    pub(super) streams: Vec<Stream>,
    pub(super) remote_candidates: usize,
    pub(super) due: Instant,
}

impl Session {
    #[allow(clippy::too_many_arguments, reason = "what a session is made of")]
    /// A session with nobody yet. `candidates`: ours.
    pub(super) fn new(
        candidates: Vec<Candidate>,
        formats: &Formats,
        mid_text: String,
        level: Option<u8>,
        identity: &Identity,
        now: Instant,
        random: &mut StdRng,
    ) -> Self {
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
        for candidate in candidates {
            rtc.add_local_candidate(candidate);
        }
        let mid = Mid::from(mid_text.as_str());
        let ssrc = Ssrc::from(random.next_u32().max(1));
        let mut direct = rtc.direct_api();
        direct.declare_media(mid, MediaKind::Audio);
        direct.declare_stream_tx(ssrc, None, mid, None);
        Self {
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

    /// Tells str0m who the peer is and where it may be.
    ///
    /// # Errors
    ///
    /// [`Refusal::Malformed`] when str0m cannot begin DTLS.
    pub(super) fn meet(&mut self, media: &Media, theirs: (String, Vec<u8>), remote: IceCreds) -> Result<(), Refusal> {
        if self.fingerprint.is_none() {
            // We let the peer open the connection unless it insists that we do (RFC 8842 section 5.3).
            let active = media.setup == Some(Setup::Passive);
            let mut direct = self.rtc.direct_api();
            direct.set_remote_fingerprint(Fingerprint {
                hash_func: theirs.0.clone(),
                bytes: theirs.1.clone(),
            });
            direct.set_remote_ice_credentials(remote.clone());
            direct.start_dtls(active).map_err(|_| Refusal::Malformed)?;
            self.setup = if active { Setup::Active } else { Setup::Passive };
            self.fingerprint = Some(theirs);
        }
        self.remote = Some(remote);
        if let Some(ssrc) = media.ssrc {
            self.expect_stream(ssrc);
        }
        for candidate in &media.candidates {
            self.add_candidate(candidate);
        }
        Ok(())
    }

    /// Whether a binding request carries proof that its sender knows our password.
    pub(super) fn authenticates(&self, request: &[u8], identity: &Identity) -> bool {
        let hmac = identity.provider.sha1_hmac_provider;
        StunMessage::parse(request)
            .is_ok_and(|message| message.verify(self.credentials.pass.as_bytes(), |key, parts| hmac.sha1_hmac(key, parts)))
    }

    /// Makes str0m take packets of a stream; where there are too many, it forgets one that was not proven, else the one unused
    /// for longest.
    pub(super) fn expect_stream(&mut self, ssrc: u32) {
        match self.streams.iter().rposition(|stream| stream.ssrc == ssrc) {
            Some(at) if at + 1 == self.streams.len() => return,
            Some(at) => {
                self.streams[at..].rotate_left(1);
                return;
            }
            None if ssrc == 0 => return,
            None => {}
        }
        let mut direct = self.rtc.direct_api();
        if self.streams.len() == STREAMS_MAX {
            let unproven = self.streams.iter().position(|stream| !stream.proven);
            let gone = self.streams.remove(unproven.unwrap_or(0));
            direct.remove_stream_rx(Ssrc::from(gone.ssrc));
        }
        direct.expect_stream_rx(Ssrc::from(ssrc), None, self.mid, None).suppress_nack(true);
        self.streams.push(Stream { ssrc, proven: false });
    }

    /// A packet of this stream was authentic.
    pub(super) fn prove_stream(&mut self, ssrc: u32) {
        if let Some(stream) = self.streams.iter_mut().rfind(|stream| stream.ssrc == ssrc) {
            stream.proven = true;
        }
    }

    /// A browser need not announce its SSRC; there is one m-line, so a new stream can only be its audio.
    pub(super) fn expect_stream_of(&mut self, data: &[u8]) {
        let rtp = matches!(data.first(), Some(128..=191)) && !crate::rtp::is_rtcp(data);
        if let (true, Some(ssrc)) = (rtp, data.get(8..12)) {
            self.expect_stream(u32::from_be_bytes([ssrc[0], ssrc[1], ssrc[2], ssrc[3]]));
        }
    }

    /// An address of ours that came later.
    pub(super) fn add_host(&mut self, address: SocketAddr) {
        if let Ok(candidate) = Candidate::host(address, Protocol::Udp) {
            self.rtc.add_local_candidate(candidate);
        }
    }

    pub(super) fn add_candidate(&mut self, candidate: &str) {
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
    pub(super) fn restart_ice(
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

    pub(super) fn restart_description(&self, media: &Media, remote: &IceCreds, theirs: &(String, Vec<u8>)) -> String {
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

pub(super) fn peer_of(media: &Media) -> Option<((String, Vec<u8>), IceCreds)> {
    let remote = IceCreds {
        ufrag: media.ice_ufrag.clone()?,
        pass: media.ice_password.clone()?,
    };
    Some((fingerprint(media)?.clone(), remote))
}

/// The fingerprint to check against: SHA-256 where the peer has one.
pub(super) fn fingerprint(media: &Media) -> Option<&(String, Vec<u8>)> {
    let usable = |hash: &str| media.fingerprints.iter().find(|(name, _)| name == hash);
    usable("sha-256").or_else(|| usable("sha-1"))
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
