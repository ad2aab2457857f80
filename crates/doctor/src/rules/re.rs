//! R-e: STUN goes by the router at which people come in.
//!
//! Asks for three addresses: what each STUN server of the configuration sees, those by which people have come from outside, and what
//! providers have seen (`received`). STUN's differing from people's follows with medium confidence, for a name in DNS may be out of date;
//! with high, when somebody has come in since STUN has seen the other one, or a probe has. Compares IPv4 with IPv4, and IPv6 by site, since
//! a host has several of them. Concludes nothing from a provider's own STUN server: that goes by the provider's line (R-i), nor from a
//! `received` that an ALG may have written.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{calls, place, stun};
use crate::evidence::{Evidence, PeerKind, ProbeOutcome, Stage, Trunk};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let mut findings: Vec<Finding> = differs(evidence).into_iter().collect();
    findings.extend(evidence.trunks.iter().filter_map(leaves_elsewhere));
    findings.extend(wrong_address(evidence));
    findings
}

fn differs(evidence: &Evidence) -> Option<Finding> {
    let people = place::entrances(evidence);
    let proven: BTreeSet<IpAddr> = evidence
        .server
        .forward
        .iter()
        .filter(|probe| probe.outcome == ProbeOutcome::Ours)
        .map(|probe| probe.address.ip().to_canonical())
        .collect();
    let entrances: BTreeSet<IpAddr> = people.union(&proven).copied().collect();
    let servers = stun::servers(evidence);
    let (server, seen) = stun::publics(&servers, None).find(|(_, seen)| {
        let mut same_family = entrances
            .iter()
            .filter(|entrance| place::is_same_family(**entrance, *seen))
            .peekable();
        same_family.peek().is_some() && same_family.all(|entrance| !place::is_same_site(*entrance, *seen))
    })?;
    let entrance = *entrances.iter().find(|entrance| place::is_same_family(**entrance, seen))?;
    let page = place::pages_from_outside(evidence).find(|page| place::public_addresses(page).any(|ip| ip == entrance));
    let has_come_since = page
        .and_then(|page| page.from_outside_at)
        .zip(server.since())
        .is_some_and(|(came, since)| came > since);
    let is_sure = has_come_since || proven.contains(&entrance);
    let finding = Finding::new(
        Fault::RePublicAddressDiffers,
        Subject::Server,
        Severity::Warning,
        Culprit::OfficeRouter,
        if is_sure { Confidence::High } else { Confidence::Medium },
    );
    Some(
        finding
            .with(What::StunAddress, seen, server.since())
            .with(What::PageAddress, entrance, page.and_then(|page| page.from_outside_at))
            .with_known(
                What::PageHost,
                page.map(|page| &page.host),
                page.and_then(|page| page.from_outside_at),
            )
            .with(What::StunServer, server.name, server.since()),
    )
}

fn leaves_elsewhere(trunk: &Trunk) -> Option<Finding> {
    let received = trunk.received.filter(|ip| place::is_public(*ip))?;
    let told = trunk.media_public.filter(|ip| place::is_public(*ip))?;
    let is_other = place::is_same_family(received, told) && !place::is_same_site(received, told);
    if trunk.has_own_stun || trunk.is_rewritten == Some(true) || !is_other {
        return None;
    }
    let finding = Finding::new(
        Fault::ReTrunkLeavesElsewhere,
        Subject::trunk(&trunk.name),
        Severity::Warning,
        Culprit::OfficeRouter,
        Confidence::High,
    );
    Some(
        finding
            .with(What::ReceivedAddress, received.to_canonical(), Some(trunk.since))
            .with(What::MediaAddress, told.to_canonical(), Some(trunk.since))
            .with(What::Trunk, &trunk.name, None),
    )
}

fn wrong_address(evidence: &Evidence) -> Vec<Finding> {
    let troubles = calls::troubles(evidence);
    let mine = troubles.iter().filter(|seen| seen.trouble.stage == Stage::WrongAddress);
    mine.map(|seen| {
        let culprit = match seen.from.kind {
            PeerKind::Trunk => Culprit::Provider,
            PeerKind::Phone if calls::is_in_the_office(evidence, seen.from) => Culprit::DeskPhone,
            PeerKind::Phone | PeerKind::Browser => Culprit::HomeRouter,
        };
        seen.finding(Fault::ReCallWrongAddress, Severity::Problem, culprit, Confidence::Medium)
    })
    .collect()
}
