//! `farend device …`

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use serde_json::json;
use switchboard::directory::DeviceKind;
use time::OffsetDateTime;

use super::place::{Place, device, explain, line_from_stdin, user};
use crate::store::name::{Label, SipUser};
use crate::store::{Device, NewDevice, Secret};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Adds a phone; prints the secret to type into it, this once
    #[command(after_help = "Example:\n  farend device add 101 --label \"Kitchen\" --sip-user 101-kitchen")]
    Add {
        /// Extension or login of its owner
        #[arg(value_name = "EXT")]
        owner: String,
        /// Shown to its owner
        #[arg(long, default_value = "Desk phone")]
        label: String,
        /// Its SIP user name [default: EXT-desk or EXT-web]
        #[arg(long)]
        sip_user: Option<String>,
        /// What kind of phone
        #[arg(long, value_enum, default_value_t = Kind::DeskPhone)]
        kind: Kind,
        /// Takes the secret from the first line of standard input
        #[arg(long)]
        secret_stdin: bool,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Lists phones
    #[command(after_help = "Example:\n  farend device list --user 101")]
    List {
        /// Only those of this person (extension or login)
        #[arg(long, value_name = "EXT")]
        user: Option<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Removes a phone
    #[command(after_help = "Example:\n  farend device remove 101-kitchen")]
    Remove {
        /// Its SIP user name
        sip_user: String,
        #[command(flatten)]
        place: Place,
    },
    /// Gives a phone a new secret, made up unless given; the old one is void
    #[command(after_help = "Example:\n  farend device secret 101-desk")]
    Secret {
        /// Its SIP user name
        sip_user: String,
        /// Takes the secret from the first line of standard input
        #[arg(long)]
        secret_stdin: bool,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Kind {
    /// A SIP phone
    DeskPhone,
    /// The app, or another WebRTC client
    Browser,
}

pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add {
            owner,
            label,
            sip_user,
            kind,
            secret_stdin,
            json,
            place,
        } => {
            let secret = secret(secret_stdin)?;
            let store = place.open().await?;
            let owner = user(&store, &owner).await?;
            let (kind, suffix) = match kind {
                Kind::DeskPhone => (DeviceKind::DeskPhone, "desk"),
                Kind::Browser => (DeviceKind::Browser, "web"),
            };
            let sip_user = sip_user.unwrap_or_else(|| format!("{}-{suffix}", owner.extension.as_deref().unwrap_or(&owner.login)));
            let new = NewDevice {
                user: owner.id,
                kind,
                label: Label::parse(&label).context("the label cannot be used")?,
                sip_user: SipUser::parse(&sip_user)
                    .with_context(|| format!("{sip_user} cannot be a SIP user name; give one with --sip-user"))?,
            };
            let added = store.add_device(&new, &secret, OffsetDateTime::now_utc()).await.map_err(explain)?;
            print_with_secret(&added, &secret, json)
        }
        Command::List { user: owner, json, place } => {
            let store = place.open().await?;
            let owner = match owner {
                Some(owner) => Some(user(&store, &owner).await?.id),
                None => None,
            };
            let devices = store.devices(owner).await?;
            if json {
                return super::print_json(&json!({ "devices": devices.iter().map(as_json).collect::<Vec<_>>() }));
            }
            super::print(&devices.iter().map(as_line).collect::<String>())
        }
        Command::Remove { sip_user, place } => {
            let store = place.open().await?;
            let found = device(&store, &sip_user).await?;
            store.remove_device(found.id).await.map_err(explain)?;
            super::print(&format!("Removed {}.\n", found.sip_user))
        }
        Command::Secret {
            sip_user,
            secret_stdin,
            json,
            place,
        } => {
            let secret = secret(secret_stdin)?;
            let store = place.open().await?;
            let found = device(&store, &sip_user).await?;
            store.set_secret(found.id, &secret).await.map_err(explain)?;
            print_with_secret(&found, &secret, json)
        }
    }
}

fn secret(from_stdin: bool) -> anyhow::Result<Secret> {
    if !from_stdin {
        return Ok(Secret::random());
    }
    let line = line_from_stdin()?;
    anyhow::ensure!(
        (8..=128).contains(&line.len()),
        "the secret cannot be used: use 8 characters at least and 128 at most"
    );
    Ok(Secret::chosen(&line))
}

fn print_with_secret(device: &Device, secret: &Secret, json: bool) -> anyhow::Result<()> {
    if json {
        let mut value = as_json(device);
        value["secret"] = json!(secret.reveal());
        return super::print_json(&value);
    }
    super::print(&format!("{}Secret: {}\n", as_line(device), secret.reveal()))
}

fn as_json(device: &Device) -> serde_json::Value {
    json!({ "id": device.id.0, "user_id": device.user.0, "kind": kind(device), "label": device.label, "sip_user": device.sip_user })
}

fn as_line(device: &Device) -> String {
    format!("{:<20} {:<10} {}\n", device.sip_user, kind(device), device.label)
}

fn kind(device: &Device) -> &'static str {
    match device.kind {
        DeviceKind::Browser => "browser",
        DeviceKind::DeskPhone => "desk_phone",
    }
}
