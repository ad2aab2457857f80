//! Browser phones and desk phones.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use model::{DeviceId, UserId};
use serde_json::json;
use sip::agent::Ha1;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use switchboard::directory::{DeviceKind, LogOn, Rings};
use time::OffsetDateTime;

use super::audit::{Deed, Facts, facts};
use super::name::{Label, SipUser};
use super::secret::Secret;
use super::{Store, StoreError, id, key, millis};

/// People who are named for one shared phone at most; for more there is [`LogOn::Everybody`].
pub const PEOPLE_MAX: usize = 1_000;

/// A phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The key.
    pub id: DeviceId,
    /// Whose it is; `None`: it belongs to a place or to a team.
    pub user: Option<UserId>,
    /// Browser or desk phone.
    pub kind: DeviceKind,
    /// Who may log on there, of a shared phone.
    pub shared: Option<LogOn>,
    /// How it takes part when its person is called.
    pub rings: Rings,
    /// Shown to its owner.
    pub label: String,
    /// User part of its SIP address.
    pub sip_user: String,
    /// Hashes of its secret; `None` when only a session of the app may use it.
    pub ha1: Option<Ha1>,
}

/// For the audit log.
impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sip_user)
    }
}

/// A phone to be added.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// Whose it is.
    pub user: Option<UserId>,
    /// Browser or desk phone.
    pub kind: DeviceKind,
    /// Who may log on there, of a shared phone.
    pub shared: Option<LogOn>,
    /// Shown to its owner.
    pub label: Label,
    /// User part of its SIP address.
    pub sip_user: SipUser,
}

/// What is to be changed about a phone; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct DeviceChange {
    /// Shown to its owner.
    pub label: Option<Label>,
    /// Whose it is; the inner `None` makes it nobody's.
    pub user: Option<Option<UserId>>,
    /// Who may log on there; the inner `None` shares it no more.
    pub shared: Option<Option<LogOn>>,
    /// How it takes part when its person is called.
    pub rings: Option<Rings>,
}

impl Store {
    /// All devices, or those of one person.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn devices(&self, of: Option<UserId>) -> Result<Vec<Device>, StoreError> {
        let rows = sqlx::query("SELECT device_id, user_id FROM device_people")
            .fetch_all(&self.pool)
            .await?;
        let mut people: BTreeMap<i64, BTreeSet<UserId>> = BTreeMap::new();
        for row in &rows {
            let user = UserId(id(row.try_get("user_id")?));
            people.entry(row.try_get("device_id")?).or_default().insert(user);
        }
        // Keys begin at 1. Phones of nobody come last.
        let query = sqlx::query(
            "SELECT * FROM devices WHERE $1 = 0 OR user_id = $1 ORDER BY CASE WHEN user_id IS NULL THEN 1 ELSE 0 END, user_id, id",
        );
        let rows = query.bind(of.map_or(0, |user| key(user.0))).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| device(row, people.remove(&row.try_get("id")?).unwrap_or_default()))
            .collect()
    }

    /// One device.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn device(&self, device: DeviceId) -> Result<Device, StoreError> {
        load(&mut *self.pool.acquire().await?, device).await
    }

    /// Adds a device with its secret, of which only hashes are kept.
    ///
    /// # Errors
    /// [`StoreError::Taken`], [`StoreError::NotFound`] for an unknown user, [`StoreError::OnlyDeskPhones`], [`StoreError::TooMany`].
    pub async fn add_device(&self, new: &NewDevice, secret: &Secret, now: OffsetDateTime) -> Result<Device, StoreError> {
        let ha1 = secret.ha1(&new.sip_user);
        let mut tx = self.change().await?;
        check(&mut tx, new.kind, new.user, new.shared.as_ref()).await?;
        let insert = sqlx::query(
            "INSERT INTO devices (user_id, kind, label, sip_user, shared, ha1_md5, ha1_sha256, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        )
        .bind(new.user.map(|user| key(user.0)))
        .bind(kind_word(new.kind))
        .bind(new.label.as_str())
        .bind(new.sip_user.as_str())
        .bind(new.shared.as_ref().map(shared_word))
        .bind(ha1.md5)
        .bind(ha1.sha256)
        .bind(millis(now));
        let added = DeviceId(id(insert.fetch_one(&mut *tx).await?.try_get("id")?));
        write_people(&mut tx, added, new.shared.as_ref()).await?;
        let added = load(&mut tx, added).await?;
        tx.done(Deed::of("device.added", &added, told(&added))).await?;
        Ok(added)
    }

    /// Changes a device.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::OnlyDeskPhones`], [`StoreError::TooMany`].
    pub async fn change_device(&self, device: DeviceId, change: &DeviceChange) -> Result<Device, StoreError> {
        let mut tx = self.change().await?;
        let before = load(&mut tx, device).await?;
        let mut changed = before.clone();
        apply(&mut changed, change);
        if changed == before {
            return Ok(before);
        }
        check(&mut tx, changed.kind, changed.user, changed.shared.as_ref()).await?;
        if changed.user.is_some() && super::team::has_device(&mut tx, device).await? {
            return Err(StoreError::InTeam);
        }
        let (rings, rings_after_s) = rings_words(changed.rings);
        let update = sqlx::query("UPDATE devices SET label = $1, user_id = $2, shared = $3, rings = $4, rings_after_s = $5 WHERE id = $6")
            .bind(&changed.label)
            .bind(changed.user.map(|user| key(user.0)))
            .bind(changed.shared.as_ref().map(shared_word))
            .bind(rings)
            .bind(i64::from(rings_after_s))
            .bind(key(device.0));
        update.execute(&mut *tx).await?;
        write_people(&mut tx, device, changed.shared.as_ref()).await?;
        if changed.shared.is_none() {
            let leave = sqlx::query("DELETE FROM phone_seats WHERE device_id = $1").bind(key(device.0));
            leave.execute(&mut *tx).await?;
        }
        tx.done(Deed::changed("device.changed", &changed, &told(&before), &told(&changed)))
            .await?;
        Ok(changed)
    }

    /// Gives a device another secret.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_secret(&self, device: DeviceId, secret: &Secret) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let known = load(&mut tx, device).await?;
        let sip_user = SipUser::parse(&known.sip_user).map_err(|_| StoreError::Strange("SIP user"))?;
        let ha1 = secret.ha1(&sip_user);
        let update = sqlx::query("UPDATE devices SET ha1_md5 = $1, ha1_sha256 = $2 WHERE id = $3")
            .bind(ha1.md5)
            .bind(ha1.sha256)
            .bind(key(device.0));
        update.execute(&mut *tx).await?;
        tx.done(Deed::new("device.secret_changed", known)).await
    }

    /// Removes a device.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_device(&self, device: DeviceId) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let gone = load(&mut tx, device).await?;
        super::remove(&mut tx, "DELETE FROM devices WHERE id = $1", "device", device.0).await?;
        tx.done(Deed::of("device.removed", &gone, told(&gone))).await
    }
}

fn apply(device: &mut Device, change: &DeviceChange) {
    if let Some(label) = &change.label {
        label.as_str().clone_into(&mut device.label);
    }
    device.user = change.user.unwrap_or(device.user);
    if let Some(shared) = &change.shared {
        device.shared.clone_from(shared);
    }
    device.rings = change.rings.unwrap_or(device.rings);
}

/// Whether there is such an owner, and such people, and whether a phone of this kind may have them.
async fn check(tx: &mut AnyConnection, kind: DeviceKind, owner: Option<UserId>, shared: Option<&LogOn>) -> Result<(), StoreError> {
    if kind == DeviceKind::Browser && (owner.is_none() || shared.is_some()) {
        return Err(StoreError::OnlyDeskPhones);
    }
    let people = match shared {
        Some(LogOn::People(people)) if people.len() > PEOPLE_MAX => {
            return Err(StoreError::TooMany {
                what: "people of a shared phone",
                max: PEOPLE_MAX,
            });
        }
        Some(LogOn::People(people)) => people.iter().copied().collect(),
        Some(LogOn::Everybody) | None => Vec::new(),
    };
    for user in owner.into_iter().chain(people) {
        super::user::load(tx, user).await?;
    }
    Ok(())
}

async fn write_people(tx: &mut AnyConnection, device: DeviceId, shared: Option<&LogOn>) -> Result<(), StoreError> {
    let delete = sqlx::query("DELETE FROM device_people WHERE device_id = $1").bind(key(device.0));
    delete.execute(&mut *tx).await?;
    let Some(LogOn::People(people)) = shared else { return Ok(()) };
    for user in people {
        let insert = sqlx::query("INSERT INTO device_people (device_id, user_id) VALUES ($1, $2)")
            .bind(key(device.0))
            .bind(key(user.0));
        insert.execute(&mut *tx).await?;
    }
    Ok(())
}

async fn load(connection: &mut AnyConnection, device_id: DeviceId) -> Result<Device, StoreError> {
    let query = sqlx::query("SELECT user_id FROM device_people WHERE device_id = $1").bind(key(device_id.0));
    let rows = query.fetch_all(&mut *connection).await?;
    let people = rows.iter().map(|row| Ok(UserId(id(row.try_get("user_id")?))));
    let people = people.collect::<Result<_, StoreError>>()?;
    let query = sqlx::query("SELECT * FROM devices WHERE id = $1").bind(key(device_id.0));
    let row = query.fetch_optional(connection).await?;
    device(&row.ok_or(StoreError::NotFound("device"))?, people)
}

fn told(device: &Device) -> Facts {
    let (rings, rings_after_s) = rings_words(device.rings);
    let open_to = device.shared.as_ref().map(|shared| match shared {
        LogOn::Everybody => json!("everybody"),
        LogOn::People(people) => json!(people.iter().map(|user| user.0).collect::<Vec<_>>()),
    });
    facts(json!({
        "user_id": device.user.map(|user| user.0), "kind": kind_word(device.kind), "label": device.label, "open_to": open_to,
        "rings": rings, "rings_after_s": rings_after_s,
    }))
}

fn kind_word(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Browser => "browser",
        DeviceKind::DeskPhone => "desk_phone",
    }
}

fn shared_word(shared: &LogOn) -> &'static str {
    match shared {
        LogOn::Everybody => "everybody",
        LogOn::People(_) => "people",
    }
}

fn rings_words(rings: Rings) -> (&'static str, u16) {
    match rings {
        Rings::After { delay_s } => ("after", delay_s),
        Rings::WhenAnswered => ("when_answered", 0),
        Rings::Never => ("never", 0),
    }
}

fn device(row: &AnyRow, people: BTreeSet<UserId>) -> Result<Device, StoreError> {
    let kind = match row.try_get("kind")? {
        "browser" => DeviceKind::Browser,
        "desk_phone" => DeviceKind::DeskPhone,
        _ => return Err(StoreError::Strange("kind of device")),
    };
    let shared = match row.try_get::<Option<&str>, _>("shared")? {
        None => None,
        Some("everybody") => Some(LogOn::Everybody),
        Some("people") => Some(LogOn::People(people)),
        Some(_) => return Err(StoreError::Strange("way to share a device")),
    };
    let delay = u16::try_from(row.try_get::<i64, _>("rings_after_s")?);
    let rings = match row.try_get("rings")? {
        "after" => Rings::After {
            delay_s: delay.map_err(|_| StoreError::Strange("delay of a device"))?,
        },
        "when_answered" => Rings::WhenAnswered,
        "never" => Rings::Never,
        _ => return Err(StoreError::Strange("ringing of a device")),
    };
    let (md5, sha256): (Option<String>, Option<String>) = (row.try_get("ha1_md5")?, row.try_get("ha1_sha256")?);
    let user: Option<i64> = row.try_get("user_id")?;
    Ok(Device {
        id: DeviceId(id(row.try_get("id")?)),
        user: user.map(|user| UserId(id(user))),
        kind,
        shared,
        rings,
        label: row.try_get("label")?,
        sip_user: row.try_get("sip_user")?,
        ha1: md5.zip(sha256).map(|(md5, sha256)| Ha1 { md5, sha256 }),
    })
}
