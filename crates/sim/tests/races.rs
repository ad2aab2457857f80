//! Whatever races whatever: in the end no call, leg, dialog or transaction is left behind.
//!
//! Each seed makes a world of its own: a network, habits, and a handful of acts at random times. A seed that fails says
//! how to see it again: `FAREND_SIM_SEED=<seed> cargo test -p sim --test races -- --nocapture`.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use model::control::{Digit, Direction};
use model::{CallId, UserId};
use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use sim::phone::Progress;
use sim::{Act, Habit, Network, Phone, Want, Way, World};
use switchboard::core::{JournalEntry, LiveEvent, UserState};
use switchboard::directory::{Choice, Menu, MenuId, PickUpGroup, PickUpGroupId};

/// How many worlds are tried.
const SEEDS: u64 = 10_000;
/// Everything happens within this time, then everybody hangs up.
const BUSY_MS: u64 = 12_000;
const PHONES: [&str; 6] = ["101-desk", "101-web", "102-desk", "102-web", "103-desk", "103-web"];
const DESKS: [&str; 3] = ["101-desk", "102-desk", "103-desk"];
const NUMBERS: [&str; 20] = [
    "101", "102", "103", "101", "102", "103", "101", "102", "103", "*43", "*11", "999", "*8", "**102", "*70", "*80101", "501", "501",
    "501", "502",
];
/// What people press, in menus and elsewhere.
const KEYS: [char; 8] = ['1', '2', '3', '5', '0', '#', '1', '2'];

#[test]
fn nothing_is_left_behind_whatever_races_whatever() {
    if let Some(seed) = std::env::var("FAREND_SIM_SEED").ok().and_then(|seed| seed.parse().ok()) {
        let mut world = company(seed);
        world.record();
        let outcome = race(&mut world);
        eprint_trace(&world);
        assert_eq!(outcome, Ok(()), "seed {seed}");
        return;
    }
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let failed: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|first| scope.spawn(move || try_seeds(first, threads))).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let shown = failed.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
    let replay = "see one again: FAREND_SIM_SEED=<seed> cargo test -p sim --test races -- --nocapture";
    assert!(failed.is_empty(), "{} of {SEEDS} seeds fail:\n{shown}\n{replay}", failed.len());
}

fn try_seeds(first: usize, step: usize) -> Vec<String> {
    let mut failed = Vec::new();
    for seed in (0..SEEDS).skip(first).step_by(step) {
        let outcome = catch_unwind(AssertUnwindSafe(|| race(&mut company(seed))));
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(why)) => failed.push(format!("seed {seed}: {why}")),
            Err(_) => failed.push(format!("seed {seed}: panicked")),
        }
    }
    failed
}

#[expect(clippy::print_stderr, reason = "somebody has asked to see this seed")]
fn eprint_trace(world: &World) {
    eprintln!("{}", world.trace());
}

/// Everybody can be reached from it, and the other one.
fn menu(id: u64, other: &str) -> Menu {
    let keys = [('1', "101"), ('2', "102"), ('3', "103"), ('5', other)];
    let choices = keys.map(|(key, number)| (key, Choice::Number(number.to_owned())));
    let keys = choices.into_iter().chain([('0', Choice::Again)]);
    Menu {
        id: MenuId(id),
        name: format!("Menu {id}"),
        extension: format!("{}", 500 + id),
        language: None,
        greeting: None,
        keys: keys.filter_map(|(key, choice)| Some((Digit::from_char(key)?, choice))).collect(),
        takes_extensions: id == 2,
        waits_s: 1,
        plays_max: 2,
        otherwise: Choice::Number(other.to_owned()),
        hours: None,
    }
}

/// Desk phones of all kinds; everybody may answer for everybody.
fn company(seed: u64) -> World {
    World::registered_with(seed, |world| {
        world.change(|directory| {
            directory.pick_up_groups = vec![PickUpGroup {
                id: PickUpGroupId(1),
                name: "All".to_owned(),
                members: directory.users.iter().map(|user| user.id).collect(),
            }];
            directory.menus = vec![menu(1, "502"), menu(2, "501")];
            // Within the time that a seed has.
            directory.parking.rings_back_after_s = 1;
        });
        for name in DESKS {
            let way = [Way::Udp, Way::Nat, Way::Tcp].choose(&mut world.rng).copied().unwrap_or(Way::Udp);
            let tells_instance = world.rng.random();
            let phone = world.phone_mut(name);
            (phone.way, phone.tells_instance) = (way, tells_instance);
        }
    })
}

fn race(world: &mut World) -> Result<(), String> {
    world.network = Network::any(&mut world.rng);
    world.media_delay_ms_max = world.rng.random_range(0..300);
    for name in PHONES {
        let habit = habit(&mut world.rng);
        let (answers, obeys) = (world.rng.random(), world.rng.random());
        let phone = world.phone_mut(name);
        (phone.habit, phone.answers_when_asked, phone.obeys) = (habit, answers, obeys);
    }
    let calls = world.rng.random_range(1..=3);
    for _ in 0..calls {
        let (phone, number) = (pick(&PHONES, &mut world.rng), pick(&NUMBERS, &mut world.rng));
        let at = world.rng.random_range(0..2_000);
        let act = match world.rng.random_range(0..10) {
            0 => Act::CallWithoutOffer { phone, number },
            1 => Act::CallWithoutAudio { phone, number },
            _ => Act::Call { phone, number },
        };
        world.plan(at, act);
    }
    // Close together, so that they meet ringing phones and answers under way; or far apart.
    let span_ms = world.rng.random_range(2_500..BUSY_MS);
    for _ in 0..world.rng.random_range(0..4) {
        let (phone, key) = (pick(&PHONES, &mut world.rng), key(&mut world.rng));
        let at = world.rng.random_range(0..span_ms);
        world.plan(at, Act::Press(phone, key));
    }
    let acts = world.rng.random_range(1..=10);
    for _ in 0..acts {
        let act = anything(&mut world.rng);
        let at = world.rng.random_range(0..span_ms);
        world.plan(at, act);
        // Who breaks off usually comes back.
        if let Act::Disconnect { phone, .. } = act
            && world.rng.random_range(0..4) > 0
        {
            let back_at = at + world.rng.random_range(0..24_000);
            world.plan(back_at, Act::Reconnect(phone));
        }
    }
    world.run_ms(BUSY_MS);
    if world.rng.random() {
        world.close_down();
        agreement(world)?;
    }
    for name in PHONES {
        // What is dialled in the app calls phones whose people have gone.
        let phone = world.phone_mut(name);
        (phone.habit, phone.answers_when_asked, phone.obeys) = (Habit::Ignore, false, false);
        world.act(Act::HangUp(name));
    }
    world.close_down();
    verdict(world)
}

/// When all is quiet, phones and switchboard mean the same calls: nobody talks to somebody who has gone, however often connections
/// broke meanwhile. Only a phone that was away for longer than calls wait may be wrong; its media tells then, and ours here does not.
fn agreement(world: &World) -> Result<(), String> {
    // What is parked rings back again and again: it is never quiet.
    if world.has_lost_touch || !world.parked().is_empty() {
        return Ok(());
    }
    let is_lossy = world.network.loss_percent > 0;
    // A phone whose ringing never got through cannot be told to stop (RFC 3261 section 9.1).
    let is_deaf = |phone: &Phone| is_lossy && phone.flow.is_some_and(|flow| !flow.transport.is_reliable());
    let calls = |phone: &Phone| match is_deaf(phone) {
        true => phone.calls.iter().filter(|call| call.progress != Progress::Incoming).count(),
        false => phone.calls.len(),
    };
    let calls: usize = world.phones.iter().map(calls).sum();
    let (legs, dialogs) = (world.figures().legs, world.figures().dialogs);
    if (legs, dialogs) != (calls, calls) {
        return Err(format!(
            "the phones have {calls} calls, the switchboard {legs} legs and {dialogs} dialogs"
        ));
    }
    Ok(())
}

fn pick(names: &[&'static str], rng: &mut SmallRng) -> &'static str {
    names.choose(rng).copied().unwrap_or_default()
}

fn key(rng: &mut SmallRng) -> char {
    KEYS.choose(rng).copied().unwrap_or('1')
}

fn habit(rng: &mut SmallRng) -> Habit {
    let after = Duration::from_millis(rng.random_range(0..3_000));
    match rng.random_range(0..10) {
        0..6 => Habit::Answer { after },
        6..8 => Habit::Ignore,
        _ => {
            let status = [486, 603, 480, 488].choose(rng).copied().unwrap_or(486);
            Habit::Refuse { after, status }
        }
    }
}

fn anything(rng: &mut SmallRng) -> Act {
    let phone = pick(&PHONES, rng);
    let directions = [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive];
    match rng.random_range(0..43) {
        25..37 => {
            let person = rng.random_range(0..3);
            Act::Want(UserId(person + 1), wish(person, rng))
        }
        0..6 => Act::HangUp(phone),
        6..8 => Act::Offer(phone, directions.choose(rng).copied().unwrap_or(Direction::SendRecv)),
        8 => Act::AskForOffer(phone),
        9..12 => {
            let to = [
                "<sip:101@farend>",
                "<sip:102@farend>",
                "<sip:103@farend>",
                "<sip:*44@farend>",
                "<sip:*12@farend>",
                "<sip:*70@farend>",
                "<sip:501@farend>",
                "<sip:999@farend>",
            ];
            Act::Refer { phone, to: pick(&to, rng) }
        }
        12..14 => Act::Disconnect {
            phone,
            noticed_after_ms: rng.random_range(0..20_000),
        },
        14 => Act::Reconnect(phone),
        15 => Act::Rebind(phone),
        16 => Act::FailMedia(rng.random_range(0..3)),
        17 => Act::RemoveDevice(phone),
        18 => Act::Unregister(pick(&DESKS, rng)),
        19 => Act::Press(phone, key(rng)),
        37..41 => Act::ReferToCall(phone),
        41..43 => Act::Replace {
            phone,
            of: pick(&PHONES, rng),
            early_only: rng.random_range(0..4) == 0,
        },
        _ => {
            let to = pick(&["<sip:101@farend>", "<sip:102@farend>", "<sip:103@farend>"], rng);
            Act::Refer { phone, to }
        }
    }
}

/// Of the first, second or third person, mostly for a phone of theirs.
fn wish(person: u64, rng: &mut SmallRng) -> Want {
    let own = PHONES[usize::try_from(person * 2).unwrap_or_default()..].first_chunk::<2>();
    let phone = match own {
        Some(own) if rng.random_range(0..8) > 0 => pick(own, rng),
        Some(_) | None => pick(&PHONES, rng),
    };
    let number = pick(&NUMBERS, rng);
    match rng.random_range(0..22) {
        16 => Want::Park,
        17 => Want::Unpark(phone),
        18..20 => Want::PickUp(phone),
        0..3 => Want::Dial { by: phone, number },
        3..5 => Want::Answer(phone),
        5 => Want::Decline,
        6 => Want::Hold,
        7 => Want::Resume,
        8 => Want::Keys(pick(&["1#", "2", "3", "5"], rng)),
        9 => Want::Transfer(pick(&["101", "102", "103", "*44", "*12", "999", "501"], rng)),
        10 => Want::HangUp,
        11..16 => Want::Connect,
        _ => Want::Move(phone),
    }
}

fn verdict(world: &World) -> Result<(), String> {
    let figures = world.figures();
    let left = (figures.calls, figures.legs, figures.dialogs, figures.transactions);
    if left != (0, 0, 0, 0) {
        return Err(format!("calls, legs, dialogs and transactions left: {left:?}"));
    }
    if !world.media.legs().is_empty() {
        return Err(format!("media has {:?} left", world.media.legs()));
    }
    if let Some(complaint) = world.media.complaints.first() {
        return Err(format!("media complains: {complaint}"));
    }
    journal(world)?;
    let mut states = BTreeMap::new();
    for event in &world.events {
        if let LiveEvent::UserState { user, state } = event
            && states.insert(*user, *state) == Some(*state)
        {
            return Err(format!("{user} was told to be {state:?} twice"));
        }
    }
    let mut lists = BTreeMap::new();
    for event in &world.events {
        if let LiveEvent::Calls { user, calls } = event
            && lists.insert(*user, calls).is_some_and(|told| told == calls)
        {
            return Err(format!("{user} was told the same calls twice"));
        }
    }
    if let Some((user, calls)) = [1, 2, 3]
        .map(|id| (id, world.pick_ups_of(UserId(id))))
        .iter()
        .find(|(_, calls)| !calls.is_empty())
    {
        return Err(format!("user {user} is told for ever that {calls:?} ring"));
    }
    if !world.parked().is_empty() {
        return Err(format!("{:?} are parked for ever", world.parked()));
    }
    if let Some((user, calls)) = lists.iter().find(|(_, calls)| !calls.is_empty()) {
        return Err(format!("{user} sees {calls:?} for ever"));
    }
    let idle = |state: &UserState| matches!(state, UserState::Available | UserState::Offline);
    match states.iter().find(|(_, state)| !idle(state)) {
        Some((UserId(user), state)) => Err(format!("user {user} is {state:?} for ever")),
        None => Ok(()),
    }
}

/// Every call's story: started, perhaps answered, then perhaps handed over, ended; each once.
fn journal(world: &World) -> Result<(), String> {
    let mut stories: BTreeMap<CallId, String> = BTreeMap::new();
    for entry in &world.journal {
        let (call, letter) = match entry {
            JournalEntry::Started { call, .. } => (call, 's'),
            JournalEntry::Answered { call, .. } => (call, 'a'),
            JournalEntry::Transferred { call, .. } => (call, 't'),
            JournalEntry::Forwarded { call, .. } => return Err(format!("nobody forwards anything in {call}")),
            JournalEntry::Emergency { call, .. } => return Err(format!("nobody has called for help in {call}")),
            JournalEntry::Ended { call, .. } => (call, 'e'),
        };
        stories.entry(*call).or_default().push(letter);
    }
    for (call, story) in stories {
        let told = story.replace('t', "");
        if !matches!(told.as_str(), "se" | "sae") || story.starts_with("st") || story.ends_with('t') {
            return Err(format!("the journal tells of {call}: {story}"));
        }
    }
    Ok(())
}
