//! Calls that look for somebody who answers: a member of a team, or, by somebody's rules, whoever they forward to.
//!
//! The call says what it lacks ([`Command::Next`](crate::call::Command::Next)), the hunt what it remembers, `core/teams.rs` and
//! `core/forwarding.rs` what comes of it.

use std::collections::BTreeMap;
use std::time::Instant;

use model::{CallId, TeamId, UserId};

use super::Core;
use super::admission::Asked;
use super::forwarding::Forwarded;
use crate::call::{Branch, Lack, Plan, Turn};
use crate::teams::Turns;

/// The hunts of calls that have not been answered, and what they have come to.
#[derive(Debug, Default)]
pub(super) struct Hunts {
    pub(super) running: BTreeMap<CallId, Hunt>,
    /// What has been forwarded since calls were told last; empty between two inputs.
    pub(super) forwarded: Vec<(CallId, Forwarded)>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Hunt {
    pub(super) quarry: Quarry,
    pub(super) asked: Asked,
}

/// Who is looked for.
#[derive(Debug)]
pub(super) enum Quarry {
    /// A member of a team.
    Team { team: TeamId, turns: Turns },
    /// Somebody who forwards calls that they do not answer.
    Person(UserId),
}

impl Hunts {
    /// The team that a call looks for a member of.
    pub(super) fn team(&self, call: CallId) -> Option<TeamId> {
        self.running.get(&call).and_then(Hunt::team)
    }

    /// What has been forwarded in a call is told of another one.
    pub(super) fn forwarded_as(&mut self, call: CallId, told: CallId) {
        let theirs = self.forwarded.iter_mut().filter(|(of, _)| *of == call);
        theirs.for_each(|(of, _)| *of = told);
    }

    /// The call has found somebody, or is over.
    pub(super) fn end(&mut self, call: CallId) -> Option<TeamId> {
        self.running.remove(&call).and_then(|hunt| hunt.team())
    }
}

impl Hunt {
    fn team(&self) -> Option<TeamId> {
        match self.quarry {
            Quarry::Team { team, .. } => Some(team),
            Quarry::Person(_) => None,
        }
    }
}

impl Core {
    /// A call needs somebody else to ring.
    pub(super) fn next_turn(&mut self, id: CallId, lack: Lack, now: Instant) {
        let turn = match self.hunts.running.remove(&id) {
            Some(Hunt {
                quarry: Quarry::Team { team, turns },
                asked,
            }) => self.turn_of_team(id, (team, turns, asked), lack, now),
            Some(Hunt {
                quarry: Quarry::Person(user),
                asked,
            }) => self.turn_of_person(id, (user, asked), lack, now),
            None => Turn::Nobody,
        };
        let Some(entry) = self.calls.calls.get_mut(&id) else { return };
        if let Turn::Ring { branches, .. } | Turn::Divert { branches, .. } = &turn {
            entry.legs.extend(branches.iter().flat_map(Branch::legs));
        }
        let mut commands = Vec::new();
        entry.call.turn(turn, now, &mut commands);
        self.carry_out(id, commands, now);
    }
}

/// What becomes of a call that goes on as planned; `None`: nobody is there either.
pub(super) fn onward(plan: Option<Plan>) -> Option<Turn> {
    match plan? {
        Plan::Ring { branches, pace, .. } => Some(Turn::Divert { branches, pace }),
        Plan::Serve { feature, .. } => Some(Turn::Serve { feature }),
        Plan::Refuse { .. } => None,
    }
}
