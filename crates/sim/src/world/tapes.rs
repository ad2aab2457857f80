//! What must hold of recordings: each begins once and ends once, nobody is recorded before or after that, and nobody who does not know.

use std::time::{Duration, Instant};

use model::control::Command;
use model::{LegId, Prompt, RecordingId, Sound, Track};
use switchboard::core::NewRecording;
use switchboard::directory::Announced;

use super::World;

/// How long somebody is told at most.
const TELLING_MAX: Duration = Duration::from_secs(8);

/// What somebody was told of being recorded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    since: Instant,
    /// They have heard all of it.
    is_over: bool,
    /// Where to they have been recorded since.
    track: Option<Track>,
}

impl World {
    /// The legs that are recorded, and where to.
    #[must_use]
    pub fn tracks(&self) -> Vec<(LegId, Track)> {
        let legs = self.media.legs().into_iter();
        legs.filter_map(|leg| Some((leg, self.media.track(leg)?))).collect()
    }

    pub(super) fn begin_recording(&mut self, new: NewRecording) {
        if self.recordings.iter().any(|(begun, _)| begun.recording == new.recording) {
            self.media.complaints.push(format!("{:?} began twice", new.recording));
        }
        self.recordings.push((new, None));
    }

    pub(super) fn end_recording(&mut self, recording: RecordingId) {
        let now = self.now;
        match self.recordings.iter_mut().find(|(begun, _)| begun.recording == recording) {
            Some((_, ended @ None)) => *ended = Some(now),
            Some((_, Some(_))) | None => self.media.complaints.push(format!("{recording:?} ended twice, or never began")),
        }
        for (leg, track) in self.tracks() {
            if track.recording == recording {
                self.media
                    .complaints
                    .push(format!("{leg} is still recorded by {recording:?}, which has ended"));
            }
        }
    }

    /// Somebody is recorded only where a recording runs, and only after they have been told.
    pub(super) fn check_track(&mut self, command: &Command) {
        let Command::Record { leg, into: Some(track) } = command else {
            return;
        };
        if !self.runs(track.recording) {
            self.media
                .complaints
                .push(format!("{leg} shall be recorded by {track:?}, which does not run"));
        }
        if self.is_announced(track.recording) && !self.knows(*leg, *track) {
            self.media
                .complaints
                .push(format!("{leg} is recorded by {track:?} without having been told"));
        }
    }

    /// Somebody is told that they are recorded, or that they are not.
    pub(super) fn is_being_told(&mut self, command: &Command) {
        let Command::Play { leg, sounds, .. } = command else { return };
        match sounds.first() {
            Some(sound) if tells(*sound) => {
                let told = Told {
                    since: self.now,
                    is_over: false,
                    track: None,
                };
                let known = self.told.entry(*leg).or_insert(told);
                if known.is_over {
                    *known = told;
                }
            }
            Some(Sound::Prompt {
                prompt: Prompt::NotRecorded,
                ..
            }) => {
                self.told.remove(leg);
            }
            Some(_) | None => {}
        }
    }

    /// Whoever holds does not hear the end of what they are told.
    pub(super) fn misses_words(&mut self, leg: Option<LegId>) {
        if let Some(leg) = leg.filter(|leg| !self.media.listens(*leg))
            && self.told.get(&leg).is_some_and(|told| !told.is_over)
        {
            self.told.remove(&leg);
        }
    }

    /// Somebody has heard all of this.
    pub(super) fn has_been_told(&mut self, leg: LegId, sounds: &[Sound]) {
        if let Some(told) = self.told.get_mut(&leg).filter(|_| sounds.iter().any(|sound| tells(*sound))) {
            told.is_over = true;
        }
    }

    /// Whether they have been told of this recording, by this phone or by one that they talked by before.
    fn knows(&mut self, leg: LegId, track: Track) -> bool {
        let now = self.now;
        let knows = |told: &Told| {
            let is_of_another = told.track.is_some_and(|known| known != track);
            !is_of_another && (told.is_over || told.since + TELLING_MAX <= now)
        };
        let is_left = |other: LegId| self.media.track(other).is_none();
        let itself = self.told.get(&leg).filter(|told| knows(told)).map(|_| leg);
        let mut before = self.told.iter().filter(|(other, told)| is_left(**other) && knows(told));
        let by = itself.or_else(|| before.next().map(|(other, _)| *other));
        let Some(mut told) = by.and_then(|by| self.told.remove(&by)) else {
            return false;
        };
        told.track = Some(track);
        self.told.insert(leg, told);
        true
    }

    /// Whether those in it are told.
    fn is_announced(&self, recording: RecordingId) -> bool {
        let rules = &self.directory.recordings;
        let Some((begun, _)) = self.recordings.iter().find(|(begun, _)| begun.recording == recording) else {
            return false;
        };
        let announced = match begun.rule {
            Some(id) => rules.rules.iter().find(|rule| rule.id == id).map(|rule| rule.announced),
            None => Some(rules.announced),
        };
        announced.is_some_and(|announced| announced != Announced::Silently)
    }

    /// Without calls nothing is recorded.
    pub(super) fn check_recordings(&mut self) {
        if self.core.figures().calls > 0 {
            return;
        }
        let endless = self.recordings.iter().filter(|(_, ended)| ended.is_none());
        let endless: Vec<RecordingId> = endless.map(|(begun, _)| begun.recording).collect();
        for recording in endless {
            self.media
                .complaints
                .push(format!("{recording:?} goes on although all calls are over"));
        }
    }

    fn runs(&self, recording: RecordingId) -> bool {
        self.recordings
            .iter()
            .any(|(begun, ended)| begun.recording == recording && ended.is_none())
    }
}

/// Whether it tells somebody that they are recorded.
fn tells(sound: Sound) -> bool {
    match sound {
        Sound::RecordingTone => true,
        Sound::Prompt { prompt, .. } => prompt == Prompt::Recorded,
        Sound::Announcement(_) => false,
    }
}
