//! One queue of deadlines for all legs.
//!
//! Each leg has one deadline, the earliest of all that it waits for. An entry is made only when that deadline moves
//! forward; one that has moved back is found out when its old entry comes up. So packets, which keep moving deadlines
//! back, cost nothing here.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

use model::LegId;
use rustc_hash::FxHashMap;
use slab::Slab;

use crate::leg::{Handle, Leg};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Timers(BinaryHeap<Reverse<(Instant, LegId)>>);

impl Timers {
    /// Makes sure that the leg comes up when it is due.
    pub(super) fn schedule(&mut self, leg: &mut Leg) {
        let due = leg.due();
        if leg.scheduled.is_none_or(|at| due < at) {
            leg.scheduled = Some(due);
            self.0.push(Reverse((due, leg.id)));
        }
    }

    /// The next leg whose entry is due. It must be scheduled again.
    pub(super) fn pop_due(&mut self, now: Instant, by_id: &FxHashMap<LegId, Handle>, legs: &mut Slab<Leg>) -> Option<Handle> {
        while self.0.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            let Reverse((at, id)) = self.0.pop()?;
            let Some(handle) = by_id.get(&id).copied() else { continue };
            let leg = &mut legs[handle];
            if leg.scheduled == Some(at) {
                leg.scheduled = None;
                return Some(handle);
            }
        }
        None
    }

    /// When the next entry is due.
    pub(super) fn next(&mut self, by_id: &FxHashMap<LegId, Handle>, legs: &Slab<Leg>) -> Option<Instant> {
        loop {
            let Reverse((at, id)) = *self.0.peek()?;
            if by_id.get(&id).is_some_and(|handle| legs[*handle].scheduled == Some(at)) {
                return Some(at);
            }
            self.0.pop();
        }
    }
}
