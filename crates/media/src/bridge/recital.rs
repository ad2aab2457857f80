//! Sounds that are played to a leg once, in place of what it hears; then it hears that again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::feed::{Feed, Ticks};
use super::{Outbound, Wire};
use crate::audio::codec::Codec;
use crate::engine::Outbox;
use crate::leg::dialogue::Agreement;
use crate::sdp::negotiate::listens;
use crate::sounds::Clip;

/// See the module.
pub(super) struct Recital {
    /// How it was named.
    pub(super) number: u32,
    /// Those that are not over yet.
    clips: VecDeque<Arc<Clip>>,
    /// Of the first of them.
    frame: usize,
    /// In which codec, once one is agreed upon.
    pub(super) timing: Option<Timing>,
}

/// In which codec frames are sent, and when.
#[derive(Clone, Copy)]
pub(super) struct Timing {
    pub(super) codec: Codec,
    pub(super) clock: Ticks,
}

impl Recital {
    /// The next frame: which clip's, and its number.
    fn next(&mut self) -> Option<(Arc<Clip>, usize)> {
        while let Some(clip) = self.clips.front() {
            let frame = self.frame;
            if frame < clip.frames() {
                self.frame += 1;
                return Some((Arc::clone(clip), frame));
            }
            self.clips.pop_front();
            self.frame = 0;
        }
        None
    }
}

impl Outbound {
    /// Plays these from now on, until they are over or [`Self::stop_recital`] is called.
    pub(crate) fn recite(&mut self, number: u32, clips: VecDeque<Arc<Clip>>, agreement: Option<&Agreement>, now: Instant) {
        self.change_source();
        self.feed = Feed::Recital(Recital {
            number,
            clips,
            frame: 0,
            timing: None,
        });
        if let Some(agreement) = agreement {
            self.tune_recital(agreement, now);
        }
    }

    /// Ends it; false when there is none.
    pub(crate) fn stop_recital(&mut self) -> bool {
        let is_reciting = self.is_reciting();
        if is_reciting {
            self.change_source();
        }
        is_reciting
    }

    pub(super) fn is_reciting(&self) -> bool {
        matches!(self.feed, Feed::Recital(_))
    }

    /// Goes on in the codec that was agreed upon.
    pub(super) fn tune_recital(&mut self, agreement: &Agreement, now: Instant) {
        let Some(codec) = agreement.formats.chosen().map(|format| format.codec) else {
            return;
        };
        let clock = self.ticks(now, now, codec);
        if let Feed::Recital(recital) = &mut self.feed
            && recital.timing.is_none_or(|timing| timing.codec != codec)
        {
            recital.timing = Some(Timing { codec, clock });
            self.packed.clear();
            self.marker = true;
        }
    }

    /// Sends the frames that are due. False when all has been played, and the last frame is over.
    pub(super) fn recite_due(&mut self, recital: &mut Recital, agreement: &Agreement, wire: &mut Wire<'_, impl Outbox>) -> bool {
        let Some(Timing { codec, mut clock }) = recital.timing else {
            return true;
        };
        for _ in 0..clock.due(wire.now, codec.frame_ticks()) {
            let timestamp = clock.step(codec.frame_ticks());
            // Who is not connected yet shall not miss the first words; who does not listen, none of them.
            if !wire.is_ready() || !listens(agreement.direction) {
                continue;
            }
            let Some((clip, frame)) = recital.next() else {
                return false;
            };
            self.frame(Some(clip.frame(codec, frame).into()), codec, timestamp, agreement, wire);
        }
        recital.timing = Some(Timing { codec, clock });
        true
    }
}
