//! One fault, one finding: what follows from another finding is no finding of its own.
//!
//! ```text
//!   no way to the internet ──► all that needs one: STUN, forwards, what providers see
//!   a carrier's address ─────► forwards
//!   a wrong public address ──► a trunk that is told the same wrong one
//!   a browser unfit ─────────► whatever else it could not do
//!   a cause of an office, a trunk, a network or a device ──► the same in a call: proves it, and makes it as bad
//! ```

use super::{calls, place};
use crate::evidence::{Evidence, Stage};
use crate::finding::{Confidence, Fact, Fault, Finding, Rule, Subject, What};

/// Leaves the causes, and what has none among the findings.
pub(super) fn prune(evidence: &Evidence, findings: &mut Vec<Finding>) {
    let has = |findings: &[Finding], fault: Fault| findings.iter().any(|finding| finding.fault == fault);
    if has(findings, Fault::RaNoRoute) {
        findings.retain(|finding| !needs_internet(finding.fault));
    }
    if has(findings, Fault::RaCarrierNat) {
        findings.retain(|finding| !is_forward(finding.fault));
    }
    told_wrong(evidence, findings);
    unfit(findings);
    one_direction(evidence, findings);
    proven_by_calls(evidence, findings);
}

/// What nobody can have without a way to the internet.
fn needs_internet(fault: Fault) -> bool {
    is_forward(fault)
        || matches!(
            fault,
            Fault::N2StunServerDead
                | Fault::N3OwnStunDead
                | Fault::RdStunMissing
                | Fault::RePublicAddressDiffers
                | Fault::RfStunNoDns
                | Fault::RfStunNoRoute
                | Fault::RfStunRefused
                | Fault::RfStunSilent
                | Fault::RiOwnStunElsewhere
                | Fault::ReTrunkLeavesElsewhere
        )
}

fn is_forward(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::N1ForwardElsewhere | Fault::N1ForwardMissing | Fault::N1ForwardUnproven
    )
}

/// STUN by the wrong router gives trunks the wrong address, too.
fn told_wrong(evidence: &Evidence, findings: &mut Vec<Finding>) {
    let wrong = findings.iter().find(|finding| finding.fault == Fault::RePublicAddressDiffers);
    let Some(wrong) = wrong.and_then(|finding| finding.value(What::StunAddress)).map(str::to_owned) else {
        return;
    };
    let entrances: Vec<String> = place::entrances(evidence).iter().map(ToString::to_string).collect();
    findings.retain(|finding| {
        let is_told_it = finding.value(What::MediaAddress) == Some(&wrong);
        let leaves_right = finding
            .value(What::ReceivedAddress)
            .is_some_and(|received| entrances.iter().any(|ip| ip == received));
        !(finding.fault == Fault::ReTrunkLeavesElsewhere && is_told_it && leaves_right)
    });
}

/// A browser that lacks what it needs can do nothing of the rest.
fn unfit(findings: &mut Vec<Finding>) {
    let is_unfit = |finding: &&Finding| finding.fault == Fault::F2BrowserUnfit;
    let unfit: Vec<Subject> = findings.iter().filter(is_unfit).map(|finding| finding.subject.clone()).collect();
    findings.retain(|finding| {
        let is_by_check =
            matches!(finding.fault.rule(), Rule::Rj | Rule::Rl) || matches!(finding.fault, Fault::P3LinePoor | Fault::P2VpnPoor);
        !is_by_check || !unfit.contains(&finding.subject)
    });
}

/// A way that loses packets in both directions is one fault, and so is a loudspeaker that plays nobody.
fn one_direction(evidence: &Evidence, findings: &mut Vec<Finding>) {
    let troubles = calls::troubles(evidence);
    let mut told: Vec<(Fault, u64, u64)> = Vec::new();
    // What comes from somebody first: that names them as the one who is not heard.
    findings.sort_by_key(|finding| finding.value(What::Stage) == Some(calls::stage_code(Stage::NetworkOut)));
    findings.retain(|finding| {
        if !matches!(finding.fault, Fault::RjCallLost | Fault::RgCallLost | Fault::RlCallOutput) {
            return true;
        }
        let stage = finding.value(What::Stage);
        let seen = troubles
            .iter()
            .find(|seen| is_about(finding, seen) && stage == Some(calls::stage_code(seen.trouble.stage)));
        let Some(seen) = seen else { return true };
        let key = (finding.fault, seen.call.id, seen.guilty().leg);
        let is_new = !told.contains(&key);
        told.push(key);
        is_new
    });
}

fn is_about(finding: &Finding, seen: &calls::Seen<'_>) -> bool {
    finding.subject
        == Subject::Call {
            id: seen.call.id,
            leg: seen.trouble.from_leg,
        }
}

/// A call that suffers from what is known already proves that, and makes it as bad as the call was.
fn proven_by_calls(evidence: &Evidence, findings: &mut Vec<Finding>) {
    let troubles = calls::troubles(evidence);
    let mut index = 0;
    while index < findings.len() {
        let cause = troubles
            .iter()
            .filter(|seen| {
                is_about(&findings[index], seen) && findings[index].value(What::Stage) == Some(calls::stage_code(seen.trouble.stage))
            })
            .find_map(|seen| cause(evidence, findings, &findings[index], seen));
        let Some(cause) = cause else {
            index += 1;
            continue;
        };
        let effect = findings[index].clone();
        let proof = effect.evidence.iter().find(|fact| fact.what == What::Stage).cloned();
        prove(&mut findings[cause], &effect, proof);
        findings.remove(index);
    }
}

fn prove(cause: &mut Finding, effect: &Finding, proof: Option<Fact>) {
    cause.severity = cause.severity.max(effect.severity);
    cause.confidence = Confidence::High;
    if let Some(proof) = proof.filter(|proof| !cause.evidence.contains(proof)) {
        cause.evidence.push(proof);
    }
}

/// The finding that explains one of a call.
fn cause(evidence: &Evidence, findings: &[Finding], effect: &Finding, seen: &calls::Seen<'_>) -> Option<usize> {
    let guilty = seen.guilty();
    let trunk = guilty.trunk.as_deref().map(Subject::trunk);
    let network = calls::current_network(evidence, &guilty.party).map(Subject::network);
    let is_of_trunk = |finding: &Finding| trunk.as_ref() == Some(&finding.subject);
    let is_of_network = |finding: &Finding| network.as_ref() == Some(&finding.subject);
    findings.iter().position(|finding| {
        let can_be_for_all = matches!(finding.fault, Fault::RaNoRoute | Fault::RgSymmetric);
        let can_be_of_trunk = matches!(
            finding.fault,
            Fault::ReTrunkLeavesElsewhere | Fault::RiOwnStunElsewhere | Fault::RhAlgOffice
        );
        let can_be_of_network = match_network(effect.fault, finding.fault);
        (effect.fault == Fault::RgCallLost && (can_be_for_all || can_be_of_trunk && is_of_trunk(finding)))
            || (can_be_of_network && is_of_network(finding))
    })
}

/// Whether what was found of a network can be why a call has had no sound.
fn match_network(effect: Fault, cause: Fault) -> bool {
    let is_line = matches!(cause, Fault::RjNoWay | Fault::P3LinePoor | Fault::P2VpnPoor);
    let is_microphone = matches!(
        cause,
        Fault::RlNoMicrophone | Fault::RlMicrophoneDenied | Fault::RlMicrophoneMuted | Fault::RlMicrophoneSilent
    );
    let is_output = matches!(cause, Fault::RlNoSpeaker | Fault::RlSpeakerUnheard);
    (effect == Fault::RjCallLost && is_line)
        || (effect == Fault::RlCallMicrophone && is_microphone)
        || (effect == Fault::RlCallOutput && is_output)
}
