//! P3: over the public internet.
//!
//! Asks for: the certificate and the names by which people come; clients' clocks; the echo of checks. Dates, names and trust are facts, so
//! confidence is high. The certificate is judged by the clients' clock, as browsers do. A line is called poor when the way that calls
//! take is, with medium confidence: it may be the Wi-Fi. Concludes nothing from a self-signed certificate that nobody outside meets, nor
//! from one client's clock.

mod certificate;

use super::{LOOK_FRESH_MS, is_fresh, line, place};
use crate::evidence::Evidence;
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

/// More than any clock that is set by the network is off; and one that is off by more makes journals and one-time codes wrong.
pub(super) const CLOCK_WRONG_MS: u64 = 60_000;

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let mut findings = certificate::findings(evidence);
    findings.extend(clock(evidence));
    findings.extend(lines(evidence));
    findings
}

fn clock(evidence: &Evidence) -> Option<Finding> {
    let ahead_ms = evidence.server.clock_ahead_ms?;
    if ahead_ms.unsigned_abs() <= CLOCK_WRONG_MS {
        return None;
    }
    let finding = Finding::new(
        Fault::P3ClockWrong,
        Subject::Server,
        Severity::Warning,
        Culprit::Configuration,
        Confidence::High,
    );
    Some(finding.with(What::Time, format!("{} s", ahead_ms / 1000), Some(evidence.taken_at)))
}

fn lines(evidence: &Evidence) -> Vec<Finding> {
    let mine = evidence.networks.iter().filter(|network| !line::is_by_vpn(network));
    let checked = mine.filter_map(|network| Some((network, network.check.as_ref()?)));
    checked
        .filter(|(_, check)| is_fresh(evidence, check.at, LOOK_FRESH_MS))
        .filter_map(|(network, check)| {
            let mut finding = Finding::new(
                Fault::P3LinePoor,
                Subject::network(network),
                Severity::Warning,
                Culprit::HomeRouter,
                Confidence::Medium,
            );
            finding.evidence = line::poor(check)?;
            let finding = finding.with_known(What::Person, Some(place::who(network)), None).with_known(
                What::PeerAddress,
                network.address,
                Some(network.seen_at),
            );
            Some(finding)
        })
        .collect()
}
