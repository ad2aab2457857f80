//! Lines to providers: registrations kept alive, servers changed when they fail, and who may call in by them.

mod check;
mod line;
mod trouble;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use model::TrunkId;
use sip::agent::Mirror;
use sip::{Flow, Transport};

pub use check::{
    ACCOUNTS_MAX as CHECKED_ACCOUNTS_MAX, CheckId, CheckReport, Errand, Finding, Judgement, Opening, Retrieved, Security, Step, StepKind,
    StepState,
};
pub(crate) use check::{Check, News as CheckNews, Want as CheckWant, words};
pub(crate) use line::{Line, News, Terms, Trying, Want};
pub use line::{LineState, Server};
pub use trouble::Trouble;

/// One of a trunk's lines: a trunk has one for each account, and one without an account if it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId {
    /// The trunk.
    pub trunk: TrunkId,
    /// Which of its accounts.
    pub account: u16,
}

impl fmt::Display for LineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.trunk, self.account)
    }
}

/// Where a provider's servers are to be looked for (RFC 3263).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// A name or an address.
    pub host: String,
    /// `None`: DNS says it (SRV), else it is the transport's usual one.
    pub port: Option<u16>,
    /// `None`: DNS says it (NAPTR), else UDP.
    pub transport: Option<Transport>,
    /// Our address to go out from; `None`: as the system routes.
    pub from: Option<IpAddr>,
}

/// What a place comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Best first.
    pub servers: Vec<Server>,
    /// How long that holds: the shortest TTL of the records on the way.
    pub fresh_for: Duration,
    /// How they were found.
    pub records: Records,
}

/// By which records of DNS servers are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    /// None: it is an address.
    Address,
    /// A and AAAA of the host.
    Host,
    /// SRV.
    Service,
    /// NAPTR, then SRV.
    Pointer,
}

/// How a line is, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineReport {
    /// Where it stands.
    pub state: LineState,
    /// What is or was wrong; `None` after it has come right.
    pub trouble: Option<Trouble>,
    /// The address that the provider sees us at.
    pub seen_as: Option<SocketAddr>,
}

/// What the provider's last answer to OPTIONS or REGISTER of a line has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineMeasure {
    /// The way that it went.
    pub flow: Flow,
    /// From our request to it.
    pub round_trip: Duration,
    /// What came back of our request.
    pub mirror: Mirror,
    /// For a registration: our contact as we sent it, and the contacts that the registrar has listed.
    pub contacts: Option<(String, Vec<String>)>,
}

/// How a server proves over TLS who it is. Its name counts in any case but the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// By a certificate authority that browsers trust, too.
    #[default]
    Public,
    /// By this one, in PEM.
    Authority(Arc<str>),
    /// By this very certificate: the SHA-256 of its DER.
    Pinned([u8; 32]),
}
