//! `farend menu …`

use anyhow::Context as _;
use clap::{Args, Subcommand};
use model::control::Digit;
use model::{AnnouncementId, Language};
use serde_json::json;
use switchboard::directory::{Choice, Menu, MenuHours, MenuId, TimeProfileId};

use super::announcement;
use super::place::{Place, explain};
use crate::store::name::{Extension, Label};
use crate::store::{Announcement, Store};

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
    #[command(after_help = "Example:\n  farend menu change 700 --greeting \"Merry Christmas\"\n  \
        farend menu change 700 --remove-key 3 --extensions false --greeting none\n  \
        farend menu change 700 --hours \"Office hours\" --closed-then 101")]
    Change {
        /// The number
        #[arg(value_name = "EXT")]
        extension: String,
        /// Another name
        #[arg(long)]
        name: Option<String>,
        /// A key that does nothing any more
        #[arg(long = "remove-key", value_name = "KEY", conflicts_with = "keys")]
        removed: Vec<String>,
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
    /// The announcement that callers hear first; none: "Welcome"
    #[arg(long, value_name = "NAME")]
    greeting: Option<String>,
    /// en or de; none: the company's
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Whether callers may dial an extension instead of a key
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    extensions: Option<bool>,
    /// How long a caller may think, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..=30))]
    waits: Option<u16>,
    /// How often the greeting is played at most
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u8).range(1..=10))]
    plays: Option<u8>,
    /// What happens after that
    #[arg(long, value_name = "CHOICE")]
    otherwise: Option<String>,
    /// The time profile by which it is open; none: always
    #[arg(long, value_name = "PROFILE")]
    hours: Option<String>,
    /// The announcement that callers hear when it is closed; none: that we are closed
    #[arg(long, value_name = "NAME")]
    closed_greeting: Option<String>,
    /// What happens after that
    #[arg(long, value_name = "CHOICE")]
    closed_then: Option<String>,
}

/// Takes away what was there.
const NONE: &str = "none";

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
                name: parse_name(&name)?,
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
            let mut menu = terms.find(&store).await?.apply(blank)?;
            menu.id = store.add_menu(&menu).await.map_err(explain)?;
            print(&store, &menu, json).await
        }
        Command::List { json, place } => {
            let store = place.open().await?;
            let (menus, announcements) = (store.menus().await?, store.announcements().await?);
            if json {
                let menus: Vec<_> = menus.iter().map(|menu| as_json(menu, &announcements)).collect();
                return super::print_json(&json!({ "menus": menus }));
            }
            super::print(&menus.iter().map(|menu| as_line(menu, &announcements)).collect::<String>())
        }
        Command::Change {
            extension,
            name,
            removed,
            terms,
            json,
            place,
        } => {
            let store = place.open().await?;
            let (found, terms) = (find(&store, &extension).await?, terms.find(&store).await?);
            let name = name.as_deref().map(parse_name).transpose()?;
            let removed = removed.iter().map(|key| digit(key)).collect::<anyhow::Result<Vec<_>>>()?;
            let change = |before| {
                let mut menu = terms.apply(before)?;
                menu.name = name.unwrap_or(menu.name);
                for key in removed {
                    let does_nothing = menu.keys.iter().all(|(known, _)| *known != key);
                    anyhow::ensure!(!does_nothing, "key {} does nothing already", key.char());
                    menu.keys.retain(|(known, _)| *known != key);
                }
                Ok::<_, anyhow::Error>(menu)
            };
            let menu = store.change_menu(found.id, change).await.map_err(explain)??;
            print(&store, &menu, json).await
        }
        Command::Remove { extension, place } => {
            let store = place.open().await?;
            let found = find(&store, &extension).await?;
            store.remove_menu(found.id).await.map_err(explain)?;
            super::print(&format!("Removed {}.\n", found.name))
        }
    }
}

/// The same, with what is named in it looked up. `None` leaves something as it is, `Some(None)` takes it away.
struct Found {
    keys: Vec<(Digit, Choice)>,
    greeting: Option<Option<AnnouncementId>>,
    language: Option<Option<Language>>,
    otherwise: Option<Choice>,
    profile: Option<Option<TimeProfileId>>,
    closed_greeting: Option<Option<AnnouncementId>>,
    closed_then: Option<Choice>,
    terms: Terms,
}

impl Terms {
    async fn find(self, store: &Store) -> anyhow::Result<Found> {
        let mut keys: Vec<(Digit, Choice)> = Vec::new();
        for text in &self.keys {
            let parts = text.split_once('=');
            let (key, chosen) = parts.with_context(|| format!("write a key and what it does, such as 1=200, not {text}"))?;
            let digit = digit(key)?;
            anyhow::ensure!(keys.iter().all(|(known, _)| *known != digit), "key {key} is named twice");
            keys.push((digit, choice(store, chosen).await?));
        }
        keys.sort_by_key(|(digit, _)| digit.event());
        let language = |code: &str| match code {
            NONE => Ok(None),
            code => Language::from_code(code)
                .map(Some)
                .with_context(|| format!("write en, de or none, not {code}")),
        };
        Ok(Found {
            keys,
            greeting: greeting(store, self.greeting.as_deref()).await?,
            language: self.language.as_deref().map(language).transpose()?,
            otherwise: some_choice(store, self.otherwise.as_deref()).await?,
            profile: match self.hours.as_deref() {
                None => None,
                Some(NONE) => Some(None),
                Some(name) => Some(Some(profile(store, name).await?)),
            },
            closed_greeting: greeting(store, self.closed_greeting.as_deref()).await?,
            closed_then: some_choice(store, self.closed_then.as_deref()).await?,
            terms: self,
        })
    }
}

impl Found {
    fn apply(self, menu: Menu) -> anyhow::Result<Menu> {
        let is_about_closed = self.closed_greeting.is_some() || self.closed_then.is_some();
        let before = menu.hours;
        let profile = self.profile.unwrap_or(before.as_ref().map(|hours| hours.profile));
        let (greeting_before, then_before) = before.map_or((None, Choice::HangUp), |hours| (hours.greeting, hours.then));
        anyhow::ensure!(
            profile.is_some() || !is_about_closed,
            "this menu is always open; say when it is open with --hours"
        );
        Ok(Menu {
            keys: if self.keys.is_empty() { menu.keys } else { self.keys },
            greeting: self.greeting.unwrap_or(menu.greeting),
            language: self.language.unwrap_or(menu.language),
            takes_extensions: self.terms.extensions.unwrap_or(menu.takes_extensions),
            waits_s: self.terms.waits.unwrap_or(menu.waits_s),
            plays_max: self.terms.plays.unwrap_or(menu.plays_max),
            otherwise: self.otherwise.unwrap_or(menu.otherwise),
            hours: profile.map(|profile| MenuHours {
                profile,
                greeting: self.closed_greeting.unwrap_or(greeting_before),
                then: self.closed_then.unwrap_or(then_before),
            }),
            ..menu
        })
    }
}

fn parse_name(name: &str) -> anyhow::Result<String> {
    Ok(Label::parse(name).context("the name cannot be used")?.as_str().to_owned())
}

fn digit(key: &str) -> anyhow::Result<Digit> {
    let mut letters = key.chars();
    let digit = letters.next().filter(|key| !key.is_ascii_alphabetic()).and_then(Digit::from_char);
    let digit = digit.filter(|_| letters.next().is_none());
    digit.with_context(|| format!("{key} is no key: write one of 0 to 9, * and #"))
}

async fn greeting(store: &Store, name: Option<&str>) -> anyhow::Result<Option<Option<AnnouncementId>>> {
    match name {
        None => Ok(None),
        Some(NONE) => Ok(Some(None)),
        Some(name) => Ok(Some(Some(announcement::find(store, name).await?.id))),
    }
}

async fn profile(store: &Store, name: &str) -> anyhow::Result<TimeProfileId> {
    let mut named = store.time_profiles().await?.into_iter().filter(|known| known.name == name);
    let found = named.next();
    anyhow::ensure!(
        named.next().is_none(),
        "several time profiles are called {name}; give them other names in the app"
    );
    Ok(found
        .with_context(|| format!("no time profile is called {name}; the app shows all"))?
        .id)
}

async fn some_choice(store: &Store, text: Option<&str>) -> anyhow::Result<Option<Choice>> {
    match text {
        None => Ok(None),
        Some(text) => Ok(Some(choice(store, text).await?)),
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

async fn print(store: &Store, menu: &Menu, json: bool) -> anyhow::Result<()> {
    let announcements = store.announcements().await?;
    if json {
        return super::print_json(&as_json(menu, &announcements));
    }
    super::print(&as_line(menu, &announcements))
}

/// As `--key` and `--otherwise` have it.
fn words(choice: &Choice, announcements: &[Announcement]) -> String {
    match choice {
        Choice::Number(number) => number.clone(),
        Choice::Hear(announcement) => {
            let known = announcements.iter().find(|known| known.id == *announcement);
            format!("hear:{}", known.map_or("", |known| known.name.as_str()))
        }
        Choice::Again => "again".to_owned(),
        Choice::HangUp => "hang-up".to_owned(),
    }
}

fn as_json(menu: &Menu, announcements: &[Announcement]) -> serde_json::Value {
    let words = |choice| words(choice, announcements);
    let keys: Vec<_> = menu
        .keys
        .iter()
        .map(|(digit, choice)| json!({ "key": digit.char().to_string(), "choice": words(choice) }))
        .collect();
    let hours = menu.hours.as_ref();
    json!({
        "id": menu.id.0, "name": menu.name, "extension": menu.extension, "language": menu.language.map(Language::code),
        "greeting_id": menu.greeting.map(|announcement| announcement.0), "keys": keys, "takes_extensions": menu.takes_extensions,
        "waits_s": menu.waits_s, "plays_max": menu.plays_max, "otherwise": words(&menu.otherwise),
        "profile_id": hours.map(|hours| hours.profile.0),
        "closed_greeting_id": hours.and_then(|hours| hours.greeting).map(|announcement| announcement.0),
        "closed_then": hours.map(|hours| words(&hours.then)),
    })
}

fn as_line(menu: &Menu, announcements: &[Announcement]) -> String {
    let words = |choice| words(choice, announcements);
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
