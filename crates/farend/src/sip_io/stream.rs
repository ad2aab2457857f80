//! SIP over TCP and TLS (RFC 3261 section 18, RFC 5626 keep-alives).

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rand::Rng as _;
use sip::framing::{Frame, StreamFramer};
use sip::{Flow, Transport};
use switchboard::trunks::LineId;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;

use super::{Connections, IDLE_TIME_MAX, PEER_TIME_MAX};
use crate::doctor::{Door, Strangers};
use crate::portal::limits::Limits;
use crate::signalling::{OUTBOUND_MESSAGES_MAX, Outbound, Signal, Signalling};

/// Time for a TLS handshake, and for the rest of a message that has begun.
const MESSAGE_TIME_MAX: Duration = Duration::from_secs(10);

/// Time for the last answer to be written, and to be read by the peer, after a connection has ended.
const LINGER_MAX: Duration = Duration::from_secs(2);

/// A ping goes out on connections to providers after a time between these: it keeps middleboxes' state (RFC 5626 section 4.4.1). Many
/// providers never answer it, so nothing is made of that.
const PING_AFTER_MIN: Duration = Duration::from_secs(25);
const PING_AFTER_MAX: Duration = Duration::from_secs(30);

/// Double CRLF.
const PING: &[u8] = b"\r\n\r\n";

/// What listeners and connections of ours share.
#[derive(Clone, Debug)]
pub(crate) struct Streams {
    pub(crate) signalling: Signalling,
    pub(crate) connections: Connections,
    pub(crate) limits: Limits,
    /// Connections over a limit.
    pub(crate) refused: Arc<AtomicU64>,
    /// Told who connects without TLS.
    pub(crate) strangers: Arc<Strangers>,
}

/// How a connection came about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// A phone has opened it.
    Accepted,
    /// We have, for a message that is too large for this flow.
    InsteadOf(Flow),
    /// We have, to a provider: it stays open however little is said on it.
    Line(LineId),
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
        if tls.is_none() {
            self.strangers.knocked(Door::SipTcp, peer.ip());
        }
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
        let flow = |transport| self.connections.flow(transport, local, peer);
        match tls {
            None => self.serve(stream, flow(Transport::Tcp), Origin::Accepted).await,
            Some(tls) => match timeout(MESSAGE_TIME_MAX, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.serve(stream, flow(Transport::Tls), Origin::Accepted).await,
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
                self.serve(stream, flow, Origin::InsteadOf(instead_of)).await;
            }
            None => self.signalling.deliver(Signal::ConnectFailed { instead_of }).await,
        }
    }

    pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send>(&self, stream: S, flow: Flow, origin: Origin) {
        let (sender, outbound) = mpsc::channel(OUTBOUND_MESSAGES_MAX);
        // When the loop lets go of its end, the connection ends.
        let replies = sender.downgrade();
        let patience = Patience::new(origin.idle_time_max(), Instant::now());
        self.signalling
            .deliver(match origin {
                Origin::Accepted => Signal::FlowOpened {
                    flow,
                    device: None,
                    page: None,
                    sender,
                },
                Origin::InsteadOf(instead_of) => Signal::Connected { instead_of, flow, sender },
                Origin::Line(line) => Signal::LineConnected {
                    line,
                    flow,
                    sender: Some(sender),
                },
            })
            .await;
        let (mut reader, writer) = tokio::io::split(stream);
        let mut writing = pin!(write(writer, outbound, origin.is_kept_alive()));
        let (end, may_write) = tokio::select! {
            end = self.read(&mut reader, flow, replies, patience) => (end, true),
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

    async fn read<S: AsyncRead>(
        &self,
        reader: &mut ReadHalf<S>,
        flow: Flow,
        replies: mpsc::WeakSender<Outbound>,
        mut patience: Patience,
    ) -> End {
        let mut framer = StreamFramer::new();
        let mut buffer = vec![0; 8192];
        loop {
            let bytes = match patience.wait(reader.read(&mut buffer)).await {
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
                            && replies
                                .upgrade()
                                .is_none_or(|replies| replies.try_send(Outbound::Message(reply)).is_err())
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

impl Origin {
    fn idle_time_max(self) -> Option<Duration> {
        match self {
            Self::Accepted | Self::InsteadOf(_) => Some(IDLE_TIME_MAX),
            Self::Line(_) => None,
        }
    }

    fn is_kept_alive(self) -> bool {
        match self {
            Self::Accepted | Self::InsteadOf(_) => false,
            Self::Line(_) => true,
        }
    }
}

/// Until when the next bytes must have come. A message that has begun gets its time once, not anew with each byte.
#[derive(Debug)]
struct Patience {
    idle_time_max: Option<Duration>,
    /// `None`: for ever.
    until: Option<Instant>,
    has_begun: bool,
}

impl Patience {
    fn new(idle_time_max: Option<Duration>, now: Instant) -> Self {
        Self {
            idle_time_max,
            until: idle_time_max.map(|idle| now + idle),
            has_begun: false,
        }
    }

    async fn wait<T>(&self, bytes: impl Future<Output = T>) -> Result<T, tokio::time::error::Elapsed> {
        match self.until {
            Some(until) => timeout_at(until, bytes).await,
            None => Ok(bytes.await),
        }
    }

    /// Something came: perhaps the end of a message, perhaps the beginning of another one.
    fn heard(&mut self, is_whole: bool, has_begun: bool, now: Instant) {
        if !has_begun {
            *self = Self::new(self.idle_time_max, now);
        } else if is_whole || !self.has_begun {
            self.until = Some(now + MESSAGE_TIME_MAX);
            self.has_begun = true;
        }
    }
}

async fn write<S: AsyncWrite>(mut writer: WriteHalf<S>, mut outbound: mpsc::Receiver<Outbound>, is_kept_alive: bool) -> End {
    let mut ping_at = next_ping();
    loop {
        let written = tokio::select! {
            outbound = outbound.recv() => match outbound {
                Some(Outbound::Message(bytes)) => write_all(&mut writer, &bytes).await,
                Some(Outbound::Close(_) | Outbound::Full) | None => {
                    let _best_effort = writer.shutdown().await;
                    return End::Closed;
                }
            },
            () = sleep_until(ping_at), if is_kept_alive => {
                ping_at = next_ping();
                write_all(&mut writer, PING).await
            }
        };
        if let Err(error) = written {
            return error.into();
        }
    }
}

fn next_ping() -> Instant {
    Instant::now() + rand::rng().random_range(PING_AFTER_MIN..PING_AFTER_MAX)
}

async fn write_all<S: AsyncWrite>(writer: &mut WriteHalf<S>, bytes: &[u8]) -> std::io::Result<()> {
    match timeout(PEER_TIME_MAX, writer.write_all(bytes)).await {
        Ok(written) => written,
        Err(_late) => Err(std::io::ErrorKind::TimedOut.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn connections_to_providers_are_pinged_and_those_of_phones_are_not() {
        let begin = Instant::now();
        let (ours, mut provider) = tokio::io::duplex(1024);
        let (sender, outbound) = mpsc::channel(4);
        let writing = tokio::spawn(write(tokio::io::split(ours).1, outbound, true));
        let mut before = begin;
        for _ in 0..100 {
            let mut ping = [0; 4];
            provider.read_exact(&mut ping).await.unwrap();
            assert_eq!(ping, PING);
            let since = before.elapsed();
            assert!(
                (PING_AFTER_MIN..=PING_AFTER_MAX + Duration::from_millis(1)).contains(&since),
                "{since:?}"
            );
            before = Instant::now();
        }
        sender.send(Outbound::Message(b"BYE".to_vec())).await.unwrap();
        let mut message = [0; 3];
        provider.read_exact(&mut message).await.unwrap();
        assert_eq!((&message, before), (b"BYE", Instant::now()), "messages do not wait for pings");
        drop(sender);
        assert!(matches!(writing.await.unwrap(), End::Closed));

        let (ours, mut phone) = tokio::io::duplex(1024);
        let (_sender, outbound) = mpsc::channel(4);
        let _writing = tokio::spawn(write(tokio::io::split(ours).1, outbound, false));
        assert!(timeout(Duration::from_secs(3_600), phone.read_u8()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn only_accepted_connections_end_for_being_quiet() {
        let patience = |origin: Origin| Patience::new(origin.idle_time_max(), Instant::now());
        let line = LineId {
            trunk: model::TrunkId(1),
            account: 0,
        };
        let quiet = std::future::pending::<()>;
        let begin = Instant::now();
        assert!(patience(Origin::Accepted).wait(quiet()).await.is_err());
        assert_eq!(begin.elapsed(), IDLE_TIME_MAX);
        let kept = patience(Origin::Line(line));
        assert!(timeout(Duration::from_secs(86_400), kept.wait(quiet())).await.is_err());
    }

    #[test]
    fn a_message_gets_its_time_once_however_its_bytes_come() {
        let begin = Instant::now();
        let mut patience = Patience::new(Some(IDLE_TIME_MAX), begin);
        assert_eq!(patience.until, Some(begin + IDLE_TIME_MAX));
        let later = |seconds| begin + Duration::from_secs(seconds);
        for seconds in 1..9 {
            patience.heard(false, true, later(seconds));
            assert_eq!(patience.until, Some(later(1) + MESSAGE_TIME_MAX));
        }
        // Its end came together with the beginning of the next one.
        patience.heard(true, true, later(9));
        assert_eq!(patience.until, Some(later(9) + MESSAGE_TIME_MAX));
        patience.heard(true, false, later(10));
        assert_eq!(patience.until, Some(later(10) + IDLE_TIME_MAX));
    }
}
