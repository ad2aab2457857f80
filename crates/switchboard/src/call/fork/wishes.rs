//! What the called person wants, in the app, of the phones that ring, and of those that do not.

use std::time::Instant;

use model::{DeviceId, LegId};

use super::{Fork, Forked, Verdict};
use crate::call::leg::Parting;
use crate::call::{Branch, Cause, Effects, HangUp, News};
use crate::core::Party;

impl Fork {
    /// Rings no longer than until then.
    pub(in crate::call) fn limit(mut self, until: Instant) -> Self {
        self.until = until;
        self
    }

    /// People whose phones are silent, with their legs to be.
    pub(in crate::call) fn silent(&self) -> impl Iterator<Item = (LegId, &Party)> {
        self.silent.iter().map(|branch| (branch.leg, &branch.party))
    }

    /// Calls one of the phones once more, as it answers by itself now; or one that has not rung.
    pub(in crate::call) fn call_again(&mut self, device: DeviceId, branches: Vec<Branch>, fx: &mut Effects<'_>) {
        self.silent.retain(|branch| branch.party.device != Some(device));
        self.waiting.retain(|(_, branch)| branch.party.device != Some(device));
        for rung in self.branches.extract_if(.., |branch| branch.party.device == Some(device)) {
            self.reserves.remove(&rung.id);
            rung.close(Parting::Because(Cause::COMPLETED_ELSEWHERE), fx);
        }
        for branch in branches {
            self.call(branch, fx);
        }
    }

    /// Somebody declines: none of their phones rings any more.
    pub(super) fn dismiss(&mut self, party: &Party, fx: &mut Effects<'_>) -> Forked {
        self.silence(party, fx);
        let verdict = if self.is_team { Verdict::NoAnswer } else { Verdict::Declined };
        self.verdict = self.verdict.max(verdict);
        self.advance(fx);
        self.look_on(fx)
    }

    /// Of a phone that is not called there is one piece of news: its person declines.
    pub(super) fn handle_silent(&mut self, leg: LegId, news: &News, fx: &mut Effects<'_>) -> Forked {
        let declined = self
            .silent
            .iter()
            .find(|branch| branch.leg == leg)
            .map(|branch| branch.party.clone());
        match (declined, news) {
            (Some(party), News::HungUp { how: HangUp::Asked }) => self.dismiss(&party, fx),
            (Some(_) | None, _) => Forked::Nothing,
        }
    }
}
