//! Links by which somebody who has no sign-in may run a check, for a day. What opens one is shown once; the database holds its SHA-256.

use std::fmt;

use data_encoding::HEXLOWER;
use model::UserId;
use rand::RngCore as _;
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use time::{Duration, OffsetDateTime};

use super::audit::Deed;
use super::name::Label;
use super::{Store, StoreError, id, key, millis, moment};

/// Links in force at most.
pub const CHECK_LINKS_MAX: usize = 100;
/// How long one works.
pub const LINK_LIFETIME: Duration = Duration::days(1);
/// 128 bits of chance.
const TOKEN_BYTES: usize = 16;

/// What opens a link. Never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

impl LinkToken {
    fn random() -> Self {
        let mut bytes = [0; TOKEN_BYTES];
        rand::rng().fill_bytes(&mut bytes);
        Self(HEXLOWER.encode(&bytes))
    }

    /// From a header; `None` for what cannot be one.
    #[must_use]
    pub fn presented(text: &str) -> Option<Self> {
        let is_one = text.len() == 2 * TOKEN_BYTES && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        is_one.then(|| Self(text.to_owned()))
    }

    /// The text, for the administrator who has made the link alone.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.0.as_bytes()))
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckLink {
    /// The key.
    pub id: u64,
    /// What the administrator calls it.
    pub label: String,
    /// Whose results these are: the person, their extension and name.
    pub user: Option<(UserId, String, String)>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// By whom.
    pub created_by: String,
    /// Until when it works.
    pub expires_at: OffsetDateTime,
    /// When it was opened first.
    pub used_at: Option<OffsetDateTime>,
}

const LINKS: &str = "SELECT l.id AS id, l.token_hash AS token_hash, l.label AS label, l.user_id AS user_id, p.extension AS extension, p.name AS name, \
     l.created_at AS created_at, l.created_by AS created_by, l.expires_at AS expires_at, l.used_at AS used_at \
     FROM check_links l LEFT JOIN people p ON p.id = l.user_id WHERE l.expires_at > $1";

impl Store {
    /// Makes a link, for somebody in particular or for whoever gets it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown person, [`StoreError::TooMany`].
    pub async fn add_check_link(
        &self,
        label: &Label,
        user: Option<UserId>,
        author: &str,
        now: OffsetDateTime,
    ) -> Result<(CheckLink, LinkToken), StoreError> {
        let token = LinkToken::random();
        let expires_at = now + LINK_LIFETIME;
        let mut tx = self.change_besides().await?;
        let forget = sqlx::query("DELETE FROM check_links WHERE expires_at <= $1").bind(millis(now));
        forget.execute(&mut *tx).await?;
        super::room(&mut tx, "SELECT COUNT(*) AS n FROM check_links", "links", CHECK_LINKS_MAX).await?;
        let user = match user {
            Some(user) => {
                let user = super::user::load(&mut tx, user).await?;
                Some((user.id, user.extension.unwrap_or_default(), user.name))
            }
            None => None,
        };
        let insert = sqlx::query(
            "INSERT INTO check_links (token_hash, label, user_id, created_at, created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        )
        .bind(token.hash())
        .bind(label.as_str())
        .bind(user.as_ref().map(|(user, ..)| key(user.0)))
        .bind(millis(now))
        .bind(author)
        .bind(millis(expires_at));
        let added: i64 = insert.fetch_one(&mut *tx).await?.try_get("id")?;
        let mut deed = Deed::new("check_link.added", label.as_str());
        if let Some((_, extension, name)) = &user {
            deed = deed.with("as_extension", extension.as_str()).with("as_name", name.as_str());
        }
        tx.done(deed).await?;
        let link = CheckLink {
            id: id(added),
            label: label.as_str().to_owned(),
            user,
            created_at: moment(millis(now)),
            created_by: author.to_owned(),
            expires_at: moment(millis(expires_at)),
            used_at: None,
        };
        Ok((link, token))
    }

    /// Links in force, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn check_links(&self, now: OffsetDateTime) -> Result<Vec<CheckLink>, StoreError> {
        let query = sqlx::AssertSqlSafe(format!("{LINKS} ORDER BY l.id DESC"));
        let rows = sqlx::query(query).bind(millis(now)).fetch_all(&self.pool).await?;
        rows.iter().map(link).collect()
    }

    /// The link that a token opens now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn check_link(&self, token: &LinkToken, now: OffsetDateTime) -> Result<Option<CheckLink>, StoreError> {
        let hash = token.hash();
        let query = sqlx::AssertSqlSafe(format!("{LINKS} AND l.token_hash = $2"));
        let row = sqlx::query(query).bind(millis(now)).bind(&hash).fetch_optional(&self.pool).await?;
        let Some(row) = row else { return Ok(None) };
        // An index may compare byte by byte; it has compared hashes, which tell nothing of the token. This holds whatever the database does.
        let known: &str = row.try_get("token_hash")?;
        let is_same = aws_lc_rs::constant_time::verify_slices_are_equal(known.as_bytes(), hash.as_bytes()).is_ok();
        is_same.then(|| link(&row)).transpose()
    }

    /// Somebody has opened a link; the first time that is noted, as the doing of whoever acts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn check_link_opened(&self, link: &CheckLink, address: &str, now: OffsetDateTime) -> Result<(), StoreError> {
        let mut tx = self.change_besides().await?;
        let update = sqlx::query("UPDATE check_links SET used_at = $1 WHERE id = $2 AND used_at IS NULL");
        let updated = update.bind(millis(now)).bind(key(link.id)).execute(&mut *tx).await?;
        if updated.rows_affected() == 0 {
            return tx.kept().await;
        }
        let mut deed = Deed::new("check_link.opened", &link.label).with("address", address);
        if let Some((_, extension, name)) = &link.user {
            deed = deed.with("as_extension", extension.as_str()).with("as_name", name.as_str());
        }
        tx.done(deed).await
    }

    /// Ends a link.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_check_link(&self, link: u64) -> Result<(), StoreError> {
        let mut tx = self.change_besides().await?;
        let remove = sqlx::query("DELETE FROM check_links WHERE id = $1 RETURNING label").bind(key(link));
        let row = remove.fetch_optional(&mut *tx).await?.ok_or(StoreError::NotFound("link"))?;
        let label: String = row.try_get("label")?;
        tx.done(Deed::new("check_link.removed", label)).await
    }
}

fn link(row: &AnyRow) -> Result<CheckLink, StoreError> {
    let user: Option<i64> = row.try_get("user_id")?;
    let extension: Option<String> = row.try_get("extension")?;
    let name: Option<String> = row.try_get("name")?;
    let used_at: Option<i64> = row.try_get("used_at")?;
    Ok(CheckLink {
        id: id(row.try_get("id")?),
        label: row.try_get("label")?,
        user: user.map(|user| (UserId(id(user)), extension.unwrap_or_default(), name.unwrap_or_default())),
        created_at: moment(row.try_get("created_at")?),
        created_by: row.try_get("created_by")?,
        expires_at: moment(row.try_get("expires_at")?),
        used_at: used_at.map(moment),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_128_bits_and_is_never_shown() {
        let token = LinkToken::random();
        assert_eq!(LinkToken::presented(token.reveal()), Some(token.clone()));
        assert_ne!(token, LinkToken::random());
        assert!(!format!("{token:?}").contains(token.reveal()));
        for text in ["", "0123456789abcdef", &"g".repeat(32), &"A".repeat(32), &"0".repeat(33)] {
            assert_eq!(LinkToken::presented(text), None, "{text}");
        }
    }
}
