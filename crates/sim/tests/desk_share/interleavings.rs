//! Everything in random order: nobody is ever at two places or at none, and everybody is called where they are.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rand::Rng as _;
use rand::seq::IndexedRandom as _;

use super::*;

/// How many worlds are tried; `seats::tests` tries more without SIP.
const SEEDS: u64 = 600;
const WEBS: [&str; 4] = ["101-web", "101-web-2", "102-web", "103-web"];
const CODES: [&str; 6] = ["*9419", "*9419", "*9419101*1001", "*9419102*1002", "*9419103*1003", "*9419102*9"];

#[test]
fn whatever_happens_everybody_is_called_where_they_are() {
    if let Some(seed) = std::env::var("FAREND_SIM_SEED").ok().and_then(|seed| seed.parse().ok()) {
        return see(seed);
    }
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let try_some = |first: u64| -> Vec<String> {
        let seeds = (first..SEEDS).step_by(threads);
        let failed =
            seeds.filter_map(
                |seed| match catch_unwind(AssertUnwindSafe(|| play(&mut World::with(company(), Seats::default(), seed)))) {
                    Ok(Ok(())) => None,
                    Ok(Err(why)) => Some(format!("seed {seed}: {why}")),
                    Err(_) => Some(format!("seed {seed}: panicked")),
                },
            );
        failed.collect()
    };
    let failed: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads as u64).map(|first| scope.spawn(move || try_some(first))).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(
        failed.is_empty(),
        "{} of {SEEDS} fail:\n{}",
        failed.len(),
        failed[..failed.len().min(5)].join("\n")
    );
}

#[expect(clippy::print_stderr, reason = "somebody has asked to see this seed")]
fn see(seed: u64) {
    let mut world = World::with(company(), Seats::default(), seed);
    world.record();
    let outcome = play(&mut world);
    eprintln!("{}", world.trace());
    assert_eq!(outcome, Ok(()), "seed {seed}");
}

fn play(world: &mut World) -> Result<(), String> {
    world.add_browser("101-web-2", "101-web");
    for desk in DESKS {
        world.phone_mut(desk).way = [Way::Udp, Way::Tcp].choose(&mut world.rng.clone()).copied().unwrap_or(Way::Udp);
        world.act(Act::Reconnect(desk));
    }
    world.network.loss_percent = world.rng.random_range(0..30);
    for _ in 0..25 {
        something(world);
        let pause_ms = world.rng.random_range(0..15_000);
        world.run_ms(pause_ms);
        if let Some(fault) = world.faults.first() {
            return Err(fault.clone());
        }
    }
    in_the_end(world)
}

fn something(world: &mut World) {
    let web = WEBS.choose(&mut world.rng).copied().unwrap_or_default();
    let desk = DESKS.choose(&mut world.rng).copied().unwrap_or_default();
    let number = CODES.choose(&mut world.rng).copied().unwrap_or_default();
    let act = match world.rng.random_range(0..16) {
        0..3 => Act::StartAnew(web),
        3 => Act::Reconnect(web),
        4..6 => Act::Disconnect {
            phone: web,
            noticed_after_ms: world.rng.random_range(0..20_000),
        },
        6 => Act::Unregister(web),
        7..11 => Act::Call { phone: desk, number },
        11 => Act::HangUp(desk),
        12 => Act::StartAnew(desk),
        13 => Act::Unregister(desk),
        14 => Act::Call {
            phone: desk,
            number: "101",
        },
        _ => Act::Restart,
    };
    world.act(act);
}

/// The network is well again, all desk phones are there; whatever browsers are open stay open.
fn in_the_end(world: &mut World) -> Result<(), String> {
    world.network.loss_percent = 0;
    world.run_ms(70_000);
    for phone in PHONES {
        world.act(Act::HangUp(phone));
    }
    for desk in DESKS {
        world.act(Act::Reconnect(desk));
    }
    world.run_ms(120_000);
    if let Some(fault) = world.faults.first() {
        return Err(fault.clone());
    }
    for (desk, device) in DESKS.into_iter().zip([ANNAS_DESK, BENS_DESK, LOBBY]) {
        let person = world
            .core
            .person_at(device)
            .map(|UserId(id)| format!("{} ({})", ["Anna", "Ben", "Cleo"][id as usize - 1], 100 + id));
        let text = shown(world, desk);
        let is_right = match person {
            Some(person) => text == person,
            None => text == "Cancel mobility: dial *9419" || text == "Nobody is logged on: dial *9419",
        };
        if !is_right {
            return Err(format!("{desk} shows {text:?}, but has {:?}", world.core.person_at(device)));
        }
    }
    for (number, user) in [("101", ANNA), ("102", BEN), ("103", UserId(3))] {
        is_called(world, number, user)?;
    }
    world.close_down();
    let figures = world.figures();
    if (figures.calls, figures.legs, figures.dialogs, figures.transactions) != (0, 0, 0, 0) {
        return Err(format!("left: {figures:?}"));
    }
    world.media.complaints.first().map_or(Ok(()), |complaint| Err(complaint.clone()))
}

/// A caller whom nobody else is: one more browser, of somebody else's.
fn is_called(world: &mut World, number: &'static str, user: UserId) -> Result<(), String> {
    let caller = if user == UserId(3) { "102-web" } else { "103-web" };
    // Whose registration was given up learns it now at the latest.
    for web in WEBS {
        if world.phone(web).flow.is_some() {
            world.act(Act::Register(web));
        }
    }
    world.run_ms(1_000);
    let is_of = |name: &str| name.starts_with(number) && name.contains("web");
    let browsers: Vec<String> = world
        .phones
        .iter()
        .filter(|phone| is_of(&phone.name))
        .map(|phone| phone.name.clone())
        .collect();
    if world.phone(caller).flow.is_none() {
        return Ok(());
    }
    let is_open = |name: &String| world.phone(name).flow.is_some() && world.phone(name).is_registered;
    let here = browsers.iter().any(is_open);
    let desks: Vec<&str> = DESKS
        .into_iter()
        .zip([ANNAS_DESK, BENS_DESK, LOBBY])
        .filter(|(_, device)| world.core.person_at(*device) == Some(user))
        .map(|(desk, _)| desk)
        .collect();
    if desks.len() > 1 {
        return Err(format!("{user} is at {desks:?}"));
    }
    world.act(Act::Call { phone: caller, number });
    world.run_ms(1_000);
    let rings: Vec<String> = world
        .phones
        .iter()
        .filter(|phone| phone.rings())
        .map(|phone| phone.name.clone())
        .collect();
    world.act(Act::HangUp(caller));
    world.run_ms(40_000);
    let is_theirs = |name: &String| browsers.contains(name) || desks.contains(&name.as_str());
    match (here || !desks.is_empty(), rings.is_empty()) {
        (true, true) => Err(format!("{user} could be called, and nothing rang")),
        _ if !rings.iter().all(is_theirs) => Err(format!("{user} was called, and {rings:?} rang; at {desks:?}")),
        _ => Ok(()),
    }
}
