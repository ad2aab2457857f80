//! Running figures, told of the time since the last look.

use std::collections::BTreeMap;

use model::LegId;
use model::quality::StreamReport;

/// What was received of each of one's legs at the last look, so that loss is told of the time since then.
#[derive(Debug, Default)]
pub(super) struct Looks(BTreeMap<LegId, (u64, u64)>);

/// More legs than anybody has at once.
const LOOKS_MAX: usize = 32;

impl Looks {
    /// Packets lost since the last look, in percent.
    pub(super) fn loss_percent(&mut self, leg: LegId, stream: &StreamReport) -> f32 {
        let (packets, lost) = self.0.insert(leg, (stream.packets, stream.lost)).unwrap_or_default();
        if self.0.len() > LOOKS_MAX {
            self.0.pop_first();
        }
        let (packets, lost) = (stream.packets.saturating_sub(packets), stream.lost.saturating_sub(lost));
        #[expect(clippy::cast_precision_loss, reason = "a percentage")]
        let percent = lost as f32 * 100.0 / (packets + lost).max(1) as f32;
        percent
    }
}
