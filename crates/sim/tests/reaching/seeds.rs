//! Whatever people forward, nothing is left behind.

use std::time::Duration;

use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use sim::{Habit, Network};

use super::forwards::team;
use super::*;

/// How many worlds are tried.
const SEEDS: u64 = 400;

fn pick<T: Copy>(of: &[T], rng: &mut SmallRng) -> T {
    *of.choose(rng).expect("there is something to choose from")
}

fn random_rules(rng: &mut SmallRng) -> Vec<Forward> {
    let numbers = ["101", "102", "103", "104", "105", "106", "201", "202", "*44", "999"];
    let rules = (0..rng.random_range(0..4)).map(|_| {
        let unanswered = When::NoAnswer {
            after_s: rng.random_range(0..12),
        };
        let when = pick(&[When::Always, unanswered, unanswered, When::Busy, When::Unreachable], rng);
        rule(when, pick(&numbers, rng))
    });
    rules.collect()
}

/// People and teams who hand calls on to each other in all ways.
fn random_world(seed: u64) -> World {
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut company = people(7);
    for user in &mut company.users {
        user.while_busy = pick(&[WhileBusy::CallWaiting, WhileBusy::RingOthers, WhileBusy::Busy], &mut rng);
        user.reaching = Reaching {
            forwards: random_rules(&mut rng),
            do_not_disturb: DoNotDisturb {
                is_on: rng.random_bool(0.1),
                except: vec!["101".to_owned()],
            },
            rejects_anonymous: rng.random_bool(0.5),
        };
    }
    for id in 1..=2 {
        let order = pick(&[Order::All, Order::InTurn { turn_s: 3 }], &mut rng);
        let overflow = rng.random_bool(0.6).then(|| Overflow {
            after_s: rng.random_range(0..12),
            number: pick(&["101", "103", "201", "202"], &mut rng).to_owned(),
        });
        company.teams.push(Team {
            order,
            overflow,
            ..team(id, &[id, id + 1, id + 2])
        });
    }
    let mut world = World::with(company, Seats::default(), seed);
    for name in names(&world) {
        world.act(Act::Reconnect(name));
        let after = Duration::from_millis(rng.random_range(0..8_000));
        world.phone_mut(name).habit = match rng.random_range(0..10) {
            0..2 => Habit::Answer { after },
            2..6 => Habit::Ignore,
            _ => Habit::Refuse {
                after,
                status: pick(&[486, 603, 480, 500], &mut rng),
            },
        };
    }
    world.network = Network::any(&mut rng);
    world.media_delay_ms_max = rng.random_range(0..300);
    world.run_ms(1_000);
    for _ in 0..rng.random_range(1..12) {
        let phone = desk(rng.random_range(101..=107));
        let at = rng.random_range(0..30_000);
        let number = pick(&["101", "102", "103", "104", "201", "*26", "*21103", "*61"], &mut rng);
        let act = match rng.random_range(0..10) {
            0..6 => Act::Call { phone, number },
            6 => Act::HangUp(phone),
            7 => Act::Unregister(phone),
            8 => Act::Answer(phone),
            _ => Act::Refer {
                phone,
                to: "<sip:101@farend>",
            },
        };
        world.plan(at, act);
    }
    world
}

#[test]
fn whatever_people_forward_nothing_is_left_behind() {
    let (mut told, mut answered, mut failed) = (0, 0, 0);
    for seed in 0..SEEDS {
        let mut world = random_world(seed);
        world.record();
        world.run_ms(60_000);
        for entry in &world.journal {
            match entry {
                JournalEntry::Forwarded { by, to, .. } => {
                    assert_ne!(by.user, to.user, "seed {seed}: to oneself");
                    told += 1;
                }
                JournalEntry::Answered { .. } => answered += 1,
                JournalEntry::Ended { outcome, .. } => failed += usize::from(*outcome != Outcome::Answered),
                JournalEntry::Started { .. } | JournalEntry::Transferred { .. } | JournalEntry::Emergency { .. } => {}
            }
        }
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| assert_nothing_left(&mut world)));
        assert!(checked.is_ok(), "seed {seed}");
    }
    assert!(told > 300 && answered > 100 && failed > 100, "{told} {answered} {failed}");
}
