//! R-d: STUN is configured; a provider's own server is enough.
//!
//! Asks for: whether servers are to be asked in this mode and with these interfaces, and whether there are any. Both are facts. Concludes
//! nothing where STUN is switched off, not needed, or replaced by a stated address.

use crate::evidence::Evidence;
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let stun = &evidence.server.stun;
    if !stun.asks || !stun.servers.is_empty() || !evidence.server.stated.is_empty() {
        return Vec::new();
    }
    let finding = Finding::new(
        Fault::RdStunMissing,
        Subject::Server,
        Severity::Warning,
        Culprit::Configuration,
        Confidence::High,
    );
    let setting = (!stun.mode.is_empty()).then(|| format!("stun.mode = {}", stun.mode));
    vec![finding.with_known(What::Setting, setting, None)]
}
