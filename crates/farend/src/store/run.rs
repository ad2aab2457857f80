//! The times that the server ran, with a sign of life, so that the journal can tell when a crash cut calls off.

use sqlx::Row as _;
use time::OffsetDateTime;

use super::{Store, StoreError, id, key, millis};

/// One time that the server ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunId(pub(super) u64);

impl RunId {
    /// Runs are numbered from 1 in each database.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

impl Store {
    /// Begins a run. Calls that an earlier run left open become `interrupted`, at that run's last sign of life (or at
    /// their own last event, should that be later).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_run(&self, now: OffsetDateTime) -> Result<RunId, StoreError> {
        let mut tx = self.begin().await?;
        let interrupted = sqlx::query(
            "UPDATE calls SET outcome = 'interrupted', end_reason = 'the server stopped', ended_at = \
             CASE WHEN COALESCE((SELECT alive_at FROM runs WHERE runs.id = calls.run_id), 0) > COALESCE(answered_at, started_at) \
             THEN (SELECT alive_at FROM runs WHERE runs.id = calls.run_id) ELSE COALESCE(answered_at, started_at) END \
             WHERE ended_at IS NULL",
        );
        interrupted.execute(&mut *tx).await?;
        sqlx::query("UPDATE runs SET ended_at = alive_at WHERE ended_at IS NULL")
            .execute(&mut *tx)
            .await?;
        let insert = sqlx::query("INSERT INTO runs (started_at, alive_at) VALUES ($1, $1) RETURNING id").bind(millis(now));
        let run = RunId(id(insert.fetch_one(&mut *tx).await?.try_get("id")?));
        tx.commit().await?;
        Ok(run)
    }

    /// The run that has begun last.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn newest_run(&self) -> Result<Option<RunId>, StoreError> {
        let row = sqlx::query("SELECT MAX(id) AS newest FROM runs").fetch_one(&self.pool).await?;
        Ok(row.try_get::<Option<i64>, _>("newest")?.map(|newest| RunId(id(newest))))
    }

    /// A sign of life.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep_alive(&self, run: RunId, now: OffsetDateTime) -> Result<(), StoreError> {
        let update = sqlx::query("UPDATE runs SET alive_at = $1 WHERE id = $2")
            .bind(millis(now))
            .bind(key(run.0));
        update.execute(&self.pool).await?;
        Ok(())
    }

    /// The server stops in good order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_run(&self, run: RunId, now: OffsetDateTime) -> Result<(), StoreError> {
        let update = sqlx::query("UPDATE runs SET alive_at = $1, ended_at = $1 WHERE id = $2")
            .bind(millis(now))
            .bind(key(run.0));
        update.execute(&self.pool).await?;
        Ok(())
    }
}
