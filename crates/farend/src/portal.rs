//! The one TCP port: accepts, tells by the first bytes what speaks, and hands over.
//!
//! ```text
//! accept ─► limits ─► first bytes ─┬─ TLS ─► first bytes inside ─┬─ HTTP ─► API, web app, /sip, events
//!                                  │                             ├─ ICE-TCP, TURN ─► as outside
//!                                  │                             └─ anything else ─► closed, counted
//!                                  ├─ HTTP ─► redirect to https
//!                                  ├─ ICE-TCP ─► media thread, named by the first STUN message
//!                                  ├─ ssltcp ─► its hello, then ICE-TCP
//!                                  ├─ TURN ─► some media thread
//!                                  └─ anything else ─► closed, counted
//! ```
//!
//! What carries media leaves this runtime: a media thread goes on with the socket and, inside TLS, with the session.

pub mod classify;
mod http;
pub(crate) mod limits;
pub(crate) mod page;
mod patient;
mod prefixed;
mod ssltcp;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::media_io::{Accepted, FRAME_BYTES_MAX, MediaThreads};
use classify::{DECISION_BYTES, Kind, classify};
use limits::{Limits, Permit};
use prefixed::Prefixed;

/// Time for the first bytes, the TLS handshake, and the first ICE frame, each.
pub(crate) const OPENING_TIME_MAX: Duration = Duration::from_secs(10);

/// So long TURN clients wait for the answer to their first request. Browsers turn to relays 50 ms before they try ICE-TCP, and stop gathering when
/// anything works: on a fast network they would stay with the relay, which costs both ends more.
const DIRECT_HEAD_START: Duration = Duration::from_millis(100);

/// What may be spoken inside TLS, by its names in ALPN (RFC 7301, RFC 7443).
pub(crate) const PORTAL_PROTOCOLS: [&str; 2] = ["http/1.1", "stun.turn"];

/// Connections, by what they turned out to be.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) http: AtomicU64,
    pub(crate) redirect: AtomicU64,
    pub(crate) ice_tcp: AtomicU64,
    /// ICE-TCP behind the imitation of a hello.
    pub(crate) ssl_tcp: AtomicU64,
    /// ICE-TCP inside TLS.
    pub(crate) ice_tls: AtomicU64,
    /// TURN without TLS.
    pub(crate) turn_tcp: AtomicU64,
    /// TURN inside TLS.
    pub(crate) turn_tls: AtomicU64,
    /// Over a limit.
    pub(crate) refused: AtomicU64,
    /// Too slow, not TLS after all, or nothing that we know.
    pub(crate) failed: AtomicU64,
}

/// What every connection needs.
pub(crate) struct Portal {
    pub(crate) tls: TlsAcceptor,
    pub(crate) app: Router,
    pub(crate) media: MediaThreads,
    pub(crate) limits: Limits,
    pub(crate) figures: Arc<Figures>,
    /// [`OPENING_TIME_MAX`], but for tests.
    pub(crate) opening_time_max: Duration,
}

/// The addresses of a connection, for HTTP handlers and media. Who comes by IPv4 has an IPv4 address, also where the port is bound to IPv6.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoints {
    pub(crate) peer: SocketAddr,
    pub(crate) local: SocketAddr,
}

/// Why a connection was not served.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("it took too long to say what it is")]
    Slow,
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("{} is not offered here", .0.name())]
    NotOffered(Kind),
    #[error("the first ICE frame names no session of ours")]
    NoSession,
}

impl From<tokio::time::error::Elapsed> for Failure {
    fn from(_: tokio::time::error::Elapsed) -> Self {
        Self::Slow
    }
}

impl Portal {
    /// Accepts until `stop` says so.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener, mut stop: watch::Receiver<bool>) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of descriptors, mostly: what is open goes on, and each end frees one.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            match self.limits.admit(peer.ip()) {
                Ok(permit) => {
                    let portal = Arc::clone(&self);
                    tokio::spawn(async move { portal.connection(stream, peer, permit).await });
                }
                Err(refusal) => {
                    self.figures.refused.fetch_add(1, Ordering::Relaxed);
                    tracing::debug!(%refusal, "refused a connection");
                }
            }
        }
    }

    async fn connection(&self, stream: TcpStream, peer: SocketAddr, permit: Permit) {
        if let Err(failure) = self.outside(stream, peer, permit).await {
            self.figures.failed.fetch_add(1, Ordering::Relaxed);
            tracing::debug!(%peer, %failure, "a connection came to nothing");
        }
    }

    /// Before TLS.
    async fn outside(&self, stream: TcpStream, peer: SocketAddr, permit: Permit) -> Result<(), Failure> {
        stream.set_nodelay(true)?;
        let endpoints = Endpoints {
            peer: canonical(peer),
            local: canonical(stream.local_addr()?),
        };
        let (kind, stream) = timeout(self.opening_time_max, first_bytes(stream, Vec::new())).await??;
        match kind {
            Kind::Tls => {
                let stream = timeout(self.opening_time_max, self.tls.accept(stream)).await??;
                self.inside(stream, endpoints, permit).await
            }
            Kind::Http => {
                self.figures.redirect.fetch_add(1, Ordering::Relaxed);
                http::redirect(stream, endpoints).await;
                Ok(())
            }
            Kind::Ice => {
                self.ice(stream, endpoints, permit).await?;
                self.figures.ice_tcp.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Kind::SslTcp => {
                let mut stream = stream;
                timeout(self.opening_time_max, ssltcp::greet(&mut stream)).await??;
                let (stream, read) = stream.into_parts();
                let (kind, stream) = timeout(self.opening_time_max, first_bytes(stream, read)).await??;
                if kind != Kind::Ice {
                    return Err(Failure::NotOffered(kind));
                }
                self.ice(stream, endpoints, permit).await?;
                self.figures.ssl_tcp.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Kind::Turn => {
                self.turn(stream, endpoints, permit).await?;
                self.figures.turn_tcp.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Kind::Unknown => Err(Failure::NotOffered(kind)),
        }
    }

    /// Inside TLS.
    async fn inside(&self, stream: TlsStream<Prefixed<TcpStream>>, endpoints: Endpoints, permit: Permit) -> Result<(), Failure> {
        let (kind, stream) = timeout(self.opening_time_max, first_bytes(stream, Vec::new())).await??;
        match kind {
            Kind::Http => {
                self.figures.http.fetch_add(1, Ordering::Relaxed);
                http::serve(stream, self.app.clone(), endpoints, permit).await;
                Ok(())
            }
            Kind::Ice => {
                self.ice(stream, endpoints, permit).await?;
                self.figures.ice_tls.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Kind::Turn => {
                self.turn(stream, endpoints, permit).await?;
                self.figures.turn_tls.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Kind::SslTcp | Kind::Tls | Kind::Unknown => Err(Failure::NotOffered(kind)),
        }
    }

    /// Reads the first frame, which names the media thread, and hands the connection over to it.
    async fn ice<S: Carrier>(&self, mut stream: Prefixed<S>, endpoints: Endpoints, permit: Permit) -> Result<(), Failure> {
        let worker = timeout(self.opening_time_max, worker_of_first_frame(&mut stream)).await??;
        self.media.connect_ice(worker, hand_over(stream, endpoints, permit)?);
        Ok(())
    }

    /// Hands the connection over when the direct ways have had their head start.
    async fn turn<S: Carrier>(&self, stream: Prefixed<S>, endpoints: Endpoints, permit: Permit) -> Result<(), Failure> {
        tokio::time::sleep(DIRECT_HEAD_START).await;
        self.media.connect_turn(hand_over(stream, endpoints, permit)?);
        Ok(())
    }
}

/// A socket and, inside TLS, its session.
type Parts = (std::net::TcpStream, Option<Box<rustls::ServerConnection>>);

fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// A stream that can be taken apart for a media thread.
trait Carrier: AsyncRead + AsyncWrite + Unpin {
    fn into_parts(self) -> std::io::Result<Parts>;
}

impl Carrier for TcpStream {
    fn into_parts(self) -> std::io::Result<Parts> {
        Ok((self.into_std()?, None))
    }
}

impl Carrier for TlsStream<Prefixed<TcpStream>> {
    fn into_parts(self) -> std::io::Result<Parts> {
        let (stream, session) = self.into_inner();
        // The handshake has read the few bytes that came before it.
        let (stream, unread) = stream.into_parts();
        if !unread.is_empty() {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        Ok((stream.into_std()?, Some(Box::new(session))))
    }
}

fn hand_over<S: Carrier>(stream: Prefixed<S>, Endpoints { peer, local }: Endpoints, permit: Permit) -> Result<Accepted, Failure> {
    let (stream, read) = stream.into_parts();
    let (stream, tls) = stream.into_parts()?;
    Ok(Accepted {
        stream,
        tls,
        peer,
        local,
        read,
        permit: Box::new(permit),
    })
}

/// Which media thread the first frame of ICE-TCP is for; nothing is taken from the stream.
async fn worker_of_first_frame<S: AsyncRead + Unpin>(stream: &mut Prefixed<S>) -> Result<u8, Failure> {
    let length = stream.peek(2).await?;
    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
    if 2 + length > FRAME_BYTES_MAX {
        return Err(Failure::NoSession);
    }
    let frame = stream.peek(2 + length).await?;
    media::engine::worker_of(&frame[2..]).ok_or(Failure::NoSession)
}

/// Reads on from `read` until it is clear what speaks; gives the stream back with nothing taken from it.
async fn first_bytes<S: AsyncRead + Unpin>(mut stream: S, mut read: Vec<u8>) -> std::io::Result<(Kind, Prefixed<S>)> {
    loop {
        if let Some(kind) = classify(&read) {
            return Ok((kind, Prefixed::new(stream, read)));
        }
        let mut buffer = [0; DECISION_BYTES];
        let bytes = stream.read(&mut buffer).await?;
        if bytes == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        read.extend_from_slice(&buffer[..bytes]);
    }
}

#[cfg(test)]
mod tests;
