//! How much of something there may be in time.

use std::time::{Duration, Instant};

/// What a client may relay in each direction, in bytes per second: 1 Mbit/s, ten times what audio needs.
pub const RATE_BYTES_PER_S: u32 = 125_000;

/// What may come at once, in bytes: a second of audio that a lossy way has held back.
pub const BURST_BYTES: u32 = 32 * 1024;

/// A token bucket, kept as the time at which it will be full again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    each: Duration,
    depth: Duration,
    full: Instant,
}

impl Bucket {
    /// A full one.
    pub(crate) fn new(per_s: u32, burst: u32, now: Instant) -> Self {
        let each = Duration::from_secs(1) / per_s;
        Self {
            each,
            depth: each * burst,
            full: now,
        }
    }

    /// Takes so many, or none.
    pub(crate) fn take(&mut self, count: u32, now: Instant) -> bool {
        let full = self.full.max(now) + self.each * count;
        if full - now > self.depth {
            return false;
        }
        self.full = full;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "an origin for simulated time")]
    fn a_burst_and_then_the_rate() {
        let now = Instant::now();
        let mut bucket = Bucket::new(RATE_BYTES_PER_S, BURST_BYTES, now);
        assert!(!bucket.take(BURST_BYTES + 1, now));
        assert!(bucket.take(BURST_BYTES, now));
        assert!(!bucket.take(1, now));
        assert!(!bucket.take(RATE_BYTES_PER_S / 10 + 1, now + Duration::from_millis(100)));
        assert!(bucket.take(RATE_BYTES_PER_S / 10, now + Duration::from_millis(100)));
        assert!(bucket.take(BURST_BYTES, now + Duration::from_secs(3600)));
        assert!(
            !bucket.take(1, now + Duration::from_secs(3600)),
            "what was not used is not saved up"
        );
    }
}
