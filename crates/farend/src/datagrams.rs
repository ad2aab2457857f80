//! A UDP socket that tells and chooses the local address of every packet, also when it is bound to all of them.

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};

use quinn_udp::{RecvMeta, Transmit, UdpSocketState};
use socket2::{Domain, Protocol, Socket, Type};

/// Kernel buffer of a shared socket, in bytes: a burst of calls must fit.
const BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// A UDP packet's size at most, in bytes.
pub(crate) const DATAGRAM_BYTES_MAX: usize = 65_535;

/// Reads of one system call. Most of the time a socket has one packet or two; a call that brings fewer than this many has emptied it.
const BATCH_READS: usize = 4;

/// One shared UDP socket.
#[derive(Debug)]
pub(crate) struct Datagrams {
    socket: UdpSocket,
    state: UdpSocketState,
    /// Bound to IPv6; when that is the unspecified address, to IPv4 as well.
    is_ipv6: bool,
    port: u16,
}

/// Room for what one system call receives. Apart from the socket, which may be sent through while packets are looked at.
#[derive(Debug)]
pub(crate) struct Batch {
    buffer: Box<[u8]>,
    meta: [RecvMeta; BATCH_READS],
    received: usize,
    port: u16,
}

/// Where a packet came from and went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// The peer.
    pub(crate) source: SocketAddr,
    /// Our address that it was sent to.
    pub(crate) destination: SocketAddr,
}

/// Whether large packets may be cut by IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fragmentation {
    /// Media: a packet that does not fit is lost, and told.
    Forbidden,
    /// SIP: the last resort of a large message.
    Allowed,
}

impl Datagrams {
    /// Binds. With `shared`, further sockets may bind the same address, one for each thread (`SO_REUSEPORT`).
    ///
    /// # Errors
    ///
    /// When the address is taken or is not ours.
    pub(crate) fn bind(address: SocketAddr, shared: bool, fragmentation: Fragmentation) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_reuse_port(shared)?;
        if address.is_ipv6() {
            socket.set_only_v6(!address.ip().is_unspecified())?;
        }
        // The kernel grants what its own limits allow; less is no error.
        let _granted = socket
            .set_recv_buffer_size(BUFFER_BYTES)
            .and_then(|()| socket.set_send_buffer_size(BUFFER_BYTES));
        socket.bind(&address.into())?;
        socket.set_nonblocking(true)?;
        let socket = UdpSocket::from(socket);
        let state = UdpSocketState::new((&socket).into())?;
        if fragmentation == Fragmentation::Allowed && address.is_ipv4() {
            rustix::net::sockopt::set_ip_mtu_discover(&socket, rustix::net::sockopt::Ipv4PathMtuDiscovery::DONT)?;
        }
        let port = socket.local_addr()?.port();
        let is_ipv6 = address.is_ipv6();
        Ok(Self {
            socket,
            state,
            is_ipv6,
            port,
        })
    }

    /// The same socket once more, for a thread that only sends.
    ///
    /// # Errors
    ///
    /// When the kernel refuses another descriptor.
    pub(crate) fn for_sending(&self) -> io::Result<Self> {
        let socket = self.socket.try_clone()?;
        let state = UdpSocketState::new((&socket).into())?;
        Ok(Self {
            socket,
            state,
            is_ipv6: self.is_ipv6,
            port: self.port,
        })
    }

    /// The same socket once more, for a task that waits until there is something to read.
    ///
    /// # Errors
    ///
    /// When the kernel refuses another descriptor.
    pub(crate) fn for_waiting(&self) -> io::Result<tokio::net::UdpSocket> {
        tokio::net::UdpSocket::from_std(self.socket.try_clone()?)
    }

    /// What it is bound to.
    ///
    /// # Errors
    ///
    /// Those of `getsockname`.
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Whether packets to such an address can leave here.
    pub(crate) fn reaches(&self, ip: IpAddr) -> bool {
        self.is_ipv6 || ip.is_ipv4()
    }

    /// Room for packets of this socket.
    pub(crate) fn batch(&self) -> Batch {
        let read_bytes = DATAGRAM_BYTES_MAX.max(2048 * self.state.gro_segments());
        Batch {
            buffer: vec![0; read_bytes * BATCH_READS].into_boxed_slice(),
            meta: [RecvMeta::default(); BATCH_READS],
            received: 0,
            port: self.port,
        }
    }

    /// Receives what one system call brings, instead of what the batch held. Returns whether there may be more.
    ///
    /// # Errors
    ///
    /// Those of `recvmmsg`, except "nothing there".
    pub(crate) fn receive(&self, batch: &mut Batch) -> io::Result<bool> {
        batch.received = 0;
        let read_bytes = batch.buffer.len() / BATCH_READS;
        let mut parts = batch.buffer.chunks_exact_mut(read_bytes);
        let mut buffers: [IoSliceMut<'_>; BATCH_READS] = std::array::from_fn(|_| IoSliceMut::new(parts.next().unwrap_or_default()));
        match self.state.recv((&self.socket).into(), &mut buffers, &mut batch.meta) {
            Ok(received) => {
                batch.received = received;
                Ok(received == BATCH_READS)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sends one packet from `source`'s address (any when unspecified).
    ///
    /// # Errors
    ///
    /// Those of `sendmsg`; `WouldBlock` when the kernel's buffer is full.
    pub(crate) fn send(&self, source: IpAddr, destination: SocketAddr, packet: &[u8]) -> io::Result<()> {
        let src_ip = (!source.is_unspecified() && source.is_ipv4() == destination.is_ipv4()).then_some(source);
        let destination = match destination {
            SocketAddr::V4(v4) if self.is_ipv6 => SocketAddr::from((v4.ip().to_ipv6_mapped(), v4.port())),
            other => other,
        };
        self.state.try_send(
            (&self.socket).into(),
            &Transmit {
                destination,
                ecn: None,
                contents: packet,
                segment_size: None,
                src_ip,
            },
        )
    }
}

impl Batch {
    /// Whether nothing was received.
    pub(crate) fn is_empty(&self) -> bool {
        self.received == 0
    }

    /// The packets, in the order of their arrival.
    pub(crate) fn packets(&mut self) -> impl Iterator<Item = (Route, &mut [u8])> {
        let read_bytes = self.buffer.len() / BATCH_READS;
        let port = self.port;
        let reads = self.buffer.chunks_exact_mut(read_bytes).zip(&self.meta).take(self.received);
        reads.flat_map(move |(buffer, meta)| {
            let local = meta.dst_ip.unwrap_or(IpAddr::from([0, 0, 0, 0])).to_canonical();
            let route = Route {
                source: SocketAddr::new(meta.addr.ip().to_canonical(), meta.addr.port()),
                destination: SocketAddr::new(local, port),
            };
            // With receive offload one buffer holds several packets of one peer.
            let packets = buffer[..meta.len].chunks_mut(meta.stride.max(1));
            packets.map(move |packet| (route, packet))
        })
    }
}

impl AsFd for Datagrams {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_socket_tells_and_keeps_the_address_that_was_reached() {
        let ours = Datagrams::bind("0.0.0.0:0".parse().unwrap(), false, Fragmentation::Forbidden).unwrap();
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let reached = SocketAddr::from(([127, 0, 0, 7], ours.socket.local_addr().unwrap().port()));
        peer.send_to(b"hello", reached).unwrap();
        let (mut batch, mut seen) = (ours.batch(), Vec::new());
        while seen.is_empty() {
            ours.receive(&mut batch).unwrap();
            seen.extend(batch.packets().map(|(route, packet)| (route, packet.to_vec())));
        }
        let route = Route {
            source: peer.local_addr().unwrap(),
            destination: reached,
        };
        assert_eq!(seen, [(route, b"hello".to_vec())]);

        ours.send(reached.ip(), route.source, b"hi").unwrap();
        let mut buffer = [0; 8];
        assert_eq!(peer.recv_from(&mut buffer).unwrap(), (2, reached));
    }

    #[test]
    fn a_socket_of_both_families_speaks_ipv4_as_ipv4() {
        let ours = Datagrams::bind("[::]:0".parse().unwrap(), false, Fragmentation::Forbidden).unwrap();
        let port = ours.socket.local_addr().unwrap().port();
        for (from, to) in [("127.0.0.1:0", "127.0.0.7"), ("[::1]:0", "::1")] {
            let peer = UdpSocket::bind(from).unwrap();
            let reached = SocketAddr::new(to.parse().unwrap(), port);
            peer.send_to(b"hello", reached).unwrap();
            let (mut batch, mut seen) = (ours.batch(), Vec::new());
            while seen.is_empty() {
                ours.receive(&mut batch).unwrap();
                seen.extend(batch.packets().map(|(route, _)| route));
            }
            let route = Route {
                source: peer.local_addr().unwrap(),
                destination: reached,
            };
            assert_eq!(seen, [route]);
            ours.for_sending().unwrap().send(reached.ip(), route.source, b"hi").unwrap();
            let mut buffer = [0; 8];
            assert_eq!(peer.recv_from(&mut buffer).unwrap(), (2, reached));
        }
    }

    #[test]
    fn a_burst_is_received_whole_and_in_order() {
        let ours = Datagrams::bind("127.0.0.1:0".parse().unwrap(), false, Fragmentation::Forbidden).unwrap();
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        for number in 0..11 {
            peer.send_to(&[number; 3], ours.socket.local_addr().unwrap()).unwrap();
        }
        let (mut batch, mut seen) = (ours.batch(), Vec::new());
        loop {
            let more = ours.receive(&mut batch).unwrap();
            seen.extend(batch.packets().map(|(_, packet)| packet[0]));
            if !more {
                break;
            }
        }
        assert_eq!(seen, (0..11).collect::<Vec<_>>());
        assert!(!ours.receive(&mut batch).unwrap());
        assert_eq!(batch.packets().count(), 0);
    }

    #[test]
    fn two_threads_can_share_an_address() {
        let one = Datagrams::bind("127.0.0.1:0".parse().unwrap(), true, Fragmentation::Forbidden).unwrap();
        Datagrams::bind(one.socket.local_addr().unwrap(), true, Fragmentation::Forbidden).unwrap();
    }
}
