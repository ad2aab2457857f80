//! H2: where the app cannot be reached, the mobile is called by a trunk.
//!
//! Asks for: a mobile number that is set up for somebody, and whether a call there would find a trunk, as the dial plan says. That is
//! certain. Concludes nothing where the dial plan was not asked, and nothing about whether the mobile would answer.

use super::place;
use crate::evidence::Evidence;
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject, What};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let lost = evidence.people.iter().filter(|person| person.mobile_has_route == Some(false));
    lost.filter_map(|person| {
        let mobile = person.mobile.as_ref()?;
        let subject = Subject::Person {
            extension: person.extension.clone(),
        };
        let finding = Finding::new(
            Fault::H2MobileNoRoute,
            subject,
            Severity::Warning,
            Culprit::Configuration,
            Confidence::High,
        )
        .with_known(What::Number, Some(mobile), None)
        .with_known(What::Person, Some(place::label(&person.name, &person.extension)), None);
        Some(finding)
    })
    .collect()
}
