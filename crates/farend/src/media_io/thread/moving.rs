//! Legs that leave for the thread of another call, and legs that arrive.

use std::sync::Arc;
use std::time::Instant;

use media::engine::{Departing, worker_of_ufrag};
use model::control::{Command, Event, Failure};
use model::{CallId, LegId};

use super::Thread;
use crate::mailbox::Undelivered;
use crate::media_io::connection::Connection;
use crate::media_io::mappings::PairMappings;
use crate::media_io::whereabouts::News;
use crate::media_io::{PortPair, ToMedia};

/// A leg on its way to another thread, with the sockets that are its own.
#[derive(Debug)]
pub(crate) struct Departure {
    leg: Departing,
    /// The call that it joins.
    call: CallId,
    ports: Option<(PortPair, PairMappings)>,
    /// Under the numbers that the leg knows them by.
    connections: Vec<(u64, Connection)>,
}

impl Thread {
    /// Sends a leg to the thread of the call that it joins. When that does not keep up, the leg ends.
    pub(super) fn depart(&mut self, leg: LegId, call: CallId, worker: u8, now: Instant) {
        // What it has to say is said before its new thread says anything.
        self.report();
        let Some(departing) = self.engine.release(leg) else {
            // Whoever waits for it is told that there is no such leg.
            self.engine.command(Command::Join { leg, call }, now, &mut self.wires);
            return;
        };
        // The news first: whoever hears of the next move hears of this one before.
        if let Some(news) = News::of(&departing, worker) {
            self.spread(news);
        }
        let departure = Box::new(self.pack(departing, call));
        match self.others[usize::from(worker)].send(ToMedia::Leg(departure)) {
            Ok(()) => {
                self.legs.remove(&leg);
                self.guests.remove(&leg);
                tracing::debug!(%leg, %call, worker, "leg moved");
            }
            Err(Undelivered::Full(ToMedia::Leg(departure)) | Undelivered::Gone(ToMedia::Leg(departure))) => {
                tracing::warn!(worker, "a media thread does not keep up: a leg that should have moved there ends");
                if let Some(news) = News::of(&departure.leg, self.config.worker) {
                    self.spread(news);
                }
                self.unpack(*departure, now);
                self.unreported.push_back(Event::LegFailed {
                    leg,
                    reason: Failure::ThreadLost,
                });
                self.engine.command(Command::Close { leg }, now, &mut self.wires);
                self.note_name(leg);
            }
            Err(Undelivered::Full(_) | Undelivered::Gone(_)) => unreachable!("what comes back is what was sent"),
        }
    }

    /// Goes on with a leg of another thread.
    pub(super) fn arrive(&mut self, departure: Departure, now: Instant) {
        // First of all, so that it is told whatever happens from now on.
        self.legs.insert(departure.leg.leg());
        if let Some(news) = News::of(&departure.leg, self.config.worker) {
            self.whereabouts.follow(&news);
        }
        self.unpack(departure, now);
    }

    /// Puts together what belongs to a leg.
    fn pack(&mut self, leg: Departing, call: CallId) -> Departure {
        let pair = leg.rtp_port().and_then(|port| self.wires.release_ports(port));
        let ports = pair.map(|pair| {
            let mappings = self.mappings.release(pair.port);
            (pair, mappings)
        });
        let connections = leg.connections().iter();
        let connections = connections.filter_map(|id| Some((*id, self.wires.release(*id)?))).collect();
        Departure {
            leg,
            call,
            ports,
            connections,
        }
    }

    fn unpack(&mut self, departure: Departure, now: Instant) {
        let Departure {
            leg,
            call,
            ports,
            connections,
        } = departure;
        let id = leg.leg();
        if let Some(ufrag) = leg.ufrag()
            && worker_of_ufrag(ufrag) != Some(self.config.worker)
        {
            self.guests.insert(id, ufrag.into());
        }
        if let Some((pair, mappings)) = ports {
            self.mappings.adopt(pair.port, mappings);
            if let Err(error) = self.wires.adopt_ports(pair) {
                tracing::error!(%error, leg = %id, "the sockets of a leg cannot be watched by its new thread");
                self.unreported.push_back(Event::LegFailed {
                    leg: id,
                    reason: Failure::ThreadLost,
                });
            }
        }
        self.engine.adopt(leg, call, now);
        for (connection_id, connection) in connections {
            match self.wires.adopt_as(connection_id, connection) {
                // Some of it has been read already.
                Ok(()) => self.read_connection(connection_id, now),
                Err(error) => {
                    tracing::debug!(%error, "a connection ended on its way to another thread");
                    self.wires.broken.push(connection_id);
                }
            }
        }
    }

    /// A leg of another thread has got a name of this one, or is gone: its old name means nothing any more.
    pub(super) fn note_name(&mut self, leg: LegId) {
        if let Some(ufrag) = self.guests.get(&leg)
            && self.engine.ufrag(leg) != Some(&**ufrag)
            && let Some(ufrag) = self.guests.remove(&leg)
        {
            self.spread(News::over(ufrag));
        }
    }

    /// Their legs are lost.
    pub(super) fn forget_guests(&mut self) {
        for (_, ufrag) in std::mem::take(&mut self.guests) {
            self.spread(News::over(ufrag));
        }
        for port in self.wires.guest_ports() {
            self.send_home(port);
        }
    }

    /// Gives ports back that came with legs which are gone, so that no thread runs out of what another has gathered.
    pub(super) fn send_ports_home(&mut self) {
        while let Some(port) = self.engine.poll_port() {
            self.send_home(port);
        }
    }

    fn send_home(&mut self, port: u16) {
        self.mappings.release(port);
        let Some(pair) = self.wires.release_ports(port) else { return };
        let home = pair.home;
        if home == self.config.worker {
            self.take_ports(pair);
            return;
        }
        match self.others[usize::from(home)].send(ToMedia::Ports(pair)) {
            Ok(()) => {}
            // Better here than nowhere.
            Err(Undelivered::Full(ToMedia::Ports(pair)) | Undelivered::Gone(ToMedia::Ports(pair))) => self.take_ports(PortPair {
                home: self.config.worker,
                ..pair
            }),
            Err(Undelivered::Full(_) | Undelivered::Gone(_)) => unreachable!("what comes back is what was sent"),
        }
    }

    /// A free pair of ports belongs here from now on.
    pub(super) fn take_ports(&mut self, pair: PortPair) {
        let port = pair.port;
        match self.wires.adopt_ports(pair) {
            Ok(()) => self.engine.add_port(port),
            Err(error) => tracing::error!(%error, port, "an RTP port is lost: it cannot be watched"),
        }
    }

    /// Tells all threads where a leg is.
    fn spread(&mut self, news: News) {
        self.whereabouts.follow(&news);
        let news = Arc::new(news);
        for (worker, other) in self.others.iter().enumerate() {
            if worker != usize::from(self.config.worker) {
                // One that does not hear of it asks who did: it forwards to where the leg was.
                let _full = other.send(ToMedia::Whereabouts(Arc::clone(&news)));
            }
        }
    }
}
