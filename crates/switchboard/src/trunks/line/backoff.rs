//! How long to wait before the next try: longer each time, and never at the same time as everybody else (RFC 5626 section 4.5).

use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;

/// First and longest wait for servers that cannot be reached: they come back without our doing.
const UNREACHABLE: (Duration, Duration) = (Duration::from_secs(4), Duration::from_secs(240));
/// The same for an account that is refused: somebody has to do something first, and providers lock out who tries too often.
const REFUSED: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(1_800));

/// Counts what went wrong in a row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    tries: u32,
}

impl Backoff {
    pub(super) fn unreachable(&mut self, random: &mut StdRng) -> Duration {
        self.next(UNREACHABLE, random)
    }

    pub(super) fn refused(&mut self, random: &mut StdRng) -> Duration {
        self.next(REFUSED, random)
    }

    fn next(&mut self, (first, longest): (Duration, Duration), random: &mut StdRng) -> Duration {
        let pause = first.saturating_mul(1 << self.tries.min(16)).min(longest);
        self.tries = self.tries.saturating_add(1);
        pause.mul_f64(random.random_range(0.5..1.0))
    }
}
