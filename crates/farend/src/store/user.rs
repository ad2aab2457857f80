//! People.

use std::fmt;

use model::UserId;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use time::OffsetDateTime;

use super::audit::{Deed, Facts, facts};
use super::extension::{self, Owner};
use super::name::{Extension, Label, Login, Password, SipUser};
use super::session::SessionKey;
use super::{Store, StoreError, id, key, millis};

/// Browser phones that may be called after one extension.
const SAME_NAMES_MAX: u32 = 100;

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Telephones; sees oneself.
    User,
    /// Sees and changes everything.
    Administrator,
}

impl Role {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Administrator => "administrator",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        match text {
            "user" => Ok(Self::User),
            "administrator" => Ok(Self::Administrator),
            _ => Err(StoreError::Strange("role")),
        }
    }
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The key.
    pub id: UserId,
    /// What one signs in with besides the extension.
    pub login: String,
    /// Shown on displays.
    pub name: String,
    /// The number; `None` for people without a phone.
    pub extension: Option<String>,
    /// What this person may do.
    pub role: Role,
    /// Whether they can log on at shared phones.
    pub has_pin: bool,
}

/// For the audit log.
impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.extension.as_deref().unwrap_or(&self.login))
    }
}

/// A person to be added. With an extension comes a browser phone, `<extension>-web` (or `-web-2` and so on).
#[derive(Clone, Debug)]
pub struct NewUser {
    /// What one signs in with.
    pub login: Login,
    /// Shown on displays.
    pub name: Label,
    /// The number.
    pub extension: Option<Extension>,
    /// What this person may do.
    pub role: Role,
    /// For the first sign-in.
    pub password: Password,
}

/// What is to be changed about a person; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    /// What one signs in with.
    pub login: Option<Login>,
    /// Shown on displays.
    pub name: Option<Label>,
    /// The number; the inner `None` takes it away.
    pub extension: Option<Option<Extension>>,
    /// What this person may do.
    pub role: Option<Role>,
    /// A new password. Ends all sessions of this person.
    pub password: Option<Password>,
}

impl Store {
    /// Everybody, by extension, those without one last.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, login, name, extension, role, has_pin FROM people \
             ORDER BY CASE WHEN extension IS NULL THEN 1 ELSE 0 END, LENGTH(extension), extension, login",
        );
        rows.fetch_all(&self.pool).await?.iter().map(user).collect()
    }

    /// One person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn user(&self, user_id: UserId) -> Result<User, StoreError> {
        let query = sqlx::query("SELECT id, login, name, extension, role, has_pin FROM people WHERE id = $1").bind(key(user_id.0));
        query
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(user)
            .ok_or(StoreError::NotFound("user"))?
    }

    /// One person by extension or login.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn user_named(&self, name: &str) -> Result<Option<User>, StoreError> {
        if !is_storable(name) {
            return Ok(None);
        }
        let query = sqlx::query("SELECT id, login, name, extension, role, has_pin FROM people WHERE login = $1 OR extension = $2");
        let row = query.bind(name.to_lowercase()).bind(name).fetch_optional(&self.pool).await?;
        row.as_ref().map(user).transpose()
    }

    /// Who signs in with this name (extension or login) and password. Unknown names take as long as wrong passwords.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when too many try at the same time.
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<Option<User>, StoreError> {
        let query =
            sqlx::query("SELECT id, login, name, extension, role, password_hash, has_pin FROM people WHERE login = $1 OR extension = $2");
        let row = if is_storable(name) {
            query.bind(name.to_lowercase()).bind(name).fetch_optional(&self.pool).await?
        } else {
            None
        };
        let stored: Option<String> = row.as_ref().map(|row| row.try_get("password_hash")).transpose()?;
        let matches = self.hasher.verify(password, stored.as_deref()).await?;
        row.filter(|_| matches).as_ref().map(user).transpose()
    }

    /// Adds a person.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when login or extension belong to somebody else, [`StoreError::EmergencyNumber`], [`StoreError::FeatureCode`].
    pub async fn add_user(&self, new: &NewUser, now: OffsetDateTime) -> Result<User, StoreError> {
        let hash = self.hasher.hash(new.password.as_str()).await?;
        let mut tx = self.change().await?;
        if let Some(extension) = &new.extension {
            extension::check(&mut tx, extension.as_str(), Owner::Nobody).await?;
        }
        let insert = sqlx::query(
            "INSERT INTO users (login, name, extension, role, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
             RETURNING id, login, name, extension, role, 0 AS has_pin",
        )
        .bind(new.login.as_str())
        .bind(new.name.as_str())
        .bind(new.extension.as_ref().map(|e| e.as_str()))
        .bind(new.role.as_str())
        .bind(hash)
        .bind(millis(now));
        let added = user(&insert.fetch_one(&mut *tx).await?)?;
        if let Some(extension) = &new.extension {
            add_browser_phone(&mut tx, added.id, extension, now).await?;
        }
        tx.done(Deed::of("user.added", &added, told(&added))).await?;
        Ok(added)
    }

    /// Changes a person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Taken`], [`StoreError::EmergencyNumber`], [`StoreError::FeatureCode`], [`StoreError::LastAdministrator`].
    pub async fn change_user(&self, user_id: UserId, change: &UserChange, now: OffsetDateTime) -> Result<User, StoreError> {
        let hash = match &change.password {
            Some(password) => Some(self.hasher.hash(password.as_str()).await?),
            None => None,
        };
        let mut tx = self.change().await?;
        let mut changed = load(&mut tx, user_id).await?;
        if changed.role == Role::Administrator && change.role == Some(Role::User) {
            another_administrator(&mut tx, user_id).await?;
        }
        if let Some(Some(extension)) = &change.extension {
            extension::check(&mut tx, extension.as_str(), Owner::Person(user_id)).await?;
        }
        let before = changed.clone();
        apply(&mut changed, change);
        let update = sqlx::query(
            "UPDATE users SET login = $1, name = $2, extension = $3, role = $4, password_hash = COALESCE($5, password_hash) WHERE id = $6",
        )
        .bind(changed.login.as_str())
        .bind(changed.name.as_str())
        .bind(changed.extension.as_deref())
        .bind(changed.role.as_str())
        .bind(&hash)
        .bind(key(user_id.0));
        update.execute(&mut *tx).await?;
        if let Some(Some(extension)) = &change.extension {
            add_browser_phone(&mut tx, user_id, extension, now).await?;
        }
        if hash.is_some() {
            sqlx::query("DELETE FROM sessions WHERE user_id = $1")
                .bind(key(user_id.0))
                .execute(&mut *tx)
                .await?;
        }
        let deed = Deed::changed("user.changed", &changed, &told(&before), &told(&changed));
        tx.done(if hash.is_some() { deed.with("password", "changed") } else { deed })
            .await?;
        Ok(changed)
    }

    /// Gives a person another password and ends all sessions but the one that asked for it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn change_password(&self, user_id: UserId, password: &Password, but: &SessionKey) -> Result<(), StoreError> {
        let hash = self.hasher.hash(password.as_str()).await?;
        let mut tx = self.change_besides().await?;
        let known = load(&mut tx, user_id).await?;
        let update = sqlx::query("UPDATE users SET password_hash = $1 WHERE id = $2")
            .bind(hash)
            .bind(key(user_id.0));
        update.execute(&mut *tx).await?;
        let end = sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2")
            .bind(key(user_id.0))
            .bind(but.as_str());
        end.execute(&mut *tx).await?;
        tx.done(Deed::new("user.password_changed", known)).await
    }

    /// Removes a person with all sessions and devices; shared phones of theirs become nobody's. The journal keeps number and name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::LastAdministrator`].
    pub async fn remove_user(&self, user_id: UserId) -> Result<(), StoreError> {
        let mut tx = self.change().await?;
        let gone = load(&mut tx, user_id).await?;
        if gone.role == Role::Administrator {
            another_administrator(&mut tx, user_id).await?;
        }
        // Furniture stays in its room.
        sqlx::query("UPDATE devices SET user_id = NULL WHERE user_id = $1 AND shared IS NOT NULL")
            .bind(key(user_id.0))
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM users WHERE id = $1")
            .bind(key(user_id.0))
            .execute(&mut *tx)
            .await?;
        tx.done(Deed::of("user.removed", &gone, told(&gone))).await
    }
}

fn told(user: &User) -> Facts {
    facts(json!({ "login": user.login, "name": user.name, "extension": user.extension, "role": user.role.as_str() }))
}

fn apply(user: &mut User, change: &UserChange) {
    if let Some(login) = &change.login {
        login.as_str().clone_into(&mut user.login);
    }
    if let Some(name) = &change.name {
        name.as_str().clone_into(&mut user.name);
    }
    if let Some(extension) = &change.extension {
        user.extension = extension.as_ref().map(|e| e.as_str().to_owned());
    }
    user.role = change.role.unwrap_or(user.role);
}

pub(super) async fn load(tx: &mut AnyConnection, user_id: UserId) -> Result<User, StoreError> {
    let query = sqlx::query("SELECT id, login, name, extension, role, has_pin FROM people WHERE id = $1").bind(key(user_id.0));
    query
        .fetch_optional(&mut *tx)
        .await?
        .as_ref()
        .map(user)
        .ok_or(StoreError::NotFound("user"))?
}

async fn another_administrator(tx: &mut AnyConnection, than: UserId) -> Result<(), StoreError> {
    let query = sqlx::query("SELECT id FROM users WHERE role = 'administrator' AND id <> $1 LIMIT 1").bind(key(than.0));
    query.fetch_optional(&mut *tx).await?.map(drop).ok_or(StoreError::LastAdministrator)
}

/// Everybody with an extension has a browser phone; one who has one already keeps it.
async fn add_browser_phone(tx: &mut AnyConnection, user_id: UserId, extension: &Extension, now: OffsetDateTime) -> Result<(), StoreError> {
    let query = sqlx::query("SELECT id FROM devices WHERE user_id = $1 AND kind = 'browser' LIMIT 1").bind(key(user_id.0));
    if query.fetch_optional(&mut *tx).await?.is_some() {
        return Ok(());
    }
    let sip_user = free_sip_user(tx, &format!("{extension}-web")).await?;
    let insert = sqlx::query("INSERT INTO devices (user_id, kind, label, sip_user, created_at) VALUES ($1, 'browser', $2, $3, $4)")
        .bind(key(user_id.0))
        .bind("Browser")
        .bind(sip_user.as_str())
        .bind(millis(now));
    insert.execute(&mut *tx).await?;
    Ok(())
}

/// The name itself, or the first free one of `name-2`, `name-3` and so on: whoever had the extension before keeps a phone of that name.
async fn free_sip_user(tx: &mut AnyConnection, name: &str) -> Result<SipUser, StoreError> {
    let names = std::iter::once(name.to_owned()).chain((2..=SAME_NAMES_MAX).map(|number| format!("{name}-{number}")));
    for name in names {
        let query = sqlx::query("SELECT id FROM devices WHERE sip_user = $1").bind(&name);
        if query.fetch_optional(&mut *tx).await?.is_none() {
            return SipUser::parse(&name).map_err(|_| StoreError::Strange("extension"));
        }
    }
    Err(StoreError::Taken { field: "sip_user" })
}

/// Whether a text can be one of ours. PostgreSQL refuses a NUL with an error, and no name has a control character.
fn is_storable(name: &str) -> bool {
    !name.chars().any(char::is_control)
}

pub(super) fn user(row: &AnyRow) -> Result<User, StoreError> {
    Ok(User {
        id: UserId(id(row.try_get("id")?)),
        login: row.try_get("login")?,
        name: row.try_get("name")?,
        extension: row.try_get("extension")?,
        role: Role::parse(row.try_get("role")?)?,
        has_pin: row.try_get::<i64, _>("has_pin")? != 0,
    })
}
