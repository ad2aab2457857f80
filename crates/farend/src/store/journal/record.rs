//! From what the switchboard tells to rows. Every statement may be repeated: a commit whose answer got lost is tried again.

use std::collections::BTreeSet;

use model::{CallId, DeviceId, UserId};
use sqlx::{Any, AssertSqlSafe, Transaction};
use switchboard::core::{JournalEntry, Outcome, Party};
use time::OffsetDateTime;

use super::quality::Quality;
use crate::store::run::RunId;
use crate::store::{StoreError, key, millis};

/// Letters kept of a name or number that came from a peer.
const TEXT_MAX: usize = 128;

/// An entry with the time of the wall clock.
#[derive(Clone, Debug)]
pub(super) struct Stamped {
    pub(super) at: OffsetDateTime,
    pub(super) entry: JournalEntry,
}

impl RunId {
    /// The journal's name for a call of this run.
    #[must_use]
    pub fn call(self, call: CallId) -> String {
        format!("{}-{}", self.0, call.0)
    }

    /// The call of this run that has this name.
    #[must_use]
    pub fn parse_call(self, name: &str) -> Option<CallId> {
        let (_run, call) = name.split_once('-')?;
        // Written in one way only.
        call.parse().ok().map(CallId).filter(|call| self.call(*call) == name)
    }
}

/// Writes entries of any number of calls, each call's in order. One statement does many rows: what costs is the way to the database and
/// back, not the row.
pub(super) async fn write(tx: &mut Transaction<'static, Any>, run: RunId, batch: &[Stamped]) -> Result<(), StoreError> {
    // A call starts, is answered, handed on, and ends in this order; so may the statements.
    started(tx, run, batch).await?;
    answered(tx, run, batch).await?;
    let mut positions = BTreeSet::new();
    for stamped in batch {
        match &stamped.entry {
            JournalEntry::Transferred { call, by, to } => {
                let position = position(&mut positions, *call, stamped);
                transferred(tx, &run.call(*call), by, to, (position, millis(stamped.at))).await?;
            }
            JournalEntry::Forwarded { call, by, to } => {
                let (name, position) = (run.call(*call), position(&mut positions, *call, stamped));
                transferred(tx, &name, by, to, (position, millis(stamped.at))).await?;
                if let Some(user) = by.user {
                    concerns(tx, user, &name).await?;
                }
            }
            JournalEntry::Emergency { call, location } => called_for_help(tx, &run.call(*call), location.as_deref()).await?,
            JournalEntry::Started { .. } | JournalEntry::Answered { .. } | JournalEntry::Ended { .. } => {}
        }
    }
    ended(tx, run, batch).await
}

/// Rows of one statement at most; both databases take some thousand parameters.
const ROWS_MAX: usize = 32;

/// So many rows of placeholders, numbered through: `($1, $2), ($3, $4)`, each cast to the type of its column where `types` has one.
fn rows(count: usize, types: &[&str]) -> String {
    let row = |row: usize| {
        let places = types.iter().enumerate().map(|(column, kind)| {
            let place = row * types.len() + column + 1;
            if kind.is_empty() {
                format!("${place}")
            } else {
                format!("CAST(${place} AS {kind})")
            }
        });
        format!("({})", places.collect::<Vec<_>>().join(", "))
    };
    (0..count).map(row).collect::<Vec<_>>().join(", ")
}

async fn started(tx: &mut Transaction<'static, Any>, run: RunId, batch: &[Stamped]) -> Result<(), StoreError> {
    let entries: Vec<(CallId, &Party, &Party, i64)> = batch
        .iter()
        .filter_map(|stamped| match &stamped.entry {
            JournalEntry::Started { call, caller, called } => Some((*call, caller, called, millis(stamped.at))),
            JournalEntry::Answered { .. }
            | JournalEntry::Transferred { .. }
            | JournalEntry::Forwarded { .. }
            | JournalEntry::Emergency { .. }
            | JournalEntry::Ended { .. } => None,
        })
        .collect();
    for entries in entries.chunks(ROWS_MAX) {
        let sql = format!(
            "INSERT INTO calls (id, run_id, caller_user, caller_device, caller_number, caller_name, \
             called_user, called_device, called_number, called_name, started_at) VALUES {} ON CONFLICT (id) DO NOTHING",
            rows(entries.len(), &[""; 11])
        );
        let mut insert = sqlx::query(AssertSqlSafe(sql));
        for (call, caller, called, at) in entries {
            insert = insert
                .bind(run.call(*call))
                .bind(key(run.0))
                .bind(caller.user.map(user_key))
                .bind(caller.device.map(device_key))
                .bind(text(&caller.number))
                .bind(text(&caller.name))
                .bind(called.user.map(user_key))
                .bind(called.device.map(device_key))
                .bind(text(&called.number))
                .bind(text(&called.name))
                .bind(*at);
        }
        insert.execute(&mut **tx).await?;
    }
    let concerned: Vec<(UserId, i64, CallId)> = entries
        .iter()
        .flat_map(|(call, caller, called, at)| [caller.user, called.user].into_iter().flatten().map(|user| (user, *at, *call)))
        .collect();
    for concerned in concerned.chunks(ROWS_MAX) {
        let sql = format!(
            "INSERT INTO call_users (user_id, started_at, call_id) VALUES {} ON CONFLICT (user_id, started_at, call_id) DO NOTHING",
            rows(concerned.len(), &[""; 3])
        );
        let mut insert = sqlx::query(AssertSqlSafe(sql));
        for (user, at, call) in concerned {
            insert = insert.bind(user_key(*user)).bind(*at).bind(run.call(*call));
        }
        insert.execute(&mut **tx).await?;
    }
    Ok(())
}

async fn answered(tx: &mut Transaction<'static, Any>, run: RunId, batch: &[Stamped]) -> Result<(), StoreError> {
    let entries: Vec<(CallId, Option<DeviceId>, i64)> = batch
        .iter()
        .filter_map(|stamped| match &stamped.entry {
            JournalEntry::Answered { call, device } => Some((*call, *device, millis(stamped.at))),
            JournalEntry::Started { .. }
            | JournalEntry::Transferred { .. }
            | JournalEntry::Forwarded { .. }
            | JournalEntry::Emergency { .. }
            | JournalEntry::Ended { .. } => None,
        })
        .collect();
    for entries in entries.chunks(ROWS_MAX) {
        // Both databases call the columns of VALUES so.
        let sql = format!(
            "UPDATE calls SET answered_at = news.column2, answered_device = news.column3 FROM (VALUES {}) AS news \
             WHERE calls.id = news.column1 AND answered_at IS NULL",
            rows(entries.len(), &["TEXT", "BIGINT", "BIGINT"])
        );
        let mut update = sqlx::query(AssertSqlSafe(sql));
        for (call, device, at) in entries {
            update = update.bind(run.call(*call)).bind(*at).bind(device.map(device_key));
        }
        update.execute(&mut **tx).await?;
    }
    Ok(())
}

async fn ended(tx: &mut Transaction<'static, Any>, run: RunId, batch: &[Stamped]) -> Result<(), StoreError> {
    let entries: Vec<_> = batch
        .iter()
        .filter_map(|stamped| match &stamped.entry {
            JournalEntry::Ended {
                call,
                outcome,
                reason,
                legs,
            } => Some((*call, *outcome, *reason, legs, millis(stamped.at))),
            JournalEntry::Started { .. }
            | JournalEntry::Answered { .. }
            | JournalEntry::Transferred { .. }
            | JournalEntry::Forwarded { .. }
            | JournalEntry::Emergency { .. } => None,
        })
        .collect();
    for entries in entries.chunks(ROWS_MAX) {
        let sql = format!(
            "UPDATE calls SET ended_at = news.column2, outcome = news.column3, end_reason = news.column4, quality = news.column5 \
             FROM (VALUES {}) AS news WHERE calls.id = news.column1",
            rows(entries.len(), &["TEXT", "BIGINT", "TEXT", "TEXT", "TEXT"])
        );
        let mut update = sqlx::query(AssertSqlSafe(sql));
        for (call, outcome, reason, legs, at) in entries {
            let quality = Quality::of(legs.iter().map(|(_, side, report)| (*side, &**report)));
            let quality = quality.and_then(|quality| serde_json::to_string(&quality).ok());
            update = update
                .bind(run.call(*call))
                .bind(*at)
                .bind(outcome_text(*outcome))
                .bind(*reason)
                .bind(quality);
        }
        update.execute(&mut **tx).await?;
    }
    Ok(())
}

/// From now on the call stands in this person's journal.
async fn concerns(tx: &mut Transaction<'static, Any>, user: UserId, call: &str) -> Result<(), StoreError> {
    let insert = sqlx::query(
        "INSERT INTO call_users (user_id, started_at, call_id) SELECT $1, started_at, id FROM calls WHERE id = $2 \
         ON CONFLICT (user_id, started_at, call_id) DO NOTHING",
    );
    insert.bind(user_key(user)).bind(call).execute(&mut **tx).await?;
    Ok(())
}

/// Where a transfer stands among those of its call: its time, or a little after that where several people have forwarded a call at once. A repetition is
/// the same one.
fn position(taken: &mut BTreeSet<(CallId, i64)>, call: CallId, stamped: &Stamped) -> i64 {
    let mut position = millis(stamped.at);
    while !taken.insert((call, position)) {
        position += 1;
    }
    position
}

async fn transferred(
    tx: &mut Transaction<'static, Any>,
    call: &str,
    by: &Party,
    to: &Party,
    (position, at): (i64, i64),
) -> Result<(), StoreError> {
    let insert = sqlx::query(
        "INSERT INTO transfers (call_id, position, at, by_user, by_number, to_user, to_number, to_name) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (call_id, position) DO NOTHING",
    )
    .bind(call)
    .bind(position)
    .bind(at)
    .bind(by.user.map(user_key))
    .bind(text(&by.number))
    .bind(to.user.map(user_key))
    .bind(text(&to.number))
    .bind(text(&to.name));
    insert.execute(&mut **tx).await?;
    if let Some(user) = to.user {
        concerns(tx, user, call).await?;
    }
    Ok(())
}

/// From now on the call is one for help.
async fn called_for_help(tx: &mut Transaction<'static, Any>, call: &str, location: Option<&str>) -> Result<(), StoreError> {
    let update = sqlx::query("UPDATE calls SET emergency = 1, location = $2 WHERE id = $1");
    update.bind(call).bind(location.map(str::to_owned)).execute(&mut **tx).await?;
    Ok(())
}

/// Names and numbers come from peers: no control characters (PostgreSQL refuses NUL), no novels.
fn text(from_peer: &str) -> String {
    from_peer.chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect()
}

fn user_key(user: UserId) -> i64 {
    key(user.0)
}

fn device_key(device: DeviceId) -> i64 {
    key(device.0)
}

fn outcome_text(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::NoAnswer => "no_answer",
        Outcome::Busy => "busy",
        Outcome::Refused => "refused",
        Outcome::Cancelled => "cancelled",
        Outcome::Failed => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_through() {
        assert_eq!(rows(2, &["", ""]), "($1, $2), ($3, $4)");
        assert_eq!(rows(1, &["TEXT", "BIGINT"]), "(CAST($1 AS TEXT), CAST($2 AS BIGINT))");
    }
}
