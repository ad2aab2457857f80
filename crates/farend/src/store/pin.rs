//! PINs, with which people log on at shared phones. Kept as passwords are.

use model::UserId;
use sqlx::Row as _;

use super::audit::Deed;
use super::name::Pin;
use super::{Store, StoreError, key};

impl Store {
    /// Gives a person a PIN, or takes it away: then they cannot log on at shared phones.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::PinIsExtension`].
    pub async fn set_pin(&self, user: UserId, pin: Option<&Pin>) -> Result<(), StoreError> {
        let hash = match pin {
            Some(pin) => Some(self.hasher.hash(pin.as_str()).await?),
            None => None,
        };
        let mut tx = self.change().await?;
        let known = super::user::load(&mut tx, user).await?;
        if pin.is_some_and(|pin| known.extension.as_deref() == Some(pin.as_str())) {
            return Err(StoreError::PinIsExtension);
        }
        let stored = sqlx::query("SELECT pin_hash FROM users WHERE id = $1").bind(key(user.0));
        let stored: Option<String> = stored.fetch_one(&mut *tx).await?.try_get("pin_hash")?;
        if hash.is_none() && stored.is_none() {
            return Ok(());
        }
        let update = sqlx::query("UPDATE users SET pin_hash = $1 WHERE id = $2")
            .bind(hash)
            .bind(key(user.0));
        update.execute(&mut *tx).await?;
        let action = if pin.is_some() { "user.pin_set" } else { "user.pin_removed" };
        tx.done(Deed::new(action, known)).await
    }

    /// Whether this is a person's PIN. It takes as long for somebody unknown, and for somebody without one.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when too many are checked at the same time.
    pub async fn check_pin(&self, user: UserId, pin: &str) -> Result<bool, StoreError> {
        let query = sqlx::query("SELECT pin_hash FROM users WHERE id = $1").bind(key(user.0));
        let row = query.fetch_optional(&self.pool).await?;
        let stored: Option<String> = row.map(|row| row.try_get("pin_hash")).transpose()?.flatten();
        self.hasher.verify(pin, stored.as_deref()).await
    }
}
