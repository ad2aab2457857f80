//! What is known of our addresses, put together.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use media::addresses::{Addresses, Mapped, is_inside};
use model::TrunkId;

use crate::config::{Config, StunMode};

/// The pieces.
#[derive(Debug)]
pub(super) struct Known {
    mode: StunMode,
    stated: Vec<IpAddr>,
    udp_port: u16,
    tcp_port: u16,
    pub(super) interfaces: Vec<IpAddr>,
    /// What STUN servers saw.
    pub(super) seen: Vec<Mapped>,
    /// What providers' own servers saw.
    pub(super) own: BTreeMap<TrunkId, Vec<Mapped>>,
    /// What names of pages mean.
    pub(super) names: BTreeMap<String, Vec<IpAddr>>,
}

impl Known {
    /// Nothing but the configuration.
    pub(super) fn new(config: &Config, tcp_port: u16) -> Self {
        Self {
            mode: config.stun.mode,
            stated: config.public.addresses.clone(),
            udp_port: config.listen.media.port(),
            tcp_port,
            interfaces: Vec::new(),
            seen: Vec::new(),
            own: BTreeMap::new(),
            names: BTreeMap::new(),
        }
    }

    /// Another configuration is in force; ports stay.
    pub(super) fn configure(&mut self, config: &Config) {
        self.mode = config.stun.mode;
        self.stated.clone_from(&config.public.addresses);
    }

    /// When STUN is used.
    pub(super) fn mode(&self) -> StunMode {
        self.mode
    }

    /// Whether STUN servers are to be asked.
    pub(super) fn asks(&self) -> bool {
        match self.mode {
            StunMode::Automatic => self.interfaces.iter().any(|ip| is_inside(*ip) && !ip.is_loopback()),
            StunMode::Always | StunMode::PortPreserving => true,
            StunMode::Static | StunMode::Off => false,
        }
    }

    /// All of it.
    pub(super) fn addresses(&self) -> Addresses {
        Addresses {
            interfaces: self.interfaces.clone(),
            udp_port: self.udp_port,
            tcp_port: self.tcp_port,
            mapped: self.mapped(),
            own: self.own(),
            stated: self.stated.clone(),
            names: self.names.clone(),
        }
    }

    fn own(&self) -> BTreeMap<TrunkId, Vec<Mapped>> {
        if !self.asks() {
            return BTreeMap::new();
        }
        let seen = self.own.iter().map(|(trunk, seen)| {
            let mapped = seen.iter().filter(|mapped| !self.interfaces.contains(&mapped.public.ip()));
            (*trunk, mapped.copied().collect())
        });
        seen.filter(|(_, seen): &(_, Vec<_>)| !seen.is_empty()).collect()
    }

    fn mapped(&self) -> Vec<Mapped> {
        let mut mapped: Vec<Mapped> = match self.mode {
            StunMode::Off => Vec::new(),
            StunMode::Static => self.stated.iter().filter_map(|ip| self.at_our_port(*ip)).collect(),
            StunMode::PortPreserving => self.seen.iter().map(|mapped| self.with_our_port(*mapped)).collect(),
            StunMode::Automatic | StunMode::Always if self.asks() => self.seen.clone(),
            StunMode::Automatic | StunMode::Always => Vec::new(),
        };
        // An address that an interface of ours has is no mapping; and servers that see the same say it once.
        mapped.retain(|mapped| !self.interfaces.contains(&mapped.public.ip()));
        mapped.sort_by_key(|mapped| (mapped.local, mapped.public));
        mapped.dedup();
        mapped
    }

    /// A public address that a router maps to an interface of ours, port by port.
    fn at_our_port(&self, public: IpAddr) -> Option<Mapped> {
        let local = self
            .interfaces
            .iter()
            .find(|ip| ip.is_ipv4() == public.is_ipv4() && !ip.is_loopback())?;
        Some(Mapped {
            local: *local,
            public: SocketAddr::new(public, self.udp_port),
        })
    }

    fn with_our_port(&self, seen: Mapped) -> Mapped {
        Mapped {
            public: SocketAddr::new(seen.public.ip(), self.udp_port),
            ..seen
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(mode: StunMode, interfaces: &[&str]) -> Known {
        let mut config = Config::default();
        config.stun.mode = mode;
        config.public.addresses = vec!["198.51.100.2".parse().unwrap()];
        let mut known = Known::new(&config, 8802);
        known.interfaces = interfaces.iter().map(|ip| ip.parse().unwrap()).collect();
        let seen = |public: &str| Mapped {
            local: known.interfaces[0],
            public: public.parse().unwrap(),
        };
        known.seen = vec![seen("198.51.100.9:41000"), seen("198.51.100.9:41000")];
        known
    }

    fn mapped(known: &Known) -> Vec<String> {
        known.addresses().mapped.iter().map(|mapped| mapped.public.to_string()).collect()
    }

    #[test]
    fn each_mode_maps_in_its_way() {
        let office = ["192.168.10.10", "127.0.0.1"];
        for (mode, asks, expected) in [
            (StunMode::Automatic, true, &["198.51.100.9:41000"][..]),
            (StunMode::Always, true, &["198.51.100.9:41000"]),
            (StunMode::PortPreserving, true, &["198.51.100.9:8802"]),
            (StunMode::Static, false, &["198.51.100.2:8802"]),
            (StunMode::Off, false, &[]),
        ] {
            let known = known(mode, &office);
            assert_eq!(
                (known.asks(), mapped(&known)),
                (asks, expected.iter().map(ToString::to_string).collect()),
                "{mode:?}"
            );
        }
    }

    #[test]
    fn automatic_asks_nobody_when_every_interface_is_public() {
        let known = known(StunMode::Automatic, &["198.51.100.5", "127.0.0.1"]);
        assert!(!known.asks() && mapped(&known).is_empty());
    }

    #[test]
    fn our_own_address_is_no_mapping() {
        let mut known = known(StunMode::Always, &["198.51.100.9"]);
        assert!(mapped(&known).is_empty());
        known.interfaces.clear();
        assert_eq!(mapped(&known).len(), 1);
    }

    #[test]
    fn what_providers_servers_see_counts_when_anybody_is_asked_and_is_no_address_of_the_systems() {
        for (mode, interface, expected) in [
            (StunMode::Automatic, "192.168.10.10", 1),
            (StunMode::Automatic, "198.51.100.5", 0),
            (StunMode::Always, "198.51.100.5", 1),
            (StunMode::Always, "203.0.113.2", 0),
            (StunMode::PortPreserving, "192.168.10.10", 1),
            (StunMode::Static, "192.168.10.10", 0),
            (StunMode::Off, "192.168.10.10", 0),
        ] {
            let mut known = known(mode, &[interface]);
            let seen = Mapped {
                local: known.interfaces[0],
                public: "203.0.113.2:52000".parse().unwrap(),
            };
            known.own.insert(TrunkId(1), vec![seen]);
            let addresses = known.addresses();
            assert_eq!(addresses.own.len(), expected, "{mode:?} {interface}");
            assert!(!addresses.mapped.contains(&seen), "{mode:?} {interface}");
        }
    }

    #[test]
    fn another_configuration_counts_at_once() {
        let mut known = known(StunMode::Off, &["192.168.10.10"]);
        known.configure(&Config {
            stun: crate::config::Stun {
                mode: StunMode::Always,
                servers: Vec::new(),
            },
            ..Config::default()
        });
        assert_eq!((mapped(&known).len(), known.addresses().stated.len()), (1, 0));
    }
}
