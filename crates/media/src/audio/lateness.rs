//! Audio that comes too late to be worth hearing: what a peer has hoarded while its connection stood still, sent all at once when that goes on.
//!
//! Relayed as it is, it would fill the listener's jitter buffer, and the call would stay that much behind for some seconds. UDP knows no such
//! thing: there late packets are lost ones.
//!
//! A packet's *transit* is its time of arrival less its RTP timestamp (RFC 3550 section 6.4.1); only differences mean something. The *baseline* is
//! the least transit of late. What is far above it is left out while the peer catches up, which shows in more audio coming than time passes.
//! A way that has become longer for good brings audio at the old pace: that is heard, and the baseline moves.

use std::time::{Duration, Instant};

/// Audio behind the baseline by more than this is late, in microseconds.
const LATE_US: i64 = 250_000;
/// The baseline gives way by one part in this many of the time that passes: more than any clock's drift, less than a network's whims.
const GIVING_WAY: i64 = 50;
/// Between two packets no more than this counts as time that passes: in a gap nothing is learnt.
const STEP_MAX_US: i64 = 60_000;
/// Late audio that comes at its own pace for so long is a way that has become longer.
const SETTLED_US: i64 = 200_000;
/// Packets before a pace can be told.
const PACE_PACKETS: u32 = 3;
/// A timestamp that jumps by more, in microseconds, is that of another clock.
const JUMP_US: i64 = 10_000_000;

/// Watches one peer's audio.
#[derive(Debug, Default)]
pub(crate) struct Lateness {
    stream: Option<Stream>,
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    clock: u32,
    timestamp: u32,
    at: Instant,
    /// Of the latest packet; the first one's is zero.
    transit_us: i64,
    baseline_us: i64,
    run: Option<Run>,
}

/// Late packets in a row.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    packets: u32,
    /// Time that has passed since the first one.
    passed_us: i64,
    /// Audio that has come since the first one.
    audio_us: i64,
}

impl Lateness {
    /// Whether this packet should not be heard any more. `clock` is that of its timestamps, in hertz.
    pub(crate) fn is_late(&mut self, ssrc: u32, timestamp: u32, clock: u32, now: Instant) -> bool {
        let known = self.stream.as_mut().filter(|stream| (stream.ssrc, stream.clock) == (ssrc, clock));
        let is_late = known.and_then(|stream| stream.next(timestamp, now));
        is_late.unwrap_or_else(|| {
            self.stream = Some(Stream {
                ssrc,
                clock,
                timestamp,
                at: now,
                transit_us: 0,
                baseline_us: 0,
                run: None,
            });
            false
        })
    }
}

impl Stream {
    /// `None` when nothing that is known of the stream holds any more.
    fn next(&mut self, timestamp: u32, now: Instant) -> Option<bool> {
        let ticks = i64::from(timestamp.wrapping_sub(self.timestamp).cast_signed());
        let audio_us = ticks * 1_000_000 / i64::from(self.clock.max(1));
        if audio_us.abs() > JUMP_US {
            return None;
        }
        let passed_us = micros(now.saturating_duration_since(self.at));
        self.timestamp = timestamp;
        self.at = now;
        self.transit_us += passed_us - audio_us;
        let given_way = self.baseline_us + passed_us.min(STEP_MAX_US) / GIVING_WAY;
        self.baseline_us = given_way.min(self.transit_us);
        if self.transit_us - self.baseline_us <= LATE_US {
            self.run = None;
            return Some(false);
        }
        let run = match self.run {
            None => Run::default(),
            Some(run) => Run {
                packets: run.packets + 1,
                passed_us: run.passed_us + passed_us,
                audio_us: run.audio_us + audio_us,
            },
        };
        let is_at_its_pace = run.packets >= PACE_PACKETS && 2 * run.passed_us >= run.audio_us;
        if is_at_its_pace && run.passed_us >= SETTLED_US {
            self.baseline_us = self.transit_us;
            self.run = None;
        } else {
            self.run = Some(run);
        }
        Some(!is_at_its_pace)
    }
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use rand::rngs::SmallRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    const CLOCK: u32 = 48_000;
    const FRAME: Duration = Duration::from_millis(20);
    const TICKS: u32 = 960;

    #[allow(clippy::disallowed_methods, reason = "simulated time needs some instant to begin with")]
    fn beginning() -> Instant {
        Instant::now()
    }

    /// A talker whose packets wait at a gate, as in a connection, and arrive in order.
    struct Way {
        lateness: Lateness,
        begun: Instant,
        frame: u32,
        arrived_last: Instant,
    }

    impl Way {
        fn new() -> Self {
            let begun = beginning();
            Self {
                lateness: Lateness::default(),
                begun,
                frame: 0,
                arrived_last: begun,
            }
        }

        /// The next frame arrives `delay` after it was spoken, never before the one ahead of it; whether it is late.
        fn next(&mut self, delay: Duration) -> bool {
            let spoken = self.begun + FRAME * self.frame;
            let arrives = (spoken + delay).max(self.arrived_last);
            self.arrived_last = arrives;
            let timestamp = 0xffff_0000_u32.wrapping_add(self.frame * TICKS);
            self.frame += 1;
            self.lateness.is_late(7, timestamp, CLOCK, arrives)
        }

        /// How many of these frames are late; `delay` by number.
        fn late(&mut self, frames: u32, mut delay: impl FnMut(u32) -> Duration) -> u32 {
            (0..frames).map(|n| u32::from(self.next(delay(n)))).sum()
        }

        /// Nothing arrives for so many frames; then all of them at once. How many are late.
        fn stall(&mut self, frames: u32) -> u32 {
            self.late(frames, |n| FRAME * (frames - n))
        }
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn what_was_hoarded_in_a_stall_is_late_until_the_call_has_caught_up() {
        for seed in 0..50 {
            let mut random = SmallRng::seed_from_u64(seed);
            let mut way = Way::new();
            let mut delay = || ms(30 + random.random_range(0..60));
            assert_eq!(way.late(500, |_| delay()), 0);
            let frames = 50 + 5 * u32::try_from(seed).unwrap();
            let late = way.stall(frames);
            // Those of the last quarter of a second are in time.
            let expected = frames - 12;
            assert!(late.abs_diff(expected) <= 5, "{late} of {frames} in a stall");
            assert_eq!(way.late(500, |_| delay()), 0);
        }
    }

    #[test]
    fn a_hoard_that_comes_over_a_narrow_way_is_late_as_well() {
        let mut way = Way::new();
        way.late(500, |_| ms(40));
        // Two seconds behind, and four times as fast as it was spoken.
        let late = way.late(130, |n| ms(2_000) - FRAME * n * 3 / 4);
        assert!((110..=117).contains(&late), "{late}");
        assert_eq!(way.late(500, |_| ms(40)), 0);
    }

    #[test]
    fn a_way_that_has_become_longer_costs_a_few_packets() {
        for longer in [300, 400, 1_000, 5_000] {
            let mut way = Way::new();
            way.late(500, |_| ms(40));
            let late = way.late(500, |_| ms(40 + longer));
            assert!(late <= 4, "{late} by {longer} ms");
            // Back again, and forth.
            assert_eq!(way.late(500, |_| ms(40)), 0);
        }
    }

    #[test]
    fn a_source_that_stands_still_without_its_clock_is_heard_at_once() {
        let mut way = Way::new();
        way.late(500, |_| ms(40));
        // A microphone is changed: no frames for 700 ms, and timestamps go on as if nothing had been.
        way.begun += ms(700);
        assert!(way.late(500, |_| ms(40)) <= 4);
    }

    #[test]
    fn drift_and_jitter_are_never_late() {
        for (seed, ppm) in [(1, 200_i64), (2, -200), (3, 0)] {
            let mut random = SmallRng::seed_from_u64(seed);
            let mut way = Way::new();
            // Three hours.
            let late = way.late(540_000, |n| {
                let drift = Duration::from_micros((3_000_000 + i64::from(n) * 20 * ppm / 1_000).unsigned_abs());
                drift + ms(random.random_range(0..100))
            });
            assert_eq!(late, 0, "{ppm}");
        }
    }

    #[test]
    fn another_stream_and_a_jump_of_time_begin_anew() {
        let mut way = Way::new();
        way.late(100, |_| ms(40));
        let later = way.arrived_last + ms(2_000);
        assert!(
            way.lateness
                .is_late(7, way.frame.wrapping_mul(TICKS).wrapping_add(0xffff_0000), CLOCK, later)
        );
        assert!(!way.lateness.is_late(8, 0, CLOCK, later));
        assert!(!way.lateness.is_late(8, 0x4000_0000, CLOCK, later));
        assert!(!way.lateness.is_late(8, 0x4000_0000 + 160, 8_000, later));
    }
}
