//! `farend announcement …`

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::json;

use super::place::{Place, explain};
use crate::sounds::{Clip, FILE_BYTES_MAX, Samples};
use crate::store::name::Label;
use crate::store::{Announcement, Store};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Adds an announcement: WAV, MP3, FLAC, Ogg or AAC (M4A) of ten minutes at most
    #[command(after_help = "Example:\n  farend announcement add \"Our office is closed\" closed.mp3")]
    Add {
        /// What it is called
        name: String,
        /// The sound
        file: PathBuf,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Lists announcements
    #[command(after_help = "Example:\n  farend announcement list --json")]
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Removes an announcement that no menu plays
    #[command(after_help = "Example:\n  farend announcement remove \"Our office is closed\"")]
    Remove {
        /// What it is called
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add { name, file, json, place } => {
            let store = place.open().await?;
            let name = Label::parse(&name).context("the name cannot be used")?;
            let added = store.add_announcement(name.as_str(), &clip(&file)?).await.map_err(explain)?;
            if json {
                return super::print_json(&as_json(&added));
            }
            super::print(&as_line(&added))
        }
        Command::List { json, place } => {
            let announcements = place.open().await?.announcements().await?;
            if json {
                return super::print_json(&json!({ "announcements": announcements.iter().map(as_json).collect::<Vec<_>>() }));
            }
            super::print(&announcements.iter().map(as_line).collect::<String>())
        }
        Command::Remove { name, place } => {
            let store = place.open().await?;
            let found = find(&store, &name).await?;
            store.remove_announcement(found.id).await.map_err(explain)?;
            super::print(&format!("Removed {}.\n", found.name))
        }
    }
}

/// A file as it is kept.
pub(super) fn clip(file: &Path) -> anyhow::Result<Clip> {
    let shown = file.display();
    let size = std::fs::metadata(file).with_context(|| format!("{shown} cannot be read"))?.len();
    anyhow::ensure!(
        size <= FILE_BYTES_MAX as u64,
        "{shown} is larger than {} MB",
        FILE_BYTES_MAX / 1_000_000
    );
    let bytes = std::fs::read(file).with_context(|| format!("{shown} cannot be read"))?;
    let clip = Samples::read(bytes, || false).and_then(|samples| Clip::of(&samples.levelled()));
    clip.with_context(|| format!("{shown} cannot be used"))
}

/// Of several with the same name none: whoever looks in the app sees which one is meant.
pub(super) async fn find(store: &Store, name: &str) -> anyhow::Result<Announcement> {
    let mut named = store.announcements().await?.into_iter().filter(|known| known.name == name);
    let found = named.next();
    anyhow::ensure!(
        named.next().is_none(),
        "several announcements are called {name}; give them other names in the app"
    );
    found.with_context(|| format!("no announcement is called {name}; `farend announcement list` shows all"))
}

fn as_json(announcement: &Announcement) -> serde_json::Value {
    json!({ "id": announcement.id.0, "name": announcement.name, "duration_ms": announcement.duration_ms })
}

fn as_line(announcement: &Announcement) -> String {
    format!(
        "{:<32} {:>6.1} s\n",
        announcement.name,
        f64::from(announcement.duration_ms) / 1_000.0
    )
}
