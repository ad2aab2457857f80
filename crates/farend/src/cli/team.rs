//! `farend team …`

use std::convert::Infallible;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use model::TeamId;
use serde_json::json;
use switchboard::directory::{BusyWhen, Member, MemberKind, Order, Overflow, Team};

use super::place::{Place, explain, user};
use crate::store::name::{Extension, Label};
use crate::store::{RINGS_AFTER_S_MAX, Store};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Adds a team: one number that several people answer
    #[command(after_help = "Example:\n  farend team add 200 Sales --members 101,102,103 --line")]
    Add {
        /// The number
        #[arg(value_name = "EXT")]
        extension: String,
        /// The name on displays
        name: String,
        #[command(flatten)]
        terms: Terms,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Lists teams
    #[command(after_help = "Example:\n  farend team list --json")]
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Changes a team; what is not given stays as it is
    #[command(after_help = "Example:\n  farend team change 200 --order in-turn --turn 15 --overflow 101 --overflow-after 45")]
    Change {
        /// The number
        #[arg(value_name = "EXT")]
        extension: String,
        /// Another number
        #[arg(long, value_name = "EXT")]
        to: Option<String>,
        /// Another name
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        terms: Terms,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Removes a team; its members stay
    #[command(after_help = "Example:\n  farend team remove 200")]
    Remove {
        /// The number
        #[arg(value_name = "EXT")]
        extension: String,
        #[command(flatten)]
        place: Place,
    },
}

/// What a team is like.
#[derive(Args)]
pub(super) struct Terms {
    /// Extensions or logins of the members, in the order in which they ring
    #[arg(long, value_name = "EXT,…", value_delimiter = ',')]
    members: Option<Vec<String>>,
    /// Members see one line and may take calls that others hold
    #[arg(long, conflicts_with = "no_line")]
    line: bool,
    /// A ring group: members see nothing of each other's calls
    #[arg(long)]
    no_line: bool,
    /// Who rings when
    #[arg(long, value_enum)]
    order: Option<Turns>,
    /// Seconds for each member, where they ring one after the other
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(3..=120))]
    turn: Option<u16>,
    /// When the next caller hears busy
    #[arg(long, value_enum)]
    busy_when: Option<Busy>,
    /// Where a call goes that nobody answers
    #[arg(long, value_name = "NUMBER", conflicts_with = "no_overflow")]
    overflow: Option<String>,
    /// After how many seconds
    #[arg(long, value_name = "SECONDS", requires = "overflow", value_parser = clap::value_parser!(u16).range(0..=i64::from(RINGS_AFTER_S_MAX)))]
    overflow_after: Option<u16>,
    /// A call that nobody answers goes nowhere
    #[arg(long)]
    no_overflow: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Turns {
    /// All at once
    All,
    /// One after the other, as they stand
    InTurn,
    /// One after the other, whoever has not talked for longest first
    LongestIdle,
}

#[derive(Clone, Copy, ValueEnum)]
enum Busy {
    /// All members are on a call
    All,
    /// One call of the team's is running
    First,
}

/// Unless given: as long as a phone rings four times.
const TURN_S: u16 = 20;
const OVERFLOW_AFTER_S: u16 = 30;

pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add {
            extension,
            name,
            terms,
            json,
            place,
        } => {
            let store = place.open().await?;
            let blank = Team {
                id: TeamId(0),
                name: parse_name(&name)?,
                extension: parse_extension(&extension)?,
                has_line: false,
                order: Order::All,
                members: Vec::new(),
                busy_when: BusyWhen::All,
                overflow: None,
                night: None,
            };
            let mut team = terms.find(&store).await?.apply(blank);
            team.id = store.add_team(&team).await.map_err(explain)?;
            print(&store, &team, json).await
        }
        Command::List { json, place } => {
            let store = place.open().await?;
            let teams = store.teams().await?;
            if json {
                return super::print_json(&json!({ "teams": teams.iter().map(as_json).collect::<Vec<_>>() }));
            }
            let names = names(&store).await?;
            super::print(&teams.iter().map(|team| as_line(team, &names)).collect::<String>())
        }
        Command::Change {
            extension,
            to,
            name,
            terms,
            json,
            place,
        } => {
            let store = place.open().await?;
            let id = find(&store, &extension).await?.id;
            let to = to.as_deref().map(parse_extension).transpose()?;
            let name = name.as_deref().map(parse_name).transpose()?;
            let terms = terms.find(&store).await?;
            // What others have changed since it was looked up stays.
            let change = |before: Team| {
                let team = terms.apply(before);
                Ok::<_, Infallible>(Team {
                    extension: to.unwrap_or(team.extension),
                    name: name.unwrap_or(team.name),
                    ..team
                })
            };
            let Ok(team) = store.change_team(id, change).await.map_err(explain)?;
            print(&store, &team, json).await
        }
        Command::Remove { extension, place } => {
            let store = place.open().await?;
            let found = find(&store, &extension).await?;
            store.remove_team(found.id).await.map_err(explain)?;
            super::print(&format!("Removed {}.\n", found.name))
        }
    }
}

/// The same, with what is named in it looked up.
struct Found {
    members: Option<Vec<Member>>,
    terms: Terms,
}

impl Terms {
    async fn find(self, store: &Store) -> anyhow::Result<Found> {
        let mut members = None;
        if let Some(names) = &self.members {
            let members = members.insert(Vec::with_capacity(names.len()));
            for name in names {
                let kind = MemberKind::Person(user(store, name).await?.id);
                anyhow::ensure!(members.iter().all(|member: &Member| member.kind != kind), "{name} is named twice");
                members.push(Member { kind, rings: true });
            }
        }
        if let Some(number) = &self.overflow {
            anyhow::ensure!(
                numbers::normalise(number).is_some(),
                "{number} is no number; write it as you would dial it"
            );
        }
        Ok(Found { members, terms: self })
    }
}

impl Found {
    fn apply(self, mut team: Team) -> Team {
        let Self { members, terms } = self;
        team.members = members.unwrap_or(team.members);
        team.has_line = (team.has_line || terms.line) && !terms.no_line;
        let (turns, before_s) = match team.order {
            Order::All => (Turns::All, TURN_S),
            Order::InTurn { turn_s } => (Turns::InTurn, turn_s),
            Order::LongestIdle { turn_s } => (Turns::LongestIdle, turn_s),
        };
        let turn_s = terms.turn.unwrap_or(before_s);
        team.order = match terms.order.unwrap_or(turns) {
            Turns::All => Order::All,
            Turns::InTurn => Order::InTurn { turn_s },
            Turns::LongestIdle => Order::LongestIdle { turn_s },
        };
        team.busy_when = match terms.busy_when {
            Some(Busy::All) => BusyWhen::All,
            Some(Busy::First) => BusyWhen::First,
            None => team.busy_when,
        };
        if let Some(number) = terms.overflow {
            team.overflow = Some(Overflow {
                after_s: terms.overflow_after.unwrap_or(OVERFLOW_AFTER_S),
                number,
            });
        }
        team.overflow = team.overflow.filter(|_| !terms.no_overflow);
        team
    }
}

fn parse_name(name: &str) -> anyhow::Result<String> {
    Ok(Label::parse(name).context("the name cannot be used")?.as_str().to_owned())
}

fn parse_extension(extension: &str) -> anyhow::Result<String> {
    let parsed = Extension::parse(extension).with_context(|| format!("{extension} is not an extension"))?;
    Ok(parsed.as_str().to_owned())
}

async fn find(store: &Store, extension: &str) -> anyhow::Result<Team> {
    let found = store.teams().await?.into_iter().find(|team| team.extension == extension);
    found.with_context(|| format!("no team has the number {extension}; `farend team list` shows all"))
}

/// What members are called, by their key.
async fn names(store: &Store) -> anyhow::Result<impl Fn(MemberKind) -> String> {
    let (users, devices) = (store.users().await?, store.devices(None).await?);
    Ok(move |member| match member {
        MemberKind::Person(id) => {
            let user = users.iter().find(|user| user.id == id);
            user.map_or_else(String::new, |user| user.extension.clone().unwrap_or_else(|| user.login.clone()))
        }
        MemberKind::Device(id) => {
            let device = devices.iter().find(|device| device.id == id);
            device.map_or_else(String::new, |device| device.sip_user.clone())
        }
    })
}

async fn print(store: &Store, team: &Team, json: bool) -> anyhow::Result<()> {
    if json {
        return super::print_json(&as_json(team));
    }
    let names = names(store).await?;
    super::print(&as_line(team, &names))
}

fn order(team: &Team) -> (&'static str, Option<u16>) {
    match team.order {
        Order::All => ("all", None),
        Order::InTurn { turn_s } => ("in_turn", Some(turn_s)),
        Order::LongestIdle { turn_s } => ("longest_idle", Some(turn_s)),
    }
}

fn as_json(team: &Team) -> serde_json::Value {
    let (order, turn_s) = order(team);
    let member = |member: &Member| match member.kind {
        MemberKind::Person(user) => json!({ "user_id": user.0, "rings": member.rings }),
        MemberKind::Device(device) => json!({ "device_id": device.0, "rings": member.rings }),
    };
    let busy_when = match team.busy_when {
        BusyWhen::All => "all",
        BusyWhen::First => "first",
    };
    json!({
        "id": team.id.0, "name": team.name, "extension": team.extension, "has_line": team.has_line, "order": order, "turn_s": turn_s,
        "busy_when": busy_when, "members": team.members.iter().map(member).collect::<Vec<_>>(),
        "overflow": team.overflow.as_ref().map(|overflow| json!({ "after_s": overflow.after_s, "number": overflow.number })),
        "has_night_service": team.night.is_some(),
    })
}

fn as_line(team: &Team, names: &impl Fn(MemberKind) -> String) -> String {
    let members: Vec<String> = team.members.iter().map(|member| names(member.kind)).collect();
    let (order, _) = order(team);
    format!("{:<8} {:<24} {:<13} {}\n", team.extension, team.name, order, members.join(", "))
}
