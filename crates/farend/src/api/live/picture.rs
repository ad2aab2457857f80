//! How everything stands at one moment.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use model::{CallId, DeviceId, TeamId, TrunkId, UserId};
use sip::Transport;
use switchboard::core::{Attendance, CallState, CallView, ConferenceView, LineCall, ParkedCall, PhoneWay, RingingCall, UserState};
use switchboard::directory::Directory;
use switchboard::trunks::{LineId, LineMeasure, LineReport, LineState};
use time::OffsetDateTime;

/// Who is reachable and what they do, at one moment. What is empty is not kept: there are as many entries as there are people on calls, teams with
/// calls, and shared phones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Devices that have a way to them, and how they registered last.
    pub registered: BTreeMap<DeviceId, Registered>,
    /// What is known of the ways to desk phones.
    pub ways: BTreeMap<DeviceId, PhoneWay>,
    /// What people do; those not listed are offline.
    pub users: BTreeMap<UserId, UserState>,
    /// How the lines of trunks are.
    pub lines: BTreeMap<LineId, LineReport>,
    /// What their providers have answered last.
    pub measures: BTreeMap<LineId, LineMeasure>,
    /// Everybody's calls, oldest first.
    pub calls: BTreeMap<UserId, Arc<[TimedCall]>>,
    /// What is on the lines of teams, oldest first.
    pub team_lines: BTreeMap<TeamId, Arc<[TimedLineCall]>>,
    /// Who is logged on at shared phones; one that is not listed is its owner's.
    pub seats: BTreeMap<DeviceId, Seat>,
    /// Conferences.
    pub conferences: BTreeMap<CallId, Arc<TimedConference>>,
    /// What is parked.
    pub parked: Arc<[TimedParked]>,
    /// What rings at others of somebody's groups, oldest first.
    pub pick_ups: BTreeMap<UserId, Arc<[TimedRinging]>>,
    /// Whom somebody is to call once they are free.
    pub call_backs: BTreeMap<UserId, Arc<[UserId]>>,
}

/// How a device has registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The address that it came from.
    pub from: SocketAddr,
    /// By what.
    pub transport: Transport,
    /// Whether its contact names another address than that one.
    pub is_behind_nat: bool,
}

/// Who is logged on at a shared phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Whose number it has.
    pub user: Option<UserId>,
    /// Whose number is with their browser meanwhile.
    pub mobile: Option<UserId>,
}

/// A call with the times of the clock on the wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedCall {
    /// As its person sees it.
    pub view: CallView,
    /// When it began.
    pub begun_at: OffsetDateTime,
    /// When they began to talk.
    pub answered_at: Option<OffsetDateTime>,
}

/// Somebody on a team's line, with the time of the clock on the wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedLineCall {
    /// As members see it.
    pub view: LineCall,
    /// When it began.
    pub begun_at: OffsetDateTime,
}

/// A conference with the times of the clock on the wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedConference {
    /// As all who are in it see it.
    pub view: Arc<ConferenceView>,
    /// Since when its members are there, in their order.
    pub since: Vec<OffsetDateTime>,
}

/// A parked call with the time of the clock on the wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedParked {
    /// As everybody sees it.
    pub view: ParkedCall,
    /// Since when.
    pub since: OffsetDateTime,
}

/// A call that others may answer, with the time of the clock on the wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedRinging {
    /// As they see it.
    pub view: RingingCall,
    /// Since when.
    pub since: OffsetDateTime,
}

impl TimedConference {
    /// Whether somebody is in it, or waits to be let in. Whoever is only called does not see it yet.
    #[must_use]
    pub fn has(&self, user: UserId) -> bool {
        let mut members = self.view.members.iter();
        members.any(|member| member.presence != Attendance::Invited && member.party.user == Some(user))
    }
}

/// The loop's clock and the one on the wall at the same moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub(super) instant: Instant,
    pub(super) wall: OffsetDateTime,
}

impl Picture {
    /// What a person does.
    #[must_use]
    pub fn state(&self, user: UserId) -> UserState {
        self.users.get(&user).copied().unwrap_or(UserState::Offline)
    }

    /// Whether calls can go by a trunk.
    #[must_use]
    pub fn is_up(&self, trunk: TrunkId) -> bool {
        let is_up = |report: &LineReport| matches!(report.state, LineState::Up { .. });
        self.lines.iter().any(|(line, report)| line.trunk == trunk && is_up(report))
    }

    /// Whether somebody talks, dials or holds at a phone.
    #[must_use]
    pub fn is_in_use(&self, device: DeviceId) -> bool {
        let talks = |call: &TimedCall| is_under_way(call.view.state) && call.view.devices.contains(&device);
        let talks_on_line = |call: &TimedLineCall| is_under_way(call.view.state) && call.view.device == Some(device);
        self.calls.values().any(|calls| calls.iter().any(talks)) || self.team_lines.values().any(|calls| calls.iter().any(talks_on_line))
    }

    /// Who has a shared phone, of which this is the owner.
    #[must_use]
    pub fn seat(&self, device: DeviceId, owner: Option<UserId>) -> Seat {
        let own = Seat { user: owner, mobile: None };
        self.seats.get(&device).copied().unwrap_or(own)
    }

    /// The shared phones that somebody is logged on at, or has left for their browser.
    #[must_use]
    pub fn seats_of(&self, user: UserId) -> BTreeSet<DeviceId> {
        let is_theirs = |seat: &Seat| seat.user == Some(user) || seat.mobile == Some(user);
        let theirs = self.seats.iter().filter(|(_, seat)| is_theirs(seat));
        theirs.map(|(device, _)| *device).collect()
    }

    /// Somebody's calls are these now.
    pub(super) fn set_calls(&mut self, user: UserId, views: &[CallView], now: Now) -> Arc<[TimedCall]> {
        let told = self.calls.remove(&user).unwrap_or_default();
        let moments = told.iter().flat_map(|call| {
            let answered = call.view.answered.zip(call.answered_at);
            [Some((call.view.begun, call.begun_at)), answered].into_iter().flatten()
        });
        let moments: Vec<_> = moments.collect();
        let timed = views.iter().map(|view| TimedCall {
            view: view.clone(),
            begun_at: now.of(view.begun, &moments),
            answered_at: view.answered.map(|at| now.of(at, &moments)),
        });
        let calls: Arc<[TimedCall]> = timed.collect();
        if !calls.is_empty() {
            self.calls.insert(user, Arc::clone(&calls));
        }
        calls
    }

    /// A team's line has these calls now.
    pub(super) fn set_team_line(&mut self, team: TeamId, views: &[LineCall], now: Now) -> Arc<[TimedLineCall]> {
        let told = self.team_lines.remove(&team).unwrap_or_default();
        let moments: Vec<_> = told.iter().map(|call| (call.view.begun, call.begun_at)).collect();
        let timed = views.iter().map(|view| TimedLineCall {
            view: view.clone(),
            begun_at: now.of(view.begun, &moments),
        });
        let calls: Arc<[TimedLineCall]> = timed.collect();
        if !calls.is_empty() {
            self.team_lines.insert(team, Arc::clone(&calls));
        }
        calls
    }

    /// A conference is this now.
    pub(super) fn set_conference(&mut self, view: &Arc<ConferenceView>, now: Now) -> Arc<TimedConference> {
        let told = self.conferences.remove(&view.call);
        let moments = told.iter().flat_map(|told| told.view.members.iter().zip(&told.since));
        let moments: Vec<_> = moments.map(|(member, since)| (member.since, *since)).collect();
        let conference = Arc::new(TimedConference {
            view: Arc::clone(view),
            since: view.members.iter().map(|member| now.of(member.since, &moments)).collect(),
        });
        if !view.members.is_empty() {
            self.conferences.insert(view.call, Arc::clone(&conference));
        }
        conference
    }

    /// These calls are parked now.
    pub(super) fn set_parked(&mut self, views: &[ParkedCall], now: Now) -> Arc<[TimedParked]> {
        let moments: Vec<_> = self.parked.iter().map(|parked| (parked.view.since, parked.since)).collect();
        let timed = views.iter().map(|view| TimedParked {
            view: view.clone(),
            since: now.of(view.since, &moments),
        });
        self.parked = timed.collect();
        Arc::clone(&self.parked)
    }

    /// These calls ring at others of somebody's groups now.
    pub(super) fn set_pick_ups(&mut self, user: UserId, views: &[RingingCall], now: Now) -> Arc<[TimedRinging]> {
        let told = self.pick_ups.remove(&user).unwrap_or_default();
        let moments: Vec<_> = told.iter().map(|ringing| (ringing.view.since, ringing.since)).collect();
        let timed = views.iter().map(|view| TimedRinging {
            view: view.clone(),
            since: now.of(view.since, &moments),
        });
        let calls: Arc<[TimedRinging]> = timed.collect();
        if !calls.is_empty() {
            self.pick_ups.insert(user, Arc::clone(&calls));
        }
        calls
    }

    /// Somebody is to call these once they are free.
    pub(super) fn set_call_backs(&mut self, user: UserId, wanted: &Arc<[UserId]>) {
        if wanted.is_empty() {
            self.call_backs.remove(&user);
        } else {
            self.call_backs.insert(user, Arc::clone(wanted));
        }
    }

    /// Forgets what is no more: shared phones, teams, people.
    pub(super) fn follow(&mut self, directory: &Directory) {
        let shared = directory.devices.iter().filter(|device| device.shared.is_some());
        let shared: BTreeSet<DeviceId> = shared.map(|device| device.id).collect();
        self.seats.retain(|device, _| shared.contains(device));
        let teams: BTreeSet<TeamId> = directory.teams.iter().map(|team| team.id).collect();
        self.team_lines.retain(|team, _| teams.contains(team));
        let users: BTreeSet<UserId> = directory.users.iter().map(|user| user.id).collect();
        self.calls.retain(|user, _| users.contains(user));
        self.pick_ups.retain(|user, _| users.contains(user));
        self.call_backs.retain(|user, _| users.contains(user));
    }
}

impl Now {
    /// What the clock on the wall said at a moment. What has been said once of that moment is said again, wherever the clock has been set to since.
    fn of(self, moment: Instant, told: &[(Instant, OffsetDateTime)]) -> OffsetDateTime {
        let before = told.iter().find(|(known, _)| *known == moment);
        before.map_or_else(|| self.wall - self.instant.saturating_duration_since(moment), |(_, wall)| *wall)
    }
}

fn is_under_way(state: CallState) -> bool {
    match state {
        CallState::Ringing => false,
        CallState::Lifting
        | CallState::Dialling
        | CallState::Talking
        | CallState::Holding
        | CallState::Held
        | CallState::Moving
        | CallState::Conferring
        | CallState::Waiting => true,
    }
}
