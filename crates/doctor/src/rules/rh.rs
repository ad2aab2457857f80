//! R-h: no SIP ALG, at the office or at home.
//!
//! Asks for: what has come back rewritten from a provider, or from a desk phone outside, and whether addresses inside of STUN's answers are
//! changed. Messages that were rewritten are proof (high for a phone, whose answer does not repeat the address of inside that we have asked
//! with, as it has to; for a trunk with STUN's sign as well, otherwise medium: a provider's own border may do it). STUN's sign alone is a note
//! of low confidence. Concludes nothing for encrypted SIP, which nobody can rewrite, nor for phones in the office, nor from a phone that names
//! its public address: it may know that from STUN, or from an answer of ours.

use super::h1;
use crate::evidence::{DeskPhone, Evidence, PhoneTransport, Trunk};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let is_altered = evidence.server.nat.iter().any(|nat| nat.is_altered);
    let mut findings: Vec<Finding> = evidence.trunks.iter().filter_map(|trunk| office(trunk, is_altered)).collect();
    if findings.is_empty() && is_altered && may_be_rewritten(evidence) {
        let at = evidence.server.nat.iter().find(|nat| nat.is_altered).map(|nat| nat.at);
        let finding = Finding::new(
            Fault::RhAlgOffice,
            Subject::Server,
            Severity::Note,
            Culprit::OfficeRouter,
            Confidence::Low,
        );
        findings.push(finding.with(What::Rewritten, "XOR-MAPPED-ADDRESS ≠ MAPPED-ADDRESS", at));
    }
    findings.extend(evidence.phones.iter().filter_map(home));
    findings
}

/// Whether nothing shows that SIP arrives as it was sent.
fn may_be_rewritten(evidence: &Evidence) -> bool {
    evidence.trunks.iter().all(|trunk| trunk.is_rewritten != Some(false))
}

fn office(trunk: &Trunk, is_altered: bool) -> Option<Finding> {
    if trunk.is_encrypted || trunk.is_rewritten != Some(true) {
        return None;
    }
    let finding = Finding::new(
        Fault::RhAlgOffice,
        Subject::trunk(&trunk.name),
        Severity::Warning,
        Culprit::OfficeRouter,
        if is_altered { Confidence::High } else { Confidence::Medium },
    );
    Some(
        finding
            .with_known(What::Rewritten, trunk.rewritten_sign.as_deref(), Some(trunk.since))
            .with(What::Trunk, &trunk.name, None),
    )
}

fn home(phone: &DeskPhone) -> Option<Finding> {
    let is_readable = match phone.transport? {
        PhoneTransport::Udp | PhoneTransport::Tcp => true,
        PhoneTransport::Tls => false,
    };
    if !phone.is_outside || !is_readable || phone.is_rewritten != Some(true) {
        return None;
    }
    let finding = Finding::new(
        Fault::RhAlgHome,
        Subject::Phone { device: phone.device },
        Severity::Warning,
        Culprit::HomeRouter,
        Confidence::High,
    );
    Some(
        h1::named(
            finding.with_known(What::Rewritten, phone.rewritten_sign.as_deref(), Some(phone.since)),
            phone,
        )
        .with_known(What::PeerAddress, phone.address, Some(phone.since)),
    )
}
