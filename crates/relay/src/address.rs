//! Whom a client may reach, and by which address it is reached.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The first address of 198.18.0.0/15, which is for benchmarks of network devices (RFC 2544) and routed nowhere.
const BASE_V4: u32 = 0xc612_0000;

/// How many bits of an IPv4 address that leaves.
const HOST_BITS_V4: u32 = 17;

/// The same for IPv6: 2001:2::/48 (RFC 5180).
const BASE_V6: u128 = 0x2001_0002_0000_0000_0000_0000_0000_0000;

/// Ports of relayed addresses are even and at least this.
const PORT_FIRST: u32 = 1024;

/// How many even ports there are from there on.
const PORTS: u64 = (65_536 - PORT_FIRST as u64) / 2;

/// The relayed transport addresses of a client, one for each family. They name it in this program, and nothing on any network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Relayed {
    /// In 198.18.0.0/15.
    pub v4: SocketAddr,
    /// In 2001:2::/48.
    pub v6: SocketAddr,
}

impl Relayed {
    /// Those of the client with this number: different numbers below 2^31 have different addresses.
    #[must_use]
    pub fn numbered(number: u64) -> Self {
        let port = (u64::from(PORT_FIRST) + (number >> HOST_BITS_V4) % PORTS * 2) as u16;
        let host = (number & ((1 << HOST_BITS_V4) - 1)) as u32;
        Self {
            v4: SocketAddr::new(Ipv4Addr::from_bits(BASE_V4 + host).into(), port),
            v6: SocketAddr::new(Ipv6Addr::from_bits(BASE_V6 + u128::from(number)).into(), port),
        }
    }

    /// The one of a peer's family.
    #[must_use]
    pub fn toward(self, peer: SocketAddr) -> SocketAddr {
        if peer.is_ipv4() { self.v4 } else { self.v6 }
    }

    /// Whether an address is a relayed one of anybody: no packet may leave this machine towards it.
    #[must_use]
    pub fn is_virtual(address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(v4) => v4.to_bits() >> HOST_BITS_V4 == BASE_V4 >> HOST_BITS_V4,
            IpAddr::V6(v6) => v6.to_bits() >> 80 == BASE_V6 >> 80,
        }
    }
}

/// The transport addresses that clients may reach: our own media, by every address that it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peers(Box<[SocketAddr]>);

impl Peers {
    /// Takes what is one certain address; IPv4 addresses in IPv6 clothes are taken as what they are.
    pub fn new(addresses: impl IntoIterator<Item = SocketAddr>) -> Self {
        let certain = |address: &SocketAddr| !address.ip().is_unspecified() && !address.ip().is_multicast() && address.port() != 0;
        let mut peers: Vec<_> = addresses
            .into_iter()
            .map(|address| SocketAddr::new(address.ip().to_canonical(), address.port()))
            .filter(certain)
            .collect();
        peers.sort_unstable();
        peers.dedup();
        Self(peers.into())
    }

    /// Whether this very address and port is one of ours. One that is IPv4 in IPv6 clothes never is.
    #[must_use]
    pub fn contains(&self, address: SocketAddr) -> bool {
        self.0.iter().any(|ours| ours.ip() == address.ip() && ours.port() == address.port())
    }

    /// Whether we have media at this address, on whatever port.
    #[must_use]
    pub fn has_ip(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|ours| ours.ip() == ip)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_have_addresses_of_their_own_which_are_on_no_wire() {
        let numbers = [0, 1, 2, 0x1_ffff, 0x2_0000, 0x2_0001, 0x3_ffff, 1 << 30, (1 << 30) + 1];
        let relayed: Vec<_> = numbers.into_iter().map(Relayed::numbered).collect();
        assert_eq!(relayed.iter().map(|r| r.v4).collect::<BTreeSet<_>>().len(), numbers.len());
        assert_eq!(relayed.iter().map(|r| r.v6).collect::<BTreeSet<_>>().len(), numbers.len());
        for Relayed { v4, v6 } in relayed {
            assert!(Relayed::is_virtual(v4.ip()) && Relayed::is_virtual(v6.ip()), "{v4} {v6}");
            assert!(v4.port() % 2 == 0 && v4.port() >= 1024, "{v4}");
        }
        assert_eq!(Relayed::numbered(1).v4, "198.18.0.1:1024".parse().unwrap());
        assert_eq!(Relayed::numbered(0x2_0000).v4, "198.18.0.0:1026".parse().unwrap());
    }

    #[test]
    fn every_number_has_an_address() {
        for number in [u64::MAX, u64::MAX - 1, 1 << 31, 1 << 40] {
            assert!(Relayed::is_virtual(Relayed::numbered(number).v4.ip()), "{number}");
        }
    }

    #[test]
    fn addresses_beside_the_range_are_real() {
        for (address, is_virtual) in [
            ("198.17.255.255", false),
            ("198.18.0.0", true),
            ("198.19.255.255", true),
            ("198.20.0.0", false),
            ("::ffff:198.18.0.1", true),
            ("2001:2::1", true),
            ("2001:2:1::", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(Relayed::is_virtual(address.parse().unwrap()), is_virtual, "{address}");
        }
    }

    #[test]
    fn only_certain_addresses_are_peers() {
        let given = [
            "192.0.2.1:8802",
            "[::ffff:192.0.2.2]:8802",
            "0.0.0.0:8802",
            "[::]:8802",
            "224.0.0.1:8802",
            "192.0.2.3:0",
        ];
        let peers = Peers::new(given.map(|address| address.parse().unwrap()));
        assert_eq!(peers, Peers::new(["192.0.2.2:8802", "192.0.2.1:8802"].map(|a| a.parse().unwrap())));
        assert!(peers.contains("192.0.2.2:8802".parse().unwrap()));
        assert!(!peers.contains("192.0.2.2:8803".parse().unwrap()));
        assert!(!peers.contains("[::ffff:192.0.2.2]:8802".parse().unwrap()));
        assert!(peers.has_ip("192.0.2.1".parse().unwrap()));
        assert!(!peers.has_ip("192.0.2.3".parse().unwrap()));
    }
}
