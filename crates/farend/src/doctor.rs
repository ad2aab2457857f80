//! What is wrong with the audio, known at any time: one task puts the evidence together, off every call's path, and asks the rules of
//! `doctor` what follows.
//!
//! ```text
//!   how the world reaches us (`reach`) ──┐
//!   lines of trunks, registered phones ──┤
//!   who comes from where, by which name ─┼─► Evidence ─► rules ─► history ─► Report ─► administrators, metrics
//!   certificate, forwarded port ─────────┤                          │
//!   checks, calls ───────────────────────┘                          └─► the database, for later and for `farend doctor`
//! ```
//!
//! A look every two seconds while something changes, else every ten. Nothing waits for this task, and it asks nobody who has to wait.

mod arrivals;
mod calls;
mod forward;
mod gathering;
mod lines;
mod links;
mod office;
mod open;
mod people;
mod report;
mod shown;
mod since;
mod strangers;
mod task;
pub(crate) mod told;
mod unheard;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use doctor::evidence::{Call, Check, UnixMs};
use model::UserId;
use model::quality::LegReport;
use tokio::sync::{mpsc, watch};

use self::arrivals::{Arrival, Arrivals};
use self::calls::Calls;
pub use self::report::{Counts, Report};
pub(crate) use self::strangers::{Door, Strangers};
pub(crate) use self::task::{Sources, start};
use crate::spent::Spent;

/// Everything is not looked at anew more often than that on demand.
const RETEST_EVERY_MIN: Duration = Duration::from_secs(10);

/// The way to what is known, and for those who see something. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Doctor(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    arrivals: Mutex<Arrivals>,
    calls: Mutex<Calls>,
    strangers: Arc<Strangers>,
    report: watch::Sender<Arc<Report>>,
    /// Something has happened that a look may be worth; `true`: everything is wanted anew.
    nudge: mpsc::Sender<bool>,
    retested: Mutex<Option<Instant>>,
    spent: Spent,
}

/// A look that would be too soon after the last one: how long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSoon(pub Duration);

impl Doctor {
    fn new(nudge: mpsc::Sender<bool>) -> Self {
        Self(Arc::new(Inner {
            arrivals: Mutex::default(),
            calls: Mutex::default(),
            strangers: Arc::default(),
            report: watch::channel(Arc::default()).0,
            nudge,
            retested: Mutex::default(),
            spent: Spent::default(),
        }))
    }

    /// One that nobody drives: it remembers who has come, and finds nothing.
    #[must_use]
    pub fn unattended() -> Self {
        Self::new(mpsc::channel(1).0)
    }

    /// What is known now.
    #[must_use]
    pub fn report(&self) -> Arc<Report> {
        Arc::clone(&self.0.report.borrow())
    }

    /// What it costs to find out what is wrong, without the probes.
    pub(crate) fn spent(&self) -> &Spent {
        &self.0.spent
    }

    /// What is known now, in place of what its task has found out: for tests.
    pub fn publish(&self, report: Report) {
        self.0.report.send_replace(Arc::new(report));
    }

    /// Looks at everything anew.
    ///
    /// # Errors
    ///
    /// [`TooSoon`].
    pub fn retest(&self, now: Instant) -> Result<(), TooSoon> {
        let mut last = self.0.retested.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = last.map(|last| (last + RETEST_EVERY_MIN).saturating_duration_since(now));
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            return Err(TooSoon(wait));
        }
        *last = Some(now);
        self.nudge(true);
        Ok(())
    }

    /// A person's browser has come, signed in, by a page of this host.
    pub(crate) fn arrived(&self, user: UserId, peer: IpAddr, local: IpAddr, host: &str) {
        let arrival = Arrival { user, peer, local, host };
        if self.arrivals(|arrivals| arrivals.note(arrival, now())) {
            self.nudge(false);
        }
    }

    /// How a leg of a person's call goes.
    pub(crate) fn measured(&self, user: UserId, report: &LegReport) {
        // The signalling loop tells it, and waits for nobody: the next report is near.
        if let Ok(mut arrivals) = self.0.arrivals.try_lock() {
            arrivals.measured(user, report);
        }
    }

    /// A check of a person's browser has ended, which has come from there; `check` with its number in the database, where it is kept.
    pub fn checked(&self, user: UserId, (peer, local): (IpAddr, IpAddr), host: &str, check: (Option<u64>, Check)) {
        let arrival = Arrival { user, peer, local, host };
        self.arrivals(|arrivals| arrivals.checked(arrival, check, now()));
        self.nudge(false);
    }

    /// How a call's audio is now, or was at its end: whoever watches it tells on every change.
    pub fn call(&self, call: Call) {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).note(call, now());
        self.nudge(false);
    }

    /// Calls that run or have ended lately.
    fn calls(&self, at: UnixMs) -> Vec<Call> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).told(at)
    }

    /// Counts who knocks at SIP's ports.
    pub(crate) fn strangers(&self) -> Arc<Strangers> {
        Arc::clone(&self.0.strangers)
    }

    /// A short look; never held across an await.
    fn arrivals<T>(&self, look: impl FnOnce(&mut Arrivals) -> T) -> T {
        look(&mut self.0.arrivals.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn nudge(&self, everything: bool) {
        // When others wait already, the look that they wait for will do.
        let _waiting = self.0.nudge.try_send(everything);
    }
}

/// The clock on the wall.
pub(crate) fn now() -> UnixMs {
    unix_ms(time::OffsetDateTime::now_utc())
}

pub(crate) fn unix_ms(at: time::OffsetDateTime) -> UnixMs {
    UnixMs(i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_looked_at_anew_every_ten_seconds_at_most() {
        let (nudge, mut nudges) = mpsc::channel(1);
        let doctor = Doctor::new(nudge);
        let now = Instant::now();
        assert_eq!(doctor.retest(now), Ok(()));
        assert_eq!(nudges.try_recv(), Ok(true));
        assert_eq!(doctor.retest(now + Duration::from_secs(7)), Err(TooSoon(Duration::from_secs(3))));
        assert!(nudges.try_recv().is_err());
        assert_eq!(doctor.retest(now + RETEST_EVERY_MIN), Ok(()));
    }

    #[test]
    fn only_what_is_new_of_an_arrival_makes_for_a_look() {
        let (nudge, mut nudges) = mpsc::channel(4);
        let doctor = Doctor::new(nudge);
        let (peer, local) = (IpAddr::from([198, 51, 100, 7]), IpAddr::from([192, 168, 1, 10]));
        for _ in 0..3 {
            doctor.arrived(UserId(1), peer, local, "pbx");
        }
        assert_eq!(nudges.try_recv(), Ok(false));
        assert!(nudges.try_recv().is_err());
    }
}
