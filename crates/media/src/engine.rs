//! The engine: all legs of one media thread.
//!
//! Mutate ([`Engine::command`], [`Engine::receive`], [`Engine::handle_timeout`]), then drain [`Engine::poll_event`]
//! until `None`, then sleep until [`Engine::poll_timeout`]. Packets leave through the [`Outbox`] at once.

mod commands;
mod conferences;
mod moving;
mod outside;
mod packets;
mod ports;
mod recording;
mod reports;
mod sounds;
mod timers;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use model::control::{Command, Event};
use model::{LegId, Track};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use rustc_hash::FxHashMap;
use slab::Slab;
use str0m::rtp::RtpPacket;

use crate::addresses::Addresses;
use crate::audio::codec::Codec;
use crate::audio::rtcp::NtpClock;
use crate::audio::tones::Plan;
use crate::leg::webrtc::Identity;
use crate::leg::{Handle, Leg};
use crate::sounds::Library;
use conferences::Conferences;
use ports::Ports;
use timers::Timers;

pub use self::moving::Departing;
pub use self::ports::{Seen, Use};
pub use crate::stun::{local_ufrag, worker_of, worker_of_ufrag};

use std::net::SocketAddr;

/// What an engine needs to know of the world.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which media thread this is (0-based). It is written into every ICE user name fragment, so that any thread can tell whose packet it sees.
    pub worker: u8,
    /// Our addresses, as far as they are known when the engine begins.
    pub addresses: Arc<Addresses>,
    /// Even RTP ports of this thread's pool (RTCP is the port above); the shell has bound them all.
    pub rtp_ports: Vec<u16>,
    /// Legs at most that are made here. Those that come from other engines count, but are not refused: they were made within a bound.
    pub legs_max: usize,
}

/// The way a packet came or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Path {
    /// The one UDP port.
    Udp,
    /// A connection on the one TCP port; packets are framed by the shell (RFC 4571).
    Tcp {
        /// Which connection.
        connection: u64,
    },
    /// A TURN client's connection on the one TCP port: its relayed address is the packet's source or destination.
    Relayed {
        /// Which connection.
        connection: u64,
    },
    /// A port of the pool (RTP when even, RTCP when odd).
    Rtp {
        /// Our port.
        port: u16,
    },
}

/// Where a packet came in.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// The way.
    pub path: Path,
    /// The peer's address.
    pub source: SocketAddr,
    /// Our address that it was sent to.
    pub destination: SocketAddr,
}

/// Takes packets to be sent, one call each. Never blocks; drops when it cannot send.
pub trait Outbox {
    /// Sends one packet. `source` is our address that it should leave from (matters for [`Path::Udp`]).
    fn send(&mut self, path: Path, source: SocketAddr, destination: SocketAddr, packet: &[u8]);

    /// Takes what the peer of a recorded leg has said, one packet each. Never blocks; drops when it cannot take more.
    fn record(&mut self, track: Track, said: &Said<'_>) {
        let _ = (track, said);
    }

    /// Whether somebody looks at packets now: then [`Outbox::witness`] is called for each that comes.
    fn is_watching(&self) -> bool {
        false
    }

    /// Looks at a packet of this leg as it has come, before it is decrypted or judged. Never blocks.
    fn witness(&mut self, leg: LegId, arrival: &Arrival, packet: &[u8]) {
        let _ = (leg, arrival, packet);
    }
}

/// One packet of a leg that is recorded: what a recorder needs of it. Key presses and packets without audio have an empty payload.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The leg.
    pub leg: LegId,
    /// Of the payload.
    pub codec: Codec,
    /// Of the RTP packet.
    pub ssrc: u32,
    /// Of the RTP packet.
    pub sequence: u16,
    /// Of the RTP packet, in the codec's RTP clock.
    pub timestamp: u32,
    /// Of the RTP packet.
    pub marker: bool,
    /// What was said.
    pub payload: &'a [u8],
    /// When it arrived.
    pub at: Instant,
}

/// Packets that were dropped, by cause; and what else an operator may ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// On the one port: from an address that no leg is bound to, without a user name fragment of ours.
    pub unknown_source: u64,
    /// On a pool port that no leg holds now.
    pub unused_port: u64,
    /// From an address that the leg has not negotiated, or after it had latched onto another.
    pub stranger: u64,
    /// Not RTP, RTCP, STUN or DTLS, or cut short.
    pub malformed: u64,
    /// SRTP or SRTCP that failed its authentication, or was a replay; binding requests of somebody who does not know our password.
    pub unauthenticated: u64,
    /// RTP with a payload type that was not negotiated.
    pub unknown_payload_type: u64,
    /// Audio that a connection brought too late to be heard.
    pub late: u64,
}

/// All legs of one media thread.
pub struct Engine {
    config: Config,
    identity: Identity,
    random: StdRng,
    clock: NtpClock,
    /// Where the grid of the legs' frames begins.
    epoch: Instant,
    /// Those of the country we are in.
    tones: Plan,
    /// What can be played to a leg.
    sounds: Arc<Library>,
    legs: Slab<Leg>,
    by_id: FxHashMap<LegId, Handle>,
    by_ufrag: FxHashMap<Box<str>, Handle>,
    /// Peers on the one UDP port.
    by_source: FxHashMap<SocketAddr, Handle>,
    /// Connections of the one TCP port.
    by_connection: FxHashMap<u64, Handle>,
    /// Legs on pool ports, by the even one.
    by_port: FxHashMap<u16, Handle>,
    ports: Ports,
    timers: Timers,
    conferences: Conferences,
    events: VecDeque<Event>,
    counters: Counters,
    /// RTP that str0m has decrypted, on its way to who hears it.
    received: Vec<RtpPacket>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("worker", &self.config.worker)
            .field("legs", &self.legs.len())
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine without legs.
    #[must_use]
    pub fn new(config: Config, seed: [u8; 32], now: Instant) -> Self {
        let mut random = StdRng::from_seed(seed);
        Self {
            identity: Identity::new(config.worker),
            // Only differences count in RTCP: the clock may begin anywhere.
            clock: NtpClock::new(now, random.next_u64() >> 2),
            epoch: now,
            tones: Plan::default(),
            sounds: Arc::default(),
            random,
            legs: Slab::new(),
            by_id: FxHashMap::default(),
            by_ufrag: FxHashMap::default(),
            by_source: FxHashMap::default(),
            by_connection: FxHashMap::default(),
            by_port: FxHashMap::default(),
            ports: Ports::new(&config.rtp_ports),
            timers: Timers::default(),
            conferences: Conferences::default(),
            events: VecDeque::new(),
            counters: Counters::default(),
            received: Vec::new(),
            config,
        }
    }

    /// Our addresses have changed. Legs learn it with their next description; running media goes on.
    pub fn change_addresses(&mut self, addresses: Arc<Addresses>) {
        self.config.addresses = addresses;
    }

    /// We are in another country: who hears its tones hears them with the next one. The caller has prepared them ([`Plan::prepare`]).
    pub fn change_tones(&mut self, tones: Plan) {
        self.tones = tones;
    }

    /// Other sounds can be played from now on. What is being played is played to its end.
    pub fn change_sounds(&mut self, sounds: Arc<Library>) {
        self.sounds = sounds;
    }

    /// A port of the pool (RTP's or RTCP's) looks like this from outside. The default forgets what was known.
    pub fn map_port(&mut self, port: u16, seen: Seen) {
        self.ports.map(port, seen);
    }

    /// The even ports of the pool whose mappings are worth knowing, each with the odd one above, and what they are for.
    #[must_use]
    pub fn ports_to_be_mapped(&self) -> Vec<(u16, Use)> {
        self.ports.to_be_mapped()
    }

    /// Carries out a command. Its answer is an event.
    pub fn command(&mut self, command: Command, now: Instant, outbox: &mut impl Outbox) {
        self.carry_out(command, now, outbox);
    }

    /// Takes one packet. Decrypts in place, hence `&mut`; what is left in `data` means nothing.
    pub fn receive(&mut self, arrival: Arrival, data: &mut [u8], now: Instant, outbox: &mut impl Outbox) {
        self.take_packet(arrival, data, now, outbox);
    }

    /// A connection on the one TCP port is gone. A leg outlives it: browsers dial again.
    pub fn connection_closed(&mut self, connection: u64, now: Instant) {
        let _ = now;
        if let Some(handle) = self.by_connection.remove(&connection) {
            self.forget_connection(handle, connection);
        }
    }

    /// Whether a leg has been heard through this connection and still lives.
    #[must_use]
    pub fn knows_connection(&self, connection: u64) -> bool {
        self.by_connection.contains_key(&connection)
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Instant, outbox: &mut impl Outbox) {
        while let Some(handle) = self.timers.pop_due(now, &self.by_id, &mut self.legs) {
            self.run(handle, now, outbox);
        }
        while let Some(call) = self.conferences.pop_due(now) {
            self.mix(call, now, outbox);
        }
    }

    /// When [`Self::handle_timeout`] wants to be called next; `None` when nothing is due ever.
    pub fn poll_timeout(&mut self) -> Option<Instant> {
        let legs = self.timers.next(&self.by_id, &self.legs);
        legs.into_iter().chain(self.conferences.next()).min()
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Legs that exist now.
    #[must_use]
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// Ports of the pool that no leg holds.
    #[must_use]
    pub fn ports_free(&self) -> usize {
        self.ports.free()
    }

    /// Dropped packets by cause, since the engine began.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters
    }
}
