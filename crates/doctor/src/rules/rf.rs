//! R-f: the firewall lets STUN through.
//!
//! Asks for: the states of all STUN servers, those of providers included, when none answers. Which of the four it is, follows from what has
//! been tried farthest. That a firewall does it takes two servers at least (medium), or a look at the NAT that finds UDP blocked as well
//! (high): a single silent server may as well be down (low, nobody's name). Concludes nothing while one is still being asked, and nothing
//! when one answers.

use std::collections::BTreeSet;

use super::n2;
use super::stun::{self, All, Fate, Server};
use crate::evidence::{Evidence, Outcome, TrunkState};
use crate::finding::{Confidence, Culprit, Fault, Finding, Severity, Subject};

pub(super) fn findings(evidence: &Evidence) -> Vec<Finding> {
    let All::Dead(servers, reason) = stun::all(evidence) else {
        return Vec::new();
    };
    let (fault, culprit, confidence) = match reason {
        Fate::Silent => silent(evidence, &servers),
        Fate::Refused => refused(&servers),
        Fate::NoRoute => (Fault::RfStunNoRoute, Culprit::Configuration, Confidence::High),
        Fate::NoDns => no_dns(evidence, &servers),
        Fate::Open | Fate::Answers | Fate::Error => return Vec::new(),
    };
    let finding = Finding::new(fault, Subject::Server, Severity::Warning, culprit, confidence);
    vec![n2::with_servers(finding, servers.iter())]
}

fn hosts(servers: &[Server<'_>], fate: Fate) -> usize {
    let names: BTreeSet<&str> = servers
        .iter()
        .filter(|server| server.fate == fate)
        .map(|server| server.name)
        .collect();
    names.len()
}

fn silent(evidence: &Evidence, servers: &[Server<'_>]) -> (Fault, Culprit, Confidence) {
    let is_blocked = evidence
        .server
        .nat
        .iter()
        .any(|nat| nat.outcome == Outcome::UdpBlocked && nat.confidence >= Confidence::Medium);
    let (culprit, confidence) = match (is_blocked, hosts(servers, Fate::Silent)) {
        (true, _) => (Culprit::Firewall, Confidence::High),
        (false, 2..) => (Culprit::Firewall, Confidence::Medium),
        (false, 0 | 1) => (Culprit::Unknown, Confidence::Low),
    };
    (Fault::RfStunSilent, culprit, confidence)
}

fn refused(servers: &[Server<'_>]) -> (Fault, Culprit, Confidence) {
    let (culprit, confidence) = match hosts(servers, Fate::Refused) {
        2.. => (Culprit::Firewall, Confidence::Medium),
        0 | 1 => (Culprit::Unknown, Confidence::Low),
    };
    (Fault::RfStunRefused, culprit, confidence)
}

fn no_dns(evidence: &Evidence, servers: &[Server<'_>]) -> (Fault, Culprit, Confidence) {
    // DNS fails for others as well; or names of a trunk are found, so that the STUN servers' own are wrong.
    let fails_elsewhere = evidence.trunks.iter().any(|trunk| trunk.state == TrunkState::NoDns);
    let works_elsewhere = evidence.trunks.iter().any(|trunk| trunk.state == TrunkState::Up);
    let confidence = match (fails_elsewhere != works_elsewhere, servers.len()) {
        (true, _) => Confidence::High,
        (false, 2..) => Confidence::Medium,
        (false, 0 | 1) => Confidence::Low,
    };
    (Fault::RfStunNoDns, Culprit::Configuration, confidence)
}
