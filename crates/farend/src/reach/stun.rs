//! Asks STUN servers from the media socket. The media threads hand the answers over, since all of them receive on the one port.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use doctor::binding::{Event, Keeper, Settings};
use media::addresses::Mapped;
use rand::Rng as _;

use crate::config::StunServer;
use crate::datagrams::Datagrams;

/// A packet of a STUN server, as a media thread found it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) from: SocketAddr,
    /// Our address that it came to.
    pub(crate) local: IpAddr,
    pub(crate) packet: Vec<u8>,
}

/// Answers that wait for us; more are lost, and asked for again.
pub(crate) const ANSWERS_MAX: usize = 64;

pub(super) struct Stun {
    keeper: Keeper,
    socket: Arc<Datagrams>,
    servers: Vec<SocketAddr>,
}

impl Stun {
    pub(super) fn new(socket: Arc<Datagrams>) -> Self {
        Self {
            keeper: Keeper::new(Settings::default(), rand::rng().random()),
            socket,
            servers: Vec::new(),
        }
    }

    /// Whom to ask from now on: one address of each family of each server. True when that is a change.
    pub(super) fn ask(&mut self, servers: &[StunServer], names: &BTreeMap<String, Vec<IpAddr>>) -> bool {
        let addresses: Vec<_> = servers.iter().flat_map(|server| addresses(server, names, &self.socket)).collect();
        let is_change = addresses != self.servers;
        if is_change {
            self.keeper.set_servers(&addresses, Instant::now());
            self.servers = addresses;
            self.run();
        }
        is_change
    }

    /// Those that are asked.
    pub(super) fn servers(&self) -> &[SocketAddr] {
        &self.servers
    }

    /// Our network has changed.
    pub(super) fn ask_now(&mut self) {
        self.keeper.ask_now(Instant::now());
        self.run();
    }

    pub(super) fn answered(&mut self, answer: &Answer) {
        self.keeper.receive(answer.from, answer.local, &answer.packet, Instant::now());
        self.run();
    }

    /// Waits until something is due; for ever when nothing is.
    pub(super) async fn due(&self) {
        match self.keeper.poll_timeout() {
            Some(at) => tokio::time::sleep_until(at.into()).await,
            None => std::future::pending().await,
        }
    }

    pub(super) fn handle_timeout(&mut self) {
        self.keeper.handle_timeout(Instant::now());
        self.run();
    }

    /// What the servers see.
    pub(super) fn seen(&self) -> Vec<Mapped> {
        let mapped = |binding: &doctor::binding::Binding| Mapped {
            local: binding.local,
            public: binding.public,
        };
        self.keeper.bindings().map(mapped).collect()
    }

    fn run(&mut self) {
        while let Some(transmit) = self.keeper.poll_transmit() {
            // A packet that cannot be sent is as good as lost: it is repeated.
            if let Err(error) = self.socket.send(IpAddr::from([0, 0, 0, 0]), transmit.to, &transmit.packet) {
                tracing::debug!(%error, server = %transmit.to, "a STUN server cannot be asked");
            }
        }
        while let Some(event) = self.keeper.poll_event() {
            match event {
                Event::Mapped { server, public, .. } => tracing::info!(%server, %public, "our public address for media"),
                Event::Silent { server } => tracing::warn!(%server, "a STUN server does not answer"),
                Event::Back { server } => tracing::info!(%server, "a STUN server answers again"),
                Event::Refused { server, code } => tracing::warn!(%server, code, "a STUN server refuses to tell our address"),
            }
        }
    }
}

/// A server's first address of each family that the media socket can reach.
fn addresses(server: &StunServer, names: &BTreeMap<String, Vec<IpAddr>>, socket: &Datagrams) -> Vec<SocketAddr> {
    let literal = server.host.parse::<IpAddr>().ok().map(|ip| vec![ip]);
    let ips = literal.as_ref().or_else(|| names.get(&server.host.to_ascii_lowercase()));
    let ips = ips.map(Vec::as_slice).unwrap_or_default();
    let first = |is_ipv4: bool| ips.iter().find(|ip| ip.is_ipv4() == is_ipv4 && socket.reaches(**ip));
    let both = [first(true), first(false)];
    both.into_iter().flatten().map(|ip| SocketAddr::new(*ip, server.port)).collect()
}
