//! F2: the browser is the phone.
//!
//! Asks for: what a check found the browser to lack, and packets of calls that could not be decoded. Both are measured, so confidence is
//! high. Concludes nothing from a browser's name or version: what it can do counts.

use super::{LOOK_FRESH_MS, calls, is_fresh, place};
use crate::evidence::{Evidence, Stage};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let mut findings = unfit(evidence);
    findings.extend(undecodable(evidence));
    findings
}

fn unfit(evidence: &Evidence) -> Vec<Finding> {
    let checked = evidence
        .networks
        .iter()
        .filter_map(|network| Some((network, network.check.as_ref()?)));
    let unfit = checked.filter(|(_, check)| {
        is_fresh(evidence, check.at, LOOK_FRESH_MS) && (check.browser.is_insecure || !check.browser.missing.is_empty())
    });
    unfit
        .map(|(network, check)| {
            let missing = if check.browser.missing.is_empty() {
                "secure_context".to_owned()
            } else {
                check.browser.missing.join(", ")
            };
            Finding::new(
                Fault::F2BrowserUnfit,
                Subject::network(network),
                Severity::Problem,
                Culprit::Computer,
                Confidence::High,
            )
            .with(What::Missing, missing, Some(check.at))
            .with_known(What::Browser, Some(&check.browser.name), Some(check.at))
            .with_known(What::Person, Some(place::who(network)), None)
        })
        .collect()
}

fn undecodable(evidence: &Evidence) -> Vec<Finding> {
    let troubles = calls::troubles(evidence);
    let mine = troubles.iter().filter(|seen| seen.trouble.stage == Stage::Decoding);
    mine.map(|seen| {
        let culprit = calls::equipment(seen.from);
        seen.finding(Fault::F2CallUndecodable, Severity::Problem, culprit, Confidence::High)
    })
    .collect()
}
