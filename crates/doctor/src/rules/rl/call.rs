//! Microphones, loudspeakers and silent phones of calls.

use crate::evidence::{BrowserSide, Evidence, Microphone, PeerKind, Stage};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity};
use crate::rules::calls::{self, Seen};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    calls::troubles(evidence).iter().filter_map(finding).collect()
}

fn finding(seen: &Seen<'_>) -> Option<Finding> {
    match seen.trouble.stage {
        Stage::Microphone | Stage::Sender | Stage::SilentAudio if is_meant(seen.from.browser) => None,
        Stage::Microphone => Some(microphone(seen)),
        Stage::Sender | Stage::SilentAudio => Some(match seen.from.kind {
            PeerKind::Browser => microphone(seen),
            PeerKind::Phone | PeerKind::Trunk => silent_peer(seen),
        }),
        Stage::Output => Some(seen.finding(Fault::RlCallOutput, Severity::Problem, Culprit::Headset, Confidence::High)),
        Stage::NetworkIn | Stage::WrongAddress | Stage::Decryption | Stage::Decoding | Stage::NetworkOut => None,
    }
}

/// Who has muted themselves, or holds the call, wants it so.
fn is_meant(browser: Option<BrowserSide>) -> bool {
    browser.is_some_and(|browser| browser.is_muted_in_app || browser.is_held)
}

fn microphone(seen: &Seen<'_>) -> Finding {
    let (culprit, confidence) = match seen.from.browser.map(|browser| browser.microphone) {
        Some(Microphone::MutedBySystem) => (Culprit::Computer, Confidence::High),
        Some(Microphone::Ended | Microphone::Zero) => (Culprit::Headset, Confidence::High),
        Some(Microphone::Unknown | Microphone::Works) | None => (Culprit::Computer, Confidence::Medium),
    };
    seen.finding(Fault::RlCallMicrophone, Severity::Problem, culprit, confidence)
}

/// A phone that sends silence may have been muted by its key: that is good to know, and no fault.
fn silent_peer(seen: &Seen<'_>) -> Finding {
    let severity = if seen.trouble.stage == Stage::Sender {
        Severity::Problem
    } else {
        Severity::Note
    };
    let confidence = match seen.from.kind {
        PeerKind::Browser | PeerKind::Phone => Confidence::Medium,
        PeerKind::Trunk => Confidence::Low,
    };
    seen.finding(Fault::RlCallSilentPeer, severity, calls::equipment(seen.from), confidence)
}
