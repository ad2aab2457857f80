//! Time profiles: when an office works.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use calendar::Date;
use serde::{Deserialize, Serialize};
use switchboard::directory::{self, TimeProfileId};
use utoipa::ToSchema;

use super::Api;
use super::calling::{Window, windows_of};
use super::json::{Body, Path, present};
use super::problem::{Fields, Problem, ProblemDocument};
use crate::store::name::Label;
use crate::store::{CLOSED_DAYS_MAX, WINDOWS_MAX};

/// All time profiles.
#[derive(Serialize, ToSchema)]
pub(super) struct TimeProfiles {
    time_profiles: Vec<TimeProfile>,
}

/// When something is open: an office, a hotline.
#[derive(Serialize, ToSchema)]
pub(super) struct TimeProfile {
    id: u64,
    name: String,
    /// It is open in these windows.
    windows: Vec<Window>,
    /// On public holidays of this region it is closed (ISO 3166); null: of none.
    #[schema(required, example = "DE-BY")]
    region: Option<String>,
    /// On these days it is closed as well.
    #[schema(example = json!(["2026-12-24"]))]
    closed_days: Vec<String>,
}

/// A time profile to be added.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewTimeProfile {
    name: String,
    windows: Vec<Window>,
    region: Option<String>,
    #[serde(default)]
    closed_days: Vec<String>,
}

/// What is to be changed about a time profile; what is absent stays as it is.
#[derive(Default, Deserialize, ToSchema)]
pub(super) struct ChangedTimeProfile {
    #[schema(nullable = false)]
    name: Option<String>,
    #[schema(nullable = false)]
    windows: Option<Vec<Window>>,
    /// Null takes it away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    region: Option<Option<String>>,
    #[schema(nullable = false)]
    closed_days: Option<Vec<String>>,
}

/// All time profiles.
#[utoipa::path(get, path = "/time-profiles", tag = "times", responses(
    (status = 200, description = "All time profiles", body = TimeProfiles),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<TimeProfiles>, Problem> {
    let profiles = api.store().time_profiles().await?;
    Ok(Json(TimeProfiles {
        time_profiles: profiles.into_iter().map(TimeProfile::of).collect(),
    }))
}

/// Adds a time profile.
#[utoipa::path(post, path = "/time-profiles", tag = "times", request_body = NewTimeProfile, responses(
    (status = 201, description = "Added", body = TimeProfile),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`too-many`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn add(State(api): State<Api>, Body(new): Body<NewTimeProfile>) -> Result<(StatusCode, Json<TimeProfile>), Problem> {
    let blank = directory::TimeProfile {
        id: TimeProfileId(0),
        name: String::new(),
        windows: Vec::new(),
        region: None,
        closed_days: Vec::new(),
    };
    let changed = ChangedTimeProfile {
        name: Some(new.name),
        windows: Some(new.windows),
        region: Some(new.region),
        closed_days: Some(new.closed_days),
    };
    let mut profile = changed.parse(blank)?;
    profile.id = api.store().add_time_profile(&profile).await?;
    api.directory_changed().await?;
    Ok((StatusCode::CREATED, Json(TimeProfile::of(profile))))
}

/// Changes a time profile.
#[utoipa::path(patch, path = "/time-profiles/{id}", tag = "times", params(("id" = u64, Path)), request_body = ChangedTimeProfile, responses(
    (status = 200, description = "Changed", body = TimeProfile),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change(
    State(api): State<Api>,
    Path(id): Path<u64>,
    Body(changed): Body<ChangedTimeProfile>,
) -> Result<Json<TimeProfile>, Problem> {
    let change = |profile| changed.parse(profile);
    let profile = api.store().change_time_profile(TimeProfileId(id), change).await??;
    api.directory_changed().await?;
    Ok(Json(TimeProfile::of(profile)))
}

/// Removes a time profile that no forward, menu, night service or permission needs.
#[utoipa::path(delete, path = "/time-profiles/{id}", tag = "times", params(("id" = u64, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`in-use`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    api.store().remove_time_profile(TimeProfileId(id)).await?;
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

impl ChangedTimeProfile {
    fn parse(self, before: directory::TimeProfile) -> Result<directory::TimeProfile, Problem> {
        let (mut fields, mut profile) = (Fields::default(), before);
        if let Some(name) = fields.check_some("name", self.name.as_deref().map(Label::parse)) {
            name.as_str().clone_into(&mut profile.name);
        }
        if let Some(windows) = self.windows {
            if windows.len() > WINDOWS_MAX {
                fields.note("windows", format!("write {WINDOWS_MAX} windows at most"));
            }
            profile.windows = windows_of(&windows, "windows", &mut fields);
        }
        if let Some(wanted) = self.region {
            profile.region = fields.check_some("region", wanted.as_deref().map(region));
        }
        if let Some(days) = fields.check_some("closed_days", self.closed_days.as_deref().map(closed_days)) {
            profile.closed_days = days;
        }
        fields.finish()?;
        Ok(profile)
    }
}

/// One whose holidays are known.
fn region(text: &str) -> Result<String, &'static str> {
    let text = text.trim().to_uppercase();
    let is_known = calendar::regions().any(|region| region.code == text);
    is_known.then_some(text).ok_or("choose a region whose holidays are known")
}

/// Each once, the first one first.
fn closed_days(written: &[String]) -> Result<Vec<u32>, String> {
    if written.len() > CLOSED_DAYS_MAX {
        return Err(format!("write {CLOSED_DAYS_MAX} days at most"));
    }
    let days: Option<BTreeSet<u32>> = written.iter().map(|text| day(text)).collect();
    days.map(|days| days.into_iter().collect())
        .ok_or_else(|| "write days such as 2026-12-24".to_owned())
}

/// The number of a day since 1970-01-01.
fn day(text: &str) -> Option<u32> {
    text.trim().parse::<Date>().ok()?.number()
}

impl TimeProfile {
    fn of(profile: directory::TimeProfile) -> Self {
        Self {
            id: profile.id.0,
            name: profile.name,
            windows: profile.windows.iter().map(Window::of).collect(),
            region: profile.region,
            closed_days: profile.closed_days.into_iter().map(|day| Date::of(day).to_string()).collect(),
        }
    }
}
