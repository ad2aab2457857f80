//! `farend menu …`

use anyhow::Context as _;
use clap::{Args, Subcommand};
use model::Language;
use model::control::Digit;
use serde_json::json;
use switchboard::directory::{Choice, Menu, MenuId};

use super::announcement;
use super::place::{Place, explain};
use crate::store::Store;
use crate::store::name::{Extension, Label};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Adds a menu
    #[command(after_help = "Example:\n  farend menu add 700 Reception --key 1=200 --key 2=102 --extensions --otherwise 101")]
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
    /// Lists menus
    #[command(after_help = "Example:\n  farend menu list --json")]
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Changes a menu; what is not named stays as it is
    #[command(after_help = "Example:\n  farend menu change 700 --greeting \"Merry Christmas\"")]
    Change {
        /// The number
        #[arg(value_name = "EXT")]
        extension: String,
        #[command(flatten)]
        terms: Terms,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Removes a menu
    #[command(after_help = "Example:\n  farend menu remove 700")]
    Remove {
        /// The number
        #[arg(value_name = "EXT")]
        extension: String,
        #[command(flatten)]
        place: Place,
    },
}

/// What a menu does. A choice is one of our numbers, `again`, `hang-up`, or `hear:` and the name of an announcement.
#[derive(Args)]
pub(super) struct Terms {
    /// What a key does; all keys, where one is named
    #[arg(long = "key", value_name = "KEY=CHOICE")]
    keys: Vec<String>,
    /// The announcement that callers hear first; unless one is named, "Welcome"
    #[arg(long, value_name = "NAME")]
    greeting: Option<String>,
    /// en or de
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Callers may dial an extension instead of a key
    #[arg(long)]
    extensions: bool,
    /// How long a caller may think, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..=30))]
    waits: Option<u16>,
    /// How often the greeting is played at most
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u8).range(1..=10))]
    plays: Option<u8>,
    /// What happens after that
    #[arg(long, value_name = "CHOICE")]
    otherwise: Option<String>,
}

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
            let extension = Extension::parse(&extension).with_context(|| format!("{extension} is not an extension"))?;
            let blank = Menu {
                id: MenuId(0),
                name: Label::parse(&name).context("the name cannot be used")?.as_str().to_owned(),
                extension: extension.as_str().to_owned(),
                language: None,
                greeting: None,
                keys: Vec::new(),
                takes_extensions: false,
                waits_s: 5,
                plays_max: 3,
                otherwise: Choice::HangUp,
                hours: None,
            };
            let mut menu = terms.find(&store).await?.apply(blank);
            menu.id = store.add_menu(&menu).await.map_err(explain)?;
            print(&menu, json)
        }
        Command::List { json, place } => {
            let menus = place.open().await?.menus().await?;
            if json {
                return super::print_json(&json!({ "menus": menus.iter().map(as_json).collect::<Vec<_>>() }));
            }
            super::print(&menus.iter().map(as_line).collect::<String>())
        }
        Command::Change {
            extension,
            terms,
            json,
            place,
        } => {
            let store = place.open().await?;
            let (found, terms) = (find(&store, &extension).await?, terms.find(&store).await?);
            let change = |menu| Ok::<_, anyhow::Error>(terms.apply(menu));
            let menu = store.change_menu(found.id, change).await.map_err(explain)??;
            print(&menu, json)
        }
        Command::Remove { extension, place } => {
            let store = place.open().await?;
            let found = find(&store, &extension).await?;
            store.remove_menu(found.id).await.map_err(explain)?;
            super::print(&format!("Removed {}.\n", found.name))
        }
    }
}

/// The same, with what is named in it looked up.
struct Found {
    keys: Vec<(Digit, Choice)>,
    greeting: Option<model::AnnouncementId>,
    language: Option<Language>,
    otherwise: Option<Choice>,
    terms: Terms,
}

impl Terms {
    async fn find(self, store: &Store) -> anyhow::Result<Found> {
        let mut keys: Vec<(Digit, Choice)> = Vec::new();
        for text in &self.keys {
            let parts = text.split_once('=');
            let (key, chosen) = parts.with_context(|| format!("write a key and what it does, such as 1=200, not {text}"))?;
            let mut letters = key.chars();
            let digit = letters.next().filter(|key| !key.is_ascii_alphabetic()).and_then(Digit::from_char);
            let digit = digit.filter(|_| letters.next().is_none());
            let digit = digit.with_context(|| format!("{key} is no key: write one of 0 to 9, * and #"))?;
            anyhow::ensure!(keys.iter().all(|(known, _)| *known != digit), "key {key} is named twice");
            keys.push((digit, choice(store, chosen).await?));
        }
        keys.sort_by_key(|(digit, _)| digit.event());
        let greeting = match &self.greeting {
            Some(name) => Some(announcement::find(store, name).await?.id),
            None => None,
        };
        let language = self.language.as_deref();
        let language = language.map(|code| Language::from_code(code).with_context(|| format!("write en or de, not {code}")));
        let otherwise = match &self.otherwise {
            Some(text) => Some(choice(store, text).await?),
            None => None,
        };
        Ok(Found {
            keys,
            greeting,
            language: language.transpose()?,
            otherwise,
            terms: self,
        })
    }
}

impl Found {
    fn apply(self, menu: Menu) -> Menu {
        Menu {
            keys: if self.keys.is_empty() { menu.keys } else { self.keys },
            greeting: self.greeting.or(menu.greeting),
            language: self.language.or(menu.language),
            takes_extensions: self.terms.extensions || menu.takes_extensions,
            waits_s: self.terms.waits.unwrap_or(menu.waits_s),
            plays_max: self.terms.plays.unwrap_or(menu.plays_max),
            otherwise: self.otherwise.unwrap_or(menu.otherwise),
            ..menu
        }
    }
}

async fn choice(store: &Store, text: &str) -> anyhow::Result<Choice> {
    match (text, text.split_once(':')) {
        ("again", _) => Ok(Choice::Again),
        ("hang-up", _) => Ok(Choice::HangUp),
        (_, Some(("hear", name))) => Ok(Choice::Hear(announcement::find(store, name).await?.id)),
        (number, _) => {
            let number =
                Extension::parse(number).with_context(|| format!("{number} is no number of ours, nor again, hang-up or hear:NAME"))?;
            Ok(Choice::Number(number.as_str().to_owned()))
        }
    }
}

async fn find(store: &Store, extension: &str) -> anyhow::Result<Menu> {
    let found = store.menus().await?.into_iter().find(|menu| menu.extension == extension);
    found.with_context(|| format!("no menu has the number {extension}; `farend menu list` shows all"))
}

fn print(menu: &Menu, json: bool) -> anyhow::Result<()> {
    if json {
        return super::print_json(&as_json(menu));
    }
    super::print(&as_line(menu))
}

/// As `--key` and `--otherwise` have it, with the keys of announcements.
fn words(choice: &Choice) -> String {
    match choice {
        Choice::Number(number) => number.clone(),
        Choice::Hear(announcement) => format!("hear:{}", announcement.0),
        Choice::Again => "again".to_owned(),
        Choice::HangUp => "hang-up".to_owned(),
    }
}

fn as_json(menu: &Menu) -> serde_json::Value {
    let keys: Vec<_> = menu
        .keys
        .iter()
        .map(|(digit, choice)| json!({ "key": digit.char().to_string(), "choice": words(choice) }))
        .collect();
    json!({
        "id": menu.id.0, "name": menu.name, "extension": menu.extension, "language": menu.language.map(Language::code),
        "greeting_id": menu.greeting.map(|announcement| announcement.0), "keys": keys, "takes_extensions": menu.takes_extensions,
        "waits_s": menu.waits_s, "plays_max": menu.plays_max, "otherwise": words(&menu.otherwise),
        "profile_id": menu.hours.as_ref().map(|hours| hours.profile.0),
    })
}

fn as_line(menu: &Menu) -> String {
    let keys: Vec<String> = menu
        .keys
        .iter()
        .map(|(digit, choice)| format!("{}={}", digit.char(), words(choice)))
        .collect();
    format!(
        "{:<8} {:<24} {} otherwise={}\n",
        menu.extension,
        menu.name,
        keys.join(" "),
        words(&menu.otherwise)
    )
}
