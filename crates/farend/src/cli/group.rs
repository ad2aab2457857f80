//! `farend group …`

use anyhow::Context as _;
use clap::Subcommand;
use model::UserId;
use serde_json::json;
use switchboard::directory::{PickUpGroup, PickUpGroupId};

use super::place::{Place, explain, names, people};
use crate::store::Store;
use crate::store::name::Label;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Adds a pick-up group
    #[command(after_help = "Example:\n  farend group add Office --members 101,102,103")]
    Add {
        /// The name
        name: String,
        /// Extensions or logins of the members
        #[arg(long, value_name = "EXT,…", value_delimiter = ',')]
        members: Vec<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Lists pick-up groups
    #[command(after_help = "Example:\n  farend group list --json")]
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Changes who is in a pick-up group
    #[command(after_help = "Example:\n  farend group change Office --members 101,102")]
    Change {
        /// The name
        name: String,
        /// Extensions or logins of all members
        #[arg(long, value_name = "EXT,…", value_delimiter = ',', required = true)]
        members: Vec<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Removes a pick-up group; its members stay
    #[command(after_help = "Example:\n  farend group remove Office")]
    Remove {
        /// The name
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add {
            name,
            members,
            json,
            place,
        } => {
            let store = place.open().await?;
            let mut group = PickUpGroup {
                id: PickUpGroupId(0),
                name: Label::parse(&name).context("the name cannot be used")?.as_str().to_owned(),
                members: people(&store, &members).await?,
            };
            group.id = store.add_pick_up_group(&group).await.map_err(explain)?;
            print(&store, &group, json).await
        }
        Command::List { json, place } => {
            let store = place.open().await?;
            let groups = store.pick_up_groups().await?;
            if json {
                return super::print_json(&json!({ "pick_up_groups": groups.iter().map(as_json).collect::<Vec<_>>() }));
            }
            let names = names(&store).await?;
            super::print(&groups.iter().map(|group| as_line(group, &names)).collect::<String>())
        }
        Command::Change {
            name,
            members,
            json,
            place,
        } => {
            let store = place.open().await?;
            let (found, members) = (find(&store, &name).await?, people(&store, &members).await?);
            let change = |group| Ok::<_, anyhow::Error>(PickUpGroup { members, ..group });
            let group = store.change_pick_up_group(found.id, change).await.map_err(explain)??;
            print(&store, &group, json).await
        }
        Command::Remove { name, place } => {
            let store = place.open().await?;
            let found = find(&store, &name).await?;
            store.remove_pick_up_group(found.id).await.map_err(explain)?;
            super::print(&format!("Removed {}.\n", found.name))
        }
    }
}

/// Of several with the same name none: whoever looks in the app sees which one is meant.
async fn find(store: &Store, name: &str) -> anyhow::Result<PickUpGroup> {
    let mut named = store.pick_up_groups().await?.into_iter().filter(|group| group.name == name);
    let found = named.next();
    anyhow::ensure!(
        named.next().is_none(),
        "several groups are called {name}; give them other names in the app"
    );
    found.with_context(|| format!("no group is called {name}; `farend group list` shows all"))
}

async fn print(store: &Store, group: &PickUpGroup, json: bool) -> anyhow::Result<()> {
    if json {
        return super::print_json(&as_json(group));
    }
    let names = names(store).await?;
    super::print(&as_line(group, &names))
}

fn as_json(group: &PickUpGroup) -> serde_json::Value {
    json!({ "id": group.id.0, "name": group.name, "member_ids": group.members.iter().map(|member| member.0).collect::<Vec<_>>() })
}

fn as_line(group: &PickUpGroup, names: &impl Fn(UserId) -> String) -> String {
    let members: Vec<String> = group.members.iter().map(|member| names(*member)).collect();
    let line = format!("{:<24} {}", group.name, members.join(", "));
    format!("{}\n", line.trim_end())
}
