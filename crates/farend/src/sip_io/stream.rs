//! SIP over TCP and TLS (RFC 3261 section 18, RFC 5626 keep-alives).

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sip::framing::{Frame, StreamFramer};
use sip::{Flow, Transport};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;

use super::{Connections, IDLE_TIME_MAX, PEER_TIME_MAX};
use crate::portal::limits::Limits;
use crate::signalling::{OUTBOUND_MESSAGES_MAX, Outbound, Signal, Signalling};

/// Time for a TLS handshake, and for the rest of a message that has begun.
const MESSAGE_TIME_MAX: Duration = Duration::from_secs(10);

/// Time for the last answer to be written, and to be read by the peer, after a connection has ended.
const LINGER_MAX: Duration = Duration::from_secs(2);

/// What listeners and connections of ours share.
#[derive(Clone, Debug)]
pub(crate) struct Streams {
    pub(crate) signalling: Signalling,
    pub(crate) connections: Connections,
    pub(crate) limits: Limits,
    /// Connections over a limit.
    pub(crate) refused: Arc<AtomicU64>,
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("the peer closed it")]
    Closed,
    #[error("nothing was heard for {} s", IDLE_TIME_MAX.as_secs())]
    Idle,
    #[error("a message did not come to its end")]
    Trickle,
    #[error(transparent)]
    Framing(#[from] sip::framing::FramingError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Streams {
    /// Accepts TCP, or TLS with an acceptor, until `stop` says so.
    pub(crate) async fn listen(self, listener: TcpListener, tls: Option<TlsAcceptor>, mut stop: watch::Receiver<bool>) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let (streams, tls) = (self.clone(), tls.clone());
                    tokio::spawn(async move { streams.accepted(stream, peer, tls).await });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a SIP connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    async fn accepted(&self, stream: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>) {
        let _permit = match self.limits.admit(peer.ip()) {
            Ok(permit) => permit,
            Err(refusal) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                return tracing::debug!(%refusal, "refused a SIP connection");
            }
        };
        let Ok(local) = stream.local_addr().and_then(|local| stream.set_nodelay(true).map(|()| local)) else {
            return;
        };
        match tls {
            None => self.serve(stream, self.connections.flow(Transport::Tcp, local, peer), None).await,
            Some(tls) => match timeout(MESSAGE_TIME_MAX, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.serve(stream, self.connections.flow(Transport::Tls, local, peer), None).await,
                Ok(Err(error)) => tracing::debug!(%peer, %error, "SIP over TLS: no handshake"),
                Err(_late) => tracing::debug!(%peer, "SIP over TLS: the handshake took too long"),
            },
        }
    }

    /// Opens a TCP connection for a message that is too large for UDP, and serves it.
    pub(crate) async fn connect(self, instead_of: Flow, peer: SocketAddr) {
        let opened = match timeout(PEER_TIME_MAX, TcpStream::connect(peer)).await {
            Ok(Ok(stream)) => stream.local_addr().map(|local| (stream, local)).ok(),
            Ok(Err(_)) | Err(_) => None,
        };
        match opened {
            Some((stream, local)) => {
                let flow = self.connections.flow(Transport::Tcp, local, peer);
                self.serve(stream, flow, Some(instead_of)).await;
            }
            None => self.signalling.deliver(Signal::ConnectFailed { instead_of }).await,
        }
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send>(&self, stream: S, flow: Flow, instead_of: Option<Flow>) {
        let (sender, outbound) = mpsc::channel(OUTBOUND_MESSAGES_MAX);
        let replies = sender.clone();
        self.signalling
            .deliver(match instead_of {
                None => Signal::FlowOpened {
                    flow,
                    device: None,
                    page: None,
                    sender,
                },
                Some(instead_of) => Signal::Connected { instead_of, flow, sender },
            })
            .await;
        let (mut reader, writer) = tokio::io::split(stream);
        let mut writing = pin!(write(writer, outbound));
        let (end, may_write) = tokio::select! {
            end = self.read(&mut reader, flow, replies) => (end, true),
            end = &mut writing => (end, false),
        };
        tracing::debug!(%flow, %end, "a SIP connection ended");
        self.signalling.deliver(Signal::FlowClosed { flow }).await;
        if !matches!(end, End::Io(_)) {
            // What was read last is answered before the connection goes: the loop lets go of its end of the queue only after that.
            let linger = async {
                if may_write {
                    writing.await;
                }
                while reader.read(&mut [0; 1024]).await.is_ok_and(|bytes| bytes > 0) {}
            };
            // A connection that is closed with bytes unread takes the answer with it.
            let _late = timeout(LINGER_MAX, linger).await;
        }
    }

    async fn read<S: AsyncRead>(&self, reader: &mut ReadHalf<S>, flow: Flow, replies: mpsc::Sender<Outbound>) -> End {
        let mut framer = StreamFramer::new();
        let mut buffer = vec![0; 8192];
        let mut patience = Patience::new(Instant::now());
        loop {
            let bytes = match timeout_at(patience.until, reader.read(&mut buffer)).await {
                Ok(Ok(0)) => return End::Closed,
                Ok(Ok(bytes)) => bytes,
                Ok(Err(error)) => return error.into(),
                Err(_late) if framer.pending_bytes() == 0 => return End::Idle,
                Err(_late) => return End::Trickle,
            };
            framer.push(&buffer[..bytes]);
            let mut is_whole = false;
            loop {
                match framer.poll() {
                    Ok(Some(Frame::Message(bytes))) => {
                        is_whole = true;
                        self.signalling.deliver(Signal::Received { flow, bytes }).await;
                    }
                    Ok(Some(Frame::KeepAlive(alive))) => {
                        is_whole = true;
                        if let Some(reply) = alive.reply(flow.peer)
                            && replies.try_send(Outbound::Message(reply)).is_err()
                        {
                            return End::Closed;
                        }
                    }
                    Ok(None) => break,
                    Err(error) => return error.into(),
                }
            }
            patience.heard(is_whole, framer.pending_bytes() > 0, Instant::now());
        }
    }
}

/// Until when the next bytes must have come. A message that has begun gets its time once, not anew with each byte.
#[derive(Debug)]
struct Patience {
    until: Instant,
    has_begun: bool,
}

impl Patience {
    fn new(now: Instant) -> Self {
        Self {
            until: now + IDLE_TIME_MAX,
            has_begun: false,
        }
    }

    /// Something came: perhaps the end of a message, perhaps the beginning of another one.
    fn heard(&mut self, is_whole: bool, has_begun: bool, now: Instant) {
        if !has_begun {
            *self = Self::new(now);
        } else if is_whole || !self.has_begun {
            self.until = now + MESSAGE_TIME_MAX;
            self.has_begun = true;
        }
    }
}

async fn write<S: AsyncWrite>(mut writer: WriteHalf<S>, mut outbound: mpsc::Receiver<Outbound>) -> End {
    while let Some(outbound) = outbound.recv().await {
        match outbound {
            Outbound::Message(bytes) => match timeout(PEER_TIME_MAX, writer.write_all(&bytes)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return error.into(),
                Err(_late) => return End::Io(std::io::ErrorKind::TimedOut.into()),
            },
            Outbound::Close(_) | Outbound::Full => {
                let _best_effort = writer.shutdown().await;
                return End::Closed;
            }
        }
    }
    let _best_effort = writer.shutdown().await;
    End::Closed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_gets_its_time_once_however_its_bytes_come() {
        let begin = Instant::now();
        let mut patience = Patience::new(begin);
        assert_eq!(patience.until, begin + IDLE_TIME_MAX);
        let later = |seconds| begin + Duration::from_secs(seconds);
        for seconds in 1..9 {
            patience.heard(false, true, later(seconds));
            assert_eq!(patience.until, later(1) + MESSAGE_TIME_MAX);
        }
        // Its end came together with the beginning of the next one.
        patience.heard(true, true, later(9));
        assert_eq!(patience.until, later(9) + MESSAGE_TIME_MAX);
        patience.heard(true, false, later(10));
        assert_eq!(patience.until, later(10) + IDLE_TIME_MAX);
    }
}
