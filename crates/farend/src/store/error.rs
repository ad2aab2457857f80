//! Why the store did not do what was asked.

use std::path::PathBuf;

use super::feature::Clash;
use super::menu::Dangling;

/// Why the store did not do what was asked. Messages carry their cause themselves.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or does not answer.
    #[error("the database does not answer: {0}")]
    Unavailable(sqlx::Error),
    /// The data directory cannot be created.
    #[error("cannot create the data directory {}: {cause}", path.display())]
    DataDir {
        /// Where.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The tables cannot be brought up to date.
    #[error("the database cannot be brought up to date: {0}; was it written by a newer farend?")]
    Migration(sqlx::migrate::MigrateError),
    /// Somebody else has that already.
    #[error("{field} is taken")]
    Taken {
        /// `login`, `extension`, `sip_user` or `name`.
        field: &'static str,
    },
    /// There is no such thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A number would be in two entries of which neither is a part of the other.
    #[error("numbers of {0} are there already")]
    Overlap(String),
    /// An extension would be an emergency number of the country.
    #[error("{0} is an emergency number here")]
    EmergencyNumber(String),
    /// An extension would be a star code that was given another name.
    #[error("{0} is the number of a feature")]
    FeatureCode(String),
    /// A feature's code would be something else that is dialled.
    #[error("{0}")]
    Code(Clash),
    /// A menu names something that is not there.
    #[error("{0}")]
    Dangling(Dangling),
    /// Something that others need cannot be removed.
    #[error("this {0} is in use")]
    InUse(&'static str),
    /// A PIN that everybody would try first.
    #[error("a PIN must not be the extension itself")]
    PinIsExtension,
    /// A browser phone is one person's.
    #[error("a browser phone belongs to one person; only desk phones can be shared, or nobody's")]
    OnlyDeskPhones,
    /// A phone that is a member of a team belongs to nobody.
    #[error("this phone is a member of a team: take it out of the team first")]
    InTeam,
    /// There is no room for another one.
    #[error("there are {max} {what} already")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        max: usize,
    },
    /// Nobody could administer the server any more.
    #[error("this is the last administrator")]
    LastAdministrator,
    /// Too many passwords are being checked at the same time.
    #[error("too many sign-ins at the same time")]
    Busy,
    /// Hashing a password failed; the operating system has no memory or no randomness.
    #[error("cannot hash the password: {0}")]
    Hashing(String),
    /// The database holds something that this program cannot have written.
    #[error("the database holds a strange {0}")]
    Strange(&'static str),
}

/// Unique constraints by both databases' names for them: SQLite tells the column, PostgreSQL the constraint.
const UNIQUE: [(&str, &str, &str); 7] = [
    ("users.login", "users_login_key", "login"),
    ("users.extension", "users_extension_key", "extension"),
    ("devices.sip_user", "devices_sip_user_key", "sip_user"),
    ("trunks.name", "trunks_name_key", "name"),
    ("teams.extension", "teams_extension_key", "extension"),
    ("rooms.extension", "rooms_extension_key", "extension"),
    ("menus.extension", "menus_extension_key", "extension"),
];

impl StoreError {
    /// Whether the database understood and said no to the content (as against being full, locked or away).
    pub(super) fn is_refusal(&self) -> bool {
        match self {
            Self::Unavailable(error) => error.as_database_error().is_some_and(|e| {
                e.is_unique_violation() || e.is_foreign_key_violation() || e.is_check_violation() ||
                // PostgreSQL class 22: data exception.
                e.code().is_some_and(|code| code.len() == 5 && code.starts_with("22"))
            }),
            Self::Taken { .. } | Self::NotFound(_) => true,
            Self::DataDir { .. }
            | Self::Migration(_)
            | Self::LastAdministrator
            | Self::Busy
            | Self::Hashing(_)
            | Self::Strange(_)
            | Self::Overlap(_)
            | Self::EmergencyNumber(_)
            | Self::FeatureCode(_)
            | Self::Code(_)
            | Self::Dangling(_)
            | Self::InUse(_)
            | Self::PinIsExtension
            | Self::OnlyDeskPhones
            | Self::InTeam
            | Self::TooMany { .. } => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let taken = error.as_database_error().filter(|e| e.is_unique_violation()).and_then(|e| {
            let (message, constraint) = (e.message(), e.constraint().unwrap_or_default());
            UNIQUE
                .iter()
                .find(|(column, name, _)| message.contains(column) || constraint == *name || message.contains(name))
        });
        match taken {
            Some((_, _, field)) => Self::Taken { field },
            None => Self::Unavailable(error),
        }
    }
}
