//! Teams: one number, several people or phones.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::{DeviceId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use switchboard::directory::{self, MemberKind, TimeProfileId};
use utoipa::ToSchema;

use super::Api;
use super::calling::{Window, windows_of};
use super::json::{Body, Path, present};
use super::problem::{Fields, Problem, ProblemDocument};
use super::types::{delay_s, dialled};
use crate::store::name::{Extension, Label};
use crate::store::{MEMBERS_MAX, StoreError, WINDOWS_MAX};

/// How long each member of a team rings, in seconds.
const TURN_S: std::ops::RangeInclusive<u16> = 3..=120;
/// Unless somebody has decided otherwise.
const TURN_S_USUAL: u16 = 20;

/// All teams, by extension.
#[derive(Serialize, ToSchema)]
pub(super) struct Teams {
    teams: Vec<Team>,
}

/// A team, or a ring group.
#[derive(Serialize, ToSchema)]
pub(super) struct Team {
    id: u64,
    /// Shown on displays.
    name: String,
    /// The number; none of anybody else's.
    extension: String,
    /// Whether all members see one line and any of them may take a call that another one holds.
    has_line: bool,
    order: Order,
    /// Seconds for each member, where they ring one after the other.
    turn_s: u16,
    /// In this order.
    members: Vec<Member>,
    busy_when: BusyWhen,
    /// Where a call goes that nobody answers; null: nowhere.
    #[schema(required)]
    overflow: Option<Overflow>,
    /// Night service; null: none.
    #[schema(required)]
    night: Option<Night>,
}

/// A team to be added.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewTeam {
    name: String,
    extension: String,
    #[serde(default)]
    has_line: bool,
    /// `all` unless said otherwise.
    #[schema(nullable = false)]
    order: Option<Order>,
    /// 3 to 120; 20 unless said otherwise.
    #[schema(nullable = false)]
    turn_s: Option<u16>,
    #[serde(default)]
    members: Vec<Member>,
    /// `all` unless said otherwise.
    #[schema(nullable = false)]
    busy_when: Option<BusyWhen>,
    overflow: Option<Overflow>,
    night: Option<Night>,
}

/// What is to be changed about a team; what is absent stays as it is.
#[derive(Default, Deserialize, ToSchema)]
pub(super) struct ChangedTeam {
    #[schema(nullable = false)]
    name: Option<String>,
    #[schema(nullable = false)]
    extension: Option<String>,
    #[schema(nullable = false)]
    has_line: Option<bool>,
    #[schema(nullable = false)]
    order: Option<Order>,
    #[schema(nullable = false)]
    turn_s: Option<u16>,
    #[schema(nullable = false)]
    members: Option<Vec<Member>>,
    #[schema(nullable = false)]
    busy_when: Option<BusyWhen>,
    /// Null takes it away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Overflow>)]
    overflow: Option<Option<Overflow>>,
    /// Null takes it away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Night>)]
    night: Option<Option<Night>>,
}

/// A member: a person or a phone, exactly one of them.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = TeamMember)]
struct Member {
    /// A person, with all their phones.
    #[schema(required)]
    user_id: Option<u64>,
    /// A phone that is nobody's.
    #[schema(required)]
    device_id: Option<u64>,
    /// Whether calls ring there; otherwise the member only sees the line and may take calls.
    rings: bool,
}

/// Who rings when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamOrder)]
enum Order {
    /// All at once.
    All,
    /// One after the other, as they stand.
    InTurn,
    /// One after the other, whoever has not talked for longest first.
    LongestIdle,
}

/// When the next caller hears busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamBusyWhen)]
enum BusyWhen {
    /// All members are on a call.
    All,
    /// One call of the team's is running.
    First,
}

/// Where a call goes that a team does not answer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = TeamOverflow)]
struct Overflow {
    /// After so many seconds, 300 at most; also when nobody can be reached, or the team is busy.
    after_s: u16,
    /// As one would dial it.
    number: String,
}

/// Night service.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = TeamNight)]
struct Night {
    /// When the team works.
    day: Vec<Window>,
    /// The same by a time profile: then `day` does not count, and may be empty.
    #[schema(required)]
    profile_id: Option<u64>,
    /// Where calls go at all other times, as one would dial it.
    number: String,
}

/// All teams.
#[utoipa::path(get, path = "/teams", tag = "teams", responses(
    (status = 200, description = "All teams, by extension", body = Teams),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<Teams>, Problem> {
    let teams = api.store().teams().await?;
    Ok(Json(Teams {
        teams: teams.into_iter().map(Team::of).collect(),
    }))
}

/// Adds a team.
#[utoipa::path(post, path = "/teams", tag = "teams", request_body = NewTeam, responses(
    (status = 201, description = "Added", body = Team),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`taken`, `too-many`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn add(State(api): State<Api>, Body(new): Body<NewTeam>) -> Result<(StatusCode, Json<Team>), Problem> {
    let blank = directory::Team {
        id: TeamId(0),
        name: String::new(),
        extension: String::new(),
        has_line: false,
        order: directory::Order::All,
        members: Vec::new(),
        busy_when: directory::BusyWhen::All,
        overflow: None,
        night: None,
    };
    let changed = ChangedTeam {
        name: Some(new.name),
        extension: Some(new.extension),
        has_line: Some(new.has_line),
        order: new.order,
        turn_s: new.turn_s,
        members: Some(new.members),
        busy_when: new.busy_when,
        overflow: Some(new.overflow),
        night: Some(new.night),
    };
    let mut team = changed.parse(blank)?;
    team.id = api.store().add_team(&team).await.map_err(unknown_member)?;
    api.directory_changed().await?;
    Ok((StatusCode::CREATED, Json(Team::of(team))))
}

/// Changes a team.
#[utoipa::path(patch, path = "/teams/{id}", tag = "teams", params(("id" = u64, Path)), request_body = ChangedTeam, responses(
    (status = 200, description = "Changed", body = Team),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`taken`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change(State(api): State<Api>, Path(id): Path<u64>, Body(changed): Body<ChangedTeam>) -> Result<Json<Team>, Problem> {
    let change = |team| changed.parse(team);
    let team = api.store().change_team(TeamId(id), change).await.map_err(unknown_member)??;
    api.directory_changed().await?;
    Ok(Json(Team::of(team)))
}

/// Removes a team.
#[utoipa::path(delete, path = "/teams/{id}", tag = "teams", params(("id" = u64, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    api.store().remove_team(TeamId(id)).await?;
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn unknown_member(error: StoreError) -> Problem {
    match error {
        StoreError::NotFound("time profile") => Problem::invalid_field("night.profile_id", "there is no such time profile"),
        StoreError::NotFound(what @ ("user" | "device")) => Problem::invalid_field("members", format!("there is no such {what}")),
        other => other.into(),
    }
}

impl ChangedTeam {
    fn parse(self, before: directory::Team) -> Result<directory::Team, Problem> {
        let (mut fields, mut team) = (Fields::default(), before);
        if let Some(name) = fields.check_some("name", self.name.as_deref().map(Label::parse)) {
            name.as_str().clone_into(&mut team.name);
        }
        if let Some(extension) = fields.check_some("extension", self.extension.as_deref().map(Extension::parse)) {
            extension.as_str().clone_into(&mut team.extension);
        }
        team.has_line = self.has_line.unwrap_or(team.has_line);
        let (order, before_s) = Order::of(team.order);
        let turn_s = fields.check_some("turn_s", self.turn_s.map(turn_s)).unwrap_or(before_s);
        team.order = self.order.unwrap_or(order).with(turn_s);
        if let Some(members) = fields.check_some("members", self.members.as_deref().map(members)) {
            team.members = members;
        }
        if let Some(busy_when) = self.busy_when {
            team.busy_when = busy_when.into();
        }
        if let Some(overflow) = self.overflow {
            team.overflow = overflow.and_then(|overflow| overflow.parse(&mut fields));
        }
        if let Some(night) = self.night {
            team.night = night.and_then(|night| night.parse(&mut fields));
        }
        fields.finish()?;
        Ok(team)
    }
}

fn turn_s(seconds: u16) -> Result<u16, String> {
    let why = || format!("use {} to {} seconds", TURN_S.start(), TURN_S.end());
    TURN_S.contains(&seconds).then_some(seconds).ok_or_else(why)
}

fn members(named: &[Member]) -> Result<Vec<directory::Member>, String> {
    let member = |member: &Member| {
        let kind = match (member.user_id, member.device_id) {
            (Some(user), None) => Some(MemberKind::Person(UserId(user))),
            (None, Some(device)) => Some(MemberKind::Device(DeviceId(device))),
            (Some(_), Some(_)) | (None, None) => None,
        };
        kind.map(|kind| directory::Member { kind, rings: member.rings })
    };
    let members: Option<Vec<_>> = named.iter().map(member).collect();
    let members = members.ok_or("write user_id or device_id of each member")?;
    let distinct: BTreeSet<MemberKind> = members.iter().map(|member| member.kind).collect();
    if members.len() > MEMBERS_MAX || distinct.len() != members.len() {
        return Err(format!("name {MEMBERS_MAX} members at most, each once"));
    }
    Ok(members)
}

impl Overflow {
    fn parse(&self, fields: &mut Fields) -> Option<directory::Overflow> {
        let after_s = fields.check("overflow.after_s", delay_s(self.after_s));
        let number = fields.check("overflow.number", dialled(&self.number));
        Some(directory::Overflow {
            after_s: after_s?,
            number: number?,
        })
    }
}

impl Night {
    fn parse(&self, fields: &mut Fields) -> Option<directory::Night> {
        let number = fields.check("night.number", dialled(&self.number));
        let windows_min = usize::from(self.profile_id.is_none());
        if !(windows_min..=WINDOWS_MAX).contains(&self.day.len()) {
            fields.note("night.day", format!("write 1 to {WINDOWS_MAX} windows, or choose a time profile"));
        }
        let day = windows_of(&self.day, "night.day", fields);
        Some(directory::Night {
            day,
            hours: self.profile_id.map(TimeProfileId),
            number: number?,
        })
    }
}

impl Team {
    fn of(team: directory::Team) -> Self {
        let (order, turn_s) = Order::of(team.order);
        Self {
            id: team.id.0,
            name: team.name,
            extension: team.extension,
            has_line: team.has_line,
            order,
            turn_s,
            members: team.members.iter().map(Member::of).collect(),
            busy_when: team.busy_when.into(),
            overflow: team.overflow.map(|overflow| Overflow {
                after_s: overflow.after_s,
                number: overflow.number,
            }),
            night: team.night.map(|night| Night {
                day: night.day.iter().map(Window::of).collect(),
                profile_id: night.hours.map(|profile| profile.0),
                number: night.number,
            }),
        }
    }
}

impl Member {
    fn of(member: &directory::Member) -> Self {
        let (user_id, device_id) = match member.kind {
            MemberKind::Person(user) => (Some(user.0), None),
            MemberKind::Device(device) => (None, Some(device.0)),
        };
        Self {
            user_id,
            device_id,
            rings: member.rings,
        }
    }
}

impl Order {
    fn of(order: directory::Order) -> (Self, u16) {
        match order {
            directory::Order::All => (Self::All, TURN_S_USUAL),
            directory::Order::InTurn { turn_s } => (Self::InTurn, turn_s),
            directory::Order::LongestIdle { turn_s } => (Self::LongestIdle, turn_s),
        }
    }

    fn with(self, turn_s: u16) -> directory::Order {
        match self {
            Self::All => directory::Order::All,
            Self::InTurn => directory::Order::InTurn { turn_s },
            Self::LongestIdle => directory::Order::LongestIdle { turn_s },
        }
    }
}

impl From<BusyWhen> for directory::BusyWhen {
    fn from(busy_when: BusyWhen) -> Self {
        match busy_when {
            BusyWhen::All => Self::All,
            BusyWhen::First => Self::First,
        }
    }
}

impl From<directory::BusyWhen> for BusyWhen {
    fn from(busy_when: directory::BusyWhen) -> Self {
        match busy_when {
            directory::BusyWhen::All => Self::All,
            directory::BusyWhen::First => Self::First,
        }
    }
}
