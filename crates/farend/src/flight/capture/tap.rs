//! What a running capture sees of the threads' packets.
//!
//! While none runs, a packet costs one relaxed look at a flag. While one runs, those of its legs are copied into a bounded queue; what does not fit
//! is counted.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use crossbeam_queue::ArrayQueue;
use media::engine::{Arrival, Path};
use model::LegId;
use sip::Flow;

/// Packets that wait to be written: a fifth of a second of eighty legs.
const PACKETS_MAX: usize = 8_192;
/// Ways that one thread remembers of captured legs.
const WAYS_MAX: usize = 1_024;
/// Of a packet whose sound is not wanted; RTP headers with all extensions that we know are shorter.
const HEAD_BYTES_MAX: usize = 256;

/// Which legs are captured, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Watched {
    /// Which capture it is for.
    pub(crate) generation: u64,
    pub(crate) legs: BTreeSet<LegId>,
    /// Ports of the pool and whose they are.
    pub(crate) ports: BTreeMap<u16, LegId>,
    pub(crate) with_audio: bool,
}

/// A packet, as it was on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) at: SystemTime,
    pub(crate) carrier: Carrier,
    pub(crate) source: SocketAddr,
    pub(crate) destination: SocketAddr,
    /// How long it was.
    pub(crate) length: usize,
    /// Its beginning, or all of it.
    pub(crate) bytes: Vec<u8>,
}

/// What carried it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// A SIP message.
    Sip { flow: Flow, is_inbound: bool },
    /// Media of this leg.
    Media { leg: LegId, is_stream: bool },
}

/// See the module; cheap to clone.
#[derive(Clone)]
pub(crate) struct Tap(Arc<Shared>);

struct Shared {
    is_on: AtomicBool,
    watched: ArcSwap<Watched>,
    packets: ArrayQueue<Packet>,
    dropped: AtomicU64,
}

impl std::fmt::Debug for Tap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tap").field("is_on", &self.is_on()).finish_non_exhaustive()
    }
}

impl Tap {
    /// Closed.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Shared {
            is_on: AtomicBool::new(false),
            watched: ArcSwap::default(),
            packets: ArrayQueue::new(PACKETS_MAX),
            dropped: AtomicU64::new(0),
        }))
    }

    /// Whether a capture runs.
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        self.0.is_on.load(Ordering::Relaxed)
    }

    /// These are captured from now on.
    pub(crate) fn watch(&self, watched: Watched) {
        if **self.0.watched.load() != watched {
            self.0.watched.store(Arc::new(watched));
        }
        self.0.is_on.store(true, Ordering::Relaxed);
    }

    /// Nothing is captured any more.
    pub(crate) fn close(&self) {
        self.0.is_on.store(false, Ordering::Relaxed);
        self.0.watched.store(Arc::default());
        while self.0.packets.pop().is_some() {}
    }

    /// What was seen since this was asked last.
    pub(crate) fn take(&self) -> Vec<Packet> {
        (0..self.0.packets.len()).map_while(|_| self.0.packets.pop()).collect()
    }

    /// Packets for which there was no room, since the program began.
    pub(crate) fn dropped(&self) -> u64 {
        self.0.dropped.load(Ordering::Relaxed)
    }

    fn push(&self, packet: Packet) {
        if self.0.packets.push(packet).is_err() {
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A SIP message; whose it is will be found out later.
    pub(crate) fn sip(&self, flow: &Flow, is_inbound: bool, bytes: &[u8]) {
        let (source, destination) = if is_inbound {
            (flow.peer, flow.local)
        } else {
            (flow.local, flow.peer)
        };
        self.push(Packet {
            at: SystemTime::now(),
            carrier: Carrier::Sip { flow: *flow, is_inbound },
            source,
            destination,
            length: bytes.len(),
            bytes: bytes.to_vec(),
        });
    }
}

/// The way of a leg's media that is not a port of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Way {
    Udp(SocketAddr),
    Connection(u64),
}

/// One media thread's end: what came tells whose is what goes.
#[derive(Debug)]
pub(crate) struct WireTap {
    tap: Tap,
    generation: u64,
    ways: HashMap<Way, (LegId, SocketAddr)>,
}

impl WireTap {
    pub(crate) fn new(tap: Tap) -> Self {
        Self {
            tap,
            generation: 0,
            ways: HashMap::new(),
        }
    }

    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        self.tap.is_on()
    }

    fn watched(&mut self) -> Arc<Watched> {
        let watched = self.tap.0.watched.load_full();
        if watched.generation != self.generation {
            self.generation = watched.generation;
            self.ways.clear();
        }
        watched
    }

    /// A packet has come, and it is this leg's.
    pub(crate) fn received(&mut self, leg: LegId, arrival: &Arrival, bytes: &[u8]) {
        let watched = self.watched();
        if !watched.legs.contains(&leg) {
            return;
        }
        let is_stream = match arrival.path {
            Path::Udp => self.learn(Way::Udp(arrival.source), leg, arrival.destination),
            Path::Tcp { connection } | Path::Relayed { connection } => {
                self.learn(Way::Connection(connection), leg, arrival.destination);
                true
            }
            Path::Rtp { .. } => false,
        };
        self.push(leg, (arrival.source, arrival.destination), is_stream, bytes, watched.with_audio);
    }

    fn learn(&mut self, way: Way, leg: LegId, ours: SocketAddr) -> bool {
        if self.ways.len() < WAYS_MAX || self.ways.contains_key(&way) {
            self.ways.insert(way, (leg, ours));
        }
        false
    }

    /// A packet goes.
    pub(crate) fn sent(&mut self, path: Path, source: SocketAddr, destination: SocketAddr, bytes: &[u8]) {
        let watched = self.watched();
        let (found, is_stream) = match path {
            Path::Udp => (self.ways.get(&Way::Udp(destination)).copied(), false),
            Path::Tcp { connection } | Path::Relayed { connection } => (self.ways.get(&Way::Connection(connection)).copied(), true),
            Path::Rtp { port } => {
                let leg = watched.ports.get(&(port & !1)).copied();
                (leg.map(|leg| (leg, SocketAddr::new(source.ip(), port))), false)
            }
        };
        if let Some((leg, ours)) = found.filter(|(leg, _)| watched.legs.contains(leg)) {
            self.push(leg, (ours, destination), is_stream, bytes, watched.with_audio);
        }
    }

    fn push(&self, leg: LegId, (source, destination): (SocketAddr, SocketAddr), is_stream: bool, bytes: &[u8], with_audio: bool) {
        let kept = if with_audio || !is_rtp(bytes) {
            bytes.to_vec()
        } else {
            without_sound(bytes)
        };
        self.tap.push(Packet {
            at: SystemTime::now(),
            carrier: Carrier::Media { leg, is_stream },
            source,
            destination,
            length: bytes.len(),
            bytes: kept,
        });
    }
}

/// RTP or RTCP (RFC 7983), with or without SRTP.
fn is_rtp(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(128..=191))
}

fn is_rtcp(bytes: &[u8]) -> bool {
    matches!(bytes.get(1), Some(192..=223))
}

/// The headers alone; of RTCP the reports, not who somebody says to be (SDES, RFC 3550 section 6.5).
fn without_sound(bytes: &[u8]) -> Vec<u8> {
    if is_rtcp(bytes) {
        return reports(bytes);
    }
    bytes[..rtp_header(bytes).min(bytes.len()).min(HEAD_BYTES_MAX)].to_vec()
}

/// Bytes of an RTP header with its extension (RFC 3550 section 5.1, 5.3.1).
fn rtp_header(bytes: &[u8]) -> usize {
    let first = bytes.first().copied().unwrap_or(0);
    let fixed = 12 + 4 * usize::from(first & 0x0f);
    if first & 0x10 == 0 {
        return fixed;
    }
    let words = bytes
        .get(fixed + 2..fixed + 4)
        .map_or(0, |words| usize::from(u16::from_be_bytes([words[0], words[1]])));
    fixed + 4 + 4 * words
}

/// Sender and receiver reports and feedback; the compound ends where anything else begins.
fn reports(bytes: &[u8]) -> Vec<u8> {
    let mut end = 0;
    while let Some([first, kind, high, low]) = bytes.get(end..end + 4).and_then(|head| <[u8; 4]>::try_from(head).ok()) {
        let length = 4 * (usize::from(u16::from_be_bytes([high, low])) + 1);
        if first >> 6 != 2 || !matches!(kind, 200 | 201 | 205 | 206) || end + length > bytes.len() {
            break;
        }
        end += length;
    }
    bytes[..end].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEG: LegId = LegId(4);

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn watched(with_audio: bool) -> Watched {
        Watched {
            generation: 1,
            legs: BTreeSet::from([LEG]),
            ports: BTreeMap::from([(30_000, LEG)]),
            with_audio,
        }
    }

    fn rtp() -> Vec<u8> {
        let mut packet = vec![0x90, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xbe, 0xde, 0, 1, 0x10, 0x80, 0, 0];
        packet.extend([0x55; 160]);
        packet
    }

    #[test]
    fn what_comes_tells_whose_is_what_goes() {
        let tap = Tap::new();
        let mut wires = WireTap::new(tap.clone());
        tap.watch(watched(false));
        let (browser, ours) = (address("192.0.2.7:50000"), address("10.0.0.1:8802"));
        wires.sent(Path::Udp, ours, browser, &rtp());
        let arrival = Arrival {
            path: Path::Udp,
            source: browser,
            destination: ours,
        };
        wires.received(LegId(9), &arrival, &rtp());
        wires.received(LEG, &arrival, &rtp());
        wires.sent(Path::Udp, address("0.0.0.0:0"), browser, &rtp());
        wires.sent(Path::Rtp { port: 30_000 }, address("10.0.0.1:0"), address("10.0.0.9:4000"), &rtp());
        wires.sent(Path::Rtp { port: 30_002 }, address("10.0.0.1:0"), address("10.0.0.9:4000"), &rtp());
        let seen: Vec<_> = tap
            .take()
            .into_iter()
            .map(|packet| (packet.source, packet.destination, packet.length, packet.bytes.len()))
            .collect();
        assert_eq!(
            seen,
            [
                (browser, ours, 180, 20),
                (ours, browser, 180, 20),
                (address("10.0.0.1:30000"), address("10.0.0.9:4000"), 180, 20),
            ]
        );
    }

    #[test]
    fn sound_is_captured_only_when_it_is_wanted() {
        for (with_audio, length) in [(false, 20), (true, 180)] {
            let tap = Tap::new();
            tap.watch(watched(with_audio));
            WireTap::new(tap.clone()).sent(Path::Rtp { port: 30_000 }, address("10.0.0.1:0"), address("10.0.0.9:4000"), &rtp());
            assert_eq!(tap.take()[0].bytes.len(), length);
        }
    }

    #[test]
    fn of_rtcp_the_reports_are_kept() {
        let mut compound = vec![0x80, 201, 0, 1, 0, 0, 0, 1];
        compound.extend([0x81, 202, 0, 2, 0, 0, 0, 1, 1, 2, b'm', b'e']);
        assert_eq!(without_sound(&compound), compound[..8]);
        assert!(without_sound(&[0x80, 200, 255, 255]).is_empty());
        assert_eq!(without_sound(&[0x9f, 0]).len(), 2, "cut short");
    }

    #[test]
    fn packets_without_room_are_counted_and_a_closed_tap_is_empty() {
        let tap = Tap::new();
        tap.watch(watched(true));
        let mut wires = WireTap::new(tap.clone());
        for _ in 0..PACKETS_MAX + 5 {
            wires.sent(
                Path::Rtp { port: 30_000 },
                address("10.0.0.1:0"),
                address("10.0.0.9:4000"),
                &[0x80; 12],
            );
        }
        assert_eq!(tap.dropped(), 5);
        tap.close();
        assert!(!wires.is_on() && tap.take().is_empty());
    }
}
