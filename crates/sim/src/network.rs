//! How long a message takes, and whether it arrives.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::Rng;
use rand::rngs::SmallRng;
use sip::Flow;

/// What the network does to messages.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    /// The shortest way takes so long, in milliseconds.
    pub delay_ms_min: u64,
    /// The longest way takes so long; datagrams overtake each other in between, messages of a connection do not.
    pub delay_ms_max: u64,
    /// Datagrams lost, in percent.
    pub loss_percent: u32,
    /// Datagrams that arrive twice, in percent.
    pub repeat_percent: u32,
}

impl Network {
    /// A local network on a good day.
    #[must_use]
    pub fn calm() -> Self {
        Self {
            delay_ms_min: 1,
            delay_ms_max: 3,
            loss_percent: 0,
            repeat_percent: 0,
        }
    }

    /// A network chosen by the seed: from good to barely usable.
    #[must_use]
    pub fn any(rng: &mut SmallRng) -> Self {
        let delay_ms_min = rng.random_range(1..50);
        Self {
            delay_ms_min,
            delay_ms_max: delay_ms_min + rng.random_range(0..400),
            loss_percent: rng.random_range(0..30),
            repeat_percent: rng.random_range(0..10),
        }
    }

    /// When copies of a message arrive. `last`: when the one before arrives, for each connection and direction.
    pub(crate) fn arrivals(&self, flow: Flow, now: Instant, last: &mut BTreeMap<Flow, Instant>, rng: &mut SmallRng) -> Vec<Instant> {
        let arrival = now + self.delay(rng);
        if flow.transport.is_reliable() {
            let arrival = last.get(&flow).map_or(arrival, |last| arrival.max(*last));
            last.insert(flow, arrival);
            return vec![arrival];
        }
        if rng.random_range(0..100) < self.loss_percent {
            return Vec::new();
        }
        let mut arrivals = vec![arrival];
        if rng.random_range(0..100) < self.repeat_percent {
            arrivals.push(now + self.delay(rng));
        }
        arrivals
    }

    fn delay(&self, rng: &mut SmallRng) -> Duration {
        Duration::from_millis(rng.random_range(self.delay_ms_min..=self.delay_ms_max))
    }
}
