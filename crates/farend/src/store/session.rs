//! Sessions of the app. The token is shown once; the database holds its SHA-256.

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;

use model::UserId;
use rand::RngCore as _;
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use time::{Duration, OffsetDateTime};

use super::user::{Role, User, user};
use super::{Store, StoreError, key, millis, moment};

/// A session that is not used for this long is over.
const LIFETIME: Duration = Duration::days(30);
/// How often a session in use is prolonged; keeps reading requests from writing.
const PROLONG: Duration = Duration::hours(1);
/// Sessions of one person at most; the one unused for longest gives way.
const PER_USER_MAX: i64 = 50;

/// The bearer token of a session: 256 random bits in hex. Never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    fn random() -> Self {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self(hex(&bytes))
    }

    /// From a header or cookie.
    #[must_use]
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text, for the client alone.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The session that it would open.
    #[must_use]
    pub fn key(&self) -> SessionKey {
        SessionKey(hex(&Sha256::digest(self.0.as_bytes())))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Names a session without opening it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionKey(String);

impl SessionKey {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A session that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Opens it.
    pub token: Token,
    /// When it ends unless used before.
    pub expires_at: OffsetDateTime,
    /// Older sessions of the same person that had to give way.
    pub gave_way: Vec<SessionKey>,
}

/// A session in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub key: SessionKey,
    /// Who is signed in.
    pub user: User,
    /// When it ends unless used before.
    pub expires_at: OffsetDateTime,
}

impl Store {
    /// Begins a session for somebody who has proved who it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_session(&self, user_id: UserId, now: OffsetDateTime) -> Result<Begun, StoreError> {
        let token = Token::random();
        let expires_at = now + LIFETIME;
        let mut tx = self.begin().await?;
        let prune = sqlx::query(
            "DELETE FROM sessions WHERE user_id = $1 AND token_hash NOT IN \
             (SELECT token_hash FROM sessions WHERE user_id = $1 ORDER BY used_at DESC LIMIT $2) RETURNING token_hash",
        );
        let gave_way = prune.bind(key(user_id.0)).bind(PER_USER_MAX - 1).fetch_all(&mut *tx).await?;
        let insert = sqlx::query("INSERT INTO sessions (token_hash, user_id, created_at, used_at, expires_at) VALUES ($1, $2, $3, $3, $4)");
        insert
            .bind(token.key().0)
            .bind(key(user_id.0))
            .bind(millis(now))
            .bind(millis(expires_at))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Begun {
            token,
            expires_at,
            gave_way: gave_way.iter().map(session_key).collect::<Result<_, _>>()?,
        })
    }

    /// The session of a token, prolonged; `None` when there is none or it is over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session(&self, token: &Token, now: OffsetDateTime) -> Result<Option<Session>, StoreError> {
        let query = sqlx::query(
            "SELECT u.id AS id, u.login AS login, u.name AS name, u.extension AS extension, u.role AS role, \
             u.has_pin AS has_pin, s.used_at AS used_at, s.expires_at AS expires_at \
             FROM sessions s JOIN people u ON u.id = s.user_id WHERE s.token_hash = $1 AND s.expires_at > $2",
        );
        let session_key = token.key();
        let Some(row) = query.bind(&session_key.0).bind(millis(now)).fetch_optional(&self.pool).await? else {
            return Ok(None);
        };
        let mut expires_at = moment(row.try_get("expires_at")?);
        if now - moment(row.try_get("used_at")?) >= PROLONG {
            expires_at = now + LIFETIME;
            let update = sqlx::query("UPDATE sessions SET used_at = $1, expires_at = $2 WHERE token_hash = $3");
            update
                .bind(millis(now))
                .bind(millis(expires_at))
                .bind(&session_key.0)
                .execute(&self.pool)
                .await?;
        }
        Ok(Some(Session {
            key: session_key,
            user: user(&row)?,
            expires_at,
        }))
    }

    /// What a session's user may do; `None` when it is over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_role(&self, session: &SessionKey, now: OffsetDateTime) -> Result<Option<Role>, StoreError> {
        let query = sqlx::query(
            "SELECT u.role AS role FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1 AND s.expires_at > $2",
        );
        let row = query.bind(&session.0).bind(millis(now)).fetch_optional(&self.pool).await?;
        row.map(|row| Role::parse(row.try_get("role")?)).transpose()
    }

    /// All sessions in force, and what their users may do.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sessions_in_force(&self, now: OffsetDateTime) -> Result<BTreeMap<SessionKey, Role>, StoreError> {
        let query = sqlx::query(
            "SELECT s.token_hash AS token_hash, u.role AS role FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.expires_at > $1",
        );
        let rows = query.bind(millis(now)).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| Ok((session_key(row)?, Role::parse(row.try_get("role")?)?)))
            .collect()
    }

    /// Ends a session; nothing happens when it is over already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_session(&self, session: &SessionKey) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
            .bind(&session.0)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Forgets sessions that are over, and tells which.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn remove_expired_sessions(&self, now: OffsetDateTime) -> Result<Vec<SessionKey>, StoreError> {
        let delete = sqlx::query("DELETE FROM sessions WHERE expires_at <= $1 RETURNING token_hash");
        let rows = delete.bind(millis(now)).fetch_all(&self.pool).await?;
        rows.iter().map(session_key).collect()
    }
}

fn session_key(row: &AnyRow) -> Result<SessionKey, StoreError> {
    Ok(SessionKey(row.try_get("token_hash")?))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
