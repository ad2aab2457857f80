//! What people may do with the world, and who they are to it.

use ::numbers::{Class, E164, UnknownClass};
use axum::Json;
use axum::extract::State;
use model::UserId;
use serde::{Deserialize, Serialize};
use switchboard::directory::{self, Classes, TimeProfileId};
use utoipa::ToSchema;

use super::Api;
use super::json::{Body, Path};
use super::problem::{Fields, Problem, ProblemDocument};
use crate::store::{StoreError, WINDOWS_MAX};

/// Of a location at most.
const LOCATION_CHARS_MAX: usize = 200;
const MINUTES_OF_A_DAY: u16 = 24 * 60;

/// What a person may do with the world. Internal and emergency numbers are always allowed.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct Calling {
    /// free, local, national, mobile, international, premium.
    #[schema(example = json!(["free", "local", "national", "mobile"]))]
    classes: Vec<String>,
    /// When; empty: always.
    windows: Vec<Window>,
    /// When, by a time profile: then `windows` do not count, and may be empty.
    #[schema(required)]
    profile_id: Option<u64>,
    /// Their number as others see it; null: the one by which they are called from outside, else the trunk's.
    #[schema(required, example = "+4989123450")]
    number: Option<String>,
    /// Whether their number is kept from those whom they call.
    hidden: bool,
    /// Where they are, in words, for emergency calls.
    #[schema(required)]
    location: Option<String>,
}

/// Some days of the week between two times of the day, as the site's clock has them.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = CallingWindow)]
pub(super) struct Window {
    days: Vec<Day>,
    #[schema(example = "08:00")]
    from: String,
    /// When it is not later than `from`, the window ends on the next day.
    #[schema(example = "18:00")]
    to: String,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

/// What a person may do with the world.
#[utoipa::path(get, path = "/users/{id}/calling", tag = "calling", params(("id" = u64, Path)), responses(
    (status = 200, description = "Permissions and identity", body = Calling),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show(State(api): State<Api>, Path(id): Path<u64>) -> Result<Json<Calling>, Problem> {
    Ok(Json(Calling::of(api.store().calling(UserId(id)).await?)))
}

/// Decides what a person may do with the world.
#[utoipa::path(put, path = "/users/{id}/calling", tag = "calling", params(("id" = u64, Path)), request_body = Calling, responses(
    (status = 200, description = "Changed", body = Calling),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change(State(api): State<Api>, Path(id): Path<u64>, Body(changed): Body<Calling>) -> Result<Json<Calling>, Problem> {
    let calling = changed.parse()?;
    api.store().set_calling(UserId(id), &calling).await.map_err(unknown_profile)?;
    api.directory_changed().await?;
    Ok(Json(Calling::of(calling)))
}

fn unknown_profile(error: StoreError) -> Problem {
    match error {
        StoreError::NotFound("time profile") => Problem::invalid_field("profile_id", "there is no such time profile"),
        other => other.into(),
    }
}

/// The names of classes, those left out that are always allowed.
pub(super) fn class_names(classes: Classes) -> Vec<&'static str> {
    let is_a_choice = |class: &Class| !matches!(class, Class::Internal | Class::Emergency);
    let chosen = Class::ALL.into_iter().filter(|class| is_a_choice(class) && classes.has(*class));
    chosen.map(Class::name).collect()
}

/// # Errors
/// When one is none.
pub(super) fn classes(names: &[String]) -> Result<Classes, UnknownClass> {
    names.iter().map(|name| name.parse::<Class>()).collect()
}

impl Calling {
    fn parse(self) -> Result<directory::Calling, Problem> {
        let mut fields = Fields::default();
        let permitted = fields.check("classes", classes(&self.classes));
        if self.windows.len() > WINDOWS_MAX {
            fields.note("windows", format!("write {WINDOWS_MAX} windows at most"));
        }
        let windows = windows_of(&self.windows, "windows", &mut fields);
        let number = fields.check_some("number", self.number.as_deref().map(str::parse::<E164>));
        let location = fields.check_some("location", self.location.as_deref().map(location));
        let Some(classes) = permitted else { return Err(fields.problem()) };
        fields.finish()?;
        Ok(directory::Calling {
            classes,
            windows,
            hours: self.profile_id.map(TimeProfileId),
            number,
            is_hidden: self.hidden,
            location,
        })
    }

    fn of(calling: directory::Calling) -> Self {
        Self {
            classes: class_names(calling.classes).into_iter().map(str::to_owned).collect(),
            windows: calling.windows.iter().map(Window::of).collect(),
            profile_id: calling.hours.map(|profile| profile.0),
            number: calling.number.map(|number| number.to_string()),
            hidden: calling.is_hidden,
            location: calling.location,
        }
    }
}

fn location(text: &str) -> Result<String, String> {
    let text = text.trim();
    if (1..=LOCATION_CHARS_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(format!("write 1 to {LOCATION_CHARS_MAX} characters in one line"))
    }
}

/// Those of a list that can be used; what is wrong with others is noted.
pub(super) fn windows_of(windows: &[Window], field: &str, fields: &mut Fields) -> Vec<directory::Window> {
    let numbered = windows.iter().take(WINDOWS_MAX).enumerate();
    numbered
        .filter_map(|(index, window)| window.parse(&format!("{field}[{index}]"), fields))
        .collect()
}

impl Window {
    fn parse(&self, field: &str, fields: &mut Fields) -> Option<directory::Window> {
        let days = self.days.iter().fold(0, |bits, day| bits | 1 << *day as u8);
        if days == 0 {
            fields.note(&format!("{field}.days"), "name one day at least");
        }
        let from = fields.check(&format!("{field}.from"), minute(&self.from));
        let to = fields.check(&format!("{field}.to"), minute(&self.to));
        Some(directory::Window {
            days,
            from_minute: from?,
            to_minute: to?,
        })
    }

    pub(super) fn of(window: &directory::Window) -> Self {
        let on = |day: &Day| window.days & (1 << *day as u8) != 0;
        let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        Self {
            days: Day::ALL.into_iter().filter(on).collect(),
            from: time(window.from_minute),
            to: time(window.to_minute),
        }
    }
}

/// The minute of the day of `08:30`; `24:00` is the end of the day.
fn minute(text: &str) -> Result<u16, &'static str> {
    let read = || {
        let (hour, minute) = text.split_once(':')?;
        let number = |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok())?;
        let (hour, minute) = (number(hour)?, number(minute)?);
        let of_day = hour * 60 + minute;
        (minute < 60 && of_day <= MINUTES_OF_A_DAY).then_some(of_day)
    };
    read().ok_or("write a time such as 08:30")
}
