//! What `farend nat` and the server find out about the NAT on the way: the sockets of `doctor`'s probes, and the findings as JSON.

pub(crate) mod behaviour;
pub(crate) mod lifetime;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use doctor::nat::Verdict;
use doctor::nat::lifetime::Lifetime;
use serde::Serialize;
use utoipa::ToSchema;

const DATAGRAM_BYTES_MAX: usize = 2_048;

/// One of the two internets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Family {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

/// How a NAT behaves; the words are those of docs/nat.md.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Behaviour {
    /// `not-symmetric`, `symmetric`, `udp-blocked` or `unknown`.
    #[schema(example = "not-symmetric")]
    outcome: String,
    /// The name of RFC 3489, and what it had no name for.
    #[schema(example = "port-restricted-cone")]
    rfc3489_type: String,
    /// On what of a destination the public address depends (RFC 4787).
    #[schema(example = "endpoint-independent")]
    mapping: String,
    /// Whose packets are let in (RFC 4787).
    #[schema(example = "address-and-port-dependent")]
    filtering: String,
    /// Whether public ports are the local ones; null without an answer.
    #[schema(required)]
    port_preserved: Option<bool>,
    /// How the world sees us, without ports.
    #[schema(value_type = Vec<String>, example = json!(["198.51.100.2"]))]
    public_addresses: Vec<IpAddr>,
    /// Whether our own public address can be reached from inside; null when that was not found out.
    #[schema(required)]
    hairpin: Option<bool>,
    /// Of the outcome: `high`, `medium` or `low`.
    #[schema(example = "high")]
    confidence: String,
    /// For people, with what to do.
    sentence: String,
    /// What all of that was made of.
    #[serde(skip)]
    pub(crate) verdict: Verdict,
}

/// How long an idle UDP mapping lives; what is not known is null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct MappingLifetime {
    /// Seconds for which one was left alone and lived.
    #[schema(required)]
    at_least_s: Option<u64>,
    /// Seconds for which one was left alone at most and was gone.
    #[schema(required)]
    pub(crate) less_than_s: Option<u64>,
}

impl Family {
    /// Both of them.
    pub(crate) const ALL: [Self; 2] = [Self::Ipv4, Self::Ipv6];

    /// Whether this address is one of it.
    #[must_use]
    pub(crate) fn has(self, ip: IpAddr) -> bool {
        match self {
            Self::Ipv4 => ip.is_ipv4(),
            Self::Ipv6 => ip.is_ipv6(),
        }
    }

    /// Whom to ask, from where; `None` where there is nobody, or `bind` is of the other family.
    fn ways(self, servers: &[SocketAddr], bind: Option<IpAddr>) -> Option<(Vec<SocketAddr>, IpAddr)> {
        let servers: Vec<SocketAddr> = servers.iter().copied().filter(|server| self.has(server.ip())).collect();
        let any = match self {
            Self::Ipv4 => Ipv4Addr::UNSPECIFIED.into(),
            Self::Ipv6 => Ipv6Addr::UNSPECIFIED.into(),
        };
        let bind = bind.unwrap_or(any);
        (!servers.is_empty() && self.has(bind)).then_some((servers, bind))
    }
}

impl From<&Verdict> for Behaviour {
    fn from(verdict: &Verdict) -> Self {
        Self {
            outcome: verdict.outcome().to_string(),
            rfc3489_type: verdict.nat_type().to_string(),
            mapping: verdict.mapping.to_string(),
            filtering: verdict.filtering.to_string(),
            port_preserved: verdict.port_preserved,
            public_addresses: verdict.public_addresses.clone(),
            hairpin: verdict.hairpin,
            confidence: verdict.confidence.to_string(),
            sentence: verdict.to_string(),
            verdict: verdict.clone(),
        }
    }
}

impl From<Lifetime> for MappingLifetime {
    fn from(found: Lifetime) -> Self {
        Self {
            at_least_s: found.at_least_s(),
            less_than_s: found.less_than_s(),
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
        })
    }
}
