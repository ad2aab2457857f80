//! The sockets of one media thread.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Instant;

use media::engine::{Outbox, Path};

use super::connection::{Connection, Sent};
use super::{IceConnection, PortPair};
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
}

impl Wires {
    pub(super) fn new(poller: Poller, udp: Datagrams, pairs: Vec<PortPair>) -> io::Result<Self> {
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
        })
    }

    pub(super) fn port(&self, port: u16) -> Option<&UdpSocket> {
        self.ports.get(usize::from(port.checked_sub(self.port_first)?))?.as_ref()
    }

    /// Takes over an accepted connection; gives its number.
    pub(super) fn adopt(&mut self, accepted: IceConnection, now: Instant) -> io::Result<u64> {
        let connection = Connection::new(accepted, now)?;
        let id = self.connection_next;
        self.poller.add(connection.stream(), TOKEN_CONNECTIONS + id, false)?;
        self.connection_next += 1;
        self.connections.insert(id, connection);
        Ok(id)
    }

    /// Writes what waits on a connection.
    pub(super) fn flush(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let flushed = connection.flush().and_then(|empty| {
            if empty {
                self.poller.set_writable(connection.stream(), TOKEN_CONNECTIONS + id, false)
            } else {
                Ok(())
            }
        });
        if flushed.is_err() {
            self.broken.push(id);
        }
    }

    /// Closes a connection.
    pub(super) fn close(&mut self, id: u64) {
        if let Some(connection) = self.connections.remove(&id) {
            self.poller.remove(connection.stream());
        }
    }

    fn send_framed(&mut self, id: u64, packet: &[u8]) {
        let Some(connection) = self.connections.get_mut(&id) else {
            self.dropped += 1;
            return;
        };
        match connection.send(packet) {
            Sent::Whole => {}
            Sent::Queued => {
                if self.poller.set_writable(connection.stream(), TOKEN_CONNECTIONS + id, true).is_err() {
                    self.broken.push(id);
                }
            }
            Sent::Dropped => self.dropped += 1,
            Sent::Broken => self.broken.push(id),
        }
    }
}

impl Outbox for Wires {
    fn send(&mut self, path: Path, source: SocketAddr, destination: SocketAddr, packet: &[u8]) {
        let sent = match path {
            Path::Udp => self.udp.send(source.ip(), destination, packet),
            Path::Tcp { connection } => return self.send_framed(connection, packet),
            // There are no TURN clients yet.
            Path::Relayed { .. } => Err(io::ErrorKind::NotConnected.into()),
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
