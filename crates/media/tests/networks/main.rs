//! How audio comes through bad networks, in numbers: how long it waits in the jitter buffer and how much of it is invented.
//!
//! The delay is counted from the moment at which a packet would have come through the idle network. Every network is played with many
//! seeds, to a talker with pauses and to one without.

#![allow(unreachable_pub, reason = "modules of one test program")]
#![allow(clippy::unwrap_used, reason = "tests, and what helps them")]

mod path;

use std::time::{Duration, Instant};

use media::audio::jitter::{Buffer, Packet, Playout};
use path::{FRAME_US, Network, ONE_WAY_US, carry};

const CLOCK: u32 = 8_000;
const TICKS: u32 = 160;
/// The first seconds are for learning.
const LEARNING_S: u64 = 5;
const SEEDS: u64 = 20;

/// How somebody talks: when a frame is quiet enough for a correction that nobody hears.
#[derive(Clone, Copy, Debug)]
enum Talker {
    /// Phrases of 2.2 s, pauses of 400 ms.
    Ordinary,
    /// Never a pause.
    Breathless,
}

impl Talker {
    fn is_quiet(self, number: u32) -> bool {
        match self {
            Self::Ordinary => number % 130 >= 110,
            Self::Breathless => false,
        }
    }
}

/// What came of some audio.
#[derive(Debug, Default)]
struct Outcome {
    /// From the moment at which a packet would have come through an idle network until it was played, in milliseconds, with when.
    delays: Vec<(u64, f32)>,
    frames: u64,
    concealed: u64,
    recovered: u64,
    /// Frames put in or left out.
    corrected: u64,
}

impl Outcome {
    fn percentile_ms(&self, share: f64) -> f32 {
        let mut delays: Vec<f32> = self.delays.iter().map(|(_, ms)| *ms).collect();
        delays.sort_by(f32::total_cmp);
        delays[((delays.len() - 1) as f64 * share) as usize]
    }

    fn percent(&self, frames: u64) -> f64 {
        frames as f64 * 100.0 / self.frames as f64
    }

    fn add(&mut self, other: &Self) {
        self.delays.extend(&other.delays);
        self.frames += other.frames;
        self.concealed += other.concealed;
        self.recovered += other.recovered;
        self.corrected += other.corrected;
    }
}

#[allow(clippy::disallowed_methods, reason = "simulated time needs some instant to begin with")]
fn beginning() -> Instant {
    Instant::now()
}

/// Plays these arrivals for so many seconds; figures are of what is played from `from_s` on.
fn play(arrivals: Vec<(u64, u32)>, talker: Talker, seconds: u64, from_s: u64, seed: u64) -> Outcome {
    let begin = beginning();
    let mut buffer = Buffer::new(CLOCK);
    let mut arrivals = arrivals.into_iter().peekable();
    let mut outcome = Outcome::default();
    let mut quiet = false;
    // Playout begins at any moment of the frame.
    let mut now_us = ONE_WAY_US + seed * 7_919 % FRAME_US;
    let mut before = buffer.counters();
    while now_us < seconds * 1_000_000 {
        while let Some((at_us, number)) = arrivals.next_if(|(at_us, _)| *at_us <= now_us) {
            let payload = number.to_be_bytes();
            let packet = Packet {
                ssrc: 1,
                sequence: number as u16,
                timestamp: number * TICKS,
                marker: number == 0,
                payload: &payload,
            };
            buffer.push(&packet, TICKS, begin + Duration::from_micros(at_us));
        }
        let counts = now_us >= from_s * 1_000_000;
        if !counts {
            before = buffer.counters();
        }
        outcome.frames += u64::from(counts);
        match buffer.pull(begin + Duration::from_micros(now_us), quiet) {
            Playout::Frame { payload, .. } => {
                let number = u32::from_be_bytes(payload.try_into().unwrap());
                quiet = talker.is_quiet(number);
                let ideal_us = u64::from(number) * FRAME_US + ONE_WAY_US;
                if counts {
                    outcome.delays.push((now_us, (now_us as f32 - ideal_us as f32) / 1_000.0));
                }
            }
            Playout::Recover { .. } | Playout::Conceal | Playout::Silence => {}
        }
        now_us += FRAME_US;
    }
    let after = buffer.counters();
    outcome.concealed = after.concealed - before.concealed;
    outcome.recovered = after.recovered - before.recovered;
    outcome.corrected = after.skipped + after.inserted - before.skipped - before.inserted;
    outcome
}

/// Minutes on a network, all seeds together.
fn minutes(network: Network, talker: Talker) -> Outcome {
    let mut all = Outcome::default();
    for seed in 0..SEEDS {
        all.add(&play(carry(network, 60 * 50, seed), talker, 60, LEARNING_S, seed));
    }
    all
}

/// What a network may cost: the 95th percentile of the delay in milliseconds, and the share of the audio that is invented and that
/// is put in or left out, in percent.
struct Cost {
    delay_ms_max: f32,
    concealed_percent_max: f64,
    corrected_percent_max: f64,
}

fn assert_cost(network: Network, cost: &Cost) {
    for talker in [Talker::Ordinary, Talker::Breathless] {
        let outcome = minutes(network, talker);
        let (delay_ms, concealed, corrected) = (
            outcome.percentile_ms(0.95),
            outcome.percent(outcome.concealed),
            outcome.percent(outcome.corrected),
        );
        let recovered = outcome.percent(outcome.recovered);
        assert!(
            delay_ms <= cost.delay_ms_max && concealed <= cost.concealed_percent_max && corrected <= cost.corrected_percent_max,
            "{network:?} {talker:?}: p95 {delay_ms:.0} ms, concealed {concealed:.2} %, corrected {corrected:.2} %, recovered {recovered:.2} %"
        );
    }
}

const fn udp(loss: f64, burst: f64, jitter_ms: u64) -> Network {
    Network::Udp { loss, burst, jitter_ms }
}

#[test]
fn a_good_network_costs_three_frames_and_nothing_is_invented() {
    let cost = Cost {
        delay_ms_max: 60.0,
        concealed_percent_max: 0.0,
        corrected_percent_max: 0.05,
    };
    assert_cost(udp(0.0, 1.0, 1), &cost);
}

/// With a codec that repeats the frame before (Opus), only what is lost two in a row is invented.
#[test]
fn random_loss_over_udp_costs_no_delay_and_is_recovered() {
    for (network, delay_ms_max, concealed_percent_max) in [
        (udp(0.03, 1.0, 2), 50.0, 0.2),
        (udp(0.03, 1.0, 10), 70.0, 0.6),
        (udp(0.05, 1.0, 5), 52.0, 0.6),
    ] {
        let cost = Cost {
            delay_ms_max,
            concealed_percent_max,
            corrected_percent_max: 0.1,
        };
        assert_cost(network, &cost);
        let recovered = minutes(network, Talker::Ordinary);
        assert!(recovered.percent(recovered.recovered) > 2.5, "{network:?}");
    }
}

#[test]
fn loss_in_bursts_is_recovered_in_part() {
    for (network, concealed_percent_max) in [(udp(0.03, 2.5, 2), 1.9), (udp(0.05, 2.5, 5), 3.2)] {
        let cost = Cost {
            delay_ms_max: 52.0,
            concealed_percent_max,
            corrected_percent_max: 0.1,
        };
        assert_cost(network, &cost);
    }
}

#[test]
fn jitter_costs_as_much_delay_as_it_is_wide() {
    let cost = Cost {
        delay_ms_max: 125.0,
        concealed_percent_max: 0.8,
        corrected_percent_max: 0.1,
    };
    assert_cost(udp(0.0, 1.0, 20), &cost);
}

#[test]
fn tcp_that_loses_segments_costs_a_retransmission_and_little_is_invented() {
    for (loss, delay_ms_max, concealed_percent_max) in [(0.01, 112.0, 0.8), (0.03, 150.0, 0.5), (0.05, 182.0, 1.1)] {
        let cost = Cost {
            delay_ms_max,
            concealed_percent_max,
            corrected_percent_max: 0.3,
        };
        assert_cost(Network::Tcp { loss }, &cost);
    }
}

#[test]
fn stalls_again_and_again_are_waited_for() {
    for (every_ms, delay_ms_max) in [(1_000, 200.0), (5_000, 115.0)] {
        let cost = Cost {
            delay_ms_max,
            concealed_percent_max: 2.0,
            corrected_percent_max: 0.7,
        };
        let (ms_min, ms_max) = (65, 200);
        assert_cost(Network::Stalls { ms_min, ms_max, every_ms }, &cost);
    }
}

/// The longest delay of what is played from one second to another.
fn longest_ms(outcome: &Outcome, from_s: u64, to_s: u64) -> f32 {
    let span = from_s * 1_000_000..to_s * 1_000_000;
    let delays = outcome.delays.iter().filter(|(at_us, _)| span.contains(at_us));
    delays.map(|(_, ms)| *ms).fold(0.0, f32::max)
}

#[test]
fn one_stall_leaves_no_delay_behind() {
    for seed in 0..SEEDS {
        for talker in [Talker::Ordinary, Talker::Breathless] {
            for ms in [100, 200, 400] {
                let outcome = play(carry(Network::OneStall { at_ms: 20_000, ms }, 2_000, seed), talker, 40, 0, seed);
                let after_ms = longest_ms(&outcome, 21, 40);
                assert!(after_ms <= 65.0, "{ms} ms, {talker:?}: {after_ms} ms");
            }
            // So long that it is silence, and a new beginning.
            let network = Network::OneStall { at_ms: 20_000, ms: 800 };
            let outcome = play(carry(network, 2_000, seed), talker, 40, 0, seed);
            let (soon_ms, later_ms) = (longest_ms(&outcome, 22, 40), longest_ms(&outcome, 25, 40));
            assert!(soon_ms <= 125.0 && later_ms <= 90.0, "{talker:?}: {soon_ms} ms, {later_ms} ms");
        }
    }
}

#[test]
fn a_stall_while_a_call_begins_is_forgotten_in_some_seconds() {
    for seed in 0..SEEDS {
        let network = Network::OneStall { at_ms: 1_000, ms: 200 };
        let outcome = play(carry(network, 1_500, seed), Talker::Ordinary, 30, 0, seed);
        let after_ms = longest_ms(&outcome, 10, 30);
        assert!(after_ms <= 70.0, "{after_ms} ms");
    }
}

/// One network until a packet of that number, then another.
fn change(first: Network, then: Network, at: u32, packets: u32, seed: u64) -> Vec<(u64, u32)> {
    let mut arrivals = carry(first, at, seed);
    let later = carry(then, packets, seed + 1_000);
    arrivals.extend(later.into_iter().filter(|(_, number)| *number >= at));
    arrivals.sort_unstable();
    arrivals
}

#[test]
fn a_network_that_turns_bad_is_followed_within_five_seconds_and_back_within_fifteen() {
    let (good, bad) = (udp(0.0, 1.0, 1), Network::Tcp { loss: 0.03 });
    let (mut worse, mut settled, mut calm) = (Outcome::default(), Outcome::default(), Outcome::default());
    for seed in 0..SEEDS {
        let arrivals = change(good, bad, 1_000, 2_000, seed);
        let whole = |from_s, to_s| play(arrivals.clone(), Talker::Ordinary, to_s, from_s, seed);
        worse.add(&whole(20, 25));
        settled.add(&whole(25, 40));
        let arrivals = change(bad, good, 1_000, 2_000, seed);
        calm.add(&play(arrivals, Talker::Ordinary, 40, 35, seed));
    }
    let (worse, settled) = (worse.percent(worse.concealed), settled.percent(settled.concealed));
    assert!(worse <= 3.5 && settled <= 1.0, "{worse:.2} % and {settled:.2} %");
    assert!(calm.percentile_ms(0.9) <= 80.0, "{} ms", calm.percentile_ms(0.9));
}
