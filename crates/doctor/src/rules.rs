//! The rules of home working, each a small module: which evidence it asks for, and what follows.

use crate::evidence::Evidence;
use crate::finding::Finding;

/// All that is wrong, as far as the evidence tells: the worst first, and among equals in the order of the rules. The same evidence gives the same
/// findings.
#[must_use]
pub fn diagnose(evidence: &Evidence) -> Vec<Finding> {
    let _ = evidence;
    Vec::new()
}
