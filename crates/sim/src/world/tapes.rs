//! What must hold of recordings: each begins once and ends once, and nobody is recorded before or after that.

use model::control::Command;
use model::{LegId, RecordingId, Track};
use switchboard::core::NewRecording;

use super::World;

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

    /// Somebody is recorded only where a recording runs.
    pub(super) fn check_track(&mut self, command: &Command) {
        if let Command::Record { leg, into: Some(track) } = command
            && !self.runs(track.recording)
        {
            self.media
                .complaints
                .push(format!("{leg} shall be recorded by {track:?}, which does not run"));
        }
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
