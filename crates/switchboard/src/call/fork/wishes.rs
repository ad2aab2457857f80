//! What the called person wants, in the app, of the phones that ring, and of those that do not.

use std::time::Instant;

use model::{DeviceId, LegId};

use super::{Fork, Forked, Verdict};
use crate::call::leg::Parting;
use crate::call::{ANSWERING_MAX, Branch, Cause, Effects, HangUp, News};
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
        if let Some(shift) = &mut self.shift {
            // Its person has answered: it is their turn until it is up.
            (shift.ends, shift.reacts_by) = (shift.ends.max(fx.now + ANSWERING_MAX), None);
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

    /// News of a phone that is not called: its person declines, or it is there no more.
    pub(super) fn handle_uncalled(&mut self, leg: LegId, news: &News, fx: &mut Effects<'_>) -> Forked {
        let is_it = |branch: &Branch| branch.legs().any(|id| id == leg);
        match news {
            News::Removed => {
                self.waiting.retain(|(_, branch)| !is_it(branch));
                let silent = self.silent.len();
                self.silent.retain(|branch| !is_it(branch));
                if self.silent.len() < silent {
                    self.look_on(fx)
                } else {
                    Forked::Nothing
                }
            }
            News::HungUp { how: HangUp::Asked } => {
                let party = self.silent.iter().find(|branch| is_it(branch)).map(|branch| branch.party.clone());
                party.map_or(Forked::Nothing, |party| self.dismiss(&party, fx))
            }
            _ => Forked::Nothing,
        }
    }
}
