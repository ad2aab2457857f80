//! Whose address is where: public ones, those of carriers, those by which people come.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use super::{ARRIVAL_FRESH_MS, is_fresh};
use crate::evidence::{Evidence, Interface, InterfaceRole, Page, Person, UserNetwork};

/// Whether it is an address of the internet: no private one (RFC 1918, RFC 4193), no carrier's (RFC 6598), no link's or host's own.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => {
            let is_inside = v4.is_private() || v4.is_loopback() || v4.is_link_local() || is_carriers(ip);
            let is_nowhere = v4.is_unspecified() || v4.is_multicast() || v4.is_broadcast();
            !is_inside && !is_nowhere
        }
        IpAddr::V6(v6) => {
            !(v6.is_unique_local() || v6.is_loopback() || v6.is_unicast_link_local() || v6.is_unspecified() || v6.is_multicast())
        }
    }
}

/// Whether it is an address between a carrier and its customers (RFC 6598).
pub(super) fn is_carriers(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => Ipv4Addr::from(u32::from(v4) & 0xffc0_0000) == Ipv4Addr::new(100, 64, 0, 0),
        IpAddr::V6(_) => false,
    }
}

/// Whether two addresses can be of one router. Behind one router, a host has one public IPv4 address, but any number of IPv6 ones of
/// one site (48 bits, RFC 6177).
pub(super) fn is_same_site(a: IpAddr, b: IpAddr) -> bool {
    match (a.to_canonical(), b.to_canonical()) {
        (IpAddr::V4(a), IpAddr::V4(b)) => a == b,
        (IpAddr::V6(a), IpAddr::V6(b)) => a.segments()[..3] == b.segments()[..3],
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

/// Whether both are IPv4, or both IPv6.
pub(super) fn is_same_family(a: IpAddr, b: IpAddr) -> bool {
    a.to_canonical().is_ipv4() == b.to_canonical().is_ipv4()
}

/// The pages by which somebody has come from outside within the last weeks.
pub(super) fn pages_from_outside(evidence: &Evidence) -> impl Iterator<Item = &Page> {
    let is_recent = |page: &&Page| page.from_outside_at.is_some_and(|at| is_fresh(evidence, at, ARRIVAL_FRESH_MS));
    evidence.server.pages.iter().filter(is_recent)
}

/// The public addresses of a page.
pub(super) fn public_addresses(page: &Page) -> impl Iterator<Item = IpAddr> + '_ {
    let named = host_address(&page.host);
    let all = page.addresses.iter().copied().chain(named);
    all.map(|ip| ip.to_canonical()).filter(|ip| is_public(*ip))
}

/// The address that a host is, where it is no name.
pub(super) fn host_address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// The public addresses by which people come from outside.
pub(super) fn entrances(evidence: &Evidence) -> BTreeSet<IpAddr> {
    pages_from_outside(evidence).flat_map(public_addresses).collect()
}

/// Whether the company's internet is on this interface: its own public or carrier's IPv4 address. In a LAN with IPv6 every interface has a
/// public address as well; that makes none of them the WAN.
pub(super) fn is_wan(evidence: &Evidence, interface: &Interface) -> bool {
    let is_lan_too = || {
        let mut others = evidence.server.interfaces.iter().filter(|other| other.name == interface.name);
        others.any(|other| other.role == InterfaceRole::Lan)
    };
    interface.role == InterfaceRole::Wan && !(interface.address.to_canonical().is_ipv6() && is_lan_too())
}

/// "Anna (101)", or what of that is known; empty for somebody of whom nothing is.
pub(super) fn label(name: &str, extension: &str) -> String {
    match (name.is_empty(), extension.is_empty()) {
        (false, false) if name == extension => name.to_owned(),
        (false, false) => format!("{name} ({extension})"),
        (true, _) => extension.to_owned(),
        (false, true) => name.to_owned(),
    }
}

/// Who is in a network.
pub(super) fn who(network: &UserNetwork) -> String {
    label(&network.name, &network.extension)
}

/// What is set up for whoever is in a network.
pub(super) fn person<'a>(evidence: &'a Evidence, extension: &str) -> Option<&'a Person> {
    evidence
        .people
        .iter()
        .find(|person| !extension.is_empty() && person.extension == extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_public_is_told_from_what_is_not() {
        for public in ["198.51.100.7", "100.63.255.255", "100.128.0.0", "2001:db8::1", "::ffff:8.8.8.8"] {
            assert!(is_public(ip(public)), "{public}");
        }
        for inside in [
            "10.0.0.1",
            "172.31.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "169.254.1.1",
            "0.0.0.0",
            "fd00::1",
            "fe80::1",
            "::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(!is_public(ip(inside)), "{inside}");
        }
    }

    #[test]
    fn one_site_has_one_ipv4_address_and_many_of_ipv6() {
        assert!(is_same_site(ip("198.51.100.7"), ip("::ffff:198.51.100.7")));
        assert!(!is_same_site(ip("198.51.100.7"), ip("198.51.100.8")));
        assert!(is_same_site(ip("2001:db8:1:1::5"), ip("2001:db8:1:2::9")));
        assert!(!is_same_site(ip("2001:db8:1::5"), ip("2001:db8:2::5")));
        assert!(!is_same_site(ip("2001:db8:1::5"), ip("198.51.100.7")));
    }

    #[test]
    fn people_are_called_by_what_is_known_of_them() {
        assert_eq!(label("Anna", "101"), "Anna (101)");
        assert_eq!(label("", "101"), "101");
        assert_eq!(label("Guest", ""), "Guest");
        assert_eq!(label("101", "101"), "101");
        assert_eq!(label("", ""), "");
    }
}
