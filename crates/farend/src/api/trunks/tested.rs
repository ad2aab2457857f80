//! Tests of trunks as they stand, and the way to whoever makes them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::TrunkId;
use switchboard::trunks::{CheckReport, Finding};
use time::OffsetDateTime;

/// Asks for the test of a trunk. Cheap to clone.
#[derive(Clone)]
pub struct Tester(Arc<dyn Fn(TrunkId, Option<String>) -> bool + Send + Sync>);

impl Tester {
    /// `ask` gets the trunk and whom an echo call goes to; it must not wait, and says whether it could ask.
    pub fn new(ask: impl Fn(TrunkId, Option<String>) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    pub(super) fn ask(&self, trunk: TrunkId, echo_number: Option<String>) -> bool {
        (self.0)(trunk, echo_number)
    }
}

impl fmt::Debug for Tester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tester").finish_non_exhaustive()
    }
}

/// The last test of each trunk; there are as many as there are trunks.
#[derive(Debug, Default)]
pub(crate) struct Tests(Mutex<BTreeMap<TrunkId, Tested>>);

/// A test.
#[derive(Clone, Debug)]
pub(super) struct Tested {
    pub(super) started_at: OffsetDateTime,
    /// The users of the trunk's accounts, as they were.
    pub(super) accounts: Vec<String>,
    pub(super) report: CheckReport,
}

/// The trunk is being tested already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Busy;

impl Tests {
    /// From now on this is the trunk's test, unless one is running.
    pub(super) fn begin(&self, trunk: TrunkId, test: Tested) -> Result<(), Busy> {
        let mut tests = self.lock();
        if tests.get(&trunk).is_some_and(|test| test.report.is_running) {
            return Err(Busy);
        }
        tests.insert(trunk, test);
        Ok(())
    }

    pub(super) fn last(&self, trunk: TrunkId) -> Option<Tested> {
        self.lock().get(&trunk).cloned()
    }

    pub(super) fn forget(&self, trunk: TrunkId) {
        self.lock().remove(&trunk);
    }

    /// For the signalling thread: a test goes on, or is over.
    pub(crate) fn go_on(&self, trunk: TrunkId, report: &CheckReport) {
        if let Some(test) = self.lock().get_mut(&trunk) {
            test.report = report.clone();
        }
    }

    /// For the signalling thread: a test could not go on.
    pub(crate) fn end(&self, trunk: TrunkId, why: &Finding) {
        if let Some(test) = self.lock().get_mut(&trunk) {
            test.report = test.report.clone().without(why);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<TrunkId, Tested>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
