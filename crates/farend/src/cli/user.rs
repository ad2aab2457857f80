//! `farend user …`

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::json;
use time::OffsetDateTime;

use super::place::{Place, explain, line_from_stdin, user};
use crate::store::name::{Extension, Label, Login, Password, Pin};
use crate::store::{NewUser, Role, Secret, Store, User, UserChange};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Adds a person with a browser phone; prints the password that was made up for the first sign-in
    #[command(after_help = "Example:\n  farend user add 104 \"Dora Doe\" --login dora")]
    Add {
        /// The extension
        #[arg(value_name = "EXT")]
        extension: String,
        /// The name on displays
        name: String,
        /// What one signs in with besides the extension [default: made of the name]
        #[arg(long)]
        login: Option<String>,
        /// May see and change everything
        #[arg(long)]
        administrator: bool,
        /// Takes the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Lists everybody
    #[command(after_help = "Example:\n  farend user list --json")]
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Removes a person with all devices; the journal stays
    #[command(after_help = "Example:\n  farend user remove 104")]
    Remove {
        /// Extension or login
        #[arg(value_name = "EXT")]
        who: String,
        #[command(flatten)]
        place: Place,
    },
    /// Gives a person a new password, made up unless given, and ends all sessions
    #[command(after_help = "Example:\n  echo correct-horse | farend user password 104 --password-stdin")]
    Password {
        /// Extension or login
        #[arg(value_name = "EXT")]
        who: String,
        /// Takes the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Gives a person the PIN for shared phones, made up unless given
    #[command(after_help = "Example:\n  farend user pin 104\n  echo 4826 | farend user pin 104 --stdin")]
    Pin {
        /// Extension or login
        #[arg(value_name = "EXT")]
        who: String,
        /// Takes the PIN from the first line of standard input
        #[arg(long)]
        stdin: bool,
        /// Takes the PIN away
        #[arg(long, conflicts_with = "stdin")]
        remove: bool,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
}

pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add {
            extension,
            name,
            login,
            administrator,
            password_stdin,
            json,
            place,
        } => {
            let (password, made_up) = password(password_stdin)?;
            let store = place.open().await?;
            let new = NewUser {
                login: login_for(&store, login.as_deref(), &name, &extension).await?,
                name: Label::parse(&name).context("the name cannot be used")?,
                extension: Some(Extension::parse(&extension).with_context(|| format!("{extension} is not an extension"))?),
                role: if administrator { Role::Administrator } else { Role::User },
                password,
            };
            let added = store.add_user(&new, OffsetDateTime::now_utc()).await.map_err(explain)?;
            print_added(&added, made_up.as_ref(), json)
        }
        Command::List { json, place } => {
            let users = place.open().await?.users().await?;
            if json {
                return super::print_json(&json!({ "users": users.iter().map(as_json).collect::<Vec<_>>() }));
            }
            super::print(&users.iter().map(as_line).collect::<String>())
        }
        Command::Remove { who, place } => {
            let store = place.open().await?;
            let found = user(&store, &who).await?;
            store.remove_user(found.id).await.map_err(explain)?;
            super::print(&format!("Removed {}.\n", found.name))
        }
        Command::Password {
            who,
            password_stdin,
            json,
            place,
        } => {
            let (password, made_up) = password(password_stdin)?;
            let store = place.open().await?;
            let found = user(&store, &who).await?;
            let change = UserChange {
                password: Some(password),
                ..UserChange::default()
            };
            store
                .change_user(found.id, &change, OffsetDateTime::now_utc())
                .await
                .map_err(explain)?;
            print_added(&found, made_up.as_ref(), json)
        }
        Command::Pin {
            who,
            stdin,
            remove,
            json,
            place,
        } => {
            let given = if stdin {
                Some(Pin::parse(&line_from_stdin()?).context("the PIN cannot be used")?)
            } else {
                None
            };
            let store = place.open().await?;
            let found = user(&store, &who).await?;
            let made_up = (given.is_none() && !remove).then(|| pin_for(&found));
            let pin = given.as_ref().or(made_up.as_ref());
            store.set_pin(found.id, pin).await.map_err(explain)?;
            print_pin(&found, pin.is_some(), made_up.as_ref(), json)
        }
    }
}

/// One that is not the extension.
fn pin_for(user: &User) -> Pin {
    loop {
        let pin = Pin::random();
        if user.extension.as_deref() != Some(pin.as_str()) {
            return pin;
        }
    }
}

fn print_pin(user: &User, has_pin: bool, made_up: Option<&Pin>, json: bool) -> anyhow::Result<()> {
    let shown = made_up.map(Pin::as_str);
    if json {
        let mut value = as_json(user);
        value["has_pin"] = json!(has_pin);
        value["pin"] = json!(shown);
        return super::print_json(&value);
    }
    let told = match shown {
        Some(pin) => format!("PIN: {pin}\n"),
        None if has_pin => String::new(),
        None => "No PIN.\n".to_owned(),
    };
    super::print(&format!("{}{told}", as_line(user)))
}

/// The password to set, and the same once more when it was made up and has to be shown.
fn password(from_stdin: bool) -> anyhow::Result<(Password, Option<Secret>)> {
    if from_stdin {
        let password = Password::parse(&line_from_stdin()?).context("the password cannot be used")?;
        return Ok((password, None));
    }
    let made_up = Secret::random();
    let password = Password::parse(made_up.reveal()).context("the made-up password cannot be used")?;
    Ok((password, Some(made_up)))
}

/// The login asked for, or one made of the first name, made unique by the extension.
async fn login_for(store: &Store, asked: Option<&str>, name: &str, extension: &str) -> anyhow::Result<Login> {
    if let Some(asked) = asked {
        return Login::parse(asked).with_context(|| format!("the login {asked} cannot be used"));
    }
    let first: String = name.to_lowercase().chars().take_while(char::is_ascii_alphanumeric).collect();
    let first = Login::parse(&first)
        .or_else(|_| Login::parse(&format!("user{extension}")))
        .context("give a login with --login")?;
    if store.user_named(first.as_str()).await?.is_none() {
        return Ok(first);
    }
    Login::parse(&format!("{first}{extension}")).context("give a login with --login")
}

fn print_added(user: &User, made_up: Option<&Secret>, json: bool) -> anyhow::Result<()> {
    if json {
        let mut value = as_json(user);
        value["password"] = json!(made_up.map(Secret::reveal));
        return super::print_json(&value);
    }
    let password = made_up.map_or_else(String::new, |secret| format!("Password: {}\n", secret.reveal()));
    super::print(&format!("{}{password}", as_line(user)))
}

fn as_json(user: &User) -> serde_json::Value {
    json!({ "id": user.id.0, "login": user.login, "name": user.name, "extension": user.extension, "role": role(user), "has_pin": user.has_pin })
}

fn as_line(user: &User) -> String {
    format!(
        "{:<8} {:<16} {:<14} {}\n",
        user.extension.as_deref().unwrap_or("-"),
        user.login,
        role(user),
        user.name
    )
}

fn role(user: &User) -> &'static str {
    match user.role {
        Role::User => "user",
        Role::Administrator => "administrator",
    }
}
