//! `farend room …`

use anyhow::Context as _;
use clap::Subcommand;
use model::UserId;
use serde_json::json;
use switchboard::directory::{Room, RoomId};

use super::place::{Place, explain};
use crate::store::Store;
use crate::store::name::{Extension, Label, Pin};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Adds a conference room
    #[command(after_help = "Example:\n  farend room add 800 \"Meeting room\" --hosts 101 --pin 4826 --waits-for-host")]
    Add {
        /// The number
        #[arg(value_name = "EXT")]
        extension: String,
        /// The name on displays
        name: String,
        /// What is asked of everybody but the hosts: 4 to 12 digits; without it nobody from outside comes in
        #[arg(long, value_name = "DIGITS")]
        pin: Option<String>,
        /// Extensions or logins of those who lead
        #[arg(long, value_name = "EXT,…", value_delimiter = ',')]
        hosts: Vec<String>,
        /// Everybody else waits with music until a host is there
        #[arg(long)]
        waits_for_host: bool,
        /// No tone when somebody comes or goes
        #[arg(long)]
        no_tones: bool,
        /// Who is in it at most
        #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u16).range(2..=64))]
        members_max: u16,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Lists conference rooms
    #[command(after_help = "Example:\n  farend room list --json")]
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Removes a conference room
    #[command(after_help = "Example:\n  farend room remove 800")]
    Remove {
        /// The number
        #[arg(value_name = "EXT")]
        extension: String,
        #[command(flatten)]
        place: Place,
    },
}

pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add {
            extension,
            name,
            pin,
            hosts,
            waits_for_host,
            no_tones,
            members_max,
            json,
            place,
        } => {
            let store = place.open().await?;
            let extension = Extension::parse(&extension).with_context(|| format!("{extension} is not an extension"))?;
            let pin = pin.as_deref().map(Pin::parse).transpose().context("the PIN cannot be used")?;
            let mut room = Room {
                id: RoomId(0),
                name: Label::parse(&name).context("the name cannot be used")?.as_str().to_owned(),
                extension: extension.as_str().to_owned(),
                pin: pin.map(|pin| pin.as_str().to_owned()),
                hosts: super::place::people(&store, &hosts).await?,
                waits_for_host,
                has_tones: !no_tones,
                members_max,
            };
            room.id = store.add_room(&room).await.map_err(explain)?;
            if json {
                return super::print_json(&as_json(&room));
            }
            let names = super::place::names(&store).await?;
            super::print(&as_line(&room, &names))
        }
        Command::List { json, place } => {
            let store = place.open().await?;
            let rooms = store.rooms().await?;
            if json {
                return super::print_json(&json!({ "rooms": rooms.iter().map(as_json).collect::<Vec<_>>() }));
            }
            let names = super::place::names(&store).await?;
            super::print(&rooms.iter().map(|room| as_line(room, &names)).collect::<String>())
        }
        Command::Remove { extension, place } => {
            let store = place.open().await?;
            let found = find(&store, &extension).await?;
            store.remove_room(found.id).await.map_err(explain)?;
            super::print(&format!("Removed {}.\n", found.name))
        }
    }
}

async fn find(store: &Store, extension: &str) -> anyhow::Result<Room> {
    let found = store.rooms().await?.into_iter().find(|room| room.extension == extension);
    found.with_context(|| format!("no room has the number {extension}; `farend room list` shows all"))
}

fn as_json(room: &Room) -> serde_json::Value {
    json!({
        "id": room.id.0, "name": room.name, "extension": room.extension, "pin": room.pin, "waits_for_host": room.waits_for_host,
        "host_ids": room.hosts.iter().map(|host| host.0).collect::<Vec<_>>(), "has_tones": room.has_tones, "members_max": room.members_max,
    })
}

fn as_line(room: &Room, names: &impl Fn(UserId) -> String) -> String {
    let hosts: Vec<String> = room.hosts.iter().map(|host| names(*host)).collect();
    let pin = room.pin.as_deref().unwrap_or("no PIN");
    let line = format!("{:<8} {:<24} {:<13} {}", room.extension, room.name, pin, hosts.join(", "));
    format!("{}\n", line.trim_end())
}
