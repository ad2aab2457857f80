//! Whatever people do in and with conferences, in whatever order: everybody hears what they should at every moment, and nothing is left.
//!
//! A seed that fails says how to see it again: `FAREND_SIM_SEED=<seed> cargo test -p sim --test conferences seeds -- --nocapture`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use model::control::Direction;
use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use sim::{Act, Habit, Network, Want, World};
use switchboard::core::{Action, MemberDeed};

use crate::check::{holds, nothing_left};
use crate::company::{DESKS, WEBS, conference_of, user_of, world};

/// How many worlds are tried.
const SEEDS: u64 = 1_000;
/// Acts in each of them.
const ACTS: u32 = 40;

#[test]
fn everybody_hears_what_they_should_whatever_happens() {
    if let Some(seed) = std::env::var("FAREND_SIM_SEED").ok().and_then(|seed| seed.parse().ok()) {
        let mut world = world(seed);
        let outcome = bustle(&mut world);
        assert_eq!(outcome, Ok(()), "seed {seed}\n{}", world.trace());
        return;
    }
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let failed: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|first| scope.spawn(move || try_seeds(first, threads))).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let shown = failed.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
    assert!(failed.is_empty(), "{} of {SEEDS} seeds fail:\n{shown}", failed.len());
}

fn try_seeds(first: usize, step: usize) -> Vec<String> {
    let mut failed = Vec::new();
    for seed in (0..SEEDS).skip(first).step_by(step) {
        match catch_unwind(AssertUnwindSafe(|| bustle(&mut world(seed)))) {
            Ok(Ok(())) => {}
            Ok(Err(why)) => failed.push(format!("seed {seed}: {why}")),
            Err(_) => failed.push(format!("seed {seed}: panicked")),
        }
    }
    failed
}

fn bustle(world: &mut World) -> Result<(), String> {
    world.network = Network::any(&mut world.rng);
    world.media_delay_ms_max = world.rng.random_range(0..300);
    for name in WEBS.into_iter().chain(DESKS) {
        let habit = habit(&mut world.rng);
        world.phone_mut(name).habit = habit;
    }
    for _ in 0..ACTS {
        something(world);
        holds(world)?;
        let pause_ms = world.rng.random_range(0..700);
        for _ in 0..pause_ms / 50 {
            world.run_ms(50);
            holds(world)?;
        }
    }
    for name in WEBS.into_iter().chain(DESKS) {
        let phone = world.phone_mut(name);
        (phone.habit, phone.answers_when_asked) = (Habit::Ignore, false);
        world.act(Act::HangUp(name));
    }
    nothing_left(world)
}

fn habit(rng: &mut SmallRng) -> Habit {
    let after = Duration::from_millis(rng.random_range(0..2_000));
    match rng.random_range(0..6) {
        0 => Habit::Ignore,
        1 => Habit::Refuse { after, status: 486 },
        _ => Habit::Answer { after },
    }
}

fn pick<T: Copy>(from: &[T], rng: &mut SmallRng) -> T {
    *from.choose(rng).unwrap()
}

/// Few of them call most, so that they have several calls.
fn anybody(rng: &mut SmallRng) -> &'static str {
    if rng.random() {
        return pick(&WEBS[..3], rng);
    }
    if rng.random_range(0..4) == 0 {
        pick(&DESKS, rng)
    } else {
        pick(&WEBS, rng)
    }
}

fn something(world: &mut World) {
    let phone = anybody(&mut world.rng);
    let rooms = ["800", "801", "800", "801", "101", "102", "103", "104", "105", "106"];
    match world.rng.random_range(0..26) {
        0..=5 => {
            let number = pick(&rooms, &mut world.rng);
            let act = if world.rng.random_range(0..8) == 0 {
                Act::CallWithoutOffer { phone, number }
            } else {
                Act::Call { phone, number }
            };
            world.act(act);
        }
        6 => world.act(Act::HangUp(phone)),
        7 => {
            let directions = [Direction::SendRecv, Direction::SendOnly, Direction::Inactive];
            let direction = pick(&directions, &mut world.rng);
            world.act(Act::Offer(phone, direction));
        }
        8 => {
            let to = pick(
                &["<sip:800@farend>", "<sip:801@farend>", "<sip:*3@farend>", "<sip:105@farend>"],
                &mut world.rng,
            );
            world.act(Act::Refer { phone, to });
        }
        9 => {
            let index = world.rng.random_range(0..12);
            world.act(Act::FailMedia(index));
        }
        10 => {
            let noticed_after_ms = world.rng.random_range(0..2_000);
            world.act(Act::Disconnect { phone, noticed_after_ms });
            let back_ms = world.rng.random_range(0..10_000);
            world.plan(back_ms, Act::Reconnect(phone));
        }
        _ => someone_wants(world),
    }
}

/// Somebody wants something in the app, of a call of theirs.
fn someone_wants(world: &mut World) {
    let webs = if world.rng.random() { &WEBS[..3] } else { &WEBS[..] };
    let web = pick(webs, &mut world.rng);
    let user = user_of(web);
    let calls: Vec<_> = world.calls_of(user).iter().map(|view| view.call).collect();
    let Some(call) = calls.choose(&mut world.rng).copied() else {
        if world.rng.random() {
            let number = pick(&["800", "801", "106"], &mut world.rng);
            let _ = world.want(user, Want::Dial { by: web, number });
        }
        return;
    };
    let with = pick(&calls, &mut world.rng);
    let members = conference_of(world, user).map(|view| view.members).unwrap_or_default();
    let member = members.choose(&mut world.rng).map(|member| member.leg);
    let is_on = world.rng.random();
    let number = format!("{}", 101 + world.rng.random_range(0..10));
    let action = match (world.rng.random_range(0..12), member) {
        (0, _) => Action::Hold { call },
        (1, _) => Action::Resume { call },
        (2, _) => Action::HangUp { call },
        (3 | 4, _) => Action::Confer { call, with },
        (5, _) => Action::Invite { call, number },
        (6, _) => Action::Lock { call, is_locked: is_on },
        (7, _) => Action::Answer {
            call,
            device: world.phone(web).device,
        },
        (_, None) => Action::Invite { call, number },
        (8, Some(member)) => act_on(call, member, MemberDeed::RaiseHand { is_up: is_on }),
        (9, Some(member)) => act_on(call, member, MemberDeed::Remove),
        (10, Some(member)) => act_on(call, member, MemberDeed::Admit),
        (_, Some(member)) => act_on(call, member, MemberDeed::Mute { is_on }),
    };
    // What comes of it shows.
    let _ = world.control(user, action);
}

fn act_on(call: model::CallId, member: model::LegId, deed: MemberDeed) -> Action {
    Action::Member { call, member, deed }
}
