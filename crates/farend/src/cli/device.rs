//! `farend device …`

mod sharing;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use serde_json::json;
use switchboard::directory::{DeviceKind, Rings};
use time::OffsetDateTime;

use super::place::{Place, device, explain, line_from_stdin, user};
use crate::store::name::{Label, SipUser};
use crate::store::{Device, DeviceChange, NewDevice, RINGS_AFTER_S_MAX, Secret};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Adds a phone; prints the secret to type into it, this once
    #[command(after_help = "Example:\n  farend device add 101 --label \"Kitchen\" --sip-user 101-kitchen\n  \
        farend device add --shared --open-to everybody --sip-user desk-1 --label \"Shared desk\"")]
    Add {
        /// Extension or login of its owner; without one it is nobody's
        #[arg(value_name = "EXT", required_unless_present = "sip_user")]
        owner: Option<String>,
        /// Shown to its owner
        #[arg(long, default_value = "Desk phone")]
        label: String,
        /// Its SIP user name [default: EXT-desk or EXT-web]
        #[arg(long)]
        sip_user: Option<String>,
        /// What kind of phone
        #[arg(long, value_enum, default_value_t = Kind::DeskPhone)]
        kind: Kind,
        /// People log on there by code (desk share)
        #[arg(long)]
        shared: bool,
        /// Who may log on: everybody, or extensions and logins
        #[arg(
            long,
            value_name = "EXT,…",
            value_delimiter = ',',
            requires = "shared",
            default_value = "everybody"
        )]
        open_to: Vec<String>,
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
    /// Changes a phone; what is not given stays as it is
    #[command(
        after_help = "Example:\n  farend device change desk-1 --open-to 101,102\n  farend device change 101-desk --rings after --rings-after 15"
    )]
    Change {
        /// Its SIP user name
        sip_user: String,
        /// Shown to its owner
        #[arg(long)]
        label: Option<String>,
        /// Extension or login of its owner
        #[arg(long, value_name = "EXT", conflicts_with = "nobody")]
        owner: Option<String>,
        /// It is nobody's
        #[arg(long)]
        nobody: bool,
        /// Who may log on: everybody, or extensions and logins
        #[arg(long, value_name = "EXT,…", value_delimiter = ',', conflicts_with = "not_shared")]
        open_to: Option<Vec<String>>,
        /// Nobody logs on there
        #[arg(long)]
        not_shared: bool,
        /// How it takes part when its person is called
        #[arg(long, value_enum)]
        rings: Option<Ringing>,
        /// After how many seconds it rings
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(0..=i64::from(RINGS_AFTER_S_MAX)))]
        rings_after: Option<u16>,
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

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Ringing {
    /// It rings, at once or after some seconds
    After,
    /// Silent; it answers by itself once its person answers in the app
    WhenAnswered,
    /// Never
    Never,
}

pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add {
            owner,
            label,
            sip_user,
            kind,
            shared,
            open_to,
            secret_stdin,
            json,
            place,
        } => {
            let secret = secret(secret_stdin)?;
            let store = place.open().await?;
            let owner = match owner {
                Some(owner) => Some(user(&store, &owner).await?),
                None => None,
            };
            let (kind, suffix) = match kind {
                Kind::DeskPhone => (DeviceKind::DeskPhone, "desk"),
                Kind::Browser => (DeviceKind::Browser, "web"),
            };
            let named = owner.as_ref().map(|owner| owner.extension.as_ref().unwrap_or(&owner.login));
            let sip_user = sip_user.or_else(|| named.map(|name| format!("{name}-{suffix}")));
            let sip_user = sip_user.context("give a SIP user name with --sip-user")?;
            let new = NewDevice {
                user: owner.map(|owner| owner.id),
                kind,
                shared: if shared {
                    Some(sharing::parse(&store, &open_to).await?)
                } else {
                    None
                },
                label: Label::parse(&label).context("the label cannot be used")?,
                sip_user: SipUser::parse(&sip_user)
                    .with_context(|| format!("{sip_user} cannot be a SIP user name; give one with --sip-user"))?,
            };
            let added = store.add_device(&new, &secret, OffsetDateTime::now_utc()).await.map_err(explain)?;
            print_with_secret(&added, &secret, json)
        }
        Command::Change {
            sip_user,
            label,
            owner,
            nobody,
            open_to,
            not_shared,
            rings,
            rings_after,
            json,
            place,
        } => {
            let store = place.open().await?;
            let before = device(&store, &sip_user).await?;
            let owner = match owner {
                Some(owner) => Some(Some(user(&store, &owner).await?.id)),
                None => nobody.then_some(None),
            };
            let shared = match open_to {
                Some(open_to) => Some(Some(sharing::parse(&store, &open_to).await?)),
                None => not_shared.then_some(None),
            };
            let change = DeviceChange {
                label: label.as_deref().map(Label::parse).transpose().context("the label cannot be used")?,
                user: owner,
                shared,
                rings: self::rings(before.rings, rings, rings_after),
            };
            let changed = store.change_device(before.id, &change).await.map_err(explain)?;
            if json {
                return super::print_json(&as_json(&changed));
            }
            super::print(&as_line(&changed))
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

/// How a phone is to ring, where something is said about that.
fn rings(before: Rings, kind: Option<Ringing>, after_s: Option<u16>) -> Option<Rings> {
    let before_s = match before {
        Rings::After { delay_s } => delay_s,
        Rings::WhenAnswered | Rings::Never => 0,
    };
    match (kind, after_s) {
        (None, None) => None,
        (Some(Ringing::After) | None, after_s) => Some(Rings::After {
            delay_s: after_s.unwrap_or(before_s),
        }),
        (Some(Ringing::WhenAnswered), _) => Some(Rings::WhenAnswered),
        (Some(Ringing::Never), _) => Some(Rings::Never),
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
    let (rings, rings_after_s) = match device.rings {
        Rings::After { delay_s } => ("after", delay_s),
        Rings::WhenAnswered => ("when_answered", 0),
        Rings::Never => ("never", 0),
    };
    json!({
        "id": device.id.0, "user_id": device.user.map(|user| user.0), "kind": kind(device), "label": device.label, "sip_user": device.sip_user,
        "open_to": device.shared.as_ref().map(sharing::as_json), "rings": rings, "rings_after_s": rings_after_s,
    })
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
