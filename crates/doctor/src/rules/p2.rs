//! P2: through a VPN.
//!
//! Asks for: the echo of a check (by the way that calls take), or the round trip of a call's media, of somebody whose media goes through a
//! VPN. A poor echo follows with medium confidence, since the line below the VPN may be the poor one; a call's round trip alone with low.
//! Concludes nothing from a VPN's mere existence: most are good enough.

use super::{LOOK_FRESH_MS, is_fresh, line, place};
use crate::evidence::{Evidence, Locality, MediaWay, UserNetwork};
use crate::finding::{Confidence, Culprit, Fact, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let mine = evidence.networks.iter().filter(|network| line::is_by_vpn(network));
    mine.filter_map(|network| {
        let (facts, confidence) = by_echo(evidence, network).or_else(|| by_call(evidence, network))?;
        let mut finding = Finding::new(
            Fault::P2VpnPoor,
            Subject::network(network),
            Severity::Warning,
            Culprit::Computer,
            confidence,
        );
        finding.evidence = facts;
        let finding = finding
            .with(What::NetworkKind, "vpn", Some(network.seen_at))
            .with_known(What::Person, Some(place::who(network)), None)
            .with_known(What::PeerAddress, network.address, Some(network.seen_at));
        Some(finding)
    })
    .collect()
}

fn by_echo(evidence: &Evidence, network: &UserNetwork) -> Option<(Vec<Fact>, Confidence)> {
    let check = network.check.as_ref()?;
    let is_fresh = is_fresh(evidence, check.at, LOOK_FRESH_MS);
    Some((line::poor(check).filter(|_| is_fresh)?, Confidence::Medium))
}

fn by_call(evidence: &Evidence, network: &UserNetwork) -> Option<(Vec<Fact>, Confidence)> {
    let round_trip_ms = network.round_trip_ms.filter(|ms| line::is_slow(*ms))?;
    // A check tells more, and says that all is well.
    let is_told = network.way.is_some_and(|way| way != MediaWay::Rtp) && network.check.is_none();
    let is_mine = network.locality == Locality::Vpn && is_fresh(evidence, network.seen_at, LOOK_FRESH_MS);
    let fact = Fact {
        what: What::Time,
        value: format!("{round_trip_ms:.0} ms"),
        at: Some(network.seen_at),
    };
    (is_told && is_mine).then(|| (vec![fact], Confidence::Low))
}
