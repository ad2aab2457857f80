//! H1: desk phones at home connect straight over the internet, without a VPN: by TLS.
//!
//! Asks for: by which transport and from which address a phone is registered, whether it answers, and packets of calls that could not be
//! decrypted. Phones behind a NAT that come by UDP are asked by OPTIONS every 25 seconds; only one that has answered such before, from the same
//! address, can be silent. The transport is a fact. That a phone which does not answer has been forgotten by its router is likely (medium) behind a NAT;
//! without one it rather has no power (low, the phone's own). Concludes nothing for phones that come through a tunnel from private
//! addresses: nobody on the internet reads along there.

use super::{calls, place};
use crate::evidence::{DeskPhone, Evidence, PhoneTransport, Stage};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

/// SIP over UDP has repeated a request five times by then (RFC 3261 section 17.1.2.2: after 0.5, 1.5, 3.5 and 7.5 s).
const UNANSWERED_MS: u64 = 8_000;

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let outside = || evidence.phones.iter().filter(|phone| phone.is_outside);
    let mut findings: Vec<Finding> = outside().filter_map(plain).collect();
    findings.extend(outside().filter_map(unreachable));
    findings.extend(undecryptable(evidence));
    findings
}

fn plain(phone: &DeskPhone) -> Option<Finding> {
    let transport = match phone.transport? {
        PhoneTransport::Udp => "UDP",
        PhoneTransport::Tcp => "TCP",
        PhoneTransport::Tls => return None,
    };
    let address = phone.address.filter(|address| place::is_public(*address))?;
    let finding = Finding::new(
        Fault::H1PhonePlain,
        Subject::Phone { device: phone.device },
        Severity::Warning,
        Culprit::Configuration,
        Confidence::High,
    );
    Some(
        named(finding, phone)
            .with(What::Setting, transport, Some(phone.since))
            .with(What::PeerAddress, address, Some(phone.since)),
    )
}

fn unreachable(phone: &DeskPhone) -> Option<Finding> {
    phone.transport?;
    let silent_ms = phone.unanswered_ms.filter(|ms| *ms >= UNANSWERED_MS)?;
    let (culprit, confidence) = if phone.is_behind_nat {
        (Culprit::HomeRouter, Confidence::Medium)
    } else {
        (Culprit::DeskPhone, Confidence::Low)
    };
    let finding = Finding::new(
        Fault::H1PhoneUnreachable,
        Subject::Phone { device: phone.device },
        Severity::Problem,
        culprit,
        confidence,
    );
    Some(
        named(finding, phone)
            .with(What::Time, format!("{} s", silent_ms / 1000), Some(phone.since))
            .with_known(What::PeerAddress, phone.address, Some(phone.since)),
    )
}

fn undecryptable(evidence: &Evidence) -> Vec<Finding> {
    let troubles = calls::troubles(evidence);
    let mine = troubles.iter().filter(|seen| seen.trouble.stage == Stage::Decryption);
    mine.map(|seen| {
        let culprit = calls::equipment(seen.from);
        seen.finding(Fault::H1CallUndecryptable, Severity::Problem, culprit, Confidence::High)
    })
    .collect()
}

/// With the phone's name, and whose it is.
pub(super) fn named(finding: Finding, phone: &DeskPhone) -> Finding {
    finding
        .with_known(What::Phone, Some(&phone.name), None)
        .with_known(What::Person, Some(&phone.extension), None)
}
