//! Routes to numbers of the world.

use std::collections::BTreeSet;

use ::numbers::Class;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::TrunkId;
use serde::{Deserialize, Serialize};
use switchboard::directory::{self, Classes, RouteId};
use utoipa::ToSchema;

use super::Api;
use super::calling::{class_names, classes};
use super::json::{Body, Path};
use super::problem::{Fields, Problem, ProblemDocument};
use crate::store::name::Label;
use crate::store::{ROUTE_TRUNKS_MAX, StoreError};

/// Digits of a prefix at most: those of a whole number.
const PREFIX_DIGITS_MAX: usize = ::numbers::DIGITS_MAX;

/// All routes. Of those that fit a number, longer prefixes come first, then lower costs, then as they stand.
#[derive(Serialize, ToSchema)]
pub(super) struct Routes {
    routes: Vec<Route>,
}

/// By which trunks numbers are reached.
#[derive(Serialize, ToSchema)]
pub(super) struct Route {
    id: u64,
    name: String,
    /// The digits that international numbers begin with, without `+`; empty for all.
    prefix: String,
    /// For these classes of numbers.
    classes: Vec<&'static str>,
    /// In any unit.
    cost: u32,
    /// Keys of trunks, best first.
    trunks: Vec<u64>,
}

/// A route to be added, after all others.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewRoute {
    name: String,
    /// The digits that international numbers begin with; empty for all.
    #[serde(default)]
    #[schema(example = "49")]
    prefix: String,
    /// free, local, national, mobile, international, premium; all unless said otherwise.
    #[schema(nullable = false)]
    classes: Option<Vec<String>>,
    #[serde(default)]
    cost: u32,
    /// Keys of trunks, best first; 1 to 8.
    trunks: Vec<u64>,
}

/// What is to be changed about a route; what is absent stays as it is.
#[derive(Default, Deserialize, ToSchema)]
pub(super) struct ChangedRoute {
    #[schema(nullable = false)]
    name: Option<String>,
    #[schema(nullable = false)]
    prefix: Option<String>,
    #[schema(nullable = false)]
    classes: Option<Vec<String>>,
    #[schema(nullable = false)]
    cost: Option<u32>,
    #[schema(nullable = false)]
    trunks: Option<Vec<u64>>,
}

/// The order of all routes.
#[derive(Deserialize, ToSchema)]
pub(super) struct RouteOrder {
    /// Each route's key once.
    ids: Vec<u64>,
}

/// All routes, in their order.
#[utoipa::path(get, path = "/routes", tag = "routes", responses(
    (status = 200, description = "All routes", body = Routes),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn list(State(api): State<Api>) -> Result<Json<Routes>, Problem> {
    let routes = api.store().routes().await?;
    Ok(Json(Routes {
        routes: routes.into_iter().map(Route::of).collect(),
    }))
}

/// Adds a route.
#[utoipa::path(post, path = "/routes", tag = "routes", request_body = NewRoute, responses(
    (status = 201, description = "Added", body = Route),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "`too-many`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn add(State(api): State<Api>, Body(new): Body<NewRoute>) -> Result<(StatusCode, Json<Route>), Problem> {
    let blank = directory::Route {
        id: RouteId(0),
        name: String::new(),
        prefix: String::new(),
        classes: Class::ALL.into_iter().collect(),
        cost: 0,
        trunks: Vec::new(),
    };
    let changed = ChangedRoute {
        name: Some(new.name),
        prefix: Some(new.prefix),
        classes: new.classes,
        cost: Some(new.cost),
        trunks: Some(new.trunks),
    };
    let mut route = changed.parse(blank)?;
    route.id = api.store().add_route(&route).await.map_err(unknown_trunk)?;
    api.directory_changed().await?;
    Ok((StatusCode::CREATED, Json(Route::of(route))))
}

/// Changes a route; it keeps its place.
#[utoipa::path(patch, path = "/routes/{id}", tag = "routes", params(("id" = u64, Path)), request_body = ChangedRoute, responses(
    (status = 200, description = "Changed", body = Route),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn change(State(api): State<Api>, Path(id): Path<u64>, Body(changed): Body<ChangedRoute>) -> Result<Json<Route>, Problem> {
    let route = changed.parse(api.store().route(RouteId(id)).await?)?;
    api.store().change_route(&route).await.map_err(unknown_trunk)?;
    api.directory_changed().await?;
    Ok(Json(Route::of(route)))
}

/// Removes a route.
#[utoipa::path(delete, path = "/routes/{id}", tag = "routes", params(("id" = u64, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "`not-found`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn remove(State(api): State<Api>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    api.store().remove_route(RouteId(id)).await?;
    api.directory_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts all routes into an order.
#[utoipa::path(put, path = "/routes/order", tag = "routes", request_body = RouteOrder, responses(
    (status = 200, description = "All routes in the new order", body = Routes),
    (status = 403, description = "`not-permitted`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "`invalid`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub(super) async fn order(State(api): State<Api>, Body(order): Body<RouteOrder>) -> Result<Json<Routes>, Problem> {
    let ids: Vec<RouteId> = order.ids.into_iter().map(RouteId).collect();
    api.store().order_routes(&ids).await.map_err(|error| match error {
        StoreError::NotFound(_) => Problem::invalid_field("ids", "name each route once"),
        other => other.into(),
    })?;
    api.directory_changed().await?;
    list(State(api)).await
}

/// The route itself was there a moment ago, or is new.
fn unknown_trunk(error: StoreError) -> Problem {
    match error {
        StoreError::NotFound("trunk") => Problem::invalid_field("trunks", "there is no such trunk"),
        other => other.into(),
    }
}

impl ChangedRoute {
    fn parse(self, before: directory::Route) -> Result<directory::Route, Problem> {
        let (mut fields, mut route) = (Fields::default(), before);
        if let Some(name) = fields.check_some("name", self.name.as_deref().map(Label::parse)) {
            name.as_str().clone_into(&mut route.name);
        }
        if let Some(prefix) = fields.check_some("prefix", self.prefix.as_deref().map(prefix)) {
            route.prefix = prefix;
        }
        let permitted: Option<Classes> = fields.check_some("classes", self.classes.as_deref().map(classes));
        route.classes = permitted.unwrap_or(route.classes);
        route.cost = self.cost.unwrap_or(route.cost);
        if let Some(trunks) = fields.check_some("trunks", self.trunks.as_deref().map(trunks)) {
            route.trunks = trunks;
        }
        fields.finish()?;
        Ok(route)
    }
}

fn prefix(text: &str) -> Result<String, &'static str> {
    let digits = text.trim().trim_start_matches('+');
    if digits.len() <= PREFIX_DIGITS_MAX && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0') {
        Ok(digits.to_owned())
    } else {
        Err("write the digits that international numbers begin with, such as 49, or nothing for all numbers")
    }
}

fn trunks(keys: &[u64]) -> Result<Vec<TrunkId>, String> {
    let distinct: BTreeSet<&u64> = keys.iter().collect();
    if keys.is_empty() || keys.len() > ROUTE_TRUNKS_MAX || distinct.len() != keys.len() {
        return Err(format!("name 1 to {ROUTE_TRUNKS_MAX} trunks, each once"));
    }
    Ok(keys.iter().copied().map(TrunkId).collect())
}

impl Route {
    fn of(route: directory::Route) -> Self {
        Self {
            id: route.id.0,
            name: route.name,
            prefix: route.prefix,
            classes: class_names(route.classes),
            cost: route.cost,
            trunks: route.trunks.into_iter().map(|trunk| trunk.0).collect(),
        }
    }
}
