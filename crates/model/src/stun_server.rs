//! Whom to ask for our public address.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use crate::host::is_host;

/// A STUN server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StunServer {
    /// Name or address.
    pub host: String,
    /// Port. Without one the name's SRV record decides (RFC 8489 section 8), and where there is none it is 3478.
    pub port: Option<u16>,
}

/// The port of STUN (RFC 8489 section 18.5).
const STUN_PORT: u16 = 3_478;

impl StunServer {
    /// The port where no SRV record says another one.
    #[must_use]
    pub fn port_or_default(&self) -> u16 {
        self.port.unwrap_or(STUN_PORT)
    }
}

/// A text that names no STUN server.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a STUN server")]
pub struct NotAStunServer(String);

impl FromStr for StunServer {
    type Err = NotAStunServer;

    /// `name`, `name:port`, and the same with addresses; those of IPv6 in brackets when a port follows.
    fn from_str(text: &str) -> Result<Self, NotAStunServer> {
        let wrong = || NotAStunServer(text.to_owned());
        if let Ok(address) = text.parse::<SocketAddr>() {
            let port = Some(address.port()).filter(|port| *port > 0).ok_or_else(wrong)?;
            return Ok(Self {
                host: address.ip().to_string(),
                port: Some(port),
            });
        }
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Ok(Self {
                host: ip.to_string(),
                port: None,
            });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?)),
            None => (text, None),
        };
        if is_host(host) {
            let host = host.to_ascii_lowercase();
            Ok(Self { host, port })
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for StunServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) if self.host.parse::<Ipv6Addr>().is_ok() => write!(f, "[{}]:{port}", self.host),
            Some(port) => write!(f, "{}:{port}", self.host),
            None => f.write_str(&self.host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_with_and_without_port_are_read_and_shown_alike() {
        for (text, host, port) in [
            ("stun.example.com", "stun.example.com", None),
            ("stun.example.com:19302", "stun.example.com", Some(19_302)),
            ("192.0.2.1", "192.0.2.1", None),
            ("192.0.2.1:3479", "192.0.2.1", Some(3_479)),
            ("2001:db8::1", "2001:db8::1", None),
            ("[2001:db8::1]:3479", "2001:db8::1", Some(3_479)),
        ] {
            let server: StunServer = text.parse().unwrap();
            assert_eq!((server.host.as_str(), server.port, server.to_string().as_str()), (host, port, text));
        }
        assert_eq!("STUN.Example.com".parse::<StunServer>().unwrap().host, "stun.example.com");
    }

    #[test]
    fn what_is_no_server_is_refused() {
        for text in [
            "",
            ":3478",
            "stun.example.com:",
            "stun.example.com:0",
            "192.0.2.1:0",
            "stun.example.com:70000",
            "a b",
            "stun:x:3478",
        ] {
            assert!(text.parse::<StunServer>().is_err(), "{text}");
        }
    }
}
