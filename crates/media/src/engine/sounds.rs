//! Sounds that are played to one leg, once.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use model::control::Event;
use model::{Prompt, Sound};

use super::Engine;
use crate::leg::Handle;
use crate::sounds::Clip;

impl Engine {
    /// Plays these to the leg, as far as they are there, in place of what it hears. Without any it only ends what is played. Nobody is recorded
    /// without being told: where the words are missing, the tone says so.
    pub(super) fn recite(&mut self, handle: Handle, number: u32, sounds: &[Sound], now: Instant) {
        let clips: VecDeque<_> = sounds.iter().filter_map(|sound| self.clip(*sound).cloned()).collect();
        if clips.is_empty() {
            self.stop_recital(handle, now);
            let leg = self.legs[handle].id;
            self.events.extend((!sounds.is_empty()).then_some(Event::Played { leg, number }));
            return;
        }
        let leg = &mut self.legs[handle];
        leg.outbound.recite(number, clips, leg.dialogue.agreed(), now);
    }

    fn clip(&self, sound: Sound) -> Option<&Arc<Clip>> {
        let instead = match sound {
            Sound::Prompt {
                prompt: Prompt::Recorded, ..
            } => Some(Sound::RecordingTone),
            Sound::Prompt { .. } | Sound::Announcement(_) | Sound::RecordingTone => None,
        };
        self.sounds.clip(sound).or_else(|| self.sounds.clip(instead?))
    }

    /// Ends what is played to the leg once: it hears its source again.
    pub(super) fn stop_recital(&mut self, handle: Handle, now: Instant) {
        if self.legs[handle].outbound.stop_recital() {
            self.resume(handle, now);
        }
    }

    /// All was played to the leg: it hears its source again.
    pub(super) fn recited(&mut self, handle: Handle, number: u32, now: Instant) {
        self.resume(handle, now);
        let leg = self.legs[handle].id;
        self.events.push_back(Event::Played { leg, number });
    }

    /// A tone or music begins again; a voice and a conference come by themselves.
    fn resume(&mut self, handle: Handle, now: Instant) {
        let leg = &mut self.legs[handle];
        if let Some(agreed) = leg.dialogue.agreed() {
            leg.outbound.play(leg.source, self.tones, agreed, now);
        }
    }
}
