//! How the world reaches this server: one task gathers what is known, off every call's path, and hands it to the media threads.
//!
//! ```text
//!   interfaces, looked at every 2 s ─────┐
//!   STUN answers, from the media socket ─┼─► Known ──► Addresses ──► media threads, relay, metrics
//!   names of pages, as DNS has them ─────┤
//!   configuration, SIGHUP ───────────────┘          ▲
//!                                                   │ anew, when these change
//!   how the router behaves, from other sockets ── Discovery
//!
//!   all of it ──► Picture ──► administrators
//! ```
//!
//! Nothing waits for this task: with a dead STUN server, a dead name server or no network it knows less, and calls go on with what is known.

mod discovery;
mod interfaces;
mod known;
mod names;
mod picture;
mod servers;
mod stun;
mod whom;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use doctor::binding::Binding;
use media::addresses::{Addresses, Mapped};
use model::TrunkId;
use model::control::Page;
use switchboard::directory::Directory;
use time::OffsetDateTime;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, interval};

use crate::api::Network;
use crate::api::network::picture::Picture;
use crate::config::Config;
use crate::media_io::{MediaThreads, StunServers};
use crate::resolve::Resolver;
use discovery::Discovery;
use known::Known;
use names::Names;
use servers::Servers;
use stun::Stun;
pub(crate) use stun::{ANSWERS_MAX, Answer};
use whom::{Own, Whom};

/// How often our interfaces are looked at: a VPN that comes up, a cable that is pulled.
const INTERFACES_EVERY: Duration = Duration::from_secs(2);

/// Pages that wait for the task; more are lost, and come again.
const PAGES_MAX: usize = 256;

/// The way to the task.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    pages: mpsc::Sender<Page>,
    config: Arc<watch::Sender<Config>>,
    own: Arc<watch::Sender<Vec<Own>>>,
    network: Network,
}

/// What is known before anything was asked: interfaces, and what the configuration states.
///
/// # Errors
///
/// When the system does not tell our addresses.
pub(crate) fn at_start(config: &Config, tcp_port: u16) -> anyhow::Result<Addresses> {
    let mut known = Known::new(config, tcp_port);
    known.interfaces = interfaces::addresses(config.listen.media.ip())?;
    Ok(known.addresses())
}

impl Reach {
    /// Starts the task, which goes on from `addresses` and ends with the last handle.
    pub(crate) fn start(
        config: &Config,
        directory: &Directory,
        addresses: Arc<Addresses>,
        answers: mpsc::Receiver<Answer>,
        media: MediaThreads,
    ) -> Self {
        let (pages, inbox) = mpsc::channel(PAGES_MAX);
        let (config, changes) = watch::channel(config.clone());
        let (own, trunks) = watch::channel(Own::all_in(directory));
        let (picture, pictures) = watch::channel(Arc::default());
        let (want, wants) = mpsc::channel(1);
        let mut known = Known::new(&config.borrow(), addresses.tcp_port);
        known.interfaces.clone_from(&addresses.interfaces);
        let task = Task {
            public_host: config.borrow().public.host.clone(),
            discovery: Discovery::new(config.borrow().listen.media.ip(), Instant::now()),
            picture,
            known,
            names: Names::default(),
            servers: Servers::new(Arc::new(Resolver::system())),
            whom: Whom::default(),
            stun: Stun::new(media.udp()),
            providers: Stun::new(media.udp()),
            told: StunServers::default(),
            media,
            addresses,
        };
        let inboxes = Inboxes {
            pages: inbox,
            answers,
            config: changes,
            trunks,
            wants,
        };
        tokio::spawn(task.run(inboxes));
        Self {
            pages,
            config: Arc::new(config),
            own: Arc::new(own),
            network: Network::new(pictures, want),
        }
    }

    /// A handle to nobody.
    #[cfg(test)]
    pub(crate) fn unattended() -> Self {
        Self {
            pages: mpsc::channel(1).0,
            config: Arc::new(watch::channel(Config::default()).0),
            own: Arc::new(watch::channel(Vec::new()).0),
            network: Network::unattended(),
        }
    }

    /// What administrators see.
    pub(crate) fn network(&self) -> Network {
        self.network.clone()
    }

    /// A browser phone that we know has loaded its page from here: what its name means will be needed for its calls.
    pub(crate) fn page_opened(&self, page: &Page) {
        // When it is full, the next page asks again.
        let _full = self.pages.try_send(page.clone());
    }

    /// The configuration has changed.
    pub(crate) fn configure(&self, config: &Config) {
        self.config.send_replace(config.clone());
    }

    /// The directory has changed, and with it perhaps the trunks' own STUN servers.
    pub(crate) fn follow(&self, directory: &Directory) {
        let own = Own::all_in(directory);
        self.own.send_if_modified(|before| {
            let is_change = *before != own;
            *before = own;
            is_change
        });
    }
}

/// What the task is told.
struct Inboxes {
    pages: mpsc::Receiver<Page>,
    answers: mpsc::Receiver<Answer>,
    config: watch::Receiver<Config>,
    /// Those with STUN servers of their own.
    trunks: watch::Receiver<Vec<Own>>,
    /// Somebody wants the router to be looked at.
    wants: mpsc::Receiver<()>,
}

struct Task {
    known: Known,
    names: Names,
    whom: Whom,
    servers: Servers,
    /// Asks the system's servers.
    stun: Stun,
    /// Asks those of providers that are not the system's as well.
    providers: Stun,
    discovery: Discovery,
    media: MediaThreads,
    /// What the media threads know.
    addresses: Arc<Addresses>,
    told: StunServers,
    public_host: Option<String>,
    picture: watch::Sender<Arc<Picture>>,
}

impl Task {
    async fn run(mut self, mut inboxes: Inboxes) {
        let mut look = interval(INTERFACES_EVERY);
        let bound = inboxes.config.borrow().listen.media.ip();
        self.names.keep(inboxes.config.borrow().public.host.as_deref());
        self.whom.configure(&inboxes.config.borrow().stun.servers);
        self.whom.follow(&inboxes.trunks.borrow_and_update());
        self.servers.configure(&self.whom.all());
        loop {
            tokio::select! {
                page = inboxes.pages.recv() => match page {
                    Some(page) => self.names.ask(&page.host, Instant::now()),
                    None => return,
                },
                Ok(()) = inboxes.config.changed() => {
                    let config = inboxes.config.borrow_and_update();
                    self.known.configure(&config);
                    self.names.keep(config.public.host.as_deref());
                    self.whom.configure(&config.stun.servers);
                    self.servers.configure(&self.whom.all());
                }
                Ok(()) = inboxes.trunks.changed() => {
                    self.whom.follow(&inboxes.trunks.borrow_and_update());
                    self.servers.configure(&self.whom.all());
                }
                () = self.servers.changed() => {}
                Some(answer) = inboxes.answers.recv() => {
                    self.stun.answered(&answer);
                    self.providers.answered(&answer);
                }
                () = self.stun.due() => self.stun.handle_timeout(),
                () = self.providers.due() => self.providers.handle_timeout(),
                (name, addresses) = self.names.answer() => {
                    self.known.names.insert(name, addresses);
                    self.known.names.retain(|name, _| self.names.is_known(name));
                }
                Some(()) = inboxes.wants.recv() => {
                    self.discovery.want(Instant::now());
                    self.stun.ask_now();
                    self.providers.ask_now();
                }
                step = self.discovery.step() => match step {
                    None => self.discovery.begin(self.stun.servers(), Instant::now()),
                    Some(step) => {
                        self.discovery.take(step, OffsetDateTime::now_utc());
                        self.stun.keep_alive(self.discovery.lifetimes());
                        self.providers.keep_alive(self.discovery.lifetimes());
                    }
                },
                _ = look.tick() => self.look_at_interfaces(bound),
            }
            self.ask();
            self.publish();
        }
    }

    fn look_at_interfaces(&mut self, bound: IpAddr) {
        match interfaces::addresses(bound) {
            Ok(interfaces) if interfaces != self.known.interfaces => {
                self.known.interfaces = interfaces;
                self.stun.ask_now();
                self.providers.ask_now();
                self.discovery.network_changed(Instant::now());
            }
            Ok(_same) => {}
            Err(error) => tracing::warn!(%error, "cannot look at our network interfaces"),
        }
    }

    /// Asks whoever is to be asked as things are.
    fn ask(&mut self) {
        let (system, apart) = if self.known.asks() {
            (self.whom.system(), self.whom.apart())
        } else {
            (Vec::new(), Vec::new())
        };
        if self.stun.ask(system.into_iter().map(|server| self.servers.addresses(server))) {
            self.discovery.network_changed(Instant::now());
        }
        self.providers.ask(apart.into_iter().map(|server| self.servers.addresses(server)));
        let (before, seen) = (public_addresses(&self.known.seen), self.stun.seen());
        if public_addresses(&seen) != before {
            self.discovery.network_changed(Instant::now());
        }
        self.known.seen = seen;
        self.known.own = self.seen_by_own();
        self.tell_threads();
    }

    /// What providers' own servers see, of those that answer.
    fn seen_by_own(&self) -> BTreeMap<TrunkId, Vec<Mapped>> {
        let seen = self.whom.own().iter().map(|own| {
            let bindings = self
                .servers
                .addresses(&own.server)
                .iter()
                .filter_map(|address| self.answer_of(*address));
            (own.trunk, bindings.map(stun::mapped).collect())
        });
        seen.filter(|(_, seen): &(_, Vec<_>)| !seen.is_empty()).collect()
    }

    /// What a server has said last, whoever's it is.
    fn answer_of(&self, server: SocketAddr) -> Option<&Binding> {
        self.stun.answer_of(server).or_else(|| self.providers.answer_of(server))
    }

    /// Tells the media threads whom to ask from their ports, when that has changed.
    fn tell_threads(&mut self) {
        let own = self.whom.own().iter().map(|own| {
            let addresses = self.servers.addresses(&own.server).iter().copied();
            (own.trunk, addresses.filter(|address| self.answer_of(*address).is_some()).collect())
        });
        let servers = StunServers {
            asked: self.stun.servers().iter().chain(self.providers.servers()).copied().collect(),
            system: self.stun.servers().to_vec(),
            own: own.filter(|(_, addresses): &(_, Vec<_>)| !addresses.is_empty()).collect(),
        };
        if self.told != servers {
            self.media.change_stun_servers(&Arc::new(servers.clone()));
            self.told = servers;
        }
    }

    fn publish(&mut self) {
        let addresses = self.known.addresses();
        if *self.addresses != addresses {
            tracing::debug!(?addresses, "our addresses have changed");
            self.addresses = Arc::new(addresses);
            self.media.change_addresses(&self.addresses);
        }
        let picture = self.picture();
        self.picture.send_if_modified(|published| {
            let is_change = **published != picture;
            if is_change {
                *published = Arc::new(picture);
            }
            is_change
        });
    }
}

/// Ports may come and go behind a symmetric NAT.
fn public_addresses(seen: &[Mapped]) -> BTreeSet<IpAddr> {
    seen.iter().map(|mapped| mapped.public.ip()).collect()
}

#[cfg(test)]
mod tests;
