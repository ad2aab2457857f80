//! Calls to teams: whom they ring now, where they go when nobody answers, and what the members see of them.
//!
//! ```text
//!  a team's number ──night──────────────────────────► that number ─┐
//!        │ ──busy, or nobody can be reached─► overflow ────────────┤ at most five teams, none twice
//!        ▼                                                         ▼
//!     Hunt ◄── Command::Next ── the call rings ── in vain ──► overflow: a person, another team, the world
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{CallId, TeamId};

use super::admission::Asked;
use super::hunts::{Hunt, Quarry, onward};
use super::ringing::Reach;
use super::{Core, LineCall, LiveEvent, Party, UserState};
use crate::call::{Cause, Lack, Pace, Plan, Search, Turn};
use crate::dialplan;
use crate::directory::{BusyWhen, Member, MemberKind, Order, Team};
use crate::teams::{Idle, Next, Presence, Turns, line_up};

/// Teams that one call comes to at most.
const TEAMS_MAX: usize = 5;
/// With so many phones that ring in a call, no further members are asked.
pub(super) const TEAM_BRANCHES_MAX: usize = 128;
/// A turn is never shorter.
const TURN_MIN: Duration = Duration::from_secs(1);

/// What is known of teams besides the directory.
#[derive(Debug, Default)]
pub(super) struct Teams {
    idle: Idle,
    /// Running calls by their teams.
    lines: BTreeMap<TeamId, BTreeSet<CallId>>,
    /// What members were told last.
    told: BTreeMap<TeamId, Arc<[LineCall]>>,
}

impl Teams {
    /// What members see on their line.
    pub(super) fn line(&self, team: TeamId) -> &[LineCall] {
        self.told.get(&team).map_or(&[], AsRef::as_ref)
    }
}

impl Core {
    /// What a call to a team comes to.
    pub(super) fn plan_team(&mut self, call: CallId, team: &Team, asked: &Asked, now: Instant) -> Plan {
        let called = Party {
            user: None,
            device: None,
            number: team.extension.clone(),
            name: team.name.clone(),
        };
        if asked.teams.contains(&team.id) || asked.teams.len() >= TEAMS_MAX {
            let cause = Cause {
                status: 482,
                text: "the teams hand this call on in a circle",
            };
            return Plan::Refuse { called, cause };
        }
        let mut asked = asked.clone();
        asked.teams.push(team.id);
        if let Some(number) = team.night_number(&self.directory.directory().time_profiles, self.clock) {
            return self.plan_onward(call, number, &asked, now).to(called);
        }
        let mut turns = Turns::default();
        let cause = match self.reach_team(call, team, &asked, &mut turns) {
            Reach::Rings(branches) => {
                let quarry = Quarry::Team { team: team.id, turns };
                self.hunts.running.insert(call, Hunt { quarry, asked });
                let pace = pace(team);
                return Plan::Ring { called, branches, pace };
            }
            Reach::Busy => Cause::BUSY,
            Reach::Nobody => Cause {
                status: 480,
                text: "no phone of this team can be reached",
            },
        };
        match self.plan_overflow(call, team, &asked, now) {
            Some(plan) => plan.to(called),
            None => Plan::Refuse { called, cause },
        }
    }

    /// Where a call goes that the team does not answer; `None`: nowhere, or where nobody is either.
    fn plan_overflow(&mut self, call: CallId, team: &Team, asked: &Asked, now: Instant) -> Option<Plan> {
        let number = &team.overflow.as_ref()?.number;
        let earlier = self.hunts.forwarded.len();
        match self.plan_onward(call, number, asked, now) {
            plan @ (Plan::Ring { .. } | Plan::Serve { .. }) => Some(plan),
            Plan::Refuse { cause, .. } => {
                self.hunts.forwarded.truncate(earlier);
                tracing::info!(%call, team = team.name, reason = cause.text, "the overflow of a team leads nowhere now");
                None
            }
        }
    }

    /// What a number comes to that a team hands its calls on to.
    fn plan_onward(&mut self, call: CallId, number: &str, asked: &Asked, now: Instant) -> Plan {
        let plan = |core: &mut Self| core.plan(call, number, asked, now);
        if dialplan::emergency_number(&self.directory, number).is_none() {
            return plan(self);
        }
        // Nobody has asked for help.
        Plan::Refuse {
            called: Party {
                user: None,
                device: None,
                number: number.to_owned(),
                name: String::new(),
            },
            cause: Cause {
                status: 403,
                text: "a team cannot hand calls on to an emergency number",
            },
        }
    }

    /// Legs to be for those whose turn is first.
    fn reach_team(&mut self, call: CallId, team: &Team, asked: &Asked, turns: &mut Turns) -> Reach {
        let mut others = self.teams.lines.get(&team.id).into_iter().flatten().filter(|other| **other != call);
        if team.busy_when == BusyWhen::First && others.next().is_some() {
            return Reach::Busy;
        }
        let mut is_busy = false;
        let mut branches = Vec::new();
        match team.order {
            Order::All => {
                for (member, _) in self.members(call, team, asked) {
                    if branches.len() >= TEAM_BRANCHES_MAX {
                        break;
                    }
                    match self.reach_member(call, member, asked) {
                        Reach::Rings(phones) => branches.extend(phones),
                        Reach::Busy => is_busy = true,
                        Reach::Nobody => {}
                    }
                }
            }
            Order::InTurn { .. } | Order::LongestIdle { .. } => {
                let members = self.members(call, team, asked);
                is_busy = members.iter().any(|(_, presence)| *presence == Presence::OnACall);
                if let Some(Turn::Ring { branches: first, .. }) = self.next_member(call, team, asked, turns) {
                    branches = first;
                }
            }
        }
        Reach::of(branches, is_busy)
    }

    /// Whose turn is next, with legs to be; `None`: nobody is left.
    fn next_member(&mut self, call: CallId, team: &Team, asked: &Asked, turns: &mut Turns) -> Option<Turn> {
        let turn = turn(team.order)?;
        let members = self.members(call, team, asked);
        let mut candidates = line_up(team.order, members.into_iter(), &self.teams.idle);
        loop {
            let member = match turns.next(&candidates)? {
                Next::Rings(member) => member,
                Next::Stays => return Some(Turn::Stay { turn }),
            };
            if let Reach::Rings(branches) = self.reach_member(call, member, asked) {
                turns.begin(member);
                return Some(Turn::Ring { branches, turn });
            }
            candidates.retain(|candidate| *candidate != member);
        }
    }

    /// The members that ring, but for whoever calls or hands over.
    fn members(&self, call: CallId, team: &Team, asked: &Asked) -> Vec<(MemberKind, Presence)> {
        let is_concerned = |member: &MemberKind| match *member {
            MemberKind::Person(user) => asked.for_whom == Some(user) || asked.responsible == Some(user),
            MemberKind::Device(device) => asked.without.contains(&Some(device)),
        };
        let members = team.ringing_members().filter(|member| !is_concerned(member));
        members.map(|member| (member, self.presence(member, call))).collect()
    }

    fn presence(&self, member: MemberKind, except: CallId) -> Presence {
        let state = match member {
            MemberKind::Person(user) => self.state_in_calls(user, except),
            MemberKind::Device(device) => self.watch.state_of_phone(device, except),
        };
        match state {
            Some(UserState::OnACall) => Presence::OnACall,
            Some(UserState::Ringing) => Presence::Ringing,
            Some(UserState::Available | UserState::Offline) | None => Presence::Free,
        }
    }

    fn reach_member(&mut self, call: CallId, member: MemberKind, asked: &Asked) -> Reach {
        let user = match member {
            MemberKind::Person(user) => user,
            MemberKind::Device(device) => return self.reach_device(call, device, asked),
        };
        let Some(person) = self.directory.user(user) else {
            return Reach::Nobody;
        };
        let party = Party {
            user: Some(user),
            device: None,
            number: person.extension.clone().unwrap_or_default(),
            name: person.name.clone(),
        };
        if person.reaching.is_undisturbed_by(&asked.incoming()) {
            return Reach::Nobody;
        }
        self.reach_phones(call, &party, user, asked)
    }

    /// A team's call needs somebody else to ring.
    pub(super) fn turn_of_team(&mut self, id: CallId, hunt: (TeamId, Turns, Asked), lack: Lack, now: Instant) -> Turn {
        let (team, mut turns, asked) = hunt;
        let Some(team) = self.directory.team(team).cloned() else {
            return Turn::Nobody;
        };
        let next = match lack {
            Lack::TurnOver => self.next_member(id, &team, &asked, &mut turns),
            Lack::Refusal => {
                turns.refused();
                self.next_member(id, &team, &asked, &mut turns)
            }
            Lack::Overflow | Lack::Busy | Lack::Unreachable => None,
        };
        let is_theirs = next.is_some();
        let turn = next.or_else(|| onward(self.plan_overflow(id, &team, &asked, now)));
        if is_theirs || turn.is_none() {
            let quarry = Quarry::Team { team: team.id, turns };
            self.hunts.running.insert(id, Hunt { quarry, asked });
        }
        turn.unwrap_or(Turn::Nobody)
    }

    /// An answered call of somebody's is over, for them.
    pub(super) fn team_member_talked(&mut self, member: MemberKind, now: Instant) {
        self.teams.idle.talked(member, now);
    }

    /// A call that was handed over is the target's team's from now on, if there is one; from member to member it stays the team's.
    pub(super) fn team_took_over(&mut self, id: CallId, to: &Party) {
        let team = self.hunts.end(id);
        let Some(entry) = self.calls.calls.get_mut(&id) else { return };
        let stays = entry
            .team
            .filter(|team| self.directory.team(*team).is_some_and(|team| is_member(team, to)));
        entry.team = team.or(stays);
    }

    /// Brings everything about teams up to date with a call.
    pub(super) fn team_call_changed(&mut self, id: CallId) {
        let Some(entry) = self.calls.calls.get_mut(&id) else { return };
        let sought = self.hunts.team(id);
        let search = entry.call.search();
        match search {
            Search::Underway => entry.team = sought,
            Search::Again => {}
            Search::Done => drop(self.hunts.end(id)),
        }
        let sought = sought.filter(|_| search != Search::Done);
        let is_running = entry.call.on_line(false, |_| false).is_some();
        let teams: BTreeSet<TeamId> = entry.team.into_iter().chain(sought).filter(|_| is_running).collect();
        let before = std::mem::replace(&mut entry.lines, teams.clone());
        for team in before.difference(&teams) {
            if let Some(calls) = self.teams.lines.get_mut(team) {
                calls.remove(&id);
            }
        }
        for team in &teams {
            self.teams.lines.entry(*team).or_default().insert(id);
        }
        for team in before.union(&teams) {
            self.tell_line(*team);
        }
    }

    /// The call is forgotten.
    pub(super) fn team_call_over(&mut self, id: CallId, lines: BTreeSet<TeamId>) {
        self.hunts.end(id);
        for team in lines {
            if let Some(calls) = self.teams.lines.get_mut(&team) {
                calls.remove(&id);
            }
            self.tell_line(team);
        }
    }

    /// Tells the members what is on their line, if it is something else than before.
    fn tell_line(&mut self, team: TeamId) {
        let has_line = self.directory.team(team).is_some_and(|team| team.has_line);
        let ids = self.teams.lines.get(&team).into_iter().flatten().copied();
        let calls: Arc<[LineCall]> = ids.filter(|_| has_line).filter_map(|id| self.line_call(id, team)).collect();
        let told = self.teams.told.get(&team).map_or(&[][..], AsRef::as_ref);
        if *told == *calls {
            return;
        }
        if calls.is_empty() {
            self.teams.told.remove(&team);
        } else {
            self.teams.told.insert(team, Arc::clone(&calls));
        }
        self.tell(LiveEvent::TeamLine { team, calls });
    }

    fn line_call(&self, id: CallId, team: TeamId) -> Option<LineCall> {
        let entry = self.calls.calls.get(&id)?;
        let known = self.directory.team(team);
        let line = entry
            .call
            .on_line(entry.team != Some(team), |party| known.is_some_and(|team| is_member(team, party)))?;
        Some(LineCall {
            call: id,
            state: line.state,
            by: line.member.and_then(|member| member.user),
            device: line.member.and_then(|member| member.device),
            other: line.other.clone(),
            begun: entry.begun,
        })
    }

    /// The running calls of a team.
    pub(super) fn calls_on_line(&self, team: TeamId) -> impl Iterator<Item = CallId> {
        self.teams.lines.get(&team).into_iter().flatten().copied()
    }

    /// The directory has changed.
    pub(super) fn teams_changed(&mut self) {
        let directory = &self.directory;
        self.teams.idle.retain(|member| match member {
            MemberKind::Person(user) => directory.user(user).is_some(),
            MemberKind::Device(device) => directory.device(device).is_some(),
        });
        self.teams
            .lines
            .retain(|team, calls| !calls.is_empty() || directory.team(*team).is_some());
        let teams: BTreeSet<TeamId> = self.teams.lines.keys().chain(self.teams.told.keys()).copied().collect();
        for team in teams {
            self.tell_line(team);
        }
    }
}

/// Whether somebody, or their phone, is in a team.
pub(super) fn is_member(team: &Team, party: &Party) -> bool {
    let is_it = |member: &Member| match member.kind {
        MemberKind::Person(user) => party.user == Some(user),
        MemberKind::Device(device) => party.user.is_none() && party.device == Some(device),
    };
    team.members.iter().any(is_it)
}

fn pace(team: &Team) -> Pace {
    Pace {
        is_team: true,
        turn: turn(team.order),
        overflow: team.overflow.as_ref().map(|overflow| Duration::from_secs(overflow.after_s.into())),
        goes_on: team.overflow.is_some(),
    }
}

fn turn(order: Order) -> Option<Duration> {
    match order {
        Order::All => None,
        Order::InTurn { turn_s } | Order::LongestIdle { turn_s } => Some(Duration::from_secs(turn_s.into()).max(TURN_MIN)),
    }
}
