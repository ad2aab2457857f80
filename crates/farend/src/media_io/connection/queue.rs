//! What waits to be written on a connection: whole frames, in order, and audio only while it is of use.
//!
//! A stream that loses packets stands still while they are repeated. What was said meanwhile would come late, and so would all that follows: the
//! listener's delay would grow with every loss. So audio that has waited too long is left out, and sounds like a lost packet.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// So long audio may wait: with what the kernel holds (see [`super::socket::UNSENT_BYTES_MAX`]) less than a quarter of a second.
pub(super) const AGE_MAX: Duration = Duration::from_millis(150);

/// Bytes that wait at most. Only what is never left out gets there, and its peer does not read.
pub(super) const QUEUE_BYTES_MAX: usize = 64 * 1024;

/// Buffers of frames that are kept for the next ones.
const SPARE_MAX: usize = 16;

/// Frames that wait; the first may be half written.
#[derive(Debug, Default)]
pub(super) struct Queue {
    frames: VecDeque<Frame>,
    /// How much of the first frame is written.
    written: usize,
    /// Of all frames.
    bytes: usize,
    spare: Vec<Vec<u8>>,
    /// Frames left out, until somebody asks.
    left_out: u64,
}

#[derive(Debug)]
struct Frame {
    bytes: Vec<u8>,
    since: Instant,
    kind: Kind,
}

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// RTP or RTCP: of no use when it comes late.
    Audio,
    /// STUN, DTLS, replies to a TURN client: somebody waits for it.
    Control,
}

impl Kind {
    /// By a packet's first byte (RFC 7983 section 7).
    pub(super) fn of(packet: &[u8]) -> Self {
        match packet.first() {
            Some(128..=191) => Self::Audio,
            Some(_) | None => Self::Control,
        }
    }
}

/// The peer has not read for so long that nothing more can wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Queue {
    /// Adds a frame that `write` writes into an empty buffer; nothing is added when that says false.
    pub(super) fn push(&mut self, kind: Kind, now: Instant, write: impl FnOnce(&mut Vec<u8>) -> bool) -> Result<(), Full> {
        self.leave_out_late(now);
        let mut bytes = self.spare.pop().unwrap_or_default();
        if !write(&mut bytes) {
            self.keep(bytes);
            return Ok(());
        }
        if self.bytes + bytes.len() > QUEUE_BYTES_MAX {
            self.keep(bytes);
            return match kind {
                Kind::Audio => {
                    self.left_out += 1;
                    Ok(())
                }
                Kind::Control => Err(Full),
            };
        }
        self.bytes += bytes.len();
        self.frames.push_back(Frame { bytes, since: now, kind });
        Ok(())
    }

    /// What is to be written next; `None` when nothing waits. Audio that has become too old is left out first.
    pub(super) fn front(&mut self, now: Instant) -> Option<&[u8]> {
        self.leave_out_late(now);
        self.frames.front().map(|frame| &frame.bytes[self.written..])
    }

    /// So many bytes of [`Self::front`] have been written.
    pub(super) fn wrote(&mut self, bytes: usize) {
        self.written += bytes;
        if self.frames.front().is_some_and(|frame| frame.bytes.len() == self.written)
            && let Some(frame) = self.frames.pop_front()
        {
            self.written = 0;
            self.bytes -= frame.bytes.len();
            self.keep(frame.bytes);
        }
    }

    /// Frames left out since this was asked last.
    pub(super) fn take_left_out(&mut self) -> u64 {
        std::mem::take(&mut self.left_out)
    }

    /// The oldest audio goes first; never a frame of which the peer has a part already.
    fn leave_out_late(&mut self, now: Instant) {
        let Self {
            frames,
            written,
            bytes,
            spare,
            left_out,
        } = self;
        let is_late = |frame: &Frame| frame.kind == Kind::Audio && now.saturating_duration_since(frame.since) > AGE_MAX;
        // The oldest stands first but for control frames: mostly there is nothing to do.
        if !frames.iter().find(|frame| frame.kind == Kind::Audio).is_some_and(is_late) && *written == 0 {
            return;
        }
        let mut at = usize::from(*written > 0);
        while at < frames.len() {
            if is_late(&frames[at])
                && let Some(mut frame) = frames.remove(at)
            {
                *bytes -= frame.bytes.len();
                *left_out += 1;
                if spare.len() < SPARE_MAX {
                    frame.bytes.clear();
                    spare.push(frame.bytes);
                }
            } else {
                at += 1;
            }
        }
    }

    fn keep(&mut self, mut buffer: Vec<u8>) {
        if self.spare.len() < SPARE_MAX {
            buffer.clear();
            self.spare.push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUDIO: [u8; 4] = [0x80, 0, 0, 1];
    const CONTROL: [u8; 4] = [0, 1, 0, 0];

    struct Scene {
        queue: Queue,
        begin: Instant,
    }

    impl Scene {
        fn new() -> Self {
            Self {
                queue: Queue::default(),
                begin: Instant::now(),
            }
        }

        fn at(&self, ms: u64) -> Instant {
            self.begin + Duration::from_millis(ms)
        }

        /// A frame that is told apart by its last byte.
        fn push(&mut self, ms: u64, packet: [u8; 4], name: u8) {
            let now = self.at(ms);
            let frame = [&packet[..], &[name]].concat();
            let pushed = self.queue.push(Kind::of(&packet), now, |out| {
                out.extend_from_slice(&frame);
                true
            });
            assert_eq!(pushed, Ok(()));
        }

        /// Writes all that waits; the names of what came out whole.
        fn drain(&mut self, ms: u64) -> Vec<u8> {
            let now = self.at(ms);
            let mut names = Vec::new();
            while let Some(front) = self.queue.front(now) {
                names.extend(front.last());
                let length = front.len();
                self.queue.wrote(length);
            }
            assert_eq!(self.queue.bytes, 0);
            names
        }
    }

    #[test]
    fn kinds_are_told_by_the_first_byte() {
        for (first, kind) in [
            (0, Kind::Control),
            (20, Kind::Control),
            (63, Kind::Control),
            (127, Kind::Control),
            (128, Kind::Audio),
            (191, Kind::Audio),
            (192, Kind::Control),
        ] {
            assert_eq!(Kind::of(&[first]), kind, "{first}");
        }
        assert_eq!(Kind::of(&[]), Kind::Control);
    }

    #[test]
    fn audio_that_waits_too_long_is_left_out_the_oldest_first() {
        let mut scene = Scene::new();
        for (index, ms) in (0..200).step_by(20).enumerate() {
            scene.push(ms, AUDIO, index as u8);
        }
        // Those of 0 and 20 ms are more than 150 ms old at 180 ms.
        assert_eq!(scene.queue.frames.len(), 8);
        assert_eq!(scene.drain(190), [2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!((scene.queue.take_left_out(), scene.queue.take_left_out()), (2, 0));
    }

    #[test]
    fn audio_is_of_use_until_the_bound_and_not_a_millisecond_more() {
        let mut scene = Scene::new();
        scene.push(0, AUDIO, 1);
        scene.push(1, AUDIO, 2);
        assert_eq!(scene.drain(151), [2]);
        let mut scene = Scene::new();
        scene.push(0, AUDIO, 1);
        assert_eq!(scene.drain(150), [1]);
    }

    #[test]
    fn control_waits_however_long_and_keeps_its_place() {
        let mut scene = Scene::new();
        scene.push(0, CONTROL, 1);
        scene.push(0, AUDIO, 2);
        scene.push(10, CONTROL, 3);
        scene.push(20, AUDIO, 4);
        assert_eq!(scene.drain(165), [1, 3, 4]);
        scene.push(1000, CONTROL, 5);
        assert_eq!(scene.drain(60_000), [5]);
        assert_eq!(scene.queue.take_left_out(), 1);
    }

    #[test]
    fn a_frame_that_is_half_written_is_written_to_its_end() {
        let mut scene = Scene::new();
        scene.push(0, AUDIO, 1);
        scene.push(0, AUDIO, 2);
        scene.push(0, AUDIO, 3);
        let now = scene.at(0);
        assert_eq!(scene.queue.front(now).map(<[u8]>::len), Some(5));
        scene.queue.wrote(2);
        let late = scene.at(500);
        assert_eq!(scene.queue.front(late), Some(&[0, 1, 1][..]), "the rest of the first");
        assert_eq!(scene.queue.take_left_out(), 2);
        scene.queue.wrote(3);
        assert_eq!(scene.queue.front(late), None);
    }

    #[test]
    fn a_peer_that_reads_nothing_holds_no_more_than_the_bound() {
        let mut scene = Scene::new();
        let now = scene.begin;
        let mut push = |kind, now| {
            scene.queue.push(kind, now, |out| {
                out.resize(1024, 0);
                true
            })
        };
        for _ in 0..QUEUE_BYTES_MAX / 1024 {
            assert_eq!(push(Kind::Control, now), Ok(()));
        }
        assert_eq!(push(Kind::Control, now), Err(Full));
        assert_eq!(push(Kind::Audio, now), Ok(()));
        assert_eq!(scene.queue.take_left_out(), 1);
        assert_eq!(scene.drain(0).len(), QUEUE_BYTES_MAX / 1024);
        assert!(scene.queue.spare.len() <= SPARE_MAX);
    }

    #[test]
    fn what_is_not_written_is_not_queued() {
        let mut scene = Scene::new();
        assert_eq!(scene.queue.push(Kind::Audio, scene.begin, |_| false), Ok(()));
        assert!(scene.drain(0).is_empty());
    }

    #[test]
    fn buffers_are_used_again() {
        let mut scene = Scene::new();
        scene.push(0, AUDIO, 1);
        scene.drain(0);
        let buffer = scene.queue.spare[0].as_ptr();
        scene.push(20, AUDIO, 2);
        assert_eq!(scene.queue.frames[0].bytes.as_ptr(), buffer);
    }

    /// A way that stands still for a time after each loss, as TCP's does: nothing older than the bound is written, and what is left out is no more
    /// than by how much each standstill is longer than the bound.
    #[test]
    fn delay_does_not_grow_with_losses() {
        let mut scene = Scene::new();
        let (mut oldest, mut heard, mut sent) = (0, 0, 0);
        for ms in 0..60_000u64 {
            if ms % 20 == 0 {
                scene.push(ms, AUDIO, 0);
                sent += 1;
            }
            // 250 ms of standstill every two seconds.
            if ms % 2000 >= 250 {
                let now = scene.at(ms);
                while scene.queue.front(now).is_some() {
                    let frame = &scene.queue.frames[0];
                    oldest = oldest.max((now - frame.since).as_millis());
                    heard += 1;
                    let length = frame.bytes.len();
                    scene.queue.wrote(length);
                }
            }
        }
        assert!(oldest <= AGE_MAX.as_millis(), "{oldest} ms");
        let lost_permille = (sent - heard) * 1000 / sent;
        assert!((30..=60).contains(&lost_permille), "{lost_permille} of a thousand: 100 of 2000 ms");
    }
}
