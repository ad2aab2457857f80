//! Our numbers, and where calls to them go.

use model::TrunkId;
use numbers::Block;
use serde_json::json;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use switchboard::directory::Target;

use super::audit::{Deed, Facts, facts};
use super::{Store, StoreError, id, key};

/// Entries at most.
pub const NUMBERS_MAX: usize = 1_000;

/// An entry (the database's key).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NumberId(pub u64);

/// Where calls to some of our numbers go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundNumber {
    /// The key.
    pub id: NumberId,
    /// Only by this trunk; `None`: by any.
    pub trunk: Option<TrunkId>,
    /// Which numbers.
    pub block: Block,
    /// Where to.
    pub target: Target,
}

impl Store {
    /// All entries, in the order in which they were added.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn numbers(&self) -> Result<Vec<InboundNumber>, StoreError> {
        let rows = sqlx::query("SELECT id, trunk_id, block, target FROM inbound_numbers ORDER BY id");
        rows.fetch_all(&self.pool).await?.iter().map(number).collect()
    }

    /// Adds an entry; the key in `new` is not looked at. Inside another one it is an exception: the smaller one counts.
    ///
    /// # Errors
    /// [`StoreError::Overlap`] with another entry, [`StoreError::NotFound`] for an unknown trunk, [`StoreError::TooMany`].
    pub async fn add_number(&self, new: &InboundNumber) -> Result<NumberId, StoreError> {
        let mut tx = self.change().await?;
        super::room(&mut tx, "SELECT COUNT(*) AS n FROM inbound_numbers", "numbers", NUMBERS_MAX).await?;
        if let Some(trunk) = new.trunk {
            super::trunk_exists(&mut tx, trunk).await?;
        }
        let rows = sqlx::query("SELECT id, trunk_id, block, target FROM inbound_numbers ORDER BY id")
            .fetch_all(&mut *tx)
            .await?;
        let (mut direct, is_direct) = (0, new.target == Target::Extension);
        for row in &rows {
            let other = number(row)?;
            if other.block.clashes(&new.block) {
                return Err(StoreError::Overlap(other.block.to_string()));
            }
            direct += usize::from(other.target == Target::Extension);
        }
        if is_direct && direct >= numbers::BLOCKS_MAX {
            return Err(StoreError::TooMany {
                what: "blocks that lead to extensions",
                max: numbers::BLOCKS_MAX,
            });
        }
        let target = match &new.target {
            Target::Extension => None,
            Target::Number(number) => Some(number.as_str()),
        };
        let insert = sqlx::query("INSERT INTO inbound_numbers (trunk_id, block, target) VALUES ($1, $2, $3) RETURNING id")
            .bind(new.trunk.map(|trunk| key(trunk.0)))
            .bind(new.block.to_string())
            .bind(target);
        let added = NumberId(id(insert.fetch_one(&mut *tx).await?.try_get("id")?));
        tx.done(Deed::of("number.added", new.block, told(new))).await?;
        Ok(added)
    }

    /// Removes an entry.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_number(&self, number: NumberId) -> Result<(), StoreError> {
        let numbers = self.numbers().await?;
        let gone = numbers
            .into_iter()
            .find(|known| known.id == number)
            .ok_or(StoreError::NotFound("number"))?;
        let mut tx = self.change().await?;
        super::remove(&mut tx, "DELETE FROM inbound_numbers WHERE id = $1", "number", number.0).await?;
        tx.done(Deed::of("number.removed", gone.block, told(&gone))).await
    }
}

fn told(number: &InboundNumber) -> Facts {
    let target = match &number.target {
        Target::Extension => None,
        Target::Number(number) => Some(number),
    };
    facts(json!({ "trunk": number.trunk.map(|trunk| trunk.0), "to": target }))
}

fn number(row: &AnyRow) -> Result<InboundNumber, StoreError> {
    let trunk: Option<i64> = row.try_get("trunk_id")?;
    let target: Option<String> = row.try_get("target")?;
    let block = row.try_get::<&str, _>("block")?.parse();
    Ok(InboundNumber {
        id: NumberId(id(row.try_get("id")?)),
        trunk: trunk.map(|trunk| TrunkId(id(trunk))),
        block: block.map_err(|_| StoreError::Strange("block of numbers"))?,
        target: target.map_or(Target::Extension, Target::Number),
    })
}
