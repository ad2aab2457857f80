//! Calls whose audio somebody watches, for as long as the evidence needs them.

use std::collections::BTreeMap;

use doctor::evidence::{Call, UnixMs};

/// Calls that are remembered; one that has ended goes before one that runs.
const CALLS_MAX: usize = 2_048;

/// A call that has ended counts so much longer, in milliseconds.
const KEPT_MS: u64 = 10 * 60 * 1_000;

#[derive(Debug, Default)]
pub(super) struct Calls(BTreeMap<u64, Call>);

impl Calls {
    /// A call is so now.
    pub(super) fn note(&mut self, call: Call, now: UnixMs) {
        if self.0.len() >= CALLS_MAX && !self.0.contains_key(&call.id) {
            self.forget(now);
        }
        if self.0.len() >= CALLS_MAX && !self.0.contains_key(&call.id) {
            let oldest = self.0.values().min_by_key(|call| (call.ended_at.is_none(), call.answered_at));
            if let Some(oldest) = oldest.map(|call| call.id) {
                self.0.remove(&oldest);
            }
        }
        self.0.insert(call.id, call);
    }

    /// For the evidence.
    pub(super) fn told(&mut self, now: UnixMs) -> Vec<Call> {
        self.forget(now);
        self.0.values().cloned().collect()
    }

    fn forget(&mut self, now: UnixMs) {
        self.0
            .retain(|_, call| call.ended_at.is_none_or(|ended| now.since(ended) <= KEPT_MS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(id: u64, ended_at: Option<i64>) -> Call {
        Call {
            id,
            answered_at: UnixMs(i64::try_from(id).unwrap()),
            ended_at: ended_at.map(UnixMs),
            ..Call::default()
        }
    }

    #[test]
    fn a_call_that_has_ended_counts_for_ten_minutes_more() {
        let mut calls = Calls::default();
        calls.note(call(1, None), UnixMs(5));
        calls.note(call(1, Some(10)), UnixMs(10));
        let last = 10 + i64::try_from(KEPT_MS).unwrap();
        assert_eq!(calls.told(UnixMs(last)).len(), 1);
        assert!(calls.told(UnixMs(last + 1)).is_empty());
    }

    #[test]
    fn the_oldest_call_that_has_ended_makes_room() {
        let mut calls = Calls::default();
        let max = u64::try_from(CALLS_MAX).unwrap();
        for id in 0..=max {
            calls.note(call(id, (id == 7).then_some(9)), UnixMs(9));
        }
        assert_eq!(calls.0.len(), CALLS_MAX);
        assert!(!calls.0.contains_key(&7) && calls.0.contains_key(&0));
        calls.note(call(max + 1, None), UnixMs(9));
        assert!(!calls.0.contains_key(&0) && calls.0.len() == CALLS_MAX);
    }
}
