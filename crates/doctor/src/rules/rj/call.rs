//! Packets of calls that are lost on the way from or to somebody.

use crate::evidence::{Evidence, MediaWay, PeerKind, Stage};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, What};
use crate::rules::calls;

/// Packets of a call that are lost between here and somebody's browser or phone. In the office that rather is a cable or a switch.
pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let troubles = calls::troubles(evidence);
    let is_lost = |seen: &&calls::Seen<'_>| match (seen.trouble.stage, seen.guilty().kind) {
        (Stage::NetworkIn | Stage::NetworkOut, PeerKind::Browser | PeerKind::Phone) => true,
        (Stage::NetworkIn | Stage::NetworkOut, PeerKind::Trunk) => false,
        (
            Stage::Microphone
            | Stage::Sender
            | Stage::SilentAudio
            | Stage::WrongAddress
            | Stage::Decryption
            | Stage::Decoding
            | Stage::Output,
            _,
        ) => false,
    };
    troubles
        .iter()
        .filter(is_lost)
        .map(|seen| {
            let is_inside = calls::is_in_the_office(evidence, seen.guilty());
            let confidence = if is_inside { Confidence::Low } else { Confidence::Medium };
            let way = seen.guilty().way.map(way_code);
            seen.finding(Fault::RjCallLost, Severity::Problem, Culprit::HomeRouter, confidence)
                .with_known(What::Way, way, Some(seen.trouble.since))
        })
        .collect()
}

/// For programs, and for tables of words: never changes.
fn way_code(way: MediaWay) -> &'static str {
    match way {
        MediaWay::Udp => "udp",
        MediaWay::Tcp => "tcp",
        MediaWay::Relay => "tls",
        MediaWay::Rtp => "rtp",
    }
}
