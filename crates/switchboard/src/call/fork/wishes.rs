//! What the called person wants, in the app, of the phones that ring.

use std::time::Instant;

use model::DeviceId;

use super::{Fork, Forked, Verdict};
use crate::call::leg::Parting;
use crate::call::{Branch, Cause, Effects};

impl Fork {
    /// Rings no longer than until then.
    pub(in crate::call) fn limit(mut self, until: Instant) -> Self {
        self.until = until;
        self
    }

    /// Calls one of the phones once more, as it answers by itself now; or one that has not rung.
    pub(in crate::call) fn call_again(&mut self, device: DeviceId, branches: Vec<Branch>, fx: &mut Effects<'_>) {
        for rung in self.branches.extract_if(.., |branch| branch.party.device == Some(device)) {
            self.reserves.remove(&rung.id);
            rung.close(Parting::Because(Cause::COMPLETED_ELSEWHERE), fx);
        }
        self.call(branches, fx);
    }

    /// The person at this phone declines: none of their phones rings any more.
    pub(super) fn dismiss(&mut self, index: usize, fx: &mut Effects<'_>) -> Forked {
        let person = self.branches[index].party.user;
        for theirs in self.branches.extract_if(.., |branch| branch.party.user == person) {
            self.reserves.remove(&theirs.id);
            theirs.close(Parting::Because(Cause::DECLINED_ELSEWHERE), fx);
        }
        if self.branches.is_empty() {
            Forked::Failed(Verdict::Declined)
        } else {
            Forked::Nothing
        }
    }
}
