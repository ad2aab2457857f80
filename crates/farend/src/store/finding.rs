//! What the doctor has found: its history, and what it knew when it looked last.

use doctor::evidence::{Evidence, UnixMs};
use doctor::finding::{Finding, Rule, Subject};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{Store, StoreError, id, key};

/// Findings that are kept at most.
const FINDINGS_MAX: i64 = 10_000;

/// A finding that was cleared so long ago is forgotten, in milliseconds.
const KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// Something that was wrong for a time, or still is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Its row; 0 before it has one.
    pub row: u64,
    /// What, as it was seen last.
    pub finding: Finding,
    /// Since when.
    pub since: UnixMs,
    /// Seen last.
    pub last_seen_at: UnixMs,
    /// Until when; `None`: it is still so.
    pub cleared_at: Option<UnixMs>,
}

/// What a running server knew when it looked last.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Then.
    pub looked_at: UnixMs,
    /// What was wrong.
    pub open: Vec<Kept>,
    /// By what that was found.
    pub evidence: Evidence,
}

/// Which findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingFilter {
    /// Only those with lesser rows.
    pub before: Option<u64>,
    /// Only those that break this rule.
    pub rule: Option<Rule>,
    /// Only those that are about this person.
    pub extension: Option<String>,
}

impl Store {
    /// Writes a finding that is new; gives its row. What is too old or too much is forgotten.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_finding(&self, kept: &Kept) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let insert = sqlx::query(
            "INSERT INTO findings (fault, rule, subject, extension, since, last_seen_at, cleared_at, finding) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        )
        .bind(json(&kept.finding.fault))
        .bind(kept.finding.fault.rule().id())
        .bind(json(&kept.finding.subject))
        .bind(extension(&kept.finding.subject).map(ToOwned::to_owned))
        .bind(kept.since.0)
        .bind(kept.last_seen_at.0)
        .bind(kept.cleared_at.map(|at| at.0))
        .bind(json(&kept.finding));
        let newest: i64 = insert.fetch_one(&mut *tx).await?.try_get("id")?;
        let prune = sqlx::query("DELETE FROM findings WHERE (cleared_at IS NOT NULL AND cleared_at < $1) OR id <= $2")
            .bind(kept.since.0 - KEPT_MS)
            .bind(newest - FINDINGS_MAX);
        prune.execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(id(newest))
    }

    /// Writes how a finding stands now: as it was seen last, and whether it is over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn change_finding(&self, kept: &Kept) -> Result<(), StoreError> {
        let update = sqlx::query("UPDATE findings SET last_seen_at = $1, cleared_at = $2, finding = $3 WHERE id = $4")
            .bind(kept.last_seen_at.0)
            .bind(kept.cleared_at.map(|at| at.0))
            .bind(json(&kept.finding))
            .bind(key(kept.row));
        update.execute(&self.pool).await?;
        Ok(())
    }

    /// Findings that nobody has cleared: what was wrong when the server stopped.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_findings(&self) -> Result<Vec<Kept>, StoreError> {
        let select = sqlx::query(
            "SELECT id, since, last_seen_at, cleared_at, finding FROM findings WHERE cleared_at IS NULL ORDER BY id DESC LIMIT 1000",
        );
        Ok(select.fetch_all(&self.pool).await?.iter().filter_map(kept).collect())
    }

    /// Findings, the newest first, at most `limit`; and what to give as `before` for older ones, where there may be some.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn findings(&self, filter: &FindingFilter, limit: u16) -> Result<(Vec<Kept>, Option<u64>), StoreError> {
        let select = sqlx::query(
            "SELECT id, since, last_seen_at, cleared_at, finding FROM findings \
             WHERE id < $1 AND ($2 = '' OR rule = $2) AND ($3 = '' OR extension = $3) ORDER BY id DESC LIMIT $4",
        )
        .bind(filter.before.map_or(i64::MAX, key))
        .bind(filter.rule.map_or("", Rule::id))
        .bind(filter.extension.clone().unwrap_or_default())
        .bind(i64::from(limit));
        let rows = select.fetch_all(&self.pool).await?;
        let last = rows.last().filter(|_| rows.len() == usize::from(limit));
        let next = last.map(|row| row.try_get("id")).transpose()?.map(id);
        // What a newer program has written, and this one does not know, is passed over.
        Ok((rows.iter().filter_map(kept).collect(), next))
    }

    /// Writes what is known now instead of what was known before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let upsert = sqlx::query(
            "INSERT INTO doctor_snapshot (id, looked_at, findings, evidence) VALUES (1, $1, $2, $3) \
             ON CONFLICT (id) DO UPDATE SET looked_at = excluded.looked_at, findings = excluded.findings, evidence = excluded.evidence",
        )
        .bind(snapshot.looked_at.0)
        .bind(json(&snapshot.open))
        .bind(json(&snapshot.evidence));
        upsert.execute(&self.pool).await?;
        Ok(())
    }

    /// What a server knew when it looked last; `None` where none ever has.
    ///
    /// # Errors
    /// When the database does not answer, or a newer program has written it.
    pub async fn snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        let select = sqlx::query("SELECT looked_at, findings, evidence FROM doctor_snapshot WHERE id = 1");
        let Some(row) = select.fetch_optional(&self.pool).await? else {
            return Ok(None);
        };
        let strange = |_| StoreError::Strange("look of the doctor");
        Ok(Some(Snapshot {
            looked_at: UnixMs(row.try_get("looked_at")?),
            open: serde_json::from_str(row.try_get("findings")?).map_err(strange)?,
            evidence: serde_json::from_str(row.try_get("evidence")?).map_err(strange)?,
        }))
    }
}

/// Whom a finding is about, where that is a person.
fn extension(subject: &Subject) -> Option<&str> {
    match subject {
        Subject::Network { extension, .. } | Subject::Person { extension } => Some(extension),
        Subject::Server | Subject::Trunk { .. } | Subject::Phone { .. } | Subject::Call { .. } => None,
    }
}

fn json(value: &impl Serialize) -> String {
    // Maps with other keys than texts alone fail; there are none.
    serde_json::to_string(value).unwrap_or_default()
}

fn kept(row: &AnyRow) -> Option<Kept> {
    let cleared_at: Option<i64> = row.try_get("cleared_at").ok()?;
    Some(Kept {
        row: id(row.try_get("id").ok()?),
        finding: serde_json::from_str(row.try_get("finding").ok()?).ok()?,
        since: UnixMs(row.try_get("since").ok()?),
        last_seen_at: UnixMs(row.try_get("last_seen_at").ok()?),
        cleared_at: cleared_at.map(UnixMs),
    })
}
