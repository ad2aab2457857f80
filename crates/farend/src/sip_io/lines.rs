//! What lines to providers ask of the world: to find servers, and to open ways to them. A line has at most one task of each kind under way;
//! a newer one ends the older one, whose result would only confuse.

mod latest;
mod once;
mod routes;
mod tls;

#[cfg(test)]
mod tests;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use sip::{Flow, Transport};
use socket2::{SockRef, TcpKeepalive};
use switchboard::trunks::{LineId, Located, Place, Server, Trouble, Trust};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use self::latest::Latest;
use self::routes::Routes;
use self::tls::Trusts;
use super::PEER_TIME_MAX;
use super::stream::{Origin, Streams};
use crate::resolve::{self, Dns};
use crate::signalling::Signal;

/// A connection on which nothing is heard is asked by TCP after this time, so often, so many times.
const PROBE_AFTER: Duration = Duration::from_secs(30);
const PROBE_EVERY: Duration = Duration::from_secs(10);
const PROBES_MAX: u32 = 3;

/// Where to, and how.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) server: Server,
    /// How it proves who it is, over TLS.
    pub(crate) trust: Trust,
    /// Our address to go out from; `None`: as the system routes.
    pub(crate) from: Option<IpAddr>,
}

/// Does what lines ask for.
pub(crate) struct Lines {
    dns: Dns,
    streams: Streams,
    routes: Routes,
    trusts: Trusts,
    /// Lines choose apart from each other between servers of equal rank, and each one always alike.
    seed: u64,
    locating: Latest,
    opening: Latest,
}

/// A way that is open.
enum Opened {
    Datagrams(Flow),
    Tcp(Flow, TcpStream),
    Tls(Flow, Box<TlsStream<TcpStream>>),
}

impl Lines {
    /// `sip_udp`: what our SIP socket for datagrams is bound to.
    pub(crate) fn new(dns: Dns, streams: Streams, sip_udp: SocketAddr) -> Self {
        Self {
            dns,
            streams,
            routes: Routes { sip_udp },
            trusts: Trusts::default(),
            seed: rand::random(),
            locating: Latest::default(),
            opening: Latest::default(),
        }
    }

    /// Finds a provider's servers and reports them, unless it is asked again for the same line meanwhile: the turn is taken by the call, not
    /// when the task begins.
    pub(crate) fn locate(self: Arc<Self>, line: LineId, place: Place) -> impl Future<Output = ()> + Send {
        let turn = self.locating.begin(line);
        async move {
            if let Some(found) = turn.unless_over(self.servers(line, &place)).await {
                self.streams.signalling.deliver(Signal::Located { line, found }).await;
            }
        }
    }

    /// A provider's servers, in the order in which this line tries them.
    ///
    /// # Errors
    ///
    /// As [`resolve::locate`].
    pub(crate) async fn servers(&self, line: LineId, place: &Place) -> Result<Located, Trouble> {
        let mut seed = DefaultHasher::new();
        (self.seed, line).hash(&mut seed);
        let usable = |transport, server| self.routes.local(transport, server, place.from).is_some();
        resolve::locate(&self.dns, place, usable, seed.finish()).await
    }

    /// Opens a way, reports it, and serves it while it lasts. As with [`Lines::locate`], only the way that was asked for last is reported.
    pub(crate) fn connect(self: Arc<Self>, line: LineId, way: Way) -> impl Future<Output = ()> + Send {
        let turn = self.opening.begin(line);
        async move {
            let Some(opened) = turn.unless_over(Box::pin(self.open(&way))).await else {
                return;
            };
            let signalling = &self.streams.signalling;
            match opened {
                Err(trouble) => signalling.deliver(Signal::LineNotConnected { line, trouble }).await,
                Ok(Opened::Datagrams(flow)) => {
                    let sender = None;
                    signalling.deliver(Signal::LineConnected { line, flow, sender }).await;
                }
                Ok(Opened::Tcp(flow, stream)) => self.streams.serve(stream, flow, Origin::Line(line)).await,
                Ok(Opened::Tls(flow, stream)) => self.streams.serve(stream, flow, Origin::Line(line)).await,
            }
        }
    }

    async fn open(&self, way: &Way) -> Result<Opened, Trouble> {
        let peer = way.server.address;
        let Some(local) = self.routes.local(way.server.transport, peer, way.from) else {
            return Err(Trouble::NoRoute { server: peer });
        };
        let connections = &self.streams.connections;
        match way.server.transport {
            // All datagrams go through one socket.
            Transport::Udp => Ok(Opened::Datagrams(Flow {
                transport: Transport::Udp,
                local,
                peer,
                connection: 0,
            })),
            Transport::Tcp => {
                let (stream, local) = connect(peer, way.from).await?;
                Ok(Opened::Tcp(connections.flow(Transport::Tcp, local, peer), stream))
            }
            Transport::Tls => {
                let (stream, local) = connect(peer, way.from).await?;
                let stream = self.secure(stream, way).await?;
                Ok(Opened::Tls(connections.flow(Transport::Tls, local, peer), Box::new(stream)))
            }
            // Has no route.
            Transport::Wss => Err(Trouble::NoRoute { server: peer }),
        }
    }

    async fn secure(&self, stream: TcpStream, way: &Way) -> Result<TlsStream<TcpStream>, Trouble> {
        let Server { address: server, name, .. } = &way.server;
        let trouble = |why| Trouble::Tls { server: *server, why };
        let config = self.trusts.config(&way.trust).map_err(trouble)?;
        let name = ServerName::try_from(name.clone()).map_err(|_| trouble(format!("no certificate can be for {name:?}")))?;
        match timeout(PEER_TIME_MAX, TlsConnector::from(config).connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(trouble(tls::why(&error))),
            Err(_late) => Err(Trouble::Silent { server: *server }),
        }
    }
}

async fn connect(server: SocketAddr, from: Option<IpAddr>) -> Result<(TcpStream, SocketAddr), Trouble> {
    let connect = async {
        let socket = if server.is_ipv4() {
            TcpSocket::new_v4()
        } else {
            TcpSocket::new_v6()
        }?;
        if let Some(from) = from {
            socket.bind(SocketAddr::new(from, 0))?;
        }
        let stream = socket.connect(server).await?;
        stream.set_nodelay(true)?;
        let keepalive = TcpKeepalive::new()
            .with_time(PROBE_AFTER)
            .with_interval(PROBE_EVERY)
            .with_retries(PROBES_MAX);
        SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
        let local = stream.local_addr()?;
        Ok((stream, local))
    };
    match timeout(PEER_TIME_MAX, connect).await {
        Ok(connected) => connected.map_err(|error| not_connected(server, &error)),
        Err(_late) => Err(Trouble::Silent { server }),
    }
}

fn not_connected(server: SocketAddr, error: &io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Trouble::ConnectionRefused { server },
        io::ErrorKind::TimedOut => Trouble::Silent { server },
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe | io::ErrorKind::NotConnected => {
            Trouble::ConnectionLost { server }
        }
        // No route, a firewall of our own, an address that is not ours any more; files may have run out, too.
        _ => {
            tracing::warn!(%server, %error, "no connection to a provider");
            Trouble::NoRoute { server }
        }
    }
}
