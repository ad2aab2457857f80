//! Announcements that administrators have uploaded.

use model::AnnouncementId;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::audit::{Deed, Facts, facts};
use super::{Store, StoreError, id, key, menu};
use crate::sounds::Clip;

/// Announcements at most.
pub const ANNOUNCEMENTS_MAX: usize = 200;
/// Minutes of all of them together at most: they lie in memory, encoded for every codec, once for all media threads.
pub const ANNOUNCED_MINUTES_MAX: usize = 60;

/// An announcement, without its sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The key.
    pub id: AnnouncementId,
    /// For administrators.
    pub name: String,
    /// How long it is, in milliseconds.
    pub duration_ms: u32,
}

impl Store {
    /// All announcements, by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn announcements(&self) -> Result<Vec<Announcement>, StoreError> {
        let query = sqlx::query("SELECT id, name, duration_ms FROM announcements ORDER BY name, id");
        query.fetch_all(&self.pool).await?.iter().map(announcement).collect()
    }

    /// The sound of one, Ogg Opus.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn announcement_audio(&self, wanted: AnnouncementId) -> Result<Vec<u8>, StoreError> {
        let query = sqlx::query("SELECT audio FROM announcements WHERE id = $1").bind(key(wanted.0));
        let row = query
            .fetch_optional(&self.pool)
            .await?
            .ok_or(StoreError::NotFound("announcement"))?;
        Ok(row.try_get("audio")?)
    }

    /// Adds one.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] announcements, or minutes of them.
    pub async fn add_announcement(&self, name: &str, clip: &Clip) -> Result<Announcement, StoreError> {
        let mut tx = self.change().await?;
        let count = "SELECT COUNT(*) AS n FROM announcements";
        super::room(&mut tx, count, "announcements", ANNOUNCEMENTS_MAX).await?;
        let insert = sqlx::query("INSERT INTO announcements (name, duration_ms, audio) VALUES ($1, $2, $3) RETURNING id")
            .bind(name.to_owned())
            .bind(i64::from(clip.duration_ms))
            .bind(clip.ogg.clone());
        let added = Announcement {
            id: AnnouncementId(id(insert.fetch_one(&mut *tx).await?.try_get("id")?)),
            name: name.to_owned(),
            duration_ms: clip.duration_ms,
        };
        check_minutes(&mut tx).await?;
        count_up(&mut tx).await?;
        tx.done(Deed::of("announcement.added", name, told(&added))).await?;
        Ok(added)
    }

    /// Gives one another name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn rename_announcement(&self, wanted: AnnouncementId, name: &str) -> Result<Announcement, StoreError> {
        let mut tx = self.change().await?;
        let before = load(&mut tx, wanted).await?;
        let after = Announcement {
            name: name.to_owned(),
            ..before.clone()
        };
        if before == after {
            return Ok(after);
        }
        let update = sqlx::query("UPDATE announcements SET name = $1 WHERE id = $2")
            .bind(name.to_owned())
            .bind(key(wanted.0));
        update.execute(&mut *tx).await?;
        let deed = Deed::changed("announcement.changed", name, &told(&before), &told(&after));
        tx.done(deed).await?;
        Ok(after)
    }

    /// Gives one another sound.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::TooMany`] minutes.
    pub async fn replace_announcement(&self, wanted: AnnouncementId, clip: &Clip) -> Result<Announcement, StoreError> {
        let mut tx = self.change().await?;
        let before = load(&mut tx, wanted).await?;
        let after = Announcement {
            duration_ms: clip.duration_ms,
            ..before.clone()
        };
        let update = sqlx::query("UPDATE announcements SET duration_ms = $1, audio = $2 WHERE id = $3")
            .bind(i64::from(clip.duration_ms))
            .bind(clip.ogg.clone())
            .bind(key(wanted.0));
        update.execute(&mut *tx).await?;
        check_minutes(&mut tx).await?;
        count_up(&mut tx).await?;
        let deed = Deed::changed("announcement.changed", &after.name, &told(&before), &told(&after)).with("audio", "changed");
        tx.done(deed).await?;
        Ok(after)
    }

    /// Removes one.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::InUse`] while a menu needs it.
    pub async fn remove_announcement(&self, wanted: AnnouncementId) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let gone = load(&mut tx, wanted).await?;
        let menus = menu::load_all(&mut tx).await?;
        if menus.iter().any(|menu| menu::announcements_of(menu).any(|needed| needed == wanted)) {
            return Err(StoreError::InUse("announcement"));
        }
        super::remove(&mut tx, "DELETE FROM announcements WHERE id = $1", "announcement", wanted.0).await?;
        count_up(&mut tx).await?;
        tx.done(Deed::of("announcement.removed", &gone.name, told(&gone))).await
    }

    /// Counts up with every change of what can be heard.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sounds_version(&self) -> Result<u64, StoreError> {
        let version = self.setting("sounds_version").await?;
        version
            .and_then(|text| text.parse().ok())
            .ok_or(StoreError::Strange("version of what can be heard"))
    }
}

/// Whether there is such an announcement.
pub(super) async fn exists(tx: &mut AnyConnection, wanted: AnnouncementId) -> Result<(), StoreError> {
    load(tx, wanted).await.map(drop)
}

/// What can be heard is another now.
pub(super) async fn count_up(tx: &mut AnyConnection) -> Result<(), StoreError> {
    let count_up = sqlx::query("UPDATE settings SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE name = 'sounds_version'");
    count_up.execute(tx).await?;
    Ok(())
}

async fn load(connection: &mut AnyConnection, wanted: AnnouncementId) -> Result<Announcement, StoreError> {
    let query = sqlx::query("SELECT id, name, duration_ms FROM announcements WHERE id = $1").bind(key(wanted.0));
    let found = query.fetch_optional(connection).await?;
    found.as_ref().map(announcement).ok_or(StoreError::NotFound("announcement"))?
}

async fn check_minutes(tx: &mut AnyConnection) -> Result<(), StoreError> {
    let query = sqlx::query("SELECT CAST(SUM(duration_ms) AS BIGINT) AS n FROM announcements");
    let all_ms: i64 = query.fetch_one(tx).await?.try_get("n")?;
    if id(all_ms) > ANNOUNCED_MINUTES_MAX as u64 * 60_000 {
        return Err(StoreError::TooMany {
            what: "minutes of announcements",
            max: ANNOUNCED_MINUTES_MAX,
        });
    }
    Ok(())
}

fn told(announcement: &Announcement) -> Facts {
    facts(json!({ "name": announcement.name, "duration_ms": announcement.duration_ms }))
}

fn announcement(row: &AnyRow) -> Result<Announcement, StoreError> {
    Ok(Announcement {
        id: AnnouncementId(id(row.try_get("id")?)),
        name: row.try_get("name")?,
        duration_ms: u32::try_from(row.try_get::<i64, _>("duration_ms")?).map_err(|_| StoreError::Strange("announcement"))?,
    })
}
