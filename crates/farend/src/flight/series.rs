//! How one leg sounded, as a line of points in time: what came and went between two readings.
//!
//! When a call has used up its room, the longest line keeps every second point only, each made of two.

use model::quality::{LegReport, StreamReport};

/// From one point to the next at first: media reports so often.
pub(super) const STEP_MS: u32 = 2_000;

/// What a media thread's report says, as it goes through the queue. Sums since the leg began.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Reading {
    pub(super) received: Way,
    pub(super) sent: Way,
    pub(super) round_trip_ms: Option<f32>,
    pub(super) transport: model::quality::Transport,
    pub(super) codec: Option<&'static str>,
}

/// One direction of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Way {
    packets: u64,
    lost: u64,
    jitter_ms: f32,
    level_dbov: Option<i8>,
    mos: Option<f32>,
}

impl From<&LegReport> for Reading {
    fn from(report: &LegReport) -> Self {
        let way = |stream: &StreamReport| Way {
            packets: stream.packets,
            lost: stream.lost,
            jitter_ms: stream.jitter_ms,
            level_dbov: stream.level_dbov,
            mos: stream.mos,
        };
        Self {
            received: way(&report.received),
            sent: way(&report.sent),
            round_trip_ms: report.round_trip_ms,
            transport: report.transport,
            codec: report.codec,
        }
    }
}

/// What was measured of one direction within one step; small, since there are many. 0 and the extreme values stand for "not known".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    packets: u16,
    lost: u16,
    /// Tenths of a millisecond.
    jitter: u16,
    /// dBov; [`i8::MIN`] where it is not known.
    level: i8,
    /// Fiftieths.
    mos: u8,
}

impl Point {
    const EMPTY: Self = Self {
        packets: 0,
        lost: 0,
        jitter: 0,
        level: i8::MIN,
        mos: 0,
    };

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float becomes the nearest value that there is"
    )]
    fn between(before: &Way, now: &Way) -> Self {
        let more = |before: u64, now: u64| u16::try_from(now.saturating_sub(before)).unwrap_or(u16::MAX);
        Self {
            packets: more(before.packets, now.packets),
            lost: more(before.lost, now.lost),
            jitter: (now.jitter_ms * 10.0).round() as u16,
            level: now.level_dbov.map_or(i8::MIN, |level| level.max(-127)),
            mos: now.mos.map_or(0, |mos| (mos * 50.0).round() as u8),
        }
    }

    /// Both together: the worst is what people remember, and the loudest is what was said.
    fn with(self, other: Self) -> Self {
        let mos = match (self.mos, other.mos) {
            (0, mos) | (mos, 0) => mos,
            (one, two) => one.min(two),
        };
        Self {
            packets: self.packets.saturating_add(other.packets),
            lost: self.lost.saturating_add(other.lost),
            jitter: self.jitter.max(other.jitter),
            level: self.level.max(other.level),
            mos,
        }
    }

    pub(super) fn packets(self) -> u16 {
        self.packets
    }

    /// In dBov.
    pub(super) fn level(self) -> Option<i8> {
        (self.level != i8::MIN).then_some(self.level)
    }

    /// Without packets nothing can be lost that we would know of.
    pub(super) fn loss_percent(self) -> Option<f32> {
        let all = u32::from(self.packets) + u32::from(self.lost);
        (all > 0).then(|| tenths(f32::from(self.lost) * 100.0 / (f32::from(self.packets) + f32::from(self.lost))))
    }

    pub(super) fn jitter_ms(self) -> Option<f32> {
        (self.packets > 0).then(|| f32::from(self.jitter) / 10.0)
    }

    pub(super) fn mos(self) -> Option<f32> {
        (self.mos > 0 && self.packets > 0).then(|| f32::from(self.mos) / 50.0)
    }
}

fn tenths(value: f32) -> f32 {
    (value * 10.0).round() / 10.0
}

/// One step of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) received: Point,
    pub(super) sent: Point,
    /// Milliseconds; [`u16::MAX`] where it is not known.
    round_trip: u16,
}

impl Step {
    const EMPTY: Self = Self {
        received: Point::EMPTY,
        sent: Point::EMPTY,
        round_trip: u16::MAX,
    };

    fn with(self, other: Self) -> Self {
        let round_trip = match (self.round_trip, other.round_trip) {
            (u16::MAX, known) | (known, u16::MAX) => known,
            (one, two) => one.max(two),
        };
        Self {
            received: self.received.with(other.received),
            sent: self.sent.with(other.sent),
            round_trip,
        }
    }

    pub(super) fn round_trip_ms(self) -> Option<u16> {
        (self.round_trip != u16::MAX).then_some(self.round_trip)
    }
}

/// The line.
#[derive(Debug)]
pub(super) struct Series {
    /// When its first step begins, from the call's beginning.
    pub(super) from_ms: u32,
    pub(super) step_ms: u32,
    pub(super) steps: Vec<Step>,
    last: Reading,
}

impl Series {
    pub(super) fn new(at_ms: u32) -> Self {
        Self {
            from_ms: at_ms.saturating_sub(STEP_MS),
            step_ms: STEP_MS,
            steps: Vec::new(),
            last: Reading::default(),
        }
    }

    /// Takes a reading. Steps between it and the one before are empty, up to a bound: then the line becomes coarser.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float becomes the nearest value that there is"
    )]
    pub(super) fn read(&mut self, at_ms: u32, reading: &Reading, steps_max: usize) {
        let step = Step {
            received: Point::between(&self.last.received, &reading.received),
            sent: Point::between(&self.last.sent, &reading.sent),
            round_trip: reading.round_trip_ms.map_or(u16::MAX, |ms| (ms.round() as u16).min(u16::MAX - 1)),
        };
        self.last = *reading;
        // A reading tells of the time before it: a moment early or late, it still belongs to its own step.
        let elapsed = at_ms.saturating_sub(self.from_ms).saturating_sub(STEP_MS / 2);
        let mut index = (elapsed / self.step_ms) as usize;
        while index >= steps_max {
            self.coarsen();
            index = (elapsed / self.step_ms) as usize;
        }
        match self.steps.get_mut(index) {
            Some(there) => *there = there.with(step),
            None => {
                self.steps.resize(index, Step::EMPTY);
                self.steps.push(step);
            }
        }
    }

    /// Halves the line.
    pub(super) fn coarsen(&mut self) {
        self.step_ms = self.step_ms.saturating_mul(2);
        let halved = self.steps.chunks(2).map(|pair| match pair {
            [one, two] => one.with(*two),
            _ => pair.first().copied().unwrap_or(Step::EMPTY),
        });
        self.steps = halved.collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(packets: u64, lost: u64, level: i8) -> Reading {
        Reading::from(&LegReport {
            received: StreamReport {
                packets,
                lost,
                jitter_ms: 3.13,
                level_dbov: Some(level),
                mos: Some(4.2),
                ..StreamReport::default()
            },
            round_trip_ms: Some(41.6),
            ..LegReport::default()
        })
    }

    #[test]
    fn a_line_shows_what_came_between_two_readings() {
        let mut series = Series::new(2_000);
        series.read(2_000, &report(100, 0, -20), 100);
        series.read(4_010, &report(190, 10, -25), 100);
        // Nothing for two steps, then again.
        series.read(9_990, &report(290, 10, -30), 100);
        let packets: Vec<_> = series.steps.iter().map(|step| step.received.packets()).collect();
        assert_eq!((series.from_ms, packets), (0, vec![100, 90, 0, 0, 100]));
        let second = series.steps[1];
        assert_eq!(second.received.loss_percent(), Some(10.0));
        assert_eq!((second.received.level(), second.received.jitter_ms()), (Some(-25), Some(3.1)));
        assert_eq!((second.received.mos(), second.round_trip_ms()), (Some(4.2), Some(42)));
        assert_eq!(second.sent.loss_percent(), None, "nothing was sent");
        assert_eq!(series.steps[2].received.level(), None, "not measured is not silence");
    }

    #[test]
    fn a_long_line_becomes_coarser_and_loses_nothing() {
        let mut series = Series::new(2_000);
        for number in 1..=1_000_u64 {
            series.read(u32::try_from(number * 2_000).unwrap(), &report(number * 100, 0, -20), 64);
        }
        assert!(
            series.steps.len() <= 64 && series.step_ms == 32_000,
            "{} of {} ms",
            series.steps.len(),
            series.step_ms
        );
        let packets: u64 = series.steps.iter().map(|step| u64::from(step.received.packets())).sum();
        assert_eq!(packets, 100_000);
        series.read(u32::MAX, &report(1, 0, -20), 64);
        assert!(series.steps.len() <= 64, "a reading from far away does not fill the memory");
    }
}
