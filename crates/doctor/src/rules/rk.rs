//! R-k: desk share. A phone shows whose it is, and that a number has gone to a browser.
//!
//! Asks for: what registered phones have answered to texts for their display, and whether a phone goes on showing a person whose number is
//! elsewhere. Both are facts. Concludes nothing for a phone that has not answered yet, or that is not registered. No phone can hold on to a
//! number itself: whose it is, the server decides.

use super::h1;
use crate::evidence::{DeskPhone, Display, Evidence};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let registered = || evidence.phones.iter().filter(|phone| phone.transport.is_some());
    let mute = registered().filter(|phone| phone.display == Display::Refused);
    let mut findings: Vec<Finding> = mute.map(|phone| finding(Fault::RkNoDisplay, Severity::Note, phone)).collect();
    let stuck = registered().filter(|phone| phone.is_stuck);
    findings.extend(stuck.map(|phone| finding(Fault::RkStuck, Severity::Warning, phone)));
    findings
}

fn finding(fault: Fault, severity: Severity, phone: &DeskPhone) -> Finding {
    let subject = Subject::Phone { device: phone.device };
    let finding = Finding::new(fault, subject, severity, Culprit::DeskPhone, Confidence::High);
    h1::named(finding, phone).with_known(What::PeerAddress, phone.address, Some(phone.since))
}
