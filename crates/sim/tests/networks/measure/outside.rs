//! What providers and desk phones show.

use std::net::{IpAddr, SocketAddr};

use doctor::alg::{self, Sign, Verdict, judge};
use doctor::evidence::{DeskPhone, Display, PhoneTransport, Stun, StunState, Trunk, TrunkState};
use rand::Rng;
use rand::rngs::SmallRng;

use super::super::company::*;

const SIP_PORT: u16 = 5_060;

pub(super) fn trunks(company: &Company, stun: &Stun) -> Vec<Trunk> {
    company.providers.iter().map(|provider| trunk(company, provider, stun)).collect()
}

fn trunk(company: &Company, provider: &Provider, stun: &Stun) -> Trunk {
    let office = &company.office;
    let uplink = &office.uplinks[provider.via];
    let is_cut = office.default.is_none();
    let verdict = verdict(provider, uplink, stun);
    let mirrored = mirror(provider, uplink);
    let own = answered(stun, Some(&provider.name));
    let media_public = if uplink.is_wan && uplink.local == uplink.public {
        Some(uplink.local)
    } else {
        own.or_else(|| answered(stun, None))
    };
    let (is_rewritten, sign) = match verdict {
        Verdict::Untouched => (Some(false), None),
        Verdict::Encrypted | Verdict::Unknown(_) => (None, None),
        Verdict::Rewritten(ref sign) => (Some(true), Some(sign.to_string())),
    };
    Trunk {
        name: provider.name.clone(),
        state: match (is_cut, provider.is_rejecting) {
            (true, _) if company.seed.is_multiple_of(2) => TrunkState::NoDns,
            (true, _) => TrunkState::Silent,
            (false, true) => TrunkState::Rejected,
            (false, false) => TrunkState::Up,
        },
        since: ago(2 * HOUR_MS),
        error: (is_cut || provider.is_rejecting).then(|| "the line is down".to_owned()),
        server: Some(provider.server),
        is_encrypted: provider.is_encrypted,
        local: Some(uplink.local),
        received: mirrored.0.filter(|_| !is_cut),
        rport: mirrored.1.filter(|_| !is_cut),
        is_rewritten: is_rewritten.filter(|_| !is_cut),
        rewritten_sign: sign,
        media_public,
        has_own_stun: provider.own.is_some(),
    }
}

/// The public address that a trunk's own server has told, or one of the configuration.
fn answered(stun: &Stun, trunk: Option<&str>) -> Option<IpAddr> {
    stun.servers
        .iter()
        .filter(|server| server.trunk.as_deref() == trunk)
        .find_map(|server| match server.state {
            StunState::Answering { public, .. } => Some(public.ip()),
            StunState::Asking
            | StunState::Silent
            | StunState::Refused
            | StunState::Error { .. }
            | StunState::NoRoute
            | StunState::NoDns
            | StunState::Unused => None,
        })
}

/// `received` and `rport`, as they arrive here.
fn mirror(provider: &Provider, uplink: &Uplink) -> (Option<IpAddr>, Option<u16>) {
    let is_rewriting = !provider.is_encrypted && uplink.alg.is_some();
    match (provider.tells_received, is_rewriting, uplink.alg) {
        (false, _, _) => (None, None),
        (true, true, Some(Alg::Thorough)) => (Some(uplink.local), Some(SIP_PORT)),
        // The server finds the address in the request to be right, and adds nothing to it.
        (true, true, Some(Alg::Careless)) => (None, Some(SIP_PORT)),
        (true, _, _) => (Some(uplink.public), Some(41_000)),
    }
}

/// The real judge of what came back.
fn verdict(provider: &Provider, uplink: &Uplink, stun: &Stun) -> Verdict {
    let (received, rport) = mirror(provider, uplink);
    let rewrites = |kind: Alg| !provider.is_encrypted && uplink.alg == Some(kind);
    let is_inside = uplink.local != uplink.public;
    judge(&alg::Evidence {
        is_encrypted: provider.is_encrypted,
        server: provider.server,
        is_server_inside: false,
        local: SocketAddr::new(uplink.local, SIP_PORT),
        is_local_inside: is_inside,
        public: answered(stun, None).filter(|_| is_inside),
        sent_by_instead: rewrites(Alg::Careless).then(|| SocketAddr::new(uplink.public, SIP_PORT).to_string()),
        received,
        rport,
        is_call_id_same: !rewrites(Alg::CallId),
        contacts: None,
    })
}

pub(super) fn phones(company: &Company, random: &mut SmallRng) -> Vec<DeskPhone> {
    let phone = |desk: &Desk| {
        let is_encrypted = desk.transport == PhoneTransport::Tls;
        let is_rewritten = desk.is_behind_alg && !is_encrypted;
        let sign = Sign::SentBy {
            instead: "203.0.116.9:5060".to_owned(),
        };
        DeskPhone {
            device: desk.device,
            name: desk.name.clone(),
            extension: desk.extension.clone(),
            transport: (!desk.is_off).then_some(desk.transport),
            since: ago(random.random_range(5 * MINUTE_MS..DAY_MS)),
            address: (!desk.is_off).then(|| desk.outside.unwrap_or(v4(192, 168, 1, 50))),
            is_outside: desk.outside.is_some(),
            is_behind_nat: desk.outside.is_some() && !is_rewritten,
            is_rewritten: if is_encrypted || desk.is_off { None } else { Some(is_rewritten) },
            rewritten_sign: is_rewritten.then(|| sign.to_string()),
            unanswered_ms: match (desk.is_off, desk.unreachable_ms) {
                (true, _) => None,
                (false, Some(ms)) => Some(ms),
                // A question may be under way.
                (false, None) => (random.random_range(0..4) == 0).then(|| random.random_range(20..900)),
            },
            display: if desk.refuses_texts {
                Display::Refused
            } else if random.random_range(0..2) == 0 {
                Display::Shown
            } else {
                Display::Unknown
            },
            is_stuck: desk.is_stuck,
        }
    };
    company.desks.iter().map(phone).collect()
}
