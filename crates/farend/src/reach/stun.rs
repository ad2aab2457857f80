//! Asks STUN servers from the media socket. The media threads hand the answers over, since all of them receive on the one port.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use doctor::binding::{Binding, Event, Keeper, Settings, Standing};
use doctor::nat::lifetime::Lifetime;
use media::addresses::Mapped;
use rand::Rng as _;

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
    pub(super) fn ask<'a>(&mut self, servers: impl Iterator<Item = &'a [SocketAddr]>) -> bool {
        let addresses: Vec<_> = servers.flat_map(|server| one_of_each_family(server, &self.socket)).collect();
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
        self.keeper.bindings().map(mapped).collect()
    }

    /// What a server does, and what it has said last; `None` when it is not asked.
    pub(super) fn standing(&self, server: SocketAddr) -> Option<(Standing, Option<&Binding>)> {
        let (_, standing) = self.keeper.servers().find(|(asked, _)| *asked == server)?;
        Some((standing, self.keeper.bindings().find(|binding| binding.server == server)))
    }

    /// What one server has said last, while it answers.
    pub(super) fn answer_of(&self, server: SocketAddr) -> Option<&Binding> {
        let (standing, binding) = self.standing(server)?;
        binding.filter(|_| standing == Standing::Answering)
    }

    /// How long mappings live, as far as that is known: ours shall not be forgotten.
    pub(super) fn keep_alive(&mut self, lifetimes: impl IntoIterator<Item = Lifetime>) {
        self.keeper.keep_alive(lifetimes);
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

pub(super) fn mapped(binding: &Binding) -> Mapped {
    Mapped {
        local: binding.local,
        public: binding.public,
    }
}

/// A server's first address of each family that the media socket can reach.
fn one_of_each_family(addresses: &[SocketAddr], socket: &Datagrams) -> impl Iterator<Item = SocketAddr> {
    let first = |is_ipv4: bool| {
        let mut same = addresses.iter().filter(move |address| address.is_ipv4() == is_ipv4);
        same.find(|address| socket.reaches(address.ip())).copied()
    };
    [first(true), first(false)].into_iter().flatten()
}
