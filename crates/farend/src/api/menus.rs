//! Attendants: menus whose callers choose by keys where their call goes.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::control::Digit;
use model::{AnnouncementId, Language};
use serde::{Deserialize, Serialize};
use switchboard::directory::{self, MenuId, TimeProfileId};
use utoipa::ToSchema;

use super::Api;
use super::json::{Body, Path, present};
use super::problem::{Fields, Problem, ProblemDocument};
use super::prompts::LanguageCode;
use crate::store::name::{Extension, Label};
use crate::store::{Dangling, MenuPart, StoreError};

/// How long a caller may think, in seconds.
const WAITS_S: std::ops::RangeInclusive<u16> = 1..=30;
/// Unless somebody has decided otherwise.
const WAITS_S_USUAL: u16 = 5;
/// How often a greeting is played.
const PLAYS: std::ops::RangeInclusive<u8> = 1..=10;
/// Unless somebody has decided otherwise.
const PLAYS_USUAL: u8 = 3;

/// All menus, by extension.
#[derive(Serialize, ToSchema)]
pub(super) struct Menus {
    menus: Vec<Menu>,
}

/// A menu that callers hear. One without keys and extensions, whose `otherwise` hangs up, is an announcement with a number of its own.
#[derive(Serialize, ToSchema)]
pub(super) struct Menu {
    id: u64,
    /// Shown on displays.
    name: String,
    /// The number; none of anybody else's.
    extension: String,
    /// In which language prompts are spoken here; null: the company's.
    #[schema(required)]
    language: Option<LanguageCode>,
    /// The announcement that callers hear first; null: "Welcome".
    #[schema(required)]
    greeting_id: Option<u64>,
    /// What the keys do.
    keys: Vec<MenuKey>,
    /// Whether a caller may dial an extension instead of a key.
    takes_extensions: bool,
    /// How long a caller may think after the greeting, in seconds.
    waits_s: u16,
    /// How often the greeting is played at most, when nothing that means something was pressed.
    plays_max: u8,
    /// What happens after that.
    otherwise: Choice,
    /// When it is open, and what happens else; null: it is always open.
    #[schema(required)]
    hours: Option<Hours>,
}

/// What a key does.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct MenuKey {
    /// 0 to 9, * or #.
    #[schema(example = "1")]
    key: String,
    choice: Choice,
}

/// What happens when somebody has chosen, or nobody has.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case")]
#[schema(as = MenuChoice)]
enum Choice {
    /// The call goes to a person, a team, a room or a menu of ours. When it is busy or nobody answers, the caller is told and the menu begins again.
    Number { number: String },
    /// An announcement is played, then the menu begins again.
    Hear { announcement_id: u64 },
    /// The greeting is played again.
    Again,
    /// Goodbye.
    HangUp,
}

/// When a menu is open.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = MenuHours)]
struct Hours {
    /// Open by this time profile.
    profile_id: u64,
    /// The announcement that callers hear when it is closed; null: that we are closed.
    #[schema(required)]
    greeting_id: Option<u64>,
    /// What happens after that.
    then: Choice,
}

/// A menu to be added.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewMenu {
    name: String,
    extension: String,
    language: Option<LanguageCode>,
    greeting_id: Option<u64>,
    #[serde(default)]
    keys: Vec<MenuKey>,
    #[serde(default)]
    takes_extensions: bool,
    /// 1 to 30; 5 unless said otherwise.
    #[schema(nullable = false)]
    waits_s: Option<u16>,
    /// 1 to 10; 3 unless said otherwise.
    #[schema(nullable = false)]
    plays_max: Option<u8>,
    /// Goodbye, unless said otherwise.
    #[schema(nullable = false)]
    otherwise: Option<Choice>,
    hours: Option<Hours>,
}

/// What is to be changed about a menu; what is absent stays as it is.
#[derive(Default, Deserialize, ToSchema)]
pub(super) struct ChangedMenu {
    #[schema(nullable = false)]
    name: Option<String>,
    #[schema(nullable = false)]
    extension: Option<String>,
    /// Null: the company's.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<LanguageCode>)]
    language: Option<Option<LanguageCode>>,
    /// Null: "Welcome".
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u64>)]
    greeting_id: Option<Option<u64>>,
    #[schema(nullable = false)]
    keys: Option<Vec<MenuKey>>,
    #[schema(nullable = false)]
    takes_extensions: Option<bool>,
    #[schema(nullable = false)]
    waits_s: Option<u16>,
    #[schema(nullable = false)]
    plays_max: Option<u8>,
    #[schema(nullable = false)]
    otherwise: Option<Choice>,
    /// Null: always open.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Hours>)]
    hours: Option<Option<Hours>>,
}

/// All menus.
#[utoipa::path(get, path = "/menus", tag = "menus", responses(
    (status = 200, description = "All menus, by extension", body = Menus),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<Menus>, Problem> {
    let menus = api.store().menus().await?;
    Ok(Json(Menus {
        menus: menus.into_iter().map(Menu::of).collect(),
    }))
}

/// Adds a menu.
#[utoipa::path(post, path = "/menus", tag = "menus", request_body = NewMenu, responses(
    (status = 201, description = "Added", body = Menu),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`taken`, `too-many`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn add(State(api): State<Api>, Body(new): Body<NewMenu>) -> Result<(StatusCode, Json<Menu>), Problem> {
    let blank = directory::Menu {
        id: MenuId(0),
        name: String::new(),
        extension: String::new(),
        language: None,
        greeting: None,
        keys: Vec::new(),
        takes_extensions: new.takes_extensions,
        waits_s: WAITS_S_USUAL,
        plays_max: PLAYS_USUAL,
        otherwise: directory::Choice::HangUp,
        hours: None,
    };
    let changed = ChangedMenu {
        name: Some(new.name),
        extension: Some(new.extension),
        language: Some(new.language),
        greeting_id: Some(new.greeting_id),
        keys: Some(new.keys),
        takes_extensions: None,
        waits_s: new.waits_s,
        plays_max: new.plays_max,
        otherwise: new.otherwise,
        hours: Some(new.hours),
    };
    let asked = changed.digits();
    let mut menu = changed.parse(blank)?;
    menu.id = api.store().add_menu(&menu).await.map_err(|error| unknown(error, &asked))?;
    api.directory_changed().await?;
    Ok((StatusCode::CREATED, Json(Menu::of(menu))))
}

/// Changes a menu.
#[utoipa::path(patch, path = "/menus/{id}", tag = "menus", params(("id" = u64, Path)), request_body = ChangedMenu, responses(
    (status = 200, description = "Changed", body = Menu),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`taken`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change(State(api): State<Api>, Path(id): Path<u64>, Body(changed): Body<ChangedMenu>) -> Result<Json<Menu>, Problem> {
    let asked = changed.digits();
    let change = |menu| changed.parse(menu);
    let menu = api.store().change_menu(MenuId(id), change).await;
    let menu = menu.map_err(|error| unknown(error, &asked))??;
    api.directory_changed().await?;
    Ok(Json(Menu::of(menu)))
}

/// Removes a menu. What leads to its number leads nowhere then.
#[utoipa::path(delete, path = "/menus/{id}", tag = "menus", params(("id" = u64, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    api.store().remove_menu(MenuId(id)).await?;
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `asked` are the keys as they stand in the request.
fn unknown(error: StoreError, asked: &[Option<Digit>]) -> Problem {
    match error {
        StoreError::Dangling(what) => dangling(&what, asked),
        StoreError::NotFound("time profile") => Problem::invalid_field("hours.profile_id", "there is no such time profile"),
        other => other.into(),
    }
}

/// Names the field, and in the sentence the key and the number.
pub(super) fn dangling(what: &Dangling, asked: &[Option<Digit>]) -> Problem {
    let choice = match what.part {
        MenuPart::Greeting => "greeting_id".to_owned(),
        MenuPart::ClosedGreeting => "hours.greeting_id".to_owned(),
        MenuPart::Key(digit) => match asked.iter().position(|key| *key == Some(digit)) {
            Some(index) => format!("keys[{index}].choice"),
            None => "keys".to_owned(),
        },
        MenuPart::Otherwise => "otherwise".to_owned(),
        MenuPart::Closed => "hours.then".to_owned(),
    };
    let (field, advice) = match (what.part, &what.number) {
        (MenuPart::Greeting | MenuPart::ClosedGreeting, _) => (choice, "Choose another one"),
        (MenuPart::Key(_) | MenuPart::Otherwise | MenuPart::Closed, None) => (format!("{choice}.announcement_id"), "Choose another one"),
        (MenuPart::Key(_) | MenuPart::Otherwise | MenuPart::Closed, Some(_)) => (
            format!("{choice}.number"),
            "Choose the number of a person, a team, a room or a menu",
        ),
    };
    let why = what.to_string();
    let (first, rest) = why.split_at(1);
    Problem::told_field(&field, &format!("{}{rest}. {advice}.", first.to_uppercase()))
}

impl ChangedMenu {
    /// The keys as they stand in the request.
    fn digits(&self) -> Vec<Option<Digit>> {
        let keys = self.keys.iter().flatten();
        keys.map(|key| digit(&key.key).ok()).collect()
    }

    fn parse(self, before: directory::Menu) -> Result<directory::Menu, Problem> {
        let (mut fields, mut menu) = (Fields::default(), before);
        if let Some(name) = fields.check_some("name", self.name.as_deref().map(Label::parse)) {
            name.as_str().clone_into(&mut menu.name);
        }
        if let Some(extension) = fields.check_some("extension", self.extension.as_deref().map(Extension::parse)) {
            extension.as_str().clone_into(&mut menu.extension);
        }
        if let Some(language) = self.language {
            menu.language = language.map(Language::from);
        }
        if let Some(greeting) = self.greeting_id {
            menu.greeting = greeting.map(AnnouncementId);
        }
        if let Some(keys) = self.keys {
            menu.keys = keys_of(keys, &mut fields);
        }
        menu.takes_extensions = self.takes_extensions.unwrap_or(menu.takes_extensions);
        if let Some(waits_s) = fields.check_some("waits_s", self.waits_s.map(|seconds| within(seconds, WAITS_S))) {
            menu.waits_s = waits_s;
        }
        if let Some(plays_max) = fields.check_some("plays_max", self.plays_max.map(|plays| within(plays, PLAYS))) {
            menu.plays_max = plays_max;
        }
        if let Some(otherwise) = self.otherwise {
            menu.otherwise = otherwise.parse("otherwise", &mut fields).unwrap_or(menu.otherwise);
        }
        if let Some(hours) = self.hours {
            menu.hours = hours.and_then(|hours| hours.parse(&mut fields));
        }
        fields.finish()?;
        Ok(menu)
    }
}

fn within<T: PartialOrd + std::fmt::Display>(wanted: T, range: std::ops::RangeInclusive<T>) -> Result<T, String> {
    let why = || format!("use {} to {}", range.start(), range.end());
    if range.contains(&wanted) { Ok(wanted) } else { Err(why()) }
}

/// Each key once; those that can be used, what is wrong with others is noted.
fn keys_of(keys: Vec<MenuKey>, fields: &mut Fields) -> Vec<(Digit, directory::Choice)> {
    let mut known = BTreeSet::new();
    let mut parsed = Vec::new();
    // More are not all different.
    for (index, MenuKey { key, choice }) in keys.into_iter().enumerate().take(13) {
        let field = format!("keys[{index}]");
        let digit = fields.check(&format!("{field}.key"), digit(&key));
        let choice = choice.parse(&format!("{field}.choice"), fields);
        let Some((digit, choice)) = digit.zip(choice) else { continue };
        if known.insert(digit.event()) {
            parsed.push((digit, choice));
        } else {
            fields.note(&format!("{field}.key"), "this key does something else already");
        }
    }
    parsed.sort_by_key(|(digit, _)| digit.event());
    parsed
}

/// A key that every telephone has.
fn digit(text: &str) -> Result<Digit, &'static str> {
    let mut letters = text.chars();
    let key = letters
        .next()
        .filter(|key| letters.next().is_none() && !key.is_ascii_alphabetic())
        .and_then(Digit::from_char);
    key.ok_or("write one of 0 to 9, * and #")
}

impl Choice {
    /// Whether the number is somebody's is looked up when it is written.
    fn parse(self, field: &str, fields: &mut Fields) -> Option<directory::Choice> {
        match self {
            Self::Number { number } => {
                let number = fields.check(&format!("{field}.number"), Extension::parse(&number))?;
                Some(directory::Choice::Number(number.as_str().to_owned()))
            }
            Self::Hear { announcement_id } => Some(directory::Choice::Hear(AnnouncementId(announcement_id))),
            Self::Again => Some(directory::Choice::Again),
            Self::HangUp => Some(directory::Choice::HangUp),
        }
    }

    fn of(choice: directory::Choice) -> Self {
        match choice {
            directory::Choice::Number(number) => Self::Number { number },
            directory::Choice::Hear(announcement) => Self::Hear {
                announcement_id: announcement.0,
            },
            directory::Choice::Again => Self::Again,
            directory::Choice::HangUp => Self::HangUp,
        }
    }
}

impl Hours {
    fn parse(self, fields: &mut Fields) -> Option<directory::MenuHours> {
        Some(directory::MenuHours {
            profile: TimeProfileId(self.profile_id),
            greeting: self.greeting_id.map(AnnouncementId),
            then: self.then.parse("hours.then", fields)?,
        })
    }
}

impl Menu {
    fn of(menu: directory::Menu) -> Self {
        let key = |(digit, choice): (Digit, directory::Choice)| MenuKey {
            key: digit.char().to_string(),
            choice: Choice::of(choice),
        };
        Self {
            id: menu.id.0,
            name: menu.name,
            extension: menu.extension,
            language: menu.language.map(LanguageCode::from),
            greeting_id: menu.greeting.map(|announcement| announcement.0),
            keys: menu.keys.into_iter().map(key).collect(),
            takes_extensions: menu.takes_extensions,
            waits_s: menu.waits_s,
            plays_max: menu.plays_max,
            otherwise: Choice::of(menu.otherwise),
            hours: menu.hours.map(|hours| Hours {
                profile_id: hours.profile.0,
                greeting_id: hours.greeting.map(|announcement| announcement.0),
                then: Choice::of(hours.then),
            }),
        }
    }
}
