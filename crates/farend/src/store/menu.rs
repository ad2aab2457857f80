//! Attendants' menus.

use std::collections::BTreeMap;
use std::fmt;

use model::control::Digit;
use model::{AnnouncementId, Language};
use serde_json::{Value, json};
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, Row as _};
use switchboard::directory::{Choice, Menu, MenuHours, MenuId, TimeProfileId};

use super::audit::{Deed, Facts, facts};
use super::extension::{self, Owner};
use super::{Store, StoreError, id, key};

/// Menus at most.
pub const MENUS_MAX: usize = 200;

/// What stands in place of a key for [`Menu::otherwise`].
const OTHERWISE: &str = "otherwise";
/// What stands in place of a key for [`MenuHours::then`].
const CLOSED: &str = "closed";

impl Store {
    /// All menus, by extension.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn menus(&self) -> Result<Vec<Menu>, StoreError> {
        load_all(&mut *self.pool.acquire().await?).await
    }

    /// Adds a menu and gives back its key; the one in `new` is not looked at.
    ///
    /// # Errors
    /// [`StoreError::Taken`], [`StoreError::EmergencyNumber`] or [`StoreError::FeatureCode`] for its extension, [`StoreError::TooMany`],
    /// [`StoreError::NotFound`] for an unknown time profile, [`StoreError::Dangling`] where it names something else that is not there.
    pub async fn add_menu(&self, new: &Menu) -> Result<MenuId, StoreError> {
        let mut tx = self.change().await?;
        super::room(&mut tx, "SELECT COUNT(*) AS n FROM menus", "menus", MENUS_MAX).await?;
        extension::check(&mut tx, &new.extension, Owner::Nobody).await?;
        check(&mut tx, new, &[]).await?;
        let insert = sqlx::query(
            "INSERT INTO menus (name, extension, language, greeting_id, takes_extensions, waits_s, plays_max, profile_id, closed_greeting_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
        );
        let added = MenuId(id(bind(insert, new).fetch_one(&mut *tx).await?.try_get("id")?));
        write_choices(&mut tx, added, new).await?;
        tx.done(Deed::of("menu.added", &new.name, told(new))).await?;
        Ok(added)
    }

    /// Changes a menu as it is now, so that two who change it at the same time do not undo each other's work; an error of `change` leaves it as
    /// it is.
    ///
    /// # Errors
    /// As [`Store::add_menu`], and [`StoreError::NotFound`] for an unknown menu. A number that was there before may be nobody's now.
    pub async fn change_menu<E>(
        &self,
        menu: MenuId,
        change: impl FnOnce(Menu) -> Result<Menu, E> + Send,
    ) -> Result<Result<Menu, E>, StoreError> {
        let mut tx = self.change().await?;
        let before = load(&mut tx, menu).await?;
        let changed = match change(before.clone()) {
            Ok(changed) => Menu { id: menu, ..changed },
            Err(why) => return Ok(Err(why)),
        };
        if before == changed {
            return Ok(Ok(changed));
        }
        extension::check(&mut tx, &changed.extension, Owner::Menu(menu)).await?;
        let numbers: Vec<&String> = numbers(&before).map(|(_, number)| number).collect();
        check(&mut tx, &changed, &numbers).await?;
        let update = sqlx::query(
            "UPDATE menus SET name = $1, extension = $2, language = $3, greeting_id = $4, takes_extensions = $5, waits_s = $6, \
             plays_max = $7, profile_id = $8, closed_greeting_id = $9 WHERE id = $10",
        );
        bind(update, &changed).bind(key(menu.0)).execute(&mut *tx).await?;
        let delete = sqlx::query("DELETE FROM menu_choices WHERE menu_id = $1").bind(key(menu.0));
        delete.execute(&mut *tx).await?;
        write_choices(&mut tx, menu, &changed).await?;
        let deed = Deed::changed("menu.changed", &changed.name, &told(&before), &told(&changed));
        tx.done(deed).await?;
        Ok(Ok(changed))
    }

    /// Removes a menu.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_menu(&self, menu: MenuId) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let gone = load(&mut tx, menu).await?;
        super::remove(&mut tx, "DELETE FROM menus WHERE id = $1", "menu", menu.0).await?;
        tx.done(Deed::of("menu.removed", &gone.name, told(&gone))).await
    }
}

/// A part of a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MenuPart {
    /// [`Menu::greeting`].
    Greeting,
    /// What a key does.
    Key(Digit),
    /// [`Menu::otherwise`].
    Otherwise,
    /// [`MenuHours::greeting`].
    ClosedGreeting,
    /// [`MenuHours::then`].
    Closed,
}

/// What a menu names although it is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dangling {
    /// Where.
    pub part: MenuPart,
    /// The number; `None`: it is an announcement.
    pub number: Option<String>,
}

impl fmt::Display for Dangling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            MenuPart::Greeting => f.write_str("the greeting")?,
            MenuPart::Key(digit) => write!(f, "key {}", digit.char())?,
            MenuPart::Otherwise => f.write_str("otherwise it")?,
            MenuPart::ClosedGreeting => f.write_str("the greeting when closed")?,
            MenuPart::Closed => f.write_str("when closed it")?,
        }
        match (&self.number, self.part) {
            (Some(number), _) => write!(f, " leads to {number}, which is nobody's number here"),
            (None, MenuPart::Greeting | MenuPart::ClosedGreeting) => f.write_str(" is an announcement that is not there"),
            (None, MenuPart::Key(_) | MenuPart::Otherwise | MenuPart::Closed) => f.write_str(" plays an announcement that is not there"),
        }
    }
}

/// The announcements that callers of a menu may hear.
pub fn announcements_of(menu: &Menu) -> impl Iterator<Item = AnnouncementId> {
    announcements(menu).map(|(_, announcement)| announcement)
}

/// The same, and where.
fn announcements(menu: &Menu) -> impl Iterator<Item = (MenuPart, AnnouncementId)> {
    let heard = choices(menu).filter_map(|(part, choice)| match choice {
        Choice::Hear(announcement) => Some((part, *announcement)),
        Choice::Number(_) | Choice::Again | Choice::HangUp => None,
    });
    let closed = menu.hours.as_ref().and_then(|hours| hours.greeting);
    let greetings = [(MenuPart::Greeting, menu.greeting), (MenuPart::ClosedGreeting, closed)];
    let greetings = greetings.into_iter().filter_map(|(part, greeting)| Some((part, greeting?)));
    greetings.chain(heard)
}

/// The numbers to which a menu leads, and where.
fn numbers(menu: &Menu) -> impl Iterator<Item = (MenuPart, &String)> {
    choices(menu).filter_map(|(part, choice)| match choice {
        Choice::Number(number) => Some((part, number)),
        Choice::Hear(_) | Choice::Again | Choice::HangUp => None,
    })
}

/// All choices.
fn choices(menu: &Menu) -> impl Iterator<Item = (MenuPart, &Choice)> {
    let keys = menu.keys.iter().map(|(digit, choice)| (MenuPart::Key(*digit), choice));
    let closed = menu.hours.iter().map(|hours| (MenuPart::Closed, &hours.then));
    keys.chain([(MenuPart::Otherwise, &menu.otherwise)]).chain(closed)
}

/// The same, and by what each is chosen, as it is written.
fn written_choices(menu: &Menu) -> impl Iterator<Item = (String, &Choice)> {
    choices(menu).filter_map(|(part, choice)| match part {
        MenuPart::Key(digit) => Some((digit.char().to_string(), choice)),
        MenuPart::Otherwise => Some((OTHERWISE.to_owned(), choice)),
        MenuPart::Closed => Some((CLOSED.to_owned(), choice)),
        MenuPart::Greeting | MenuPart::ClosedGreeting => None,
    })
}

/// Whether everything is there that a menu names; numbers that it has named before are not looked at, so that somebody's leaving does not stand
/// in the way of other changes.
async fn check(tx: &mut AnyConnection, menu: &Menu, numbers_before: &[&String]) -> Result<(), StoreError> {
    for (part, announcement) in announcements(menu) {
        match super::announcement::exists(tx, announcement).await {
            Err(StoreError::NotFound(_)) => return Err(StoreError::Dangling(Dangling { part, number: None })),
            other => other?,
        }
    }
    if let Some(hours) = &menu.hours {
        super::time_profile::exists(tx, hours.profile).await?;
    }
    let ours = extension::all(tx).await?;
    for (part, number) in numbers(menu) {
        let is_known = *number == menu.extension || numbers_before.contains(&number);
        if !is_known && ours.iter().all(|(extension, _)| extension != number) {
            let number = Some(number.clone());
            return Err(StoreError::Dangling(Dangling { part, number }));
        }
    }
    Ok(())
}

pub(super) async fn load_all(connection: &mut AnyConnection) -> Result<Vec<Menu>, StoreError> {
    let rows = sqlx::query("SELECT * FROM menu_choices ORDER BY menu_id, chosen_by")
        .fetch_all(&mut *connection)
        .await?;
    let mut choices: BTreeMap<i64, Vec<(String, Choice)>> = BTreeMap::new();
    for row in &rows {
        let of_menu = choices.entry(row.try_get("menu_id")?).or_default();
        of_menu.push((row.try_get("chosen_by")?, choice(row)?));
    }
    let rows = sqlx::query("SELECT * FROM menus ORDER BY LENGTH(extension), extension")
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| menu(row, choices.remove(&row.try_get("id")?).unwrap_or_default()))
        .collect()
}

async fn load(connection: &mut AnyConnection, wanted: MenuId) -> Result<Menu, StoreError> {
    let menus = load_all(connection).await?;
    menus.into_iter().find(|menu| menu.id == wanted).ok_or(StoreError::NotFound("menu"))
}

type Query<'q> = sqlx::query::Query<'q, Any, <Any as sqlx::Database>::Arguments>;

/// All columns but the key, in the order of the statements.
fn bind<'q>(query: Query<'q>, menu: &'q Menu) -> Query<'q> {
    let hours = menu.hours.as_ref();
    query
        .bind(&menu.name)
        .bind(&menu.extension)
        .bind(menu.language.map(Language::code))
        .bind(menu.greeting.map(|announcement| key(announcement.0)))
        .bind(i64::from(menu.takes_extensions))
        .bind(i64::from(menu.waits_s))
        .bind(i64::from(menu.plays_max))
        .bind(hours.map(|hours| key(hours.profile.0)))
        .bind(hours.and_then(|hours| hours.greeting).map(|announcement| key(announcement.0)))
}

async fn write_choices(tx: &mut AnyConnection, id: MenuId, menu: &Menu) -> Result<(), StoreError> {
    for (chosen_by, choice) in written_choices(menu) {
        let (does, number, announcement) = words(choice);
        let insert =
            sqlx::query("INSERT INTO menu_choices (menu_id, chosen_by, does, number, announcement_id) VALUES ($1, $2, $3, $4, $5)")
                .bind(key(id.0))
                .bind(chosen_by)
                .bind(does)
                .bind(number)
                .bind(announcement.map(key));
        insert.execute(&mut *tx).await?;
    }
    Ok(())
}

/// What a choice does, to which number, with which announcement.
fn words(choice: &Choice) -> (&'static str, Option<&str>, Option<u64>) {
    match choice {
        Choice::Number(number) => ("number", Some(number), None),
        Choice::Hear(announcement) => ("hear", None, Some(announcement.0)),
        Choice::Again => ("again", None, None),
        Choice::HangUp => ("hang_up", None, None),
    }
}

fn choice(row: &AnyRow) -> Result<Choice, StoreError> {
    let strange = || StoreError::Strange("choice of a menu");
    let number: Option<String> = row.try_get("number")?;
    let announcement: Option<i64> = row.try_get("announcement_id")?;
    match row.try_get("does")? {
        "number" => number.map(Choice::Number).ok_or_else(strange),
        "hear" => announcement.map(|it| Choice::Hear(AnnouncementId(id(it)))).ok_or_else(strange),
        "again" => Ok(Choice::Again),
        "hang_up" => Ok(Choice::HangUp),
        _ => Err(strange()),
    }
}

fn told(menu: &Menu) -> Facts {
    let does = |choice: &Choice| match words(choice) {
        (does, Some(number), _) => format!("{does} {number}"),
        (does, None, Some(announcement)) => format!("{does} announcement {announcement}"),
        (does, None, None) => does.to_owned(),
    };
    let keys = written_choices(menu).map(|(chosen_by, choice)| (chosen_by, Value::from(does(choice))));
    let hours = menu.hours.as_ref();
    facts(json!({
        "name": menu.name, "extension": menu.extension, "language": menu.language.map(Language::code),
        "greeting_id": menu.greeting.map(|announcement| announcement.0), "choices": keys.collect::<Facts>(),
        "takes_extensions": menu.takes_extensions, "waits_s": menu.waits_s, "plays_max": menu.plays_max,
        "profile_id": hours.map(|hours| hours.profile.0),
        "closed_greeting_id": hours.and_then(|hours| hours.greeting).map(|announcement| announcement.0),
    }))
}

fn menu(row: &AnyRow, choices: Vec<(String, Choice)>) -> Result<Menu, StoreError> {
    let strange = || StoreError::Strange("menu");
    let announcement = |column: &'static str| {
        let announcement: Option<i64> = row.try_get(column)?;
        Ok::<_, StoreError>(announcement.map(|it| AnnouncementId(id(it))))
    };
    let (mut keys, mut otherwise, mut closed) = (Vec::new(), None, None);
    for (chosen_by, choice) in choices {
        let mut letters = chosen_by.chars();
        match (chosen_by.as_str(), letters.next().and_then(Digit::from_char), letters.next()) {
            (OTHERWISE, ..) => otherwise = Some(choice),
            (CLOSED, ..) => closed = Some(choice),
            (_, Some(digit), None) => keys.push((digit, choice)),
            (_, None | Some(_), _) => return Err(strange()),
        }
    }
    keys.sort_by_key(|(digit, _)| digit.event());
    let profile: Option<i64> = row.try_get("profile_id")?;
    let hours = profile.zip(closed).map(|(profile, then)| {
        Ok::<_, StoreError>(MenuHours {
            profile: TimeProfileId(id(profile)),
            greeting: announcement("closed_greeting_id")?,
            then,
        })
    });
    let language: Option<&str> = row.try_get("language")?;
    Ok(Menu {
        id: MenuId(id(row.try_get("id")?)),
        name: row.try_get("name")?,
        extension: row.try_get("extension")?,
        language: language.map(|code| Language::from_code(code).ok_or_else(strange)).transpose()?,
        greeting: announcement("greeting_id")?,
        keys,
        takes_extensions: row.try_get::<i64, _>("takes_extensions")? != 0,
        waits_s: u16::try_from(row.try_get::<i64, _>("waits_s")?).map_err(|_| strange())?,
        plays_max: u8::try_from(row.try_get::<i64, _>("plays_max")?).map_err(|_| strange())?,
        otherwise: otherwise.ok_or_else(strange)?,
        hours: hours.transpose()?,
    })
}
