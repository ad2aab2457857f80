//! Which company a command is about, and who in it.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use model::UserId;

use crate::config::{Config, Database};
use crate::store::{DATABASE_FILE, Device, Store, StoreError, User};

/// Where the database is.
#[derive(Args)]
pub(super) struct Place {
    /// The configuration file of the server
    #[arg(long, value_name = "FILE", default_value = super::CONFIG)]
    config: PathBuf,
    /// A data directory instead of a configuration file, e.g. that of the demo company
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    data: Option<PathBuf>,
}

impl Place {
    /// Where the server keeps its files.
    pub(super) fn data_dir(&self) -> anyhow::Result<PathBuf> {
        match &self.data {
            Some(data) => Ok(data.clone()),
            None => Ok(Config::read(&self.config)?.data_dir),
        }
    }

    /// Where the key of the recordings is, when that is not the data directory.
    pub(super) fn recordings_key_file(&self) -> anyhow::Result<Option<PathBuf>> {
        match &self.data {
            Some(_) => Ok(None),
            None => Ok(Config::read(&self.config)?.recordings.key_file),
        }
    }

    /// Opens the database of a server that has run. As [`Place::open`], but makes none where there is none.
    pub(super) async fn open_existing(&self) -> anyhow::Result<Store> {
        if self.data.is_none() {
            let config = Config::read(&self.config)?;
            let file = config.data_dir.join(DATABASE_FILE);
            anyhow::ensure!(
                config.database != Database::Sqlite || file.is_file(),
                "there is no {}: no server has run with this configuration yet; start farend",
                file.display()
            );
        }
        self.open().await
    }

    /// Opens the database. A running server notices changes within ten seconds.
    pub(super) async fn open(&self) -> anyhow::Result<Store> {
        let (database, data_dir) = match &self.data {
            Some(data) if !data.is_dir() => bail!(
                "there is no folder {}; give the data directory of the server with --data",
                data.display()
            ),
            Some(data) if !data.join(DATABASE_FILE).is_file() => bail!(
                "there is no {DATABASE_FILE} in {}; give the data directory of a server that has run with --data",
                data.display()
            ),
            Some(data) => (Database::Sqlite, data.clone()),
            None => {
                let config = Config::read(&self.config)?;
                (config.database, config.data_dir)
            }
        };
        if database == Database::Sqlite {
            warn_about_owner(&data_dir);
        }
        Store::open(&database, &data_dir).await.context("cannot open the database")
    }
}

/// What one account writes, another one's server may not be able to read.
fn warn_about_owner(data_dir: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    let owner = std::fs::metadata(data_dir).map(|metadata| metadata.uid());
    if let Ok(owner) = owner
        && owner != rustix::process::geteuid().as_raw()
    {
        let warning = format!(
            "farend: {} belongs to another account (user id {owner}): the server may be unable to use what is written now; run this command as \
             that account, with sudo -u\n",
            data_dir.display()
        );
        // Nothing can be done about a closed standard error.
        let _closed = std::io::stderr().write_all(warning.as_bytes());
    }
}

/// The person with this extension or login.
pub(super) async fn user(store: &Store, name: &str) -> anyhow::Result<User> {
    let user = store.user_named(name).await?;
    user.with_context(|| format!("nobody has the extension or login {name}; `farend user list` shows everybody"))
}

/// The people with these extensions or logins, each once.
pub(super) async fn people(store: &Store, named: &[String]) -> anyhow::Result<Vec<UserId>> {
    let mut people = BTreeSet::new();
    for name in named {
        anyhow::ensure!(people.insert(user(store, name).await?.id), "{name} is named twice");
    }
    Ok(people.into_iter().collect())
}

/// What people are called, by their key.
pub(super) async fn names(store: &Store) -> anyhow::Result<impl Fn(UserId) -> String> {
    let users = store.users().await?;
    Ok(move |id| {
        let user = users.iter().find(|user| user.id == id);
        user.map_or_else(String::new, |user| user.extension.clone().unwrap_or_else(|| user.login.clone()))
    })
}

/// The device with this SIP user name.
pub(super) async fn device(store: &Store, sip_user: &str) -> anyhow::Result<Device> {
    let found = store.devices(None).await?.into_iter().find(|device| device.sip_user == sip_user);
    found.with_context(|| format!("no device has the SIP user name {sip_user}; `farend device list` shows all"))
}

/// Says what to do about a refusal of the database.
pub(super) fn explain(error: StoreError) -> anyhow::Error {
    match error {
        StoreError::Taken { field: "login" } => anyhow::anyhow!("the login is taken; choose another one with --login"),
        StoreError::Taken { field: "extension" } => {
            anyhow::anyhow!(
                "the extension is taken; choose another one (`farend user list`, `farend team list`, `farend room list` and `farend menu list` show all)"
            )
        }
        StoreError::Taken { field: "name" } => {
            anyhow::anyhow!("another trunk has this name; choose another one (`farend trunk list` shows all)")
        }
        StoreError::Taken { .. } => anyhow::anyhow!("the SIP user name is taken; choose another one with --sip-user"),
        StoreError::EmergencyNumber(number) => anyhow::anyhow!("{number} is an emergency number here; choose another extension"),
        StoreError::FeatureCode(number) => anyhow::anyhow!("{number} is the number of a feature; choose another extension"),
        StoreError::PinIsExtension => anyhow::anyhow!("the PIN is the extension itself; choose other digits"),
        StoreError::LastAdministrator => {
            anyhow::anyhow!("this is the last administrator; make somebody else one first (farend user add … --administrator)")
        }
        error @ (StoreError::Unavailable(_)
        | StoreError::DataDir { .. }
        | StoreError::Migration(_)
        | StoreError::NotFound(_)
        | StoreError::Busy
        | StoreError::Hashing(_)
        | StoreError::Strange(_)
        | StoreError::Overlap(_)
        | StoreError::Code(_)
        | StoreError::Dangling(_)
        | StoreError::InUse(_)
        | StoreError::OnlyDeskPhones
        | StoreError::InTeam
        | StoreError::TooMany { .. }) => error.into(),
    }
}

/// The first line of standard input.
pub(super) fn line_from_stdin() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin()
        .take(4_096)
        .read_to_string(&mut text)
        .context("cannot read standard input")?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
