//! Legs that are recorded: what their peers say goes to a recorder as well.

use std::time::Instant;

use model::control::Source;

use super::{Engine, Outbox, Said};
use crate::audio::codec::Codec;
use crate::leg::inbound::Came;
use crate::leg::{Handle, Leg};
use crate::sdp::negotiate::{listens, talks};

impl Engine {
    /// One packet of a leg, for its recording if it has one. `payload` is empty for a packet that is not passed on.
    pub(super) fn record(&self, handle: Handle, codec: Codec, came: &Came<'_>, payload: &[u8], now: Instant, outbox: &mut impl Outbox) {
        let leg = &self.legs[handle];
        let Some(track) = leg.track.filter(|_| self.may_be_heard(leg)) else {
            return;
        };
        let said = Said {
            leg: leg.id,
            codec,
            ssrc: came.ssrc,
            sequence: came.sequence,
            timestamp: came.timestamp,
            marker: came.marker,
            payload,
            at: now,
        };
        outbox.record(track, &said);
    }

    /// Whether somebody else in the call may hear what the leg's peer says: what is said while on hold, or muted in a conference, is nobody's
    /// business. Who hears a prompt for a moment counts as somebody who hears.
    fn may_be_heard(&self, leg: &Leg) -> bool {
        let agreed = |leg: &Leg| leg.dialogue.agreed().map(|agreed| agreed.direction);
        let hears = |listener: &Handle| agreed(&self.legs[*listener]).is_some_and(listens);
        agreed(leg).is_some_and(talks) && (leg.source == Source::Conference { is_muted: false } || leg.listeners.iter().any(hears))
    }
}
