//! The rules of home working, each a small module: which evidence it asks for, and what follows.
//!
//! ```text
//!              ┌► f1 … rl: each rule looks on its own ─► cascade: one fault, one finding ─► order
//!   Evidence ──┤        gathering (what a browser's candidates tell of its NAT)
//!              └─ share calls (troubles that count), line (how good an echo was), place (whose address is where)
//! ```
//!
//! What was not measured is absent, and no rule concludes anything from that.

mod calls;
mod cascade;
mod f1;
mod f2;
pub mod gathering;
mod h1;
mod h2;
mod line;
mod n1;
mod n2;
mod n3;
mod n4;
mod p1;
mod p2;
mod p3;
mod place;
mod ra;
mod rb;
mod rc;
mod rd;
mod re;
mod rf;
mod rg;
mod rh;
mod ri;
mod rj;
mod rk;
mod rl;
mod stun;

#[cfg(test)]
mod tests;

use crate::evidence::{Evidence, UnixMs};
use crate::finding::{Fault, Finding, Rule, Severity, Subject};

/// What a check, or a place where somebody was, tells counts for a day: until the next check, or until the network may have changed.
const LOOK_FRESH_MS: u64 = 24 * 60 * 60 * 1000;
/// By what name, or which port, the world comes changes slowly, and small companies have few people outside: a month.
const ARRIVAL_FRESH_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// One for each rule, in the order of [`Rule::ALL`].
const RULES: [fn(&Evidence) -> Vec<Finding>; Rule::ALL.len()] = [
    f1::findings,
    f2::findings,
    p1::findings,
    p2::findings,
    p3::findings,
    h1::findings,
    h2::findings,
    n1::findings,
    n2::findings,
    n3::findings,
    n4::findings,
    ra::findings,
    rb::findings,
    rc::findings,
    rd::findings,
    re::findings,
    rf::findings,
    rg::findings,
    rh::findings,
    ri::findings,
    rj::findings,
    rk::findings,
    rl::findings,
];

/// All that is wrong, as far as the evidence tells: the worst first, and among equals in the order of the rules. The same evidence gives
/// the same findings.
#[must_use]
pub fn diagnose(evidence: &Evidence) -> Vec<Finding> {
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(evidence)).collect();
    cascade::prune(evidence, &mut findings);
    findings.sort_by(|a, b| (b.severity, order(a)).cmp(&(a.severity, order(b))));
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut seen = std::collections::BTreeSet::new();
    for finding in findings {
        if seen.insert((finding.fault, finding.subject.clone())) {
            kept.push(finding);
        }
    }
    kept
}

/// In which order findings of one severity stand.
fn order(finding: &Finding) -> (Rule, Fault, &Subject) {
    (finding.fault.rule(), finding.fault, &finding.subject)
}

/// Whether something that was seen then still counts. What came "later than now" is a clock's small error.
fn is_fresh(evidence: &Evidence, at: UnixMs, fresh_ms: u64) -> bool {
    evidence.taken_at.since(at) <= fresh_ms
}

/// What works makes it good to know; what does not work is worse.
fn note_if(works: bool) -> Severity {
    if works { Severity::Note } else { Severity::Warning }
}
