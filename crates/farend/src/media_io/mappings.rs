//! What the RTP ports of one media thread look like from outside, asked of STUN servers from those very ports.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use doctor::binding::{Keeper, Settings};
use media::engine::Engine;
use rand::Rng as _;

use super::wires::Wires;

/// From an answer to the next request: enough to keep a router's mapping (RFC 4787 section 4.3 allows no less than two minutes, some forget
/// after half a one).
const REFRESH: Duration = Duration::from_secs(20);

/// Ports at most that are asked for: a server shall not be bothered by all of them.
const PORTS_MAX: usize = 64;

/// A keeper for each port.
#[derive(Default)]
pub(super) struct Mappings {
    keepers: BTreeMap<u16, Keeper>,
    due: Option<Instant>,
}

impl Mappings {
    /// Asks for the ports that the engine wants to know, and forgets the others.
    pub(super) fn follow(&mut self, engine: &mut Engine, servers: &[SocketAddr], wires: &mut Wires, now: Instant) {
        let wanted = if servers.is_empty() {
            Vec::new()
        } else {
            engine.ports_to_be_mapped()
        };
        let wanted: Vec<u16> = wanted.into_iter().flat_map(|port| [port, port + 1]).take(PORTS_MAX).collect();
        self.keepers.retain(|port, _| {
            let is_wanted = wanted.contains(port);
            if !is_wanted {
                engine.map_port(*port, None);
            }
            is_wanted
        });
        for port in wanted {
            let keeper = self.keepers.entry(port).or_insert_with(|| {
                let settings = Settings {
                    refresh: REFRESH,
                    ..Settings::default()
                };
                Keeper::new(settings, rand::rng().random())
            });
            keeper.set_servers(servers, now);
        }
        self.run(wires);
    }

    /// The media port looks different: what is known of the others may be wrong as well.
    pub(super) fn ask_now(&mut self, wires: &mut Wires, now: Instant) {
        for keeper in self.keepers.values_mut() {
            keeper.ask_now(now);
        }
        self.run(wires);
    }

    /// When there is something to do.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    pub(super) fn handle_timeout(&mut self, wires: &mut Wires, now: Instant) {
        if self.due.is_none_or(|due| due > now) {
            return;
        }
        for keeper in self.keepers.values_mut() {
            keeper.handle_timeout(now);
        }
        self.run(wires);
    }

    /// A server has answered to a port.
    pub(super) fn answered(&mut self, port: u16, (from, local): (SocketAddr, IpAddr), packet: &[u8], engine: &mut Engine, now: Instant) {
        let Some(keeper) = self.keepers.get_mut(&port) else { return };
        if keeper.receive(from, local, packet, now) {
            // Servers that differ are a symmetric NAT: then any is as good as another.
            engine.map_port(port, keeper.bindings().next().map(|binding| binding.public));
            self.due = self.keepers.values().filter_map(Keeper::poll_timeout).min();
        }
    }

    fn run(&mut self, wires: &mut Wires) {
        for (port, keeper) in &mut self.keepers {
            while let Some(transmit) = keeper.poll_transmit() {
                wires.ask(*port, transmit.to, &transmit.packet);
            }
            // Whether a server is alive is told by those who ask from the media port.
            while keeper.poll_event().is_some() {}
        }
        self.due = self.keepers.values().filter_map(Keeper::poll_timeout).min();
    }
}
