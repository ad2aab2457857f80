//! Media threads: sockets, clocks and wake-ups around [`media::engine::Engine`].
//!
//! Every thread has its own sockets: one on the one UDP port (shared by `SO_REUSEPORT`), its part of the RTP ports, and the
//! connections of its calls: ICE-TCP and TURN. A packet that the kernel gave to the wrong thread is forwarded; a connection that turns out to
//! belong to a call of another thread moves there. So does a leg that joins a call of another thread, with all that is its own (ADR 0012).

mod connection;
mod mappings;
mod relaying;
#[cfg(test)]
pub(crate) mod testing;
mod thread;
mod whereabouts;
mod wires;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use media::addresses::Addresses;
use media::audio::tones::Plan;
use media::sounds::Library;
use model::{CallId, TrunkId, control};
use rustls::ServerConnection;

use crate::datagrams::{Datagrams, Fragmentation};
use crate::flight::capture;
use crate::mailbox::{Mailbox, Undelivered, mailbox};
use crate::poller::Poller;
use crate::reach::Answer;
use crate::recording::queue::Tap;
use connection::Connection;
pub(crate) use connection::FRAME_BYTES_MAX;
use relaying::Relaying;
use thread::Departure;
use whereabouts::News;

/// Messages waiting for one media thread.
const INBOX_MESSAGES_MAX: usize = 16_384;

/// What a media thread needs.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The one UDP port.
    pub(crate) udp: SocketAddr,
    /// What is known of our addresses at the start.
    pub(crate) addresses: Arc<Addresses>,
    /// The RTP ports; even ones carry RTP.
    pub(crate) rtp_ports: RangeInclusive<u16>,
    /// Where answers of STUN servers go.
    pub(crate) stun: tokio::sync::mpsc::Sender<Answer>,
    /// Where RTP ports are bound.
    pub(crate) rtp_address: IpAddr,
    /// How many threads.
    pub(crate) threads: u8,
    /// Legs at most, in all.
    pub(crate) legs_max: usize,
    /// Where legs are recorded.
    pub(crate) recorder: Option<Tap>,
    /// What captures see.
    pub(crate) capture: Option<capture::tap::Tap>,
    /// Whom TURN is for.
    pub(crate) relay: Arc<relay::Config>,
}

/// Who is asked what our ports look like from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StunServers {
    /// All that are asked from the one UDP port: their answers go to [`Settings::stun`].
    pub(crate) asked: Vec<SocketAddr>,
    /// What these see counts for whoever is outside.
    pub(crate) system: Vec<SocketAddr>,
    /// What these see counts for the providers of their trunks: only those that answer.
    pub(crate) own: BTreeMap<TrunkId, Vec<SocketAddr>>,
}

/// What the other threads say to a media thread.
#[derive(Debug)]
pub(crate) enum ToMedia {
    /// From the signalling loop.
    Command(control::Command),
    /// An ICE-TCP connection that belongs to a leg of this thread.
    IceTcp(Accepted),
    /// A TURN client; whose leg it belongs to is not known yet.
    Turn(Accepted),
    /// A connection that belongs to a leg of this thread, with what it has said to another one.
    Moved(Box<Connection>),
    /// A packet of the one UDP port that came in at another thread, and how often it has been forwarded.
    Forwarded {
        source: SocketAddr,
        destination: SocketAddr,
        packet: Vec<u8>,
        hops: u8,
    },
    /// A leg that joins a call of this thread.
    Leg(Box<Departure>),
    /// A pair of RTP ports of this thread that was away with a leg.
    Ports(PortPair),
    /// Where a leg is now.
    Whereabouts(Arc<News>),
    /// Our addresses have changed.
    Addresses(Arc<Addresses>),
    /// The tones of the country we are in; prepared.
    Tones(Plan),
    /// What can be played to a leg.
    Sounds(Arc<Library>),
    /// Whom to ask from now on.
    StunServers(Arc<StunServers>),
    /// End the thread.
    Stop,
}

/// An accepted connection that has turned out to carry media.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) stream: TcpStream,
    /// Inside TLS: its session, after the handshake.
    pub(crate) tls: Option<Box<ServerConnection>>,
    pub(crate) peer: SocketAddr,
    pub(crate) local: SocketAddr,
    /// What the portal has read of it already.
    pub(crate) read: Vec<u8>,
    /// Frees the connection's place when it ends.
    pub(crate) permit: Box<dyn std::any::Any + Send>,
}

/// Where media threads report to. Called on their threads; must not wait.
pub(crate) trait Reports: Send + 'static {
    /// Takes an event, or gives it back when it cannot take it now.
    fn report(&self, event: control::Event) -> Result<(), control::Event>;

    /// Something was reported: look at it.
    fn wake(&self);
}

/// Figures that the media threads publish once a second, summed over threads.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) legs: AtomicU64,
    pub(crate) ports_free: AtomicU64,
    pub(crate) tcp_connections: AtomicU64,
    /// Of these, TURN clients.
    pub(crate) turn_clients: AtomicU64,
    /// Packets that had waited too long for a connection to take them.
    pub(crate) tcp_left_out: AtomicU64,
    /// Audio that a connection brought too late to be heard.
    pub(crate) tcp_late: AtomicU64,
    pub(crate) relay: relaying::Figures,
    pub(crate) packets_dropped: AtomicU64,
    pub(crate) sends_dropped: AtomicU64,
    pub(crate) panics: AtomicU64,
}

/// The running media threads.
#[derive(Clone, Debug)]
pub(crate) struct MediaThreads {
    /// The one UDP port, to send from.
    udp: Arc<Datagrams>,
    mailboxes: Arc<[Mailbox<ToMedia>]>,
    figures: Arc<[Arc<Figures>]>,
    relaying: Arc<Relaying>,
    /// Which thread the next TURN client begins at.
    turn: Arc<AtomicUsize>,
}

/// Threads to be joined at the end.
pub(crate) type Joins = Vec<std::thread::JoinHandle<()>>;

impl MediaThreads {
    /// Binds all sockets and starts the threads.
    ///
    /// # Errors
    ///
    /// When a port is taken: the message names it.
    pub(crate) fn start(settings: &Settings, reports: impl Fn() -> Box<dyn Reports>) -> anyhow::Result<(Self, Joins)> {
        let threads = usize::from(settings.threads.max(1));
        let mut pollers = Vec::with_capacity(threads);
        let (mut mailboxes, mut inboxes) = (Vec::with_capacity(threads), Vec::with_capacity(threads));
        for _ in 0..threads {
            let poller = Poller::new()?;
            let (sender, inbox) = mailbox(INBOX_MESSAGES_MAX, poller.waker());
            pollers.push(poller);
            mailboxes.push(sender);
            inboxes.push(inbox);
        }
        let mailboxes: Arc<[_]> = mailboxes.into();
        let relaying = Arc::new(Relaying::new(Arc::clone(&settings.relay)));
        let figures: Arc<[_]> = (0..threads).map(|_| Arc::new(Figures::default())).collect();
        let mut ports = bind_rtp_ports(settings)?.into_iter();
        let share = ports.len().div_ceil(threads);

        // Rendered before the first caller hears it.
        media::audio::music::prepare();
        let mut joins = Vec::with_capacity(threads);
        let mut sending = None;
        for (worker, (poller, inbox)) in pollers.into_iter().zip(inboxes).enumerate() {
            let udp =
                Datagrams::bind(settings.udp, threads > 1, Fragmentation::Forbidden).map_err(|error| in_use(error, "UDP", settings.udp))?;
            if sending.is_none() {
                sending = Some(Arc::new(udp.for_sending()?));
            }
            let home = u8::try_from(worker).expect("the number of threads is a u8");
            let sockets: Vec<_> = ports.by_ref().take(share).map(|pair| PortPair { home, ..pair }).collect();
            let config = media::engine::Config {
                worker: home,
                addresses: Arc::clone(&settings.addresses),
                rtp_ports: sockets.iter().map(|pair| pair.port).collect(),
                legs_max: settings.legs_max.div_ceil(threads),
            };
            let mut wires = wires::Wires::new(home, poller, udp, sockets, Instant::now())?;
            wires.recorder.clone_from(&settings.recorder);
            wires.capture = settings.capture.clone().map(capture::tap::WireTap::new);
            let links = thread::Links {
                inbox,
                others: Arc::clone(&mailboxes),
                relaying: Arc::clone(&relaying),
                reports: reports(),
                stun: settings.stun.clone(),
                figures: Arc::clone(&figures[worker]),
            };
            let thread = thread::Thread::new(config, wires, links);
            joins.push(
                std::thread::Builder::new()
                    .name(format!("media-{worker}"))
                    .spawn(move || thread.run())?,
            );
        }
        let threads = Self {
            udp: sending.expect("there is at least one thread"),
            mailboxes,
            figures,
            relaying,
            turn: Arc::default(),
        };
        Ok((threads, joins))
    }

    /// Hands a command to the thread of its call, which looks at it when [`MediaThreads::wake`] is called next; gives it back when that
    /// thread does not keep up.
    pub(crate) fn command(&self, call: CallId, command: control::Command) -> Result<(), control::Command> {
        self.mailboxes[self.worker_of(call)]
            .post(ToMedia::Command(command))
            .map_err(|undelivered| match undelivered {
                Undelivered::Full(ToMedia::Command(command)) | Undelivered::Gone(ToMedia::Command(command)) => command,
                Undelivered::Full(_) | Undelivered::Gone(_) => unreachable!("what comes back is what was sent"),
            })
    }

    /// Lets the thread of this call look at its commands.
    pub(crate) fn wake(&self, call: CallId) {
        self.mailboxes[self.worker_of(call)].wake();
    }

    /// How many threads there are.
    pub(crate) fn count(&self) -> usize {
        self.mailboxes.len()
    }

    fn worker_of(&self, call: CallId) -> usize {
        worker_of(call, self.mailboxes.len())
    }

    /// Hands an ICE-TCP connection to the thread of its leg; drops (closes) it when the thread is unknown or does not keep up.
    pub(crate) fn connect_ice(&self, worker: u8, accepted: Accepted) {
        if let Some(mailbox) = self.mailboxes.get(usize::from(worker)) {
            let peer = accepted.peer;
            if mailbox.send(ToMedia::IceTcp(accepted)).is_err() {
                tracing::warn!(worker, "a media thread does not keep up: an ICE-TCP connection was closed");
            } else {
                tracing::debug!(%peer, worker, "ICE-TCP connection");
            }
        }
    }

    /// Hands a TURN client to some thread; it finds the one of its leg by itself. Drops (closes) it when that thread does not keep up.
    pub(crate) fn connect_turn(&self, accepted: Accepted) {
        let worker = self.turn.fetch_add(1, Ordering::Relaxed) % self.mailboxes.len();
        let peer = accepted.peer;
        if self.mailboxes[worker].send(ToMedia::Turn(accepted)).is_err() {
            tracing::warn!(worker, "a media thread does not keep up: a TURN client was turned away");
        } else {
            tracing::debug!(%peer, worker, "TURN client");
        }
    }

    /// TURN allocations now.
    pub(crate) fn allocations(&self) -> usize {
        self.relaying.allocations()
    }

    /// The one UDP port, to send from.
    pub(crate) fn udp(&self) -> Arc<Datagrams> {
        Arc::clone(&self.udp)
    }

    /// Tells all threads which STUN servers there are.
    pub(crate) fn change_stun_servers(&self, servers: &Arc<StunServers>) {
        for mailbox in &*self.mailboxes {
            if mailbox.send(ToMedia::StunServers(Arc::clone(servers))).is_err() {
                tracing::warn!("a media thread does not keep up: it does not know the STUN servers");
            }
        }
    }

    /// Tells all threads our addresses; one that does not keep up is told the next time.
    pub(crate) fn change_addresses(&self, addresses: &Arc<Addresses>) {
        for mailbox in &*self.mailboxes {
            if mailbox.send(ToMedia::Addresses(Arc::clone(addresses))).is_err() {
                tracing::warn!("a media thread does not keep up: it does not know our new addresses");
            }
        }
    }

    /// Tells all threads whose tones callers hear: those of the country with this ISO 3166-1 code. Encodes them first where nobody has heard
    /// them yet, which takes some tens of milliseconds. A thread that does not keep up is told the next time.
    pub(crate) fn change_tones(&self, country: Option<&str>) {
        let tones = country.map(Plan::of).unwrap_or_default();
        tones.prepare();
        for mailbox in &*self.mailboxes {
            if mailbox.send(ToMedia::Tones(tones)).is_err() {
                tracing::warn!("a media thread does not keep up: its callers hear the tones of another country");
            }
        }
    }

    /// Hands what can be played to all threads, and says whether all have taken it: one that does not keep up goes on with what it has, and is to
    /// be told again.
    #[must_use]
    pub(crate) fn change_sounds(&self, sounds: &Arc<Library>) -> bool {
        let mut is_taken = true;
        for mailbox in &*self.mailboxes {
            match mailbox.send(ToMedia::Sounds(Arc::clone(sounds))) {
                // A thread that has ended plays nothing.
                Ok(()) | Err(Undelivered::Gone(_)) => {}
                Err(Undelivered::Full(_)) => {
                    tracing::warn!("a media thread does not keep up: it plays the prompts that were there before");
                    is_taken = false;
                }
            }
        }
        is_taken
    }

    /// Ends all threads.
    pub(crate) fn stop(&self) {
        for mailbox in &*self.mailboxes {
            if mailbox.send(ToMedia::Stop).is_err() {
                tracing::debug!("a media thread had ended already");
            }
        }
    }

    /// Adds up one figure over all threads.
    pub(crate) fn sum(&self, figure: impl Fn(&Figures) -> &AtomicU64) -> u64 {
        self.figures.iter().map(|figures| figure(figures).load(Ordering::Relaxed)).sum()
    }
}

/// Which of so many threads has the legs of a call.
pub(crate) fn worker_of(call: CallId, threads: usize) -> usize {
    usize::try_from(call.0 % threads as u64).expect("smaller than the number of threads")
}

/// A pair of bound sockets: RTP on the even port, RTCP on the one above.
#[derive(Debug)]
pub(crate) struct PortPair {
    pub(crate) port: u16,
    pub(crate) rtp: UdpSocket,
    pub(crate) rtcp: UdpSocket,
    /// The thread whose pool it is of.
    pub(crate) home: u8,
}

/// Binds every pair of the range; pairs that others use are left out.
fn bind_rtp_ports(settings: &Settings) -> anyhow::Result<Vec<PortPair>> {
    let (first, last) = (settings.rtp_ports.start().next_multiple_of(2), *settings.rtp_ports.end());
    let bind = |port| -> io::Result<UdpSocket> {
        let socket = UdpSocket::bind((settings.rtp_address, port))?;
        socket.set_nonblocking(true)?;
        Ok(socket)
    };
    let mut pairs = Vec::new();
    let mut taken = 0u32;
    for port in (first..last).step_by(2) {
        match bind(port).and_then(|rtp| {
            Ok(PortPair {
                port,
                rtp,
                rtcp: bind(port + 1)?,
                home: 0,
            })
        }) {
            Ok(pair) => pairs.push(pair),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => taken += 1,
            Err(error) => {
                return Err(anyhow::Error::new(error).context(format!(
                    "cannot bind RTP port {port} on {}: check `listen.rtp_ports`, and the limit of open files (`ulimit -n`)",
                    settings.rtp_address
                )));
            }
        }
    }
    anyhow::ensure!(
        !pairs.is_empty(),
        "all RTP ports {first}-{last} are in use by other programs: choose another range in `listen.rtp_ports`"
    );
    if taken > 0 {
        tracing::warn!(taken, "RTP ports in use by other programs were left out");
    }
    Ok(pairs)
}

/// Says whose address it was.
pub(crate) fn in_use(error: io::Error, protocol: &str, address: SocketAddr) -> anyhow::Error {
    let advice = match error.kind() {
        io::ErrorKind::AddrInUse => "another program uses it: stop that program, or choose another port",
        io::ErrorKind::AddrNotAvailable => "this machine does not have that address: use one of its own, or 0.0.0.0",
        io::ErrorKind::PermissionDenied => "ports below 1024 need a privilege: choose a higher port",
        _ => {
            let advice = "check the `[listen]` section of the configuration";
            return anyhow::Error::new(error).context(format!("cannot listen on {protocol} {address}: {advice}"));
        }
    };
    anyhow::anyhow!("cannot listen on {protocol} {address}: {advice}")
}

#[cfg(test)]
mod tests;
