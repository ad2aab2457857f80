//! What administrators see of it.

use std::net::SocketAddr;

use doctor::binding::Standing;
use media::addresses::Mapped;

use super::Task;
use super::servers::Server;
use super::stun::Stun;
use crate::api::network::picture::{self, Page, Picture, PublicAddress, StunServer, StunState};

impl Task {
    /// Everything as it is now.
    pub(super) fn picture(&self) -> Picture {
        let addresses = &self.addresses;
        let public = |mapped: &Mapped| PublicAddress {
            local: mapped.local,
            public: mapped.public,
        };
        let asks = self.known.asks();
        let servers = self.servers.iter().flat_map(|server| told(server, asks, &self.stun));
        Picture {
            tcp_port: addresses.tcp_port,
            udp_port: addresses.udp_port,
            interfaces: addresses.interfaces.clone(),
            stated: addresses.stated.clone(),
            public_host: self.public_host.clone(),
            public_addresses: addresses.mapped.iter().map(public).collect(),
            pages: addresses.names.iter().map(|(host, addresses)| page(host, addresses)).collect(),
            stun: picture::Stun {
                mode: self.known.mode().into(),
                asks,
                servers: servers.collect(),
            },
            nat: self.discovery.findings(),
            probing: self.discovery.is_looking(),
        }
    }
}

fn page(host: &str, addresses: &[std::net::IpAddr]) -> Page {
    Page {
        host: host.to_owned(),
        addresses: addresses.to_vec(),
    }
}

/// One line for each address of a server that we ask, at least one for each server.
fn told(server: &Server, asks: bool, stun: &Stun) -> Vec<StunServer> {
    let line = |address: Option<SocketAddr>, state, error: Option<String>| StunServer {
        name: server.server.to_string(),
        address,
        state,
        round_trip_ms: None,
        public: None,
        error,
    };
    let first = server.addresses.first().copied();
    if !asks {
        return vec![line(first, StunState::Unused, None)];
    }
    if first.is_none() {
        return vec![line(None, StunState::Unresolved, server.error.clone())];
    }
    let asked = server
        .addresses
        .iter()
        .filter_map(|address| stun.standing(*address).map(|known| (*address, known)));
    let mut lines: Vec<StunServer> = asked
        .map(|(address, (standing, binding))| {
            let (state, error) = state(standing);
            let binding = binding.filter(|_| state == StunState::Answering);
            StunServer {
                round_trip_ms: binding.map(|binding| (binding.round_trip.as_secs_f64() * 10_000.0).round() / 10.0),
                public: binding.map(|binding| binding.public),
                ..line(Some(address), state, error)
            }
        })
        .collect();
    if lines.is_empty() {
        let why = "not asked: our media port cannot reach such an address, or there are more servers than are asked";
        lines.push(line(first, StunState::Unused, Some(why.to_owned())));
    }
    lines
}

fn state(standing: Standing) -> (StunState, Option<String>) {
    match standing {
        Standing::Answering => (StunState::Answering, None),
        Standing::Asking => (StunState::Asking, None),
        Standing::Silent => (StunState::Silent, None),
        Standing::Refusing { code } => (StunState::Refusing, Some(format!("it answers with error {code}"))),
    }
}
