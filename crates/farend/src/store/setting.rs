//! Settings that the administration pages change, as name and text.

use sqlx::AnyConnection;

use super::audit::Deed;
use super::{Store, StoreError};

impl Store {
    /// A setting; `None` when nobody has changed it from its default.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        use sqlx::Row as _;
        let row = sqlx::query("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|row| row.try_get("value")).transpose()?)
    }

    /// Changes a setting. The switchboard learns of it with the next directory.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the code of a feature: [`Store::set_feature_code`] looks whether it is free.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        if name.starts_with("feature.") {
            return Err(StoreError::NotFound("setting"));
        }
        let mut tx = self.change().await?;
        upsert(&mut tx, name, value).await?;
        tx.done(Deed::new("setting.changed", name).with("to", value)).await
    }

    /// Notes something that the program itself has to find again. It stands in no log: it may be a secret.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note(&self, name: &str, value: &str) -> Result<(), StoreError> {
        upsert(&mut *self.pool.acquire().await?, name, value).await
    }
}

/// Writes a setting.
pub(super) async fn upsert(connection: &mut AnyConnection, name: &str, value: &str) -> Result<(), StoreError> {
    let upsert = sqlx::query("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    upsert.bind(name.to_owned()).bind(value.to_owned()).execute(connection).await?;
    Ok(())
}

/// From now on the default counts.
pub(super) async fn forget(connection: &mut AnyConnection, name: &str) -> Result<(), StoreError> {
    let delete = sqlx::query("DELETE FROM settings WHERE name = $1").bind(name.to_owned());
    delete.execute(connection).await?;
    Ok(())
}
