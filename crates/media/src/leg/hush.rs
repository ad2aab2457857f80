//! How a peer falls silent: whether it stops by itself, says that it does, or goes on sending what no microphone gives.

use std::time::{Duration, Instant};

use model::quality::Pauses;

use crate::audio::codec::Codec;

/// At or below this a frame is quiet, in dBov: a phone that suppresses silence may stop after it.
const QUIET_DBOV: i8 = -45;
/// Quiet for this long, and a phone may stop. Between syllables it is quiet for less.
const QUIET_MIN: Duration = Duration::from_millis(160);
/// Without a packet for this long quiet sound is not one stretch.
const BREAK_MIN: Duration = Duration::from_millis(100);
/// Without a packet for this long it has paused.
const PAUSE_MIN: Duration = Duration::from_millis(400);
/// A pause is one where the clock of the sound has run on by this part of a second at least: 200 ms.
const SPOKEN_APART_PER_S: u32 = 5;
/// An Opus packet of so many bytes says that there is no sound: its table of contents, and nothing (RFC 6716 section 3.2.1).
const OPUS_SILENT_BYTES_MAX: usize = 2;

/// One packet of audio, as far as it matters here.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) codec: Codec,
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) bytes: usize,
    pub(crate) level_dbov: Option<i8>,
    /// Every sample is zero; `None` where that is not known.
    pub(crate) is_zero: Option<bool>,
}

/// See the module. Costs a few comparisons for each packet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hush {
    last_at: Option<Instant>,
    last: (u32, u16),
    timestamp: u32,
    pauses: Pauses,
    quiet_since: Option<Instant>,
    zero_since: Option<Instant>,
    /// Whether it can be told of the stream as it is now that it is digital silence.
    tells_zero: bool,
}

impl Hush {
    pub(crate) fn audio(&mut self, frame: &Frame, now: Instant) {
        let apart = self.last_at.map(|last| now.saturating_duration_since(last));
        let has_paused = apart.is_some_and(|apart| apart >= PAUSE_MIN);
        let is_next = self.last == (frame.ssrc, frame.sequence.wrapping_sub(1));
        // What a network has kept back was spoken without a pause.
        let spoken_apart = frame.timestamp.wrapping_sub(self.timestamp);
        let is_next = is_next && spoken_apart >= frame.codec.rtp_clock() / SPOKEN_APART_PER_S;
        self.pauses.count = self.pauses.count.saturating_add(u32::from(has_paused && is_next));
        self.pauses.is_announced = frame.codec == Codec::Opus && frame.bytes <= OPUS_SILENT_BYTES_MAX;
        let has_broken = apart.is_some_and(|apart| apart >= BREAK_MIN);
        self.follow_quiet(frame.level_dbov, has_broken, now);
        self.tells_zero = frame.is_zero.is_some();
        self.zero_since = frame.is_zero.filter(|is_zero| *is_zero).map(|_| self.zero_since.unwrap_or(now));
        self.last = (frame.ssrc, frame.sequence);
        self.timestamp = frame.timestamp;
        self.last_at = Some(now);
    }

    fn follow_quiet(&mut self, level_dbov: Option<i8>, has_broken: bool, now: Instant) {
        let is_quiet = level_dbov.is_some_and(|level| level <= QUIET_DBOV);
        let since = self.quiet_since.filter(|_| !has_broken).unwrap_or(now);
        self.quiet_since = is_quiet.then_some(since);
        let lasted = self
            .quiet_since
            .map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        self.pauses.quiet_sent_ms = self.pauses.quiet_sent_ms.max(ms(lasted));
        self.pauses.was_quiet = level_dbov.map(|_| lasted >= QUIET_MIN);
    }

    /// A key instead of sound: the peer lives.
    pub(crate) fn key(&mut self, ssrc: u32, sequence: u16, now: Instant) {
        self.last = (ssrc, sequence);
        self.last_at = Some(now);
        self.zero_since = None;
    }

    /// Comfort noise: the peer pauses from here on.
    pub(crate) fn comfort_noise(&mut self, ssrc: u32, sequence: u16, now: Instant) {
        self.key(ssrc, sequence, now);
        self.pauses.is_announced = true;
        self.pauses.was_quiet = Some(true);
    }

    pub(crate) fn pauses(&self) -> Pauses {
        self.pauses
    }

    pub(crate) fn quiet_ms(&self, now: Instant) -> Option<u32> {
        self.last_at.map(|last| ms(now.saturating_duration_since(last)))
    }

    /// For how long there has been nothing but digital silence: 0 while there is sound.
    pub(crate) fn zero_ms(&self) -> Option<u32> {
        let (last, since) = (self.last_at?, self.zero_since);
        self.tells_zero
            .then(|| since.map_or(0, |since| ms(last.saturating_duration_since(since))))
    }
}

/// In whole milliseconds; saturates.
pub(crate) fn ms(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::testing::start;

    fn frame(sequence: u16, level_dbov: i8) -> Frame {
        Frame {
            codec: Codec::Pcma,
            ssrc: 1,
            sequence,
            timestamp: u32::from(sequence) * 160,
            bytes: 160,
            level_dbov: Some(level_dbov),
            is_zero: Some(level_dbov == -127),
        }
    }

    fn play(hush: &mut Hush, frames: std::ops::Range<u16>, level_dbov: i8, mut now: Instant) -> Instant {
        for sequence in frames {
            hush.audio(&frame(sequence, level_dbov), now);
            now += Duration::from_millis(20);
        }
        now
    }

    #[test]
    fn a_pause_goes_on_with_the_next_number_a_loss_does_not_and_a_stall_is_none() {
        let mut hush = Hush::default();
        let now = play(&mut hush, 0..50, -20, start()) + Duration::from_secs(1);
        let after_a_pause = Frame {
            timestamp: 50 * 160 + 8_000,
            ..frame(50, -20)
        };
        hush.audio(&after_a_pause, now);
        assert_eq!(hush.pauses().count, 1);
        let now = now + Duration::from_secs(1);
        let stalled = Frame {
            timestamp: after_a_pause.timestamp + 160,
            ..frame(51, -20)
        };
        hush.audio(&stalled, now);
        assert_eq!(hush.pauses().count, 1, "the network kept it back");
        hush.audio(&frame(110, -20), now + Duration::from_secs(1));
        assert_eq!(hush.pauses().count, 1, "packets were lost");
    }

    #[test]
    fn whoever_sends_quiet_sound_does_not_suppress_it() {
        let mut hush = Hush::default();
        let now = play(&mut hush, 0..50, -20, start());
        assert_eq!((hush.pauses().was_quiet, hush.pauses().quiet_sent_ms), (Some(false), 0));
        let now = play(&mut hush, 50..55, -60, now);
        assert_eq!(hush.pauses().was_quiet, Some(false), "a syllable is over, no more");
        play(&mut hush, 55..200, -60, now);
        assert_eq!((hush.pauses().was_quiet, hush.pauses().quiet_sent_ms), (Some(true), 2_980));
    }

    #[test]
    fn digital_silence_is_timed_and_ends_with_the_first_sound() {
        let mut hush = Hush::default();
        assert_eq!((hush.zero_ms(), hush.quiet_ms(start())), (None, None));
        let now = play(&mut hush, 0..50, -20, start());
        assert_eq!(hush.zero_ms(), Some(0));
        let now = play(&mut hush, 50..201, -127, now);
        assert_eq!(hush.zero_ms(), Some(3_000));
        play(&mut hush, 201..202, -70, now);
        assert_eq!(hush.zero_ms(), Some(0));
        assert_eq!(hush.quiet_ms(now + Duration::from_millis(700)), Some(700));
    }

    #[test]
    fn comfort_noise_and_empty_opus_announce_a_pause() {
        let mut hush = Hush::default();
        let now = play(&mut hush, 0..50, -20, start());
        hush.comfort_noise(1, 50, now);
        assert!(hush.pauses().is_announced);
        let speech = Frame {
            timestamp: 51 * 160 + 32_000,
            ..frame(51, -20)
        };
        hush.audio(&speech, now + Duration::from_secs(4));
        assert_eq!((hush.pauses().is_announced, hush.pauses().count), (false, 1));
        for (bytes, is_announced) in [(2, true), (3, false)] {
            let opus = Frame {
                codec: Codec::Opus,
                bytes,
                level_dbov: None,
                is_zero: None,
                ..frame(52, 0)
            };
            hush.audio(&opus, now);
            assert_eq!((hush.pauses().is_announced, hush.zero_ms()), (is_announced, None));
        }
    }
}
