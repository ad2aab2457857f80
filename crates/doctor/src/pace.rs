//! How often somebody may do something: a bucket of tokens each, in a table that is bounded.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// What everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// So much at once.
    pub burst: u32,
    /// Every so often one more.
    pub every: Duration,
    /// Whoever is looked at; the one who has asked for nothing for longest gives way to another.
    pub keys_max: usize,
}

/// A bucket for each key. One that has had time to fill is forgotten: it is as good as new.
#[derive(Clone, Debug)]
pub struct Buckets<K> {
    pace: Pace,
    buckets: BTreeMap<K, Bucket>,
    /// The same by their last use.
    by_age: BTreeSet<(Instant, K)>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// When it would be full if nothing more were taken.
    full_at: Instant,
    used_at: Instant,
}

impl<K: Ord + Clone> Buckets<K> {
    /// All are full.
    #[must_use]
    pub fn new(pace: Pace) -> Self {
        Self {
            pace,
            buckets: BTreeMap::new(),
            by_age: BTreeSet::new(),
        }
    }

    /// Whether there is one in somebody's bucket.
    ///
    /// # Errors
    ///
    /// How long to wait when there is none.
    pub fn has(&self, key: &K, now: Instant) -> Result<(), Duration> {
        let full_at = self.buckets.get(key).map_or(now, |bucket| bucket.full_at.max(now));
        let (after, room) = (full_at + self.pace.every, now + self.whole());
        if after > room { Err(after - room) } else { Ok(()) }
    }

    /// Takes one out of somebody's bucket.
    ///
    /// # Errors
    ///
    /// How long to wait when there is none.
    pub fn take(&mut self, key: &K, now: Instant) -> Result<(), Duration> {
        self.forget(now);
        self.has(key, now)?;
        let full_at = self.buckets.get(key).map_or(now, |bucket| bucket.full_at.max(now));
        let after = full_at + self.pace.every;
        if let Some(bucket) = self.buckets.remove(key) {
            self.by_age.remove(&(bucket.used_at, key.clone()));
        } else if self.buckets.len() >= self.pace.keys_max
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.buckets.remove(&oldest);
        }
        self.buckets.insert(
            key.clone(),
            Bucket {
                full_at: after,
                used_at: now,
            },
        );
        self.by_age.insert((now, key.clone()));
        Ok(())
    }

    /// Keys that are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buckets.len()
    }

    /// Whether nobody is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// So long an empty bucket takes to fill.
    fn whole(&self) -> Duration {
        self.pace.every * self.pace.burst
    }

    /// A bucket is full at the latest when all of it has had time to come.
    fn forget(&mut self, now: Instant) {
        let whole = self.whole();
        while self
            .by_age
            .first()
            .is_some_and(|(used_at, _)| now.saturating_duration_since(*used_at) >= whole)
        {
            if let Some((_, key)) = self.by_age.pop_first() {
                self.buckets.remove(&key);
            }
        }
    }
}

/// Whom an address stands for: one household has a whole IPv6 /64.
#[must_use]
pub fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        burst: 3,
        every: Duration::from_secs(2),
        keys_max: 4,
    };

    #[allow(clippy::disallowed_methods, reason = "a test's clock begins somewhere")]
    fn now() -> Instant {
        Instant::now()
    }

    #[test]
    fn a_burst_is_let_through_and_then_one_for_every_interval() {
        let (mut buckets, now) = (Buckets::new(PACE), now());
        for _ in 0..3 {
            assert_eq!(buckets.take(&1, now), Ok(()));
        }
        assert_eq!(buckets.take(&1, now), Err(Duration::from_secs(2)));
        assert_eq!(buckets.take(&2, now), Ok(()), "others have buckets of their own");
        let later = now + Duration::from_millis(1_500);
        assert_eq!(buckets.take(&1, later), Err(Duration::from_millis(500)));
        let later = now + Duration::from_secs(2);
        assert_eq!(buckets.take(&1, later), Ok(()));
        assert_eq!(buckets.take(&1, later), Err(Duration::from_secs(2)));
    }

    #[test]
    fn whoever_has_waited_is_forgotten_and_has_a_full_bucket() {
        let (mut buckets, now) = (Buckets::new(PACE), now());
        assert_eq!(buckets.take(&1, now), Ok(()));
        let later = now + Duration::from_secs(6);
        assert_eq!(buckets.take(&2, later), Ok(()));
        assert_eq!(buckets.len(), 1);
        for _ in 0..3 {
            assert_eq!(buckets.take(&1, later), Ok(()));
        }
    }

    #[test]
    fn the_table_is_bounded_and_the_one_unused_for_longest_gives_way() {
        let (mut buckets, now) = (Buckets::new(PACE), now());
        for key in 0..100 {
            assert_eq!(buckets.take(&key, now + Duration::from_millis(key)), Ok(()));
            assert!(buckets.len() <= PACE.keys_max);
        }
        assert_eq!(buckets.len(), PACE.keys_max);
        // Two are left in the bucket of the last one.
        let now = now + Duration::from_millis(100);
        assert!(buckets.take(&99, now).is_ok() && buckets.take(&99, now).is_ok());
        assert!(buckets.take(&99, now).is_err());
    }

    #[test]
    fn a_household_has_one_address_of_ipv4_or_a_network_of_ipv6() {
        let household = |text: &str| household(text.parse().unwrap()).to_string();
        assert_eq!(household("192.0.2.7"), "192.0.2.7");
        assert_eq!(household("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(household("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
