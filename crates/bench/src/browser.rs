//! A browser's media, played by str0m: ICE over UDP, DTLS-SRTP, one audio stream.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use media::audio::codec::Codec;
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

/// Larger than any packet of the server.
const PACKET_BYTES_MAX: usize = 2000;

pub(crate) struct Browser {
    rtc: Rtc,
    socket: UdpSocket,
    address: SocketAddr,
    codec: Codec,
    mid: Mid,
    pending: Option<SdpPendingOffer>,
    connected: bool,
    due: Instant,
    sequence: u64,
    timestamp: u32,
}

impl Browser {
    /// A browser that knows one codec, and its offer.
    pub(crate) fn new(codec: Codec) -> anyhow::Result<(Self, String)> {
        let now = Instant::now();
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let config = RtcConfig::new().set_rtp_mode(true).clear_codecs();
        let config = config
            .enable_opus(codec == Codec::Opus, false)
            .enable_pcmu(codec == Codec::Pcmu, false);
        let mut rtc = config.build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp")?);
        let mut changes = rtc.sdp_api();
        let mid = changes.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = changes.apply().context("nothing to offer")?;
        let pending = Some(pending);
        let browser = Self {
            rtc,
            socket,
            address,
            codec,
            mid,
            pending,
            connected: false,
            due: now,
            sequence: 1,
            timestamp: 0,
        };
        Ok((browser, offer.to_sdp_string()))
    }

    pub(crate) fn accept(&mut self, answer: &str) -> anyhow::Result<()> {
        let answer = SdpAnswer::from_sdp_string(answer)?;
        let pending = self.pending.take().context("no offer is open")?;
        self.rtc.sdp_api().accept_answer(pending, answer)?;
        self.due = Instant::now();
        Ok(())
    }

    pub(crate) fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    /// ICE and DTLS are done.
    pub(crate) fn is_connected(&self) -> bool {
        self.connected
    }

    /// Sends a frame.
    pub(crate) fn talk(&mut self, payload: &[u8], on_audio: impl FnMut(&[u8])) -> anyhow::Result<()> {
        let now = Instant::now();
        self.sequence += 1;
        self.timestamp = self.timestamp.wrapping_add(self.codec.frame_ticks());
        let (mid, payload_type) = (self.mid, Pt::from(self.codec.payload_type()));
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(mid, None).context("no stream to talk on")?;
        stream.write_rtp(RtpWrite::new(payload_type, self.sequence.into(), self.timestamp, now, payload));
        self.rtc.handle_input(Input::Timeout(now))?;
        self.drain(on_audio)
    }

    /// Takes what has come.
    pub(crate) fn receive(&mut self, mut on_audio: impl FnMut(&[u8])) -> anyhow::Result<()> {
        let mut bytes = [0; PACKET_BYTES_MAX];
        loop {
            let (length, source) = match self.socket.recv_from(&mut bytes) {
                Ok(received) => received,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                // A port that was closed, told by ICMP.
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => continue,
                Err(error) => return Err(error.into()),
            };
            let Ok(contents) = bytes[..length].try_into() else { continue };
            let receive = Receive {
                proto: Protocol::Udp,
                source,
                destination: self.address,
                contents,
            };
            self.rtc.handle_input(Input::Receive(Instant::now(), receive))?;
            self.drain(&mut on_audio)?;
        }
    }

    /// Lets its time pass when it is due.
    pub(crate) fn tick(&mut self, now: Instant, on_audio: impl FnMut(&[u8])) -> anyhow::Result<()> {
        if self.due > now {
            return Ok(());
        }
        self.rtc.handle_input(Input::Timeout(now))?;
        self.drain(on_audio)
    }

    fn drain(&mut self, mut on_audio: impl FnMut(&[u8])) -> anyhow::Result<()> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(due) => {
                    self.due = due.min(Instant::now() + Duration::from_secs(1));
                    return Ok(());
                }
                Output::Transmit(transmit) => {
                    // A full socket loses packets, as a network does.
                    let _ = self.socket.send_to(&transmit.contents, transmit.destination);
                }
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::RtpPacket(packet)) => on_audio(&packet.payload),
                Output::Event(_) => {}
            }
        }
    }
}
