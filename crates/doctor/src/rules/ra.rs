//! R-a: the network plan. What has no place in any plan: a server without a way to the internet, or one with a carrier's address.
//!
//! Asks for: interfaces with their gateways, the STUN servers' states, the trunks' states. No way out follows from at least two of: no
//! gateway (high), no route to any STUN server, no trunk that works (medium without the first). A carrier's address is a fact. Concludes
//! nothing for a server that nobody has given a reason to go out, nor while anything shows that packets come through.

use super::stun::{self, All, Fate};
use super::{LOOK_FRESH_MS, is_fresh, place};
use crate::evidence::{Evidence, Interface, InterfaceRole, TrunkState};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    no_route(evidence).into_iter().chain(carrier(evidence)).collect()
}

/// What the trunks tell of the way out.
enum Trunks {
    /// There are none, or they are only beginning.
    Nothing,
    /// A server of one of them has answered, however unkindly.
    Through,
    /// None has.
    Dead,
}

fn trunks(evidence: &Evidence) -> Trunks {
    let has = |states: &[TrunkState]| evidence.trunks.iter().any(|trunk| states.contains(&trunk.state));
    if has(&[
        TrunkState::Up,
        TrunkState::Refused,
        TrunkState::WrongPassword,
        TrunkState::TlsFailed,
        TrunkState::Rejected,
    ]) {
        Trunks::Through
    } else if has(&[TrunkState::NoDns, TrunkState::Silent]) {
        Trunks::Dead
    } else {
        Trunks::Nothing
    }
}

fn no_route(evidence: &Evidence) -> Option<Finding> {
    let trunks = trunks(evidence);
    let has_come = place::pages_from_outside(evidence).any(|page| page.from_outside_at.is_some_and(|at| at >= evidence.taken_at));
    if matches!(trunks, Trunks::Through) || has_come {
        return None;
    }
    let real = || evidence.server.interfaces.iter().filter(|interface| is_real(interface));
    let has_no_gateway = real().next().is_some() && real().all(|interface| interface.gateway.is_none());
    // A line of its own (PPP) has no gateway to name. A tunnel with an address of inside is none: people come by it, nobody gets out.
    let has_line = real().any(|interface| match interface.role {
        InterfaceRole::Wan => true,
        InterfaceRole::Vpn => place::is_public(interface.address) || place::is_carriers(interface.address),
        InterfaceRole::Lan | InterfaceRole::Virtual => false,
    });
    let confidence = match (stun::all(evidence), &trunks) {
        (All::Through(_), _) => None,
        (All::Dead(_, Fate::NoRoute), _) if has_no_gateway => Some(Confidence::High),
        (All::Dead(_, Fate::NoRoute), Trunks::Dead) => Some(Confidence::Medium),
        (All::Dead(_, Fate::NoDns), _) if has_no_gateway && !has_line => Some(Confidence::High),
        (All::Unknown, Trunks::Dead) if has_no_gateway && !has_line => Some(Confidence::Medium),
        (All::Dead(..) | All::Unknown, _) => None,
    }?;
    let culprit = if has_no_gateway {
        Culprit::Configuration
    } else {
        Culprit::OfficeRouter
    };
    let finding = Finding::new(Fault::RaNoRoute, Subject::Server, Severity::Problem, culprit, confidence);
    Some(real().fold(finding, |finding, interface| {
        finding.with(
            What::Interface,
            format!("{} {}", interface.name, interface.address),
            Some(evidence.taken_at),
        )
    }))
}

/// One that leads somewhere.
fn is_real(interface: &Interface) -> bool {
    match interface.role {
        InterfaceRole::Lan | InterfaceRole::Wan | InterfaceRole::Vpn => true,
        InterfaceRole::Virtual => false,
    }
}

fn carrier(evidence: &Evidence) -> Option<Finding> {
    let server = &evidence.server;
    let wan = || server.interfaces.iter().filter(|interface| place::is_wan(evidence, interface));
    let mine = wan().find(|interface| place::is_carriers(interface.address))?;
    // Another line may have a public address, and people come by that.
    let has_public = wan().any(|interface| place::is_public(interface.address));
    let has_come =
        place::pages_from_outside(evidence).any(|page| page.from_outside_at.is_some_and(|at| is_fresh(evidence, at, LOOK_FRESH_MS)));
    if has_public || has_come {
        return None;
    }
    let is_needed = server.public_host.is_some() || !server.stated.is_empty();
    let severity = if is_needed { Severity::Problem } else { Severity::Warning };
    let finding = Finding::new(Fault::RaCarrierNat, Subject::Server, severity, Culprit::Provider, Confidence::High);
    Some(
        finding
            .with(What::LocalAddress, mine.address, Some(evidence.taken_at))
            .with(What::Interface, &mine.name, None),
    )
}
