//! The sockets that find out how long mappings live.

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};
use std::time::Instant;

use doctor::nat::lifetime::{Lifetime, Probe, SOCKETS, Transmit};
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;
use tokio::time::sleep_until;

use super::{DATAGRAM_BYTES_MAX, Family};

/// How long mappings live; `None` where there is nobody to ask. Takes up to five minutes; `watch` is shown how far it is.
///
/// # Errors
///
/// When the system gives no sockets.
pub(crate) async fn find(
    family: Family,
    servers: &[SocketAddr],
    bind: Option<IpAddr>,
    mut watch: impl FnMut(&Probe),
) -> io::Result<Option<Lifetime>> {
    let Some((servers, bind)) = family.ways(servers, bind) else {
        return Ok(None);
    };
    let mut sockets = Vec::with_capacity(SOCKETS);
    for _ in 0..SOCKETS {
        sockets.push(UdpSocket::bind((bind, 0)).await?);
    }
    let mut probe = Probe::new(&servers, rand::random(), Instant::now());
    let mut buffer = [0; DATAGRAM_BYTES_MAX];
    loop {
        while let Some(Transmit { socket, to, packet }) = probe.poll_transmit() {
            // A packet that cannot be sent is as good as lost.
            let _lost = sockets[socket].send_to(&packet, to).await;
        }
        watch(&probe);
        let Some(due) = probe.poll_timeout() else { break };
        tokio::select! {
            received = poll_fn(|context| poll_receive(&sockets, &mut buffer, context)) => {
                // So is an error of a socket.
                if let Ok((socket, length, from)) = received {
                    probe.receive(socket, from, &buffer[..length], Instant::now());
                }
            }
            () = sleep_until(due.into()) => {}
        }
        probe.handle_timeout(Instant::now());
    }
    Ok(Some(probe.found()))
}

/// The next packet of any socket: which socket, how many bytes, from whom.
fn poll_receive(sockets: &[UdpSocket], buffer: &mut [u8], context: &mut Context<'_>) -> Poll<io::Result<(usize, usize, SocketAddr)>> {
    for (index, socket) in sockets.iter().enumerate() {
        let mut read = ReadBuf::new(buffer);
        if let Poll::Ready(received) = socket.poll_recv_from(context, &mut read) {
            return Poll::Ready(received.map(|from| (index, read.filled().len(), from)));
        }
    }
    Poll::Pending
}
