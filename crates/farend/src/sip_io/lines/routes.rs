//! By which of our addresses others are reached.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use sip::Transport;

/// Asks the system.
#[derive(Clone, Copy, Debug)]
pub(super) struct Routes {
    /// What our SIP socket for datagrams is bound to.
    pub(super) sip_udp: SocketAddr,
}

impl Routes {
    /// Our address toward a server, from a given one or as the system routes; with port 0 for a connection that is still to be opened. `None`:
    /// there is no way.
    pub(super) fn local(&self, transport: Transport, server: SocketAddr, from: Option<IpAddr>) -> Option<SocketAddr> {
        let (from, port) = match transport {
            Transport::Udp => (self.datagrams_from(server, from)?, self.sip_udp.port()),
            Transport::Tcp | Transport::Tls => (from, 0),
            // Browsers come by that; we do not go out by it.
            Transport::Wss => return None,
        };
        let ip = route(server, from)
            .inspect_err(|error| tracing::debug!(%server, %error, "no route"))
            .ok()?;
        Some(SocketAddr::new(ip, port))
    }

    /// What datagrams can go out from: what the socket is bound to, unless that is every address.
    fn datagrams_from(&self, server: SocketAddr, from: Option<IpAddr>) -> Option<Option<IpAddr>> {
        match (self.sip_udp.ip(), from) {
            (IpAddr::V4(bound), _) if bound.is_unspecified() && server.is_ipv6() => None,
            (bound, from) if bound.is_unspecified() => Some(from),
            (bound, None) => Some(Some(bound)),
            (bound, Some(from)) => (bound == from).then_some(Some(from)),
        }
    }
}

/// Connecting a datagram socket sends nothing, and tells the address that the system would send from.
fn route(server: SocketAddr, from: Option<IpAddr>) -> io::Result<IpAddr> {
    let any = match server {
        SocketAddr::V4(_) => IpAddr::from(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::from(Ipv6Addr::UNSPECIFIED),
    };
    let socket = UdpSocket::bind((from.unwrap_or(any), 0))?;
    socket.connect(server)?;
    Ok(socket.local_addr()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_go_out_from_where_the_socket_is() {
        let table = [
            ("0.0.0.0:5060", "127.0.0.1:5070", None, Some("127.0.0.1:5060")),
            ("0.0.0.0:5060", "127.0.0.1:5070", Some("127.0.0.9"), Some("127.0.0.9:5060")),
            ("0.0.0.0:5060", "[::1]:5070", None, None),
            ("[::]:5060", "127.0.0.1:5070", None, Some("127.0.0.1:5060")),
            ("[::]:5060", "[::1]:5070", None, Some("[::1]:5060")),
            ("127.0.0.3:5060", "127.0.0.1:5070", None, Some("127.0.0.3:5060")),
            ("127.0.0.3:5060", "127.0.0.1:5070", Some("127.0.0.9"), None),
            ("127.0.0.3:5060", "[::1]:5070", None, None),
            ("0.0.0.0:5060", "127.0.0.1:5070", Some("192.0.2.1"), None),
            ("0.0.0.0:5060", "127.0.0.1:5070", Some("::1"), None),
        ];
        for (bound, server, from, local) in table {
            let routes = Routes {
                sip_udp: bound.parse().unwrap(),
            };
            let from = from.map(|from| from.parse().unwrap());
            let found = routes.local(Transport::Udp, server.parse().unwrap(), from);
            assert_eq!(found, local.map(|local| local.parse().unwrap()), "{bound} {server} {from:?}");
        }
    }

    #[test]
    fn connections_go_out_from_anywhere() {
        let routes = Routes {
            sip_udp: "127.0.0.3:5060".parse().unwrap(),
        };
        let local = |server: &str, from: Option<&str>| {
            let from = from.map(|from| from.parse().unwrap());
            routes
                .local(Transport::Tls, server.parse().unwrap(), from)
                .map(|local| local.to_string())
        };
        assert_eq!(local("127.0.0.1:5061", None).as_deref(), Some("127.0.0.1:0"));
        assert_eq!(local("127.0.0.1:5061", Some("127.0.0.9")).as_deref(), Some("127.0.0.9:0"));
        assert_eq!(local("[::1]:5061", Some("127.0.0.9")), None);
        assert_eq!(routes.local(Transport::Wss, "127.0.0.1:443".parse().unwrap(), None), None);
    }
}
