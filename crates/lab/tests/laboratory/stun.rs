//! The smallest STUN client (RFC 8489) with the change requests of RFC 5780, and what a socket hears.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::time::Duration;

use lab::net::Host;

/// What has not come after this time does not come: the way takes less than a millisecond.
const SILENCE: Duration = Duration::from_millis(300);
const BINDING_REQUEST: [u8; 2] = [0, 1];
const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const XOR_MAPPED_ADDRESS: u16 = 0x0020;

/// From where a server is asked to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Nothing = 0,
    Port = 2,
    AddressAndPort = 6,
}

/// A UDP socket on a host of the laboratory.
pub(crate) fn socket_on(host: &Host) -> UdpSocket {
    let socket = host.within(|| UdpSocket::bind("0.0.0.0:0").unwrap()).unwrap();
    socket.set_read_timeout(Some(SILENCE)).unwrap();
    socket
}

/// The public address that a server sees, if its answer arrives.
pub(crate) fn mapped(socket: &UdpSocket, server: (Ipv4Addr, u16), change: Change) -> Option<SocketAddrV4> {
    let mut request = [&BINDING_REQUEST[..], &[0, 8], &COOKIE].concat();
    request.extend(b"transaction1");
    // CHANGE-REQUEST, four bytes long.
    request.extend([0, 3, 0, 4, 0, 0, 0, change as u8]);
    socket.send_to(&request, server).unwrap();
    let mut answer = [0; 512];
    let (length, _) = socket.recv_from(&mut answer).ok()?;
    let mut attributes = answer.get(20..length)?;
    while let [kind_high, kind_low, length_high, length_low, rest @ ..] = attributes {
        let length = usize::from(u16::from_be_bytes([*length_high, *length_low]));
        if u16::from_be_bytes([*kind_high, *kind_low]) == XOR_MAPPED_ADDRESS {
            let port = u16::from_be_bytes([rest[2] ^ COOKIE[0], rest[3] ^ COOKIE[1]]);
            let address: [u8; 4] = std::array::from_fn(|at| rest[4 + at] ^ COOKIE[at]);
            return Some(SocketAddrV4::new(address.into(), port));
        }
        attributes = rest.get(length.next_multiple_of(4)..)?;
    }
    None
}

/// Who has sent the socket something.
pub(crate) fn heard_from(socket: &UdpSocket) -> Option<SocketAddrV4> {
    match socket.recv_from(&mut [0; 512]) {
        Ok((_, std::net::SocketAddr::V4(from))) => Some(from),
        Ok((_, from)) => panic!("{from} is no IPv4 address"),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
        Err(error) => panic!("{error}"),
    }
}
