//! What administrators see of it.

use std::net::SocketAddr;

use doctor::binding::{Binding, Standing};
use media::addresses::Mapped;

use super::Task;
use super::servers::Server;
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
        let standing = |address: SocketAddr| self.stun.standing(address).or_else(|| self.providers.standing(address));
        let configured = self.whom.configured().iter().map(|server| (server, None));
        let own = self.whom.own().iter().map(|own| (&own.server, Some(own.name.as_str())));
        let servers = configured
            .chain(own)
            .filter_map(|(server, trunk)| Some((self.servers.known(server)?, trunk)));
        let servers = servers.flat_map(|(server, trunk)| told(server, trunk, asks, standing));
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
fn told<'a>(
    server: &Server,
    trunk: Option<&str>,
    asks: bool,
    standing: impl Fn(SocketAddr) -> Option<(Standing, Option<&'a Binding>)>,
) -> Vec<StunServer> {
    let line = |address: Option<SocketAddr>, state, error: Option<String>| StunServer {
        name: server.server.to_string(),
        trunk: trunk.map(ToOwned::to_owned),
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
        .filter_map(|address| standing(*address).map(|known| (*address, known)));
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::stun::Stun;
    use super::*;
    use crate::datagrams::{Datagrams, Fragmentation};

    fn server(addresses: &[&str], error: Option<&str>) -> Server {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        Server::known("stun.example.com:3478".parse().unwrap(), addresses, error)
    }

    /// State, address and what is wrong of each line.
    fn lines(server: &Server, asks: bool, stun: &Stun) -> Vec<(StunState, Option<String>, Option<String>)> {
        let line = |line: StunServer| (line.state, line.address.map(|address| address.to_string()), line.error);
        told(server, None, asks, |address| stun.standing(address))
            .into_iter()
            .map(line)
            .collect()
    }

    #[test]
    fn every_server_has_a_line_and_one_that_is_asked_one_for_each_of_its_addresses_that_is() {
        let socket = Datagrams::bind("127.0.0.1:0".parse().unwrap(), false, Fragmentation::Allowed).unwrap();
        let mut stun = Stun::new(Arc::new(socket));
        let asked = server(&["127.0.0.1:9", "[2001:db8::1]:9"], None);
        let out_of_reach = server(&["[2001:db8::1]:9"], None);
        let unknown = server(&[], Some("there is no address of stun.example.com:3478"));
        stun.ask([&asked, &out_of_reach, &unknown].map(|server| &*server.addresses).into_iter());
        assert_eq!(
            lines(&asked, true, &stun),
            [(StunState::Asking, Some("127.0.0.1:9".to_owned()), None)]
        );
        let [(state, _, why)] = &lines(&out_of_reach, true, &stun)[..] else {
            panic!("one line")
        };
        assert!(
            *state == StunState::Unused && why.as_ref().is_some_and(|why| why.contains("cannot reach")),
            "{why:?}"
        );
        assert_eq!(lines(&unknown, true, &stun), [(StunState::Unresolved, None, unknown.error.clone())]);
        for server in [&asked, &out_of_reach, &unknown] {
            let address = server.addresses.first().map(ToString::to_string);
            assert_eq!(lines(server, false, &stun), [(StunState::Unused, address, None)]);
        }
    }

    #[test]
    fn a_refusal_is_told_with_its_code() {
        let (state, error) = state(Standing::Refusing { code: 401 });
        assert_eq!((state, error.as_deref()), (StunState::Refusing, Some("it answers with error 401")));
    }
}
