//! What work beside the calls costs: CPU time of the threads that do it, for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// CPU time of one sort of work. Asking for it costs two calls of the kernel each time: for what is done seldom.
#[derive(Debug, Default)]
pub(crate) struct Spent {
    nanoseconds: AtomicU64,
}

impl Spent {
    /// Does the work, which must not wait, and counts it.
    pub(crate) fn on<T>(&self, work: impl FnOnce() -> T) -> T {
        let begun = this_thread();
        let done = work();
        let spent = this_thread().saturating_sub(begun).as_nanos();
        self.nanoseconds
            .fetch_add(u64::try_from(spent).unwrap_or(u64::MAX), Ordering::Relaxed);
        done
    }

    /// All of it so far.
    pub(crate) fn total(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed))
    }
}

/// CPU time of this thread so far.
fn this_thread() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_counts_and_waiting_does_not() {
        let spent = Spent::default();
        let begun = this_thread();
        let sum = spent.on(|| (0..2_000_000_u64).fold(0_u64, |sum, n| std::hint::black_box(sum.wrapping_mul(31).wrapping_add(n))));
        let all = this_thread().saturating_sub(begun);
        assert_ne!(sum, 0);
        assert!(spent.total() > Duration::ZERO);
        assert!(spent.total() <= all, "{:?} of {all:?}", spent.total());
        let (before, (_sender, nothing)) = (spent.total(), std::sync::mpsc::channel::<()>());
        spent.on(|| nothing.recv_timeout(Duration::from_millis(50)).unwrap_err());
        assert!(spent.total() - before < Duration::from_millis(25), "{:?}", spent.total() - before);
    }
}
