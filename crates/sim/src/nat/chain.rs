//! Several translators in a row, as in a home behind a carrier's NAT.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use super::{Filtering, Mapping, Nat};

/// The way from one host to the world: no NAT, one, or several, the innermost first.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    nats: Vec<Nat>,
}

impl Chain {
    /// The innermost first; none at all for a host with a public address.
    #[must_use]
    pub fn new(nats: Vec<Nat>) -> Self {
        Self { nats }
    }

    /// The translators, the innermost first.
    pub fn nats(&mut self) -> &mut [Nat] {
        &mut self.nats
    }

    /// The address towards the world; `None` without a NAT.
    #[must_use]
    pub fn public(&self) -> Option<IpAddr> {
        self.nats.last().map(Nat::public)
    }

    /// The provider gives another public address. Nothing happens without a NAT.
    pub fn renumber(&mut self, public: IpAddr) {
        if let Some(outermost) = self.nats.last_mut() {
            outermost.renumber(public);
        }
    }

    /// A packet leaves: the source that the destination will see; `None` when it is dropped.
    pub fn outbound(&mut self, inside: SocketAddr, destination: SocketAddr, now: Instant) -> Option<SocketAddr> {
        self.nats
            .iter_mut()
            .try_fold(inside, |source, nat| nat.outbound(source, destination, now))
    }

    /// A packet arrives at a public address: who inside gets it; `None` when it is dropped.
    pub fn inbound(&mut self, source: SocketAddr, public: SocketAddr, now: Instant) -> Option<SocketAddr> {
        self.nats
            .iter_mut()
            .rev()
            .try_fold(public, |reached, nat| nat.inbound(source, reached, now))
    }

    /// A packet to a public address of ours, turned back by the NAT that has it: the source that the neighbour sees, and who it is.
    pub fn hairpin(&mut self, inside: SocketAddr, public: SocketAddr, now: Instant) -> Option<(SocketAddr, SocketAddr)> {
        let turning = self.nats.iter().position(|nat| nat.public() == public.ip())?;
        let (inner, outer) = self.nats.split_at_mut(turning);
        let source = inner.iter_mut().try_fold(inside, |source, nat| nat.outbound(source, public, now))?;
        let (source, reached) = outer.first_mut()?.hairpin(source, public, now)?;
        let reached = inner
            .iter_mut()
            .rev()
            .try_fold(reached, |reached, nat| nat.inbound(source, reached, now))?;
        Some((source, reached))
    }

    /// How the whole way maps: as its most dependent part. Without a NAT every destination sees the same.
    #[must_use]
    pub fn mapping(&self) -> Mapping {
        let mappings = self.nats.iter().map(|nat| nat.behaviour().mapping);
        mappings.max().unwrap_or(Mapping::EndpointIndependent)
    }

    /// How the whole way filters: as its strictest part. Without a NAT everybody gets in.
    #[must_use]
    pub fn filtering(&self) -> Filtering {
        let filterings = self.nats.iter().map(|nat| nat.behaviour().filtering);
        filterings.max().unwrap_or(Filtering::EndpointIndependent)
    }

    /// Whether UDP passes.
    #[must_use]
    pub fn passes_udp(&self) -> bool {
        self.nats.iter().all(|nat| nat.behaviour().udp)
    }
}
