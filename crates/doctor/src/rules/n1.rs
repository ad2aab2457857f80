//! N1: one TCP port is forwarded from the internet to the server.
//!
//! Asks for: what came of connecting to our own public addresses, and when somebody has come from outside. Somebody else's certificate
//! there proves a wrong forward (high, unless somebody came in that way before: medium). A refusal proves nothing by itself, for many
//! routers refuse from inside what they forward from outside: it counts only where the router lets us in otherwise. A configured name by
//! which nobody has ever come is a note. Concludes nothing about public addresses that people do not use, nor once somebody has come in
//! since.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::place;
use crate::evidence::{Evidence, ForwardProbe, Locality, ProbeOutcome, UnixMs};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let found = elsewhere(evidence).or_else(|| missing(evidence)).or_else(|| unproven(evidence));
    found.into_iter().collect()
}

/// The public addresses by which people are to come, as far as they are known.
fn expected(evidence: &Evidence) -> BTreeSet<IpAddr> {
    let server = &evidence.server;
    let stated = server.stated.iter().map(|ip| ip.to_canonical()).filter(|ip| place::is_public(*ip));
    let pages = server.pages.iter().flat_map(place::public_addresses);
    let host = server
        .public_host
        .as_deref()
        .and_then(place::host_address)
        .filter(|ip| place::is_public(*ip));
    stated.chain(pages).chain(host).collect()
}

/// Probes that count: at addresses that people are to use, the latest of each, and nobody has come in since.
fn probes(evidence: &Evidence) -> Vec<&ForwardProbe> {
    let expected = expected(evidence);
    let all = &evidence.server.forward;
    let is_latest = |probe: &&ForwardProbe| all.iter().all(|other| other.address != probe.address || other.at <= probe.at);
    let is_used = |probe: &&ForwardProbe| expected.is_empty() || expected.contains(&probe.address.ip().to_canonical());
    let is_open = |probe: &&ForwardProbe| arrived_at(evidence, probe.address.ip()).is_none_or(|at| at < probe.at);
    all.iter().filter(is_latest).filter(is_used).filter(is_open).collect()
}

/// When somebody has come in from outside by this address.
fn arrived_at(evidence: &Evidence, address: IpAddr) -> Option<UnixMs> {
    let by_it = evidence
        .server
        .pages
        .iter()
        .filter(|page| place::public_addresses(page).any(|ip| ip == address.to_canonical()));
    by_it.filter_map(|page| page.from_outside_at).max()
}

fn elsewhere(evidence: &Evidence) -> Option<Finding> {
    let probe = probes(evidence)
        .into_iter()
        .find(|probe| probe.outcome == ProbeOutcome::SomebodyElse)?;
    let has_arrived = arrived_at(evidence, probe.address.ip()).is_some();
    let confidence = if has_arrived { Confidence::Medium } else { Confidence::High };
    Some(finding(evidence, Fault::N1ForwardElsewhere, Severity::Problem, confidence).with(What::PageAddress, probe.address, Some(probe.at)))
}

fn missing(evidence: &Evidence) -> Option<Finding> {
    probes(evidence).into_iter().find_map(|probe| {
        let confidence = closed(evidence, probe)?;
        Some(finding(evidence, Fault::N1ForwardMissing, Severity::Problem, confidence).with(
            What::PageAddress,
            probe.address,
            Some(probe.at),
        ))
    })
}

/// How sure it is that a port which we cannot reach by our public address is closed for the world as well.
fn closed(evidence: &Evidence, probe: &ForwardProbe) -> Option<Confidence> {
    let ip = probe.address.ip().to_canonical();
    let server = &evidence.server;
    let was_ours = server
        .forward
        .iter()
        .any(|other| other.address == probe.address && other.outcome == ProbeOutcome::Ours && other.at < probe.at);
    // Somebody in the office has come by it, so that the router lets in what comes from inside.
    let has_hairpin = evidence.networks.iter().any(|network| {
        network.locality == Locality::Hairpin && network.address.is_some_and(|seen| seen.to_canonical() == ip) && network.seen_at < probe.at
    });
    let lets_in = server
        .nat
        .iter()
        .any(|nat| nat.hairpin == Some(true) && nat.public_addresses.iter().any(|seen| seen.to_canonical() == ip));
    match probe.outcome {
        ProbeOutcome::Ours | ProbeOutcome::SomebodyElse => None,
        ProbeOutcome::Refused | ProbeOutcome::Silent if was_ours || has_hairpin => Some(Confidence::High),
        // UDP comes back in, but a TCP port that is not forwarded is refused by the router itself.
        ProbeOutcome::Refused if lets_in => Some(Confidence::Medium),
        ProbeOutcome::Refused | ProbeOutcome::Silent => None,
    }
}

fn unproven(evidence: &Evidence) -> Option<Finding> {
    let server = &evidence.server;
    let is_meant = server.public_host.as_deref().is_some_and(|host| is_for_outside(evidence, host))
        || server.stated.iter().any(|ip| place::is_public(*ip));
    let is_used = !server.pages.is_empty() || !evidence.networks.is_empty();
    let has_arrived = server.pages.iter().any(|page| page.from_outside_at.is_some())
        || evidence.networks.iter().any(|network| match network.locality {
            // In the office, but by way of the router: so the port is forwarded.
            Locality::Internet | Locality::Hairpin => true,
            Locality::Unknown | Locality::Lan | Locality::Vpn => false,
        });
    let is_reached = server.forward.iter().any(|probe| probe.outcome == ProbeOutcome::Ours);
    if !is_meant || !is_used || has_arrived || is_reached {
        return None;
    }
    let stated = server.stated.first();
    Some(
        finding(evidence, Fault::N1ForwardUnproven, Severity::Note, Confidence::Low)
            .with_known(What::PageHost, server.public_host.as_deref(), None)
            .with_known(What::PageAddress, stated, None),
    )
}

/// Whether a configured host is one for people outside; a name counts as one unless it is known to mean addresses of inside only.
fn is_for_outside(evidence: &Evidence, host: &str) -> bool {
    if let Some(ip) = place::host_address(host) {
        return place::is_public(ip);
    }
    let mut pages = evidence.server.pages.iter().filter(|page| page.host.eq_ignore_ascii_case(host));
    !host.is_empty() && pages.all(|page| page.addresses.is_empty() || place::public_addresses(page).next().is_some())
}

fn finding(evidence: &Evidence, fault: Fault, severity: Severity, confidence: Confidence) -> Finding {
    let port = match evidence.server.tcp_port {
        0 => None,
        port => Some(format!("TCP {port}")),
    };
    Finding::new(fault, Subject::Server, severity, Culprit::OfficeRouter, confidence).with_known(What::Port, port, None)
}
