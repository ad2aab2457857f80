//! Settings that the administration pages change, as name and text.

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
    /// When the database does not answer.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let upsert =
            sqlx::query("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
        upsert.bind(name).bind(value).execute(&mut *tx).await?;
        super::directory::count_up(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }
}
