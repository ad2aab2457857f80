//! What phones and providers outside are told of a port pair: what it looks like from where they are, as well as that is known.

use std::net::{IpAddr, SocketAddr};

use model::TrunkId;

use super::ports::Ports;
use crate::addresses::{Addresses, Mapped, is_inside};
use crate::leg::rtp::Advertised;

/// Where a phone or a provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a network of ours: it reaches us as we are.
    Inside,
    /// Behind a router that hides our address.
    Outside {
        /// The trunk, where it is a provider.
        trunk: Option<TrunkId>,
    },
}

impl Place {
    /// By which address of ours it is reached, and where its signalling comes from.
    pub(super) fn of(local: IpAddr, signalling: IpAddr, trunk: Option<TrunkId>) -> Self {
        if is_inside(local) && !is_inside(signalling) {
            Self::Outside { trunk }
        } else {
            Self::Inside
        }
    }
}

/// What is told of a port pair: what the provider's own STUN server sees of this port, else what the system's do; where neither is known, the best
/// guess. What the system's servers see counts only as long as the provider's does not see another address: they may be behind another router.
pub(super) fn advertised(ports: &Ports, addresses: &Addresses, local: SocketAddr, place: Place) -> Advertised {
    let plain = Advertised {
        rtp: local,
        rtcp_port: local.port() + 1,
    };
    let Place::Outside { trunk } = place else { return plain };
    let is_alike = |public: &IpAddr| public.is_ipv4() == local.is_ipv4();
    let own = trunk.and_then(|trunk| addresses.own.get(&trunk)).into_iter().flatten();
    let own = own.map(|mapped| mapped.public.ip()).find(is_alike);
    let known = |port: u16| {
        let seen = ports.seen(port)?;
        let by_system = seen
            .by_system
            .filter(|public| own.map_or(is_alike(&public.ip()), |own| own == public.ip()));
        trunk.and_then(|trunk| seen.by_own_of(trunk, local)).or(by_system)
    };
    let same = |mapped: &&Mapped| mapped.local == local.ip();
    let public = addresses.mapped.iter().find(same).map(|mapped| mapped.public.ip());
    let guess = own
        .or(public)
        .or(addresses.stated.first().copied())
        .map(|ip| SocketAddr::new(ip, local.port()));
    let Some(rtp) = known(local.port()).or(guess) else { return plain };
    let rtcp = known(local.port() + 1).filter(|rtcp| rtcp.ip() == rtp.ip());
    Advertised {
        rtp,
        rtcp_port: rtcp.map_or(rtp.port().saturating_add(1), |rtcp| rtcp.port()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::ports::Seen;
    use super::*;

    const TRUNK: TrunkId = TrunkId(7);
    const OTHER: TrunkId = TrunkId(8);

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn mapped(public: &str) -> Mapped {
        Mapped {
            local: IpAddr::from([192, 168, 10, 10]),
            public: at(public),
        }
    }

    #[test]
    fn each_provider_is_told_what_its_own_server_sees_and_the_others_what_the_systems_see() {
        let local = at("192.168.10.10:30000");
        let (first, second) = ("198.51.100.2:41000", "203.0.113.2:52000");
        for (by_system, by_own, own_address, trunk, expected) in [
            // Nothing is known of the port: the address with the same port.
            (None, None, None, Some(TRUNK), "198.51.100.2:30000"),
            (None, None, Some(second), Some(TRUNK), "203.0.113.2:30000"),
            (None, None, Some(second), Some(OTHER), "198.51.100.2:30000"),
            // The system's servers know the port.
            (Some(first), None, None, Some(TRUNK), first),
            (Some(first), None, None, None, first),
            // They are behind another router than the provider.
            (Some(first), None, Some(second), Some(TRUNK), "203.0.113.2:30000"),
            // They are behind the same one.
            (Some(first), None, Some("198.51.100.2:8802"), Some(TRUNK), first),
            // The provider's own knows it.
            (Some(first), Some(second), Some(second), Some(TRUNK), second),
            (Some(first), Some(second), None, Some(TRUNK), second),
            (Some(first), Some(second), Some(second), Some(OTHER), first),
            (Some(first), Some(second), Some(second), None, first),
            (None, Some(second), Some(second), None, "198.51.100.2:30000"),
        ] {
            let mut ports = Ports::new(&[30_000]);
            let seen = Seen {
                by_system: by_system.map(at),
                by_own: by_own.map(|public| (TRUNK, at(public))).into_iter().collect(),
            };
            ports.map(30_000, seen);
            let own = own_address.map(|public| (TRUNK, vec![mapped(public)]));
            let addresses = Addresses {
                mapped: vec![mapped("198.51.100.2:8802")],
                own: own.into_iter().collect(),
                ..Addresses::default()
            };
            let told = advertised(&ports, &addresses, local, Place::Outside { trunk });
            assert_eq!(told.rtp, at(expected), "{by_system:?} {by_own:?} {own_address:?} {trunk:?}");
        }
    }

    #[test]
    fn rtcp_is_told_as_the_same_server_sees_it() {
        let mut ports = Ports::new(&[30_000]);
        for (port, first, second) in [
            (30_000, "198.51.100.2:41000", "203.0.113.2:52000"),
            (30_001, "198.51.100.2:41777", "203.0.113.2:52999"),
        ] {
            let seen = Seen {
                by_system: Some(at(first)),
                by_own: vec![(TRUNK, at(second))],
            };
            ports.map(port, seen);
        }
        let told = |trunk| advertised(&ports, &Addresses::default(), at("192.168.10.10:30000"), Place::Outside { trunk }).rtcp_port;
        assert_eq!((told(Some(TRUNK)), told(Some(OTHER)), told(None)), (52_999, 41_777, 41_777));
    }

    #[test]
    fn whoever_reaches_us_as_we_are_is_told_that() {
        let (inside, outside) = (IpAddr::from([192, 168, 10, 10]), IpAddr::from([203, 0, 113, 60]));
        let trunk = Some(TRUNK);
        assert_eq!(Place::of(inside, outside, trunk), Place::Outside { trunk });
        assert_eq!(Place::of(inside, inside, trunk), Place::Inside);
        assert_eq!(Place::of(outside, outside, trunk), Place::Inside, "there is no router");
    }
}
