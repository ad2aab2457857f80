//! STUN servers of the office, one by one: a name with several addresses is one server.

use std::net::IpAddr;

use super::place;
use crate::evidence::{Evidence, StunServer, StunState};

/// What became of asking one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// It is being asked.
    Open,
    /// It answers, by one of its addresses at least.
    Answers,
    /// It answers with an error: so packets come through.
    Error,
    Silent,
    Refused,
    NoRoute,
    NoDns,
}

impl Fate {
    /// For programs, and for tables of words: never changes.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Open => "asking",
            Self::Answers => "answering",
            Self::Error => "error",
            Self::Silent => "silent",
            Self::Refused => "refused",
            Self::NoRoute => "no_route",
            Self::NoDns => "no_dns",
        }
    }

    fn of(state: StunState) -> Option<Self> {
        Some(match state {
            StunState::Answering { .. } => Self::Answers,
            StunState::Asking => Self::Open,
            StunState::Silent => Self::Silent,
            StunState::Refused => Self::Refused,
            StunState::Error { .. } => Self::Error,
            StunState::NoRoute => Self::NoRoute,
            StunState::NoDns => Self::NoDns,
            StunState::Unused => return None,
        })
    }
}

/// A server with all its addresses.
pub(super) struct Server<'a> {
    pub(super) name: &'a str,
    /// The trunk whose provider has it.
    pub(super) trunk: Option<&'a str>,
    pub(super) fate: Fate,
    entries: Vec<&'a StunServer>,
}

impl Server<'_> {
    /// How it sees us.
    pub(super) fn publics(&self) -> impl Iterator<Item = IpAddr> + '_ {
        self.entries.iter().filter_map(|entry| match entry.state {
            StunState::Answering { public, .. } => Some(public.ip().to_canonical()),
            StunState::Asking
            | StunState::Silent
            | StunState::Refused
            | StunState::Error { .. }
            | StunState::NoRoute
            | StunState::NoDns
            | StunState::Unused => None,
        })
    }

    /// Since when the state is what it is.
    pub(super) fn since(&self) -> Option<crate::evidence::UnixMs> {
        self.entries.iter().map(|entry| entry.since).max()
    }

    pub(super) fn is_dead(&self) -> bool {
        match self.fate {
            Fate::Open | Fate::Answers => false,
            Fate::Error | Fate::Silent | Fate::Refused | Fate::NoRoute | Fate::NoDns => true,
        }
    }
}

/// The servers that are asked; empty where none is.
pub(super) fn servers(evidence: &Evidence) -> Vec<Server<'_>> {
    let mut servers: Vec<Server<'_>> = Vec::new();
    if !evidence.server.stun.asks {
        return servers;
    }
    for entry in &evidence.server.stun.servers {
        let Some(fate) = Fate::of(entry.state) else { continue };
        let trunk = entry.trunk.as_deref();
        match servers.iter_mut().find(|server| server.name == entry.name && server.trunk == trunk) {
            Some(server) => {
                server.fate = together(server.fate, fate);
                server.entries.push(entry);
            }
            None => servers.push(Server {
                name: &entry.name,
                trunk,
                fate,
                entries: vec![entry],
            }),
        }
    }
    servers
}

/// What two addresses of one server come to: an answer by one is enough, and an address of a family that we do not have (no route) says
/// little.
fn together(a: Fate, b: Fate) -> Fate {
    let rank = |fate| match fate {
        Fate::Answers => 0,
        Fate::Open => 1,
        Fate::Error => 2,
        Fate::Silent => 3,
        Fate::Refused => 4,
        Fate::NoRoute => 5,
        Fate::NoDns => 6,
    };
    if rank(a) <= rank(b) { a } else { b }
}

/// What all servers together show.
pub(super) enum All<'a> {
    /// None is asked, or none is decided yet.
    Unknown,
    /// At least one shows that packets come through.
    Through(Vec<Server<'a>>),
    /// None does: for this reason.
    Dead(Vec<Server<'a>>, Fate),
}

/// Looks at all of them.
pub(super) fn all(evidence: &Evidence) -> All<'_> {
    let servers = servers(evidence);
    let has = |fate: Fate| servers.iter().any(|server| server.fate == fate);
    if has(Fate::Answers) || has(Fate::Error) {
        return All::Through(servers);
    }
    if servers.is_empty() || has(Fate::Open) {
        return All::Unknown;
    }
    // What has been tried farther tells more.
    let reason = [Fate::Silent, Fate::Refused, Fate::NoRoute, Fate::NoDns]
        .into_iter()
        .find(|fate| has(*fate));
    match reason {
        Some(reason) => All::Dead(servers, reason),
        None => All::Unknown,
    }
}

/// The public addresses that system servers see, with the server that does.
pub(super) fn publics<'a>(servers: &'a [Server<'_>], trunk: Option<&'a str>) -> impl Iterator<Item = (&'a Server<'a>, IpAddr)> + 'a {
    let mine = servers.iter().filter(move |server| server.trunk == trunk);
    mine.flat_map(|server| server.publics().map(move |public| (server, public)))
        .filter(|(_, public)| place::is_public(*public))
}
