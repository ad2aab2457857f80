//! From what the switchboard tells to rows. Every statement may be repeated: a commit whose answer got lost is tried again.

use model::{CallId, DeviceId, UserId};
use sqlx::{Any, Transaction};
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
}

/// Writes one entry.
pub(super) async fn write(tx: &mut Transaction<'static, Any>, run: RunId, stamped: &Stamped) -> Result<(), StoreError> {
    let at = millis(stamped.at);
    match &stamped.entry {
        JournalEntry::Started { call, caller, called } => started(tx, run, *call, caller, called, at).await,
        JournalEntry::Answered { call, device } => {
            let update = sqlx::query("UPDATE calls SET answered_at = $1, answered_device = $2 WHERE id = $3 AND answered_at IS NULL");
            update
                .bind(at)
                .bind(device.map(device_key))
                .bind(run.call(*call))
                .execute(&mut **tx)
                .await?;
            Ok(())
        }
        JournalEntry::Transferred { call, by, to } => transferred(tx, &run.call(*call), by, to, at).await,
        JournalEntry::Ended {
            call,
            outcome,
            reason,
            legs,
        } => {
            let quality = Quality::of(legs.iter().map(|(_, side, report)| (*side, &**report)));
            let quality = quality.and_then(|quality| serde_json::to_string(&quality).ok());
            let update = sqlx::query("UPDATE calls SET ended_at = $1, outcome = $2, end_reason = $3, quality = $4 WHERE id = $5");
            let update = update
                .bind(at)
                .bind(outcome_text(*outcome))
                .bind(*reason)
                .bind(quality)
                .bind(run.call(*call));
            update.execute(&mut **tx).await?;
            Ok(())
        }
    }
}

async fn started(
    tx: &mut Transaction<'static, Any>,
    run: RunId,
    call: CallId,
    caller: &Party,
    called: &Party,
    at: i64,
) -> Result<(), StoreError> {
    let insert = sqlx::query(
        "INSERT INTO calls (id, run_id, caller_user, caller_device, caller_number, caller_name, \
         called_user, called_device, called_number, called_name, started_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING",
    )
    .bind(run.call(call))
    .bind(key(run.0))
    .bind(caller.user.map(user_key))
    .bind(caller.device.map(device_key))
    .bind(text(&caller.number))
    .bind(text(&caller.name))
    .bind(called.user.map(user_key))
    .bind(called.device.map(device_key))
    .bind(text(&called.number))
    .bind(text(&called.name))
    .bind(at);
    insert.execute(&mut **tx).await?;
    for user in [caller.user, called.user].into_iter().flatten() {
        concerns(tx, user, &run.call(call)).await?;
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

async fn transferred(tx: &mut Transaction<'static, Any>, call: &str, by: &Party, to: &Party, at: i64) -> Result<(), StoreError> {
    // The time is the position: two transfers of one call are never in the same millisecond, and a repetition is the same one.
    let insert = sqlx::query(
        "INSERT INTO transfers (call_id, position, at, by_user, by_number, to_user, to_number, to_name) \
         VALUES ($1, $2, $2, $3, $4, $5, $6, $7) ON CONFLICT (call_id, position) DO NOTHING",
    )
    .bind(call)
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
