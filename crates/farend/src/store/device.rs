//! Browser phones and desk phones.

use model::{DeviceId, UserId};
use sip::agent::Ha1;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use switchboard::directory::DeviceKind;
use time::OffsetDateTime;

use super::name::{Label, SipUser};
use super::secret::Secret;
use super::{Store, StoreError, id, key, millis};

/// A phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The key.
    pub id: DeviceId,
    /// Whose it is.
    pub user: UserId,
    /// Browser or desk phone.
    pub kind: DeviceKind,
    /// Shown to its owner.
    pub label: String,
    /// User part of its SIP address.
    pub sip_user: String,
    /// Hashes of its secret; `None` when only a session of the app may use it.
    pub ha1: Option<Ha1>,
}

/// A phone to be added.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// Whose it is.
    pub user: UserId,
    /// Browser or desk phone.
    pub kind: DeviceKind,
    /// Shown to its owner.
    pub label: Label,
    /// User part of its SIP address.
    pub sip_user: SipUser,
}

impl Store {
    /// All devices, or those of one person.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn devices(&self, of: Option<UserId>) -> Result<Vec<Device>, StoreError> {
        let query = sqlx::query(
            "SELECT id, user_id, kind, label, sip_user, ha1_md5, ha1_sha256 FROM devices \
             WHERE $1 = 0 OR user_id = $1 ORDER BY user_id, id",
        );
        // Keys begin at 1.
        let rows = query.bind(of.map_or(0, |user| key(user.0))).fetch_all(&self.pool).await?;
        rows.iter().map(device).collect()
    }

    /// One device.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn device(&self, device_id: DeviceId) -> Result<Device, StoreError> {
        let query = sqlx::query("SELECT id, user_id, kind, label, sip_user, ha1_md5, ha1_sha256 FROM devices WHERE id = $1");
        let row = query.bind(key(device_id.0)).fetch_optional(&self.pool).await?;
        row.as_ref().map(device).ok_or(StoreError::NotFound("device"))?
    }

    /// Adds a device with its secret, of which only hashes are kept.
    ///
    /// # Errors
    /// [`StoreError::Taken`], [`StoreError::NotFound`] for an unknown user.
    pub async fn add_device(&self, new: &NewDevice, secret: &Secret, now: OffsetDateTime) -> Result<Device, StoreError> {
        let ha1 = secret.ha1(&new.sip_user);
        let mut tx = self.begin().await?;
        let owner = sqlx::query("SELECT id FROM users WHERE id = $1")
            .bind(key(new.user.0))
            .fetch_optional(&mut *tx)
            .await?;
        if owner.is_none() {
            return Err(StoreError::NotFound("user"));
        }
        let insert = sqlx::query(
            "INSERT INTO devices (user_id, kind, label, sip_user, ha1_md5, ha1_sha256, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             RETURNING id, user_id, kind, label, sip_user, ha1_md5, ha1_sha256",
        )
        .bind(key(new.user.0))
        .bind(kind_text(new.kind))
        .bind(new.label.as_str())
        .bind(new.sip_user.as_str())
        .bind(ha1.md5)
        .bind(ha1.sha256)
        .bind(millis(now));
        let added = device(&insert.fetch_one(&mut *tx).await?)?;
        super::directory::count_up(&mut tx).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Gives a device another secret.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_secret(&self, device_id: DeviceId, secret: &Secret) -> Result<(), StoreError> {
        let sip_user = SipUser::parse(&self.device(device_id).await?.sip_user).map_err(|_| StoreError::Strange("SIP user"))?;
        let ha1 = secret.ha1(&sip_user);
        let mut tx = self.begin().await?;
        let update = sqlx::query("UPDATE devices SET ha1_md5 = $1, ha1_sha256 = $2 WHERE id = $3");
        let update = update
            .bind(ha1.md5)
            .bind(ha1.sha256)
            .bind(key(device_id.0))
            .execute(&mut *tx)
            .await?;
        if update.rows_affected() == 0 {
            return Err(StoreError::NotFound("device"));
        }
        super::directory::count_up(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Removes a device.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_device(&self, device_id: DeviceId) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let delete = sqlx::query("DELETE FROM devices WHERE id = $1")
            .bind(key(device_id.0))
            .execute(&mut *tx)
            .await?;
        if delete.rows_affected() == 0 {
            return Err(StoreError::NotFound("device"));
        }
        super::directory::count_up(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn kind_text(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Browser => "browser",
        DeviceKind::DeskPhone => "desk_phone",
    }
}

fn device(row: &AnyRow) -> Result<Device, StoreError> {
    let kind = match row.try_get("kind")? {
        "browser" => DeviceKind::Browser,
        "desk_phone" => DeviceKind::DeskPhone,
        _ => return Err(StoreError::Strange("kind of device")),
    };
    let (md5, sha256): (Option<String>, Option<String>) = (row.try_get("ha1_md5")?, row.try_get("ha1_sha256")?);
    Ok(Device {
        id: DeviceId(id(row.try_get("id")?)),
        user: UserId(id(row.try_get("user_id")?)),
        kind,
        label: row.try_get("label")?,
        sip_user: row.try_get("sip_user")?,
        ha1: md5.zip(sha256).map(|(md5, sha256)| Ha1 { md5, sha256 }),
    })
}
