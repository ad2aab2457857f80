//! Whatever teams do, nothing is left behind.

use std::time::Duration;

use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use sim::{Habit, Network};

use super::*;

/// How many worlds are tried.
const SEEDS: u64 = 400;

/// Teams that hand on to each other, with members of all kinds.
fn random_world(seed: u64) -> World {
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut company = people(8);
    for device in &mut company.devices {
        device.rings = pick(
            &[Rings::default(), Rings::default(), Rings::After { delay_s: 3 }, Rings::Never],
            &mut rng,
        );
    }
    for user in &mut company.users {
        user.while_busy = pick(&[WhileBusy::CallWaiting, WhileBusy::RingOthers, WhileBusy::Busy], &mut rng);
    }
    let numbers = ["201", "202", "203", "104", "*44", "999"];
    for id in (1..=3).map(TeamId) {
        let turn_s = rng.random_range(0..6);
        let order = pick(&[Order::All, Order::InTurn { turn_s }, Order::LongestIdle { turn_s }], &mut rng);
        let mut team = team(id, 5, order);
        team.members.retain(|_| rng.random_bool(0.6));
        team.busy_when = if rng.random_bool(0.2) { BusyWhen::First } else { BusyWhen::All };
        if rng.random_bool(0.7) {
            let after_s = rng.random_range(0..12);
            team.overflow = overflow(after_s, pick(&numbers, &mut rng));
        }
        company.teams.push(team);
    }
    let mut world = World::with(company, Seats::default(), seed);
    for name in names(&world) {
        world.act(Act::Reconnect(name));
        let after = Duration::from_millis(rng.random_range(0..8_000));
        world.phone_mut(name).habit = match rng.random_range(0..10) {
            0..4 => Habit::Answer { after },
            4..7 => Habit::Ignore,
            _ => Habit::Refuse {
                after,
                status: pick(&[486, 603, 480], &mut rng),
            },
        };
    }
    world.network = Network::any(&mut rng);
    world.media_delay_ms_max = rng.random_range(0..300);
    world.run_ms(1_000);
    for _ in 0..rng.random_range(1..12) {
        let phone = desk(rng.random_range(101..=108));
        let at = rng.random_range(0..30_000);
        let number = pick(&["201", "202", "203", "201", "101"], &mut rng);
        let act = match rng.random_range(0..10) {
            0..6 => Act::Call { phone, number },
            6 => Act::HangUp(phone),
            7 => Act::Unregister(phone),
            8 => Act::Answer(phone),
            _ => Act::Refer {
                phone,
                to: "<sip:202@farend>",
            },
        };
        world.plan(at, act);
    }
    world
}

fn pick<T: Copy>(of: &[T], rng: &mut SmallRng) -> T {
    *of.choose(rng).expect("there is something to choose from")
}

#[test]
fn whatever_teams_do_nothing_is_left_behind() {
    let (mut answered, mut failed) = (0, 0);
    for seed in 0..SEEDS {
        let mut world = random_world(seed);
        world.record();
        world.run_ms(45_000);
        for entry in &world.journal {
            match entry {
                JournalEntry::Answered { .. } => answered += 1,
                JournalEntry::Ended { outcome, .. } => failed += usize::from(*outcome != Outcome::Answered),
                JournalEntry::Started { .. }
                | JournalEntry::Transferred { .. }
                | JournalEntry::Forwarded { .. }
                | JournalEntry::Emergency { .. } => {}
            }
        }
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| assert_nothing_left(&mut world)));
        assert!(checked.is_ok(), "seed {seed}");
    }
    assert!(answered > 100 && failed > 100, "{answered} {failed}");
}
