//! What comes back of our own request: a response repeats its `Via` and `Call-ID` (RFC 3261 section 8.2.6.2).

use std::net::{IpAddr, SocketAddr};

use crate::message::{Request, Response, host_and_port};
use crate::{Flow, Transport};

/// Of what a peer makes us keep, in characters.
const SENT_BY_MAX: usize = 100;

/// Our request in the mirror of its response. Where the two differ, somebody on the way has rewritten one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// The address of ours that the request named in its `Via`.
    pub sent_by: SocketAddr,
    /// What the response names instead; `None` when it is the same.
    pub sent_by_instead: Option<String>,
    /// `received`: where the server saw the request come from. It has to add that when it is not the address in `sent_by` (section 18.2.1).
    pub received: Option<IpAddr>,
    /// `rport`: the port likewise (RFC 3581 section 4); `None` from servers that do not know it.
    pub rport: Option<u16>,
    /// Whether the `Call-ID` has come back as it went out.
    pub is_call_id_same: bool,
}

impl Mirror {
    /// `None` where the response has no `Via` that can be read.
    pub(super) fn of(request: &Request, response: &Response, flow: Flow) -> Option<Self> {
        let via = response.top_via()?;
        let bare = |host: &str| host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        let ours = host_and_port(flow.local);
        let usual = if flow.transport == Transport::Tls { 5061 } else { 5060 };
        let is_same = via.sent_by.eq_ignore_ascii_case(&ours)
            || (bare(via.host) == Some(flow.local.ip()) && via.port.unwrap_or(usual) == flow.local.port());
        Some(Self {
            sent_by: flow.local,
            sent_by_instead: (!is_same).then(|| via.sent_by.chars().take(SENT_BY_MAX).collect()),
            received: via.params.value("received").and_then(bare).map(|ip| ip.to_canonical()),
            rport: via.params.value("rport").and_then(|port| port.parse().ok()),
            is_call_id_same: response.call_id() == request.call_id(),
        })
    }
}
