//! What would happen if somebody dialled a number: the decision that a call would take, in words.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::numbers::{Dialled, Why};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard::dialplan::{self, Denial, Leads, TeamLead};
use switchboard::directory::{Directory, Order, Overflow, WallClock};
use utoipa::ToSchema;

use super::Api;
use super::json::Body;
use super::live::Picture;
use super::problem::{Problem, ProblemDocument};
use crate::clock;

/// Of what somebody dials at most.
const DIALLED_CHARS_MAX: usize = 64;

/// Who dials what.
#[derive(Deserialize, ToSchema)]
#[schema(as = DialledNumber)]
pub(super) struct Question {
    #[schema(example = "103")]
    extension: String,
    #[schema(example = "0049 89 123456")]
    dialled: String,
    /// When; now unless said otherwise.
    #[schema(format = "date-time")]
    at: Option<String>,
}

/// What a dialled number comes to.
#[derive(Serialize, ToSchema)]
pub(super) struct Explanation {
    /// What the number means; null for feature codes, and where there is no number plan.
    #[schema(required)]
    means: Option<Meaning>,
    /// internal, emergency, free, local, national, mobile, international or premium; null for what cannot be called.
    #[schema(required)]
    class: Option<&'static str>,
    leads: Destination,
}

/// What a number means.
#[derive(Serialize, ToSchema)]
struct Meaning {
    kind: MeaningKind,
    /// As farend understands it: an extension, a short number, or an international number; null for what means nothing.
    #[schema(required)]
    number: Option<String>,
    /// The same in words.
    text: String,
}

/// What kind of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MeaningKind {
    Internal,
    Emergency,
    Service,
    World,
    Unknown,
}

/// Where a dialled number leads.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Destination {
    /// To somebody's phones.
    Person { extension: String, name: String, text: String },
    /// To a team.
    Team {
        extension: String,
        name: String,
        /// Who rings, in the team's order; nobody at night.
        members: Vec<String>,
        /// The number that has the team's calls while it does not work; null when it works.
        #[schema(required)]
        night: Option<String>,
        text: String,
    },
    /// To an attendant's menu.
    Menu { extension: String, name: String, text: String },
    /// To a conference room.
    Room { extension: String, name: String, text: String },
    /// To a feature code.
    Feature { text: &'static str },
    /// To the world.
    Outside {
        /// Best first; the first that is up gets the call.
        ways: Vec<Way>,
        text: String,
    },
    /// Nowhere.
    Nowhere {
        code: RefusalCode,
        /// What belongs into a sentence for the code: `class`, where the code speaks of one.
        values: BTreeMap<&'static str, &'static str>,
        text: &'static str,
    },
}

/// Why a dialled number leads nowhere. What `values` has is in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RefusalCode {
    /// Nobody and nothing has this number.
    NoSuchNumber,
    /// It is no number: letters or signs where digits belong.
    NotANumber,
    /// It begins or ends like a feature code, but is none.
    NoSuchCode,
    /// Nobody inside has it, and for outside it is too short.
    TooShort,
    /// It is longer than any number.
    TooLong,
    /// The area code is missing, and the number plan knows none.
    AreaMissing,
    /// No number of the country begins like this: a prefix is missing, or a digit.
    PrefixMissing,
    /// The person may not call numbers of this class (`class`).
    NotPermitted,
    /// The person may call numbers of this class, but not at this time (`class`).
    NotAtThisTime,
    /// No route leads to numbers of this class, or none that fits this one (`class`).
    NoRoute,
}

/// A trunk that may carry the call.
#[derive(Serialize, ToSchema)]
struct Way {
    trunk_id: u64,
    trunk: String,
    /// The route that names it; null for emergency calls that have none.
    #[schema(required)]
    route: Option<String>,
    /// The number as the provider gets it.
    number: String,
    /// The display name in `From`.
    display: String,
    /// The address in `From`.
    from: String,
    /// Header fields that say who calls.
    headers: Vec<HeaderField>,
    /// Whether calls can go by this trunk now.
    up: bool,
}

/// A header field of SIP.
#[derive(Serialize, ToSchema)]
struct HeaderField {
    name: String,
    value: String,
}

/// What would happen if somebody dialled a number.
#[utoipa::path(post, path = "/number-plan/explain", tag = "plan", request_body = Question, responses(
    (status = 200, description = "What a call would come to", body = Explanation),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn explain(State(api): State<Api>, Body(question): Body<Question>) -> Result<Json<Explanation>, Problem> {
    if question.dialled.chars().count() > DIALLED_CHARS_MAX {
        let message = format!("write {DIALLED_CHARS_MAX} characters at most");
        return Err(Problem::invalid_field("dialled", message));
    }
    let wall = wall_clock(&api, question.at.as_deref()).await?;
    let directory = Arc::new(api.store().directory().await?);
    let explained = dialplan::explain(&directory, question.extension.trim(), &question.dialled, wall)
        .map_err(|error| Problem::invalid_field("extension", error.to_string()))?;
    Ok(Json(Explanation {
        means: explained.means.as_ref().map(Meaning::of),
        class: explained.class.map(::numbers::Class::name),
        leads: Destination::of(explained.leads, &directory, &api.live().picture()),
    }))
}

/// What the site's clock says at a moment that somebody has written in the field `at`; without one, now.
pub(super) async fn wall_clock(api: &Api, at: Option<&str>) -> Result<WallClock, Problem> {
    let at = match at {
        None => Timestamp::now(),
        Some(at) => at
            .parse()
            .map_err(|_| Problem::invalid_field("at", "write a time such as 2026-11-26T09:30:00+01:00"))?,
    };
    let site = api.store().site().await?;
    let zone = clock::zone(site.time_zone.as_deref()).map_err(|error| Problem::invalid_field("at", error.to_string()))?;
    Ok(clock::on_the_wall(at, &zone))
}

impl Meaning {
    fn of(dialled: &Dialled) -> Self {
        let (kind, number, text) = match dialled {
            Dialled::Internal(extension) => (MeaningKind::Internal, Some(extension.clone()), format!("the extension {extension}")),
            Dialled::Emergency(digits) => (
                MeaningKind::Emergency,
                Some((*digits).to_owned()),
                format!("the emergency number {digits}"),
            ),
            Dialled::Service { digits, .. } => (
                MeaningKind::Service,
                Some(digits.clone()),
                format!("the short number {digits} of the country"),
            ),
            Dialled::World(number) => (MeaningKind::World, Some(number.to_string()), format!("the number {number}")),
            Dialled::Unknown(why) => (MeaningKind::Unknown, None, why.to_string()),
        };
        Self { kind, number, text }
    }
}

impl Destination {
    fn of(leads: Leads, directory: &Directory, picture: &Picture) -> Self {
        match leads {
            Leads::Person { extension, name } => Self::Person {
                text: format!("rings {name}'s phones"),
                extension,
                name,
            },
            Leads::Team(team) => {
                let text = team_in_words(&team);
                let members = if team.night.is_some() { Vec::new() } else { team.members };
                Self::Team {
                    extension: team.extension,
                    name: team.name,
                    members,
                    night: team.night,
                    text,
                }
            }
            Leads::Menu { extension, name } => Self::Menu {
                text: format!("the menu {name}"),
                extension,
                name,
            },
            Leads::Room { extension, name } => Self::Room {
                text: format!("the conference room {name}"),
                extension,
                name,
            },
            Leads::Feature(feature) => Self::Feature { text: feature.title() },
            Leads::Outside(outside) => {
                let ways: Vec<Way> = outside.ways.into_iter().map(|way| Way::of(way, directory, picture)).collect();
                let text = match ways.iter().find(|way| way.up) {
                    Some(way) => format!("goes out by {} as {}", way.trunk, way.number),
                    None => "no trunk that leads there is connected to its provider now".to_owned(),
                };
                Self::Outside { ways, text }
            }
            Leads::Nowhere(denial) => Self::Nowhere {
                code: RefusalCode::of(denial),
                values: values(denial),
                text: denial.text(),
            },
        }
    }
}

/// Who would ring now.
fn team_in_words(team: &TeamLead) -> String {
    if let Some(number) = &team.night {
        return format!("{} does not work now: its calls go to {number}", team.name);
    }
    let members = match team.members.is_empty() {
        true => "nobody".to_owned(),
        false => team.members.join(", "),
    };
    let rings = match team.order {
        Order::All => format!("rings {members} at once"),
        Order::InTurn { turn_s } => format!("rings {members}, one after the other, for {turn_s} s each"),
        Order::LongestIdle { turn_s } => format!("rings {members}, for {turn_s} s each; whoever has not talked for longest is first"),
    };
    match &team.overflow {
        Some(Overflow { after_s, number }) => format!("{rings}; after {after_s} s, or when all are busy, it goes to {number}"),
        None => rings,
    }
}

impl RefusalCode {
    fn of(denial: Denial) -> Self {
        match denial {
            Denial::NoSuchNumber => Self::NoSuchNumber,
            Denial::Meaningless(Why::NotANumber) => Self::NotANumber,
            Denial::Meaningless(Why::NoSuchCode) => Self::NoSuchCode,
            Denial::Meaningless(Why::TooShort) => Self::TooShort,
            Denial::Meaningless(Why::TooLong) => Self::TooLong,
            Denial::Meaningless(Why::AreaMissing) => Self::AreaMissing,
            Denial::Meaningless(Why::PrefixMissing) => Self::PrefixMissing,
            Denial::NotPermitted {
                at_another_time: false, ..
            } => Self::NotPermitted,
            Denial::NotPermitted { at_another_time: true, .. } => Self::NotAtThisTime,
            Denial::NoRoute { .. } => Self::NoRoute,
        }
    }
}

fn values(denial: Denial) -> BTreeMap<&'static str, &'static str> {
    match denial {
        Denial::NotPermitted { class, .. } | Denial::NoRoute { class } => BTreeMap::from([("class", class.name())]),
        Denial::NoSuchNumber | Denial::Meaningless(_) => BTreeMap::new(),
    }
}

impl Way {
    fn of(way: dialplan::Way, directory: &Directory, picture: &Picture) -> Self {
        let trunk = directory.trunks.iter().find(|trunk| trunk.id == way.trunk);
        let mut routes = directory.plan.iter().flat_map(|plan| &plan.routes);
        let route = way.route.and_then(|id| routes.find(|route| route.id == id));
        let headers = way.identity.headers.into_iter();
        Self {
            trunk_id: way.trunk.0,
            trunk: trunk.map_or_else(String::new, |trunk| trunk.name.clone()),
            route: route.map(|route| route.name.clone()),
            number: way.number,
            display: way.identity.display,
            from: way.identity.from,
            headers: headers.map(|(name, value)| HeaderField { name, value }).collect(),
            up: picture.is_up(way.trunk),
        }
    }
}
