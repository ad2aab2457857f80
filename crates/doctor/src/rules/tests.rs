//! Each rule by its fault, by what only looks like it, and by a company where all is well.

mod arbitrary;
mod calls;
mod company;
mod devices;
mod internet;
mod nat;
mod office;
mod people;

use super::diagnose;
use crate::evidence::{Check, Evidence};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject};
use company::company;

/// What is found once the company has been changed.
fn found(change: impl FnOnce(&mut Evidence)) -> Vec<Finding> {
    let mut evidence = company();
    change(&mut evidence);
    diagnose(&evidence)
}

/// The faults that are found.
fn faults(change: impl FnOnce(&mut Evidence)) -> Vec<Fault> {
    found(change).iter().map(|finding| finding.fault).collect()
}

/// The only finding.
#[track_caller]
fn one(change: impl FnOnce(&mut Evidence)) -> Finding {
    let mut findings = found(change);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings.remove(0)
}

/// Ben's check, at home.
fn at_home(change: impl FnOnce(&mut Check)) -> impl FnOnce(&mut Evidence) {
    move |e| change(company::check(&mut e.networks[1]))
}

/// How bad, whose doing, how sure.
fn grade(finding: &Finding) -> (Fault, Severity, Culprit, Confidence) {
    (finding.fault, finding.severity, finding.culprit, finding.confidence)
}

#[test]
fn a_healthy_company_has_no_finding() {
    assert_eq!(diagnose(&company()), []);
}

#[test]
fn nothing_known_is_nothing_wrong() {
    assert_eq!(diagnose(&Evidence::default()), []);
}

#[test]
fn the_worst_comes_first_and_then_the_order_of_the_rules() {
    let findings = found(|e| {
        e.people[0].internal_sbc = Some("useInternalSBC".to_owned());
        e.server.clock_ahead_ms = Some(-120_000);
        e.people[1].mobile_has_route = Some(false);
        e.phones[0].transport = None;
    });
    let order: Vec<Fault> = findings.iter().map(|finding| finding.fault).collect();
    assert_eq!(
        order,
        [
            Fault::F1PhoneOffline,
            Fault::P3ClockWrong,
            Fault::H2MobileNoRoute,
            Fault::N4InternalSbc
        ]
    );
}

#[test]
fn a_person_who_is_told_of_twice_has_one_finding() {
    let findings = found(|e| {
        let network = e.networks[1].clone();
        e.networks.push(network);
        for network in &mut e.networks[1..] {
            company::check(network).browser.missing = vec!["RTCPeerConnection".to_owned()];
        }
    });
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert!(matches!(findings[0].subject, Subject::Network { .. }));
}
