//! What stands between a person and the internet, in the words of RFC 3489 for people and of RFC 4787 for engineers.

use std::fmt;

/// How a router treats UDP. All but [`Nat::Open`] translate addresses and let TCP out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Nat {
    /// No translation and no filter: the host has the public address itself.
    Open,
    /// One public port for each inside port, open to everybody.
    FullCone,
    /// One public port, open to the addresses that were sent to.
    AddressRestricted,
    /// One public port, open to the addresses and ports that were sent to.
    PortRestricted,
    /// As [`Nat::PortRestricted`], and the public port is never the inside port.
    Remapping,
    /// Another public port for each address and port that is sent to, open only to that one.
    Symmetric,
    /// Towards the two STUN servers as [`Nat::PortRestricted`], towards everybody else as [`Nat::Symmetric`]: whoever asks these two alone takes
    /// it for normal.
    Trap,
    /// Nothing but TCP to ports 80, 443 and 8802, and DNS.
    UdpBlocked,
}

/// Where the home worker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Home {
    /// In the office, on its LAN.
    Lan,
    /// At home behind one router.
    Behind(Nat),
    /// At home behind a port-restricted router, and that behind the carrier's router.
    Carrier(Nat),
    /// In a network whose only way out is a proxy at `192.168.1.1:3128` (HTTP CONNECT).
    ConnectProxyOnly,
    /// The same, and the proxy looks into connections and ends all but TLS.
    TlsOnly,
}

/// How the office is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Office {
    /// By one router, which forwards only TCP 8802.
    Behind(Nat),
    /// By a port-restricted router that forwards TCP 8802, while the static routes to the STUN servers and the ITSP lead over a second
    /// router of the same kind.
    StunOverSecondRouter,
    /// The server has a public interface of its own with its default route, and one on the LAN.
    ServerWithWan,
}

/// What an endpoint-independent mapping keeps and what it does not (RFC 4787, section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mapping {
    /// The same public port towards everybody.
    EndpointIndependent,
    /// Another one towards each address and port.
    AddressAndPortDependent,
}

/// Whose packets a mapping lets in (RFC 4787, section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Filtering {
    /// Everybody's.
    EndpointIndependent,
    /// Those from addresses that were sent to.
    AddressDependent,
    /// Those from addresses and ports that were sent to.
    AddressAndPortDependent,
}

/// What becomes of UDP on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// How ports are chosen.
    pub mapping: Mapping,
    /// Who may answer.
    pub filtering: Filtering,
}

impl Nat {
    /// The router's behaviour; none when UDP does not pass.
    pub fn behaviour(self) -> Option<Behaviour> {
        let (mapping, filtering) = match self {
            Nat::Open | Nat::FullCone => (Mapping::EndpointIndependent, Filtering::EndpointIndependent),
            Nat::AddressRestricted => (Mapping::EndpointIndependent, Filtering::AddressDependent),
            Nat::PortRestricted | Nat::Remapping => (Mapping::EndpointIndependent, Filtering::AddressAndPortDependent),
            Nat::Symmetric | Nat::Trap => (Mapping::AddressAndPortDependent, Filtering::AddressAndPortDependent),
            Nat::UdpBlocked => return None,
        };
        Some(Behaviour { mapping, filtering })
    }
}

impl Behaviour {
    /// Two routers in a row: the more restrictive one decides.
    pub fn then(self, outer: Behaviour) -> Behaviour {
        Behaviour {
            mapping: self.mapping.max(outer.mapping),
            filtering: self.filtering.max(outer.filtering),
        }
    }
}

impl From<Nat> for Home {
    fn from(nat: Nat) -> Home {
        Home::Behind(nat)
    }
}

impl From<Nat> for Office {
    fn from(nat: Nat) -> Office {
        Office::Behind(nat)
    }
}

impl fmt::Display for Nat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Nat::Open => "open",
            Nat::FullCone => "full cone",
            Nat::AddressRestricted => "address-restricted",
            Nat::PortRestricted => "port-restricted",
            Nat::Remapping => "remapping",
            Nat::Symmetric => "symmetric",
            Nat::Trap => "symmetric but for two",
            Nat::UdpBlocked => "UDP blocked",
        })
    }
}

impl fmt::Display for Home {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Home::Lan => out.write_str("LAN"),
            Home::Behind(nat) => nat.fmt(out),
            Home::Carrier(nat) => write!(out, "carrier {nat}"),
            Home::ConnectProxyOnly => out.write_str("CONNECT proxy only"),
            Home::TlsOnly => out.write_str("TLS only"),
        }
    }
}

impl fmt::Display for Office {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Office::Behind(nat) => nat.fmt(out),
            Office::StunOverSecondRouter => out.write_str("STUN over a second router"),
            Office::ServerWithWan => out.write_str("server with a WAN interface"),
        }
    }
}
