//! Colleagues who answer a ringing call in the place of those it rings at.

use std::time::Instant;

use super::{Fork, Forked};
use crate::call::leg::Parting;
use crate::call::picking::{Picker, Pickers, Waiting};
use crate::call::{Cause, Effects, News};
use model::LegId;

impl Fork {
    /// Somebody who was not called wants it. `false`: too many do. It rings on, for as long as that takes.
    pub(in crate::call) fn pick_up(&mut self, picker: Picker, fx: &mut Effects<'_>) -> bool {
        let waiting = Waiting {
            from: &self.from,
            side: self.side,
            toward: self.toward,
        };
        if !self.pickers.begin(picker, &waiting, fx) {
            return false;
        }
        self.stay_until(self.pickers.deadline());
        true
    }

    pub(in crate::call) fn pickers(&self) -> &Pickers {
        &self.pickers
    }

    /// Whoever is on their way is waited for.
    fn stay_until(&mut self, due: Option<Instant>) {
        let Some(due) = due else { return };
        self.until = self.until.max(due);
        if let Some(at) = &mut self.overflow_at {
            *at = (*at).max(due);
        }
        if let Some(shift) = &mut self.shift {
            (shift.ends, shift.reacts_by) = (shift.ends.max(due), None);
        }
    }

    /// News of one who picks up.
    pub(super) fn handle_picker(&mut self, leg: LegId, news: News, fx: &mut Effects<'_>) -> Forked {
        match self.pickers.handle(leg, news, fx) {
            Some(winner) => {
                self.cancel(Parting::Because(Cause::COMPLETED_ELSEWHERE), fx);
                Forked::Answered(Box::new(winner))
            }
            None => {
                self.stay_until(self.pickers.deadline());
                self.look_on(fx)
            }
        }
    }
}
