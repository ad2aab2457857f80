//! Whatever callers of menus press, and whoever answers, forwards or leaves: nothing is left behind.

use std::time::Duration;

use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use sim::{Habit, Network, Want};
use switchboard::directory::{Callers, Forward, When};

use super::*;

/// How many worlds are tried.
const SEEDS: u64 = 600;
const PHONES: [&str; 3] = ["101-desk", "102-desk", "103-desk"];

fn pick<T: Copy>(of: &[T], rng: &mut SmallRng) -> T {
    *of.choose(rng).expect("there is something to choose from")
}

fn random_choice(rng: &mut SmallRng) -> Choice {
    match rng.random_range(0..8) {
        0 => Choice::Again,
        1 => Choice::HangUp,
        2 => Choice::Hear(model::AnnouncementId(1)),
        _ => number(pick(&["101", "102", "103", "501", "502", "503", "*43", "999"], rng)),
    }
}

fn random_menu(id: u64, rng: &mut SmallRng) -> Menu {
    let keys: Vec<(char, Choice)> = ['1', '2', '3', '*', '#'].map(|key| (key, random_choice(rng))).into();
    Menu {
        takes_extensions: rng.random_bool(0.5),
        waits_s: rng.random_range(1..4),
        plays_max: rng.random_range(1..4),
        otherwise: random_choice(rng),
        ..with_keys(menu(id), &keys)
    }
}

fn random_world(seed: u64) -> World {
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut company = World::company();
    company.menus = (1..=3).map(|id| random_menu(id, &mut rng)).collect();
    for user in &mut company.users {
        let when = pick(
            &[When::Always, When::NoAnswer { after_s: 4 }, When::Busy, When::Unreachable],
            &mut rng,
        );
        user.reaching.forwards = vec![Forward {
            is_on: rng.random_bool(0.4),
            when,
            from: Callers::Anybody,
            during: None,
            to: pick(&["101", "102", "103", "501", "502", "*44"], &mut rng).to_owned(),
        }];
    }
    let mut world = World::with(company, Seats::default(), seed);
    world.record();
    for phone in PHONES {
        world.act(Act::Reconnect(phone));
        let after = Duration::from_millis(rng.random_range(0..5_000));
        world.phone_mut(phone).habit = match rng.random_range(0..10) {
            0..5 => Habit::Answer { after },
            5..7 => Habit::Ignore,
            _ => {
                let status = pick(&[486, 603, 480, 500], &mut rng);
                Habit::Refuse { after, status }
            }
        };
    }
    world.network = Network::any(&mut rng);
    world.media_delay_ms_max = rng.random_range(0..300);
    world.run_ms(1_000);
    for _ in 0..rng.random_range(1..4) {
        let (phone, number) = (pick(&PHONES, &mut rng), pick(&["501", "502", "503", "102"], &mut rng));
        world.plan(rng.random_range(0..3_000), Act::Call { phone, number });
    }
    for _ in 0..rng.random_range(1..25) {
        let phone = pick(&PHONES, &mut rng);
        let person = UserId(rng.random_range(1..=3));
        let act = match rng.random_range(0..20) {
            0..14 => Act::Press(phone, pick(&['1', '2', '3', '0', '*', '#'], &mut rng)),
            14 => Act::HangUp(phone),
            15 => Act::FailMedia(rng.random_range(0..3)),
            16 => Act::ReferToCall(phone),
            17 => Act::Want(person, Want::Connect),
            18 => Act::Want(person, Want::Transfer("502")),
            _ => Act::Unregister(phone),
        };
        world.plan(rng.random_range(0..20_000), act);
    }
    world
}

#[test]
fn whatever_is_pressed_nothing_is_left_behind() {
    let (mut handed_on, mut answered, mut missed, mut goodbyes) = (0, 0, 0, 0);
    for seed in 0..SEEDS {
        let mut world = random_world(seed);
        world.run_ms(if seed % 3 == 0 { 40_000 } else { 15_000 });
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| assert_nothing_left(&mut world)));
        assert!(checked.is_ok(), "seed {seed}");
        for story in stories(&world) {
            assert_eq!(story.matches(": ").count(), 1, "seed {seed}: every story ends once: {story}");
            handed_on += usize::from(story.starts_with("10") && story.contains(" to 50") && story.contains(", 50"));
            answered += usize::from(story.contains("answered at"));
            missed += usize::from(story.ends_with("NoAnswer") || story.ends_with("Busy"));
        }
        goodbyes += said(&world).iter().filter(|sound| **sound == prompt(Prompt::Goodbye)).count();
    }
    assert!(
        handed_on > 100 && answered > 100 && missed > 50 && goodbyes > 50,
        "{handed_on} {answered} {missed} {goodbyes}"
    );
}
