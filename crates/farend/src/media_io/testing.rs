//! What tests of media threads share: descriptions, connectivity checks, ports.

use std::net::{SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU16, Ordering};

use model::control::{Peer, Reached, Srtp};
use relay::stun::{Class, Writer, attribute, method};

use super::PortPair;

/// What a browser offers, as much as ICE needs.
pub(crate) const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
                     m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n\
                     a=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n\
                     a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:0 PCMU/8000\r\n";

/// A leg's ICE credentials.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    /// The peer's user name fragment.
    pub(crate) peer: &'static str,
    pub(crate) ufrag: String,
    pub(crate) pwd: String,
}

impl Credentials {
    /// As our answer to [`OFFER`] tells them.
    pub(crate) fn of(sdp: &str) -> Self {
        let value = |name: &str| sdp.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
        Self {
            peer: "abcd",
            ufrag: value("a=ice-ufrag:"),
            pwd: value("a=ice-pwd:"),
        }
    }

    /// A connectivity check of a browser.
    pub(crate) fn check(&self, transaction: u8) -> Vec<u8> {
        let mut out = Vec::new();
        let mut request = Writer::new(&mut out, Class::Request, method::BINDING, &[transaction; 12]);
        request
            .attribute(attribute::USERNAME, format!("{}:{}", self.ufrag, self.peer).as_bytes())
            // PRIORITY, ICE-CONTROLLING
            .number(0x0024, 0x6e7f_1eff)
            .attribute(0x802a, &[9; 8])
            .integrity(self.pwd.as_bytes());
        request.fingerprint();
        out
    }
}

/// A browser on this machine.
pub(crate) fn browser() -> Peer {
    let local = [127, 0, 0, 1].into();
    Peer::Browser {
        reached: Reached {
            local,
            peer: local,
            page: None,
        },
    }
}

/// A phone on this machine.
pub(crate) fn phone() -> Peer {
    let local = [127, 0, 0, 1].into();
    Peer::Phone {
        local,
        signalling: local,
        srtp: Srtp::Never,
        trunk: None,
    }
}

/// What a phone at this address offers.
pub(crate) fn phone_offer(at: SocketAddr) -> String {
    let (ip, port) = (at.ip(), at.port());
    format!("v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n")
}

/// Two ports in a row, the first of them even.
pub(crate) fn pair(home: u8) -> PortPair {
    loop {
        let rtp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = rtp.local_addr().unwrap().port();
        if port.is_multiple_of(2)
            && let Ok(rtcp) = UdpSocket::bind(("127.0.0.1", port + 1))
        {
            rtp.set_nonblocking(true).unwrap();
            rtcp.set_nonblocking(true).unwrap();
            return PortPair { port, rtp, rtcp, home };
        }
    }
}

/// A range of this test's own, below the ports that the system gives away; what is taken of it all the same is left out.
pub(crate) fn own_ports() -> RangeInclusive<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let number = std::process::id() as u16 % 500 * 2 + NEXT.fetch_add(1, Ordering::Relaxed);
    let even = 10_000 + number % 1_000 * 20;
    even..=even + 19
}

/// A desk phone on this machine.
pub(crate) struct Phone {
    pub(crate) socket: UdpSocket,
    remote: Option<SocketAddr>,
    sequence: u16,
    /// Sequence numbers of what it was sent.
    pub(crate) received: Vec<u16>,
}

impl Phone {
    pub(crate) fn new() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        Self {
            socket,
            remote: None,
            sequence: 0,
            received: Vec::new(),
        }
    }

    pub(crate) fn offer(&self) -> String {
        phone_offer(self.socket.local_addr().unwrap())
    }

    pub(crate) fn aim(&mut self, answer: &str) {
        let media = answer.lines().find_map(|line| line.strip_prefix("m=audio ")).unwrap();
        let port: u16 = media.split(' ').next().unwrap().parse().unwrap();
        self.remote = Some(SocketAddr::from(([127, 0, 0, 1], port)));
    }

    /// Sends a packet of audio.
    pub(crate) fn talk(&mut self) {
        self.sequence += 1;
        let mut packet = [0; 172];
        let timestamp = u32::from(self.sequence) * 160;
        media::rtp::write(&mut packet, 0, false, self.sequence, timestamp, 7, &[0x55; 160]).unwrap();
        self.socket.send_to(&packet, self.remote.unwrap()).unwrap();
    }

    /// Reads what is there; whether so many packets have come in all.
    pub(crate) fn has_heard(&mut self, packets: usize) -> bool {
        let mut buffer = [0; 1_500];
        while let Ok(length) = self.socket.recv(&mut buffer) {
            if let Some(packet) = media::rtp::Packet::parse(&buffer[..length]) {
                self.received.push(packet.sequence);
            }
        }
        self.received.len() >= packets
    }

    pub(crate) fn assert_continuous(&self) {
        let follows = |pair: &[u16]| pair[1] == pair[0].wrapping_add(1);
        assert!(self.received.windows(2).all(follows), "{:?}", self.received);
    }
}
