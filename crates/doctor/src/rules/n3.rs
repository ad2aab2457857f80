//! N3: a provider's own STUN server comes first.
//!
//! Asks for: the state of STUN servers that trunks' profiles name, while any other server answers. Silence tells with medium confidence
//! that the provider's server is down. Concludes nothing where no server answers at all (R-f), and nothing about trunks without STUN of
//! their own.

use super::n2;
use super::stun::{self, All};
use crate::evidence::Evidence;
use crate::finding::{Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let All::Through(servers) = stun::all(evidence) else {
        return Vec::new();
    };
    let mut findings: Vec<Finding> = Vec::new();
    for server in servers.iter().filter(|server| server.is_dead()) {
        let Some(trunk) = server.trunk else { continue };
        // One of several that the provider has is enough.
        let is_another_there = servers.iter().any(|other| other.trunk == server.trunk && !other.is_dead());
        if is_another_there {
            continue;
        }
        let (_, confidence) = n2::blame(server.fate);
        let finding = Finding::new(
            Fault::N3OwnStunDead,
            Subject::trunk(trunk),
            Severity::Warning,
            Culprit::Provider,
            confidence,
        );
        findings.push(n2::with_servers(finding, std::iter::once(server)).with(What::Trunk, trunk, None));
    }
    findings
}
