//! N4: no "internal SBC" for a web client.
//!
//! Asks for: imported settings of another system that mean it. farend has no such flag and chooses addresses for each peer, so that this is
//! a note: what was imported has no effect. Concludes nothing else.

use super::place;
use crate::evidence::Evidence;
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let flagged = evidence
        .people
        .iter()
        .filter_map(|person| Some((person, person.internal_sbc.as_ref()?)));
    flagged
        .map(|(person, setting)| {
            let subject = Subject::Person {
                extension: person.extension.clone(),
            };
            Finding::new(
                Fault::N4InternalSbc,
                subject,
                Severity::Note,
                Culprit::Configuration,
                Confidence::High,
            )
            .with_known(What::Setting, Some(setting), None)
            .with_known(What::Person, Some(place::label(&person.name, &person.extension)), None)
        })
        .collect()
}
