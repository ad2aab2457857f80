//! What holds of conferences at every moment, and what is left of them in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::control::Source;
use model::{CallId, LegId, UserId};
use sim::World;
use switchboard::core::{Attendance, ConferenceView, JournalEntry, LiveEvent};

/// Every conference as it was told last; none that is over.
fn conferences(world: &World) -> BTreeMap<CallId, Arc<ConferenceView>> {
    let mut last = BTreeMap::new();
    for event in &world.events {
        if let LiveEvent::Conference { view, .. } = event {
            last.insert(view.call, Arc::clone(view));
        }
    }
    last.retain(|_, view| !view.members.is_empty());
    last
}

/// Every member hears what they should and nothing else, and nobody is in two conferences.
pub(crate) fn holds(world: &World) -> Result<(), String> {
    let conferences = conferences(world);
    let mut seen = BTreeSet::new();
    for view in conferences.values() {
        for member in view.members.iter().filter(|member| member.presence != Attendance::Invited) {
            if !seen.insert(member.leg) {
                return Err(format!("{} is in two conferences", member.leg));
            }
            let hears = world.media.hears(member.leg);
            let is_muted = member.is_muted;
            let is_right = match member.presence {
                Attendance::Present => hears == Some(Source::Conference { is_muted }),
                Attendance::Waiting => hears == Some(Source::Music) || hears == Some(Source::Nothing),
                Attendance::Away => hears == Some(Source::Nothing),
                Attendance::Invited => true,
            };
            if !is_right {
                return Err(format!("{} is {:?}, but hears {hears:?}", member.leg, member.presence));
            }
        }
        let present: Vec<_> = view
            .members
            .iter()
            .filter(|member| member.presence == Attendance::Present)
            .collect();
        for (listener, talker) in present.iter().flat_map(|one| present.iter().map(move |other| (one, other))) {
            let should = listener.leg != talker.leg && !talker.is_muted;
            if world.media.is_heard_by(listener.leg, talker.leg) != should {
                return Err(format!("{} hears {}: {}", listener.leg, talker.leg, !should));
            }
        }
    }
    let is_heard = |(leg, source): &(LegId, Source)| matches!(source, Source::Conference { .. }).then_some(*leg);
    if let Some(stray) = world.heard().iter().filter_map(is_heard).find(|leg| !seen.contains(leg)) {
        return Err(format!("{stray} hears a conference that it is not in"));
    }
    match world.media.complaints.first() {
        Some(complaint) => Err(complaint.clone()),
        None => Ok(()),
    }
}

/// Lets time pass, and looks every few milliseconds.
#[track_caller]
pub(crate) fn run_ms(world: &mut World, duration_ms: u64) {
    for _ in 0..duration_ms.div_ceil(20) {
        world.run_ms(20);
        assert_eq!(holds(world), Ok(()), "{}", world.trace());
    }
}

/// Nothing is left, everybody knows, and each call of the journal that has begun has ended, once.
pub(crate) fn nothing_left(world: &mut World) -> Result<(), String> {
    world.close_down();
    holds(world)?;
    let figures = world.figures();
    let of_calls = (figures.calls, figures.legs, figures.dialogs, figures.transactions);
    if of_calls != (0, 0, 0, 0) {
        return Err(format!("calls, legs, dialogs, transactions: {of_calls:?}"));
    }
    if !world.media.legs().is_empty() {
        return Err(format!("legs of media: {:?}", world.media.legs()));
    }
    if let Some((call, view)) = conferences(world).first_key_value() {
        return Err(format!("{call} is still told: {view:?}"));
    }
    if let Some(user) = (1..=10).map(UserId).find(|user| !world.calls_of(*user).is_empty()) {
        return Err(format!("{user} is told of calls that are over"));
    }
    journal_is_whole(world)
}

fn journal_is_whole(world: &World) -> Result<(), String> {
    let mut running = BTreeSet::new();
    let mut known = BTreeSet::new();
    for entry in &world.journal {
        let is_fitting = match entry {
            JournalEntry::Started { call, .. } => known.insert(*call) && running.insert(*call),
            JournalEntry::Ended { call, .. } => running.remove(call),
            JournalEntry::Answered { call, .. }
            | JournalEntry::Forwarded { call, .. }
            | JournalEntry::Transferred { call, .. }
            | JournalEntry::Emergency { call, .. } => running.contains(call),
        };
        if !is_fitting {
            return Err(format!("the journal is told out of turn: {entry:?}"));
        }
    }
    match running.first() {
        Some(call) => Err(format!("the journal never hears that {call} is over")),
        None => Ok(()),
    }
}

#[track_caller]
pub(crate) fn assert_nothing_left(world: &mut World) {
    let left = nothing_left(world);
    assert_eq!(left, Ok(()), "{}", world.trace());
}
