//! Pick-up groups, and where calls are parked.

use std::collections::BTreeMap;

use model::UserId;
use serde_json::json;
use sqlx::{AnyConnection, Row as _};
use switchboard::directory::{Parking, PickUpGroup, PickUpGroupId};

use super::audit::{Deed, Facts, facts};
use super::{Store, StoreError, id, key};

/// Pick-up groups at most.
pub const PICK_UP_GROUPS_MAX: usize = 500;
/// Members of a pick-up group at most.
pub const PICK_UP_MEMBERS_MAX: usize = 200;

impl Store {
    /// All pick-up groups, in the order in which they were added.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pick_up_groups(&self) -> Result<Vec<PickUpGroup>, StoreError> {
        load_all(&mut *self.pool.acquire().await?).await
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn pick_up_group(&self, group: PickUpGroupId) -> Result<PickUpGroup, StoreError> {
        load(&mut *self.pool.acquire().await?, group).await
    }

    /// Adds a group and gives back its key; the one in `new` is not looked at.
    ///
    /// # Errors
    /// [`StoreError::TooMany`], [`StoreError::NotFound`] for an unknown member.
    pub async fn add_pick_up_group(&self, new: &PickUpGroup) -> Result<PickUpGroupId, StoreError> {
        let mut tx = self.change().await?;
        let count = "SELECT COUNT(*) AS n FROM pick_up_groups";
        super::room(&mut tx, count, "pick-up groups", PICK_UP_GROUPS_MAX).await?;
        let insert = sqlx::query("INSERT INTO pick_up_groups (name) VALUES ($1) RETURNING id").bind(new.name.clone());
        let added = PickUpGroupId(id(insert.fetch_one(&mut *tx).await?.try_get("id")?));
        write_members(&mut tx, added, &new.members).await?;
        tx.done(Deed::of("pick_up_group.added", &new.name, told(new))).await?;
        Ok(added)
    }

    /// Changes a group as it is now, so that two who change it at the same time do not undo each other's work; an error of `change` leaves it as
    /// it is.
    ///
    /// # Errors
    /// As [`Store::add_pick_up_group`], and [`StoreError::NotFound`] for an unknown group.
    pub async fn change_pick_up_group<E>(
        &self,
        group: PickUpGroupId,
        change: impl FnOnce(PickUpGroup) -> Result<PickUpGroup, E> + Send,
    ) -> Result<Result<PickUpGroup, E>, StoreError> {
        let mut tx = self.change().await?;
        let before = load(&mut tx, group).await?;
        let changed = match change(before.clone()) {
            Ok(changed) => PickUpGroup { id: group, ..changed },
            Err(why) => return Ok(Err(why)),
        };
        if before == changed {
            return Ok(Ok(changed));
        }
        let update = sqlx::query("UPDATE pick_up_groups SET name = $1 WHERE id = $2")
            .bind(changed.name.clone())
            .bind(key(group.0));
        update.execute(&mut *tx).await?;
        let delete = sqlx::query("DELETE FROM pick_up_members WHERE group_id = $1").bind(key(group.0));
        delete.execute(&mut *tx).await?;
        write_members(&mut tx, group, &changed.members).await?;
        let deed = Deed::changed("pick_up_group.changed", &changed.name, &told(&before), &told(&changed));
        tx.done(deed).await?;
        Ok(Ok(changed))
    }

    /// Removes a group.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_pick_up_group(&self, group: PickUpGroupId) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let gone = load(&mut tx, group).await?;
        super::remove(&mut tx, "DELETE FROM pick_up_groups WHERE id = $1", "pick-up group", group.0).await?;
        tx.done(Deed::of("pick_up_group.removed", &gone.name, told(&gone))).await
    }

    /// Where calls are parked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn parking(&self) -> Result<Parking, StoreError> {
        parking(&mut *self.pool.acquire().await?).await
    }

    /// Decides it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_parking(&self, wanted: Parking) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let before = parking(&mut tx).await?;
        if before == wanted {
            return Ok(());
        }
        let update = sqlx::query("UPDATE parking SET slots = $1, rings_back_after_s = $2 WHERE id = 1")
            .bind(i64::from(wanted.slots))
            .bind(i64::from(wanted.rings_back_after_s));
        update.execute(&mut *tx).await?;
        let facts_of = |parking: Parking| facts(json!({ "slots": parking.slots, "rings_back_after_s": parking.rings_back_after_s }));
        let deed = Deed::changed("parking.changed", "parking", &facts_of(before), &facts_of(wanted));
        tx.done(deed).await
    }
}

async fn load_all(connection: &mut AnyConnection) -> Result<Vec<PickUpGroup>, StoreError> {
    let rows = sqlx::query("SELECT * FROM pick_up_members ORDER BY group_id, user_id")
        .fetch_all(&mut *connection)
        .await?;
    let mut members: BTreeMap<i64, Vec<UserId>> = BTreeMap::new();
    for row in &rows {
        members
            .entry(row.try_get("group_id")?)
            .or_default()
            .push(UserId(id(row.try_get("user_id")?)));
    }
    let rows = sqlx::query("SELECT * FROM pick_up_groups ORDER BY id")
        .fetch_all(connection)
        .await?;
    let group = |row: &sqlx::any::AnyRow| {
        let group: i64 = row.try_get("id")?;
        Ok(PickUpGroup {
            id: PickUpGroupId(id(group)),
            name: row.try_get("name")?,
            members: members.remove(&group).unwrap_or_default(),
        })
    };
    rows.iter().map(group).collect()
}

async fn load(connection: &mut AnyConnection, wanted: PickUpGroupId) -> Result<PickUpGroup, StoreError> {
    let groups = load_all(connection).await?;
    let found = groups.into_iter().find(|group| group.id == wanted);
    found.ok_or(StoreError::NotFound("pick-up group"))
}

async fn write_members(tx: &mut AnyConnection, group: PickUpGroupId, members: &[UserId]) -> Result<(), StoreError> {
    if members.len() > PICK_UP_MEMBERS_MAX {
        return Err(StoreError::TooMany {
            what: "members",
            max: PICK_UP_MEMBERS_MAX,
        });
    }
    for member in members {
        super::user::load(&mut *tx, *member).await?;
        let insert = sqlx::query("INSERT INTO pick_up_members (group_id, user_id) VALUES ($1, $2)")
            .bind(key(group.0))
            .bind(key(member.0));
        insert.execute(&mut *tx).await?;
    }
    Ok(())
}

async fn parking(connection: &mut AnyConnection) -> Result<Parking, StoreError> {
    let row = sqlx::query("SELECT * FROM parking WHERE id = 1").fetch_one(connection).await?;
    let strange = || StoreError::Strange("parking");
    Ok(Parking {
        slots: u8::try_from(row.try_get::<i64, _>("slots")?).map_err(|_| strange())?,
        rings_back_after_s: u16::try_from(row.try_get::<i64, _>("rings_back_after_s")?).map_err(|_| strange())?,
    })
}

fn told(group: &PickUpGroup) -> Facts {
    facts(json!({ "name": group.name, "members": group.members.iter().map(|user| user.0).collect::<Vec<_>>() }))
}
