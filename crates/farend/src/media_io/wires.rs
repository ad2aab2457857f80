//! The sockets of one media thread.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Instant;

use media::engine::{Arrival, Outbox, Path, Said};
use model::{LegId, Track};
use relay::{Counters, Relayed};

use super::PortPair;
use super::connection::Connection;
use crate::datagrams::Datagrams;
use crate::flight::capture::tap::WireTap;
use crate::poller::Poller;
use crate::recording::queue::Tap;

/// The token of the one UDP port.
pub(super) const TOKEN_UDP: u64 = 0;

/// Tokens of pool ports are their numbers, those of connections begin here.
pub(super) const TOKEN_CONNECTIONS: u64 = 1 << 32;

/// Numbers of connections that each thread may give away: more than it ever will.
const CONNECTIONS_PER_THREAD: u64 = 1 << 40;

/// Sockets, and how the engine sends through them.
pub(super) struct Wires {
    pub(super) poller: Poller,
    pub(super) udp: Datagrams,
    /// Pool sockets, by port.
    ports: Vec<Option<UdpSocket>>,
    /// Which thread the pair of an even port belongs to.
    homes: BTreeMap<u16, u8>,
    worker: u8,
    pub(super) connections: HashMap<u64, Connection>,
    connection_next: u64,
    /// Connections that broke while sending; told to the engine before the next round.
    pub(super) broken: Vec<u64>,
    /// Packets that could not be sent.
    pub(super) dropped: u64,
    /// Packets left out of connections' queues because they had waited too long.
    pub(super) left_out: u64,
    /// What TURN clients do.
    pub(super) relay: Counters,
    /// Where legs are recorded.
    pub(super) recorder: Option<Tap>,
    /// What a capture sees; nothing while none runs.
    pub(super) capture: Option<WireTap>,
    /// When this round began: what is sent in it is sent now.
    pub(super) now: Instant,
}

impl Wires {
    pub(super) fn new(worker: u8, poller: Poller, udp: Datagrams, pairs: Vec<PortPair>, now: Instant) -> io::Result<Self> {
        poller.add(&udp, TOKEN_UDP, false)?;
        let mut wires = Self {
            poller,
            udp,
            ports: Vec::new(),
            homes: BTreeMap::new(),
            worker,
            connections: HashMap::new(),
            connection_next: u64::from(worker) * CONNECTIONS_PER_THREAD + 1,
            broken: Vec::new(),
            dropped: 0,
            left_out: 0,
            relay: Counters::default(),
            recorder: None,
            capture: None,
            now,
        };
        for pair in pairs {
            wires.adopt_ports(pair)?;
        }
        Ok(wires)
    }

    pub(super) fn port(&self, port: u16) -> Option<&UdpSocket> {
        self.ports.get(usize::from(port))?.as_ref()
    }

    /// Takes over a pair of ports.
    pub(super) fn adopt_ports(&mut self, pair: PortPair) -> io::Result<()> {
        let PortPair { port, rtp, rtcp, home } = pair;
        for (port, socket) in [(port, rtp), (port + 1, rtcp)] {
            self.poller.add(&socket, u64::from(port), false)?;
            let index = usize::from(port);
            if self.ports.len() <= index {
                self.ports.resize_with(index + 1, || None);
            }
            self.ports[index] = Some(socket);
        }
        self.homes.insert(port, home);
        Ok(())
    }

    /// Takes a pair of ports out, to hand it over. What has come in and was not read goes along.
    pub(super) fn release_ports(&mut self, port: u16) -> Option<PortPair> {
        let home = self.homes.remove(&port)?;
        let mut take = |port: u16| self.ports.get_mut(usize::from(port)).and_then(Option::take);
        let (rtp, rtcp) = (take(port)?, take(port + 1)?);
        self.poller.remove(&rtp);
        self.poller.remove(&rtcp);
        Some(PortPair { port, rtp, rtcp, home })
    }

    /// The even ports that are here.
    pub(super) fn even_ports(&self) -> Vec<u16> {
        self.homes.keys().copied().collect()
    }

    /// Those of them that belong to other threads.
    pub(super) fn guest_ports(&self) -> Vec<u16> {
        let guests = self.homes.iter().filter(|(_, home)| **home != self.worker);
        guests.map(|(port, _)| *port).collect()
    }

    /// Takes over a connection; gives its number, which no other connection of any thread has.
    pub(super) fn adopt(&mut self, connection: Connection) -> io::Result<u64> {
        let id = self.connection_next;
        self.adopt_as(id, connection)?;
        self.connection_next += 1;
        Ok(id)
    }

    /// Takes over a connection that has a number already.
    pub(super) fn adopt_as(&mut self, id: u64, connection: Connection) -> io::Result<()> {
        self.poller
            .add(connection.stream(), TOKEN_CONNECTIONS + id, connection.waits_for_room)?;
        self.connections.insert(id, connection);
        Ok(())
    }

    /// Writes what waits on a connection.
    pub(super) fn flush(&mut self, id: u64) {
        let now = self.now;
        self.on(id, |connection, _| connection.flush(now));
    }

    /// Takes a connection out: to close it, or to hand it over.
    pub(super) fn release(&mut self, id: u64) -> Option<Connection> {
        let mut connection = self.connections.remove(&id)?;
        self.left_out += connection.take_left_out();
        self.poller.remove(connection.stream());
        // Whoever goes on with it tries first.
        connection.waits_for_room = false;
        Some(connection)
    }

    fn send_on(&mut self, id: u64, source: SocketAddr, packet: &[u8]) {
        let now = self.now;
        let mut wanted = false;
        self.on(id, |connection, counters| {
            wanted = connection.send(source, packet, now, counters)?;
            Ok(())
        });
        self.dropped += u64::from(!wanted);
    }

    /// Asks a STUN server from a port of the pool; what is lost is asked again.
    pub(super) fn ask(&mut self, port: u16, server: SocketAddr, packet: &[u8]) {
        let sent = self.port(port).map(|socket| socket.send_to(packet, server));
        if !matches!(sent, Some(Ok(_))) {
            self.dropped += 1;
        }
    }

    /// Does something with a connection, and then watches for room when that has become necessary, or no longer.
    fn on(&mut self, id: u64, what: impl FnOnce(&mut Connection, &mut Counters) -> io::Result<()>) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let waited = connection.waits_for_room;
        let done = what(connection, &mut self.relay).and_then(|()| {
            if connection.waits_for_room == waited {
                return Ok(());
            }
            self.poller
                .set_writable(connection.stream(), TOKEN_CONNECTIONS + id, connection.waits_for_room)
        });
        if done.is_err() {
            self.broken.push(id);
        }
    }
}

impl Outbox for Wires {
    fn send(&mut self, path: Path, source: SocketAddr, destination: SocketAddr, packet: &[u8]) {
        if let Some(capture) = self.capture.as_mut().filter(|capture| capture.is_on()) {
            capture.sent(path, source, destination, packet);
        }
        let sent = match path {
            // Relayed addresses exist in this program alone: nothing leaves toward them.
            Path::Udp if Relayed::is_virtual(destination.ip()) => Err(io::ErrorKind::HostUnreachable.into()),
            Path::Udp => self.udp.send(source.ip(), destination, packet),
            Path::Tcp { connection } | Path::Relayed { connection } => return self.send_on(connection, source, packet),
            Path::Rtp { port } => match self.port(port) {
                Some(socket) => socket.send_to(packet, destination).map(drop),
                None => Err(io::ErrorKind::NotFound.into()),
            },
        };
        if sent.is_err() {
            self.dropped += 1;
        }
    }

    fn record(&mut self, track: Track, said: &Said<'_>) {
        if let Some(recorder) = &self.recorder {
            recorder.push(track, said);
        }
    }

    fn is_watching(&self) -> bool {
        self.capture.as_ref().is_some_and(WireTap::is_on)
    }

    fn witness(&mut self, leg: LegId, arrival: &Arrival, packet: &[u8]) {
        if let Some(capture) = &mut self.capture {
            capture.received(leg, arrival, packet);
        }
    }
}
