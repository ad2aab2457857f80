//! Public holidays, on which time profiles are closed.

use axum::Json;
use calendar::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::json::UrlQuery;
use super::problem::{Problem, ProblemDocument};

/// Years that can be asked for: those that clocks of telephone systems show.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2200;

/// Where holidays are known.
#[derive(Serialize, ToSchema)]
pub(super) struct HolidayRegions {
    regions: Vec<HolidayRegion>,
}

/// A country, or a part of one.
#[derive(Serialize, ToSchema)]
pub(super) struct HolidayRegion {
    /// ISO 3166.
    #[schema(example = "DE-BY")]
    region: &'static str,
    /// For people, in the language of the place.
    name: &'static str,
}

/// Which holidays.
#[derive(Deserialize)]
pub(super) struct Selection {
    region: String,
    year: i32,
}

/// The public holidays of a year, in order.
#[derive(Serialize, ToSchema)]
pub(super) struct Holidays {
    holidays: Vec<Holiday>,
}

/// A public holiday.
#[derive(Serialize, ToSchema)]
pub(super) struct Holiday {
    #[schema(example = "2026-12-25")]
    date: String,
    /// For people, in the language of the place.
    name: &'static str,
}

/// Where holidays are known.
#[utoipa::path(get, path = "/holidays/regions", tag = "times", operation_id = "regions", responses(
    (status = 200, description = "All regions, by countries", body = HolidayRegions),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn regions() -> Json<HolidayRegions> {
    let regions = calendar::regions().map(|region| HolidayRegion {
        region: region.code,
        name: region.name,
    });
    Json(HolidayRegions {
        regions: regions.collect(),
    })
}

/// The public holidays of a region in a year.
#[utoipa::path(get, path = "/holidays", tag = "times", operation_id = "holidays", params(
    ("region" = String, Query, description = "As in `/holidays/regions`"),
    ("year" = i32, Query, description = "1970 to 2200"),
), responses(
    (status = 200, description = "In order; one that is moved from a weekend is there twice", body = Holidays),
    (status = 401, description = "`not-signed-in`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`: no such region", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(UrlQuery(Selection { region, year }): UrlQuery<Selection>) -> Result<Json<Holidays>, Problem> {
    if !YEARS.contains(&year) {
        return Err(Problem::invalid_field("year", format!("use {} to {}", YEARS.start(), YEARS.end())));
    }
    if calendar::regions().all(|known| known.code != region) {
        return Err(Problem::not_found("region"));
    }
    let holidays = calendar::holidays(&region, year).into_iter().map(|holiday| Holiday {
        date: Date::of(holiday.day).to_string(),
        name: holiday.name,
    });
    Ok(Json(Holidays {
        holidays: holidays.collect(),
    }))
}
