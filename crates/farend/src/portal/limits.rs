//! How many connections there may be: for each address, and in all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts connections; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    counts: Arc<Mutex<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    per_address_max: usize,
    total_max: usize,
    total: usize,
    by_network: HashMap<Network, usize>,
}

/// The first bits of an address, and how many they are.
type Network = (IpAddr, u8);

/// An IPv6 customer has at least a /64 and often a /48: all of a /48 may have this many times the connections of one address.
const SITE_FACTOR: usize = 4;

/// One admitted connection; its place is free again when this is dropped. Shared where a connection changes hands.
#[derive(Debug)]
pub(crate) struct Permit {
    address: IpAddr,
    counts: Arc<Mutex<Counts>>,
}

/// Why a connection was not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// One address has too many.
    #[error("{0} already has as many connections as one address may have")]
    Address(IpAddr),
    /// There are too many in all.
    #[error("as many connections are open as there may be")]
    Total,
}

impl Limits {
    pub(crate) fn new(per_address_max: usize, total_max: usize) -> Self {
        let counts = Counts {
            per_address_max,
            total_max,
            ..Counts::default()
        };
        Self {
            counts: Arc::new(Mutex::new(counts)),
        }
    }

    /// Other limits from now on; connections that are open stay.
    pub(crate) fn change(&self, per_address_max: usize, total_max: usize) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        (counts.per_address_max, counts.total_max) = (per_address_max, total_max);
    }

    /// Admits a connection from an address, or says why not.
    pub(crate) fn admit(&self, address: IpAddr) -> Result<Permit, Refusal> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.total >= counts.total_max {
            return Err(Refusal::Total);
        }
        let open = |network| counts.by_network.get(&network).copied().unwrap_or_default();
        if networks(address).any(|(network, factor)| open(network) >= counts.per_address_max.saturating_mul(factor)) {
            return Err(Refusal::Address(address));
        }
        for (network, _) in networks(address) {
            *counts.by_network.entry(network).or_default() += 1;
        }
        counts.total += 1;
        Ok(Permit {
            address,
            counts: Arc::clone(&self.counts),
        })
    }

    /// Connections open now.
    pub(crate) fn open(&self) -> usize {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).total
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.total -= 1;
        for (network, _) in networks(self.address) {
            if let Some(count) = counts.by_network.get_mut(&network) {
                *count -= 1;
                if *count == 0 {
                    counts.by_network.remove(&network);
                }
            }
        }
    }
}

/// What an address counts for, and how many times the connections of one address each may have.
fn networks(address: IpAddr) -> impl Iterator<Item = (Network, usize)> {
    let (one, site) = match address.to_canonical() {
        v4 @ IpAddr::V4(_) => ((v4, 32), None),
        IpAddr::V6(v6) => {
            let first = |bits: u8| (IpAddr::V6((v6.to_bits() & !(u128::MAX >> bits)).into()), bits);
            (first(64), Some(first(48)))
        }
    };
    [(one, 1)].into_iter().chain(site.map(|site| (site, SITE_FACTOR)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_and_the_total_have_their_limit() {
        let limits = Limits::new(2, 3);
        let (a, b): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let first = limits.admit(a).unwrap();
        let _second = limits.admit(a).unwrap();
        assert_eq!(limits.admit(a).unwrap_err(), Refusal::Address(a));
        let _third = limits.admit(b).unwrap();
        assert_eq!(limits.admit(b).unwrap_err(), Refusal::Total);
        drop(first);
        let _again = limits.admit(a).unwrap();
        assert_eq!(limits.open(), 3);
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_together_and_leave_nothing_behind() {
        let limits = Limits::new(1, 10);
        let permit = limits.admit("2001:db8::1".parse().unwrap()).unwrap();
        assert!(limits.admit("2001:db8::2".parse().unwrap()).is_err());
        limits.admit("2001:db8:0:1::2".parse().unwrap()).unwrap();
        drop(permit);
        assert!(limits.counts.lock().unwrap().by_network.is_empty());
    }

    #[test]
    fn a_site_with_many_ipv6_networks_is_bounded_too() {
        let limits = Limits::new(2, 100);
        let permits: Vec<_> = (0..20)
            .filter_map(|network| limits.admit(format!("2001:db8:1:{network}::1").parse().unwrap()).ok())
            .collect();
        assert_eq!(permits.len(), 2 * SITE_FACTOR);
        limits.admit("2001:db8:2::1".parse().unwrap()).unwrap();
    }
}
