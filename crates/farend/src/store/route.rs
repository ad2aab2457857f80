//! Routes to numbers of the world.

use std::collections::{BTreeMap, BTreeSet};

use model::TrunkId;
use numbers::Class;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use switchboard::directory::{Classes, Route, RouteId};

use super::audit::{Deed, Facts, facts};
use super::{Store, StoreError, id, key};

/// Routes at most.
pub const ROUTES_MAX: usize = 200;
/// Trunks of a route at most: no call is offered to more.
pub const ROUTE_TRUNKS_MAX: usize = 8;

impl Store {
    /// All routes, in their order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn routes(&self) -> Result<Vec<Route>, StoreError> {
        let rows = sqlx::query("SELECT route_id, trunk_id FROM route_trunks ORDER BY route_id, position")
            .fetch_all(&self.pool)
            .await?;
        let mut trunks: BTreeMap<i64, Vec<TrunkId>> = BTreeMap::new();
        for row in &rows {
            let trunk = TrunkId(id(row.try_get("trunk_id")?));
            trunks.entry(row.try_get("route_id")?).or_default().push(trunk);
        }
        let rows = sqlx::query("SELECT id, name, prefix, classes, cost FROM routes ORDER BY position, id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let trunks = trunks.remove(&row.try_get("id")?).unwrap_or_default();
                route(row, trunks)
            })
            .collect()
    }

    /// One route.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn route(&self, route: RouteId) -> Result<Route, StoreError> {
        let routes = self.routes().await?;
        routes
            .into_iter()
            .find(|known| known.id == route)
            .ok_or(StoreError::NotFound("route"))
    }

    /// Adds a route after all others and gives back its key; the one in `new` is not looked at.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown trunk, [`StoreError::TooMany`].
    pub async fn add_route(&self, new: &Route) -> Result<RouteId, StoreError> {
        let mut tx = self.change().await?;
        super::room(&mut tx, "SELECT COUNT(*) AS n FROM routes", "routes", ROUTES_MAX).await?;
        let insert = sqlx::query(
            "INSERT INTO routes (position, name, prefix, classes, cost) \
             VALUES ((SELECT COALESCE(MAX(position), 0) + 1 FROM routes), $1, $2, $3, $4) RETURNING id",
        )
        .bind(&new.name)
        .bind(&new.prefix)
        .bind(class_words(new.classes))
        .bind(i64::from(new.cost));
        let added = RouteId(id(insert.fetch_one(&mut *tx).await?.try_get("id")?));
        write_trunks(&mut tx, added, &new.trunks).await?;
        tx.done(Deed::of("route.added", &new.name, told(new))).await?;
        Ok(added)
    }

    /// Writes a route anew; it keeps its place.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown route or trunk.
    pub async fn change_route(&self, changed: &Route) -> Result<(), StoreError> {
        let before = self.route(changed.id).await?;
        let mut tx = self.change().await?;
        let update = sqlx::query("UPDATE routes SET name = $1, prefix = $2, classes = $3, cost = $4 WHERE id = $5")
            .bind(&changed.name)
            .bind(&changed.prefix)
            .bind(class_words(changed.classes))
            .bind(i64::from(changed.cost))
            .bind(key(changed.id.0));
        if update.execute(&mut *tx).await?.rows_affected() == 0 {
            return Err(StoreError::NotFound("route"));
        }
        let delete = sqlx::query("DELETE FROM route_trunks WHERE route_id = $1").bind(key(changed.id.0));
        delete.execute(&mut *tx).await?;
        write_trunks(&mut tx, changed.id, &changed.trunks).await?;
        tx.done(Deed::changed("route.changed", &changed.name, &told(&before), &told(changed)))
            .await
    }

    /// Removes a route.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_route(&self, route: RouteId) -> Result<(), StoreError> {
        let gone = self.route(route).await?;
        let mut tx = self.change().await?;
        super::remove(&mut tx, "DELETE FROM routes WHERE id = $1", "route", route.0).await?;
        tx.done(Deed::of("route.removed", &gone.name, told(&gone))).await
    }

    /// Puts all routes into an order.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] unless each route is named once.
    pub async fn order_routes(&self, order: &[RouteId]) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let rows = sqlx::query("SELECT id FROM routes").fetch_all(&mut *tx).await?;
        let known: BTreeSet<RouteId> = rows
            .iter()
            .map(|row| Ok(RouteId(id(row.try_get("id")?))))
            .collect::<Result<_, StoreError>>()?;
        let named: BTreeSet<RouteId> = order.iter().copied().collect();
        if named != known || named.len() != order.len() {
            return Err(StoreError::NotFound("order of routes"));
        }
        for (position, route) in (1_i64..).zip(order) {
            let update = sqlx::query("UPDATE routes SET position = $1 WHERE id = $2")
                .bind(position)
                .bind(key(route.0));
            update.execute(&mut *tx).await?;
        }
        let order: Vec<u64> = order.iter().map(|route| route.0).collect();
        tx.done(Deed::new("routes.ordered", "routes").with("order", order)).await
    }
}

fn told(route: &Route) -> Facts {
    let trunks: Vec<u64> = route.trunks.iter().map(|trunk| trunk.0).collect();
    facts(
        json!({ "name": route.name, "prefix": route.prefix, "classes": class_words(route.classes), "cost": route.cost, "trunks": trunks }),
    )
}

async fn write_trunks(tx: &mut AnyConnection, route: RouteId, trunks: &[TrunkId]) -> Result<(), StoreError> {
    for (position, trunk) in (0_i64..).zip(trunks) {
        super::trunk_exists(tx, *trunk).await?;
        let insert = sqlx::query("INSERT INTO route_trunks (route_id, position, trunk_id) VALUES ($1, $2, $3)")
            .bind(key(route.0))
            .bind(position)
            .bind(key(trunk.0));
        insert.execute(&mut *tx).await?;
    }
    Ok(())
}

/// The names of classes, as the database keeps them.
pub(super) fn class_words(classes: Classes) -> String {
    let names: Vec<&str> = Class::ALL
        .into_iter()
        .filter(|class| classes.has(*class))
        .map(Class::name)
        .collect();
    names.join(" ")
}

pub(super) fn parse_classes(words: &str) -> Result<Classes, StoreError> {
    let classes = words.split_whitespace().map(str::parse::<Class>);
    classes
        .collect::<Result<Classes, _>>()
        .map_err(|_| StoreError::Strange("class of numbers"))
}

fn route(row: &AnyRow, trunks: Vec<TrunkId>) -> Result<Route, StoreError> {
    let cost = u32::try_from(row.try_get::<i64, _>("cost")?);
    Ok(Route {
        id: RouteId(id(row.try_get("id")?)),
        name: row.try_get("name")?,
        prefix: row.try_get("prefix")?,
        classes: parse_classes(row.try_get("classes")?)?,
        cost: cost.map_err(|_| StoreError::Strange("cost of a route"))?,
        trunks,
    })
}
