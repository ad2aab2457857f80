//! The links of this machine: what each is for, which router it names, and where somebody is, seen from here.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use doctor::evidence::{Interface, InterfaceRole, Locality};
use if_addrs::IfAddr;
use media::addresses::is_inside;

/// Addresses that are looked at; a machine full of containers has more, which nobody comes by.
const LINKS_MAX: usize = 64;

/// How names of tunnels begin.
const VPN: [&str; 12] = [
    "tun",
    "wg",
    "ppp",
    "tailscale",
    "zt",
    "ipsec",
    "vti",
    "nordlynx",
    "proton",
    "vpn",
    "gpd",
    "cscotun",
];

/// How names of bridges and cables of containers and virtual machines begin.
const VIRTUAL: [&str; 12] = [
    "docker", "br-", "veth", "virbr", "vnet", "lxc", "lxd", "cni", "flannel", "podman", "vmnet", "vboxnet",
];

/// Flags of a route in `/proc/net` (`RTF_UP`, `RTF_GATEWAY` of `route.h`).
const UP_BY_GATEWAY: u32 = 0x0003;

/// An address of ours, and the network that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) interface: Interface,
    prefix_bits: u8,
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Links(Vec<Link>);

impl Links {
    /// As the system has them now; those that media is bound to, where it is bound to one.
    ///
    /// # Errors
    ///
    /// When the system does not tell our addresses.
    pub(super) fn look(bound: IpAddr) -> std::io::Result<Self> {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let mut gateways = gateways_v4(&read("/proc/net/route"));
        gateways.extend(gateways_v6(&read("/proc/net/ipv6_route")));
        let up = if_addrs::get_if_addrs()?.into_iter().filter(if_addrs::Interface::is_oper_up);
        let addresses = up.map(|interface| {
            let (ip, bits) = match &interface.addr {
                IfAddr::V4(v4) => (IpAddr::V4(v4.ip), v4.prefixlen),
                IfAddr::V6(v6) => (IpAddr::V6(v6.ip), v6.prefixlen),
            };
            (interface.name, ip, bits)
        });
        Ok(Self::of(addresses, &gateways, bound))
    }

    fn of(addresses: impl IntoIterator<Item = (String, IpAddr, u8)>, gateways: &BTreeMap<(String, bool), IpAddr>, bound: IpAddr) -> Self {
        let counts = |ip: &IpAddr| match ip {
            IpAddr::V4(v4) => !v4.is_loopback() && !v4.is_link_local(),
            IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local() && bound.is_ipv6(),
        };
        let addresses: Vec<_> = addresses
            .into_iter()
            .filter(|(_, ip, _)| counts(ip) && (bound.is_unspecified() || bound == *ip))
            .take(LINKS_MAX)
            .collect();
        let has_inside = |name: &str| {
            addresses
                .iter()
                .any(|(other, ip, _)| other == name && ip.is_ipv4() && is_private(*ip))
        };
        let link = |(name, ip, bits): &(String, IpAddr, u8)| Link {
            interface: Interface {
                name: name.clone(),
                address: *ip,
                role: role(name, *ip, has_inside(name)),
                gateway: gateways.get(&(name.clone(), ip.is_ipv6())).copied(),
            },
            prefix_bits: *bits,
        };
        Self(addresses.iter().map(link).collect())
    }

    /// For the evidence.
    pub(super) fn interfaces(&self) -> Vec<Interface> {
        self.0.iter().map(|link| link.interface.clone()).collect()
    }

    /// Whether an address is one of ours.
    pub(super) fn has(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|link| link.interface.address == ip)
    }

    /// Where somebody is who comes from `peer`, as far as addresses tell; `publics` are ours as the world sees them.
    pub(super) fn locality(&self, peer: IpAddr, publics: &[IpAddr]) -> Locality {
        let peer = peer.to_canonical();
        if peer.is_loopback() || self.has(peer) {
            return Locality::Lan;
        }
        let on_link = self.0.iter().filter(|link| link.has(peer)).max_by_key(|link| link.prefix_bits);
        match on_link {
            // A router that translates what it forwards: behind it may be anybody.
            Some(link) if link.interface.gateway == Some(peer) => Locality::Unknown,
            Some(link) => match link.interface.role {
                InterfaceRole::Lan | InterfaceRole::Virtual => Locality::Lan,
                InterfaceRole::Vpn => Locality::Vpn,
                InterfaceRole::Wan => Locality::Internet,
            },
            None if publics.contains(&peer) => Locality::Hairpin,
            // Routed to us from inside: another site, or a tunnel that ends at the router.
            None if is_inside(peer) => Locality::Unknown,
            None => Locality::Internet,
        }
    }
}

impl Link {
    fn has(&self, peer: IpAddr) -> bool {
        match (self.interface.address, peer) {
            (IpAddr::V4(ours), IpAddr::V4(peer)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix_bits.min(32))).unwrap_or(0);
                ours.to_bits() & mask == peer.to_bits() & mask
            }
            (IpAddr::V6(ours), IpAddr::V6(peer)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix_bits.min(128))).unwrap_or(0);
                ours.to_bits() & mask == peer.to_bits() & mask
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// What an address is for. An address of IPv6 is public in a LAN, too: there it is for what the interface's other one is for.
fn role(name: &str, ip: IpAddr, has_inside: bool) -> InterfaceRole {
    let begins = |names: &[&str]| names.iter().any(|beginning| name.starts_with(beginning));
    // PPPoE has its name from the same program as many a tunnel.
    let is_dialled_in = name.starts_with("ppp") && !is_private(ip);
    if begins(&VIRTUAL) {
        InterfaceRole::Virtual
    } else if begins(&VPN) && !is_dialled_in {
        InterfaceRole::Vpn
    } else if is_private(ip) || (ip.is_ipv6() && has_inside) {
        InterfaceRole::Lan
    } else {
        InterfaceRole::Wan
    }
}

/// Of a company's own, and no carrier's (RFC 6598).
fn is_private(ip: IpAddr) -> bool {
    let is_carriers = matches!(ip, IpAddr::V4(v4) if v4.octets()[0] == 100);
    is_inside(ip) && !is_carriers
}

/// Interfaces whose default route names a router, of IPv4, from `/proc/net/route`.
fn gateways_v4(table: &str) -> BTreeMap<(String, bool), IpAddr> {
    let row = |line: &str| {
        let mut fields = line.split_whitespace();
        let name = fields.next()?.to_owned();
        let [destination, gateway, flags] = [fields.next()?, fields.next()?, fields.next()?].map(|field| u32::from_str_radix(field, 16));
        let mask = u32::from_str_radix(fields.nth(3)?, 16).ok()?;
        let is_default = destination.ok()? == 0 && mask == 0 && flags.ok()? & UP_BY_GATEWAY == UP_BY_GATEWAY;
        // As the machine keeps it in memory.
        let gateway = Ipv4Addr::from(gateway.ok()?.to_ne_bytes());
        is_default.then_some(((name, false), IpAddr::V4(gateway)))
    };
    first_of_each(table.lines().filter_map(row))
}

/// The same of IPv6, from `/proc/net/ipv6_route`.
fn gateways_v6(table: &str) -> BTreeMap<(String, bool), IpAddr> {
    let row = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, bits, _, _, gateway, _, _, _, flags, name] = fields[..] else {
            return None;
        };
        let flags = u32::from_str_radix(flags, 16).ok()?;
        let gateway = u128::from_str_radix(gateway, 16).ok()?;
        let is_default = bits == "00" && flags & UP_BY_GATEWAY == UP_BY_GATEWAY;
        is_default.then(|| ((name.to_owned(), true), IpAddr::V6(Ipv6Addr::from_bits(gateway))))
    };
    first_of_each(table.lines().filter_map(row))
}

fn first_of_each(rows: impl Iterator<Item = ((String, bool), IpAddr)>) -> BTreeMap<(String, bool), IpAddr> {
    let mut gateways = BTreeMap::new();
    for (name, gateway) in rows {
        gateways.entry(name).or_insert(gateway);
    }
    gateways
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn links(addresses: &[(&str, &str, u8)], gateways: &[(&str, &str)]) -> Links {
        let gateways = gateways
            .iter()
            .map(|(name, gateway)| (((*name).to_owned(), ip(gateway).is_ipv6()), ip(gateway)));
        let addresses = addresses
            .iter()
            .map(|(name, address, bits)| ((*name).to_owned(), ip(address), *bits));
        Links::of(addresses, &gateways.collect(), ip("::"))
    }

    fn roles(links: &Links) -> Vec<InterfaceRole> {
        links.0.iter().map(|link| link.interface.role).collect()
    }

    #[test]
    fn names_and_addresses_tell_what_an_interface_is_for() {
        use InterfaceRole::{Lan, Virtual, Vpn, Wan};
        let links = links(
            &[
                ("lo", "127.0.0.1", 8),
                ("eth0", "192.168.1.10", 24),
                ("eth0", "2001:db8::10", 64),
                ("eth0", "fe80::1", 64),
                ("eth1", "198.51.100.5", 24),
                ("eth2", "100.64.3.4", 24),
                ("ppp0", "198.51.100.9", 32),
                ("ppp1", "10.0.0.1", 32),
                ("tailscale0", "100.100.1.1", 32),
                ("wg0", "10.8.0.1", 24),
                ("docker0", "172.17.0.1", 16),
                ("eth3", "2001:db8:1::1", 64),
            ],
            &[],
        );
        assert_eq!(roles(&links), [Lan, Lan, Wan, Wan, Wan, Vpn, Vpn, Vpn, Virtual, Wan]);
    }

    #[test]
    fn somebody_is_where_the_networks_of_our_interfaces_and_our_public_addresses_say() {
        let links = links(
            &[
                ("eth0", "192.168.1.10", 24),
                ("wg0", "10.8.0.1", 24),
                ("eth1", "198.51.100.5", 24),
                ("eth0", "2001:db8::10", 64),
            ],
            &[("eth0", "192.168.1.1")],
        );
        for (peer, expected) in [
            ("192.168.1.77", Locality::Lan),
            ("::ffff:192.168.1.77", Locality::Lan),
            ("192.168.1.10", Locality::Lan),
            ("127.0.0.1", Locality::Lan),
            ("2001:db8::77", Locality::Lan),
            ("10.8.0.2", Locality::Vpn),
            ("203.0.113.9", Locality::Hairpin),
            ("203.0.113.10", Locality::Internet),
            ("198.51.100.77", Locality::Internet),
            ("2001:db8:9::1", Locality::Internet),
            // Behind the router may be anybody, and nobody knows where a routed network is.
            ("192.168.1.1", Locality::Unknown),
            ("192.168.7.7", Locality::Unknown),
        ] {
            assert_eq!(links.locality(ip(peer), &[ip("203.0.113.9")]), expected, "{peer}");
        }
    }

    #[test]
    fn routers_are_those_of_the_default_routes() {
        let table = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
            eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n\
            eth0\t00000000\t0201A8C0\t0003\t0\t0\t200\t00000000\t0\t0\t0\n\
            eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n\
            eth1\t00020A0A\t0102A8C0\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
        let expected = u32::from_str_radix("0101A8C0", 16).unwrap().to_ne_bytes();
        assert_eq!(
            gateways_v4(table),
            BTreeMap::from([(("eth0".to_owned(), false), IpAddr::from(expected))])
        );
        let table = "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 \
            00000000 00000003 eth0\n\
            20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 \
            00000001 eth0\n";
        assert_eq!(gateways_v6(table), BTreeMap::from([(("eth0".to_owned(), true), ip("fe80::1"))]));
        for nonsense in ["", "eth0", "eth0 x y z", "\u{fffd}"] {
            assert!(gateways_v4(nonsense).is_empty() && gateways_v6(nonsense).is_empty());
        }
    }
}
