//! Whether browsers take the certificate that they are shown.

use crate::evidence::{Certificate, Evidence, Locality, Page, UnixMs};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};
use crate::rules::{ARRIVAL_FRESH_MS, LOOK_FRESH_MS, is_fresh, place};

/// Time enough to notice, to ask somebody, and to do it twice: automatic renewal happens a month before the end.
const EXPIRING_MS: u64 = 14 * 24 * 60 * 60 * 1000;

/// What browsers have against it: at most one thing that mends the others, too.
pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let Some(certificate) = &evidence.server.certificate else {
        return Vec::new();
    };
    if certificate.is_self_signed {
        // Who has accepted it in the LAN is asked again when it has run out.
        return untrusted(evidence).or_else(|| dates(evidence, certificate)).into_iter().collect();
    }
    dates(evidence, certificate)
        .into_iter()
        .chain(names(evidence, certificate))
        .collect()
}

fn untrusted(evidence: &Evidence) -> Option<Finding> {
    let page = place::pages_from_outside(evidence).next();
    let is_outside = |locality| match locality {
        Locality::Internet => true,
        Locality::Unknown | Locality::Lan | Locality::Vpn | Locality::Hairpin => false,
    };
    let mut networks = evidence.networks.iter();
    let network = networks.find(|network| is_outside(network.locality) && is_fresh(evidence, network.seen_at, LOOK_FRESH_MS));
    if page.is_none() && network.is_none() {
        return None;
    }
    let finding = Finding::new(
        Fault::P3CertificateUntrusted,
        Subject::Server,
        Severity::Warning,
        Culprit::Configuration,
        Confidence::High,
    );
    Some(
        finding
            .with_known(
                What::PageHost,
                page.map(|page| &page.host),
                page.and_then(|page| page.from_outside_at),
            )
            .with_known(What::Person, network.map(place::who), network.map(|network| network.seen_at)),
    )
}

fn dates(evidence: &Evidence, certificate: &Certificate) -> Option<Finding> {
    // Browsers judge by their own clock.
    let ahead_ms = evidence.server.clock_ahead_ms.unwrap_or(0);
    let now = UnixMs(evidence.taken_at.0.saturating_sub(ahead_ms));
    if certificate.not_after == UnixMs::default() {
        return None;
    }
    let is_early = certificate.not_before.since(now) > super::CLOCK_WRONG_MS;
    let left_ms = certificate.not_after.since(now);
    if !is_early && left_ms > EXPIRING_MS {
        return None;
    }
    let is_over = is_early || left_ms == 0;
    let date = if is_early { certificate.not_before } else { certificate.not_after };
    let state = match (is_early, is_over) {
        (true, _) => "not_yet",
        (false, true) => "expired",
        (false, false) => "expiring",
    };
    let finding = Finding::new(
        Fault::P3CertificateExpiring,
        Subject::Server,
        if is_over { Severity::Problem } else { Severity::Warning },
        Culprit::Configuration,
        Confidence::High,
    );
    Some(
        finding
            .with(What::Date, crate::words::date(date), Some(date))
            .with(What::Setting, state, None),
    )
}

fn names(evidence: &Evidence, certificate: &Certificate) -> Option<Finding> {
    if certificate.names.is_empty() {
        return None;
    }
    let is_recent = |at: Option<UnixMs>| at.is_some_and(|at| is_fresh(evidence, at, ARRIVAL_FRESH_MS));
    let is_wrong = |page: &&Page| {
        (is_recent(page.from_outside_at) || is_recent(page.from_inside_at)) && !is_local(&page.host) && !covers(certificate, &page.host)
    };
    let wrong: Vec<&Page> = evidence.server.pages.iter().filter(is_wrong).collect();
    if wrong.is_empty() {
        return None;
    }
    let finding = Finding::new(
        Fault::P3CertificateName,
        Subject::Server,
        Severity::Warning,
        Culprit::Configuration,
        Confidence::High,
    );
    let finding = wrong.iter().fold(finding, |finding, page| {
        finding.with(What::PageHost, &page.host, page.from_outside_at.max(page.from_inside_at))
    });
    Some(finding.with(What::CertificateNames, certificate.names.join(", "), None))
}

/// From the server itself: nobody else meets that name.
fn is_local(host: &str) -> bool {
    host.is_empty() || host.eq_ignore_ascii_case("localhost") || place::host_address(host).is_some_and(|ip| ip.is_loopback())
}

/// Whether the certificate is for this host (RFC 9525: a star stands for one label, the first).
fn covers(certificate: &Certificate, host: &str) -> bool {
    let host = host.trim_end_matches('.');
    certificate
        .names
        .iter()
        .any(|name| match (place::host_address(host), place::host_address(name)) {
            (Some(host), Some(name)) => host.to_canonical() == name.to_canonical(),
            (Some(_), None) | (None, Some(_)) => false,
            (None, None) => match name.strip_prefix("*.") {
                Some(parent) => host
                    .split_once('.')
                    .is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(parent)),
                None => host.eq_ignore_ascii_case(name.trim_end_matches('.')),
            },
        })
}
