//! How much loss the receivers of a stream are to be prepared for: what their reports say, without the noise.
//!
//! A report covers some seconds: of 250 packets 3 % are lost on average, but four in one interval and eleven in the next. Redundancy
//! that comes and goes with each report would be missing half of the time, so that the expectation rises quickly and falls slowly.

/// Below this nothing is expected, in percent: redundancy costs sound, and concealment hides the odd packet.
const PERCENT_MIN: f32 = 1.0;
/// What was expected already ends only below this.
const PERCENT_END: f32 = 0.5;
/// More than this is never expected: with a quarter of the packets gone, redundancy in the next one does not help.
const PERCENT_MAX: f32 = 25.0;
/// How far one report moves the expectation, up and down.
const RISE: f32 = 0.5;
const FALL: f32 = 0.125;

/// The loss to be prepared for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ExpectedLoss {
    percent: f32,
    expected: bool,
}

impl ExpectedLoss {
    /// A receiver reports the share of packets that it lost since the report before, in percent (RFC 3550 section 6.4.1).
    pub fn report(&mut self, percent: f32) {
        // A report that makes no sense is one of no loss.
        let percent = if percent.is_finite() {
            percent.clamp(0.0, PERCENT_MAX)
        } else {
            0.0
        };
        let step = if percent > self.percent { RISE } else { FALL };
        self.percent += (percent - self.percent) * step;
        let enough = if self.expected { PERCENT_END } else { PERCENT_MIN };
        self.expected = self.percent >= enough;
    }

    /// In percent, 0 or 1 to 25.
    #[must_use]
    pub fn percent(&self) -> u8 {
        if self.expected {
            self.percent.max(PERCENT_MIN).round() as u8
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::SmallRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    fn after(reports: &[f32]) -> u8 {
        let mut loss = ExpectedLoss::default();
        for percent in reports {
            loss.report(*percent);
        }
        loss.percent()
    }

    #[test]
    fn two_reports_of_loss_are_enough_and_the_odd_packet_is_not() {
        assert_eq!(after(&[]), 0);
        assert_eq!(after(&[3.0, 3.0]), 2);
        assert_eq!(after(&[3.0; 10]), 3);
        assert_eq!(after(&[0.9; 100]), 0);
        assert_eq!(after(&[1.0, 0.0, 0.0, 1.0, 0.0]), 0, "one packet of a hundred now and then");
    }

    #[test]
    fn the_expectation_is_bounded_and_forgets() {
        assert_eq!(after(&[100.0; 20]), 25);
        assert_eq!(after(&[f32::NAN, f32::INFINITY, -5.0]), 0);
        let mut reports = vec![5.0; 5];
        reports.extend([0.0; 10]);
        assert_eq!(after(&reports), 1);
        reports.extend([0.0; 20]);
        assert_eq!(after(&reports), 0);
    }

    #[test]
    fn three_percent_at_random_keep_the_redundancy_on() {
        let mut random = SmallRng::seed_from_u64(1);
        let mut loss = ExpectedLoss::default();
        for report in 0..1_000 {
            let lost = (0..250).filter(|_| random.random_bool(0.03)).count();
            loss.report(lost as f32 * 100.0 / 250.0);
            assert!(report < 3 || (2..=6).contains(&loss.percent()), "report {report}: {loss:?}");
        }
    }
}
