//! One hop of a `Via` header.

use std::net::{IpAddr, SocketAddr};

use super::address::Params;
use super::uri::split_port;

/// One `via-parm` (RFC 3261 section 20.42).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Via<'a> {
    /// `UDP`, `TCP`, `TLS`, `WS`, `WSS` or anything else.
    pub(crate) transport: &'a str,
    /// `host[:port]` as written.
    pub(crate) sent_by: &'a str,
    /// The host of it.
    pub(crate) host: &'a str,
    /// The port of it.
    pub(crate) port: Option<u16>,
    /// `;branch=…;rport`.
    pub(crate) params: Params<'a>,
}

impl<'a> Via<'a> {
    /// Reads one hop, spaces around slashes and colon included.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let (hop, params) = text.split_at(text.find(';').unwrap_or(text.len()));
        let (protocol, rest) = hop.split_once('/')?;
        let (version, rest) = rest.split_once('/')?;
        let rest = rest.trim();
        let (transport, sent_by) = rest.split_at(rest.find([' ', '\t'])?);
        let sent_by = sent_by.trim();
        if !protocol.trim().eq_ignore_ascii_case("SIP") || version.trim() != "2.0" || sent_by.contains(',') {
            return None;
        }
        let (host, port) = split_port(sent_by)?;
        Some(Self {
            transport,
            sent_by,
            host: host.trim_end(),
            port,
            params: Params::new(params),
        })
    }

    /// Where whoever answered saw the request come from (RFC 3581 section 4): `received`, or the sent-by where that was right, and `rport`.
    /// `None` without a port, or when what stands there is no address.
    pub(crate) fn seen_as(&self) -> Option<SocketAddr> {
        let port = self.params.value("rport")?.parse().ok().filter(|&port| port != 0)?;
        let host = self.params.value("received").unwrap_or(self.host);
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let address: IpAddr = bare.parse().ok()?;
        Some(SocketAddr::new(address.to_canonical(), port))
    }

    /// The branch (RFC 3261 section 8.1.1.7).
    pub(crate) fn branch(&self) -> Option<&'a str> {
        self.params.value("branch").filter(|branch| !branch.is_empty())
    }
}
