//! Running figures, told of the time since the last look.

use std::collections::BTreeMap;

use model::LegId;
use model::quality::StreamReport;

/// What was received of each of one's legs at the last look, so that loss is told of the time since then.
#[derive(Debug, Default)]
pub(super) struct Looks {
    seen: BTreeMap<LegId, (u64, u64)>,
    /// Figures come every second, and are told every other time.
    passed_over: BTreeMap<LegId, bool>,
}

/// More legs than anybody has at once.
const LOOKS_MAX: usize = 32;

impl Looks {
    /// Whether it is time to tell of a leg.
    pub(super) fn is_due(&mut self, leg: LegId) -> bool {
        let passed_over = self.passed_over.entry(leg).or_insert(true);
        let is_due = *passed_over;
        *passed_over = !is_due;
        if self.passed_over.len() > LOOKS_MAX {
            self.passed_over.pop_first();
        }
        is_due
    }

    /// Packets lost since the last look, in percent.
    pub(super) fn loss_percent(&mut self, leg: LegId, stream: &StreamReport) -> f32 {
        let (packets, lost) = self.seen.insert(leg, (stream.packets, stream.lost)).unwrap_or_default();
        if self.seen.len() > LOOKS_MAX {
            self.seen.pop_first();
        }
        let (packets, lost) = (stream.packets.saturating_sub(packets), stream.lost.saturating_sub(lost));
        #[expect(clippy::cast_precision_loss, reason = "a percentage")]
        let percent = lost as f32 * 100.0 / (packets + lost).max(1) as f32;
        percent
    }
}
