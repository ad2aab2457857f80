//! What the TURN clients of all threads share, and whom they may reach.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use media::addresses::{Addresses, is_inside};
use rand::Rng as _;
use relay::{Client, Config, Counters, Dropped, Peers, Refusal, Relayed};

/// Makes TURN clients.
#[derive(Debug)]
pub(super) struct Relaying {
    config: Arc<Config>,
    /// The number of the next client, which its relayed address comes from.
    next: AtomicU64,
}

/// What TURN clients did; one for each thread.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) allocations: AtomicU64,
    pub(crate) bytes_from_clients: AtomicU64,
    pub(crate) bytes_to_clients: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
    dropped: [AtomicU64; Dropped::ALL.len()],
}

impl Relaying {
    pub(super) fn new(config: Arc<Config>) -> Self {
        Self {
            config,
            next: AtomicU64::new(1),
        }
    }

    /// A client with relayed addresses of its own.
    pub(super) fn client(&self, peer: SocketAddr, now: Instant) -> Client {
        let relayed = Relayed::numbered(self.next.fetch_add(1, Ordering::Relaxed));
        Client::new(Arc::clone(&self.config), relayed, peer, rand::rng().random(), now)
    }

    pub(super) fn allocations(&self) -> usize {
        self.config.quotas.taken()
    }
}

/// So many addresses of ours are remembered; the latest.
const KNOWN_MAX: usize = 64;

/// Our media, by every address that a browser may be told or has been: who is in a call when an address changes goes on with the one that he
/// knows. It leads to us as before, for what is relayed never leaves this process.
#[derive(Debug, Default)]
pub(super) struct Known {
    addresses: VecDeque<SocketAddr>,
    peers: Peers,
}

impl Known {
    pub(super) fn new(addresses: &Addresses) -> Self {
        let mut known = Self::default();
        known.learn(addresses);
        known
    }

    /// Our addresses have changed.
    pub(super) fn learn(&mut self, addresses: &Addresses) {
        let now = ours(addresses);
        self.addresses
            .retain(|address| !address.ip().is_loopback() && !now.contains(address));
        self.addresses.extend(now);
        let too_many = self.addresses.len().saturating_sub(KNOWN_MAX);
        self.addresses.drain(..too_many);
        self.peers = Peers::new(self.addresses.iter().copied());
    }

    pub(super) fn peers(&self) -> &Peers {
        &self.peers
    }
}

/// Our media now. Loopback only where there is nothing else: it would lead to this machine by a way that nobody outside has.
fn ours(addresses: &Addresses) -> Vec<SocketAddr> {
    let only_loopback = addresses.interfaces.iter().all(std::net::IpAddr::is_loopback);
    let interfaces = addresses.interfaces.iter().filter(|ip| only_loopback || !ip.is_loopback());
    // Pages are loaded from what their people say: inside, only our own interfaces count.
    let named = addresses.names.values().flatten().filter(|ip| !is_inside(**ip));
    let at_our_port = interfaces
        .chain(&addresses.stated)
        .chain(named)
        .map(|ip| SocketAddr::new(*ip, addresses.udp_port));
    let seen = addresses.mapped.iter().map(|mapped| mapped.public);
    at_our_port.chain(seen).collect()
}

impl Figures {
    pub(super) fn publish(&self, counters: &Counters) {
        self.allocations.store(counters.allocations, Ordering::Relaxed);
        self.bytes_from_clients.store(counters.bytes_from_clients, Ordering::Relaxed);
        self.bytes_to_clients.store(counters.bytes_to_clients, Ordering::Relaxed);
        for (cause, figure) in Refusal::ALL.into_iter().zip(&self.refused) {
            figure.store(counters.refused(cause), Ordering::Relaxed);
        }
        for (cause, figure) in Dropped::ALL.into_iter().zip(&self.dropped) {
            figure.store(counters.dropped(cause), Ordering::Relaxed);
        }
    }

    pub(crate) fn refused(&self, cause: Refusal) -> &AtomicU64 {
        &self.refused[cause as usize]
    }

    pub(crate) fn dropped(&self, cause: Dropped) -> &AtomicU64 {
        &self.dropped[cause as usize]
    }
}

#[cfg(test)]
mod tests {
    use media::addresses::Mapped;

    use super::*;

    fn addresses(interfaces: &[&str]) -> Addresses {
        Addresses {
            interfaces: interfaces.iter().map(|ip| ip.parse().unwrap()).collect(),
            udp_port: 8802,
            tcp_port: 8802,
            ..Addresses::default()
        }
    }

    fn peers(addresses: &Addresses) -> Peers {
        Known::new(addresses).peers
    }

    fn of(addresses: &[&str]) -> Peers {
        Peers::new(addresses.iter().map(|address| address.parse().unwrap()))
    }

    #[test]
    fn peers_are_what_browsers_are_told() {
        let mut known = addresses(&["192.168.1.10", "2001:db8::10", "127.0.0.1", "::1"]);
        known.mapped = vec![Mapped {
            local: known.interfaces[0],
            public: "203.0.113.9:41000".parse().unwrap(),
        }];
        known.stated = vec!["203.0.113.7".parse().unwrap()];
        known.names.insert(
            "pbx.example.com".into(),
            vec!["203.0.113.8".parse().unwrap(), "127.0.0.1".parse().unwrap()],
        );
        let expected = [
            "192.168.1.10:8802",
            "[2001:db8::10]:8802",
            "203.0.113.9:41000",
            "203.0.113.7:8802",
            "203.0.113.8:8802",
        ];
        assert_eq!(peers(&known), of(&expected));
    }

    #[test]
    fn an_address_that_has_changed_is_a_peer_as_before() {
        let mut known = Known::new(&addresses(&["192.0.2.1"]));
        known.learn(&addresses(&["192.0.2.2"]));
        assert_eq!(known.peers, of(&["192.0.2.1:8802", "192.0.2.2:8802"]));
    }

    #[test]
    fn of_many_addresses_the_latest_are_remembered() {
        let mut known = Known::default();
        let last = u8::try_from(KNOWN_MAX).unwrap() + 1;
        for number in 1..=last {
            known.learn(&addresses(&[&format!("192.0.2.{number}")]));
        }
        known.learn(&addresses(&["192.0.2.2"]));
        assert_eq!(known.addresses.len(), KNOWN_MAX);
        assert!(!known.peers.contains("192.0.2.1:8802".parse().unwrap()));
        assert!(known.peers.contains("192.0.2.2:8802".parse().unwrap()));
        assert!(known.peers.contains("192.0.2.3:8802".parse().unwrap()));
    }

    #[test]
    fn loopback_is_one_only_where_there_is_nothing_else() {
        assert_eq!(peers(&addresses(&["127.0.0.1"])), of(&["127.0.0.1:8802"]));
        assert_eq!(peers(&addresses(&["127.0.0.1", "192.0.2.1"])), of(&["192.0.2.1:8802"]));
        let mut known = Known::new(&addresses(&["127.0.0.1"]));
        known.learn(&addresses(&["127.0.0.1", "192.0.2.1"]));
        assert_eq!(known.peers, of(&["192.0.2.1:8802"]));
    }

    #[test]
    fn clients_have_addresses_of_their_own() {
        let relaying = Relaying::new(Arc::new(Config {
            realm: "farend".to_owned(),
            secret: relay::Secret::new([0; 32]),
            quotas: relay::Quotas::new(1, 1),
        }));
        let numbers: Vec<u64> = (0..3)
            .map(|_| {
                let _client = relaying.client("192.0.2.1:1".parse().unwrap(), Instant::now());
                relaying.next.load(Ordering::Relaxed)
            })
            .collect();
        assert_eq!(numbers, [2, 3, 4]);
    }
}
