//! What a browser's candidates tell of the NAT on its way (R-j): the guide's three outcomes, and "unknown".
//!
//! ```text
//!   one socket (base) ──► STUN server 1 sees 198.51.100.7:40001 ┐ one candidate, named once: the same for every server
//!                     ├─► STUN server 2 sees 198.51.100.7:40001 ┘
//!                     └─► STUN server 3 sees 198.51.100.7:40002 ── another port of the same address: symmetric
//! ```
//!
//! Only what one base has got is compared. IPv4 and IPv6 are apart, and so are adapters of a VPN. Different public *addresses* of one base
//! are several ways to the internet, and say nothing. Browsers name equal candidates once, so that one candidate may mean that all servers
//! see the same, or that the others are dead: that is said as "not symmetric" with little confidence.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::place;
use crate::evidence::{Candidate, CandidateKind, Gathering, Outcome, Protocol};
use crate::finding::Confidence;

/// Who asks fewer servers than this can compare nothing.
pub const SERVERS_MIN: usize = 2;
/// A gathering that was given up sooner may have missed answers: STUN repeats its requests for four seconds before most answers that come
/// at all are there (RFC 8489 section 6.2.1: 0.5 + 1 + 2 s, and a slow way back).
pub const WAITED_MIN_MS: u32 = 5_000;
/// So many servers that see the same are enough to be sure.
const SERVERS_SURE: usize = 3;

/// What is known of the NAT of one address family, by adapters of a VPN or by the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeNat {
    /// About IPv6; meaningless for [`Outcome::UdpBlocked`], which is about both.
    pub is_ipv6: bool,
    /// Seen by adapters of a VPN.
    pub is_vpn: bool,
    /// What follows.
    pub outcome: Outcome,
    /// How sure that is.
    pub confidence: Confidence,
    /// Public addresses seen.
    pub public_addresses: Vec<IpAddr>,
    /// Ports of one base that were seen; more than one makes it symmetric.
    pub ports: Vec<u16>,
}

/// All that the candidates tell: the first entries are about adapters that are no VPN. Empty without any candidate test.
#[must_use]
pub fn judge(gathering: &Gathering) -> Vec<HomeNat> {
    let reflexive: Vec<&Candidate> = gathering.candidates.iter().filter(|candidate| is_reflexive(candidate)).collect();
    if gathering.servers.is_empty() && reflexive.is_empty() {
        return Vec::new();
    }
    if reflexive.is_empty() {
        return vec![nothing_came(gathering)];
    }
    let mut all = Vec::new();
    for (is_vpn, is_ipv6) in [(false, false), (false, true), (true, false), (true, true)] {
        let those = |candidate: &&&Candidate| is_by_vpn(gathering, candidate) == is_vpn && family(candidate) == Some(is_ipv6);
        let mine: Vec<&Candidate> = reflexive.iter().filter(those).copied().collect();
        if !mine.is_empty() {
            all.push(judge_family(gathering, &mine, is_vpn, is_ipv6));
        }
    }
    all
}

/// No server has answered.
fn nothing_came(gathering: &Gathering) -> HomeNat {
    let hosts = || gathering.candidates.iter().filter(|candidate| is_host(candidate));
    // A public address of one's own is what servers would see: browsers do not name it twice.
    let has_own = hosts().any(|host| host.address.is_some_and(place::is_public));
    let is_asked = servers(gathering).len() >= SERVERS_MIN && is_long_enough(gathering);
    let is_blocked = is_asked && !has_own;
    HomeNat {
        is_ipv6: false,
        is_vpn: false,
        outcome: if is_blocked { Outcome::UdpBlocked } else { Outcome::Unknown },
        confidence: if is_blocked { Confidence::Medium } else { Confidence::Low },
        public_addresses: Vec::new(),
        ports: Vec::new(),
    }
}

/// Servers that were asked, each once, as `host:port`.
pub(super) fn servers(gathering: &Gathering) -> BTreeSet<String> {
    gathering.servers.iter().filter_map(|url| server_name(url)).collect()
}

/// `stun:HOST:PORT?transport=udp` as `host:port`; `None` for what is no STUN server by UDP.
pub(super) fn server_name(url: &str) -> Option<String> {
    let lower = url.trim().to_ascii_lowercase();
    let named = match lower.split_once(':') {
        Some(("stun", rest)) => rest,
        Some(("stuns" | "turn" | "turns", _)) => return None,
        Some(_) | None => &lower,
    };
    let host = named.split('?').next().unwrap_or(named);
    let has_port = match host.rfind(']') {
        Some(end) => host[end..].contains(':'),
        None => host.contains(':'),
    };
    match (host.is_empty(), has_port) {
        (true, _) => None,
        (false, true) => Some(host.to_owned()),
        (false, false) => Some(format!("{host}:3478")),
    }
}

fn is_long_enough(gathering: &Gathering) -> bool {
    gathering.is_complete || gathering.took_ms >= WAITED_MIN_MS
}

fn is_reflexive(candidate: &Candidate) -> bool {
    candidate.kind == CandidateKind::ServerReflexive && candidate.protocol == Protocol::Udp && candidate.address.is_some()
}

fn is_host(candidate: &Candidate) -> bool {
    candidate.kind == CandidateKind::Host && candidate.protocol == Protocol::Udp
}

fn family(candidate: &Candidate) -> Option<bool> {
    candidate.address.map(|address| address.to_canonical().is_ipv6())
}

/// By its own word, or by that of the host candidate that is its base.
fn is_by_vpn(gathering: &Gathering, candidate: &Candidate) -> bool {
    let base = || {
        let base = candidate.related.filter(|base| !base.ip().is_unspecified())?;
        let mut hosts = gathering.candidates.iter().filter(|host| is_host(host));
        hosts.find(|host| host.address == Some(base.ip()))?.network.as_deref()
    };
    candidate.network.as_deref().or_else(base) == Some("vpn")
}

/// The socket that a candidate belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Base {
    Address(SocketAddr),
    /// Its address is hidden.
    Port(u16),
    /// All of it is.
    Hidden,
}

fn base(candidate: &Candidate) -> Base {
    let related_port = candidate.related.map(|related| related.port()).or(candidate.related_port);
    match (candidate.related, related_port) {
        (Some(related), Some(port)) if port != 0 && !related.ip().is_unspecified() => Base::Address(related),
        (_, Some(port)) if port != 0 => Base::Port(port),
        (_, Some(_) | None) => Base::Hidden,
    }
}

/// What was seen of one base: the ports of each public address, and who has seen them.
#[derive(Default)]
struct Seen {
    ports: BTreeMap<IpAddr, BTreeSet<u16>>,
    servers: BTreeSet<String>,
}

fn judge_family(gathering: &Gathering, mine: &[&Candidate], is_vpn: bool, is_ipv6: bool) -> HomeNat {
    let mut bases: BTreeMap<Base, Seen> = BTreeMap::new();
    for candidate in mine {
        let Some(address) = candidate.address else { continue };
        let seen = bases.entry(base(candidate)).or_default();
        seen.ports.entry(address.to_canonical()).or_default().insert(candidate.port);
        seen.servers.extend(candidate.server.as_deref().and_then(server_name));
    }
    let public_addresses: BTreeSet<IpAddr> = mine
        .iter()
        .filter_map(|candidate| candidate.address)
        .map(|ip| ip.to_canonical())
        .collect();
    let verdicts = bases.iter().map(|(base, seen)| judge_base(gathering, mine, *base, seen));
    // One symmetric base decides; next comes what is known at all.
    let (outcome, confidence, ports) = verdicts
        .max_by_key(|(outcome, confidence, _)| (weight(*outcome), *confidence))
        .unwrap_or((Outcome::Unknown, Confidence::Low, Vec::new()));
    HomeNat {
        is_ipv6,
        is_vpn,
        outcome,
        confidence,
        public_addresses: public_addresses.into_iter().collect(),
        ports,
    }
}

fn weight(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::UdpBlocked | Outcome::Unknown => 0,
        Outcome::NotSymmetric => 1,
        Outcome::Symmetric => 2,
    }
}

fn judge_base(gathering: &Gathering, mine: &[&Candidate], base: Base, seen: &Seen) -> (Outcome, Confidence, Vec<u16>) {
    // Behind one public address; the one of which most ports were seen.
    let ports: Vec<u16> = seen
        .ports
        .values()
        .max_by_key(|ports| ports.len())
        .into_iter()
        .flatten()
        .copied()
        .collect();
    let sockets = match base {
        Base::Address(_) | Base::Port(_) => 1,
        Base::Hidden => sockets(gathering, mine),
    };
    let is_one_way = seen.ports.len() == 1;
    if ports.len() > sockets {
        let confidence = match base {
            Base::Address(_) | Base::Port(_) => Confidence::High,
            Base::Hidden => Confidence::Medium,
        };
        return (Outcome::Symmetric, confidence, ports);
    }
    let is_alike = is_one_way && ports.len() == 1;
    let confidence = match seen.servers.len() {
        SERVERS_SURE.. => Confidence::High,
        SERVERS_MIN.. => Confidence::Medium,
        0 | 1 => Confidence::Low,
    };
    let is_compared = seen.servers.len() >= SERVERS_MIN || (servers(gathering).len() >= SERVERS_MIN && is_long_enough(gathering));
    if is_alike && is_compared {
        (Outcome::NotSymmetric, confidence, ports)
    } else {
        (Outcome::Unknown, Confidence::Low, ports)
    }
}

/// How many sockets the candidates can belong to whose base is hidden. As many ports are no sign of a symmetric NAT.
fn sockets(gathering: &Gathering, mine: &[&Candidate]) -> usize {
    let of_family = |host: &&Candidate| is_host(host) && (host.address.is_none() || family(host) == family(mine[0]));
    let hosts = gathering
        .candidates
        .iter()
        .filter(of_family)
        .filter(|host| !is_by_vpn(gathering, host));
    let hosts: BTreeSet<(Option<IpAddr>, u16)> = hosts.map(|host| (host.address, host.port)).collect();
    // A server sees each socket at one port at a time.
    let mut by_server: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
    for candidate in mine {
        by_server
            .entry(candidate.server.as_deref().unwrap_or_default())
            .or_default()
            .insert(candidate.port);
    }
    by_server.remove("");
    let seen_by_one = by_server.values().map(BTreeSet::len).max().unwrap_or(0);
    hosts.len().max(seen_by_one).max(1)
}
