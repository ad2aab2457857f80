//! Network address translators in simulated time, described in the words of RFC 4787.
//!
//! ```text
//!  inside ──outbound──► Nat ──► public address ──► destination
//!  inside ◄──inbound─── Nat ◄── public address ◄── source         if the filter lets it pass
//!  inside ──hairpin───► Nat ──► another inside                   to the public address of a neighbour
//! ```
//!
//! A [`Nat`] knows addresses and time only; who carries the packets is up to the test. Several in a row are a [`Chain`].

mod chain;
mod named;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

pub use chain::Chain;
pub use named::{Named, UnknownName};

/// Which destinations share one public address and port (RFC 4787 section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mapping {
    /// All.
    EndpointIndependent,
    /// Those on one address.
    AddressDependent,
    /// The first two that a socket sends to; every further one sees another of its own. With two STUN servers such a NAT looks normal.
    SharedByTwo,
    /// None do: every destination sees another one.
    AddressAndPortDependent,
}

/// Whose packets are let in (RFC 4787 section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Filtering {
    /// Everybody's.
    EndpointIndependent,
    /// Those of addresses that were sent to.
    AddressDependent,
    /// Those of addresses and ports that were sent to.
    AddressAndPortDependent,
}

/// Which public port a mapping gets (RFC 4787 section 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ports {
    /// The inside port where it is free, any other otherwise.
    Preserved,
    /// The inside port with these bits changed, where it is free: another port, and always the same.
    Remapped(u16),
    /// Any.
    Random,
}

/// How a NAT behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// Which destinations share a mapping.
    pub mapping: Mapping,
    /// Whose packets are let in.
    pub filtering: Filtering,
    /// Which public port a mapping gets.
    pub ports: Ports,
    /// A mapping with no packet from inside for longer than this is forgotten; so is a permission of the filter.
    pub lifetime: Duration,
    /// Whether neighbours inside reach each other by their public addresses (RFC 4787 section 6).
    pub hairpin: bool,
    /// Whether UDP passes at all.
    pub udp: bool,
}

impl Default for Behaviour {
    /// What most home routers do: port-restricted cone, ports preserved, no hairpinning.
    fn default() -> Self {
        Self {
            mapping: Mapping::EndpointIndependent,
            filtering: Filtering::AddressAndPortDependent,
            ports: Ports::Preserved,
            lifetime: Duration::from_secs(120),
            hairpin: false,
            udp: true,
        }
    }
}

/// One translator with one public address. For IPv6 as well, where such exist.
#[derive(Clone, Debug)]
pub struct Nat {
    behaviour: Behaviour,
    public: IpAddr,
    mappings: BTreeMap<Inside, Entry>,
    random: SmallRng,
}

/// What a mapping depends on: who sends, and as much of the destination as the behaviour says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Inside {
    source: SocketAddr,
    address: Option<IpAddr>,
    port: Option<u16>,
}

#[derive(Clone, Debug)]
struct Entry {
    public_port: u16,
    used_at: Instant,
    /// Whom it was sent to, and when last.
    permitted: BTreeMap<SocketAddr, Instant>,
}

/// Public ports begin here; what is below belongs to services.
const PORT_MIN: u16 = 1_024;
/// So many destinations share a mapping of [`Mapping::SharedByTwo`].
const SHARING_MAX: usize = 2;

impl Nat {
    /// A NAT that has seen no packet. Random ports come from the seed.
    #[must_use]
    pub fn new(behaviour: Behaviour, public: IpAddr, seed: u64) -> Self {
        Self {
            behaviour,
            public,
            mappings: BTreeMap::new(),
            random: SmallRng::seed_from_u64(seed),
        }
    }

    /// How it behaves.
    #[must_use]
    pub fn behaviour(&self) -> &Behaviour {
        &self.behaviour
    }

    /// Its address towards the world.
    #[must_use]
    pub fn public(&self) -> IpAddr {
        self.public
    }

    /// The provider gives another public address: all mappings are gone, as after a redial.
    pub fn renumber(&mut self, public: IpAddr) {
        self.public = public;
        self.mappings.clear();
    }

    /// A packet leaves: the source that the destination will see; `None` when it is dropped.
    pub fn outbound(&mut self, inside: SocketAddr, destination: SocketAddr, now: Instant) -> Option<SocketAddr> {
        if !self.behaviour.udp {
            return None;
        }
        self.forget_old(now);
        let key = self.key(inside, destination);
        if !self.mappings.contains_key(&key) {
            let public_port = self.free_port(inside.port())?;
            let permitted = BTreeMap::new();
            let used_at = now;
            self.mappings.insert(
                key,
                Entry {
                    public_port,
                    used_at,
                    permitted,
                },
            );
        }
        let entry = self.mappings.get_mut(&key)?;
        entry.used_at = now;
        entry.permitted.insert(destination, now);
        Some(SocketAddr::new(self.public, entry.public_port))
    }

    /// A packet arrives at one of our public ports: who inside gets it; `None` when it is dropped.
    pub fn inbound(&mut self, source: SocketAddr, public: SocketAddr, now: Instant) -> Option<SocketAddr> {
        if !self.behaviour.udp || public.ip() != self.public {
            return None;
        }
        self.forget_old(now);
        let is_reached = |(_, entry): &(&Inside, &Entry)| entry.public_port == public.port();
        let (inside, entry) = self.mappings.iter().find(is_reached)?;
        let is_permitted = match self.behaviour.filtering {
            Filtering::EndpointIndependent => true,
            Filtering::AddressDependent => entry.permitted.keys().any(|permitted| permitted.ip() == source.ip()),
            Filtering::AddressAndPortDependent => entry.permitted.contains_key(&source),
        };
        is_permitted.then_some(inside.source)
    }

    /// A packet from inside to our own public address: the source that the neighbour sees, and who it is; `None` when it is
    /// dropped. A neighbour's filter applies to it as to anybody else.
    pub fn hairpin(&mut self, inside: SocketAddr, public: SocketAddr, now: Instant) -> Option<(SocketAddr, SocketAddr)> {
        let source = self.outbound(inside, public, now)?;
        if !self.behaviour.hairpin {
            return None;
        }
        Some((source, self.inbound(source, public, now)?))
    }

    fn key(&self, source: SocketAddr, destination: SocketAddr) -> Inside {
        let (address, port) = match self.behaviour.mapping {
            Mapping::EndpointIndependent => (None, None),
            Mapping::AddressDependent => (Some(destination.ip()), None),
            Mapping::SharedByTwo if self.shares(source, destination) => (None, None),
            Mapping::SharedByTwo | Mapping::AddressAndPortDependent => (Some(destination.ip()), Some(destination.port())),
        };
        Inside { source, address, port }
    }

    /// Whether a destination is one of the first two of a socket.
    fn shares(&self, source: SocketAddr, destination: SocketAddr) -> bool {
        let (address, port) = (None, None);
        let shared = self.mappings.get(&Inside { source, address, port });
        shared.is_none_or(|entry| entry.permitted.len() < SHARING_MAX || entry.permitted.contains_key(&destination))
    }

    fn free_port(&mut self, inside: u16) -> Option<u16> {
        let wished = match self.behaviour.ports {
            Ports::Preserved => Some(inside),
            Ports::Remapped(bits) => Some(inside ^ bits),
            Ports::Random => None,
        };
        let is_free = |port: &u16| *port >= PORT_MIN && !self.mappings.values().any(|entry| entry.public_port == *port);
        if let Some(port) = wished.filter(is_free) {
            return Some(port);
        }
        let start = self.random.random_range(PORT_MIN..=u16::MAX);
        (start..=u16::MAX).chain(PORT_MIN..start).find(is_free)
    }

    fn forget_old(&mut self, now: Instant) {
        let lifetime = self.behaviour.lifetime;
        let is_fresh = |at: Instant| now.saturating_duration_since(at) <= lifetime;
        self.mappings.retain(|_, entry| {
            entry.permitted.retain(|_, at| is_fresh(*at));
            is_fresh(entry.used_at)
        });
    }
}
