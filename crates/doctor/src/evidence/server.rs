//! The server, and the office's way to the internet.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::UnixMs;
use crate::finding::Confidence;

/// What the server knows of itself and its router.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Server {
    /// The one TCP port.
    pub tcp_port: u16,
    /// The UDP port of browsers' media.
    pub udp_port: u16,
    /// Addresses of this machine that are up, loopback excepted.
    pub interfaces: Vec<Interface>,
    /// `public.host` of the configuration.
    pub public_host: Option<String>,
    /// `public.addresses` of the configuration.
    pub stated: Vec<IpAddr>,
    /// Whom it asks for its public address.
    pub stun: Stun,
    /// How the router on the way behaves, one entry for each address family that was looked at.
    pub nat: Vec<Nat>,
    /// Hosts by which browsers have reached the page, and from where.
    pub pages: Vec<Page>,
    /// By which interface browsers have come.
    pub arrivals: Vec<Arrivals>,
    /// Who has reached ports that nobody outside needs.
    pub strangers: Vec<StrangerAt>,
    /// What came of connecting to our own public address; only where that was tried.
    pub forward: Vec<ForwardProbe>,
    /// That which browsers are shown.
    pub certificate: Option<Certificate>,
    /// By how much clients' clocks agree that ours is ahead of theirs, in milliseconds (the median); `None` with fewer than three of them.
    pub clock_ahead_ms: Option<i64>,
}

/// An address of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// As the system calls the interface (`eth0`).
    pub name: String,
    /// The address.
    pub address: IpAddr,
    /// What it is for.
    pub role: InterfaceRole,
    /// The router that this interface's default route names; `None` where it has none.
    pub gateway: Option<IpAddr>,
}

/// What an interface is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterfaceRole {
    /// An address from inside (RFC 1918, RFC 4193, …).
    Lan,
    /// A public address, or a carrier's (RFC 6598): it leads out without a router of the company.
    Wan,
    /// A tunnel (`tun`, `wg`, `ppp`, `tailscale`, …).
    Vpn,
    /// A bridge of containers or virtual machines, which nobody comes by.
    Virtual,
}

/// Whom the server asks for its public address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stun {
    /// `stun.mode` of the configuration, in its word (`automatic`, `off`, …).
    pub mode: String,
    /// Whether servers are asked, in this mode and with these interfaces. False where nobody needs it: that is no fault.
    pub asks: bool,
    /// One entry for each address of each server.
    pub servers: Vec<StunServer>,
}

/// A STUN server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StunServer {
    /// As it is configured (`stun.example.com:3478`).
    pub name: String,
    /// The trunk whose provider has it; `None`: one of the configuration.
    pub trunk: Option<String>,
    /// `None` while DNS does not tell.
    pub address: Option<SocketAddr>,
    /// What it does.
    pub state: StunState,
    /// Since when it does that.
    pub since: UnixMs,
}

/// What a STUN server does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum StunState {
    /// It answers.
    Answering {
        /// How it sees our UDP port.
        public: SocketAddr,
        /// Of the last answer, in milliseconds.
        round_trip_ms: f64,
    },
    /// It is being asked the first time.
    Asking,
    /// It does not answer.
    Silent,
    /// Something on the way, or its host, says that nobody listens there (ICMP port unreachable).
    Refused,
    /// It answers with this STUN error.
    Error {
        /// RFC 8489 section 14.8.
        code: u16,
    },
    /// The system has no way there.
    NoRoute,
    /// DNS has no address for it, or does not answer.
    NoDns,
    /// It is not asked.
    Unused,
}

/// How a router behaves, as [`crate::nat::verdict`] has found out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nat {
    /// Whether this is about IPv6.
    pub is_ipv6: bool,
    /// In the words of `farend nat`.
    pub outcome: Outcome,
    /// Public addresses seen.
    pub public_addresses: Vec<IpAddr>,
    /// Whether ports are kept; `None`: not known.
    pub port_preserved: Option<bool>,
    /// How sure that is.
    pub confidence: Confidence,
    /// Something on the way changes addresses inside of packets (XOR-MAPPED-ADDRESS against MAPPED-ADDRESS).
    pub is_altered: bool,
    /// Whether packets to our own public address come back in by the router; `None`: not known.
    #[serde(default)]
    pub hairpin: Option<bool>,
    /// Mappings live less than this many seconds; `None`: not known.
    pub lifetime_less_than_s: Option<u32>,
    /// When it was found out.
    pub at: UnixMs,
}

/// What came out of a look at a NAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Further destinations see the same address and port.
    NotSymmetric,
    /// Every destination sees another port.
    Symmetric,
    /// Nothing comes back by UDP.
    UdpBlocked,
    /// It cannot be told.
    Unknown,
}

/// A host by which browsers have reached the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    /// As the browser named it: a name, or an address.
    pub host: String,
    /// What it means, as far as the server's DNS knows; the address itself where the host is one.
    pub addresses: Vec<IpAddr>,
    /// When somebody has come by it from the office's own networks.
    pub from_inside_at: Option<UnixMs>,
    /// When somebody has come by it from the internet.
    pub from_outside_at: Option<UnixMs>,
}

/// Browsers that have come by one interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrivals {
    /// The server's address that they have connected to.
    pub local: IpAddr,
    /// How many people have.
    pub people: u32,
    /// The latest.
    pub at: UnixMs,
}

/// Packets from the internet at a port that nobody outside needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrangerAt {
    /// Our port.
    pub port: u16,
    /// `udp` or `tcp`.
    pub protocol: String,
    /// What that port is for.
    pub purpose: String,
    /// The address that has come last, which is no provider of ours.
    pub from: IpAddr,
    /// How many different addresses.
    pub sources: u32,
    /// The latest.
    pub at: UnixMs,
}

/// An attempt to reach ourselves by a public address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardProbe {
    /// That address, with the one TCP port.
    pub address: SocketAddr,
    /// What came of it.
    pub outcome: ProbeOutcome,
    /// When.
    pub at: UnixMs,
}

/// What came of an attempt to reach ourselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeOutcome {
    /// Our own certificate.
    Ours,
    /// Something else answers there.
    SomebodyElse,
    /// The connection was refused. Says nothing by itself: many routers answer so from inside.
    Refused,
    /// Nothing came back. Says nothing by itself.
    Silent,
}

/// The certificate that browsers are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Certificate {
    /// Names and addresses that it is for.
    pub names: Vec<String>,
    /// We have made it ourselves: no browser trusts it without asking.
    pub is_self_signed: bool,
    /// From then on it is good.
    pub not_before: UnixMs,
    /// Until then it is.
    pub not_after: UnixMs,
}
