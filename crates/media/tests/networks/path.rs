//! What networks do to a stream of packets, one every 20 ms: which arrive, and when.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// Between two packets, in microseconds.
pub const FRAME_US: u64 = 20_000;
/// From sender to receiver when nothing is in the way: half of 65 ms.
pub const ONE_WAY_US: u64 = 32_500;
/// Linux: the least retransmission timeout beyond the round trip.
const RTO_US_MIN: u64 = 200_000;

/// A network.
#[derive(Clone, Copy, Debug)]
pub enum Network {
    /// Every packet, after a delay that varies by up to so much (a queue: order is kept).
    Udp {
        /// Share of the packets lost.
        loss: f64,
        /// Packets lost in a row, on average; 1.0 is loss at random.
        burst: f64,
        /// Mean of the varying part of the delay.
        jitter_ms: u64,
    },
    /// A TCP connection that loses segments: nothing is lost to the receiver, but all wait for the one that is sent again.
    Tcp {
        /// Share of the segments lost.
        loss: f64,
    },
    /// Nothing for a while, again and again; then all at once.
    Stalls {
        /// The shortest stall.
        ms_min: u64,
        /// The longest.
        ms_max: u64,
        /// From one to the next.
        every_ms: u64,
    },
    /// One stall at `at_ms`, on an otherwise good network.
    OneStall {
        /// When.
        at_ms: u64,
        /// How long.
        ms: u64,
    },
}

/// Packets that arrive: when, in microseconds since the first was sent, and which. In order of arrival.
pub fn carry(network: Network, packets: u32, seed: u64) -> Vec<(u64, u32)> {
    let mut random = SmallRng::seed_from_u64(seed);
    let sent = |number: u32| u64::from(number) * FRAME_US;
    let mut arrivals: Vec<(u64, u32)> = match network {
        Network::Udp { loss, burst, jitter_ms } => {
            let mut lost = false;
            let mut free_us = 0;
            (0..packets)
                .filter_map(|number| {
                    // Gilbert: leaves a burst with 1/burst, enters one so often that `loss` of all are lost.
                    let leave = 1.0 / burst;
                    let chance = if lost { 1.0 - leave } else { loss * leave / (1.0 - loss) };
                    lost = random.random_bool(if burst > 1.0 { chance } else { loss });
                    let late_us = varying_us(&mut random, jitter_ms);
                    free_us = (sent(number) + ONE_WAY_US + late_us).max(free_us);
                    (!lost).then_some((free_us, number))
                })
                .collect()
        }
        Network::Tcp { loss } => tcp(loss, packets, &mut random),
        Network::Stalls { ms_min, ms_max, every_ms } => {
            let mut open_us = 0;
            let mut next_us = every_ms * 1_000;
            (0..packets)
                .map(|number| {
                    let at_us = sent(number) + ONE_WAY_US + varying_us(&mut random, 1);
                    if at_us >= next_us {
                        open_us = next_us + random.random_range(ms_min * 1_000..=ms_max * 1_000);
                        next_us += random.random_range(every_ms * 500..=every_ms * 1_500);
                    }
                    (at_us.max(open_us), number)
                })
                .collect()
        }
        Network::OneStall { at_ms, ms } => (0..packets)
            .map(|number| {
                let at_us = sent(number) + ONE_WAY_US + varying_us(&mut random, 1);
                let stalled = (at_ms * 1_000..(at_ms + ms) * 1_000).contains(&at_us);
                (if stalled { (at_ms + ms) * 1_000 } else { at_us }, number)
            })
            .collect(),
    };
    arrivals.sort_by_key(|(at_us, number)| (*at_us, *number));
    arrivals
}

/// Exponentially distributed, cut at five times the mean.
fn varying_us(random: &mut SmallRng, mean_ms: u64) -> u64 {
    let share = -f64::ln(1.0 - random.random::<f64>());
    (share.min(5.0) * mean_ms as f64 * 1_000.0) as u64
}

/// Segments of a thin stream with selective acknowledgements: a segment counts as lost a round trip after the next one that
/// arrived was sent (RACK: a quarter of the round trip of reordering passes in one frame), or after the retransmission timeout.
fn tcp(loss: f64, packets: u32, random: &mut SmallRng) -> Vec<(u64, u32)> {
    let round_trip_us = 2 * ONE_WAY_US;
    let first_lost: Vec<bool> = (0..packets).map(|_| random.random_bool(loss)).collect();
    let mut in_order_us = 0;
    (0..packets)
        .map(|number| {
            let sent_us = u64::from(number) * FRAME_US;
            let mut try_us = sent_us;
            if first_lost[number as usize] {
                let mut timeout_us = round_trip_us + RTO_US_MIN;
                loop {
                    let next = (number + 1..packets).find(|later| !first_lost[*later as usize] && u64::from(*later) * FRAME_US > try_us);
                    let noticed_us = next.map_or(u64::MAX, |later| u64::from(later) * FRAME_US + round_trip_us);
                    try_us = noticed_us.min(try_us + timeout_us);
                    timeout_us *= 2;
                    if !random.random_bool(loss) {
                        break;
                    }
                }
            }
            in_order_us = in_order_us.max(try_us + ONE_WAY_US + varying_us(random, 1));
            (in_order_us, number)
        })
        .collect()
}
