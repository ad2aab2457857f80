//! What the flight recorder keeps: a compressed text each ([`crate::flight`]).

use model::UserId;
use serde_json::json;
use sqlx::Row as _;
use time::{Duration, OffsetDateTime};

use super::audit::{self, Author, Deed, facts};
use super::{Store, StoreError, id, key, millis};

/// How long flights are kept.
const KEPT: Duration = Duration::days(14);
/// Flights at most.
const FLIGHTS_MAX: i64 = 10_000;
/// Bytes of all of them at most.
const BYTES_MAX: i64 = 200_000_000;

/// A flight, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFlight {
    /// The journal's name of the call.
    pub call: String,
    /// When the call began.
    pub begun_at: OffsetDateTime,
    /// The compressed story.
    pub story: Vec<u8>,
}

/// What somebody has done that lets others see into a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insight {
    /// Taken a support bundle.
    Bundle,
    /// Begun a capture.
    CaptureBegun,
    /// Taken a capture.
    CaptureTaken,
    /// Deleted a capture.
    CaptureDeleted,
}

impl Insight {
    fn action(self) -> &'static str {
        match self {
            Self::Bundle => "bundle.downloaded",
            Self::CaptureBegun => "capture.begun",
            Self::CaptureTaken => "capture.downloaded",
            Self::CaptureDeleted => "capture.deleted",
        }
    }
}

impl Store {
    /// Keeps flights. One that is there already is replaced.
    ///
    /// # Errors
    /// When the database does not answer or has no room.
    pub async fn keep_flights(&self, flights: &[KeptFlight]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for flight in flights {
            let insert = sqlx::query(
                "INSERT INTO flights (call_id, begun_at, bytes, story) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (call_id) DO UPDATE SET bytes = excluded.bytes, story = excluded.story",
            )
            .bind(&flight.call)
            .bind(millis(flight.begun_at))
            .bind(key(flight.story.len() as u64))
            .bind(&flight.story[..]);
            insert.execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The compressed story of a call.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn flight(&self, call: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let query = sqlx::query("SELECT story FROM flights WHERE call_id = $1").bind(call);
        let row = query.fetch_optional(&self.pool).await?;
        Ok(row.map(|row| row.try_get("story")).transpose()?)
    }

    /// Forgets flights that are too old or too many, the oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prune_flights(&self, now: OffsetDateTime) -> Result<(), StoreError> {
        self.prune_flights_to(now, FLIGHTS_MAX, BYTES_MAX).await
    }

    async fn prune_flights_to(&self, now: OffsetDateTime, flights_max: i64, bytes_max: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let old = sqlx::query("DELETE FROM flights WHERE begun_at < $1").bind(millis(now - KEPT));
        old.execute(&mut *tx).await?;
        let newest = sqlx::query("SELECT call_id, bytes FROM flights ORDER BY begun_at DESC, call_id DESC");
        let (mut flights, mut bytes) = (0, 0);
        for row in newest.fetch_all(&mut *tx).await? {
            flights += 1;
            bytes += row.try_get::<i64, _>("bytes")?;
            if flights > flights_max || bytes > bytes_max {
                let delete = sqlx::query("DELETE FROM flights WHERE call_id = $1").bind(row.try_get::<String, _>("call_id")?);
                delete.execute(&mut *tx).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Whether somebody was a party of a call.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn was_in_call(&self, user: UserId, call: &str) -> Result<bool, StoreError> {
        let query = sqlx::query("SELECT COUNT(*) AS n FROM call_users WHERE user_id = $1 AND call_id = $2");
        let row = query.bind(key(user.0)).bind(call).fetch_one(&self.pool).await?;
        Ok(id(row.try_get("n")?) > 0)
    }

    /// Notes in the audit log that somebody sees into a call, and why.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note_insight(
        &self,
        insight: Insight,
        subject: &str,
        is_open: bool,
        has_audio: bool,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        let details = facts(json!({ "unmasked": is_open, "with_audio": has_audio, "reason": reason }));
        let mut connection = self.pool.acquire().await?;
        audit::write(&mut connection, &Author::current(), &Deed::of(insight.action(), subject, details)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flight(number: i64, now: OffsetDateTime) -> KeptFlight {
        KeptFlight {
            call: format!("1-{number}"),
            begun_at: now - Duration::hours(number),
            story: vec![7; 10],
        }
    }

    #[tokio::test]
    async fn flights_are_kept_until_they_are_too_old_or_too_many() {
        let (store, now) = (Store::in_memory().await.unwrap(), OffsetDateTime::now_utc());
        let flights: Vec<_> = (0..10).map(|number| flight(number, now)).collect();
        store.keep_flights(&flights).await.unwrap();
        store.keep_flights(&flights[..1]).await.unwrap();
        assert_eq!(store.flight("1-3").await.unwrap(), Some(vec![7; 10]));
        let left = async |store: &Store| {
            let mut left = Vec::new();
            for number in 0..10 {
                if store.flight(&format!("1-{number}")).await.unwrap().is_some() {
                    left.push(number);
                }
            }
            left
        };
        store.prune_flights(now).await.unwrap();
        assert_eq!(left(&store).await.len(), 10);
        store.prune_flights_to(now, 8, 1_000).await.unwrap();
        assert_eq!(left(&store).await, [0, 1, 2, 3, 4, 5, 6, 7]);
        store.prune_flights_to(now, 8, 59).await.unwrap();
        assert_eq!(left(&store).await, [0, 1, 2, 3, 4]);
        store.prune_flights(now + KEPT - Duration::hours(2)).await.unwrap();
        assert_eq!(left(&store).await, [0, 1, 2]);
    }

    #[tokio::test]
    async fn who_sees_into_a_call_stands_in_the_audit_log() {
        let store = Store::in_memory().await.unwrap();
        store
            .note_insight(Insight::Bundle, "1-3", true, false, Some("ticket 12"))
            .await
            .unwrap();
        let log = store.audit(None, 1).await.unwrap();
        assert_eq!((log[0].action.as_str(), log[0].subject.as_str()), ("bundle.downloaded", "1-3"));
        assert_eq!(
            (&log[0].details["unmasked"], &log[0].details["reason"]),
            (&json!(true), &json!("ticket 12"))
        );
    }
}
