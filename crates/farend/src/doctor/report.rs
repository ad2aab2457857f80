//! What is known at one moment.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use doctor::evidence::{Evidence, UnixMs};
use doctor::finding::Severity;

use crate::store::Kept;

/// What was found when everything was looked at last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Then; `None` before the first look.
    pub looked_at: Option<UnixMs>,
    /// What is wrong, the worst first.
    pub open: Vec<Kept>,
    /// By what that was found.
    pub evidence: Arc<Evidence>,
    /// Checks of browsers, as the database numbers them, by person and address.
    pub checks: BTreeMap<(String, IpAddr), u64>,
}

impl Report {
    /// The check of a browser that somebody's network has had last.
    pub(crate) fn check_of(&self, extension: &str, address: IpAddr) -> Option<u64> {
        self.checks.get(&(extension.to_owned(), address)).copied()
    }
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Somebody has no audio, or cannot call.
    pub problem: u32,
    /// Calls have audio, but not as they could.
    pub warning: u32,
    /// Good to know.
    pub note: u32,
}

impl Counts {
    /// Of these.
    #[must_use]
    pub fn of(open: &[Kept]) -> Self {
        let mut counts = Self::default();
        for kept in open {
            match kept.finding.severity {
                Severity::Problem => counts.problem += 1,
                Severity::Warning => counts.warning += 1,
                Severity::Note => counts.note += 1,
            }
        }
        counts
    }
}
