//! Conference rooms.

use std::collections::BTreeMap;

use model::UserId;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, Row as _};
use switchboard::directory::{Room, RoomId};

use super::audit::{Deed, Facts, facts};
use super::extension::{self, Owner};
use super::{Store, StoreError, id, key};

/// Rooms at most.
pub const ROOMS_MAX: usize = 200;
/// Hosts of a room at most.
pub const HOSTS_MAX: usize = 64;

impl Store {
    /// All rooms, by extension.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rooms(&self) -> Result<Vec<Room>, StoreError> {
        load_all(&mut *self.pool.acquire().await?).await
    }

    /// One room.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn room(&self, room: RoomId) -> Result<Room, StoreError> {
        load(&mut *self.pool.acquire().await?, room).await
    }

    /// Adds a room and gives back its key; the one in `new` is not looked at.
    ///
    /// # Errors
    /// [`StoreError::Taken`], [`StoreError::EmergencyNumber`] or [`StoreError::FeatureCode`] for its extension, [`StoreError::TooMany`],
    /// [`StoreError::NotFound`] for an unknown host.
    pub async fn add_room(&self, new: &Room) -> Result<RoomId, StoreError> {
        let mut tx = self.change().await?;
        super::room(&mut tx, "SELECT COUNT(*) AS n FROM rooms", "rooms", ROOMS_MAX).await?;
        extension::check(&mut tx, &new.extension, Owner::Nobody).await?;
        let insert = sqlx::query(
            "INSERT INTO rooms (name, extension, pin, waits_for_host, has_tones, members_max) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        );
        let added = RoomId(id(bind(insert, new).fetch_one(&mut *tx).await?.try_get("id")?));
        write_hosts(&mut tx, added, &new.hosts).await?;
        tx.done(Deed::of("room.added", &new.name, told(new))).await?;
        Ok(added)
    }

    /// Changes a room as it is now, so that two who change it at the same time do not undo each other's work; an error of `change` leaves it as
    /// it is.
    ///
    /// # Errors
    /// As [`Store::add_room`], and [`StoreError::NotFound`] for an unknown room.
    pub async fn change_room<E>(
        &self,
        room: RoomId,
        change: impl FnOnce(Room) -> Result<Room, E> + Send,
    ) -> Result<Result<Room, E>, StoreError> {
        let mut tx = self.change().await?;
        let before = load(&mut tx, room).await?;
        let changed = match change(before.clone()) {
            Ok(changed) => Room { id: room, ..changed },
            Err(why) => return Ok(Err(why)),
        };
        if before == changed {
            return Ok(Ok(changed));
        }
        extension::check(&mut tx, &changed.extension, Owner::Room(room)).await?;
        let update = sqlx::query(
            "UPDATE rooms SET name = $1, extension = $2, pin = $3, waits_for_host = $4, has_tones = $5, members_max = $6 WHERE id = $7",
        );
        bind(update, &changed).bind(key(room.0)).execute(&mut *tx).await?;
        let delete = sqlx::query("DELETE FROM room_hosts WHERE room_id = $1").bind(key(room.0));
        delete.execute(&mut *tx).await?;
        write_hosts(&mut tx, room, &changed.hosts).await?;
        let deed = Deed::changed("room.changed", &changed.name, &told(&before), &told(&changed));
        let has_new_pin = before.pin != changed.pin;
        tx.done(if has_new_pin { deed.with("pin", "changed") } else { deed }).await?;
        Ok(Ok(changed))
    }

    /// Removes a room.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_room(&self, room: RoomId) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let gone = load(&mut tx, room).await?;
        super::remove(&mut tx, "DELETE FROM rooms WHERE id = $1", "room", room.0).await?;
        tx.done(Deed::of("room.removed", &gone.name, told(&gone))).await
    }
}

async fn load_all(connection: &mut AnyConnection) -> Result<Vec<Room>, StoreError> {
    let rows = sqlx::query("SELECT * FROM room_hosts ORDER BY room_id, user_id")
        .fetch_all(&mut *connection)
        .await?;
    let mut hosts: BTreeMap<i64, Vec<UserId>> = BTreeMap::new();
    for row in &rows {
        hosts
            .entry(row.try_get("room_id")?)
            .or_default()
            .push(UserId(id(row.try_get("user_id")?)));
    }
    let rows = sqlx::query("SELECT * FROM rooms ORDER BY LENGTH(extension), extension")
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| room(row, hosts.remove(&row.try_get("id")?).unwrap_or_default()))
        .collect()
}

async fn load(connection: &mut AnyConnection, wanted: RoomId) -> Result<Room, StoreError> {
    let rooms = load_all(connection).await?;
    rooms.into_iter().find(|room| room.id == wanted).ok_or(StoreError::NotFound("room"))
}

type Query<'q> = sqlx::query::Query<'q, Any, <Any as sqlx::Database>::Arguments>;

/// All columns but the key, in the order of the statements.
fn bind<'q>(query: Query<'q>, room: &'q Room) -> Query<'q> {
    query
        .bind(&room.name)
        .bind(&room.extension)
        .bind(room.pin.as_deref())
        .bind(i64::from(room.waits_for_host))
        .bind(i64::from(room.has_tones))
        .bind(i64::from(room.members_max))
}

async fn write_hosts(tx: &mut AnyConnection, room: RoomId, hosts: &[UserId]) -> Result<(), StoreError> {
    if hosts.len() > HOSTS_MAX {
        return Err(StoreError::TooMany {
            what: "hosts",
            max: HOSTS_MAX,
        });
    }
    for host in hosts {
        super::user::load(&mut *tx, *host).await?;
        let insert = sqlx::query("INSERT INTO room_hosts (room_id, user_id) VALUES ($1, $2)")
            .bind(key(room.0))
            .bind(key(host.0));
        insert.execute(&mut *tx).await?;
    }
    Ok(())
}

/// Never the PIN itself.
fn told(room: &Room) -> Facts {
    facts(json!({
        "name": room.name, "extension": room.extension, "has_pin": room.pin.is_some(), "hosts": room.hosts.iter().map(|host| host.0).collect::<Vec<_>>(),
        "waits_for_host": room.waits_for_host, "has_tones": room.has_tones, "members_max": room.members_max,
    }))
}

fn room(row: &AnyRow, hosts: Vec<UserId>) -> Result<Room, StoreError> {
    Ok(Room {
        id: RoomId(id(row.try_get("id")?)),
        name: row.try_get("name")?,
        extension: row.try_get("extension")?,
        pin: row.try_get("pin")?,
        hosts,
        waits_for_host: row.try_get::<i64, _>("waits_for_host")? != 0,
        has_tones: row.try_get::<i64, _>("has_tones")? != 0,
        members_max: u16::try_from(row.try_get::<i64, _>("members_max")?).map_err(|_| StoreError::Strange("size of a room"))?,
    })
}
