//! The sockets of a probe, and other ways to look at a server that does not answer.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use doctor::nat::{Evidence, Local, Probe, Reach, Socket};
use doctor::stun::{Message, TransactionId};
use tokio::net::{TcpSocket, UdpSocket};
use tokio::sync::mpsc;
use tokio::time::{sleep_until, timeout};

use super::{DATAGRAM_BYTES_MAX, Family};

/// When nobody has answered after this time, the servers are looked at in other ways.
const PATIENCE: Duration = Duration::from_millis(700);
/// Each of these ways may take so long.
const OTHER_WAYS_MAX: Duration = Duration::from_millis(1_500);
/// Findings under way; each server has two.
const NOTES_MAX: usize = 64;

/// What is seen by one family; `None` where there is nobody to ask.
///
/// # Errors
///
/// When `bind` is not an address of this computer.
pub(crate) async fn look(family: Family, servers: &[SocketAddr], bind: Option<IpAddr>) -> anyhow::Result<Option<Evidence>> {
    let Some((servers, ip)) = family.ways(servers, bind) else {
        return Ok(None);
    };
    let sockets = match (UdpSocket::bind((ip, 0)).await, UdpSocket::bind((ip, 0)).await) {
        (Ok(first), Ok(second)) => [first, second],
        // A system without this family.
        (Err(_), _) | (_, Err(_)) if bind.is_none() => return Ok(Some(without_route(&servers))),
        (Err(error), _) | (_, Err(error)) => {
            return Err(error).with_context(|| format!("cannot ask from {ip}; give an address of this computer with --bind, or none"));
        }
    };
    Ok(Some(Asking::new(servers, ip, sockets)?.run().await))
}

fn without_route(servers: &[SocketAddr]) -> Evidence {
    let local = Local { first: 0, second: None };
    let now = Instant::now();
    let mut probe = Probe::new(servers, local, rand::random(), now);
    servers.iter().for_each(|server| probe.note(*server, Reach::NoRoute, now));
    probe.evidence()
}

/// A probe with its sockets.
struct Asking {
    servers: Vec<SocketAddr>,
    bind: IpAddr,
    sockets: [UdpSocket; 2],
    probe: Probe,
    /// From which of our addresses packets to a peer go; `None` where the system has no way.
    sources: BTreeMap<SocketAddr, Option<IpAddr>>,
}

impl Asking {
    fn new(servers: Vec<SocketAddr>, bind: IpAddr, sockets: [UdpSocket; 2]) -> io::Result<Self> {
        let local = Local {
            first: sockets[0].local_addr()?.port(),
            second: Some(sockets[1].local_addr()?.port()),
        };
        let probe = Probe::new(&servers, local, rand::random(), Instant::now());
        Ok(Self {
            servers,
            bind,
            sockets,
            probe,
            sources: BTreeMap::new(),
        })
    }

    async fn run(mut self) -> Evidence {
        let (tell, mut notes) = mpsc::channel(NOTES_MAX);
        let impatient_at = tokio::time::Instant::now() + PATIENCE;
        let mut is_patient = true;
        let mut buffers = [[0; DATAGRAM_BYTES_MAX]; 2];
        loop {
            self.send().await;
            let Some(due) = self.probe.poll_timeout() else { break };
            let [first, second] = &mut buffers;
            tokio::select! {
                received = self.sockets[0].recv_from(first) => self.receive(Socket::First, &received, &buffers[0]),
                received = self.sockets[1].recv_from(second) => self.receive(Socket::Second, &received, &buffers[1]),
                Some((server, reach)) = notes.recv() => self.probe.note(server, reach, Instant::now()),
                () = sleep_until(impatient_at), if is_patient => {
                    is_patient = false;
                    self.look_otherwise(&tell);
                }
                () = sleep_until(due.into()) => {}
            }
            self.probe.handle_timeout(Instant::now());
        }
        self.probe.evidence()
    }

    async fn send(&mut self) {
        while let Some(transmit) = self.probe.poll_transmit() {
            let socket = match transmit.socket {
                Socket::First => &self.sockets[0],
                Socket::Second => &self.sockets[1],
            };
            let source = *self.sources.entry(transmit.to).or_insert_with(|| source(self.bind, transmit.to));
            let sent = socket.send_to(&transmit.packet, transmit.to).await;
            if source.is_none() || sent.is_err_and(|error| is_without_route(&error)) {
                self.probe.note(transmit.to, Reach::NoRoute, Instant::now());
            }
        }
    }

    fn receive(&mut self, socket: Socket, received: &io::Result<(usize, SocketAddr)>, buffer: &[u8]) {
        // An error of the socket is as good as a lost packet.
        let Ok((length, from)) = *received else { return };
        let local = *self.sources.entry(from).or_insert_with(|| source(self.bind, from));
        let local = local.unwrap_or(self.bind);
        self.probe.receive(socket, from, local, &buffer[..length], Instant::now());
    }

    /// Nobody has answered: is UDP blocked, or are the servers down?
    fn look_otherwise(&self, tell: &mpsc::Sender<(SocketAddr, Reach)>) {
        if self.probe.evidence().destinations.iter().any(|d| d.count.answered > 0) {
            return;
        }
        for server in self.servers.iter().copied() {
            let (bind, by_udp, by_tcp) = (self.bind, tell.clone(), tell.clone());
            // A closed channel means that the probe is over.
            tokio::spawn(async move {
                if timeout(OTHER_WAYS_MAX, refuses_udp(bind, server)).await == Ok(true) {
                    let _over = by_udp.send((server, Reach::Refused)).await;
                }
            });
            tokio::spawn(async move {
                if answers_tcp(bind, server).await {
                    let _over = by_tcp.send((server, Reach::ByTcp)).await;
                }
            });
        }
    }
}

/// From which of our addresses the system sends there.
fn source(bind: IpAddr, to: SocketAddr) -> Option<IpAddr> {
    let socket = std::net::UdpSocket::bind((bind, 0)).ok()?;
    socket.connect(to).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

fn is_without_route(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable)
}

/// Only a connected socket is told that a host refuses.
async fn refuses_udp(bind: IpAddr, server: SocketAddr) -> bool {
    let ask = async {
        let socket = UdpSocket::bind((bind, 0)).await?;
        socket.connect(server).await?;
        let request = Message::request(TransactionId::random(&mut rand::rng()));
        socket.send(&request.to_bytes()).await?;
        socket.recv(&mut [0; DATAGRAM_BYTES_MAX]).await
    };
    ask.await.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
}

/// Whether the server takes TCP connections on its port: then it lives. A refusal says nothing: hosts may be up whose server is down, and
/// not every server speaks TCP.
async fn answers_tcp(bind: IpAddr, server: SocketAddr) -> bool {
    let connect = async {
        let socket = if bind.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        socket.bind((bind, 0).into())?;
        socket.connect(server).await
    };
    matches!(timeout(OTHER_WAYS_MAX, connect).await, Ok(Ok(_)))
}
