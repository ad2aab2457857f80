//! Where the company is in the telephone world, and what stops toll fraud.

use axum::Json;
use axum::extract::State;
use model::TrunkId;
use serde::{Deserialize, Serialize};
use switchboard::directory;
use utoipa::ToSchema;

use super::Api;
use super::json::Body;
use super::problem::{Fields, Problem, ProblemDocument};
use crate::store::{Site, StoreError};

/// What the site says about its numbers. Without a country only extensions can be called.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct NumberPlan {
    /// The two letters of ISO 3166.
    #[schema(required, example = "DE")]
    country: Option<String>,
    /// Without the national prefix: 89 in Munich, but 02 in Milan.
    #[schema(required, example = "89")]
    area: Option<String>,
    /// What is dialled for an outside line.
    #[schema(required, example = "0")]
    outside: Option<String>,
    /// By which trunk emergency calls go first; null: by the routes, then by any.
    #[schema(required)]
    emergency_trunk_id: Option<u64>,
    limits: Limits,
    /// As IANA has it; null: that of the server's system.
    #[schema(required, example = "Europe/Berlin")]
    time_zone: Option<String>,
}

/// What stops toll fraud. Emergency and internal calls do not count.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = CallLimits)]
pub(super) struct Limits {
    /// Calls to the world that one person begins in a minute.
    calls_per_minute_max: u16,
    /// International and premium calls of the whole company at once.
    costly_calls_max: u16,
    /// Minutes of such calls of the whole company in a day.
    costly_minutes_per_day_max: u32,
}

/// The site's number plan.
#[utoipa::path(get, path = "/number-plan", tag = "plan", responses(
    (status = 200, description = "The number plan", body = NumberPlan),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn show(State(api): State<Api>) -> Result<Json<NumberPlan>, Problem> {
    Ok(Json(NumberPlan::of(api.store().site().await?)))
}

/// Writes the site's number plan anew.
#[utoipa::path(put, path = "/number-plan", tag = "plan", request_body = NumberPlan, responses(
    (status = 200, description = "Changed", body = NumberPlan),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change(State(api): State<Api>, Body(changed): Body<NumberPlan>) -> Result<Json<NumberPlan>, Problem> {
    let site = changed.parse()?;
    api.store().set_site(&site).await.map_err(|error| match error {
        StoreError::NotFound("trunk") => Problem::invalid_field("emergency_trunk_id", "there is no such trunk"),
        StoreError::EmergencyNumber(extension) => Problem::invalid_field(
            "country",
            format!("{extension} is an emergency number there, and somebody's extension here: give them another one first"),
        ),
        other => other.into(),
    })?;
    api.directory_changed().await?;
    Ok(Json(NumberPlan::of(site)))
}

impl NumberPlan {
    fn parse(self) -> Result<Site, Problem> {
        let mut fields = Fields::default();
        let country = fields.check_some("country", self.country.as_deref().map(str::parse));
        let site = Site {
            country,
            area: self.area,
            outside: self.outside,
            emergency_trunk: self.emergency_trunk_id.map(TrunkId),
            limits: directory::Limits {
                calls_per_minute_max: self.limits.calls_per_minute_max,
                costly_calls_max: self.limits.costly_calls_max,
                costly_minutes_per_day_max: self.limits.costly_minutes_per_day_max,
            },
            time_zone: self.time_zone,
        };
        if let Some(country) = country {
            let here = || ::numbers::Locality::new(country);
            fields.check_some("area", site.area.as_deref().map(|area| here().with_area(area)));
            fields.check_some("outside", site.outside.as_deref().map(|outside| here().with_outside(outside)));
        }
        fields.check("time_zone", crate::clock::zone(site.time_zone.as_deref()));
        fields.finish()?;
        Ok(site)
    }

    fn of(site: Site) -> Self {
        Self {
            country: site.country.map(|country| country.letters().to_owned()),
            area: site.area,
            outside: site.outside,
            emergency_trunk_id: site.emergency_trunk.map(|trunk| trunk.0),
            limits: Limits {
                calls_per_minute_max: site.limits.calls_per_minute_max,
                costly_calls_max: site.limits.costly_calls_max,
                costly_minutes_per_day_max: site.limits.costly_minutes_per_day_max,
            },
            time_zone: site.time_zone,
        }
    }
}
