//! What a line does to the frames on it: pure, in whatever time the caller says it is.
//!
//! ```text
//!            full            lost
//!             ▲               ▲
//!   accept ──►│ queue ──► rate │──► delay ± jitter ──► due
//! ```

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// More frames are never under way in one direction, whatever the delay.
pub const FRAMES_UNDER_WAY_MAX: usize = 16 * 1024;
/// EtherType of ARP (RFC 826). Losing a question of it would cost a second, on no other line than this imitation of one.
const ARP: [u8; 2] = [8, 6];

/// One direction of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// How long everything takes.
    pub delay_ms: f64,
    /// How much more or less it takes, evenly distributed; never less than no time.
    pub jitter_ms: f64,
    /// Whether a frame may overtake another one; otherwise jitter only bunches them.
    pub reorders: bool,
    /// What does not arrive.
    pub loss: Loss,
    /// How fast it is; nothing for as fast as the machine is.
    pub rate_kbit: Option<u32>,
    /// What waits longer than this for its turn on a line with a rate is thrown away.
    pub queue_ms: f64,
}

/// Which frames a line loses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// None.
    Never,
    /// Each with the same probability.
    Random {
        /// From 0 to 1.
        share: f64,
    },
    /// Several in a row: a Gilbert–Elliott channel whose good state loses nothing and whose bad state loses everything.
    Bursts {
        /// Of all frames, below 1.
        share: f64,
        /// How many frames a burst has on average, 1 or more.
        frames: f64,
    },
}

/// What has become of the frames of one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Came in at one end.
    pub accepted: u64,
    /// Came out at the other end.
    pub delivered: u64,
    /// Lost as the line was asked to.
    pub lost: u64,
    /// Found the queue full.
    pub crowded_out: u64,
}

impl Line {
    /// No delay, no loss, no limit.
    pub const PERFECT: Line = Line {
        delay_ms: 0.0,
        jitter_ms: 0.0,
        reorders: false,
        loss: Loss::Never,
        rate_kbit: None,
        queue_ms: 100.0,
    };
}

impl Default for Line {
    fn default() -> Line {
        Line::PERFECT
    }
}

/// One direction of a line with the frames that are under way.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) line: Line,
    pub(super) counters: Counters,
    random: SmallRng,
    in_burst: bool,
    /// When the last frame that was accepted will have left the queue.
    free_at: Option<Instant>,
    /// When the last one arrives.
    last_due: Option<Instant>,
    /// By arrival, and then by order of acceptance.
    under_way: BTreeMap<(Instant, u64), Vec<u8>>,
}

impl Way {
    pub(super) fn new(line: Line, seed: u64) -> Way {
        Way {
            line,
            counters: Counters::default(),
            random: SmallRng::seed_from_u64(seed),
            in_burst: false,
            free_at: None,
            last_due: None,
            under_way: BTreeMap::new(),
        }
    }

    /// An Ethernet frame enters.
    pub(super) fn accept(&mut self, frame: &[u8], now: Instant) {
        self.counters.accepted += 1;
        let Some(on_line) = self.through_queue(frame.len(), now) else {
            self.counters.crowded_out += 1;
            return;
        };
        if frame.get(12..14) != Some(&ARP) && self.loses() {
            self.counters.lost += 1;
            return;
        }
        let mut due = on_line + self.delay();
        if !self.line.reorders {
            due = self.last_due.map_or(due, |last| last.max(due));
            self.last_due = Some(due);
        }
        self.under_way.insert((due, self.counters.accepted), frame.to_vec());
    }

    /// The next frame that has arrived.
    pub(super) fn due(&mut self, now: Instant) -> Option<Vec<u8>> {
        let first = self.under_way.first_entry()?;
        if first.key().0 > now {
            return None;
        }
        self.counters.delivered += 1;
        Some(first.remove())
    }

    /// When the next frame arrives.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.under_way.first_key_value().map(|((due, _), _)| *due)
    }

    /// When a frame of so many bytes has left the queue; none if the queue is full.
    fn through_queue(&mut self, bytes: usize, now: Instant) -> Option<Instant> {
        if self.under_way.len() >= FRAMES_UNDER_WAY_MAX {
            return None;
        }
        let Some(rate_kbit) = self.line.rate_kbit else {
            return Some(now);
        };
        let begins = self.free_at.map_or(now, |free| free.max(now));
        if begins - now > ms(self.line.queue_ms) {
            return None;
        }
        let takes = Duration::from_secs_f64(bytes as f64 * 8.0 / (f64::from(rate_kbit.max(1)) * 1000.0));
        self.free_at = Some(begins + takes);
        self.free_at
    }

    fn loses(&mut self) -> bool {
        match self.line.loss {
            Loss::Never => false,
            Loss::Random { share } => self.happens(share),
            Loss::Bursts { share, frames } => {
                let ends = 1.0 / frames.max(1.0);
                let begins = ends * share / (1.0 - share).max(f64::EPSILON);
                self.in_burst = if self.in_burst { !self.happens(ends) } else { self.happens(begins) };
                self.in_burst
            }
        }
    }

    fn happens(&mut self, probability: f64) -> bool {
        self.random.random::<f64>() < probability
    }

    fn delay(&mut self) -> Duration {
        let Line { delay_ms, jitter_ms, .. } = self.line;
        let more = if jitter_ms > 0.0 {
            self.random.random_range(-jitter_ms..=jitter_ms)
        } else {
            0.0
        };
        ms(delay_ms + more)
    }
}

fn ms(ms: f64) -> Duration {
    Duration::from_secs_f64(ms.max(0.0) / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_millis(1);

    /// Sends numbered frames, one a millisecond, and gives each one's number and time under way.
    fn play(line: Line, frames: u32) -> (Vec<(u32, Duration)>, Counters) {
        let begun = Instant::now();
        let mut way = Way::new(line, 7);
        let mut arrived = Vec::new();
        let mut now = begun;
        let mut sent = 0;
        while sent < frames || way.next_due().is_some() {
            let sending = begun + STEP * sent;
            now = match way.next_due() {
                Some(due) if sent == frames || due <= sending => due,
                _ => sending,
            };
            while let Some(frame) = way.due(now) {
                let number = u32::from_be_bytes(frame[..4].try_into().unwrap());
                arrived.push((number, now - (begun + STEP * number)));
            }
            if sent < frames && now == sending {
                let mut frame = sent.to_be_bytes().to_vec();
                frame.resize(125, 0);
                way.accept(&frame, now);
                sent += 1;
            }
        }
        assert!(now >= begun);
        (arrived, way.counters)
    }

    fn assert_close(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance, "{found} is not {expected} ± {tolerance}");
    }

    #[test]
    fn a_perfect_line_delivers_everything_at_once() {
        let (arrived, counters) = play(Line::PERFECT, 100);
        assert_eq!(arrived, (0..100).map(|number| (number, Duration::ZERO)).collect::<Vec<_>>());
        assert_eq!((counters.delivered, counters.lost, counters.crowded_out), (100, 0, 0));
    }

    #[test]
    fn everything_takes_the_delay() {
        let line = Line {
            delay_ms: 32.5,
            ..Line::PERFECT
        };
        let (arrived, _) = play(line, 100);
        assert!(arrived.iter().all(|(_, took)| *took == Duration::from_micros(32_500)));
        assert_eq!(arrived.len(), 100);
    }

    #[test]
    fn jitter_stays_within_its_bounds_and_keeps_the_order_unless_told_otherwise() {
        for reorders in [false, true] {
            let line = Line {
                delay_ms: 30.0,
                jitter_ms: 10.0,
                reorders,
                ..Line::PERFECT
            };
            let (arrived, _) = play(line, 2000);
            assert_eq!(arrived.len(), 2000);
            let (shortest, longest) = (
                arrived.iter().map(|one| one.1).min().unwrap(),
                arrived.iter().map(|one| one.1).max().unwrap(),
            );
            assert!(shortest >= Duration::from_millis(20) && longest <= Duration::from_millis(40));
            assert!(longest - shortest > Duration::from_millis(15), "{shortest:?} to {longest:?}");
            assert_eq!(arrived.is_sorted_by_key(|one| one.0), !reorders);
        }
    }

    #[test]
    fn random_loss_has_its_share_and_no_memory() {
        let line = Line {
            loss: Loss::Random { share: 0.03 },
            ..Line::PERFECT
        };
        let (arrived, counters) = play(line, 100_000);
        assert_close(counters.lost as f64 / 100_000.0, 0.03, 0.002);
        assert_close(burst_frames(&arrived), 1.0 / 0.97, 0.03);
    }

    #[test]
    fn bursts_have_their_share_and_their_length() {
        let line = Line {
            loss: Loss::Bursts { share: 0.03, frames: 4.0 },
            ..Line::PERFECT
        };
        let (arrived, counters) = play(line, 100_000);
        assert_close(counters.lost as f64 / 100_000.0, 0.03, 0.004);
        assert_close(burst_frames(&arrived), 4.0, 0.4);
    }

    #[test]
    fn questions_for_hardware_addresses_are_never_lost() {
        let line = Line {
            loss: Loss::Random { share: 1.0 },
            ..Line::PERFECT
        };
        let mut way = Way::new(line, 7);
        let now = Instant::now();
        let mut frame = [0; 42];
        way.accept(&frame, now);
        frame[12..14].copy_from_slice(&ARP);
        way.accept(&frame, now);
        assert_eq!(way.due(now).as_deref(), Some(&frame[..]));
        assert_eq!(way.counters.lost, 1);
    }

    #[test]
    fn a_slow_line_spaces_frames_out_and_throws_away_what_would_wait_too_long() {
        // A frame of 125 bytes takes 2 ms, and comes every millisecond.
        let line = Line {
            rate_kbit: Some(500),
            queue_ms: 20.0,
            ..Line::PERFECT
        };
        let (arrived, counters) = play(line, 1000);
        assert_eq!(arrived[..3].iter().map(|one| one.1.as_millis()).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(
            arrived.iter().map(|one| one.1).max(),
            Some(Duration::from_millis(22)),
            "the queue and itself"
        );
        assert_close(counters.crowded_out as f64, 490.0, 2.0);
        assert_eq!(counters.accepted, counters.delivered + counters.crowded_out);
    }

    #[test]
    fn no_more_frames_than_the_bound_are_under_way() {
        let line = Line {
            delay_ms: 1e6,
            ..Line::PERFECT
        };
        let mut way = Way::new(line, 7);
        let now = Instant::now();
        for _ in 0..=FRAMES_UNDER_WAY_MAX {
            way.accept(&[0; 60], now);
        }
        assert_eq!((way.under_way.len(), way.counters.crowded_out), (FRAMES_UNDER_WAY_MAX, 1));
    }

    #[test]
    fn a_better_line_delivers_after_what_is_still_under_way() {
        let mut way = Way::new(
            Line {
                delay_ms: 50.0,
                ..Line::PERFECT
            },
            7,
        );
        let now = Instant::now();
        way.accept(&[1], now);
        way.line = Line::PERFECT;
        way.accept(&[2], now + STEP);
        assert_eq!(way.due(now + STEP), None);
        let then = now + Duration::from_millis(50);
        assert_eq!((way.due(then), way.due(then)), (Some(vec![1]), Some(vec![2])));
    }

    /// How many frames in a row are lost, on average, where some are.
    fn burst_frames(arrived: &[(u32, Duration)]) -> f64 {
        let gaps: Vec<u32> = arrived
            .windows(2)
            .map(|pair| pair[1].0 - pair[0].0 - 1)
            .filter(|gap| *gap > 0)
            .collect();
        f64::from(gaps.iter().sum::<u32>()) / gaps.len() as f64
    }
}
