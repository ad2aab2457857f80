//! What the RTP ports of one media thread look like from outside, asked of STUN servers from those very ports: they go the way of the calls that
//! will use them.
//!
//! | A port that | is asked for of |
//! |---|---|
//! | is kept ready | the system's servers and all providers' own: nobody knows who will get it |
//! | has a leg of a trunk | the system's servers and the provider's own |
//! | has a leg of a phone | the system's servers |
//!
//! The two kinds are kept apart: behind two routers they see different things, and neither contradicts the other.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use doctor::binding::{Binding, Keeper, Settings};
use media::engine::{Engine, Seen, Use};
use model::TrunkId;
use rand::Rng as _;

use super::StunServers;
use super::wires::Wires;

/// From an answer to the next request: enough to keep a router's mapping (RFC 4787 section 4.3 allows no less than two minutes, some forget
/// after half a one).
const REFRESH: Duration = Duration::from_secs(20);

/// Ports at most that are asked for: a server shall not be bothered by all of them.
const PORTS_MAX: usize = 64;

/// What is known of each port.
#[derive(Default)]
pub(super) struct Mappings {
    ports: BTreeMap<u16, Port>,
    due: Option<Instant>,
}

/// What is known of a pair of ports that goes to another thread.
#[derive(Default)]
pub(super) struct PairMappings([Option<Port>; 2]);

impl fmt::Debug for PairMappings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairMappings")
    }
}

/// Who is asked for a port, and what they have said.
struct Port {
    system: Keeper,
    /// The providers' own servers that are not the system's as well.
    own: Keeper,
    /// What the engine knows of it.
    told: Seen,
}

impl Mappings {
    /// Asks for the ports that the engine wants to know, and forgets the others.
    pub(super) fn follow(&mut self, engine: &mut Engine, servers: &StunServers, wires: &mut Wires, now: Instant) {
        let is_asking = !servers.system.is_empty() || !servers.own.is_empty();
        let wanted = if is_asking { engine.ports_to_be_mapped() } else { Vec::new() };
        let wanted = wanted.into_iter().flat_map(|(port, of)| [(port, of), (port + 1, of)]);
        let wanted: BTreeMap<u16, Use> = wanted.take(PORTS_MAX).collect();
        self.ports.retain(|port, _| {
            let is_wanted = wanted.contains_key(port);
            if !is_wanted {
                engine.map_port(*port, Seen::default());
            }
            is_wanted
        });
        for (number, of) in wanted {
            let port = self.ports.entry(number).or_insert_with(Port::new);
            port.system.set_servers(&servers.system, now);
            port.own.set_servers(&own_servers(servers, of), now);
            port.tell(number, servers, engine);
        }
        self.run(wires);
    }

    /// A pair of ports, by its even one, goes to another thread, which asks from now on.
    pub(super) fn release(&mut self, port: u16) -> PairMappings {
        let pair = [port, port + 1].map(|port| self.ports.remove(&port));
        self.due = next(&self.ports);
        PairMappings(pair)
    }

    /// A pair of ports comes from another thread.
    pub(super) fn adopt(&mut self, port: u16, PairMappings(pair): PairMappings) {
        let known = [port, port + 1].into_iter().zip(pair);
        self.ports.extend(known.filter_map(|(port, known)| Some((port, known?))));
        self.due = next(&self.ports);
    }

    /// The media port looks different: what is known of the others may be wrong as well.
    pub(super) fn ask_now(&mut self, wires: &mut Wires, now: Instant) {
        for keeper in self.ports.values_mut().flat_map(Port::keepers) {
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
        for keeper in self.ports.values_mut().flat_map(Port::keepers) {
            keeper.handle_timeout(now);
        }
        self.run(wires);
    }

    /// A server has answered to a port: from where, to which address of ours, and what.
    pub(super) fn answered(
        &mut self,
        number: u16,
        ((from, local), packet): ((SocketAddr, IpAddr), &[u8]),
        servers: &StunServers,
        engine: &mut Engine,
        now: Instant,
    ) {
        let Some(port) = self.ports.get_mut(&number) else { return };
        let mut is_ours = false;
        for keeper in port.keepers() {
            is_ours |= keeper.receive(from, local, packet, now);
        }
        if is_ours {
            port.tell(number, servers, engine);
            self.due = next(&self.ports);
        }
    }

    fn run(&mut self, wires: &mut Wires) {
        for (number, port) in &mut self.ports {
            for keeper in port.keepers() {
                while let Some(transmit) = keeper.poll_transmit() {
                    wires.ask(*number, transmit.to, &transmit.packet);
                }
                // Whether a server is alive is told by those who ask from the media port.
                while keeper.poll_event().is_some() {}
            }
        }
        self.due = next(&self.ports);
    }
}

impl Port {
    fn new() -> Self {
        let keeper = || {
            let settings = Settings {
                refresh: REFRESH,
                ..Settings::default()
            };
            Keeper::new(settings, rand::rng().random())
        };
        Self {
            system: keeper(),
            own: keeper(),
            told: Seen::default(),
        }
    }

    fn keepers(&mut self) -> [&mut Keeper; 2] {
        [&mut self.system, &mut self.own]
    }

    /// Tells the engine what is known, when that has changed.
    fn tell(&mut self, number: u16, servers: &StunServers, engine: &mut Engine) {
        let seen = self.seen(servers);
        if self.told != seen {
            engine.map_port(number, seen.clone());
            self.told = seen;
        }
    }

    fn seen(&self, servers: &StunServers) -> Seen {
        let own = |(trunk, own): (&TrunkId, &Vec<SocketAddr>)| {
            let bindings = self.own.bindings().chain(self.system.bindings());
            let of_this_trunk = bindings.filter(|binding| own.contains(&binding.server));
            one_of_each_family(of_this_trunk).map(|public| (*trunk, public)).collect::<Vec<_>>()
        };
        Seen {
            // Servers that differ are a symmetric NAT: then any is as good as another.
            by_system: self.system.bindings().next().map(|binding| binding.public),
            by_own: servers.own.iter().flat_map(own).collect(),
        }
    }
}

fn one_of_each_family<'a>(bindings: impl Iterator<Item = &'a Binding>) -> impl Iterator<Item = SocketAddr> {
    let (mut ipv4, mut ipv6) = (None, None);
    for Binding { public, .. } in bindings {
        let first = if public.is_ipv4() { &mut ipv4 } else { &mut ipv6 };
        first.get_or_insert(*public);
    }
    [ipv4, ipv6].into_iter().flatten()
}

/// The providers' own servers that a port is worth asking for, without those that are asked anyway.
fn own_servers(servers: &StunServers, of: Use) -> Vec<SocketAddr> {
    let own: Vec<&Vec<SocketAddr>> = match of {
        Use::Ready => servers.own.values().collect(),
        Use::Leg(Some(trunk)) => servers.own.get(&trunk).into_iter().collect(),
        Use::Leg(None) => Vec::new(),
    };
    let own = own.into_iter().flatten().copied();
    own.filter(|server| !servers.system.contains(server)).collect()
}

fn next(ports: &BTreeMap<u16, Port>) -> Option<Instant> {
    let keepers = ports.values().flat_map(|port| [&port.system, &port.own]);
    keepers.filter_map(Keeper::poll_timeout).min()
}

#[cfg(test)]
mod tests;
