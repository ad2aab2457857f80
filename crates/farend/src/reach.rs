//! How the world reaches this server: one task gathers what is known, off every call's path, and hands it to the media threads.
//!
//! ```text
//!   interfaces, looked at every 2 s ─────┐
//!   STUN answers, from the media socket ─┼─► Known ──► Addresses ──► media threads, relay, metrics
//!   names of pages, as DNS has them ─────┤
//!   configuration, SIGHUP ───────────────┘
//! ```
//!
//! Nothing waits for this task: with a dead STUN server, a dead name server or no network it knows less, and calls go on with what is known.

mod interfaces;
mod known;
mod names;
mod stun;

use std::sync::Arc;
use std::time::Duration;

use media::addresses::Addresses;
use model::control::Page;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, interval};

use crate::config::{Config, StunServer};
use crate::media_io::MediaThreads;
use known::Known;
use names::Names;
use stun::Stun;
pub(crate) use stun::{ANSWERS_MAX, Answer};

/// How often our interfaces are looked at: a VPN that comes up, a cable that is pulled.
const INTERFACES_EVERY: Duration = Duration::from_secs(2);

/// Pages that wait for the task; more are lost, and come again.
const PAGES_MAX: usize = 256;

/// The way to the task.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    pages: mpsc::Sender<Page>,
    config: Arc<watch::Sender<Config>>,
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
    pub(crate) fn start(config: &Config, addresses: Arc<Addresses>, answers: mpsc::Receiver<Answer>, media: MediaThreads) -> Self {
        let (pages, inbox) = mpsc::channel(PAGES_MAX);
        let (config, changes) = watch::channel(config.clone());
        let mut known = Known::new(&config.borrow(), addresses.tcp_port);
        known.interfaces.clone_from(&addresses.interfaces);
        let task = Task {
            known,
            names: Names::default(),
            stun: Stun::new(media.udp()),
            media,
            addresses,
        };
        tokio::spawn(task.run(inbox, answers, changes));
        Self {
            pages,
            config: Arc::new(config),
        }
    }

    /// A handle to nobody.
    #[cfg(test)]
    pub(crate) fn unattended() -> Self {
        Self {
            pages: mpsc::channel(1).0,
            config: Arc::new(watch::channel(Config::default()).0),
        }
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
}

struct Task {
    known: Known,
    names: Names,
    stun: Stun,
    media: MediaThreads,
    /// What the media threads know.
    addresses: Arc<Addresses>,
}

impl Task {
    async fn run(mut self, mut pages: mpsc::Receiver<Page>, mut answers: mpsc::Receiver<Answer>, mut config: watch::Receiver<Config>) {
        let mut look = interval(INTERFACES_EVERY);
        let bound = config.borrow().listen.media.ip();
        self.names.keep(names_of(&config.borrow()));
        loop {
            tokio::select! {
                page = pages.recv() => match page {
                    Some(page) => self.names.ask(&page.host, Instant::now()),
                    None => return,
                },
                Ok(()) = config.changed() => {
                    let config = config.borrow_and_update();
                    self.known.configure(&config);
                    self.names.keep(names_of(&config));
                }
                Some(answer) = answers.recv() => self.stun.answered(&answer),
                () = self.stun.due() => self.stun.handle_timeout(),
                (name, addresses) = self.names.answer() => {
                    self.known.names.insert(name, addresses);
                    self.known.names.retain(|name, _| self.names.is_known(name));
                }
                _ = look.tick() => match interfaces::addresses(bound) {
                    Ok(interfaces) if interfaces != self.known.interfaces => {
                        self.known.interfaces = interfaces;
                        self.stun.ask_now();
                    }
                    Ok(_same) => {}
                    Err(error) => tracing::warn!(%error, "cannot look at our network interfaces"),
                },
            }
            self.ask(&config.borrow().stun.servers);
            self.publish();
        }
    }

    /// Asks whoever is to be asked as things are.
    fn ask(&mut self, servers: &[StunServer]) {
        let servers = if self.known.asks() { servers } else { &[] };
        if self.stun.ask(servers, &self.known.names) {
            self.media.change_stun_servers(&self.stun.servers().into());
        }
        self.known.seen = self.stun.seen();
    }

    fn publish(&mut self) {
        let addresses = self.known.addresses();
        if *self.addresses != addresses {
            tracing::debug!(?addresses, "our addresses have changed");
            self.addresses = Arc::new(addresses);
            self.media.change_addresses(&self.addresses);
        }
    }
}

/// The names that matter whoever comes: our own, and those of the STUN servers.
fn names_of(config: &Config) -> Vec<String> {
    let servers = config.stun.servers.iter().map(|server| &server.host);
    config
        .public
        .host
        .iter()
        .chain(servers)
        .map(|name| name.to_ascii_lowercase())
        .collect()
}
