//! The office's way to the internet, as the evidence has it: STUN servers and NAT, from what `reach` knows.

use std::net::{IpAddr, SocketAddr};

use doctor::evidence::{Nat, Outcome, Stun, StunServer, StunState, UnixMs};
use doctor::finding::Confidence;

use super::since::Since;
use super::unheard::{Told, Unheard};
use crate::api::network::picture::{self, Picture, StunState as Seen};
use crate::nat::Family;

/// Addresses of servers that are to be asked by sockets of their own: those that do not answer and, while there are any, those that did when
/// they were asked last. A fire wall that begins to drop everything is noticed with the one server before it is with the other.
pub(super) fn doubtful(network: &Picture) -> Vec<SocketAddr> {
    let servers = &network.stun.servers;
    if !servers.iter().any(|server| server.state == Seen::Silent) {
        return Vec::new();
    }
    let asked = servers
        .iter()
        .filter(|server| matches!(server.state, Seen::Silent | Seen::Answering));
    asked.filter_map(|server| server.address).collect()
}

/// Whom we ask, and what comes of it.
pub(super) fn stun(network: &Picture, unheard: &Unheard, since: &mut Since, now: UnixMs) -> Stun {
    let server = |server: &picture::StunServer| {
        let state = state(server, unheard);
        let thing = format!("stun {} {:?} {:?}", server.name, server.trunk, server.address);
        StunServer {
            name: server.name.clone(),
            trunk: server.trunk.clone(),
            address: server.address,
            state,
            since: since.of(&thing, word(state), now),
        }
    };
    Stun {
        mode: mode(network.stun.mode).to_owned(),
        asks: network.stun.asks,
        servers: network.stun.servers.iter().map(server).collect(),
    }
}

fn state(server: &picture::StunServer, unheard: &Unheard) -> StunState {
    let told = server.address.and_then(|address| unheard.told(address));
    match server.state {
        // It will be asked again, and perhaps answer no more.
        Seen::Answering if told.is_some_and(|told| told != Told::Answered) => StunState::Asking,
        Seen::Answering => server.public.map_or(StunState::Asking, |public| StunState::Answering {
            public,
            round_trip_ms: server.round_trip_ms.unwrap_or_default(),
        }),
        Seen::Asking => StunState::Asking,
        Seen::Silent => match told {
            // It is being looked at.
            None => StunState::Asking,
            Some(Told::Nothing | Told::Answered) => StunState::Silent,
            Some(Told::Refused) => StunState::Refused,
            Some(Told::NoRoute) => StunState::NoRoute,
        },
        Seen::Refusing => StunState::Error {
            code: server.error.as_deref().and_then(code).unwrap_or_default(),
        },
        // Without a word of what is wrong DNS has not answered yet.
        Seen::Unresolved if server.error.is_none() => StunState::Asking,
        Seen::Unresolved => StunState::NoDns,
        Seen::Unused => StunState::Unused,
    }
}

/// The number in "it answers with error 401".
fn code(error: &str) -> Option<u16> {
    error.rsplit(' ').next()?.parse().ok()
}

fn word(state: StunState) -> &'static str {
    match state {
        StunState::Answering { .. } => "answering",
        StunState::Asking => "asking",
        StunState::Silent => "silent",
        StunState::Refused => "refused",
        StunState::Error { .. } => "error",
        StunState::NoRoute => "no_route",
        StunState::NoDns => "no_dns",
        StunState::Unused => "unused",
    }
}

fn mode(mode: picture::StunMode) -> &'static str {
    match mode {
        picture::StunMode::Automatic => "automatic",
        picture::StunMode::Always => "always",
        picture::StunMode::Static => "static",
        picture::StunMode::PortPreserving => "port-preserving",
        picture::StunMode::Off => "off",
    }
}

/// How the routers on the way behave.
pub(super) fn nat(network: &Picture) -> Vec<Nat> {
    let nat = |nat: &picture::Nat| {
        let verdict = &nat.behaviour.verdict;
        let less_than_s = nat.mapping_lifetime.and_then(|lifetime| lifetime.less_than_s);
        Nat {
            is_ipv6: nat.family == Family::Ipv6,
            outcome: outcome(verdict.outcome()),
            public_addresses: verdict.public_addresses.clone(),
            port_preserved: verdict.port_preserved,
            confidence: confidence(verdict.confidence),
            is_altered: verdict.is_altered,
            hairpin: verdict.hairpin,
            lifetime_less_than_s: less_than_s.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)),
            at: super::unix_ms(nat.measured_at),
        }
    };
    network.nat.iter().map(nat).collect()
}

fn outcome(outcome: doctor::nat::Outcome) -> Outcome {
    match outcome {
        doctor::nat::Outcome::NotSymmetric => Outcome::NotSymmetric,
        doctor::nat::Outcome::Symmetric => Outcome::Symmetric,
        doctor::nat::Outcome::UdpBlocked => Outcome::UdpBlocked,
        doctor::nat::Outcome::Unknown => Outcome::Unknown,
    }
}

fn confidence(confidence: doctor::nat::Confidence) -> Confidence {
    match confidence {
        doctor::nat::Confidence::Low => Confidence::Low,
        doctor::nat::Confidence::Medium => Confidence::Medium,
        doctor::nat::Confidence::High => Confidence::High,
    }
}

/// Our addresses as the world sees them, as far as anybody has told.
pub(super) fn publics(network: &Picture) -> Vec<IpAddr> {
    let servers = network.stun.servers.iter().filter_map(|server| server.public);
    let mapped = network.public_addresses.iter().map(|known| known.public);
    let seen = servers.chain(mapped).map(|address| address.ip().to_canonical());
    let mut publics: Vec<IpAddr> = seen.chain(network.stated.iter().copied()).collect();
    publics.sort();
    publics.dedup();
    publics
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(state: Seen, error: Option<&str>) -> picture::StunServer {
        picture::StunServer {
            name: "stun.example.com:3478".to_owned(),
            trunk: None,
            address: Some("203.0.113.1:3478".parse().unwrap()),
            state,
            round_trip_ms: None,
            public: None,
            error: error.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn what_is_not_known_yet_is_no_fault() {
        let unheard = Unheard::default();
        for (seen, error, expected) in [
            (Seen::Asking, None, StunState::Asking),
            (Seen::Silent, None, StunState::Asking),
            (Seen::Unresolved, None, StunState::Asking),
            (Seen::Unresolved, Some("there is no address"), StunState::NoDns),
            (Seen::Refusing, Some("it answers with error 401"), StunState::Error { code: 401 }),
            (Seen::Unused, None, StunState::Unused),
        ] {
            assert_eq!(state(&server(seen, error), &unheard), expected, "{seen:?} {error:?}");
        }
    }

    #[test]
    fn while_one_server_is_silent_the_others_are_asked_too() {
        let mut network = Picture::default();
        let mut other = server(Seen::Answering, None);
        other.address = Some("203.0.113.2:3478".parse().unwrap());
        network.stun.servers = vec![server(Seen::Answering, None), other];
        assert_eq!(doubtful(&network), []);
        network.stun.servers[0].state = Seen::Silent;
        assert_eq!(doubtful(&network).len(), 2);
    }

    #[test]
    fn a_server_does_what_it_does_since_it_has_begun_to() {
        let (unheard, mut since) = (Unheard::default(), Since::default());
        let mut network = Picture::default();
        network.stun.servers = vec![server(Seen::Unresolved, Some("there is no address"))];
        assert_eq!(stun(&network, &unheard, &mut since, UnixMs(3)).servers[0].since, UnixMs(3));
        assert_eq!(stun(&network, &unheard, &mut since, UnixMs(9)).servers[0].since, UnixMs(3));
    }
}
