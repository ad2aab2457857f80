//! The sockets of one media thread.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Instant;

use media::engine::{Outbox, Path};
use relay::{Counters, Relayed};

use super::PortPair;
use super::connection::Connection;
use crate::datagrams::Datagrams;
use crate::poller::Poller;

/// The token of the one UDP port.
pub(super) const TOKEN_UDP: u64 = 0;

/// Tokens of pool ports are their numbers, those of connections begin here.
pub(super) const TOKEN_CONNECTIONS: u64 = 1 << 32;

/// Sockets, and how the engine sends through them.
pub(super) struct Wires {
    pub(super) poller: Poller,
    pub(super) udp: Datagrams,
    /// Pool sockets, indexed from the lowest port.
    ports: Vec<Option<UdpSocket>>,
    port_first: u16,
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
    /// When this round began: what is sent in it is sent now.
    pub(super) now: Instant,
}

impl Wires {
    pub(super) fn new(poller: Poller, udp: Datagrams, pairs: Vec<PortPair>, now: Instant) -> io::Result<Self> {
        poller.add(&udp, TOKEN_UDP, false)?;
        let port_first = pairs.first().map_or(0, |pair| pair.port);
        let mut ports = Vec::new();
        for PortPair { port, rtp, rtcp } in pairs {
            for (port, socket) in [(port, rtp), (port + 1, rtcp)] {
                poller.add(&socket, u64::from(port), false)?;
                let index = usize::from(port - port_first);
                ports.resize_with(index, || None);
                ports.push(Some(socket));
            }
        }
        Ok(Self {
            poller,
            udp,
            ports,
            port_first,
            connections: HashMap::new(),
            connection_next: 1,
            broken: Vec::new(),
            dropped: 0,
            left_out: 0,
            relay: Counters::default(),
            now,
        })
    }

    pub(super) fn port(&self, port: u16) -> Option<&UdpSocket> {
        self.ports.get(usize::from(port.checked_sub(self.port_first)?))?.as_ref()
    }

    /// Takes over a connection; gives its number.
    pub(super) fn adopt(&mut self, connection: Connection) -> io::Result<u64> {
        let id = self.connection_next;
        self.poller
            .add(connection.stream(), TOKEN_CONNECTIONS + id, connection.waits_for_room)?;
        self.connection_next += 1;
        self.connections.insert(id, connection);
        Ok(id)
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
}
