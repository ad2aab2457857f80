//! How many allocations there may be: for each user, and in all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts allocations over all threads; cheap to clone. Looked at when an allocation begins and ends, never for a packet.
#[derive(Clone, Debug)]
pub struct Quotas {
    counts: Arc<Mutex<Counts>>,
    per_user_max: usize,
    total_max: usize,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    by_user: BTreeMap<Box<str>, usize>,
}

/// One allocation's place; free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    user: Box<str>,
    counts: Arc<Mutex<Counts>>,
}

impl Quotas {
    /// So many allocations of one user, and of all together.
    #[must_use]
    pub fn new(per_user_max: usize, total_max: usize) -> Self {
        Self {
            counts: Arc::default(),
            per_user_max,
            total_max,
        }
    }

    /// A place for an allocation of this user; `None` when there is none.
    #[must_use]
    pub fn take(&self, user: &str) -> Option<Place> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let own = counts.by_user.get(user).copied().unwrap_or_default();
        if counts.total >= self.total_max || own >= self.per_user_max {
            return None;
        }
        counts.total += 1;
        counts.by_user.insert(user.into(), own + 1);
        Some(Place {
            user: user.into(),
            counts: Arc::clone(&self.counts),
        })
    }

    /// Allocations now.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).total
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.total -= 1;
        if let Some(own) = counts.by_user.get_mut(&self.user) {
            *own -= 1;
            if *own == 0 {
                counts.by_user.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_user_and_all_together_have_their_limit() {
        let quotas = Quotas::new(2, 3);
        let first = quotas.take("1").unwrap();
        let _second = quotas.take("1").unwrap();
        assert!(quotas.take("1").is_none(), "one user");
        let _third = quotas.take("2").unwrap();
        assert!(quotas.take("3").is_none(), "all together");
        drop(first);
        let fourth = quotas.take("3").unwrap();
        assert_eq!(quotas.taken(), 3);
        drop(fourth);
        assert_eq!(
            quotas.counts.lock().unwrap().by_user.len(),
            2,
            "users without allocations are forgotten"
        );
    }
}
