//! N2: a STUN server is defined, and the server reaches it.
//!
//! Asks for: the state of each server of the configuration, while another one answers (or is just being asked first: then nothing follows).
//! An error or a missing DNS entry is certain; silence or a refusal tells with medium confidence that the server is down, for others come
//! through the same firewall. Concludes nothing where all are dead: that is R-f.

use super::stun::{self, All, Fate, Server};
use crate::evidence::Evidence;
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let All::Through(servers) = stun::all(evidence) else {
        return Vec::new();
    };
    let dead: Vec<&Server<'_>> = servers.iter().filter(|server| server.trunk.is_none() && server.is_dead()).collect();
    let Some(worst) = dead.first() else { return Vec::new() };
    let (culprit, confidence) = blame(worst.fate);
    let finding = Finding::new(Fault::N2StunServerDead, Subject::Server, Severity::Warning, culprit, confidence);
    vec![with_servers(finding, dead.iter().copied())]
}

/// Whose doing it is that one server is dead while others answer.
pub(super) fn blame(fate: Fate) -> (Culprit, Confidence) {
    match fate {
        Fate::NoDns => (Culprit::Configuration, Confidence::High),
        Fate::Error => (Culprit::StunServer, Confidence::High),
        Fate::Silent | Fate::Refused | Fate::NoRoute | Fate::Open | Fate::Answers => (Culprit::StunServer, Confidence::Medium),
    }
}

/// With these servers and what they do.
pub(super) fn with_servers<'a>(finding: Finding, servers: impl Iterator<Item = &'a Server<'a>>) -> Finding {
    servers.fold(finding, |finding, server| {
        finding
            .with(What::StunServer, server.name, server.since())
            .with(What::StunState, server.fate.code(), server.since())
    })
}
