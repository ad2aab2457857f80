//! Addresses as they come from sockets and from strangers.

use std::net::{IpAddr, SocketAddr};

/// Sockets of both families show IPv4 peers as IPv6 ones.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Whether one host can have this address and port.
pub(crate) fn is_possible(address: SocketAddr) -> bool {
    let ip = address.ip();
    address.port() != 0 && !ip.is_unspecified() && !ip.is_multicast() && ip != IpAddr::from([255; 4])
}
