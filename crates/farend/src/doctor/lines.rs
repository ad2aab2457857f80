//! Trunks, as the evidence has them: what their lines do, and what their providers' answers have shown.

use std::net::IpAddr;

use doctor::alg::Verdict;
use doctor::evidence::{Trunk, TrunkState, UnixMs};
use model::TrunkId;
use sip::Transport;
use switchboard::directory::{self, Directory};
use switchboard::trunks::{LineId, LineMeasure, LineReport, LineState, Trouble};

use super::since::Since;
use crate::api::live::Picture;
use crate::api::network::picture::{Picture as Network, StunState as Seen};
use crate::surroundings;

/// All trunks.
pub(super) fn trunks(directory: &Directory, live: &Picture, network: &Network, since: &mut Since, now: UnixMs) -> Vec<Trunk> {
    let trunk = |trunk: &directory::Trunk| {
        let lines = || live.lines.iter().filter(|(id, _)| id.trunk == trunk.id).map(|(_, report)| report);
        let up = lines().find(|report| matches!(report.state, LineState::Up { .. }));
        let trouble = up.is_none().then(|| lines().find_map(|report| report.trouble.as_ref())).flatten();
        let state = state(up, trouble);
        let measure = measure(live, trunk.id, up);
        let mirror = measure.map(|measure| &measure.mirror);
        let verdict = measure.map(|measure| surroundings::verdict(network, measure));
        let (is_rewritten, rewritten_sign) = verdict.as_ref().map_or((None, None), rewritten);
        Trunk {
            name: trunk.name.clone(),
            state,
            since: since.of(&format!("trunk {}", trunk.id), word(state), now),
            error: trouble.map(ToString::to_string),
            server: up.and_then(server).or_else(|| measure.map(|measure| measure.flow.peer)),
            is_encrypted: measure.is_some_and(|measure| matches!(measure.flow.transport, Transport::Tls | Transport::Wss)),
            local: mirror.map(|mirror| mirror.sent_by.ip()),
            received: mirror.and_then(|mirror| mirror.received),
            rport: mirror.and_then(|mirror| mirror.rport),
            is_rewritten,
            rewritten_sign,
            media_public: media_public(network, trunk, mirror.map(|mirror| mirror.sent_by.ip())),
            has_own_stun: trunk.stun.is_some(),
        }
    };
    directory.trunks.iter().map(trunk).collect()
}

/// The providers' servers that are known: those in use, and those that have answered last.
pub(super) fn servers(live: &Picture) -> impl Iterator<Item = IpAddr> {
    let used = live.lines.values().filter_map(server);
    let measured = live.measures.values().map(|measure| measure.flow.peer);
    used.chain(measured).map(|server| server.ip().to_canonical())
}

/// Of the line that is up, else of any.
fn measure<'a>(live: &'a Picture, trunk: TrunkId, up: Option<&LineReport>) -> Option<&'a LineMeasure> {
    let of_trunk = |(id, _): &(&LineId, &LineMeasure)| id.trunk == trunk;
    let is_up = |id: &LineId| {
        up.is_some()
            && live
                .lines
                .get(id)
                .is_some_and(|report| matches!(report.state, LineState::Up { .. }))
    };
    let measures = || live.measures.iter().filter(of_trunk);
    let (_, measure) = measures().find(|(id, _)| is_up(id)).or_else(|| measures().next())?;
    Some(measure)
}

fn server(report: &LineReport) -> Option<std::net::SocketAddr> {
    match &report.state {
        LineState::Up { server, .. } => Some(server.address),
        LineState::Starting | LineState::Waiting { .. } => None,
    }
}

fn state(up: Option<&LineReport>, trouble: Option<&Trouble>) -> TrunkState {
    match (up, trouble) {
        (Some(_), _) => TrunkState::Up,
        (None, None) => TrunkState::Unknown,
        (None, Some(trouble)) => match trouble {
            Trouble::UnknownName { .. } | Trouble::NameServerSilent { .. } => TrunkState::NoDns,
            Trouble::ConnectionRefused { .. } => TrunkState::Refused,
            Trouble::NoRoute { .. } | Trouble::Silent { .. } | Trouble::ConnectionLost { .. } => TrunkState::Silent,
            Trouble::Tls { .. } => TrunkState::TlsFailed,
            Trouble::WrongPassword { .. } => TrunkState::WrongPassword,
            Trouble::Refused { .. } | Trouble::Unable { .. } => TrunkState::Rejected,
        },
    }
}

fn word(state: TrunkState) -> &'static str {
    match state {
        TrunkState::Unknown => "unknown",
        TrunkState::Up => "up",
        TrunkState::NoDns => "no_dns",
        TrunkState::Silent => "silent",
        TrunkState::Refused => "refused",
        TrunkState::WrongPassword => "wrong_password",
        TrunkState::TlsFailed => "tls_failed",
        TrunkState::Rejected => "rejected",
    }
}

fn rewritten(verdict: &Verdict) -> (Option<bool>, Option<String>) {
    match verdict {
        Verdict::Untouched | Verdict::Encrypted => (Some(false), None),
        Verdict::Rewritten(_) => (Some(true), Some(verdict.to_string())),
        Verdict::Unknown(_) => (None, None),
    }
}

/// What is told to the provider for media: what its own server sees, where it answers, else what the system's do.
fn media_public(network: &Network, trunk: &directory::Trunk, local: Option<IpAddr>) -> Option<IpAddr> {
    let is_own = |name: &str| trunk.stun.as_ref().is_some_and(|own| own.to_string() == name);
    let mut servers = network.stun.servers.iter();
    let own = servers.find(|server| server.trunk.is_some() && server.state == Seen::Answering && is_own(&server.name));
    let system = || {
        let mut known = network.public_addresses.iter();
        known.find(|known| local.is_none_or(|local| known.local == local.to_canonical()))
    };
    let public = own.and_then(|server| server.public).or_else(|| system().map(|known| known.public));
    public.map(|public| public.ip().to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trunk_is_as_its_trouble_says_unless_a_line_is_up() {
        let server = "198.51.100.60:5060".parse().unwrap();
        let report = LineReport {
            state: LineState::Starting,
            trouble: None,
            seen_as: None,
        };
        let host = "sip.example.com".to_owned();
        let refused = |status| (status, String::new());
        assert_eq!(state(None, None), TrunkState::Unknown);
        assert_eq!(state(Some(&report), Some(&Trouble::Silent { server })), TrunkState::Up);
        let (status, reason) = refused(403);
        for (trouble, expected) in [
            (Trouble::UnknownName { host: host.clone() }, TrunkState::NoDns),
            (Trouble::NameServerSilent { host }, TrunkState::NoDns),
            (Trouble::Silent { server }, TrunkState::Silent),
            (Trouble::ConnectionRefused { server }, TrunkState::Refused),
            (
                Trouble::WrongPassword {
                    status,
                    reason: reason.clone(),
                },
                TrunkState::WrongPassword,
            ),
            (Trouble::Refused { status, reason }, TrunkState::Rejected),
        ] {
            assert_eq!(state(None, Some(&trouble)), expected, "{trouble}");
        }
    }
}
