//! The one TCP port: accepts, tells by the first bytes what speaks, and hands over.
//!
//! ```text
//! accept ─► limits ─► first bytes ─┬─ TLS ─► first bytes inside ─┬─ HTTP ─► API, web app, /sip, events
//!                                  │                             ├─ ICE in TLS: not offered, closed
//!                                  │                             └─ TURN: its place is here
//!                                  ├─ HTTP ─► redirect to https
//!                                  ├─ ICE-TCP ─► media thread, named by the first STUN message
//!                                  └─ anything else ─► closed, counted
//! ```

pub mod classify;
mod http;
pub(crate) mod limits;
mod patient;
mod prefixed;

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

use crate::media_io::{FRAME_BYTES_MAX, IceConnection, MediaThreads};
use classify::{DECISION_BYTES, Kind, classify};
use limits::{Limits, Permit};
use prefixed::Prefixed;

/// Time for the first bytes, the TLS handshake, and the first ICE frame, each.
pub(crate) const OPENING_TIME_MAX: Duration = Duration::from_secs(10);

/// Connections, by what they turned out to be.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) http: AtomicU64,
    pub(crate) redirect: AtomicU64,
    pub(crate) ice_tcp: AtomicU64,
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

/// The addresses of a connection, for HTTP handlers.
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
            peer,
            local: stream.local_addr()?,
        };
        let (kind, stream) = timeout(self.opening_time_max, first_bytes(stream)).await??;
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
            Kind::Ice => self.ice(stream, endpoints, permit).await,
            Kind::Turn | Kind::SslTcp | Kind::Unknown => Err(Failure::NotOffered(kind)),
        }
    }

    /// Inside TLS.
    async fn inside<S>(&self, stream: S, endpoints: Endpoints, permit: Permit) -> Result<(), Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (kind, stream) = timeout(self.opening_time_max, first_bytes(stream)).await??;
        match kind {
            Kind::Http => {
                self.figures.http.fetch_add(1, Ordering::Relaxed);
                http::serve(stream, self.app.clone(), endpoints, permit).await;
                Ok(())
            }
            Kind::Turn | Kind::Ice | Kind::SslTcp | Kind::Tls | Kind::Unknown => Err(Failure::NotOffered(kind)),
        }
    }

    /// Reads the first frame, which names the media thread, and hands the connection over to it.
    async fn ice(&self, stream: Prefixed<TcpStream>, Endpoints { peer, local }: Endpoints, permit: Permit) -> Result<(), Failure> {
        let (mut stream, mut read) = stream.into_parts();
        let frame_end = 2 + usize::from(u16::from_be_bytes([read[0], read[1]]));
        if frame_end > FRAME_BYTES_MAX {
            return Err(Failure::NoSession);
        }
        let first_frame = async {
            while read.len() < frame_end {
                if stream.read_buf(&mut read).await? == 0 {
                    return Err(Failure::NoSession);
                }
            }
            Ok(())
        };
        timeout(self.opening_time_max, first_frame).await??;
        let worker = media::engine::worker_of(&read[2..frame_end]).ok_or(Failure::NoSession)?;
        self.figures.ice_tcp.fetch_add(1, Ordering::Relaxed);
        let stream = stream.into_std()?;
        self.media.connect(
            worker,
            IceConnection {
                stream,
                peer,
                local,
                read,
                permit: Box::new(permit),
            },
        );
        Ok(())
    }
}

/// Reads until it is clear what speaks; gives the stream back with nothing taken from it.
async fn first_bytes<S: AsyncRead + Unpin>(mut stream: S) -> std::io::Result<(Kind, Prefixed<S>)> {
    let mut read = Vec::with_capacity(DECISION_BYTES);
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
