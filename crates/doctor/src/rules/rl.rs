//! R-l: headset and sound card.
//!
//! Asks for: what a check has found of permission, microphone, loudspeaker and headset; and what browsers and phones of calls do. The first
//! that explains the rest counts: no permission, no device, muted, silent. A device that is absent is a fact; that one is silent follows
//! only when somebody has spoken. What people say they have heard is taken at their word, unless they contradict themselves. Concludes
//! nothing from what was skipped, nor from people who have muted themselves; who controls a desk phone needs no device (F1).

mod call;

use super::{LOOK_FRESH_MS, is_fresh, place};
use crate::evidence::{Check, Evidence, Headset, HeadsetState, MicrophoneCheck, Owner, Permission, SpeakerCheck, UserNetwork};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

/// Quieter than any room in which somebody speaks: a headset gives -40 dBFS and more then, a microphone that is far away or badly set -55.
const SILENT_DBFS: i8 = -60;

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let checked = evidence
        .networks
        .iter()
        .filter_map(|network| Some((network, network.check.as_ref()?)));
    let fresh = checked.filter(|(_, check)| is_fresh(evidence, check.at, LOOK_FRESH_MS));
    let mut findings: Vec<Finding> = Vec::new();
    for (network, check) in fresh {
        findings.extend(microphone(evidence, network, check));
        findings.extend(
            check
                .speaker
                .as_ref()
                .and_then(|speaker| self::speaker(evidence, network, check, speaker)),
        );
        findings.extend(check.headset.as_ref().and_then(|headset| self::headset(network, check, headset)));
    }
    findings.extend(call::findings(evidence));
    findings
}

fn new(network: &UserNetwork, fault: Fault, severity: Severity, culprit: Culprit, confidence: Confidence) -> Finding {
    Finding::new(fault, Subject::network(network), severity, culprit, confidence).with_known(What::Person, Some(place::who(network)), None)
}

/// Who has no device needs none where a desk phone does the talking.
fn absence(evidence: &Evidence, network: &UserNetwork) -> Severity {
    let controls = place::person(evidence, &network.extension).is_some_and(|person| person.controls_phone.is_some());
    if controls { Severity::Note } else { Severity::Problem }
}

fn microphone(evidence: &Evidence, network: &UserNetwork, check: &Check) -> Option<Finding> {
    let denied = |code: &str| {
        let finding = new(
            network,
            Fault::RlMicrophoneDenied,
            Severity::Problem,
            Culprit::Computer,
            Confidence::High,
        );
        finding
            .with(What::Setting, code, Some(check.at))
            .with_known(What::Browser, Some(&check.browser.name), Some(check.at))
    };
    match check.permission {
        Some(Permission::Denied) => return Some(denied("denied")),
        Some(Permission::Blocked) => return Some(denied("blocked")),
        Some(Permission::Granted | Permission::Unanswered) | None => {}
    }
    let microphone: &MicrophoneCheck = check.microphone.as_ref()?;
    let level = || microphone.peak_dbfs.map(|level| format!("{level} dBFS"));
    let finding = if microphone.devices == 0 {
        new(
            network,
            Fault::RlNoMicrophone,
            absence(evidence, network),
            Culprit::Headset,
            Confidence::High,
        )
    } else if microphone.is_muted {
        new(
            network,
            Fault::RlMicrophoneMuted,
            Severity::Problem,
            Culprit::Computer,
            Confidence::High,
        )
    } else if microphone.has_ended {
        new(
            network,
            Fault::RlMicrophoneSilent,
            Severity::Problem,
            Culprit::Headset,
            Confidence::Medium,
        )
    } else if microphone.has_spoken && microphone.peak_dbfs.is_some_and(|level| level <= SILENT_DBFS) {
        new(
            network,
            Fault::RlMicrophoneSilent,
            Severity::Problem,
            Culprit::Headset,
            Confidence::High,
        )
        .with_known(What::Level, level(), Some(check.at))
    } else {
        return None;
    };
    Some(finding.with_known(What::SoundDevice, Some(&microphone.label), Some(check.at)))
}

fn speaker(evidence: &Evidence, network: &UserNetwork, check: &Check, speaker: &SpeakerCheck) -> Option<Finding> {
    let finding = if speaker.devices == Some(0) {
        new(
            network,
            Fault::RlNoSpeaker,
            absence(evidence, network),
            Culprit::Headset,
            Confidence::High,
        )
    } else if let Some(error) = &speaker.error {
        new(network, Fault::RlNoSpeaker, Severity::Problem, Culprit::Headset, Confidence::Medium).with_known(
            What::Message,
            Some(error),
            Some(check.at),
        )
    } else if speaker.is_heard == Some(false) && speaker.is_recording_heard != Some(true) {
        let confidence = if speaker.is_recording_heard == Some(false) {
            Confidence::High
        } else {
            Confidence::Medium
        };
        new(network, Fault::RlSpeakerUnheard, Severity::Problem, Culprit::Headset, confidence)
    } else {
        return None;
    };
    Some(finding.with_known(What::SoundDevice, Some(&speaker.label), Some(check.at)))
}

fn headset(network: &UserNetwork, check: &Check, headset: &Headset) -> Option<Finding> {
    let confidence = match headset.state {
        HeadsetState::Silent => Confidence::Medium,
        HeadsetState::Unopened => Confidence::High,
        HeadsetState::Works | HeadsetState::Untried => return None,
    };
    if !headset.is_integrated {
        return None;
    }
    let (culprit, owner) = match headset.owner {
        Owner::OtherTab => (Culprit::Computer, Some("other_tab")),
        Owner::Unknown => (Culprit::Headset, None),
    };
    let finding = new(network, Fault::RlHeadsetButtons, Severity::Note, culprit, confidence);
    Some(
        finding
            .with_known(What::SoundDevice, Some(&headset.name), Some(check.at))
            .with_known(What::Setting, owner, Some(check.at)),
    )
}
