//! Which STUN server is in force for a trunk, and why (rule N3).

use std::net::{IpAddr, SocketAddr};

use media::addresses::is_inside;
use serde::Serialize;
use switchboard::directory;
use switchboard::trunks::{LineReport, LineState};
use utoipa::ToSchema;

use crate::api::network::picture::{Picture, StunMode, StunServer, StunState};

/// The STUN server that says what our ports look like from a trunk's provider.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct StunInForce {
    /// Null: none.
    #[schema(required, example = "stun.example.com:3478")]
    server: Option<String>,
    /// Whether it is the provider's own.
    own: bool,
    state: StunState,
    /// The public address that it sees.
    #[schema(required, value_type = Option<String>, example = "198.51.100.2")]
    public: Option<IpAddr>,
    /// Milliseconds of its last answer.
    #[schema(required)]
    round_trip_ms: Option<f64>,
    code: Code,
    /// Which one is in force and why, for people: one sentence.
    text: String,
}

/// Why this server is in force. Stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StunInForceCode)]
enum Code {
    /// The trunk names it.
    Own,
    /// The trunk names it, and the provider's SIP servers see us at another address than it does.
    OwnElsewhere,
    /// The trunk names one that cannot be used now; the system's is, where that answers.
    OwnSilent,
    /// The trunk names none.
    System,
    /// The trunk names none, and the provider sees us at another address than the system's server does.
    Elsewhere,
    /// Nobody has to be asked.
    NotNeeded,
    /// There is nobody to ask.
    None,
}

impl StunInForce {
    /// Of a trunk, with what is known of its lines and of the network.
    pub(super) fn of(trunk: &directory::Trunk, is_enabled: bool, lines: &[&LineReport], network: &Picture) -> Self {
        if !is_enabled {
            return Self::nobody(Code::None, "The trunk is disabled, so no STUN server is asked for it.");
        }
        if let Some(why) = not_needed(lines, network) {
            return Self::nobody(Code::NotNeeded, why);
        }
        let Some(own) = trunk.stun.as_ref().map(ToString::to_string) else {
            return Self::of_system(best(system(network, None)), lines, network);
        };
        let is_own = |server: &&StunServer| server.name == own && server.trunk.as_deref() == Some(trunk.name.as_str());
        let line = best(network.stun.servers.iter().filter(is_own));
        match line.map(|line| (line, line.state)) {
            Some((line, StunState::Answering)) => Self::of_own(line, lines),
            // A server that was written a moment ago is not in the picture yet.
            Some((_, StunState::Asking)) | None => {
                let text = format!(
                    "The provider's own STUN server {own} is being asked for the first time; until it answers, the system's count."
                );
                Self::without_answer(own, StunState::Asking, Code::Own, text)
            }
            Some((_, state @ (StunState::Silent | StunState::Refusing | StunState::Unresolved | StunState::Unused))) => {
                Self::instead_of(own, state, network)
            }
        }
    }

    fn of_own(server: &StunServer, lines: &[&LineReport]) -> Self {
        let name = &server.name;
        match elsewhere(server, lines) {
            None => {
                let text = format!("The provider's own STUN server {name} is in force, because this trunk names it and it answers.");
                Self::by(server, true, Code::Own, text)
            }
            Some((public, seen_as)) => {
                let text = format!(
                    "The provider's own STUN server {name} is in force, but it sees us at {public} while the provider's SIP servers see us at \
                     {seen_as}: they are reached by different routers, so calls may have no sound."
                );
                Self::by(server, true, Code::OwnElsewhere, text)
            }
        }
    }

    /// The provider's own cannot be used.
    fn instead_of(own: String, state: StunState, network: &Picture) -> Self {
        let trouble = trouble(state);
        let other = best(system(network, Some(&own))).filter(|server| server.state == StunState::Answering);
        if let Some(other) = other {
            let other_one = with_owner(other);
            let text = format!("The provider's own STUN server {own} {trouble}; {other_one} is used meanwhile.");
            return Self::by(other, false, Code::OwnSilent, text);
        }
        let text = format!(
            "The provider's own STUN server {own} {trouble}, and no other one answers: what was known last is used, as far as there is anything."
        );
        Self::without_answer(own, state, Code::OwnSilent, text)
    }

    fn of_system(server: Option<&StunServer>, lines: &[&LineReport], network: &Picture) -> Self {
        let Some(server) = server else {
            let stated = network.stated.first();
            let text = stated.map_or_else(
                || "No STUN server is known: write the provider's own, or name some in the configuration.".to_owned(),
                |stated| format!("No STUN server is known, so the provider is told the address that the configuration states, {stated}."),
            );
            return Self::nobody(Code::None, &text);
        };
        let name = with_owner(server);
        if server.state != StunState::Answering {
            let text = format!(
                "The trunk names no STUN server, so {name} is in force, but it {}.",
                trouble(server.state)
            );
            return Self::by(server, false, Code::System, text);
        }
        match elsewhere(server, lines) {
            None => {
                let text = format!("The trunk names no STUN server, so {name} is in force.");
                Self::by(server, false, Code::System, text)
            }
            Some((public, seen_as)) => {
                let text = format!(
                    "The trunk names no STUN server, so {name} is in force, but it sees us at {public} while the provider sees us at {seen_as}: \
                     they are reached by different routers, so calls may have no sound until the trunk names the provider's own."
                );
                Self::by(server, false, Code::Elsewhere, text)
            }
        }
    }

    fn by(server: &StunServer, own: bool, code: Code, text: String) -> Self {
        Self {
            server: Some(server.name.clone()),
            own,
            state: server.state,
            public: server.public.map(|public| public.ip()),
            round_trip_ms: server.round_trip_ms,
            code,
            text,
        }
    }

    /// The provider's own, which does not answer.
    fn without_answer(server: String, state: StunState, code: Code, text: String) -> Self {
        Self {
            server: Some(server),
            own: true,
            state,
            public: None,
            round_trip_ms: None,
            code,
            text,
        }
    }

    fn nobody(code: Code, text: &str) -> Self {
        Self {
            server: None,
            own: false,
            state: StunState::Unused,
            public: None,
            round_trip_ms: None,
            code,
            text: text.to_owned(),
        }
    }
}

/// Why nobody has to be asked, if that is so.
fn not_needed(lines: &[&LineReport], network: &Picture) -> Option<&'static str> {
    if !network.stun.asks {
        return Some(match network.stun.mode {
            StunMode::Off => "STUN is off in the configuration, so the provider is told our address as it is.",
            StunMode::Static => "The configuration states our public address, so no STUN server is asked.",
            StunMode::Automatic | StunMode::Always | StunMode::PortPreserving => {
                "None of our addresses is behind a router, so no STUN server is asked."
            }
        });
    }
    let mut servers = lines.iter().filter_map(|line| match &line.state {
        LineState::Up { server, .. } => Some(server.address.ip()),
        LineState::Starting | LineState::Waiting { .. } => None,
    });
    let first = servers.next()?;
    let is_near = is_inside(first) && servers.all(is_inside);
    is_near.then_some("The provider is inside our own network, so it is told our address as it is.")
}

/// The servers that count for everybody: those of the configuration; where it names none, the trunks', but for `own`.
fn system<'a>(network: &'a Picture, own: Option<&'a str>) -> impl Iterator<Item = &'a StunServer> {
    let servers = &network.stun.servers;
    let are_configured = servers.iter().any(|server| server.trunk.is_none());
    let counts = move |server: &&StunServer| server.trunk.is_none() == are_configured && Some(server.name.as_str()) != own;
    servers.iter().filter(counts)
}

/// The first one that answers, else the first.
fn best<'a>(servers: impl Iterator<Item = &'a StunServer>) -> Option<&'a StunServer> {
    servers.min_by_key(|server| server.state != StunState::Answering)
}

/// What the server sees and what the provider sees, where these are different public addresses (rule R-e).
fn elsewhere(server: &StunServer, lines: &[&LineReport]) -> Option<(IpAddr, IpAddr)> {
    let public = server.public?.ip();
    let up = lines.iter().filter(|line| matches!(line.state, LineState::Up { .. }));
    let mut seen = up.filter_map(|line| line.seen_as.as_ref().map(SocketAddr::ip));
    let other = seen.find(|seen| !is_inside(*seen) && seen.is_ipv4() == public.is_ipv4() && *seen != public)?;
    Some((public, other))
}

fn with_owner(server: &StunServer) -> String {
    match &server.trunk {
        None => format!("the system's {}", server.name),
        Some(trunk) => format!("{} of the trunk {trunk}", server.name),
    }
}

fn trouble(state: StunState) -> &'static str {
    match state {
        StunState::Answering => "answers",
        StunState::Asking => "is being asked for the first time",
        StunState::Silent => "does not answer",
        StunState::Refusing => "answers with an error",
        StunState::Unresolved => "has no address in DNS",
        StunState::Unused => "cannot be asked from our media port",
    }
}

#[cfg(test)]
mod tests;
