use std::collections::BTreeMap;
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::*;
use crate::audio::testing::start;

const CLOCK: u32 = 8000;
const TICKS: u32 = 160;

/// What was played when.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Packet(u32),
    Recovered(u32),
    Concealed,
    Silence,
}

/// A packet on its way: when it arrives (in µs), and which one it is.
struct World {
    buffer: Buffer,
    begin: Instant,
    arrivals: BTreeMap<(u64, u32), Sent>,
    heard: Vec<(u64, Heard)>,
    now_us: u64,
    quiet: bool,
}

#[derive(Clone, Copy)]
struct Sent {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    number: u32,
    ticks: u32,
}

impl World {
    fn new() -> Self {
        Self {
            buffer: Buffer::new(CLOCK),
            begin: start(),
            arrivals: BTreeMap::new(),
            heard: Vec::new(),
            now_us: 7_000,
            quiet: false,
        }
    }

    fn send_at(&mut self, arrival_us: u64, sent: Sent) {
        let copy = self.arrivals.range((arrival_us, 0)..(arrival_us + 1, 0)).count() as u32;
        self.arrivals.insert((arrival_us, copy), sent);
    }

    /// Packet `number` of an ordinary stream, `late_us` after its time.
    fn send(&mut self, number: u32, late_us: u64) {
        let sent = Sent {
            ssrc: 1,
            sequence: number as u16,
            timestamp: number.wrapping_mul(TICKS),
            number,
            ticks: TICKS,
        };
        self.send_at(u64::from(number) * 20_000 + late_us, sent);
    }

    fn run_ms(&mut self, ms: u64) {
        let end = self.now_us + ms * 1000;
        while self.now_us < end {
            while let Some(entry) = self.arrivals.first_entry() {
                if entry.key().0 > self.now_us {
                    break;
                }
                let (arrival_us, sent) = (entry.key().0, entry.remove());
                let payload = sent.number.to_be_bytes();
                let payload = if sent.ticks == 0 { &[][..] } else { &payload };
                let packet = Packet {
                    ssrc: sent.ssrc,
                    sequence: sent.sequence,
                    timestamp: sent.timestamp,
                    marker: false,
                    payload,
                };
                self.buffer
                    .push(&packet, sent.ticks, self.begin + Duration::from_micros(arrival_us));
            }
            let number = |payload: &[u8]| u32::from_be_bytes(payload.try_into().expect("four bytes"));
            let heard = match self.buffer.pull(self.begin + Duration::from_micros(self.now_us), self.quiet) {
                Playout::Frame { payload, .. } => Heard::Packet(number(payload)),
                Playout::Recover { next, .. } => Heard::Recovered(number(next) - 1),
                Playout::Conceal => Heard::Concealed,
                Playout::Silence => Heard::Silence,
            };
            self.heard.push((self.now_us, heard));
            self.now_us += 20_000;
        }
        let c = self.buffer.counters();
        let waiting = self.buffer.slots.iter().filter(|slot| slot.full && slot.ticks > 0).count() as u64;
        let events = c.received - c.played - c.late - c.duplicate - c.refused - c.skipped - waiting;
        assert!(events <= 20, "every packet has one fate, or is an event: {c:?}, {waiting} waiting");
        assert!(self.buffer.slots.len() == SLOTS);
    }

    fn packets(&self) -> Vec<u32> {
        self.heard
            .iter()
            .filter_map(|(_, heard)| match heard {
                Heard::Packet(number) => Some(*number),
                Heard::Recovered(_) | Heard::Concealed | Heard::Silence => None,
            })
            .collect()
    }

    /// From sending to playing, in ms, of packets played after `from_ms`.
    fn delays_ms(&self, from_ms: u64) -> Vec<f64> {
        self.heard
            .iter()
            .filter(|(at_us, _)| *at_us >= from_ms * 1000)
            .filter_map(|(at_us, heard)| match heard {
                Heard::Packet(number) => Some((*at_us as f64 - f64::from(*number) * 20_000.0) / 1000.0),
                Heard::Recovered(_) | Heard::Concealed | Heard::Silence => None,
            })
            .collect()
    }

    fn count(&self, from_ms: u64, wanted: &Heard) -> usize {
        self.heard
            .iter()
            .filter(|(at_us, heard)| *at_us >= from_ms * 1000 && heard == wanted)
            .count()
    }
}

fn assert_ascending(numbers: &[u32], what: &str) {
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{what}: out of order");
}

#[test]
fn an_undisturbed_stream_is_played_whole_and_soon() {
    let mut world = World::new();
    (0..500).for_each(|n| world.send(n, 0));
    world.run_ms(10_000);
    let packets = world.packets();
    assert_eq!(packets, (0..packets.len() as u32).collect::<Vec<_>>());
    assert!(packets.len() >= 495, "{}", packets.len());
    assert_eq!(world.count(200, &Heard::Concealed) + world.count(200, &Heard::Silence), 0);
    assert!(world.delays_ms(0).into_iter().all(|delay| delay <= 67.0));
    let counters = world.buffer.counters();
    assert_eq!((counters.lost, counters.late, counters.duplicate), (0, 0, 0));
}

#[test]
fn an_undisturbed_stream_finds_its_way_to_little_delay_in_a_pause() {
    let mut world = World::new();
    (0..1500).for_each(|n| world.send(n, 0));
    world.quiet = true;
    world.run_ms(30_000);
    assert!(
        world.delays_ms(20_000).into_iter().all(|delay| delay <= 55.0),
        "{:?}",
        world.delays_ms(29_900)
    );
    assert!(world.buffer.delay_ms() <= 55.0);
}

/// For every loss and jitter: order kept, delay bounded by the jitter, and little more concealed than was lost.
#[test]
fn loss_and_jitter_are_absorbed_for_many_seeds() {
    for seed in 0..300_u64 {
        let mut random = SmallRng::seed_from_u64(seed);
        let loss = [0.0, 0.01, 0.05, 0.1, 0.2][seed as usize % 5];
        let jitter_ms = [0, 5, 20, 40, 80, 120][seed as usize / 5 % 6];
        let what = format!("seed {seed}: {loss} loss, {jitter_ms} ms jitter");
        let mut world = World::new();
        for n in 0..1500 {
            if !random.random_bool(loss) {
                let late_us = random.random_range(0..=jitter_ms * 1000);
                world.send(n, late_us);
            }
        }
        world.run_ms(30_000);
        assert_ascending(&world.packets(), &what);
        let delay_ms_max = world.delays_ms(10_000).into_iter().fold(0.0, f64::max);
        assert!(delay_ms_max <= jitter_ms as f64 + 125.0, "{what}: {delay_ms_max} ms");
        let frames = 1000.0;
        let missing = 1.0 - world.delays_ms(10_000).len() as f64 / frames;
        assert!(missing <= loss + 0.06, "{what}: {missing:.3} of the frames were not there");
    }
}

#[test]
fn sequence_numbers_and_timestamps_wrap() {
    let mut world = World::new();
    for n in 0..500_u32 {
        let sent = Sent {
            ssrc: 1,
            sequence: (n as u16).wrapping_add(65_400),
            timestamp: (n * TICKS).wrapping_add(u32::MAX - 20_000),
            number: n,
            ticks: TICKS,
        };
        world.send_at(u64::from(n) * 20_000, sent);
    }
    world.run_ms(10_000);
    let packets = world.packets();
    assert_eq!(packets, (0..packets.len() as u32).collect::<Vec<_>>());
    assert_eq!(world.buffer.counters().restarts, 0);
}

#[test]
fn duplicates_and_reordering_are_undone() {
    let mut world = World::new();
    for n in 0..500 {
        // Every tenth packet comes 25 ms late: after its successor.
        let late_us = if n % 10 == 3 { 25_000 } else { 0 };
        world.send(n, late_us);
        world.send(n, late_us + 1_000);
    }
    world.run_ms(9_900);
    let packets = world.packets();
    assert_ascending(&packets, "reordered");
    assert!(packets.len() >= 485, "{}", packets.len());
    let counters = world.buffer.counters();
    assert!(
        counters.duplicate + counters.late >= 490 && counters.reordered >= 45,
        "{counters:?}"
    );
    assert!(counters.late <= 20, "{counters:?}");
}

#[test]
fn a_lost_packet_is_recovered_from_its_successor() {
    let mut world = World::new();
    (0..500).filter(|n| n % 10 != 5).for_each(|n| world.send(n, 0));
    world.run_ms(9_900);
    let recovered = world
        .heard
        .iter()
        .filter(|(_, heard)| matches!(heard, Heard::Recovered(n) if n % 10 == 5))
        .count();
    assert!(recovered >= 48, "{recovered}");
    assert_eq!(world.count(200, &Heard::Concealed), 0);
    assert_eq!(world.buffer.counters().lost, recovered as u64);
}

#[test]
fn several_lost_packets_are_concealed_and_the_last_of_them_recovered() {
    let mut world = World::new();
    (0..500).filter(|n| n % 50 < 47).for_each(|n| world.send(n, 0));
    world.run_ms(8_900);
    // Eight gaps of three packets.
    assert_eq!(world.count(200, &Heard::Concealed), 16);
    assert!(world.delays_ms(0).into_iter().all(|delay| delay <= 67.0));
}

#[test]
fn a_new_source_and_a_jump_are_followed_after_two_packets() {
    for (name, ssrc, sequence, timestamp) in [
        ("new source", 9, 100_u32, 5_000_000_u32),
        ("jump back", 1, 0, 0),
        ("timestamp alone", 1, 200, 77_000_000),
        ("sequence alone", 1, 30_000, 32_000),
    ] {
        let mut world = World::new();
        (0..200).for_each(|n| world.send(n, 0));
        for n in 0..200_u32 {
            let sent = Sent {
                ssrc,
                sequence: (sequence + n) as u16,
                timestamp: timestamp.wrapping_add(n * TICKS),
                number: 1000 + n,
                ticks: TICKS,
            };
            world.send_at(u64::from(200 + n) * 20_000, sent);
        }
        world.run_ms(8_000);
        let packets = world.packets();
        assert_ascending(&packets, name);
        let after = packets.iter().filter(|n| **n >= 1000).count();
        assert!(after >= 190, "{name}: {after} packets after the change");
        assert_eq!(world.buffer.counters().restarts, 1, "{name}");
        assert!(world.delays_ms(5_000).len() >= 145, "{name}");
    }
}

#[test]
fn a_strangers_packets_between_ours_are_refused() {
    let mut world = World::new();
    for n in 0..300 {
        world.send(n, 0);
        let sent = Sent {
            ssrc: 666,
            sequence: (n * 3) as u16,
            timestamp: 99 * n,
            number: 9999,
            ticks: TICKS,
        };
        world.send_at(u64::from(n) * 20_000 + 3_000, sent);
    }
    world.run_ms(6_000);
    assert!(!world.packets().contains(&9999));
    assert_eq!(world.count(200, &Heard::Concealed), 0);
    assert_eq!(world.buffer.counters().restarts, 0);
}

#[test]
fn a_sender_with_another_clock_is_followed_without_growing_delay() {
    for ppm in [-500_i64, -100, 100, 500] {
        let mut world = World::new();
        // 10 minutes, with a pause between words every second.
        let mut at_us = 0.0;
        let mut sent_us = Vec::new();
        for n in 0..30_000_u32 {
            let sent = Sent {
                ssrc: 1,
                sequence: n as u16,
                timestamp: n * TICKS,
                number: n,
                ticks: TICKS,
            };
            world.send_at(at_us as u64, sent);
            sent_us.push(at_us);
            at_us += 20_000.0 * (1.0 + ppm as f64 / 1e6);
        }
        for second in 0..590 {
            world.quiet = second % 2 == 0;
            world.run_ms(1_000);
        }
        for (at, heard) in &world.heard {
            if let Heard::Packet(number) = heard {
                let delay_ms = (*at as f64 - sent_us[*number as usize]) / 1000.0;
                assert!((-1.0..=100.0).contains(&delay_ms), "{ppm} ppm: {delay_ms} ms at {at}");
            }
        }
        let counters = world.buffer.counters();
        let corrections = counters.skipped + counters.inserted + counters.concealed;
        assert!((1..=80).contains(&corrections), "{ppm} ppm: {counters:?}");
    }
}

#[test]
fn a_pause_of_the_sender_is_silence_not_loss() {
    // Discontinuous transmission: sequence numbers go on, timestamps leave out the pause.
    let mut world = World::new();
    for n in (0..500_u32).filter(|n| n % 100 < 60) {
        let sequence = (n / 100 * 60 + n % 100) as u16;
        world.send_at(
            u64::from(n) * 20_000,
            Sent {
                ssrc: 1,
                sequence,
                timestamp: n * TICKS,
                number: n,
                ticks: TICKS,
            },
        );
    }
    world.run_ms(10_000);
    let counters = world.buffer.counters();
    assert_eq!((counters.lost, counters.late, counters.skipped), (0, 0, 0), "{counters:?}");
    assert!(world.packets().len() >= 295);
    assert!(world.delays_ms(0).into_iter().all(|delay| delay <= 90.0));
}

#[test]
fn hold_for_a_minute_with_a_clock_that_stood_still() {
    let mut world = World::new();
    (0..100).for_each(|n| world.send(n, 0));
    world.run_ms(4_000);
    for n in 100..300_u32 {
        let sent = Sent {
            ssrc: 1,
            sequence: n as u16,
            timestamp: n * TICKS,
            number: n,
            ticks: TICKS,
        };
        world.send_at(u64::from(n) * 20_000 + 60_000_000, sent);
    }
    world.run_ms(64_000);
    assert!(world.packets().len() >= 285, "{}", world.packets().len());
}

#[test]
fn a_burst_after_an_outage_does_not_leave_a_long_delay() {
    let mut world = World::new();
    for n in 0..1500_u32 {
        // From 10 s to 10.4 s nothing gets through, then all at once.
        let late_us = if (500..520).contains(&n) { u64::from(520 - n) * 20_000 } else { 0 };
        world.send(n, late_us);
    }
    world.run_ms(30_000);
    assert_ascending(&world.packets(), "burst");
    let delay = |from, to| {
        world.delays_ms(from)[..((to - from) / 20) as usize]
            .iter()
            .copied()
            .fold(0.0, f64::max)
    };
    assert!(delay(12_000, 16_000) <= 230.0, "{}", delay(12_000, 16_000));
    let mut world_quiet = World::new();
    world_quiet.quiet = true;
    for n in 0..1500_u32 {
        let late_us = if (500..520).contains(&n) { u64::from(520 - n) * 20_000 } else { 0 };
        world_quiet.send(n, late_us);
    }
    world_quiet.run_ms(30_000);
    let last = world_quiet.delays_ms(27_000).into_iter().fold(0.0, f64::max);
    assert!(last <= 90.0, "{last}");
}

#[test]
fn key_presses_in_the_stream_are_not_missed() {
    let mut world = World::new();
    let mut sequence = 0_u16;
    for n in 0..500_u32 {
        if n % 100 == 50 {
            // Three packets of an event beside the audio.
            for _ in 0..3 {
                let sent = Sent {
                    ssrc: 1,
                    sequence,
                    timestamp: n * TICKS,
                    number: 0,
                    ticks: 0,
                };
                world.send_at(u64::from(n) * 20_000, sent);
                sequence += 1;
            }
        }
        let sent = Sent {
            ssrc: 1,
            sequence,
            timestamp: n * TICKS,
            number: n,
            ticks: TICKS,
        };
        world.send_at(u64::from(n) * 20_000 + 500, sent);
        sequence += 1;
    }
    world.run_ms(10_000);
    let counters = world.buffer.counters();
    assert_eq!((counters.lost, counters.concealed), (0, 0), "{counters:?}");
    let packets = world.packets();
    assert_eq!(packets, (0..packets.len() as u32).collect::<Vec<_>>());
}

#[test]
fn a_flood_is_bounded() {
    let mut world = World::new();
    for n in 0..5000_u32 {
        let sent = Sent {
            ssrc: 1,
            sequence: n as u16,
            timestamp: n * TICKS,
            number: n,
            ticks: TICKS,
        };
        world.send_at(u64::from(n), sent);
    }
    world.run_ms(2_000);
    assert_ascending(&world.packets(), "flood");
    let payload = [0; PAYLOAD_BYTES_MAX + 1];
    let packet = Packet {
        ssrc: 1,
        sequence: 0,
        timestamp: 0,
        marker: false,
        payload: &payload,
    };
    let before = world.buffer.counters().refused;
    world.buffer.push(&packet, 160, world.begin);
    assert_eq!(world.buffer.counters().refused, before + 1);
}

#[test]
fn nonsense_neither_panics_nor_loses_count() {
    for seed in 0..200 {
        let mut random = SmallRng::seed_from_u64(seed);
        let mut world = World::new();
        for n in 0..500_u32 {
            let sent = Sent {
                ssrc: random.random_range(0..2),
                sequence: random.random(),
                timestamp: random.random(),
                number: n,
                ticks: [160, 80, 960][random.random_range(0..3)],
            };
            world.send_at(random.random_range(0..5_000_000), sent);
            world.send(n, random.random_range(0..2_000_000));
        }
        world.quiet = seed % 2 == 0;
        world.run_ms(12_000);
    }
}
