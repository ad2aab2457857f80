//! How the routers between us and the world behave: mapping and filtering in the words of RFC 4787, the old names of RFC 3489 for people.
//!
//! ```text
//!   Probe ── asks servers, from two sockets ──► Evidence ──► Verdict
//!            (RFC 5780 where one can)            what was seen   what follows from it, and no more
//! ```
//!
//! One probe is about one address family. What counts is how several destinations see the *same* socket: a router may change every port
//! and still be no symmetric NAT.

pub mod lifetime;

mod evidence;
mod probe;
mod sentence;
mod verdict;

use std::fmt;
use std::net::IpAddr;

pub use evidence::{Count, Destination, Evidence, FilterEvidence, Origin, Reach};
pub use probe::{Local, PROBE_MAX, Probe, SERVERS_MAX, Socket, Transmit};
pub use verdict::verdict;

/// What is known about the NAT on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Why: everything else in this follows from it and from what was seen.
    pub reason: Reason,
    /// How the public address depends on the destination.
    pub mapping: Dependence,
    /// Whose packets are let in.
    pub filtering: Dependence,
    /// Whether public ports are the local ones; `None` without an answer.
    pub port_preserved: Option<bool>,
    /// How the world sees us, without ports; in the order in which they were seen.
    pub public_addresses: Vec<IpAddr>,
    /// Whether our own public address can be reached from inside; `None` when that was not found out.
    pub hairpin: Option<bool>,
    /// How sure the outcome is.
    pub confidence: Confidence,
    /// Whether a router on the way rewrites addresses inside of packets, as "SIP helpers" do.
    pub is_altered: bool,
}

/// What decides whether audio finds its way over UDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every destination sees the same public address and port.
    NotSymmetric,
    /// Destinations see different ones.
    Symmetric,
    /// No UDP gets through.
    UdpBlocked,
    /// The evidence does not say.
    Unknown,
}

/// What the outcome rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There was nobody to ask.
    NobodyAsked,
    /// This machine has no way to any of the servers.
    NoRoute,
    /// No answer from any of so many hosts.
    AllSilent {
        /// How many.
        servers: usize,
        /// Whether one of them answers by TCP.
        by_tcp: bool,
    },
    /// The only server does not answer, and nothing else is known about it.
    OnlyServerSilent,
    /// No answer, but a host or server refuses: so UDP gets out.
    Refused,
    /// The public address is our own.
    NoNat,
    /// So many destinations on at least two hosts see the same.
    SeenAlike {
        /// How many.
        destinations: usize,
    },
    /// Two destinations see different ports of one address, at the same time.
    SeenDifferently,
    /// Only one destination has answered.
    OneDestination,
    /// Several ports of one host see the same: another host may not.
    OneHost,
    /// Destinations see different addresses: there are several ways to the internet.
    SeveralWays,
    /// What was seen has changed meanwhile.
    Unsteady,
}

/// On how much of the other side something depends (RFC 4787 sections 4.1 and 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependence {
    /// On nothing.
    EndpointIndependent,
    /// On the address.
    AddressDependent,
    /// On address and port.
    AddressAndPortDependent,
    /// The evidence does not say.
    Unknown,
}

/// The names of RFC 3489 section 5, and what it had no name for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NatType {
    /// A public address, and everybody gets in.
    OpenInternet,
    /// A public address behind a firewall that lets in answers only.
    SymmetricUdpFirewall,
    /// A public address; whether there is a firewall is not known.
    NoNat,
    /// Everybody gets in.
    FullCone,
    /// Addresses that were sent to get in.
    AddressRestrictedCone,
    /// Addresses and ports that were sent to get in.
    PortRestrictedCone,
    /// One of the three cones.
    Cone,
    /// Every destination sees another port.
    Symmetric,
    /// No UDP at all.
    UdpBlocked,
    /// The evidence does not say.
    Unknown,
}

/// How sure a verdict is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// A guess, or nothing.
    Low,
    /// What the evidence says, but it is thin.
    Medium,
    /// Seen several times, from several sides.
    High,
}

impl Verdict {
    /// What decides whether audio finds its way over UDP.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.reason {
            Reason::NoNat | Reason::SeenAlike { .. } => Outcome::NotSymmetric,
            Reason::SeenDifferently => Outcome::Symmetric,
            Reason::AllSilent { .. } => Outcome::UdpBlocked,
            Reason::NobodyAsked
            | Reason::NoRoute
            | Reason::OnlyServerSilent
            | Reason::Refused
            | Reason::OneDestination
            | Reason::OneHost
            | Reason::SeveralWays
            | Reason::Unsteady => Outcome::Unknown,
        }
    }

    /// The same in the words of RFC 3489.
    #[must_use]
    pub fn nat_type(&self) -> NatType {
        let is_public = self.reason == Reason::NoNat;
        match (self.outcome(), self.filtering) {
            (Outcome::NotSymmetric, Dependence::EndpointIndependent) if is_public => NatType::OpenInternet,
            (Outcome::NotSymmetric, Dependence::Unknown) if is_public => NatType::NoNat,
            (Outcome::NotSymmetric, Dependence::AddressDependent | Dependence::AddressAndPortDependent) if is_public => {
                NatType::SymmetricUdpFirewall
            }
            (Outcome::NotSymmetric, Dependence::EndpointIndependent) => NatType::FullCone,
            (Outcome::NotSymmetric, Dependence::AddressDependent) => NatType::AddressRestrictedCone,
            (Outcome::NotSymmetric, Dependence::AddressAndPortDependent) => NatType::PortRestrictedCone,
            (Outcome::NotSymmetric, Dependence::Unknown) => NatType::Cone,
            (Outcome::Symmetric, _) => NatType::Symmetric,
            (Outcome::UdpBlocked, _) => NatType::UdpBlocked,
            (Outcome::Unknown, _) => NatType::Unknown,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NotSymmetric => "not-symmetric",
            Self::Symmetric => "symmetric",
            Self::UdpBlocked => "udp-blocked",
            Self::Unknown => "unknown",
        })
    }
}

impl fmt::Display for Dependence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::EndpointIndependent => "endpoint-independent",
            Self::AddressDependent => "address-dependent",
            Self::AddressAndPortDependent => "address-and-port-dependent",
            Self::Unknown => "unknown",
        })
    }
}

impl fmt::Display for NatType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::OpenInternet => "open-internet",
            Self::SymmetricUdpFirewall => "symmetric-udp-firewall",
            Self::NoNat => "no-nat",
            Self::FullCone => "full-cone",
            Self::AddressRestrictedCone => "address-restricted-cone",
            Self::PortRestrictedCone => "port-restricted-cone",
            Self::Cone => "cone",
            Self::Symmetric => "symmetric",
            Self::UdpBlocked => "udp-blocked",
            Self::Unknown => "unknown",
        })
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}
