//! The kinds of NAT that the laboratory has, by name.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use super::{Behaviour, Chain, Filtering, Mapping, Nat, Ports};

/// The address of a subscriber behind a carrier's NAT (RFC 6598).
const SUBSCRIBER: IpAddr = IpAddr::V4(Ipv4Addr::new(100, 64, 0, 7));
/// What the laboratory's remapping router changes of a port.
const REMAPPED_BITS: u16 = 0x0fff;

/// A kind of NAT, in the words of the laboratory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// A public address of one's own.
    None,
    /// Everybody gets in.
    FullCone,
    /// Addresses that were sent to get in.
    AddressRestricted,
    /// Addresses and ports that were sent to get in.
    PortRestricted,
    /// As port-restricted, and every port is another one outside; yet all destinations see the same.
    Remapping,
    /// Every destination sees another port.
    Symmetric,
    /// No UDP at all.
    UdpBlocked,
    /// Two port-restricted ones in a row.
    CarrierPortRestricted,
    /// A port-restricted one at home behind a symmetric one of the carrier.
    CarrierSymmetric,
}

/// No kind of NAT has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName;

impl Named {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::None,
        Self::FullCone,
        Self::AddressRestricted,
        Self::PortRestricted,
        Self::Remapping,
        Self::Symmetric,
        Self::UdpBlocked,
        Self::CarrierPortRestricted,
        Self::CarrierSymmetric,
    ];

    /// The way to the world through it; `public` is its address there, random ports come from the seed.
    #[must_use]
    pub fn chain(self, public: IpAddr, seed: u64) -> Chain {
        let home = |behaviour| Nat::new(behaviour, SUBSCRIBER, seed.wrapping_add(1));
        let alone = |behaviour| Nat::new(behaviour, public, seed);
        let port_restricted = Behaviour::default();
        let symmetric = Behaviour {
            mapping: Mapping::AddressAndPortDependent,
            ports: Ports::Random,
            ..port_restricted
        };
        let nats = match self {
            Self::None => vec![],
            Self::FullCone => vec![alone(Behaviour {
                filtering: Filtering::EndpointIndependent,
                ..port_restricted
            })],
            Self::AddressRestricted => vec![alone(Behaviour {
                filtering: Filtering::AddressDependent,
                ..port_restricted
            })],
            Self::PortRestricted => vec![alone(port_restricted)],
            Self::Remapping => vec![alone(Behaviour {
                ports: Ports::Remapped(REMAPPED_BITS),
                ..port_restricted
            })],
            Self::Symmetric => vec![alone(symmetric)],
            Self::UdpBlocked => vec![alone(Behaviour {
                udp: false,
                ..port_restricted
            })],
            Self::CarrierPortRestricted => vec![home(port_restricted), alone(port_restricted)],
            Self::CarrierSymmetric => vec![home(port_restricted), alone(symmetric)],
        };
        Chain::new(nats)
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::FullCone => "full-cone",
            Self::AddressRestricted => "address-restricted",
            Self::PortRestricted => "port-restricted",
            Self::Remapping => "remapping",
            Self::Symmetric => "symmetric",
            Self::UdpBlocked => "udp-blocked",
            Self::CarrierPortRestricted => "carrier-port-restricted",
            Self::CarrierSymmetric => "carrier-symmetric",
        })
    }
}

impl FromStr for Named {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|named| named.to_string() == name).ok_or(UnknownName)
    }
}
