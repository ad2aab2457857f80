//! The addresses of this machine.

use std::net::IpAddr;

/// Those on which media is received: the one that it is bound to, else all, what a stranger may see first and loopback last.
pub(super) fn addresses(bound: IpAddr) -> std::io::Result<Vec<IpAddr>> {
    if !bound.is_unspecified() {
        return Ok(vec![bound]);
    }
    // An address outlives the link: pull the cable, or end the VPN's program, and it is listed on. Nobody can be reached by it.
    let up = if_addrs::get_if_addrs()?.into_iter().filter(if_addrs::Interface::is_oper_up);
    Ok(sorted(up.map(|interface| interface.ip()).collect(), bound.is_ipv6()))
}

fn sorted(mut addresses: Vec<IpAddr>, with_ipv6: bool) -> Vec<IpAddr> {
    // A link-local address means nothing without an interface, which no candidate can name.
    addresses.retain(|ip| match ip {
        IpAddr::V4(v4) => !v4.is_link_local(),
        IpAddr::V6(v6) => with_ipv6 && !v6.is_unicast_link_local(),
    });
    addresses.sort_by_key(|ip| (ip.is_loopback(), media::addresses::is_inside(*ip)));
    addresses.dedup();
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_come_first_and_loopback_last() {
        let ips = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpAddr>>();
        let all = ips(&[
            "127.0.0.1",
            "192.168.1.5",
            "198.51.100.5",
            "169.254.3.4",
            "fe80::1",
            "2001:db8::5",
            "::1",
        ]);
        assert_eq!(sorted(all.clone(), false), ips(&["198.51.100.5", "192.168.1.5", "127.0.0.1"]));
        assert_eq!(
            sorted(all, true),
            ips(&["198.51.100.5", "2001:db8::5", "192.168.1.5", "127.0.0.1", "::1"])
        );
    }

    #[test]
    fn who_is_bound_to_one_address_has_only_that_one() {
        let bound = "10.1.2.3".parse().unwrap();
        assert_eq!(addresses(bound).unwrap(), [bound]);
        assert!(addresses("0.0.0.0".parse().unwrap()).unwrap().iter().all(IpAddr::is_ipv4));
    }
}
