//! The connections of a media thread: they come, are read, move, and go.

use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use media::engine::Arrival;

use super::Thread;
use crate::media_io::ToMedia;
use crate::media_io::connection::{Connection, Incoming, Surroundings, Taken};

impl Thread {
    pub(super) fn adopt(&mut self, connection: io::Result<Connection>, now: Instant) {
        match connection.and_then(|connection| self.wires.adopt(connection)) {
            // Some of it has been read already, by the portal or by another thread.
            Ok(id) => self.read_connection(id, now),
            Err(error) => tracing::debug!(%error, "a connection ended at once"),
        }
    }

    pub(super) fn read_connection(&mut self, id: u64, now: Instant) {
        let Some(connection) = self.wires.connections.get_mut(&id) else {
            return;
        };
        let mut read = connection.read(now);
        // The bytes leave the connection while the engine works, since it may answer through the same connection.
        let mut unread = std::mem::take(&mut connection.unread);
        let mut taken = 0;
        let unix_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        loop {
            match self.take(id, &unread, taken, now, unix_s) {
                Ok(Some(Taken { end, packet: None })) => taken = end,
                Ok(Some(Taken { end, packet: Some(packet) })) => {
                    if let ControlFlow::Break(worker) = self.belongs_here(&unread, &packet) {
                        unread.drain(..taken);
                        self.hand_over(id, unread, worker, now);
                        return;
                    }
                    taken = end;
                    self.packet(id, packet, &mut unread, now);
                }
                Ok(None) => break,
                Err(error) => {
                    read = Err(error);
                    break;
                }
            }
        }
        unread.drain(..taken);
        if let Some(connection) = self.wires.connections.get_mut(&id) {
            connection.unread = unread;
        }
        // Replies, and what TLS has to say.
        self.wires.flush(id);
        if let Err(error) = read {
            tracing::debug!(%error, "a connection has ended");
            self.wires.broken.push(id);
        }
    }

    fn take(&mut self, id: u64, unread: &[u8], at: usize, now: Instant, unix_s: u64) -> io::Result<Option<Taken>> {
        let Some(connection) = self.wires.connections.get_mut(&id) else {
            return Ok(None);
        };
        let mut around = Surroundings {
            peers: self.known.peers(),
            now,
            unix_s,
            counters: &mut self.wires.relay,
        };
        connection.take(unread, at, &mut around)
    }

    fn packet(&mut self, id: u64, packet: Incoming, unread: &mut [u8], now: Instant) {
        let Some(connection) = self.wires.connections.get(&id) else {
            return;
        };
        let arrival = Arrival {
            path: connection.path(id),
            source: packet.source,
            destination: packet.destination,
        };
        self.engine.receive(arrival, &mut unread[packet.range], now, &mut self.wires);
    }

    /// Breaks with the other thread whose leg a packet is for. The portal knows where an ICE-TCP connection's leg was described, not where it
    /// has moved since; of a TURN client it knows nothing.
    fn belongs_here(&self, unread: &[u8], packet: &Incoming) -> ControlFlow<u8> {
        match self.whereabouts.owner_of_connection(&unread[packet.range.clone()]) {
            Some(worker) => ControlFlow::Break(worker),
            None => ControlFlow::Continue(()),
        }
    }

    /// Gives a connection to the thread of the leg that it is for, with what has not been taken yet.
    fn hand_over(&mut self, id: u64, unread: Vec<u8>, worker: u8, now: Instant) {
        let Some(mut connection) = self.wires.release(id) else { return };
        self.engine.connection_closed(id, now);
        connection.unread = unread;
        if !connection.moves() {
            tracing::debug!(peer = %connection.peer, "a connection has moved between calls too often");
            return;
        }
        if self.others[usize::from(worker)].send(ToMedia::Moved(Box::new(connection))).is_err() {
            tracing::warn!(worker, "a media thread does not keep up: a connection was closed");
        }
    }

    pub(super) fn close_broken(&mut self, now: Instant) {
        while let Some(id) = self.wires.broken.pop() {
            drop(self.wires.release(id));
            self.engine.connection_closed(id, now);
        }
    }

    /// Connections that serve no call have no claim to their place.
    pub(super) fn close_stale(&mut self, now: Instant) {
        let engine = &self.engine;
        let stale = self.wires.connections.iter_mut();
        let stale = stale.filter_map(|(id, connection)| connection.is_stale(engine.knows_connection(*id), now).then_some(*id));
        self.wires.broken.extend(stale);
        self.close_broken(now);
    }

    pub(super) fn publish_connections(&mut self) {
        let turn_clients = self.wires.connections.values().filter(|connection| connection.is_turn()).count();
        self.figures.turn_clients.store(turn_clients as u64, Ordering::Relaxed);
        let waiting = self.wires.connections.values_mut().map(Connection::take_left_out).sum::<u64>();
        self.wires.left_out += waiting;
        self.figures.tcp_left_out.store(self.wires.left_out, Ordering::Relaxed);
        self.figures.relay.publish(&self.wires.relay);
    }
}
