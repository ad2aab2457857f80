//! R-g: the NAT of the office is not symmetric.
//!
//! Asks for: the verdict of our own look at the router, and the ports at which STUN servers see our one UDP port; and packets of calls that
//! get lost on the way from or to a provider. The verdict is taken at its word from medium confidence on; different ports alone count only
//! where no verdict says otherwise (medium), both together are high. Concludes nothing from an unknown verdict, nor from different public
//! *addresses* (several ways out).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::calls;
use crate::evidence::{Evidence, Nat, Outcome, PeerKind, Stage, StunState};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let mut findings: Vec<Finding> = symmetric(evidence).into_iter().collect();
    findings.extend(lost(evidence));
    findings
}

fn symmetric(evidence: &Evidence) -> Option<Finding> {
    let is_sure = |nat: &&Nat| nat.outcome == Outcome::Symmetric && nat.confidence >= Confidence::Medium;
    let verdict = evidence.server.nat.iter().find(is_sure);
    let ports = differing_ports(evidence);
    let confidence = match (verdict, &ports) {
        (Some(_), Some(_)) => Confidence::High,
        (Some(nat), None) => nat.confidence,
        (None, Some((ip, _))) if !is_acquitted(evidence, *ip) => Confidence::Medium,
        (None, Some(_) | None) => return None,
    };
    let mut finding = Finding::new(
        Fault::RgSymmetric,
        Subject::Server,
        Severity::Warning,
        Culprit::OfficeRouter,
        confidence,
    );
    if let Some((ip, ports)) = &ports {
        finding =
            finding
                .with(What::StunAddress, ip, Some(evidence.taken_at))
                .with(What::MappedPorts, list(ports), Some(evidence.taken_at));
    } else if let Some(nat) = verdict {
        finding = finding.with_known(What::StunAddress, nat.public_addresses.first(), Some(nat.at));
    }
    Some(finding)
}

/// A public address at which servers see our one port as several, with those.
fn differing_ports(evidence: &Evidence) -> Option<(IpAddr, BTreeSet<u16>)> {
    let mut ports: BTreeMap<IpAddr, BTreeSet<u16>> = BTreeMap::new();
    if evidence.server.stun.asks {
        for server in &evidence.server.stun.servers {
            if let StunState::Answering { public, .. } = server.state {
                ports.entry(public.ip().to_canonical()).or_default().insert(public.port());
            }
        }
    }
    ports.into_iter().find(|(_, ports)| ports.len() > 1)
}

/// Whether a look of its own has found this family's NAT not to be symmetric: then a mapping has just changed.
fn is_acquitted(evidence: &Evidence, ip: IpAddr) -> bool {
    let mut looks = evidence.server.nat.iter();
    looks.any(|nat| nat.is_ipv6 == ip.is_ipv6() && nat.outcome == Outcome::NotSymmetric)
}

pub(super) fn list(ports: &BTreeSet<u16>) -> String {
    /// More are no news.
    const PORTS_SHOWN: usize = 4;
    let ports: Vec<String> = ports.iter().take(PORTS_SHOWN).map(u16::to_string).collect();
    ports.join(", ")
}

/// Packets from or to a provider that are lost. One call may be the provider's trouble; two of one trunk are no chance any more.
fn lost(evidence: &Evidence) -> Vec<Finding> {
    let troubles = calls::troubles(evidence);
    let is_lost = |seen: &&calls::Seen<'_>| match seen.trouble.stage {
        Stage::NetworkIn | Stage::NetworkOut => seen.guilty().kind == PeerKind::Trunk,
        Stage::Microphone
        | Stage::Sender
        | Stage::SilentAudio
        | Stage::WrongAddress
        | Stage::Decryption
        | Stage::Decoding
        | Stage::Output => false,
    };
    let mine: Vec<&calls::Seen<'_>> = troubles.iter().filter(is_lost).collect();
    let is_often = |seen: &calls::Seen<'_>| {
        mine.iter()
            .any(|other| other.call.id != seen.call.id && other.guilty().trunk == seen.guilty().trunk)
    };
    mine.iter()
        .map(|seen| {
            let confidence = if is_often(seen) { Confidence::Medium } else { Confidence::Low };
            seen.finding(Fault::RgCallLost, Severity::Problem, Culprit::OfficeRouter, confidence)
        })
        .collect()
}
