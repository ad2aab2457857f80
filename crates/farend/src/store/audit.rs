//! The audit log: who has changed what, when, and by which way. Lines are written with the change itself (see [`super::change`]).
//!
//! Who acts is not an argument of every store call: whoever lets people in (the API's guard, the command line) says it once with [`acting`],
//! for everything that happens inside. So no handler can forget it.

use std::fmt;

use model::UserId;
use serde_json::{Map, Value, json};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use time::{Duration, OffsetDateTime};

use super::{Store, StoreError, id, key, millis, moment};

/// How long lines are kept.
const KEPT: Duration = Duration::days(365);
/// Lines at most; the oldest give way.
const LINES_MAX: i64 = 200_000;
/// Lines of one person at most: whoever changes things all the time pushes out their own lines, not those of others.
const LINES_OF_ONE_MAX: i64 = 20_000;
/// Of the details of a line; longer ones are left out.
const DETAILS_BYTES_MAX: usize = 16 * 1024;
/// Of a name or subject.
const CHARS_MAX: usize = 200;

/// Which way somebody has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// Our web app.
    App,
    /// The REST interface, by a program.
    Api,
    /// A phone.
    Phone,
    /// The command line.
    CommandLine,
}

impl Via {
    fn word(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Api => "api",
            Self::Phone => "phone",
            Self::CommandLine => "command_line",
        }
    }

    fn parse(word: &str) -> Result<Self, StoreError> {
        match word {
            "app" => Ok(Self::App),
            "api" => Ok(Self::Api),
            "phone" => Ok(Self::Phone),
            "command_line" => Ok(Self::CommandLine),
            _ => Err(StoreError::Strange("way of an author")),
        }
    }
}

/// Who changes something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The person, where it is one of ours.
    pub user: Option<UserId>,
    /// Their name as it is now.
    pub name: String,
    /// How they have come.
    pub via: Via,
    /// Now.
    pub at: OffsetDateTime,
}

tokio::task_local! {
    static AUTHOR: Author;
}

/// Everything that the future changes is this author's doing.
pub async fn acting<T>(author: Author, work: impl Future<Output = T>) -> T {
    AUTHOR.scope(author, work).await
}

impl Author {
    /// Who is acting; outside of [`acting`] the account of the operating system that runs the program.
    pub(super) fn current() -> Self {
        AUTHOR.try_with(Self::clone).unwrap_or_else(|_nobody| Self::account())
    }

    /// Whoever has started this program.
    #[must_use]
    pub fn account() -> Self {
        let names = ["SUDO_USER", "USER", "LOGNAME"];
        let name = names
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()));
        Self {
            user: None,
            name: name.unwrap_or_else(|| format!("account {}", rustix::process::geteuid().as_raw())),
            via: Via::CommandLine,
            at: OffsetDateTime::now_utc(),
        }
    }
}

/// What has been done.
#[derive(Debug)]
pub(super) struct Deed {
    action: &'static str,
    subject: String,
    details: Facts,
}

/// What is true of something, by name, without any secret.
pub(super) type Facts = Map<String, Value>;

impl Deed {
    /// `action` is a noun and a past participle, such as `user.added`; `subject` names what it was done to, for people.
    pub(super) fn new(action: &'static str, subject: impl fmt::Display) -> Self {
        Self {
            action,
            subject: subject.to_string(),
            details: Facts::new(),
        }
    }

    /// Something new, or gone, and what it is, or was.
    pub(super) fn of(action: &'static str, subject: impl fmt::Display, facts: Facts) -> Self {
        Self {
            details: facts,
            ..Self::new(action, subject)
        }
    }

    /// Something that was changed: what is different now, as `{"from", "to"}`.
    pub(super) fn changed(action: &'static str, subject: impl fmt::Display, before: &Facts, after: &Facts) -> Self {
        let differs = |(name, value): &(&String, &Value)| before.get(*name) != Some(*value);
        let fact = |(name, value): (&String, &Value)| {
            let from = before.get(name).cloned().unwrap_or_default();
            (name.clone(), json!({ "from": from, "to": value }))
        };
        Self {
            details: after.iter().filter(differs).map(fact).collect(),
            ..Self::new(action, subject)
        }
    }

    /// One more detail.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }
}

/// The facts of a JSON object.
pub(super) fn facts(object: Value) -> Facts {
    match object {
        Value::Object(facts) => facts,
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            Facts::from_iter([("value".to_owned(), other)])
        }
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// The key; later lines have greater ones.
    pub id: u64,
    /// Who, when, by which way.
    pub author: Author,
    /// What was done, such as `user.added`.
    pub action: String,
    /// What it was done to, for people.
    pub subject: String,
    /// What it was or has become.
    pub details: Map<String, Value>,
}

impl Store {
    /// The newest lines, at most `limit`; with `before` only older ones than that.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit(&self, before: Option<u64>, limit: u16) -> Result<Vec<AuditEntry>, StoreError> {
        let query = sqlx::query(
            "SELECT id, at, by_user, by_name, via, action, subject, details FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2",
        );
        let query = query.bind(before.map_or(i64::MAX, key)).bind(i64::from(limit));
        query.fetch_all(&self.pool).await?.iter().map(entry).collect()
    }
}

/// Writes a line, and forgets what is too old or too much.
pub(super) async fn write(connection: &mut AnyConnection, author: &Author, deed: &Deed) -> Result<(), StoreError> {
    let mut details = serde_json::to_string(&deed.details).unwrap_or_default();
    if details.len() > DETAILS_BYTES_MAX {
        "{}".clone_into(&mut details);
    }
    let insert = sqlx::query(
        "INSERT INTO audit (at, by_user, by_name, via, action, subject, details) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
    )
    .bind(millis(author.at))
    .bind(author.user.map(|user| key(user.0)))
    .bind(short(&author.name))
    .bind(author.via.word())
    .bind(deed.action)
    .bind(short(&deed.subject))
    .bind(details);
    let newest: i64 = insert.fetch_one(&mut *connection).await?.try_get("id")?;
    let prune = sqlx::query("DELETE FROM audit WHERE at < $1 OR id <= $2")
        .bind(millis(author.at - KEPT))
        .bind(newest - LINES_MAX);
    prune.execute(&mut *connection).await?;
    let prune = sqlx::query(
        "DELETE FROM audit WHERE by_user = $1 AND id <= (SELECT id FROM audit WHERE by_user = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
    )
    .bind(author.user.map(|user| key(user.0)))
    .bind(LINES_OF_ONE_MAX);
    prune.execute(&mut *connection).await?;
    Ok(())
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(CHARS_MAX).collect()
}

fn entry(row: &AnyRow) -> Result<AuditEntry, StoreError> {
    let by_user: Option<i64> = row.try_get("by_user")?;
    let details: &str = row.try_get("details")?;
    Ok(AuditEntry {
        id: id(row.try_get("id")?),
        author: Author {
            user: by_user.map(|user| UserId(id(user))),
            name: row.try_get("by_name")?,
            via: Via::parse(row.try_get("via")?)?,
            at: moment(row.try_get("at")?),
        },
        action: row.try_get("action")?,
        subject: row.try_get("subject")?,
        details: serde_json::from_str(details).map_err(|_| StoreError::Strange("line of the audit log"))?,
    })
}
