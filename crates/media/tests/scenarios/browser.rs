//! A browser, played by str0m with its own SDP.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use media::audio::codec::{Codec, Encoder};
use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::format::{Codec as Kind, FormatParams};
use str0m::media::{Direction, Frequency, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::{RtpPacket, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use crate::phone::{Ear, Voice};
use crate::world::{Packet, addr};

const FRAME: Duration = Duration::from_millis(20);

pub struct Browser {
    pub rtc: Rtc,
    pub address: SocketAddr,
    /// The connection that it dials, and from where.
    pub tcp: Option<(u64, SocketAddr)>,
    /// Its TCP candidate: what its ICE takes for the local address.
    tcp_candidate: Option<SocketAddr>,
    mid: Option<Mid>,
    pending: Option<SdpPendingOffer>,
    pub connected: bool,
    pub talking: bool,
    pub codec: Codec,
    pub payload_type: u8,
    pub voice: Voice,
    encoder: Encoder,
    sequence: u64,
    pub timestamp: u32,
    next: Instant,
    due: Instant,
    pub ear: Ear,
    pub received: Vec<RtpPacket>,
    /// Protocol of what it was sent last.
    pub via: Option<Protocol>,
    /// What it had to say while it received.
    replies: Vec<Packet>,
}

impl Browser {
    pub fn new(address: &str, tone_hz: f32, now: Instant) -> Self {
        Self::with_codecs(address, tone_hz, &Codec::ALL, now)
    }

    /// A browser with only these codecs.
    pub fn with_codecs(address: &str, tone_hz: f32, codecs: &[Codec], now: Instant) -> Self {
        let mut config = RtcConfig::new()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(codecs.contains(&Codec::Opus), false);
        config = config
            .enable_g722(codecs.contains(&Codec::G722), false)
            .enable_pcma(codecs.contains(&Codec::Pcma), false);
        config = config.enable_pcmu(codecs.contains(&Codec::Pcmu), false);
        // As Chromium: events at both clocks.
        config.codec_config().add_config(
            Pt::from(110),
            None,
            Kind::Tele,
            Frequency::FORTY_EIGHT_KHZ,
            None,
            FormatParams::default(),
        );
        config
            .codec_config()
            .add_config(Pt::from(126), None, Kind::Tele, Frequency::EIGHT_KHZ, None, FormatParams::default());
        let mut rtc = config.build(now);
        rtc.add_local_candidate(Candidate::host(addr(address), "udp").expect("a candidate"));
        let codec = codecs[0];
        Self {
            rtc,
            address: addr(address),
            tcp: None,
            tcp_candidate: None,
            mid: None,
            pending: None,
            connected: false,
            talking: true,
            codec,
            payload_type: codec.payload_type(),
            voice: Voice::new(tone_hz),
            encoder: Encoder::new(codec, codec.rate()).expect("an encoder"),
            sequence: 100,
            timestamp: 1_000,
            next: now,
            due: now,
            ear: Ear::default(),
            received: Vec::new(),
            via: None,
            replies: Vec::new(),
        }
    }

    /// Can dial our TCP port, too.
    pub fn with_tcp(mut self, connection: u64) -> Self {
        let from = SocketAddr::new(self.address.ip(), 50_000 + u16::try_from(connection).expect("small"));
        let candidate = Candidate::builder()
            .tcp()
            .host(from)
            .tcptype(TcpType::Active)
            .build()
            .expect("a candidate");
        self.rtc.add_local_candidate(candidate);
        self.tcp = Some((connection, from));
        self.tcp_candidate = Some(from);
        self
    }

    /// A STUN server has told what it looks like.
    pub fn knows_itself_as(&mut self, public: SocketAddr) {
        let candidate = Candidate::server_reflexive(public, self.address, "udp").expect("a candidate");
        self.rtc.add_local_candidate(candidate);
    }

    /// Dials again after its connection broke; its ICE does not notice.
    pub fn redial(&mut self, connection: u64) {
        let from = SocketAddr::new(self.address.ip(), 50_000 + u16::try_from(connection).expect("small"));
        self.tcp = Some((connection, from));
    }

    /// Changes its network: the old address is dead.
    pub fn move_to(&mut self, address: &str) {
        self.address = addr(address);
        self.rtc
            .add_local_candidate(Candidate::host(self.address, "udp").expect("a candidate"));
    }

    pub fn offer(&mut self) -> String {
        let mut changes = self.rtc.sdp_api();
        match self.mid {
            None => self.mid = Some(changes.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None)),
            Some(_) => {
                changes.ice_restart(true);
            }
        }
        let (offer, pending) = changes.apply().expect("something to offer");
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    pub fn offer_direction(&mut self, direction: Direction) -> String {
        let mut changes = self.rtc.sdp_api();
        changes.set_direction(self.mid.expect("in a call"), direction);
        let (offer, pending) = changes.apply().expect("something to offer");
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    pub fn accept(&mut self, answer: &str, now: Instant) {
        let answer = SdpAnswer::from_sdp_string(answer).expect("an answer that str0m can read");
        let pending = self.pending.take().expect("an offer");
        self.rtc
            .sdp_api()
            .accept_answer(pending, answer)
            .expect("an answer that str0m likes");
        self.due = now;
    }

    pub fn answer(&mut self, offer: &str, now: Instant) -> String {
        let offer = SdpOffer::from_sdp_string(offer).expect("an offer that str0m can read");
        let answer = self.rtc.sdp_api().accept_offer(offer).expect("an offer that str0m likes");
        self.due = now;
        answer.to_sdp_string()
    }

    pub fn change_codec(&mut self, codec: Codec) {
        self.codec = codec;
        self.payload_type = codec.payload_type();
        self.encoder = Encoder::new(codec, codec.rate()).expect("an encoder");
    }

    pub fn owns(&self, packet: &Packet) -> bool {
        match (packet.connection, self.tcp) {
            (Some(connection), Some((mine, _))) => connection == mine,
            (None, _) => packet.destination == self.address,
            (Some(_), None) => false,
        }
    }

    pub fn due(&mut self) -> Option<Instant> {
        Some(if self.connected && self.talking {
            self.due.min(self.next)
        } else {
            self.due
        })
    }

    pub fn receive(&mut self, packet: &Packet, now: Instant) {
        let proto = if packet.connection.is_some() {
            Protocol::Tcp
        } else {
            Protocol::Udp
        };
        let Ok(contents) = packet.data.as_slice().try_into() else { return };
        // What dials sees its own local candidate as the destination.
        let destination = if packet.connection.is_some() {
            self.tcp_candidate.expect("dialled")
        } else {
            packet.destination
        };
        if packet.data[0] >= 128 {
            self.via = Some(proto);
        }
        let receive = Receive {
            proto,
            source: packet.source,
            destination,
            contents,
        };
        self.rtc.handle_input(Input::Receive(now, receive)).expect("str0m takes it");
        // At once: str0m keeps one packet of a stream at a time.
        let mut replies = std::mem::take(&mut self.replies);
        self.drain(now, &mut replies);
        self.replies = replies;
        self.due = now;
    }

    /// Writes one RTP packet.
    pub fn write(&mut self, payload_type: u8, marker: bool, timestamp: u32, payload: &[u8], now: Instant) {
        self.sequence += 1;
        let Some(mid) = self.mid else { return };
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(mid, None) else { return };
        stream.write_rtp(RtpWrite::new(Pt::from(payload_type), self.sequence.into(), timestamp, now, payload).marker(marker));
        self.due = now;
    }

    pub fn run(&mut self, now: Instant, out: &mut Vec<Packet>) {
        out.append(&mut self.replies);
        if self.connected && self.talking && self.next <= now {
            while self.next <= now {
                self.next += FRAME;
            }
            let pcm = self.voice.frame(self.codec.rate());
            let mut payload = [0; 1_300];
            let length = self.encoder.encode(&pcm, &mut payload).expect("a frame");
            self.timestamp = self.timestamp.wrapping_add(self.codec.frame_ticks());
            self.write(self.payload_type, false, self.timestamp, &payload[..length], now);
        }
        if self.due > now {
            return;
        }
        self.rtc.handle_input(Input::Timeout(now)).expect("str0m's time passes");
        self.drain(now, out);
    }

    fn drain(&mut self, now: Instant, out: &mut Vec<Packet>) {
        loop {
            match self.rtc.poll_output().expect("str0m goes on") {
                Output::Timeout(due) => {
                    self.due = due;
                    return;
                }
                Output::Transmit(transmit) if transmit.proto == Protocol::Udp && transmit.source != self.address => {}
                Output::Transmit(transmit) => {
                    let connection = match transmit.proto {
                        Protocol::Udp => None,
                        _ => Some(self.tcp.expect("dialled").0),
                    };
                    let source = if connection.is_some() {
                        self.tcp.expect("dialled").1
                    } else {
                        transmit.source
                    };
                    out.push(Packet {
                        at: now,
                        connection,
                        source,
                        destination: transmit.destination,
                        data: transmit.contents.to_vec(),
                    });
                }
                Output::Event(Event::Connected) => {
                    self.connected = true;
                    self.next = now;
                }
                Output::Event(Event::MediaAdded(added)) => self.mid = Some(added.mid),
                Output::Event(Event::RtpPacket(packet)) => {
                    let codec = Codec::ALL
                        .into_iter()
                        .find(|codec| codec.payload_type() == *packet.header.payload_type);
                    if let Some(codec) = codec {
                        self.ear.hear(codec, &packet.payload);
                    }
                    self.received.push(packet);
                }
                Output::Event(_) => {}
            }
        }
    }
}
