//! The only way to change what administrators decide: a change cannot be committed without saying, for the audit log, what was done.

use std::ops::{Deref, DerefMut};

use sqlx::{Any, AnyConnection, Transaction};

use super::audit::{Author, Deed};
use super::{Store, StoreError, audit};

/// A change under way. Dropped, it has not happened.
pub(super) struct Change(Transaction<'static, Any>);

impl Store {
    /// Begins a change of what [`Store::directory`] tells. On both databases such changes wait for each other, so that what one has looked at
    /// (whether a number is free) still holds when it writes.
    pub(super) async fn change(&self) -> Result<Change, StoreError> {
        let mut tx = self.begin().await?;
        // In one statement, which locks the row until the end: SQLite has locked everything already, PostgreSQL queues here.
        let count_up = sqlx::query("UPDATE settings SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE name = 'directory_version'");
        count_up.execute(&mut *tx).await?;
        Ok(Change(tx))
    }

    /// Begins a change that the directory does not tell of.
    pub(super) async fn change_besides(&self) -> Result<Change, StoreError> {
        Ok(Change(self.begin().await?))
    }
}

impl Change {
    /// Commits, with its line in the audit log.
    pub(super) async fn done(self, deed: Deed) -> Result<(), StoreError> {
        self.done_by(&Author::current(), deed).await
    }

    /// Commits what is no change for people: it only looks different in the tables.
    pub(super) async fn kept(self) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }

    /// The same for an author who is known otherwise.
    pub(super) async fn done_by(mut self, author: &Author, deed: Deed) -> Result<(), StoreError> {
        audit::write(&mut self.0, author, &deed).await?;
        self.0.commit().await?;
        Ok(())
    }
}

impl Deref for Change {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.0
    }
}

impl DerefMut for Change {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.0
    }
}
