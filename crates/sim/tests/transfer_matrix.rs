//! Every way to hand somebody over, between all kinds of phones, with every end and at any moment: in the end everybody knows where they are,
//! whoever has asked for it has been told once, and nothing is left behind.

use std::time::Duration;

use model::UserId;
use rand::Rng;
use sim::{Act, Habit, Want, World};
use switchboard::core::{CallState, LiveEvent, TransferEnd};

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);
const CLEO: UserId = UserId(3);
const PEOPLE: [UserId; 3] = [ANNA, BEN, CLEO];
const PHONES: [&str; 6] = ["101-desk", "101-web", "102-desk", "102-web", "103-desk", "103-web"];
/// How often each cell is tried.
const SEEDS: u64 = 12;
/// Longer than it rings at the target, and then at the transferor's.
const LONG_ENOUGH_MS: u64 = 80_000;

/// How Anna hands Ben over to Cleo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    BlindByApp,
    BlindByRefer,
    /// She calls Cleo first, and does not always wait for her.
    AttendedByApp,
    AttendedByRefer,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Answered,
    Busy,
    Nobody,
    /// Ben hangs up at some moment.
    PartyLeaves,
    /// Cleo's phone is gone at some moment.
    TargetGoes,
    /// Anna hangs up at some moment, and Cleo answers.
    TransferorLeaves,
    /// Anna hangs up at once, Cleo is busy, and Anna takes the call that comes back.
    ComesBack,
    /// The same, and Anna does not.
    ComesBackInVain,
}

const WAYS: [Way; 4] = [Way::BlindByApp, Way::BlindByRefer, Way::AttendedByApp, Way::AttendedByRefer];
const ENDS: [End; 8] = [
    End::Answered,
    End::Busy,
    End::Nobody,
    End::PartyLeaves,
    End::TargetGoes,
    End::TransferorLeaves,
    End::ComesBack,
    End::ComesBackInVain,
];

#[derive(Clone, Copy, Debug)]
struct Cell {
    way: Way,
    end: End,
    transferor: &'static str,
    transferee: &'static str,
    target: &'static str,
}

impl Cell {
    fn is_attended(&self) -> bool {
        matches!(self.way, Way::AttendedByApp | Way::AttendedByRefer)
    }

    fn is_by_app(&self) -> bool {
        matches!(self.way, Way::BlindByApp | Way::AttendedByApp)
    }

    /// Anna's other phone.
    fn spare(&self) -> &'static str {
        if self.transferor == "101-desk" { "101-web" } else { "101-desk" }
    }
}

#[test]
fn every_way_between_all_phones_with_every_end() {
    let mut failed = Vec::new();
    for (index, cell) in (0_u64..).zip(cells()) {
        for seed in 0..SEEDS {
            let mut world = company(index * 1_000 + seed);
            if let Err(why) = play(cell, &mut world) {
                failed.push(format!("{cell:?}, seed {seed}: {why}"));
            }
        }
    }
    assert!(
        failed.is_empty(),
        "{} worlds:\n{}",
        failed.len(),
        failed[..failed.len().min(12)].join("\n")
    );
}

fn cells() -> impl Iterator<Item = Cell> {
    let transferors = ["101-desk", "101-web"];
    let pairs = [
        ("102-desk", "103-desk"),
        ("102-desk", "103-web"),
        ("102-web", "103-desk"),
        ("102-web", "103-web"),
    ];
    transferors.into_iter().flat_map(move |transferor| {
        pairs.into_iter().flat_map(move |(transferee, target)| {
            WAYS.into_iter().flat_map(move |way| {
                ENDS.into_iter().map(move |end| Cell {
                    way,
                    end,
                    transferor,
                    transferee,
                    target,
                })
            })
        })
    })
}

/// Everybody is registered; the network and media take their time.
fn company(seed: u64) -> World {
    let mut world = World::registered(seed);
    world.network.delay_ms_min = world.rng.random_range(1..30);
    world.network.delay_ms_max = world.network.delay_ms_min + world.rng.random_range(0..150);
    world.media_delay_ms_max = world.rng.random_range(0..150);
    world
}

fn after(delay_ms: u64) -> Duration {
    Duration::from_millis(delay_ms)
}

/// Anna and Ben talk; either of them has called.
fn talk(cell: Cell, world: &mut World) -> Result<(), String> {
    let (phone, number, lifts) = if world.rng.random() {
        (cell.transferor, "102", cell.transferee)
    } else {
        (cell.transferee, "101", cell.transferor)
    };
    world.phone_mut(lifts).habit = Habit::Answer { after: after(300) };
    world.act(Act::Call { phone, number });
    world.run_ms(4_000);
    world.phone_mut(lifts).habit = Habit::Ignore;
    let both = world.phone(phone).talks() && world.phone(lifts).talks();
    both.then_some(()).ok_or_else(|| "they do not even talk".to_owned())
}

fn play(cell: Cell, world: &mut World) -> Result<(), String> {
    talk(cell, world)?;
    match cell.end {
        End::Nobody => {}
        End::Busy | End::ComesBack | End::ComesBackInVain => {
            for phone in ["103-desk", "103-web"] {
                world.phone_mut(phone).habit = Habit::Refuse {
                    after: after(2_000),
                    status: 486,
                };
            }
        }
        End::Answered | End::PartyLeaves | End::TargetGoes | End::TransferorLeaves => {
            world.phone_mut(cell.target).habit = Habit::Answer { after: after(1_500) };
        }
    }
    if cell.is_attended() {
        let phone = cell.transferor;
        world.act(Act::Call { phone, number: "103" });
        // It has to ring for what shall come back; else it may have been answered.
        let wait_ms = match cell.end {
            End::ComesBack | End::ComesBackInVain | End::Busy | End::Nobody => 1_000,
            End::Answered | End::PartyLeaves | End::TargetGoes | End::TransferorLeaves => world.rng.random_range(500..4_000),
        };
        world.run_ms(wait_ms);
    }
    let is_granted = ask(cell, world);
    interrupt(cell, world);
    world.run_ms(LONG_ENOUGH_MS);
    all_is_quiet(world)?;
    told_once(cell, world, is_granted)?;
    as_expected(cell, world)?;
    for phone in PHONES {
        world.phone_mut(phone).habit = Habit::Ignore;
        world.act(Act::HangUp(phone));
    }
    nothing_is_left(world)
}

/// Whether it was granted at once; `None`: by REFER that shows later.
fn ask(cell: Cell, world: &mut World) -> Option<bool> {
    match cell.way {
        Way::BlindByApp => Some(world.want(ANNA, Want::Transfer("103")).is_ok()),
        Way::AttendedByApp => Some(world.want(ANNA, Want::Connect).is_ok()),
        Way::BlindByRefer => {
            let to = "<sip:103@farend>";
            world.act(Act::Refer {
                phone: cell.transferor,
                to,
            });
            None
        }
        Way::AttendedByRefer => {
            world.act(Act::ReferToCall(cell.transferor));
            None
        }
    }
}

fn interrupt(cell: Cell, world: &mut World) {
    let at_ms = world.rng.random_range(0..3_000);
    match cell.end {
        End::Answered | End::Busy | End::Nobody => {}
        End::PartyLeaves => world.plan(at_ms, Act::HangUp(cell.transferee)),
        End::TargetGoes => world.plan(at_ms, Act::RemoveDevice(cell.target)),
        End::TransferorLeaves => world.plan(at_ms, Act::HangUp(cell.transferor)),
        End::ComesBack => {
            world.plan(800, Act::HangUp(cell.transferor));
            world.phone_mut(cell.spare()).habit = Habit::Answer { after: after(1_000) };
        }
        End::ComesBackInVain => world.plan(800, Act::HangUp(cell.transferor)),
    }
}

/// Whoever is in a call talks, and phones and switchboard mean the same calls.
fn all_is_quiet(world: &World) -> Result<(), String> {
    for user in PEOPLE {
        for view in world.calls_of(user).iter() {
            if !matches!(view.state, CallState::Talking | CallState::Holding | CallState::Held) {
                return Err(format!("{user} is still {:?}", view.state));
            }
        }
    }
    let calls: usize = world.phones.iter().map(|phone| phone.calls.len()).sum();
    let figures = world.figures();
    // Whose phone was removed is not told any more.
    let removed = world
        .phones
        .iter()
        .filter(|phone| !phone.is_registered)
        .map(|phone| phone.calls.len())
        .sum::<usize>();
    if (figures.legs, figures.dialogs) != (calls - removed, calls - removed) {
        return Err(format!(
            "phones have {calls} calls, of which {removed} are unknown, the switchboard has {figures:?}"
        ));
    }
    Ok(())
}

fn ends(world: &World) -> Vec<TransferEnd> {
    let events = world.events.iter().filter_map(|event| match event {
        LiveEvent::Transferred { user, end, .. } if *user == ANNA => Some(*end),
        _ => None,
    });
    events.collect()
}

fn told_once(cell: Cell, world: &World, is_granted: Option<bool>) -> Result<(), String> {
    let notified = &world.phone(cell.transferor).notified;
    let is_gone = notified.iter().any(|line| line.contains(" 481 "));
    let is_granted = is_granted.unwrap_or(!notified.is_empty() && !is_gone);
    let ends = ends(world);
    if ends.len() != usize::from(is_granted) {
        return Err(format!("granted: {is_granted}, told: {ends:?}, notified: {notified:?}"));
    }
    let finals = notified.iter().filter(|line| !line.starts_with("SIP/2.0 1")).count();
    let stays = !matches!(cell.end, End::TransferorLeaves | End::ComesBack | End::ComesBackInVain);
    if finals > 1 || (stays && !notified.is_empty() && finals != 1) {
        return Err(format!("the phone was told {notified:?}"));
    }
    Ok(())
}

/// Where timing leaves no choice.
fn as_expected(cell: Cell, world: &World) -> Result<(), String> {
    let who_talks: Vec<bool> = PEOPLE.iter().map(|user| !world.calls_of(*user).is_empty()).collect();
    let (end, talking) = match cell.end {
        // Somebody who is asked for while their audio is being set up has to be asked for again.
        End::Answered if cell.is_attended() && ends(world).is_empty() => return Ok(()),
        End::Answered => (TransferEnd::Connected, [false, true, true]),
        End::Busy => (TransferEnd::Busy, [true, true, false]),
        End::Nobody => (TransferEnd::NoAnswer, [true, true, false]),
        // A hang-up that overtakes the REFER ends the call before.
        End::ComesBack | End::ComesBackInVain if !cell.is_by_app() && ends(world).is_empty() => return Ok(()),
        End::ComesBack => (TransferEnd::Busy, [true, true, false]),
        End::ComesBackInVain => (TransferEnd::Busy, [false, false, false]),
        End::PartyLeaves | End::TargetGoes | End::TransferorLeaves => return Ok(()),
    };
    if (ends(world).as_slice(), who_talks.as_slice()) != (&[end][..], &talking[..]) {
        return Err(format!("told {:?}, in calls: {who_talks:?}", ends(world)));
    }
    Ok(())
}

fn nothing_is_left(world: &mut World) -> Result<(), String> {
    world.close_down();
    let figures = world.figures();
    let left = (figures.calls, figures.legs, figures.dialogs, figures.transactions);
    if left != (0, 0, 0, 0) {
        return Err(format!("calls, legs, dialogs and transactions left: {left:?}"));
    }
    if !world.media.legs().is_empty() || !world.media.complaints.is_empty() {
        return Err(format!("media has {:?}, and says {:?}", world.media.legs(), world.media.complaints));
    }
    match PEOPLE.iter().find(|user| !world.calls_of(**user).is_empty()) {
        Some(user) => Err(format!("{user} sees calls for ever")),
        None => Ok(()),
    }
}

#[test]
fn a_phone_takes_over_by_replaces_whatever_happens_meanwhile() {
    let mut failed = Vec::new();
    for seed in 0..20 * SEEDS {
        let mut world = company(seed);
        let (transferor, spare) = if world.rng.random() {
            ("101-desk", "101-web")
        } else {
            ("101-web", "101-desk")
        };
        let transferee = if world.rng.random() { "102-desk" } else { "102-web" };
        let cell = Cell {
            way: Way::BlindByApp,
            end: End::Answered,
            transferor,
            transferee,
            target: spare,
        };
        let at_ms = world.rng.random_range(0..1_000);
        let act = match seed % 5 {
            0 => None,
            1 => Some(Act::HangUp(spare)),
            2 => Some(Act::HangUp(transferee)),
            3 => Some(Act::HangUp(transferor)),
            _ => Some(Act::RemoveDevice(spare)),
        };
        let outcome = talk(cell, &mut world).and_then(|()| {
            world.act(Act::Replace {
                phone: spare,
                of: transferor,
                early_only: false,
            });
            if let Some(act) = act {
                world.plan(at_ms, act);
            }
            world.run_ms(LONG_ENOUGH_MS);
            all_is_quiet(&world)?;
            let has_moved = world.phone(spare).talks() && !world.phone(transferor).talks() && world.phone(transferee).talks();
            if act.is_none() && !has_moved {
                return Err("the other phone has not got it".to_owned());
            }
            for phone in PHONES {
                world.act(Act::HangUp(phone));
            }
            nothing_is_left(&mut world)
        });
        failed.extend(outcome.err().map(|why| format!("seed {seed}, {act:?} after {at_ms} ms: {why}")));
    }
    assert!(
        failed.is_empty(),
        "{} worlds:\n{}",
        failed.len(),
        failed[..failed.len().min(12)].join("\n")
    );
}

#[test]
fn two_may_hand_each_other_over_at_the_same_time() {
    let mut failed = Vec::new();
    for seed in 0..10 * SEEDS {
        let mut world = company(seed);
        let cell = Cell {
            way: Way::BlindByRefer,
            end: End::Answered,
            transferor: "101-desk",
            transferee: "102-web",
            target: "103-desk",
        };
        world.phone_mut("103-desk").habit = Habit::Answer { after: after(1_000) };
        world.phone_mut("103-web").habit = Habit::Answer { after: after(1_200) };
        let ask = |world: &mut World, phone: &'static str, way: u64| match way {
            0 => world.act(Act::Refer {
                phone,
                to: "<sip:103@farend>",
            }),
            1 => world.act(Act::Refer {
                phone,
                to: "<sip:101@farend>",
            }),
            2 => world.act(Act::Refer {
                phone,
                to: "<sip:102@farend>",
            }),
            _ => world.act(Act::ReferToCall(phone)),
        };
        let outcome = talk(cell, &mut world).and_then(|()| {
            let ways: [u64; 2] = [world.rng.random_range(0..4), world.rng.random_range(0..4)];
            for (phone, way) in ["101-desk", "102-web"].into_iter().zip(ways) {
                if way == 3 {
                    world.act(Act::Call { phone, number: "103" });
                }
            }
            let wait_ms = world.rng.random_range(0..4_000);
            world.run_ms(wait_ms);
            for (phone, way) in ["101-desk", "102-web"].into_iter().zip(ways) {
                ask(&mut world, phone, way);
                let pause_ms = world.rng.random_range(0..200);
                world.run_ms(pause_ms);
            }
            world.run_ms(LONG_ENOUGH_MS);
            all_is_quiet(&world)?;
            for phone in PHONES {
                world.phone_mut(phone).habit = Habit::Ignore;
                world.act(Act::HangUp(phone));
            }
            nothing_is_left(&mut world)
        });
        failed.extend(outcome.err().map(|why| format!("seed {seed}: {why}")));
    }
    assert!(
        failed.is_empty(),
        "{} worlds:\n{}",
        failed.len(),
        failed[..failed.len().min(12)].join("\n")
    );
}
