//! A leg leaves one engine and goes on in another: with all that its peer could notice.

use std::fmt;
use std::net::SocketAddr;
use std::time::Instant;

use model::control::{Event, Source};
use model::{CallId, LegId};

use super::Engine;
use super::ports::Guest;
use crate::leg::{Handle, Leg};

/// A leg on its way from one engine to another: its session and keys, its numbers and figures, what it hears and who is known to be its peer.
pub struct Departing {
    pub(super) leg: Box<Leg>,
    /// Peers on the one UDP port.
    sources: Vec<SocketAddr>,
    /// Connections of the one TCP port.
    connections: Vec<u64>,
    port: Option<Guest>,
}

impl Departing {
    /// Which leg it is.
    #[must_use]
    pub fn leg(&self) -> LegId {
        self.leg.id
    }

    /// The even one of its RTP ports, whose sockets go where it goes.
    #[must_use]
    pub fn rtp_port(&self) -> Option<u16> {
        self.leg.rtp_port()
    }

    /// The connections of the one TCP port that it was heard through. They go where it goes, under the same numbers.
    #[must_use]
    pub fn connections(&self) -> &[u64] {
        &self.connections
    }

    /// The addresses on the one UDP port that it was heard from.
    #[must_use]
    pub fn sources(&self) -> &[SocketAddr] {
        &self.sources
    }

    /// Its ICE user name fragment, which names the engine where it was described last: connectivity checks go on using that.
    #[must_use]
    pub fn ufrag(&self) -> Option<&str> {
        self.leg.ufrag()
    }
}

impl fmt::Debug for Departing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Departing").field("leg", &self.leg.id).finish_non_exhaustive()
    }
}

impl Engine {
    /// Lets a leg go to another engine; `None` when it is not here. Legs that hear it wait for it. Events about it that were not taken are
    /// to be taken here still.
    #[must_use]
    pub fn release(&mut self, leg: LegId) -> Option<Departing> {
        let handle = *self.by_id.get(&leg)?;
        let mut departing = self.take_out(handle);
        departing.port = departing.leg.rtp_port().map(|port| self.ports.release(port));
        Some(departing)
    }

    /// Goes on with a leg of another engine, as part of this call. Legs that wait for it hear it from now on. Answer: [`Event::Joined`].
    pub fn adopt(&mut self, departing: Departing, call: CallId, now: Instant) {
        let Departing {
            mut leg,
            sources,
            connections,
            port,
        } = departing;
        leg.call = call;
        leg.outbound.change_epoch(self.epoch);
        if let Some(port) = port {
            self.ports.adopt(port);
        }
        let (id, source) = (leg.id, leg.source);
        let handle = self.insert(*leg);
        if let Some(ufrag) = self.legs[handle].ufrag() {
            self.by_ufrag.insert(ufrag.into(), handle);
        }
        self.by_source.extend(sources.into_iter().map(|source| (source, handle)));
        self.by_connection
            .extend(connections.into_iter().map(|connection| (connection, handle)));
        if let Some(heard) = self.source_of(id, source) {
            self.legs[heard].listeners.push(handle);
        }
        self.enter_conference(handle, now);
        self.timers.schedule(&mut self.legs[handle]);
        self.events.push_back(Event::Joined { leg: id });
    }

    /// The ICE user name fragment of a leg, as it was described last.
    #[must_use]
    pub fn ufrag(&self, leg: LegId) -> Option<&str> {
        self.legs[*self.by_id.get(&leg)?].ufrag()
    }

    /// A port, the even one of a pair, that came with a leg of another engine and is not needed here any more.
    pub fn poll_port(&mut self) -> Option<u16> {
        self.ports.poll_left()
    }

    /// A free pair of ports, by its even one, belongs to this engine's pool from now on.
    pub fn add_port(&mut self, port: u16) {
        self.ports.add(port);
    }

    /// Makes a leg known; it is heard by those who wait for it.
    pub(super) fn insert(&mut self, leg: Leg) -> Handle {
        let (id, port) = (leg.id, leg.rtp_port());
        let waiting = self.legs.iter().filter(|(_, other)| other.source == Source::Leg(id));
        let listeners = waiting.map(|(other, _)| other).collect();
        let handle = self.legs.insert(Leg { listeners, ..leg });
        self.by_id.insert(id, handle);
        if let Some(port) = port {
            self.by_port.insert(port, handle);
        }
        handle
    }

    /// Takes a leg out of everything that knows it, except the pool that its port is from.
    pub(super) fn take_out(&mut self, handle: Handle) -> Departing {
        self.leave_conference(handle);
        if let Some(source) = self.source_of(self.legs[handle].id, self.legs[handle].source) {
            self.legs[source].listeners.retain(|listener| *listener != handle);
        }
        let mut leg = Box::new(self.legs.remove(handle));
        leg.listeners.clear();
        leg.scheduled = None;
        self.by_id.remove(&leg.id);
        if let Some(port) = leg.rtp_port() {
            self.by_port.remove(&port);
        }
        if let Some(ufrag) = leg.ufrag() {
            self.by_ufrag.remove(ufrag);
        }
        let sources = self.by_source.extract_if(|_, bound| *bound == handle);
        let sources = sources.map(|(source, _)| source).collect();
        let connections = self.by_connection.extract_if(|_, bound| *bound == handle);
        let connections = connections.map(|(connection, _)| connection).collect();
        Departing {
            leg,
            sources,
            connections,
            port: None,
        }
    }
}
